"""Render the measurements as a Markdown table and an SVG chart, and insert them into a page."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MARK: Final = "<!-- written by `make bench ARGS=--write` -->"
HEADS: Final = ("measure", "leases", "beside", "result", "must be", "reached")

_WIDTH, _LEFT, _BAR, _GAP = 720, 210, 14, 18
_COLOURS: Final = {"leases": "#b3400a", "native": "#2f7d32", "nothing": "#0a5fb3"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the measure, the figure for leases, the figure beside it, the result, and the bound."""

    measure: str
    leases: str
    beside: str
    result: str
    reach: str
    reached: bool


def most_row(measure: str, value: float, most: int, unit: str = "") -> Row:
    """Return the row of one number and its bound."""
    return Row(measure, f"{value:,.0f}{unit}", "", "", f"at most {most:,}{unit}", reached=value <= most)


def spread(values: Sequence[float], unit: str = "") -> str:
    """Return the median of some numbers, with the smallest and the largest."""
    middle, least, most = (f"{value:.2f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{middle}{unit} ({least} to {most})"


def markdown(rows: Iterable[Row]) -> str:
    """Return the table."""
    cells = [
        (row.measure, row.leases, row.beside, row.result, row.reach, "yes" if row.reached else "**no**") for row in rows
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in (HEADS, ["---"] * len(HEADS), *cells))


def chart(seconds: Mapping[str, Mapping[str, float]]) -> str:
    """Return a chart with a bar for each command and side, proportional to its seconds."""
    most = max(value for sides in seconds.values() for value in sides.values())
    parts, y = [], _GAP
    for command, sides in seconds.items():
        parts.append(_text(_LEFT - 8, y + _BAR, command.replace("`", ""), "end"))
        for side, value in sides.items():
            width = (_WIDTH - _LEFT - 130) * value / most
            parts.append(f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="{_BAR}" fill="{_COLOURS[side]}"/>')
            parts.append(_text(_LEFT + width + 6, y + _BAR - 3, f"{value:.2f} s, {side}", "start"))
            y += _BAR
        y += _GAP
    about = "; ".join(
        f"{command}: {', '.join(f'{value:.2f} s for {side}' for side, value in sides.items())}"
        for command, sides in seconds.items()
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" role="img" aria-label="{escape(about)}">'
        f'<rect width="{_WIDTH}" height="{y}" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _text(x: float, y: float, words: str, anchor: str) -> str:
    look = 'font-family="sans-serif" font-size="13" fill="#222"'
    return f'<text x="{x:.0f}" y="{y}" text-anchor="{anchor}" {look}>{escape(words)}</text>'


def write_between_marks(page: Path, text: str) -> None:
    """Replace the text between the two marks of a page."""
    before, _, after = page.read_text(encoding="utf-8").split(MARK)
    page.write_text(f"{before}{MARK}\n\n{text}\n\n{MARK}{after}", encoding="utf-8")
