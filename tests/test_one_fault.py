"""One part's fault stays its own: a Region that is not enabled, throttled or down fails its own leases alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from support.bags import REGION, bag
from support.plugin import CallFailed, running
from way_in import NOON, nothing_but

from dedicated_ip_provider.aws import Accounts, RetryPolicy
from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, RunningEmulator, start
from dedicated_ip_provider.errors import LeaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningEmulator]:
    """An account at AWS, to which all clients lead."""
    with start(now=NOON) as emulator:
        nothing_but(monkeypatch, emulator.environment)
        yield emulator


NO_WAIT: Final = RetryPolicy(questions=1, after_throttle=(), second=0.0)
AWAY: Final = "ap-east-1"
REGIONAL: Final[dict[str, str]] = {
    "not enabled": f"AWS refused {{}} ({AWAY}): UnrecognizedClientException: ",
    "throttled": f"AWS is throttling {{}} ({AWAY}): ",
    "down": f"AWS failed at {{}} ({AWAY}): ",
}


def spoil(emulator: RunningEmulator, how: str) -> None:
    """Let a Region be like this."""
    if how == "not enabled":
        emulator.change(disabled_regions=[AWAY])
    else:
        emulator.fault({"throttled": "throttling", "down": "unavailable"}[how], region=AWAY, times=None)


@pytest.mark.parametrize("how", REGIONAL)
@pytest.mark.parametrize("order", [(AWAY, REGION), (REGION, AWAY)])
def test_a_regions_fault_stays_its_own(emulator: RunningEmulator, how: str, order: tuple[str, str]) -> None:
    """Whichever lease comes first: what is asked once for a run is asked where AWS Support is."""
    spoil(emulator, how)
    emulator.lease(REGION, 1)
    accounts = Accounts(StackConfig(), lambda: NOON, NO_WAIT)

    seen: dict[str, Any] = {}
    for region in order:
        account = accounts.get(region, None, None)
        assert (DEFAULT_ACCOUNT, ()) == (account.id, account.cases())
        try:
            seen[region] = account.addresses(region)
        except LeaseError as error:
            seen[region] = error.what

    assert str(seen[AWAY]).startswith(REGIONAL[how].format("ses:GetDedicatedIps"))
    assert 1 == len(list(seen[REGION]))


def test_a_region_that_is_not_enabled_is_named_as_that(emulator: RunningEmulator, tmp_path: Path) -> None:
    """In a real plugin process: its lease fails, with what to do; the next one does not."""
    spoil(emulator, "not enabled")
    with running(tmp_path, emulator.environment) as plugin:
        plugin.configure()
        away, _ = plugin.check({}, bag(region=AWAY, count=0.0))
        here, _ = plugin.check({}, bag(holder="shop/prod/other", count=0.0))
        with pytest.raises(CallFailed) as failed:
            plugin.create(away)
        plugin.create(here)

    what, next_step = str(failed.value).strip().splitlines()[-2:]
    assert f" ({AWAY}): UnrecognizedClientException: " in what
    assert f"Enable the Region {AWAY} in the account's settings: it is not enabled." in next_step


@pytest.mark.usefixtures("emulator")
def test_leases_of_two_partitions_do_not_share_an_account() -> None:
    """Credentials are good in one of them: who asks in the other must not ask for both."""
    accounts = Accounts(StackConfig(), lambda: NOON)

    assert accounts.get("eu-west-1", None, None) is accounts.get("eu-west-3", None, None)
    assert accounts.get("eu-west-1", None, None) is not accounts.get("cn-north-1", None, None)
