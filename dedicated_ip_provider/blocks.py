"""How we find again what we wrote to AWS: by marks and marked blocks.

The mark of a case, such as `DIP-9F3A2C41B7D0-2`, stands in its subject and in every block: it is made from the
lease's key and the number of the case among the lease's cases. A block is a part of a message that says what is
asked, so that a case found after a crash tells everything.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from dedicated_ip_provider.lease import Case, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK: Final = re.compile(r"\bDIP-(?P<digest>[0-9A-F]{12})-(?P<number>[1-9][0-9]{0,5})(?:\.(?P<message>[0-9]{1,4}))?\b")
_OPENS: Final = "=== dedicated-ip lease ==="
_CLOSES: Final = "=== end ==="

Step = Literal["request", "amend", "withdraw", "relinquish", "confirm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The marked block of one message."""

    mark: str
    message: int
    step: Step
    lease_key: str
    region: str
    total: int
    attempt: int
    asks: int = 0
    steps_back: bool = False
    before: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()


def mark_of(lease_key: str, number: int) -> str:
    """Make the mark of a lease's case, such as `DIP-9F3A2C41B7D0-2`."""
    return f"DIP-{hashlib.sha256(lease_key.encode()).hexdigest()[:12].upper()}-{number}"


def find_mark(text: str) -> str | None:
    """Find a case's mark in a subject; None where there is none."""
    found = _MARK.search(text)
    return f"DIP-{found['digest']}-{found['number']}" if found else None


def read_case(  # noqa: PLR0913 - the fields of a case as AWS gives them
    *, case_id: str, display_id: str | None, status: str, filed_at: str, subject: str, messages: Sequence[str]
) -> Case | None:
    """Read a case of ours from its subject and the messages of the account's own people; None if it is not ours.

    Quoted copies of a block change nothing: each marked message counts once, by its number.
    """
    found = [block for text in messages for block in read_blocks(text)]
    # A person may have filed our form under a subject of their own, or of the console's.
    mark = find_mark(subject) or next((block.mark for block in found if block.message == 0), None)
    blocks = {block.message: block for block in found if block.mark == mark}
    first = blocks.get(0)
    if first is None or first.step not in ("request", "relinquish"):
        return None
    kind: Kind = "request" if first.step == "request" else "relinquish"
    case = Case(
        id=case_id,
        display_id=display_id,
        status=status,
        filed_at=filed_at,
        lease_key=first.lease_key,
        region=first.region,
        number=int(first.mark.rpartition("-")[2]),
        kind=kind,
        total=first.total,
        attempt=first.attempt,
        asks=first.asks,
        before=first.before,
        returns=first.returns,
    )
    for _, block in sorted(blocks.items())[1:]:
        case = with_message(case, block)
    return case


def with_message(case: Case, block: Block) -> Case:
    """Give the case as it is after one more marked message."""
    case = replace(case, messages=max(case.messages, block.message + 1))
    match block.step:
        case "amend":
            return replace(case, asks=block.asks, total=block.total, attempt=block.attempt)
        case "withdraw":
            return replace(case, withdrawn=True, asks=block.asks, stepped_back=block.steps_back)
        case "confirm":
            return replace(case, confirmed=True)
        case _:
            return case


def read_blocks(text: str) -> list[Block]:
    """Read every well-formed marked block of a message; anything else in it is left alone.

    A person may have pasted it: white space around a line does not matter. A quoted line (`> ...`) does not count.
    """
    if _OPENS not in text:
        return []
    lines = [line.strip() for line in text.splitlines()]
    found = []
    for start in (number for number, line in enumerate(lines) if line == _OPENS):
        inside = lines[start + 1 :]
        if _CLOSES in inside:
            block = _read_block(dict(line.split(": ", 1) for line in inside[: inside.index(_CLOSES)] if ": " in line))
            found += [block] if block else []
    return found


def _read_block(fields: dict[str, str]) -> Block | None:
    mark = _MARK.fullmatch(fields.get("mark", ""))
    step = fields.get("step")
    if mark is None or mark["message"] is None or step not in ("request", "amend", "withdraw", "relinquish", "confirm"):
        return None
    try:
        return Block(
            mark=f"DIP-{mark['digest']}-{mark['number']}",
            message=int(mark["message"]),
            step=step,  # type: ignore[arg-type]  # narrowed by the test above, which mypy does not follow
            lease_key=fields["lease"],
            region=fields["region"],
            total=int(fields["total"]),
            attempt=int(fields["attempt"]),
            asks=int(fields.get("asks", "0")),
            steps_back=fields.get("steps_back") == "yes",
            before=tuple(ip for ip in fields.get("before", "").split() if ip != "none"),
            returns=tuple(fields.get("returns", "").split()),
        )
    except (KeyError, ValueError):
        return None


def has_message(messages: Sequence[str], mark: str) -> bool:
    """Tell whether one of the messages carries the mark of a letter, such as `DIP-9F3A2C41B7D0-2.1`."""
    return any(f"{block.mark}.{block.message}" == mark for text in messages for block in read_blocks(text))


def written(block: Block) -> str:
    """Write the block, as `read_blocks` reads it."""
    lines = [
        f"mark: {block.mark}.{block.message}",
        f"step: {block.step}",
        f"lease: {block.lease_key}",
        f"region: {block.region}",
        f"total: {block.total}",
        f"attempt: {block.attempt}",
    ]
    if block.step in ("request", "amend", "withdraw"):
        lines.append(f"asks: {block.asks}")
    if block.steps_back:
        lines.append("steps_back: yes")
    if block.step == "request":
        lines.append(f"before: {' '.join(block.before) or 'none'}")
    if block.step == "relinquish":
        lines.append(f"returns: {' '.join(block.returns)}")
    return "\n".join((_OPENS, *lines, _CLOSES))
