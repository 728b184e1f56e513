"""The tables: each measure beside what must be reached, in Markdown, as printed and as documented."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HEADS = ("measure", "leases", "beside", "result", "must be", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: what was measured, what we took, what stands beside it, what came of it, and what must be reached."""

    measure: str
    leases: str
    beside: str = ""
    result: str = ""
    reach: str
    reached: bool


def ratio_row(measure: str, ours: Sequence[float], beside: Sequence[float], most: float) -> Row:
    """Compare runs that were made in pairs, by the median of their ratios."""
    ratios = ratios_of(ours, beside)
    return Row(
        measure=measure,
        leases=spread(ours, " s"),
        beside=spread(beside, " s"),
        result=f"ratio {spread(ratios)}",
        reach=f"at most {most:.2f}",
        reached=statistics.median(ratios) <= most,
    )


def most_row(measure: str, value: float, most: int, unit: str = "", *, result: str = "") -> Row:
    """Hold one number against its bound."""
    return Row(
        measure=measure,
        leases=f"{value:,.0f}{unit}",
        result=result,
        reach=f"at most {most:,}{unit}",
        reached=value <= most,
    )


def ratios_of(ours: Sequence[float], beside: Sequence[float]) -> list[float]:
    """Give the ratio of each pair of runs."""
    return [one / other for one, other in zip(ours, beside, strict=True)]


def differences_of(ours: Sequence[float], beside: Sequence[float]) -> list[float]:
    """Give how much more one run of each pair took."""
    return [one - other for one, other in zip(ours, beside, strict=True)]


def spread(values: Sequence[float], unit: str = "", *, sign: str = "") -> str:
    """Write the median of some numbers, and the smallest and the largest; `sign` may be `+`."""
    middle, least, most = (f"{value:{sign}.2f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{middle}{unit} ({least} to {most})"


def markdown(rows: Iterable[Row]) -> str:
    """Write the table of what must be reached."""
    return grid(
        HEADS,
        (
            (row.measure, row.leases, row.beside, row.result, row.reach, "yes" if row.reached else "**no**")
            for row in rows
        ),
    )


def growth(seconds: Mapping[tuple[str, str], Mapping[int, Sequence[float]]]) -> str:
    """Write what commands took by the number of leases, as the plot draws it."""
    counts = sorted({number for points in seconds.values() for number in points})
    return grid(
        ("command", "resources", *map(str, counts)),
        (
            (command, side, *(spread(points[number], " s") if number in points else "" for number in counts))
            for (command, side), points in seconds.items()
        ),
    )


def grid(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *lines))
