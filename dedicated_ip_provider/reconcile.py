"""Observe, decide, apply: the one imperative shell around the pure rules of a lease.

Each round observes what is known, asks for one step and executes it. Nothing here waits for people.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from dedicated_ip_provider.errors import NOTHING_FILED, LeaseError, OutcomeUnknown, Outdated, Refused
from dedicated_ip_provider.executor import ApiExecutor, Command, Run, shown_cases
from dedicated_ip_provider.lease.addresses import is_ipv4, name_some, sort_ips
from dedicated_ip_provider.lease.claim import Recorded, claim, what_it_has
from dedicated_ip_provider.lease.console import before_forms, cases_as_forms, why_no_form, with_forms, without_forms
from dedicated_ip_provider.lease.decision import Nothing, Wish, Withdraw, next_action
from dedicated_ip_provider.lease.model import (
    Addresses,
    Case,
    Holder,
    Lease,
    Memory,
    Observation,
    at_utc,
    mark_of,
)
from dedicated_ip_provider.lease.ownership import LeaseView, acted_on, adopt, count_after_drift, look, missed_adoptions
from dedicated_ip_provider.outcome import Outcome, filled_form, outcome_of, texts_to_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.lease.decision import Action
    from dedicated_ip_provider.state import RecordState, State


_LETTERS: Final = "bcdfghjkmnpqrstvwxz"
_REST: Final = f"{_LETTERS}23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A lease that has ended: what stays at AWS, in sentences, and the forms for a person to file."""

    left: tuple[str, ...] = ()
    form_text: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A lease that another stack holds now."""

    message: str


def draw_nonce() -> str:
    """Draw the nonce that tells this resource from every other one with the same path, past or future."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_REST) for _ in range(3))


def observe(account: Account, lease: Lease, memory: Memory | None = None) -> Observation:
    """Return what AWS shows in a lease's Region; changes nothing."""
    account_id = account.id
    # List the cases first: if a case closes between the two reads, the list of addresses already has what it brought.
    cases = _cases(account, lease, memory)
    addresses = account.addresses(lease.region)
    return Observation(
        account_id=account_id,
        addresses=tuple(address for address in addresses if is_ipv4(address.ip)),
        cases=cases or (),
        cases_readable=cases is not None,
        unreadable=tuple(address.ip for address in addresses if not is_ipv4(address.ip)),
    )


def create(account: Account, lease: Lease, nonce: str, run: Run) -> Outcome:
    """Claim the Region's lease and request what is missing. Does not raise once anything may have been filed."""
    # If the stack's configuration forbids the account, not even its record is read.
    account.id  # noqa: B018
    with account.turn(lease.region):
        recorded = account.record(lease.region).read()
        seen = observe(account, lease, recorded.memory if recorded else None)
        holder = Holder(path=lease.holder, nonce=nonce, since=run.now())
        claimed = claim(recorded, lease, holder, seen, run.now())
        _refuse_adoption(lease, frozenset(lease.adopt), seen)
        executor = hold_record(Command(account=account, lease=lease, run=run), recorded, claimed, seen)
        former = recorded.memory if recorded and recorded.may_be_taken_over_by(lease) else _freed(claimed)
        wish = Wish(lease=lease)
        try:
            _adopt(executor, frozenset(lease.adopt))
            view = _settle(executor, wish)
        except LeaseError as error:
            if not executor.may_have_filed:
                if not isinstance(error, Outdated):
                    _restore(executor, former)
                raise
            view = executor.look()
            return outcome_of(executor.recorded, view, wish, notes=(error.what,))
        return outcome_of(executor.recorded, view, wish)


