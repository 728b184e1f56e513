"""Identify the service, operation, account and Region of an HTTP request.

Signatures are not verified, because there are no secrets here; but a call without one is refused, as at AWS.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
import urllib.parse
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.errors import ApiError
from dedicated_ip_provider.emulator.values import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.wire.models import ServiceName, model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.emulator.wire.protocol import Request

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[0-9]{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
# An account's own key is its number; `role_credentials` creates the other kind.
_ACCOUNT = re.compile(r"([0-9]{12})|ASIA([0-9]{12})[0-9A-F]{8}")
_LABEL = re.compile(r"\{([A-Za-z]+)\+?\}")

# SES v2 signs as `ses`, as SES v1 and Pinpoint Email do.
_SERVICES: dict[str, ServiceName] = {
    "support": "support",
    "ses": "sesv2",
    "ssm": "ssm",
    "sts": "sts",
    "servicequotas": "service-quotas",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who signed a request, and for which Region and service."""

    account: str = ""
    arn: str = ""
    region: str = ""
    signed_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An identified request: an operation of a service, or the refusal it gets."""

    caller: Caller
    service: ServiceName | None
    name: str
    """The service's name."""
    operation: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """The values in the path of a REST request."""
    refusal: ApiError | None = None


def identify(request: Request) -> Call:
    """Return the call that a request makes; if the request is invalid, the call has the refusal."""
    caller, refusal = _caller(request.headers)
    service = _SERVICES.get(caller.signed_for)
    if refusal or service is None:
        refusal = refusal or _no_such_service(caller.signed_for)
        return Call(caller=caller, service=None, name=caller.signed_for, operation="", refusal=refusal)
    labels: dict[str, str] = {}
    if service == "sesv2":
        operation, labels = _rest_operation(request)
    elif service == "sts":
        operation = _form_value(request.body, "Action")
    else:
        operation = _target(service, request.headers)
    if operation not in model(service).operation_names:
        what = operation or f"{request.method} {request.path}"
        refusal = ApiError("UnknownOperationException", f"{service} has no operation {what}", HTTPStatus.NOT_FOUND)
    return Call(caller=caller, service=service, name=service, operation=operation, labels=labels, refusal=refusal)


def role_credentials(account: str, arn: str, serial: str) -> tuple[str, str]:
    """Return an access key and a session token that identify an account and a role."""
    return f"ASIA{account}{serial}", base64.urlsafe_b64encode(arn.encode()).decode()


def _caller(headers: Mapping[str, str]) -> tuple[Caller, ApiError | None]:
    signature = headers.get("authorization", "")
    found = _CREDENTIAL.search(signature)
    if found is None:
        return Caller(), _unsigned(signature)
    key, region, signed_for = found.groups()
    named = _ACCOUNT.fullmatch(key)
    account = named[1] or named[2] if named else DEFAULT_ACCOUNT
    arn = _role_in(headers.get("x-amz-security-token", "")) or f"arn:aws:iam::{account}:user/mail-team"
    return Caller(account=account, arn=arn, region=region, signed_for=signed_for), None


def _role_in(token: str) -> str | None:
    try:
        arn = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    return arn if arn.startswith("arn:") else None


def _unsigned(signature: str) -> ApiError:
    if signature:
        return ApiError("IncompleteSignature", f"no credential in {signature}", HTTPStatus.FORBIDDEN)
    return ApiError("MissingAuthenticationTokenException", "Missing Authentication Token", HTTPStatus.FORBIDDEN)


def _no_such_service(name: str) -> ApiError:
    return ApiError("OperationNotEmulated", f"the emulator has no service {name}", HTTPStatus.NOT_IMPLEMENTED)


def _target(service: ServiceName, headers: Mapping[str, str]) -> str:
    """Return the operation in the JSON protocol's header, or an empty string if it is another service's."""
    prefix, _, operation = headers.get("x-amz-target", "").rpartition(".")
    return operation if prefix == model(service).metadata["targetPrefix"] else ""


def _form_value(body: bytes, name: str) -> str:
    return urllib.parse.parse_qs(body.decode(errors="replace")).get(name, [""])[0]


def _rest_operation(request: Request) -> tuple[str, dict[str, str]]:
    """Return the operation whose path matches best: a literal path goes before one with a label."""
    fitting = [
        (len(found.groupdict()), name, found.groupdict())
        for method, pattern, name in _routes()
        if method == request.method and (found := pattern.fullmatch(request.path))
    ]
    if not fitting:
        return "", {}
    _, name, labels = min(fitting, key=lambda fit: (fit[0], fit[1]))
    return name, {label: urllib.parse.unquote(value) for label, value in labels.items()}


@functools.cache
def _routes() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    service = model("sesv2")
    operations = (service.operation_model(name) for name in service.operation_names)
    return tuple((one.http["method"], _pattern(one.http["requestUri"]), one.name) for one in operations)


def _pattern(uri: str) -> re.Pattern[str]:
    # An encoded slash is part of the label, so match labels before decoding.
    return re.compile(_LABEL.sub(r"(?P<\1>[^/]+)", uri))
