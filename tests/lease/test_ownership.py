"""What a lease holds, from what is remembered and what AWS shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.tables import table

from dedicated_ip_provider.lease.model import BareCase
from dedicated_ip_provider.lease.ownership import (
    acted_on,
    adopt,
    count_after_drift,
    from_memory,
    look,
    missed_adoptions,
    take_up,
)
from lease.values import (
    NOW,
    OTHER_NONCE,
    REGION,
    RESOLVED,
    A,
    B,
    C,
    D,
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
    from dedicated_ip_provider.lease.model import Case, Memory, Observation, RecordedCase

IPs = tuple[str, ...]

GOING = relinquish(A)
OPEN = request()
CLOSED = request(status=RESOLVED)
CALLED_OFF = request(withdrawn=True)
WAITING = memory(cases=(followed(OPEN),))
UNCONFIRMED = memory(A, intent=intent())


# New addresses.

ARRIVALS: list[tuple[str, Memory, Observation, tuple[IPs, IPs, IPs, int]]] = [
    # reason, remembered, AWS shows: held, doubtful, unmanaged, still owed
    ("nothing was requested: what is new is nobody's", memory(A), seen(A, B), ((A,), (), (B,), 0)),
    ("what was known before is nobody's for good", replace(WAITING, knows=frozenset((B,))), seen(B), ((), (), (B,), 3)),
    ("a request is open", WAITING, seen(A, cases=(OPEN,)), ((A,), (), (), 2)),
    ("all that was requested comes at once", WAITING, seen(C, B, A, cases=(OPEN,)), ((A, B, C), (), (), 0)),
    ("the list of cases shows the request later", WAITING, seen(A), ((A,), (), (), 2)),
    ("the request was closed by the time that shows what it brought", WAITING, seen(A, cases=(CLOSED,)), ((A,), (), (), 2)),
    ("closed short: the rest comes later, and AWS's cases cannot be read by then", memory(A, cases=(followed(CLOSED, arrived=1),)), seen(A, B, cases_readable=False), ((A, B), (), (), 1)),
    ("answered in full: what comes after that is nobody's", memory(A, B), seen(A, B, C, cases=(CLOSED,)), ((A, B), (), (C,), 0)),
    ("the request was withdrawn", WAITING, seen(A, cases=(CALLED_OFF,)), ((), (), (A,), 0)),
    ("what it had brought before it was withdrawn stays", memory(A, cases=(followed(OPEN, arrived=1),)), seen(A, B, cases=(CALLED_OFF,)), ((A,), (), (B,), 0)),
    ("a case may have been filed that AWS does not list yet", UNCONFIRMED, seen(A, B), ((A,), (), (B,), 0)),
    ("it is listed: what came meanwhile is its", UNCONFIRMED, seen(A, B, cases=(request(2),)), ((A, B), (), (), 2)),
    ("it was never filed: what came meanwhile is nobody's", memory(A, intent=intent(minutes_ago=11)), seen(A, B), ((A,), (), (B,), 0)),
    ("a form waits", memory(A, forms=(form(asks=2),)), seen(A, B), ((A, B), (), (), 1)),
    ("all that a form requests comes", memory(A, forms=(form(asks=1),)), seen(A, B), ((A, B), (), (), 0)),
    ("a form that relinquishes waits, while a request is open", memory(A, cases=(followed(request(asks=1)),), forms=(form(A),)), seen(A, B, cases=(request(asks=1),)), ((B,), (), (), 0)),
    ("more came in one look than were owed", memory(A, cases=(followed(OPEN, arrived=1),)), seen(A, B, C, D, cases=(OPEN,)), ((A, B, C, D), (B, C, D), (), 0)),
    ("all had come, and the case is still open", memory(A, cases=(followed(request(asks=1), arrived=1),)), seen(A, B, cases=(request(asks=1),)), ((A, B), (B,), (), 0)),
    ("the same, and AWS does not list it", memory(A, cases=(followed(request(asks=1), arrived=1),)), seen(A, B), ((A, B), (B,), (), 0)),
    ("more came than a form requests", memory(forms=(form(asks=1),)), seen(A, B), ((A, B), (A, B), (), 0)),
    ("what is doubtful stays so", memory(A, B, doubtful=frozenset((B,))), seen(A, B), ((A, B), (B,), (), 0)),
    ("a request is open, but the record had no room for what was there", replace(WAITING, knows=None), seen(A, cases=(OPEN,)), ((), (), (A,), 3)),
    ("SES's own addresses are nobody's", WAITING, seen(address(A, managed=True), cases=(OPEN,)), ((), (), (), 3)),
]  # fmt: skip


@table("reason, remembered, shown, expected", ARRIVALS)
def test_what_is_new_belongs_to_the_lease_while_a_request_is_unfinished(
    reason: str, remembered: Memory, shown: Observation, expected: tuple[IPs, IPs, IPs, int]
) -> None:
    """Unfinished: open, or closed short with no change since. Otherwise it is unmanaged."""
    now = view(remembered, shown)

    assert expected == (now.held, now.doubtful, now.unmanaged, now.owed), reason


def test_a_request_of_which_all_came_has_ended_for_good() -> None:
    """If one of its addresses vanishes later, the next new one is unmanaged, although fewer are here than were requested."""
    closed = request(asks=2, status=RESOLVED)
    ended = view(memory(A, cases=(followed(request(asks=2), arrived=1),)), seen(A, B, cases=(closed,))).memory

    later = view(ended, seen(B, C, cases=(closed,)))

    assert ((A, B), (B,), (C,)) == (tuple(sorted(ended.holds)), later.held, later.unmanaged)


KNOWN: list[tuple[str, Memory, Observation, IPs | None]] = [
    ("all standard addresses of the Region", memory(A), seen(A, B, address(C, managed=True)), (A, B)),
    ("what is gone is not known any more, and may come back as new", memory(A, others=(B,)), seen(A), (A,)),
    ("it stands still while a case is unconfirmed", memory(A, others=(B,), intent=intent()), seen(A, C), (A, B)),
    ("the first look after a record that had no room knows all again", memory(A, knows=None), seen(A, B), (A, B)),
]


@table("reason, remembered, shown, known", KNOWN)
def test_a_look_remembers_what_is_there(reason: str, remembered: Memory, shown: Observation, known: IPs) -> None:
    """Ownership depends on the last observation only."""
    assert frozenset(known) == view(remembered, shown).memory.knows, reason


@pytest.mark.parametrize("remembered", [memory(A, B), memory(A, B, intent=intent())], ids=["usually", "unconfirmed"])
def test_what_is_gone_is_not_held_any_more(remembered: Memory) -> None:
    """Nor doubtful: an address that comes back counts as new."""
    after = view(replace(remembered, doubtful=frozenset((A, B))), seen(B)).memory

    assert (frozenset((B,)), frozenset((B,))) == (after.holds, after.doubtful)


# Cases that are followed.

TAKEN = relinquish(A, status=RESOLVED)
CASES: list[tuple[str, Memory, Observation, tuple[RecordedCase, ...]]] = [
    ("AWS's number of a case is learned", memory(cases=(followed(OPEN, display_id=None),)), seen(cases=(OPEN,)), (followed(OPEN),)),
    ("a person amended the request", WAITING, seen(cases=(request(asks=5),)), (followed(OPEN, asks=5),)),
    ("AWS closed the request and gave nothing", WAITING, seen(cases=(CLOSED,)), (followed(CLOSED),)),
    ("a closed request was opened again", memory(cases=(followed(CLOSED),)), seen(cases=(OPEN,)), (followed(OPEN),)),
    ("all came, and AWS has not closed the case", memory(cases=(followed(OPEN, arrived=3),)), seen(cases=(OPEN,)), (followed(OPEN, arrived=3),)),
    ("all came, and AWS closed the case", memory(cases=(followed(OPEN, arrived=3),)), seen(cases=(CLOSED,)), ()),
    ("the request was called off", WAITING, seen(cases=(CALLED_OFF,)), ()),
    ("an open request is followed though AWS does not show it", WAITING, seen(), (followed(OPEN),)),
    ("a case that relinquishes is open", memory(A, cases=(followed(relinquish(A), display_id=None),)), seen(A, cases=(relinquish(A),)), (followed(relinquish(A)),)),
    ("AWS closed the case and took the address", memory(A, cases=(followed(relinquish(A)),)), seen(cases=(TAKEN,)), ()),
    ("AWS closed the case and took nothing", memory(A, cases=(followed(relinquish(A)),)), seen(A, cases=(TAKEN,)), ()),
    ("AWS took the address, and the case is still open", memory(A, cases=(followed(relinquish(A)),)), seen(cases=(relinquish(A),)), (followed(relinquish()),)),
    ("a part of its list was sent", memory(A, cases=(followed(relinquish(A), parts=3),)), seen(A, cases=(relinquish(A, parts=3, messages=2),)), (followed(relinquish(A), parts=3, messages=2),)),
    ("AWS shows neither the case nor all of its addresses", memory(A, B, cases=(followed(relinquish(A, B)),)), seen(B), (followed(relinquish(A, B)),)),
    ("AWS shows neither the case nor its addresses", memory(A, cases=(followed(relinquish(A)),)), seen(), ()),
]  # fmt: skip


@table("reason, remembered, shown, cases", CASES)
def test_cases_are_followed_by_their_id(
    reason: str, remembered: Memory, shown: Observation, cases: tuple[RecordedCase, ...]
) -> None:
    """Whatever AWS's list shows; a case that has ended is forgotten."""
    assert cases == view(remembered, shown).memory.cases, reason


