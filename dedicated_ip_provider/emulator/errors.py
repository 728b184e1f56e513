"""Errors, and checks of what a command may contain.

EmulatorError    a command, in process or to the control API, cannot be carried out; nothing was changed
├─ BadCommand    the command is wrong, or impossible in the current state
└─ NotHere       it names something that does not exist
ApiError         AWS's answer to a call that it refuses
"""

from __future__ import annotations

import re
from http import HTTPStatus

MAX_BODY = 8_000
"""The most characters of one message (Support API, `communicationBody`)."""

MOST_AT_ONCE = 10_000
"""The most addresses that can be added at once."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


class EmulatorError(Exception):
    """A command that cannot be carried out; nothing was changed."""


class BadCommand(EmulatorError):
    """The command is wrong, or impossible in the current state."""


class NotHere(EmulatorError):
    """The command names something that does not exist."""


class ApiError(Exception):
    """AWS's refusal of one call: an error code that clients match on, and a sentence."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        """Create a refusal from AWS's error code, its sentence, and the HTTP status that goes with the code."""
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = int(status)


def checked_text(text: str) -> str:
    """Return a message if AWS would accept it; else raise `BadCommand`."""
    if not 0 < len(text) <= MAX_BODY:
        raise BadCommand(f"a message has 1 to {MAX_BODY} characters, not {len(text)}")
    return text


def checked_count(count: int) -> int:
    """Return a number of addresses if that many can be added at once; else raise `BadCommand`."""
    if not 0 <= count <= MOST_AT_ONCE:
        raise BadCommand(f"a count of addresses is a number from 0 to {MOST_AT_ONCE}, not {count}")
    return count


def checked_account(account: str) -> str:
    """Return a well-formed account ID; else raise `BadCommand`, since a misspelt account would stay empty."""
    if not _ACCOUNT.fullmatch(account):
        raise BadCommand(f"an account has 12 digits, not {account!r}")
    return account


def checked_region(region: str) -> str:
    """Return a well-formed Region; else raise `BadCommand`, since no client would look in a misspelt Region."""
    if not _REGION.fullmatch(region):
        raise BadCommand(f"a Region has the form eu-west-1, not {region!r}")
    return region
