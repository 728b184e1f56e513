"""What we write to AWS, and how we find it again.

A letter has three parts: sentences for the person who reads it, the form's fields (one `Name: value` a line), and a
marked block for ourselves. The mark, such as
`DIP-9F3A2C41B7D0-2`, stands in the subject too: it is made from the lease's key and the number of the case
among the lease's cases. The block says what is asked, so that a case found after a crash tells everything.

The wording itself is data, in `forms`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from dedicated_ip_provider.forms import (
    CONTACT_LANGUAGE,
    PHRASES,
    PROCEDURES,
    SEND_RATE,
    Field,
    Form,
    case_url,
    new_case_url,
)
from dedicated_ip_provider.lease import UNFILED, Case, Kind, Lease, Seen, UseCase, by_number, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BODY: Final = 8_000
"""Characters that AWS takes in one message (Support API, `communicationBody`)."""

ROOM_FOR_BEFORE: Final = 64
"""How many addresses of the Region `check` leaves room for in a letter's block."""

_MARK: Final = re.compile(r"\bDIP-(?P<digest>[0-9A-F]{12})-(?P<number>[1-9][0-9]{0,5})(?:\.(?P<message>[0-9]{1,4}))?\b")
_OPENS: Final = "=== dedicated-ip lease ==="
_CLOSES: Final = "=== end ==="
_RULE: Final = "-" * 72

Step = Literal["request", "amend", "withdraw", "relinquish", "confirm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text to send, or (`paper`) to be filed by a person; `subject` for a new case, `mark` to find it again."""

    mark: str
    subject: str
    body: str
    paper: str


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
    block = _block(lease, number, 0, "request", asks=asks, before=by_number(seen.here))
    say = _Writer(lease, region_name, count=asks, total=have + asks, have=have)
    subject = f"Amazon SES in {lease.region}: please add {counted(asks)} [{block.mark}]"
    return say.case(subject, PROCEDURES[lease.form].request, ("have", "request"), block)


def relinquish_letter(lease: Lease, number: int, returns: tuple[str, ...], seen: Seen, region_name: str) -> Letter:
    """Write the case that gives addresses back; `lease.count` stay."""
    have, gone = len(seen.here), len(returns)
    block = _block(lease, number, 0, "relinquish", returns=returns)
    say = _Writer(lease, region_name, count=gone, total=have - gone, have=have, returns=returns)
    subject = f"Amazon SES in {lease.region}: please remove {counted(gone)} [{block.mark}]"
    return say.case(subject, PROCEDURES[lease.form].relinquish, ("have", "relinquish"), block)


def amendment_letter(lease: Lease, case: Case, asks: int, region_name: str) -> Letter:
    """Write, in an open request, that it shall bring `asks` addresses in all."""
    block = _block(lease, case.number, case.messages, "amend", asks=asks)
    say = _Writer(lease, region_name, count=asks, asked=case.asks)
    fields = PROCEDURES[lease.form].request.amended
    return say.reply(case, "amend", block, fields)


def withdrawal_letter(lease: Lease, case: Case, region_name: str, *, brought: int = 0) -> Letter:
    """Write, in an open request, that nothing more is needed than the `brought` addresses that came."""
    block = _block(lease, case.number, case.messages, "withdraw", asks=brought)
    return _Writer(lease, region_name).reply(case, "withdraw", block)


def confirmation_letter(lease: Lease, case: Case, region_name: str) -> Letter:
    """Write, in a relinquish case, the answer to AWS's question whether the addresses shall really go."""
    block = _block(lease, case.number, case.messages, "confirm")
    say = _Writer(lease, region_name, count=len(case.returns), returns=case.returns)
    return say.reply(case, "confirm", block)


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


def unfiled_case(letter: Letter) -> Case:
    """Give the case of a letter that waits for a person to file it."""
    case = read_case(
        case_id="", display_id=None, status=UNFILED, filed_at="", subject=letter.subject, messages=[letter.body]
    )
    if case is None:
        raise AssertionError(f"the letter {letter.mark} cannot be read back")
    return case


def with_message(case: Case, block: Block) -> Case:
    """Give the case as it is after one more marked message."""
    case = replace(case, messages=max(case.messages, block.message + 1))
    match block.step:
        case "amend":
            return replace(case, asks=block.asks, total=block.total, attempt=block.attempt)
        case "withdraw":
            return replace(case, withdrawn=True, asks=block.asks)
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
            before=tuple(ip for ip in fields.get("before", "").split() if ip != "none"),
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
        total=lease.count,
        attempt=lease.attempt,
        asks=asks,
        before=before,
        returns=returns,
    )


