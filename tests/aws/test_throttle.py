"""AWS's limits on calls a second, before and after AWS first throttles a call. Time is the emulator's."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from support.bags import REGION
from way_in import NOON

from aws.written import lease
from dedicated_ip_provider.aws.session import RetryPolicy
from dedicated_ip_provider.aws.throttle import Throttle
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.reconcile import create, refresh
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from way_in import WaysIn

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import RunningEmulator
    from dedicated_ip_provider.outcome import Outcome

CODES = sorted(regions().with_ses)[:30]
LONG_AGO = "a case of long ago"


@pytest.fixture
def limited(emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch) -> RunningEmulator:
    """An emulator with AWS's limits; waiting moves its clock and takes no time."""

    def monotonic() -> float:
        return emulator.now.timestamp()

    emulator.change(rate_limits=True)
    monkeypatch.setattr(time, "sleep", emulator.advance)
    monkeypatch.setattr(time, "monotonic", monotonic)
    return emulator


@pytest.fixture
def account(limited: RunningEmulator, ways: WaysIn) -> Account:
    """The account as at the start of a run; it waits as long as a command does."""
    return ways.account(clock=lambda: limited.now, retry_policy=RetryPolicy())


def throttled(emulator: RunningEmulator) -> list[str]:
    """Return the operations of the calls that were throttled."""
    return [
        entry.operation for entry in emulator.log if entry.error in ("ThrottlingException", "TooManyRequestsException")
    ]


def waited(emulator: RunningEmulator) -> float:
    """Return the seconds that passed."""
    return (emulator.now - NOON).total_seconds()


def fill(emulator: RunningEmulator, cases: int) -> None:
    """Let somebody file cases about something else by hand."""
    emulator.change(hourly_case_limit=None)
    for _ in range(cases):
        emulator.file_by_hand(LONG_AGO, "How do I ...?")


def test_within_the_limits_no_call_waits(emulator: RunningEmulator, account: Account) -> None:
    """A run does not slow down before AWS throttles it."""
    fill(emulator, 450)
    account.cases()

    assert (5, 0.0) == (len(emulator.calls("DescribeCases")), waited(emulator))


def test_after_the_first_throttled_call_no_other_is_throttled(emulator: RunningEmulator, account: Account) -> None:
    """Each page is a call. The sixth is throttled and waits until the second is over, as does every fifth after it."""
    fill(emulator, 2_500)
    account.cases()

    assert (["DescribeCases"], 26) == (throttled(emulator), len(emulator.calls("DescribeCases")))
    assert pytest.approx(4.0) == waited(emulator)


def test_a_throttled_call_waits_until_the_runs_own_calls_allow_it(emulator: RunningEmulator, account: Account) -> None:
    """A second after the fifth last call, not a second after AWS throttled it."""
    for _ in range(5):
        account.read_case("case-1")
    emulator.advance(0.6)
    account.read_case("case-1")

    assert 1 == len(throttled(emulator))
    assert pytest.approx(1.0) == waited(emulator)


def test_a_throttled_call_waits_a_second_if_others_call_too(
    emulator: RunningEmulator, account: Account, ways: WaysIn
) -> None:
    """Their calls are not known; each time that AWS throttles it again, it waits longer."""
    for _ in range(3):
        ways.account(clock=lambda: emulator.now).read_case("case-1")
    emulator.advance(0.6)
    for _ in range(3):
        account.read_case("case-1")

    assert 1 == len(throttled(emulator))
    assert pytest.approx(1.6) == waited(emulator)


def declare(account: Account, emulator: RunningEmulator, region: str) -> Outcome:
    """Create the lease of a Region."""
    return create(account, lease(region), "k3f9", Run(now=lambda: emulator.now, tell=lambda _: None))


def test_ten_leases_are_filed_within_the_limits(emulator: RunningEmulator, account: Account) -> None:
    """Four at a time: each is filed once, the cases are listed once, and at most two calls are throttled."""
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda region: declare(account, emulator, region), CODES[:10]))

    assert ["requested"] * 10 == [outcome.shown.status for outcome in outcomes]
    assert 10 == len(emulator.cases())
    assert 1 == len([call for call in emulator.calls("DescribeCases") if "afterTime" not in call.parameters])
    assert (1, 1) == (len(emulator.calls("GetCallerIdentity")), len(emulator.calls("DescribeServices")))
    assert 2 >= len(throttled(emulator))
    # Waits of four threads at the same time add up on the emulator's clock: at most one for each lease's second call to
    # SES, one for every five calls to Support, and one for each throttled call.
    assert 10 + 5 + 2 >= waited(emulator)


def test_a_refresh_of_thirty_regions_waits_for_nothing(emulator: RunningEmulator, account: Account) -> None:
    """SES allows one call a second in each Region, and a lease needs one."""
    emulator.change(rate_limits=False, hourly_case_limit=None)
    states = [declare(account, emulator, region).state for region in CODES]
    emulator.change(rate_limits=True)
    account.forget_cases()
    emulator.advance(5)
    before = waited(emulator)

    run = Run(now=lambda: emulator.now, tell=lambda _: None)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda state: refresh(account, state, run), states))

    assert ([], 0.0) == (throttled(emulator), waited(emulator) - before)


def test_a_second_call_to_a_region_waits_a_second(emulator: RunningEmulator, account: Account) -> None:
    """AWS throttles it, and none after it; other Regions are not slowed down."""
    for _ in range(3):
        account.addresses(REGION)
    account.addresses("eu-central-1")

    assert ["GetDedicatedIps"] == throttled(emulator)
    assert pytest.approx(2.0) == waited(emulator)


def test_calls_take_turns_in_the_order_in_which_they_arrive() -> None:
    """So none waits for ever; a call that fails ends its turn, too."""
    throttle = Throttle(second=1.0, calls=5)
    went: list[int] = []

    def go(number: int) -> None:
        with throttle.turn():
            went.append(number)

    threads = [threading.Thread(target=go, args=(number,), daemon=True) for number in range(5)]
    with suppress(KeyError), throttle.turn():
        for thread in threads:
            last = throttle._last_in_line
            thread.start()
            while throttle._last_in_line is last:
                threading.Event().wait(0.001)
        raise KeyError
    for thread in threads:
        thread.join(600)

    assert [0, 1, 2, 3, 4] == went