def test_what_aws_left_here_is_held_again() -> None:
    """AWS closed the case of two addresses and removed one: the other is held again, and none vanished."""
    case = relinquish(A, B, status=RESOLVED)

    now = view(memory(A, B, C, cases=(followed(relinquish(A, B)),)), seen(B, C, cases=(case,)))

    assert ((B, C), (), ()) == (now.held, now.relinquishing, now.vanished)


RELINQUISHING: list[tuple[str, Memory, Observation, tuple[IPs, IPs, IPs]]] = [
    # reason, remembered, AWS shows: held, relinquishing, unmanaged
    ("a case of the lease", memory(A, B, cases=(followed(relinquish(A)),)), seen(A, B, cases=(relinquish(A),)), ((B,), (A,), ())),
    ("AWS does not list it yet", memory(A, B, cases=(followed(relinquish(A)),)), seen(A, B), ((B,), (A,), ())),
    ("a case of the lease that was here before", memory(A, B), seen(A, B, cases=(relinquish(A, nonce=OTHER_NONCE),)), ((B,), (A,), ())),
    ("a form that waits", memory(A, B, forms=(form(A),)), seen(A, B), ((B,), (A,), ())),
    ("somebody else's, with a case open: not to be adopted", memory(B), seen(A, B, cases=(relinquish(A, nonce=OTHER_NONCE),)), ((B,), (), ())),
    ("a lease that ended before had filed it, and AWS does not list it yet", memory(B, others=(A,), cases=(followed(relinquish(A, nonce=OTHER_NONCE)),)), seen(A, B), ((B,), (), ())),
    ("a case that AWS has closed", memory(A, B), seen(A, B, cases=(TAKEN,)), ((A, B), (), ())),
    ("nothing", memory(A), seen(A, B), ((A,), (), (B,))),
]  # fmt: skip


