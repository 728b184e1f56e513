"""Names and figures that all modules of a lease use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from support.tables import table

from dedicated_ip_provider.lease.model import (
    LIST_PRICE,
    Memory,
    Price,
    at_utc,
    is_account_id,
    mark_of,
    monthly_cost_usd,
    name_of,
    pluralize,
    region_of,
)
from lease.values import NONCE, REGION, intent, lease, memory

COUNTS: list[tuple[str, Memory, int]] = [
    ("nothing was acted on", memory(count=None), 0),
    ("what was acted on", memory(count=3), 3),
    ("what was about to be filed wants more", memory(count=3, intent=intent(count=5)), 5),
    ("what was about to be filed wants fewer", memory(count=3, intent=intent("relinquish", count=1)), 3),
]


@table("reason, remembered, expected", COUNTS)
def test_a_count_is_lowered_from_the_greatest_that_a_run_went_for(
    reason: str, remembered: Memory, expected: int
) -> None:
    """The preview of a run that was killed said that addresses would be relinquished."""
    assert expected == remembered.greatest_count, reason


@pytest.mark.parametrize(
    ("value", "expected"),
    [("111122223333", True), ("11112222333", False), ("1111-2222-3333", False), (111122223333, False), (None, False)],
)
def test_an_account_is_a_string_of_12_digits(value: object, *, expected: bool) -> None:
    """A number would lose leading zeros."""
    assert expected == is_account_id(value)


@pytest.mark.parametrize(
    ("holder", "expected"),
    [("shop/prod/eu", "eu"), ("shop/prod/mail/eu", "mail/eu"), ("eu", "eu")],
)
def test_a_lease_is_named_after_its_resource(holder: str, expected: str) -> None:
    """The path is `project/stack/name`, and a name may have slashes."""
    assert expected == name_of(holder)
    assert f"{expected} (eu-west-1)" == lease(holder=holder).label


def test_a_mark_is_a_format() -> None:
    """Open cases contain it."""
    assert "DIP-eu-west-1-7-k3f9" == mark_of(REGION, 7, NONCE)
    assert REGION == region_of("DIP-eu-west-1-7-k3f9")


@pytest.mark.usefixtures("tokyo")
def test_a_time_is_shown_in_utc() -> None:
    """Wherever the command runs."""
    assert "2026-11-26 14:05 UTC" == at_utc(datetime.fromisoformat("2026-11-26T15:05:59+01:00"))


@pytest.mark.parametrize(("addresses", "expected"), [(0, 0.0), (1, 24.95), (3, 74.85), (1_000, 24_950.0)])
def test_a_month_costs_what_aws_lists(addresses: int, expected: float) -> None:
    """Without rounding errors of binary fractions."""
    assert expected == monthly_cost_usd(addresses)


def test_a_price_says_where_it_is_from() -> None:
    """Otherwise it would look like AWS's price in every Region."""
    assert "24.95 each, AWS's price in us-east-1 of 2026-07-22" == LIST_PRICE.each
    assert 59.88 == monthly_cost_usd(2, Price(usd=Decimal("29.94"), source="of a plan"))


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (0, "dedicated IP address", "0 dedicated IP addresses"),
        (1, "dedicated IP address", "1 dedicated IP address"),
        (2, "case", "2 cases"),
    ],
)
def test_a_number_and_its_noun_agree(number: int, noun: str, expected: str) -> None:
    """Singular only for one."""
    assert expected == pluralize(number, noun)
