"""What people read of a lease: status, message and figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.tables import table

from dedicated_ip_provider.lease.status import describe, status_of
from lease.values import (
    OTHER_NONCE,
    PENDING,
    RESOLVED,
    A,
    B,
    C,
    D,
    E,
    F,
    address,
    followed,
    form,
    intent,
    lease,
    memory,
    relinquish,
    request,
    seen,
    view,
)

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Lease, Memory, Observation

OPEN = request()
CLOSED = request(status=RESOLVED)
ASKED = request(asks=1)
GOING = relinquish(A)
QUESTION = relinquish(A, status=PENDING)
WAITING = memory(cases=(followed(OPEN),))
ALL = (A, B, C, D, E, F)
G = "192.0.2.7"
FIVE = "192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5"
CONSOLE = "https://console.aws.amazon.com/support/home#/case/create"
BEING = "Being relinquished: 192.0.2.1."
ADOPT = "The account also has 192.0.2.9 in eu-west-1, which the lease does not hold; name it in `adopt` to add it to the lease."

MESSAGES: list[tuple[str, Lease, Memory, Observation, int, str, str]] = [
    # reason, declared, remembered, AWS shows, texts that wait: status, message
    ("AWS asks to confirm", lease(1), memory(A, B, cases=(followed(QUESTION),)), seen(A, B, cases=(QUESTION,)), 0, "action_required", "AWS is asking you to confirm the relinquishment of 192.0.2.1 in case 1700000002: reply there, or set `confirm_relinquish` and run `pulumi up`."),
    ("AWS asks to confirm a long list", lease(0), memory(*ALL, cases=(followed(relinquish(*ALL)),)), seen(*ALL, cases=(relinquish(*ALL, status=PENDING),)), 0, "action_required", f"AWS is asking you to confirm the relinquishment of {FIVE} and 1 more in case 1700000002: reply there, or set `confirm_relinquish` and run `pulumi up`."),
    ("AWS still asks after a yes", lease(1), memory(A, B, cases=(followed(QUESTION),)), seen(A, B, cases=(replace(QUESTION, confirmed=True),)), 0, "action_required", f"AWS is waiting for your reply in case 1700000002: reply there, or AWS will close it. {BEING}"),
    ("AWS asks about a request", lease(), WAITING, seen(cases=(request(status=PENDING),)), 0, "action_required", "AWS is waiting for your reply in case 1700000001: reply there, or AWS will close it."),
    ("its number is not known", lease(), WAITING, seen(cases=(request(status=PENDING, display_id=None),)), 0, "action_required", "AWS is waiting for your reply in case case-111122223333-1: reply there, or AWS will close it."),
    ("a request may have been filed", lease(), memory(intent=intent()), seen(), 0, "unconfirmed", "A case that requests 3 dedicated IP addresses may have been filed as DIP-eu-west-1-2-k3f9: AWS's answer was lost, and AWS does not list the case yet. Run `pulumi refresh` after 2026-11-26 12:09 UTC; until then nothing more is filed."),
    ("a relinquishment may have been filed", lease(0), memory(A, intent=intent("relinquish", addresses=frozenset((A,)))), seen(A), 0, "unconfirmed", "A case that relinquishes 192.0.2.1 may have been filed as DIP-eu-west-1-2-k3f9: AWS's answer was lost, and AWS does not list the case yet. Run `pulumi refresh` after 2026-11-26 12:09 UTC; until then nothing more is filed."),
    ("all came and vanished again, and AWS has not closed the case yet", lease(0), memory(count=0, cases=(followed(ASKED, arrived=1),)), seen(cases=(ASKED,)), 0, "requested", "The lease holds no address, as declared; AWS has not closed case 1700000001 yet."),
    ("a text waits", lease(), memory(forms=(form(asks=3),)), seen(), 1, "to_file", f"One text is waiting for you to file: see `form_text`. Open cases at {CONSOLE}."),
    ("two texts wait, and one of them relinquishes", lease(1), memory(A, B, forms=(form(A),)), seen(A, B), 2, "to_file", f"2 texts are waiting for you to file: see `form_text`. Open cases at {CONSOLE}. To be relinquished: 192.0.2.1."),
    ("nothing has come", lease(), WAITING, seen(cases=(OPEN,)), 0, "requested", "AWS is working on case 1700000001: 3 of 3 still to come; the lease holds no address."),
    ("one has come", lease(), WAITING, seen(A, cases=(OPEN,)), 0, "requested", "AWS is working on case 1700000001: 2 of 3 still to come; the lease holds 1 dedicated IP address."),
    ("two have come", lease(), WAITING, seen(A, B, cases=(OPEN,)), 0, "requested", "AWS is working on case 1700000001: 1 of 3 still to come; the lease holds 2 dedicated IP addresses."),
    ("all have come", lease(), WAITING, seen(A, B, C, cases=(OPEN,)), 0, "requested", "The lease holds 3 dedicated IP addresses, as declared; AWS has not closed case 1700000001 yet."),
    ("AWS does not list the case", lease(), WAITING, seen(), 0, "requested", "AWS is working on case 1700000001: 3 of 3 still to come; the lease holds no address."),
    ("some are being relinquished", lease(1), memory(A, B, cases=(followed(GOING),)), seen(A, B, cases=(GOING,)), 0, "relinquishing", "AWS is working on case 1700000002, which relinquishes 192.0.2.1; the lease holds 1 dedicated IP address."),
    ("six are being relinquished", lease(1), memory(*ALL, G, cases=(followed(relinquish(*ALL)),)), seen(*ALL, G), 0, "relinquishing", f"AWS is working on case 1700000002, which relinquishes {FIVE} and 1 more; the lease holds 1 dedicated IP address."),
    ("what goes is gone, and the case is open", lease(1), memory(B, cases=(followed(GOING),)), seen(B, cases=(GOING,)), 0, "relinquishing", "AWS is working on case 1700000002, which relinquishes addresses; the lease holds 1 dedicated IP address."),
    ("an earlier lease of the Region relinquishes", lease(0), memory(others=(A,), cases=(followed(relinquish(A, nonce=OTHER_NONCE)),)), seen(A), 0, "relinquishing", "AWS is working on case 1700000002, which relinquishes addresses; the lease holds no address."),
    ("more are here than declared", lease(2), memory(A, B, C, count=2), seen(A, B, C), 0, "over", "The lease holds 3 dedicated IP addresses, 1 more than declared: raise `count` to 3 to keep all; to relinquish some, lower it again after that."),
    ("more came than were requested", lease(1), memory(count=1, cases=(followed(ASKED),)), seen(A, B, cases=(request(asks=1, status=RESOLVED),)), 0, "over", "The lease holds 2 dedicated IP addresses, 1 more than declared: raise `count` to 2 to keep all; to relinquish some, name the lease's own in `adopt`, and lower it again after that. More arrived than were requested: 192.0.2.1, 192.0.2.2 may be somebody else's, and the lease relinquishes none of them until `adopt` names it."),
    ("no case was filed for a lower count", lease(2), memory(A, B, C), seen(A, B, C), 0, "over", "The lease holds 3 dedicated IP addresses, 1 more than declared: no case was filed to relinquish any; run `pulumi up`."),
    ("no case was filed for a higher count", lease(4), memory(A, B, C), seen(A, B, C), 0, "short", "The lease holds 3 of 4 dedicated IP addresses; no case was filed for the rest: run `pulumi up`."),
    ("no case was filed for another attempt", lease(attempt=2), memory(A), seen(A), 0, "short", "The lease holds 1 of 3 dedicated IP addresses; no case was filed for the rest: run `pulumi up`."),
    ("AWS gave fewer", lease(), memory(A, cases=(followed(CLOSED, arrived=1),)), seen(A, cases=(CLOSED,)), 0, "short", "The lease holds 1 of 3 dedicated IP addresses; case 1700000001 is closed, and no more are requested until you raise `attempt` or change `count`."),
    ("AWS said no to one", lease(1), memory(count=1, cases=(followed(ASKED),)), seen(cases=(request(asks=1, status=RESOLVED),)), 0, "short", "The lease holds 0 of 1 dedicated IP address; case 1700000001 is closed, and no more are requested until you raise `attempt` or change `count`."),
    ("no case is known", lease(2), memory(A, count=2), seen(A), 0, "short", "The lease holds 1 of 2 dedicated IP addresses; no more are requested until you raise `attempt` or change `count`."),
    ("an address vanished", lease(2), memory(A, B, count=2), seen(A), 0, "short", "The lease holds 1 of 2 dedicated IP addresses; no more are requested until you raise `attempt` or change `count`. Gone from the account: 192.0.2.2."),
    ("one is here", lease(1), memory(A), seen(A), 0, "active", "The lease holds 1 dedicated IP address, as declared."),
    ("as many as wanted are here", lease(), memory(A, B, C), seen(A, B, C), 0, "active", "The lease holds 3 dedicated IP addresses, as declared."),
    ("none is wanted", lease(0), memory(), seen(), 0, "active", "The lease holds no address, as declared."),
    ("one is somebody else's", lease(1), memory(A, others=("192.0.2.9",)), seen(A, "192.0.2.9"), 0, "active", f"The lease holds 1 dedicated IP address, as declared. {ADOPT}"),
    ("a request is open that nobody follows", lease(0), memory(), seen(cases=(replace(ASKED, nonce=OTHER_NONCE),)), 0, "active", "The lease holds no address, as declared. Case 1700000001, which requests 1 dedicated IP address, is open in eu-west-1, and the lease does not follow it: close it in the Support Center, or AWS will lease and bill addresses that the lease does not hold."),
    ("a request of the lease was opened again", lease(1), memory(A), seen(A, cases=(ASKED,)), 0, "active", "The lease holds 1 dedicated IP address, as declared. Case 1700000001, which requested 1 dedicated IP address for this lease, is open again: close it in the Support Center once AWS has answered; until then no more addresses can be requested."),
    ("a relinquish case of the lease was opened again", lease(1), memory(A, B), seen(A, B, cases=(relinquish(B),)), 0, "relinquishing", "AWS is working on case 1700000002, which relinquishes 192.0.2.2; the lease holds 1 dedicated IP address."),
    ("more arrived than were requested, and the case is open", lease(1), memory(A, B, cases=(followed(ASKED, arrived=1),)), seen(A, B, cases=(ASKED,)), 0, "requested", "The lease holds 2 dedicated IP addresses, 1 more than declared; AWS has not closed case 1700000001 yet."),
    ("six are somebody else's", lease(0), memory(others=ALL), seen(*ALL), 0, "active", f"The lease holds no address, as declared. The account also has {FIVE} and 1 more in eu-west-1, which the lease does not hold; name them in `adopt` to add them to the lease."),
    ("SES lists what is no IPv4 address", lease(1), memory(A), seen(A, unreadable=tuple(f"2001:db8::{number}" for number in range(1, 7))), 0, "active", "The lease holds 1 dedicated IP address, as declared. Ignored, not an IPv4 address: 2001:db8::1, 2001:db8::2, 2001:db8::3, 2001:db8::4, 2001:db8::5 and 1 more."),
]  # fmt: skip


@table("reason, declared, remembered, shown, forms, status, message", MESSAGES)
def test_a_lease_has_a_status_and_a_message(  # noqa: PLR0913, PLR0917 - the columns of the table
    reason: str, declared: Lease, remembered: Memory, shown: Observation, forms: int, status: str, message: str
) -> None:
    """Messages are whole sentences that name at most five addresses."""
    said = describe(declared, view(remembered, shown), texts=("",) * forms)

    assert (status, message) == (said.status, said.message), reason


def test_a_status_without_a_form_is_not_to_file() -> None:
    """There is none unless a person files."""
    assert "requested" == status_of(lease(), view(WAITING, seen(cases=(OPEN,))))


def test_notes_come_last() -> None:
    """For example, why the record could not be read."""
    said = describe(lease(1), view(memory(A), seen(A)), notes=("One.", "Two."))

    assert "The lease holds 1 dedicated IP address, as declared. One. Two." == said.message


# In each row, this status and all below it apply.
ASKING, WORKING = relinquish(A, number=3, status=PENDING), relinquish(A, number=3)
BOTH = (followed(OPEN, arrived=2), followed(WORKING))
PRECEDENCE = [
    ("action_required", lease(1), memory(A, B, C, cases=BOTH, intent=intent(number=4)), (OPEN, ASKING), 1),
    ("unconfirmed", lease(1), memory(A, B, C, cases=BOTH, intent=intent(number=4)), (OPEN, WORKING), 1),
    ("to_file", lease(1), memory(A, B, C, cases=BOTH), (OPEN, WORKING), 1),
    ("requested", lease(1), memory(A, B, C, cases=BOTH), (OPEN, WORKING), 0),
    ("relinquishing", lease(1), memory(A, B, C, cases=BOTH[1:]), (WORKING,), 0),
    ("over", lease(1), memory(A, B, C), (), 0),
    ("short", lease(4), memory(A, B, C), (), 0),
    ("active", lease(3), memory(A, B, C), (), 0),
]


@table("status, declared, remembered, cases, forms", PRECEDENCE)
def test_where_several_hold_the_first_is_the_status(
    status: str, declared: Lease, remembered: Memory, cases: tuple[object, ...], forms: int
) -> None:
    """What waits for the user comes before what waits for AWS."""
    shown = seen(A, B, C, cases=cases)  # type: ignore[arg-type]  # cases, as the table has them

    assert status == describe(declared, view(remembered, shown), texts=("",) * forms).status


def test_another_leases_case_does_not_count() -> None:
    """It waits for somebody else."""
    others = (request(8, nonce=OTHER_NONCE, status=PENDING), relinquish(B, number=9, nonce=OTHER_NONCE, status=PENDING))

    assert "active" == describe(lease(1), view(memory(A), seen(A, B, cases=others))).status


LINKS = [
    ("the one that waits for a person", memory(A, cases=(followed(OPEN), followed(WORKING))), (OPEN, ASKING), ASKING),
    ("the open request", memory(A, cases=(followed(WORKING), followed(OPEN))), (WORKING, OPEN), OPEN),
    ("the open relinquishment", memory(A, cases=(followed(WORKING),)), (CLOSED, WORKING), WORKING),
    ("none is open: the latest", memory(A), (relinquish(number=2, status=RESOLVED), CLOSED), relinquish(status=RESOLVED)),
    ("a form is no case", memory(forms=(form(asks=3),)), (CLOSED,), CLOSED),
    ("another lease's case is none of this one's", memory(A), (request(nonce=OTHER_NONCE, status=RESOLVED),), None),
]  # fmt: skip


@table("reason, remembered, cases, expected", LINKS)
def test_a_status_points_to_a_case(
    reason: str, remembered: Memory, cases: tuple[object, ...], expected: object
) -> None:
    """The one that the message is about; otherwise the lease's latest."""
    shown = seen(A, cases=cases)  # type: ignore[arg-type]  # cases, as the table has them

    assert expected == describe(lease(), view(remembered, shown)).case, reason


