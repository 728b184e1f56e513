"""The people behind the emulator: how they read a case, and what they do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dedicated_ip_provider.emulator.settings import Settings
from dedicated_ip_provider.emulator.staff import (
    KEPT,
    ConfirmQuestion,
    Decision,
    Grant,
    Move,
    Refuse,
    Relinquishment,
    Remove,
    Request,
    Resolve,
    confirm_text,
    decide,
    granted_text,
    next_move,
    read_case,
    removed_text,
)
from dedicated_ip_provider.emulator.values import (
    OPENED,
    PENDING_CUSTOMER_ACTION,
    RESOLVED,
    STAFF,
    Case,
    CaseId,
    DisplayId,
    Form,
    with_message,
)
from emulator.conftest import NOON
from emulator.messages import relinquish, request

CUSTOMER = "someone@example.com (role: operator)"


def a_case(*messages: str, status: str = OPENED, asked_about: tuple[str, ...] | None = None) -> Case:
    """A case with these messages, a minute apart; those that begin with `AWS:` are the staff's."""
    case = Case(
        id=CaseId("case-1"),
        display_id=DisplayId("1"),
        number=1,
        account="111122223333",
        form=Form(subject="s", body=messages[0]),
        created=NOON,
        status=status,
        communications=(),
        asked_about=asked_about,
    )
    for minute, body in enumerate(messages):
        author = STAFF if body.startswith("AWS:") else CUSTOMER
        case = with_message(case, author, body, NOON + timedelta(minutes=minute))
    return case


EU_2 = Request(region="eu-west-1", count=2)
EU_GIVES = Relinquishment(region="eu-west-1", addresses=("192.0.2.1", "192.0.2.2"))


@pytest.mark.parametrize(
    ("messages", "expected", "reason"),
    [
        ([request(2)], EU_2, "the lines of the form say it"),
        ([request(2).replace("\n", "\r\n")], EU_2, "a form filled in on Windows says the same"),
        ([request(2).upper()], EU_2, "capitals do no harm"),
        (["Please give us addresses."], None, "nothing is said that could be counted"),
        (["New limit value: 2"], None, "nobody knows the Region"),
        (["Region: mars\nNew limit value: 2"], None, "that is no Region"),
        ([request(2), "Thank you!"], EU_2, "a message without a number changes nothing"),
        ([request(3), request(2)], EU_2, "the newest number counts"),
        ([request(3), "New limit value: 2"], EU_2, "the Region stands in the first message"),
        ([request(2), "> New limit value: 2\nyes"], EU_2, "a quoted line is read, too"),
        ([request(2, "us-east-1"), request(2)], EU_2, "the newest Region counts"),
        ([request(2), "AWS: New limit value: 9"], EU_2, "what the staff wrote is not the customer's wish"),
        ([request(2).replace("Region:", "リージョン (Region):")], EU_2, "a label in brackets behind its translation"),
        (
            [request(9).replace("New limit value: 9", "Dedicated IP addresses requested: 2\nNew quota value: 50")],
            EU_2,
            "the value of the Pinpoint form is a rate; its description counts addresses",
        ),
        ([relinquish("192.0.2.1", "192.0.2.2")], EU_GIVES, "named addresses go, whatever the value is"),
        ([relinquish("192.0.2.1", "and 192.0.2.2.", "192.0.2.1")], EU_GIVES, "words and repetitions do no harm"),
        (
            [relinquish("192.0.2.1"), "Part 2 of 2:\nAddresses to relinquish: 192.0.2.2", "Thank you!"],
            EU_GIVES,
            "a list goes on in a further message",
        ),
        (
            [relinquish("192.0.2.1"), "一覧 (2/2):\n返却する IP アドレス (Addresses to relinquish): 192.0.2.2"],
            EU_GIVES,
            "in Japanese too",
        ),
        (
            [relinquish("192.0.2.1"), "Please be quick.", "Part 2 of 2:\nAddresses to relinquish: 192.0.2.2"],
            EU_GIVES,
            "something else may be written between its parts",
        ),
        (
            ["Region: eu-west-1\nPart 2 of 2:\nAddresses to relinquish: 192.0.2.1, 192.0.2.2"],
            EU_GIVES,
            "a list whose first part is missing is read as far as it goes",
        ),
        (
            [relinquish("192.0.2.9"), "Part 1 of 1:\nAddresses to relinquish: 192.0.2.1, 192.0.2.2"],
            EU_GIVES,
            "a new list takes the place of the old one",
        ),
        ([relinquish("all")], Relinquishment(region="eu-west-1", addresses=()), "no address is named"),
    ],
)
def test_the_staff_reads_the_form(messages: list[str], expected: Request | Relinquishment | None, reason: str) -> None:
    """A case asks for what the lines of AWS's form say, in the newest message that has them."""
    assert expected == read_case(a_case(*messages)), reason


