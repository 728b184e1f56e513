"""What a command says at its end, word for word, and what a record keeps of a command that came to nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from explore.events import Limits
from explore.events import steps as explored
from explore.explore import start_of
from support.filed import PARAMETER, REGION, filed, post, record, steps
from support.stacks import Stack, Stored, marked

from dedicated_ip_provider.reconcile import lowers
from dedicated_ip_provider.state import read_state

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"


@pytest.fixture
def superseded(stack: Stack, other: Stack) -> Stack:
    """A stack whose lease of nothing yet another backend's stack took over."""
    stack.up(eu={"count": 0})
    other.up(eu={"count": 0, "take_over_from": stack["eu"]["record_version"]})
    return stack


def copied(stack: Stack) -> dict[str, Stored]:
    """Return a stack's state as it is stored: what a command that is killed at its very end leaves behind."""
    return {name: Stored(one.id, one.inputs, dict(one.outputs)) for name, one in stack.stored.items()}


def test_a_destroy_of_a_superseded_lease_names_the_holder_of_nothing(superseded: Stack) -> None:
    """No address, and no case."""
    assert (
        f"eu ({REGION}): shop/prod/eu holds the lease of {REGION} now: no address; nothing is filed from here.\n"
    ) == superseded.destroy().said


def test_a_destroy_of_a_superseded_lease_names_what_the_holder_has(
    emulator: Emulator, superseded: Stack, other: Stack
) -> None:
    """Its addresses, and its open cases by the numbers that people know."""
    other.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id)
    other.refresh()
    other.up(eu={"count": 2})
    other.up(eu={"count": 1})

    assert (
        f"eu ({REGION}): shop/prod/eu holds the lease of {REGION} now: 3 dedicated IP addresses ({A}, {B}, {C}), case "
        "1700000002 open, case 1700000003 open; nothing is filed from here.\n"
    ) == superseded.destroy().said


def test_a_superseded_lease_says_what_to_do(emulator: Emulator, superseded: Stack) -> None:
    """Take the resource out, or take the lease back by name."""
    superseded.refresh()

    version = emulator.parameter(REGION, PARAMETER)
    assert version is not None
    token = f"{REGION}/{version.version}-{record(emulator)['holder']['nonce']}"
    assert (
        f"shop/prod/eu has held the lease of {REGION} since 2026-11-24 12:00 UTC; this stack files nothing any more. "
        "Remove this resource from its stack with `pulumi state delete`: a destroy would empty the pools of the new "
        f'holder. To take the lease back, set `take_over_from="{token}"`.'
    ) == superseded["eu"]["message"]


def test_a_destroy_that_may_have_filed_says_so(emulator: Emulator, stack: Stack) -> None:
    """It keeps everything, and looks for the case when it is run again."""
    stack.up(eu={"count": 2})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    emulator.fault("reset", operation="CreateCase", when="before")

    assert (
        f"eu ({REGION}): a case may have been filed that AWS does not list yet: unconfirmed.\n"
        "Run `pulumi destroy` again: for ten minutes, it searches for the case before it files anything."
    ) == stack.destroy().error


def test_a_destroy_that_was_killed_at_its_end_with_nothing_left_says_no_more(emulator: Emulator, stack: Stack) -> None:
    """What its case relinquishes is not left, nor what its form does."""
    stack.up(eu={"count": 2})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    ended = f"eu ({REGION}): the lease of {REGION} has ended already; nothing is filed from here.\n"
    stored = copied(stack)
    stack.destroy()
    stack.stored = stored
    assert (ended, 2) == (stack.destroy().said, len(steps(emulator)))


