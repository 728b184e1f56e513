"""Each wish is filed once, also where AWS's answer is lost and its list shows a new case late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from explore.events import Limits
from explore.events import steps as explored
from explore.explore import start_of
from support.filed import PARAMETER, REGION, filed, record, steps
from support.process import meanwhile
from support.stacks import Stack, consent, marked
from support.tables import table

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator
    from dedicated_ip_provider.emulator.values import Parameter

TEN_MINUTES = 600
AT_THE_INTENT = 7
"""The call of a first run by which its intent is written."""


@pytest.fixture
def unconfirmed(emulator: Emulator, stack: Stack) -> Stack:
    """A stack whose first request was filed, but AWS lost its answer and lists the case after five minutes."""
    emulator.change(listing_delay=300)
    emulator.fault("reset", operation="CreateCase", when="after")
    stack.up(eu={"count": 3})
    return stack


def test_a_case_that_is_not_listed_yet_is_unconfirmed(emulator: Emulator, unconfirmed: Stack) -> None:
    """The run returns normally: the message names mark and time, and the record keeps the intent."""
    [case] = marked(emulator)

    mark = case.subject.partition("[")[2].rstrip("]")
    assert unconfirmed["eu"]["message"] == (
        f"A case that requests 3 dedicated IP addresses may have been filed as {mark}: AWS's answer was lost, and AWS "
        "does not list the case yet. Run `pulumi refresh` after 2026-11-24 12:10 UTC; until then nothing more is filed."
    )
    assert 0 == record(emulator)["count"]
    assert ("unconfirmed", 0) == (unconfirmed["eu"]["status"], unconfirmed["eu"]["requested_count"])
    assert {"kind": "request", "count": 3, "asks": 3, "number": 1}.items() <= record(emulator)["intent"].items()


def test_a_refresh_finds_the_case_when_aws_lists_it(emulator: Emulator, unconfirmed: Stack) -> None:
    """No update is needed. What arrived meanwhile is the lease's: the list of known addresses stood still."""
    assert ["eu"] == unconfirmed.changes(eu={"count": 3})
    came = emulator.grant(marked(emulator)[0].id, 2)
    unconfirmed.refresh()
    assert [] == unconfirmed["eu"]["addresses"]
    emulator.advance(300)

    unconfirmed.refresh()

    assert ("requested", list(came), 1) == unconfirmed.shown("status", "addresses", "requested_count")
    assert [] == unconfirmed.changes(eu={"count": 3})


@pytest.mark.parametrize("count", [3, 5, 0])
def test_while_a_case_is_unconfirmed_nothing_is_filed(emulator: Emulator, unconfirmed: Stack, count: int) -> None:
    """Whatever the count is now, the next run waits; when AWS lists the case, it goes on with that one."""
    unconfirmed.up(eu={"count": count})
    assert ("unconfirmed", ["request"]) == (unconfirmed["eu"]["status"], steps(emulator))
    emulator.advance(300)

    unconfirmed.up(eu={"count": count})

    assert {3: ["request"], 5: ["request amend"], 0: ["request withdraw"]}[count] == steps(emulator)
    assert [] == unconfirmed.changes(eu={"count": count})


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
    held = stack.grown()
    emulator.change(listing_delay=listing_delay)
    emulator.fault("reset", operation="CreateCase", when="after" if listing_delay else "before")

    first = stack.destroy()
    assert (
        "eu (eu-west-1): a case may have been filed that AWS does not list yet: unconfirmed.\n"
        "Run `pulumi destroy` again: for ten minutes, it searches for the case before it files anything."
    ) == first.error
    emulator.advance(waited)
    for _ in range(2):
        stack.destroy()
        emulator.advance(TEN_MINUTES)

    assert ({}, ["request", "relinquish"]) == (stack.stored, steps(emulator))
    assert set(held) == filed(emulator)[-1].named
    assert "holder" not in record(emulator)


def test_a_case_of_the_state_is_followed_though_no_list_shows_it(emulator: Emulator, stack: Stack) -> None:
    """By its id: amended and called off. Each message has a mark of its own, by which a lost one is looked for."""
    emulator.change(listing_delay=3_600)
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 5})
    emulator.fault("reset", operation="AddCommunicationToCase", when="before")
    stack.up(eu={"count": 4})
    stack.up(eu={"count": 4})
    assert (["request amend amend"], [4]) == (steps(emulator), [one.asks for one in filed(emulator)])

    for count in (6, 0):
        assert "" == stack.up(eu={"count": count}).error
        assert "" == stack.refresh().error
    emulator.advance(3_600)
    stack.refresh()
    assert ["request amend amend amend withdraw"] == steps(emulator)
    assert ("active", []) == (stack["eu"]["status"], stack.changes(eu={"count": 0}))


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
    stack.grown()
    emulator.fault("throttling", operation="CreateCase")
    with meanwhile(emulator, lambda: emulator.advance(61), "DescribeCases", skip=1):
        done = stack.up(eu={"count": 5})

    assert ("", ["request", "request"], "requested") == (done.error, steps(emulator), stack["eu"]["status"])


def test_a_run_that_waited_long_before_it_filed_reads_the_record_again(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """More than a minute after its intent the lease may be another stack's: then nothing is filed.

    Nor is the record written: the version of the new holder is the last one, so its consent and next write stay valid.
    """
    stack.grown()
    taken_over: list[Parameter | None] = []

    def take_over() -> None:
        emulator.advance(61)
        other.up(eu={"count": 3, "take_over_from": consent(other.up(eu={"count": 3}).error)})
        taken_over.append(emulator.parameter(REGION, PARAMETER))

    # AWS throttles the case, and another stack acts before it is sent again.
    emulator.fault("throttling", operation="CreateCase")
    with meanwhile(emulator, take_over, "DescribeCases", skip=1):
        error = stack.up(eu={"count": 5}).error

    assert "another command wrote the Region's record while this one waited.\nNothing was filed." in error
    assert (["request"], "unconfirmed") == (steps(emulator), other["eu"]["status"])
    assert taken_over == [emulator.parameter(REGION, PARAMETER)]


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


@table(
    "reason, command, messages",
    [
        ("a higher count requests what is missing", "A up 2", [1, 1]),
        ("so does who takes over", "B up 2 take_over_from=eu-west-1/3-n000", [1, 1]),
        ("a destroy", "A destroy", [1]),
        ("a refresh", "A refresh", [1]),
    ],
)
def test_a_case_that_aws_does_not_list_is_read_by_its_id(reason: str, command: str, messages: list[int]) -> None:
    """AWS has closed it: nothing is written in it any more, and what is missing is requested anew."""
    world = start_of(1)
    for words in ("A up 1 <write 3, case: listed late> [ok]", "AWS closes request 0", f"{command} [ok]"):
        world = next(step.world for step in explored(world, Limits(count=2)) if step.words == words)

    assert (reason, messages) == (reason, [one.case.messages for one in world.filed])
    state = world.stacks[0].state
    assert command != "A refresh" or (state is not None and not state.memory.cases[0].is_open)
