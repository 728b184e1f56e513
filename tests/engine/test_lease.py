"""The life of a lease, told with the commands that a person types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import asked

from engine.stack import RECORD, lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"


def test_a_preview_says_once_what_is_filed_and_nothing_shows_as_changed_afterwards(stack: Stack) -> None:
    """A preview names case and price, `up` what was filed; defaults are known from the start, and are no change."""
    told = 'pulumi.export("told", pulumi.Output.format("{0} by {1}", eu.attempt, eu.filing))'
    for count, preview_says, up_says in (
        (2, "will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 a month", "filed case"),
        (3, "will change the open case 1700000001 to 3 in all, instead of 2", "case 1700000001: changed to 3"),
    ):
        stack.program(lease(count), told)

        preview, update = stack.pulumi("up", "--yes", "--diff").split("Updating (dev):")

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


def test_a_partial_grant_stays_short_until_attempt_is_raised(stack: Stack) -> None:
    """What is still to come is no drift, nor is AWS's no; a higher `attempt` asks once more for what is missing."""
    stack.program(lease(3))
    stack.up()
    case = stack.emulator.cases()[0].id
    stack.emulator.grant(case, 1)
    stack.refresh()
    assert ("requested", 3, 2, 1) == stack.shown("status", "count", "requested_count", "leased_count")
    assert stack.preview_is_empty()

    stack.emulator.resolve(case)
    stack.refresh()
    assert ("short", 3, 2) == stack.shown("status", "count", "shortfall")
    assert stack.preview_is_empty()

    stack.program(lease(3, ", attempt=2"))
    stack.up()
    assert [(REGION, 3), (REGION, 2)] == asked(stack.emulator)


def test_the_count_alone_shows_as_changed_and_the_preview_names_what_goes(stack: Stack) -> None:
    """A higher count requests the difference; before anything is final, a person reads which addresses go."""
    stack.grown(lease(2))
    stack.program(lease(3))
    assert ["~ count: 2 => 3"] == stack.changes()[1]
    first, second, third = stack.grown(lease(3)) and stack.outputs()["addresses"]

    stack.program(lease(2))
    said, changes = stack.changes()
    stack.up()

    assert ["~ count: 3 => 2"] == changes
    assert f"eu ({REGION}): will relinquish {first} by a support case, which is final; USD 74.85 => 49.90" in said
    assert [(REGION, 2), (REGION, 1), (REGION, [first])] == asked(stack.emulator)
    assert ([second, third], [first]) == stack.shown("addresses", "relinquishing")
    assert stack.preview_is_empty()


def test_only_an_address_of_the_lease_that_vanished_is_drift(stack: Stack) -> None:
    """What others have, and how far an address is warmed up, is none: CI may check for drift every day."""
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
    assert 1 == len(stack.emulator.cases())


def test_what_is_due_is_an_update_without_a_changed_input(stack: Stack) -> None:
    """A record that somebody deleted is missed by the refresh, and written again by the next `up`; nothing is filed."""
    stack.grown(lease(2))
    stack.emulator.delete_parameter(REGION, RECORD)
    assert stack.preview_is_empty()

    stack.refresh()
    assert ["update eu"] == stack.steps()
    assert [] == stack.changes()[1]
    stack.up()

    assert stack.emulator.parameter(REGION, RECORD) is not None
    assert stack.preview_is_empty()
    assert 1 == len(stack.emulator.cases())


def test_destroy_works_where_the_program_is_gone(stack: Stack) -> None:
    """With the project file and the state alone, `destroy` relinquishes all that the lease holds, in one case."""
    addresses = stack.grown(lease(2))
    (stack.folder / "__main__.py").unlink()
    (stack.folder / "Pulumi.dev.yaml").unlink()

    stack.destroy("--stack", "dev")

    assert [(REGION, 2), (REGION, list(addresses))] == asked(stack.emulator)
    assert "resources" not in stack.export()["deployment"]


def test_a_due_confirmation_is_answered_once_and_only_after_a_refresh(stack: Stack) -> None:
    """A preview asks AWS nothing: only a refreshed state knows of AWS's question, and one `up` answers it."""
    stack.grown(lease(3, ", confirm_relinquish=True"))
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


def test_protect_and_retain_on_delete_keep_the_addresses(stack: Stack) -> None:
    """A protected lease cannot be destroyed, and a retained one leaves the stack with nothing relinquished."""
    stack.grown(lease(2, options="protect=True"))
    assert "protected" in stack.fails("destroy", "--yes", "--skip-preview")

    stack.program(lease(2, options="retain_on_delete=True"))
    stack.up()
    stack.destroy()

    assert (1, 2) == (len(stack.emulator.cases()), len(stack.emulator.addresses(REGION)))
