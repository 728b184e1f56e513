"""What follows: the one place where it is decided what is filed at AWS, and what never is.

`next_action` takes values and gives one step back. The shell takes the step, looks at the result and asks
again, until nothing is left to do. Because each decision is made from what AWS shows, and not from what was
meant earlier, a run that was cut off anywhere is simply taken up by the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dedicated_ip_provider.lease import Case, DedicatedIp, Kind, Lease, Past, Seen, by_number, counted, label_of
from dedicated_ip_provider.standing import Standing, stand


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """Open a case that asks for `asks` more addresses."""

    asks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Tell AWS in the open request that it shall bring `asks` addresses in all."""

    case: Case
    asks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Tell AWS in the open request that nothing more is needed; it `steps_back` where another one was there first."""

    case: Case
    steps_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """Close a request that was withdrawn."""

    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinquish:
    """Open a case that gives these addresses back, for good."""

    returns: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Answer, once, AWS's question whether the addresses shall really go."""

    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Stop and tell the user; nothing was filed."""

    what: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Leave everything as it is."""


Action = FileRequest | Amend | Withdraw | Resolve | Relinquish | Confirm | Refuse | Nothing


def next_action(lease: Lease, past: Past | None, seen: Seen, *, ending: bool = False) -> Action:
    """Decide the next step of a lease that the user creates or changes, or gives up (`ending`)."""
    if ending:
        lease = replace(lease, count=0)
    now = stand(lease, past, seen)

    if refusal := _adoption_refused(lease, past, seen):
        return refusal
    if now.unclear:
        return _cannot_tell(lease, now.unclear)
    # An earlier run called a request off and did not get to close it.
    if now.withdrawn:
        return Resolve(case=now.withdrawn[0])
    # AWS asks whether the addresses shall really go, and the user said yes beforehand.
    for case in now.relinquishes:
        if lease.confirm_relinquish and case.waits_for_customer and not case.confirmed:
            return Confirm(case=case)
    going = _to_give_back(lease, past, now, seen, ending=ending)
    if now.request:
        return _about_open_request(lease, now, now.request, seen, nothing_wanted=ending or bool(going))
    if going:
        return Relinquish(returns=going, total=lease.count)
    missing = lease.count - len(now.held)
    if missing > 0 and _may_ask(lease, past, now):
        return _request_unless_taken(lease, seen, missing)
    return Nothing()


def _about_open_request(lease: Lease, now: Standing, request: Case, seen: Seen, *, nothing_wanted: bool) -> Action:
    """Decide what the open request needs to be told; only a closed one lets addresses be given back."""
    missing = lease.count - len(now.held)
    # Two runs filed in the same moment: the later one steps back, since their addresses could not be told apart. Or
    # one run filed what an earlier one had filed and AWS did not list yet.
    others = (*_rivals(lease, seen), *now.repeated)
    if any((other.filed_at, other.id) < (request.filed_at, request.id) for other in others):
        return Withdraw(case=request, steps_back=True)
    if nothing_wanted or missing <= 0 < now.remaining:
        return Withdraw(case=request)
    if missing > 0 and missing != now.remaining:
        return Amend(case=request, asks=now.arrived + missing)
    # As much is on its way as is missing; or all came, and the open case is AWS's housekeeping.
    return Nothing()


def release_order(held: tuple[str, ...], release_first: tuple[str, ...], seen: Seen) -> tuple[str, ...]:
    """Sort held addresses, those to give back first in front.

    `release_first` leads, as the user ordered it; then come those in no pool of the user's, then the least
    warmed, then the lowest number.
    """
    known = {address.ip: address for address in seen.addresses}
    unknown = DedicatedIp(ip="", pool=None, warmup_percentage=0, managed=False)

    def rank(ip: str) -> tuple[int, bool, int]:
        address = known.get(ip, unknown)
        named = release_first.index(ip) if ip in release_first else len(release_first)
        return named, address.is_pooled, address.warmup_percentage

    return tuple(sorted(by_number(held), key=rank))


