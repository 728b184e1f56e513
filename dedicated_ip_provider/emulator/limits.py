"""AWS's rate limits: so many calls in any one second."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.errors import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from dedicated_ip_provider.emulator.routing import Call

SUPPORT_CALLS = 5
"""Support calls a second, per account."""
SES_CALLS = 1
"""SES calls a second that send no mail, per account and Region."""

_SECOND = timedelta(seconds=1)


class Limits:
    """What was called within the last second."""

    def __init__(self) -> None:
        """Start with nothing called."""
        self._calls: dict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def count(self, call: Call, now: datetime) -> None:
        """Count a call, or refuse it as AWS does; a refused one does not count."""
        if call.service == "support":
            place, most = call.caller.account, SUPPORT_CALLS
            refusal = ApiError("ThrottlingException", "Rate exceeded")
        elif call.service == "sesv2":
            place, most = f"{call.caller.account} {call.caller.region}", SES_CALLS
            refusal = ApiError("TooManyRequestsException", "Too many requests", HTTPStatus.TOO_MANY_REQUESTS)
        else:
            return
        calls = self._calls[call.service, place]
        while calls and now - calls[0] >= _SECOND:
            calls.popleft()
        if len(calls) >= most:
            raise refusal
        calls.append(now)
