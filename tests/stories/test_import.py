"""A lease that is imported: it adopts all that a Region has, writes nothing, and is claimed by its first change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, record, steps
from support.stacks import Stack
from support.tables import table

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
ACCOUNT = "111122223333"

ALONE = {"use_case": None}
"""A program that declares `region` and `count` alone."""


def destroyed(emulator: Emulator, count: int = 1) -> list[str]:
    """Let a stack have held a lease, and return the addresses that its open case relinquishes."""
    former = Stack(emulator, "mail/live")
    going = former.grown(count)
    assert "" == former.destroy().error
    return going


def relinquished(emulator: Emulator) -> list[list[str]]:
    """Return the addresses that each case relinquishes; every case of the account has to be one."""
    cases = filed(emulator)
    assert {("relinquish",)} == {one.steps for one in cases}
    return [sorted(one.named) for one in cases]


def put(emulator: Emulator) -> int:
    """Return how often the record was written."""
    return len(emulator.calls("PutParameter"))


@pytest.mark.parametrize("id_", [REGION, f"{ACCOUNT}/{REGION}"])
def test_an_import_adopts_every_standard_address_and_writes_nothing(emulator: Emulator, stack: Stack, id_: str) -> None:
    """It needs a program with `region` and `count` alone; as often as it is refreshed, there is nothing to do."""
    emulator.lease(REGION, 3)
    emulator.add_managed(REGION)

    assert "" == stack.import_("eu", id_).error

    eu = stack.stored["eu"]
    assert (f"{ACCOUNT}/{REGION}", "active", 3, [A, B, C]) == (eu.id, *stack.shown("status", "count", "addresses"))
    assert {
        "holder": "shop/prod/eu",
        "region": REGION,
        "count": 3,
        "attempt": 1,
        "contact_language": "en",
        "confirm_relinquish": False,
        "form": "ses",
        "filing": "support-api",
    } == eu.inputs
    for _ in range(2):
        assert [] == stack.changes(eu={"count": 3, **ALONE})
        assert [] == stack.preview(eu={"count": 3, **ALONE})
        stack.refresh()
        assert (eu.inputs, eu.outputs) == (stack.stored["eu"].inputs, stack.stored["eu"].outputs)
    assert ([], {}) == (steps(emulator), emulator.parameters(REGION))


def test_a_lower_count_claims_the_lease_and_relinquishes_exactly_the_difference(
    emulator: Emulator, stack: Stack
) -> None:
    """One case names the address that the preview names; the record holds what was adopted; a destroy, all the rest."""
    emulator.lease(REGION, 3)
    stack.import_("eu")
    stack.refresh()
    [line] = [line for line in stack.preview(eu={"count": 2, **ALONE}) if "relinquish" in line]

    assert "" == stack.up(eu={"count": 2, **ALONE}).error

    assert [[A]] == relinquished(emulator)
    assert A in line
    assert ("shop/prod/eu", [B, C]) == (record(emulator)["holder"]["path"], stack["eu"]["addresses"])
    stack.refresh()
    assert [] == stack.changes(eu={"count": 2, **ALONE})


def test_a_change_that_files_nothing_claims_the_lease(emulator: Emulator, stack: Stack) -> None:
    """From then on the record refuses every other stack; more is requested once AWS's questions are answered."""
    emulator.lease(REGION, 2)
    stack.import_("eu")

    assert "" == stack.up(eu={"count": 2, "pools": {"orders": 1}, **ALONE}).error

    assert stack["eu"]["record_version"].startswith(f"{REGION}/1-")
    assert "shop/prod/eu has held it" in Stack(emulator, "mail/live").up(eu={"count": 2}).error
    assert "`use_case` is missing" in stack.up(eu={"count": 3, **ALONE}).error
    assert [] == steps(emulator)
    assert "" == stack.up(eu={"count": 3}).error
    assert [(("request",), 1)] == [(one.steps, one.asks) for one in filed(emulator)]


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("count", [2, None])
def test_a_first_command_that_was_killed_anywhere_relinquishes_once(
    emulator: Emulator, count: int | None, *, carried_out: bool
) -> None:
    """At whichever call to AWS the claiming update, or destroy, is killed, running it again ends as if nothing had been."""
    goes = [A] if count else [A, B, C]
    for killed_at in range(40):
        emulator.reset()
        emulator.lease(REGION, 3)
        stack = Stack(emulator)
        stack.import_("eu")
        dying = {"killed_at": killed_at, "carried_out": carried_out}

        killed = (stack.up(dying, eu={"count": count, **ALONE}) if count else stack.destroy(**dying)).killed
        for _ in range(3):
            emulator.advance(601)
            stack.refresh()
            again = stack.up(eu={"count": count, **ALONE}) if count else stack.destroy()

        assert ([goes], "") == (relinquished(emulator), again.error), killed_at
        assert (count is None) == ("holder" not in record(emulator))
        if not killed:
            return
    pytest.fail("no command makes that many calls")


