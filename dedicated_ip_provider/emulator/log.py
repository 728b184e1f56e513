"""The request log, and AWS's rate limits."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dedicated_ip_provider.emulator.wire.protocol import Call

KEPT = 10_000
"""How many requests the log keeps; older ones are dropped."""


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


class Log:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._requests = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the requests."""
        return tuple(self._entries)

    def add(self, entry: Entry) -> None:
        """Add a request."""
        self._entries.append(entry)

    def next_request_id(self) -> str:
        """Return the next request id, in AWS's form."""
        self._requests += 1
        return f"00000000-0000-4000-8000-{self._requests:012d}"


SUPPORT_CALLS = 5
"""Support calls a second, per account."""
SES_CALLS = 1
"""SES calls a second that send no mail, per account and Region."""
PARAMETER_CALLS = 40
"""Calls to GetParameter and PutParameter together a second, per account and Region."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a service allows in a second, and how it refuses more."""

    calls: int
    by_region: bool = True
    """Whether each Region has its own limit."""
    operations: tuple[str, ...] | None = None
    """The operations that count; None: all."""
    code: str = "ThrottlingException"
    message: str = "Rate exceeded"
    status: int = HTTPStatus.BAD_REQUEST


LIMITS = {
    "support": Limit(calls=SUPPORT_CALLS, by_region=False),
    "sesv2": Limit(
        calls=SES_CALLS,
        code="TooManyRequestsException",
        message="Too many requests",
        status=HTTPStatus.TOO_MANY_REQUESTS,
    ),
    "ssm": Limit(calls=PARAMETER_CALLS, operations=("GetParameter", "PutParameter")),
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
            raise ApiError(limit.code, limit.message, limit.status)
        calls.append(now)
