"""`dedicated-ip status`: the leases of an account at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from dedicated_ip_provider.cli.look import as_data, look, message_of, short_name, since, url_of
from dedicated_ip_provider.cli.options import json_option, profile_option, regions_option
from dedicated_ip_provider.cli.output import Cell, harmless, note, say, say_json, say_table
from dedicated_ip_provider.cli.way_in import account_of
from dedicated_ip_provider.lease import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.cli.outside import Outside
    from dedicated_ip_provider.traces import Trace

_COLUMNS: Final = ("LEASE", "REGION", "STATUS", "ASKED", "HERE", "GOING", "CASE", "CASE STATUS", "SINCE")
_NUMBERS: Final = ("ASKED", "HERE", "GOING")
_COLOURS: Final = {"active": "green", "short": "red", "action_required": "bold red"}


@click.command(
    short_help="Show the leases found in the account.",
    epilog="""\b
    Examples:
      dedicated-ip status
      dedicated-ip status --profile mail --region eu-west-1
      dedicated-ip status --json | jq '.[] | select(.status == "short") | .lease_key'
    """,
)
@profile_option
@regions_option("Show the leases of this Region only.")
@click.option("--all", "ended_too", is_flag=True, help="Show leases that have ended, too.")
@json_option
@click.pass_obj
def status(outside: Outside, *, profile: str | None, chosen: tuple[str, ...], ended_too: bool, as_json: bool) -> None:
    """Show every lease found in the account by the marks in its support cases, in all Regions.

    ASKED is what the lease wants in all, HERE what it holds, GOING what is being given back. CASE is the case that
    the status speaks of, SINCE when it was filed. Of addresses that a lease adopted sometimes only the number can
    be told, and forms that wait to be filed by hand are not seen: the stack's state has both. Nothing is changed.
    """
    account = account_of(outside, profile, chosen)
    found = look(account, chosen)
    shown = [one for one in found if ended_too or not one.is_over]
    if as_json:
        say_json([as_data(one) for one in shown])
        return
    if shown:
        _show(shown)
    else:
        where = f" in {', '.join(chosen)}" if chosen else ""
        note(f"Account {account.id} has no lease{where}.")
    if len(shown) < len(found):
        hidden = counted(len(found) - len(shown), "lease")
        note(f"Not shown: {hidden} that ended; `--all` shows {'it' if len(found) - len(shown) == 1 else 'them'}.")


def _show(shown: Sequence[Trace]) -> None:
    say_table(_COLUMNS, [_row(one) for one in shown], _NUMBERS)
    for one in shown:
        say()
        say(harmless(f"{short_name(one)} ({one.lease.region}): {message_of(one)}"))
        say(f"  {url_of(one)}")


def _row(one: Trace) -> list[Cell]:
    outlook = one.outlook
    return [
        harmless(short_name(one)),
        one.lease.region,
        Text(outlook.status, _COLOURS.get(outlook.status, "yellow")),
        str(one.lease.count),
        str(len(outlook.past.addresses)),
        str(len(outlook.past.relinquishing)),
        one.case.name,
        harmless(one.case.status),
        since(one),
    ]
