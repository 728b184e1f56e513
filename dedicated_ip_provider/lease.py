"""The values of a lease: what is wanted, what the state remembers, what was seen at AWS.

All are frozen; nothing here asks or changes anything. Sources of the facts are named where they are used.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from dedicated_ip_provider.forms import FormName

Kind = Literal["request", "relinquish"]
"""What a case is for: asking for addresses, or giving some back."""

Filing = Literal["support-api", "console"]
"""Who files the cases: we do, or a person does with the form that we fill in."""

PRICE_USD_PER_MONTH: Final = Decimal("24.95")
"""One standard dedicated IP address for a month, in USD (AWS price list of `PRICE_AS_OF`, us-east-1)."""

PRICE_AS_OF: Final = "2026-07-22"

DEFAULT_POOL: Final = "ses-default-dedicated-pool"
"""Where SES keeps the addresses that are in no pool of the user's."""

RESOLVED: Final = "resolved"
UNFILED: Final = "to-file"
"""The status of a case whose form waits to be filed by a person; AWS knows nothing of it yet."""
WAITS_FOR_CUSTOMER: Final = "pending-customer-action"


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
    """What the user declares: how many dedicated IP addresses one lease holds in one Region.

    `key` is `organization/project/stack/name/region` as it was when the lease was created; it never changes.
    """

    key: str
    region: str
    count: int
    use_case: UseCase
    attempt: int = 1
    adopt: tuple[str, ...] = ()
    release_first: tuple[str, ...] = ()
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
        """The lease as a person calls it: its name and its Region."""
        return label_of(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A support case that carries a lease's mark, with what its marked messages say by now.

    `asks` counts the addresses a request asks for beyond `before`, the addresses that the Region had
    when it was filed. `returns` are the addresses that a relinquish case names. `total` and `attempt`
    are what the user had declared. A request that was `withdrawn` asks for what had come by then; it `stepped_back`
    if that was because another one was open. `messages` counts the marked messages, the first included.
    """

    id: str
    display_id: str | None
    status: str
    filed_at: str
    lease_key: str
    region: str
    number: int
    kind: Kind
    total: int
    attempt: int
    asks: int = 0
    before: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    withdrawn: bool = False
    stepped_back: bool = False
    confirmed: bool = False
    messages: int = 1

    @property
    def is_open(self) -> bool:
        """Whether AWS still has the case open; a status that nobody knows counts as open."""
        return self.status != RESOLVED

    @property
    def is_unfiled(self) -> bool:
        """Whether the form still waits for a person to file it, as far as we know."""
        return self.status == UNFILED

    @property
    def waits_for_customer(self) -> bool:
        """Whether AWS waits for an answer of the account's people."""
        return self.status == WAITS_FOR_CUSTOMER

    @property
    def name(self) -> str:
        """The number that people see in the Support Center, or AWS's long id while that is not known."""
        return self.display_id or self.id or "that waits to be filed"

    @property
    def link(self) -> CaseLink:
        """The case as a lease's outputs point to it."""
        return CaseLink(id=self.id, display_id=self.display_id, status=self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class DedicatedIp:
    """One dedicated IP address as SES lists it; `managed` ones come and go by SES's own hand."""

    ip: str
    pool: str | None
    warmup_percentage: int
    managed: bool

    @property
    def is_pooled(self) -> bool:
        """Whether the user put the address into a pool of their own."""
        return self.pool not in (None, DEFAULT_POOL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the Pulumi state remembers of a lease from the last time it was looked at.

    `born_at` says when the resource was created, and so tells a replaced one from its successor. `case_number` is
    the highest number of a case that the state knows of. `unfinished` says that a request was open then, or had left
    a shortfall: what comes after is this lease's. `open_cases` are the cases that were open then, and those whose
    form (in `papers`) waited for a person. `release_order` names the held addresses, those that would be given back
    first in front. `not_taken_back` are held addresses that a case gave back and AWS left here when it closed the case.
    `strangers` are addresses of the Region that no lease was known to hold. `others`, remembered while `unfinished`,
    are those that were not this lease's when cases could last be read.
    """

    count: int
    attempt: int
    account_id: str
    born_at: str = ""
    adopt: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    relinquishing: tuple[str, ...] = ()
    release_order: tuple[str, ...] = ()
    not_taken_back: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    case_number: int = 0
    unfinished: bool = False
    strangers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    confirmation_due: bool = False
    open_cases: tuple[Case, ...] = ()
    papers: tuple[Paper, ...] = ()
    latest: CaseLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """The case that a lease's outputs point to."""

    id: str
    display_id: str | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A text that waits for a person: the form of a case (`message` 0), or a message in an open case."""

    number: int
    message: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What AWS showed: the account, the Region's dedicated IPs, and every marked case of the account.

    Without a paid support plan cases cannot be read; addresses alone decide then.
    """

    account_id: str
    addresses: tuple[DedicatedIp, ...]
    cases: tuple[Case, ...]
    cases_readable: bool = True

    @property
    def here(self) -> frozenset[str]:
        """The addresses that a lease can hold: those that SES does not manage itself."""
        return frozenset(address.ip for address in self.addresses if not address.managed)

    def shows_unfiled(self, case: Case) -> bool:
        """Tell whether a form waits for certain: cases can be read, and it is not among them."""
        return self.cases_readable and case.is_unfiled


def is_account_id(value: object) -> bool:
    """Tell whether something is written as AWS writes the id of an account: a text of 12 digits."""
    return isinstance(value, str) and re.fullmatch("[0-9]{12}", value) is not None


def by_number(addresses: frozenset[str] | set[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Sort IPv4 addresses by their number, as people read them."""
    return tuple(sorted(addresses, key=lambda ip: int(ipaddress.IPv4Address(ip))))


def label_of(lease_key: str) -> str:
    """Name a lease for a person: `eu (eu-west-1)` for `organization/shop/prod/eu/eu-west-1`."""
    *path, region = lease_key.split("/")
    return f"{'/'.join(path[3:])} ({region})"


def monthly_cost_usd(addresses: int) -> float:
    """Give what that many addresses cost, in USD per month."""
    return float(PRICE_USD_PER_MONTH * addresses)


def counted(number: int, noun: str = "dedicated IP address") -> str:
    """Say a number with its noun: `1 dedicated IP address`, `3 dedicated IP addresses`."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