FIGURES: list[tuple[str, Lease, Memory, Observation, tuple[int, int, int]]] = [
    # declared, remembered, AWS shows: leased, requested, shortfall
    ("nothing", lease(0), memory(), seen(), (0, 0, 0)),
    ("on its way", lease(), WAITING, seen(A, cases=(OPEN,)), (1, 2, 0)),
    ("as a form: nobody requested it yet", lease(), memory(forms=(form(asks=3),)), seen(), (0, 0, 3)),
    ("closed short", lease(), memory(A, cases=(followed(CLOSED, arrived=1),)), seen(A, cases=(CLOSED,)), (1, 0, 2)),
    ("addresses being relinquished cost until they are gone", lease(2), memory(A, B, C, cases=(followed(GOING),)), seen(A, B, C, cases=(GOING,)), (3, 0, 0)),
    ("one more than declared", lease(1), memory(A, B), seen(A, B), (2, 0, 0)),
    ("addresses of others cost the lease nothing", lease(1), memory(A, others=(B,)), seen(A, B), (1, 0, 0)),
]  # fmt: skip


@table("reason, declared, remembered, shown, expected", FIGURES)
def test_figures_are_of_what_is_here(
    reason: str, declared: Lease, remembered: Memory, shown: Observation, expected: tuple[int, int, int]
) -> None:
    """What was requested is never shown as granted."""
    said = describe(declared, view(remembered, shown))

    assert expected == (said.leased_count, said.requested_count, said.shortfall), reason


