"""What a person reads about a lease: its status, a message in sentences, and figures.

A wish is never shown as a fact: `addresses` were read from SES, and what was requested is shown separately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dedicated_ip_provider.lease.addresses import name_some, shorten, sort_ips
from dedicated_ip_provider.lease.decision import Wish, half_listed, question_of, wants_more
from dedicated_ip_provider.lease.model import at_utc, mark_of, pluralize
from dedicated_ip_provider.lease.ownership import LISTED_WITHIN
from dedicated_ip_provider.support_center import new_case_url

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Case, Intent, Lease
    from dedicated_ip_provider.lease.ownership import LeaseView

Status = Literal[
    "superseded",
    "action_required",
    "unconfirmed",
    "to_file",
    "requested",
    "relinquishing",
    "over",
    "short",
    "active",
]
"""The status of a lease is the first of these that applies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A lease in words and figures. `case` is the one that the status refers to; None if none is known.

    `due` says that the next update has something to do although no input changed; `question`, that AWS is waiting for
    a confirmation before it removes addresses.
    """

    status: Status
    message: str
    addresses: tuple[str, ...]
    relinquishing: tuple[str, ...]
    warming: tuple[str, ...]
    leased_count: int
    requested_count: int
    shortfall: int
    form_text: str
    case: Case | None
    due: bool
    question: bool


def describe(lease: Lease, view: LeaseView, *, texts: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> Description:
    """Return the description of a lease. A person is to file the `texts`; `notes` are added to the message."""
    forms = len(texts)
    status = status_of(lease, view, forms=forms)
    case = _primary_case(status, view)
    requested = view.owed if view.request else 0
    leased = len(view.held) + len(view.relinquishing)
    first = _first_sentence(status, lease, view, case, forms)
    return Description(
        status=status,
        message=" ".join((first, *_further_sentences(status, lease, view), *notes)),
        addresses=view.held,
        relinquishing=view.relinquishing,
        warming=sort_ips(one.ip for one in view.seen.addresses if one.ip in view.held and not one.warmed),
        leased_count=leased,
        requested_count=requested,
        shortfall=max(0, lease.count - len(view.held) - requested),
        form_text="\n\n".join(texts),
        case=case,
        due=_is_due(lease, view),
        question=question_of(view) is not None,
    )


def status_of(lease: Lease, view: LeaseView, *, forms: int = 0) -> Status:
    """Return the status of a lease; if several apply, the one that matters most."""
    if any(case.waits_for_customer for case in view.own_cases):
        return "action_required"
    if view.unconfirmed:
        return "unconfirmed"
    if forms:
        return "to_file"
    if view.request:
        return "requested"
    if any(case.kind == "relinquish" for case in view.own_cases):
        return "relinquishing"
    if len(view.held) > lease.count:
        return "over"
    if len(view.held) < lease.count:
        return "short"
    return "active"


def _is_due(lease: Lease, view: LeaseView) -> bool:
    memory = view.memory
    more_than_wanted = view.request is not None and view.owed > max(0, lease.count - len(view.held))
    return (
        memory.intent is not None
        or wants_more(Wish(lease=lease), view)
        or bool(view.withdrawn)
        or (lease.filing == "support-api" and (more_than_wanted or half_listed(view) is not None))
    )


def _primary_case(status: Status, view: LeaseView) -> Case | None:
    """Return the case that the status refers to; if none is open, the lease's latest."""
    own = view.own_cases
    if status == "action_required":
        return next(case for case in own if case.waits_for_customer)
    if own:
        return own[0]
    latest = [case for case in view.seen.cases if case.nonce == view.memory.nonce]
    return max(latest, key=lambda case: case.number, default=None)


