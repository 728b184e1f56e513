"""What is written to AWS, word for word, and what a person files instead."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import bag

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
    """Return one message of each kind, about the same small world."""
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
    """Yield the names of the files, with the kinds of their messages and what their leases declare.

    What has no field of a form is the same for both.
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
    """A message, and the form that a person files instead, are what the folder `golden` holds, word for word."""
    assert (GOLDEN / name).read_text(encoding="utf-8") == shown(written(kind, declared))


def test_every_golden_file_is_a_message() -> None:
    """No file stays behind when a message goes."""
    assert {file.name for file in GOLDEN.iterdir()} == {name for name, *_ in every_message()}


@pytest.mark.parametrize(
    ("inputs", "there", "missing", "reason"),
    [
        ({"max_send_rate": None}, "has no dedicated IP address for Amazon SES", "rate", "nobody named a rate"),
        ({"max_send_rate": 1_000_000.0}, "rate: 1000000 messages per second", "e+06", "as a person writes it"),
        ({"max_send_rate": 12.5}, "rate: 12.5 messages per second", "12.50", "as it was declared"),
        ({"contact_language": "ko"}, "Hello,", "안녕", "in English where we have no wording of a language"),
        ({"contact_language": "ja"}, "専用 IP アドレスが 0 個あります", "Hello", "in Japanese, with its own zero"),
    ],
)
def test_a_request_says_what_was_declared(inputs: dict[str, Any], there: str, missing: str, reason: str) -> None:
    """A request of a lease with nothing yet says as much as was declared, and no more."""
    body = request_message(lease(2, **inputs), new(asks=2, have=0), IRELAND).body

    assert (True, False) == (there in body, missing in body), reason


@pytest.mark.parametrize(
    ("language", "sentence", "field"),
    [
        ("en", "for Amazon SES in eu-south-9. Please", "\nRegion: eu-south-9\n"),
        ("ja", "現在、eu-south-9 に", "\nリージョン (Region): eu-south-9\n"),
    ],
)
def test_a_region_without_a_name_is_called_by_its_code(language: str, sentence: str, field: str) -> None:
    """A Region may be newer than botocore: its code is not said twice."""
    declared = lease(2, region="eu-south-9", contact_language=language)

    body = request_message(declared, new(asks=2), "eu-south-9").body

    assert (True, True) == (sentence in body, field in body)


@pytest.mark.parametrize(("have", "said"), [(1, "1 dedicated IP address for"), (2, "2 dedicated IP addresses for")])
def test_one_address_is_one(have: int, said: str) -> None:
    """The number and its noun agree."""
    assert said in request_message(lease(9), new(asks=2, have=have), IRELAND).body


@pytest.mark.parametrize(
    ("contact_language", "named"),
    [("en", "English"), ("ja", "Japanese"), ("tr", "Turkish"), ("xx", "xx")],
)
def test_a_form_names_the_language_to_choose(contact_language: str, named: str) -> None:
    """The console asks for the contact language; one that nobody has listed is named by its code."""
    form = request_message(lease(2, contact_language=contact_language), new(asks=2), IRELAND).form

    assert f": {named}\nDescription" in form


# What AWS takes: 8,000 characters in a message.


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("number", [1, 20, 21, LISTED_AT_MOST, LISTED_AT_MOST + 1, 600, 1_000])
def test_no_message_about_many_addresses_is_too_long(number: int, form: str, language: str) -> None:
    """Up to 1,000 addresses from anywhere: each message has room, and all of them are listed, once."""
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


def test_a_long_list_goes_on_in_the_next_message() -> None:
    """A person who reads the first part is told that there is more, and each part says which it is."""
    first = relinquish_message(lease(0), new(addresses=networks(300), have=300), IRELAND)
    case = filed(first)

    parts = [reply_message(lease(0), ListMore(case=replace(case, messages=number)), IRELAND) for number in (1, 2)]

    assert 3 == case.parts
    assert "The list of addresses to relinquish continues in the next message." in first.body
    assert ["DIP-eu-west-1-7-k3f9.1", "DIP-eu-west-1-7-k3f9.2"] == [part.mark for part in parts]
    assert ["part 2 of 3", "part 3 of 3"] == [re.findall(r"part \d of \d", part.body)[0] for part in parts]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "the 121 dedicated IP addresses that this case lists from our account"),
        ("ja", " 121 個 (本ケースに記載のもの) を"),
    ],
)
def test_a_long_list_is_confirmed_as_a_whole(language: str, said: str) -> None:
    """The addresses stand in the case already: the answer does not repeat more of them than a message lists."""
    case = filed(relinquish_message(lease(0), new(addresses=networks(121)), IRELAND))

    body = reply_message(lease(0, contact_language=language), Confirm(case=case), IRELAND).body

    assert (True, False) == (said in body, "192.0.0.1" in body)


def test_as_many_as_a_message_lists_are_confirmed_by_name() -> None:
    """A person reads what goes for good, as long as it fits."""
    case = filed(relinquish_message(lease(0), new(addresses=networks(LISTED_AT_MOST)), IRELAND))

    body = reply_message(lease(0), Confirm(case=case), IRELAND).body

    assert f"please remove {', '.join(sort_ips(case.addresses))} from our account" in body


@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_length_that_check_reports_is_that_of_the_longest_request(form: str, language: str) -> None:
    """`check` measures the case before anybody knows its number or how many addresses the Region has."""
    declared = lease(10_000, form=form, contact_language=language, max_send_rate=100.0)
    longest = NewCase(number=9_999_999, nonce="zzzz", have=9_999, asks=10_000)

    assert len(request_message(declared, longest, IRELAND).body) == longest_body(declared, IRELAND) < MAX_BODY


