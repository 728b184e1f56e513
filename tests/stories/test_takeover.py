"""One lease per account and Region: who may have it, who may take it over, and what the others are told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.filed import PARAMETER, REGION, filed, record, steps
from support.process import Process, meanwhile
from support.stacks import Stack, Stored, marked

from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.recovery import confirm, find

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

TWO_LINES = re.compile(r"[^\n]+\n[^\n]+")


def consent(error: str) -> str:
    """Return the `take_over_from` that a refusal names."""
    found = re.search(r'take_over_from="(eu-west-1/\d+-\w{4})"', error)
    assert found, error
    return found[1]


def granted(stack: Stack, emulator: Emulator, count: int = 3, **inputs: object) -> list[str]:
    """Let a stack hold addresses with nothing open, and return them."""
    stack.up(eu={"count": count, **inputs})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    addresses: list[str] = stack["eu"]["addresses"]
    return addresses


def lease_of(emulator: Emulator) -> object:
    """Return whose the record says the lease is, and what is on file: all that a refused run must leave alone."""
    return record(emulator).get("holder"), steps(emulator)


# Two backends.


def test_a_second_backend_with_the_same_path_is_refused_by_name(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """The refusal names holder, since when, addresses and cases, and each way out; nothing is filed."""
    granted(stack, emulator)
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


def test_the_first_stack_goes_on_after_a_second_was_refused(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """A refused run leaves no trace: the first stack refreshes, grows, shrinks and is destroyed as ever."""
    held = granted(stack, emulator)
    other.up(eu={"count": 2})

    assert (["active", held], []) == ([stack["eu"]["status"], stack["eu"]["addresses"]], stack.changes(eu={"count": 3}))
    stack.up(eu={"count": 2})
    assert "" == stack.destroy().error
    assert ["request", "relinquish", "relinquish"] == steps(emulator)
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

    assert (["192.0.2.1", "192.0.2.2"], 1) == (other["eu"]["addresses"], other["eu"]["requested_count"])
    emulator.grant(marked(emulator)[0].id)
    other.refresh()
    assert ("active", 3, ["request"]) == (other["eu"]["status"], len(other["eu"]["addresses"]), steps(emulator))


def test_a_stale_consent_is_refused_with_the_new_one(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """Consent is to one situation: the lease has changed since, and the user should see how."""
    stack.up(eu={"count": 3})
    stale = consent(other.up(eu={"count": 3}).error)
    stack.up(eu={"count": 4})

    error = other.up(eu={"count": 3, "take_over_from": stale}).error

    assert f"(`take_over_from` names {stale}, but the record has moved on to {consent(error)})" in error
    assert stale != consent(error)
    assert ["request amend"] == steps(emulator)


def test_a_consent_that_was_used_takes_nothing_over_again(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """It stays in the program and does nothing more, also where the former holder took the lease back."""
    stack.up(eu={"count": 3})
    token = consent(other.up(eu={"count": 3}).error)
    other.up(eu={"count": 3, "take_over_from": token})
    back = consent(stack.up(eu={"count": 4}).error)
    assert "" == stack.up(eu={"count": 4, "take_over_from": back}).error

    assert token != consent(other.up(eu={"count": 2, "take_over_from": token}).error)
    assert ["request amend"] == steps(emulator)


def test_taking_over_never_relinquishes(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """A lower count than the former holder's is not the user's wish to relinquish; a later lower count is."""
    granted(stack, emulator, 3)
    token = consent(other.up(eu={"count": 1}).error)

    other.up(eu={"count": 1, "take_over_from": token})

    assert ("over", ["request"]) == (other["eu"]["status"], steps(emulator))
    other.up(eu={"count": 0, "take_over_from": token})
    assert ["request", "relinquish"] == steps(emulator)


# Superseded.


@pytest.fixture
def superseded(emulator: Emulator, stack: Stack, other: Stack) -> Stack:
    """A stack whose lease of three addresses another backend's stack took over."""
    granted(stack, emulator)
    other.up(eu={"count": 3, "take_over_from": consent(other.up(eu={"count": 3}).error)})
    return stack