@table("reason, remembered, shown, expected", RELINQUISHING)
def test_what_an_open_case_or_a_form_relinquishes_is_not_held_any_more(
    reason: str, remembered: Memory, shown: Observation, expected: tuple[IPs, IPs, IPs]
) -> None:
    """AWS will remove the address, whoever filed the case."""
    now = view(remembered, shown)

    assert expected == (now.held, now.relinquishing, now.unmanaged), reason


VANISHED: list[tuple[str, Memory, Observation, IPs]] = [
    ("no case named it", memory(A, B), seen(B), (A,)),
    ("it is unconfirmed what was filed", memory(A, B, intent=intent()), seen(B), (A,)),
    ("a case of the lease named it", memory(A, B, cases=(followed(relinquish(A)),)), seen(B), ()),
    ("a case named it that AWS has closed by now", memory(A, B), seen(B, cases=(TAKEN,)), ()),
    ("a case of the lease that was here before named it", memory(A, B), seen(B, cases=(relinquish(A, nonce=OTHER_NONCE),)), ()),
    ("a form named it", memory(A, B, forms=(form(A),)), seen(B), ()),
    ("it was not held", memory(B, others=(A,)), seen(B), ()),
]  # fmt: skip


@table("reason, remembered, shown, vanished", VANISHED)
def test_a_held_address_that_no_case_named_has_vanished(
    reason: str, remembered: Memory, shown: Observation, vanished: IPs
) -> None:
    """If a case named it, it was meant to go."""
    assert vanished == view(remembered, shown).vanished, reason


