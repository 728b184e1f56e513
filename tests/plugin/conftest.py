"""An account, and a stack of the native plugin that leases in it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from support.native import NativeStack
from support.process import no_wire

from dedicated_ip_provider.emulator import Emulator, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An empty account, where time passes only as it is told to; a destroy writes forms to an empty folder."""
    monkeypatch.chdir(tmp_path)
    made = Emulator(Settings(), datetime(2026, 11, 24, 12, tzinfo=timezone.utc))
    with no_wire(made):
        yield made


@pytest.fixture
def stack(emulator: Emulator) -> NativeStack:
    """A stack with nothing in it yet."""
    return NativeStack(emulator)
