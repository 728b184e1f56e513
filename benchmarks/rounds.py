"""How it is measured: each command on one side, then on the other, again and again."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from sides import (
    DESTROY,
    LEASES,
    NOTHING,
    PREVIEW,
    REFRESH,
    REFRESH_LIMITED,
    UP,
    UP_AGAIN,
    Setting,
    Step,
    open_side,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sides import Run, Side, Stored

STEPS: Final = (PREVIEW, UP, UP_AGAIN, REFRESH, REFRESH_LIMITED, DESTROY)
"""The life of a stack."""
THIRTY: Final = Setting(regions=30)


class Rounds:
    """What came of the commands: for each side and step, its runs in the order in which they were made."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._runs: defaultdict[tuple[str, Step], list[Run]] = defaultdict(list)

    def add(self, side: str, step: Step, run: Run) -> None:
        """Add a run."""
        self._runs[side, step].append(run)

    def runs(self, side: str, step: Step) -> Sequence[Run]:
        """Give the runs of a step on one side."""
        return self._runs[side, step]

    def seconds(self, side: str, step: Step) -> list[float]:
        """Give what a step took on one side, run by run."""
        return [run.seconds for run in self.runs(side, step)]

    def of_side(self, side: str) -> Iterator[Run]:
        """Give all runs of a side."""
        return (run for (whose, _), runs in self._runs.items() if whose == side for run in runs)


@dataclass
class Bench:
    """Where everything is measured: a throw-away folder, and how often."""

    folder: Path
    environment: Mapping[str, str]
    runs: int
    stored: Sequence[Stored] = ()
    """The leases of a stack, as Pulumi stores them while their requests are open: they have most to say then."""
    stack_bytes: int = 0
    """The size of that stack's file."""
    _started: float = field(default_factory=time.perf_counter)
    _numbers: Iterator[int] = field(default_factory=count)

    def say(self, what: str) -> None:
        """Tell whoever waits what is going on."""
        minutes, seconds = divmod(int(time.perf_counter() - self._started), 60)
        print(f"{minutes:2}:{seconds:02} {what}", file=sys.stderr, flush=True)

    def numbers(self, what: str) -> Iterator[int]:
        """Count the runs, aloud."""
        for number in range(self.runs):
            self.say(f"{what}, run {number + 1} of {self.runs}")
            yield number

    def new_folder(self) -> Path:
        """Make a folder that nobody else has."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return folder

    def side(self, name: str, setting: Setting, *, old_cases: int = 0) -> AbstractContextManager[Side]:
        """Make a side, for the length of a `with` block."""
        like = self.stored[0] if self.stored else None
        return open_side(name, self.new_folder(), setting, self.environment, like=like, old_cases=old_cases)

    def warm_up(self) -> None:
        """Play the life of a stack once, unmeasured: Python compiles what it loads; keep what a lease's state is."""
        self.say("once through everything, not measured")
        for name in (LEASES, NOTHING):
            with self.side(name, THIRTY) as side:
                for step in STEPS:
                    side.run(step)
                    if step is UP and name == LEASES:
                        self.stored, self.stack_bytes = side.stored(), side.stack_bytes()
                    if step is UP:
                        side.desk.grant_all()


def play(
    bench: Bench,
    what: str,
    setting: Setting,
    steps: Iterable[Step] = STEPS,
    names: Sequence[str] = (LEASES, NOTHING),
) -> Rounds:
    """Play these steps on each side, and begin again, as often as the bench says."""
    rounds = Rounds()
    with ExitStack() as opened:
        sides = {name: opened.enter_context(bench.side(name, setting)) for name in names}
        for number in bench.numbers(what):
            for side in sides.values():
                side.start_again()
            for step in steps:
                for name in in_turns(names, number):
                    rounds.add(name, step, sides[name].run(step))
                    if step is UP:
                        sides[name].desk.grant_all()
    return rounds


def in_turns(names: Sequence[str], number: int) -> Iterable[str]:
    """Let another side be the first in every run."""
    first = number % len(names)
    return (*names[first:], *names[:first])