# A record that an ended lease left.


def test_an_import_leaves_what_an_open_case_relinquishes(emulator: Emulator, stack: Stack) -> None:
    """Addresses that are about to go are not adopted, and numbers go on where the ended lease left off."""
    [going] = destroyed(emulator)
    kept = list(emulator.lease(REGION, 2))
    written = put(emulator)

    stack.import_("eu")
    stack.refresh()

    assert (kept, "relinquishing", written) == (stack["eu"]["addresses"], stack["eu"]["status"], put(emulator))
    assert [] == stack.changes(eu={"count": 2, **ALONE})
    assert "" == stack.up(eu={"count": 1, **ALONE}).error
    assert [{going}, {kept[0]}] == [one.named for one in filed(emulator)[1:]]
    assert 3 == record(emulator)["number"]
    assert "" == stack.destroy().error
    assert ([kept[1]], False) == (sorted(filed(emulator)[-1].named), "holder" in record(emulator))


def test_of_two_imports_the_second_destroy_relinquishes_nothing_again(emulator: Emulator, stack: Stack) -> None:
    """The first one's case is followed by its id, though AWS does not list it yet."""
    emulator.lease(REGION, 2)
    other = Stack(emulator, "mail/live")
    stack.import_("eu")
    other.import_("eu")
    assert "" == stack.destroy().error
    emulator.change(unasked_language="ja")

    assert "" == other.destroy().error

    assert ["relinquish"] == steps(emulator)


def test_numbers_go_on_after_a_lease_that_came_and_ended_since_the_import(emulator: Emulator, stack: Stack) -> None:
    """Its case is not taken for one of this lease, and what it relinquishes is left out."""
    emulator.lease(REGION, 3)
    stack.import_("eu")
    other = Stack(emulator, "mail/live")
    other.up(eu={"count": 1, "adopt": [A]})
    other.destroy()
    before = record(emulator)

    assert "" == stack.up(eu={"count": 1, **ALONE}).error

    assert [[A], [B]] == relinquished(emulator)
    assert [before["number"] + 1, True] == [record(emulator)["number"], record(emulator)["serial"] > before["serial"]]


@pytest.mark.parametrize("is_refreshed", [True, False])
def test_what_another_lease_relinquished_since_the_import_is_requested_anew(
    emulator: Emulator, stack: Stack, *, is_refreshed: bool
) -> None:
    """It is the other lease's to relinquish. A refresh shows drift of `count`; without one, the update finds it."""
    emulator.lease(REGION, 2)
    stack.import_("eu")
    other = Stack(emulator, "mail/live")
    other.import_("eu")
    other.destroy()

    if is_refreshed:
        stack.refresh()
        assert (0, ["eu"]) == (stack["eu"]["count"], stack.changes(eu={"count": 2}))
    assert "" == stack.up(eu={"count": 2, "attempt": 1, "max_send_rate": 5}).error

    assert [("relinquish", 0), ("request", 2)] == [(one.steps[0], one.asks) for one in filed(emulator)]
    assert ([], 0) == (stack["eu"]["relinquishing"], stack["eu"]["leased_count"])


# Somebody else's lease.


