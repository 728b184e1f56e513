"""What is written to AWS, to the letter, and how it is found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from values import ACCOUNT, IRELAND, KEY, A, B, C, lease, relinquish, request, seen

from dedicated_ip_provider.blocks import Block, find_mark, has_message, mark_of, read_blocks, read_case, with_message
from dedicated_ip_provider.forms import case_url, new_case_url
from dedicated_ip_provider.letters import (
    MAX_BODY,
    Letter,
    amendment_letter,
    confirmation_letter,
    longest_body,
    relinquish_letter,
    request_letter,
    unfiled_case,
    withdrawal_letter,
)

if TYPE_CHECKING:
    from dedicated_ip_provider.lease import Case

LETTERS = Path(__file__).parent / "letters"
MARK = "DIP-80EDE484BB25-1"


def written(kind: str, form: str, language: str) -> Letter:
    """Write one letter of each kind, about the same small world."""
    declared = lease(3, form=form, contact_language=language, max_send_rate=50.0)
    match kind:
        case "request":
            return request_letter(declared, 1, 2, seen(A), IRELAND)
        case "relinquish":
            return relinquish_letter(replace(declared, count=1), 2, (A, B), seen(A, B, C), IRELAND)
        case "amend":
            return amendment_letter(declared, request(asks=2), 5, IRELAND)
        case "withdraw":
            return withdrawal_letter(declared, request(messages=2), IRELAND)
        case _:
            return confirmation_letter(declared, relinquish(A, B), IRELAND)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("kind", ["request", "relinquish", "amend", "withdraw", "confirm"])
def test_the_exact_text_of_every_letter(kind: str, form: str, language: str) -> None:
    """A letter, and the paper that a person files instead, are what tests/letters holds, to the letter."""
    letter = written(kind, form, language)

    expected = (LETTERS / f"{form}-{kind}-{language}.txt").read_text(encoding="utf-8")

    assert expected == f"SUBJECT {letter.subject}\n\nMESSAGE\n{letter.body}\n\nFORM\n{letter.paper}\n"


def test_a_form_without_a_send_rate_says_none() -> None:
    """The SES form leaves out a rate that nobody declared."""
    letter = request_letter(lease(2), 1, 2, seen(), IRELAND)

    assert "rate" not in letter.body
    assert "This account has no dedicated IP address for Amazon SES" in letter.body


def test_marks_are_a_format() -> None:
    """Cases filed years ago are found by these characters."""
    assert "DIP-80EDE484BB25-1" == mark_of(KEY, 1)
    assert "DIP-80EDE484BB25-12" == mark_of(KEY, 12)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (f"Amazon SES in eu-west-1: please add 2 [{MARK}]", MARK),
        (f"RE: [{MARK}]", MARK),
        (MARK, MARK),
        ("DIP-80EDE484BB25-0", None),
        ("DIP-80EDE484BB2-1", None),
        ("XDIP-80EDE484BB25-1", None),
        ("Please raise our limit", None),
        ("", None),
    ],
)
def test_finding_a_mark(subject: str, expected: str | None) -> None:
    """A mark is found wherever it stands in a subject, and nothing like it is taken for one."""
    assert expected == find_mark(subject)


def filed(letter: Letter, *more: str, subject: str | None = None, status: str = "opened") -> Case | None:
    """Read a letter as a case that AWS shows."""
    return read_case(
        case_id="case-1",
        display_id="1700000001",
        status=status,
        filed_at="2026-11-24T01:00:00.000Z",
        subject=letter.subject if subject is None else subject,
        messages=[letter.body, *more],
    )


def test_a_request_is_read_back_whole() -> None:
    """A case found after a crash tells everything that was asked, and what the Region had before."""
    letter = request_letter(lease(3, attempt=2), 7, 2, seen(A), IRELAND)

    expected = replace(
        request(number=7, asks=2, total=3, attempt=2, before=(A,)),
        id="case-1",
        display_id="1700000001",
        filed_at="2026-11-24T01:00:00.000Z",
    )

    assert expected == filed(letter)


def test_a_relinquish_case_is_read_back_whole() -> None:
    """A case found after a crash tells which addresses were given back."""
    letter = relinquish_letter(lease(1), 2, (A, B), seen(A, B, C), IRELAND)

    expected = replace(
        relinquish(A, B, number=2, total=1), id="case-1", display_id="1700000001", filed_at="2026-11-24T01:00:00.000Z"
    )

    assert expected == filed(letter)


def test_messages_change_what_a_case_asks() -> None:
    """The newest amendment counts, whatever the order of the messages."""
    first = request_letter(lease(2), 1, 2, seen(), IRELAND)
    case = filed(first)
    assert case
    second = amendment_letter(lease(5), case, 5, IRELAND)
    case = filed(first, second.body)
    assert case
    third = amendment_letter(lease(4, attempt=2), case, 4, IRELAND)

    read = filed(first, third.body, second.body)

    assert read
    assert (4, 4, 2, 3) == (read.asks, read.total, read.attempt, read.messages)


def test_a_withdrawn_request_is_read_as_withdrawn() -> None:
    """The message that calls a request off is enough, also before the case is closed; it says how many had come."""
    first = request_letter(lease(2), 1, 2, seen(), IRELAND)
    case = filed(first)
    assert case

    read = filed(first, withdrawal_letter(lease(0), case, IRELAND, brought=1).body)

    assert read
    assert (True, 1, 2, False) == (read.withdrawn, read.asks, read.messages, read.stepped_back)


def test_a_request_that_stepped_back_is_read_as_that() -> None:
    """Another one was open in the Region, and what comes is the other's."""
    first = request_letter(lease(2), 1, 2, seen(), IRELAND)
    case = filed(first)
    assert case

    read = filed(first, withdrawal_letter(lease(2), case, IRELAND, steps_back=True).body)

    assert read
    assert (True, 0, 2, True) == (read.withdrawn, read.asks, read.messages, read.stepped_back)


