"""What an account allows: pages of a list for a while, ten new cases an hour, and one lease in a Region."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from support.bags import bag
from support.filed import REGION, steps
from support.process import Process, no_wire
from support.stacks import Stack

from dedicated_ip_provider.emulator import Emulator, Settings
from dedicated_ip_provider.provider import DedicatedIpError
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An empty account whose clock only the test moves."""
    made = Emulator(Settings(), datetime(2026, 11, 2, 12, tzinfo=timezone.utc))
    with no_wire(made):
        yield made


@pytest.mark.parametrize("operation", ["DescribeCases", "GetDedicatedIps"])
def test_a_page_token_that_has_expired_ends_the_run_before_anything_is_filed(
    emulator: Emulator, operation: str
) -> None:
    """Half a list is not a list; the next run reads it from the start."""
    stack = Stack(emulator)
    emulator.change(hourly_case_limit=None)
    for number in range(101 if operation == "DescribeCases" else 0):
        emulator.file_by_hand(f"Question {number}", "How do I read my bill?")
    emulator.lease(REGION, 101 if operation == "GetDedicatedIps" else 0)
    emulator.change(token_life=0)

    assert "Nothing was filed." in stack.up(eu={"count": 3}).error

    assert [] == steps(emulator)
    emulator.change(token_life=None)
    assert "" == stack.up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)


def test_ten_cases_an_hour_are_filed_and_the_others_an_hour_later(emulator: Emulator) -> None:
    """Of twelve new leases the eleventh fails and says when to run again; the next run files only what is left."""
    stack = Stack(emulator)
    leases = {code: {"count": 3, "region": code} for code in sorted(regions().with_ses)[:12]}

    refusal = stack.up(**leases).error
    emulator.advance(3_601)
    done = stack.up(**leases)

    assert refusal == (
        "AWS accepts 10 new cases an hour, and account 111122223333 has reached that limit.\n"
        "Nothing was filed. Run the same command again after 13:00 UTC: it continues where it stopped."
    )
    assert ("", ["request"] * 12) == (done.error, steps(emulator))
    assert [] == stack.changes(**leases)


def test_two_leases_of_one_region_and_account_file_one_case(emulator: Emulator) -> None:
    """Even in two threads: if two profiles lead to one account, only the record shows it, not the check of the program."""
    provider = Process(emulator).provider

    def create(holder: str) -> str:
        try:
            return str(provider.create(provider.check({}, bag(holder=holder)).inputs).outs["status"])  # type: ignore[index]  # it has
        except DedicatedIpError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(create, ("shop/prod/eu", "shop/prod/more")))

    [refused] = [end for end in ends if end != "requested"]
    assert "account 111122223333 has one lease in eu-west-1, and shop/prod/" in refused
    assert ["request"] == steps(emulator)
