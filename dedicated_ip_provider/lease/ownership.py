"""What a lease holds, computed once from what is remembered and what AWS shows.

Ownership is recorded. Addresses that are new in the Region since the last observation belong to the lease if it has an
unfinished request; otherwise their owner is unknown. Nothing older is consulted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.model import (
    RESOLVED,
    Addresses,
    BareCase,
    Case,
    Intent,
    Lease,
    Memory,
    Observation,
    PendingForm,
    RecordedCase,
    mark_of,
    region_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_Sent = Intent | PendingForm | RecordedCase

LISTED_WITHIN: Final = timedelta(minutes=10)
"""How long a newly filed case may be missing from AWS's list: AWS documents no bound; delays of seconds were seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseView:
    """A lease at one moment.

    `memory` is what to remember from now on. `held` are the lease's addresses, without those being relinquished.
    `request` is its open request, `relinquishes` are the open relinquish cases of the Region, `withdrawn` are requests
    that were withdrawn and are still open, and `unfollowed` are open requests that this lease does not know of.
    `unconfirmed` says that a case may have been filed that AWS does not list yet. `vanished` are addresses that were
    held at the last observation and are gone, though no case named them. `unmanaged` are the addresses of the Region
    that the lease does not hold.
    """

    memory: Memory
    seen: Observation
    held: tuple[str, ...]
    relinquishing: tuple[str, ...]
    vanished: tuple[str, ...]
    unmanaged: tuple[str, ...]
    request: Case | None
    relinquishes: tuple[Case, ...]
    withdrawn: tuple[Case, ...]
    unfollowed: tuple[Case, ...]
    unconfirmed: bool

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Return the held addresses that arrived in excess of what was owed: somebody else may have requested them."""
        return sort_ips(self.memory.doubtful.intersection(self.held))

    @property
    def owed(self) -> int:
        """Return how many addresses the unfinished request, filed or pending as a form, has still to bring."""
        return self.memory.owed

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """Return the open cases, the request first."""
        return tuple(case for case in (self.request, *self.relinquishes, *self.withdrawn) if case)

    @property
    def own_cases(self) -> tuple[Case, ...]:
        """Return the open cases of the lease, the request first; a relinquish case may have been opened again."""
        followed = {case.id for case in self.memory.cases}
        return tuple(
            case
            for case in self.open_cases
            if case.id in followed or (case.kind == "relinquish" and case.nonce == self.memory.nonce)
        )


def look(
    memory: Memory, seen: Observation, region: str, now: datetime, *, also_held: Addresses = frozenset()
) -> LeaseView:
    """Return the view of a lease now. `also_held` are addresses that an older memory says were held as well."""
    named = _ever_named(memory, seen)
    before = memory.holds | also_held
    memory, unconfirmed = _with_intent_resolved(memory, seen, now)
    memory = _with_forms_found(memory, seen)
    memory = _with_cases_followed(memory, seen)
    if unconfirmed:
        # New addresses may be owed by the request that AWS does not list yet.
        memory = replace(memory, holds=memory.holds & seen.here, doubtful=memory.doubtful & seen.here)
    else:
        memory = _without_finished(_with_arrivals(memory, seen.here), seen.here)
    return _view(memory, seen, region, vanished=before - seen.here - named, unconfirmed=unconfirmed)


def from_memory(bare: Iterable[BareCase], memory: Memory) -> tuple[Case, ...]:
    """Return the cases whose messages AWS does not show, but of which a memory says what they ask for."""
    sent: list[_Sent] = [*memory.cases, *memory.forms, *((memory.intent,) if memory.intent else ())]
    found = []
    for one in bare:
        region = region_of(one.mark)
        what = next((each for each in sent if mark_of(region, each.number, each.nonce) == one.mark), None)
        if what:
            case = _case_of(what, region)
            shown = replace(case, id=one.id, display_id=one.display_id, status=one.status, filed_at=one.filed_at)
            found.append(shown)
    return tuple(found)


def take_up(memory: Memory, case: Case, *, count: int, attempt: int, by_form: bool = False) -> Memory:
    """Return the memory with a newly filed case of the lease, which replaces any closed request."""
    recorded = RecordedCase(
        id=case.id,
        number=case.number,
        nonce=case.nonce,
        kind=case.kind,
        display_id=case.display_id,
        asks=case.asks,
        addresses=case.addresses,
        messages=case.messages,
        parts=case.parts,
        by_form=by_form,
    )
    return replace(
        memory,
        number=max(memory.number, case.number),
        count=count,
        attempt=attempt,
        cases=(*(known for known in memory.cases if known.is_open), recorded),
    )


def adopt(memory: Memory, addresses: Addresses) -> Memory:
    """Return the memory of a lease that certainly holds these addresses too."""
    return replace(
        memory,
        holds=memory.holds | addresses,
        doubtful=memory.doubtful - addresses,
        knows=None if memory.knows is None else memory.knows | addresses,
    )


def missed_adoptions(lease: Lease, memory: Memory, seen: Observation) -> Addresses:
    """Return the addresses here that `adopt` names and the lease does not hold for certain.

    SES once left them out of its list.
    """
    certain = memory.holds - memory.doubtful
    return frozenset(lease.adopt) & seen.here - certain - _ever_named(memory, seen)


def acted_on(view: LeaseView, *, count: int, attempt: int) -> Memory:
    """Return the memory once everything that a count and an attempt need now has been done."""
    memory = view.memory
    if view.request is None and count <= len(view.held):
        # The shortfall of a closed request no longer matters.
        memory = replace(memory, cases=tuple(case for case in memory.cases if case.kind == "relinquish"))
    return replace(memory, count=count, attempt=attempt)


def count_after_drift(count: int, view: LeaseView) -> int:
    """Return the count that a refresh reports: the declared one, lowered only by held addresses that vanished."""
    lacking = count - len(view.held) - view.owed
    return count - max(0, min(len(view.vanished), lacking))


def is_listed(intent: Intent, seen: Observation) -> bool:
    """Return whether AWS lists the case that was about to be filed."""
    return _find(intent, seen) is not None


def is_recent(intent: Intent, now: datetime) -> bool:
    """Return whether the intent is so recent that AWS may not list its case yet."""
    return now - intent.at < LISTED_WITHIN


def _ever_named(memory: Memory, seen: Observation) -> Addresses:
    """Return the addresses that any relinquish case or form names: they are expected to disappear."""
    known: tuple[Case | RecordedCase | PendingForm, ...] = (*seen.cases, *memory.cases, *memory.forms)
    return frozenset(ip for one in known for ip in one.addresses)


def _find(filed: Intent | PendingForm, seen: Observation) -> Case | None:
    marked = [case for case in seen.cases if (case.number, case.nonce) == (filed.number, filed.nonce)]
    return max(marked, key=lambda case: case.filed_at, default=None)


def _with_intent_resolved(memory: Memory, seen: Observation, now: datetime) -> tuple[Memory, bool]:
    intent = memory.intent
    if intent is None:
        return memory, False
    case = _find(intent, seen)
    if case is not None:
        taken_up = take_up(memory, case, count=intent.count, attempt=intent.attempt)
        return replace(taken_up, intent=None), False
    if is_recent(intent, now) or not seen.cases_readable:
        return memory, True
    return replace(memory, intent=None), False


def _with_forms_found(memory: Memory, seen: Observation) -> Memory:
    """Follow the cases that a person filed with our forms."""
    for form in memory.forms:
        case = _find(form, seen)
        if case is not None:
            memory = take_up(memory, case, count=memory.count or 0, attempt=memory.attempt, by_form=True)
            # The case does not ask for what had already arrived when the form was filled in.
            arrived = min(form.arrived, max(0, case.asks - form.owed))
            followed = replace(memory.cases[-1], arrived=arrived)
            memory = replace(
                memory,
                cases=(*memory.cases[:-1], followed),
                forms=tuple(other for other in memory.forms if other is not form),
            )
    return memory


def _with_cases_followed(memory: Memory, seen: Observation) -> Memory:
    """Bring the recorded cases up to date. A request that closed since the last observation is kept."""
    shown = {case.id: case for case in seen.cases}
    cases = []
    for recorded in memory.cases:
        case = shown.get(recorded.id)
        if recorded.kind == "relinquish":
            if case.is_open if case else recorded.addresses & seen.here:
                # Addresses that are gone need not be remembered: the case itself names them.
                left = recorded.addresses & seen.here
                cases.append(replace(_as_shown(recorded, case), addresses=left) if case else recorded)
        elif case is None:
            cases.append(recorded)
        # Nobody owns what arrives for a withdrawn request.
        elif not case.withdrawn:
            cases.append(replace(_as_shown(recorded, case), asks=case.asks, is_open=case.is_open))
    return replace(memory, cases=tuple(cases))


def _as_shown(recorded: RecordedCase, case: Case) -> RecordedCase:
    return replace(recorded, display_id=case.display_id, messages=case.messages)


def _with_arrivals(memory: Memory, here: Addresses) -> Memory:
    new = frozenset[str]() if memory.knows is None else here - memory.knows
    if memory.request or memory.request_form:
        doubtful = new if len(new) > memory.owed else frozenset[str]()
        memory = _count_in(memory, len(new))
        memory = replace(memory, holds=memory.holds | new, doubtful=memory.doubtful | doubtful)
    return replace(memory, holds=memory.holds & here, doubtful=memory.doubtful & here, knows=here)


def _count_in(memory: Memory, number: int) -> Memory:
    """Count the new addresses towards the unfinished request, or its form."""
    return replace(
        memory,
        cases=tuple(replace(case, arrived=min(case.arrived + number, case.asks)) for case in memory.cases),
        forms=tuple(replace(form, arrived=min(form.arrived + number, form.asks)) for form in memory.forms),
    )


def _without_finished(memory: Memory, here: Addresses) -> Memory:
    """Drop what has finished: fulfilled requests, and relinquishments whose addresses are all gone."""
    return replace(
        memory,
        cases=tuple(case for case in memory.cases if case.is_open or case.owed),
        forms=tuple(form for form in memory.forms if form.owed or form.addresses & here),
    )


def _view(memory: Memory, seen: Observation, region: str, *, vanished: Addresses, unconfirmed: bool) -> LeaseView:
    known = {case.id: _case_of(case, region) for case in memory.cases} | {case.id: case for case in seen.cases}
    followed = {case.id for case in memory.cases}
    current = [case for case in known.values() if case.is_open]
    relinquishes = tuple(case for case in current if case.kind == "relinquish")
    going = frozenset(ip for case in relinquishes for ip in case.addresses)
    waiting = frozenset(ip for form in memory.forms for ip in form.addresses)
    return LeaseView(
        memory=memory,
        seen=seen,
        held=sort_ips(memory.holds - going - waiting),
        relinquishing=sort_ips(memory.holds & (going | waiting)),
        vanished=sort_ips(vanished),
        unmanaged=sort_ips(seen.here - memory.holds - going),
        request=next((case for case in current if case.is_live_request and case.id in followed), None),
        relinquishes=relinquishes,
        withdrawn=tuple(case for case in current if case.kind == "request" and case.withdrawn),
        unfollowed=tuple(case for case in current if case.is_live_request and case.id not in followed),
        unconfirmed=unconfirmed,
    )


def _case_of(sent: _Sent, region: str) -> Case:
    """Return a case as far as it is remembered; AWS may not list it."""
    case = Case(
        id="",
        display_id=None,
        status="opened",
        filed_at="",
        region=region,
        number=sent.number,
        nonce=sent.nonce,
        kind=sent.kind,
        asks=sent.asks,
        addresses=sent.addresses,
    )
    if not isinstance(sent, RecordedCase):
        return case
    return replace(
        case,
        id=sent.id,
        display_id=sent.display_id,
        status="opened" if sent.is_open else RESOLVED,
        messages=sent.messages,
        parts=sent.parts,
    )