def test_what_only_the_state_held_has_vanished_too() -> None:
    """An earlier run may have noticed that in the record, but failed before Pulumi stored its state."""
    now = look(memory(B), seen(B), REGION, NOW, also_held=frozenset((A, B)))

    assert (A,) == now.vanished


OTHERS = request(nonce=OTHER_NONCE)
LOOKS: list[tuple[str, Memory, Observation, tuple[Case | None, tuple[Case, ...], tuple[Case, ...]]]] = [
    # reason, remembered, AWS shows: the request, those called off, those that nobody follows
    ("the lease's own", WAITING, seen(cases=(OPEN,)), (OPEN, (), ())),
    ("it was called off and is open", WAITING, seen(cases=(CALLED_OFF,)), (None, (CALLED_OFF,), ())),
    ("another lease's was called off and is open", memory(), seen(cases=(replace(OTHERS, withdrawn=True),)), (None, (replace(OTHERS, withdrawn=True),), ())),
    ("it was called off and is closed", WAITING, seen(cases=(replace(CALLED_OFF, status=RESOLVED),)), (None, (), ())),
    ("the memory knows nothing of it", memory(), seen(cases=(OPEN,)), (None, (), (OPEN,))),
    ("another lease's", WAITING, seen(cases=(OPEN, replace(OTHERS, id="case-9"))), (OPEN, (), (replace(OTHERS, id="case-9"),))),
    ("AWS has closed it", WAITING, seen(cases=(CLOSED,)), (None, (), ())),
    ("a status that nobody knows is open", WAITING, seen(cases=(request(status="escalated"),)), (request(status="escalated"), (), ())),
]  # fmt: skip


@table("reason, remembered, shown, requests", LOOKS)
def test_a_look_tells_the_open_requests_apart(
    reason: str,
    remembered: Memory,
    shown: Observation,
    requests: tuple[Case | None, tuple[Case, ...], tuple[Case, ...]],
) -> None:
    """The one that the lease follows, those to be closed, and those that make it unclear whose new addresses are."""
    now = view(remembered, shown)

    assert requests == (now.request, now.withdrawn, now.unfollowed), reason


def test_a_case_that_aws_does_not_show_is_as_it_is_remembered() -> None:
    """The request first, then relinquish cases."""
    shown = view(memory(A, cases=(followed(OPEN), followed(relinquish(A)))), seen(A))

    assert [(OPEN.id, "request", 3, True), (relinquish().id, "relinquish", 0, True)] == [
        (case.id, case.kind, case.asks, case.is_open) for case in shown.open_cases
    ]


def test_a_hidden_case_can_be_written_in() -> None:
    """The memory has all that a message needs: its mark, and how much of its list was sent."""
    hidden = relinquish(A, B, number=7, messages=2, parts=3, filed_at="", holder="")

    [shown] = view(memory(A, B, cases=(followed(hidden, messages=2, parts=3),)), seen(A, B)).relinquishes

    assert hidden == shown


# A case that was about to be filed.

FOUND = request(2)
INTENTS: list[tuple[str, Memory, Observation, tuple[bool, bool, tuple[int | None, int], tuple[int, ...]]]] = [
    # reason, remembered, AWS shows: unconfirmed, intent kept, count and attempt acted on, numbers of the cases followed
    ("it is listed", memory(count=1, intent=intent(attempt=2)), seen(cases=(FOUND,)), (False, False, (3, 2), (2,))),
    ("it is listed, and AWS has closed it", memory(count=1, intent=intent()), seen(cases=(request(2, status=RESOLVED),)), (False, False, (3, 1), (2,))),
    ("it takes the place of a request that was closed short", memory(count=1, intent=intent(), cases=(followed(CLOSED),)), seen(cases=(CLOSED, FOUND)), (False, False, (3, 1), (2,))),
    ("a relinquish case goes on beside it", memory(A, intent=intent(number=3), cases=(followed(relinquish(A)),)), seen(A, cases=(relinquish(A), request(3))), (False, False, (3, 1), (2, 3))),
    ("it relinquishes, and ends what a request was short of", memory(A, intent=intent("relinquish", count=0), cases=(followed(CLOSED),)), seen(A, cases=(CLOSED, relinquish(A))), (False, False, (0, 1), (2,))),
    ("young and not listed", memory(count=1, intent=intent()), seen(), (True, True, (1, 1), ())),
    ("another lease's case has its number", memory(count=1, intent=intent()), seen(cases=(request(2, nonce=OTHER_NONCE),)), (True, True, (1, 1), ())),
    ("ten minutes less a little", memory(count=1, intent=intent(minutes_ago=9.9)), seen(), (True, True, (1, 1), ())),
    ("ten minutes: it was not filed", memory(count=1, intent=intent(minutes_ago=10)), seen(), (False, False, (1, 1), ())),
    ("old, but cases cannot be read", memory(count=1, intent=intent(minutes_ago=60)), seen(cases_readable=False), (True, True, (1, 1), ())),
    ("the clock went back", memory(count=1, intent=intent(minutes_ago=-60)), seen(), (True, True, (1, 1), ())),
]  # fmt: skip


