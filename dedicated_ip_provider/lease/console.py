"""Console filing: which forms are pending, what replaces them, and what a person has to write in open cases.

`ownership` decides when a form is no longer pending: a case carries its mark, or its addresses arrived or are gone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from dedicated_ip_provider.errors import NOTHING_FILED
from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.decision import (
    Amend,
    Confirm,
    Nothing,
    Refuse,
    Resolve,
    Withdraw,
    about_open_request,
    filed_otherwise,
    question_of,
    to_relinquish,
    wants_more,
    why_not_requested,
)
from dedicated_ip_provider.lease.model import Intent, Kind, Memory, PendingForm
from dedicated_ip_provider.lease.ownership import is_recent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dedicated_ip_provider.lease.decision import Action, Wish
    from dedicated_ip_provider.lease.model import RecordedCase
    from dedicated_ip_provider.lease.ownership import LeaseView

ToWrite = Amend | Withdraw | Resolve | Confirm
"""What a person is to do in an open case."""


def before_forms(wish: Wish, view: LeaseView) -> Action:
    """Return what is still done through the Support API before a person takes over."""
    filed = filed_otherwise(view, by_form=False)
    for case in filed:
        if case.kind == "relinquish":
            return Refuse(
                what=f"{wish.lease.label}: case {case.name}, which relinquishes addresses, was filed through the "
                "Support API and is still open, and `filing` is `console` now.",
                next_step=f'{NOTHING_FILED} Set `filing="support-api"` again, or run `pulumi up` again when the case '
                "is closed.",
            )
    return Withdraw(case=filed[0], for_form=True) if filed else Nothing()


def with_forms(wish: Wish, view: LeaseView) -> Memory:
    """Return the memory with the forms that are pending now; a form that is still correct stays as it is."""
    if view.unconfirmed:
        return view.memory
    view = _without_relinquish_forms(view)
    return _with_request_form(wish, view, _with_relinquish_form(wish, view))


def to_write(wish: Wish, view: LeaseView) -> tuple[ToWrite, ...]:
    """Return what a person is to write in open cases before, or besides, filing the forms."""
    found: list[ToWrite] = [Resolve(case=case) for case in view.withdrawn]
    question = question_of(view)
    if wish.lease.confirm_relinquish and question:
        found.append(Confirm(case=question))
    if view.request:
        relinquishes = any(form.kind == "relinquish" for form in view.memory.forms)
        step = about_open_request(wish, view, view.request, nothing_wanted=wish.ending or relinquishes)
        found += [] if isinstance(step, Nothing) else [step]
    return tuple(found)


def why_no_form(wish: Wish, view: LeaseView, after: Memory) -> Refuse | None:
    """Return why the new form that requests addresses cannot be filled in; None if it can, or if there is none."""
    new = next((form for form in after.forms if form.kind == "request" and form not in view.memory.forms), None)
    return why_not_requested(wish.lease, view, new.asks) if new else None


def cases_as_forms(memory: Memory, now: datetime) -> Memory:
    """Return the memory of a lease whose cases can no longer be read: what is open, or may be, waits as a form.

    From then on, its addresses say that it has finished, or the user that it is not wanted any more.
    """
    intent = None if memory.intent and is_recent(memory.intent, now) else memory.intent
    unread: list[Intent | RecordedCase] = [case for case in memory.cases if case.is_open]
    if intent:
        unread.append(intent)
        memory = replace(memory, intent=None, number=intent.number, count=intent.count, attempt=intent.attempt)
    forms = memory.forms
    for kind in get_args(Kind):
        sent = [one for one in unread if one.kind == kind]
        if sent:
            waiting = [form for form in forms if form.kind == kind]
            forms = (*(form for form in forms if form.kind != kind), _as_form([*sent, *waiting]))
    return replace(memory, cases=tuple(case for case in memory.cases if not case.is_open), forms=forms)


def _as_form(sent: Sequence[Intent | RecordedCase | PendingForm]) -> PendingForm:
    latest = max(sent, key=lambda one: one.number)
    return PendingForm(
        number=latest.number,
        nonce=latest.nonce,
        kind=latest.kind,
        asks=sum(one.asks for one in sent),
        arrived=sum(one.arrived for one in sent if not isinstance(one, Intent)),
        addresses=frozenset(ip for one in sent for ip in one.addresses),
        may_be_filed=True,
    )


def without_forms(memory: Memory) -> Memory:
    """Return the memory of a lease that files through the API from now on: what its forms asked for is still wanted."""
    if not memory.forms:
        return memory
    going = sum(len(form.addresses) for form in memory.forms)
    return replace(memory, forms=(), count=(memory.count or 0) + going, attempt=0)


def _without_relinquish_forms(view: LeaseView) -> LeaseView:
    """Return the view with the addresses that forms name counted as held."""
    named = frozenset(ip for form in view.memory.forms for ip in form.addresses)
    return replace(view, held=sort_ips((*view.held, *named.intersection(view.relinquishing))))


def _with_relinquish_form(wish: Wish, view: LeaseView) -> Memory:
    memory = view.memory
    waiting = next((form for form in memory.forms if form.kind == "relinquish"), None)
    others = tuple(form for form in memory.forms if form.kind != "relinquish")
    if waiting:
        more = len(view.held) - wish.count - len(waiting.addresses)
        # Addresses that arrived since then stay, unless the user lowers the count again.
        if more == 0 or (more > 0 and not wish.may_relinquish and not wish.ending):
            return memory
        # The user already decided to relinquish when the first form was filled in.
        wish, view = replace(wish, may_relinquish=True), replace(view, memory=replace(memory, count=None))
    going = to_relinquish(wish, view)
    if not going:
        return replace(memory, forms=others)
    return _with_form(
        memory, others, PendingForm(number=0, nonce=memory.nonce, kind="relinquish", addresses=going), waiting
    )


def _with_request_form(wish: Wish, view: LeaseView, memory: Memory) -> Memory:
    waiting = memory.request_form
    others = tuple(form for form in memory.forms if form.kind != "request")
    missing = wish.count - len(view.held)
    if wish.ending and waiting:
        # A later run that resumes the lease must request these addresses again.
        return replace(memory, forms=others, attempt=0)
    if missing <= 0 or view.request:
        return replace(memory, forms=others)
    if waiting and waiting.owed == missing:
        return memory
    if waiting is None and not wants_more(wish, view):
        return memory
    cases = tuple(case for case in memory.cases if case.kind == "relinquish")
    form = PendingForm(number=0, nonce=memory.nonce, kind="request", asks=missing)
    return _with_form(replace(memory, cases=cases), others, form, waiting)


def _with_form(
    memory: Memory, others: tuple[PendingForm, ...], form: PendingForm, replaces: PendingForm | None
) -> Memory:
    """Return the memory with a pending form; one that replaces another keeps its number, and so its mark."""
    number = replaces.number if replaces else memory.number + 1
    forms = (*others, replace(form, number=number))
    return replace(memory, number=max(memory.number, number), forms=forms)
