"""`dedicated-ip wait`: hold a pipeline until AWS has decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from dedicated_ip_provider.cli.credentials import account_of, all_regions
from dedicated_ip_provider.cli.look import as_data, look
from dedicated_ip_provider.cli.options import duration, json_option, profile_option, regions_option
from dedicated_ip_provider.cli.output import note, sanitize, say, say_json
from dedicated_ip_provider.cli.watch import EXITS, LEAST_PAUSE, Goal, watch
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.cli.exits import Exit
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.recovery import Found

_A_DAY: Final = timedelta(days=1)
_A_WARMUP: Final = timedelta(days=47)
"""45 days, and time for AWS to grant the addresses."""
_A_MINUTE: Final = 60
_AN_HOUR: Final = 3_600


@click.command(
    short_help="Wait until AWS has decided.",
    epilog="""\b
    Exit codes: 0 all addresses are leased, 6 AWS refused or granted fewer, 7 AWS
    is waiting for you, 8 time ran out. With several leases, the highest.

    \b
    Examples:
      dedicated-ip wait
      dedicated-ip wait shop/prod/eu --timeout 3d
      dedicated-ip wait eu-west-1 us-east-1 --json || echo "not yet"
      dedicated-ip wait --timeout 0                   (only looks)
      dedicated-ip wait eu --warm                     (takes 45 days or longer)
    """,
)
@click.argument("names", nargs=-1, metavar="[LEASE]...")
@profile_option
@regions_option("Wait for the lease of this Region only.")
@click.option(
    "--timeout",
    type=duration,
    metavar="DURATION",
    help="Wait no longer than this, such as 90m, 2h30m or 3d. Default: 24h, AWS's target for a first response; with "
    "--warm, 47d.",
)
@click.option(
    "--every",
    type=click.IntRange(min=LEAST_PAUSE),
    metavar="SECONDS",
    help=f"Seconds between checks; at least {LEAST_PAUSE}. Default: 60; with --warm, 3600.",
)
@click.option("--warm", is_flag=True, help="Also wait until the addresses are warmed up.")
@json_option
@click.pass_obj
def wait(  # noqa: PLR0913 - the options
    runtime: Runtime,
    *,
    names: tuple[str, ...],
    profile: str | None,
    chosen: tuple[str, ...],
    timeout: timedelta | None,
    every: int | None,
    warm: bool,
    as_json: bool,
) -> Exit:
    """Wait until the named leases, or all, have their addresses, were refused, or need a person.

    LEASE is a Region, or the path of the resource that holds the lease, or the end of that path: `eu-west-1`,
    `shop/prod/eu`, `eu`. Several leases may match. Progress goes to stderr: a line for each change, and otherwise
    one every five minutes, or at each check if these are further apart. Nothing is changed.
    """
    account = account_of(runtime, profile, chosen)
    everywhere = _regions(runtime, profile, chosen, names)

    def look_again(places: Sequence[str]) -> Sequence[Found]:
        account.forget_cases()
        return look(account, places or everywhere, runtime)

    watched = watch(
        look_again,
        names,
        Goal(
            every=every or (_AN_HOUR if warm else _A_MINUTE),
            timeout=(_A_WARMUP if warm else _A_DAY) if timeout is None else timeout,
            until_warm=warm,
        ),
        runtime,
        lambda line: note(sanitize(line)),
    )
    if as_json:
        say_json([{**as_data(one.found), "outcome": one.outcome} for one in watched])
    else:
        for one in watched:
            say(sanitize(f"{one.outcome:<13}  {one.label}"))
    return max(EXITS[one.outcome] for one in watched)


def _regions(runtime: Runtime, profile: str | None, chosen: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the Regions to look in: those that are named, else all."""
    named = tuple(name for name in names if regions().is_well_formed(name))
    if chosen or (named and named == names):
        return chosen or named
    return tuple(sorted({*all_regions(runtime, profile), *named}))
