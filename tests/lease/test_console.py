"""Console filing: which forms are pending, what replaces them, and what to write in open cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.tables import table

from dedicated_ip_provider.lease.console import (
    ToWrite,
    before_forms,
    cases_as_forms,
    to_write,
    why_no_form,
    with_forms,
    without_forms,
)
from dedicated_ip_provider.lease.decision import Action, Amend, Confirm, Nothing, Refuse, Resolve, Wish, Withdraw
from lease.values import (
    NOW,
    OTHER_NONCE,
    PENDING,
    RESOLVED,
    A,
    B,
    C,
    D,
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
    from dedicated_ip_provider.lease.model import Memory, Observation, PendingForm

OPEN = request()
CLOSED = request(status=RESOLVED)
ASKED = request(asks=1)
QUESTION = relinquish(A, status=PENDING)
FIRST = memory(count=None, attempt=0)
Forms = tuple["PendingForm", ...]


def wish(count: int = 3, *, lowered: bool = False, **others: object) -> Wish:
    """Return what a command wants of a lease with console filing; `lowered`: the user lowered the count."""
    return Wish(lease=lease(count, filing="console", **others), may_relinquish=lowered)


ENDING = Wish(lease=lease(filing="console"), ending=True)

WAITING: list[tuple[str, Wish, Memory, Observation, Forms]] = [
    # Which forms wait; the latest case of a memory has number 1.
    ("a new lease requests all", wish(), FIRST, seen(), (form(asks=3),)),
    ("a count of 0", wish(0), FIRST, seen(), ()),
    ("a higher count requests the difference", wish(5), memory(A, B, C), seen(A, B, C), (form(asks=2),)),
    ("a lower count relinquishes the difference", wish(2, lowered=True), memory(A, B, C), seen(A, B, C), (form(A),)),
    ("`relinquish_first` names it", wish(2, lowered=True, relinquish_first=(C,)), memory(A, B, C), seen(A, B, C), (form(C),)),
    ("more came than were requested: nobody lowered the count", wish(2), memory(A, B, C, count=2), seen(A, B, C), ()),
    ("what is doubtful stays", wish(0, lowered=True), memory(A, B, doubtful=frozenset((A,))), seen(A, B), (form(B),)),
    ("nothing changed since AWS said no", wish(), memory(A), seen(A), ()),
    ("`attempt` was raised", wish(attempt=2), memory(A), seen(A), (form(asks=2),)),
    ("a request is open: it is amended there", wish(5), memory(cases=(followed(OPEN, by_form=True),)), seen(cases=(OPEN,)), ()),
    ("a case may have been filed that AWS does not list yet", wish(5), memory(intent=intent()), seen(), ()),
    ("the end relinquishes all", ENDING, memory(A, B), seen(A, B), (form(A, B),)),
    ("the end requests nothing", ENDING, memory(), seen(), ()),
    # What stays.
    ("nothing changed: the same form waits", wish(), memory(number=2, forms=(form(asks=3),)), seen(), (form(asks=3),)),
    ("one has come, and the rest is still missing", wish(), memory(A, number=2, forms=(form(asks=3, arrived=1),)), seen(A), (form(asks=3, arrived=1),)),
    ("what it relinquishes is still one too many", wish(2), memory(A, B, C, number=2, count=2, forms=(form(A),)), seen(A, B, C), (form(A),)),
    ("more came than were requested: nobody said that they go", wish(2), memory(A, B, C, D, number=2, count=2, forms=(form(A),)), seen(A, B, C, D), (form(A),)),
    # What replaces: the number, and so the mark, stays the same.
    ("the count rises", wish(5), memory(number=2, forms=(form(asks=3),)), seen(), (form(asks=5),)),
    ("the count falls", wish(1, lowered=True), memory(number=2, forms=(form(asks=3),)), seen(), (form(asks=1),)),
    ("an address vanished", wish(), memory(A, B, number=2, forms=(form(asks=1),)), seen(A), (form(asks=2),)),
    ("fewer are wanted: more go", wish(1, lowered=True), memory(A, B, C, number=2, count=2, forms=(form(A),)), seen(A, B, C), (form(A, B),)),
    ("more are wanted: fewer go", wish(2), memory(A, B, C, number=2, count=1, forms=(form(A, B),)), seen(A, B, C), (form(A),)),
    ("one that was to go has gone by itself", wish(1), memory(A, B, C, number=2, count=1, forms=(form(A, B),)), seen(B, C), (form(B),)),
    # What ends.
    ("nothing is missing any more", wish(1, lowered=True), memory(A, number=2, forms=(form(asks=2),)), seen(A), ()),
    ("all are wanted again", wish(3), memory(A, B, C, number=2, count=2, forms=(form(A),)), seen(A, B, C), ()),
    ("more are wanted than ever: the other form has the next number", wish(4), memory(A, B, C, number=2, count=2, forms=(form(A),)), seen(A, B, C), (form(number=3, asks=1),)),
    ("fewer are wanted than are here", wish(1, lowered=True), memory(A, B, number=2, forms=(form(asks=1),)), seen(A, B), (form(A, number=3),)),
    ("the end drops a request", ENDING, memory(A, number=2, forms=(form(asks=2),)), seen(A), (form(A, number=3),)),
]  # fmt: skip


@table("reason, wanted, remembered, shown, expected", WAITING)
def test_forms_wait_for_what_is_missing_or_too_much(
    reason: str, wanted: Wish, remembered: Memory, shown: Observation, expected: Forms
) -> None:
    """A form that is still right stays as it is; doing the same again changes nothing."""
    after = with_forms(wanted, view(remembered, shown))

    assert expected == after.forms, reason
    assert max((remembered.number, *(each.number for each in expected))) == after.number
    again = replace(after, count=wanted.count, attempt=wanted.lease.attempt)
    assert expected == with_forms(wanted, view(again, shown)).forms


def test_a_request_that_a_delete_drops_is_wanted_again_later() -> None:
    """If a later run continues the lease, it requests what the form asked for."""
    assert 0 == with_forms(ENDING, view(memory(forms=(form(asks=2),), attempt=2), seen())).attempt


def test_a_form_takes_the_place_of_a_request_that_was_closed_short() -> None:
    """It asks for all that is missing; relinquish cases are still followed."""
    before = memory(A, cases=(followed(CLOSED, arrived=1), followed(relinquish(B))))

    after = with_forms(wish(attempt=2), view(before, seen(A, B, cases=(CLOSED, relinquish(B)))))

    assert ((followed(relinquish(B)),), (form(asks=2),), 2) == (after.cases, after.forms, after.owed)


WRITING: list[tuple[str, Wish, Memory, Observation, tuple[ToWrite, ...]]] = [
    ("nothing is open", wish(), memory(number=2, forms=(form(asks=3),)), seen(), ()),
    ("as many are on their way as are missing", wish(), memory(cases=(followed(OPEN),)), seen(cases=(OPEN,)), ()),
    ("the count rises", wish(5), memory(cases=(followed(OPEN),)), seen(cases=(OPEN,)), (Amend(case=OPEN, asks=5),)),
    ("the count rises after one of three came", wish(5), memory(A, cases=(followed(OPEN, arrived=1),)), seen(A, cases=(OPEN,)), (Amend(case=OPEN, asks=5),)),
    ("the count falls to what came", wish(1), memory(A, cases=(followed(OPEN, arrived=1),)), seen(A, cases=(OPEN,)), (Withdraw(case=OPEN),)),
    ("all came, and AWS has not closed the case yet", wish(1), memory(A, cases=(followed(ASKED, arrived=1),)), seen(A, cases=(ASKED,)), ()),
    ("more came than were requested", wish(1), memory(A, B, cases=(followed(ASKED, arrived=1),)), seen(A, B, cases=(ASKED,)), ()),
    ("addresses go: first the request is withdrawn", wish(1), memory(A, B, cases=(followed(ASKED, arrived=1),), forms=(form(A),)), seen(A, B, cases=(ASKED,)), (Withdraw(case=ASKED),)),
    ("the end", ENDING, memory(A, cases=(followed(ASKED, arrived=1),)), seen(A, cases=(ASKED,)), (Withdraw(case=ASKED),)),
    ("it was withdrawn, and is still open", wish(), memory(), seen(cases=(request(withdrawn=True),)), (Resolve(case=request(withdrawn=True)),)),
    ("the same, beside a request whose count rises", wish(5), memory(cases=(followed(OPEN),)), seen(cases=(OPEN, request(8, withdrawn=True))), (Resolve(case=request(8, withdrawn=True)), Amend(case=OPEN, asks=5))),
    ("AWS asks, and nobody said yes", wish(1), memory(A, B, cases=(followed(QUESTION),)), seen(A, B, cases=(QUESTION,)), ()),
    ("AWS asks, and the user said yes", wish(1, confirm_relinquish=True), memory(A, B, cases=(followed(QUESTION),)), seen(A, B, cases=(QUESTION,)), (Confirm(case=QUESTION),)),
]  # fmt: skip


@table("reason, wanted, remembered, shown, expected", WRITING)
def test_a_person_is_told_what_to_write_in_open_cases(
    reason: str, wanted: Wish, remembered: Memory, shown: Observation, expected: tuple[ToWrite, ...]
) -> None:
    """The same as would be sent through the Support API."""
    assert expected == to_write(wanted, view(remembered, shown)), reason


NOT_YET = Refuse(
    what="eu (eu-west-1): case 1700000002, which relinquishes addresses, was filed through the Support API and is still "
    "open, and `filing` is `console` now.",
    next_step='Nothing was filed. Set `filing="support-api"` again, or run `pulumi up` again when the case is closed.',
)
SWITCHED: list[tuple[str, Memory, Observation, Action]] = [
    ("nothing is open", memory(A), seen(A), Nothing()),
    ("a person filed what is open", memory(cases=(followed(OPEN, by_form=True),)), seen(cases=(OPEN,)), Nothing()),
    ("another lease's case", memory(), seen(cases=(request(nonce=OTHER_NONCE),)), Nothing()),
    ("a request is withdrawn, and the form printed", memory(cases=(followed(OPEN),)), seen(cases=(OPEN,)), Withdraw(case=OPEN, for_form=True)),
    ("a case that relinquishes has to be closed first", memory(A, cases=(followed(relinquish(A)),)), seen(A, cases=(relinquish(A),)), NOT_YET),
    ("both are open: nothing is withdrawn before", memory(A, cases=(followed(OPEN), followed(relinquish(A)))), seen(A, cases=(OPEN, relinquish(A))), NOT_YET),
]  # fmt: skip


@table("reason, remembered, shown, expected", SWITCHED)
def test_a_person_takes_over_from_the_support_api(
    reason: str, remembered: Memory, shown: Observation, expected: Action
) -> None:
    """An open request must not be made a second time by a form."""
    assert expected == before_forms(wish(), view(remembered, shown)), reason


SWITCHED_BACK: list[tuple[str, Memory, Memory]] = [
    ("no form waits", memory(A), memory(A)),
    ("a request: what it asked for is still wanted", memory(A, forms=(form(asks=2),)), memory(A, attempt=0)),
    ("what was to go: its count is not reached yet", memory(A, B, C, count=1, forms=(form(A, B),)), memory(A, B, C, attempt=0)),
    ("no count was acted on before", memory(A, count=None, forms=(form(A),)), memory(A, count=1, attempt=0)),
]  # fmt: skip


@table("reason, before, expected", SWITCHED_BACK)
def test_the_support_api_takes_over_from_a_person(reason: str, before: Memory, expected: Memory) -> None:
    """A form that nobody filed is dropped, and the same is filed as a case."""
    assert expected == without_forms(before), reason


NO_USE_CASE = Refuse(
    what="eu (eu-west-1) cannot request 3 dedicated IP addresses: AWS asks what you send, and `use_case` is missing.",
    next_step="Nothing was filed. Describe your mail in `use_case`, then run `pulumi up` again.",
)
STRANGE = request(7, nonce=OTHER_NONCE, holder="shop/test/mail")
NOT_APART = Refuse(
    what="eu (eu-west-1) cannot request 3 dedicated IP addresses: case 1700000007, filed by shop/test/mail and marked "
    "DIP-eu-west-1-7-m4x2, is open in eu-west-1, and new addresses could not be told apart.",
    next_step="Nothing was filed. Close case 1700000007 in the Support Center, or wait until AWS has, then run "
    "`pulumi up` again.",
)
FILLED: list[tuple[str, Wish, Memory, Observation, Refuse | None]] = [
    ("a request without a use case", wish(use_case=None), FIRST, seen(), NO_USE_CASE),
    ("a request with one", wish(), FIRST, seen(), None),
    ("another lease's request is open", wish(), FIRST, seen(cases=(STRANGE,)), NOT_APART),
    ("the form waits already", wish(use_case=None), memory(number=2, forms=(form(asks=3),)), seen(), None),
    ("relinquishing needs none", wish(1, lowered=True, use_case=None), memory(A, B), seen(A, B), None),
]  # fmt: skip


@table("reason, wanted, remembered, shown, expected", FILLED)
def test_a_form_that_cannot_be_filled_in_is_refused(
    reason: str, wanted: Wish, remembered: Memory, shown: Observation, expected: Refuse | None
) -> None:
    """With the same error as a case."""
    now = view(remembered, shown)

    assert expected == why_no_form(wanted, now, with_forms(wanted, now)), reason


UNREAD: list[tuple[str, Memory, Memory]] = [
    # reason, remembered: the same without the cases that nobody can read
    ("nothing is open", memory(A), memory(A)),
    ("a request", memory(A, cases=(followed(OPEN, arrived=1),)), memory(A, forms=(form(number=1, asks=3, arrived=1, may_be_filed=True),))),
    ("a request that closed with a shortfall stays known", memory(cases=(followed(CLOSED),)), memory(cases=(followed(CLOSED),))),
    ("a relinquish case beside a form that waits", memory(A, B, cases=(followed(relinquish(A)),), forms=(form(B, number=3),)), memory(A, B, forms=(form(A, B, number=3, may_be_filed=True),))),
    ("a form of the other kind stays as it is", memory(A, cases=(followed(relinquish(A)),), forms=(form(number=3, asks=2),)), memory(A, forms=(form(number=3, asks=2), form(A, may_be_filed=True)))),
    ("a case that may have been filed just now", memory(intent=intent(minutes_ago=9)), memory(intent=intent(minutes_ago=9))),
    ("a case that may have been filed long ago", memory(intent=intent(minutes_ago=10, count=5, attempt=2)), memory(number=2, count=5, attempt=2, forms=(form(asks=3, may_be_filed=True),))),
]  # fmt: skip


@table("reason, remembered, expected", UNREAD)
def test_what_nobody_can_read_waits_as_a_form(reason: str, remembered: Memory, expected: Memory) -> None:
    """It may be open still, so a person searches for it before filing."""
    assert expected == cases_as_forms(remembered, NOW), reason
