"""What the benchmark makes of its measurements; nothing is measured here."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from report import MARK, Row, chart, markdown, most_row, spread, write_between_marks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("value", "reached"), [(94, True), (95, False)])
def test_a_bound_may_be_met_but_not_passed(value: int, reached: bool) -> None:  # noqa: FBT001 - a column of the table
    """At most 94 means that 94 is good."""
    assert reached is most_row("calls", value, 94).reached


def test_what_is_not_reached_stands_out() -> None:
    """The table says of each measure whether it is reached, and a no is bold."""
    table = markdown([most_row("calls", 1, 2), Row("`up`", "1 s", "", "+0.9 s", "at most +0.45 s", reached=False)])

    assert [
        "| calls | 1 |  |  | at most 2 | yes |",
        "| `up` | 1 s |  | +0.9 s | at most +0.45 s | **no** |",
    ] == table.splitlines()[2:]


def test_a_median_stands_with_its_spread() -> None:
    """A figure says how much it varied."""
    assert "1.20 s (1.10 to 12.00)" == spread([1.2, 12.0, 1.1], " s")


def test_the_chart_can_be_read_without_being_seen() -> None:
    """It has all its numbers in words, and a bar for each command and side, the longer the slower."""
    image = ET.fromstring(chart({"`up`": {"leases": 2.0, "nothing": 1.0}}))  # noqa: S314 - our own
    bars = [bar for bar in image if bar.get("y") and bar.tag.endswith("rect")]

    assert "`up`: 2.00 s for leases, 1.00 s for nothing" == image.get("aria-label")
    assert [2.0] == [float(bars[0].attrib["width"]) / float(bars[1].attrib["width"])]


def test_only_what_is_between_the_marks_is_written(tmp_path: Path) -> None:
    """The words around the figures are a person's."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARK}\nold\n{MARK}\nafter\n", encoding="utf-8")

    write_between_marks(page, "new")

    assert f"before\n{MARK}\n\nnew\n\n{MARK}\nafter\n" == page.read_text(encoding="utf-8")
