"""Load AWS's service models from botocore, and validate values against their shapes.

`botocore.validate` is not enough for a server: it accepts texts and lists that are too long, numbers that are too
large, and values outside an enumeration.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, StringShape, StructureShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

ServiceName = Literal["support", "sesv2", "ssm", "sts", "service-quotas"]
SERVICES: tuple[ServiceName, ...] = ("support", "sesv2", "ssm", "sts", "service-quotas")

# The types that the emulated operations use.
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "timestamp": (datetime,),
    "list": (list, tuple),
    "structure": (Mapping,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One validation error: the value has the wrong type, or violates a constraint."""

    is_type: bool
    text: str


@functools.cache
def model(service: ServiceName) -> ServiceModel:
    """Load a service's model, once per process: `sesv2` takes some 40 ms."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def problems(shape: Shape, value: object, path: str = "") -> Iterator[Problem]:
    """Yield the validation errors of `value` against `shape`."""
    kinds = _TYPES[shape.type_name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield Problem(is_type=True, text=f"{path or 'the request'} must be a {shape.type_name}")
    elif isinstance(shape, StructureShape) and isinstance(value, Mapping):
        yield from _in_structure(shape, value, path)
    else:
        yield from _in_constraints(shape, value, path)
        if isinstance(shape, ListShape) and isinstance(value, (list, tuple)):
            for index, item in enumerate(value, 1):
                yield from problems(shape.member, item, f"{path}.{index}.member")


def _in_structure(shape: StructureShape, value: Mapping[str, object], path: str) -> Iterator[Problem]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _constraint("null", _inside(path, name), "Member must not be null")
    for name, inner in value.items():
        member = shape.members.get(name)
        if member is None:
            yield Problem(is_type=True, text=f"{_inside(path, name)} is not known")
        elif inner is not None:
            yield from problems(member, inner, _inside(path, name))


def _in_constraints(shape: Shape, value: object, path: str) -> Iterator[Problem]:
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield _constraint(f"'{value}'", path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    size, what = _size(value)
    least, most = shape.metadata.get("min", size), shape.metadata.get("max", size)
    if size < least:
        yield _constraint(_shown(value), path, f"Member must have {what} greater than or equal to {least}")
    if size > most:
        yield _constraint(_shown(value), path, f"Member must have {what} less than or equal to {most}")


def _size(value: object) -> tuple[float, str]:
    """Return the quantity that a shape's bounds limit, a length or the number itself, and its name."""
    if isinstance(value, (str, list, tuple)):
        return len(value), "length"
    return (value, "value") if isinstance(value, (int, float)) else (0, "value")


def _constraint(value: str, path: str, rule: str) -> Problem:
    return Problem(is_type=False, text=f"Value {value} at '{path}' failed to satisfy constraint: {rule}")


def _shown(value: object) -> str:
    text = f"'{value}'"
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}...'"


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_SHOWN_AT_MOST = 80