def test_a_confirmation_is_read_as_given() -> None:
    """AWS's question is answered once: the answer is found again."""
    first = relinquish_letter(lease(1), 2, (A,), seen(A, B), IRELAND)
    case = filed(first)
    assert case

    read = filed(first, confirmation_letter(lease(1), case, IRELAND).body)

    assert read
    assert (True, 2) == (read.confirmed, read.messages)


def test_a_repeated_block_changes_nothing() -> None:
    """Mail programs quote: an old block that stands in a later message counts for what it was."""
    first = request_letter(lease(2), 1, 2, seen(), IRELAND)
    case = filed(first)
    assert case
    second = amendment_letter(lease(5), case, 5, IRELAND)
    quoted = "\n".join(f"> {line}" for line in first.body.splitlines())

    assert filed(first, second.body) == filed(first, second.body, f"Thanks!\n{first.body}", quoted)


def test_a_case_filed_by_hand_under_another_subject_is_ours() -> None:
    """The console may choose the subject; the block in the text is enough, pasted with Windows' line ends too."""
    letter = request_letter(lease(2), 1, 2, seen(), IRELAND)
    pasted = "\r\n".join(f"  {line} " for line in letter.body.split("\n"))

    by_hand = read_case(
        case_id="case-1",
        display_id="1700000001",
        status="opened",
        filed_at="2026-11-24T01:00:00.000Z",
        subject="Limit increase: SES",
        messages=[pasted],
    )

    assert filed(letter) == by_hand


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Please add two addresses.", id="no block"),
        pytest.param("=== dedicated-ip lease ===\nmark: DIP-80EDE484BB25-1.0\n", id="never closed"),
        pytest.param("=== dedicated-ip lease ===\n=== end ===", id="empty"),
        pytest.param(
            "=== dedicated-ip lease ===\nmark: DIP-80EDE484BB25-1\nstep: request\n=== end ===", id="no message"
        ),
        pytest.param(
            "=== dedicated-ip lease ===\nmark: DIP-80EDE484BB25-1.0\nstep: dance\n=== end ===", id="no such step"
        ),
        pytest.param(
            "=== dedicated-ip lease ===\nmark: DIP-80EDE484BB25-1.0\nstep: request\n=== end ===", id="no lease"
        ),
        pytest.param(
            "=== dedicated-ip lease ===\nmark: DIP-80EDE484BB25-1.0\nstep: request\nlease: a\nregion: b\n"
            "total: many\nattempt: 1\n=== end ===",
            id="no number",
        ),
    ],
)
def test_what_is_no_block_is_left_alone(text: str) -> None:
    """A text that only looks like a block says nothing, and never raises."""
    assert [] == read_blocks(text)


