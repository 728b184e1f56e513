"""An account, and a stack of the native plugin that leases in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stories.conftest import emulator

from plugin.native import NativeStack

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

__all__ = ["emulator", "stack"]


@pytest.fixture
def stack(emulator: Emulator) -> NativeStack:
    """A stack with nothing in it yet."""
    return NativeStack(emulator)
