"""Cases whose messages AWS does not show as ours: every member of a message is optional in AWS's model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.filed import steps
from support.stacks import REGION, marked

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator


def hide_authors(emulator: Emulator) -> None:
    """Make AWS list the messages of every case without their author."""
    with emulator.awake() as world:
        for case in emulator.cases():
            messages = tuple(replace(message, author="") for message in case.communications)
            world.account(DEFAULT_ACCOUNT).cases[case.id] = replace(case, communications=messages)


def test_a_lost_answer_is_found_by_the_mark_in_the_subject_alone(emulator: Emulator, stack: Stack) -> None:
    """What the case asks for is in the record's intent: it is not filed again."""
    emulator.change(listing_delay=300)
    emulator.fault("reset", operation="CreateCase", when="after")
    stack.up(eu={"count": 3})
    hide_authors(emulator)
    emulator.advance(3600)

    stack.up(eu={"count": 3})
    stack.refresh()

    assert (["request"], "requested", 3) == (steps(emulator), stack["eu"]["status"], stack["eu"]["requested_count"])
    assert [] == stack.changes(eu={"count": 3})


def test_a_followed_case_is_closed_when_aws_closes_it(emulator: Emulator, stack: Stack) -> None:
    """AWS's status counts, although no message can be read."""
    stack.up(eu={"count": 3})
    hide_authors(emulator)
    emulator.grant(marked(emulator)[0].id, 2)
    stack.refresh()
    assert ("requested", "work-in-progress") == (stack["eu"]["status"], stack["eu"]["case_status"])
    emulator.resolve(marked(emulator)[0].id)

    stack.refresh()

    assert ("short", "resolved", 1) == (stack["eu"]["status"], stack["eu"]["case_status"], stack["eu"]["shortfall"])
    assert 2 == len(emulator.addresses(REGION))


def test_a_case_that_aws_keeps_no_longer_stays_linked(emulator: Emulator, stack: Stack) -> None:
    """AWS keeps a case for 24 months; the stack shows the last one that it knew."""
    stack.grown(2)
    linked = stack.shown("case_id", "case_display_id", "case_status")
    with emulator.awake() as world:
        world.account(DEFAULT_ACCOUNT).cases.clear()

    stack.refresh()

    assert ("active", linked) == (stack["eu"]["status"], stack.shown("case_id", "case_display_id", "case_status"))
    assert "resolved" == linked[2]


def test_a_relinquishment_is_followed_to_its_end(emulator: Emulator, stack: Stack) -> None:
    """The record says which addresses it names."""
    stack.up(eu={"count": 2})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    stack.up(eu={"count": 1})
    hide_authors(emulator)

    stack.refresh()
    assert ("relinquishing", ["192.0.2.1"]) == (stack["eu"]["status"], stack["eu"]["relinquishing"])
    emulator.remove(marked(emulator)[1].id)
    stack.refresh()

    assert ("active", ["192.0.2.2"]) == (stack["eu"]["status"], stack["eu"]["addresses"])
    assert ["request", "relinquish"] == steps(emulator)
