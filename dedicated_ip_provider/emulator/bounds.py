"""What a command may contain: how long a message, how many addresses, which account and Region."""

from __future__ import annotations

import re

from dedicated_ip_provider.emulator.errors import BadCommand

MAX_BODY = 8_000
"""Characters of one message at most (Support API, `communicationBody`)."""

MOST_AT_ONCE = 10_000
"""Addresses that are added at most at once."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


def checked_text(text: str) -> str:
    """Give a message back if AWS would take it."""
    if not 0 < len(text) <= MAX_BODY:
        raise BadCommand(f"a message has 1 to {MAX_BODY} characters, not {len(text)}")
    return text


def checked_count(count: int) -> int:
    """Give a number of addresses back if so many can be added at once."""
    if not 0 <= count <= MOST_AT_ONCE:
        raise BadCommand(f"a count of addresses is a number from 0 to {MOST_AT_ONCE}, not {count}")
    return count


def checked_account(account: str) -> str:
    """Give an account back if it has the form of one: a misspelt one would be empty for ever."""
    if not _ACCOUNT.fullmatch(account):
        raise BadCommand(f"an account has 12 digits, not {account!r}")
    return account


def checked_region(region: str) -> str:
    """Give a Region back if it has the form of one: nobody would ever look into a misspelt one."""
    if not _REGION.fullmatch(region):
        raise BadCommand(f"a Region is written as eu-west-1 is, not {region!r}")
    return region
