"""The text that is sent to AWS, word for word, and the form that a person files instead."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import bag
from support.tables import table

from dedicated_ip_provider.case_text.marker import Block, read_blocks
from dedicated_ip_provider.case_text.messages import (
    LISTED_AT_MOST,
    MAX_BODY,
    CaseMessage,
    NewCase,
    case_of,
    form_text,
    longest_body,
    relinquish_message,
    reply_message,
    request_message,
    to_write_text,
    unmarked_form_text,
)
from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.decision import Amend, Confirm, ListMore, Resolve, Withdraw
from dedicated_ip_provider.validation import read_lease

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.lease.model import Case, Lease

GOLDEN = Path(__file__).parent / "golden"
IRELAND = "Europe (Ireland)"
A, B = "192.0.2.1", "192.0.2.2"


def lease(count: int = 3, **inputs: Any) -> Lease:
    """Return what a program declares."""
    found = read_lease(bag(count=float(count), **inputs)).lease
    assert found is not None
    return found


def new(*, asks: int = 0, addresses: frozenset[str] = frozenset(), have: int = 3) -> NewCase:
    """Return what a new case says."""
    return NewCase(number=7, nonce="k3f9", have=have, asks=asks, addresses=addresses)


def filed(message: CaseMessage, **changes: Any) -> Case:
    """Return the case that a message opens, as AWS lists it."""
    case = case_of(message, case_id="case-7", status="opened", filed_at="2026-11-26T12:00:00.000Z")
    return replace(case, display_id="1700000007", **changes)


def networks(number: int) -> frozenset[str]:
    """Return addresses of a few networks."""
    return frozenset(f"192.0.{index // 250}.{index % 250 + 1}" for index in range(number))


def scattered(number: int) -> frozenset[str]:
    """Return addresses from all over the internet."""
    chance = random.Random(number)  # noqa: S311 - nothing secret
    return frozenset(str(IPv4Address(chance.getrandbits(32))) for _ in range(number))


def written(kind: str, declared: Lease) -> CaseMessage:
    """Return a message of a kind; all are about the same addresses and cases."""
    request = filed(request_message(lease(5), new(asks=2), IRELAND))
    relinquish = filed(relinquish_message(lease(1), new(addresses=frozenset((A, B))), IRELAND))
    long = filed(relinquish_message(lease(0), new(addresses=networks(LISTED_AT_MOST + 2), have=122), IRELAND))
    match kind:
        case "request":
            return request_message(declared, new(asks=2), IRELAND)
        case "amend":
            return reply_message(declared, Amend(case=request, asks=4), IRELAND)
        case "withdraw":
            return reply_message(declared, Withdraw(case=replace(request, messages=2)), IRELAND)
        case "relinquish":
            return relinquish_message(declared, new(addresses=frozenset((A, B))), IRELAND)
        case "list":
            return reply_message(declared, ListMore(case=long), IRELAND)
        case _:
            return reply_message(declared, Confirm(case=relinquish), IRELAND)


def every_message() -> Iterator[tuple[str, str, Lease]]:
    """Yield the names of the files, with the kinds of their messages and their leases.

    A message without fields of a form is the same for both forms.
    """
    counts = {"request": 5, "amend": 7, "withdraw": 3, "relinquish": 1, "list": 0, "confirm": 1}
    for kind, count in counts.items():
        for form in ("ses", "pinpoint-email") if kind in ("request", "amend", "relinquish") else ("ses",):
            for language in ("en", "ja"):
                declared = lease(count, form=form, contact_language=language, max_send_rate=50.0)
                prefix = f"{form}-" if kind in ("request", "amend", "relinquish") else ""
                yield f"{prefix}{kind}-{language}.txt", kind, declared


def shown(message: CaseMessage) -> str:
    """Return a message as its file has it."""
    return f"SUBJECT {message.subject}\n\nMESSAGE\n{message.body}\n\nFORM\n{message.form}\n"


@pytest.mark.parametrize(("name", "kind", "declared"), list(every_message()))
def test_the_exact_text_of_every_message(name: str, kind: str, declared: Lease) -> None:
    """A message, and the form that a person files instead, are as in the folder `golden`."""
    assert (GOLDEN / name).read_text(encoding="utf-8") == shown(written(kind, declared))


def test_every_golden_file_is_a_message() -> None:
    """No file is left over."""
    assert {file.name for file in GOLDEN.iterdir()} == {name for name, *_ in every_message()}


DECLARED: list[tuple[str, dict[str, Any], int, str, str]] = [
    # reason, inputs, how many addresses the Region has: what the body has, and what not
    ("no rate was declared", {"max_send_rate": None}, 0, "has no dedicated IP address for Amazon SES", "rate"),
    ("a rate as a person writes it", {"max_send_rate": 1_000_000.0}, 0, "rate: 1000000 messages per second", "e+06"),
    ("a rate as it was declared", {"max_send_rate": 12.5}, 0, "rate: 12.5 messages per second", "12.50"),
    ("in English if we have no translation", {"contact_language": "ko"}, 0, "Hello,", "안녕"),
    ("in Japanese, with its own zero", {"contact_language": "ja"}, 0, "専用 IP アドレスが 0 個あります", "Hello"),
    ("one address", {}, 1, "1 dedicated IP address for", "addresses for"),
    ("two addresses", {}, 2, "2 dedicated IP addresses for", "address for"),
]


@table("reason, inputs, have, there, missing", DECLARED)
def test_a_request_says_what_was_declared(
    reason: str, inputs: dict[str, Any], have: int, there: str, missing: str
) -> None:
    """And no more; the number and its noun agree."""
    body = request_message(lease(2, **inputs), new(asks=2, have=have), IRELAND).body

    assert (True, False) == (there in body, missing in body), reason


UNNAMED = [
    ("en", "for Amazon SES in eu-south-9. Please", "\nRegion: eu-south-9\n"),
    ("ja", "現在、eu-south-9 に", "\nリージョン (Region): eu-south-9\n"),
]


@table("language, sentence, field", UNNAMED)
def test_a_region_without_a_name_is_called_by_its_code(language: str, sentence: str, field: str) -> None:
    """A Region may be newer than botocore; its code is not repeated."""
    declared = lease(2, region="eu-south-9", contact_language=language)

    body = request_message(declared, new(asks=2), "eu-south-9").body

    assert (True, True) == (sentence in body, field in body)


@table("language, named", [("en", "English"), ("ja", "Japanese"), ("tr", "Turkish"), ("xx", "xx")])
def test_a_form_names_the_language_to_choose(language: str, named: str) -> None:
    """The console asks for the contact language; one that is not in our list is named by its code."""
    form = request_message(lease(2, contact_language=language), new(asks=2), IRELAND).form

    assert f": {named}\nDescription" in form


# AWS accepts 8,000 characters in a message.


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("number", [1, 20, 21, LISTED_AT_MOST, LISTED_AT_MOST + 1, 600, 1_000])
def test_no_message_about_many_addresses_is_too_long(number: int, form: str, language: str) -> None:
    """Up to 1,000 scattered addresses: each message fits, and every address is listed once."""
    going = scattered(number)
    declared = lease(
        0, form=form, contact_language=language, max_send_rate=1.0, holder="x" * 500, use_case=bag()["use_case"]
    )

    first = relinquish_message(declared, new(addresses=going, have=number), IRELAND)
    case = filed(first)
    parts = [reply_message(declared, ListMore(case=replace(case, messages=n)), IRELAND) for n in range(1, case.parts)]
    confirmation = reply_message(declared, Confirm(case=case), IRELAND)

    bodies = [message.body for message in (first, *parts, confirmation)]
    assert max(map(len, bodies)) <= MAX_BODY
    lists = [
        listed
        for body in bodies
        for listed in re.findall(r"^.*\bAddresses to relinquish\)?: (.+)$", body, re.MULTILINE)
    ]
    named = [ip for listed in lists for ip in listed.split(", ")]
    assert list(sort_ips(going)) == named
    assert going == case.addresses


@pytest.mark.parametrize(("number", "parts"), [(LISTED_AT_MOST + 1, 2), (300, 3)])
def test_a_long_list_continues_in_the_next_message(number: int, parts: int) -> None:
    """The first part says that there is more, and each other part says which it is."""
    first = relinquish_message(lease(0), new(addresses=networks(number), have=number), IRELAND)
    case = filed(first)

    more = [reply_message(lease(0), ListMore(case=replace(case, messages=part)), IRELAND) for part in range(1, parts)]

    assert (parts, "DIP-eu-west-1-7-k3f9") == (case.parts, first.mark)
    assert "The list of addresses to relinquish continues in the next message." in first.body
    assert [f"DIP-eu-west-1-7-k3f9.{part}" for part in range(1, parts)] == [message.mark for message in more]
    assert [[f"part {part} of {parts}"] for part in range(2, parts + 1)] == [
        re.findall(r"part \d of \d", message.body)[:1] for message in more
    ]


def test_as_many_as_a_message_lists_are_confirmed_by_name() -> None:
    """A person should read what is given up for good, as long as it fits."""
    case = filed(relinquish_message(lease(0), new(addresses=networks(LISTED_AT_MOST)), IRELAND))

    body = reply_message(lease(0), Confirm(case=case), IRELAND).body

    assert f"please remove {', '.join(sort_ips(case.addresses))} from our account" in body


ALL = [
    ("en", "the 121 dedicated IP addresses that this case lists from our account"),
    ("ja", " 121 個 (本ケースに記載のもの) を"),
]


@table("language, said", ALL)
def test_a_longer_list_is_confirmed_as_a_whole(language: str, said: str) -> None:
    """The case names its addresses already."""
    case = filed(relinquish_message(lease(0), new(addresses=networks(121)), IRELAND))

    body = reply_message(lease(0, contact_language=language), Confirm(case=case), IRELAND).body

    assert (True, False) == (said in body, "192.0.0.1" in body)


@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_length_that_check_reports_is_that_of_the_longest_request(form: str, language: str) -> None:
    """`check` measures the case before its number and the Region's addresses are known."""
    declared = lease(1_000, form=form, contact_language=language, max_send_rate=100.0)
    longest = NewCase(number=9_999_999, nonce="zzzz", have=9_999, asks=1_000)

    assert len(request_message(declared, longest, IRELAND).body) == longest_body(declared, IRELAND) < MAX_BODY


