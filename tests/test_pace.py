"""AWS's limits on calls a second: what a run does before and after AWS first throttles it. Time is the desk's."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from faults.commands import waiting_is_the_desks
from values import REGION, USE_CASE
from way_in import NOON, WaysIn, nothing_but

from dedicated_ip_provider.aws.pace import Pace
from dedicated_ip_provider.aws.session import Patience
from dedicated_ip_provider.emulator import RunningDesk, start
from dedicated_ip_provider.lease import Lease
from dedicated_ip_provider.reconcile import refresh, settle
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.aws import Account

CODES = sorted(regions().with_ses)[:30]
LONG_AGO = "a case of long ago"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningDesk]:
    """A desk with AWS's limits; what a program waits, passes there and nowhere else."""
    with start(now=NOON) as desk:
        desk.change(rate_limits=True)
        nothing_but(monkeypatch, desk.environment)
        with waiting_is_the_desks(desk):
            yield desk


@pytest.fixture
def ways() -> Iterator[WaysIn]:
    """Ways into the account."""
    ways = WaysIn()
    yield ways
    ways.close()


@pytest.fixture
def account(desk: RunningDesk, ways: WaysIn) -> Account:
    """The account as a run knows it when it starts."""
    return ways.account(clock=lambda: desk.now, patience=Patience())


def leases(codes: list[str]) -> list[Lease]:
    """Declare a lease in each Region."""
    return [Lease(key=f"org/shop/prod/mail/{code}", region=code, count=2, use_case=USE_CASE) for code in codes]


def throttled(desk: RunningDesk) -> list[str]:
    """Name the operations of the calls that the desk throttled."""
    return [entry.operation for entry in desk.log if entry.error in ("ThrottlingException", "TooManyRequestsException")]


def waited(desk: RunningDesk) -> float:
    """Give the seconds that passed."""
    return (desk.now - NOON).total_seconds()


def fill(desk: RunningDesk, cases: int) -> None:
    """Let somebody file cases by hand, about something else."""
    desk.change(hourly_case_limit=None)
    for _ in range(cases):
        desk.file_by_hand(LONG_AGO, "How do I ...?")


def test_what_the_limits_allow_does_not_wait(desk: RunningDesk, account: Account) -> None:
    """A run does not slow down before AWS says that it must."""
    fill(desk, 450)
    account.cases()

    assert (5, 0.0) == (len(desk.calls("DescribeCases")), waited(desk))


def test_after_the_first_throttled_call_no_other_is_throttled(desk: RunningDesk, account: Account) -> None:
    """Each page is a call. The sixth is one too many; it waits for the second to pass, as each fifth does."""
    fill(desk, 2_500)
    account.cases()

    assert (["DescribeCases"], 26) == (throttled(desk), len(desk.calls("DescribeCases")))
    assert pytest.approx(4.0) == waited(desk)


def test_a_throttled_call_waits_until_the_runs_own_calls_allow_it(desk: RunningDesk, account: Account) -> None:
    """A second after the fifth last one, and not after AWS said no."""
    for _ in range(5):
        account.read_case("case-1")
    desk.advance(0.6)
    account.read_case("case-1")

    assert 1 == len(throttled(desk))
    assert pytest.approx(1.0) == waited(desk)


def test_a_throttled_call_waits_a_second_where_others_ask_too(
    desk: RunningDesk, account: Account, ways: WaysIn
) -> None:
    """What they ask is not known; and the longer, the more often AWS says no."""
    for _ in range(3):
        ways.account(clock=lambda: desk.now).read_case("case-1")
    desk.advance(0.6)
    for _ in range(3):
        account.read_case("case-1")

    assert 1 == len(throttled(desk))
    assert pytest.approx(1.6) == waited(desk)


def test_ten_leases_are_filed_within_the_limits(desk: RunningDesk, account: Account) -> None:
    """As many as AWS takes in an hour, four at a time: each is filed once, and two calls are throttled at most."""
    with ThreadPoolExecutor(4) as threads:
        told: list[str] = []
        outlooks = list(threads.map(lambda lease: settle(account, lease, None, told.append), leases(CODES[:10])))

    assert ["requested"] * 10 == [outlook.status for outlook in outlooks]
    assert (10, 10) == (len(desk.cases()), len(told))
    assert 2 >= len(throttled(desk))
    assert 6.0 > waited(desk)


def test_a_refresh_of_thirty_regions_waits_for_nothing(desk: RunningDesk, account: Account) -> None:
    """SES's limit is one call a second in each Region, and a lease needs one."""
    desk.change(rate_limits=False, hourly_case_limit=None)
    pasts = [settle(account, lease, None, lambda _: None).past for lease in leases(CODES)]
    desk.change(rate_limits=True)
    account.forget_cases()
    desk.advance(5)
    before = waited(desk)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda lease, past: refresh(account, lease, past), leases(CODES), pasts))

    assert ([], 0.0) == (throttled(desk), waited(desk) - before)


def test_a_region_that_is_asked_again_at_once_waits_a_second(desk: RunningDesk, account: Account) -> None:
    """AWS throttles the second call, and none after it; other Regions are not slowed down."""
    for _ in range(3):
        account.addresses(REGION)
    account.addresses("eu-central-1")

    assert ["GetDedicatedIps"] == throttled(desk)
    assert pytest.approx(2.0) == waited(desk)


def test_a_throttled_case_is_filed_when_the_second_is_over(desk: RunningDesk, account: Account) -> None:
    """AWS did not carry it out, so it may be sent again; nobody reads of it."""
    fill(desk, 450)
    account.cases()
    [lease] = leases([REGION])

    outlook = settle(account, lease, None, lambda _: None)

    assert ("requested", 451) == (outlook.status, len(desk.cases()))
    assert 1 == len(throttled(desk))


def test_who_comes_first_goes_first() -> None:
    """Calls take turns in the order in which they come, so that none waits for ever."""
    pace = Pace(second=1.0, calls=5)
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
    pace = Pace(second=1.0, calls=5)
    with pytest.raises(KeyError), pace.turn():
        raise KeyError

    with pace.turn():
        pass
