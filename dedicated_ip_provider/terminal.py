"""What a person at the terminal reads while Pulumi runs, and whether anybody does."""

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
    # An engine that was killed reads no more. What is under way goes on to its end all the same.
    with contextlib.suppress(OSError):
        # One write a line: four threads share the stream. Pulumi reads UTF-8, whatever the locale of this process is.
        sys.stderr.buffer.write(f"{line}\n".encode(errors="backslashreplace"))
        sys.stderr.buffer.flush()


def hand_over(form_text: str, lease: Lease, mark: str) -> str:
    """Write the forms of a lease that ends to a file, as its state will be gone; return what to tell of them."""
    file = Path(f"dedicated-ip-{mark}.txt")
    try:
        file.write_text(f"{form_text}\n", encoding="utf-8")
        where = f"also in {file.resolve()}"
    except OSError as problem:
        where = f"not kept in a file: {problem}"
    return f"{lease.label}: nothing was filed; a person files this ({where}):\n{form_text}"


def is_watched() -> bool:
    """Return whether the engine still reads what we print: its plugins go on for a while when it is killed."""
    # Windows has no `poll`; and where the stream is none of the system's, nothing can be known.
    if not hasattr(select, "poll"):
        return True
    try:
        stream = sys.stderr.fileno()
    except OSError:
        return True
    look = select.poll()
    look.register(stream, 0)
    return not any(events & (select.POLLERR | select.POLLHUP) for _, events in look.poll(0))
