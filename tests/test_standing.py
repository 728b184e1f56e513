"""Whose addresses are whose: what a lease holds, told from memory, cases and the Region's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import KEY, OTHER_KEY, A, B, C, D, E, address, lease, past, relinquish, request, seen, stepped_back

from dedicated_ip_provider.lease import UNFILED
from dedicated_ip_provider.standing import Arrivals, cases_of, stand

if TYPE_CHECKING:
    from dedicated_ip_provider.lease import Case, Lease, Past, Seen

RESOLVED = "resolved"
FORM = request(status=UNFILED)

ROWS: list[tuple[str, Lease, Past | None, Seen, tuple[str, ...]]] = [
    ("nothing is remembered, and nothing was asked", lease(), None, seen(A), ()),
    ("what is adopted is held", lease(adopt=(A,)), None, seen(A, B), (A,)),
    ("what the state remembers stays held", lease(), past(addresses=(A, B)), seen(A, B, C), (A, B)),
    ("what vanished is not held", lease(), past(addresses=(A, B)), seen(B), (B,)),
    (
        "what comes while a request is open is ours",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, B, cases=(request(),)),
        (A, B),
    ),
    (
        "what the Region had before the request is not",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, B, cases=(request(before=(A,)),)),
        (B,),
    ),
    (
        "what comes after a shortfall is ours, late as it is",
        lease(),
        past(addresses=(A,), unfinished=True, case_number=1),
        seen(A, B, cases=(request(status=RESOLVED),)),
        (A, B),
    ),
    (
        "what comes when nothing is unfinished is somebody else's",
        lease(1),
        past(1, addresses=(A,), case_number=1),
        seen(A, B, cases=(request(asks=1, status=RESOLVED),)),
        (A,),
    ),
    (
        "a managed address is never ours",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, address(B, "managed", managed=True), cases=(request(),)),
        (A,),
    ),
    (
        "the state alone knows what was before, where AWS lists no case any more",
        lease(),
        past(unfinished=True, before=(A,), case_number=1),
        seen(A, B),
        (B,),
    ),
    (
        "a case that the state does not know was filed by a run that could not store its end",
        lease(),
        past(addresses=(A,), case_number=1),
        seen(A, B, cases=(request(number=2, before=(A,), status=RESOLVED),)),
        (A, B),
    ),
    (
        "a form was filed, granted and closed since the last look: what came is ours",
        lease(filing="console"),
        past(case_number=1, open_cases=(FORM,)),
        seen(A, B, cases=(request(status=RESOLVED),)),
        (A, B),
    ),
    (
        "what came after a withdrawn request is not ours",
        lease(),
        past(case_number=1),
        seen(A, cases=(request(number=2, asks=0, withdrawn=True, status=RESOLVED),)),
        (),
    ),
    (
        "what had come when a request was withdrawn is ours",
        lease(),
        past(case_number=1),
        seen(A, cases=(request(number=2, asks=1, withdrawn=True, status=RESOLVED),)),
        (A,),
    ),
    (
        "another lease's later request ends our time",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, B, cases=(request(status=RESOLVED), request(number=2, lease_key=OTHER_KEY, before=(A,)))),
        (A,),
    ),
    (
        "another lease's earlier request does not",
        lease(),
        past(unfinished=True, case_number=2),
        seen(A, B, cases=(request(number=1, lease_key=OTHER_KEY, status=RESOLVED), request(number=2, before=(A,)))),
        (B,),
    ),
    (
        "another lease's request that stepped back at once ended nobody's time",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, B, cases=(request(), stepped_back(2, lease_key=OTHER_KEY))),
        (A, B),
    ),
    (
        "and nothing came for it in that time",
        lease(),
        past(unfinished=True, case_number=2, open_cases=(stepped_back(2),)),
        seen(A, B, cases=(request(1, before=(A,), lease_key=OTHER_KEY), stepped_back(2, before=(A,)))),
        (),
    ),
    (
        "one that was called off ended it, whatever came for it later",
        lease(),
        past(unfinished=True, case_number=1),
        seen(
            A,
            B,
            cases=(request(), request(2, asks=0, before=(A,), withdrawn=True, status=RESOLVED, lease_key=OTHER_KEY)),
        ),
        (A,),
    ),
    (
        "another lease's request that was called off after it brought some did",
        lease(),
        past(unfinished=True, case_number=1),
        seen(
            A,
            B,
            cases=(
                request(status=RESOLVED),
                request(2, asks=1, before=(A,), withdrawn=True, status=RESOLVED, lease_key=OTHER_KEY),
            ),
        ),
        (A,),
    ),
    (
        "our own next request goes on where the first ended",
        lease(),
        None,
        seen(A, B, C, cases=(request(asks=2, status=RESOLVED), request(number=2, asks=1, before=(A, B)))),
        (A, B, C),
    ),
    (
        "what is being given back is not held",
        lease(),
        past(addresses=(A, B), case_number=2),
        seen(A, B, cases=(relinquish(A, status="reopened"),)),
        (B,),
    ),
    (
        "what AWS did not take back is held again",
        lease(),
        past(addresses=(B,), relinquishing=(A,), case_number=2),
        seen(A, B, cases=(relinquish(A, status=RESOLVED),)),
        (A, B),
    ),
    (
        "a relinquish case that AWS does not list yet still gives back",
        lease(),
        past(addresses=(B,), relinquishing=(A,), case_number=2, open_cases=(relinquish(A),)),
        seen(A, B),
        (B,),
    ),
    (
        "a form that waits brings nothing: what comes now may be anybody's",
        lease(filing="console"),
        past(case_number=1, open_cases=(FORM,)),
        seen(A),
        (),
    ),
]


@pytest.mark.parametrize(("declared", "remembered", "shown", "expected"), [pytest.param(*r[1:], id=r[0]) for r in ROWS])
def test_what_a_lease_holds(declared: Lease, remembered: Past | None, shown: Seen, expected: tuple[str, ...]) -> None:
    """Held is what memory, cases and the Region's addresses together say."""
    assert expected == stand(declared, remembered, shown).held


