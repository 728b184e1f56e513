"""The life of a lease, told with the commands that a person types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_provider_bytes import STORED

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"


def lease(count: int, more: str = "") -> str:
    """Write the statement of a lease."""
    return f'eu = DedicatedIpLease("eu", count={count}, use_case=shop{more})'


def test_up_files_one_case_and_the_next_preview_is_empty(stack: Stack) -> None:
    """`up` asks for all addresses in one case; with nothing changed, Pulumi has nothing to do."""
    stack.program(lease(2))

    stack.up()

    assert ["opened"] == [case.status for case in stack.desk.cases()]
    assert ("requested", 2, []) == tuple(stack.outputs()[key] for key in ("status", "requested_count", "addresses"))
    assert STORED == stack.resource()["inputs"]["__provider"]
    assert stack.preview_is_empty()


def test_what_nobody_declared_is_known_in_the_first_preview(stack: Stack) -> None:
    """A default is no secret of a later run: the program reads it before anything is there."""
    stack.program(lease(2), 'pulumi.export("told", pulumi.Output.format("{0} by {1}", eu.attempt, eu.filing))')

    assert 'told: "1 by support-api"' in [line.strip() for line in stack.preview().splitlines()]


def test_a_refresh_that_runs_the_program_shows_no_change(stack: Stack) -> None:
    """Pulumi compares what the program says, before `check`, with what the state has: defaults are said, too."""
    stack.program(lease(2))
    stack.up()

    refreshed = stack.refresh("--run-program")

    assert (1, 0) == (refreshed.count("DedicatedIpLease eu refreshing"), refreshed.count("[diff:"))


def test_refresh_while_a_request_is_open_is_no_drift(stack: Stack) -> None:
    """What AWS has not given yet is not missing: a refresh leaves the count as declared."""
    stack.program(lease(3))
    stack.up()
    stack.desk.grant(stack.desk.cases()[0].id, 1)

    stack.refresh()

    assert (3, 2, 1) == tuple(stack.outputs()[key] for key in ("count", "requested_count", "leased_count"))
    assert stack.preview_is_empty()


def test_a_higher_count_asks_for_the_difference(stack: Stack) -> None:
    """The preview shows the count, and only the count; `up` files one case for what is missing."""
    addresses = stack.grown(lease(2))
    assert list(addresses) == stack.outputs()["addresses"]
    stack.program(lease(5))

    _, changes = stack.changes()
    stack.up()

    assert ["~ count: 2 => 5"] == changes
    assert ["resolved", "opened"] == [case.status for case in stack.desk.cases()]
    assert "Please add 3, for a total of 5." in stack.desk.cases()[-1].communications[0].body
    assert 3 == stack.outputs()["requested_count"]


def test_a_partial_grant_stays_short_until_attempt_is_raised(stack: Stack) -> None:
    """AWS's no is no drift and is not asked again; a higher `attempt` asks once more for what is missing."""
    stack.program(lease(3))
    stack.up()
    stack.desk.grant(stack.desk.cases()[0].id, 1, close=True)
    stack.refresh()
    assert ("short", 2, 3) == tuple(stack.outputs()[key] for key in ("status", "shortfall", "count"))
    assert stack.preview_is_empty()

    stack.program(lease(3, ", attempt=2"))
    stack.up()
    assert "Please add 2, for a total of 3." in stack.desk.cases()[-1].communications[0].body


def test_a_lower_count_names_in_the_preview_what_goes_and_gives_it_back(stack: Stack) -> None:
    """Before anything is final a person reads which addresses will go; `up` names the same ones to AWS."""
    first, second, third = stack.grown(lease(3))
    stack.program(lease(2))

    said, changes = stack.changes()
    stack.up()

    assert ["~ count: 3 => 2"] == changes
    assert f"eu ({REGION}): will give back {first} by a support case, which is final; USD 74.85 => 49.90" in said
    assert f"Addresses to relinquish: {first}" in stack.desk.cases()[-1].communications[0].body
    outputs = stack.outputs()
    assert ([second, third], [first]) == (outputs["addresses"], outputs["relinquishing"])
    assert stack.preview_is_empty()


