"""The values of a lease: what is declared, what is remembered, and what AWS showed.

All are frozen; nothing here calls AWS or changes anything. Each fact names its source where it is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["request", "relinquish"]
"""What a case is for: requesting addresses, or relinquishing some."""

Filing = Literal["support-api", "console"]
"""Who files the cases: this package, or a person with the form that it fills in."""

FormName = Literal["ses", "pinpoint-email"]
"""Which of AWS's procedures a case follows."""

Addresses = frozenset[str]

RESOLVED: Final = "resolved"
WAITS_FOR_CUSTOMER: Final = "pending-customer-action"

SHOWN_AT_MOST: Final = 5
"""How many addresses a sentence names; it only counts the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one standard dedicated IP address costs per month, and the source of that figure."""

    usd: Decimal
    source: str

    @property
    def each(self) -> str:
        """Return the price as messages show it: `24.95 each, AWS's price in us-east-1 of 2026-07-22`."""
        return f"{self.usd:f} each, {self.source}"


LIST_PRICE: Final = Price(usd=Decimal("24.95"), source="AWS's price in us-east-1 of 2026-07-22")
"""What AWS's price list says (usage type `DIP-Hours`); it differs by Region, and only this one was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCase:
    """What AWS's form asks about the mail: kind, website, description, and how recipients are treated."""

    mail_type: str
    website_url: str
    description: str
    why_dedicated: str
    opt_in: str
    bounce_complaints: str
    complies_with_aup: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a program declares for one account and Region. `holder` is the resource's path, `project/stack/name`."""

    holder: str
    region: str
    count: int
    pools: Mapping[str, int] = field(default_factory=dict)
    use_case: UseCase | None = None
    attempt: int = 1
    adopt: tuple[str, ...] = ()
    relinquish_first: tuple[str, ...] = ()
    take_over_from: str | None = None
    max_send_rate: float | None = None
    contact_language: str = "en"
    cc_email_addresses: tuple[str, ...] = ()
    confirm_relinquish: bool = False
    form: FormName = "ses"
    filing: Filing = "support-api"
    profile: str | None = None
    role_arn: str | None = None

    @property
    def label(self) -> str:
        """Return the lease's name and Region as messages show them: `eu (eu-west-1)`."""
        return f"{name_of(self.holder)} ({self.region})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A support case that carries a mark, with what its marked messages say so far.

    `asks` is the total number of addresses that a request asks for; `addresses` are those that a relinquish case names,
    and `parts` is the number of messages that list them for AWS's staff. `messages` counts the marked messages,
    including the first.
    """

    id: str
    display_id: str | None
    status: str
    filed_at: str
    region: str
    number: int
    nonce: str
    kind: Kind
    holder: str = ""
    count: int = 0
    asks: int = 0
    addresses: Addresses = frozenset()
    parts: int = 1
    withdrawn: bool = False
    confirmed: bool = False
    messages: int = 1

    @property
    def is_open(self) -> bool:
        """Whether the case is still open at AWS; an unknown status counts as open."""
        return self.status != RESOLVED

    @property
    def waits_for_customer(self) -> bool:
        """Whether AWS is waiting for a reply from the customer."""
        return self.is_open and self.status == WAITS_FOR_CUSTOMER

    @property
    def asks_to_confirm(self) -> bool:
        """Whether AWS is waiting for a confirmation, not yet given, before it removes the addresses of the case."""
        return self.kind == "relinquish" and self.waits_for_customer and not self.confirmed

    @property
    def is_live_request(self) -> bool:
        """Whether the case is an open request that was not withdrawn."""
        return self.kind == "request" and self.is_open and not self.withdrawn

    @property
    def name(self) -> str:
        """Return the number shown in the Support Center, or AWS's long id until that number is known."""
        return self.display_id or self.id

    @property
    def mark(self) -> str:
        """Return the mark of the case, such as `DIP-eu-west-1-7-k3f9`."""
        return mark_of(self.region, self.number, self.nonce)


