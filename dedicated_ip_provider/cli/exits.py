"""The exit codes of all commands."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Unreachable


class Exit(IntEnum):
    """How a command ended; `MEANINGS` explains each number."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    UNKNOWN = 4
    TO_FIX = 5
    SHORT = 6
    PERSON_NEEDED = 7
    TIME_OVER = 8
    CANNOT_WRITE = 9
    UNFORESEEN = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141


MEANINGS: Final = {
    Exit.DONE: "done; for `wait`: every lease has the addresses it wants, warmed up with --warm",
    Exit.REFUSED: "refused by AWS or by a rule of the lease; nothing was filed, and the message says what was done",
    Exit.USAGE: "the command line or a file it names is wrong; AWS was not called",
    Exit.UNREACHABLE: "AWS gave no usable answer; nothing was filed; try again later",
    Exit.UNKNOWN: "something was sent but no answer came; run the command again: it looks before it sends",
    Exit.TO_FIX: "`doctor`: something needs fixing",
    Exit.SHORT: "`wait`: AWS refused, or granted fewer addresses than requested",
    Exit.PERSON_NEEDED: "`wait`: a person is needed, to answer AWS, to file a form, or to run `pulumi up`",
    Exit.TIME_OVER: "`wait`: time ran out before AWS decided or the addresses were warmed up",
    Exit.CANNOT_WRITE: "the output could not be written",
    Exit.UNFORESEEN: "an internal error; please report it",
    Exit.INTERRUPTED: "interrupted (Ctrl-C)",
    Exit.PIPE_CLOSED: "the program reading the output closed it, as `head` does",
}
"""The meaning of each exit code."""


def exit_of(error: LeaseError) -> Exit:
    """Return the exit code of an error, by whose move it is and whether something may have happened."""
    if isinstance(error, OutcomeUnknown):
        return Exit.UNKNOWN
    return Exit.UNREACHABLE if isinstance(error, Unreachable) else Exit.REFUSED
