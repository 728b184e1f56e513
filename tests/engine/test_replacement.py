"""What a replacement relinquishes and requests, and in which order; and that a live lease is not replaced by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import asked

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"
RELINQUISH_FIRST = "delete_before_replace=True"
REPLACED = (
    "a replacement in the same Region is refused while the lease has addresses or an open case; with "
    "`delete_before_replace`, all its addresses are relinquished first, which is final"
)


@pytest.mark.parametrize("options", ["", RELINQUISH_FIRST], ids=["request-first", "relinquish-first"])
def test_another_region_is_another_lease(stack: Stack, options: str) -> None:
    """The preview says both halves, each once; the new lease comes first, unless the user wants it otherwise."""
    addresses = list(stack.grown(lease(2)))
    stack.program(lease(2, f', region="{FRANKFURT}"', options=options))

    said = stack.preview("--diff")
    stack.up()

    assert 1 == said.count(f"eu ({FRANKFURT}): will request 2 dedicated IP addresses")
    assert 1 == said.count(f"eu ({IRELAND}): will relinquish {', '.join(addresses)} by a support case, which is final")
    halves = [(FRANKFURT, 2), (IRELAND, addresses)]
    assert halves[:: -1 if options else 1] == asked(stack.emulator)[1:]
    assert f"111122223333/{FRANKFURT}" == stack.resource()["id"]
    assert stack.preview_is_empty()


def test_a_replacement_of_a_live_lease_is_refused_before_anything_is_lost(stack: Stack) -> None:
    """`--replace` and `replace_on_changes` create first, and the Region has its lease already."""
    addresses = stack.grown(lease(2))
    forced = stack.fails("up", "--yes", "--skip-preview", "--replace", stack.resource()["urn"])
    stack.program(lease(3, options='replace_on_changes=["count"]'))
    # With `--replace`, Pulumi tells the provider of a new lease alone: nothing could be said.
    assert f"eu ({IRELAND}): {REPLACED}" in stack.preview()
    changed = stack.fails("up", "--yes", "--skip-preview")

    for said in (forced, changed):
        assert "It has the same path as this resource: it is the resource that this one replaces" in said
        assert "Nothing was filed." in said
    stack.program(lease(2))
    assert stack.preview_is_empty()
    assert ("active", list(addresses)) == stack.shown("status", "addresses")
    assert 1 == len(stack.emulator.cases())


def test_a_replacement_that_deletes_first_requests_anew(stack: Stack) -> None:
    """Whoever wants other addresses relinquishes theirs first; those that come then are the lease's."""
    options = f'{RELINQUISH_FIRST}, replace_on_changes=["count"]'
    addresses = list(stack.grown(lease(2, options=options)))
    stack.program(lease(3, options=options))

    assert f"eu ({IRELAND}): {REPLACED}" in stack.preview()
    stack.up()
    assert [(IRELAND, addresses), (IRELAND, 3)] == asked(stack.emulator)[1:]

    _, remove, add = stack.emulator.cases()
    fresh = stack.emulator.grant(add.id)
    stack.emulator.remove(remove.id)
    stack.refresh()
    assert ("active", list(fresh)) == stack.shown("status", "addresses")
    assert stack.preview_is_empty()
