"""Questions that several threads have at the same time, asked once for all of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Cached(Generic[T]):
    """An answer that holds for the run: the first who needs it asks. A question that failed is asked again."""

    def __init__(self, ask: Callable[[], T]) -> None:
        """Take how to ask."""
        self._ask = ask
        self._asking = threading.Lock()
        self._answers: list[T] = []

    def get(self) -> T:
        """Return the answer; who comes while it is asked for waits."""
        with self._asking:
            if not self._answers:
                self._answers.append(self._ask())
            return self._answers[0]


class SingleFlight(Generic[T]):
    """SingleFlight at what changes: one serves all who asked for one before it began.

    So whoever looks sees all that they did before, however many look at the same time.
    """

    def __init__(self, look: Callable[[Callable[[], None]], T]) -> None:
        """Take how to look; it calls what it is given when it begins, after whatever it waits for."""
        self._look = look
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._asked = 0
        self._began: int | None = None
        self._served = 0
        self._seen: list[T] = []

    def take(self) -> T:
        """Look, or return what somebody saw whose look began later than now."""
        with self._lock:
            self._asked += 1
            mine = self._asked
        with self._looking:
            if self._served < mine:
                self._began = None
                self._seen = [self._look(self._begin)]
                self._served = self._began or self._served
            return self._seen[0]

    def _begin(self) -> None:
        # A look of several pages began with the first: the others may lack what happened since.
        with self._lock:
            self._began = self._began or self._asked
