"""Leases, memories, cases and addresses for tests; a test names only what matters to it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.lease.model import (
    Case,
    DedicatedIp,
    Holder,
    Intent,
    Lease,
    Memory,
    Observation,
    PendingForm,
    RecordedCase,
    UseCase,
)
from dedicated_ip_provider.lease.ownership import LeaseView, look

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Kind

ACCOUNT = "111122223333"
REGION = "eu-west-1"
PATH = "shop/prod/eu"
NONCE = "k3f9"
OTHER_NONCE = "m4x2"
NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
RESOLVED = "resolved"
PENDING = "pending-customer-action"
A, B, C, D, E, F = (f"192.0.2.{number}" for number in range(1, 7))

HOLDER = Holder(path=PATH, nonce=NONCE, since=NOW - timedelta(days=2))
USE_CASE = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Order and shipping mails for our shop, 400,000 a day.",
    why_dedicated="Our partners allow-list sender addresses.",
    opt_in="Customers tick a box at check-out and confirm by mail.",
    bounce_complaints="SNS feeds a suppression list within a minute.",
    complies_with_aup=True,
)


def lease(count: int = 3, **others: Any) -> Lease:
    """Return what a program declares."""
    return Lease(**{"holder": PATH, "region": REGION, "count": count, "use_case": USE_CASE, **others})


def memory(*holds: str, others: tuple[str, ...] = (), **values: Any) -> Memory:
    """Return the memory of a lease that holds addresses and knows `others` as well."""
    ours = {"holds": frozenset(holds), "knows": frozenset((*holds, *others))}
    return Memory(**{"holder": HOLDER, "number": 1, "count": 3, "attempt": 1, **ours, **values})


def request(number: int = 1, asks: int = 3, status: str = "opened", **others: Any) -> Case:
    """Return a case that requests addresses, as AWS shows it."""
    return _case("request", number, {"asks": asks, "status": status, **others})


def relinquish(*addresses: str, number: int = 2, status: str = "opened", **others: Any) -> Case:
    """Return a case that relinquishes addresses, as AWS shows it."""
    return _case("relinquish", number, {"addresses": frozenset(addresses), "status": status, **others})


def followed(case: Case, **others: Any) -> RecordedCase:
    """Return a case as the memory follows it."""
    names = ("id", "number", "nonce", "kind", "display_id", "asks", "addresses", "is_open")
    return RecordedCase(**{**{name: getattr(case, name) for name in names}, **others})


def intent(kind: Kind = "request", minutes_ago: float = 1, **others: Any) -> Intent:
    """Return a case that was about to be filed some minutes ago: by default another request for 3 addresses."""
    asks = {"asks": 3} if kind == "request" else {}
    at = NOW - timedelta(minutes=minutes_ago)
    return Intent(**{"number": 2, "nonce": NONCE, "kind": kind, "count": 3, "attempt": 1, "at": at, **asks, **others})


def form(*addresses: str, number: int = 2, asks: int = 0, **others: Any) -> PendingForm:
    """Return a pending form: it relinquishes these addresses, or else requests some."""
    kind: Kind = "relinquish" if addresses else "request"
    values = {"number": number, "nonce": NONCE, "kind": kind, "asks": asks, "addresses": frozenset(addresses)}
    return PendingForm(**{**values, **others})


def address(
    ip: str, pool: str | None = "ses-default-dedicated-pool", warm: int = 10, *, managed: bool = False
) -> DedicatedIp:
    """Return an address as SES lists it."""
    return DedicatedIp(ip=ip, pool=pool, warmup_percentage=-1 if managed else warm, managed=managed, warmed=warm == 100)


def seen(*addresses: str | DedicatedIp, cases: tuple[Case, ...] = (), **others: Any) -> Observation:
    """Return what AWS shows."""
    listed = tuple(address(each) if isinstance(each, str) else each for each in addresses)
    return Observation(account_id=ACCOUNT, addresses=listed, cases=cases, **others)


def view(remembered: Memory, observation: Observation) -> LeaseView:
    """Return the lease as seen."""
    return look(remembered, observation, REGION, NOW)


def _case(kind: Kind, number: int, others: dict[str, Any]) -> Case:
    values = {
        "id": f"case-{ACCOUNT}-{number}",
        "display_id": f"17{number:08}",
        "filed_at": f"2026-11-24T{number:02}:00",
    }
    named = {"region": REGION, "number": number, "nonce": NONCE, "kind": kind, "holder": PATH}
    return Case(**{**values, **named, **others})