@pytest.mark.parametrize("mail_type", [None, "MARKETING"])
def test_the_pinpoint_form_relinquishes_with_any_mail_type(mail_type: str | None) -> None:
    """And with any quota value: AWS's guide says so."""
    declared = lease(1, form="pinpoint-email")
    use_case = replace(declared.use_case, mail_type=mail_type) if declared.use_case and mail_type else None

    body = relinquish_message(replace(declared, use_case=use_case), new(addresses=frozenset((A,))), IRELAND).body

    assert (True, True) == (f"Mail type: {mail_type or 'TRANSACTIONAL'}\n" in body, "New quota value: 1\n" in body)


# What a person files.


def test_the_form_of_a_long_list_has_all_its_messages() -> None:
    """A person files the case, and then adds the rest of the list to it, in order; a request has one message."""
    text = form_text(lease(0), new(addresses=networks(300), have=300), IRELAND)

    first, *further = text.split("\n\nThen write in the same case the text between the two rules:\n")

    assert relinquish_message(lease(0), new(addresses=networks(300), have=300), IRELAND).form == first
    assert [["DIP-eu-west-1-7-k3f9.1"], ["DIP-eu-west-1-7-k3f9.2"]] == [
        [block.mark for block in read_blocks(part)] for part in further
    ]
    assert request_message(lease(5), new(asks=2), IRELAND).form == form_text(lease(5), new(asks=2), IRELAND)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "asked", [new(asks=2), new(addresses=frozenset((A, B))), new(addresses=networks(300), have=300)]
)
def test_a_form_that_no_record_has_has_no_mark(language: str, asked: NewCase) -> None:
    """Its case could not be followed: it says the same to AWS's staff, and nothing for our records."""
    declared = lease(5, contact_language=language)

    marked, unmarked = form_text(declared, asked, IRELAND), unmarked_form_text(declared, asked, IRELAND)

    assert (0, 0, 0) == tuple(unmarked.count(text) for text in ("DIP-", "===", "記録用"))
    assert [] == [line for line in unmarked.splitlines() if line not in marked.replace(" [DIP-eu-west-1-7-k3f9]", "")]
    assert ("please add 2" in marked, "192.0.1.50" in marked) == ("please add 2" in unmarked, "192.0.1.50" in unmarked)


