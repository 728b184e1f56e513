"""The leases in a stack's state, as `pulumi stack export` writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.schema_names import SECRET, SIGNATURE, from_schema
from dedicated_ip_provider.state import DYNAMIC_TYPE, State, read_state

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES: Final = (DYNAMIC_TYPE, "dedicatedip:index:DedicatedIpLease")
"""The resource's type tokens in a stack's state: the dynamic resource's and the native one's."""

_NO_STATE: Final = "the file is not the state of a stack, as `pulumi stack export` writes it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A lease as a stack's state has it; `form_text` is the form pending there."""

    state: State
    form_text: str


def read_stored(exported: bytes, name: str | None) -> Stored:
    """Read the lease that a stack holds under a resource's name or path; without a name, its only one.

    Raise a usage error if the bytes are not a stack's state, or the name does not match exactly one lease.
    """
    try:
        # UTF-8, or UTF-16 as PowerShell's `>` writes it: `json` detects which.
        resources = json.loads(exported)["deployment"]["resources"]
        held = [one for one in resources if one["type"] in TYPES and _is_held(one)]
        named = [(one["urn"].rpartition("::")[2], one["outputs"]) for one in held]
        fitting = [outputs for called, outputs in named if name in (None, called, outputs.get("holder"))]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise click.UsageError(_NO_STATE) from error
    there = ", ".join(called for called, _ in named)
    if not named:
        raise click.UsageError("the state has no lease.")
    if not fitting:
        raise click.UsageError(f"the state has no lease {name}; it has {there}.")
    if len(fitting) > 1:
        raise click.UsageError(f"the state has several leases; name one of {there}.")
    return _read(fitting[0])


def _is_held(resource: Mapping[str, Any]) -> bool:
    """Return whether the stack manages the resource, rather than only reading it or being about to delete it."""
    return not resource.get("external") and not resource.get("delete")


def _read(outputs: Mapping[str, Any]) -> Stored:
    plain = from_schema(_plain(outputs))
    return Stored(state=read_state(plain), form_text=str(plain.get("form_text", "")))


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON, which `read_state` checks
    """Return a value with its secrets decrypted, if the export has them in plain text."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            if "plaintext" not in value:
                raise Refused(
                    "The state of a lease contains an encrypted secret.",
                    "Export the state with `pulumi stack export --show-secrets`.",
                )
            try:
                return json.loads(value["plaintext"])
            except (ValueError, TypeError) as error:
                raise click.UsageError(_NO_STATE) from error
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
