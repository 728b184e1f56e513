"""What can go wrong with a lease, by what the reader does next.

LeaseError
├─ Refused          nothing was filed or changed: AWS, or a rule of the lease, says no
├─ Unreachable      AWS gave no usable answer to a question; nothing was filed or changed by it
└─ OutcomeUnknown   something was sent to AWS and no answer came: it may have happened

There are no more classes than decisions: a reader fixes something, tries later, or looks first.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

NOTHING_FILED: Final = "Nothing was filed."
"""How a next step begins where it is so."""


class LeaseError(Exception):
    """Anything that keeps a lease from moving on: what happened, and what to do next.

    `str()` returns both, a line each, which is what `pulumi up` shows.
    """

    def __init__(self, what: str, next_step: str) -> None:
        """Take one sentence that says what, where and which, and one that says what to do."""
        super().__init__(what, next_step)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        """Return the sentence and the next step, a line each."""
        return f"{self.what}\n{self.next_step}"


class Refused(LeaseError):
    """AWS or a rule of the lease said no; nothing was filed or changed."""


class Unreachable(LeaseError):
    """A question to AWS got no usable answer; nothing was filed or changed by it."""


class OutcomeUnknown(LeaseError):
    """Something was sent and no answer came back: it may or may not have happened."""


def internal_error(error: BaseException) -> str:
    """Return what to tell a person of an error that nobody expected: what, where in the code, and what to do."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"Internal error of dedicated-ip-provider: {what} ({frame.name}, line {frame.lineno} of "
        f"{Path(frame.filename).name}).\n"
        "Run the same command again: it looks at AWS before it files anything. If the error persists, please report it."
    )
