"""AWS's limits on calls a second: what a run does before and after AWS first throttles it.

Time is the emulator's.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
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
    """An emulator with AWS's limits; what a program waits, passes there and nowhere else."""

    def monotonic() -> float:
        return emulator.now.timestamp()

    emulator.change(rate_limits=True)
    monkeypatch.setattr(time, "sleep", emulator.advance)
    monkeypatch.setattr(time, "monotonic", monotonic)
    return emulator


@pytest.fixture
def account(limited: RunningEmulator, ways: WaysIn) -> Account:
    """The account as a run knows it when it starts; it waits as long as a command does."""
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
    """Let somebody file cases by hand, about something else."""
    emulator.change(hourly_case_limit=None)
    for _ in range(cases):
        emulator.file_by_hand(LONG_AGO, "How do I ...?")


def test_what_the_limits_allow_does_not_wait(emulator: RunningEmulator, account: Account) -> None:
    """A run does not slow down before AWS says that it must."""
    fill(emulator, 450)
    account.cases()

    assert (5, 0.0) == (len(emulator.calls("DescribeCases")), waited(emulator))


def test_after_the_first_throttled_call_no_other_is_throttled(emulator: RunningEmulator, account: Account) -> None:
    """Each page is a call. The sixth is one too many; it waits for the second to pass, as each fifth does."""
    fill(emulator, 2_500)
    account.cases()

    assert (["DescribeCases"], 26) == (throttled(emulator), len(emulator.calls("DescribeCases")))
    assert pytest.approx(4.0) == waited(emulator)


def test_a_throttled_call_waits_until_the_runs_own_calls_allow_it(emulator: RunningEmulator, account: Account) -> None:
    """A second after the fifth last one, and not after AWS said no."""
    for _ in range(5):
        account.read_case("case-1")
    emulator.advance(0.6)
    account.read_case("case-1")

    assert 1 == len(throttled(emulator))
    assert pytest.approx(1.0) == waited(emulator)


def test_a_throttled_call_waits_a_second_where_others_ask_too(
    emulator: RunningEmulator, account: Account, ways: WaysIn
) -> None:
    """What they ask is not known; and the longer, the more often AWS says no."""
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
    """As many as AWS takes in an hour, four at a time: each is filed once, and two calls are throttled at most."""
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda region: declare(account, emulator, region), CODES[:10]))

    assert ["requested"] * 10 == [outcome.shown.status for outcome in outcomes]
    assert 10 == len(emulator.cases())
    assert 2 >= len(throttled(emulator))
    assert 6.0 > waited(emulator)


def test_a_refresh_of_thirty_regions_waits_for_nothing(emulator: RunningEmulator, account: Account) -> None:
    """SES's limit is one call a second in each Region, and a lease needs one."""
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


def test_a_region_that_is_asked_again_at_once_waits_a_second(emulator: RunningEmulator, account: Account) -> None:
    """AWS throttles the second call, and none after it; other Regions are not slowed down."""
    for _ in range(3):
        account.addresses(REGION)
    account.addresses("eu-central-1")

    assert ["GetDedicatedIps"] == throttled(emulator)
    assert pytest.approx(2.0) == waited(emulator)


def test_a_throttled_case_is_filed_when_the_second_is_over(emulator: RunningEmulator, account: Account) -> None:
    """AWS did not carry it out, so it may be sent again; nobody reads of it."""
    fill(emulator, 450)
    account.cases()
    outcome = declare(account, emulator, REGION)

    assert ("requested", 451) == (outcome.shown.status, len(emulator.cases()))
    assert 1 == len(throttled(emulator))


def test_who_comes_first_goes_first() -> None:
    """Calls take turns in the order in which they come, so that none waits for ever."""
    pace = Throttle(second=1.0, calls=5)
    went: list[int] = []

    def go(number: int) -> None:
        with pace.turn():
            went.append(number)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(5)]
    with pace.turn():
        for thread in threads:
            last = pace._last_in_line
            thread.start()
            while pace._last_in_line is last:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()

    assert [0, 1, 2, 3, 4] == went


def test_a_call_that_fails_gives_the_turn_away() -> None:
    """Whatever happens in it."""
    pace = Throttle(second=1.0, calls=5)
    with pytest.raises(KeyError), pace.turn():
        raise KeyError

    with pace.turn():
        pass