def blind(*addresses: str) -> Seen:
    """Give what an account without a support plan shows."""
    shown = seen(*addresses)
    return type(shown)(account_id=shown.account_id, addresses=shown.addresses, cases=(), cases_readable=False)


def test_where_cases_cannot_be_read_addresses_alone_decide() -> None:
    """What comes while a form is out is ours, and when all came the form is done."""
    declared = lease(2, filing="console")
    remembered = past(2, case_number=1, unfinished=True, open_cases=(request(asks=2, status=UNFILED),))

    one, two = stand(declared, remembered, blind(A)), stand(declared, remembered, blind(A, B))

    assert ((A,), 1, 1) == (one.held, one.arrived, one.remaining)
    assert ((A, B), None) == (two.held, two.request)


def test_where_cases_cannot_be_read_a_relinquish_ends_when_its_addresses_are_gone() -> None:
    """The form that gives back is done when the last address has left."""
    declared = lease(1, filing="console")
    remembered = past(
        1, addresses=(C,), relinquishing=(A, B), case_number=2, open_cases=(relinquish(A, B, status=UNFILED),)
    )

    half, done = stand(declared, remembered, blind(B, C)), stand(declared, remembered, blind(C))

    assert ((B,), 1) == (half.relinquishing, len(half.relinquishes))
    assert ((), ()) == (done.relinquishing, done.relinquishes)


def test_a_form_that_waits_is_set_aside_when_the_lease_files_by_itself() -> None:
    """Moving from the console to the API leaves nothing asked twice: the form counts as not filed."""
    remembered = past(case_number=1, open_cases=(FORM,))

    now = stand(lease(), remembered, seen())

    assert (None, (FORM,)) == (now.request, now.unfiled)


def test_what_vanished_and_what_was_given_back() -> None:
    """An address that a case of ours gave back did not vanish, even if the state does not know the case."""
    remembered = past(addresses=(A, B, C), case_number=1)
    shown = seen(C, cases=(relinquish(A, status=RESOLVED),))

    assert (B,) == stand(lease(), remembered, shown).vanished


def test_addresses_of_nobody() -> None:
    """Named are those that no lease holds, no request brought and nobody is giving back."""
    shown = seen(
        A,
        B,
        C,
        D,
        E,
        cases=(
            request(number=1, lease_key=OTHER_KEY, before=(A, B, D, E), status=RESOLVED),
            relinquish(D, lease_key=OTHER_KEY),
            relinquish(E, number=3, lease_key=OTHER_KEY, status=RESOLVED),
        ),
    )

    assert (B, E) == stand(lease(), past(addresses=(A,)), shown).strangers


