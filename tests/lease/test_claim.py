"""Who may hold a Region's lease: whether a create, or an update that found another holder, may continue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.tables import table

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.claim import Recorded, claim
from dedicated_ip_provider.lease.model import Holder, Memory
from lease.values import (
    HOLDER,
    NOW,
    OTHER_NONCE,
    REGION,
    RESOLVED,
    A,
    B,
    C,
    D,
    E,
    F,
    followed,
    form,
    intent,
    lease,
    memory,
    relinquish,
    request,
    seen,
)

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Observation

ME = Holder(path="shop/test/eu", nonce=OTHER_NONCE, since=NOW)
TOKEN = "eu-west-1/7-k3f9"  # noqa: S105 - the name of a version
GOING = followed(relinquish(A))
NOTHING = Memory(holder=HOLDER, serial=6, number=2)
LIVE = memory(A, B, serial=6, number=4, count=2, cases=(GOING, followed(request(4), arrived=1)))
LIVE_OF_4 = replace(LIVE, count=4)
INTENT = intent(number=2)
INTENT_OF_4 = replace(INTENT, count=4)


def _begun(**values: object) -> Memory:
    began = Memory(holder=ME, serial=6, number=2, knows=frozenset((A,)))
    return replace(began, **values)  # type: ignore[arg-type]  # what a row names


CLAIMS: list[tuple[str, Memory | None, str | None, Observation, Memory]] = [
    # reason, the record, `take_over_from`, AWS shows: the claim
    ("there is no record: a record deleted by hand, too", None, None, seen(A), _begun(serial=0, number=0)),
    ("numbers go on after the cases that are there, whoever's", None, None, seen(A, cases=(request(8), request(5))), _begun(serial=0, number=8)),
    ("nobody has it", Memory(holder=None, serial=6, number=2), None, seen(A), _begun()),
    ("what relinquishes addresses goes on", Memory(holder=None, serial=6, number=2, cases=(GOING,)), None, seen(A), _begun(cases=(GOING,))),
    ("a form of the ended lease is pending", Memory(holder=None, serial=6, number=2, forms=(form(A),)), None, seen(A), _begun()),
    ("nobody has it, and consent is not needed", Memory(holder=None, serial=6, number=2), TOKEN, seen(A), _begun()),
    ("a claim came to nothing", NOTHING, None, seen(A), _begun()),
    ("a claim came to nothing, and other cases are there", NOTHING, None, seen(A, cases=(request(8),)), _begun()),
    ("a claim came to nothing, beside what an earlier lease relinquishes", replace(NOTHING, cases=(GOING,)), None, seen(A), _begun(cases=(GOING,))),
    ("its intent is older than ten minutes, and its case not listed", replace(NOTHING, intent=replace(INTENT, at=NOW - timedelta(minutes=10))), None, seen(A), _begun()),
    ("the user names the record's version and holder", LIVE, TOKEN, seen(A), replace(LIVE, holder=ME)),
    ("the same, with a case that may have been filed", replace(NOTHING, intent=INTENT), TOKEN, seen(A), replace(NOTHING, intent=INTENT, holder=ME)),
    ("the former holder acted on a greater count, which is not this lease's", LIVE_OF_4, TOKEN, seen(A), replace(LIVE_OF_4, holder=ME, count=3, attempt=0)),
    ("the former holder was about to act on a greater count", replace(LIVE, intent=INTENT_OF_4), TOKEN, seen(A), replace(LIVE, holder=ME, intent=replace(INTENT_OF_4, count=3, attempt=0))),
    ("a claim that came to nothing was named", NOTHING, TOKEN, seen(A), replace(NOTHING, holder=ME)),
]  # fmt: skip


@table("reason, remembered, consent, shown, expected", CLAIMS)
def test_a_lease_that_nobody_uses_is_claimed(
    reason: str, remembered: Memory | None, consent: str | None, shown: Observation, expected: Memory
) -> None:
    """Existing addresses are then nobody's and not held as new ones, unless the user consented to take them over."""
    recorded = Recorded(memory=remembered, version=7) if remembered else None

    assert expected == claim(recorded, lease(take_over_from=consent), ME, shown, NOW), reason