@table("reason, remembered, shown, expected", INTENTS)
def test_an_intent_is_looked_for_by_its_mark(
    reason: str,
    remembered: Memory,
    shown: Observation,
    expected: tuple[bool, bool, tuple[int | None, int], tuple[int, ...]],
) -> None:
    """If it is found, the lease continues with that case; if not, it counts as not filed after ten minutes."""
    now = view(remembered, shown)

    assert expected == (
        now.unconfirmed,
        now.memory.intent is not None,
        (now.memory.count, now.memory.attempt),
        tuple(case.number for case in now.memory.cases),
    ), reason


def test_of_two_cases_with_one_mark_the_later_one_is_followed() -> None:
    """A person may file the text of a case again."""
    again = replace(FOUND, id="case-again", filed_at="2026-11-25T09:00")

    now = view(memory(intent=intent()), seen(cases=(again, FOUND)))

    assert ("case-again", (FOUND,)) == (now.memory.cases[0].id, now.unfollowed)


# Forms that a person filed.

FILED = request(2, asks=2)
FORMS: list[tuple[str, Memory, Observation, tuple[RecordedCase, ...], int]] = [
    # reason, remembered, AWS shows: cases followed, forms that wait
    ("nobody filed it", memory(forms=(form(asks=2),)), seen(), (), 1),
    ("it was filed", memory(forms=(form(asks=2),)), seen(cases=(FILED,)), (followed(FILED, by_form=True),), 0),
    ("another lease's case has its number", memory(forms=(form(asks=2),)), seen(cases=(request(2, nonce=OTHER_NONCE),)), (), 1),
    ("it was filed, and brought one at once", memory(forms=(form(asks=2),)), seen(A, cases=(FILED,)), (followed(FILED, arrived=1, by_form=True),), 0),
    ("it brought one before its case was seen", memory(A, forms=(form(asks=2, arrived=1),)), seen(A, cases=(FILED,)), (followed(FILED, arrived=1, by_form=True),), 0),
    ("one had come before, and the form for the rest was filed", memory(A, forms=(form(asks=2, arrived=1),)), seen(A, cases=(request(2, asks=1),)), (followed(request(2, asks=1), by_form=True),), 0),
    ("fewer were wanted by then, but the form from before was filed", memory(forms=(form(asks=1),)), seen(cases=(FILED,)), (followed(FILED, by_form=True),), 0),
    ("it relinquishes, and was filed", memory(A, forms=(form(A),)), seen(A, cases=(relinquish(A),)), (followed(relinquish(A), by_form=True),), 0),
    ("it relinquishes, and was filed before the request was withdrawn", memory(A, cases=(followed(OPEN),), forms=(form(A),)), seen(A, cases=(OPEN, relinquish(A))), (followed(OPEN), followed(relinquish(A), by_form=True)), 0),
    ("it relinquishes, and all of it has gone", memory(A, B, forms=(form(A, B),)), seen(), (), 0),
    ("it relinquishes, and some of it has gone", memory(A, B, forms=(form(A, B),)), seen(A), (), 1),
]  # fmt: skip


@table("reason, remembered, shown, cases, waiting", FORMS)
def test_a_form_waits_until_its_case_is_seen_or_its_addresses_came_or_went(
    reason: str, remembered: Memory, shown: Observation, cases: tuple[RecordedCase, ...], waiting: int
) -> None:
    """Without the Support API only the addresses show that a person filed it."""
    now = view(remembered, shown).memory

    assert (cases, waiting) == (now.cases, len(now.forms)), reason