def update(account: Account, lease: Lease, state: State, run: Run) -> Outcome:
    """Do what a changed lease needs now."""
    _refuse_other_account(account, state)
    with account.turn(lease.region):
        recorded = account.record(lease.region).read()
        memory = recorded.memory if recorded and _other_holder(state, recorded) else newer_memory(state, recorded)
        seen = observe(account, lease, memory)
        begins_anew = recorded is not None and recorded.memory.holder is None
        adopting = newly_adopted(lease, state, begins_anew=begins_anew) | missed_adoptions(lease, memory, seen)
        _refuse_adoption(lease, adopting, seen)
        executor = _resume(Command(account=account, lease=lease, run=run), state, recorded, seen)
        _adopt(executor, adopting)
        wish = Wish(
            lease=lease,
            may_relinquish=lowers(lease, state) and _is_own_claim(state, recorded),
            division=state.division,
            order=state.order,
        )
        view = _settle(executor, wish)
        return outcome_of(executor.recorded, view, wish, link=state.link)


def delete(account: Account, state: State, run: Run) -> Ending:
    """Withdraw an open request, relinquish all that the lease holds for certain, and free the record."""
    _refuse_other_account(account, state)
    lease = state.lease
    with account.turn(lease.region):
        recorded = account.record(lease.region).read()
        if recorded and recorded.memory.nonce != state.memory.nonce and not is_unclaimed(state, recorded):
            return _ended_before(account, state, recorded.memory, run)
        seen = observe(account, lease, newer_memory(state, recorded))
        executor = _resume(Command(account=account, lease=lease, run=run), state, recorded, seen)
        wish = Wish(lease=lease, ending=True)
        view = _settle(executor, wish)
        if view.unconfirmed:
            raise _unconfirmed(lease)
        texts = texts_to_file(wish, view)
        forms = tuple(replace(form, text=filled_form(wish, view, form)) for form in view.memory.forms)
        with _saying_what_was_done(executor):
            executor.write(replace(_freed(executor.memory), forms=forms))
        doubtful = f"left leased, because more arrived than were requested: {name_some(view.doubtful)}"
        left = [doubtful] if view.doubtful else []
        left += [f"case {case.name}, which this lease did not follow, stays open" for case in view.unfollowed]
        return Ending(left=tuple(left), form_text="\n\n".join(texts), mark=_latest_mark(executor.memory, state))


def refresh(account: Account, state: State, run: Run) -> Outcome | Superseded:
    """Return the current state of a lease, or that another stack holds it now; changes nothing at AWS.

    The lease is returned as declared, except that held addresses which vanished lower its `count`.
    """
    _refuse_other_account(account, state)
    lease = state.lease
    notes: tuple[str, ...] = ()
    last_version = ""
    try:
        recorded = account.record(lease.region).read()
        record: RecordState = "held" if recorded else "missing"
    except LeaseError as error:
        # What SES shows is useful even without the record.
        note = f"The Region's record could not be read: {error.what}"
        if state.record == "superseded":
            return Superseded(
                message=f"Another stack held the lease of {lease.region} when its record was last read. {note}"
            )
        notes = (note,)
        recorded, record, last_version = None, state.record, state.record_version
    if recorded and (holder := _other_holder(state, recorded)):
        return _superseded(lease, holder, recorded.token(lease.region))
    memory, also_held = newer_memory(state, recorded), state.memory.holds
    seen = observe(account, lease, memory)
    if is_unclaimed(state, recorded):
        record, recorded = "unclaimed", None
    elif recorded and recorded.memory.holder is None:
        # Another stack ended the lease: it no longer holds anything, and the next update starts it again.
        memory, also_held = claim(recorded, lease, holder_of(state), seen, run.now()), frozenset()
        record, recorded = "free", None
    view = look(memory, seen, lease.region, run.now(), also_held=also_held)
    # No addresses are due for a lease that nobody has claimed, and any that another lease relinquished are gone.
    count = len(view.held) if record == "unclaimed" else count_after_drift(lease.count, view)
    if count < lease.count:
        lease = replace(lease, count=count)
        acted = None if view.memory.count is None else min(view.memory.count, count)
        view = replace(view, memory=replace(view.memory, count=acted))
    wish = Wish(lease=lease, division=state.division)
    return outcome_of(recorded, view, wish, link=state.link, record=record, notes=notes, last_version=last_version)


def newly_adopted(lease: Lease, state: State, *, begins_anew: bool) -> Addresses:
    """Return the addresses that `adopt` names and did not name before; a lease that begins anew has adopted none."""
    return frozenset(lease.adopt) - (frozenset() if begins_anew else frozenset(state.lease.adopt))


