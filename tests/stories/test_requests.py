"""What is requested, granted in full or in part, denied, amended and withdrawn; and what others do meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, steps
from support.stacks import marked

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator

A, B, C = (f"192.0.2.{number}" for number in range(1, 4))


def looks(emulator: Emulator) -> int:
    """Return how often SES was asked how it stands to the account."""
    return len(emulator.calls("GetAccount"))


def test_create_returns_at_once_and_refresh_brings_the_outcome(emulator: Emulator, stack: Stack) -> None:
    """A wish is never shown as a fact; while the case is open, nothing flaps; a higher count requests the difference."""
    assert "filed case 1700000001, which requests 3 dedicated IP addresses" in stack.up(eu={"count": 3}).said
    assert ("requested", [], 0, 3) == stack.shown("status", "addresses", "leased_count", "requested_count")
    assert stack.is_quiet()

    emulator.grant(marked(emulator)[0].id, 2)
    stack.refresh()
    assert ("requested", [A, B], 2, 1, 0) == stack.shown(
        "status", "addresses", "leased_count", "requested_count", "shortfall"
    )
    assert stack.is_quiet()

    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    assert ("active", [A, B, C], 74.85) == stack.shown("status", "addresses", "monthly_cost_usd")
    assert stack.is_quiet()

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
    assert ("short", 3 - came, 3) == stack.shown("status", "shortfall", "count")
    assert "no more are requested until you raise `attempt` or change `count`" in stack["eu"]["message"]
    assert stack.is_quiet()

    stack.up(eu={"count": 3, "attempt": 2})
    assert (["request", "request"], 3 - came) == (steps(emulator), filed(emulator)[1].asks)
    emulator.refuse(marked(emulator)[1].id)
    stack.refresh()
    stack.up(eu={"count": 4, "attempt": 2})
    assert 4 - came == filed(emulator)[2].asks


def test_what_comes_late_for_a_request_that_was_closed_short_is_the_leases(emulator: Emulator, stack: Stack) -> None:
    """As long as nothing has changed since. What came for it is not asked for again where `adopt` names it."""
    stack.up(eu={"count": 3})
    [came] = emulator.grant(marked(emulator)[0].id, 1)
    stack.up(eu={"count": 3, "adopt": [came]})
    assert (["request"], [came], 2) == (steps(emulator), *stack.shown("addresses", "requested_count"))

    emulator.refuse(marked(emulator)[0].id)
    stack.refresh()
    assert "short" == stack["eu"]["status"]
    emulator.lease(REGION, 2)
    stack.refresh()
    assert ("active", [A, B, C]) == stack.shown("status", "addresses")


def test_a_change_while_a_request_is_open_amends_or_withdraws_it(emulator: Emulator, stack: Stack) -> None:
    """One open request per lease, told how many it shall bring in all; what comes for a withdrawn one is nobody's."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1)
    for count in (5, 2, 4):
        stack.up(eu={"count": count})
        assert count == filed(emulator)[0].asks
        assert stack.is_quiet()
    assert ["request amend amend amend"] == steps(emulator)
    emulator.grant(marked(emulator)[0].id, 1)

    stack.up(eu={"count": 2})
    assert (["request amend amend amend withdraw"], True) == (steps(emulator), marked(emulator)[0].is_resolved)
    assert ("active", [A, B]) == stack.shown("status", "addresses")
    assert stack.is_quiet()

    [came] = emulator.lease(REGION)
    stack.refresh()
    assert ("active", [A, B]) == stack.shown("status", "addresses")
    assert f"The account also has {came} in eu-west-1, which the lease does not hold" in stack["eu"]["message"]
    stack.up(eu={"count": 3, "adopt": [came]})
    assert (1, [A, B, came]) == (len(steps(emulator)), stack["eu"]["addresses"])


