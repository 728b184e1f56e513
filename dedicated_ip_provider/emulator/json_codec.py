"""Read the JSON of commands and settings strictly into frozen values, naming what is wrong.

If a misspelt fault were ignored, a test would pass for the wrong reason; so nothing is ignored here.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dedicated_ip_provider.emulator.values import BadCommand

T = TypeVar("T")

_WORDS = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


def read(kind: type[T], given: object) -> T:
    """Return a value of the dataclass `kind` from a JSON object. Raise `BadCommand` that names what is wrong."""
    return _read(kind, given, kind.__name__)


def write(value: object) -> Any:  # noqa: ANN401 - JSON, whose shape only the reader knows
    """Return a value as JSON data: objects, lists, strings, numbers."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: write(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): write(inner) for name, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [write(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _read(kind: type[T], given: object, where: str) -> T:
    if not isinstance(given, Mapping):
        raise BadCommand(f"{where}: expected an object with names and values")
    hints = get_type_hints(kind)
    unknown = sorted(str(name) for name in given if name not in hints)
    if unknown:
        raise BadCommand(f"{where} has no {unknown[0]!r}; it has {', '.join(hints) or 'nothing'}")
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # every `kind` is a dataclass
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and field.name not in given:
            raise BadCommand(f"{where} needs {field.name!r}")
    return kind(**{name: _fit(hints[name], value, f"{where}.{name}") for name, value in given.items()})


def _fit(hint: Any, value: object, where: str) -> object:  # noqa: ANN401 - what `get_type_hints` gives
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(part for part in get_args(hint) if part is not type(None))
        return None if value is None else _fit(inner, value, where)
    if origin is Literal:
        if isinstance(value, str) and value in get_args(hint):
            return value
        raise BadCommand(f"{where} must be one of {', '.join(get_args(hint))}")
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise BadCommand(f"{where} must be a list")
        return tuple(_fit(get_args(hint)[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return value if isinstance(value, hint) else _read(hint, value, where)
    return _fit_simple(hint, value, where)


def _fit_simple(hint: type, value: object, where: str) -> object:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return _finite(value, where)
    if type(value) is not hint:
        raise BadCommand(f"{where} must be {_WORDS[hint]}")
    return _finite(value, where) if isinstance(value, float) else value


def _finite(value: float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadCommand(f"{where} must be a finite number")
    return number
