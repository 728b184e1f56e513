"""A lease declared by options, as a program declares it by arguments."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dedicated_ip_provider.cli.options import PlainText
from dedicated_ip_provider.forms import PROCEDURES
from dedicated_ip_provider.lease import UseCase
from dedicated_ip_provider.props import judge, read_lease
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from dedicated_ip_provider.lease import Lease
    from dedicated_ip_provider.props import Failure

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS: Final = (
    ("--key", "ORG/PROJECT/STACK/NAME", "The path of the resource that the lease is, or will be."),
    ("--mail-type", "TEXT", "What you send, such as TRANSACTIONAL or MARKETING."),
    ("--website-url", "URL", "The web address that the mail belongs to."),
    ("--description", "TEXT", "What is sent to whom, and how much of it."),
    ("--why-dedicated", "TEXT", "Why shared addresses do not do."),
    ("--opt-in", "TEXT", "How recipients ask for the mail."),
    ("--bounce-complaints", "TEXT", "How bounces and complaints are handled."),
)
# What the form `ses` does not ask of who gives addresses back; it never reaches the text.
_NOT_ASKED: Final = dict.fromkeys(UseCase.__slots__, "-") | {"website_url": "https://-", "complies_with_aup": True}


class Address(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """An IPv4 address."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's signature
        """Judge an address."""
        try:
            return str(ipaddress.IPv4Address(value))
        except ValueError:
            self.fail(f"{value!r} is no IPv4 address.", param, ctx)


def declaring_options(command: Command) -> Command:
    """Add the options that declare a lease."""
    added: list[Callable[[Command], Command]] = [
        click.option(name, type=PlainText(), metavar=metavar, help=text) for name, metavar, text in _OPTIONS
    ]
    added += [
        click.option("--complies-with-aup", is_flag=True, help="You comply with AWS's Acceptable Use Policy."),
        click.option("--count", type=int, help="How many addresses to ask for, or, with --relinquish, how many stay."),
        click.option("--max-send-rate", type=float, metavar="NUMBER", help="Messages per second wanted."),
        click.option("--form", "form", type=click.Choice(list(PROCEDURES)), help="The procedure. Default: ses."),
        click.option("--language", "contact_language", type=click.Choice(["en", "ja"]), help="Default: en."),
    ]
    for add in reversed(added):
        command = add(command)
    return command


def read_declared(options: dict[str, Any], region: str | None, *, gives_back: bool) -> Lease:
    """Read a lease from options. Raises a usage error that names what is missing or wrong."""
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    use_case = {name: given.pop(name) for name in UseCase.__slots__ if name in given}
    if gives_back and given.get("form", "ses") == "ses":
        use_case = {**_NOT_ASKED, **use_case}
        given.setdefault("count", 0)
    key = given.pop("key", None)
    bag = {**given, "lease_key": f"{key}/{region}" if key else None, "region": region, "use_case": use_case}
    reading = read_lease(bag, regions())
    failures = reading.failures or (judge(reading.lease, regions()) if reading.lease else ())
    if failures or reading.lease is None:
        raise click.UsageError(" ".join(_as_option(failure) for failure in failures))
    if reading.lease.count == 0 and not gives_back:
        raise click.UsageError("--count is 0: there is nothing to ask for. To give addresses back, use --relinquish.")
    return reading.lease


def _as_option(failure: Failure) -> str:
    """Say what is wrong with an input in the words of the command line."""
    names = {"lease_key": "key", "contact_language": "language"}
    field = failure.property.rpartition(".")[2]
    option = f"--{names.get(field, field).replace('_', '-')}"
    return failure.reason.replace(f"`{failure.property}`", option)
