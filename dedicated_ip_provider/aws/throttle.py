"""How fast AWS may be asked. AWS counts calls a second, and those of everybody in the account.

So nobody can know beforehand how many are left, and most of the time there are enough: a run goes at full speed
until AWS throttles a call, and from then on no faster than AWS allows.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Throttle:
    """Lets one call at a time to one of AWS's doors, in the order in which they come."""

    def __init__(self, second: float, calls: int, throttles: threading.Event | None = None) -> None:
        """Take what counts as a second, how many calls AWS takes in one, and what is set once it has throttled one.

        Doors that share `throttles` learn from each other: one throttled call is enough for all of them.
        """
        self._second = second
        self._calls = calls
        self._lock = threading.Lock()
        self._last_in_line = threading.Lock()
        self._throttles = throttles or threading.Event()
        self._not_before = 0.0
        self._answered: deque[float] = deque(maxlen=calls)

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
            # AWS has counted the call by then, and counts the next one after it was sent.
            self._answered.append(time.monotonic())
            mine.release()

    def throttled(self, times: int) -> float:
        """Note that AWS throttled a call for the `times`-th time; return the seconds after which to send it again."""
        own = self._until_free()
        # Others ask too where our own calls are not as many as AWS takes, or where it was not enough to wait for those.
        wait = own if own > 0 and times == 1 else self._second * float(2 ** (times - 1))
        self._throttles.set()
        self._not_before = time.monotonic() + wait
        return wait

    def _wait(self) -> None:
        if self._throttles.is_set():
            time.sleep(max(0.0, self._not_before - time.monotonic(), self._until_free()))

    def _until_free(self) -> float:
        """Return the seconds until our own latest calls allow another one."""
        if len(self._answered) < self._calls:
            return 0.0
        return self._answered[0] + self._second - time.monotonic()
