"""The life of a lease, told with the commands that a person types."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.filed import asked

from engine.stack import RECORD, lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
APPROVALS = Path(__file__).parents[2] / "docs" / "how-to" / "approvals.md"


def test_the_life_of_a_lease_from_its_first_preview_to_a_destroy_without_the_program(stack: Stack) -> None:
    """A preview names case and price once, and shows the count alone as changed; nothing is filed but what it names."""
    told = 'pulumi.export("told", pulumi.Output.format("{0} by {1}", eu.attempt, eu.filing))'
    for count, preview_says, up_says in (
        (2, "will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 a month", "filed case"),
        (3, "will change the open case 1700000001 to 3 in all, instead of 2", "case 1700000001: changed to 3"),
    ):
        stack.program(lease(count), told)

        preview, update = stack.pulumi("up", "--yes", "--diff").split("Updating (dev):")

        # What nobody declared is known from the start.
        assert "[unknown]" not in preview
        assert (1, 0) == (preview.count(f"eu ({REGION}): {preview_says}"), update.count(f"({REGION}): will "))
        assert 1 == update.count(f"eu ({REGION}): {up_says}")
    assert [(REGION, 3)] == asked(stack.emulator)
    assert ("requested", 3, [], "111122223333/eu-west-1") == (
        *stack.shown("status", "requested_count", "addresses"),
        stack.resource()["id"],
    )
    assert stack.preview_is_empty()
    refreshed = stack.refresh("--run-program")
    assert (1, 0) == (refreshed.count("DedicatedIpLease eu refreshing"), refreshed.count("[diff:"))

    first, second, third = stack.emulator.grant("1700000001")
    stack.refresh()
    stack.program(lease(2))
    said, changes = stack.changes()
    stack.up()
    assert ["~ count: 3 => 2"] == changes
    assert f"eu ({REGION}): will relinquish {first} by a support case, which is final; USD 74.85 => 49.90" in said
    assert [(REGION, 3), (REGION, [first])] == asked(stack.emulator)
    assert ([second, third], [first]) == stack.shown("addresses", "relinquishing")
    assert stack.preview_is_empty()

    # Pulumi asks no Python dynamic provider before a destroy: the preview of a count of 0 names the addresses.
    said = stack.pulumi("destroy", "--preview-only")
    assert [] == [ip for ip in (second, third) if ip in said]
    stack.program(lease(0))
    assert f"will relinquish {second}, {third} by a support case" in stack.preview()

    (stack.folder / "__main__.py").unlink()
    (stack.folder / "Pulumi.dev.yaml").unlink()
    stack.destroy("--stack", "dev")
    assert [(REGION, 3), (REGION, [first]), (REGION, [second, third])] == asked(stack.emulator)
    assert "resources" not in stack.export()["deployment"]


def test_only_an_address_of_the_lease_that_vanished_is_drift(stack: Stack) -> None:
    """What others have, and how far an address is warmed up, is none; detecting drift files nothing, remediating does.

    Pulumi Cloud detects with `refresh --preview-only` and remediates with `up --refresh`.
    """
    gone, *_ = stack.grown(lease(3))
    stack.emulator.lease(REGION, 2)
    stack.emulator.advance(days=20)

    for flags in ([], ["--run-program"]):
        done = stack.run("refresh", "--preview-only", "--expect-no-changes", *flags)
        assert (0, False) == (done.code, "[diff:" in done.text), done.text

    stack.emulator.take_away(REGION, gone)
    assert "[diff: ~count]" in stack.pulumi("refresh", "--preview-only")
    stack.refresh()

    assert ["~ count: 2 => 3"] == stack.changes()[1]
    assert f"Gone from the account: {gone}." in stack.outputs()["message"]
    assert [(REGION, 3)] == asked(stack.emulator)
    stack.up("--refresh")
    assert [(REGION, 3), (REGION, 1)] == asked(stack.emulator)


def test_what_is_due_is_an_update_without_a_changed_input(stack: Stack) -> None:
    """A preview asks AWS nothing: a record that is missing, and AWS's question, are due once a refresh has seen them."""
    stack.grown(lease(3, ", confirm_relinquish=True"))
    stack.emulator.delete_parameter(REGION, RECORD)
    assert stack.preview_is_empty()
    stack.refresh()
    assert (["update eu"], []) == (stack.steps(), stack.changes()[1])
    stack.up()
    assert stack.emulator.parameter(REGION, RECORD) is not None
    assert 1 == len(stack.emulator.cases())

    stack.program(lease(2, ", confirm_relinquish=True"))
    stack.up()
    case = stack.emulator.cases()[-1].id
    stack.emulator.confirm_question(case)
    assert stack.preview_is_empty()
    stack.refresh()
    assert "will confirm the relinquishment to AWS, once, which is final" in stack.preview()
    stack.up()
    stack.up("--refresh", "--expect-no-changes")

    assert 2 == len(stack.emulator.case(case).from_customer)
    assert "Yes, we confirm: please remove" in stack.emulator.case(case).from_customer[-1].body


