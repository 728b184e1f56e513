"""Systems Manager's Parameter Store, per account and Region: GetParameter, PutParameter, GetParameterHistory.

Only plain strings in the Standard tier are emulated. Other types, tiers and data types, allowed patterns, policies and
names that are ARNs are refused with the code OperationNotEmulated. Tags are checked but not stored; there are no
labels. Reads are consistent: each sees all earlier writes. AWS does not document whether its own are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.services import Paging
from dedicated_ip_provider.emulator.wire.protocol import ApiError, not_emulated

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.values import Parameter, ParameterVersion
    from dedicated_ip_provider.emulator.wire.protocol import Call, Values
    from dedicated_ip_provider.emulator.world import World

MAX_VALUE = 4_096
"""The most characters of a value, in the Standard tier."""
MAX_LEVELS = 15
"""The most levels in the path of a name."""

_NAME = re.compile(r"[\w.-]+|(/[\w.-]+)+", re.ASCII)
_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)

_BAD_NAME = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of '
    "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following "
    "3 symbols .-_"
)
_RESERVED = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
_TOO_LONG = (
    f"Standard tier parameters support a maximum parameter value of {MAX_VALUE} characters. To create a larger "
    "parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see "
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)
_EMPTY = (
    "1 validation error detected: Value '' at 'value' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1"
)

_PAGES = Paging(size=50, error="InvalidNextToken")
_TYPE, _TIER, _DATA_TYPE = "String", "Standard", "text"
_ONLY = {"Type": _TYPE, "Tier": _TIER, "DataType": _DATA_TYPE}
"""Members of PutParameter that may have only one value here."""
_LACKING = ("AllowedPattern", "Policies")
"""Members of PutParameter that the emulator lacks."""


def get_parameter(world: World, call: Call, given: Values) -> Values:
    """GetParameter: show the latest version, or the one selected by a name such as `/path/name:3`."""
    name, colon, number = _name(given).partition(":")
    parameter = _find(world, call, name)
    version = _numbered(parameter, number) if colon else parameter.latest
    selector = {"Selector": f":{number}"} if colon else {}
    return {"Parameter": {**_written(parameter, version), **selector, "ARN": _arn(call, name)}}


def put_parameter(world: World, call: Call, given: Values) -> Values:
    """PutParameter: create a parameter, or with `Overwrite` write its next version unconditionally."""
    _refuse_what_is_lacking(given)
    name, overwrite = given["Name"].strip(" "), given.get("Overwrite", False)
    check_name(name)
    check_value(given["Value"])
    if overwrite and given.get("Tags"):
        raise _invalid(_TAGS_AND_OVERWRITE)
    account, key = call.caller.account, (call.caller.region, name)
    exists = key in world.look_at(account).parameters
    if exists and not overwrite:
        raise ApiError("ParameterAlreadyExists", _ALREADY_EXISTS)
    if not exists and "Type" not in given:
        raise _invalid("A parameter type is required when you create a parameter.")
    version = world.put_parameter(account, key, given["Value"], call.caller.arn, given.get("Description"))
    return {"Version": version, "Tier": _TIER}


def get_parameter_history(world: World, call: Call, given: Values) -> Values:
    """GetParameterHistory: list the versions that are kept, oldest first."""
    parameter = _find(world, call, _name(given))
    keyed = [(f"{one.version:012d}", _in_history(parameter, one)) for one in parameter.history]
    return _PAGES.answer("Parameters", keyed, world, call.place, given)


def check_name(name: str) -> None:
    """Raise AWS's refusal of a name that a customer's parameter cannot have."""
    start, is_path = name.removeprefix("/").lower(), name.count("/") > 1
    if is_path and start.startswith("aws"):
        raise ApiError("AccessDeniedException", f"No access to reserved parameter name: {name.removeprefix('/')}.")
    if not is_path and start.startswith(("aws", "ssm")):
        raise _invalid(_RESERVED)
    if "/" in name and not name.startswith("/"):
        raise _invalid("Parameter name must be a fully qualified name.")
    if start.startswith("ssm") or not _NAME.fullmatch(name):
        raise _invalid(_BAD_NAME)
    if name.count("/") > MAX_LEVELS:
        text = f"A hierarchy can have a maximum of {MAX_LEVELS} levels."
        raise ApiError("HierarchyLevelLimitExceededException", text)


def check_value(value: str) -> None:
    """Raise AWS's refusal of a value that the Standard tier does not accept."""
    if not value:
        raise _invalid(_EMPTY)
    if len(value) > MAX_VALUE:
        raise _invalid(_TOO_LONG)
    if _NESTED.search(value):
        raise _invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.')


def _invalid(message: str) -> ApiError:
    """Return Systems Manager's error for an invalid request."""
    return ApiError("ValidationException", message)


def _refuse_what_is_lacking(given: Values) -> None:
    if "KeyId" in given:
        raise _invalid("KeyId is required for SecureString type parameter only.")
    for name, only in _ONLY.items():
        if given.get(name, only) != only:
            raise not_emulated(f"the emulator has no parameters of {name} {given[name]}")
    for name in _LACKING:
        if name in given:
            raise not_emulated(f"the emulator has no parameters with {name}")


def _name(given: Values) -> str:
    """Return the name of the parameter to read, without surrounding spaces, as at AWS."""
    name: str = given["Name"].strip(" ")
    if name.startswith("arn:"):
        raise not_emulated("the emulator finds parameters only by name, not by ARN")
    if " " in name:
        raise _invalid("Parameter names can't contain spaces.")
    return name


def _find(world: World, call: Call, name: str) -> Parameter:
    parameter = world.look_at(call.caller.account).parameters.get((call.caller.region, name))
    if parameter is None:
        # AWS sends only the code.
        raise ApiError("ParameterNotFound", "")
    return parameter


def _numbered(parameter: Parameter, number: str) -> ParameterVersion:
    for version in parameter.history:
        if str(version.version) == number:
            return version
    text = f"Systems Manager could not find version {number} of {parameter.name}. Verify the version and try again."
    raise ApiError("ParameterVersionNotFound", text)


def _written(parameter: Parameter, version: ParameterVersion) -> Values:
    """Return what GetParameter and GetParameterHistory both show of a version."""
    return {
        "Name": parameter.name,
        "Type": _TYPE,
        "Value": version.value,
        "Version": version.version,
        "LastModifiedDate": version.time,
        "DataType": _DATA_TYPE,
    }


def _in_history(parameter: Parameter, version: ParameterVersion) -> Values:
    description = {"Description": version.description} if version.description else {}
    return {
        **_written(parameter, version),
        **description,
        "LastModifiedUser": version.user,
        "Tier": _TIER,
        "Policies": [],
    }


def _arn(call: Call, name: str) -> str:
    # The partition is the one in the caller's ARN.
    partition = call.caller.arn.split(":")[1]
    path = name if name.startswith("/") else f"/{name}"
    return f"arn:{partition}:ssm:{call.caller.region}:{call.caller.account}:parameter{path}"


_ALREADY_EXISTS = (
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
)
_TAGS_AND_OVERWRITE = (
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove "
    "overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource."
)
