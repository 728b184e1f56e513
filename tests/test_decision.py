"""What is filed at AWS and what never is: the rules of the lease, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from values import KEY, OTHER_KEY, A, B, C, D, E, address, lease, past, relinquish, request, seen

from dedicated_ip_provider.decision import (
    Action,
    Amend,
    Confirm,
    FileRequest,
    Nothing,
    Refuse,
    Relinquish,
    Resolve,
    Withdraw,
    next_action,
    release_order,
)
from dedicated_ip_provider.lease import UNFILED

if TYPE_CHECKING:
    from dedicated_ip_provider.lease import Lease, Past, Seen

RESOLVED = "resolved"
OPEN = request()

ROWS: list[tuple[str, Lease, Past | None, Seen, Action]] = [
    # A lease that is created.
    ("a new lease asks for all", lease(), None, seen(), FileRequest(asks=3)),
    ("a lease of nothing asks for nothing", lease(0), None, seen(), Nothing()),
    ("what is adopted counts", lease(adopt=(A, B)), None, seen(A, B), FileRequest(asks=1)),
    ("all is adopted", lease(2, adopt=(A, B)), None, seen(A, B), Nothing()),
    ("an address of nobody is not ours", lease(1), None, seen(A), FileRequest(asks=1)),
    ("an earlier run filed the case", lease(), None, seen(cases=(OPEN,)), Nothing()),
    ("an earlier run asked for fewer", lease(5), None, seen(cases=(OPEN,)), Amend(case=OPEN, asks=5)),
    ("an earlier run asked for what nobody wants now", lease(0), None, seen(cases=(OPEN,)), Withdraw(case=OPEN)),
    (
        "an earlier run's case was granted",
        lease(2),
        None,
        seen(A, B, cases=(request(asks=2, status=RESOLVED),)),
        Nothing(),
    ),
    (
        "an earlier run's case was granted in part: that is the answer to the same wish",
        lease(2),
        None,
        seen(A, cases=(request(asks=2, status=RESOLVED),)),
        Nothing(),
    ),
    (
        "an earlier run's case was granted, and the wish has grown since",
        lease(3),
        None,
        seen(A, B, cases=(request(asks=2, status=RESOLVED),)),
        FileRequest(asks=1),
    ),
    (
        "an earlier case that brought nothing is history",
        lease(2),
        None,
        seen(A, cases=(request(asks=2, status=RESOLVED, before=(A,)),)),
        FileRequest(asks=2),
    ),
    (
        "an earlier life of the lease ended by giving all back",
        lease(2),
        None,
        seen(A, B, cases=(request(asks=2, status=RESOLVED), relinquish(A, B))),
        FileRequest(asks=2),
    ),
    (
        "more taken up than wanted: nothing observed gives back",
        lease(1),
        None,
        seen(A, B, cases=(request(asks=2, status=RESOLVED),)),
        Nothing(),
    ),
    # A no from AWS is sticky.
    (
        "nothing changed since AWS said no",
        lease(),
        past(case_number=1),
        seen(cases=(request(status=RESOLVED),)),
        Nothing(),
    ),
    (
        "`attempt` was raised after AWS said no",
        lease(attempt=2),
        past(case_number=1),
        seen(cases=(request(status=RESOLVED),)),
        FileRequest(asks=3),
    ),
    ("`attempt` was lowered", lease(), past(attempt=2), seen(), Nothing()),
    (
        "`attempt` was raised after AWS gave fewer",
        lease(attempt=2),
        past(addresses=(A,)),
        seen(A),
        FileRequest(asks=2),
    ),
    (
        "the count rose after a no: all that is missing is asked for",
        lease(4),
        past(addresses=(A,)),
        seen(A),
        FileRequest(asks=3),
    ),
    (
        "a run that could not store its end asked this, and AWS said no",
        lease(4),
        past(addresses=(A,), case_number=1),
        seen(A, cases=(request(number=2, total=4, status=RESOLVED, before=(A,)),)),
        Nothing(),
    ),
    # The count rises and falls.
    ("a higher count asks for the difference", lease(5), past(addresses=(A, B, C)), seen(A, B, C), FileRequest(asks=2)),
    (
        "a lower count gives the difference back",
        lease(2),
        past(addresses=(A, B, C)),
        seen(A, B, C),
        Relinquish(returns=(A,), total=2),
    ),
    (
        "a held address vanished, and refresh lowered the count",
        lease(3),
        past(2, addresses=(A, B)),
        seen(A, B),
        FileRequest(asks=1),
    ),
    (
        "more came than asked for: reported, not acted on",
        lease(2),
        past(2, addresses=(A, B, C)),
        seen(A, B, C),
        Nothing(),
    ),
    ("more came, and the count rises to it", lease(3), past(2, addresses=(A, B, C)), seen(A, B, C), Nothing()),
    (
        "more came, and the count falls: the user says how many stay",
        lease(1),
        past(2, addresses=(A, B, C)),
        seen(A, B, C),
        Relinquish(returns=(A, B), total=1),
    ),
    (
        "what is being given back is not given back again",
        lease(2),
        past(addresses=(A, B, C)),
        seen(A, B, C, cases=(relinquish(A, total=2),)),
        Nothing(),
    ),
    (
        "a run that could not store its end gave back, and AWS closed the case without doing it",
        lease(2),
        past(addresses=(A, B, C), case_number=1),
        seen(A, B, C, cases=(relinquish(A, total=2, status=RESOLVED),)),
        Nothing(),
    ),
    (
        "raising `attempt` asks again to take back what AWS did not, and nothing else",
        lease(1, attempt=2),
        past(1, addresses=(A, B, C), case_number=2),
        seen(A, B, C, cases=(relinquish(B, total=1, status=RESOLVED),)),
        Relinquish(returns=(B,), total=1),
    ),
    # A form that waited for a person, and a lease that files by itself since.
    (
        "the form of a request was never filed",
        lease(),
        past(case_number=1, open_cases=(request(status=UNFILED),)),
        seen(),
        FileRequest(asks=3),
    ),
    (
        "the form that gives back was never filed",
        lease(1),
        past(1, addresses=(A,), relinquishing=(B,), open_cases=(relinquish(B, status=UNFILED),)),
        seen(A, B),
        Relinquish(returns=(B,), total=1),
    ),
    (
        "the form that gives back was never filed, and the count has risen since",
        lease(2),
        past(1, addresses=(A,), relinquishing=(B,), open_cases=(relinquish(B, status=UNFILED),)),
        seen(A, B),
        Nothing(),
    ),
    (
        "a person files, and the form still waits",
        lease(filing="console"),
        past(case_number=1, open_cases=(request(status=UNFILED),)),
        seen(),
        Nothing(),
    ),
    # An open request.
    (
        "as much is on its way as is missing",
        lease(),
        past(case_number=1, open_cases=(OPEN,)),
        seen(cases=(OPEN,)),
        Nothing(),
    ),
    (
        "the count rises while a request is open",
        lease(5),
        past(case_number=1, open_cases=(OPEN,)),
        seen(cases=(OPEN,)),
        Amend(case=OPEN, asks=5),
    ),
    (
        "the count falls while a request is open",
        lease(1),
        past(case_number=1, open_cases=(OPEN,)),
        seen(cases=(OPEN,)),
        Amend(case=OPEN, asks=1),
    ),
    (
        "the count falls to what came while a request is open",
        lease(1),
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        seen(A, cases=(OPEN,)),
        Withdraw(case=OPEN),
    ),
    (
        "the count falls below what came: first the request is withdrawn",
        lease(1),
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        seen(A, B, cases=(OPEN,)),
        Withdraw(case=OPEN),
    ),
    (
        "all came, and AWS has not closed the case yet",
        lease(),
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        seen(A, B, C, cases=(OPEN,)),
        Nothing(),
    ),
    (
        "a request that was called off is closed before anything else",
        lease(5),
        past(case_number=1),
        seen(cases=(request(withdrawn=True),)),
        Resolve(case=request(withdrawn=True)),
    ),
    (
        "a case that AWS does not list yet is still open",
        lease(),
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        seen(),
        Nothing(),
    ),
    (
        "another run filed in the same moment, a bit earlier",
        lease(),
        None,
        seen(cases=(request(number=2), request(number=1, lease_key=OTHER_KEY))),
        Withdraw(case=request(number=2), steps_back=True),
    ),
    (
        "another run filed in the same moment, a bit later: it steps back",
        lease(),
        None,
        seen(cases=(request(number=1), request(number=2, lease_key=OTHER_KEY))),
        Nothing(),
    ),
    # AWS asks whether addresses shall really go.
    (
        "the question waits for a person by default",
        lease(2),
        past(2, addresses=(B, C), case_number=2),
        seen(A, B, C, cases=(relinquish(A, total=2, status="pending-customer-action"),)),
        Nothing(),
    ),
    (
        "the user said yes beforehand",
        lease(2, confirm_relinquish=True),
        past(2, addresses=(B, C), relinquishing=(A,), case_number=2),
        seen(A, B, C, cases=(relinquish(A, total=2, status="pending-customer-action"),)),
        Confirm(case=relinquish(A, total=2, status="pending-customer-action")),
    ),
    (
        "the question was answered already",
        lease(2, confirm_relinquish=True),
        past(2, addresses=(B, C), relinquishing=(A,), case_number=2),
        seen(A, B, C, cases=(relinquish(A, total=2, status="pending-customer-action", confirmed=True),)),
        Nothing(),
    ),
]


@pytest.mark.parametrize(
    ("declared", "remembered", "shown", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in ROWS],
)
def test_what_follows(declared: Lease, remembered: Past | None, shown: Seen, expected: Action) -> None:
    """One step follows from what is wanted, remembered and shown."""
    assert expected == next_action(declared, remembered, shown)


ENDINGS: list[tuple[str, Past, Seen, Action]] = [
    ("all that is held goes", past(addresses=(A, B)), seen(A, B, C), Relinquish(returns=(A, B), total=0)),
    ("even what came beyond the count", past(0, addresses=(A,)), seen(A), Relinquish(returns=(A,), total=0)),
    ("nothing held and nothing open: nothing is filed", past(), seen(A), Nothing()),
    (
        "an open request is withdrawn first",
        past(case_number=1, open_cases=(OPEN,)),
        seen(cases=(OPEN,)),
        Withdraw(case=OPEN),
    ),
    (
        "an open request of which all came is withdrawn too",
        past(case_number=1, unfinished=True, open_cases=(OPEN,)),
        seen(A, B, C, cases=(OPEN,)),
        Withdraw(case=OPEN),
    ),
    (
        "an earlier, cut-off destroy filed the case",
        past(addresses=(A, B), case_number=1),
        seen(A, B, cases=(relinquish(A, B),)),
        Nothing(),
    ),
    (
        "an earlier, cut-off destroy filed the case, and AWS closed it",
        past(addresses=(A, B), case_number=1),
        seen(A, B, cases=(relinquish(A, B, status=RESOLVED),)),
        Nothing(),
    ),
    (
        "what AWS did not take back before is given back now",
        past(1, addresses=(A, B), case_number=2),
        seen(A, B, cases=(relinquish(A, total=1, status=RESOLVED),)),
        Relinquish(returns=(A, B), total=0),
    ),
]


@pytest.mark.parametrize(("remembered", "shown", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ENDINGS])
def test_the_end_of_a_lease(remembered: Past, shown: Seen, expected: Action) -> None:
    """A lease that ends gives back what it holds, and nothing else."""
    assert expected == next_action(lease(), remembered, shown, ending=True)


def test_a_second_growing_lease_is_refused_by_name() -> None:
    """Two open requests in one Region could not tell their addresses apart."""
    shown = seen(cases=(request(lease_key=OTHER_KEY),))

    expected = Refuse(
        what="eu (eu-west-1) cannot ask for 3 dedicated IP addresses now: the lease other (eu-west-1) "
        "(organization/shop/prod/other/eu-west-1) has its request 1700000001 open in the same account and Region, "
        "and new addresses could not be told apart.",
        next_step="No request is left open for it. Run `pulumi up` again when case 1700000001 is closed, or let one "
        "lease hold all addresses of the Region.",
    )

    assert expected == next_action(lease(), None, shown)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"region": "us-east-1"}, id="in another Region"),
        pytest.param({"status": RESOLVED}, id="closed"),
        pytest.param({"withdrawn": True}, id="withdrawn"),
    ],
)
def test_another_leases_request_is_in_the_way_only_while_it_grows_here(other: dict[str, Any]) -> None:
    """A request elsewhere, or a finished one, keeps nobody from asking."""
    shown = seen(cases=(request(lease_key=OTHER_KEY, **other),))

    assert FileRequest(asks=3) == next_action(lease(), None, shown)


def test_an_address_that_is_not_there_cannot_be_adopted() -> None:
    """The sentence names the lease, the address, the account and the Region."""
    expected = Refuse(
        what="eu (eu-west-1) cannot adopt 192.0.2.4: account 111122223333 has no such dedicated IP address in eu-west-1.",
        next_step="Nothing was filed. Correct `adopt`, or the Region or credentials of the lease.",
    )

    assert expected == next_action(lease(adopt=(A, D)), None, seen(A))


def test_a_managed_address_cannot_be_adopted() -> None:
    """SES itself leases and releases what is in a managed pool."""
    expected = Refuse(
        what="eu (eu-west-1) cannot adopt 192.0.2.1: it belongs to a managed pool, where SES itself leases and "
        "releases addresses.",
        next_step="Nothing was filed. Take it out of `adopt`.",
    )

    assert expected == next_action(lease(adopt=(A,)), None, seen(address(A, "managed", managed=True)))


def test_an_address_adopted_before_may_vanish() -> None:
    """An old mention in `adopt` is history: a lost address is asked for, not missed."""
    remembered = past(2, addresses=(B, C), adopt=(A,))

    assert FileRequest(asks=1) == next_action(lease(3, adopt=(A,)), remembered, seen(B, C))


def test_an_address_given_back_does_not_come_home_by_its_old_mention_in_adopt() -> None:
    """What was adopted and then given back stays somebody else's, even if AWS leases it to the account again."""
    remembered = past(1, addresses=(B,), adopt=(A,), case_number=2)

    assert FileRequest(asks=1) == next_action(lease(2, adopt=(A,)), remembered, seen(A, B))


