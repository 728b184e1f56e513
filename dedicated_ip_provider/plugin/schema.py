"""The package's schema for all languages: the inputs and outputs of a lease and of the functions, from their tables."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.config import OWN, PULUMI_AWS
from dedicated_ip_provider.inputs import INPUTS, USE_CASE
from dedicated_ip_provider.outputs import FOUND_NAMES, PUBLIC
from dedicated_ip_provider.schema_names import camel, in_schema_words
from dedicated_ip_provider.state import DYNAMIC_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedicated_ip_provider.inputs import Input, Type
    from dedicated_ip_provider.outputs import Output

Spec = dict[str, Any]

VERSION: Final = version("dedicated-ip-provider")
LEASE: Final = "dedicatedip:index:DedicatedIpLease"
GET_LEASE: Final = "dedicatedip:index:getDedicatedIpLease"
GET_ADDRESSES: Final = "dedicatedip:index:getDedicatedIps"

_STRINGS: Final[Spec] = {"type": "array", "items": {"type": "string"}}
_TYPES: Final[dict[Type, Spec]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "strings": _STRINGS,
    "a number by pool": {"type": "object", "additionalProperties": {"type": "integer"}},
    "addresses by pool": {"type": "object", "additionalProperties": _STRINGS},
    "a use case": {"$ref": "#/types/dedicatedip:index:UseCase"},
}
_HOLDER: Final = "The resource's path, `project/stack/name`, as the Region's record names it."
_OWN_INPUTS: Final = tuple(one for one in INPUTS if one.name != "holder")
_OPTIONAL: Final = tuple(one.name for one in INPUTS if one.default is None and one.missing is None)
"""The inputs that have no value if the program gives none."""
_PLACE: Final = ("region", "profile", "role_arn")
"""What the functions take."""
_ROLE: Final[Spec] = {"type": "object", "additionalProperties": {"$ref": "pulumi.json#/Any"}}
_FLAG: Final[Spec] = {"type": "boolean"}
_SECRET: Final[Spec] = {"type": "string", "secret": True}
_SETTINGS: Final[dict[str, Spec]] = {
    "accessKey": _SECRET,
    "secretKey": _SECRET,
    "token": _SECRET,
    "assumeRoles": {"type": "array", "items": _ROLE},
    "assumeRole": _ROLE,
    "assumeRoleWithWebIdentity": _ROLE,
    "endpoints": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
    "allowedAccountIds": _STRINGS,
    "forbiddenAccountIds": _STRINGS,
    "sharedConfigFiles": _STRINGS,
    "sharedCredentialsFiles": _STRINGS,
    "useFipsEndpoint": _FLAG,
    "useDualstackEndpoint": _FLAG,
    "skipMetadataApiCheck": _FLAG,
}


@cache
def schema_json() -> str:
    """Return the schema as JSON, for the engine."""
    return json.dumps(schema())


def schema() -> Spec:
    """Return the schema in the form of Pulumi's package schemas."""
    settings = _settings()
    outputs = {**_specs(_OWN_INPUTS), "holder": _spec("string", _HOLDER), **_specs(PUBLIC)}
    optional = {camel(name) for name in _OPTIONAL}
    found = {camel(name): outputs[camel(name)] for name in FOUND_NAMES}
    place: Spec = {"type": "object", "properties": _specs(one for one in INPUTS if one.name in _PLACE)}
    return {
        "name": "dedicatedip",
        "version": VERSION,
        "displayName": "Dedicated IP",
        "description": "Lease Amazon's dedicated mail IP addresses through AWS support cases.",
        "keywords": ["pulumi", "aws", "ses", "email", "category/cloud", "kind/native"],
        "license": "Apache-2.0",
        "config": {"variables": settings},
        "provider": {
            "description": "Which AWS account is used, and how. Options of the AWS provider mean what they mean there.",
            "inputProperties": settings,
        },
        "types": {
            "dedicatedip:index:UseCase": {
                "type": "object",
                "description": "What AWS's form asks about your mail; AWS's staff base their decision on it.",
                "properties": _specs(USE_CASE),
                "required": [camel(one.name) for one in USE_CASE],
            },
            "dedicatedip:index:DedicatedIp": {
                "type": "object",
                "description": "A dedicated IP address as Amazon SES lists it.",
                "properties": {
                    "ip": _spec("string", "The IPv4 address."),
                    "pool": _spec("string", "The pool that it is in."),
                    "warmupPercentage": _spec("integer", "How far it is warmed up, in percent; -1 for a managed one."),
                    "managed": _spec("boolean", "Whether SES itself adds and removes it, in a managed pool."),
                },
                "required": ["ip", "warmupPercentage", "managed"],
            },
        },
        "resources": {
            LEASE: {
                "description": (
                    "The lease of standard dedicated IP addresses of Amazon SES in one Region. AWS's staff decide, "
                    "days later: creating it files a support case and returns without waiting, and a refresh reads "
                    "the result."
                ),
                # The alias lets a stack switch from the dynamic provider without a change at AWS.
                "aliases": [{"type": DYNAMIC_TYPE}],
                "inputProperties": {
                    name: {**one, **({"willReplaceOnChanges": True} if name == "region" else {})}
                    for name, one in _specs(_OWN_INPUTS).items()
                },
                "requiredInputs": ["count"],
                "properties": outputs,
                "required": [name for name in outputs if name not in optional],
            }
        },
        "functions": {
            GET_LEASE: {
                "description": "Read the lease that an account has in a Region, whichever stack holds it.",
                "inputs": place,
                "outputs": {"type": "object", "properties": found, "required": [*found]},
            },
            GET_ADDRESSES: {
                "description": "List the dedicated IP addresses that an account has in a Region, leased or managed.",
                "inputs": place,
                "outputs": {
                    "type": "object",
                    "properties": {
                        "dedicatedIps": {
                            "type": "array",
                            "items": {"$ref": "#/types/dedicatedip:index:DedicatedIp"},
                            "description": "The addresses, sorted.",
                        }
                    },
                    "required": ["dedicatedIps"],
                },
            },
        },
        "language": {
            "nodejs": {"packageName": "dedicatedip", "respectSchemaVersion": True},
            "python": {
                "packageName": "pulumi_dedicatedip",
                "respectSchemaVersion": True,
                "pyproject": {"enabled": True},
            },
            "go": {"respectSchemaVersion": True, "generateResourceContainerTypes": True},
            "csharp": {"respectSchemaVersion": True},
            "java": {},
        },
    }


def _spec(type_: Type, meaning: str) -> Spec:
    return {**_TYPES[type_], "description": in_schema_words(meaning)}


def _specs(rows: Iterable[Input | Output]) -> dict[str, Spec]:
    return {camel(one.name): _spec(one.type, one.meaning) for one in rows}


def _settings() -> dict[str, Spec]:
    options = [*(option for option in PULUMI_AWS if option.does == "honoured"), *OWN]
    found = {
        option.name: {**_SETTINGS.get(option.name, {"type": "string"}), "description": _sentence(option.means)}
        for option in options
    }
    refreshes = "Whether a run first refreshes the lease while a case is open; true by default."
    return {**found, "refreshBeforeUpdate": {"type": "boolean", "description": refreshes}}


def _sentence(means: str) -> str:
    """Return a meaning from the table of options as a full sentence, as an editor shows it."""
    text = in_schema_words(means)
    return f"{text[:1].upper()}{text[1:]}."