# What a run remembers of its actions.


def test_a_case_that_was_filed_is_followed_and_its_count_acted_on() -> None:
    """A new request replaces an older one; relinquish cases are still followed."""
    before = memory(number=4, count=1, cases=(followed(CLOSED), followed(relinquish(A))))
    filed = request(5, messages=2, parts=3)

    after = take_up(before, filed, count=4, attempt=2)

    now_followed = followed(filed, messages=2, parts=3)
    assert replace(before, number=5, count=4, attempt=2, cases=(followed(relinquish(A)), now_followed)) == after


@pytest.mark.parametrize(("acted_on", "count"), [(2, 2), (None, 0)])
def test_a_form_that_was_filed_settles_no_other_count(acted_on: int | None, count: int) -> None:
    """Count and attempt stay as they were when it was printed."""
    before = memory(count=acted_on, attempt=4, forms=(form(asks=2),))

    after = view(before, seen(cases=(FILED,))).memory

    assert (count, 4) == (after.count, after.attempt)


@pytest.mark.parametrize(("knows", "expected"), [((A, C), (A, B, C)), (None, None)], ids=["known", "no room"])
def test_what_is_adopted_is_held_for_certain(knows: IPs | None, expected: IPs | None) -> None:
    """Doubtful addresses are then held for certain."""
    before = memory(A, doubtful=frozenset((A,)), knows=None if knows is None else frozenset(knows))

    after = adopt(before, frozenset((A, B)))

    assert (frozenset((A, B)), frozenset(), None if expected is None else frozenset(expected)) == (
        after.holds,
        after.doubtful,
        after.knows,
    )


SHORT = memory(A, count=3, cases=(followed(request(2, status=RESOLVED), arrived=1), followed(relinquish(B, number=4))))
SHOWN = seen(A, cases=(relinquish(B, number=4),))
ENDED: list[tuple[str, Memory, Observation, int, tuple[int, ...]]] = [
    ("as many as wanted are here: the shortfall is wanted no more", SHORT, SHOWN, 1, (4,)),
    ("some are still missing", SHORT, SHOWN, 2, (2, 4)),
    ("what was missing was adopted", memory(A, B, count=2, cases=(followed(CLOSED, arrived=1),)), seen(A, B), 2, ()),
    ("the request is open", memory(A, count=3, cases=(followed(OPEN),)), seen(A, cases=(OPEN,)), 1, (1,)),
]


@table("reason, remembered, shown, count, numbers", ENDED)
def test_what_nobody_wants_any_more_is_not_waited_for(
    reason: str, remembered: Memory, shown: Observation, count: int, numbers: tuple[int, ...]
) -> None:
    """Otherwise a late grant of a request that was closed short would be held although it is not wanted."""
    after = acted_on(view(remembered, shown), count=count, attempt=2)

    assert (count, 2, numbers) == (after.count, after.attempt, tuple(case.number for case in after.cases)), reason


# Cases whose messages AWS does not show.

BARE: list[tuple[str, Memory, str, list[tuple[str, int, tuple[str, ...]]]]] = [
    # reason, remembered, the mark that AWS shows: the kind, what it asks for, and which addresses it names
    ("the case that was about to be filed", memory(intent=intent()), "DIP-eu-west-1-2-k3f9", [("request", 3, ())]),
    ("one that relinquishes", memory(A, intent=intent("relinquish", addresses=frozenset((A,)))), "DIP-eu-west-1-2-k3f9", [("relinquish", 0, (A,))]),
    ("a case that is followed", memory(cases=(followed(OPEN),)), "DIP-eu-west-1-1-k3f9", [("request", 3, ())]),
    ("a form that a person has filed", memory(forms=(form(asks=2),)), "DIP-eu-west-1-2-k3f9", [("request", 2, ())]),
    ("a case of which nothing is remembered", memory(), "DIP-eu-west-1-9-k3f9", []),
    ("a case of another lease", memory(intent=intent()), "DIP-eu-west-1-2-m4x2", []),
]  # fmt: skip


