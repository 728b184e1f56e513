"""Each wish is filed once, also where AWS's answer is lost and its list shows a new case late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import filed, record, steps
from support.process import meanwhile
from support.stacks import Stack, marked

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

TEN_MINUTES = 600
AT_THE_INTENT = 7
"""The call of a first run by which its intent is written."""


def granted(stack: Stack, emulator: Emulator, count: int = 3) -> list[str]:
    """Let a stack hold addresses with nothing open, and return them."""
    stack.up(eu={"count": count})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    addresses: list[str] = stack["eu"]["addresses"]
    return addresses


@pytest.fixture
def unconfirmed(emulator: Emulator, stack: Stack) -> Stack:
    """A stack whose first request was filed, but AWS lost its answer and lists the case after five minutes."""
    emulator.change(listing_delay=300)
    emulator.fault("reset", operation="CreateCase", when="after")
    stack.up(eu={"count": 3})
    return stack


def test_an_answer_that_was_lost_is_looked_for_and_found(emulator: Emulator, stack: Stack) -> None:
    """A case that AWS lists some seconds late is found in the same run."""
    emulator.change(listing_delay=5)
    emulator.fault("reset", operation="CreateCase", when="after")

    done = stack.up(eu={"count": 3})

    assert ("", "requested") == (done.error, stack["eu"]["status"])
    assert "1700000001" == stack["eu"]["case_display_id"]


def test_a_case_that_is_not_listed_yet_is_unconfirmed(emulator: Emulator, unconfirmed: Stack) -> None:
    """The run returns normally: the message names mark and time, and the record keeps the intent."""
    [case] = marked(emulator)

    mark = case.subject.partition("[")[2].rstrip("]")
    assert unconfirmed["eu"]["message"] == (
        f"A case that requests 3 dedicated IP addresses may have been filed as {mark}: AWS's answer was lost, and AWS "
        "does not list the case yet. Run `pulumi refresh` after 2026-11-24 12:10 UTC; until then nothing more is filed."
    )
    assert ("unconfirmed", 0) == (unconfirmed["eu"]["status"], unconfirmed["eu"]["requested_count"])
    assert {"kind": "request", "count": 3, "asks": 3, "number": 1}.items() <= record(emulator)["intent"].items()


@pytest.mark.parametrize("count", [3, 5, 0])
def test_while_a_case_is_unconfirmed_nothing_is_filed(emulator: Emulator, unconfirmed: Stack, count: int) -> None:
    """Whatever the count is now, the next run waits; when AWS lists the case, it goes on with that one."""
    unconfirmed.up(eu={"count": count})
    assert ("unconfirmed", ["request"]) == (unconfirmed["eu"]["status"], steps(emulator))
    emulator.advance(300)

    unconfirmed.up(eu={"count": count})

    assert {3: ["request"], 5: ["request amend"], 0: ["request withdraw"]}[count] == steps(emulator)
    assert [] == unconfirmed.changes(eu={"count": count})


def test_a_refresh_finds_the_case_when_aws_lists_it(emulator: Emulator, unconfirmed: Stack) -> None:
    """No update is needed: the same program has nothing to change afterwards."""
    assert ["eu"] == unconfirmed.changes(eu={"count": 3})
    emulator.advance(300)

    unconfirmed.refresh()

    assert ("requested", 3) == (unconfirmed["eu"]["status"], unconfirmed["eu"]["requested_count"])
    assert [] == unconfirmed.changes(eu={"count": 3})


def test_what_arrives_while_a_case_is_unconfirmed_is_the_leases(emulator: Emulator, unconfirmed: Stack) -> None:
    """The list of known addresses stands still meanwhile: what came is owed by the case once that is seen."""
    came = emulator.grant(marked(emulator)[0].id, 2)
    unconfirmed.refresh()
    assert [] == unconfirmed["eu"]["addresses"]
    emulator.advance(300)

    unconfirmed.refresh()

    assert (list(came), 1) == (unconfirmed["eu"]["addresses"], unconfirmed["eu"]["requested_count"])


@pytest.mark.parametrize(("waited", "expected"), [(TEN_MINUTES - 20, []), (TEN_MINUTES, ["request"])])
def test_after_ten_minutes_a_case_that_is_not_listed_was_not_filed(
    emulator: Emulator, stack: Stack, waited: int, expected: list[str]
) -> None:
    """Then, and not before, the same command files it."""
    emulator.fault("reset", operation="CreateCase", when="before")
    stack.up(eu={"count": 3})
    assert ("unconfirmed", []) == (stack["eu"]["status"], steps(emulator))
    emulator.advance(waited)

    stack.up(eu={"count": 3})

    assert expected == steps(emulator)


@pytest.mark.parametrize(("listing_delay", "waited"), [(0, 0), (300, 0), (300, 300)])
def test_a_destroy_whose_case_is_unconfirmed_keeps_everything(
    emulator: Emulator, stack: Stack, listing_delay: int, waited: int
) -> None:
    """It raises, and the next destroy finds the case; only then the lease has ended."""
    held = granted(stack, emulator)
    emulator.change(listing_delay=listing_delay)
    emulator.fault("reset", operation="CreateCase", when="after" if listing_delay else "before")

    first = stack.destroy()
    assert "a case may have been filed that AWS does not list yet: unconfirmed." in first.error
    assert "Run `pulumi destroy` again" in first.error
    emulator.advance(waited)
    for _ in range(2):
        stack.destroy()
        emulator.advance(TEN_MINUTES)

    assert ({}, ["request", "relinquish"]) == (stack.stored, steps(emulator))
    assert set(held) == filed(emulator)[-1].named
    assert "holder" not in record(emulator)


def test_a_case_of_the_state_is_followed_though_no_list_shows_it(emulator: Emulator, stack: Stack) -> None:
    """Open cases are followed by their ids: amended and called off before AWS lists them."""
    emulator.change(listing_delay=3_600)

    for count in (3, 5, 4, 6, 0):
        assert "" == stack.up(eu={"count": count}).error
        assert "" == stack.refresh().error

    emulator.advance(3_600)
    stack.refresh()
    assert ["request amend amend amend withdraw"] == steps(emulator)
    assert ("active", []) == (stack["eu"]["status"], stack.changes(eu={"count": 0}))


def test_a_message_before_the_case_is_listed_is_not_taken_for_an_earlier_one(emulator: Emulator, stack: Stack) -> None:
    """Each message has a mark of its own, so that one whose answer was lost is looked for by the right one."""
    emulator.change(listing_delay=3_600)
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 5})
    emulator.fault("reset", operation="AddCommunicationToCase", when="before")

    stack.up(eu={"count": 4})
    stack.up(eu={"count": 4})

    assert (["request amend amend"], [4]) == (steps(emulator), [one.asks for one in filed(emulator)])
    emulator.advance(3_600)
    stack.refresh()
    assert [] == stack.changes(eu={"count": 4})


def test_a_first_run_that_was_killed_at_its_intent_is_gone_on_with(emulator: Emulator, stack: Stack) -> None:
    """For ten minutes nobody can know whether it filed: the next run says when to come back, and needs no consent."""
    stack.up({"killed_at": AT_THE_INTENT, "carried_out": True}, eu={"count": 3})
    assert "intent" in record(emulator)

    error = stack.up(eu={"count": 3}).error
    assert "may have filed a case that AWS does not list yet" in error
    assert "Run the same command again after 2026-11-24 12:10 UTC." in error
    emulator.advance(TEN_MINUTES)
    stack.up(eu={"count": 3})

    assert (["request"], "requested") == (steps(emulator), stack["eu"]["status"])


def test_an_unconfirmed_claim_that_adopted_addresses_is_nobody_elses(emulator: Emulator, stack: Stack) -> None:
    """A lease that holds something is live, whatever became of its case."""
    emulator.lease("eu-west-1", 2)
    emulator.fault("reset", operation="CreateCase", when="before")
    stack.up(eu={"count": 3, "adopt": ["192.0.2.1"]})
    emulator.advance(TEN_MINUTES)

    error = Stack(emulator, "mail/live").up(eu={"count": 1}).error

    assert "shop/prod/eu has held it since" in error
    stack.up(eu={"count": 3, "adopt": ["192.0.2.1"]})
    assert (["192.0.2.1"], 2) == (stack["eu"]["addresses"], stack["eu"]["requested_count"])


def test_an_open_request_that_nobody_follows_stops_a_new_one(emulator: Emulator, stack: Stack) -> None:
    """A second look before a request is filed: what came could not be told apart, so a sentence says what to do."""
    stack.up(eu={"count": 3})
    emulator.delete_parameter("eu-west-1", "/dedicated-ip/lease")
    other = Stack(emulator, "mail/live")

    error = other.up(eu={"count": 1}).error

    assert "cannot request 1 dedicated IP address: case 1700000001, filed by shop/prod/eu" in error
    assert "Nothing was filed. Close case 1700000001 in the Support Center" in error
    assert ["request"] == steps(emulator)
    emulator.resolve(marked(emulator)[0].id)
    assert "" == other.up(eu={"count": 1}).error
    assert ["request", "request"] == steps(emulator)


def test_a_case_that_waited_for_long_is_filed_where_the_lease_is_still_ours(emulator: Emulator, stack: Stack) -> None:
    """The record is read again after a minute; that nothing changed there lets the case go."""
    granted(stack, emulator)
    emulator.fault("throttling", operation="CreateCase")
    with meanwhile(emulator, lambda: emulator.advance(61), "DescribeCases", skip=1):
        done = stack.up(eu={"count": 5})

    assert ("", ["request", "request"], "requested") == (done.error, steps(emulator), stack["eu"]["status"])


def test_a_run_that_waited_long_before_it_filed_reads_the_record_again(emulator: Emulator, stack: Stack) -> None:
    """More than a minute after its intent the lease may be another stack's: then nothing is filed."""
    granted(stack, emulator)
    other = Stack(emulator)

    def take_over() -> None:
        emulator.advance(61)
        token = other.up(eu={"count": 3}).error.rsplit('"', 2)[1]
        other.up(eu={"count": 3, "take_over_from": token})

    # AWS throttles the case, and another stack acts before it is sent again.
    emulator.fault("throttling", operation="CreateCase")
    with meanwhile(emulator, take_over, "DescribeCases", skip=1):
        error = stack.up(eu={"count": 5}).error

    assert "another command wrote the Region's record while this one waited.\nNothing was filed." in error
    assert (["request"], "unconfirmed") == (steps(emulator), other["eu"]["status"])


