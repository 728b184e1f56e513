"""The life of a lease, told with the commands that a person types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
TWO = 'DedicatedIpLease("eu", count=2, use_case=shop)'
FIVE = 'DedicatedIpLease("eu", count=5, use_case=shop)'


def leased(stack: Stack, statement: str = TWO) -> tuple[str, ...]:
    """Bring a stack to where AWS has granted all that its lease asked for."""
    stack.program(statement)
    stack.up()
    addresses = stack.desk.grant(stack.desk.cases()[-1].id)
    stack.refresh()
    return addresses


def test_up_files_one_case_and_the_next_preview_is_empty(stack: Stack) -> None:
    """`up` asks for all addresses in one case; with nothing changed, Pulumi has nothing to do."""
    stack.program(TWO)

    stack.up()

    assert ["opened"] == [case.status for case in stack.desk.cases()]
    assert ("requested", 2, []) == tuple(stack.outputs()[key] for key in ("status", "requested_count", "addresses"))
    assert stack.preview_is_empty()


def test_refresh_brings_the_addresses_and_shows_no_change(stack: Stack) -> None:
    """What AWS granted is in the state after a refresh, and the program still fits."""
    addresses = leased(stack)

    assert ("active", list(addresses)) == (stack.outputs()["status"], stack.outputs()["addresses"])
    assert stack.preview_is_empty()


def test_a_higher_count_asks_for_the_difference(stack: Stack) -> None:
    """The preview shows the count, and only the count; `up` files one case for what is missing."""
    leased(stack)
    stack.program(FIVE)

    said = stack.preview()
    detail = stack.preview("--diff")
    stack.up()

    assert "[diff: ~count]" in said
    assert "count: 2 => 5" in " ".join(detail.replace(" :", ":").split())
    assert ["resolved", "opened"] == [case.status for case in stack.desk.cases()]
    assert "Please add 3, for a total of 5." in stack.desk.cases()[-1].communications[0].body
    assert 3 == stack.outputs()["requested_count"]
