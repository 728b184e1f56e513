"""One served emulator for all tests, put back to its start before each, and the accounts that lead to it."""

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
    """An emulator behind a port, in whatever state."""
    with start(now=NOON) as running:
        yield running


@pytest.fixture
def emulator(served: RunningEmulator, monkeypatch: pytest.MonkeyPatch) -> RunningEmulator:
    """An emulator as if just started, at noon, to which all AWS clients lead."""
    served.reset()
    nothing_but(monkeypatch, served.environment)
    return served


@pytest.fixture
def today(emulator: RunningEmulator) -> None:
    """Sets the emulator's clock to ours: what it issues for a time must not have ended before."""
    emulator.advance((datetime.now(timezone.utc) - emulator.now).total_seconds())


@pytest.fixture
def ways() -> Iterator[WaysIn]:
    """Makes ways in, and closes them."""
    made = WaysIn()
    yield made
    made.close()


@pytest.fixture
def account(emulator: RunningEmulator, ways: WaysIn) -> Account:
    """The account as at the start of a run; the clock of the run is the emulator's."""
    return ways.account(clock=lambda: emulator.now)
