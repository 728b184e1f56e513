"""Who may hold a Region's lease: the rules for a create, and for an update that finds another holder in the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dedicated_ip_provider.errors import NOTHING_FILED, Refused
from dedicated_ip_provider.lease.addresses import name_some
from dedicated_ip_provider.lease.model import Memory, at_utc, mark_of, pluralize
from dedicated_ip_provider.lease.ownership import LISTED_WITHIN, is_listed, is_recent, look

if TYPE_CHECKING:
    from datetime import datetime

    from dedicated_ip_provider.lease.model import Holder, Intent, Lease, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The record of a Region as it was read: its valid memory, and the version that the next write overwrites."""

    memory: Memory
    version: int

    def token(self, region: str) -> str:
        """Return what `take_over_from` must be to take over this exact version: `eu-west-1/7-k3f9`."""
        return f"{region}/{self.version}-{self.memory.nonce}"

    def may_be_taken_over_by(self, lease: Lease) -> bool:
        """Return whether another holder has the lease, and `take_over_from` names this very version."""
        return self.memory.holder is not None and lease.take_over_from == self.token(lease.region)


def claim(recorded: Recorded | None, lease: Lease, holder: Holder, seen: Observation, now: datetime) -> Memory:
    """Return the memory with which a holder claims a Region's lease. Raises `Refused`, saying what to do, if it can't.

    It can if nobody has the lease, if an earlier claim came to nothing, or if the user consented to taking it over.
    """
    if recorded is None:
        greatest = max((case.number for case in seen.cases), default=0)
        return Memory(holder=holder, number=greatest, knows=seen.here)
    memory = recorded.memory
    other = memory.holder
    if other is None:
        return _anew(memory, holder, seen)
    if recorded.may_be_taken_over_by(lease):
        return _taken_over(memory, lease, holder)
    if _is_unused(memory) and not (memory.intent and is_listed(memory.intent, seen)):
        if memory.intent and is_recent(memory.intent, now):
            raise _too_early(lease, other, memory.intent)
        return _anew(memory, holder, seen)
    raise held_refusal(lease, recorded, other, seen, now)


def _taken_over(memory: Memory, lease: Lease, holder: Holder) -> Memory:
    """Return the memory of a lease that was taken over.

    A greater count of the former holder must not stay: a later run would relinquish the difference as if the user had
    lowered the count. `attempt` 0 keeps a request due.
    """
    intent = memory.intent
    if intent and intent.count > lease.count:
        intent = replace(intent, count=lease.count, attempt=0)
    memory = replace(memory, holder=holder, intent=intent)
    if memory.count is not None and memory.count > lease.count:
        memory = replace(memory, count=lease.count, attempt=0)
    return memory


def _is_unused(memory: Memory) -> bool:
    """Return whether a claim came to nothing: no count acted on, nothing held, no case filed and no form filled in."""
    return memory.count is None and not memory.holds and memory.request is None and not memory.forms


def _anew(memory: Memory, holder: Holder, seen: Observation) -> Memory:
    """Return the memory of a new lease: it continues the numbering and keeps the relinquish cases."""
    return Memory(
        holder=holder,
        serial=memory.serial,
        number=memory.number,
        cases=memory.cases,
        knows=seen.here,
    )


def _too_early(lease: Lease, other: Holder, intent: Intent) -> Refused:
    again = intent.at + LISTED_WITHIN
    return Refused(
        f"{lease.label}: an earlier run of {other.path} may have filed a case that AWS does not list yet.",
        f"{NOTHING_FILED} Run the same command again after {at_utc(again)}.",
    )


def held_refusal(lease: Lease, recorded: Recorded, other: Holder, seen: Observation, now: datetime) -> Refused:
    """Return the refusal of a lease that another holder has, saying what to do."""
    token = recorded.token(lease.region)
    # AWS may have acted since the record was written: consent must be given to what the lease holds now.
    memory = look(recorded.memory, seen, lease.region, now).memory
    stale = (
        f" (`take_over_from` names {lease.take_over_from}, but the record has moved on to {token})"
        if lease.take_over_from
        else ""
    )
    namesake = (
        " It has the same path as this resource: it is the resource that this one replaces, one under another parent "
        "or in another backend, or one from an earlier run."
        if other.path == lease.holder
        else ""
    )
    return Refused(
        f"{lease.label}: account {seen.account_id} has one lease in {lease.region}, and {other.path} has held it "
        f"since {at_utc(other.since)}: {what_it_has(memory, lease.region)}{stale}.{namesake}",
        f"{NOTHING_FILED} If this resource only moved within its program, give it an alias; otherwise change the lease "
        f'in the stack that has it. To take it over, or after a run was killed, set `take_over_from="{token}"`.',
    )


def what_it_has(memory: Memory, region: str) -> str:
    """Return what a Region's lease has at AWS, in words: addresses, open cases, and what waits to be filed."""
    has = [f"{pluralize(len(memory.holds))} ({name_some(memory.holds)})" if memory.holds else "no address"]
    has += [f"case {case.name} open" for case in memory.cases if case.is_open]
    has += [f"a form to {form.kind} addresses waiting to be filed" for form in memory.forms]
    if memory.intent:
        has.append(f"a case about to be filed as {mark_of(region, memory.intent.number, memory.intent.nonce)}")
    return ", ".join(has)
