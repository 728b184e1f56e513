"""Faults between a client and AWS, as frozen values.

A fault lets the first `skip` matching calls pass and hits the next `times`. `when` says whether it strikes `before`
the call is carried out, or `after`, so that only the answer is lost; that matters for calls that must not be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from dedicated_ip_provider.emulator.values import BadCommand, checked_account, checked_region
from dedicated_ip_provider.emulator.wire.models import SERVICES, ServiceName, model
from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.wire.protocol import Call

AwsKind = Literal[
    "throttling",
    "error",
    "subscription-required",
    "access-denied",
    "expired-credentials",
    "internal-error",
    "unavailable",
]
"""AWS answers with an error."""

WireKind = Literal["reset", "close", "hang", "slow", "half-body", "cut-body", "html"]
"""Something between the client and AWS breaks."""

NO_PLAN = "Amazon Web Services Premium Support Subscription is required to use this service."
"""AWS's message to an account without a support plan that includes the Support API."""

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to this network.</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, for the calls that match all of `service`, `operation`, `account` and `region` (None: any)."""

    kind: Literal[AwsKind, WireKind]
    """An answer from AWS: `throttling`, `subscription-required`, `access-denied`, `expired-credentials`,
    `internal-error` (500), `unavailable` (503), or any `error` with `code`, `status` and `message`.
    Or a network fault: `reset` (RST), `close` (no answer), `hang` (silence for `seconds`, then no answer), `slow` (the
    call waits for `seconds`, then is carried out and answered as usual), `half-body` (half of it, undetectably),
    `cut-body` (half of the announced length), `html` (a proxy's page; `status` is 200)."""
    when: Literal["before", "after"] = "before"
    service: ServiceName | None = None
    operation: str | None = None
    account: str | None = None
    region: str | None = None
    times: int | None = 1
    """How many calls it hits; None: all."""
    skip: int = 0
    code: str | None = None
    status: int | None = None
    message: str = "an injected fault"
    seconds: float = 30.0
    """How long `hang` and `slow` last, by the computer's clock."""

    def __post_init__(self) -> None:
        """Refuse combinations that could never happen, or would not do what they seem to say."""
        if (self.times is not None and self.times < 1) or self.skip < 0:
            raise BadCommand("Fault.times must be 1 or more, or null for all; Fault.skip 0 or more")
        if self.account is not None:
            checked_account(self.account)
        if self.region is not None:
            checked_region(self.region)
        services = (self.service,) if self.service else SERVICES
        if self.operation and not any(self.operation in model(name).operation_names for name in services):
            raise BadCommand(f"Fault.operation: {self.operation} is not an operation of {', '.join(services)}")
        if (self.kind == "error") != (self.code is not None):
            raise BadCommand("Fault.code belongs to the kind 'error', which needs it")
        if self.status is not None and self.kind not in ("error", "html"):
            raise BadCommand("Fault.status belongs to the kinds 'error' and 'html'")
        least = HTTPStatus.OK if self.kind == "html" else HTTPStatus.BAD_REQUEST
        if self.status is not None and not least <= self.status <= _LAST_STATUS:
            raise BadCommand(f"Fault.status must be a number from {int(least)} to {_LAST_STATUS} for {self.kind!r}")
        if not 0 <= self.seconds <= _LONGEST:
            raise BadCommand(f"Fault.seconds must be a number from 0 to {_LONGEST}")
        if self.kind == "slow" and self.when == "after":
            raise BadCommand("a 'slow' call waits before it is carried out; to wait after it, use 'hang'")

    def fits(self, call: Call) -> bool:
        """Return whether the fault matches a call."""
        pairs = (
            (self.service, call.service),
            (self.operation, call.operation),
            (self.account, call.caller.account),
            (self.region, call.caller.region),
        )
        return all(wanted in (None, given) for wanted, given in pairs)

    @property
    def label(self) -> str:
        """Return the name of the fault in a log."""
        return f"{self.kind} {self.when}"


class FaultBook:
    """The pending faults; the first one that matches a call hits it."""

    def __init__(self) -> None:
        """Create an empty book."""
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add a fault after the others."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    @property
    def pending(self) -> tuple[Fault, ...]:
        """Return the pending faults, with what is left of `times` and `skip`."""
        return tuple(self._faults)

    def take(self, call: Call) -> Fault | None:
        """Return the fault that hits this call, and count it."""
        for index, fault in enumerate(self._faults):
            if not fault.fits(call):
                continue
            if fault.skip:
                self._faults[index] = replace(fault, skip=fault.skip - 1)
                continue
            if fault.times is not None:
                left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                self._faults[index : index + 1] = left
            return fault
        return None


def error_of(fault: Fault, service: str | None) -> ApiError | None:
    """Return AWS's error under a fault; None if the fault is not an answer from AWS."""
    if fault.kind == "error":
        return ApiError(fault.code or "", fault.message, fault.status or HTTPStatus.BAD_REQUEST)
    if fault.kind not in _ERRORS:
        return None
    by_service = _ERRORS[fault.kind]
    code, status = by_service.get(service or "", by_service["support"])
    return ApiError(code, _MESSAGES.get(fault.kind, fault.message), status)


# Codes and statuses differ by service. Support's apply to every service with JSON 1.1, where each client error is a
# 400, so Systems Manager has no rows of its own.
_ERRORS: dict[str, dict[str, tuple[str, int]]] = {
    "throttling": {
        "support": ("ThrottlingException", 400),
        "sesv2": ("TooManyRequestsException", 429),
        "sts": ("Throttling", 400),
    },
    "subscription-required": {"support": ("SubscriptionRequiredException", 400)},
    "access-denied": {
        "support": ("AccessDeniedException", 400),
        "sesv2": ("AccessDeniedException", 403),
        "sts": ("AccessDenied", 403),
    },
    "expired-credentials": {
        "support": ("ExpiredTokenException", 400),
        "sesv2": ("ExpiredTokenException", 403),
        "sts": ("ExpiredToken", 403),
    },
    "internal-error": {
        "support": ("InternalServerError", 500),
        "sesv2": ("InternalFailure", 500),
        "sts": ("InternalFailure", 500),
    },
    "unavailable": {
        "support": ("ServiceUnavailableException", 503),
        "sesv2": ("ServiceUnavailableException", 503),
        "sts": ("ServiceUnavailable", 503),
    },
}

_MESSAGES = {
    "throttling": "Rate exceeded",
    "subscription-required": NO_PLAN,
    "expired-credentials": "The security token included in the request is expired",
}

_LAST_STATUS = 599
_LONGEST = 3_600
