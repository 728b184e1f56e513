"""Pulumi's property bags on the wire, and the names that a lease has in Pulumi's schema.

Inside, names are written as Python has them, outside as Pulumi's schema has them. A value that is not known yet stays
what it is on the wire: a fixed text in its place.
"""

from __future__ import annotations

import re
from typing import Any, Final

from google.protobuf import json_format, struct_pb2

from dedicated_ip_provider.config import OWN, PULUMI_AWS
from dedicated_ip_provider.inputs import NAMES, USE_CASE
from dedicated_ip_provider.outputs import OUTPUT_NAMES

Bag = dict[str, Any]

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine's protocol writes for a string that is not known yet; the provider writes no other."""
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)


def camel(name: str) -> str:
    """Return a name as Pulumi's schema has it: `useCase` for `use_case`."""
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


# What only the provider reads is hidden from a person by its name, as the bridged providers hide their `__meta`.
_OUTSIDE: Final = {name: camel(name) for name in (*NAMES, *OUTPUT_NAMES)} | {"memory": "__memory"}
_INSIDE: Final = {outside: name for name, outside in _OUTSIDE.items()}
_FIELDS: Final = {one.name: camel(one.name) for one in USE_CASE}
_FIELDS_INSIDE: Final = {outside: name for name, outside in _FIELDS.items()}


def is_unknown(value: object) -> bool:
    """Return whether a value is, or holds, something that is not known yet."""
    if isinstance(value, dict):
        return any(map(is_unknown, value.values()))
    if isinstance(value, list):
        return any(map(is_unknown, value))
    return isinstance(value, str) and value in _UNKNOWNS


def read(message: struct_pb2.Struct) -> Bag:
    """Return the bag that a message holds. A name that a lease does not have stays as it is, and so does Python's."""
    bag = {_INSIDE.get(name, name): value for name, value in json_format.MessageToDict(message).items()}
    if isinstance(use_case := bag.get("use_case"), dict):
        bag["use_case"] = {_FIELDS_INSIDE.get(name, name): value for name, value in use_case.items()}
    return bag


def write(bag: Bag) -> struct_pb2.Struct:
    """Return a bag as a message; what is None is left out."""
    if isinstance(use_case := bag.get("use_case"), dict):
        bag = {**bag, "use_case": {_FIELDS.get(name, name): value for name, value in use_case.items()}}
    message = struct_pb2.Struct()
    message.update({_OUTSIDE.get(name, name): value for name, value in bag.items() if value is not None})
    return message


_WORDS: Final = {
    **{name: outside for name, outside in (_OUTSIDE | _FIELDS).items() if "_" in name and name != "memory"},
    "delete_before_replace": "deleteBeforeReplace",
}
_WORD: Final = re.compile(rf"\b({'|'.join(_WORDS)})\b")
_OPTION: Final = re.compile(rf"\baws:({'|'.join(option.name for option in PULUMI_AWS)})\b")


def in_schema_words(text: str) -> str:
    """Return a sentence with the names that the schema has, where it names an input, an output or a setting."""
    text = re.sub(r"`[^`]+`", lambda code: _WORD.sub(lambda word: _WORDS[word[1]], code[0]), text)
    return _OPTION.sub(r"dedicatedip:\1", text)


SETTINGS: Final = {
    **{option.name: f"aws:{option.name}" for option in PULUMI_AWS if option.does == "honoured"},
    **{option.name: f"dedicatedip:{option.name}" for option in OWN},
}
"""What a plugin can be configured with, and the name of it in the configuration of a stack with a dynamic provider."""
