"""`dedicated-ip status`: show the leases of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from dedicated_ip_provider.cli.credentials import account_of, all_regions
from dedicated_ip_provider.cli.look import (
    as_data,
    filed_at,
    is_over,
    label_of,
    least_warm,
    look,
    message_of,
    region_of,
    status_of,
)
from dedicated_ip_provider.cli.options import json_option, profile_option, regions_option
from dedicated_ip_provider.cli.output import Cell, note, sanitize, say, say_json, say_table
from dedicated_ip_provider.lease.model import pluralize
from dedicated_ip_provider.support_center import case_url

if TYPE_CHECKING:
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.recovery import Found

_COLUMNS: Final = ("HOLDER", "REGION", "STATUS", "WANTED", "LEASED", "WARMING", "LEAST WARM", "RELINQUISHING", "CASE")
_NUMBERS: Final = ("WANTED", "LEASED", "WARMING", "LEAST WARM", "RELINQUISHING")
_COLOURS: Final = {"active": "green", "free": "none", "short": "red", "action_required": "bold red"}


@click.command(
    short_help="Show the leases of the account.",
    epilog="""\b
    Examples:
      dedicated-ip status
      dedicated-ip status --profile mail --region eu-west-1
      dedicated-ip status --json | jq '.[] | select(.status == "short") | .holder'
    """,
)
@profile_option
@regions_option("Look at this Region only. Default: all that botocore lists.")
@click.option("--all", "ended_too", is_flag=True, help="Also show leases that have ended, with what they left open.")
@json_option
@click.pass_obj
def status(runtime: Runtime, *, profile: str | None, chosen: tuple[str, ...], ended_too: bool, as_json: bool) -> None:
    """Show the lease of every Region, from its record, SES and the support cases.

    HOLDER is the path of the resource that holds the lease. WANTED is how many addresses it wants in all, LEASED how
    many it has, and RELINQUISHING how many of those it is relinquishing. WARMING is how many of the others are not
    warmed up yet, and LEAST WARM the progress of the least warmed-up one. CASE is the case that explains the status.
    Without a support plan, cases are shown as the record has them. Nothing is changed.
    """
    account = account_of(runtime, profile, chosen)
    found = look(account, chosen or all_regions(runtime, profile), runtime)
    shown = [one for one in found if one.holder or ended_too]
    if as_json:
        say_json([as_data(one) for one in shown])
        return
    if shown:
        _show(shown)
    else:
        where = f" in {', '.join(chosen)}" if chosen else ""
        note(f"Account {account.id} has no lease{where}.")
    hidden = [one for one in found if one not in shown]
    if hidden:
        left = sum(not is_over(one) for one in hidden)
        open_ones = f", {left} with something still open" if left else ""
        note(f"Not shown: {pluralize(len(hidden), 'lease')} that ended{open_ones}; see `--all`.")


def _show(shown: list[Found]) -> None:
    say_table(_COLUMNS, [_row(one) for one in shown], _NUMBERS)
    for one in shown:
        say()
        say(sanitize(f"{label_of(one)}: {message_of(one)}"))
        _say_case(one)


def _say_case(found: Found) -> None:
    """Print the case that explains the status and where it is, if there is one."""
    link = found.outcome.state.link
    if link.id:
        filed = filed_at(found)
        said = f", filed {filed[:16].replace('T', ' ')} UTC" if filed else ""
        say(sanitize(f"  case {link.name} ({link.status}{said})"))
        if link.display_id:
            say(f"  {case_url(region_of(found), link.display_id)}")


def _row(found: Found) -> list[Cell]:
    state, shown, status_word = found.outcome.state, found.outcome.shown, status_of(found)
    least = least_warm(found)
    return [
        sanitize(found.holder.path if found.holder else "-"),
        region_of(found),
        Text(status_word, _COLOURS.get(status_word, "yellow")),
        str(state.lease.count),
        str(shown.leased_count),
        str(len(found.outcome.shown.warming)),
        "-" if least is None else f"{least}%",
        str(len(shown.relinquishing)),
        sanitize(state.link.name or "-"),
    ]
