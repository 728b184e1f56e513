"""Pulumi's property bags for tests: inputs as a program gives them, and values as they come back from Pulumi."""

from __future__ import annotations

from typing import Any

from pulumi.output import Unknown

HOLDER = "shop/prod/eu"
REGION = "eu-west-1"
UNKNOWN: Any = Unknown()  # type: ignore[no-untyped-call]  # the SDK's

FORM = {
    "mail_type": "TRANSACTIONAL",
    "website_url": "https://example.com",
    "description": "Order and shipping mails for our shop, 400,000 a day.",
    "why_dedicated": "Our partners allow-list sender addresses.",
    "opt_in": "Customers tick a box at check-out and confirm by mail.",
    "bounce_complaints": "SNS feeds a suppression list within a minute.",
    "complies_with_aup": True,
}


def bag(**changes: Any) -> dict[str, Any]:
    """Return the inputs of a lease as Pulumi passes them; a change to None leaves the input out."""
    given = {"holder": HOLDER, "region": REGION, "count": 3.0, "use_case": FORM, **changes}
    return {key: value for key, value in given.items() if value is not None}


def form(**changes: Any) -> dict[str, Any]:
    """Return a use case; a change to None leaves the field out."""
    return {key: value for key, value in {**FORM, **changes}.items() if value is not None}


def over_the_wire(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as they come back from Pulumi: every number is a float, and None has vanished."""

    def wired(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: wired(item) for key, item in value.items() if item is not None}
        if isinstance(value, (list, tuple)):
            return [wired(item) for item in value]
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    return dict(wired(values))
