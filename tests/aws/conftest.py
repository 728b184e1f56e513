"""One emulator for all tests, reset before each, and the accounts that use it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from way_in import NOON, WaysIn, nothing_but

from dedicated_ip_provider.emulator import RunningEmulator, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.aws import Account


@pytest.fixture(scope="session")
def served() -> Iterator[RunningEmulator]:
    """An emulator behind a port, in any state."""
    with start(now=NOON) as running:
        yield running


@pytest.fixture
def emulator(served: RunningEmulator, monkeypatch: pytest.MonkeyPatch) -> RunningEmulator:
    """An emulator that has just started, at noon, for all AWS clients."""
    served.reset()
    nothing_but(monkeypatch, served.environment)
    return served


@pytest.fixture
def today(emulator: RunningEmulator) -> None:
    """Sets the emulator's clock to ours: credentials that it issues must not have expired already."""
    emulator.advance((datetime.now(timezone.utc) - emulator.now).total_seconds())


@pytest.fixture
def ways() -> Iterator[WaysIn]:
    """Makes accounts and sessions, and closes them."""
    made = WaysIn()
    yield made
    made.close()


@pytest.fixture
def account(emulator: RunningEmulator, ways: WaysIn) -> Account:
    """The account as at the start of a run, with the emulator's clock."""
    return ways.account(clock=lambda: emulator.now)