def lowers(lease: Lease, state: State) -> bool:
    """Return whether the user lowered the count below the state's, or below the greatest that a run began to act on."""
    memory = without_forms(state.memory) if lease.filing == "support-api" else state.memory
    return lease.count < max(state.lease.count, memory.greatest_count)


def _cases(account: Account, lease: Lease, memory: Memory | None) -> tuple[Case, ...] | None:
    """Return the marked cases of the Region; None if they cannot be read and a person files them anyway."""
    try:
        listed = {case.id for case in account.cases(lease.region)}
        # Recorded cases are read by their ids even if the list does not show them.
        for recorded in memory.cases if memory else ():
            if recorded.id not in listed:
                account.read_case(recorded.id)
        return shown_cases(account, lease.region, memory)
    except Refused:
        if lease.filing == "console":
            return None
        raise


def newer_memory(state: State, recorded: Recorded | None) -> Memory:
    """Return the memory with the higher serial; if they are equal, the state's, which was observed later."""
    memory = state.memory
    if recorded and is_unclaimed(state, recorded):
        # Another lease may have started and ended since the import: this lease no longer holds what that relinquished.
        freed = recorded.memory
        holds = memory.holds.difference(*(case.addresses for case in freed.cases))
        return replace(
            memory,
            serial=freed.serial,
            number=max(memory.number, freed.number),
            count=min(memory.count or 0, len(holds)),
            cases=freed.cases,
            holds=holds,
        )
    if recorded is None or recorded.memory.nonce != memory.nonce:
        return memory
    if recorded.memory.serial > memory.serial:
        return recorded.memory
    return replace(memory, number=max(memory.number, recorded.memory.number))


def hold_record(command: Command, recorded: Recorded | None, memory: Memory, seen: Observation) -> ApiExecutor:
    """Return an executor that holds the record: created if there is none, otherwise overwritten."""
    if recorded is None:
        memory = replace(memory, serial=memory.serial + 1)
        lease = command.lease
        created = command.account.record(lease.region).claim(memory)
        if created is None:
            raise Refused(
                f"{lease.label}: another command claimed the lease of {lease.region} at the same time.",
                f"{NOTHING_FILED} Run the same command again.",
            )
        return ApiExecutor(command, created, memory, seen)
    executor = ApiExecutor(command, recorded, memory, seen)
    executor.write(memory)
    return executor


def _resume(command: Command, state: State, recorded: Recorded | None, seen: Observation) -> ApiExecutor:
    """Return an executor that resumes a lease. Raises `Refused` if another stack holds it."""
    lease, now = command.lease, command.run.now()
    known = recorded.memory.holder if recorded and recorded.memory.nonce == state.memory.nonce else None
    holder = replace(known or holder_of(state), path=lease.holder)
    memory = replace(newer_memory(state, recorded), holder=holder)
    if recorded is None:
        greatest = max((case.number for case in seen.cases), default=0)
        return hold_record(command, None, replace(memory, number=max(memory.number, greatest)), seen)
    if known:
        executor = ApiExecutor(command, recorded, memory, seen)
        if known != holder:
            executor.write(memory)
        return executor
    if is_unclaimed(state, recorded):
        return hold_record(command, recorded, replace(memory, holder=replace(holder, since=now)), seen)
    claimed = claim(recorded, lease, replace(holder, since=now), seen, now)
    return hold_record(command, recorded, claimed, seen)


def is_unclaimed(state: State, recorded: Recorded | None) -> bool:
    """Return whether a lease was imported and nobody has claimed its record since."""
    return state.record == "unclaimed" and (recorded is None or recorded.memory.holder is None)


def _other_holder(state: State, recorded: Recorded | None) -> Holder | None:
    """Return who else holds the lease; None if this stack does, or nobody."""
    holder = recorded.memory.holder if recorded else None
    return holder if holder and holder.nonce != state.memory.nonce else None