def test_a_held_address_that_vanished_lowers_the_count(emulator: Emulator, stack: Stack) -> None:
    """So that the preview shows `2 => 3`; who accepts that files nothing, and who does not requests one more."""
    stack.grown()
    emulator.take_away(REGION, B)
    stack.refresh()
    assert (2, [A, C]) == stack.shown("count", "addresses")
    assert f"Gone from the account: {B}." in stack["eu"]["message"]
    assert ["eu"] == stack.changes(eu={"count": 3})

    # Nor does what comes back: nothing observed ever relinquishes.
    stack.up(eu={"count": 2})
    emulator.import_addresses(REGION, "198.51.100.7")
    stack.refresh()
    stack.up(eu={"count": 2})
    assert (["request"], [A, C]) == (steps(emulator), stack["eu"]["addresses"])

    stack.up(eu={"count": 3})
    assert (["request", "request"], 1) == (steps(emulator), filed(emulator)[1].asks)


def test_others_addresses_are_no_drift(emulator: Emulator, stack: Stack) -> None:
    """They come and go, and warm up, and no output but the message changes."""
    stack.grown()
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
    assert stack.is_quiet()


@pytest.mark.parametrize("form", ["ses", "pinpoint-email"])
@pytest.mark.parametrize("language", ["en", "ja", "fr"])
def test_people_understand_each_form_in_each_language(
    emulator: Emulator, stack: Stack, form: str, language: str
) -> None:
    """They read the request, its amendment and what is to go as it is meant; the case has the language's code."""
    inputs = {"form": form, "contact_language": language, "max_send_rate": 14}
    stack.up(eu={"count": 3, **inputs})
    stack.grown(4, **inputs)
    assert (4, language) == (filed(emulator)[0].asks, marked(emulator)[0].form.language)

    stack.up(eu={"count": 2, **inputs})

    assert {A, B} == set(emulator.remove(marked(emulator)[1].id))


# How SES stands to the account.


def test_what_speaks_against_a_request_is_said_before_it_is_filed(emulator: Emulator, stack: Stack) -> None:
    """AWS decides: the request is filed all the same. Only a request is looked at, not what changes or ends it."""
    emulator.change(production_access=False, enforcement="SHUTDOWN", sending_enabled=False, auto_warmup=False)

    said = stack.up(eu={"count": 2}).said.splitlines()

    assert [
        "eu (eu-west-1): AWS has paused the account's sending in eu-west-1 (SHUTDOWN). ",
        "eu (eu-west-1): The account is in SES's sandbox in eu-west-1. ",
        "eu (eu-west-1): Automatic warm-up is off in eu-west-1: new addresses arrive marked as warmed up, but are cold. ",
        "eu (eu-west-1): filed case 1700000001, which requests 2 dedicated IP addresses: ",
    ] == [line[: line.find(". " if ". " in line else ": https") + 2] for line in said]
    assert "requested" == stack["eu"]["status"]

    stack.grown(3)
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 2})
    stack.destroy()
    assert (1, ["request amend", "relinquish", "relinquish"]) == (looks(emulator), steps(emulator))


def test_a_form_that_requests_is_looked_at_as_well(emulator: Emulator, stack: Stack) -> None:
    """A person who files it should know; a form that waits already is no new request."""
    emulator.change(enforcement="PROBATION")

    first = stack.up(eu={"count": 2, "filing": "console"})
    stack.up(eu={"count": 2, "filing": "console", "max_send_rate": 5})

    assert first.said.startswith("eu (eu-west-1): AWS has the account's sending in eu-west-1 under review (PROBATION).")
    assert ("to_file", 1) == (stack["eu"]["status"], looks(emulator))


@pytest.mark.parametrize("fault", ["access-denied", "throttling", "half-body", "close", "expired-credentials"])
def test_a_look_that_fails_keeps_nothing_from_being_filed(emulator: Emulator, stack: Stack, fault: str) -> None:
    """The permission may be missing: that is said, and a request needs it not."""
    emulator.fault(fault, operation="GetAccount", times=None)

    done = stack.up(eu={"count": 2})

    assert ("", "requested", ["request"]) == (done.error, stack["eu"]["status"], steps(emulator))
    assert done.said.startswith("eu (eu-west-1): the status of the account in SES could not be read: ")
