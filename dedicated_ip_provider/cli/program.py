"""The program `dedicated-ip`: its commands, and how it ends."""

from __future__ import annotations

import io
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from dedicated_ip_provider.cli.confirm import confirm
from dedicated_ip_provider.cli.desk import desk
from dedicated_ip_provider.cli.doctor import doctor
from dedicated_ip_provider.cli.exits import MEANINGS, Exit, exit_of
from dedicated_ip_provider.cli.form import form
from dedicated_ip_provider.cli.outside import Outside, real
from dedicated_ip_provider.cli.policy import policy
from dedicated_ip_provider.cli.status import status
from dedicated_ip_provider.cli.wait import wait
from dedicated_ip_provider.errors import LeaseError

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())


@click.group(
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="dedicated-ip-provider", message="%(prog)s %(version)s")
def program() -> None:
    """Look after the leases of Amazon's dedicated mail IP addresses in an AWS account.

    Pulumi declares the leases; the commands here show and help along what people at AWS do about them. Credentials
    and Region come from where the `aws` command takes them. `dedicated-ip COMMAND --help` has examples.
    """


for command in (doctor, status, wait, form, confirm, policy, desk):
    program.add_command(command)


def main(arguments: Sequence[str] | None = None, outside: Outside | None = None) -> int:
    """Run a command line and give its exit code; whatever goes wrong is a sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # What cannot be written in the terminal's encoding is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.stdout is None:
        return _fail("there is no output to write to.", Exit.CANNOT_WRITE)
    try:
        return int(_run(arguments, outside or real()))
    except SystemExit:
        # click's own answer where what reads the output is gone.
        return _fail("nobody reads the output any more.", Exit.CANNOT_WRITE)
    except OSError as error:
        _give_up(sys.stdout)
        return _fail(f"the output cannot be written: {error.strerror}.", Exit.CANNOT_WRITE)
    except Exception as error:  # noqa: BLE001 - a person in a shell gets a sentence, whatever it is
        return _fail(_bug(error), Exit.UNFORESEEN)


def _run(arguments: Sequence[str] | None, outside: Outside) -> int:
    try:
        return program.main(arguments, "dedicated-ip", standalone_mode=False, obj=outside) or Exit.DONE
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return Exit.USAGE
    except click.ClickException as error:
        return _fail(_usage(error), error.exit_code)
    except click.Abort:
        return _fail("interrupted.", Exit.INTERRUPTED)
    except LeaseError as error:
        return _fail(str(error), exit_of(error))


def _give_up(stream: TextIO) -> None:
    """Lead a stream nowhere: Python would try once more at its end, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _fail(text: str, code: int) -> int:
    click.echo(f"dedicated-ip: {text}", err=True)
    return int(code)


def _usage(error: click.ClickException) -> str:
    """Say what is wrong with a command line, and where it is explained."""
    context = getattr(error, "ctx", None)
    where = f"\nSee `{context.command_path} --help`." if context else ""
    return f"{error.format_message()}{where}"


def _bug(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"this is a bug, or what nobody foresaw: {what} ({frame.name}, line {frame.lineno} of "
        f"{Path(frame.filename).name}).\nIf it stays, please report it."
    )
