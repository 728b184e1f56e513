"""The life of one lease: requested, granted in full or in part, denied, grown, adopted, lowered, confirmed, destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, steps
from support.stacks import marked

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator

A, B, C, D = (f"192.0.2.{number}" for number in range(1, 5))


def granted(stack: Stack, emulator: Emulator, count: int = 3, **inputs: object) -> list[str]:
    """Let a stack hold addresses with nothing open, and return them."""
    stack.up(eu={"count": count, **inputs})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    addresses: list[str] = stack["eu"]["addresses"]
    return addresses


def shows(stack: Stack, *keys: str) -> tuple[object, ...]:
    """Return some of the lease's outputs."""
    return tuple(stack["eu"][key] for key in keys)


def is_quiet(emulator: Emulator, stack: Stack) -> bool:
    """Return whether `refresh; up`, twice, changes nothing and files nothing."""
    before = steps(emulator), dict(stack["eu"])
    for _ in range(2):
        stack.refresh()
        if stack.changes(**stack.declared):
            return False
        stack.up(**stack.declared)
    return before == (steps(emulator), stack["eu"])


# Requests.


def test_create_returns_at_once_and_refresh_brings_the_outcome(emulator: Emulator, stack: Stack) -> None:
    """A wish is never shown as a fact; while the case is open, nothing flaps."""
    assert "filed case 1700000001, which requests 3 dedicated IP addresses" in stack.up(eu={"count": 3}).said
    assert ("requested", [], 0, 3) == shows(stack, "status", "addresses", "leased_count", "requested_count")
    assert is_quiet(emulator, stack)

    emulator.grant(marked(emulator)[0].id, 2)
    stack.refresh()
    assert ("requested", [A, B], 2, 1, 0) == shows(
        stack, "status", "addresses", "leased_count", "requested_count", "shortfall"
    )
    assert is_quiet(emulator, stack)

    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    assert ("active", [A, B, C], 74.85) == shows(stack, "status", "addresses", "monthly_cost_usd")
    assert is_quiet(emulator, stack)


def test_a_higher_count_requests_the_difference(emulator: Emulator, stack: Stack) -> None:
    """In a case of its own, as the first one is closed."""
    granted(stack, emulator)

    stack.up(eu={"count": 5})

    assert (["request", "request"], 2) == (steps(emulator), filed(emulator)[1].asks)


@pytest.mark.parametrize("came", [0, 1])
def test_a_no_is_sticky_until_attempt_or_count_changes(emulator: Emulator, stack: Stack, came: int) -> None:
    """Denied, or granted in part: nothing is requested by itself, and the preview is empty."""
    stack.up(eu={"count": 3})
    if came:
        emulator.grant(marked(emulator)[0].id, came)
    emulator.refuse(marked(emulator)[0].id)
    stack.refresh()
    assert ("short", 3 - came, 3) == shows(stack, "status", "shortfall", "count")
    assert "no more are requested until you raise `attempt` or change `count`" in stack["eu"]["message"]
    assert is_quiet(emulator, stack)

    stack.up(eu={"count": 3, "attempt": 2})
    assert (["request", "request"], 3 - came) == (steps(emulator), filed(emulator)[1].asks)
    emulator.refuse(marked(emulator)[1].id)
    stack.refresh()
    stack.up(eu={"count": 4, "attempt": 2})
    assert 4 - came == filed(emulator)[2].asks


def test_what_comes_late_for_a_request_that_was_closed_short_is_the_leases(emulator: Emulator, stack: Stack) -> None:
    """As long as nothing has changed since."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1, close=True)
    stack.refresh()
    assert "short" == stack["eu"]["status"]
    emulator.lease(REGION, 2)

    stack.refresh()

    assert ("active", [A, B, C]) == shows(stack, "status", "addresses")


def test_more_than_were_requested_are_held_but_doubtful(emulator: Emulator, stack: Stack) -> None:
    """None of those is relinquished before `adopt` names the lease's: a person may have requested some by hand."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 4, close=True)
    stack.refresh()
    assert ("over", [A, B, C, D], 3) == shows(stack, "status", "addresses", "count")
    assert is_quiet(emulator, stack)

    stack.up(eu={"count": 4})
    stack.up(eu={"count": 2})
    assert ["request"] == steps(emulator)

    stack.up(eu={"count": 3, "adopt": [A, B, C]})
    stack.up(eu={"count": 2, "adopt": [A, B]})
    assert {A, B, C} > filed(emulator)[-1].named


def test_a_destroy_names_the_doubtful_and_leaves_them(emulator: Emulator, stack: Stack) -> None:
    """It relinquishes what is the lease's for certain."""
    granted(stack, emulator, 2)
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[1].id, 2, close=True)
    stack.refresh()

    done = stack.destroy()

    assert f"left leased, because more arrived than were requested: {C}, {D}." in done.said
    assert {A, B} == filed(emulator)[-1].named


