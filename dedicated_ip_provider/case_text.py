"""What we write to AWS, and how we find it again.

A letter has three parts: sentences for the person who reads it, the form's fields as AWS's own quota cases
write them (one `Name: value` a line), and a marked block for ourselves. The mark, such as
`DIP-9F3A2C41B7D0-2`, stands in the subject too: it is made from the lease's key and the number of the case
among the lease's cases. The block says what is asked, so that a case found after a crash tells everything.

AWS changed the wording of its form five times in eight years; all of it is here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from dedicated_ip_provider.lease import Case, Kind, Lease, Seen, by_number, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BODY: Final = 8_000
"""Characters that AWS takes in one message (Support API, `communicationBody`)."""

ROOM_FOR_BEFORE: Final = 64
"""How many addresses of the Region `check` leaves room for in a letter's block."""

_MARK: Final = re.compile(r"\bDIP-(?P<digest>[0-9A-F]{12})-(?P<number>[1-9][0-9]{0,5})(?:\.(?P<message>[0-9]{1,4}))?\b")
_OPENS: Final = "=== dedicated-ip lease ==="
_CLOSES: Final = "=== end ==="

Step = Literal["request", "amend", "withdraw", "relinquish", "confirm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text to send: `subject` for a new case, `mark` to find it again."""

    mark: str
    subject: str
    body: str


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
    before: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()


def mark_of(lease_key: str, number: int) -> str:
    """Make the mark of a lease's case, such as `DIP-9F3A2C41B7D0-2`."""
    return f"DIP-{hashlib.sha256(lease_key.encode()).hexdigest()[:12].upper()}-{number}"


def find_mark(text: str) -> str | None:
    """Find a case's mark in a subject; None where there is none."""
    found = _MARK.search(text)
    return f"DIP-{found['digest']}-{found['number']}" if found else None


def request_letter(lease: Lease, number: int, asks: int, seen: Seen, region_name: str) -> Letter:
    """Write the case that asks for `asks` more addresses."""
    have = len(seen.here)
    block = _block(lease, number, 0, "request", total=lease.count, asks=asks, before=by_number(seen.here))
    sentences = (
        f"this account has {_said(have)} for Amazon SES in {region_name}, {lease.region}. "
        f"Please add {asks}, for a total of {have + asks}."
    )
    return Letter(
        mark=block.mark,
        subject=f"Amazon SES in {lease.region}: please add {counted(asks)} [{block.mark}]",
        body=_body(sentences, _limit(lease.region, region_name, asks), _use_case(lease), block),
    )


def amendment_letter(lease: Lease, case: Case, asks: int, region_name: str) -> Letter:
    """Write, in an open request, that it shall bring `asks` addresses in all."""
    block = _block(lease, case.number, case.messages, "amend", total=lease.count, asks=asks)
    sentences = (
        f"please change this request: we now ask for {counted(asks)} in {region_name}, {lease.region}, "
        f"in all, instead of {case.asks}. This counts those that you added for this case already."
    )
    return _reply(block, _body(sentences, _limit(lease.region, region_name, asks), "", block))


def withdrawal_letter(lease: Lease, case: Case) -> Letter:
    """Write, in an open request, that nothing more is needed."""
    block = _block(lease, case.number, case.messages, "withdraw", total=lease.count)
    sentences = (
        f"we need no more dedicated IP addresses in {lease.region} from this request, and close the case. Thank you."
    )
    return _reply(block, _body(sentences, "", "", block))


def relinquish_letter(lease: Lease, number: int, returns: tuple[str, ...], seen: Seen, region_name: str) -> Letter:
    """Write the case that gives addresses back; `lease.count` stay."""
    have, gone = len(seen.here), len(returns)
    block = _block(lease, number, 0, "relinquish", total=lease.count, returns=returns)
    sentences = (
        f"this account has {_said(have)} for Amazon SES in {region_name}, {lease.region}. "
        f"Please remove {gone}, named below, for a total of {have - gone}. "
        "We know that this cannot be reversed."
    )
    return Letter(
        mark=block.mark,
        subject=f"Amazon SES in {lease.region}: please remove {counted(gone)} [{block.mark}]",
        body=_body(sentences, _limit(lease.region, region_name, gone, returns), "", block),
    )


def confirmation_letter(lease: Lease, case: Case) -> Letter:
    """Write, in a relinquish case, the answer to AWS's question whether the addresses shall really go."""
    block = _block(lease, case.number, case.messages, "confirm", total=case.total)
    sentences = (
        f"yes, we confirm: please remove {counted(len(case.returns))} from our account in {lease.region}: "
        f"{', '.join(case.returns)}. We know that this cannot be reversed."
    )
    return _reply(block, _body(sentences, "", "", block))


def longest_body(lease: Lease, region_name: str) -> int:
    """Count the characters of the longest letter that the lease may have to send to ask for addresses."""
    addresses = tuple(f"255.255.255.{number % 256}" for number in range(ROOM_FOR_BEFORE))
    letter = request_letter(lease, 99_999, lease.count, Seen(account_id="", addresses=(), cases=()), region_name)
    return len(letter.body) + len(" ".join(addresses))


def read_case(  # noqa: PLR0913 - the fields of a case as AWS gives them
    *, case_id: str, display_id: str | None, status: str, filed_at: str, subject: str, messages: Sequence[str]
) -> Case | None:
    """Read a case of ours from its subject and the messages of the account's own people; None if it is not ours.

    Quoted copies of a block change nothing: each marked message counts once, by its number.
    """
    mark = find_mark(subject)
    blocks = {block.message: block for text in messages for block in read_blocks(text) if block.mark == mark}
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
            return replace(case, withdrawn=True)
        case "confirm":
            return replace(case, confirmed=True)
        case _:
            return case


def read_blocks(text: str) -> list[Block]:
    """Read every well-formed marked block of a message; anything else in it is left alone."""
    found = []
    for piece in text.replace("\r\n", "\n").split(f"{_OPENS}\n")[1:]:
        inside, closed, _ = piece.partition(f"\n{_CLOSES}")
        fields = dict(line.split(": ", 1) for line in inside.split("\n") if ": " in line)
        block = _read_block(fields) if closed else None
        if block is not None:
            found.append(block)
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
            before=tuple(fields.get("before", "").split()),
            returns=tuple(fields.get("returns", "").split()),
        )
    except (KeyError, ValueError):
        return None


