"""What AWS lists comes in no order, twice, with words and fields that nobody knows, too slowly, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, steps
from support.process import Process
from support.stacks import marked

from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.stacks import Done, Stack

    from dedicated_ip_provider.emulator import Emulator


@pytest.mark.parametrize(
    "odd",
    [
        {"shuffled_lists": True},
        {"repeated_items": True},
        {"extra_fields": True},
        {"shuffled_lists": True, "repeated_items": True, "extra_fields": True},
    ],
    ids="-".join,
)
def test_a_list_is_read_whatever_its_order(emulator: Emulator, stack: Stack, odd: dict[str, bool]) -> None:
    """Unordered and repeated pages, and fields that no model knows, among 200 cases and 120 addresses of others."""
    emulator.change(hourly_case_limit=None)
    for number in range(200):
        emulator.file_by_hand(f"Question {number}", "How do I read my bill?")
    emulator.lease(REGION, 120)
    emulator.change(**odd)

    stack.up(eu={"count": 3})
    ours = emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    assert ("active", list(ours)) == (stack["eu"]["status"], stack["eu"]["addresses"])
    stack.up(eu={"count": 1})

    assert set(ours[:2]) == filed(emulator)[-1].named
    assert [] == stack.changes(eu={"count": 1})


@pytest.mark.parametrize("operation", ["DescribeCases", "GetDedicatedIps"])
def test_a_page_that_is_gone_ends_the_run_before_anything_is_filed(
    emulator: Emulator, stack: Stack, operation: str
) -> None:
    """Half a list is no list: an expired page token stops the run, and the next one asks from the start."""
    emulator.change(hourly_case_limit=None)
    if operation == "DescribeCases":
        for number in range(101):
            emulator.file_by_hand(f"Question {number}", "How do I read my bill?")
    emulator.lease(REGION, 101 if operation == "GetDedicatedIps" else 0)
    emulator.change(token_life=0)

    assert "Nothing was filed." in stack.up(eu={"count": 3}).error

    assert [] == steps(emulator)
    emulator.change(token_life=None)
    assert "" == stack.up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)


def test_a_status_that_nobody_knows_is_an_open_case(emulator: Emulator, stack: Stack) -> None:
    """A word that AWS adds one day neither closes a case nor files another."""
    stack.up(eu={"count": 3})
    emulator.set_status(marked(emulator)[0].id, "pending-some-new-team")

    stack.refresh()
    assert ("requested", "pending-some-new-team") == (stack["eu"]["status"], stack["eu"]["case_status"])

    stack.up(eu={"count": 4})
    assert ["request amend"] == steps(emulator)


def test_awss_rate_limits_slow_a_run_down_and_nothing_else(emulator: Emulator, stack: Stack) -> None:
    """Five Support calls a second and one SES call: what is throttled is asked again."""
    emulator.change(rate_limits=True)
    commands: tuple[Callable[[], Done], ...] = (
        lambda: stack.up(eu={"count": 3}),
        lambda: stack.up(eu={"count": 4}),
        stack.refresh,
        stack.destroy,
    )

    for command in commands:
        # Somebody else in the account asks, too.
        account = Process(emulator).provider._operations._accounts_of_the_run().get(REGION, None, None)
        for _ in range(5):
            account.forget_cases()
            account.cases()
        account.addresses(REGION)
        assert "" == command().error

    assert {"ThrottlingException", "TooManyRequestsException"} <= {entry.error for entry in emulator.log}
    assert ["request amend withdraw"] == steps(emulator)


def test_ten_cases_an_hour_are_filed_and_the_others_an_hour_later(emulator: Emulator, stack: Stack) -> None:
    """Of twelve new leases, the eleventh is told when to run again; then it, and only what is left, is filed."""
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