class _Writer:
    """Writes letters of one lease, in its form and its contact language."""

    def __init__(  # noqa: PLR0913 - the numbers that letters say
        self,
        lease: Lease,
        region_name: str,
        *,
        count: int = 0,
        total: int = 0,
        have: int = 0,
        asked: int = 0,
        returns: tuple[str, ...] = (),
    ) -> None:
        self._lease = lease
        self._phrases = phrases = PHRASES[lease.contact_language]
        use = lease.use_case
        self._values = {
            **{name: str(getattr(use, name)) for name in UseCase.__slots__},
            "region": lease.region,
            "region_name": region_name,
            "count": str(count),
            "total": str(total),
            "asked": str(asked),
            "have": phrases["some"].format(number=have, addresses="address" if have == 1 else "addresses")
            if have
            else phrases["none"],
            "returns": ", ".join(returns),
            "rate": f"{lease.max_send_rate or 1:g}",
            "complies": phrases["yes"],
            "contact_language": phrases["language"],
        }

    def case(self, subject: str, form: Form, sentences: tuple[str, ...], block: Block) -> Letter:
        """Write a new case: for the API as one body, for a person field by field."""
        said = self._phrases["between"].join(self._phrase(name) for name in sentences)
        fields = self._lines(form.fields)
        description = self._lines(form.description)
        body = self._body(said, f"{fields}\n------------\n{description}", block)
        paper = "\n".join(
            (
                f"Open a case at {new_case_url(self._lease.region)} and fill in:",
                "",
                self._lines(form.choices),
                f"Subject: {subject}",
                fields,
                self._lines((CONTACT_LANGUAGE,)),
                "Description: all that stands between the two rules",
                _RULE,
                self._body(said, description, block),
                _RULE,
            )
        )
        return Letter(mark=block.mark, subject=subject, body=body, paper=paper)

    def reply(self, case: Case, sentence: str, block: Block, fields: tuple[Field, ...] = ()) -> Letter:
        """Write a message in an open case."""
        body = self._body(self._phrase(sentence), self._lines(fields), block)
        url = case_url(self._lease.region, case.display_id)
        then = ", then resolve the case" if block.step == "withdraw" else ""
        paper = f"Write in case {case.name}{f' ({url})' if url else ''} what stands between the two rules{then}:\n"
        return Letter(
            mark=f"{block.mark}.{block.message}", subject="", body=body, paper=f"{paper}{_RULE}\n{body}\n{_RULE}"
        )

    def _phrase(self, name: str) -> str:
        return self._phrases[name].format(**self._values)

    def _lines(self, fields: tuple[Field, ...]) -> str:
        # Nobody needs to read a rate that the user did not declare; a form that has the field needs some value.
        asked = [field for field in fields if self._lease.max_send_rate or field is not SEND_RATE]
        return "\n".join(field.line(self._lease.contact_language, self._values) for field in asked)

    def _body(self, said: str, details: str, block: Block) -> str:
        records = f"{self._phrases['records']}\n{_written(block)}"
        return "\n\n".join(part for part in (self._phrases["hello"], said, details, records) if part)


def _written(block: Block) -> str:
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
    if block.step == "request":
        lines.append(f"before: {' '.join(block.before) or 'none'}")
    if block.step == "relinquish":
        lines.append(f"returns: {' '.join(block.returns)}")
    return "\n".join((_OPENS, *lines, _CLOSES))


def has_message(messages: Sequence[str], mark: str) -> bool:
    """Tell whether one of the messages carries the mark of a letter, such as `DIP-9F3A2C41B7D0-2.1`."""
    return any(f"{block.mark}.{block.message}" == mark for text in messages for block in read_blocks(text))
