"""How our cases and messages are found again, whatever happened to their text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.tables import table

from dedicated_ip_provider.case_text.marker import Block, find_mark, has_message, read_blocks, read_case, render
from dedicated_ip_provider.lease.model import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.case_text.marker import Step

A, B = "192.0.2.1", "192.0.2.2"
MARK = "DIP-eu-west-1-7-k3f9"


def block(message: int = 0, step: Step = "request", **changes: Any) -> Block:
    """Return the block of one message of case 7."""
    asks = {"request": 2, "amend": 4}.get(step, 0)
    given = {"region": "eu-west-1", "number": 7, "nonce": "k3f9", "holder": "shop/prod/eu", "count": 5, "asks": asks}
    return Block(message=message, step=step, **{**given, **changes})


def case(*messages: str, subject: str = f"please add 2 [{MARK}]") -> Case | None:
    """Read a case as AWS lists it."""
    return read_case(
        case_id="case-7",
        display_id="1700000007",
        status="opened",
        filed_at="2026-11-26T12:00:00.000Z",
        subject=subject,
        messages=messages,
    )


REQUEST = Case(
    id="case-7",
    display_id="1700000007",
    status="opened",
    filed_at="2026-11-26T12:00:00.000Z",
    region="eu-west-1",
    number=7,
    nonce="k3f9",
    kind="request",
    holder="shop/prod/eu",
    count=5,
    asks=2,
)
FIRST = f"Hello,\n\nPlease add 2.\n\n{render(block())}"


# Marks and blocks are formats: cases of years ago are found by these characters.

BLOCKS = [
    ("request", block(), ["mark: DIP-eu-west-1-7-k3f9.0", "step: request", "holder: shop/prod/eu", "count: 5", "asks: 2"]),
    ("amend", block(1, "amend"), ["mark: DIP-eu-west-1-7-k3f9.1", "step: amend", "holder: shop/prod/eu", "count: 5", "asks: 4"]),
    ("withdraw", block(2, "withdraw", count=0), ["mark: DIP-eu-west-1-7-k3f9.2", "step: withdraw", "holder: shop/prod/eu", "count: 0"]),
    ("relinquish", block(0, "relinquish", addresses=frozenset((B, A))), ["mark: DIP-eu-west-1-7-k3f9.0", "step: relinquish", "holder: shop/prod/eu", "count: 5", "addresses: 192.0.2.1 192.0.2.2"]),
    ("relinquish in parts", block(0, "relinquish", addresses=frozenset((A,)), parts=2), ["mark: DIP-eu-west-1-7-k3f9.0", "step: relinquish", "holder: shop/prod/eu", "count: 5", "addresses: 192.0.2.1", "parts: 2"]),
    ("list", block(1, "list"), ["mark: DIP-eu-west-1-7-k3f9.1", "step: list", "holder: shop/prod/eu", "count: 5"]),
    ("confirm", block(1, "confirm"), ["mark: DIP-eu-west-1-7-k3f9.1", "step: confirm", "holder: shop/prod/eu", "count: 5"]),
    ("a holder with a colon", block(1, "list", holder="shop: mail/prod/eu"), ["mark: DIP-eu-west-1-7-k3f9.1", "step: list", "holder: shop: mail/prod/eu", "count: 5"]),
]  # fmt: skip


@table("reason, written, lines", BLOCKS)
def test_a_block_is_these_lines(reason: str, written: Block, lines: list[str]) -> None:
    """A block is written in these words, and read back as it was."""
    assert ["=== dedicated-ip lease ===", *lines, "=== end ==="] == render(written).splitlines(), reason
    assert [written] == read_blocks(render(written))


@given(
    written=st.builds(
        block,
        st.integers(0, 9_999),
        st.just("list"),
        region=st.sampled_from(["eu-west-1", "us-gov-east-1", "eusc-de-east-1", "ap-southeast-12"]),
        number=st.integers(1, 9_999_999),
        nonce=st.from_regex("[bcdfghjkmnpqrstvwxz][a-z0-9]{3}", fullmatch=True),
        holder=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40),
        count=st.integers(0, 10_000),
    )
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_any_block_is_found_in_any_text(written: Block) -> None:
    """Whatever it says; and its mark is found in a subject."""
    assert [written] == read_blocks(f"Hello,\n{render(written)}\nBest regards")
    assert written.case_mark == find_mark(f"Re: [{written.case_mark}] your case")


SUBJECTS = [
    ("as we write it", f"Amazon SES in eu-west-1: please add 2 [{MARK}]", MARK),
    ("with what a mail program puts in front", f"RE: FW: {MARK}", MARK),
    ("at the end of a sentence", f"{MARK}.", MARK),
    ("the mark of a message names its case", f"{MARK}.3", MARK),
    ("a Region of four words", "DIP-us-gov-west-1-12-z2z2", "DIP-us-gov-west-1-12-z2z2"),
    ("a Region with a number of two digits", "DIP-ap-southeast-12-7-k3f9", "DIP-ap-southeast-12-7-k3f9"),
    ("cases are counted from 1", "DIP-eu-west-1-0-k3f9", None),
    ("no number begins with 0", "DIP-eu-west-1-07-k3f9", None),
    ("a nonce begins with a letter", "DIP-eu-west-1-7-93f9", None),
    ("a nonce has four characters", "DIP-eu-west-1-7-k3f", None),
    ("and no more", "DIP-eu-west-1-7-k3f9a", None),
    ("something longer that begins like a mark", f"{MARK}-2", None),
    ("something longer that ends like one", f"X{MARK}", None),
    ("lower case is not a mark", MARK.lower(), None),
    ("a mark of the first edition", "DIP-80EDE484BB25-1", None),
    ("no mark at all", "Please raise our limit", None),
    ("no subject: AWS leaves out an empty one", "", None),
]


@table("reason, subject, expected", SUBJECTS)
def test_finding_the_mark_of_a_case(reason: str, subject: str, expected: str | None) -> None:
    """A mark is found anywhere in a subject, and nothing similar is mistaken for one."""
    assert expected == find_mark(subject), reason


# Text that people and programs changed.

REVERSED = "\n".join(["=== dedicated-ip lease ===", *reversed(render(block()).splitlines()[1:-1]), "=== end ==="])
CHANGED = [
    ("pasted on Windows", FIRST.replace("\n", "\r\n")),
    ("indented, with white space at the ends", "\n".join(f"    {line}\t" for line in FIRST.splitlines())),
    ("an empty line after each", FIRST.replace("\n", "\n\n")),
    ("pasted twice", f"{FIRST}\n{FIRST}"),
    ("with somebody's own lines in it", FIRST.replace("count: 5", "note: to be checked: today\ncount: 5\nthanks")),
    ("after one whose end was lost", f"=== dedicated-ip lease ===\nmark: {MARK}.0\n{FIRST}"),
    ("before one whose end was lost", f"{FIRST}\n=== dedicated-ip lease ===\nmark: {MARK}.0"),
    ("after an end without a beginning", f"=== end ===\n{FIRST}"),
    ("in another order", REVERSED),
]


@table("reason, text", CHANGED)
def test_a_block_survives_what_people_do_to_a_text(reason: str, text: str) -> None:
    """It is read from a text that was pasted or indented again, or has other things around it."""
    assert REQUEST == case(text), reason


def test_a_block_without_an_end_takes_no_line_from_the_next() -> None:
    """If another block begins in it, only that one counts."""
    damaged = f"=== dedicated-ip lease ===\nmark: {MARK}.0\nparts: 9\n"

    assert [block()] == read_blocks(f"{damaged}{FIRST}")


def _without(line: str) -> str:
    return "\n".join(kept for kept in render(block()).splitlines() if not kept.startswith(line))


GOING = render(block(0, "relinquish", addresses=frozenset((A,))))
LONG = render(block(0, "relinquish", addresses=frozenset(f"192.0.2.{n}" for n in range(99)), parts=2))
DAMAGED = [
    ("no block", "Please add two addresses."),
    ("no text", ""),
    ("a quotation", "\n".join(f"> {line}" for line in FIRST.splitlines())),
    ("its end was lost", _without("=== end")),
    ("its beginning was lost", _without("=== dedicated")),
    ("nothing in it", "=== dedicated-ip lease ===\n=== end ==="),
    ("no mark", _without("mark")),
    ("no step", _without("step")),
    ("no holder", _without("holder")),
    ("no count", _without("count")),
    ("the number that it asks for was lost: that is not 0", _without("asks")),
    ("the mark of the case, not of a message", render(block()).replace(f"{MARK}.0", MARK)),
    ("a mark that was changed", render(block()).replace("k3f9", "K3F9")),
    ("no such step", render(block()).replace("request", "dance")),
    ("no number", render(block()).replace("count: 5", "count: many")),
    ("its addresses were lost", GOING.replace(f"addresses: {A}", "")),
    ("an address was cut off", GOING.replace(A, "192.0.2")),
    ("a packed list was cut off", LONG.partition("\nparts")[0][:-7] + "\n=== end ==="),
]


@table("reason, text", DAMAGED)
def test_a_block_that_is_not_complete_is_ignored(reason: str, text: str) -> None:
    """A text that only resembles a block, or lost a part of it, never raises."""
    assert [] == read_blocks(text), reason
    assert case(text) is None, reason


@given(
    text=st.sampled_from([FIRST, LONG]), start=st.integers(0, 400), length=st.integers(1, 60), put=st.text(max_size=9)
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_no_damage_raises(text: str, start: int, length: int, put: str) -> None:
    """At most one block is read, whatever was cut out of a message or put in its place."""
    assert len(read_blocks(text[:start] + put + text[start + length :])) <= 1


# A case and its messages.

AMEND, AGAIN = render(block(1, "amend")), render(block(2, "amend", asks=3, count=6))
RELINQUISH = block(0, "relinquish", addresses=frozenset((A, B)), count=1, parts=2)
GIVEN: dict[str, Any] = {"kind": "relinquish", "asks": 0, "addresses": frozenset((A, B)), "count": 1, "parts": 2}


CASES: list[tuple[str, Sequence[str], dict[str, Any]]] = [
    ("the request alone", [FIRST], {}),
    ("a message without a block changes nothing", [FIRST, "Any news?"], {}),
    ("an amendment changes what is asked for", [FIRST, AMEND], {"asks": 4, "messages": 2}),
    ("the newest amendment counts", [FIRST, AMEND, AGAIN], {"asks": 3, "count": 6, "messages": 3}),
    ("messages count by their number", [AGAIN, AMEND, FIRST], {"asks": 3, "count": 6, "messages": 3}),
    ("a message that is not listed leaves a gap", [FIRST, AGAIN], {"asks": 3, "count": 6, "messages": 3}),
    ("a copy of the request changes nothing", [FIRST, AMEND, FIRST], {"asks": 4, "messages": 2}),
    ("nor do copies of both", [FIRST, AMEND, f"{AMEND}\n{FIRST}"], {"asks": 4, "messages": 2}),
    ("a request that was withdrawn", [FIRST, render(block(1, "withdraw"))], {"withdrawn": True, "messages": 2}),
    ("a relinquish case", [render(RELINQUISH)], GIVEN),
    ("with the rest of its list", [render(RELINQUISH), render(block(1, "list"))], {**GIVEN, "messages": 2}),
    ("AWS's question was answered", [render(RELINQUISH), render(block(1, "confirm"))], {**GIVEN, "confirmed": True, "messages": 2}),
    ("another case's block in a message of this one", [FIRST, render(block(0, nonce="z2z2"))], {}),
]  # fmt: skip


@table("reason, messages, changes", CASES)
def test_a_case_says_what_its_messages_say_by_now(
    reason: str, messages: Sequence[str], changes: dict[str, Any]
) -> None:
    """All that was asked in it is found, whichever run wrote it."""
    assert replace(REQUEST, **changes) == case(*messages), reason


OURS = [
    ("a person filed the form under another subject", "Limit increase: SES", [FIRST], REQUEST),
    ("AWS leaves out a subject", "", [FIRST], REQUEST),
    ("a subject alone does not say what was asked", f"[{MARK}]", ["Hello"], None),
    ("nor does a reply", f"[{MARK}]", [AMEND], None),
    ("nor a reply in a case without a mark", "Question", [AMEND], None),
    ("a case begins with a request or a relinquishment", f"[{MARK}]", [render(block(0, "confirm"))], None),
    ("the block of another case does not count", "[DIP-eu-west-1-8-k3f9]", [FIRST], None),
]


@table("reason, subject, messages, expected", OURS)
def test_whether_a_case_is_ours(reason: str, subject: str, messages: list[str], expected: Case | None) -> None:
    """The block of the first message makes it ours, unless the subject has the mark of another case of ours."""
    assert expected == case(*messages, subject=subject), reason


ARRIVED = [
    ("it is there", [FIRST, AMEND], True),
    ("among others", [AMEND, "Any news?"], True),
    ("another message of the case", [FIRST], False),
    ("the same message of another case", [render(block(1, "amend", number=8))], False),
    ("the mark alone is not a message", [f"You wrote {MARK}.1"], False),
    ("there is none", [], False),
]


@table("reason, messages, expected", ARRIVED)
def test_whether_a_message_arrived(reason: str, messages: list[str], *, expected: bool) -> None:
    """After a lost answer the message is searched for by its mark."""
    assert expected is has_message(messages, f"{MARK}.1"), reason
