"""Calls that several threads need at the same time, made once for all of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Cached(Generic[T]):
    """An answer that is valid for the whole run: the first caller fetches it. A call that failed is made again."""

    def __init__(self, ask: Callable[[], T]) -> None:
        """Create the cache of what `ask` returns."""
        self._ask = ask
        self._asking = threading.Lock()
        self._answers: list[T] = []

    def get(self) -> T:
        """Return the answer; callers that arrive while it is being fetched wait."""
        with self._asking:
            if not self._answers:
                self._answers.append(self._ask())
            return self._answers[0]


class SingleFlight(Generic[T]):
    """A query whose answer changes: one run of it serves every caller that asked before it began.

    So each caller sees the effect of everything it did before, however many callers there are at the same time.
    """

    def __init__(self, look: Callable[[Callable[[], None]], T]) -> None:
        """Create it from a query, which must call its argument when it begins, after any wait of its own."""
        self._look = look
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._asked = 0
        self._began: int | None = None
        self._served = 0
        self._seen: list[T] = []

    def take(self) -> T:
        """Run the query, or return the answer of a run that began after this call."""
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
        # A query of several pages began with the first: later pages may lack what happened since.
        with self._lock:
            self._began = self._began or self._asked
