"""Parameters of Systems Manager's Parameter Store: frozen values, and what AWS lets be written into them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.errors import ApiError

if TYPE_CHECKING:
    from datetime import datetime

MAX_VALUE = 4_096
"""Characters of a value at most, in the Standard tier."""
KEPT_VERSIONS = 100
"""Versions of a parameter that AWS keeps; a new one then drops the oldest."""
MAX_LEVELS = 15
"""Levels that the path of a name has at most."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterWrite:
    """What is written into a parameter, and by whom."""

    value: str
    user: str
    """The ARN of a user or role."""
    description: str | None = None
    """None: the description stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterVersion:
    """One version of a parameter."""

    version: int
    value: str
    description: str
    time: datetime
    user: str
    """The ARN of the user or role that wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of one account and Region."""

    region: str
    name: str
    history: tuple[ParameterVersion, ...]
    """The versions that AWS keeps, oldest first; there is always one."""

    @property
    def latest(self) -> ParameterVersion:
        """Return the version that was written last."""
        return self.history[-1]

    @property
    def version(self) -> int:
        """Return the number of the latest version."""
        return self.latest.version

    @property
    def value(self) -> str:
        """Return the value of the latest version."""
        return self.latest.value


def with_version(
    history: tuple[ParameterVersion, ...], write: ParameterWrite, now: datetime
) -> tuple[ParameterVersion, ...]:
    """Return a history with one more version, and without the oldest if there would be too many."""
    number, described = (history[-1].version + 1, history[-1].description) if history else (1, "")
    added = ParameterVersion(
        version=number,
        value=write.value,
        description=described if write.description is None else write.description,
        time=now,
        user=write.user,
    )
    return (*history, added)[-KEPT_VERSIONS:]


def check_name(name: str) -> None:
    """Raise AWS's refusal of a name that no parameter of a customer's can have."""
    start, is_path = name.removeprefix("/").lower(), name.count("/") > 1
    if is_path and start.startswith("aws"):
        raise ApiError("AccessDeniedException", f"No access to reserved parameter name: {name.removeprefix('/')}.")
    if not is_path and start.startswith(("aws", "ssm")):
        raise invalid(_RESERVED)
    if "/" in name and not name.startswith("/"):
        raise invalid("Parameter name must be a fully qualified name.")
    if start.startswith("ssm") or not _NAME.fullmatch(name):
        raise invalid(_BAD_NAME)
    if name.count("/") > MAX_LEVELS:
        text = f"A hierarchy can have a maximum of {MAX_LEVELS} levels."
        raise ApiError("HierarchyLevelLimitExceededException", text)


def check_value(value: str) -> None:
    """Raise AWS's refusal of a value that the Standard tier does not take."""
    if not value:
        raise invalid(_EMPTY)
    if len(value) > MAX_VALUE:
        raise invalid(_TOO_LONG)
    if _NESTED.search(value):
        raise invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.')


def invalid(message: str) -> ApiError:
    """Return Systems Manager's refusal of a request that breaks a rule."""
    return ApiError("ValidationException", message)
