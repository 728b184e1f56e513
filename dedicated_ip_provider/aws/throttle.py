"""The rate of calls to AWS. AWS counts the calls of everyone in the account together.

So it cannot be known beforehand how many are left, and usually there are enough: a run makes calls at full speed until
AWS throttles one, and from then on no faster than AWS allows.
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
    """Lets through one call at a time to one endpoint, in the order in which the callers arrive."""

    def __init__(self, second: float, calls: int, throttles: threading.Event | None = None) -> None:
        """Create a throttle from the length of a second, the calls that AWS accepts in one, and an event.

        The event, `throttles`, is set once AWS has throttled a call. Endpoints that share it learn from each other: one
        throttled call is enough for all of them.
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
        """Wait in line, and then until AWS accepts a call."""
        mine = threading.Lock()
        mine.acquire()
        with self._lock:
            before, self._last_in_line = self._last_in_line, mine
        try:
            before.acquire()
            self._wait()
            yield
        finally:
            # AWS has counted this call by the time it answers, and cannot count the next one before it is sent.
            self._answered.append(time.monotonic())
            mine.release()

    def throttled(self, times: int) -> float:
        """Note that AWS throttled a call for the `times`-th time; return after how many seconds to send it again."""
        own = self._until_free()
        # If our own calls do not reach the limit, or waiting for them was not enough, others in the account call too.
        wait = own if own > 0 and times == 1 else self._second * float(2 ** (times - 1))
        self._throttles.set()
        self._not_before = time.monotonic() + wait
        return wait

    def _wait(self) -> None:
        if self._throttles.is_set():
            time.sleep(max(0.0, self._not_before - time.monotonic(), self._until_free()))

    def _until_free(self) -> float:
        """Return how many seconds remain until our own latest calls allow another one."""
        if len(self._answered) < self._calls:
            return 0.0
        return self._answered[0] + self._second - time.monotonic()
