"""Conversion between Pulumi's property bags on the wire and plain Python.

A value that is not known yet stays what it is on the wire: a fixed placeholder string.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf import json_format, struct_pb2

from dedicated_ip_provider.config import OWN, PULUMI_AWS
from dedicated_ip_provider.schema_names import SECRET, SIGNATURE, from_schema, to_schema

Bag = dict[str, Any]

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The protocol's placeholder for a string that is not known yet; the provider writes no other placeholder."""
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)


def is_unknown(value: object) -> bool:
    """Return whether a value is, or contains, one that is not known yet."""
    if isinstance(value, dict):
        return any(map(is_unknown, value.values()))
    if isinstance(value, list):
        return any(map(is_unknown, value))
    return isinstance(value, str) and value in _UNKNOWNS


def read(message: struct_pb2.Struct) -> Bag:
    """Return the bag in a message, with Python's names and with its secrets unwrapped.

    The engine wraps the secrets in a provider's configuration even if the plugin does not accept secrets.
    """
    bag = _unwrapped(json_format.MessageToDict(message))
    return from_schema(bag)


def write(bag: Bag) -> struct_pb2.Struct:
    """Return a bag as a message, with the schema's names."""
    message = struct_pb2.Struct()
    message.update(to_schema(bag))
    return message


def _unwrapped(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _unwrapped(value["value"])
        return {name: _unwrapped(item) for name, item in value.items()}
    return [_unwrapped(item) for item in value] if isinstance(value, list) else value


SETTINGS: Final = {
    **{option.name: f"aws:{option.name}" for option in PULUMI_AWS if option.does == "honoured"},
    **{option.name: f"dedicatedip:{option.name}" for option in OWN},
}
"""The plugin's configuration options, and their names in the configuration of a stack with the dynamic provider."""
