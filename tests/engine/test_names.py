"""Whose lease is whose: names, renames, and two leases beside each other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.stack import Stack

pytestmark = pytest.mark.engine

KEY = "organization/shop/dev/eu/eu-west-1"
LEASE = 'DedicatedIpLease("eu", count=2, use_case=shop)'
RENAMED = (
    'DedicatedIpLease("europe", count=2, use_case=shop, opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="eu")]))'
)


def test_a_renamed_lease_keeps_its_key_and_nobody_else_gets_it(stack: Stack) -> None:
    """What AWS's cases carry stays as it was at the creation: a new name shows no change, and no second owner."""
    stack.program(LEASE)
    stack.up()

    stack.program(RENAMED)
    assert stack.preview_is_empty()
    stack.up()
    assert KEY == stack.outputs("europe")["lease_key"]

    stack.program(LEASE.replace("eu", "europe"), LEASE)
    said = stack.fails("preview")
    assert f"The key {KEY} belongs to a lease of this stack that was renamed since" in said
    assert "Traceback" not in said
    assert 1 == len(stack.desk.cases())


def test_a_renamed_stack_keeps_the_key(stack: Stack) -> None:
    """Nothing shows as changed in a stack with a new name, and nothing is filed."""
    stack.program(LEASE)
    stack.up()

    stack.pulumi("stack", "rename", "prod")

    assert stack.preview_is_empty()
    assert KEY == stack.outputs()["lease_key"]


def test_of_two_leases_in_one_region_the_second_is_refused_by_name(stack: Stack) -> None:
    """While one lease's request is open, new addresses there could not be told apart."""
    stack.program(LEASE, LEASE.replace("eu", "other"))

    said = stack.fails("up", "--yes", "--skip-preview")

    first = stack.desk.cases()[0]
    names = ("eu", "other") if "/eu/" in first.communications[0].body else ("other", "eu")
    assert 1 == len(stack.desk.cases())
    assert (
        f"{names[1]} (eu-west-1) cannot ask for 2 dedicated IP addresses now: the lease {names[0]} (eu-west-1) "
        f"(organization/shop/dev/{names[0]}/eu-west-1) has its request {first.display_id} open"
    ) in said


def test_a_second_stack_reads_a_lease_with_get(stack: Stack, new_stack: Callable[[str], Stack]) -> None:
    """`get` brings the addresses into another stack; destroying that stack gives nothing back."""
    addresses = stack.grown(LEASE)
    reader = new_stack("reader")
    reader.program(f'pulumi.export("addresses", DedicatedIpLease.get("theirs", "{KEY}").addresses)')

    reader.up()
    outputs = reader.pulumi("stack", "output", "--json")
    reader.destroy()

    assert list(addresses) == json.loads(outputs)["addresses"]
    assert 1 == len(stack.desk.cases())
    assert addresses == stack.desk.addresses("eu-west-1")


def test_two_leases_with_one_name_under_different_parents_are_refused(stack: Stack) -> None:
    """Pulumi tells them apart by their parents; their cases at AWS could not be."""
    stack.program(
        'one = pulumi.ComponentResource("shop:index:One", "one")',
        'two = pulumi.ComponentResource("shop:index:Two", "two")',
        'DedicatedIpLease("eu", count=2, use_case=shop, opts=pulumi.ResourceOptions(parent=one))',
        'DedicatedIpLease("eu", count=2, use_case=shop, opts=pulumi.ResourceOptions(parent=two))',
    )

    said = stack.fails("preview")

    assert f"Two leases of this program have the key {KEY}, and their cases could not be told apart." in said
    assert "Traceback" not in said