def _block(  # noqa: PLR0913 - the fields of a block
    lease: Lease,
    number: int,
    message: int,
    step: Step,
    *,
    total: int,
    asks: int = 0,
    before: tuple[str, ...] = (),
    returns: tuple[str, ...] = (),
) -> Block:
    return Block(
        mark=mark_of(lease.key, number),
        message=message,
        step=step,
        lease_key=lease.key,
        region=lease.region,
        total=total,
        attempt=lease.attempt,
        asks=asks,
        before=before,
        returns=returns,
    )


def _reply(block: Block, body: str) -> Letter:
    return Letter(mark=f"{block.mark}.{block.message}", subject="", body=body)


def _body(sentences: str, limit: str, use_case: str, block: Block) -> str:
    note = "The lines below are for our own records; please leave them as they are."
    parts = ("Hello,", sentences, limit, use_case, f"{note}\n{_written(block)}")
    return "\n\n".join(part for part in parts if part)


def _written(block: Block) -> str:
    lines = [
        f"mark: {block.mark}.{block.message}",
        f"step: {block.step}",
        f"lease: {block.lease_key}",
        f"region: {block.region}",
        f"total: {block.total}",
        f"attempt: {block.attempt}",
    ]
    if block.step in ("request", "amend"):
        lines.append(f"asks: {block.asks}")
    if block.step == "request":
        lines.append(f"before: {' '.join(block.before)}")
    if block.step == "relinquish":
        lines.append(f"returns: {' '.join(block.returns)}")
    return "\n".join((_OPENS, *lines, _CLOSES))


def _limit(region: str, region_name: str, value: int, returns: tuple[str, ...] = ()) -> str:
    lines = [
        "Limit increase request 1",
        "Service: Amazon SES",
        # Support's people read the body; a Region that stands in the subject alone is missed.
        f"Region: {region} ({region_name})",
        "Limit: Desired Dedicated IP",
        f"New limit value: {value}",
    ]
    if returns:
        lines.append(f"Addresses to relinquish: {', '.join(returns)}")
    return "\n".join((*lines, "------------"))


def _use_case(lease: Lease) -> str:
    use = lease.use_case
    rate = f"Desired maximum send rate: {lease.max_send_rate:g} messages per second\n" if lease.max_send_rate else ""
    return (
        f"Use case description: {use.description}\n"
        f"Mail type: {use.mail_type}\n"
        f"Website: {use.website_url}\n"
        f"Why dedicated addresses: {use.why_dedicated}\n"
        f"How recipients opt in: {use.opt_in}\n"
        f"How we handle bounces and complaints: {use.bounce_complaints}\n"
        f"{rate}"
        "We comply with the AWS Service Terms and the Acceptable Use Policy: "
        f"{'yes' if use.complies_with_aup else 'no'}"
    )


def _said(have: int) -> str:
    return counted(have) if have else "no dedicated IP address"


def has_message(messages: Sequence[str], mark: str) -> bool:
    """Tell whether one of the messages carries the mark of a letter, such as `DIP-9F3A2C41B7D0-2.1`."""
    return any(f"{block.mark}.{block.message}" == mark for text in messages for block in read_blocks(text))