@table("reason, remembered, mark, expected", BARE)
def test_a_case_without_messages_says_what_is_remembered_of_it(
    reason: str, remembered: Memory, mark: str, expected: list[tuple[str, int, tuple[str, ...]]]
) -> None:
    """AWS's status and numbers count; what it asks for is in the memory."""
    bare = BareCase(id="case-7", display_id="1700000007", status=RESOLVED, filed_at="2026-11-24T07:00", mark=mark)

    found = from_memory([bare], remembered)

    assert expected == [(case.kind, case.asks, tuple(sorted(case.addresses))) for case in found], reason
    assert all(("case-7", RESOLVED, mark) == (case.id, case.status, case.mark) for case in found)


def test_how_far_a_list_was_sent_is_remembered() -> None:
    """The next part of a long list follows, whatever AWS shows."""
    long = replace(followed(relinquish(A)), messages=2, parts=3)
    bare = BareCase(id=long.id, display_id=None, status="opened", filed_at="", mark="DIP-eu-west-1-2-k3f9")

    [case] = from_memory([bare], memory(A, cases=(long,)))

    assert (2, 3) == (case.messages, case.parts)


MISSED: list[tuple[str, tuple[str, ...], Memory, Observation, tuple[str, ...]]] = [
    # reason, `adopt`, remembered, AWS shows: adopted again
    ("it is held", (A,), memory(A), seen(A), ()),
    ("SES left it out once", (A, B), memory(A, others=(B,)), seen(A, B), (B,)),
    ("it came back among more than was requested", (A,), memory(A, doubtful=frozenset((A,))), seen(A), (A,)),
    ("it is not here", (A, B), memory(A), seen(A), ()),
    ("a case relinquishes it", (A,), memory(), seen(A, cases=(relinquish(A),)), ()),
    ("a case relinquished it once", (A,), memory(), seen(A, cases=(relinquish(A, status=RESOLVED),)), ()),
    ("`adopt` does not name it", (A,), memory(A, others=(B,)), seen(A, B), ()),
    ("SES manages it", (A,), memory(), seen(address(A, managed=True)), ()),
]  # fmt: skip


@table("reason, adopts, remembered, shown, expected", MISSED)
def test_an_adopted_address_that_was_missed_is_adopted_again(
    reason: str, adopts: tuple[str, ...], remembered: Memory, shown: Observation, expected: tuple[str, ...]
) -> None:
    """But for one that the lease itself relinquished."""
    assert frozenset(expected) == missed_adoptions(lease(adopt=adopts), remembered, shown), reason


DRIFTS: list[tuple[str, int, Memory, Observation, int]] = [
    ("nothing vanished", 3, memory(A, B, C), seen(A, B, C), 3),
    ("one vanished", 3, memory(A, B, C), seen(A, B), 2),
    ("all vanished", 3, memory(A, B, C), seen(), 0),
    ("AWS said no", 3, memory(A, cases=(followed(CLOSED, arrived=1),)), seen(A, cases=(CLOSED,)), 3),
    ("one vanished of those that came, and more are on their way", 3, memory(A, B, cases=(followed(OPEN, arrived=2),)), seen(A, cases=(OPEN,)), 2),
    ("one vanished of those that came, and the rest was denied", 3, memory(A, B, cases=(followed(CLOSED, arrived=2),)), seen(A, cases=(CLOSED,)), 2),
    ("one vanished of more than declared", 2, memory(A, B, C), seen(A, B), 2),
    ("two vanished of more than declared", 2, memory(A, B, C), seen(A), 1),
    ("two vanished of more than declared, and one is on its way", 1, memory(A, B, cases=(followed(OPEN, arrived=2),)), seen(cases=(OPEN,)), 1),
    ("one went by a case", 2, memory(A, B, C, cases=(followed(GOING),)), seen(B, C, cases=(GOING,)), 2),
    ("one vanished while another one goes", 2, memory(A, B, C, cases=(followed(GOING),)), seen(A, C, cases=(GOING,)), 1),
    ("one vanished, and the count was raised since", 5, memory(A, B), seen(A), 4),
]  # fmt: skip


@table("reason, count, remembered, shown, expected", DRIFTS)
def test_only_held_addresses_that_vanished_lower_the_count(
    reason: str, count: int, remembered: Memory, shown: Observation, expected: int
) -> None:
    """So the next preview shows `2 => 3`; nothing else changes it."""
    assert expected == count_after_drift(count, view(remembered, shown)), reason
