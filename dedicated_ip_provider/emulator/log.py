"""The request log, and AWS's rate limits."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.faults import aws_error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dedicated_ip_provider.emulator.wire.protocol import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request."""

    time: datetime
    account: str
    region: str
    service: str
    operation: str
    status: int | None
    """The HTTP status that was sent; None if no answer was."""
    error: str | None = None
    """AWS's error code, if the call was refused."""
    fault: str | None = None
    """The fault that hit the call, such as `reset after`."""
    parameters: Mapping[str, Any] = field(default_factory=dict)


_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a service allows in a second."""

    calls: int
    by_region: bool = True
    """Whether each Region has its own limit."""
    operations: tuple[str, ...] | None = None
    """The operations that count; None: all."""


LIMITS = {
    "support": Limit(calls=5, by_region=False),
    "sesv2": Limit(calls=1),
    "ssm": Limit(calls=40, operations=("GetParameter", "PutParameter")),
}
"""The limits by service; STS has none that a client would reach."""


class Limits:
    """The calls of the last second."""

    def __init__(self) -> None:
        """Create limits with no calls counted."""
        self._calls: dict[tuple[str, str, str], deque[datetime]] = defaultdict(deque)

    def count(self, call: Call, now: datetime) -> None:
        """Count a call, or refuse it as AWS does; refused calls do not count."""
        limit = LIMITS.get(call.name)
        if limit is None or (limit.operations and call.operation not in limit.operations):
            return
        calls = self._calls[call.name, call.caller.account, call.caller.region if limit.by_region else ""]
        while calls and now - calls[0] >= _SECOND:
            calls.popleft()
        if len(calls) >= limit.calls:
            raise aws_error("throttling", call.service)
        calls.append(now)