def _is_own_claim(state: State, recorded: Recorded | None) -> bool:
    """Return whether the state knows the record's claim: no preview named an address that came with another one."""
    holder, own = recorded.memory.holder if recorded else None, holder_of(state)
    return holder is None or (holder.nonce, holder.since) == (own.nonce, own.since)


def holder_of(state: State) -> Holder:
    """Return the holder that a state names: `read_state` refuses one without."""
    return cast("Holder", state.memory.holder)


def _settle(executor: ApiExecutor, wish: Wish) -> LeaseView:
    """Execute every step that the wish needs now, and return the view of the lease afterwards."""
    first = executor.look()
    with _saying_what_was_done(executor):
        view = _fill_in_forms(executor, wish) if wish.lease.filing == "console" else _take_steps(executor, wish)
        if view.unconfirmed and view.memory.count is None:
            # This stack holds the claim from now on, although nothing may have been requested yet.
            executor.memory = replace(view.memory, count=0)
        if not view.unconfirmed and not wish.ending:
            executor.memory = acted_on(view, count=wish.count, attempt=wish.lease.attempt)
        executor.write_if_changed(executor.memory)
    view = executor.look()
    return replace(view, vanished=sort_ips({*first.vanished, *view.vanished}))


def _take_steps(executor: ApiExecutor, wish: Wish) -> LeaseView:
    executor.memory = without_forms(executor.memory)
    taken: list[Action] = []
    while True:
        view = executor.look()
        action = next_action(wish, view)
        if isinstance(action, Nothing):
            return view
        if action in taken:
            raise _without_effect(wish.lease)
        taken.append(action)
        executor.execute(action, wish)


def _fill_in_forms(executor: ApiExecutor, wish: Wish) -> LeaseView:
    """Fill in the forms that a person files, after the steps that still go through the Support API."""
    view = executor.look()
    if not view.seen.cases_readable:
        executor.memory = cases_as_forms(view.memory, executor.run.now())
        view = executor.look()
    while isinstance(action := before_forms(wish, view), Withdraw):
        executor.execute(action, wish)
        executor.resolve(action.case)
        view = executor.look()
    executor.execute(action, wish)
    memory = with_forms(wish, view)
    if refusal := why_no_form(wish, view, memory):
        raise refusal.error()
    if memory.request_form and memory.request_form != view.memory.request_form:
        executor.look_before_asking()
    for form in view.memory.forms:
        if form not in memory.forms and not view.seen.cases_readable:
            mark = mark_of(wish.lease.region, form.number, form.nonce)
            executor.tell(f"the form {mark} is out of date; if you have filed it, withdraw it in its case")
    executor.memory = memory
    return executor.look()


def _freed(memory: Memory) -> Memory:
    """Return the memory of a lease that has ended: it keeps the numbering and the open relinquish cases."""
    going = tuple(case for case in memory.cases if case.kind == "relinquish" and case.is_open)
    return Memory(holder=None, serial=memory.serial, number=memory.number, cases=going)


def _restore(executor: ApiExecutor, former: Memory) -> None:
    """Restore the record as it was found.

    The former serial is restored as well: what the former holder has observed since is newer than the restored record.
    """
    with contextlib.suppress(LeaseError):
        executor.write(replace(former, serial=former.serial - 1, number=executor.memory.number))


def _refuse_other_account(account: Account, state: State) -> None:
    if account.id != state.account_id:
        raise Refused(
            f"{state.lease.label} is in account {state.account_id}, but the credentials lead to account {account.id}.",
            f"{NOTHING_FILED} Use the credentials of the lease's account.",
        )


def _adopt(executor: ApiExecutor, addresses: Addresses) -> None:
    """Add addresses to the lease, after counting any that have arrived for its request."""
    if addresses:
        executor.memory = adopt(executor.look().memory, addresses)


