"""Whose lease a Region's is: stacks that want the same one, and a lease that moves, is renamed or read elsewhere."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.filed import asked, record

from engine.stack import lease, token_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
COMPONENT = 'class Mail(pulumi.ComponentResource): ...\nmail = Mail("shop:index:Mail", "mail")'


def refusal_in(said: str) -> str:
    """Return the sentence that refuses a command before anything is filed, out of all that Pulumi said."""
    diagnostics = said.partition("Diagnostics:")[2]
    assert "Nothing was filed." in diagnostics, said
    return diagnostics.partition("DedicatedIpError: ")[2]


def refused(stack: Stack) -> str:
    """Run an `up` that has to be refused before anything is filed, and return the sentence that says so."""
    return refusal_in(stack.fails("up", "--yes", "--skip-preview"))


def test_of_two_first_runs_at_the_same_moment_one_gets_the_lease(new_stack: Callable[..., Stack]) -> None:
    """The other is refused, whatever the order of their calls; with consent it takes the lease over, and files nothing."""
    stacks = [new_stack("shop"), new_stack("bank")]
    for stack in stacks:
        stack.program(lease(2))

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda stack: stack.run("up", "--yes", "--skip-preview"), stacks))

    assert [False, True] == sorted(end.code != 0 for end in ends), ends
    winner, loser = stacks if ends[1].code else stacks[::-1]
    assert "Nothing was filed." in ends[stacks.index(loser)].text
    addresses = winner.emulator.grant(winner.emulator.cases()[0].id)
    winner.refresh()

    said = refused(loser)
    assert f"one lease in {REGION}, and {winner.folder.name}/dev/eu has held it since" in said
    loser.program(lease(3, f', take_over_from="{token_in(said)}"'))
    loser.up()

    assert ("requested", list(addresses)) == loser.shown("status", "addresses")
    assert loser.preview_is_empty()
    winner.refresh()
    assert ("superseded", list(addresses)) == winner.shown("status", "addresses")
    assert winner.preview_is_empty()
    assert f"{loser.folder.name}/dev/eu holds the lease of eu-west-1 now" in winner.destroy()
    assert [(REGION, 2), (REGION, 1)] == asked(winner.emulator)


def test_a_lease_that_moved_to_another_stack_belongs_there(new_stack: Callable[..., Stack]) -> None:
    """After `pulumi state move` the source is refused, and the destination's next `up` writes its path alone."""
    shop, bank = new_stack("shop"), new_stack("bank")
    addresses = shop.grown(lease(2))
    bank.program()
    bank.up()
    stacks = ("--source", "organization/shop/dev", "--dest", "organization/bank/dev")
    shop.pulumi("state", "move", *stacks, "--yes", shop.resource()["urn"])

    assert "shop/dev/eu has held it since" in refused(shop)
    bank.program(lease(2))
    assert ["update eu"] == bank.steps()
    bank.up()

    assert ("bank/dev/eu", list(addresses)) == (record(bank.emulator)["holder"]["path"], bank.outputs()["addresses"])
    assert bank.preview_is_empty()
    assert "bank/dev/eu has held it since" in refused(shop)
    assert 1 == len(shop.emulator.cases())


def test_a_lease_that_is_renamed_or_gets_a_parent_goes_on_by_its_alias(
    stack: Stack, new_stack: Callable[..., Stack]
) -> None:
    """Without an alias it is a new resource to Pulumi, which is refused; with one, nothing is filed and nothing is lost."""
    addresses = stack.grown(lease(2))
    stack.program(COMPONENT, lease(2, options="parent=mail"))
    assert "If this resource only moved within its program, give it an alias" in refused(stack)
    alias = "aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]"
    stack.program(COMPONENT, lease(2, options=f"parent=mail, {alias}"))
    assert [] == stack.steps()
    stack.up()
    assert ("active", list(addresses)) == stack.shown("status", "addresses")
    assert "Mail$" in stack.resource()["urn"]

    stack.pulumi("stack", "rename", "organization/store/prod")
    (stack.folder / "Pulumi.yaml").write_text("name: store\nruntime: python\n")
    stack.pulumi("stack", "select", "prod")
    stack.program(COMPONENT, lease(2, name="europe", options='parent=mail, aliases=[pulumi.Alias(name="eu")]'))
    assert ['~ holder: "shop/dev/eu" => "store/prod/europe"'] == stack.changes()[1]
    stack.up()
    assert "store/prod/europe" == record(stack.emulator)["holder"]["path"]
    assert stack.preview_is_empty()

    # `get` brings the addresses into another stack; destroying that stack relinquishes nothing.
    reader = new_stack("reader")
    reader.program(f'pulumi.export("ips", DedicatedIpLease.get("theirs", "111122223333/{REGION}").addresses)')
    reader.up()
    assert list(addresses) == json.loads(reader.pulumi("stack", "output", "--json"))["ips"]
    reader.destroy()
    assert ([(REGION, 2)], addresses) == (asked(stack.emulator), stack.emulator.addresses(REGION))
