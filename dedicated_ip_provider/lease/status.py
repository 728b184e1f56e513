"""What is true of a lease now, as the resource's outputs show it, in words and figures.

A wish is never shown as a fact: `addresses` were read from SES, and what was asked for stands apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dedicated_ip_provider.decision import release_order
from dedicated_ip_provider.forms import new_case_url
from dedicated_ip_provider.lease import Case, CaseLink, Lease, Paper, Past, Seen, by_number, counted, monthly_cost_usd
from dedicated_ip_provider.standing import Standing, before_of, stand, this_life

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Status = Literal["action_required", "to_file", "requested", "relinquishing", "over", "short", "active"]
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
    form_text: str
    case: CaseLink | None
    past: Past


def outlook_of(
    lease: Lease, past: Past | None, seen: Seen, papers: Sequence[Paper] = (), taken_up: Sequence[Case] = ()
) -> Outlook:
    """Describe the lease as it stands now.

    `papers` are the forms and messages that a person was asked to file; those that were filed are dropped.
    `taken_up` are the cases of an earlier run that the lease goes on with.
    """
    now = stand(lease, past, seen)
    kept = _not_filed(papers, now) if lease.filing == "console" else ()
    waiting = tuple(paper for paper in kept if not _seems_filed(paper, now))
    status = status_of(lease, now, waiting)
    case = _telling_case(status, now)
    first = _to_file(lease, waiting) if waiting else _first_sentence(status, lease, case, now)
    requested = now.remaining if now.request and _is_out(now.request, now) else 0
    shortfall = max(0, lease.count - len(now.held) - requested)
    leased = len(now.held) + len(now.relinquishing)
    request = _latest_request(now, seen)
    unfinished = _is_unfinished(request, shortfall, past, now)
    return Outlook(
        status=status,
        message=" ".join(_sentences(first, status, lease, now, taken_up, cases_readable=seen.cases_readable)),
        leased_count=leased,
        requested_count=requested,
        shortfall=shortfall,
        monthly_cost_usd=monthly_cost_usd(leased),
        form_text="\n\n".join(paper.text for paper in waiting),
        case=case.link if case else (past.latest if past else None),
        past=Past(
            count=lease.count,
            attempt=lease.attempt,
            account_id=seen.account_id,
            born_at=past.born_at if past else "",
            adopt=lease.adopt,
            addresses=now.held,
            relinquishing=now.relinquishing,
            release_order=release_order(now.held, (), seen),
            before=by_number(before_of(request, past)) if request else (past.before if past else ()),
            case_number=max([past.case_number if past else 0, *(case.number for case in now.mine)]),
            unfinished=unfinished,
            not_taken_back=now.not_taken_back,
            strangers=now.strangers,
            others=_others(past, now, seen) if unfinished else (),
            confirmation_due=any(case.waits_for_customer and not case.confirmed for case in now.relinquishes),
            open_cases=tuple(_while_it_waits(case, seen) for case in now.open_cases),
            papers=kept,
        ),
    )


def _while_it_waits(case: Case, seen: Seen) -> Case:
    """Give a case as it is remembered: what is here while its form is not filed yet has not come by it."""
    if case.kind != "request" or not seen.shows_unfiled(case):
        return case
    return replace(case, before=by_number({*case.before, *seen.here}))


def _others(past: Past | None, now: Standing, seen: Seen) -> tuple[str, ...]:
    if seen.cases_readable:
        return by_number(seen.here.difference(now.held, now.relinquishing))
    return past.others if past else ()


def born(outlook: Outlook, now: datetime) -> Outlook:
    """Give the outlook of a lease that was created just now."""
    return replace(outlook, past=replace(outlook.past, born_at=now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")))


def count_after_drift(past: Past, now: Standing) -> int:
    """Give the count that refresh reports: lower than declared only by held addresses that vanished."""
    lacking = max(0, past.count - len(now.held))
    return past.count - min(len(now.vanished), lacking)


def status_of(lease: Lease, now: Standing, waiting: Sequence[Paper] = ()) -> Status:
    """Name where the lease stands; where several statuses hold, the one that matters most."""
    if any(case.waits_for_customer for case in now.open_cases):
        return "action_required"
    if waiting:
        return "to_file"
    if now.request:
        return "requested"
    if now.relinquishes:
        return "relinquishing"
    if len(now.held) > lease.count:
        return "over"
    if len(now.held) < lease.count:
        return "short"
    return "active"


def _is_out(request: Case, now: Standing) -> bool:
    """Tell whether AWS has the request: what came shows that a form was filed, even where cases cannot be read."""
    return not request.is_unfiled or now.arrived > 0


def _not_filed(papers: Sequence[Paper], now: Standing) -> tuple[Paper, ...]:
    cases = {case.number: case for case in now.open_cases}
    return tuple(paper for paper in papers if paper.number in cases and _waits(paper, cases[paper.number]))


def _waits(paper: Paper, case: Case) -> bool:
    return case.is_unfiled if paper.message == 0 else not case.is_unfiled and case.messages <= paper.message


def _seems_filed(paper: Paper, now: Standing) -> bool:
    request = now.request
    return paper.message == 0 and request is not None and paper.number == request.number and _is_out(request, now)


def _latest_request(now: Standing, seen: Seen) -> Case | None:
    """Give the latest request that may bring addresses: a form brings none that we could tell from others.

    Only where cases cannot be read, one that waits may have been filed.
    """
    life = this_life(now.mine)
    maybe_filed = [c for c in life if _was_filed(c) or (c.is_unfiled and not seen.cases_readable)]
    requests = [c for c in maybe_filed if c.kind == "request"]
    return requests[-1] if requests else None


def _is_unfinished(request: Case | None, shortfall: int, past: Past | None, now: Standing) -> bool:
    if request is None:
        # The request is too old for AWS's list; or there was only a form, which the list shows now is not filed.
        waits = any(case.kind == "request" for case in now.open_cases)
        return shortfall > 0 and past is not None and past.unfinished and not waits
    if request in now.open_cases:
        return True
    # Once all came, what vanishes later does not make the request unfinished again.
    if past and not past.unfinished and _was_followed(request, past):
        return False
    arrived = len({*now.held, *now.relinquishing, *now.vanished} - set(request.before))
    return shortfall > 0 and not request.withdrawn and arrived < request.asks


def _was_followed(request: Case, past: Past) -> bool:
    """Tell whether the state knew of a request, and not just of a form that a person was to file."""
    forms = {case.number for case in past.open_cases if case.is_unfiled}
    return request.number <= past.case_number and request.number not in forms


def _telling_case(status: Status, now: Standing) -> Case | None:
    """Choose the case that the status speaks of; without an open one, the latest."""
    filed = [case for case in now.open_cases if _was_filed(case)]
    if status == "action_required":
        return next(case for case in filed if case.waits_for_customer)
    closed = [case for case in now.mine if _was_filed(case)]
    return next(iter(filed or closed[-1:]), None)


def _was_filed(case: Case) -> bool:
    """Tell a case from a form; one that was called off before anybody filed it is closed, and has no id of AWS's."""
    return bool(case.id) and not case.is_unfiled