@pytest.mark.parametrize("has_plan", [True, False])
def test_a_destroy_that_was_killed_at_its_end_names_what_is_leased(
    emulator: Emulator, stack: Stack, *, has_plan: bool
) -> None:
    """The next one finds a lease that has ended, files nothing, and says what stays leased; the state knew nothing."""
    granted(stack, emulator, 2)
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[1].id, 2, close=True)
    stored = dict(stack.stored)
    stack.destroy()
    stack.stored = stored
    emulator.change(support_plan=has_plan)
    before = steps(emulator)

    said = stack.destroy().said

    assert [
        f"eu ({REGION}): the lease of {REGION} has ended already; nothing is filed from here.",
        f"eu ({REGION}): left leased: {C}, {D}.",
    ] == said.splitlines()
    assert before == steps(emulator)


# Changes while a request is open.


def test_a_change_while_a_request_is_open_amends_it(emulator: Emulator, stack: Stack) -> None:
    """One open request per lease, told how many it shall bring in all."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1)
    for count, asks in ((5, 5), (2, 2), (4, 4)):
        stack.up(eu={"count": count})
        assert asks == filed(emulator)[0].asks
        assert is_quiet(emulator, stack)

    assert ["request amend amend amend"] == steps(emulator)
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    assert ("active", 4) == shows(stack, "status", "leased_count")


def test_a_count_that_is_here_already_withdraws_the_request(emulator: Emulator, stack: Stack) -> None:
    """Told in the case, and closed."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1)

    stack.up(eu={"count": 1})

    assert (["request withdraw"], True) == (steps(emulator), marked(emulator)[0].is_resolved)
    assert ("active", [A]) == shows(stack, "status", "addresses")
    assert is_quiet(emulator, stack)


def test_what_comes_for_a_request_that_was_withdrawn_is_nobodys(emulator: Emulator, stack: Stack) -> None:
    """It is named as unmanaged, and `adopt` makes it the lease's."""
    stack.up(eu={"count": 1})
    stack.up(eu={"count": 0})
    [came] = emulator.lease(REGION)
    stack.refresh()
    assert ("active", []) == shows(stack, "status", "addresses")
    assert f"The account also has {came} in eu-west-1, which the lease does not hold" in stack["eu"]["message"]

    stack.up(eu={"count": 1, "adopt": [came]})

    assert (["request withdraw"], [came]) == (steps(emulator), stack["eu"]["addresses"])


# Drift, and what others do.


def test_a_held_address_that_vanished_lowers_the_count(emulator: Emulator, stack: Stack) -> None:
    """So that the preview shows `2 => 3`, and the same program requests one more."""
    granted(stack, emulator)
    emulator.take_away(REGION, B)

    stack.refresh()

    assert (2, [A, C]) == shows(stack, "count", "addresses")
    assert f"Gone from the account: {B}." in stack["eu"]["message"]
    assert ["eu"] == stack.changes(eu={"count": 3})
    stack.up(eu={"count": 3})
    assert (["request", "request"], 1) == (steps(emulator), filed(emulator)[1].asks)


def test_a_program_that_accepts_the_drift_files_nothing(emulator: Emulator, stack: Stack) -> None:
    """Also where the address comes back: nothing observed ever relinquishes."""
    granted(stack, emulator)
    emulator.take_away(REGION, B)
    stack.refresh()
    stack.up(eu={"count": 2})
    emulator.import_addresses(REGION, "198.51.100.7")

    stack.refresh()
    stack.up(eu={"count": 2})

    assert (["request"], [A, C]) == (steps(emulator), stack["eu"]["addresses"])


def test_others_addresses_are_no_drift(emulator: Emulator, stack: Stack) -> None:
    """They come and go, and warm up, and no output but the message changes."""
    granted(stack, emulator)
    shown = dict(stack["eu"])
    [others] = emulator.lease(REGION)
    emulator.add_managed(REGION, 2)
    stack.refresh()
    assert {"message", "memory"} == {key for key, value in stack["eu"].items() if value != shown[key]}
    assert [] == stack.changes(eu={"count": 3})

    emulator.take_away(REGION, others)
    emulator.advance(days=10)
    stack.refresh()

    assert shown["message"] == stack["eu"]["message"]
    assert is_quiet(emulator, stack)


# Relinquishing.


def test_a_lower_count_relinquishes_the_least_warmed_first(emulator: Emulator, stack: Stack) -> None:
    """Or those that `relinquish_first` names; until AWS has removed them they are shown as going."""
    granted(stack, emulator)
    emulator.advance(days=20)
    stack.up(eu={"count": 4})
    emulator.grant(marked(emulator)[1].id)
    stack.refresh()

    stack.up(eu={"count": 3})
    assert {D} == filed(emulator)[-1].named
    stack.up(eu={"count": 2, "relinquish_first": [B]})
    assert {B} == filed(emulator)[-1].named

    assert ("relinquishing", [A, C], [B, D]) == shows(stack, "status", "addresses", "relinquishing")
    assert is_quiet(emulator, stack)
    for case in marked(emulator, is_open=True):
        emulator.remove(case.id)
    stack.refresh()
    assert ("active", [A, C], 2) == shows(stack, "status", "addresses", "count")