def _refuse_adoption(lease: Lease, adopting: Addresses, seen: Observation) -> None:
    managed = {address.ip for address in seen.addresses if address.managed}
    going = {ip: case for case in seen.cases if case.kind == "relinquish" and case.is_open for ip in case.addresses}
    for ip in sort_ips(adopting):
        if ip in managed:
            raise Refused(
                f"{lease.label} cannot adopt {ip}: it belongs to a managed pool, where SES itself leases and releases "
                "addresses.",
                f"{NOTHING_FILED} Take it out of `adopt`.",
            )
        if ip not in seen.here:
            raise Refused(
                f"{lease.label} cannot adopt {ip}: account {seen.account_id} has no such dedicated IP address in "
                f"{lease.region}.",
                f"{NOTHING_FILED} Correct `adopt`, or the Region or credentials of the lease.",
            )
        if ip in going:
            raise Refused(
                f"{lease.label} cannot adopt {ip}: the open case {going[ip].name} relinquishes it.",
                f"{NOTHING_FILED} Take it out of `adopt`, or close the case in the Support Center first.",
            )


def _ended_before(account: Account, state: State, now: Memory, run: Run) -> Ending:
    """Return the ending of a lease that an earlier destroy ended, or that another stack took over; nothing is filed."""
    left = _left_to(now, state.lease)
    if now.holder:
        return Ending(left=(left,))
    waiting = [form.text for form in now.forms if form.text and form.nonce == state.memory.nonce]
    return Ending(
        left=(left, *_left_behind(account, state, now, run)),
        form_text="\n\n".join(waiting),
        mark=_latest_mark(now, state),
    )


def _left_to(memory: Memory, lease: Lease) -> str:
    if memory.holder is None:
        return f"the lease of {lease.region} has ended already; nothing is filed from here"
    has = what_it_has(memory, lease.region)
    return f"{memory.holder.path} holds the lease of {lease.region} now: {has}; nothing is filed from here"


def _left_behind(account: Account, state: State, freed: Memory, run: Run) -> tuple[str, ...]:
    """Return what an ended lease left behind, as the destroy that ended it may have been killed before it said so."""
    lease = state.lease
    # A person may have filed a form that the state remembers and the record, freed since, does not.
    forms = {form.number: form for form in (*state.memory.forms, *freed.forms)}
    memory = replace(state.memory, cases=(*state.memory.cases, *freed.cases), forms=tuple(forms.values()))
    # If the cases cannot be read, the record says well enough what is being relinquished.
    seen = observe(account, replace(lease, filing="console"), memory)
    view = look(memory, seen, lease.region, run.now())
    left = (f"left leased: {name_some(view.held)}",) if view.held else ()
    requests = [case for case in seen.cases if case.is_live_request]
    return (*left, *(f"case {case.name}, which requests addresses, stays open" for case in requests))


def _superseded(lease: Lease, holder: Holder, token: str) -> Superseded:
    return Superseded(
        message=f"{holder.path} has held the lease of {lease.region} since {at_utc(holder.since)}; this stack files "
        "nothing any more. Take the resource out of the program, and out of the stack with `pulumi state delete "
        "--target-dependents`: a destroy would empty the pools of the new holder. "
        f'To take the lease back, set `take_over_from="{token}"`.'
    )


def _latest_mark(memory: Memory, state: State) -> str:
    return mark_of(state.lease.region, memory.number, state.memory.nonce)


def _unconfirmed(lease: Lease) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{lease.label}: a case may have been filed that AWS does not list yet: unconfirmed.",
        "Run `pulumi destroy` again: for ten minutes, it searches for the case before it files anything.",
    )


@contextlib.contextmanager
def _saying_what_was_done(executor: ApiExecutor) -> Iterator[None]:
    """Add to an error what was done before it, so that it never says "nothing was filed" wrongly."""
    try:
        yield
    except LeaseError as error:
        advice = error.next_step.removeprefix(NOTHING_FILED).strip()
        if executor.done:
            advice = advice or "Run the same command again: it continues from there."
            raise type(error)(error.what, f"Done before that: {'; '.join(executor.done)}. {advice}") from error
        if executor.may_have_filed and advice != error.next_step:
            raise type(error)(error.what, f"Something may have been filed before that. {advice}") from error
        raise


def _without_effect(lease: Lease) -> Refused:
    return Refused(
        f"{lease.label}: AWS does not show the result of the step just taken, which would be repeated for ever.",
        f"{NOTHING_FILED} Check the cases in the Support Center, then run the same command again.",
    )