def test_a_lease_that_another_stack_claimed_since_the_import_is_superseded(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """A refresh says so, its outputs stay as they were, an update is refused, and a destroy files nothing and ends."""
    emulator.lease(REGION, 2)
    stack.import_("eu")
    other.up(eu={"count": 2, "adopt": [A, B]})

    stack.refresh()
    assert ("superseded", [A, B]) == stack.shown("status", "addresses")
    error = stack.up(eu={"count": 1, **ALONE}).error
    ended = stack.destroy()

    assert "account 111122223333 has one lease in eu-west-1" in error
    assert ("", []) == (ended.error, steps(emulator))
    assert f"shop/prod/eu holds the lease of {REGION} now: 2 dedicated IP addresses ({A}, {B})" in ended.said


def test_a_claim_whose_run_was_killed_is_not_imported(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """It is a live lease, though nothing was done under it: a create goes on with it, a refresh would not."""
    kills = iter(range(12))
    while not put(emulator):
        other.up({"killed_at": next(kills), "carried_out": True}, eu={"count": 2})
    emulator.lease(REGION, 2)

    assert "shop/prod/eu has held it since 2026-11-24 12:00 UTC: no address." in stack.import_("eu").error
    assert "" == stack.up(eu={"count": 2, "adopt": [A, B]}).error


# What cannot be imported.


@table(
    "id_, reason",
    [
        (
            "nowhere",
            "'nowhere' is not the id of a lease.\nImport a lease by its Region, eu-west-1, or with the account",
        ),
        ("/eu-west-1", "'/eu-west-1' is not the id of a lease."),
        ("shop/eu-west-1", "'shop/eu-west-1' is not the id of a lease."),
        ("444455556666/eu-west-1", "The credentials lead to account 111122223333, not to 444455556666."),
        (REGION, "resource 'eu-west-1' does not exist"),
    ],
)
def test_what_is_not_there_is_not_imported(emulator: Emulator, stack: Stack, id_: str, reason: str) -> None:
    """An id that is none, another account than the credentials', and a Region without a standard address."""
    emulator.add_managed(REGION)

    assert stack.import_("eu", id_).error.startswith(reason)
    assert {} == stack.stored


def test_credentials_of_the_lease_are_among_its_inputs(emulator: Emulator, stack: Stack) -> None:
    """A wrong one is refused before AWS is asked."""
    emulator.lease(REGION)

    assert "`role_arn` must be the ARN of an IAM role" in stack.import_("eu", role_arn="mail").error
    assert [] == list(emulator.log)


# No permission, no plan.


def test_without_a_support_plan_a_person_files(emulator: Emulator, stack: Stack) -> None:
    """The import declares console filing, as nothing else would work; a lower count prints the form."""
    emulator.change(support_plan=False)
    emulator.lease(REGION, 2)

    assert "" == stack.import_("eu").error
    stack.refresh()

    wish = {"filing": "console", **ALONE}
    assert ("console", []) == (stack["eu"]["filing"], stack.changes(eu={"count": 2, **wish}))
    assert "" == stack.up(eu={"count": 1, **wish}).error
    assert "to_file" == stack["eu"]["status"]


@pytest.mark.parametrize("operation", ["GetParameter", "DescribeCases", "GetDedicatedIps"])
def test_an_import_that_may_not_read_something_is_refused(emulator: Emulator, stack: Stack, operation: str) -> None:
    """It would not know whose the addresses are, or which of them are about to go."""
    emulator.lease(REGION, 2)
    emulator.fault("access-denied", operation=operation, times=None)

    error = stack.import_("eu").error

    assert ("Nothing was filed. Allow" in error, operation in error, {}) == (True, True, stack.stored)


def test_a_record_that_cannot_be_read_leaves_an_imported_lease_unclaimed(emulator: Emulator, stack: Stack) -> None:
    """A refresh shows what SES shows, says so, and is not due for anything."""
    emulator.lease(REGION, 2)
    stack.import_("eu")
    emulator.fault("access-denied", operation="GetParameter", times=None)

    stack.refresh()

    assert "The Region's record could not be read" in stack["eu"]["message"]
    assert [] == stack.changes(eu={"count": 2, **ALONE})
    stack.refresh()
    assert "" == stack.up(eu={"count": 1, **ALONE}).error
    assert ["relinquish"] == steps(emulator)