def _adoption_refused(lease: Lease, past: Past | None, seen: Seen) -> Refuse | None:
    fresh = [ip for ip in lease.adopt if past is None or ip not in past.adopt]
    managed = {address.ip for address in seen.addresses if address.managed}
    for ip in fresh:
        if ip in managed:
            return Refuse(
                what=f"{lease.label} cannot adopt {ip}: it belongs to a managed pool, where SES itself "
                "leases and releases addresses.",
                next_step="Nothing was filed. Take it out of `adopt`.",
            )
        if ip not in seen.here:
            return Refuse(
                what=f"{lease.label} cannot adopt {ip}: account {seen.account_id} has no such dedicated IP "
                f"address in {lease.region}.",
                next_step="Nothing was filed. Correct `adopt`, or the Region or credentials of the lease.",
            )
    return None


def _cannot_tell(lease: Lease, case: Case) -> Refuse:
    return Refuse(
        what=f"{lease.label} cannot tell its addresses apart: more appeared after its earlier case {case.name} "
        f"than the {counted(case.asks)} asked for there.",
        next_step="Nothing was filed. Name the addresses of this lease in `adopt` under a new resource name.",
    )


def _to_give_back(lease: Lease, past: Past | None, now: Standing, seen: Seen, *, ending: bool) -> tuple[str, ...]:
    """Choose the addresses that the user's own change gives back; never more, and never by observation."""
    surplus = len(now.held) - lease.count
    if past is None or surplus <= 0 or _answered("relinquish", lease, past, now):
        return ()
    order = release_order(now.held, lease.release_first, seen)
    if ending or lease.count < past.count:
        return order[:surplus]
    # A person was to file the form, and did not before the lease came to file by itself.
    named = {ip for case in now.unfiled if case.kind == "relinquish" for ip in case.returns}
    # Raising `attempt` asks again for what AWS was asked to take back before and did not.
    if lease.attempt > past.attempt:
        named.update(now.not_taken_back)
    return tuple(ip for ip in order if ip in named)[:surplus]


def _may_ask(lease: Lease, past: Past | None, now: Standing) -> bool:
    """Tell whether the user's hand asks for what is missing: a no from AWS stands until something changes."""
    if past is None:
        return not any(_asked_this(case, lease) for case in now.taken_up)
    if any(case.kind == "request" for case in now.unfiled):
        return True
    changed = lease.count != past.count or lease.attempt > past.attempt
    return changed and not _answered("request", lease, past, now)


def _answered(kind: Kind, lease: Lease, past: Past, now: Standing) -> bool:
    """Tell whether a run that could not store its end filed this very wish, and AWS closed the case."""
    return any(
        case.kind == kind
        and case.number > past.case_number
        and not case.is_open
        and not case.withdrawn
        and _asked_this(case, lease)
        for case in now.mine
    )


def _asked_this(case: Case, lease: Lease) -> bool:
    return (case.total, case.attempt) == (lease.count, lease.attempt)


def _rivals(lease: Lease, seen: Seen) -> list[Case]:
    """Give the open requests of other leases in the same account and Region."""
    return [
        case
        for case in seen.cases
        if case.kind == "request"
        and case.is_open
        and not case.withdrawn
        and case.region == lease.region
        and case.lease_key != lease.key
    ]


def _request_unless_taken(lease: Lease, seen: Seen, missing: int) -> Action:
    for case in _rivals(lease, seen):
        return Refuse(
            what=f"{lease.label} cannot ask for {counted(missing)} now: the lease {label_of(case.lease_key)} "
            f"({case.lease_key}) has its request {case.name} open in the same account and Region, and new "
            "addresses could not be told apart.",
            next_step=f"No request is left open for it. Run `pulumi up` again when case {case.name} is closed, or "
            "let one lease hold all addresses of the Region.",
        )
    return FileRequest(asks=missing)
