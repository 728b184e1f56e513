"""Leases, cases and addresses to try things on; a test names only what matters to it."""

from __future__ import annotations

from typing import Any

from dedicated_ip_provider.lease import Case, DedicatedIp, Lease, Past, Seen, UseCase

ACCOUNT = "111122223333"
REGION = "eu-west-1"
IRELAND = "Europe (Ireland)"
KEY = f"organization/shop/prod/eu/{REGION}"
OTHER_KEY = f"organization/shop/prod/other/{REGION}"
A, B, C, D, E = (f"192.0.2.{number}" for number in range(1, 6))

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
    """Give what a user declares."""
    return Lease(**{"key": KEY, "region": REGION, "count": count, "use_case": USE_CASE, **others})


def past(count: int = 3, **others: Any) -> Past:
    """Give what the state remembers."""
    values = {"count": count, "attempt": 1, "account_id": ACCOUNT, **others}
    values.setdefault("release_order", values.get("addresses", ()))
    return Past(**values)


def request(number: int = 1, asks: int = 3, status: str = "opened", **others: Any) -> Case:
    """Give a case that asks for addresses."""
    return _case("request", number, status, {"asks": asks, "total": asks, **others})


def stepped_back(number: int, **others: Any) -> Case:
    """Give a request that was called off at once, since another one was open."""
    return request(number, asks=0, status="resolved", withdrawn=True, stepped_back=True, **others)


def relinquish(*returns: str, number: int = 2, status: str = "opened", total: int = 0, **others: Any) -> Case:
    """Give a case that gives addresses back."""
    return _case("relinquish", number, status, {"returns": returns, "total": total, **others})


def _case(kind: str, number: int, status: str, others: dict[str, Any]) -> Case:
    return Case(
        **{
            "id": f"case-{ACCOUNT}-{number}",
            "display_id": f"17{number:08}",
            "status": status,
            "filed_at": f"2026-11-24T{number:02}:00:00.000Z",
            "lease_key": KEY,
            "region": REGION,
            "number": number,
            "kind": kind,
            "attempt": 1,
            **others,
        }
    )


def address(
    ip: str, pool: str | None = "ses-default-dedicated-pool", warm: int = 10, *, managed: bool = False
) -> DedicatedIp:
    """Give an address as SES lists it."""
    return DedicatedIp(ip=ip, pool=pool, warmup_percentage=-1 if managed else warm, managed=managed)


def seen(*addresses: str | DedicatedIp, cases: tuple[Case, ...] = ()) -> Seen:
    """Give what AWS shows."""
    listed = tuple(address(each) if isinstance(each, str) else each for each in addresses)
    return Seen(account_id=ACCOUNT, addresses=listed, cases=cases)
