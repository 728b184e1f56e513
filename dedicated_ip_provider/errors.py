"""The errors of a lease, by what the reader does next.

LeaseError
├─ Refused          AWS, or a rule of the lease, refused this step; the next step says what was done before it
│  └─ Outdated      another command wrote the Region's record: nothing of this one may be written any more
├─ Unreachable      AWS gave no usable answer to a call that files nothing
└─ OutcomeUnknown   something was sent to AWS and no answer came: it may have happened

There is one class per decision of the reader: fix something, try again later, or check first what happened.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

NOTHING_FILED: Final = "Nothing was filed."
"""The beginning of a next step if nothing was filed."""


class LeaseError(Exception):
    """Anything that stops work on a lease: what happened, and what to do next.

    `str()` returns both, one per line, as `pulumi up` shows them.
    """

    def __init__(self, what: str, next_step: str) -> None:
        """Create an error from a sentence that says what happened, to which lease and where, and the next step."""
        super().__init__(what, next_step)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        """Return what happened and the next step, one per line."""
        return f"{self.what}\n{self.next_step}"


class Refused(LeaseError):
    """AWS, or a rule of the lease, refused this step, which changed nothing."""


class Outdated(Refused):
    """Another command wrote the Region's record: nothing of this one may be written any more."""


class Unreachable(LeaseError):
    """AWS gave no usable answer to a call that files nothing."""


class OutcomeUnknown(LeaseError):
    """Something was sent to AWS and no answer came back: it may or may not have happened."""


def internal_error(error: BaseException) -> str:
    """Return the message for an unexpected error in a provider: what happened, where in the code, and what to do."""
    return (
        f"Internal error of dedicated-ip-provider: {with_place(error)}.\n"
        "Run the same command again: it checks AWS before it files anything. If the error persists, please report it."
    )


def with_place(error: BaseException) -> str:
    """Return an unexpected error on one line, with the place in the code where it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{what} ({frame.name}, line {frame.lineno} of {Path(frame.filename).name})"
