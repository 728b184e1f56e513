"""Whose lease a Region's is: stacks that want the same one, and a lease that moves, is renamed, lost or taken over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from support.filed import asked

from engine.stack import RECORD, lease, token_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
COMPONENT = 'class Mail(pulumi.ComponentResource): ...\nmail = Mail("shop:index:Mail", "mail")'


def refused(stack: Stack, command: str = "up") -> str:
    """Run a command that has to be refused before anything is filed, and return the sentence that says so."""
    said = stack.fails(command, "--yes", "--skip-preview").partition("Diagnostics:")[2]
    assert "Nothing was filed." in said, said
    return said.partition("DedicatedIpError: ")[2]


def record(stack: Stack) -> dict[str, Any]:
    """Return the Region's record."""
    parameter = stack.emulator.parameter(REGION, RECORD)
    assert parameter is not None
    value: dict[str, Any] = json.loads(parameter.latest.value)
    return value


def test_a_second_backend_with_the_same_stack_is_refused(new_stack: Callable[..., Stack]) -> None:
    """Its `up` names the holder and files nothing, nor does its `destroy`; the first stack goes on."""
    first, second = new_stack("shop"), new_stack("shop", backend="second")
    addresses = first.grown(lease(2))
    second.program(lease(3))

    said = refused(second)
    second.destroy()

    assert f"one lease in {REGION}, and shop/dev/eu has held it since" in said
    assert f": 2 dedicated IP addresses ({', '.join(addresses)}). It has the same path as this resource: it is" in said
    assert [(REGION, 2)] == asked(first.emulator)
    assert first.preview_is_empty()
    first.program(lease(3))
    first.up()
    assert [(REGION, 2), (REGION, 1)] == asked(first.emulator)


def test_without_a_support_plan_the_record_protects_the_lease_too(new_stack: Callable[..., Stack]) -> None:
    """A form that waits for a person is a lease that is live: another stack prints none."""
    shop, bank = new_stack("shop"), new_stack("bank")
    shop.emulator.change(support_plan=False)
    for stack in (shop, bank):
        stack.program(lease(2, ', filing="console"'))
    shop.up()

    assert "shop/dev/eu has held it since" in (said := refused(bank))
    assert "a form to request addresses waiting to be filed" in said
    assert "to_file" == shop.outputs()["status"]
    assert shop.preview_is_empty()


def test_of_two_first_runs_at_the_same_moment_one_gets_the_lease(new_stack: Callable[..., Stack]) -> None:
    """The other is refused, whatever the order of their calls, and one case is filed."""
    stacks = [new_stack("shop"), new_stack("bank")]
    for stack in stacks:
        stack.program(lease(2))

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda stack: stack.run("up", "--yes", "--skip-preview"), stacks))

    assert [False, True] == sorted(end.code != 0 for end in ends), ends
    loser = next(end for end in ends if end.code != 0)
    assert "Nothing was filed." in loser.text
    assert [(REGION, 2)] == asked(stacks[0].emulator)


def test_with_consent_another_stack_takes_the_lease_over(new_stack: Callable[..., Stack]) -> None:
    """Consent to a former version is refused; after a true one, the former holder files nothing and says why."""
    shop, bank = new_stack("shop"), new_stack("bank")
    addresses = shop.grown(lease(2))
    bank.program(lease(2))
    stale = token_in(refused(bank))
    shop.program(lease(3))
    shop.up()

    bank.program(lease(3, f', take_over_from="{stale}"'))
    said = refused(bank)
    assert f"`take_over_from` names {stale}, but the record has moved on to {token_in(said)}" in said
    bank.program(lease(3, f', take_over_from="{token_in(said)}"'))
    bank.up()

    assert ("requested", list(addresses)) == bank.shown("status", "addresses")
    shop.refresh()
    assert ("superseded", list(addresses)) == shop.shown("status", "addresses")
    assert "bank/dev/eu has held the lease of eu-west-1 since" in shop.outputs()["message"]
    assert shop.preview_is_empty()
    shop.program(lease(1))
    assert "bank/dev/eu" in refused(shop)
    assert "bank/dev/eu holds the lease of eu-west-1 now" in shop.destroy()
    assert [(REGION, 2), (REGION, 1)] == asked(shop.emulator)
    assert bank.preview_is_empty()


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

    assert ("bank/dev/eu", list(addresses)) == (record(bank)["holder"]["path"], bank.outputs()["addresses"])
    assert bank.preview_is_empty()
    assert "bank/dev/eu has held it since" in refused(shop)
    assert 1 == len(shop.emulator.cases())


