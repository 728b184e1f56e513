"""What a replacement gives back and asks for, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

IRELAND = 'DedicatedIpLease("eu", region="eu-west-1", count=2, use_case=shop)'
FRANKFURT = 'DedicatedIpLease("eu", region="eu-central-1", count=2, use_case=shop)'
GIVE_BACK_FIRST = "opts=pulumi.ResourceOptions(delete_before_replace=True)"


def filed(stack: Stack) -> list[tuple[str, str]]:
    """Give what was filed after the first case: the Region, and whether to add or to remove."""
    subjects = [case.subject.removeprefix("Amazon SES in ").split() for case in stack.desk.cases()[1:]]
    return [(region.rstrip(":"), verb) for region, _, verb, *_ in subjects]


def test_another_region_asks_there_and_then_gives_back_here(stack: Stack) -> None:
    """The preview says both halves; the new lease has a key of its own."""
    addresses = stack.grown(IRELAND)
    stack.program(FRANKFURT)

    said = stack.preview("--diff")
    stack.up()

    assert "eu (eu-central-1): will ask AWS for 2 dedicated IP addresses" in said
    assert f"eu (eu-west-1): will give back {', '.join(addresses)} by a support case, which is final" in said
    assert [("eu-central-1", "add"), ("eu-west-1", "remove")] == filed(stack)
    assert "organization/shop/dev/eu/eu-central-1" == stack.outputs()["lease_key"]
    assert stack.preview_is_empty()


def test_with_delete_before_replace_the_addresses_go_first(stack: Stack) -> None:
    """The order is the user's choice."""
    stack.grown(IRELAND)
    stack.program(FRANKFURT[:-1] + f", {GIVE_BACK_FIRST})")

    stack.up()

    assert [("eu-west-1", "remove"), ("eu-central-1", "add")] == filed(stack)


def test_a_forced_replacement_keeps_the_addresses(stack: Stack) -> None:
    """`--replace` creates first: the new resource takes the cases and the addresses up, so nothing is given back."""
    addresses = stack.grown(IRELAND)

    said = stack.up("--replace", stack.resource()["urn"])

    assert "the new resource goes on with what the replaced one had; nothing is given back" in said
    assert [] == filed(stack)
    assert ("active", list(addresses)) == (stack.outputs()["status"], stack.outputs()["addresses"])
    assert stack.preview_is_empty()


def test_a_forced_replacement_with_delete_before_replace_asks_anew(stack: Stack) -> None:
    """Whoever wants other addresses gives theirs back first; those that come then are the lease's."""
    stack.grown(IRELAND)
    stack.program(IRELAND[:-1] + f", {GIVE_BACK_FIRST})")

    stack.up("--replace", stack.resource()["urn"])
    assert [("eu-west-1", "remove"), ("eu-west-1", "add")] == filed(stack)

    _, remove, add = stack.desk.cases()
    fresh = stack.desk.grant(add.id)
    stack.desk.remove(remove.id)
    stack.refresh()

    assert ("active", list(fresh)) == (stack.outputs()["status"], stack.outputs()["addresses"])
    assert stack.preview_is_empty()


def test_a_plain_update_is_no_replacement(stack: Stack) -> None:
    """A new use case is for the next letter: nothing is filed, and nothing replaced."""
    stack.program(IRELAND)
    stack.up()
    stack.program(IRELAND[:-1] + ', cc_email_addresses=["ops@example.com"])')

    assert ["update eu"] == stack.steps()
    stack.up()

    assert [] == filed(stack)
