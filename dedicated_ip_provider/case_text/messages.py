"""The messages to AWS.

A message has three parts: sentences for the person who reads it, the form's fields (one `Name: value` per line), and a
marked block for this package. The wording itself is data, in `forms`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.case_text.forms import (
    ADDRESSES,
    CONTACT_LANGUAGE,
    PHRASES,
    PROCEDURES,
    SEND_RATE,
    Field,
    Form,
)
from dedicated_ip_provider.case_text.marker import Block, read_case, render
from dedicated_ip_provider.languages import LANGUAGES
from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.decision import Amend, Confirm, ListMore, Withdraw
from dedicated_ip_provider.lease.model import Addresses, Case, Lease, UseCase, mark_of, pluralize
from dedicated_ip_provider.support_center import case_url, new_case_url

if TYPE_CHECKING:
    from dedicated_ip_provider.case_text.marker import Step
    from dedicated_ip_provider.lease.console import ToWrite
    from dedicated_ip_provider.lease.decision import Message

MAX_BODY: Final = 8_000
"""The most characters that AWS accepts in one message (Support API, `communicationBody`)."""

LISTED_AT_MOST: Final = 120
"""How many addresses one message lists; the rest follow in further messages of the same case."""

_RULE: Final = "-" * 72


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMessage:
    """A message to send, or (`form`) for a person to file; `subject` is for a new case, `mark` to find it again."""

    mark: str
    subject: str
    body: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What a new case says: its number and nonce, what it asks for, and how many addresses the Region has now."""

    number: int
    nonce: str
    have: int
    asks: int = 0
    addresses: Addresses = frozenset()


def request_message(lease: Lease, new: NewCase, region_name: str) -> CaseMessage:
    """Return the case that requests `new.asks` more addresses."""
    block = _block(lease, new.number, new.nonce, 0, "request", asks=new.asks)
    say = _Writer(lease, region_name, count=new.asks, total=new.have + new.asks, have=new.have)
    subject = f"Amazon SES in {lease.region}: please add {pluralize(new.asks)} [{block.case_mark}]"
    return say.case(subject, PROCEDURES[lease.form].request, ("have", "request"), block)


def relinquish_message(lease: Lease, new: NewCase, region_name: str) -> CaseMessage:
    """Return the case that relinquishes addresses; `lease.count` stay. A long list continues in further messages."""
    going = len(new.addresses)
    lists = _lists(new.addresses)
    block = _block(lease, new.number, new.nonce, 0, "relinquish", addresses=new.addresses, parts=max(1, len(lists)))
    say = _Writer(lease, region_name, count=going, total=new.have - going, have=new.have, addresses=", ".join(lists[0]))
    subject = f"Amazon SES in {lease.region}: please remove {pluralize(going)} [{block.case_mark}]"
    sentences = ("have", "relinquish", "more") if len(lists) > 1 else ("have", "relinquish")
    return say.case(subject, PROCEDURES[lease.form].relinquish, sentences, block)


def reply_message(lease: Lease, message: Message, region_name: str) -> CaseMessage:
    """Return a message in an open case."""
    case = message.case
    match message:
        case Amend(asks=asks):
            block = _block(lease, case.number, case.nonce, case.messages, "amend", asks=asks)
            say = _Writer(lease, region_name, count=asks, asked=case.asks)
            return say.reply(case, "amend", block, PROCEDURES[lease.form].request.amended)
        case Withdraw():
            block = _block(lease, case.number, case.nonce, case.messages, "withdraw")
            return _Writer(lease, region_name).reply(case, "withdraw", block)
        case ListMore():
            return list_message(lease, case, region_name)
        case Confirm():  # pragma: no branch - mypy proves that none is left
            block = _block(lease, case.number, case.nonce, case.messages, "confirm")
            say = _Writer(lease, region_name, count=len(case.addresses), addresses=_confirmed(lease, case))
            return say.reply(case, "confirm", block)


def list_message(lease: Lease, case: Case, region_name: str) -> CaseMessage:
    """Return the message with the next part of the list of a relinquish case."""
    part = case.messages
    block = _block(lease, case.number, case.nonce, part, "list")
    listed = ", ".join(_lists(case.addresses)[part])
    say = _Writer(lease, region_name, part=part + 1, parts=case.parts, addresses=listed)
    return say.reply(case, "list", block, (ADDRESSES,))


def form_text(lease: Lease, new: NewCase, region_name: str) -> str:
    """Return the filled-in form of a new case for a person, with the messages to add to it."""
    if not new.addresses:
        return request_message(lease, new, region_name).form
    first = relinquish_message(lease, new, region_name)
    case = case_of(first, case_id="", status="", filed_at="")
    texts = [first.form]
    for part in range(1, case.parts):
        listed = list_message(lease, replace(case, messages=part), region_name)
        texts.append(f"Then write in the same case the text between the two rules:\n{_RULE}\n{listed.body}\n{_RULE}")
    return "\n\n".join(texts)


def to_write_text(lease: Lease, step: ToWrite, region_name: str) -> str:
    """Return what a person is to do in an open case."""
    case = step.case
    match step:
        case Amend() | Withdraw() | Confirm():
            return reply_message(lease, step, region_name).form
        case _:
            url = case_url(lease.region, case.display_id)
            return f"Close case {case.name}{f' ({url})' if url else ''}: its request was withdrawn."


def longest_body(lease: Lease, region_name: str) -> int:
    """Return the length in characters of the longest message with which the lease may request addresses."""
    new = NewCase(number=9_999_999, nonce="zzzz", have=9_999, asks=lease.count)
    return len(request_message(lease, new, region_name).body)


