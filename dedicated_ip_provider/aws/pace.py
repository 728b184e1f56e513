"""How fast AWS may be asked. AWS counts calls a second, and those of everybody in the account.

So nobody can know beforehand how many are left, and most of the time there are enough: a run goes at full speed
until AWS throttles a call, and from then on no faster than AWS allows.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pace:
    """Lets one call at a time to one of AWS's doors, in the order in which they come."""

    def __init__(self, second: float, calls: int) -> None:
        """Take what counts as a second, and how many calls AWS takes in one."""
        self._second = second
        self._interval = second / calls
        self._lock = threading.Lock()
        self._last_in_line = threading.Lock()
        self._is_throttled = False
        self._next = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait in line, and then until AWS takes a call."""
        mine = threading.Lock()
        mine.acquire()
        with self._lock:
            before, self._last_in_line = self._last_in_line, mine
        try:
            before.acquire()
            self._wait()
            yield
        finally:
            mine.release()

    def throttled(self, times: int) -> float:
        """Note that AWS throttled a call for the `times`-th time; give the seconds after which to send it again."""
        # A full second later everything that AWS has counted is past; more is for what others ask meanwhile.
        wait = self._second * float(2 ** (times - 1))
        self._is_throttled = True
        self._next = time.monotonic() + wait + self._interval
        return wait

    def _wait(self) -> None:
        if self._is_throttled:
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._interval