REQUEST = filed(request_message(lease(5), new(asks=2), IRELAND))
URL = "https://console.aws.amazon.com/support/home#/case/?displayId=1700000007&language=en"


def test_closing_a_case_is_a_sentence() -> None:
    """A person closes a withdrawn case by hand; without its number there is no link to it."""
    unnumbered = Resolve(case=replace(REQUEST, display_id=None))

    assert f"Close case 1700000007 ({URL}): its request was withdrawn." == to_write_text(
        lease(), Resolve(case=REQUEST), IRELAND
    )
    assert "Close case case-7: its request was withdrawn." == to_write_text(lease(), unnumbered, IRELAND)


@pytest.mark.parametrize("step", [Amend(case=REQUEST, asks=4), Withdraw(case=REQUEST), Confirm(case=REQUEST)])
def test_what_a_person_writes_is_the_message_itself(step: Amend | Withdraw | Confirm) -> None:
    """It stands between two rules, after a line that says in which case to write it."""
    message, text = reply_message(lease(7), step, IRELAND), to_write_text(lease(7), step, IRELAND)
    unnumbered = to_write_text(lease(7), replace(step, case=replace(REQUEST, display_id=None)), IRELAND)

    assert message.form == text
    assert f"Write in case 1700000007 ({URL}) the text between the two rules" in text.splitlines()[0]
    assert message.body in text
    assert text.replace(f"1700000007 ({URL})", "case-7") == unnumbered


# What the block says.


def test_a_block_says_what_a_case_found_after_a_crash_needs() -> None:
    """Region, number, nonce, holder, declared count and what is asked, each once; until it is listed, AWS's id is known."""
    message = request_message(lease(5), new(asks=2), IRELAND)
    expected = Block(
        region="eu-west-1", number=7, nonce="k3f9", message=0, step="request", holder="shop/prod/eu", count=5, asks=2
    )

    assert [expected] == read_blocks(message.body)
    case = case_of(message, case_id="case-7", status="opened", filed_at="now")
    assert ("case-7", "opened", "now", None) == (case.id, case.status, case.filed_at, case.display_id)


def test_a_case_that_cannot_be_read_back_is_a_bug() -> None:
    """A case that could not be found again is never filed: a reply opens no case."""
    reply = reply_message(lease(0), Withdraw(case=REQUEST), IRELAND)

    with pytest.raises(AssertionError, match=r"the message DIP-eu-west-1-7-k3f9\.1 cannot be read back"):
        case_of(reply, case_id="", status="", filed_at="")
