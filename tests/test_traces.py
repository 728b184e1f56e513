"""What AWS itself tells of a lease, without the state of a stack."""

from __future__ import annotations

from dataclasses import replace

import pytest
from values import KEY, OTHER_KEY, REGION, A, B, C, D, relinquish, request, seen

from dedicated_ip_provider.traces import keys_of, trace


def test_leases_are_found_by_their_cases() -> None:
    """Each lease of a Region once, whatever its cases."""
    cases = (request(), relinquish(A), request(lease_key=OTHER_KEY), request(lease_key="x", region="us-east-1"))

    assert (KEY, OTHER_KEY) == keys_of(cases, REGION)


ADOPTED_TWO = request(1, asks=2, total=4, before=(A, B))


@pytest.mark.parametrize(
    ("here", "cases", "expected", "reason"),
    [
        ([], [request(1, asks=3)], (3, 0, "requested"), "nothing came yet"),
        ([A], [request(1, asks=3)], (3, 0, "requested"), "one came"),
        ([A], [request(1, asks=3, status="resolved")], (3, 0, "short"), "AWS gave fewer"),
        ([A, B, C], [request(1, asks=3, status="resolved")], (3, 0, "active"), "AWS gave all"),
        ([A, B], [ADOPTED_TWO], (4, 0, "requested"), "two were there before, and were taken over"),
        ([A, B, C], [replace(ADOPTED_TWO, status="resolved")], (4, 0, "short"), "one of two came"),
        ([A, B, C, D], [replace(ADOPTED_TWO, status="resolved")], (4, 0, "active"), "both came"),
        (
            [A, B, C],
            [request(1, asks=1, total=2, before=(A, B), status="resolved")],
            (2, 1, "active"),
            "one of two was adopted, and nobody but the stack knows which",
        ),
        ([A, B, C], [relinquish(D, number=1, total=2)], (2, 2, "relinquishing"), "two of three were adopted"),
        (
            [A, B, C, D],
            [replace(ADOPTED_TWO, status="resolved"), relinquish(A, number=2, total=3)],
            (3, 0, "relinquishing"),
            "an adopted one is going",
        ),
        (
            [B, C, D],
            [replace(ADOPTED_TWO, status="resolved"), relinquish(A, number=2, total=3, status="resolved")],
            (3, 0, "active"),
            "an adopted one went",
        ),
        (
            [A, B, C],
            [request(1, asks=1, status="resolved"), request(2, asks=2, total=3, before=(A,), status="resolved")],
            (3, 0, "active"),
            "what was there before came by an earlier case",
        ),
        ([A, B], [relinquish(C, number=1, total=2, status="resolved")], (2, 0, "active"), "all were adopted"),
        (
            [A],
            [request(1, asks=1, status="resolved"), relinquish(A, number=2, status="resolved")],
            (0, 0, "active"),
            "a life that ended, and an address that AWS has not taken back",
        ),
        (
            [],
            [request(1, asks=3, status="resolved", withdrawn=True)],
            (0, 0, "active"),
            "a request that was called off leaves no wish",
        ),
        (
            [A],
            [
                request(1, asks=1, status="resolved"),
                request(2, asks=2, total=3, before=(A,), status="resolved", withdrawn=True),
            ],
            (1, 0, "active"),
            "the growth was called off",
        ),
    ],
)
def test_a_lease_as_its_cases_tell_it(
    here: list[str], cases: list[object], expected: tuple[int, int, str], reason: str
) -> None:
    """What is wanted in all, how much of it nobody can name, and the status."""
    found = trace(KEY, seen(*here, cases=tuple(cases)))  # type: ignore[arg-type]  # each is a case

    assert expected == (found.lease.count, found.unnamed, found.outlook.status), reason


def test_adopted_addresses_are_named_where_no_other_can_be_meant() -> None:
    """What the Region had, and no case of any lease explains, was adopted."""
    earlier = "2026-11-20T00:00:00.000Z"
    other = request(1, asks=1, lease_key=OTHER_KEY, before=(B,), status="resolved", filed_at=earlier)
    mine = request(1, asks=1, total=2, before=(A, B), status="resolved")

    found = trace(KEY, seen(A, B, C, cases=(other, mine)))

    assert ((B,), (B, C)) == (found.lease.adopt, found.outlook.past.addresses)


def test_the_case_that_is_spoken_of_is_the_open_one() -> None:
    """Without an open case, the latest."""
    first, second = request(1, asks=1, status="resolved"), relinquish(A, number=2)

    assert second == trace(KEY, seen(A, cases=(first, second))).case
    assert (
        replace(second, status="resolved") == trace(KEY, seen(cases=(first, replace(second, status="resolved")))).case
    )


@pytest.mark.parametrize(
    ("here", "cases", "expected"),
    [
        ([], (request(1, asks=3, status="resolved", withdrawn=True),), True),
        ([], (request(1, asks=3, withdrawn=True),), False),
        ([A], (request(1, asks=3, status="resolved"), relinquish(A)), False),
        ([], (request(1, asks=3, status="resolved"), relinquish(A, status="resolved")), True),
        ([A], (request(1, asks=1, status="resolved"),), False),
    ],
)
def test_a_lease_is_over_when_nothing_is_left(here: list[str], cases: tuple[object, ...], expected: bool) -> None:  # noqa: FBT001 - a column
    """Nothing wanted, nothing held, nothing under way."""
    assert expected == trace(KEY, seen(*here, cases=cases)).is_over  # type: ignore[arg-type]  # each is a case


def test_more_than_was_asked_for_may_be_somebody_elses() -> None:
    """After a closed request nothing tells whose an address is."""
    closed = request(1, asks=1, status="resolved")

    assert closed == trace(KEY, seen(A, B, cases=(closed,))).unclear
    assert None is trace(KEY, seen(A, cases=(closed,))).unclear