def test_addresses_that_cannot_be_told_apart_are_not_guessed() -> None:
    """With nothing remembered, more arrivals than were asked for may be somebody else's."""
    shown = seen(A, B, cases=(request(asks=1, status=RESOLVED),))

    expected = Refuse(
        what="eu (eu-west-1) cannot tell its addresses apart: more appeared after its earlier case 1700000001 than "
        "the 1 dedicated IP address asked for there.",
        next_step="Nothing was filed. Name the addresses of this lease in `adopt` under a new resource name.",
    )

    assert expected == next_action(lease(), None, shown)


def test_which_addresses_go_first() -> None:
    """`release_first` leads, then no pool before the user's pools, then the least warmed, then the number."""
    shown = seen(
        address(A, "marketing", warm=10),
        address(B, warm=100),
        address(C, None, warm=30),
        address(D, warm=30),
        address(E, "marketing", warm=5),
        address("192.0.2.10", warm=30),
    )

    held = (A, B, C, D, E, "192.0.2.10")

    assert (B, A, C, D, "192.0.2.10", E) == release_order(held, (B, A, "192.0.2.99"), shown)


def test_an_address_that_ses_stopped_listing_goes_first() -> None:
    """A preview may rank an address of which nothing more is known."""
    assert (A, B) == release_order((B, A), (), seen(B))


def test_keys_name_a_lease() -> None:
    """A lease is called by its name and Region, whatever is in the name."""
    assert "eu (eu-west-1)" == lease().label
    assert "a/b (eu-west-1)" == lease(key="organization/shop/prod/a/b/eu-west-1").label
    assert KEY == lease().key


def test_of_two_open_cases_that_ask_for_the_same_the_later_is_called_off() -> None:
    """A case that was listed late may have been filed again; whoever sees both lets the first stand."""
    first = request(filed_at="2026-11-24T01:00:00.000Z")
    again = request(filed_at="2026-11-24T01:00:09.000Z", id="case-again")
    closed = request(filed_at="2026-11-24T01:00:09.000Z", id="case-again", status=RESOLVED)
    remembered = past(0, case_number=1, unfinished=True, open_cases=(again,))

    assert Withdraw(case=again, steps_back=True) == next_action(lease(), remembered, seen(cases=(again, first)))
    assert Nothing() == next_action(lease(), remembered, seen(cases=(first, closed)))