def unmarked_form_text(lease: Lease, new: NewCase, region_name: str) -> str:
    """Return the filled-in form of a new case without a mark, as no record would look for it."""
    text = form_text(lease, replace(new, number=1, nonce="none"), region_name)
    records = re.escape(_phrases(lease)["records"])
    text = re.sub(rf"\n\n{records}\n=== .*?\n=== end ===", "", text, flags=re.DOTALL)
    return text.replace(f" [{mark_of(lease.region, 1, 'none')}]", "")


def case_of(message: CaseMessage, *, case_id: str, status: str, filed_at: str) -> Case:
    """Return the case that a message opens, before AWS lists it."""
    case = read_case(
        case_id=case_id,
        display_id=None,
        status=status,
        filed_at=filed_at,
        subject=message.subject,
        messages=[message.body],
    )
    if case is None:
        raise AssertionError(f"the message {message.mark} cannot be read back")
    return case


def _lists(addresses: Addresses) -> list[tuple[str, ...]]:
    every = sort_ips(addresses)
    return [every[start : start + LISTED_AT_MOST] for start in range(0, len(every), LISTED_AT_MOST)]


def _confirmed(lease: Lease, case: Case) -> str:
    if len(case.addresses) <= LISTED_AT_MOST:
        return ", ".join(sort_ips(case.addresses))
    return _phrases(lease)["all"].format(count=len(case.addresses))


def _phrases(lease: Lease) -> dict[str, str]:
    return PHRASES.get(lease.contact_language, PHRASES["en"])


def _block(  # noqa: PLR0913 - the fields of a block
    lease: Lease,
    number: int,
    nonce: str,
    message: int,
    step: Step,
    *,
    asks: int = 0,
    addresses: Addresses = frozenset(),
    parts: int = 1,
) -> Block:
    return Block(
        region=lease.region,
        number=number,
        nonce=nonce,
        message=message,
        step=step,
        holder=lease.holder,
        count=lease.count,
        asks=asks,
        addresses=addresses,
        parts=parts,
    )


class _Writer:
    """Writes messages of one lease, in its form and its contact language."""

    def __init__(  # noqa: PLR0913 - the numbers that messages say
        self,
        lease: Lease,
        region_name: str,
        *,
        count: int = 0,
        total: int = 0,
        have: int = 0,
        asked: int = 0,
        part: int = 0,
        parts: int = 0,
        addresses: str = "",
    ) -> None:
        self._lease = lease
        self._phrases = phrases = _phrases(lease)
        use = lease.use_case
        is_named = region_name != lease.region
        self._values = {
            **{name: str(getattr(use, name)) if use else "" for name in UseCase.__slots__},
            "mail_type": use.mail_type if use else "TRANSACTIONAL",
            "region": lease.region,
            # A Region that botocore does not list is named by its code alone.
            "region_field": f"{lease.region} ({region_name})" if is_named else lease.region,
            "place": phrases["place"].format(name=region_name, code=lease.region) if is_named else lease.region,
            "count": str(count),
            "total": str(total),
            "asked": str(asked),
            "part": str(part),
            "parts": str(parts),
            "have": phrases["some"].format(number=have, addresses="address" if have == 1 else "addresses")
            if have
            else phrases["none"],
            "addresses": addresses,
            "rate": f"{lease.max_send_rate or 1:.15g}",
            "complies": phrases["yes"],
            "contact_language": LANGUAGES.get(lease.contact_language, lease.contact_language),
        }

    def case(self, subject: str, form: Form, sentences: tuple[str, ...], block: Block) -> CaseMessage:
        """Return a new case: as one body for the API, and field by field for a person."""
        said = self._phrases["between"].join(self._phrase(name) for name in sentences)
        fields = self._lines(form.fields)
        description = self._lines(form.description)
        body = self._body(said, f"{fields}\n------------\n{description}", block)
        text = "\n".join(
            (
                f"Open a case at {new_case_url(self._lease.region)} and fill in:",
                "",
                self._lines(form.choices),
                f"Subject: {subject}",
                fields,
                self._lines((CONTACT_LANGUAGE,)),
                "Description: all text between the two rules",
                _RULE,
                self._body(said, description, block),
                _RULE,
            )
        )
        return CaseMessage(mark=block.case_mark, subject=subject, body=body, form=text)

    def reply(self, case: Case, sentence: str, block: Block, fields: tuple[Field, ...] = ()) -> CaseMessage:
        """Return a message in an open case."""
        body = self._body(self._phrase(sentence), self._lines(fields), block)
        url = case_url(self._lease.region, case.display_id)
        then = ", then close the case" if block.step == "withdraw" else ""
        to_do = f"Write in case {case.name}{f' ({url})' if url else ''} the text between the two rules{then}:\n"
        return CaseMessage(mark=block.mark, subject="", body=body, form=f"{to_do}{_RULE}\n{body}\n{_RULE}")

    def _phrase(self, name: str) -> str:
        return self._phrases[name].format(**self._values)

    def _lines(self, fields: tuple[Field, ...]) -> str:
        # Leave out a rate that the user did not declare; a form whose own field it is needs some value.
        asked = [field for field in fields if self._lease.max_send_rate or field is not SEND_RATE]
        return "\n".join(field.line(self._lease.contact_language, self._values) for field in asked)

    def _body(self, said: str, details: str, block: Block) -> str:
        records = f"{self._phrases['records']}\n{render(block)}"
        return "\n\n".join(part for part in (self._phrases["hello"], said, details, records) if part)
