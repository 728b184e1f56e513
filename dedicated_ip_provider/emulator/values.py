"""What an AWS account holds: cases, dedicated IP addresses, pools and parameters, as frozen values.

Also the errors of commands, and checks of what a command may contain:

EmulatorError    a command, in process or to the control API, cannot be carried out; nothing was changed
├─ BadCommand    the command is wrong, or impossible in the current state
└─ NotHere       it names something that does not exist
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NewType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

DEFAULT_ACCOUNT = "111122223333"
"""The account of clients whose access key does not name one."""

CaseId = NewType("CaseId", str)
"""A case's id in the API: `case-<account>-<tag>-<year>-<hex>`."""
DisplayId = NewType("DisplayId", str)
"""A case's number in the Support Center."""

OPENED = "opened"
REOPENED = "reopened"
WORK_IN_PROGRESS = "work-in-progress"
PENDING_CUSTOMER_ACTION = "pending-customer-action"
CUSTOMER_ACTION_COMPLETED = "customer-action-completed"
RESOLVED = "resolved"

STAFF = "Amazon Web Services"
"""The author of AWS's messages in the Support API."""

RETENTION = timedelta(days=730)
"""AWS keeps cases for 24 months after creation."""

REOPENS_WITHIN = timedelta(days=14)
"""How long after its resolution a case can be reopened; later, AWS asks for a new one."""


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
    """A case with its messages and its outcome."""

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
    """The addresses whose relinquishment the staff has asked the customer to confirm."""
    resolved_at: datetime | None = None

    @property
    def subject(self) -> str:
        """Return the subject line."""
        return self.form.subject

    @property
    def is_resolved(self) -> bool:
        """Return whether the case is closed."""
        return self.status == RESOLVED

    @property
    def from_customer(self) -> tuple[Communication, ...]:
        """Return the customer's own messages, oldest first."""
        return tuple(said for said in self.communications if said.author != STAFF)


def with_message(case: Case, author: str, body: str, now: datetime) -> Case:
    """Add one message."""
    said = Communication(number=len(case.communications), author=author, body=body, time=now)
    return replace(case, communications=(*case.communications, said))


def with_status(case: Case, status: str, now: datetime) -> Case:
    """Set the case's status; any word is accepted, because AWS may add statuses."""
    if status == case.status:
        return case
    return replace(case, status=status, resolved_at=now if status == RESOLVED else None)


def after_reply(case: Case, *, reopen: bool, now: datetime) -> Case:
    """Change the case's status as a customer's reply does."""
    if case.status == PENDING_CUSTOMER_ACTION:
        return with_status(case, CUSTOMER_ACTION_COMPLETED, now)
    if case.resolved_at is not None and reopen and now - case.resolved_at <= REOPENS_WITHIN:
        return with_status(case, REOPENED, now)
    return case


DEFAULT_POOL = "ses-default-dedicated-pool"
"""SES's default pool, for addresses in no other."""
SHARED_POOL = "ses-shared-pool"
"""SES's pool of shared addresses."""

WARMUP = timedelta(days=45)

ScalingMode = Literal["STANDARD", "MANAGED"]
WarmupStatus = Literal["IN_PROGRESS", "DONE", "NOT_APPLICABLE"]

# The three ranges that RFC 5737 reserves for documentation come first: no mail is ever sent from them.
_RANGES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool that the customer created."""

    region: str
    name: str
    scaling_mode: ScalingMode = "STANDARD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One dedicated IP address of an account."""

    ip: str
    region: str
    pool: str
    since: datetime
    managed: bool = False
    warm: bool = False
    """Whether it was already warm when it arrived."""

    def warmup(self, now: datetime) -> tuple[WarmupStatus, int]:
        """Return the warm-up status in AWS's words, and the percentage (-1: not applicable)."""
        if self.managed:
            return "NOT_APPLICABLE", -1
        age = now - self.since
        if self.warm or age >= WARMUP:
            return "DONE", 100
        return "IN_PROGRESS", 1 + int(99 * (age / WARMUP))


def fresh_numbers() -> Iterator[str]:
    """Yield unique IPv4 addresses, always in the same order."""
    hosts = (ipaddress.IPv4Network(network).hosts() for network in _RANGES)
    return map(str, itertools.chain.from_iterable(hosts))


KEPT_VERSIONS = 100
"""How many versions of a parameter AWS keeps; a new one then drops the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterVersion:
    """One version of a parameter."""

    version: int
    value: str
    description: str
    time: datetime
    user: str
    """The ARN of the user or role that wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of one account and Region."""

    region: str
    name: str
    history: tuple[ParameterVersion, ...]
    """The versions that AWS keeps, oldest first; never empty."""

    @property
    def latest(self) -> ParameterVersion:
        """Return the latest version."""
        return self.history[-1]

    @property
    def version(self) -> int:
        """Return the number of the latest version."""
        return self.latest.version

    @property
    def value(self) -> str:
        """Return the value of the latest version."""
        return self.latest.value


class EmulatorError(Exception):
    """A command that cannot be carried out; nothing was changed."""


class BadCommand(EmulatorError):
    """The command is wrong, or impossible in the current state."""


class NotHere(EmulatorError):
    """The command names something that does not exist."""


MAX_BODY = 8_000
"""The most characters of one message (Support API, `communicationBody`)."""

MOST_AT_ONCE = 10_000
"""The most addresses that can be added at once."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


def checked_text(text: str) -> str:
    """Return a message if AWS would accept it; else raise `BadCommand`."""
    if not 0 < len(text) <= MAX_BODY:
        raise BadCommand(f"a message has 1 to {MAX_BODY} characters, not {len(text)}")
    return text


def checked_count(count: int) -> int:
    """Return a number of addresses if that many can be added at once; else raise `BadCommand`."""
    if not 0 <= count <= MOST_AT_ONCE:
        raise BadCommand(f"a count of addresses is a number from 0 to {MOST_AT_ONCE}, not {count}")
    return count


def checked_account(account: str) -> str:
    """Return a well-formed account ID; else raise `BadCommand`, since a misspelt account would stay empty."""
    if not _ACCOUNT.fullmatch(account):
        raise BadCommand(f"an account has 12 digits, not {account!r}")
    return account


def checked_region(region: str) -> str:
    """Return a well-formed Region; else raise `BadCommand`, since no client would look in a misspelt Region."""
    if not _REGION.fullmatch(region):
        raise BadCommand(f"a Region has the form eu-west-1, not {region!r}")
    return region
