"""Tables of a specification: one test for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(names: str, rows: Sequence[tuple[Any, ...]]) -> pytest.MarkDecorator:
    """Run a test for each row; `names` are the columns, and the first column, usually `reason`, is the test's id."""
    return pytest.mark.parametrize(names, rows, ids=[row[0] for row in rows])
