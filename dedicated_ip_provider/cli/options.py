"""Options that several commands share; those that the `aws` command also has are named as there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

import click

from dedicated_ip_provider.cli.output import note
from dedicated_ip_provider.regions import regions

Command = TypeVar("Command", bound=Callable[..., Any])

_HALF: Final = re.compile("[\ud800-\udfff]")


# click reports a `BadParameter` of a function that is an option's type with the name of the option.


def region_code(value: str) -> str:
    """Return the code of an AWS Region; warn on stderr if botocore does not list it for SES."""
    known = regions()
    if not known.is_well_formed(value):
        raise click.BadParameter(f"{value!r} is not the code of an AWS Region, such as eu-west-1.")
    if warning := known.warning(value):
        note(f"dedicated-ip: warning: {warning}")
    return value


def plain_text(value: str) -> str:
    """Return a text for AWS's staff; an argument with bytes that are not UTF-8 is refused."""
    if _HALF.search(value):
        shown = os.fsencode(value).decode("utf-8", errors="backslashreplace")
        raise click.BadParameter(f"'{shown}' is not text in UTF-8.")
    return value


def duration(value: str) -> timedelta:
    """Return a length of time, such as `90m`, `2h30m` or `3d`; a bare number is seconds."""
    length = read_duration(value)
    if length is None:
        raise click.BadParameter(f"{value!r} is not a length of time, such as 90m, 2h30m or 3d.")
    return length


class FileContent(click.File):
    """The content of a file, or of stdin (`-`), as bytes."""

    def __init__(self) -> None:
        """Create the type of a file that is opened at once, in binary mode."""
        super().__init__("rb", lazy=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's signature
        """Read the file, even if the locale cannot encode its name."""
        try:
            os.fsencode(value)
        except UnicodeEncodeError:
            # The name has the bytes that were typed, see `decoded`.
            value = os.fsdecode(value.encode("utf-8"))
        return super().convert(value, param, ctx).read()


def decoded(argument: str) -> str:
    """Return an argument of the command line as the text that was typed.

    In a locale without UTF-8, Python stores bytes that it cannot decode as lone surrogates.
    """
    if not _HALF.search(argument):
        return argument
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError:
        return argument


def read_duration(text: str) -> timedelta | None:
    """Return a length of time; None if the text is not one."""
    units = re.fullmatch(r"(?=.)(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s?)?", text)
    if units is None:
        return None
    days, hours, minutes, seconds = (int(unit or 0) for unit in units.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def profile_option(command: Command) -> Command:
    """Add `--profile`."""
    return click.option("--profile", metavar="NAME", help="Use this profile of the AWS configuration.")(command)


def regions_option(text: str) -> Callable[[Command], Command]:
    """Add `--region`, which may be given several times; `text` is its help."""

    def add(command: Command) -> Command:
        return click.option(
            "--region", "chosen", type=region_code, multiple=True, metavar="REGION", help=f"{text} Repeatable."
        )(command)

    return add


def json_option(command: Command) -> Command:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(command)