def test_a_reply_alone_makes_no_case() -> None:
    """Without the first message nothing is known of what was asked."""
    reply = withdrawal_letter(lease(0), request(), IRELAND)

    assert filed(reply, subject=f"[{MARK}]") is None


def test_an_unfiled_case_is_known_by_its_letter() -> None:
    """A form that waits for a person is remembered like a case, with no id and no number of AWS's."""
    letter = request_letter(lease(2), 1, 2, seen(A), IRELAND)

    expected = replace(request(asks=2, before=(A,)), id="", display_id=None, status="to-file", filed_at="")

    assert expected == unfiled_case(letter)
    assert "that waits to be filed" == unfiled_case(letter).name


def test_a_letter_that_cannot_be_read_back_is_a_bug() -> None:
    """A case that we could not find again is never written."""
    letter = withdrawal_letter(lease(0), request(), IRELAND)

    with pytest.raises(AssertionError, match=r"the letter DIP-80EDE484BB25-1\.1 cannot be read back"):
        unfiled_case(letter)


def test_a_first_block_changes_no_case() -> None:
    """Only replies change what a case says."""
    block = read_blocks(request_letter(lease(2), 1, 2, seen(), IRELAND).body)[0]

    assert request() == with_message(request(), block)


def test_finding_a_message_by_its_mark() -> None:
    """After a lost answer the very message is looked for."""
    letter = amendment_letter(lease(5), request(messages=3), 5, IRELAND)

    assert f"{MARK}.3" == letter.mark
    assert has_message(["hello", letter.body], letter.mark)
    assert not has_message(["hello", letter.body], f"{MARK}.4")


def test_a_block_holds_every_field() -> None:
    """The block says the lease, its Region, and what the user had declared."""
    letter = request_letter(lease(3), 1, 2, seen(A), IRELAND)

    expected = Block(
        mark=MARK, message=0, step="request", lease_key=KEY, region="eu-west-1", total=3, attempt=1, asks=2, before=(A,)
    )

    assert [expected] == read_blocks(letter.body)


def test_the_longest_letter_leaves_room_for_the_regions_addresses() -> None:
    """`check` judges the letter with 64 addresses in the Region, before anybody knows how many there are."""
    many = tuple(f"203.0.113.{number}" for number in range(64))

    letter = request_letter(lease(3), 99, 3, seen(*many), IRELAND)

    assert len(letter.body) <= longest_body(lease(3), IRELAND) < MAX_BODY


@pytest.mark.parametrize(
    ("region", "console"),
    [
        ("eu-west-1", "console.aws.amazon.com"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("eusc-de-east-1", "console.amazonaws-eusc.eu"),
    ],
)
def test_the_support_center_of_each_partition(region: str, console: str) -> None:
    """Links lead to the console of the Region's partition; a case without a number has no page yet."""
    assert f"https://{console}/support/home#/case/?displayId=17&language=en" == case_url(region, "17")
    assert "" == case_url(region, None)
    assert f"https://{console}/support/home#/case/create" == new_case_url(region)


def test_an_account_id_is_no_part_of_a_letter() -> None:
    """AWS knows whose case it is; a letter does not repeat it."""
    assert ACCOUNT not in written("request", "ses", "en").paper