@pytest.mark.parametrize(
    ("case", "confirm", "expected", "reason"),
    [
        (a_case(request(2)), True, Grant(close=True), "a request is granted in full"),
        (a_case(request(10_001)), True, Refuse(), "nobody gets ten thousand addresses"),
        (a_case(relinquish("192.0.2.1")), True, ConfirmQuestion(), "giving back cannot be undone"),
        (a_case(relinquish("192.0.2.1")), False, Remove(), "the question can be switched off"),
        (a_case(relinquish("192.0.2.1"), asked_about=("192.0.2.1",)), True, Remove(), "it was asked already"),
        (a_case(relinquish("192.0.2.1"), asked_about=("192.0.2.9",)), True, ConfirmQuestion(), "it asked of others"),
        (
            a_case(relinquish("192.0.2.1"), "AWS: sure?", "Hello,\nno, please keep it.", asked_about=("192.0.2.1",)),
            True,
            Refuse(text=KEPT),
            "the customer thought better of it",
        ),
        (a_case(relinquish("all of them")), False, None, "a person would have to ask which"),
        (a_case("Hello"), True, None, "a person would have to ask what"),
    ],
)
def test_the_staff_decides(case: Case, confirm: bool, expected: Decision | None, reason: str) -> None:  # noqa: FBT001 - a table's column
    """The staff gives what is asked for, and asks before it takes anything away."""
    assert expected == decide(case, confirm=confirm), reason


MINUTE = timedelta(minutes=1)
PACED = Settings(pace=60)


@pytest.mark.parametrize(
    ("case", "settings", "expected", "reason"),
    [
        (a_case(request(2)), Settings(), None, "without a pace the staff waits for a command"),
        (a_case(request(2)), PACED, Move(at=NOON + MINUTE, decision=Grant(close=True)), "a minute after filing"),
        (
            a_case(request(2), "AWS: soon", "please hurry"),
            PACED,
            Move(at=NOON + 3 * MINUTE, decision=Grant(close=True)),
            "a minute after what the customer wrote last",
        ),
        (a_case("Hello"), PACED, None, "what cannot be read stays for a command"),
        (a_case(request(2), status=RESOLVED), PACED, None, "a closed case is left alone"),
        (
            a_case(request(2), "AWS: why?", status=PENDING_CUSTOMER_ACTION),
            PACED,
            Move(at=NOON + MINUTE + timedelta(days=5), decision=Resolve()),
            "the customer is silent for five days",
        ),
        (
            a_case(request(2), "AWS: why?", status=PENDING_CUSTOMER_ACTION),
            Settings(pace=60, auto_resolve_days=None),
            None,
            "silence can be told not to end a case",
        ),
    ],
)
def test_the_staff_keeps_its_pace(case: Case, settings: Settings, expected: Move | None, reason: str) -> None:
    """What happens next in a case, and when, follows from the case and the settings alone."""
    assert expected == next_move(case, settings), reason


def test_the_staff_names_what_it_did() -> None:
    """Messages name the addresses, and say when there will be no more."""
    assert "We have added 2 dedicated IP addresses to your account in eu-west-1: a, b." in granted_text(
        "eu-west-1", ["a", "b"], is_short=False
    )
    assert "We have added 1 dedicated IP address to your account in eu-west-1: a. We cannot add more" in granted_text(
        "eu-west-1", ["a"], is_short=True
    )
    assert "you asked for in eu-west-1 are all there." in granted_text("eu-west-1", [], is_short=False)
    assert "We have removed 1 dedicated IP address" in removed_text("eu-west-1", ["a"])
    assert "are not in your account" in removed_text("eu-west-1", [])


def test_a_message_is_never_longer_than_aws_allows() -> None:
    """A question about very many addresses names the first hundred."""
    text = confirm_text([f"203.0.113.{number}" for number in range(700)])

    assert " and 600 more; this cannot be reversed." in text
    assert len(text) < 8_000
