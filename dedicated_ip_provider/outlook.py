"""What is true of a lease now, as the resource's outputs show it, in words and figures.

A wish is never shown as a fact: `addresses` were read from SES, and what was asked for stands apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dedicated_ip_provider.decision import release_order
from dedicated_ip_provider.lease import Case, CaseLink, Lease, Past, Seen, counted, monthly_cost_usd
from dedicated_ip_provider.standing import Standing, stand

if TYPE_CHECKING:
    from collections.abc import Sequence

Status = Literal["action_required", "requested", "relinquishing", "over", "short", "active"]
"""The first that holds, in this order, is the status of a lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A lease as it stands: what its outputs say, and what the state keeps for the next look (`past`)."""

    status: Status
    message: str
    leased_count: int
    requested_count: int
    shortfall: int
    monthly_cost_usd: float
    case: CaseLink | None
    past: Past


def outlook_of(lease: Lease, past: Past | None, seen: Seen, taken_up: Sequence[Case] = ()) -> Outlook:
    """Describe the lease as it stands now; `taken_up` are the cases of an earlier run that it goes on with."""
    now = stand(lease, past, seen)
    status = status_of(lease, now)
    case = _telling_case(status, now)
    shortfall = _shortfall(lease, now)
    requests = [case for case in now.mine if case.kind == "request"]
    leased = len(now.held) + len(now.relinquishing)
    return Outlook(
        status=status,
        message=" ".join(_sentences(status, lease, case, now, taken_up)),
        leased_count=leased,
        requested_count=now.remaining,
        shortfall=shortfall,
        monthly_cost_usd=monthly_cost_usd(leased),
        case=_link(case) if case else (past.latest if past else None),
        past=Past(
            count=lease.count,
            attempt=lease.attempt,
            account_id=seen.account_id,
            adopt=lease.adopt,
            addresses=now.held,
            relinquishing=now.relinquishing,
            release_order=release_order(now.held, (), seen),
            before=_before(requests, past),
            case_number=max([past.case_number if past else 0, *(case.number for case in now.mine)]),
            unfinished=now.request is not None
            or (shortfall > 0 and (bool(requests) or bool(past and past.unfinished))),
            strangers=now.strangers,
            confirmation_due=any(case.waits_for_customer and not case.confirmed for case in now.relinquishes),
            request=now.request,
        ),
    )


def count_after_drift(past: Past, now: Standing) -> int:
    """Give the count that refresh reports: lower than declared only by held addresses that vanished."""
    lacking = max(0, past.count - len(now.held))
    return past.count - min(len(now.vanished), lacking)


def status_of(lease: Lease, now: Standing) -> Status:
    """Name where the lease stands; where several statuses hold, the one that matters most."""
    if any(case.waits_for_customer for case in (*now.relinquishes, now.request) if case):
        return "action_required"
    if now.request:
        return "requested"
    if now.relinquishes:
        return "relinquishing"
    if len(now.held) > lease.count:
        return "over"
    if len(now.held) < lease.count:
        return "short"
    return "active"


def _shortfall(lease: Lease, now: Standing) -> int:
    return max(0, lease.count - len(now.held) - now.remaining)


def _before(requests: list[Case], past: Past | None) -> tuple[str, ...]:
    if requests:
        return requests[-1].before
    return past.before if past else ()


def _link(case: Case) -> CaseLink:
    return CaseLink(id=case.id, display_id=case.display_id, status=case.status)


def _telling_case(status: Status, now: Standing) -> Case | None:
    """Choose the case that the status speaks of; without an open one, the latest."""
    working = (now.request, *now.relinquishes)
    if status == "action_required":
        return next(case for case in working if case and case.waits_for_customer)
    return next((case for case in working if case), now.mine[-1] if now.mine else None)


def _sentences(status: Status, lease: Lease, case: Case | None, now: Standing, taken_up: Sequence[Case]) -> list[str]:
    said = [_first_sentence(status, lease, case, now)]
    if taken_up:
        said.append(f"Taken up from an earlier run: case {', '.join(case.name for case in taken_up)}.")
    if now.vanished:
        said.append(f"Gone from the account: {', '.join(now.vanished)}.")
    if now.relinquishing and status != "relinquishing":
        said.append(f"Being given back: {', '.join(now.relinquishing)}.")
    if now.strangers:
        said.append(
            f"No lease is known to hold {', '.join(now.strangers)} in {lease.region}; `adopt` would take over "
            f"{'it' if len(now.strangers) == 1 else 'them'}."
        )
    return said


def _first_sentence(status: Status, lease: Lease, case: Case | None, now: Standing) -> str:
    have, name = _here(len(now.held)), case.name if case else ""
    match status:
        case "action_required" if case and case.kind == "relinquish":
            itself = "" if case.confirmed else ", or set `confirm_relinquish` and run `pulumi up`"
            return f"AWS asks in case {name} whether {', '.join(case.returns)} shall really go: answer there{itself}."
        case "action_required":
            return f"AWS asks a question in case {name}: answer there, or it will be closed."
        case "requested" if now.remaining:
            return f"AWS is working on case {name}: {now.remaining} of {lease.count} still to come; {have}."
        case "requested":
            return f"{have}, as declared; AWS has not closed case {name} yet."
        case "relinquishing":
            going = ", ".join(now.relinquishing) or "addresses"
            return f"AWS is working on case {name}, which gives back {going}; {have}."
        case "over":
            return f"{have}, {len(now.held) - lease.count} more than declared: {_how_to_lower(lease, now)}."
        case "short":
            closed = f"case {name} is closed, and " if case else ""
            return (
                f"{have} of {lease.count}; {closed}no more are asked for until `attempt` is raised or `count` changes."
            )
        case "active":
            return f"{have}, as declared."


def _how_to_lower(lease: Lease, now: Standing) -> str:
    if any(case.kind == "relinquish" and set(case.returns) & set(now.held) for case in now.mine):
        return "AWS closed the case without taking them back; raise `attempt` to ask again"
    return (
        f"raise `count` to {len(now.held)} to keep all; to give some back, lower it to {lease.count} again after that"
    )


def _here(number: int) -> str:
    return f"{counted(number)} {'is' if number == 1 else 'are'} here"