def test_an_adopted_address_that_a_request_had_brought_is_not_asked_for_again(emulator: Emulator, stack: Stack) -> None:
    """Whoever adopts what AWS has just granted changes nothing: it came for the open request."""
    stack.up(eu={"count": 3})
    [came] = emulator.grant(marked(emulator)[0].id, 1)

    stack.up(eu={"count": 3, "adopt": [came]})

    assert (["request"], [came]) == (steps(emulator), stack["eu"]["addresses"])
    assert 2 == stack["eu"]["requested_count"]


@pytest.mark.parametrize("at", range(4, 9))
def test_what_an_unconfirmed_create_adopted_survives_a_killed_update(emulator: Emulator, stack: Stack, at: int) -> None:
    """The state holds it, whatever the record says of a lease whose first count was not acted on."""
    emulator.lease("eu-west-1", 2)
    emulator.fault("reset", operation="CreateCase", when="before")
    wish = {"count": 3, "adopt": ["192.0.2.1"]}
    stack.up(eu=wish)
    emulator.advance(TEN_MINUTES)
    stack.up({"killed_at": at, "carried_out": True}, eu=wish)
    emulator.advance(TEN_MINUTES)

    stack.up(eu=wish)
    stack.refresh()

    assert (["192.0.2.1"], ["request"], [2]) == (
        stack["eu"]["addresses"],
        steps(emulator),
        [one.asks for one in filed(emulator)],
    )