def test_awss_question_waits_for_a_person_or_is_answered_once(emulator: Emulator, stack: Stack) -> None:
    """`confirm_relinquish` lets the next update say yes, once; else the message says where to reply."""
    granted(stack, emulator)
    stack.up(eu={"count": 2})
    emulator.confirm_question(marked(emulator)[1].id)
    stack.refresh()
    assert "action_required" == stack["eu"]["status"]
    assert f"AWS is asking you to confirm the relinquishment of {A} in case 1700000002" in stack["eu"]["message"]
    assert is_quiet(emulator, stack)

    stack.up(eu={"count": 2, "confirm_relinquish": True})
    assert "relinquish confirm" == steps(emulator)[-1]
    emulator.confirm_question(marked(emulator)[1].id)
    stack.refresh()
    stack.up(eu={"count": 2, "confirm_relinquish": True})

    assert "relinquish confirm" == steps(emulator)[-1]


def test_a_relinquish_case_that_aws_closed_without_removing_is_over(emulator: Emulator, stack: Stack) -> None:
    """What is still here is held again; only the user's hand relinquishes it once more."""
    granted(stack, emulator)
    stack.up(eu={"count": 2})
    emulator.resolve(marked(emulator)[1].id)
    stack.refresh()
    assert ("over", [A, B, C]) == shows(stack, "status", "addresses")
    assert is_quiet(emulator, stack)

    stack.up(eu={"count": 3})
    stack.up(eu={"count": 2})

    assert ["request", "relinquish", "relinquish"] == steps(emulator)


def test_a_destroy_with_nothing_held_and_nothing_open_files_nothing(emulator: Emulator, stack: Stack) -> None:
    """A lease of none comes and goes."""
    stack.up(eu={"count": 0})

    stack.destroy()

    assert ([], {}) == (steps(emulator), stack.stored)


def test_a_destroy_withdraws_what_is_open_and_relinquishes_the_rest(emulator: Emulator, stack: Stack) -> None:
    """One case for all that is held."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 2)

    stack.destroy()

    assert ["request withdraw", "relinquish"] == steps(emulator)
    assert {A, B} == filed(emulator)[1].named


# How AWS is written to, and refusals.


@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("language", ["en", "ja", "fr"])
def test_people_understand_each_form_in_each_language(
    emulator: Emulator, stack: Stack, form: str, language: str
) -> None:
    """They read the request, its amendment and what is to go as it is meant; the case has the language's code."""
    inputs = {"form": form, "contact_language": language, "max_send_rate": 14}
    stack.up(eu={"count": 3, **inputs})
    stack.up(eu={"count": 4, **inputs})
    assert (4, language) == (filed(emulator)[0].asks, marked(emulator)[0].form.language)
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()

    stack.up(eu={"count": 2, **inputs})

    assert {A, B} == set(emulator.remove(marked(emulator)[1].id))


def test_credentials_of_another_account_are_refused(emulator: Emulator, stack: Stack) -> None:
    """Whoever has them must not read the lease's addresses as gone."""
    granted(stack, emulator)
    stack["eu"]["account_id"] = "999999999999"

    for command in (stack.refresh, stack.destroy):
        assert command().error == (
            "eu (eu-west-1) is in account 999999999999, but the credentials lead to account 111122223333.\n"
            "Nothing was filed. Use the credentials of the lease's account."
        )


def test_what_was_sent_stays_sent_where_the_case_cannot_be_read_again(emulator: Emulator, stack: Stack) -> None:
    """A message opens a closed case, or does not: to look is good, and its failure no failure of the message."""
    stack.up(eu={"count": 2})
    emulator.fault("access-denied", operation="DescribeCases", skip=1)

    done = stack.up(eu={"count": 3})

    assert ("", 3) == (done.error, stack["eu"]["requested_count"])


def test_a_request_needs_a_use_case_and_nothing_else_does(emulator: Emulator, stack: Stack) -> None:
    """Not to adopt, nor to relinquish."""
    emulator.lease(REGION, 2)
    stack.up(eu={"count": 2, "adopt": [A, B], "use_case": None})
    stack.up(eu={"count": 1, "use_case": None})
    assert ["relinquish"] == steps(emulator)

    error = stack.up(eu={"count": 3, "use_case": None}).error

    assert "AWS asks what you send, and `use_case` is missing" in error
    assert ["relinquish"] == steps(emulator)


@pytest.mark.parametrize(
    ("adopt", "reason"),
    [
        ("198.51.100.9", "has no such dedicated IP address in eu-west-1"),
        ("192.0.2.2", "it belongs to a managed pool"),
        ("192.0.2.1", "the open case 1700000001 relinquishes it"),
    ],
    ids=lambda value: value[-30:],
)
def test_what_cannot_be_adopted_is_refused(emulator: Emulator, stack: Stack, adopt: str, reason: str) -> None:
    """Nothing is claimed or filed for it."""
    emulator.lease(REGION)
    emulator.add_managed(REGION)
    stack.up(eu={"count": 1, "adopt": [A]})
    stack.up(eu={"count": 0})
    before = steps(emulator)

    error = stack.up(eu={"count": 1, "adopt": [adopt]}).error

    assert reason in error
    assert "Nothing was filed." in error
    assert before == steps(emulator)
