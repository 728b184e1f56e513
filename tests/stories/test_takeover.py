"""One lease per account and Region: who may have it, who may take it over, and what the others are told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.filed import PARAMETER, REGION, filed, record, steps
from support.process import meanwhile
from support.stacks import Stack, consent, marked
from support.tables import table

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
TWO_LINES = re.compile(r"[^\n]+\n[^\n]+")


def lease_of(emulator: Emulator) -> object:
    """Return whose the record says the lease is, and what is on file: all that a refused run must leave alone."""
    return record(emulator).get("holder"), steps(emulator)


# Two backends.


def test_a_second_backend_with_the_same_path_is_refused_by_name(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """The refusal names holder, since when, addresses and cases, and each way out; it leaves no trace."""
    held = stack.grown()
    stack.up(eu={"count": 4})
    before = lease_of(emulator)

    error = other.up(eu={"count": 2}).error

    what, next_step = error.split("\n")
    assert what == (
        "eu (eu-west-1): account 111122223333 has one lease in eu-west-1, and shop/prod/eu has held it since "
        "2026-11-24 12:00 UTC: 3 dedicated IP addresses (192.0.2.1, 192.0.2.2, 192.0.2.3), case 1700000002 open. It has "
        "the same path as this resource: it is the resource that this one replaces, one under another parent or in "
        "another backend, or one from an earlier run."
    )
    assert next_step.startswith("Nothing was filed. If this resource only moved within its program, give it an alias; ")
    assert consent(error) == stack["eu"]["record_version"]
    assert (before, {}) == (lease_of(emulator), other.stored)

    assert [] == stack.changes(eu={"count": 4})
    stack.up(eu={"count": 2})
    assert "" == stack.destroy().error
    assert ["request", "request withdraw", "relinquish", "relinquish"] == steps(emulator)
    assert set(held) == {ip for one in filed(emulator) for ip in one.named}


# Consent.


def test_consent_takes_over_the_lease_with_its_addresses_and_open_case(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """The new holder follows the open request, gets what it brings, and files nothing of its own."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 2)
    stack.refresh()
    token = consent(other.up(eu={"count": 3}).error)

    assert "" == other.up(eu={"count": 3, "take_over_from": token}).error

    assert ([A, B], 1) == other.shown("addresses", "requested_count")
    emulator.grant(marked(emulator)[0].id)
    other.refresh()
    assert ("active", 3, ["request"]) == (*other.shown("status", "leased_count"), steps(emulator))


