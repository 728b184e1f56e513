"""What can go wrong, and what a command may contain.

EmulatorError    a command, in process or to the control API, that cannot be carried out; nothing was changed
├─ BadCommand    the command itself is wrong, or makes no sense in the state the world is in
└─ NotHere       it names a case or an address that does not exist
ApiError         what AWS answers to a client that it refuses
"""

from __future__ import annotations

import re
from http import HTTPStatus

MAX_BODY = 8_000
"""Characters of one message at most (Support API, `communicationBody`)."""

MOST_AT_ONCE = 10_000
"""Addresses that are added at most at once."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


class EmulatorError(Exception):
    """A command that cannot be carried out; nothing was changed."""


class BadCommand(EmulatorError):
    """The command is wrong in itself, or impossible as things stand."""


class NotHere(EmulatorError):
    """The command names something that does not exist."""


class ApiError(Exception):
    """AWS's refusal of one call: the code that clients match on, and a sentence."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        """Take AWS's own code, its sentence, and the HTTP status that goes with the code."""
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = int(status)


def checked_text(text: str) -> str:
    """Return a message that AWS would accept."""
    if not 0 < len(text) <= MAX_BODY:
        raise BadCommand(f"a message has 1 to {MAX_BODY} characters, not {len(text)}")
    return text


def checked_count(count: int) -> int:
    """Return a number of addresses that can be added at once."""
    if not 0 <= count <= MOST_AT_ONCE:
        raise BadCommand(f"a count of addresses is a number from 0 to {MOST_AT_ONCE}, not {count}")
    return count


def checked_account(account: str) -> str:
    """Return an account that has the form of one: a misspelt one would be empty for ever."""
    if not _ACCOUNT.fullmatch(account):
        raise BadCommand(f"an account has 12 digits, not {account!r}")
    return account


def checked_region(region: str) -> str:
    """Return a Region that has the form of one: nobody would ever look into a misspelt one."""
    if not _REGION.fullmatch(region):
        raise BadCommand(f"a Region is written as eu-west-1 is, not {region!r}")
    return region
