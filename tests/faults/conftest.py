"""Where the tests of faults run."""

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


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A destroy with console filing writes its forms to where it runs."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An empty account, where time passes only as it is told to."""
    made = Emulator(Settings(), datetime(2026, 11, 2, 12, tzinfo=timezone.utc))
    with no_wire(made):
        yield made


@pytest.fixture
def stack(emulator: Emulator) -> Stack:
    """A stack with nothing in it yet."""
    return Stack(emulator)
