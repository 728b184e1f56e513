"""What a killed command has done at AWS is taken up by the next one, although Pulumi has not stored it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import filed, record, steps
from support.process import meanwhile
from support.stacks import REGION, Stack, marked

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

A, B, C = (f"192.0.2.{number}" for number in range(1, 4))
ADOPTED = {"count": 2, "adopt": [A, B]}


def test_a_refresh_shows_what_a_killed_update_filed(emulator: Emulator, stack: Stack) -> None:
    """The record knows more than the state."""
    stack.grown(2)
    before = stack.copy()
    stack.up(eu={"count": 3})
    stack.stored = before

    stack.refresh()

    assert ("requested", 1) == stack.shown("status", "requested_count")
    assert ["request", "request"] == steps(emulator)


def test_a_count_that_a_killed_update_acted_on_is_the_users_word(emulator: Emulator, stack: Stack) -> None:
    """Whoever goes back to the count before relinquishes what came for it."""
    stack.grown(2)
    before = stack.copy()
    stack.up(eu={"count": 3})
    stack.stored = before
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    assert ["eu"] == stack.changes(eu={"count": 2})

    stack.up(eu={"count": 2})

    assert ["request", "request", "relinquish"] == steps(emulator)
    assert 1 == len(filed(emulator)[-1].named)


def test_a_count_that_follows_a_lost_address_needs_no_update(emulator: Emulator, stack: Stack) -> None:
    """The refresh has acted on it."""
    stack.grown(3)
    emulator.take_away(REGION, A)

    stack.refresh()

    assert ([], 2) == (stack.changes(eu={"count": 2}), stack["eu"]["count"])


def test_a_lost_address_that_a_killed_update_saw_first_is_named(emulator: Emulator, stack: Stack) -> None:
    """Its record holds the address no more, but the state does."""
    stack.grown(3)
    before = stack.copy()
    emulator.take_away(REGION, A)
    stack.up(eu={"count": 3, "contact_language": "ja"})
    assert f"Gone from the account: {A}." in stack["eu"]["message"]
    stack.stored = before

    stack.refresh()

    assert 2 == stack["eu"]["count"]
    assert f"Gone from the account: {A}." in stack["eu"]["message"]


@pytest.mark.parametrize("command", ["up", "destroy"])
def test_a_lease_that_another_stack_claimed_since_an_import_is_not_touched(
    emulator: Emulator, stack: Stack, other: Stack, command: str
) -> None:
    """Without a refresh in between, too: an update is refused, and a destroy files nothing."""
    emulator.lease(REGION, 2)
    stack.import_("eu")
    other.up(eu=ADOPTED)

    done = stack.up(eu={"count": 1}) if command == "up" else stack.destroy()

    assert (command == "up", []) == (bool(done.error), steps(emulator))
    assert record(emulator)["holder"]["nonce"] == other["eu"]["memory"]["holder"]["nonce"]


def test_a_holder_is_named_since_it_claimed_the_lease(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """That is the first update after an import into a free record, and an update with consent."""
    other.up(eu={"count": 0})
    other.destroy()
    emulator.lease(REGION, 2)
    stack.import_("eu")
    emulator.advance(3_600)
    stack.up(eu={"count": 2, "contact_language": "ja"})
    assert "2026-11-24T13:00:00Z" == record(emulator)["holder"]["since"]
    emulator.advance(3_600)
    other.up(eu={"count": 2, "take_over_from": stack["eu"]["record_version"]})
    stack.refresh()
    emulator.advance(3_600)

    stack.up(eu={"count": 2, "take_over_from": other["eu"]["record_version"]})

    assert "2026-11-24T15:00:00Z" == record(emulator)["holder"]["since"]


def test_a_repeated_destroy_prints_its_own_form_again(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """The record keeps the form of an ended lease, but another lease's is not this one's to file."""
    emulator.lease(REGION, 2)
    stack.up(eu={**ADOPTED, "filing": "console"})
    before = stack.copy()
    first = stack.destroy().said
    stack.stored = dict(before)

    assert (
        f"eu (eu-west-1): the lease of eu-west-1 has ended already; nothing is filed from here.\n{first}"
        == stack.destroy().said
    )

    other.up(eu={**ADOPTED, "filing": "console"})
    other.destroy()
    stack.stored = dict(before)
    assert "Open a case at" not in stack.destroy().said


def test_a_destroy_names_the_case_that_the_new_holder_is_about_to_file(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """AWS's answer to it was lost, and nobody knows yet whether it is filed."""
    stack.up(eu={"count": 0})
    other.up(eu={"count": 0, "take_over_from": stack["eu"]["record_version"]})
    emulator.change(listing_delay=300)
    emulator.fault("reset", operation="CreateCase", when="after")
    other.up(eu={"count": 2})

    said = stack.destroy().said

    mark = marked(emulator)[0].subject.partition("[")[2].rstrip("]")
    assert f"no address, a case about to be filed as {mark}; nothing is filed from here." in said


def test_a_lease_that_a_copy_of_its_state_has_ended_begins_anew(emulator: Emulator, stack: Stack) -> None:
    """A refresh holds nothing any more, and the next preview shows an update although no input changed."""
    stack.grown(2)
    copied = Stack(emulator, stored=stack.copy())
    copied.destroy()

    stack.refresh()

    assert ([], ["eu"]) == (stack["eu"]["addresses"], stack.changes(eu={"count": 2}))


def test_of_two_creates_at_the_same_moment_one_is_refused(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """Creating the record is atomic at AWS."""
    with meanwhile(emulator, lambda: other.up(eu={"count": 1}), "PutParameter"):
        error = stack.up(eu={"count": 2}).error

    assert (
        "eu (eu-west-1): another command claimed the lease of eu-west-1 at the same time.\n"
        "Nothing was filed. Run the same command again."
    ) == error
    assert [("request", 1)] == [(one.steps[0], one.asks) for one in filed(emulator)]


def test_the_record_counts_its_writes(emulator: Emulator, stack: Stack) -> None:
    """The claim and the count acted on: whoever has the higher number knows more, the record or the state."""
    stack.up(eu={"count": 0})

    assert [2, 2] == [record(emulator)["serial"], stack["eu"]["memory"]["serial"]]


def test_a_case_has_no_number_until_aws_lists_it(emulator: Emulator, stack: Stack) -> None:
    """Its long id is known at once."""
    emulator.change(listing_delay=3_600)
    stack.up(eu={"count": 1})

    assert (marked(emulator)[0].id, "", "", "opened") == stack.shown(
        "case_id", "case_display_id", "case_url", "case_status"
    )


def test_a_question_of_awss_is_due_for_whoever_agreed_beforehand(emulator: Emulator, stack: Stack) -> None:
    """The next update answers it, although no input changed."""
    stack.grown(2)
    wish = {"count": 1, "confirm_relinquish": True}
    stack.up(eu=wish)
    emulator.confirm_question(marked(emulator)[-1].id)
    assert [] == stack.changes(eu=wish)

    stack.refresh()

    assert ["eu"] == stack.changes(eu=wish)
    stack.up(eu=wish)
    assert ["request", "relinquish confirm"] == steps(emulator)