def _sentences(  # noqa: PLR0913 - what may be said
    first: str, status: Status, lease: Lease, now: Standing, taken_up: Sequence[Case], *, cases_readable: bool
) -> list[str]:
    said = [f"{first[:1].upper()}{first[1:]}"]
    if taken_up:
        said.append(f"Taken up from an earlier run: case {', '.join(case.name for case in taken_up)}.")
    if now.request and now.repeated:
        names = ", ".join(case.name for case in now.repeated)
        said.append(f"Case {now.request.name} repeats case {names}: the next `pulumi up` withdraws the later one.")
    if now.vanished:
        said.append(f"Gone from the account: {', '.join(now.vanished)}.")
    if now.relinquishing and status != "relinquishing":
        said.append(f"{'To be' if status == 'to_file' else 'Being'} given back: {', '.join(now.relinquishing)}.")
    if now.strangers:
        holds = "No lease is known to hold" if cases_readable else "Cases cannot be read, and another lease may hold"
        said.append(
            f"{holds} {', '.join(now.strangers)} in {lease.region}; `adopt` would take over "
            f"{'it' if len(now.strangers) == 1 else 'them'}."
        )
    return said


def _to_file(lease: Lease, waiting: Sequence[Paper]) -> str:
    texts = "A text waits" if len(waiting) == 1 else f"{len(waiting)} texts wait"
    return f"{texts} for a person to file: see `form_text`. Cases are opened at {new_case_url(lease.region)}."


def _first_sentence(status: Status, lease: Lease, case: Case | None, now: Standing) -> str:
    have, name = _here(len(now.held)), case.name if case else ""
    match status:
        case "action_required" if case and case.kind == "relinquish":
            itself = "" if case.confirmed else ", or set `confirm_relinquish` and run `pulumi up`"
            return f"AWS asks in case {name} whether {', '.join(case.returns)} shall really go: answer there{itself}."
        case "action_required":
            return f"AWS asks a question in case {name}: answer there, or it will be closed."
        case "requested" if now.request and now.request.is_unfiled:
            return f"The form was filed, as what came shows: {now.remaining} of {lease.count} still to come; {have}."
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
                f"{len(now.held)} of {counted(lease.count)} here; {closed}no more are asked for until `attempt` is "
                "raised or `count` changes."
            )
        case _:
            return f"{have}, as declared."


def _how_to_lower(lease: Lease, now: Standing) -> str:
    if any(case.kind == "relinquish" and set(case.returns) & set(now.held) for case in now.mine):
        return "AWS closed the case without taking them back; raise `attempt` to ask again"
    return (
        f"raise `count` to {len(now.held)} to keep all; to give some back, lower it to {lease.count} again after that"
    )


def _here(number: int) -> str:
    return f"{counted(number)} {'is' if number == 1 else 'are'} here" if number else "no dedicated IP address is here"
