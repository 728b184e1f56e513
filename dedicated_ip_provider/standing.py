"""Whose addresses are whose: what a lease holds, worked out from memory, cases and the Region's addresses.

SES does not say for whom it leased an address. So a request case names the addresses that the Region had
before it ("before"), and what appears while the request is unfinished belongs to its lease. When another
request follows in the Region, its own "before" says where the earlier one's time ended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter

from dedicated_ip_provider.lease import Case, Lease, Past, Seen, by_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a lease stands now.

    `held` are its addresses, those being given back (`relinquishing`) left out. `request` is its open request,
    of which `arrived` addresses came; `repeated` are open cases that ask for the very same, where a case was listed so
    late that the next run filed it again. `withdrawn` are requests that were called off and are still open.
    `unfiled` are cases of which a person was to file the form, while the lease files by itself now.
    `unclear` is a closed request after which more addresses appeared than it asked for, with nothing
    remembered to tell them apart. `not_taken_back` are held addresses that a case gave back and AWS left here when it
    closed the case. `strangers` are addresses of the Region that no lease is known to hold.
    """

    mine: tuple[Case, ...]
    held: tuple[str, ...]
    relinquishing: tuple[str, ...]
    vanished: tuple[str, ...]
    not_taken_back: tuple[str, ...]
    strangers: tuple[str, ...]
    request: Case | None
    repeated: tuple[Case, ...]
    arrived: int
    relinquishes: tuple[Case, ...]
    withdrawn: tuple[Case, ...]
    unfiled: tuple[Case, ...]
    taken_up: tuple[Case, ...]
    unclear: Case | None

    @property
    def remaining(self) -> int:
        """How many addresses the open request still has to bring; 0 without one."""
        return max(0, self.request.asks - self.arrived) if self.request else 0

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases that are not over: filed, or waiting for a person to file them."""
        return tuple(case for case in (self.request, *self.repeated, *self.relinquishes, *self.withdrawn) if case)


def stand(lease: Lease, past: Past | None, seen: Seen) -> Standing:
    """Work out where the lease stands, from what the state remembers (None: nothing) and what was seen."""
    known = cases_of(lease.key, past, seen)
    mine = tuple(case for case in known if lease.filing == "console" or not case.is_unfiled)

    arrivals = Arrivals(lease.region, seen)
    if past is None:
        taken_up, unclear = _earlier_requests(lease, mine, arrivals)
        ours = frozenset(lease.adopt).union(*map(arrivals.of, taken_up)) & seen.here
    else:
        taken_up, unclear = (), None
        ours = _ours(lease, past, mine, arrivals, seen) & seen.here
    working = [case for case in mine if case.is_open and not _came_true(case, ours, seen)]
    requests = [case for case in working if case.kind == "request"]
    request = next((case for case in reversed(requests) if not case.withdrawn), None)
    relinquishes = tuple(case for case in working if case.kind == "relinquish")
    going = {ip for case in relinquishes for ip in case.returns}

    return Standing(
        mine=mine,
        held=by_number(ours - going),
        relinquishing=by_number(ours & going),
        vanished=by_number(set(past.addresses if past else ()) - seen.here - _given_back(past, mine)),
        not_taken_back=by_number((ours - going) & _once_given_back(past, mine)),
        strangers=by_number(seen.here - ours - _explained_by_cases(lease, known, arrivals, seen)),
        request=request,
        repeated=tuple(case for case in requests if request and _repeats(case, request)),
        arrived=_arrived(request, ours) if request and not seen.shows_unfiled(request) else 0,
        relinquishes=relinquishes,
        withdrawn=tuple(case for case in requests if case.withdrawn),
        unfiled=tuple(case for case in known if case not in mine),
        taken_up=taken_up,
        unclear=unclear,
    )


def _repeats(case: Case, request: Case) -> bool:
    return case.number == request.number and case.id != request.id and not case.withdrawn


def cases_of(lease_key: str, past: Past | None, seen: Seen) -> tuple[Case, ...]:
    """Give the lease's cases by number, with those that the state knows as open and AWS does not list.

    AWS lists a new case some seconds late and keeps one for 24 months, so absent is not closed; and a form that
    waits for a person is on no list.
    """
    mine = [case for case in seen.cases if case.lease_key == lease_key]
    listed = {case.number for case in mine}
    mine += [case for case in (past.open_cases if past else ()) if case.number not in listed]
    return tuple(sorted(mine, key=lambda case: (case.number, case.filed_at)))


def this_life(mine: tuple[Case, ...]) -> tuple[Case, ...]:
    """Give a lease's cases since one gave back all that was left: what was before that is history.

    A form gives nothing back before somebody files it, and what was asked for may still come.
    """
    ends = [
        number
        for number, case in enumerate(mine)
        if case.kind == "relinquish" and case.total == 0 and not case.is_unfiled
    ]
    return mine[ends[-1] + 1 if ends else 0 :]


def _came_true(case: Case, ours: frozenset[str], seen: Seen) -> bool:
    """Tell whether a case that cannot be followed has done its work: then it is over, whatever AWS's list said."""
    if seen.cases_readable and not case.is_unfiled:
        return False
    if case.kind == "request":
        return _arrived(case, ours) >= case.asks
    return not seen.here & set(case.returns)


