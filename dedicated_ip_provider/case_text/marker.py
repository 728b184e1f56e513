"""Marks and marked blocks, by which we find our own cases and messages again.

The mark of a case, such as `DIP-eu-west-1-7-k3f9`, is in its subject and in every block. It consists of the Region, the
number of the case among those of the Region's lease, and the holder's nonce. A block is the machine-readable part of a
message; it says what the message asks for, so that a case found after a crash can be understood without other sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from dedicated_ip_provider.lease.addresses import read_addresses, write_addresses
from dedicated_ip_provider.lease.model import Addresses, Case, Kind, mark_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK: Final = re.compile(
    r"\bDIP-(?P<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})-(?P<number>[1-9][0-9]{0,6})-(?P<nonce>[a-z][a-z0-9]{3})"
    r"(?:\.(?P<message>[0-9]{1,4}))?(?![\w-])"
)
_OPENS: Final = "=== dedicated-ip lease ==="
_CLOSES: Final = "=== end ==="
_ASKING: Final = ("request", "amend")

Step = Literal["request", "amend", "withdraw", "relinquish", "list", "confirm"]
"""What a message is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The marked block of one message. `count` is how many addresses the lease wants in all once this is done."""

    region: str
    number: int
    nonce: str
    message: int
    step: Step
    holder: str
    count: int
    asks: int = 0
    addresses: Addresses = frozenset()
    parts: int = 1

    @property
    def case_mark(self) -> str:
        """Return the mark of the case."""
        return mark_of(self.region, self.number, self.nonce)

    @property
    def mark(self) -> str:
        """Return the mark of the message."""
        return f"{self.case_mark}.{self.message}"


def find_mark(text: str) -> str | None:
    """Return the mark of a case in a subject; None if there is none."""
    found = _MARK.search(text)
    return mark_of(found["region"], int(found["number"]), found["nonce"]) if found else None


def read_case(  # noqa: PLR0913 - the fields of a case as AWS gives them
    *, case_id: str, display_id: str | None, status: str, filed_at: str, subject: str, messages: Sequence[str]
) -> Case | None:
    """Return a case of ours, read from its subject and the customer's own messages; None if it is not ours.

    Quoted copies of a block have no effect: each marked message counts once, by its number.
    """
    found = [block for text in messages for block in read_blocks(text)]
    # A person may have filed our form under another subject, their own or the console's.
    mark = find_mark(subject) or next((block.case_mark for block in found if block.message == 0), None)
    blocks = {block.message: block for block in found if block.case_mark == mark}
    first = blocks.get(0)
    if first is None or first.step not in get_args(Kind):
        return None
    case = Case(
        id=case_id,
        display_id=display_id,
        status=status,
        filed_at=filed_at,
        region=first.region,
        number=first.number,
        nonce=first.nonce,
        kind=cast("Kind", first.step),
        holder=first.holder,
        count=first.count,
        asks=first.asks,
        addresses=first.addresses,
        parts=first.parts,
    )
    for _, block in sorted(blocks.items())[1:]:
        case = with_message(case, block)
    return case


def with_message(case: Case, block: Block) -> Case:
    """Return the case as it is after one more marked message."""
    case = replace(case, messages=max(case.messages, block.message + 1))
    match block.step:
        case "amend":
            return replace(case, asks=block.asks, count=block.count)
        case "withdraw":
            return replace(case, withdrawn=True)
        case "confirm":
            return replace(case, confirmed=True)
        case _:
            return case


def read_blocks(text: str) -> list[Block]:
    """Return every well-formed marked block of a message; the rest of the message is ignored.

    A person may have pasted it, so white space around a line does not matter. A quoted line (`> ...`) does not count,
    nor does a block in which another one begins, or which lacks a line.
    """
    if _OPENS not in text:
        return []
    lines = [line.strip() for line in text.splitlines()]
    found = []
    for start in (number for number, line in enumerate(lines) if line == _OPENS):
        inside = list(takewhile(lambda line: line not in (_OPENS, _CLOSES), lines[start + 1 :]))
        is_closed = lines[start + 1 + len(inside) :][:1] == [_CLOSES]
        block = _read_block(dict(line.split(": ", 1) for line in inside if ": " in line)) if is_closed else None
        found += [block] if block else []
    return found


def has_message(messages: Sequence[str], mark: str) -> bool:
    """Return whether one of the messages carries the mark of a message, such as `DIP-eu-west-1-7-k3f9.1`."""
    return any(block.mark == mark for text in messages for block in read_blocks(text))


def render(block: Block) -> str:
    """Return the block as text that `read_blocks` can read."""
    lines = [f"mark: {block.mark}", f"step: {block.step}", f"holder: {block.holder}", f"count: {block.count}"]
    if block.step in _ASKING:
        lines.append(f"asks: {block.asks}")
    if block.step == "relinquish":
        lines.append(f"addresses: {write_addresses(block.addresses)}")
    if block.parts > 1:
        lines.append(f"parts: {block.parts}")
    return "\n".join((_OPENS, *lines, _CLOSES))


def _read_block(fields: dict[str, str]) -> Block | None:
    mark = _MARK.fullmatch(fields.get("mark", ""))
    step = fields.get("step")
    if mark is None or mark["message"] is None or step not in get_args(Step):
        return None
    try:
        return Block(
            region=mark["region"],
            number=int(mark["number"]),
            nonce=mark["nonce"],
            message=int(mark["message"]),
            step=cast("Step", step),
            holder=fields["holder"],
            count=int(fields["count"]),
            asks=int(fields["asks"]) if step in _ASKING else 0,
            addresses=read_addresses(fields["addresses"]) if step == "relinquish" else frozenset(),
            parts=int(fields.get("parts", "1")),
        )
    except (KeyError, ValueError):
        return None
