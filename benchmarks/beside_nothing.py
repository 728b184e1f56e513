"""Leases beside resources that do nothing: time, calls and memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rounds import STEPS, THIRTY, play
from sides import AS_LARGE, LEASES, NOTHING, PREVIEW, REFRESH, REFRESH_LIMITED, UP, Setting
from table import most_row, ratio_row
from within_limits import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desk_process import Call
    from rounds import Bench, Rounds
    from table import Row

THREE_HUNDRED: Final = Setting(regions=30, accounts=10)
GROWING: Final = (Setting(regions=10), Setting(regions=25, accounts=4), THREE_HUNDRED)
"""Fewer and more than thirty leases, for the plot."""
_PAGES: Final = 1
"""Thirty leases have thirty cases, which AWS lists in one page."""


def thirty(bench: Bench) -> Rounds:
    """Play all commands with thirty leases in thirty Regions of one account."""
    return play(bench, "30 leases, every command", THIRTY, STEPS, (LEASES, NOTHING, AS_LARGE))


def growing(bench: Bench, setting: Setting) -> Rounds:
    """Play what is drawn, with another number of leases."""
    return play(bench, f"{setting.leases} leases", setting, (UP, REFRESH), (LEASES, NOTHING, AS_LARGE))


def command_rows(rounds: Rounds) -> Iterator[Row]:
    """Compare each command of thirty leases."""
    for step in STEPS:
        row = ratio_row(
            f"30 leases: {step.name}",
            rounds.seconds(LEASES, step),
            rounds.seconds(NOTHING, step),
            1.25 if step is REFRESH_LIMITED else 1.15,
        )
        yield row
    throttled = max(refused(run.calls) for run in rounds.runs(LEASES, REFRESH_LIMITED))
    yield most_row(f"30 leases: throttled answers of a {REFRESH_LIMITED.name}", throttled, 0)


def call_rows(rounds: Rounds) -> Iterator[Row]:
    """Count what thirty leases ask of AWS."""
    leases = THIRTY.leases
    for step, most in ((UP, 3 * leases + 4), (REFRESH, leases + 2 + _PAGES), (PREVIEW, 0)):
        calls = max((run.calls for run in rounds.runs(LEASES, step)), key=len)
        yield most_row(f"30 leases: AWS calls of {step.name}", len(calls), most, result=by_operation(calls))


def by_operation(calls: Sequence[Call]) -> str:
    """Say how often each operation was called, the most frequent first."""
    counted = Counter(call["operation"] for call in calls)
    return ", ".join(f"{number} {operation}" for operation, number in counted.most_common())


def three_hundred_rows(rounds: Rounds) -> Iterator[Row]:
    """Compare three hundred leases in ten accounts, and their plugin's memory."""
    for step in (UP, REFRESH):
        yield ratio_row(
            f"300 leases, 10 accounts: {step.name}", rounds.seconds(LEASES, step), rounds.seconds(NOTHING, step), 1.25
        )
    mib, beside = (max(run.plugin_mib for run in rounds.of_side(side)) for side in (LEASES, NOTHING))
    yield most_row("300 leases: memory of the plugin", mib, 150, " MiB", result=f"{beside:.0f} MiB for nothing")