def test_a_superseded_lease_says_so_and_keeps_its_outputs(superseded: Stack) -> None:
    """Refresh names the new holder, warns of a destroy, and shows no drift."""
    shown = dict(superseded["eu"])

    superseded.refresh()

    changed = {key for key, value in superseded["eu"].items() if value != shown.get(key)}
    assert ({"status", "message", "memory"}, "superseded") == (changed, superseded["eu"]["status"])
    assert "Remove this resource from its stack with `pulumi state delete`" in superseded["eu"]["message"]
    assert [] == superseded.changes(eu={"count": 3})


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_superseded_lease_files_nothing(emulator: Emulator, superseded: Stack, *, refreshed: bool) -> None:
    """Neither a higher nor a lower count nor a destroy, whether it knows of the new holder or not."""
    if refreshed:
        superseded.refresh()
    before = lease_of(emulator)

    for count in (5, 1):
        assert "take_over_from" in superseded.up(eu={"count": count}).error
    done = superseded.destroy()

    assert ("", before) == (done.error, lease_of(emulator))
    assert "shop/prod/eu holds the lease of eu-west-1 now" in done.said


def test_a_superseded_lease_takes_itself_back_with_consent(emulator: Emulator, superseded: Stack, other: Stack) -> None:
    """The way back is the same as the way there."""
    superseded.refresh()
    token = consent(superseded.up(eu={"count": 4}).error)

    assert "" == superseded.up(eu={"count": 4, "take_over_from": token}).error

    assert ("requested", 3) == (superseded["eu"]["status"], len(superseded["eu"]["addresses"]))
    other.refresh()
    assert "superseded" == other["eu"]["status"]
    assert ["request", "request"] == steps(emulator)


def test_a_lease_that_takes_itself_back_relinquishes_nothing_that_its_user_did_not_lower(
    emulator: Emulator, superseded: Stack, other: Stack
) -> None:
    """The other stack grew it meanwhile: the same count as ever here is no lower one."""
    other.up(eu={"count": 5})
    emulator.grant(marked(emulator)[-1].id)
    other.refresh()
    superseded.refresh()
    token = consent(superseded.up(eu={"count": 3, "attempt": 2}).error)

    assert "" == superseded.up(eu={"count": 3, "attempt": 2, "take_over_from": token}).error

    assert (["request", "request"], "over") == (steps(emulator), superseded["eu"]["status"])