def test_two_parts_are_announced_too() -> None:
    """Whoever reads the first part knows that it is not all."""
    first = relinquish_message(lease(0), new(addresses=networks(LISTED_AT_MOST + 1)), IRELAND)

    assert "The list of addresses to relinquish continues in the next message." in first.body
    assert "DIP-eu-west-1-7-k3f9" == first.mark


def test_a_case_that_was_just_filed_is_known_by_its_id() -> None:
    """What AWS answered, until its list shows more."""
    case = case_of(request_message(lease(5), new(asks=2), IRELAND), case_id="case-7", status="opened", filed_at="now")

    assert ("case-7", "opened", "now", None) == (case.id, case.status, case.filed_at, case.display_id)


@pytest.mark.parametrize("mail_type", [None, "MARKETING"])
def test_the_pinpoint_form_relinquishes_with_any_mail_type(mail_type: str | None) -> None:
    """And with any value: AWS's guide says so."""
    declared = lease(1, form="pinpoint-email")
    use_case = replace(declared.use_case, mail_type=mail_type) if declared.use_case and mail_type else None

    body = relinquish_message(replace(declared, use_case=use_case), new(addresses=frozenset((A,))), IRELAND).body

    assert (True, True) == (f"Mail type: {mail_type or 'TRANSACTIONAL'}\n" in body, "New quota value: 1\n" in body)


# What a person files.


def test_the_form_of_a_long_list_has_all_its_messages() -> None:
    """A person files the case, and then writes the rest of the list in it, in order."""
    text = form_text(lease(0), new(addresses=networks(300), have=300), IRELAND)

    first, *further = text.split("\n\nThen write in the same case the text between the two rules:\n")

    assert relinquish_message(lease(0), new(addresses=networks(300), have=300), IRELAND).form == first
    assert [["DIP-eu-west-1-7-k3f9.1"], ["DIP-eu-west-1-7-k3f9.2"]] == [
        [block.mark for block in read_blocks(part)] for part in further
    ]


def test_the_form_of_a_request_is_that_of_its_message() -> None:
    """A request has one message."""
    assert request_message(lease(5), new(asks=2), IRELAND).form == form_text(lease(5), new(asks=2), IRELAND)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "asked", [new(asks=2), new(addresses=frozenset((A, B))), new(addresses=networks(300), have=300)]
)
def test_a_form_that_no_record_knows_of_has_no_mark(language: str, asked: NewCase) -> None:
    """Nobody could follow its case: it says the same to AWS's people, and nothing for our records."""
    declared = lease(5, contact_language=language)

    marked, unmarked = form_text(declared, asked, IRELAND), unmarked_form_text(declared, asked, IRELAND)

    assert (0, 0, 0) == tuple(unmarked.count(text) for text in ("DIP-", "===", "記録用"))
    assert [] == [line for line in unmarked.splitlines() if line not in marked.replace(" [DIP-eu-west-1-7-k3f9]", "")]
    assert ("please add 2" in marked, "192.0.1.50" in marked) == ("please add 2" in unmarked, "192.0.1.50" in unmarked)


REQUEST = filed(request_message(lease(5), new(asks=2), IRELAND))
URL = "https://console.aws.amazon.com/support/home#/case/?displayId=1700000007&language=en"


@pytest.mark.parametrize(
    ("step", "said", "reason"),
    [
        (
            Resolve(case=REQUEST),
            f"Close case 1700000007 ({URL}): its request was withdrawn.",
            "there is nothing to write",
        ),
        (
            Resolve(case=replace(REQUEST, display_id=None)),
            "Close case case-7: its request was withdrawn.",
            "a case without a number has no page",
        ),
    ],
)
def test_closing_a_case_is_a_sentence(step: Resolve, said: str, reason: str) -> None:
    """A person closes a withdrawn case by hand."""
    assert said == to_write_text(lease(), step, IRELAND), reason


@pytest.mark.parametrize("step", [Amend(case=REQUEST, asks=4), Withdraw(case=REQUEST), Confirm(case=REQUEST)])
def test_what_a_person_writes_is_the_message_itself(step: Amend | Withdraw | Confirm) -> None:
    """In an open case a person writes what we would send, between two rules."""
    message = reply_message(lease(7), step, IRELAND)

    text = to_write_text(lease(7), step, IRELAND)

    assert message.form == text
    assert f"Write in case 1700000007 ({URL}) the text between the two rules" in text.splitlines()[0]
    assert message.body in text


def test_a_case_without_a_number_has_no_page() -> None:
    """A person finds it by its id."""
    step = Withdraw(case=replace(REQUEST, display_id=None))

    assert to_write_text(lease(7), step, IRELAND).startswith("Write in case case-7 the text between the two rules, ")


# What the block says.


def test_a_block_says_what_a_case_found_after_a_crash_needs() -> None:
    """Region, number, nonce, holder, the declared count and what is asked: all of it, and each once."""
    expected = Block(
        region="eu-west-1", number=7, nonce="k3f9", message=0, step="request", holder="shop/prod/eu", count=5, asks=2
    )

    assert [expected] == read_blocks(request_message(lease(5), new(asks=2), IRELAND).body)


def test_a_case_that_cannot_be_read_back_is_a_bug() -> None:
    """What we could not find again is never written: a reply opens no case."""
    reply = reply_message(lease(0), Withdraw(case=REQUEST), IRELAND)

    with pytest.raises(AssertionError, match=r"the message DIP-eu-west-1-7-k3f9\.1 cannot be read back"):
        case_of(reply, case_id="", status="", filed_at="")