def _first_sentence(status: Status, lease: Lease, view: LeaseView, case: Case | None, forms: int) -> str:
    have, name = _here(len(view.held)), case.name if case else ""
    match status:
        case "action_required" if case and case.asks_to_confirm:
            return (
                f"AWS is asking you to confirm the relinquishment of {name_some(case.addresses)} in case {name}: reply "
                "there, or set `confirm_relinquish` and run `pulumi up`."
            )
        case "action_required":
            return f"AWS is waiting for your reply in case {name}: reply there, or AWS will close it."
        case "unconfirmed" if view.memory.intent:
            return _unconfirmed(lease, view.memory.intent)
        case "to_file":
            texts = "One text is" if forms == 1 else f"{forms} texts are"
            return f"{texts} waiting for you to file: see `form_text`. Open cases at {new_case_url(lease.region)}."
        case "requested" if view.owed:
            return f"AWS is working on case {name}: {view.owed} of {lease.count} still to come; {have}."
        case "requested":
            return f"{_capitalized(have)}, {_compared(lease, view)}; AWS has not closed case {name} yet."
        case "relinquishing":
            going = name_some(view.relinquishing) or "addresses"
            return f"AWS is working on case {name}, which relinquishes {going}; {have}."
        case "over":
            return f"{_capitalized(have)}, {_compared(lease, view)}: {_why_over(lease, view)}."
        case "short":
            return f"The lease holds {len(view.held)} of {pluralize(lease.count)}; {_why_short(lease, view, name)}."
        case _:
            return f"{_capitalized(have)}, as declared."


def _compared(lease: Lease, view: LeaseView) -> str:
    more = len(view.held) - lease.count
    return f"{abs(more)} {'more' if more > 0 else 'fewer'} than declared" if more else "as declared"


def _why_short(lease: Lease, view: LeaseView, closed_case: str) -> str:
    if wants_more(Wish(lease=lease), view):
        return "no case was filed for the rest: run `pulumi up`"
    closed = f"case {closed_case} is closed, and " if closed_case else ""
    return f"{closed}no more are requested until you raise `attempt` or change `count`"


def _why_over(lease: Lease, view: LeaseView) -> str:
    if lease.count != view.memory.count:
        return "no case was filed to relinquish any; run `pulumi up`"
    first = "name the lease's own in `adopt`, and " if view.doubtful else ""
    return f"raise `count` to {len(view.held)} to keep all; to relinquish some, {first}lower it again after that"


def _unconfirmed(lease: Lease, intent: Intent) -> str:
    mark = mark_of(lease.region, intent.number, intent.nonce)
    what = pluralize(intent.asks) if intent.kind == "request" else name_some(intent.addresses)
    verb = "requests" if intent.kind == "request" else "relinquishes"
    return (
        f"A case that {verb} {what} may have been filed as {mark}: AWS's answer was lost, and AWS does not list the "
        f"case yet. Run `pulumi refresh` after {at_utc(intent.at + LISTED_WITHIN)}; until then nothing more is filed."
    )


def _further_sentences(status: Status, lease: Lease, view: LeaseView) -> list[str]:
    said = []
    if view.vanished:
        said.append(f"Gone from the account: {name_some(view.vanished)}.")
    named_already = status == "relinquishing" or (status == "action_required" and question_of(view))
    if view.relinquishing and not named_already:
        said.append(f"{'To be' if status == 'to_file' else 'Being'} relinquished: {name_some(view.relinquishing)}.")
    if view.doubtful:
        said.append(
            f"More arrived than were requested: {name_some(view.doubtful)} may be somebody else's, and the lease "
            "relinquishes none of them until `adopt` names it."
        )
    if view.unmanaged:
        those = "it" if len(view.unmanaged) == 1 else "them"
        said.append(
            f"The account also has {name_some(view.unmanaged)} in {lease.region}, which the lease does not hold; name "
            f"{those} in `adopt` to add {those} to the lease."
        )
    said += [_unfollowed(case, lease, is_own=case.nonce == view.memory.nonce) for case in view.unfollowed]
    if view.seen.unreadable:
        said.append(f"Ignored, not an IPv4 address: {shorten(view.seen.unreadable)}.")
    return said


def _unfollowed(case: Case, lease: Lease, *, is_own: bool) -> str:
    if is_own:
        return (
            f"Case {case.name}, which requested {pluralize(case.asks)} for this lease, is open again: close it in the "
            "Support Center once AWS has answered; until then no more addresses can be requested."
        )
    return (
        f"Case {case.name}, which requests {pluralize(case.asks)}, is open in {lease.region}, and the lease does not "
        "follow it: close it in the Support Center, or AWS will lease and bill addresses that the lease does not hold."
    )


def _here(number: int) -> str:
    return f"the lease holds {pluralize(number) if number else 'no address'}"


def _capitalized(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"
