"""What an account shows of a Region's lease to whoever has credentials, and what they may do without its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, post, record, steps
from support.process import Process
from support.stacks import marked

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.lease.model import Lease
from dedicated_ip_provider.recovery import claim_imported, confirm, find, import_lease, lease_of
from dedicated_ip_provider.state import read_state

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import Emulator
    from dedicated_ip_provider.outcome import Outcome
    from dedicated_ip_provider.recovery import Found

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def account_of(emulator: Emulator) -> Account:
    """Return the account, as a command sees it."""
    return Process(emulator).provider._operations._accounts_of_the_run().get(REGION, None, None)


def run_of(emulator: Emulator) -> Run:
    """Return a run at the emulator's time."""
    return Run(now=lambda: emulator.now, tell=lambda _: None)


def found(emulator: Emulator) -> Found:
    """Return the lease of the Region."""
    one = find(account_of(emulator), REGION, run_of(emulator))
    assert one is not None
    return one


def shown(one: Found) -> tuple[object, ...]:
    """Return what people read of it."""
    said = one.outcome.shown
    return said.status, said.addresses, said.relinquishing, one.outcome.state.lease.count


def test_a_live_lease_is_found_with_what_it_has(emulator: Emulator, stack: Stack) -> None:
    """Holder, addresses, open case and pools, as its stack shows them; without a record there is none."""
    assert find(account_of(emulator), REGION, run_of(emulator)) is None
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 2)
    emulator.lease("eu-central-1", 1)

    one = found(emulator)

    assert one.holder is not None
    assert ("shop/prod/eu", REGION) == (one.holder.path, one.outcome.state.lease.region)
    assert ("requested", (A, B), (), 3) == shown(one)
    assert one.recorded.token(REGION) == one.outcome.state.record_version == stack["eu"]["record_version"]
    assert {} == one.outcome.state.lease.pools


def test_a_lease_that_ended_is_found_by_what_it_relinquishes(emulator: Emulator, stack: Stack) -> None:
    """Nobody holds it, and what is still going is no address of nobody's."""
    stack.grown(2)
    stack.destroy()
    emulator.lease(REGION, 1)

    one = found(emulator)

    assert (None, "") == (one.holder, one.outcome.state.lease.holder)
    assert ((A, B), ()) == (one.view.relinquishing, one.view.unmanaged)
    emulator.remove(marked(emulator)[1].id)
    assert () == found(emulator).view.relinquishing


def test_a_lease_with_console_filing_is_found_with_its_forms(emulator: Emulator, stack: Stack) -> None:
    """One that requests points to the stack: the record does not keep what the mail is about."""
    stack.up(eu={"count": 2, "filing": "console"})
    assert (
        "A form that requests 2 dedicated IP addresses waits to be filed, but `use_case` is not known here: see "
        "`form_text` in the stack of shop/prod/eu."
    ) == found(emulator).outcome.shown.form_text

    post(emulator, stack["eu"]["form_text"])
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    emulator.change(support_plan=False)
    assert ("active", (A, B), (), 2) == shown(found(emulator))
    emulator.change(support_plan=True)
    stack.up(eu={"count": 1, "filing": "console"})
    assert stack["eu"]["form_text"] == found(emulator).outcome.shown.form_text

    text = stack.destroy().said
    one = found(emulator)
    assert (A, B) == one.view.relinquishing
    assert one.outcome.shown.form_text
    assert one.outcome.shown.form_text in text


def test_what_was_declared_is_found_as_far_as_the_record_says(emulator: Emulator, stack: Stack) -> None:
    """Attempt and filing, and of a case that may not be filed what it was to be: unconfirmed for ten minutes."""

    def declared() -> tuple[object, ...]:
        outcome = found(emulator).outcome
        lease = outcome.state.lease
        return outcome.shown.status, lease.count, lease.attempt, lease.filing

    stack.up(eu={"count": 0})
    assert ("active", 0, 1, "support-api") == declared()
    emulator.fault("reset", operation="CreateCase", when="before")
    stack.up(eu={"count": 2, "attempt": 3})
    assert ("unconfirmed", 2, 3, "support-api") == declared()
    emulator.advance(601)
    assert "short" == declared()[0]
    stack.up(eu={"count": 2, "attempt": 3, "filing": "console"})
    assert ("to_file", 2, 3, "console") == declared()