def test_consent_is_to_one_situation_and_used_once(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """Where the lease has changed since, the refusal names the new version; one that was used does nothing more."""
    stack.up(eu={"count": 3})
    stale = consent(other.up(eu={"count": 3}).error)
    stack.up(eu={"count": 4})

    error = other.up(eu={"count": 3, "take_over_from": stale}).error

    token = consent(error)
    assert f"(`take_over_from` names {stale}, but the record has moved on to {token})" in error
    assert stale != token
    other.up(eu={"count": 4, "take_over_from": token})
    back = consent(stack.up(eu={"count": 3}).error)
    assert "" == stack.up(eu={"count": 4, "take_over_from": back}).error
    assert token != consent(other.up(eu={"count": 2, "take_over_from": token}).error)
    assert ["request amend"] == steps(emulator)


# Superseded.


@pytest.fixture
def superseded(stack: Stack, other: Stack) -> Stack:
    """A stack whose lease of three addresses another backend's stack took over."""
    stack.grown()
    other.up(eu={"count": 3, "take_over_from": consent(other.up(eu={"count": 3}).error)})
    return stack


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_superseded_lease_says_so_and_files_nothing(
    emulator: Emulator, superseded: Stack, other: Stack, *, refreshed: bool
) -> None:
    """Its outputs stay as they were; neither another count nor a destroy files anything, whether it knows or not."""
    other.up(eu={"count": 2})
    other.up(eu={"count": 1})
    shown = dict(superseded["eu"])
    version = emulator.parameter(REGION, PARAMETER)
    assert version is not None
    if refreshed:
        superseded.refresh()
        changed = {key for key, value in superseded["eu"].items() if value != shown.get(key)}
        assert ({"status", "message", "memory"}, "superseded") == (changed, superseded["eu"]["status"])
        assert (
            f"shop/prod/eu has held the lease of {REGION} since 2026-11-24 12:00 UTC; this stack files nothing any "
            "more. Take the resource out of the program, and out of the stack with `pulumi state delete "
            "--target-dependents`: a destroy would empty the pools of the new holder. To take the lease back, set "
            f'`take_over_from="{REGION}/{version.version}-{record(emulator)["holder"]["nonce"]}"`.'
        ) == superseded["eu"]["message"]
        assert [] == superseded.changes(eu={"count": 3})
    before = lease_of(emulator)

    for count in (5, 1):
        assert "take_over_from" in superseded.up(eu={"count": count}).error
    done = superseded.destroy()

    assert ("", before) == (done.error, lease_of(emulator))
    assert (
        f"eu ({REGION}): shop/prod/eu holds the lease of {REGION} now: 3 dedicated IP addresses ({A}, {B}, {C}), case "
        "1700000002 open, case 1700000003 open; nothing is filed from here.\n"
    ) == done.said


def test_a_superseded_lease_takes_itself_back_with_consent(emulator: Emulator, superseded: Stack, other: Stack) -> None:
    """The way back is the way there, and relinquishes nothing that its user did not lower, though the other has grown."""
    other.up(eu={"count": 5})
    emulator.grant(marked(emulator)[-1].id)
    other.refresh()
    superseded.refresh()
    token = consent(superseded.up(eu={"count": 3, "attempt": 2}).error)

    assert "" == superseded.up(eu={"count": 3, "attempt": 2, "take_over_from": token}).error

    assert (["request", "request"], "over") == (steps(emulator), superseded["eu"]["status"])
    assert "" == superseded.up(eu={"count": 6, "attempt": 2, "take_over_from": token}).error
    assert ("requested", 5) == superseded.shown("status", "leased_count")
    other.refresh()
    assert "superseded" == other["eu"]["status"]


@pytest.fixture
def grown(emulator: Emulator, stack: Stack, other: Stack) -> Stack:
    """A stack whose lease of five addresses another stack took over and raised to six."""
    stack.grown(5)
    other.up(eu={"count": 6, "take_over_from": consent(other.up(eu={"count": 6}).error)})
    emulator.grant(marked(emulator)[-1].id)
    other.refresh()
    emulator.advance(60)
    return stack


@pytest.mark.parametrize("refreshed", [True, False])
@pytest.mark.parametrize("count", [4, 5])
@pytest.mark.parametrize("died_at", range(6))
def test_a_take_over_that_was_cut_off_relinquishes_nothing_later(
    emulator: Emulator, grown: Stack, *, refreshed: bool, count: int, died_at: int
) -> None:
    """The count of the former holder is not one that this stack's user lowered, wherever the run was killed."""
    token = consent(grown.up(eu={"count": 5, "attempt": 2}).error)
    wish = {"count": count, "take_over_from": token}
    assert grown.up({"killed_at": died_at, "carried_out": True}, eu=wish).killed
    if refreshed:
        grown.refresh()

    assert "" == grown.up(eu=wish).error

    assert (["request", "request"], 6) == (steps(emulator), grown["eu"]["leased_count"])
    assert ("over", []) == (grown["eu"]["status"], grown.changes(eu=wish))
    assert "no case was filed" not in grown["eu"]["message"]


def test_a_take_over_that_failed_relinquishes_nothing_of_what_no_preview_named(
    emulator: Emulator, grown: Stack
) -> None:
    """A higher count was refused at AWS's hourly limit after the claim; then the user lowers it, without a refresh."""
    token = consent(grown.up(eu={"count": 5, "attempt": 2}).error)
    emulator.change(hourly_case_limit=0)
    for _ in range(2):
        assert "10 new cases an hour" in grown.up(eu={"count": 8, "take_over_from": token}).error

    assert "" == grown.up(eu={"count": 4, "take_over_from": token}).error

    assert (["request", "request"], "over") == (steps(emulator), grown["eu"]["status"])
    emulator.change(hourly_case_limit=None)
    grown.up(eu={"count": 5, "take_over_from": token})
    grown.up(eu={"count": 4, "take_over_from": token})
    assert [A, B] == sorted(filed(emulator)[-1].named), "now that the stack knows all six, a lower count counts"


@pytest.mark.parametrize("lost", ["CreateCase", "AddCommunicationToCase"])
def test_a_lower_count_of_a_new_holder_relinquishes_nothing_after_a_lost_answer(
    emulator: Emulator, stack: Stack, other: Stack, lost: str
) -> None:
    """The former holder's request may have been filed, or the new one's withdrawal was not sent: neither is a wish."""
    stack.grown(5)
    emulator.fault("reset", operation=lost, when="before")
    stack.up(eu={"count": 6})
    other.up(eu={"count": 3, "take_over_from": consent(other.up(eu={"count": 3}).error)})
    emulator.advance(700)

    other.up(eu={"count": 3})
    other.refresh()
    other.up(eu={"count": 3})

    assert "relinquish" not in steps(emulator)
    assert ("over", 5) == other.shown("status", "leased_count")


def test_a_take_over_reads_the_other_stacks_cases_by_their_ids(
    emulator: Emulator, superseded: Stack, other: Stack
) -> None:
    """Where AWS does not list the other's request yet, it has to be asked what became of it."""
    emulator.change(listing_delay=300)
    other.up(eu={"count": 4})
    case_id = marked(emulator)[-1].id
    token = consent(superseded.up(eu={"count": 4}).error)
    emulator.advance(300)
    before = len(emulator.calls("DescribeCases"))
    emulator.change(listing_delay=900)

    assert "" == superseded.up(eu={"count": 4, "take_over_from": token}).error

    asked = [call.parameters.get("caseIdList") for call in emulator.calls("DescribeCases")[before:]]
    assert [None, [case_id]] == asked
    assert ("requested", ["request", "request"]) == (superseded["eu"]["status"], steps(emulator))


def test_a_superseded_lease_whose_record_cannot_be_read_stays_as_it_was(
    emulator: Emulator, superseded: Stack, other: Stack
) -> None:
    """What SES shows is the other stack's: neither status nor count follow it."""
    superseded.refresh()
    shown = {key: value for key, value in superseded["eu"].items() if key != "message"}
    other.up(eu={"count": 2})
    emulator.remove(marked(emulator)[-1].id)
    emulator.fault("access-denied", operation="GetParameter", times=None)

    superseded.refresh()

    assert shown == {key: value for key, value in superseded["eu"].items() if key != "message"}
    assert superseded["eu"]["message"].startswith(
        f"Another stack held the lease of {REGION} when its record was last read. The Region's record could not be read"
    )


# Moves and replacements.


def test_a_lease_that_moved_to_another_stack_is_refused_where_it_came_from(emulator: Emulator, stack: Stack) -> None:
    """`pulumi state move`, then `up` at the source: refused; the destination, renamed or not, keeps all."""
    held = stack.grown()
    destination = Stack(emulator, "shop/dev")
    stack.move("eu", destination)

    assert "shop/prod/eu has held it" in stack.up(eu={"count": 3}).error
    destination.up(eu={"count": 3})
    assert "shop/dev/eu has held it" in stack.up(eu={"count": 3}).error
    assert "" == stack.up().error

    # A renamed stack, project or resource writes its new path.
    destination.path = "shop/live"
    destination.up(eu={"count": 3})
    destination.refresh()
    assert ("shop/live/eu", ["request"]) == (record(emulator)["holder"]["path"], steps(emulator))
    assert (held, []) == (destination["eu"]["addresses"], destination.changes(eu={"count": 3}))


def test_a_copied_state_is_the_lease_itself(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """What the documentation says: a copy has the same nonce, so its destroy relinquishes what the original holds."""
    held = stack.grown()
    other.stored = stack.copy()

    other.destroy()

    assert set(held) == filed(emulator)[-1].named
    stack.refresh()
    assert stack.changes(eu={"count": 3}), "the record is free, which the original's preview shows"


def test_a_replacement_is_refused_unless_it_deletes_first(emulator: Emulator, stack: Stack) -> None:
    """`--replace` makes the new lease first, and the old one is live; after a delete, it begins anew."""
    held = stack.grown()
    before = lease_of(emulator)

    error = stack.replace("eu").error

    assert "has held it since" in error
    assert before == lease_of(emulator)
    assert "" == stack.up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)

    assert "" == stack.replace("eu", delete_first=True).error
    assert ["request", "relinquish", "request"] == steps(emulator)
    assert set(held) == filed(emulator)[1].named
    assert ([], 3) == stack.shown("addresses", "requested_count")
    emulator.remove(marked(emulator)[1].id)
    emulator.grant(marked(emulator)[2].id)
    stack.refresh()
    assert ("active", ["192.0.2.4", "192.0.2.5", "192.0.2.6"]) == stack.shown("status", "addresses")

    # A changed Region replaces the lease, too: the new one is requested first.
    stack.up(eu={"count": 2, "region": "us-east-1"})
    assert ["request", "relinquish"] == steps(emulator)[3:]
    assert ("requested", "us-east-1") == stack.shown("status", "region")


# What is lost.


def test_a_state_from_before_goes_on_with_what_the_record_remembers(emulator: Emulator, stack: Stack) -> None:
    """An older state restored from a backup has the lease's nonce and a lower serial: nothing is filed again."""
    stack.up(eu={"count": 3})
    backup = stack.copy()
    stack.up(eu={"count": 5})
    stack.stored = backup

    stack.up(eu={"count": 5})

    assert ["request amend"] == steps(emulator)
    assert [] == stack.changes(eu={"count": 5})


@pytest.mark.parametrize("command", ["up", "destroy"])
def test_a_record_that_somebody_deleted_is_claimed_with_the_states_memory(
    emulator: Emulator, stack: Stack, command: str
) -> None:
    """A refresh shows it as a change; the next update or delete goes on as if it had never been away."""
    held = stack.grown()
    emulator.delete_parameter(REGION, PARAMETER)
    stack.refresh()
    assert ["eu"] == stack.changes(eu={"count": 3})

    done = stack.up(eu={"count": 2}) if command == "up" else stack.destroy()

    assert ("", ["request", "relinquish"]) == (done.error, steps(emulator))
    assert set(held[:1] if command == "up" else held) == filed(emulator)[-1].named
    assert 2 == record(emulator)["number"]


def test_numbers_go_on_after_the_cases_where_the_record_is_gone(emulator: Emulator, stack: Stack) -> None:
    """An older state knows fewer of them, and two cases must not have one mark."""
    stack.grown(1)
    stored = stack.copy()
    stack.grown(2)
    stack.stored = stored
    emulator.delete_parameter(REGION, PARAMETER)

    stack.up(eu={"count": 4})

    assert f"[DIP-{REGION}-3-" in filed(emulator)[-1].case.subject


def test_a_lease_whose_record_was_freed_elsewhere_starts_anew(
    emulator: Emulator, superseded: Stack, other: Stack
) -> None:
    """The other stack took over and destroyed: the first one's preview shows a change, and its update requests."""
    other.destroy()
    superseded.refresh()
    assert ["eu"] == superseded.changes(eu={"count": 3})

    superseded.up(eu={"count": 3})

    assert ["request", "relinquish", "request"] == steps(emulator)
    assert ([], 3) == superseded.shown("addresses", "requested_count")


# At the same moment.


@pytest.mark.parametrize("operation", ["GetParameter", "DescribeCases", "GetDedicatedIps", "PutParameter"])
def test_of_two_first_runs_at_the_same_moment_one_files(
    emulator: Emulator, stack: Stack, other: Stack, operation: str
) -> None:
    """Whoever creates the record has the lease; the other is refused, and files nothing."""
    with meanwhile(emulator, lambda: other.up(eu={"count": 2}), operation):
        error = stack.up(eu={"count": 3}).error

    assert TWO_LINES.fullmatch(error)
    assert (["request"], "requested") == (steps(emulator), other["eu"]["status"])
    assert [] == other.changes(eu={"count": 2})


@pytest.mark.parametrize(("operation", "skip"), [("PutParameter", 0), ("CreateCase", 0), ("PutParameter", 1)])
def test_a_lease_that_is_taken_over_in_the_middle_of_an_update_files_at_most_once(
    emulator: Emulator, stack: Stack, other: Stack, operation: str, skip: int
) -> None:
    """Before its intent was written it files nothing; after that, the new holder finds its case by the mark."""
    stack.grown()
    token = stack["eu"]["record_version"]

    def take_over() -> None:
        other.up(eu={"count": 5, "take_over_from": token})
        if other.stored == {}:
            other.up(eu={"count": 5, "take_over_from": consent(other.up(eu={"count": 5}).error)})

    with meanwhile(emulator, take_over, operation, skip=skip):
        stack.up(eu={"count": 5})
    for _ in range(2):
        emulator.advance(601)
        other.refresh()
        other.up(eu={"count": 5, "take_over_from": token})

    assert ["request", "request"] == steps(emulator)
    assert ("requested", 2) == other.shown("status", "requested_count")
    stack.refresh()
    assert "superseded" == stack["eu"]["status"]


def test_two_updates_of_one_stack_at_the_same_moment_file_once(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """Where nothing locks the stack, the record does: the second write of the record does not count."""
    stack.grown()
    other.stored = stack.copy()

    with meanwhile(emulator, lambda: other.up(eu={"count": 5}), "PutParameter"):
        error = stack.up(eu={"count": 5}).error

    assert "Another command wrote the record" in error
    assert ["request", "request"] == steps(emulator)
    stack.up(eu={"count": 5})
    assert ["request", "request"] == steps(emulator)


# A take-over that fails.


@table("reason, operation, changed", [("no service", "DescribeServices", set()), ("no case", "CreateCase", {"number"})])
def test_a_take_over_that_fails_before_it_filed_restores_the_former_lease(  # noqa: PLR0913, PLR0917 - a table's columns
    emulator: Emulator, stack: Stack, other: Stack, reason: str, operation: str, changed: set[str]
) -> None:
    """Who held it holds it again; what its state has seen since its last write is newer than the restored record."""
    held = stack.grown()
    emulator.lease(REGION)
    stack.refresh()
    former = record(emulator)
    emulator.fault("access-denied", operation=operation)

    assert "Nothing was filed." in other.up(eu={"count": 5, "take_over_from": stack["eu"]["record_version"]}).error

    now = record(emulator)
    assert (reason, {"over"} | changed) == (reason, {key for key in {*former, *now} if former.get(key) != now.get(key)})
    stack.refresh()
    assert ("active", held) == stack.shown("status", "addresses")
    assert [] == stack.changes(eu={"count": 3})
    stack.up(eu={"count": 2})
    assert ["request", "relinquish"] == steps(emulator)