def test_warming_are_the_leases_addresses_whose_warm_up_is_not_done() -> None:
    """Without those being relinquished, and without figures that change daily."""
    remembered = memory(A, B, C, others=(D,), cases=(followed(GOING),))
    shown = seen(address(C, warm=99), address(B, warm=100), A, D, cases=(GOING,))

    assert (C,) == describe(lease(2), view(remembered, shown)).warming


SETTLED = memory(A, count=1)
DUE: list[tuple[str, Lease, Memory, Observation, bool]] = [
    ("all is done", lease(1), SETTLED, seen(A), False),
    ("a request is open", lease(), WAITING, seen(A, cases=(OPEN,)), False),
    ("AWS said no", lease(), memory(cases=(followed(CLOSED),)), seen(cases=(CLOSED,)), False),
    ("more came than were requested", lease(1), memory(A, B, count=1), seen(A, B), False),
    ("a case that relinquishes is open", lease(1), memory(A, B, count=1, cases=(followed(GOING),)), seen(A, B, cases=(GOING,)), False),
    ("a case may have been filed", lease(), memory(intent=intent()), seen(), True),
    ("it was not filed: its count was not acted on", lease(), memory(count=1, intent=intent(minutes_ago=11)), seen(), True),
    ("it was not filed: its attempt was not acted on", lease(attempt=2), memory(intent=intent(minutes_ago=11)), seen(), True),
    ("`attempt` was lowered", lease(1), replace(SETTLED, attempt=2), seen(A), False),
    ("a request was called off and is still open", lease(1), SETTLED, seen(A, cases=(request(withdrawn=True),)), True),
    ("more is on its way than is wanted", lease(1), memory(A, count=1, cases=(followed(ASKED),)), seen(A, cases=(ASKED,)), True),
    ("more is on its way than is wanted, and a person writes to AWS", lease(1, filing="console"), memory(A, count=1, cases=(followed(ASKED),)), seen(A, cases=(ASKED,)), False),
    ("what was short is not wanted any more, but AWS has closed it", lease(1), memory(A, count=1, cases=(followed(CLOSED),)), seen(A, cases=(CLOSED,)), False),
    ("a list was cut off", lease(1), memory(A, B, count=1, cases=(followed(GOING),)), seen(A, B, cases=(relinquish(A, parts=2),)), True),
    ("a list was cut off, and a person writes to AWS", lease(1, filing="console"), memory(A, B, count=1, cases=(followed(GOING),)), seen(A, B, cases=(relinquish(A, parts=2),)), False),
    ("somebody else's list was cut off", lease(1), SETTLED, seen(A, B, cases=(relinquish(B, parts=2, nonce=OTHER_NONCE),)), False),
]  # fmt: skip


@table("reason, declared, remembered, shown, due", DUE)
def test_a_next_update_has_something_to_do(
    reason: str, declared: Lease, remembered: Memory, shown: Observation, *, due: bool
) -> None:
    """Even if no input changed; nothing else shows as a change."""
    assert due == describe(declared, view(remembered, shown)).due, reason


@pytest.mark.parametrize("case", [QUESTION, GOING], ids=["asks", "does not ask"])
def test_a_question_of_aws_is_told_apart(case: object) -> None:
    """Only then does an update with `confirm_relinquish` have something to do."""
    shown = seen(A, B, cases=(case,))  # type: ignore[arg-type]  # a case, as the table has it

    said = describe(lease(1), view(memory(A, B, count=1, cases=(followed(GOING),)), shown))

    assert (case is QUESTION, False) == (said.question, said.due)
