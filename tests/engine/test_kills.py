"""Pulumi killed in the middle, at each step of create, update and delete; then the same command again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.tables import table

from engine.kills import BEFORE_THE_ANSWER, BEFORE_THE_INTENT, BEFORE_THE_SEARCH
from engine.stack import lease, token_in

if TYPE_CHECKING:
    from engine.kills import Kill, Kills, Point
    from engine.stack import Done, Stack

pytestmark = pytest.mark.engine

PENDING = "Attempting to deploy or update resources with 1 pending operations from previous deployment"
LOCKED = "the stack is currently locked by 1 lock(s)"


def again(stack: Stack, command: str, *, killed: Kill) -> Done:
    """Type the same command again, with what a killed engine makes necessary before it."""
    if killed == "engine":
        assert LOCKED in stack.fails(command, "--yes", "--skip-preview")
        stack.pulumi("cancel", "--yes")
    done = stack.run(command, "--yes", "--skip-preview")
    assert (killed != "plugin") == (PENDING in done.text), done.text
    return done


def on_file(stack: Stack) -> list[tuple[str, int]]:
    """Return each case's status, and how many messages the customer sent."""
    return [(case.status, len(case.from_customer)) for case in stack.emulator.cases()]


@table(
    "killed, create, update, delete, asks_consent",
    [
        ("engine", BEFORE_THE_ANSWER, BEFORE_THE_INTENT, ("PutParameter", "after", 2), True),
        ("plugin", BEFORE_THE_INTENT, ("PutParameter", "after", 1), BEFORE_THE_ANSWER, False),
        ("ctrl-c twice", ("PutParameter", "after", 2), BEFORE_THE_ANSWER, BEFORE_THE_SEARCH, True),
    ],
)
def test_a_lease_that_is_killed_at_each_change_files_each_case_once(  # noqa: PLR0913, PLR0917 - the columns of the table
    stack: Stack, kills: Kills, killed: Kill, create: Point, update: Point, delete: Point, *, asks_consent: bool
) -> None:
    """Created, lowered and destroyed, each time killed and typed again: three cases in all, with one message each.

    Consent is asked for once: where a case was filed by a create that Pulumi did not store.
    """
    stack.program(lease(3))
    kills.kill("up", create, killed)
    done, consent = again(stack, "up", killed=killed), ""
    assert asks_consent == (done.code != 0), done.text
    if asks_consent:
        assert "shop/dev/eu has held it since" in done.text
        consent = f', take_over_from="{token_in(done.text)}"'
        stack.program(lease(3, consent))
        stack.up()
    assert [("opened", 1)] == on_file(stack)

    stack.emulator.grant(stack.emulator.cases()[0].id)
    stack.refresh("--clear-pending-creates")
    assert ("active", 3) == stack.shown("status", "leased_count")
    stack.program(lease(2, consent))
    kills.kill("up", update, killed)
    assert 0 == again(stack, "up", killed=killed).code
    assert [("resolved", 1), ("opened", 1)] == on_file(stack)

    stack.emulator.remove(stack.emulator.cases()[1].id)
    kills.kill("destroy", delete, killed)
    assert 0 == again(stack, "destroy", killed=killed).code
    assert [("resolved", 1), ("resolved", 1), ("opened", 1)] == on_file(stack)
    assert "resources" not in stack.export()["deployment"]


def test_one_ctrl_c_lets_a_case_be_filed_and_stored(stack: Stack, kills: Kills) -> None:
    """Pulumi waits for what is under way: the run ends as cancelled, and the state has the case."""
    stack.program(lease(3))

    said = kills.kill("up", BEFORE_THE_ANSWER, "ctrl-c")

    assert "eu (eu-west-1): filed case 1700000001" in said
    assert ("requested", "1700000001") == stack.shown("status", "case_display_id")
    assert stack.preview_is_empty()
    assert [("opened", 1)] == on_file(stack)


def test_a_plugin_that_outlives_its_engine_files_nothing_more(stack: Stack, kills: Kills) -> None:
    """It was about to file when the engine was killed, and goes on when the next run has filed already."""
    stack.program(lease(3))
    kills.kill("up", BEFORE_THE_INTENT, "engine", release=False)
    assert 0 == again(stack, "up", killed="engine").code

    # It asks once more, as the answer was lost, and cannot tell the record that it stops: others have written since.
    kills.release()
    kills.see_plugin_out()

    assert ["DescribeServices", "GetAccount", "PutParameter"] == [entry.operation for entry in stack.emulator.log[-3:]]
    stack.refresh("--clear-pending-creates")
    stack.program(lease(4))
    stack.up()
    assert [("opened", 2)] == on_file(stack)
