"""The request log: what was asked of the emulator, by whom, and what came of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

KEPT = 10_000
"""How many requests the log keeps; older ones fall out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request."""

    time: datetime
    account: str
    region: str
    service: str
    operation: str
    status: int | None
    """The HTTP status that was sent; None where no answer was."""
    error: str | None = None
    """AWS's error code, where the call was refused."""
    fault: str | None = None
    """The fault that hit the call, such as `reset after`."""
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Log:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._requests = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Show the requests."""
        return tuple(self._entries)

    def add(self, entry: Entry) -> None:
        """Write a request down."""
        self._entries.append(entry)

    def next_request_id(self) -> str:
        """Number a request, in the form that AWS's request ids have."""
        self._requests += 1
        return f"00000000-0000-4000-8000-{self._requests:012d}"
