"""A support case, as AWS keeps it: a frozen value that changes by replacement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import datetime

CaseId = NewType("CaseId", str)
"""What the API calls a case: `case-<account>-<tag>-<year>-<hex>`."""
DisplayId = NewType("DisplayId", str)
"""The number that people see in the Support Center."""

OPENED = "opened"
REOPENED = "reopened"
WORK_IN_PROGRESS = "work-in-progress"
PENDING_CUSTOMER_ACTION = "pending-customer-action"
CUSTOMER_ACTION_COMPLETED = "customer-action-completed"
RESOLVED = "resolved"

STAFF = "Amazon Web Services"
"""How the Support API names the author of what its own people write."""

RETENTION = timedelta(days=730)
"""AWS keeps cases for 24 months after creation."""

REOPENS_WITHIN = timedelta(days=14)
"""Later than this after its resolution, a case stays closed, and AWS asks for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication:
    """One message in a case."""

    number: int
    author: str
    body: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the customer fills in to open a case."""

    subject: str
    body: str
    service_code: str = "general-info"
    category_code: str = "using-aws"
    severity_code: str = "low"
    issue_type: str = "technical"
    language: str = "en"
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case with all that was said in it, and what came of it."""

    id: CaseId
    display_id: DisplayId
    number: int
    account: str
    form: Form
    created: datetime
    status: str
    communications: tuple[Communication, ...]
    granted: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    asked_about: tuple[str, ...] | None = None
    """The addresses that the staff asked the customer to confirm, once it has."""
    resolved_at: datetime | None = None

    @property
    def subject(self) -> str:
        """Give the line that the customer put above the case."""
        return self.form.subject

    @property
    def submitted_by(self) -> str:
        """Name who opened the case."""
        return self.communications[0].author

    @property
    def is_resolved(self) -> bool:
        """Tell whether the case is closed."""
        return self.status == RESOLVED

    @property
    def from_customer(self) -> tuple[Communication, ...]:
        """Give the customer's own messages, oldest first."""
        return tuple(said for said in self.communications if said.author != STAFF)


def with_message(case: Case, author: str, body: str, now: datetime) -> Case:
    """Add one message."""
    said = Communication(number=len(case.communications), author=author, body=body, time=now)
    return replace(case, communications=(*case.communications, said))


def with_status(case: Case, status: str, now: datetime) -> Case:
    """Move the case to a status; any word is a status, as AWS may find new ones."""
    if status == case.status:
        return case
    return replace(case, status=status, resolved_at=now if status == RESOLVED else None)


def after_reply(case: Case, *, reopen: bool, now: datetime) -> Case:
    """Move the case as a reply of the customer's moves it."""
    if case.status == PENDING_CUSTOMER_ACTION:
        return with_status(case, CUSTOMER_ACTION_COMPLETED, now)
    if case.resolved_at is not None and reopen and now - case.resolved_at <= REOPENS_WITHIN:
        return with_status(case, REOPENED, now)
    return case
