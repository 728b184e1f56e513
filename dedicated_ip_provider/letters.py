"""What we write to AWS.

A letter has three parts: sentences for the person who reads it, the form's fields (one `Name: value` a line), and a
marked block for ourselves. The wording itself is data, in `forms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.blocks import Block, mark_of, read_case, written
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
from dedicated_ip_provider.lease import UNFILED, Case, Lease, Seen, UseCase, by_number, counted

if TYPE_CHECKING:
    from dedicated_ip_provider.blocks import Step

MAX_BODY: Final = 8_000
"""Characters that AWS takes in one message (Support API, `communicationBody`)."""

ROOM_FOR_BEFORE: Final = 64
"""How many addresses of the Region `check` leaves room for in a letter's block."""

_RULE: Final = "-" * 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text to send, or (`paper`) to be filed by a person; `subject` for a new case, `mark` to find it again."""

    mark: str
    subject: str
    body: str
    paper: str


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


def withdrawal_letter(
    lease: Lease, case: Case, region_name: str, *, brought: int = 0, steps_back: bool = False
) -> Letter:
    """Write, in an open request, that nothing more is needed than the `brought` addresses that came."""
    block = _block(lease, case.number, case.messages, "withdraw", asks=brought, steps_back=steps_back)
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


def unfiled_case(letter: Letter) -> Case:
    """Give the case of a letter that waits for a person to file it."""
    return case_of(letter, case_id="", status=UNFILED, filed_at="")


def case_of(letter: Letter, *, case_id: str, status: str, filed_at: str) -> Case:
    """Give the case that a letter opens, before AWS lists it."""
    case = read_case(
        case_id=case_id,
        display_id=None,
        status=status,
        filed_at=filed_at,
        subject=letter.subject,
        messages=[letter.body],
    )
    if case is None:
        raise AssertionError(f"the letter {letter.mark} cannot be read back")
    return case


def _block(  # noqa: PLR0913 - the fields of a block
    lease: Lease,
    number: int,
    message: int,
    step: Step,
    *,
    asks: int = 0,
    steps_back: bool = False,
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
        steps_back=steps_back,
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
        records = f"{self._phrases['records']}\n{written(block)}"
        return "\n\n".join(part for part in (self._phrases["hello"], said, details, records) if part)