def test_a_renamed_project_stack_and_resource_is_one_update_that_files_nothing(stack: Stack) -> None:
    """The same lease goes on under its new path, and the record says it."""
    stack.grown(lease(2))
    stack.pulumi("stack", "rename", "organization/store/prod")
    (stack.folder / "Pulumi.yaml").write_text("name: store\nruntime: python\n")
    stack.pulumi("stack", "select", "prod")
    stack.program(lease(2, name="europe", options='aliases=[pulumi.Alias(name="eu")]'))

    assert ['~ holder: "shop/dev/eu" => "store/prod/europe"'] == stack.changes()[1]
    stack.up()

    assert "store/prod/europe" == record(stack)["holder"]["path"]
    assert stack.preview_is_empty()
    assert 1 == len(stack.emulator.cases())


def test_another_parent_needs_an_alias(stack: Stack) -> None:
    """To Pulumi it is a new resource and an old one: refused, and nothing is lost; with an alias, nothing happens."""
    addresses = stack.grown(lease(2))
    stack.program(COMPONENT, lease(2, options="parent=mail"))
    assert "If this resource only moved within its program, give it an alias" in refused(stack)

    alias = "aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]"
    stack.program(COMPONENT, lease(2, options=f"parent=mail, {alias}"))
    assert [] == stack.steps()
    stack.up()

    assert ("active", list(addresses)) == stack.shown("status", "addresses")
    assert "Mail$" in stack.resource()["urn"]
    assert 1 == len(stack.emulator.cases())


def test_a_lost_state_is_gone_on_with_by_consent(stack: Stack) -> None:
    """After `pulumi state delete` nobody knows whose the lease is: `take_over_from` says it, and files nothing."""
    addresses = stack.grown(lease(2))
    stack.pulumi("state", "delete", stack.resource()["urn"], "--yes")

    stack.program(lease(2, f', take_over_from="{token_in(refused(stack))}"'))
    assert "will take over the lease that" in stack.preview()
    stack.up()

    assert ("active", list(addresses)) == stack.shown("status", "addresses")
    stack.program(lease(2))
    stack.up()
    assert stack.preview_is_empty()
    assert 1 == len(stack.emulator.cases())


def test_a_copied_state_is_the_same_lease(new_stack: Callable[..., Stack], tmp_path: Any) -> None:
    """Nobody can tell a copy from its original: destroying the one relinquishes what the other shows, once."""
    first, copy = new_stack("shop"), new_stack("shop", backend="second")
    addresses = first.grown(lease(2))
    (tmp_path / "state.json").write_text(json.dumps(first.export()))
    copy.pulumi("stack", "import", "--file", str(tmp_path / "state.json"))

    copy.destroy()
    first.destroy()

    assert [(REGION, 2), (REGION, list(addresses))] == asked(first.emulator)


def test_a_second_lease_in_a_region_is_refused_in_preview(stack: Stack) -> None:
    """One Region has one lease; the sentence names the other one, and `pools` for several mail streams."""
    stack.program(lease(2), lease(2, name="other"))

    said = stack.fails("preview")

    first, second = ("eu", "other") if "in this program: shop/dev/eu." in said else ("other", "eu")
    assert f"DedicatedIpLease resource '{second}' has a problem: " in said
    assert f"`region` {REGION} already has a lease in this program: shop/dev/{first}. An account has one lease" in said
    assert "among several mail streams with `pools`" in said


def test_a_second_stack_reads_a_lease_with_get(stack: Stack, new_stack: Callable[..., Stack]) -> None:
    """`get` brings the addresses into another stack; destroying that stack relinquishes nothing."""
    addresses = stack.grown(lease(2))
    reader = new_stack("reader")
    reader.program(f'pulumi.export("ips", DedicatedIpLease.get("theirs", "{stack.resource()["id"]}").addresses)')

    reader.up()
    outputs = reader.pulumi("stack", "output", "--json")
    reader.destroy()

    assert list(addresses) == json.loads(outputs)["ips"]
    assert (1, addresses) == (len(stack.emulator.cases()), stack.emulator.addresses(REGION))
