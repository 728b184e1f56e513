"""AWS's protocols: an HTTP request to a call with parameters, and values or a refusal to an HTTP answer.

Both directions are checked against AWS's service models: an invalid request is refused in AWS's words, and an invalid
answer of the emulator's raises an `AssertionError`. Signatures are not verified, because there are no secrets here;
but a call without one is refused, as at AWS.
"""

from __future__ import annotations

import base64
import functools
import json
import re
import urllib.parse
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from xml.sax.saxutils import escape

from botocore.model import ListShape, StructureShape

from dedicated_ip_provider.emulator.values import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.wire.models import ServiceName, model, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

Values = dict[str, Any]
"""Parameters or an answer: the members of a shape."""

Ending = Literal["whole", "cut", "close", "reset"]
"""All of an answer; half of the announced length; FIN and no answer; RST and no answer."""


class ApiError(Exception):
    """AWS's refusal of one call: an error code that clients match on, and a sentence."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        """Create a refusal from AWS's error code, its sentence, and the HTTP status that goes with the code."""
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = int(status)


def not_emulated(what: str) -> ApiError:
    """Return the refusal of what AWS has but the emulator does not, so that nothing is silently ignored."""
    return ApiError("OperationNotEmulated", what, HTTPStatus.NOT_IMPLEMENTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request; header names are in lower case, path and query as sent."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer and how sending it ends: some are cut off, and with `status` 0 nothing is sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ending: Ending = "whole"


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
    service: ServiceName | None = None
    operation: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The values in the path of a REST request."""
    refusal: ApiError | None = None

    @property
    def name(self) -> str:
        """Return the service's name, whether it is emulated or not."""
        return self.service or self.caller.signed_for

    @property
    def place(self) -> tuple[str, str, str]:
        """Return the operation, and the account and Region that it is for."""
        return self.operation, self.caller.account, self.caller.region


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

_REFUSED: dict[ServiceName, str] = {
    "support": "ValidationException",
    "sesv2": "BadRequestException",
    "ssm": "ValidationException",
    "sts": "ValidationError",
    "service-quotas": "IllegalArgumentException",
}
_JSON_1_1 = "application/x-amz-json-1.1"
_JSON_TYPE = {"support": _JSON_1_1, "sesv2": "application/json", "ssm": _JSON_1_1, "service-quotas": _JSON_1_1}
_STS = "https://sts.amazonaws.com/doc/2011-06-15/"
_FIELDS_AT_MOST = 1000


def identify(request: Request) -> Call:
    """Return the call that a request makes; if the request is invalid, the call has the refusal."""
    try:
        caller = _caller(request.headers)
    except ApiError as unsigned:
        return Call(caller=Caller(), refusal=unsigned)
    service = _SERVICES.get(caller.signed_for)
    if service is None:
        return Call(caller=caller, refusal=not_emulated(f"the emulator has no service {caller.signed_for}"))
    labels: dict[str, str] = {}
    refusal = None
    if service == "sesv2":
        operation, labels = _rest_operation(request)
    elif service == "sts":
        operation = urllib.parse.parse_qs(request.body.decode(errors="replace")).get("Action", [""])[0]
    else:
        operation = _target(service, request.headers)
    if operation not in model(service).operation_names:
        what = operation or f"{request.method} {request.path}"
        refusal = ApiError("UnknownOperationException", f"{service} has no operation {what}", HTTPStatus.NOT_FOUND)
    return Call(caller=caller, service=service, operation=operation, labels=labels, refusal=refusal)


def role_credentials(account: str, arn: str, serial: str) -> tuple[str, str]:
    """Return an access key and a session token that identify an account and a role."""
    return f"ASIA{account}{serial}", base64.urlsafe_b64encode(arn.encode()).decode()


def parameters(service: ServiceName, call: Call, request: Request) -> Values:
    """Return the parameters of a call. Raise an `ApiError` in AWS's words if they do not match the model."""
    shape = model(service).operation_model(call.operation).input_shape
    values = _read(service, shape, request, call.labels)
    found = [] if shape is None else list(problems(shape, values))
    for problem in found:
        if problem.is_type:
            raise ApiError("SerializationException", problem.text)
    if found:
        count = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise ApiError(_REFUSED[service], f"{count} detected: {'; '.join(problem.text for problem in found)}")
    return {name: value for name, value in values.items() if value is not None}


def answer(service: ServiceName, operation: str, values: Values, request_id: str, *, extra: bool = False) -> Answer:
    """Return an answer, checked against the model; `extra` adds fields that are in no model."""
    shape = model(service).operation_model(operation).output_shape
    wrong = [] if shape is None else list(problems(shape, values))
    if wrong:
        raise AssertionError(f"the emulator's own answer to {operation} does not fit AWS's model: {wrong}")
    if service == "sts":
        result = f"<{operation}Result>{_elements(values)}</{operation}Result>"
        metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        return _xml(HTTPStatus.OK, f"{operation}Response", result + metadata, request_id)
    text = json.dumps(_with_extra(values) if extra else values, default=lambda time: round(time.timestamp(), 3))
    return _json(service, HTTPStatus.OK, text, request_id)


def refusal(service: ServiceName | None, error: ApiError, request_id: str) -> Answer:
    """Return a refusal in the service's protocol."""
    if service == "sts":
        who = "Receiver" if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Sender"
        inner = f"<Type>{who}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        return _xml(error.status, "ErrorResponse", f"<Error>{inner}</Error>", request_id)
    text = json.dumps({"__type": error.code, "message": error.message})
    return _json(service or "support", error.status, text, request_id, {"x-amzn-ErrorType": error.code})


def _caller(headers: Mapping[str, str]) -> Caller:
    signature = headers.get("authorization", "")
    found = _CREDENTIAL.search(signature)
    if found is None and signature:
        raise ApiError("IncompleteSignature", f"no credential in {signature}", HTTPStatus.FORBIDDEN)
    if found is None:
        raise ApiError("MissingAuthenticationTokenException", "Missing Authentication Token", HTTPStatus.FORBIDDEN)
    key, region, signed_for = found.groups()
    named = _ACCOUNT.fullmatch(key)
    account = named[1] or named[2] if named else DEFAULT_ACCOUNT
    arn = _role_in(headers.get("x-amz-security-token", "")) or f"arn:aws:iam::{account}:user/mail-team"
    return Caller(account=account, arn=arn, region=region, signed_for=signed_for)


def _role_in(token: str) -> str | None:
    try:
        arn = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
    return arn if arn.startswith("arn:") else None


def _target(service: ServiceName, headers: Mapping[str, str]) -> str:
    """Return the operation in the JSON protocol's header, or an empty string if it is another service's."""
    prefix, _, operation = headers.get("x-amz-target", "").rpartition(".")
    return operation if prefix == model(service).metadata["targetPrefix"] else ""


def _rest_operation(request: Request) -> tuple[str, dict[str, str]]:
    """Return the operation whose path matches, and the values of the path's labels."""
    for method, pattern, name in _routes():
        if method == request.method and (found := pattern.fullmatch(request.path)):
            return name, {label: urllib.parse.unquote(value) for label, value in found.groupdict().items()}
    return "", {}


@functools.cache
def _routes() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    service = model("sesv2")
    operations = (service.operation_model(name) for name in service.operation_names)
    return tuple((one.http["method"], _pattern(one.http["requestUri"]), one.name) for one in operations)


def _pattern(uri: str) -> re.Pattern[str]:
    # An encoded slash is part of the label, so match before decoding.
    return re.compile(_LABEL.sub(r"(?P<\1>[^/]+)", uri))


def _read(service: ServiceName, shape: Shape | None, request: Request, labels: Mapping[str, str]) -> Values:
    if service == "sts":
        form = dict(_pairs(request.body.decode(errors="replace")))
        return {} if shape is None else _from_form(shape, form, "")
    values = _read_json(request.body)
    if service == "sesv2" and isinstance(shape, StructureShape):
        given = dict(_pairs(request.query))
        for name, member in shape.members.items():
            where, wire_name = member.serialization.get("location"), member.serialization.get("name", name)
            source: Mapping[str, str] = {"uri": labels, "querystring": given}.get(str(where), {})
            if wire_name in source:
                values[name] = _from_text(member, source[wire_name])
    return values


def _read_json(body: bytes) -> Values:
    if not body:
        return {}
    try:
        values = json.loads(body.decode(), parse_constant=_no_constant)
    # Deeply nested lists exhaust the parser's stack.
    except (ValueError, RecursionError):
        raise ApiError("SerializationException", "the body is not JSON") from None
    if not isinstance(values, dict):
        raise ApiError("SerializationException", "the body is not a JSON object")
    return values


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return urllib.parse.parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_AT_MOST)
    except ValueError:
        raise ApiError("SerializationException", "too many parameters") from None


