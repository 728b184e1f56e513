"""The stack's configuration as a lease needs it: `aws:*` as pulumi-aws users have it, and `dedicatedip:*`.

Pulumi hands every value over as a text; lists and objects are JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.model import is_account_id

Lookup = Callable[[str], object]
"""Gives a configuration value by its full name, such as `aws:region`, or None."""

_ISSUE_TYPE: Final = "customer-service"
_SEVERITY: Final = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """How a case is classified; what is None is found by name among the services that AWS lists."""

    service: str | None = None
    category: str | None = None
    issue_type: str = _ISSUE_TYPE
    severity: str = _SEVERITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Credentials, guards and case codes of a stack. `keys` are static keys, kept out of every `repr`."""

    profile: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    roles: tuple[Mapping[str, Any], ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    codes: Codes = Codes()


def read_settings(lookup: Lookup) -> Settings:
    """Read a stack's configuration. Raises `Refused` where a value cannot be understood."""
    names = {"accessKey": "aws_access_key_id", "secretKey": "aws_secret_access_key", "token": "aws_session_token"}
    keys = {name: _text(lookup, f"aws:{key}") for key, name in names.items()}
    return Settings(
        profile=_text(lookup, "aws:profile"),
        keys={name: value for name, value in keys.items() if value},
        roles=_roles(lookup),
        allowed_accounts=_accounts(lookup, "aws:allowedAccountIds"),
        forbidden_accounts=_accounts(lookup, "aws:forbiddenAccountIds"),
        codes=Codes(
            service=_text(lookup, "dedicatedip:serviceCode"),
            category=_text(lookup, "dedicatedip:categoryCode"),
            issue_type=_text(lookup, "dedicatedip:issueType") or _ISSUE_TYPE,
            severity=_text(lookup, "dedicatedip:severityCode") or _SEVERITY,
        ),
    )


def _text(lookup: Lookup, name: str) -> str | None:
    value = lookup(name)
    return value if isinstance(value, str) and value else None


def _json(lookup: Lookup, name: str, kind: type) -> Any:  # noqa: ANN401 - JSON; `_role` and `_accounts` judge it
    value = lookup(name)
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, kind):
        raise _wrong(name, f"must be a JSON {'list' if kind is list else 'object'}")
    return value


def _accounts(lookup: Lookup, name: str) -> tuple[str, ...]:
    accounts = _json(lookup, name, list) or []
    if not all(is_account_id(account) for account in accounts):
        raise _wrong(name, "must be a list of account ids, each a text of 12 digits")
    return tuple(accounts)


def _roles(lookup: Lookup) -> tuple[Mapping[str, Any], ...]:
    one = _json(lookup, "aws:assumeRole", dict)
    if one:
        return (_role("aws:assumeRole", one),)
    return tuple(_role("aws:assumeRoles", role) for role in _json(lookup, "aws:assumeRoles", list) or [])


def _role(name: str, role: object) -> Mapping[str, Any]:
    if not isinstance(role, dict) or not role.get("roleArn"):
        raise _wrong(name, "must name a `roleArn` for each role")
    options: dict[str, Any] = {"RoleSessionName": "dedicated-ip-provider"}
    for key, value in role.items():
        if key not in _OPTIONS:
            raise _wrong(name, f"has {key!r}, which is not understood here")
        # pulumi-aws takes null for an option that is not given.
        if value is None:
            continue
        option, read, what = _OPTIONS[key]
        options[option] = read(value)
        if options[option] is None:
            raise _wrong(name, f"has `{key}`, which is no {what}")
    return options


def _plain(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> list[str] | None:
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _arns(value: object) -> list[Mapping[str, str]] | None:
    arns = _texts(value)
    return None if arns is None else [{"arn": arn} for arn in arns]


def _tags(value: object) -> list[Mapping[str, str]] | None:
    if not isinstance(value, dict) or not all(isinstance(tag, str) for tag in value.values()):
        return None
    return [{"Key": name, "Value": tag} for name, tag in value.items()]


def _seconds(value: object) -> int | None:
    """Read a duration as Go writes it, such as `1h30m`."""
    parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", value, re.ASCII) if isinstance(value, str) else None
    if not parts or not value:
        return None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + seconds


_OPTIONS: Final[Mapping[str, tuple[str, Callable[[object], object], str]]] = {
    "roleArn": ("RoleArn", _plain, "text"),
    "sessionName": ("RoleSessionName", _plain, "text"),
    "externalId": ("ExternalId", _plain, "text"),
    "policy": ("Policy", _plain, "text"),
    "sourceIdentity": ("SourceIdentity", _plain, "text"),
    "duration": ("DurationSeconds", _seconds, "duration, such as 1h30m"),
    "policyArns": ("PolicyArns", _arns, "list of texts"),
    "tags": ("Tags", _tags, "set of texts"),
    "transitiveTagKeys": ("TransitiveTagKeys", _texts, "list of texts"),
}
"""What pulumi-aws calls an option of an assumed role; what STS calls it, how it is read, and what it must be."""


def _wrong(name: str, what: str) -> Refused:
    return Refused(f"The configuration value {name} {what}.", "Nothing was filed. Mend it with `pulumi config set`.")
