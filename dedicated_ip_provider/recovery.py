"""The lease of a Region without a stack's state: what its record and AWS say of it, and how a stack imports it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.executor import ApiExecutor, Command
from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.claim import claim, held_refusal
from dedicated_ip_provider.lease.decision import Confirm, Wish
from dedicated_ip_provider.lease.model import Holder, Lease
from dedicated_ip_provider.lease.ownership import adopt, look
from dedicated_ip_provider.outcome import Outcome, outcome_of
from dedicated_ip_provider.reconcile import hold_record, holder_of, is_unclaimed, newer_memory, observe

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.executor import Run
    from dedicated_ip_provider.lease.claim import Recorded
    from dedicated_ip_provider.lease.model import Case, Memory, Observation
    from dedicated_ip_provider.lease.ownership import LeaseView
    from dedicated_ip_provider.state import State

_NO_POOL: Final = "ses-default-dedicated-pool"
"""Where SES puts an address that is not assigned to a pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The lease of a Region as anyone with credentials for the account sees it, and what its stack would show."""

    recorded: Recorded
    view: LeaseView
    outcome: Outcome

    @property
    def holder(self) -> Holder | None:
        """Return who holds the lease; None if it has ended."""
        return self.recorded.memory.holder


def find(account: Account, region: str, run: Run) -> Found | None:
    """Return what a Region's record, SES and the cases say about its lease; None if there is no record.

    A lease that has ended is found too: its record has no holder, and its relinquish cases may still be open.
    """
    recorded = account.record(region).read()
    if recorded is None:
        return None
    memory = recorded.memory
    path = memory.holder.path if memory.holder else ""
    # With `console`, unreadable cases are not an error: the record and the addresses say enough.
    seen = observe(account, Lease(holder=path, region=region, count=0, filing="console"), memory)
    view = look(memory, seen, region, run.now())
    if memory.holder is None:
        named = [one.addresses for one in view.memory.cases] + [one.addresses for one in view.memory.forms]
        going = frozenset[str]().union(*named)
        view = replace(view, relinquishing=sort_ips(going & seen.here), unmanaged=())
    lease = _as_recorded(Lease(holder=path, region=region, count=0), memory, view)
    outcome = outcome_of(recorded, view, Wish(lease=lease))
    # The record does not say which pools were declared.
    shown = replace(outcome.state, lease=replace(lease, pools={}))
    return Found(recorded=recorded, view=view, outcome=replace(outcome, state=shown))


def import_lease(account: Account, lease: Lease, nonce: str, run: Run) -> Outcome | None:
    """Return a lease that adopts every address of its Region which no open case relinquishes; None if there are none.

    Nothing is written at AWS: the first update or delete, or `claim_imported`, claims the record. If the record names
    the nonce, or is the live one that `take_over_from` names, the lease is read from it instead. Raises `Refused` if
    somebody else holds the lease.
    """
    account.id  # noqa: B018 - see `create`
    if not account.has_support_plan():
        lease = replace(lease, filing="console")
    recorded = account.record(lease.region).read()
    seen = observe(account, lease, recorded.memory if recorded else None)
    memory, now = _memory_of_import(recorded, lease, nonce, seen, run), run.now()
    is_ours = recorded is not None and recorded.memory.nonce == nonce
    view = look(memory, seen, lease.region, now)
    lease = replace(lease, take_over_from=None)
    if view.memory.count is not None or view.unconfirmed:
        lease = _as_recorded(lease, memory, view)
    elif not view.unmanaged:
        return None
    else:
        lease = replace(lease, count=len(view.unmanaged))
        adopted = adopt(view.memory, frozenset(view.unmanaged))
        view = look(replace(adopted, count=lease.count, attempt=lease.attempt), seen, lease.region, now)
    return outcome_of(recorded if is_ours else None, view, Wish(lease=lease), record="held" if is_ours else "unclaimed")


def claim_imported(account: Account, state: State, take_over_from: str | None, run: Run) -> Outcome:
    """Claim the record for an imported lease; files nothing. Raises `Refused` if somebody else holds it."""
    lease = state.lease
    with account.turn(lease.region):
        recorded = account.record(lease.region).read()
        seen = observe(account, lease, newer_memory(state, recorded))
        if not is_unclaimed(state, recorded):
            claim(recorded, replace(lease, take_over_from=take_over_from), holder_of(state), seen, run.now())
        command = Command(account=account, lease=lease, run=run)
        executor = hold_record(command, recorded, newer_memory(state, recorded), seen)
        return outcome_of(executor.recorded, executor.look(), Wish(lease=lease))


def confirm(account: Account, found: Found, case: Case, language: str, run: Run) -> None:
    """Confirm to AWS, in a relinquish case of a Region's lease, that it is to remove the addresses."""
    lease = lease_of(case, language)
    command = Command(account=account, lease=lease, run=run)
    recorded = found.recorded
    # The stack may have observed more than its record says, so this write must not count as newer than the state.
    memory = replace(recorded.memory, serial=recorded.memory.serial - 1)
    executor = ApiExecutor(command, recorded, memory, found.view.seen)
    executor.execute(Confirm(case=case), Wish(lease=lease))


def lease_of(case: Case, language: str) -> Lease:
    """Return what a reply in a case must say about the lease that filed it, which may have ended."""
    return Lease(holder=case.holder, region=case.region, count=case.count, contact_language=language)


def _as_recorded(lease: Lease, memory: Memory, view: LeaseView) -> Lease:
    """Return a lease as declared, as far as its record says, with the pools that SES shows."""
    by_hand = bool(view.memory.forms) or any(case.by_form for case in view.memory.cases)
    pools = Counter(one.pool for one in view.seen.addresses if one.ip in view.held and one.pool not in (None, _NO_POOL))
    return replace(
        lease,
        # What the user declared counts even if its case was never filed.
        count=memory.intent.count if memory.intent else view.memory.count or 0,
        attempt=memory.intent.attempt if memory.intent else view.memory.attempt or 1,
        filing="console" if by_hand else lease.filing,
        pools=pools,
    )


def _memory_of_import(recorded: Recorded | None, lease: Lease, nonce: str, seen: Observation, run: Run) -> Memory:
    """Return the memory for a lease to import. Raises `Refused` if another holder has it."""
    holder = Holder(path=lease.holder, nonce=nonce, since=run.now())
    other = recorded.memory.holder if recorded else None
    if recorded and other and other.nonce == nonce:
        return recorded.memory
    if recorded and recorded.may_be_taken_over_by(lease):
        # Here the count is what the record says.
        return replace(recorded.memory, holder=holder)
    if recorded and other and lease.take_over_from is None:
        raise held_refusal(lease, recorded, other, seen, run.now())
    return claim(recorded, lease, holder, seen, run.now())
