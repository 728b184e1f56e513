"""The STS operations that return or change the caller's identity."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.wire.protocol import ApiError, role_credentials

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.wire.protocol import Call, Values
    from dedicated_ip_provider.emulator.world import World

_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]+)", re.ASCII)
_SESSION = re.compile(r"[\w+=,.@-]+", re.ASCII)
_HOUR = 3600


def get_caller_identity(_: World, call: Call, __: Values) -> Values:
    """GetCallerIdentity: return the account that the access key belongs to."""
    return {"UserId": f"AIDA{call.caller.account}", "Account": call.caller.account, "Arn": call.caller.arn}


def assume_role(world: World, _: Call, given: Values) -> Values:
    """AssumeRole: return credentials for the role's account; here anyone may assume any role."""
    role, session = _ROLE.fullmatch(given["RoleArn"]), given["RoleSessionName"]
    if role is None:
        raise ApiError("ValidationError", f"{given['RoleArn']} is invalid")
    if not _SESSION.fullmatch(session):
        raise ApiError("ValidationError", f"The session name {session} is invalid")
    partition, account, name = role.groups()
    arn = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"
    serial = hashlib.sha256(arn.encode()).hexdigest()[:8].upper()
    key, token = role_credentials(account, arn, serial)
    expires = world.now + timedelta(seconds=given.get("DurationSeconds", _HOUR))
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": "not-checked-by-the-emulator",
            "SessionToken": token,
            "Expiration": expires,
        },
        "AssumedRoleUser": {"AssumedRoleId": f"AROA{account}{serial}:{session}", "Arn": arn},
    }