def test_a_lease_that_is_taken_over_in_the_middle_writes_no_message(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """The record is written before each message, too: the former holder's amendment is not sent."""
    stack.up(eu={"count": 3})
    token = stack["eu"]["record_version"]

    with meanwhile(emulator, lambda: other.up(eu={"count": 4, "take_over_from": token}), "GetDedicatedIps"):
        error = stack.up(eu={"count": 9}).error

    assert "Another command wrote the record" in error
    assert (["request amend"], [4]) == (steps(emulator), [one.asks for one in filed(emulator)])


# Moves.


def test_a_lease_that_moved_to_another_stack_is_refused_where_it_came_from(emulator: Emulator, stack: Stack) -> None:
    """`pulumi state move`, then `up` at the source: refused, and the destination keeps all."""
    held = granted(stack, emulator)
    destination = Stack(emulator, "shop/dev")
    stack.move("eu", destination)

    assert "shop/prod/eu has held it" in stack.up(eu={"count": 3}).error
    destination.up(eu={"count": 3})
    assert "shop/dev/eu has held it" in stack.up(eu={"count": 3}).error
    assert "" == stack.up().error

    destination.refresh()
    assert (held, ["request"]) == (destination["eu"]["addresses"], steps(emulator))


def test_another_path_is_written_by_the_first_update_and_files_nothing(emulator: Emulator, stack: Stack) -> None:
    """A renamed stack, project or resource goes on with its lease."""
    granted(stack, emulator)
    stack.path = "shop/live"

    stack.up(eu={"count": 3})

    assert ("shop/live/eu", ["request"]) == (record(emulator)["holder"]["path"], steps(emulator))
    assert [] == stack.changes(eu={"count": 3})


def test_a_copied_state_is_the_lease_itself(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """What the documentation says: a copy has the same nonce, so its destroy relinquishes what the original holds."""
    held = granted(stack, emulator)
    other.stored = {name: Stored(one.id, one.inputs, dict(one.outputs)) for name, one in stack.stored.items()}

    other.destroy()

    assert set(held) == filed(emulator)[-1].named
    stack.refresh()
    assert stack.changes(eu={"count": 3}), "the record is free, which the original's preview shows"


# Replacement.


def test_a_replacement_is_refused_before_anything_is_lost(emulator: Emulator, stack: Stack) -> None:
    """`--replace` makes the new lease first, and the old one is live."""
    granted(stack, emulator)
    before = lease_of(emulator)

    error = stack.replace("eu").error

    assert "has held it since" in error
    assert before == lease_of(emulator)
    assert "" == stack.up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)


def test_a_replacement_that_deletes_first_relinquishes_first(emulator: Emulator, stack: Stack) -> None:
    """Then it begins anew: the numbers go on, and what is being relinquished is not held."""
    held = granted(stack, emulator)

    assert "" == stack.replace("eu", delete_first=True).error

    assert ["request", "relinquish", "request"] == steps(emulator)
    assert set(held) == filed(emulator)[1].named
    assert ([], 3) == (stack["eu"]["addresses"], stack["eu"]["requested_count"])
    emulator.remove(marked(emulator)[1].id)
    emulator.grant(marked(emulator)[2].id)
    stack.refresh()
    assert ("active", ["192.0.2.4", "192.0.2.5", "192.0.2.6"]) == (stack["eu"]["status"], stack["eu"]["addresses"])


def test_another_region_is_leased_before_the_old_one_is_relinquished(emulator: Emulator, stack: Stack) -> None:
    """A changed Region replaces the lease: the new one is requested first."""
    granted(stack, emulator)

    stack.up(eu={"count": 2, "region": "us-east-1"})

    assert ["request", "request", "relinquish"] == steps(emulator)
    assert ("requested", "us-east-1") == (stack["eu"]["status"], stack["eu"]["region"])


# What is lost.


def test_a_lost_state_is_gone_on_with_by_consent(emulator: Emulator, stack: Stack) -> None:
    """The record is the memory: addresses, open case and count come back, and nothing is filed again."""
    granted(stack, emulator)
    stack.up(eu={"count": 5})
    stack.stored.clear()

    token = consent(stack.up(eu={"count": 5}).error)
    stack.up(eu={"count": 5, "take_over_from": token})

    assert ("requested", 3, 2) == tuple(stack["eu"][key] for key in ("status", "leased_count", "requested_count"))
    assert ["request", "request"] == steps(emulator)


def test_a_state_from_before_goes_on_with_what_the_record_remembers(emulator: Emulator, stack: Stack) -> None:
    """An older state restored from a backup has the lease's nonce and a lower serial: nothing is filed again."""
    stack.up(eu={"count": 3})
    backup = dict(stack.stored)
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
    held = granted(stack, emulator)
    emulator.delete_parameter(REGION, PARAMETER)
    stack.refresh()
    assert ["eu"] == stack.changes(eu={"count": 3})

    done = stack.up(eu={"count": 2}) if command == "up" else stack.destroy()

    assert ("", ["request", "relinquish"]) == (done.error, steps(emulator))
    assert set(held[:1] if command == "up" else held) == filed(emulator)[-1].named
    assert 2 == record(emulator)["number"]


def test_a_record_that_was_deleted_costs_no_mark_twice(emulator: Emulator, stack: Stack) -> None:
    """A first run that finds no record begins behind the greatest number that AWS lists."""
    granted(stack, emulator)
    stack.destroy()
    emulator.delete_parameter(REGION, PARAMETER)

    stack.up(eu={"count": 1})

    assert ["1", "2", "3"] == [re.findall(r"DIP-eu-west-1-(\d+)-", case.subject)[0] for case in marked(emulator)]


def test_a_free_record_is_anybodys_and_the_numbers_go_on(emulator: Emulator, stack: Stack) -> None:
    """A lease that ended leaves its number and its open relinquish case; another stack starts there."""
    granted(stack, emulator)
    stack.destroy()
    other = Stack(emulator, "mail/live")

    other.up(eu={"count": 1})

    assert (3, "mail/live/eu") == (record(emulator)["number"], record(emulator)["holder"]["path"])
    assert (["request", "relinquish", "request"], []) == (steps(emulator), other["eu"]["addresses"])


def test_a_lease_whose_record_was_freed_elsewhere_starts_anew(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """The other stack took over and destroyed: the first one's preview shows a change, and its update requests."""
    granted(stack, emulator)
    other.up(eu={"count": 3, "take_over_from": consent(other.up(eu={"count": 3}).error)})
    other.destroy()
    stack.refresh()
    assert ["eu"] == stack.changes(eu={"count": 3})

    stack.up(eu={"count": 3})

    assert ["request", "relinquish", "request"] == steps(emulator)
    assert ([], 3) == (stack["eu"]["addresses"], stack["eu"]["requested_count"])


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
    granted(stack, emulator)
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
    assert ("requested", 2) == (other["eu"]["status"], other["eu"]["requested_count"])
    stack.refresh()
    assert "superseded" == stack["eu"]["status"]


def test_two_updates_of_one_stack_at_the_same_moment_file_once(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """Where nothing locks the stack, the record does: the second write of the record does not count."""
    granted(stack, emulator)
    other.stored = {name: Stored(one.id, one.inputs, one.outputs) for name, one in stack.stored.items()}

    with meanwhile(emulator, lambda: other.up(eu={"count": 5}), "PutParameter"):
        error = stack.up(eu={"count": 5}).error

    assert "Another command wrote the record" in error
    assert ["request", "request"] == steps(emulator)
    stack.up(eu={"count": 5})
    assert ["request", "request"] == steps(emulator)


# No permission, no plan.


def test_without_permission_for_the_record_nothing_is_filed(emulator: Emulator, stack: Stack) -> None:
    """Create, update and delete name the permission; a refresh still shows what SES shows, and says so."""
    emulator.fault("access-denied", operation="GetParameter", times=None)
    error = stack.up(eu={"count": 3}).error
    assert "Nothing was filed. Allow ssm:GetParameter to this role or user." == error.split("\n")[1]
    granted(stack, emulator)

    emulator.fault("access-denied", operation="GetParameter", times=None)
    assert "Allow ssm:GetParameter" in stack.up(eu={"count": 5}).error
    emulator.fault("access-denied", operation="GetParameter", times=None)
    assert "Allow ssm:GetParameter" in stack.destroy().error
    emulator.take_away(REGION, "192.0.2.1")
    emulator.fault("access-denied", operation="GetParameter", times=None)
    stack.refresh()

    assert (["192.0.2.2", "192.0.2.3"], 2) == (stack["eu"]["addresses"], stack["eu"]["count"])
    assert "The Region's record could not be read: AWS refused ssm:GetParameter" in stack["eu"]["message"]
    assert ["request"] == steps(emulator)


@pytest.mark.parametrize("operation", ["PutParameter", "GetParameterHistory"])
def test_a_record_that_cannot_be_written_files_nothing(emulator: Emulator, stack: Stack, operation: str) -> None:
    """Neither where it may not be written, nor where a lost answer to that cannot be looked into."""
    if operation == "GetParameterHistory":
        emulator.fault("reset", operation="PutParameter", when="after")
    emulator.fault("access-denied", operation=operation, times=None)

    error = stack.up(eu={"count": 3}).error

    assert f"Allow ssm:{operation} to this role or user." in error
    assert [] == steps(emulator)
    assert "" == stack.up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)


def test_a_region_that_the_account_has_not_enabled_files_nothing(emulator: Emulator, stack: Stack) -> None:
    """The credentials are refused there, and nothing was claimed."""
    emulator.change(disabled_regions=(REGION,))

    assert "Nothing was filed." in stack.up(eu={"count": 3}).error
    assert ([], {}) == (steps(emulator), emulator.parameters(REGION))


def test_an_account_without_a_support_plan_claims_nothing_for_a_request(emulator: Emulator, stack: Stack) -> None:
    """It is told to file by hand; with console filing the record protects the lease as well."""
    emulator.change(support_plan=False)

    assert 'set `filing="console"`' in stack.up(eu={"count": 3}).error
    assert {} == emulator.parameters(REGION)
    stack.up(eu={"count": 3, "filing": "console"})
    other = Stack(emulator, "mail/live")
    assert "a form to request addresses waiting to be filed" in other.up(eu={"count": 1, "filing": "console"}).error


# A create that fails.


@pytest.mark.parametrize("operation", ["DescribeServices", "CreateCase"])
def test_a_create_that_fails_before_it_filed_frees_the_record(emulator: Emulator, stack: Stack, operation: str) -> None:
    """Nobody holds the lease then; any stack may begin."""
    emulator.fault("access-denied", operation=operation)

    assert "Nothing was filed." in stack.up(eu={"count": 3}).error

    assert "holder" not in record(emulator)
    assert "intent" not in record(emulator)
    assert "" == Stack(emulator, "mail/live").up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)


@pytest.mark.parametrize("operation", ["DescribeServices", "CreateCase"])
def test_a_take_over_that_fails_before_it_filed_restores_the_former_lease(
    emulator: Emulator, stack: Stack, other: Stack, operation: str
) -> None:
    """The former holder goes on as if nothing had been tried."""
    held = granted(stack, emulator)
    former = record(emulator)
    token = stack["eu"]["record_version"]
    emulator.fault("access-denied", operation=operation)

    assert "Nothing was filed." in other.up(eu={"count": 4, "take_over_from": token}).error

    now = record(emulator)
    assert [former[key] for key in ("holder", "count")] == [now[key] for key in ("holder", "count")]
    stack.refresh()
    assert ("active", held) == (stack["eu"]["status"], stack["eu"]["addresses"])
    assert [] == stack.changes(eu={"count": 3})
    stack.up(eu={"count": 2})
    assert ["request", "relinquish"] == steps(emulator)


def test_a_take_over_that_failed_takes_nothing_from_what_the_former_holder_saw_since(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """A refresh writes no record, so the state knows more than the restored record: it stays the lease's memory."""
    held = granted(stack, emulator)
    emulator.lease(REGION)
    stack.refresh()
    emulator.fault("access-denied", operation="DescribeServices")
    assert other.up(eu={"count": 5, "take_over_from": stack["eu"]["record_version"]}).error

    stack.refresh()

    assert ("active", held) == (stack["eu"]["status"], stack["eu"]["addresses"])


def test_a_confirmation_from_the_command_line_takes_nothing_from_what_the_stack_saw_since(
    emulator: Emulator, stack: Stack
) -> None:
    """It writes the record before its message, and the state, which has seen more, stays the lease's memory."""
    granted(stack, emulator)
    stack.up(eu={"count": 2})
    stack.up(eu={"count": 4})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    emulator.lease(REGION)
    stack.refresh()
    held = stack["eu"]["addresses"]
    emulator.confirm_question(marked(emulator)[1].id)

    account = Process(emulator).provider._operations._accounts_of_the_run().get(REGION, None, None)
    run = Run(now=lambda: emulator.now, tell=lambda _: None)
    found = find(account, REGION, run)
    assert found
    [case] = [case for case in account.cases(REGION) if case.kind == "relinquish"]
    confirm(account, found, case, "en", run)

    stack.refresh()
    assert "relinquish confirm" == steps(emulator)[1]
    assert (held, []) == (stack["eu"]["addresses"], stack.changes(eu={"count": 4}))