def _from_text(shape: Shape, text: str) -> object:
    if shape.type_name == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII):
        return int(text)
    return text


def _from_form(shape: Shape, form: Mapping[str, str], prefix: str) -> Values:
    """Read a structure of the query protocol: `Tags.member.1.Key=...` is a member of an item of a list."""
    values: Values = {}
    for name, member in shape.members.items() if isinstance(shape, StructureShape) else ():
        path = f"{prefix}{name}"
        if isinstance(member, ListShape):
            if items := _items(member, form, path):
                values[name] = items
        elif path in form:
            values[name] = _from_text(member, form[path])
    return values


def _items(shape: ListShape, form: Mapping[str, str], path: str) -> list[object]:
    items: list[object] = []
    while True:
        place = f"{path}.member.{len(items) + 1}"
        if place in form:
            items.append(_from_text(shape.member, form[place]))
        elif any(key.startswith(f"{place}.") for key in form):
            items.append(_from_form(shape.member, form, f"{place}."))
        else:
            return items


def _with_extra(value: object) -> object:
    if isinstance(value, dict):
        return {**{name: _with_extra(inner) for name, inner in value.items()}, "fieldOfTomorrow": {"is": ["new"]}}
    return [_with_extra(inner) for inner in value] if isinstance(value, list) else value


def _json(service: str, status: int, text: str, request_id: str, headers: Mapping[str, str] | None = None) -> Answer:
    fixed = {"Content-Type": _JSON_TYPE[service], "x-amzn-RequestId": request_id}
    return Answer(status=status, headers={**fixed, **(headers or {})}, body=text.encode())


def _elements(values: Mapping[str, object]) -> str:
    return "".join(f"<{name}>{_element(value)}</{name}>" for name, value in values.items())


def _element(value: object) -> str:
    if isinstance(value, dict):
        return _elements(value)
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else escape(str(value))


def _xml(status: int, root: str, inner: str, request_id: str) -> Answer:
    text = f'<{root} xmlns="{_STS}">{inner}</{root}>'
    headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
    return Answer(status=status, headers=headers, body=text.encode(errors="replace"))