def test_an_address_that_vanished_is_drift(stack: Stack) -> None:
    """A held address that is gone lowers the count in the state, so that the preview shows `2 => 3`."""
    gone, *_ = stack.grown(lease(3))
    stack.desk.take_away(REGION, gone)

    stack.refresh()

    assert ["~ count: 2 => 3"] == stack.changes()[1]
    assert f"Gone from the account: {gone}." in stack.outputs()["message"]
    assert 1 == len(stack.desk.cases())


def test_a_forecast_stands_once_in_the_preview_and_not_in_the_update(stack: Stack) -> None:
    """What will be filed, and its price, is said once before it is done; afterwards stands what was filed."""
    for count, forecast, done in (
        (2, "will ask AWS for 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 a month", "filed case"),
        (3, "will change the open case 1700000001 to 3 in all, instead of 2", "case 1700000001: changed to 3"),
    ):
        stack.program(lease(count))

        preview, update = stack.pulumi("up", "--yes", "--diff").split("Updating (dev):")

        assert (1, 0) == (preview.count(f"eu ({REGION}): {forecast}"), update.count("eu-west-1): will "))
        assert 1 == update.count(f"eu ({REGION}): {done}")


def test_destroy_works_where_the_program_is_gone(stack: Stack) -> None:
    """With the project file and the state alone, `destroy` gives back all that the lease holds, in one case."""
    addresses = stack.grown(lease(2))
    (stack.folder / "__main__.py").unlink()
    (stack.folder / "Pulumi.dev.yaml").unlink()

    stack.destroy("--stack", "dev")

    filed = stack.desk.cases()[1:]
    assert [f"Addresses to relinquish: {', '.join(addresses)}"] == [
        line for case in filed for line in case.communications[0].body.splitlines() if "Addresses to" in line
    ]
    assert "resources" not in stack.export()["deployment"]


def test_a_due_confirmation_is_answered_once_and_only_after_a_refresh(stack: Stack) -> None:
    """A preview asks AWS nothing: only a refreshed state knows of AWS's question, and one `up` answers it."""
    stack.grown(lease(3, ", confirm_relinquish=True"))
    stack.program(lease(2, ", confirm_relinquish=True"))
    stack.up()
    case = stack.desk.cases()[-1].id
    stack.desk.confirm_question(case)
    assert stack.preview_is_empty()

    stack.refresh()
    assert ["update eu"] == stack.steps()
    stack.up()
    stack.up("--refresh", "--expect-no-changes")

    assert 2 == len(stack.desk.case(case).from_customer)
    assert "Yes, we confirm: please remove" in stack.desk.case(case).from_customer[-1].body


def test_protect_and_retain_on_delete_keep_the_addresses(stack: Stack) -> None:
    """A protected lease cannot be destroyed, and a retained one leaves the stack with nothing given back."""
    stack.grown(lease(2, ", opts=pulumi.ResourceOptions(protect=True)"))
    assert "protected" in stack.fails("destroy", "--yes", "--skip-preview")

    stack.program(lease(2, ", opts=pulumi.ResourceOptions(retain_on_delete=True)"))
    stack.up()
    stack.destroy()

    assert 1 == len(stack.desk.cases())
    assert 2 == len(stack.desk.addresses(REGION))


def test_adopt_takes_over_what_is_there_and_files_nothing(stack: Stack) -> None:
    """Addresses that the account has already become the lease's, at once and without a case."""
    addresses = list(stack.desk.lease(REGION, 2))
    stack.program(lease(2, f", adopt={addresses}"))

    stack.up()

    assert ("active", addresses) == (stack.outputs()["status"], stack.outputs()["addresses"])
    assert () == stack.desk.cases()
    assert stack.preview_is_empty()