def test_a_destroy_of_an_unconfirmed_lease_that_has_ended_names_nothing(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """Another stack took it over, and ended it; the case of this one was never filed."""
    emulator.fault("reset", operation="CreateCase", when="before")
    stack.up(eu={"count": 2})
    other.up(eu={"count": 2, "take_over_from": stack["eu"]["record_version"]})
    emulator.advance(601)
    other.destroy()

    assert (
        f"eu ({REGION}): the lease of {REGION} has ended already; nothing is filed from here.\n" == stack.destroy().said
    )


def test_what_a_form_relinquishes_is_not_left_either(emulator: Emulator, stack: Stack) -> None:
    """The freed record keeps the form, and it is printed again: nobody may have read it yet."""
    stack.up(eu={"count": 2, "filing": "console"})
    post(emulator, stack["eu"]["form_text"])
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    stored = copied(stack)
    stack.destroy()
    stack.stored = stored

    form = emulator.parameter(REGION, PARAMETER)
    said = stack.destroy().said

    assert "left leased" not in said
    assert ("please remove 2 dedicated IP addresses" in said, form) == (True, emulator.parameter(REGION, PARAMETER))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_request_that_a_person_filed_is_named_as_open(emulator: Emulator, stack: Stack, *, is_known: bool) -> None:
    """The destroy that was killed had told how to withdraw it, and nobody has read that."""
    stack.up(eu={"count": 2, "filing": "console"})
    post(emulator, stack["eu"]["form_text"])
    if is_known:
        stack.refresh()
    stored = copied(stack)
    stack.destroy()
    stack.stored = stored

    assert f"eu ({REGION}): case 1700000001, which requests addresses, stays open." in stack.destroy().said.splitlines()


def test_a_form_names_the_region_and_what_stays(emulator: Emulator, stack: Stack) -> None:
    """A person reads the Region's name; the block says how many the lease wants from then on."""
    stack.up(eu={"count": 2, "filing": "console"})
    text = stack["eu"]["form_text"]
    assert f"Region: {REGION} (Europe (Ireland))" in text
    post(emulator, text)
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()

    assert "\ncount: 0\n" in stack.destroy().said


def test_a_create_that_comes_to_nothing_uses_its_number_up(emulator: Emulator, stack: Stack) -> None:
    """Two cases never have one mark, whatever became of the first."""
    emulator.fault("access-denied", operation="CreateCase")
    assert "" != stack.up(eu={"count": 2}).error
    assert "holder" not in record(emulator)

    stack.up(eu={"count": 2})

    assert f"[DIP-{REGION}-2-" in filed(emulator)[0].case.subject


def test_a_take_over_that_comes_to_nothing_restores_the_record(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """Who held the lease holds it again; what its state has seen since its last write is newer than the record."""
    stack.up(eu={"count": 2})
    [came] = emulator.grant(marked(emulator)[0].id, 1, close=True)
    stack.refresh()
    before = record(emulator)
    emulator.fault("access-denied", operation="CreateCase")

    assert "" != other.up(eu={"count": 3, "take_over_from": stack["eu"]["record_version"]}).error

    after = record(emulator)
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert {"number", "over"} == changed
    stack.refresh()
    assert ([came], "short") == (stack["eu"]["addresses"], stack["eu"]["status"])


def test_an_error_is_not_hidden_by_another_one_behind_it(emulator: Emulator, stack: Stack) -> None:
    """Where the record cannot be freed either, the user reads why nothing was filed."""
    emulator.fault("access-denied", operation="CreateCase")
    emulator.fault("access-denied", operation="PutParameter", skip=2, times=None)

    error = stack.up(eu={"count": 2}).error

    assert "support:CreateCase" in error
    assert [] == steps(emulator)


def test_a_form_is_refused_while_a_request_is_open_that_nobody_follows(emulator: Emulator, stack: Stack) -> None:
    """A person filed one text twice: the other case is closed first."""
    stack.up(eu={"count": 2, "filing": "console"})
    for _ in range(2):
        post(emulator, stack["eu"]["form_text"])
        emulator.advance(60)
    emulator.refuse(marked(emulator)[1].id)
    stack.refresh()
    mark = marked(emulator)[0].subject.partition("[")[2].rstrip("]")

    what, next_step = stack.up(eu={"count": 2, "filing": "console", "attempt": 2}).error.split("\n")

    assert f"case 1700000001, filed by shop/prod/eu and marked {mark}, is open in {REGION}" in what
    assert next_step.startswith("Nothing was filed. Close case 1700000001 in the Support Center, ")


def test_a_person_reads_the_place_and_the_count_in_every_message(emulator: Emulator, stack: Stack) -> None:
    """Of what is to be written in an open case; at the end the lease wants nothing."""
    stack.up(eu={"count": 2, "filing": "console"})
    post(emulator, stack["eu"]["form_text"])
    emulator.grant(marked(emulator)[0].id, 1)
    stack.refresh()

    stack.up(eu={"count": 4, "filing": "console"})
    assert f"in Europe (Ireland), {REGION}, we now request 4 in all instead of 2" in stack["eu"]["form_text"]

    said = stack.destroy().said
    assert ["count: 0"] * 2 == [line for line in said.splitlines() if line.startswith("count: ")]
    assert f"{'-' * 72}\n\nOpen a case at " in said


@pytest.mark.parametrize(
    ("command", "messages"),
    [("A up 2", [1, 1]), ("B up 2 take_over_from=eu-west-1/3-n000", [1, 1]), ("A destroy", [1]), ("A refresh", [1])],
)
def test_a_case_that_aws_does_not_list_is_read_by_its_id(command: str, messages: list[int]) -> None:
    """AWS has closed it: nothing is written in it any more, and what is missing is requested anew."""
    world = start_of(1)
    for words in ("A up 1 <write 3, case: listed late> [ok]", "AWS closes request 0", f"{command} [ok]"):
        world = next(step.world for step in explored(world, Limits(count=2)) if step.words == words)

    assert messages == [one.case.messages for one in world.filed]
    state = world.stacks[0].state
    assert command != "A refresh" or (state is not None and not state.memory.cases[0].is_open)


def test_a_destroy_that_cannot_free_the_record_says_what_was_done(emulator: Emulator, stack: Stack) -> None:
    """The case is filed, and the next destroy goes on from there."""
    stack.up(eu={"count": 2})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    emulator.fault("access-denied", operation="PutParameter", skip=2, times=None)

    error = stack.destroy().error

    assert "Done before that: case 1700000002 filed." in error
    emulator.clear_faults()
    assert ("", 2) == (stack.destroy().error, len(steps(emulator)))


def test_a_destroy_of_an_imported_lease_that_another_stack_has_leaves_it_alone(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """It was never this stack's."""
    addresses = list(emulator.lease(REGION, 2))
    stack.import_("eu")
    other.up(eu={"count": 2, "adopt": addresses})

    done = stack.destroy()

    assert ("", []) == (done.error, steps(emulator))
    assert f"shop/prod/eu holds the lease of {REGION} now: 2 dedicated IP addresses ({A}, {B})" in done.said


def test_what_was_adopted_once_is_not_looked_for_again(emulator: Emulator, stack: Stack) -> None:
    """An address that has vanished since stops no update, though `adopt` still names it."""
    [adopted] = emulator.lease(REGION, 1)
    stack.up(eu={"count": 1, "adopt": [adopted]})
    emulator.take_away(REGION, adopted)
    stack.refresh()

    assert "" == stack.up(eu={"count": 2, "adopt": [adopted]}).error


def test_a_case_that_aws_shows_no_more_stays_linked(emulator: Emulator, stack: Stack) -> None:
    """A person may still have to find it in the Support Center."""
    stack.up(eu={"count": 2})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    linked = stack["eu"]["case_id"], stack["eu"]["case_display_id"]
    emulator.change(support_plan=False)

    stack.up(eu={"count": 2, "filing": "console"})

    assert "1700000001" == linked[1]
    assert linked == (stack["eu"]["case_id"], stack["eu"]["case_display_id"])


def test_a_count_that_a_form_lowered_is_no_lower_one(emulator: Emulator, stack: Stack) -> None:
    """What the form relinquishes was the user's word once, and is not again."""
    stack.up(eu={"count": 3, "filing": "console"})
    post(emulator, stack["eu"]["form_text"])
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    stack.up(eu={"count": 2, "filing": "console"})
    state = read_state(stack["eu"])

    assert (False, True) == (lowers(state.lease, state), lowers(replace(state.lease, filing="support-api"), state))


def test_numbers_go_on_after_the_cases_where_the_record_is_gone(emulator: Emulator, stack: Stack) -> None:
    """An older state knows fewer of them, and two cases must not have one mark."""
    stack.up(eu={"count": 1})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    stored = copied(stack)
    stack.up(eu={"count": 2})
    emulator.grant(marked(emulator)[1].id)
    stack.stored = stored
    emulator.delete_parameter(REGION, PARAMETER)

    stack.up(eu={"count": 4})

    assert f"[DIP-{REGION}-3-" in filed(emulator)[-1].case.subject