REFUSED: list[tuple[str, Memory, Observation, str]] = [
    ("it holds addresses", memory(A, B, C, D, E, F, count=6), seen(A, B, C, D, E, F), "6 dedicated IP addresses (192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5 and 1 more)"),
    ("a count of 0 was acted on", memory(count=0), seen(), "no address"),
    ("a request is open", memory(count=None, cases=(followed(request(4)),)), seen(), "no address, case 1700000004 open"),
    ("a request whose number nobody knows is open", memory(count=None, cases=(followed(request(4), display_id=None),)), seen(), "no address, case case-111122223333-4 open"),
    ("a request was closed short", memory(A, count=2, cases=(followed(request(4, status=RESOLVED)),)), seen(A), "1 dedicated IP address (192.0.2.1)"),
    ("forms wait", memory(A, count=None, forms=(form(A), form(asks=1))), seen(A), "1 dedicated IP address (192.0.2.1), a form to relinquish addresses waiting to be filed, a form to request addresses waiting to be filed"),
    ("a live lease may have filed a case a moment ago", memory(A, count=1, intent=INTENT), seen(A), "1 dedicated IP address (192.0.2.1), a case about to be filed as DIP-eu-west-1-2-k3f9"),
    ("the case that was about to be filed is listed", replace(NOTHING, intent=INTENT), seen(cases=(request(2),)), "no address, case 1700000002 open"),
    ("the same, a day ago", replace(NOTHING, intent=replace(INTENT, at=NOW - timedelta(days=1))), seen(cases=(request(2, status=RESOLVED),)), "no address"),
]  # fmt: skip


@table("reason, remembered, shown, has", REFUSED)
def test_a_lease_that_is_live_is_refused_with_the_ways_out(
    reason: str, remembered: Memory, shown: Observation, has: str
) -> None:
    """The error names the holder, since when, what it has, and the value of `take_over_from`."""
    with pytest.raises(Refused) as raised:
        claim(Recorded(memory=remembered, version=7), lease(holder=ME.path), ME, shown, NOW)

    assert (
        f"eu (eu-west-1): account 111122223333 has one lease in eu-west-1, and shop/prod/eu has held it since 2026-11-24 "
        f"12:00 UTC: {has}.\nNothing was filed. If this resource only moved within its program, give it an alias; "
        "otherwise change the lease in the stack that has it. To take it over, or after a run was killed, set "
        '`take_over_from="eu-west-1/7-k3f9"`.'
    ) == str(raised.value), reason


NAMESAKES = [("another holder", "shop/test/eu", ""), ("the same path", "shop/prod/eu", " It has the same path as this resource: it is the resource that this one replaces, one under another parent or in another backend, or one from an earlier run.")]  # fmt: skip


@table("reason, path, namesake", NAMESAKES)
def test_a_holder_of_the_same_path_is_explained(reason: str, path: str, namesake: str) -> None:
    """So that the user does not think of a stranger."""
    with pytest.raises(Refused) as raised:
        claim(Recorded(memory=LIVE, version=7), lease(holder=path), ME, seen(), NOW)

    assert raised.value.what.endswith(f"no address, case 1700000004 open.{namesake}"), reason


STALE = [
    ("somebody wrote since", "eu-west-1/6-k3f9"),
    ("another holder had it", "eu-west-1/7-m4x2"),
    ("another Region's", "eu-west-2/7-k3f9"),
]


@table("reason, consent", STALE)
def test_consent_is_to_one_situation(reason: str, consent: str) -> None:
    """If the record has changed since, it is refused, and the error names the new version."""
    with pytest.raises(Refused) as raised:
        claim(Recorded(memory=LIVE, version=7), lease(take_over_from=consent), ME, seen(), NOW)

    moved = f"(`take_over_from` names {consent}, but the record has moved on to eu-west-1/7-k3f9)"
    assert f": no address, case 1700000004 open {moved}." in raised.value.what, reason


def test_what_may_have_been_filed_a_moment_ago_is_waited_for() -> None:
    """No consent is needed: after ten minutes it is clear whether it was filed."""
    remembered = replace(NOTHING, intent=replace(INTENT, at=NOW - timedelta(minutes=4)))

    with pytest.raises(Refused) as raised:
        claim(Recorded(memory=remembered, version=7), lease(), ME, seen(), NOW)

    assert (
        "eu (eu-west-1): an earlier run of shop/prod/eu may have filed a case that AWS does not list yet.\n"
        "Nothing was filed. Run the same command again after 2026-11-26 12:06 UTC."
    ) == str(raised.value)


def test_the_value_of_consent_is_a_format() -> None:
    """Programs contain it."""
    assert TOKEN == Recorded(memory=LIVE, version=7).token(REGION)
