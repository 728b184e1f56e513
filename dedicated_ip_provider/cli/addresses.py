"""`dedicated-ip addresses`: every address with its pool and warm-up, and allow-lists for partners."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import asdict, astuple, dataclass, fields
from typing import TYPE_CHECKING, Final, Literal

import click

from dedicated_ip_provider.cli.credentials import account_of, all_regions
from dedicated_ip_provider.cli.look import look, region_of
from dedicated_ip_provider.cli.options import FileContent, json_option, profile_option, regions_option
from dedicated_ip_provider.cli.output import note, sanitize, say, say_json, say_table
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.addresses import is_ipv4, sort_ips
from dedicated_ip_provider.lease.model import pluralize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.lease.model import DedicatedIp
    from dedicated_ip_provider.recovery import Found

State = Literal["held", "relinquishing", "unmanaged"]

WARMUP_DAYS: Final = 45
"""How long SES takes to warm an address up (SES guide, "Warming up dedicated IP addresses").

SES itself reports only a percentage.
"""

_BAR: Final = 15
"""The width of a progress bar in characters; each stands for three days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One standard address of the account."""

    address: str
    region: str
    pool: str
    state: State
    warmup_percentage: int
    warmed_up: bool
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One address to add to an allow-list (`+`) or to remove from it (`-`), and why."""

    change: Literal["+", "-"]
    address: str
    region: str
    pool: str
    why: str


@click.command(
    short_help="List addresses with pool and warm-up, or as an allow-list.",
    epilog="""\b
    Examples:
      dedicated-ip addresses
      dedicated-ip addresses --pool orders --plain > orders.txt
      dedicated-ip addresses --pool orders --since orders.txt
      dedicated-ip addresses --csv > addresses.csv
    """,
)
@profile_option
@regions_option("Look at this Region only. Default: all that botocore lists.")
@click.option("--pool", "pools", multiple=True, metavar="NAME", help="Only addresses in this SES pool. Repeatable.")
@click.option(
    "--since",
    type=FileContent(),
    metavar="FILE",
    help="Print only what was added or removed since this list was printed, in any format.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header line.")
@click.option("--plain", is_flag=True, help="Print one address per line; with --since, `+` or `-` before each.")
@json_option
@click.pass_obj
def addresses(  # noqa: PLR0913 - the options
    runtime: Runtime,
    *,
    profile: str | None,
    chosen: tuple[str, ...],
    pools: tuple[str, ...],
    since: bytes | None,
    as_csv: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """List the standard addresses of each Region that has or had a lease, by pool.

    POOL is the SES pool. STATE is `held` by the lease, `relinquishing`, or `unmanaged`: in the account, but not part
    of the lease. An address being relinquished stays in the list until AWS removes it, because it may still send
    mail; --since shows it as removed. SES reports only the percentage of a warm-up; the days are computed from it.
    Nothing is changed.
    """
    if as_csv + plain + as_json > 1:
        raise click.UsageError("--csv, --plain and --json exclude each other.")
    account = account_of(runtime, profile, chosen)
    found = look(account, chosen or all_regions(runtime, profile), runtime)
    everything = sorted((one for each in found for one in _listed(each)), key=lambda one: (one.region, one.pool))
    wanted = [one for one in everything if one.pool in pools or not pools]
    _note_what_is_left_out(found)
    rows: Sequence[Listed | Change] = wanted
    if since is not None:
        rows = [*_changes(everything, wanted, _addresses_in(since))]
    elif pools and not wanted:
        raise Refused(f"No address is in pool {', '.join(pools)}.", "`dedicated-ip addresses` shows the pool of each.")
    if as_json:
        say_json([asdict(one) for one in rows])
    elif as_csv:
        _say_csv(Listed if since is None else Change, rows)
    elif plain:
        for one in rows:
            say(f"{one.change if isinstance(one, Change) else ''}{one.address}")
    elif rows:
        _show(rows)
    else:
        note("Nothing was added or removed." if since is not None else f"Account {account.id} has no address there.")


def bar_of(percentage: int) -> str:
    """Return the progress of a warm-up: a bar, the percentage, and about how many days are left."""
    left = -(-(100 - percentage) * WARMUP_DAYS // 100)
    done = percentage * _BAR // 100
    return f"{'#' * done:.<{_BAR}} {percentage:>3}%, {pluralize(left, 'day')} left"


def _listed(found: Found) -> Iterator[Listed]:
    view = found.view
    by_number = {one.ip: one for one in view.seen.addresses if not one.managed}
    for ip in sort_ips(by_number):
        one = by_number[ip]
        state: State = "held" if ip in view.held else "relinquishing" if ip in view.relinquishing else "unmanaged"
        yield Listed(
            address=ip,
            region=region_of(found),
            pool=sanitize(one.pool or ""),
            state=state,
            warmup_percentage=_percentage(one),
            warmed_up=one.warmed,
            holder=sanitize(found.holder.path) if found.holder and state != "unmanaged" else "",
        )


def _percentage(one: DedicatedIp) -> int:
    return 100 if one.warmed else min(100, max(0, one.warmup_percentage))


def _changes(everything: Sequence[Listed], wanted: Sequence[Listed], before: frozenset[str]) -> Iterator[Change]:
    """Yield the additions, then the removals; an address that moved to another pool is removed from its old list."""
    stays = {one.address for one in wanted if one.state != "relinquishing"}
    here = {one.address: one for one in everything}
    for one in wanted:
        if one.address in stays - before:
            yield Change(change="+", address=one.address, region=one.region, pool=one.pool, why=one.state)
    for ip in sort_ips(before - stays):
        known = here.get(ip)
        why = "gone" if known is None else "relinquishing" if known.state == "relinquishing" else "in another pool"
        yield Change(
            change="-", address=ip, region=known.region if known else "", pool=known.pool if known else "", why=why
        )


def _addresses_in(content: bytes) -> frozenset[str]:
    """Return the addresses in a list, whatever its format."""
    written = re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", content.decode(errors="replace"))
    return frozenset(ip for ip in written if is_ipv4(ip))


def _note_what_is_left_out(found: Sequence[Found]) -> None:
    managed = sum(address.managed for one in found for address in one.view.seen.addresses)
    if managed:
        note(f"Left out: {pluralize(managed, 'address')} in managed pools, which SES itself leases and changes.")


def _say_csv(kind: type[Listed | Change], rows: Sequence[Listed | Change]) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(one.name for one in fields(kind))
    table.writerows(astuple(one) for one in rows)
    say(text.getvalue().removesuffix("\n"))


def _show(rows: Sequence[Listed | Change]) -> None:
    listed = [one for one in rows if isinstance(one, Listed)]
    if listed:
        columns = ("ADDRESS", "REGION", "POOL", "STATE", "WARM-UP", "HOLDER")
        say_table(columns, [_cells(one) for one in listed])
        return
    say_table(("", "ADDRESS", "REGION", "POOL", "WHY"), [[cell or "-" for cell in astuple(one)] for one in rows])


def _cells(one: Listed) -> tuple[str, ...]:
    warmup = "done" if one.warmed_up else bar_of(one.warmup_percentage)
    return one.address, one.region, one.pool or "-", one.state, warmup, one.holder or "-"
