"""Leases watched until AWS has decided: who is watched, what counts as decided, and when the next look is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from dedicated_ip_provider.cli.exits import Exit
from dedicated_ip_provider.cli.look import message_of, short_name
from dedicated_ip_provider.errors import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from dedicated_ip_provider.cli.outside import Outside
    from dedicated_ip_provider.traces import Trace

Outcome = Literal["settled", "short", "person_needed", "waiting"]

LEAST_PAUSE: Final = 15
"""Seconds between two looks at the least: people decide here, and the account has other callers too."""

_SIGN_OF_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between looks, and after how long to end."""

    every: float
    timeout: timedelta


def outcome_of(one: Trace) -> Outcome:
    """Tell what has become of a lease's wish."""
    outlook = one.outlook
    if outlook.status in ("action_required", "to_file"):
        return "person_needed"
    # All came, and the open case is AWS's housekeeping.
    if outlook.status == "requested" and outlook.requested_count == outlook.shortfall == 0:
        return "settled"
    if outlook.status in ("requested", "relinquishing"):
        return "waiting"
    return "short" if outlook.status == "short" else "settled"


EXITS: Final[dict[Outcome, Exit]] = {
    "settled": Exit.DONE,
    "short": Exit.SHORT,
    "person_needed": Exit.PERSON_NEEDED,
    "waiting": Exit.TIME_OVER,
}
"""The exit code of each outcome; that of several leases is the highest."""


def watch(
    look: Callable[[], Sequence[Trace]],
    names: Sequence[str],
    pace: Pace,
    outside: Outside,
    tell: Callable[[str], None],
) -> tuple[Trace, ...]:
    """Look until every lease that the names mean is decided, or time is over; give how they stood last.

    Without names, all leases are watched that have not ended. `tell` gets a line for each change, and a sign of
    life now and then. Raises `Refused` where a name means no lease, `Unreachable` where AWS never answered.
    """
    board = _Board(outside, tell)
    watched: dict[str, Trace] = {}
    unseen: Sequence[str] = names
    for number, found in enumerate(_looks(look, pace, outside, board)):
        watched |= {one.lease.key: one for one in found if one.lease.key in watched or _is_meant(one, names)}
        unseen = [name for name in names if not any(_is_called(one, name) for one in watched.values())]
        if watched and not unseen:
            board.show(watched.values())
            if all(outcome_of(one) != "waiting" for one in watched.values()):
                break
        # AWS lists a new case some seconds late; a second look is late enough.
        elif number > 0:
            break
        else:
            board.say(f"{', '.join(unseen) or 'a lease'}: not listed yet")
    if unseen or not watched:
        raise _nobody(unseen)
    return tuple(watched.values())


def _looks(
    look: Callable[[], Sequence[Trace]], pace: Pace, outside: Outside, board: _Board
) -> Iterator[Sequence[Trace]]:
    """Look again and again until time is over; where AWS does not answer, that is said, and the next look counts."""
    end = outside.now() + pace.timeout
    answered = False
    while True:
        failure = None
        try:
            found = look()
        except Unreachable as error:
            failure = error
            board.say(error.what)
        else:
            answered = True
            yield found
        pause = min(pace.every, (end - outside.now()).total_seconds())
        if pause < LEAST_PAUSE:
            if failure and not answered:
                raise failure
            return
        outside.sleep(pause)


def _is_meant(one: Trace, names: Sequence[str]) -> bool:
    return any(_is_called(one, name) for name in names) if names else not one.is_over


def _is_called(one: Trace, name: str) -> bool:
    """Tell whether a name means a lease: its whole key, or the end of its path with or without the Region."""
    return any(f"/{path}".endswith(f"/{name}") for path in (one.lease.key, one.lease.key.rpartition("/")[0]))


def _nobody(unseen: Sequence[str]) -> Refused:
    if unseen:
        return Refused(f"No lease is called {', '.join(unseen)}.", "`dedicated-ip status --all` shows all leases.")
    return Refused("The account has no lease to wait for.", "`dedicated-ip status --all` shows ended ones, too.")


class _Board:
    """Tells what has changed since it was last told."""

    def __init__(self, outside: Outside, tell: Callable[[str], None]) -> None:
        self._now = outside.now
        self._tell = tell
        self._told: dict[str, str] = {}
        self._last = outside.now()

    def show(self, watched: Collection[Trace]) -> None:
        for one in watched:
            line = f"{short_name(one)} ({one.lease.region}): {message_of(one)}"
            if self._told.get(one.lease.key) != line:
                self._told[one.lease.key] = line
                self.say(line)
        if self._now() - self._last >= _SIGN_OF_LIFE:
            waiting = sum(outcome_of(one) == "waiting" for one in watched)
            self.say(f"still waiting for {waiting} of {len(watched)}")

    def say(self, line: str) -> None:
        self._last = self._now()
        self._tell(f"{self._last:%H:%M:%S} {line}")
