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
from dedicated_ip_provider.emulator.wire.protocol import Answer, ApiError

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

_INJECTED = "an injected fault"
_HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to this network.</body></html>"


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
    message: str = _INJECTED
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


def take(faults: list[Fault], call: Call) -> Fault | None:
    """Return the first fault that matches a call and is not skipped, and count what is left of the faults."""
    for index, fault in enumerate(faults):
        if not _matches(fault, call):
            continue
        if fault.skip:
            faults[index] = replace(fault, skip=fault.skip - 1)
            continue
        if fault.times is not None:
            faults[index : index + 1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
        return fault
    return None


def _matches(fault: Fault, call: Call) -> bool:
    pairs = (
        (fault.service, call.service),
        (fault.operation, call.operation),
        (fault.account, call.caller.account),
        (fault.region, call.caller.region),
    )
    return all(wanted in (None, given) for wanted, given in pairs)


def error_of(fault: Fault, service: str | None) -> ApiError | None:
    """Return AWS's error under a fault; None if the fault is not an answer from AWS."""
    if fault.kind == "error":
        return ApiError(fault.code or "", fault.message, fault.status or HTTPStatus.BAD_REQUEST)
    return aws_error(fault.kind, service, fault.message) if fault.kind in _ERRORS else None


def aws_error(kind: str, service: str | None, message: str = _INJECTED) -> ApiError:
    """Return the error with which a service refuses a call; `kind` is a fault's, or `unknown-credentials`."""
    by_service = _ERRORS[kind]
    code, status = by_service.get(service or "", by_service["support"])
    return ApiError(code, _MESSAGES.get(kind, message), status)


def damaged(answer: Answer, fault: Fault) -> Answer:
    """Return an answer as it arrives after a network fault; other faults leave it as it is."""
    match fault.kind:
        case "reset":
            return Answer(status=0, ending="reset")
        case "close" | "hang":
            return Answer(status=0, ending="close")
        case "cut-body":
            return replace(answer, ending="cut")
        case "half-body":
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case "html":
            return Answer(status=fault.status or HTTPStatus.OK, headers={"Content-Type": "text/html"}, body=_HTML)
        case _:
            return answer


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
    "unknown-credentials": {
        "support": ("UnrecognizedClientException", 400),
        "sesv2": ("UnrecognizedClientException", 403),
        "sts": ("InvalidClientTokenId", 403),
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
    "subscription-required": "Amazon Web Services Premium Support Subscription is required to use this service.",
    "expired-credentials": "The security token included in the request is expired",
    "unknown-credentials": "The security token included in the request is invalid.",
}

_LAST_STATUS = 599
_LONGEST = 3_600
