"""`dedicated-ip wait`: a pipeline that goes on when AWS has decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from dedicated_ip_provider.cli.look import as_data, look, short_name
from dedicated_ip_provider.cli.options import Duration, json_option, profile_option, regions_option
from dedicated_ip_provider.cli.output import harmless, note, say, say_json
from dedicated_ip_provider.cli.watch import EXITS, LEAST_PAUSE, Pace, outcome_of, watch
from dedicated_ip_provider.cli.way_in import account_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.cli.exits import Exit
    from dedicated_ip_provider.cli.outside import Outside
    from dedicated_ip_provider.traces import Trace


@click.command(
    short_help="Wait until AWS has decided about leases.",
    epilog="""\b
    Exit codes: 0 all addresses are there, 6 AWS said no or gave fewer, 7 AWS waits for an answer of yours,
    8 the time limit ended before that; several leases: the highest of theirs.

    \b
    Examples:
      dedicated-ip wait
      dedicated-ip wait shop/prod/eu --timeout 3d
      dedicated-ip wait eu us --json || echo "not yet"
      dedicated-ip wait --timeout 0                   (only looks)
    """,
)
@click.argument("names", nargs=-1, metavar="[LEASE]...")
@profile_option
@regions_option("Wait for leases of this Region only.")
@click.option(
    "--timeout",
    type=Duration(),
    default=timedelta(days=1),
    metavar="DURATION",
    help="Wait no longer than this, such as 90m, 2h30m or 3d. Default: 24h, in which AWS first answers.",
)
@click.option(
    "--every",
    type=click.IntRange(min=LEAST_PAUSE),
    default=60,
    metavar="SECONDS",
    help=f"Look at AWS so often; {LEAST_PAUSE} at the least. Default: 60.",
)
@json_option
@click.pass_obj
def wait(  # noqa: PLR0913 - the options
    outside: Outside,
    *,
    names: tuple[str, ...],
    profile: str | None,
    chosen: tuple[str, ...],
    timeout: timedelta,
    every: int,
    as_json: bool,
) -> Exit:
    """Wait until the named leases, or all, have their addresses, were refused, or need a person's answer.

    LEASE is a lease's key, or the end of its path, such as `eu` or `shop/prod/eu`; several may bear it. Progress is
    on stderr: a line for each change, and one at least every five minutes. Nothing is changed.
    """
    account = account_of(outside, profile, chosen)

    def look_anew() -> Sequence[Trace]:
        account.forget_cases()
        return look(account, chosen)

    watched = watch(look_anew, names, Pace(every=every, timeout=timeout), outside, lambda line: note(harmless(line)))

    outcomes = [outcome_of(one) for one in watched]
    if as_json:
        say_json([{**as_data(one), "outcome": outcome} for one, outcome in zip(watched, outcomes, strict=True)])
    else:
        for one, outcome in zip(watched, outcomes, strict=True):
            say(harmless(f"{outcome:<13}  {short_name(one)} ({one.lease.region})"))
    return max(EXITS[outcome] for outcome in outcomes)
