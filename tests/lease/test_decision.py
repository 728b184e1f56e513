"""What is filed through the Support API, and what never is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.tables import table

from dedicated_ip_provider.lease.decision import (
    Action,
    Amend,
    Confirm,
    FileRequest,
    ListMore,
    Nothing,
    Refuse,
    Relinquish,
    Resolve,
    Wish,
    Withdraw,
    next_action,
    question_of,
)
from lease.values import (
    OTHER_NONCE,
    PENDING,
    RESOLVED,
    A,
    B,
    C,
    D,
    E,
    address,
    followed,
    intent,
    lease,
    memory,
    relinquish,
    request,
    seen,
    view,
)

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Memory, Observation

OPEN = request()
CLOSED = request(status=RESOLVED)
CALLED_OFF = request(withdrawn=True)
ASKED = request(asks=1)
WAITING = memory(cases=(followed(OPEN),))
FIRST = memory(count=None, attempt=0)
HALF = relinquish(A, parts=3, messages=2)
QUESTION = relinquish(A, status=PENDING)
STRANGE = request(7, nonce=OTHER_NONCE, holder="shop/test/mail")


def wish(count: int = 3, *, lowered: bool = False, **others: object) -> Wish:
    """Return what a command wants; `lowered`: the user lowered the count."""
    return Wish(lease=lease(count, **others), may_relinquish=lowered)


ENDING = Wish(lease=lease(), ending=True)


def _gone(*addresses: str) -> Relinquish:
    return Relinquish(addresses=frozenset(addresses))


ROWS: list[tuple[str, Wish, Memory, Observation, Action]] = [
    # A lease begins.
    ("a new lease requests all", wish(), FIRST, seen(), FileRequest(asks=3)),
    ("a count of 0 requests nothing", wish(0), FIRST, seen(), Nothing()),
    ("what is adopted counts", wish(), replace(FIRST, holds=frozenset((A, B))), seen(A, B), FileRequest(asks=1)),
    ("all is adopted", wish(2), replace(FIRST, holds=frozenset((A, B))), seen(A, B), Nothing()),
    ("more is adopted than wanted: nobody lowered the count", wish(1), replace(FIRST, holds=frozenset((A, B))), seen(A, B), Nothing()),
    ("an address of nobody is not ours", wish(1), replace(FIRST, knows=frozenset((A,))), seen(A), FileRequest(asks=1)),
    # A no from AWS is sticky.
    ("nothing changed since AWS said no", wish(), memory(cases=(followed(CLOSED),)), seen(cases=(CLOSED,)), Nothing()),
    ("AWS gave fewer", wish(), memory(A, cases=(followed(CLOSED, arrived=1),)), seen(A, cases=(CLOSED,)), Nothing()),
    ("`attempt` was raised: what is missing is requested", wish(attempt=2), memory(A, cases=(followed(CLOSED, arrived=1),)), seen(A, cases=(CLOSED,)), FileRequest(asks=2)),
    ("`attempt` was lowered", wish(attempt=1), memory(attempt=2), seen(), Nothing()),
    ("the count rose: all that is missing is requested", wish(4), memory(A), seen(A), FileRequest(asks=3)),
    ("the count fell, and some are missing all the same", wish(2, lowered=True), memory(A), seen(A), FileRequest(asks=1)),
    ("a run that could not store its end acted on the count, and AWS said no", wish(4), memory(A, count=4), seen(A), Nothing()),
    # The count rises and falls.
    ("a higher count requests the difference", wish(5), memory(A, B, C), seen(A, B, C), FileRequest(asks=2)),
    ("a lower count relinquishes the difference", wish(2, lowered=True), memory(A, B, C), seen(A, B, C), _gone(A)),
    ("a held address vanished, and refresh lowered the count", wish(3), memory(A, B, count=2), seen(A, B), FileRequest(asks=1)),
    ("`pools` alone changes: nothing is filed", wish(2, pools={"orders": 1}), memory(A, B, count=2), seen(A, B), Nothing()),
    ("a pool's number fell with the count", Wish(lease=lease(2, pools={"news": 1, "orders": 1}), may_relinquish=True, division={"news": (A,), "orders": (B, C)}), memory(A, B, C), seen(A, B, address(C, warm=50)), _gone(B)),
    ("`relinquish_first` names it", wish(2, lowered=True, relinquish_first=(C,)), memory(A, B, C), seen(A, B, C), _gone(C)),
    # Only the user's hand relinquishes.
    ("more came than were requested: shown, not acted on", wish(2), memory(A, B, C, count=2), seen(A, B, C), Nothing()),
    ("the count rises to what came", wish(3), memory(A, B, C, count=2), seen(A, B, C), Nothing()),
    ("the count falls: the user says how many stay", wish(1, lowered=True), memory(A, B, C, count=2), seen(A, B, C), _gone(A, B)),
    ("the count falls, and what was filed for the count before came to nothing", wish(1, lowered=True), replace(FIRST, holds=frozenset((A, B))), seen(A, B), _gone(A)),
    ("the count falls, though not below what was acted on last", wish(3, lowered=True), memory(A, B, C, D, count=2), seen(A, B, C, D), _gone(A)),
    ("a lower count that an earlier run acted on", wish(2, lowered=True), memory(A, B, C, count=2), seen(A, B, C), Nothing()),
    ("the count is lower than the memory's, but the user did not lower it", wish(2), memory(A, B, C), seen(A, B, C), Nothing()),
    ("what is being relinquished is not relinquished again", wish(2, lowered=True), memory(A, B, C, cases=(followed(relinquish(A)),)), seen(A, B, C, cases=(relinquish(A),)), Nothing()),
    ("AWS closed the case and took nothing: `attempt` is for requests", wish(2, attempt=2), memory(A, B, C, count=2), seen(A, B, C, cases=(relinquish(A, status=RESOLVED),)), Nothing()),
    ("a doubtful address is never relinquished before it is adopted", wish(0, lowered=True), memory(A, B, C, doubtful=frozenset((A, B))), seen(A, B, C), _gone(C)),
    ("what is certainly the lease's does not go in place of a doubtful one", wish(1, lowered=True), memory(A, B, C, doubtful=frozenset((A, B))), seen(A, B, C), Nothing()),
    ("the state's order decides, as in the preview", replace(wish(2, lowered=True), order=(C, A, B)), memory(A, B, C), seen(A, B, address(C, warm=100)), _gone(C)),
    ("what came since goes before what the preview did not name", replace(wish(1, lowered=True), order=(B, A)), memory(A, B, C), seen(A, B, C), _gone(B, C)),
    ("what was adopted in the same run goes last", replace(wish(1, lowered=True, adopt=(A,)), order=(C, B)), memory(A, B, C), seen(A, B, C), _gone(B, C)),
    ("all are doubtful", wish(1, lowered=True), memory(A, B, doubtful=frozenset((A, B))), seen(A, B), Nothing()),
    # An open request.
    ("as many are on their way as are missing", wish(), WAITING, seen(cases=(OPEN,)), Nothing()),
    ("the case is not listed yet", wish(), WAITING, seen(), Nothing()),
    ("the count rises", wish(5), WAITING, seen(cases=(OPEN,)), Amend(case=OPEN, asks=5)),
    ("the count falls", wish(1, lowered=True), WAITING, seen(cases=(OPEN,)), Amend(case=OPEN, asks=1)),
    ("the count rises after one of three came", wish(5), memory(A, cases=(followed(OPEN, arrived=1),)), seen(A, cases=(OPEN,)), Amend(case=OPEN, asks=5)),
    ("some were here before the request", wish(5), memory(A, B, cases=(followed(ASKED),)), seen(A, B, cases=(ASKED,)), Amend(case=ASKED, asks=3)),
    ("the count falls to what came", wish(1, lowered=True), memory(A, cases=(followed(OPEN, arrived=1),)), seen(A, cases=(OPEN,)), Withdraw(case=OPEN)),
    ("what was still to come is adopted", wish(1), memory(A, cases=(followed(ASKED),)), seen(A, cases=(ASKED,)), Withdraw(case=ASKED)),
    ("the count falls below what came: first it is withdrawn", wish(1, lowered=True), memory(A, B, cases=(followed(OPEN, arrived=2),)), seen(A, B, cases=(OPEN,)), Withdraw(case=OPEN)),
    ("all came, and AWS has not closed the case yet", wish(), memory(A, B, C, cases=(followed(OPEN, arrived=3),)), seen(A, B, C, cases=(OPEN,)), Nothing()),
    ("all came, and the count falls: the open case is withdrawn first", wish(2, lowered=True), memory(A, B, C, cases=(followed(OPEN, arrived=3),)), seen(A, B, C, cases=(OPEN,)), Withdraw(case=OPEN)),
    ("more came than were requested", wish(), memory(A, B, C, D, cases=(followed(OPEN, arrived=3),)), seen(A, B, C, D, cases=(OPEN,)), Nothing()),
    ("it was called off, and is closed before anything else", wish(5), memory(), seen(cases=(CALLED_OFF,)), Resolve(case=CALLED_OFF)),
    ("another lease called it off", wish(), memory(count=None), seen(cases=(replace(CALLED_OFF, nonce=OTHER_NONCE),)), Resolve(case=replace(CALLED_OFF, nonce=OTHER_NONCE))),
    ("it was called off, even while a case is unconfirmed", wish(5), memory(intent=intent()), seen(cases=(CALLED_OFF,)), Resolve(case=CALLED_OFF)),
    ("a request and a relinquishment may be open together", wish(3), memory(A, B, count=1, cases=(followed(relinquish(A)),)), seen(A, B, cases=(relinquish(A),)), FileRequest(asks=2)),
    # A case that may have been filed.
    ("AWS does not list it yet", wish(5), memory(intent=intent()), seen(), Nothing()),
    ("it was not filed: the same is filed now", wish(), replace(FIRST, intent=intent(minutes_ago=11)), seen(), FileRequest(asks=3)),
    ("it was filed, and the count has risen since", wish(5), replace(FIRST, intent=intent()), seen(cases=(request(2),)), Amend(case=request(2), asks=5)),
    ("it was filed by a run before one that wants fewer", wish(1, lowered=True), replace(FIRST, intent=intent()), seen(A, cases=(request(2),)), Withdraw(case=request(2))),
    # A long list, and AWS's question.
    ("a run was cut off in the middle of a list", wish(2), memory(A, B, count=2, cases=(followed(HALF),)), seen(A, B, cases=(HALF,)), ListMore(case=HALF)),
    ("the list is complete", wish(1), memory(A, B, count=1, cases=(followed(HALF),)), seen(A, B, cases=(replace(HALF, messages=3),)), Nothing()),
    ("somebody else's list", wish(1), memory(A, count=1), seen(A, B, cases=(replace(HALF, nonce=OTHER_NONCE),)), Nothing()),
    ("its own list, in a case that was closed and opened again", wish(1), memory(A, count=1), seen(A, B, cases=(HALF,)), ListMore(case=HALF)),
    ("AWS asks, and nobody said yes", wish(1), memory(A, B, count=1, cases=(followed(QUESTION),)), seen(A, B, cases=(QUESTION,)), Nothing()),
    ("AWS asks, and the user said yes beforehand", wish(1, confirm_relinquish=True), memory(A, B, count=1, cases=(followed(QUESTION),)), seen(A, B, cases=(QUESTION,)), Confirm(case=QUESTION)),
    ("AWS still asks after a yes", wish(1, confirm_relinquish=True), memory(A, B, count=1, cases=(followed(QUESTION),)), seen(A, B, cases=(replace(QUESTION, confirmed=True),)), Nothing()),
    ("AWS asks in somebody else's case", wish(1, confirm_relinquish=True), memory(A, count=1), seen(A, B, cases=(replace(QUESTION, nonce=OTHER_NONCE),)), Nothing()),
    ("AWS asks in a case of the lease that was opened again", wish(1, confirm_relinquish=True), memory(A, B, count=1), seen(A, B, cases=(QUESTION,)), Confirm(case=QUESTION)),
    ("AWS does not ask", wish(1, confirm_relinquish=True), memory(A, B, count=1, cases=(followed(relinquish(A)),)), seen(A, B, cases=(relinquish(A),)), Nothing()),
    # The end.
    ("all that is held", ENDING, memory(A, B), seen(A, B), _gone(A, B)),
    ("nothing is held and nothing open: nothing is filed", ENDING, memory(), seen(), Nothing()),
    ("what is short is not requested any more", ENDING, memory(A, cases=(followed(CLOSED, arrived=1),)), seen(cases=(CLOSED,)), Nothing()),
    ("an open request is withdrawn first", ENDING, memory(A, cases=(followed(ASKED),)), seen(A, cases=(ASKED,)), Withdraw(case=ASKED)),
    ("a request is withdrawn though nothing is held", ENDING, WAITING, seen(cases=(OPEN,)), Withdraw(case=OPEN)),
    ("all came, and the case is still open", ENDING, memory(A, cases=(followed(ASKED, arrived=1),)), seen(A, cases=(ASKED,)), Withdraw(case=ASKED)),
    ("only doubtful ones came, and the case is still open", ENDING, memory(A, B, doubtful=frozenset((A, B)), cases=(followed(ASKED, arrived=1),)), seen(A, B, cases=(ASKED,)), Withdraw(case=ASKED)),
    ("what is doubtful stays", ENDING, memory(A, B, doubtful=frozenset((B,))), seen(A, B), _gone(A)),
    ("what is being relinquished already", ENDING, memory(A, B, cases=(followed(relinquish(A)),)), seen(A, B, cases=(relinquish(A),)), _gone(B)),
    ("addresses that the lease does not hold stay", ENDING, memory(A, others=(B,)), seen(A, B, address(C, managed=True)), _gone(A)),
    ("AWS may list a case later", ENDING, memory(A, intent=intent()), seen(A), Nothing()),
    # What is not needed refuses nothing.
    ("nothing is missing: `use_case` is not needed", wish(1, use_case=None), memory(A, count=1), seen(A), Nothing()),
    ("relinquishing needs no `use_case`", wish(1, lowered=True, use_case=None), memory(A, B), seen(A, B), _gone(A)),
    ("relinquishing does not mind another lease's request", ENDING, memory(A), seen(A, cases=(STRANGE,)), _gone(A)),
    ("another lease's request does not end the wait", wish(), WAITING, seen(cases=(OPEN, STRANGE)), Nothing()),
]  # fmt: skip


@table("reason, wanted, remembered, shown, expected", ROWS)
def test_one_step_follows(reason: str, wanted: Wish, remembered: Memory, shown: Observation, expected: Action) -> None:
    """It is decided from what AWS shows, so the next run can continue one that was interrupted anywhere."""
    assert expected == next_action(wanted, view(remembered, shown)), reason


BY_FORM = followed(OPEN, by_form=True)
CONSOLE_BEFORE = (
    "is still open; a person filed it, and `filing` is `support-api` now.",
    "Nothing was filed. Set `filing` to `console` again, or run `pulumi up` again when the case is closed.",
)
UNKNOWN_CASE = (
    "is open in eu-west-1, and new addresses could not be told apart.",
    "Nothing was filed. Close case 1700000007 in the Support Center, or wait until AWS has, then run `pulumi up` again.",
)
CANNOT = "eu (eu-west-1) cannot request 3 dedicated IP addresses:"
REFUSALS: list[tuple[str, Wish, Memory, Observation, tuple[str, str]]] = [
    ("`use_case` is missing", wish(use_case=None), FIRST, seen(), (f"{CANNOT} AWS asks what you send, and `use_case` is missing.", "Nothing was filed. Describe your mail in `use_case`, then run `pulumi up` again.")),
    ("another lease's request is open", wish(), FIRST, seen(cases=(STRANGE,)), (f"{CANNOT} case 1700000007, filed by shop/test/mail and marked DIP-eu-west-1-7-m4x2, {UNKNOWN_CASE[0]}", UNKNOWN_CASE[1])),
    ("the holder of the open request is unknown", wish(), FIRST, seen(cases=(replace(STRANGE, holder="", display_id=None),)), (f"{CANNOT} case case-111122223333-7, filed by an earlier lease and marked DIP-eu-west-1-7-m4x2, {UNKNOWN_CASE[0]}", UNKNOWN_CASE[1].replace("1700000007", "case-111122223333-7"))),
    ("a person filed the open request", wish(), memory(cases=(BY_FORM,)), seen(cases=(OPEN,)), (f"eu (eu-west-1): case 1700000001 {CONSOLE_BEFORE[0]}", CONSOLE_BEFORE[1])),
    ("a person filed the case that relinquishes", wish(1), memory(A, B, count=1, cases=(followed(relinquish(A), by_form=True),)), seen(A, B, cases=(relinquish(A),)), (f"eu (eu-west-1): case 1700000002 {CONSOLE_BEFORE[0]}", CONSOLE_BEFORE[1])),
]  # fmt: skip


@table("reason, wanted, remembered, shown, expected", REFUSALS)
def test_what_cannot_be_done_is_refused_with_the_way_out(
    reason: str, wanted: Wish, remembered: Memory, shown: Observation, expected: tuple[str, str]
) -> None:
    """Nothing was filed, and the error says what to do."""
    what, next_step = expected

    assert Refuse(what=what, next_step=next_step) == next_action(wanted, view(remembered, shown)), reason


def test_a_question_is_found_in_the_leases_own_case() -> None:
    """Only then does an update that confirms have something to do."""
    other = relinquish(B, number=3, status=PENDING)
    shown = view(memory(A, B, E, cases=(followed(QUESTION),)), seen(A, B, E, cases=(other, QUESTION)))

    assert QUESTION == question_of(shown)
