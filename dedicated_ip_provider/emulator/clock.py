"""The emulator's clock: how late it is, as a value, moved by real time, by command, or by both."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.errors import BadCommand

if TYPE_CHECKING:
    from collections.abc import Callable

FURTHEST = timedelta(days=3_660)
"""How far one command moves the clock at most: enough for everything that happens to a case."""


class Clock:
    """The time at the emulator; it never runs backwards.

    It starts at `start` and stands still until it is advanced; without `start` it runs with the computer's.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """Take the time at which the clock stands, or None for one that runs."""
        if start is not None and start.tzinfo is None:
            raise BadCommand("the emulator's time needs a time zone")
        self._wall: Callable[[], datetime] = _wall_clock if start is None else lambda: start
        self._ahead = timedelta()
        self._latest = datetime.min.replace(tzinfo=timezone.utc)

    def now(self) -> datetime:
        """Tell the time, never an earlier one than before."""
        self._latest = max(self._latest, self._wall() + self._ahead)
        return self._latest

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        if not 0 <= seconds <= FURTHEST.total_seconds():
            raise BadCommand(f"the clock moves by 0 to {FURTHEST.total_seconds():.0f} seconds at a time")
        by = timedelta(seconds=seconds)
        try:
            # Whatever is due later has to have a date, too.
            self._wall() + self._ahead + by + 2 * FURTHEST
        except OverflowError:
            raise BadCommand("the clock cannot be moved beyond the year 9979") from None
        self._ahead += by


def _wall_clock() -> datetime:
    return datetime.now(timezone.utc)  # noqa: TID251 - the one place where the emulator looks at the computer's clock