@dataclass(frozen=True, slots=True, kw_only=True)
class BareCase:
    """A support case of which AWS shows the mark in its subject, but no message that says what it asks for."""

    id: str
    display_id: str | None
    status: str
    filed_at: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DedicatedIp:
    """One dedicated IP address as SES lists it; SES itself adds and removes the `managed` ones."""

    ip: str
    pool: str | None
    warmup_percentage: int
    managed: bool
    warmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What AWS showed: the account, the Region's dedicated IP addresses, and the marked cases of the Region.

    Without a support plan that includes the Support API the cases cannot be read, and decisions rest on the addresses
    alone. `unreadable` are entries of SES's list that are not IPv4 addresses; they are reported and otherwise ignored.
    """

    account_id: str
    addresses: tuple[DedicatedIp, ...]
    cases: tuple[Case, ...] = ()
    cases_readable: bool = True
    unreadable: tuple[str, ...] = ()

    @property
    def here(self) -> Addresses:
        """Return the addresses that a lease can hold: all but SES's managed ones."""
        return frozenset(address.ip for address in self.addresses if not address.managed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the lease of a Region: the resource's path, the nonce drawn at its creation, and since when."""

    path: str
    nonce: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A case that is about to be filed, recorded beforehand."""

    number: int
    nonce: str
    kind: Kind
    count: int
    attempt: int
    at: datetime
    asks: int = 0
    addresses: Addresses = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCase:
    """A case that a lease follows by its id.

    A request stays recorded while it is unfinished: open, or closed with a shortfall that nothing has changed since.
    `asks` is what it asked for when last observed, and `arrived` is how many of those have arrived. `messages` counts
    the messages sent so far and `parts` those that its list of addresses takes; both are recorded because AWS may not
    list the case yet when the next message is due. `by_form` says that a person filed it.
    """

    id: str
    number: int
    nonce: str
    kind: Kind
    display_id: str | None = None
    asks: int = 0
    arrived: int = 0
    addresses: Addresses = frozenset()
    messages: int = 1
    parts: int = 1
    is_open: bool = True
    by_form: bool = False

    @property
    def name(self) -> str:
        """Return the case's number in the Support Center, or its id if AWS has not shown that yet."""
        return self.display_id or self.id

    @property
    def owed(self) -> int:
        """Return how many addresses the request has still to bring."""
        return max(0, self.asks - self.arrived)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingForm:
    """A form waiting for a person to file it; one that requests addresses counts as an unfinished request.

    `may_be_filed` says that a case may be open that asks for the same, and cannot be read.
    """

    number: int
    nonce: str
    kind: Kind
    asks: int = 0
    arrived: int = 0
    addresses: Addresses = frozenset()
    text: str = ""
    may_be_filed: bool = False

    @property
    def owed(self) -> int:
        """Return how many addresses the form's request has still to bring."""
        return max(0, self.asks - self.arrived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What both the record and the state keep of a lease.

    `serial` grows with each write of the record. `number` is that of the latest case. `count` and `attempt` are the
    ones last acted on; None and 0 until then. `holds` are the lease's addresses, and `doubtful` those of them that
    arrived in excess of what was owed. `knows` are all addresses of the Region when last observed; None if the record
    had no room for them.
    """

    holder: Holder | None
    serial: int = 0
    number: int = 0
    count: int | None = None
    attempt: int = 0
    intent: Intent | None = None
    cases: tuple[RecordedCase, ...] = ()
    forms: tuple[PendingForm, ...] = ()
    holds: Addresses = frozenset()
    doubtful: Addresses = frozenset()
    knows: Addresses | None = frozenset()

    @property
    def nonce(self) -> str:
        """Return the holder's nonce; empty if nobody holds the lease."""
        return self.holder.nonce if self.holder else ""

    @property
    def request(self) -> RecordedCase | None:
        """Return the unfinished request, if there is one."""
        return next((case for case in self.cases if case.kind == "request"), None)

    @property
    def request_form(self) -> PendingForm | None:
        """Return the pending form that requests addresses, if there is one."""
        return next((form for form in self.forms if form.kind == "request"), None)

    @property
    def owed(self) -> int:
        """Return how many addresses the unfinished request, filed or pending as a form, has still to bring."""
        return sum(one.owed for one in (self.request, self.request_form) if one)

    @property
    def greatest_count(self) -> int:
        """Return the greater of the count acted on and the count of the intent."""
        return max(self.count or 0, self.intent.count if self.intent else 0)


def is_account_id(value: object) -> bool:
    """Return whether a value has the form of an AWS account id: a string of 12 digits."""
    return isinstance(value, str) and re.fullmatch("[0-9]{12}", value) is not None


def mark_of(region: str, number: int, nonce: str) -> str:
    """Return the mark of a case, such as `DIP-eu-west-1-7-k3f9`."""
    return f"DIP-{region}-{number}-{nonce}"


def region_of(mark: str) -> str:
    """Return the Region of a mark: `eu-west-1` for `DIP-eu-west-1-7-k3f9`."""
    return mark.removeprefix("DIP-").rsplit("-", 2)[0]


def name_of(holder: str) -> str:
    """Return the resource's name from a holder's path: `eu` for `shop/prod/eu`."""
    return holder.split("/", 2)[-1]


def at_utc(moment: datetime) -> str:
    """Return a time as messages show it: `2026-11-26 14:05 UTC`."""
    return f"{moment.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"


def monthly_cost_usd(addresses: int, price: Price = LIST_PRICE) -> float:
    """Return what that many addresses cost, in USD per month."""
    return float(price.usd * addresses)


def pluralize(number: int, noun: str = "dedicated IP address") -> str:
    """Return a number with its noun: `1 dedicated IP address`, `3 dedicated IP addresses`."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