def test_arrivals_are_counted_from_before_to_the_next_request_of_the_region() -> None:
    """Requests of other Regions end nothing."""
    elsewhere = request(number=2, lease_key=OTHER_KEY, region="us-east-1")
    here = request(number=3, lease_key=OTHER_KEY, before=(A, B))
    mine = request(before=(A,))

    assert {B, C} == Arrivals("eu-west-1", seen(A, B, C, cases=(elsewhere,))).of(mine)
    assert {B} == Arrivals("eu-west-1", seen(A, B, C, cases=(elsewhere, here))).of(mine)


requests = st.builds(
    request,
    number=st.integers(1, 4),
    asks=st.integers(0, 2),
    lease_key=st.sampled_from([KEY, OTHER_KEY]),
    filed_at=st.sampled_from(["2026-11-24T01", "2026-11-24T02", "2026-11-24T03"]),
    before=st.lists(st.sampled_from([A, B, C])).map(tuple),
    stepped_back=st.booleans(),
    status=st.sampled_from(["opened", RESOLVED, UNFILED]),
)


@given(st.lists(requests, min_size=1, unique_by=lambda case: (case.lease_key, case.number)))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_requests_time_ends_with_the_first_that_follows_it(cases: list[Case]) -> None:
    """A lease's own requests follow each other by number, those of others by time. Forms and steps back end nothing.

    So a request that stepped back shares its time with another's, which goes before it.
    """
    for case in cases:
        following = [
            one
            for one in cases
            if (one.number > case.number if one.lease_key == case.lease_key else one.filed_at > case.filed_at)
            and not one.is_unfiled
            and not (one.stepped_back and one.asks == 0)
        ]
        first = min((one.filed_at for one in following), default=None)
        ends = [{A, B, C} & set(one.before) for one in following if one.filed_at == first] or [{A, B, C}]

        arrivals = Arrivals("eu-west-1", seen(A, B, C, cases=tuple(cases)))
        foreign = arrivals.of_others(case.lease_key) if case.stepped_back and case.asks == 0 else set()

        assert arrivals.of(case) in [end - set(case.before) - foreign for end in ends]


def test_what_AWS_lists_goes_before_what_the_state_remembers() -> None:  # noqa: N802 - AWS is called so
    """A listed case is the truth; one that is not listed (yet, or after 24 months) is as it was."""
    remembered = past(open_cases=(request(number=1), relinquish(A, number=2)))
    listed = request(number=1, status=RESOLVED)

    assert (listed, relinquish(A, number=2)) == cases_of(lease().key, remembered, seen(cases=(listed,)))


def test_earlier_requests_that_are_taken_up() -> None:
    """Open ones and those that brought something go on; the rest is history."""
    first = request(number=1, status=RESOLVED, before=(A,))
    end = relinquish(A, number=2, total=0, status=RESOLVED)
    refused = request(number=3, status=RESOLVED, before=(A, B, C))
    withdrawn = request(number=4, asks=0, withdrawn=True, status=RESOLVED)
    granted = request(number=5, asks=1, status=RESOLVED, before=(A, B))
    partly = request(number=6, asks=1, withdrawn=True, status=RESOLVED, before=(A, B, C))
    shown = seen(A, B, C, D, cases=(first, end, refused, withdrawn, granted, partly))

    now = stand(lease(), None, shown)

    assert ((granted, partly), (C, D), None) == (now.taken_up, now.held, now.unclear)


def test_what_was_given_back_counts_among_what_a_request_brought() -> None:
    """With what came later it may be more than was asked for: then nobody can tell which are the lease's."""
    first, second = request(1, asks=2, status=RESOLVED), request(3, asks=1, before=(B,), status=RESOLVED)
    gave, gave_later = (
        relinquish(A, number=2, total=1, status=RESOLVED),
        relinquish(C, number=4, total=1, status=RESOLVED),
    )
    mine = (first, gave, second, gave_later)

    def unclear(*here: str, cases: tuple[Case, ...] = mine, adopt: tuple[str, ...] = ()) -> int | None:
        case = stand(lease(adopt=adopt), None, seen(*here, cases=cases)).unclear
        return case.number if case else None

    assert (None, None) == (unclear(B), unclear(B, cases=mine[:2]))
    assert (3, 1) == (unclear(B, D), unclear(B, D, cases=mine[:2]))
    assert (None, None) == (unclear(B, D, adopt=(C,)), unclear(B, D, cases=mine[:2], adopt=(A,)))
