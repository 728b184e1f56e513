"""The plot: seconds by number of resources, a line for each command and side. Plain SVG, in the reader's colours."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 250, 20, 50
SECONDS: Final = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
LEGEND_STEP: Final = 22

HEAD: Final = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"\
 aria-labelledby="title about">
<title id="title">Seconds of a command by the number of leases in the stack</title>
<desc id="about">{{about}}</desc>
<style>
  svg {{{{ background: #fff; }}}}
  text {{{{ font: 13px sans-serif; fill: #222; }}}}
  .grid {{{{ stroke: #ddd; }}}}
  .line {{{{ fill: none; stroke-width: 2; }}}}
  .side1 {{{{ stroke-dasharray: 6 4; }}}}
  .side2 {{{{ stroke-dasharray: 2 3; }}}}
  .command0 {{{{ stroke: #b3400a; }}}}
  .command1 {{{{ stroke: #0a5fb3; }}}}
  @media (prefers-color-scheme: dark) {{{{
    svg {{{{ background: #1a1c1e; }}}}
    text {{{{ fill: #ddd; }}}}
    .grid {{{{ stroke: #444; }}}}
    .command0 {{{{ stroke: #ff9a62; }}}}
    .command1 {{{{ stroke: #6cb6ff; }}}}
  }}}}
</style>"""

Points = dict[int, float]
"""Seconds by number of resources."""


class Axes:
    """Two logarithmic axes: where a number of resources and a number of seconds are on the paper."""

    def __init__(self, counts: Sequence[int], most: float) -> None:
        """Take the numbers of resources, smallest first, and the most seconds to be shown."""
        self.counts = counts
        self.ticks = [tick for tick in SECONDS if tick < most]
        self.ticks.append(SECONDS[len(self.ticks)])

    def x(self, count: float) -> float:
        """Give how far to the right a number of resources is."""
        share = _share(count, self.counts[0], self.counts[-1])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        """Give how far down a number of seconds is."""
        share = _share(seconds, self.ticks[0], self.ticks[-1])
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def drawn(self) -> list[str]:
        """Draw them, and the grid."""
        lines = [_grid(f"M{LEFT} {self.y(tick):.1f}H{WIDTH - RIGHT}") for tick in self.ticks]
        lines += [_grid(f"M{self.x(count):.1f} {TOP}V{HEIGHT - BOTTOM}") for count in self.counts]
        lines += [_text(LEFT - 8, self.y(tick) + 4, f"{tick:g} s", "end") for tick in self.ticks]
        lines += [_text(self.x(count), HEIGHT - BOTTOM + 18, f"{count}", "middle") for count in self.counts]
        return [*lines, _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "leases, or resources beside them", "middle")]


def plot(lines: Mapping[tuple[str, str], Points]) -> str:
    """Draw a line for each command and side; a command has a colour, and a side its dashes."""
    axes = Axes(
        sorted({count for points in lines.values() for count in points}),
        max(seconds for points in lines.values() for seconds in points.values()),
    )
    commands, sides = (list(dict.fromkeys(names)) for names in zip(*lines, strict=True))
    parts = [HEAD.format(about=escape(in_words(lines))), *axes.drawn()]
    for number, ((command, side), points) in enumerate(lines.items()):
        look = f'class="line command{commands.index(command)} side{sides.index(side)}"'
        way = " ".join(f"{axes.x(count):.1f},{axes.y(seconds):.1f}" for count, seconds in sorted(points.items()))
        height = TOP + 12 + LEGEND_STEP * number
        parts += [
            f'<polyline {look} points="{way}"/>',
            f'<path {look} d="M{WIDTH - RIGHT + 12} {height}h28"/>',
            _text(WIDTH - RIGHT + 48, height + 4, f"{command}, {side}", "start"),
        ]
    return "\n".join([*parts, "</svg>", ""])


def in_words(lines: Mapping[tuple[str, str], Points]) -> str:
    """Say what is drawn, for whoever does not see it."""
    return " ".join(
        f"{command}, {side}: {', '.join(f'{seconds:.1f} s for {count}' for count, seconds in sorted(points.items()))}."
        for (command, side), points in lines.items()
    )


def _share(value: float, least: float, most: float) -> float:
    return math.log(value / least) / math.log(most / least)


def _grid(way: str) -> str:
    return f'<path class="grid" d="{way}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
