"""Declare a case with options, as a program declares a lease with arguments."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

import click

from dedicated_ip_provider.case_text.forms import PROCEDURES
from dedicated_ip_provider.cli.options import plain_text
from dedicated_ip_provider.lease.model import UseCase
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.validation import read_lease, validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.cli.options import Command
    from dedicated_ip_provider.lease.model import Lease
    from dedicated_ip_provider.validation import Failure

_OPTIONS: Final = (
    ("--mail-type", "TEXT", "What you send, such as TRANSACTIONAL or MARKETING."),
    ("--website-url", "URL", "The website that the mail belongs to."),
    ("--description", "TEXT", "What you send, to whom, and how much."),
    ("--why-dedicated", "TEXT", "Why shared addresses are not enough."),
    ("--opt-in", "TEXT", "How recipients opt in."),
    ("--bounce-complaints", "TEXT", "How you handle bounces and complaints."),
)
_WITH_RELINQUISH: Final = ("relinquish", "max_send_rate", "form", "contact_language")
"""Arguments for a form that relinquishes addresses: AWS accepts any mail type and asks nothing about the mail."""


def _address(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        raise click.BadParameter(f"{value!r} is not an IPv4 address.") from None


def declaring_options(command: Command) -> Command:
    """Add the options that fill in a form."""
    added: list[Callable[[Command], Command]] = [
        click.option("--count", type=int, help="How many addresses to request."),
        click.option(
            "--relinquish", type=_address, multiple=True, metavar="IP", help="Relinquish this address. Repeatable."
        ),
        *(click.option(name, type=plain_text, metavar=metavar, help=text) for name, metavar, text in _OPTIONS),
        click.option("--complies-with-aup", is_flag=True, help="You comply with AWS's Acceptable Use Policy."),
        click.option(
            "--max-send-rate", type=float, metavar="NUMBER", help="Messages per second that you want to send."
        ),
        click.option("--form", "form", type=click.Choice(list(PROCEDURES)), help="The procedure. Default: ses."),
        click.option("--language", "contact_language", type=click.Choice(["en", "ja"]), help="Default: en."),
    ]
    for add in reversed(added):
        command = add(command)
    return command


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return those options that were given."""
    return {name: value for name, value in options.items() if value is not None and value is not False and value != ()}


def option_of(name: str) -> str:
    """Return an option as it is typed, given the name of its value."""
    return f"--{'language' if name == 'contact_language' else name}".replace("_", "-")


def read_declared(given: dict[str, Any], region: str | None) -> Lease:
    """Read a lease from options. Raise a usage error that names what is missing or wrong."""
    relinquishes = "relinquish" in given
    too_many = [option_of(name) for name in given if relinquishes and name not in _WITH_RELINQUISH]
    if too_many:
        raise click.UsageError(f"{too_many[0]} and --relinquish exclude each other.")
    bag = {name: value for name, value in given.items() if name != "relinquish"}
    use_case = {name: bag.pop(name) for name in UseCase.__slots__ if name in bag}
    # A case filed by hand belongs to no lease; its text does not contain the holder.
    bag |= {"holder": "-", "region": region, **({"count": 0} if relinquishes else {"use_case": use_case})}
    reading = read_lease(bag)
    failures = reading.failures
    if reading.lease and not relinquishes:
        failures = validate(reading.lease, regions(), is_new=True)
    if failures or reading.lease is None:
        raise click.UsageError(" ".join(_as_option(failure) for failure in failures))
    if reading.lease.count == 0 and not relinquishes:
        raise click.UsageError("--count is 0: there is nothing to request. To relinquish addresses, use --relinquish.")
    return reading.lease


def _as_option(failure: Failure) -> str:
    """Return a failure in the words of the command line."""
    name = failure.property.rpartition(".")[2]
    return failure.reason.replace(f"`{failure.property}`", option_of(name))
