"""Tables of a specification: a row each, whose first column is its reason, and its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(names: str, rows: Sequence[tuple[Any, ...]]) -> pytest.MarkDecorator:
    """Run a test for each row; `names` are those of its columns, and `reason` the first."""
    return pytest.mark.parametrize(names, rows, ids=[row[0] for row in rows])
