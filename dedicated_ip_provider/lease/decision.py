"""The one place that decides what is filed at AWS, and what never is.

`next_action` takes values and returns one step. The shell takes the step, observes the result and asks again, until
nothing is left to do. Because each decision follows from what AWS shows, not from an earlier plan, the next run can
continue after one that was cut off at any point.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dedicated_ip_provider.errors import NOTHING_FILED, Refused
from dedicated_ip_provider.lease.model import Addresses, Case, Lease, pluralize
from dedicated_ip_provider.lease.pools import relinquish_order

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.ownership import LeaseView
    from dedicated_ip_provider.lease.pools import Division


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user's command wants from a lease.

    `may_relinquish` says that the user lowered the count; `ending`, that the lease is to give up everything.
    `division` are the current addresses of each pool, and `order` the held addresses, the least valuable first, as the
    state knows them: a preview decides by these, so the run after it must, too.
    """

    lease: Lease
    may_relinquish: bool = False
    ending: bool = False
    division: Division = field(default_factory=dict)
    order: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return how many addresses the lease is to hold."""
        return 0 if self.ending else self.lease.count

    @property
    def wanted(self) -> Lease:
        """Return the lease as it is to be, which texts to AWS describe."""
        return replace(self.lease, count=self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """Open a case that requests `asks` more addresses."""

    asks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Change the open request, by a message in its case, to `asks` addresses in all."""

    case: Case
    asks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Withdraw the open request by a message in its case; `for_form`: a person files a form instead."""

    case: Case
    for_form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """Close a request that was withdrawn."""

    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinquish:
    """Open a case that relinquishes these addresses, for good."""

    addresses: Addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMore:
    """Add the next part of a long list of addresses to a relinquish case."""

    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Answer AWS, once, that it is to remove the addresses."""

    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Stop and tell the user; nothing was filed."""

    what: str
    next_step: str

    def error(self) -> Refused:
        """Return the error that says so."""
        return Refused(self.what, self.next_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Leave everything as it is."""


Message = Amend | Withdraw | ListMore | Confirm
Action = FileRequest | Relinquish | Message | Resolve | Refuse | Nothing


def next_action(wish: Wish, view: LeaseView) -> Action:
    """Return the next step for a lease whose cases go through the Support API."""
    lease = wish.lease

    # An earlier run withdrew a request but was cut off before it closed the case.
    if view.withdrawn:
        return Resolve(case=view.withdrawn[0])
    if unlisted := half_listed(view):
        return ListMore(case=unlisted)
    # A case may have been filed that AWS does not list yet.
    if view.unconfirmed:
        return Nothing()
    if others := filed_otherwise(view, by_form=True):
        return Refuse(
            what=f"{lease.label}: case {others[0].name} is still open; a person filed it, and `filing` is "
            "`support-api` now.",
            next_step=f"{NOTHING_FILED} Set `filing` to `console` again, or run `pulumi up` again when the case is "
            "closed.",
        )
    # AWS asks whether to remove the addresses, and the user has agreed in advance.
    if lease.confirm_relinquish and (question := question_of(view)):
        return Confirm(case=question)
    going = to_relinquish(wish, view)
    if view.request:
        return about_open_request(wish, view, view.request, nothing_wanted=wish.ending or bool(going))
    if going:
        return Relinquish(addresses=going)
    missing = wish.count - len(view.held)
    if missing > 0 and wants_more(wish, view):
        return why_not_requested(lease, view, missing) or FileRequest(asks=missing)
    return Nothing()


def to_relinquish(wish: Wish, view: LeaseView) -> Addresses:
    """Return the addresses that the user's own change relinquishes: never a doubtful one, never because of drift."""
    lease = wish.lease
    order = relinquish_order(ascending_value(wish, view), lease.relinquish_first, wish.division, lease.pools)
    certain = [ip for ip in order if ip in view.held and ip not in view.memory.doubtful]
    # Doubtful addresses are no surplus: otherwise, addresses that are certainly the lease's would go in their place.
    surplus = len(certain) - wish.count
    return frozenset(certain[:surplus]) if surplus > 0 and wants_fewer(wish, view) else frozenset()


def wants_fewer(wish: Wish, view: LeaseView) -> bool:
    """Return whether the user ends the lease, or lowered its count.

    A count that was acted on is settled: a surplus that AWS left then stays until the user lowers the count again.
    """
    return wish.ending or (wish.may_relinquish and view.memory.count != wish.count)


def ascending_value(wish: Wish, view: LeaseView) -> tuple[str, ...]:
    """Return the addresses that the state knows or the lease holds, the least valuable first, as the state knows them.

    Addresses that arrived since then lead: nothing was sent from them yet, and no preview named others in their place.
    Those that are gone keep their place: otherwise addresses that no preview named would take it.
    """
    known = {ip: rank for rank, ip in enumerate(wish.order)}
    adopted = dict.fromkeys(wish.lease.adopt, len(known))
    arrived = [ip for ip in view.held if ip not in known]
    return tuple(sorted((*arrived, *wish.order), key=lambda ip: known.get(ip, adopted.get(ip, -1))))


def wants_more(wish: Wish, view: LeaseView) -> bool:
    """Return whether nothing was filed yet for what is declared: AWS's refusal stands until that changes."""
    memory = view.memory
    return wish.count != memory.count or wish.lease.attempt > memory.attempt


def why_not_requested(lease: Lease, view: LeaseView, missing: int) -> Refuse | None:
    """Return why no addresses can be requested, by a case or a form; None if they can."""
    what = f"{lease.label} cannot request {pluralize(missing)}"
    if view.unfollowed:
        other = view.unfollowed[0]
        return Refuse(
            what=f"{what}: case {other.name}, filed by {other.holder or 'an earlier lease'} and marked {other.mark}, "
            f"is open in {lease.region}, and new addresses could not be told apart.",
            next_step=f"{NOTHING_FILED} Close case {other.name} in the Support Center, or wait until AWS has, then "
            "run `pulumi up` again.",
        )
    if lease.use_case is None:
        return Refuse(
            what=f"{what}: AWS asks what you send, and `use_case` is missing.",
            next_step=f"{NOTHING_FILED} Describe your mail in `use_case`, then run `pulumi up` again.",
        )
    return None


def question_of(view: LeaseView) -> Case | None:
    """Return the relinquish case of the lease in which AWS is waiting for a confirmation."""
    return next((case for case in view.own_cases if case.asks_to_confirm), None)


def filed_otherwise(view: LeaseView, *, by_form: bool) -> tuple[Case, ...]:
    """Return the lease's open cases that were filed by a form (`by_form`), or those filed through the Support API."""
    own = {case.id: case.by_form for case in view.memory.cases}
    return tuple(case for case in view.open_cases if own.get(case.id) is by_form)


def half_listed(view: LeaseView) -> Case | None:
    """Return the relinquish case of the lease whose list of addresses was cut off."""
    return next((case for case in view.own_cases if case.messages < case.parts), None)


def about_open_request(
    wish: Wish, view: LeaseView, request: Case, *, nothing_wanted: bool
) -> Withdraw | Amend | Nothing:
    """Return what to write in the open request, which must be closed before any address can be relinquished."""
    missing = wish.count - len(view.held)
    if nothing_wanted or missing <= 0 < view.owed:
        return Withdraw(case=request)
    if missing > 0 and missing != view.owed:
        return Amend(case=request, asks=request.asks - view.owed + missing)
    # Exactly what is missing is on its way; or everything has arrived, and closing the case is AWS's housekeeping.
    return Nothing()