def _arrived(request: Case, ours: frozenset[str]) -> int:
    return len(ours - set(request.before))


class Arrivals:
    """Tells which addresses came for which request of a Region, however many cases the account has."""

    def __init__(self, region: str, seen: Seen) -> None:
        """Take the Region and what was seen."""
        self._here = seen.here
        # A form ends nobody's time before somebody files it. Nor does a request that stepped back before it brought
        # anything: another one was open when it was filed.
        requests = (case for case in seen.cases if case.kind == "request" and case.region == region)
        self._by_time = sorted((c for c in requests if not (c.is_unfiled or _had_no_time(c))), key=_filed_at)
        self._times = [case.filed_at for case in self._by_time]
        self._by_lease = defaultdict[str, list[Case]](list)
        for case in self._by_time:
            self._by_lease[case.lease_key].append(case)

    def of(self, case: Case) -> frozenset[str]:
        """Give the addresses that appeared in the request's own time: after it, and before the next request."""
        came = self.since(case.before)
        following = self._following(case) if came else None
        came = came.intersection(following.before) if following else came
        # What comes for one that stepped back comes in another's time.
        return came - self.of_others(case.lease_key) if came and _had_no_time(case) else came

    def of_others(self, lease_key: str) -> frozenset[str]:
        """Give the addresses that came for the requests of other leases."""
        return frozenset[str]().union(*(self.of(case) for case in self._by_time if case.lease_key != lease_key))

    def since(self, before: tuple[str, ...]) -> frozenset[str]:
        """Give the addresses that are here and were not before."""
        return self._here.difference(before)

    def _following(self, case: Case) -> Case | None:
        """Find the request whose filing ended the time of this one: a lease numbers its own, the clock tells others."""
        own = next((one for one in self._by_lease[case.lease_key] if one.number > case.number), None)
        later = range(bisect_right(self._times, case.filed_at), len(self._times))
        other = next((self._by_time[i] for i in later if self._by_time[i].lease_key != case.lease_key), None)
        return min(own, other, key=_filed_at) if own and other else own or other


_filed_at = attrgetter("filed_at")


