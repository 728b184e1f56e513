"""The names of a lease's properties in Pulumi's schema, for every language but Python: `useCase` for `use_case`.

The native plugin stores its states with these names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from dedicated_ip_provider.config import PULUMI_AWS
from dedicated_ip_provider.inputs import NAMES, USE_CASE
from dedicated_ip_provider.outputs import OUTPUT_NAMES

Bag = Mapping[str, Any]

# How Pulumi marks a value that is a secret (sdk/go/common/resource, `SigKey` and `SecretSig`).
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, the same in every state


def camel(name: str) -> str:
    """Return a name in Pulumi's schema."""
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


# The name of what only the provider reads hides it from people, as `__meta` does for bridged providers.
_OUTSIDE: Final = {name: camel(name) for name in (*NAMES, *OUTPUT_NAMES)} | {"memory": "__memory"}
_INSIDE: Final = {outside: name for name, outside in _OUTSIDE.items()}
_FIELDS: Final = {one.name: camel(one.name) for one in USE_CASE}
_FIELDS_INSIDE: Final = {outside: name for name, outside in _FIELDS.items()}
_WORDS: Final = {
    **{name: outside for name, outside in (_OUTSIDE | _FIELDS).items() if "_" in name},
    "delete_before_replace": "deleteBeforeReplace",
}
_WORD: Final = re.compile(rf"\b({'|'.join(_WORDS)})\b")
_OPTION: Final = re.compile(rf"\baws:({'|'.join(option.name for option in PULUMI_AWS)})\b")


def from_schema(bag: Bag) -> dict[str, Any]:
    """Return a bag with Python's names. Unknown names, and names that are Python's already, stay as they are."""
    return _renamed(bag, _INSIDE, _FIELDS_INSIDE)


def to_schema(bag: Bag) -> dict[str, Any]:
    """Return a bag with the schema's names and without values that are None, which Pulumi does not have."""
    return _renamed({name: value for name, value in bag.items() if value is not None}, _OUTSIDE, _FIELDS)


def in_schema_words(text: str) -> str:
    """Return a sentence in which inputs, outputs and options have the schema's names."""
    text = re.sub(r"`[^`]+`", lambda code: _WORD.sub(lambda word: _WORDS[word[1]], code[0]), text)
    return _OPTION.sub(r"dedicatedip:\1", text)


def _renamed(bag: Bag, names: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Any]:
    renamed = {names.get(name, name): value for name, value in bag.items()}
    for name in ("use_case", "useCase"):
        if isinstance(use_case := renamed.get(name), dict):
            renamed[name] = {fields.get(field, field): value for field, value in use_case.items()}
    return renamed