def test_what_was_approved_is_filed_and_nothing_else(stack: Stack) -> None:
    """The update is held to the plan of the preview; a program that changed since files nothing."""
    preview, up = (
        shlex.split(line) for line in re.findall(r"- run: pulumi ((?:preview|up) .*)", APPROVALS.read_text())
    )
    assert ("preview", "up") == (preview[0], up[0])
    stack.program(lease(3))
    stack.pulumi(*preview)
    stack.program(lease(4))

    refused = stack.fails(*up)

    assert "violates plan" in refused
    assert [] == asked(stack.emulator)

    stack.program(lease(3))
    stack.pulumi(*up)

    assert [(REGION, 3)] == asked(stack.emulator)


def test_a_replacement_in_its_own_region_is_refused_unless_it_deletes_first(stack: Stack) -> None:
    """Nothing is lost by accident; who wants other addresses relinquishes theirs first, and says so."""
    replaced = (
        f"eu ({REGION}): a replacement in the same Region is refused while the lease has addresses or an open case; with "
        "`delete_before_replace`, all its addresses are relinquished first, which is final"
    )
    addresses = list(stack.grown(lease(2)))
    # With `--replace`, Pulumi tells the provider of a new lease alone: no preview could say it.
    forced = stack.fails("up", "--yes", "--skip-preview", "--replace", stack.resource()["urn"])
    stack.program(lease(3, options='replace_on_changes=["count"]'))
    assert replaced in stack.preview()
    for said in (forced, stack.fails("up", "--yes", "--skip-preview")):
        assert "It has the same path as this resource: it is the resource that this one replaces" in said
        assert "Nothing was filed." in said
    stack.program(lease(2))
    assert stack.preview_is_empty()
    assert ("active", addresses) == stack.shown("status", "addresses")
    assert [(REGION, 2)] == asked(stack.emulator)

    stack.program(lease(3, options='delete_before_replace=True, replace_on_changes=["count"]'))
    assert replaced in stack.preview()
    stack.up()
    assert [(REGION, addresses), (REGION, 3)] == asked(stack.emulator)[1:]


def test_another_region_is_another_lease(stack: Stack) -> None:
    """The preview says both halves, each once; the new lease comes first."""
    addresses = list(stack.grown(lease(2)))
    stack.program(lease(2, ', region="eu-central-1"'))

    said = stack.preview("--diff")
    stack.up()

    assert 1 == said.count("eu (eu-central-1): will request 2 dedicated IP addresses")
    assert 1 == said.count(f"eu ({REGION}): will relinquish {', '.join(addresses)} by a support case, which is final")
    assert [("eu-central-1", 2), (REGION, addresses)] == asked(stack.emulator)[1:]
    assert "111122223333/eu-central-1" == stack.resource()["id"]
    assert stack.preview_is_empty()
