"""Output for a person at the terminal while Pulumi runs, and whether anybody still reads it."""

from __future__ import annotations

import contextlib
import select
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Lease


def tell(line: str) -> None:
    """Print a line, which Pulumi shows under the stack."""
    # An engine that was killed no longer reads this; what is under way is still completed.
    with contextlib.suppress(OSError):
        # One write per line, as four threads share the stream. Pulumi reads UTF-8, whatever this process's locale is.
        sys.stderr.buffer.write(f"{line}\n".encode(errors="backslashreplace"))
        sys.stderr.buffer.flush()


def hand_over(form_text: str, lease: Lease, mark: str) -> str:
    """Save the forms of a lease that ends to a file, as its state will be gone; return the message about them."""
    file = Path(f"dedicated-ip-{mark}.txt")
    try:
        file.write_text(f"{form_text}\n", encoding="utf-8")
        where = f"also in {file.resolve()}"
    except OSError as problem:
        where = f"could not be saved to a file: {problem}"
    return f"{lease.label}: nothing was filed; a person has to file this ({where}):\n{form_text}"


def is_watched() -> bool:
    """Return whether the engine still reads what we print: a plugin runs on for a while after its engine was killed."""
    # Windows has no `poll`, and without a file descriptor nothing can be known.
    if not hasattr(select, "poll"):
        return True
    try:
        stream = sys.stderr.fileno()
    except OSError:
        return True
    poll = select.poll()
    poll.register(stream, 0)
    return not any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
