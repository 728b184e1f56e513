"""AWS's staff: how they read a case, and what they do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from support.tables import table

from dedicated_ip_provider.emulator import Emulator, Settings, staff
from dedicated_ip_provider.emulator.staff import (
    ConfirmQuestion,
    Grant,
    Refuse,
    Relinquishment,
    Remove,
    Request,
    Resolve,
)
from dedicated_ip_provider.emulator.values import PENDING_CUSTOMER_ACTION, RESOLVED, STAFF, with_message
from emulator.conftest import NOON
from emulator.messages import relinquish, request

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Case

CUSTOMER = "someone@example.com (role: operator)"


def a_case(*messages: str, status: str = "opened", asked_about: tuple[str, ...] | None = None) -> Case:
    """A case with these messages, a minute apart; those that begin with `AWS:` are the staff's."""
    emulator = Emulator(now=NOON)
    case = emulator.case(emulator.file_by_hand("s", messages[0]))
    for minute, body in enumerate(messages[1:], 1):
        author = STAFF if body.startswith("AWS:") else CUSTOMER
        case = with_message(case, author, body, NOON + timedelta(minutes=minute))
    return replace(case, status=status, asked_about=asked_about)


EU_2 = Request(region="eu-west-1", count=2)
BOTH = Relinquishment(region="eu-west-1", addresses=("192.0.2.1", "192.0.2.2"))
ONE = relinquish("192.0.2.1")
PART_2 = "Part 2 of 2:\nAddresses to relinquish: 192.0.2.2"
JAPANESE_2 = "一覧 (2/2):\n返却する IP アドレス (Addresses to relinquish): 192.0.2.2"
LISTED = "Addresses to relinquish: 192.0.2.1, 192.0.2.2"
PINPOINT = "Dedicated IP addresses requested: 2\nNew quota value: 50"


@table(
    "reason, messages, expected",
    [
        ("the lines of the form say it", [request(2)], EU_2),
        ("a form filled in on Windows says the same", [request(2).replace("\n", "\r\n")], EU_2),
        ("capitals do no harm", [request(2).upper()], EU_2),
        ("nothing is said that could be counted", ["Please give us addresses."], None),
        ("nobody knows the Region", ["New limit value: 2"], None),
        ("that is no Region", ["Region: mars\nNew limit value: 2"], None),
        ("a message without a number changes nothing", [request(2), "Thank you!"], EU_2),
        ("the newest number counts", [request(3), request(2)], EU_2),
        ("the Region is in the first message", [request(3), "New limit value: 2"], EU_2),
        ("a quoted line is read, too", [request(2), "> New limit value: 2\nyes"], EU_2),
        ("the newest Region counts", [request(2, "us-east-1"), request(2)], EU_2),
        ("what the staff wrote is not the customer's wish", [request(2), "AWS: New limit value: 9"], EU_2),
        ("a label in brackets after its translation", [request(2).replace("Region:", "リージョン (Region):")], EU_2),
        ("Pinpoint's value is a rate", [request(9).replace("New limit value: 9", PINPOINT)], EU_2),
        ("named addresses count, whatever the value is", [relinquish("192.0.2.1", "192.0.2.2")], BOTH),
        ("words and repetitions", [relinquish("192.0.2.1", "and 192.0.2.2.", "192.0.2.1")], BOTH),
        ("a list goes on in a further message", [ONE, PART_2, "Thank you!"], BOTH),
        ("in Japanese too", [ONE, JAPANESE_2], BOTH),
        ("another message between its parts", [ONE, "Please be quick.", PART_2], BOTH),
        ("the first part of a list is missing", [f"Region: eu-west-1\nPart 2 of 2:\n{LISTED}"], BOTH),
        ("a new list replaces the old one", [relinquish("192.0.2.9"), f"Part 1 of 1:\n{LISTED}"], BOTH),
        ("no address is named", [relinquish("all")], Relinquishment(region="eu-west-1", addresses=())),
    ],
)
def test_the_staff_reads_the_form(reason: str, messages: list[str], expected: Request | Relinquishment | None) -> None:
    """A case asks for what the lines of AWS's form say, in the newest message that has them."""
    assert expected == staff.read_case(a_case(*messages)), reason


MINUTE = timedelta(minutes=1)
PACED, BLUNT = Settings(pace=60), Settings(pace=60, confirm_relinquish=False)
ASKED = ("192.0.2.1",)


@table(
    "reason, case, settings, minutes, expected",
    [
        ("without a pace the staff waits for a command", a_case(request(2)), Settings(), 0, None),
        ("a request is granted in full, a minute after filing", a_case(request(2)), PACED, 1, Grant(close=True)),
        ("after the latest message", a_case(request(2), "AWS: soon", "please hurry"), PACED, 3, Grant(close=True)),
        ("nobody gets ten thousand addresses", a_case(request(10_001)), PACED, 1, Refuse()),
        ("a relinquishment cannot be undone", a_case(ONE), PACED, 1, ConfirmQuestion()),
        ("the question can be switched off", a_case(ONE), BLUNT, 1, Remove()),
        ("the question was asked already", a_case(ONE, asked_about=ASKED), PACED, 1, Remove()),
        ("the question was about another", a_case(ONE, asked_about=("192.0.2.9",)), PACED, 1, ConfirmQuestion()),
        (
            "the customer says no",
            a_case(ONE, "AWS: sure?", "Hello,\nno.", asked_about=ASKED),
            PACED,
            3,
            Refuse(staff.KEPT),
        ),
        ("a person would have to ask which", a_case(relinquish("all of them")), BLUNT, 0, None),
        ("a person would have to ask what", a_case("Hello"), PACED, 0, None),
        ("a closed case is left alone", a_case(request(2), status=RESOLVED), PACED, 0, None),
        ("five days of silence", a_case("Hi", "AWS: why?", status=PENDING_CUSTOMER_ACTION), PACED, 7201, Resolve()),
        ("silence is allowed", a_case("Hi", status=PENDING_CUSTOMER_ACTION), Settings(auto_resolve_days=None), 0, None),
    ],
)
def test_the_staff_moves_at_its_pace(
    reason: str, case: Case, settings: Settings, minutes: int, expected: staff.Decision | None
) -> None:
    """What happens next in a case, and when, follows from the case and the settings alone."""
    move = staff.Move(at=NOON + minutes * MINUTE, decision=expected) if expected else None

    assert move == staff.next_move(case, settings), reason