def test_a_question_is_answered_without_the_stack(emulator: Emulator, stack: Stack) -> None:
    """In the language of whoever answers, by the case's own path and count; the record is written before.

    The state, which has seen more than the record, stays the lease's memory.
    """
    stack.grown()
    stack.up(eu={"count": 2})
    stack.grown(4)
    emulator.lease(REGION)
    stack.refresh()
    held = stack["eu"]["addresses"]
    emulator.confirm_question(marked(emulator)[1].id)
    [case] = found(emulator).view.relinquishes
    version, serial = found(emulator).recorded.version, record(emulator)["serial"]

    assert Lease(holder="shop/prod/eu", region=REGION, count=2, contact_language="ja") == lease_of(case, "ja")
    confirm(account_of(emulator), found(emulator), case, "ja", run_of(emulator))

    answer = filed(emulator)[1].case.from_customer[-1].body
    assert (["request", "relinquish confirm", "request"], True) == (steps(emulator), "はい、確認しました" in answer)
    assert "\nholder: shop/prod/eu\ncount: 2\n" in answer
    assert (version + 1, serial) == (found(emulator).recorded.version, record(emulator)["serial"])
    stack.refresh()
    assert (held, []) == (stack["eu"]["addresses"], stack.changes(eu={"count": 4}))


def imported(emulator: Emulator, nonce: str, **changes: str) -> Outcome:
    """Return the lease of the Region as it is imported under a nonce."""
    bare = Lease(holder="shop/prod/eu", region=REGION, count=0, **changes)  # type: ignore[arg-type]  # what a test names
    outcome = import_lease(account_of(emulator), bare, nonce, run_of(emulator))
    assert outcome is not None
    return outcome


def test_a_lease_whose_state_was_lost_is_imported_as_it_is(emulator: Emulator, stack: Stack) -> None:
    """Under the nonce that its record has, it is held, and as declared: as what its case was to request, unconfirmed."""
    emulator.fault("reset", operation="CreateCase", when="before")
    stack.up(eu={"count": 2, "attempt": 2})
    nonce = record(emulator)["holder"]["nonce"]
    outcome = imported(emulator, nonce)
    assert ("unconfirmed", 2, "held") == (outcome.shown.status, outcome.state.lease.count, outcome.state.record)

    emulator.advance(601)
    stack.grown(2, attempt=2)
    state = imported(emulator, nonce).state
    assert ("held", found(emulator).recorded.token(REGION)) == (state.record, state.record_version)
    assert (2, 2, frozenset((A, B))) == (state.lease.count, state.lease.attempt, state.memory.holds)


def test_a_live_lease_is_imported_with_consent_and_not_yet_held(emulator: Emulator, stack: Stack) -> None:
    """The record is the former holder's until it is claimed, and consent is used up."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 2)

    state = imported(emulator, "abcd", take_over_from=stack["eu"]["record_version"]).state

    assert ("unclaimed", "", None) == (state.record, state.record_version, state.lease.take_over_from)
    assert (3, frozenset((A, B)), 1) == (state.lease.count, state.memory.holds, state.memory.owed)


def test_an_imported_lease_is_claimed_without_a_case(emulator: Emulator, stack: Stack) -> None:
    """Its record says then what the state says."""
    emulator.lease(REGION, 2)
    stack.import_("eu")
    state = read_state(stack["eu"])

    claimed = claim_imported(account_of(emulator), state, None, run_of(emulator))

    held = record(emulator)
    assert ("shop/prod/eu", state.memory.nonce) == (held["holder"]["path"], held["holder"]["nonce"])
    assert ("active", (A, B), []) == (claimed.shown.status, claimed.shown.addresses, steps(emulator))
    assert (state.lease, "held") == (claimed.state.lease, claimed.state.record)
    assert f"{REGION}/1-{state.memory.nonce}" == claimed.state.record_version
    assert (A, B) == tuple(sorted(claimed.state.memory.holds))


def test_an_imported_lease_is_claimed_over_a_live_one_with_consent_alone(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """By the very version that the record has; until then nothing is written over it."""
    emulator.lease(REGION, 2)
    stack.import_("eu")
    other.up(eu={"count": 2, "adopt": [A, B]})
    state, token, before = read_state(stack["eu"]), other["eu"]["record_version"], record(emulator)
    for consent in (None, f"{REGION}/99-aaaa"):
        with pytest.raises(Refused, match="account 111122223333 has one lease in eu-west-1"):
            claim_imported(account_of(emulator), state, consent, run_of(emulator))
        assert before == record(emulator)

    claimed = claim_imported(account_of(emulator), state, token, run_of(emulator))

    assert state.memory.nonce == record(emulator)["holder"]["nonce"]
    assert ("active", (A, B)) == (claimed.shown.status, claimed.shown.addresses)
