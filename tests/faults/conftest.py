"""One desk for all cells of the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faults.matrix import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.commands import Terminal


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """A desk and clients, on which the cells of the matrix are played, each once."""
    with Bench() as made:
        yield made


@pytest.fixture
def terminal(bench: Bench) -> Terminal:
    """A user with nothing, at an account with nothing."""
    return bench.terminal()
