"""`dedicated-ip doctor`: check everything that a lease needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from dedicated_ip_provider.cli.checks import Check, Result, examine
from dedicated_ip_provider.cli.credentials import account_of, configured_region
from dedicated_ip_provider.cli.exits import Exit
from dedicated_ip_provider.cli.options import json_option, profile_option, regions_option
from dedicated_ip_provider.cli.output import sanitize, say_json, say_line
from dedicated_ip_provider.config import Codes
from dedicated_ip_provider.lease.model import is_account_id

if TYPE_CHECKING:
    from dedicated_ip_provider.cli.runtime import Runtime

_COLOURS: Final[dict[Result, str]] = {"ok": "green", "fix": "bold red", "unchecked": "yellow"}


def _account_id(account: str) -> str:
    if not is_account_id(account):
        raise click.BadParameter(f"{account!r} is not an account id of 12 digits.")
    return account


@click.command(
    short_help="Check everything that a lease needs; file nothing.",
    epilog="""\b
    Examples:
      dedicated-ip doctor
      dedicated-ip doctor --region eu-west-1 --region us-east-1
      dedicated-ip doctor --profile mail --allowed-account 111122223333
      dedicated-ip doctor --json | jq '.[] | select(.result == "fix")'
    """,
)
@profile_option
@regions_option("Check the record and SES in this Region. Default: the configured one.")
@click.option(
    "--allowed-account",
    "allowed",
    multiple=True,
    metavar="ID",
    type=_account_id,
    help="The account must be this one, as in `aws:allowedAccountIds`. Repeatable.",
)
@click.option("--service-code", metavar="CODE", help="As `dedicatedip:serviceCode` of the stack, if it is set.")
@click.option("--category-code", metavar="CODE", help="As `dedicatedip:categoryCode` of the stack, if it is set.")
@json_option
@click.pass_obj
def doctor(  # noqa: PLR0913 - the options
    runtime: Runtime,
    *,
    profile: str | None,
    chosen: tuple[str, ...],
    allowed: tuple[str, ...],
    service_code: str | None,
    category_code: str | None,
    as_json: bool,
) -> Exit:
    """Check everything that a lease needs, one line each: `ok`, `fix` with what to do, or `unchecked` with the reason.

    It checks the credentials and account, the support plan, each permission, the codes of a case, how many cases can
    be filed, and in each Region the record, SES, its addresses and its quotas. Nothing is filed or changed: writes
    are tested with dry runs, if AWS has them.
    """
    region = configured_region(runtime, profile)
    places = chosen or ((region,) if region else ())
    account = account_of(runtime, profile, places, codes=Codes(service=service_code, category=category_code))
    found = []
    for check in examine(account, allowed, places, runtime.now()):
        found.append(check)
        if not as_json:
            _show(check)
    if as_json:
        say_json([asdict(check) for check in found])
    return Exit.TO_FIX if any(check.result == "fix" for check in found) else Exit.DONE


def _show(check: Check) -> None:
    line = Text(f"{check.result:<9}", _COLOURS[check.result])
    said = f"{check.says} {check.next_step}".rstrip()
    say_line(line.append(sanitize(f"  {check.about}: {said}"), "none"))
