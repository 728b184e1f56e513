"""How cases and messages of ours are found again, whatever happened to their text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (block(), ["mark: DIP-eu-west-1-7-k3f9.0", "step: request", "holder: shop/prod/eu", "count: 5", "asks: 2"]),
        (
            block(1, "amend"),
            ["mark: DIP-eu-west-1-7-k3f9.1", "step: amend", "holder: shop/prod/eu", "count: 5", "asks: 4"],
        ),
        (
            block(2, "withdraw", count=0),
            ["mark: DIP-eu-west-1-7-k3f9.2", "step: withdraw", "holder: shop/prod/eu", "count: 0"],
        ),
        (
            block(0, "relinquish", addresses=frozenset((B, A))),
            [
                "mark: DIP-eu-west-1-7-k3f9.0",
                "step: relinquish",
                "holder: shop/prod/eu",
                "count: 5",
                "addresses: 192.0.2.1 192.0.2.2",
            ],
        ),
        (
            block(0, "relinquish", addresses=frozenset((A,)), parts=2),
            [
                "mark: DIP-eu-west-1-7-k3f9.0",
                "step: relinquish",
                "holder: shop/prod/eu",
                "count: 5",
                "addresses: 192.0.2.1",
                "parts: 2",
            ],
        ),
        (block(1, "list"), ["mark: DIP-eu-west-1-7-k3f9.1", "step: list", "holder: shop/prod/eu", "count: 5"]),
        (block(1, "confirm"), ["mark: DIP-eu-west-1-7-k3f9.1", "step: confirm", "holder: shop/prod/eu", "count: 5"]),
    ],
    ids=lambda value: f"{value.step} {value.parts}" if isinstance(value, Block) else "",
)
def test_a_block_is_these_lines(written: Block, lines: list[str]) -> None:
    """A block is written in these words, and read back as it was."""
    assert ["=== dedicated-ip lease ===", *lines, "=== end ==="] == render(written).splitlines()
    assert [written] == read_blocks(render(written))


def test_a_value_may_have_a_colon() -> None:
    """A path is what the user calls things."""
    written = block(holder="shop: mail/prod/eu")

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
    """Whatever a block says, it is read back, and its mark is found in a subject."""
    assert [written] == read_blocks(f"Hello,\n{render(written)}\nBest regards")
    assert written.case_mark == find_mark(f"Re: [{written.case_mark}] your case")


@pytest.mark.parametrize(
    ("subject", "expected", "reason"),
    [
        (f"Amazon SES in eu-west-1: please add 2 [{MARK}]", MARK, "where we write it"),
        (f"RE: FW: {MARK}", MARK, "with what a mail program puts in front"),
        (f"{MARK}.", MARK, "at the end of a sentence"),
        (f"{MARK}.3", MARK, "the mark of a message names its case"),
        ("DIP-us-gov-west-1-12-z2z2", "DIP-us-gov-west-1-12-z2z2", "a Region of four words"),
        ("DIP-ap-southeast-12-7-k3f9", "DIP-ap-southeast-12-7-k3f9", "a Region with a number of two digits"),
        ("DIP-eu-west-1-0-k3f9", None, "cases are counted from 1"),
        ("DIP-eu-west-1-07-k3f9", None, "no number begins with 0"),
        ("DIP-eu-west-1-7-93f9", None, "a nonce begins with a letter"),
        ("DIP-eu-west-1-7-k3f", None, "a nonce has four characters"),
        ("DIP-eu-west-1-7-k3f9a", None, "and no more"),
        (f"{MARK}-2", None, "something longer that begins like a mark"),
        (f"X{MARK}", None, "something longer that ends like one"),
        (MARK.lower(), None, "marks are written as they are"),
        ("DIP-80EDE484BB25-1", None, "a mark of the first edition"),
        ("Please raise our limit", None, "no mark at all"),
        ("", None, "no subject: AWS leaves it out where it is empty"),
    ],
)
def test_finding_the_mark_of_a_case(subject: str, expected: str | None, reason: str) -> None:
    """A mark is found wherever it stands in a subject, and nothing like it is taken for one."""
    assert expected == find_mark(subject), reason


# A text that went through hands and programs.


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FIRST.replace("\n", "\r\n"), "pasted on Windows"),
        ("\n".join(f"    {line}\t" for line in FIRST.splitlines()), "indented, with white space at the ends"),
        (FIRST.replace("\n", "\n\n"), "an empty line after each"),
        (f"{FIRST}\n{FIRST}", "pasted twice"),
        (
            FIRST.replace("count: 5", "note: to be checked: today\ncount: 5\nthanks"),
            "with lines of somebody's own in it",
        ),
        (f"=== dedicated-ip lease ===\nmark: {MARK}.0\n{FIRST}", "after one whose end was lost"),
        (f"{FIRST}\n=== dedicated-ip lease ===\nmark: {MARK}.0", "before one whose end was lost"),
        (f"=== end ===\n{FIRST}", "after an end without a beginning"),
        (
            "\n".join(reversed(render(block()).splitlines()[1:-1])).join(
                ("=== dedicated-ip lease ===\n", "\n=== end ===")
            ),
            "in another order",
        ),
    ],
)
def test_a_block_survives_what_people_do_to_a_text(text: str, reason: str) -> None:
    """The block is read from a text that was pasted, re-indented, or has other things around it."""
    assert REQUEST == case(text), reason


def test_a_block_without_an_end_takes_no_line_of_the_next() -> None:
    """A block in which another one begins is damaged: only the other one counts."""
    damaged = f"=== dedicated-ip lease ===\nmark: {MARK}.0\nparts: 9\n"

    assert [block()] == read_blocks(f"{damaged}{FIRST}")


def _without(line: str) -> str:
    return "\n".join(kept for kept in render(block()).splitlines() if not kept.startswith(line))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Please add two addresses.", "no block"),
        ("", "no text"),
        ("\n".join(f"> {line}" for line in FIRST.splitlines()), "a quotation"),
        (_without("=== end"), "its end was lost"),
        (_without("=== dedicated"), "its beginning was lost"),
        ("=== dedicated-ip lease ===\n=== end ===", "nothing in it"),
        (_without("mark"), "no mark"),
        (_without("step"), "no step"),
        (_without("holder"), "no holder"),
        (_without("count"), "no count"),
        (_without("asks"), "how many it asks for was lost: that is not 0"),
        (render(block()).replace(f"{MARK}.0", MARK), "the mark of the case, not of a message"),
        (render(block()).replace("k3f9", "K3F9"), "a mark that was changed"),
        (render(block()).replace("request", "dance"), "no such step"),
        (render(block()).replace("count: 5", "count: many"), "no number"),
        (
            render(block(0, "relinquish", addresses=frozenset((A,)))).replace(f"addresses: {A}", ""),
            "its addresses were lost",
        ),
        (render(block(0, "relinquish", addresses=frozenset((A,)))).replace(A, "192.0.2"), "an address was cut off"),
        (
            render(block(0, "relinquish", addresses=frozenset(f"192.0.2.{n}" for n in range(99)))).replace(
                "\nparts", ""
            )[:-20]
            + "\n=== end ===",
            "a packed list was cut off",
        ),
    ],
)
def test_what_is_no_whole_block_says_nothing(text: str, reason: str) -> None:
    """A text that only looks like a block, or lost a part of it, is left alone, and never raises."""
    assert [] == read_blocks(text), reason
    assert case(text) is None, reason


LONG = render(block(0, "relinquish", addresses=frozenset(f"192.0.2.{n}" for n in range(99)), parts=2))


@given(
    text=st.sampled_from([FIRST, LONG]), start=st.integers(0, 400), length=st.integers(1, 60), put=st.text(max_size=9)
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_no_damage_raises(text: str, start: int, length: int, put: str) -> None:
    """Whatever was cut out of a message, and put there instead, at most one block is read from it."""
    assert len(read_blocks(text[:start] + put + text[start + length :])) <= 1


# A case and its messages.

AMEND, AGAIN = render(block(1, "amend")), render(block(2, "amend", asks=3, count=6))
RELINQUISH = block(0, "relinquish", addresses=frozenset((A, B)), count=1, parts=2)
GIVEN: dict[str, Any] = {"kind": "relinquish", "asks": 0, "addresses": frozenset((A, B)), "count": 1, "parts": 2}


@pytest.mark.parametrize(
    ("messages", "changes", "reason"),
    [
        ([FIRST], {}, "the request alone"),
        ([FIRST, "Any news?"], {}, "a message without a block changes nothing"),
        ([FIRST, AMEND], {"asks": 4, "messages": 2}, "an amendment changes what is asked for"),
        ([FIRST, AMEND, AGAIN], {"asks": 3, "count": 6, "messages": 3}, "the newest amendment counts"),
        ([AGAIN, AMEND, FIRST], {"asks": 3, "count": 6, "messages": 3}, "messages count by their number"),
        ([FIRST, AGAIN], {"asks": 3, "count": 6, "messages": 3}, "a message that is not listed leaves a gap"),
        ([FIRST, AMEND, FIRST], {"asks": 4, "messages": 2}, "a copy of the request counts for what it was"),
        ([FIRST, AMEND, f"{AMEND}\n{FIRST}"], {"asks": 4, "messages": 2}, "so do copies of both"),
        ([FIRST, render(block(1, "withdraw"))], {"withdrawn": True, "messages": 2}, "a request that was withdrawn"),
        ([render(RELINQUISH)], GIVEN, "a relinquish case"),
        ([render(RELINQUISH), render(block(1, "list"))], {**GIVEN, "messages": 2}, "with the rest of its list"),
        (
            [render(RELINQUISH), render(block(1, "confirm"))],
            {**GIVEN, "confirmed": True, "messages": 2},
            "AWS's question is answered once: the answer is found again",
        ),
        ([FIRST, render(block(0, nonce="z2z2"))], {}, "another case's block in a message of this one"),
    ],
)
def test_a_case_is_what_its_messages_say_by_now(messages: Sequence[str], changes: dict[str, Any], reason: str) -> None:
    """A case that is found tells everything that was asked in it, whichever run wrote it."""
    assert replace(REQUEST, **changes) == case(*messages), reason


@pytest.mark.parametrize(
    ("subject", "messages", "expected", "reason"),
    [
        ("Limit increase: SES", [FIRST], REQUEST, "a person filed the form under another subject"),
        ("", [FIRST], REQUEST, "AWS leaves out a subject"),
        (f"[{MARK}]", ["Hello"], None, "a subject alone says nothing of what was asked"),
        (f"[{MARK}]", [AMEND], None, "nor does a reply"),
        ("Question", [AMEND], None, "nor a reply in a case without a mark"),
        (f"[{MARK}]", [render(block(0, "confirm"))], None, "a case begins with a request or a relinquishment"),
        ("[DIP-eu-west-1-8-k3f9]", [FIRST], None, "the block of another case is that of no case"),
    ],
)
def test_whether_a_case_is_ours(subject: str, messages: list[str], expected: Case | None, reason: str) -> None:
    """The first message's block makes a case ours, under any subject but that of another one of ours."""
    assert expected == case(*messages, subject=subject), reason


@pytest.mark.parametrize(
    ("messages", "expected", "reason"),
    [
        ([FIRST, AMEND], True, "it is there"),
        ([AMEND, "Any news?"], True, "among others"),
        ([FIRST], False, "another message of the case"),
        ([render(block(1, "amend", number=8))], False, "the same message of another case"),
        ([f"You wrote {MARK}.1"], False, "the mark alone is no message"),
        ([], False, "there is none"),
    ],
)
def test_whether_a_message_arrived(messages: list[str], expected: bool, reason: str) -> None:  # noqa: FBT001 - a column
    """After a lost answer the very message is looked for by its mark."""
    assert expected is has_message(messages, f"{MARK}.1"), reason
