"""With AWS's limits on: what they force, and how little more it takes."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from typing import TYPE_CHECKING, Final

from rounds import play
from sides import LEASES, NOTHING, UP_LIMITED, Setting
from table import Row, differences_of, most_row, spread

from dedicated_ip_provider.emulator.limits import SES_CALLS, SUPPORT_CALLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desk_process import Call
    from rounds import Bench

AN_HOUR: Final = Setting(regions=10)
"""As many leases as AWS takes cases in an hour."""
THROTTLED: Final = ("ThrottlingException", "TooManyRequestsException")
_LIMITS: Final = {"support": SUPPORT_CALLS, "sesv2": SES_CALLS}


def ten(bench: Bench) -> Iterator[Row]:
    """File ten leases while AWS's limits hold."""
    rounds = play(bench, "10 leases, AWS's limits on", AN_HOUR, (UP_LIMITED,))
    runs = rounds.runs(LEASES, UP_LIMITED)
    ours, nothing = rounds.seconds(LEASES, UP_LIMITED), rounds.seconds(NOTHING, UP_LIMITED)
    more, forced = differences_of(ours, nothing), statistics.median(forced_seconds(run.calls) for run in runs)
    support = statistics.median(served(run.calls)["support", runs[0].calls[0]["account"], ""] for run in runs)
    yield Row(
        measure=f"10 leases: {UP_LIMITED.name}",
        leases=spread(ours, " s"),
        beside=spread(nothing, " s"),
        result=f"{spread(more, ' s', sign='+')}, {support:.0f} Support calls",
        reach=f"at most +{forced:g} s, which the limits force",
        reached=statistics.median(more) <= forced,
    )
    throttled = max(refused(run.calls) for run in runs)
    yield most_row("10 leases: throttled answers of that `up`", throttled, 2)
    seen = sum(bool(re.search("throttl|rate exceeded|too many", run.said, re.IGNORECASE)) for run in runs)
    yield most_row("10 leases: runs in which the user reads of it", seen, 0)


def forced_seconds(calls: Sequence[Call]) -> float:
    """Give the least time between the first and the last of these calls that AWS's limits allow.

    Where AWS serves so many calls in any one second, the call that comes so many calls later comes a second later.
    """
    return max((float((number - 1) // _LIMITS[service]) for (service, *_), number in served(calls).items()), default=0)


def served(calls: Sequence[Call]) -> Counter[tuple[str, str, str]]:
    """Count the calls that were not throttled, by what AWS counts apart: service, account and, for SES, the Region."""
    return Counter(
        (call["service"], call["account"], call["region"] if call["service"] == "sesv2" else "")
        for call in calls
        if call["service"] in _LIMITS and call["error"] not in THROTTLED
    )


def refused(calls: Sequence[Call]) -> int:
    """Count the calls that were throttled."""
    return sum(call["error"] in THROTTLED for call in calls)
