"""The exit codes of all commands, in one table."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Unreachable


class Exit(IntEnum):
    """How a command ended; what each number means is in `MEANINGS`."""

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
    Exit.DONE: "done; for `wait`: every lease has the addresses that it asks for, with --warm warmed up",
    Exit.REFUSED: "refused by AWS, or by a rule of the lease; nothing was filed or changed",
    Exit.USAGE: "the command line, or a file that it names, is wrong; AWS was not asked",
    Exit.UNREACHABLE: "AWS gave no usable answer; nothing was filed or changed: try again later",
    Exit.UNKNOWN: "something was sent and no answer came: the same command looks for it before it sends again",
    Exit.TO_FIX: "`doctor`: something has to be fixed",
    Exit.SHORT: "`wait`: AWS said no, or gave fewer addresses than were asked for",
    Exit.PERSON_NEEDED: "`wait`: AWS is waiting for your answer",
    Exit.TIME_OVER: "`wait`: the time limit ended before AWS decided, or the addresses were warm",
    Exit.CANNOT_WRITE: "the output could not be written",
    Exit.UNFORESEEN: "an internal error, which should be reported",
    Exit.INTERRUPTED: "interrupted (Ctrl-C)",
    Exit.PIPE_CLOSED: "the program that read the output has closed it, as `head` does",
}
"""What each exit code means to a script."""


def exit_of(error: LeaseError) -> Exit:
    """Return the exit code of an error: whose move it is, and whether something may have happened."""
    if isinstance(error, OutcomeUnknown):
        return Exit.UNKNOWN
    return Exit.UNREACHABLE if isinstance(error, Unreachable) else Exit.REFUSED