def _ours(lease: Lease, past: Past, mine: tuple[Case, ...], arrivals: Arrivals, seen: Seen) -> frozenset[str]:
    # An unfiled form brings nothing. Only where cases cannot be read, what comes shows that it was filed.
    requests = [case for case in mine if case.kind == "request" and not seen.shows_unfiled(case)]
    # What the state does not know as filed was filed by a run that could not store its end, or by a person.
    forms = {case.number for case in past.open_cases if case.kind == "request" and seen.shows_unfiled(case)}
    known = [case for case in requests if case.number <= past.case_number and case.number not in forms]
    bringing = [case for case in requests if case not in known and _may_bring(case)]
    bringing += known[-1:] if past.unfinished else []
    # Where an unfinished request has no case, it is too old for AWS's list, or cases cannot be read.
    came = arrivals.since(past.before) if past.unfinished and not (known or forms) else frozenset[str]()
    came = came.union(*(arrivals.of(case) - before_of(case, past) for case in bringing))
    if not seen.cases_readable:
        # Whose these are, only cases tell; and they told while they could be read.
        came = came.difference(past.others)
    # An address that was adopted and then given back must not come home by its old mention.
    adopted = set(lease.adopt) - set(past.adopt)
    return frozenset({*past.addresses, *past.relinquishing} | adopted | came)


def before_of(request: Case, past: Past | None) -> frozenset[str]:
    """Give what has not come by a request: what was there when it was written, and while it waited as a form.

    A form is filed later than it is written. What came in between only the state knows, under the form's number, and
    later as what was before the latest request.
    """
    for case in past.open_cases if past else ():
        if case.number == request.number and case.is_unfiled:
            return frozenset((*request.before, *case.before))
    known = past.before if past and request.number <= past.case_number else ()
    return frozenset((*request.before, *known))


def _earlier_requests(lease: Lease, mine: tuple[Case, ...], arrivals: Arrivals) -> tuple[tuple[Case, ...], Case | None]:
    """Find the requests of an earlier run that are open or brought something."""
    life = this_life(mine)
    requests = [case for case in life if case.kind == "request" and _may_bring(case)]
    over = [case for case in requests if not case.is_open or case.withdrawn]
    granted = [case for case in over if arrivals.of(case)]
    unclear = next((case for case in granted if len(_brought(lease, case, life, arrivals)) > case.asks), None)
    return tuple(case for case in requests if case not in over or case in granted), unclear


def _brought(lease: Lease, request: Case, life: tuple[Case, ...], arrivals: Arrivals) -> frozenset[str]:
    """Give all that came by a closed request of the lease, with what was given back since."""
    later = [case for case in life if case.number > request.number]
    following = next((case for case in later if case.kind == "request"), None)
    given_back = {
        ip
        for case in later
        for ip in case.returns
        if following is None or case.number < following.number or ip in following.before
    }
    # An address that was adopted came by no request.
    return arrivals.of(request) | given_back.difference(request.before, lease.adopt)


def _had_no_time(request: Case) -> bool:
    """Tell whether a request stepped back before it brought anything, and so left its time to another one."""
    return request.stepped_back and request.asks == 0


def _may_bring(request: Case) -> bool:
    """Tell whether addresses may have come by a request: one that was called off says how many had come by then."""
    return not request.withdrawn or request.asks > 0


def _once_given_back(past: Past | None, mine: tuple[Case, ...]) -> set[str]:
    closed = [case for case in mine if case.kind == "relinquish" and not case.is_open]
    # A preview asks AWS for no case.
    return {ip for case in closed for ip in case.returns}.union(past.not_taken_back if past else ())


def _given_back(past: Past | None, mine: tuple[Case, ...]) -> set[str]:
    known = past.case_number if past else 0
    return {ip for case in mine if case.kind == "relinquish" and case.number > known for ip in case.returns}


def _explained_by_cases(lease: Lease, known: tuple[Case, ...], arrivals: Arrivals, seen: Seen) -> frozenset[str]:
    """Give the addresses that another lease's request brought, or that any lease is giving back.

    `known` are the lease's own cases: AWS may not list one of an earlier life of the lease yet.
    """
    going = [case for case in (*seen.cases, *known) if case.kind == "relinquish" and case.is_open]
    return arrivals.of_others(lease.key).union(*(case.returns for case in going))
