"""What a command leaves behind: what its stack stores of the lease, and what a person reads or files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedicated_ip_provider.case_text.messages import NewCase, form_text, to_write_text
from dedicated_ip_provider.lease.console import to_write
from dedicated_ip_provider.lease.model import mark_of, pluralize
from dedicated_ip_provider.lease.pools import divide, least_valuable_first
from dedicated_ip_provider.lease.status import describe
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import Link, RecordState, State

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.claim import Recorded
    from dedicated_ip_provider.lease.decision import Wish
    from dedicated_ip_provider.lease.model import PendingForm
    from dedicated_ip_provider.lease.ownership import LeaseView
    from dedicated_ip_provider.lease.status import Description


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A lease after a command: what its stack stores, and what a person reads."""

    state: State
    shown: Description


def outcome_of(  # noqa: PLR0913 - the parts of a state
    recorded: Recorded | None,
    view: LeaseView,
    wish: Wish,
    *,
    link: Link | None = None,
    record: RecordState = "held",
    notes: tuple[str, ...] = (),
    last_version: str = "",
) -> Outcome:
    """Return the outcome of a command.

    `link` is the case that its stack referred to before, and `last_version` that of a record which could not be read.
    """
    lease = wish.lease
    said = describe(lease, view, texts=texts_to_file(wish, view), notes=notes)
    case = said.case
    order = least_valuable_first(view.held, view.seen.addresses)
    shown_link = Link(id=case.id, display_id=case.display_id or "", status=case.status) if case else link or Link()
    state = State(
        lease=lease,
        memory=view.memory,
        account_id=view.seen.account_id,
        record_version=recorded.token(lease.region) if recorded else last_version,
        record=record,
        division=divide(wish.division, order, lease.pools, view.seen.addresses),
        order=order,
        due=said.due or record == "missing",
        question=said.question,
        link=shown_link,
    )
    return Outcome(state=state, shown=said)


def texts_to_file(wish: Wish, view: LeaseView) -> tuple[str, ...]:
    """Return what waits for a person to file it: messages in open cases, then forms; nothing without console filing."""
    if wish.lease.filing != "console":
        return ()
    lease = wish.wanted
    region_name = regions().name_of(lease.region)
    messages = [to_write_text(lease, step, region_name) for step in to_write(wish, view)]
    return (*messages, *(filled_form(wish, view, form) for form in view.memory.forms))


def filled_form(wish: Wish, view: LeaseView, form: PendingForm) -> str:
    """Return the text of a pending form."""
    lease = wish.wanted
    # A lease that has ended stored the text of its form.
    if form.text:
        return form.text
    if form.kind == "request" and lease.use_case is None:
        return (
            f"A form that requests {pluralize(form.owed)} waits to be filed, but `use_case` is not known here: see "
            f"`form_text` in the stack of {lease.holder}."
        )
    new = NewCase(
        number=form.number, nonce=form.nonce, have=len(view.seen.here), asks=form.owed, addresses=form.addresses
    )
    text = form_text(lease, new, regions().name_of(lease.region))
    if form.may_be_filed:
        mark = mark_of(lease.region, form.number, form.nonce)
        return f"Search the Support Center for {mark} first: if that case is open, file nothing.\n\n{text}"
    return text
