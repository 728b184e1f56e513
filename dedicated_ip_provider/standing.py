"""Whose addresses are whose: what a lease holds, worked out from memory, cases and the Region's addresses.

SES does not say for whom it leased an address. So a request case names the addresses that the Region had
before it ("before"), and what appears while the request is unfinished belongs to its lease. When another
request follows in the Region, its own "before" says where the earlier one's time ended.
"""

from __future__ import annotations

from dataclasses import dataclass

from dedicated_ip_provider.lease import Case, Lease, Past, Seen, by_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a lease stands now.

    `held` are its addresses, those being given back (`relinquishing`) left out. `request` is its open request,
    of which `arrived` addresses came. `withdrawn` are requests that were called off and are still open.
    `unclear` is a closed request after which more addresses appeared than it asked for, with nothing
    remembered to tell them apart. `strangers` are addresses of the Region that no lease is known to hold.
    """

    mine: tuple[Case, ...]
    held: tuple[str, ...]
    relinquishing: tuple[str, ...]
    vanished: tuple[str, ...]
    strangers: tuple[str, ...]
    request: Case | None
    arrived: int
    relinquishes: tuple[Case, ...]
    withdrawn: tuple[Case, ...]
    taken_up: tuple[Case, ...]
    unclear: Case | None

    @property
    def remaining(self) -> int:
        """How many addresses the open request still has to bring; 0 without one."""
        return max(0, self.request.asks - self.arrived) if self.request else 0


def stand(lease: Lease, past: Past | None, seen: Seen) -> Standing:
    """Work out where the lease stands, from what the state remembers (None: nothing) and what was seen."""
    mine = cases_of(lease.key, past, seen)
    open_requests = [case for case in mine if case.kind == "request" and case.is_open]
    request = next((case for case in reversed(open_requests) if not case.withdrawn), None)
    relinquishes = tuple(case for case in mine if case.kind == "relinquish" and case.is_open)

    taken_up, unclear = _earlier_requests(mine, seen) if past is None else ((), None)
    ours = _ours(lease, past, mine, taken_up, seen) & seen.here
    going = {ip for case in relinquishes for ip in case.returns} | _still_going(past, mine)
    held = ours - going

    return Standing(
        mine=mine,
        held=by_number(held),
        relinquishing=by_number(ours & going),
        vanished=by_number(set(past.addresses if past else ()) - seen.here - _given_back(past, mine)),
        strangers=by_number(seen.here - ours - _explained_by_others(lease, seen)),
        request=request,
        arrived=len(ours - set(request.before)) if request else 0,
        relinquishes=relinquishes,
        withdrawn=tuple(case for case in open_requests if case.withdrawn),
        taken_up=taken_up,
        unclear=unclear,
    )


def cases_of(lease_key: str, past: Past | None, seen: Seen) -> tuple[Case, ...]:
    """Give the lease's cases by number, with the open request that AWS does not list yet or any more."""
    mine = [case for case in seen.cases if case.lease_key == lease_key]
    # A new case may be listed some seconds late, and a case is kept for 24 months: absent is not closed.
    if past and past.request and past.request.number not in {case.number for case in mine}:
        mine.append(past.request)
    return tuple(sorted(mine, key=lambda case: (case.number, case.filed_at)))


def arrivals(case: Case, seen: Seen) -> frozenset[str]:
    """Give the addresses that appeared in the request's own time: after it, and before the next request."""
    later = [other for other in _requests_in(case.region, seen) if _follows(other, case)]
    came = seen.here - set(case.before)
    if not later:
        return came
    return came & set(min(later, key=lambda other: other.filed_at).before)


def _follows(other: Case, case: Case) -> bool:
    if other.lease_key == case.lease_key:
        return other.number > case.number
    return other.filed_at > case.filed_at


def _requests_in(region: str, seen: Seen) -> list[Case]:
    return [case for case in seen.cases if case.kind == "request" and case.region == region]


def _ours(
    lease: Lease, past: Past | None, mine: tuple[Case, ...], taken_up: tuple[Case, ...], seen: Seen
) -> frozenset[str]:
    requests = [case for case in mine if case.kind == "request"]
    if past is None:
        counted, growing, adopted = set[str](), list(taken_up), set(lease.adopt)
    else:
        counted = {*past.addresses, *past.relinquishing}
        # What the state does not know yet was filed by a run that could not store its end.
        growing = [case for case in requests if case.number > past.case_number and not case.withdrawn]
        # An address that was adopted and then given back must not come home by its old mention.
        adopted = set(lease.adopt) - set(past.adopt)
        if past.unfinished:
            known = [case for case in requests if case.number <= past.case_number]
            counted |= arrivals(known[-1], seen) if known else seen.here - set(past.before)
    return frozenset(counted | adopted).union(*(arrivals(case, seen) for case in growing))


def _earlier_requests(mine: tuple[Case, ...], seen: Seen) -> tuple[tuple[Case, ...], Case | None]:
    """Find the requests of an earlier life of the lease that are open or brought something.

    A relinquish case that left nothing over ended that life: what was before it is history.
    """
    ends = [number for number, case in enumerate(mine) if case.kind == "relinquish" and case.total == 0]
    requests = [case for case in mine[ends[-1] + 1 if ends else 0 :] if case.kind == "request" and not case.withdrawn]
    granted = [case for case in requests if not case.is_open and arrivals(case, seen)]
    unclear = next((case for case in granted if len(arrivals(case, seen)) > case.asks), None)
    return tuple(case for case in requests if case.is_open or case in granted), unclear


def _still_going(past: Past | None, mine: tuple[Case, ...]) -> set[str]:
    """Give the addresses that the state knows as being given back, where no listed case says so (yet)."""
    listed = {ip for case in mine if case.kind == "relinquish" for ip in case.returns}
    return set(past.relinquishing if past else ()) - listed


def _given_back(past: Past | None, mine: tuple[Case, ...]) -> set[str]:
    known = past.case_number if past else 0
    return {ip for case in mine if case.kind == "relinquish" and case.number > known for ip in case.returns}


def _explained_by_others(lease: Lease, seen: Seen) -> frozenset[str]:
    others = [case for case in _requests_in(lease.region, seen) if case.lease_key != lease.key and not case.withdrawn]
    return frozenset[str]().union(*(arrivals(case, seen) for case in others))
