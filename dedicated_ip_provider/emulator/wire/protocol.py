"""HTTP requests and answers as values, and AWS's two JSON protocols and its query protocol.

Both directions are checked against AWS's service models: an invalid request is refused in AWS's words, and an invalid
answer of the emulator's raises an `AssertionError`.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from xml.sax.saxutils import escape

from botocore.model import ListShape, StructureShape

from dedicated_ip_provider.emulator.errors import ApiError
from dedicated_ip_provider.emulator.wire.models import ServiceName, model, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

Values = dict[str, Any]
"""Parameters or an answer: the members of a shape."""

Ending = Literal["whole", "cut", "close", "reset"]
"""All of an answer; half of the announced length; FIN and no answer; RST and no answer."""


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


def parameters(service: ServiceName, operation: str, request: Request, labels: Mapping[str, str]) -> Values:
    """Return the parameters of a call. Raise an `ApiError` in AWS's words if they do not match the model.

    `labels` are the values in the path of a REST request.
    """
    shape = model(service).operation_model(operation).input_shape
    values = _read(service, shape, request, labels)
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
    text = json.dumps(_with_extra(values) if extra else values, default=_epoch)
    return _json(service, HTTPStatus.OK, text, request_id)


def refusal(service: ServiceName | None, error: ApiError, request_id: str) -> Answer:
    """Return a refusal in the service's protocol."""
    if service == "sts":
        who = "Receiver" if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Sender"
        inner = f"<Type>{who}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        return _xml(error.status, "ErrorResponse", f"<Error>{inner}</Error>", request_id)
    text = json.dumps({"__type": error.code, "message": error.message})
    return _json(service or "support", error.status, text, request_id, {"x-amzn-ErrorType": error.code})


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


def _epoch(time: datetime) -> float:
    """Return a time as in JSON 1.1, in seconds since 1970."""
    return round(time.timestamp(), 3)


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


_FIELDS_AT_MOST = 1000
