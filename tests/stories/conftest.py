"""An account, and stacks that lease in it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from support.process import no_wire
from support.stacks import Stack

from dedicated_ip_provider.emulator import Emulator, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An empty account, where time passes only as it is told to; a destroy writes forms to an empty folder."""
    monkeypatch.chdir(tmp_path)
    made = Emulator(Settings(), NOON)
    with no_wire(made):
        yield made


@pytest.fixture
def stack(emulator: Emulator) -> Stack:
    """A stack with nothing in it yet."""
    return Stack(emulator)


@pytest.fixture
def other(emulator: Emulator) -> Stack:
    """Another backend's stack of the same project and name."""
    return Stack(emulator)
