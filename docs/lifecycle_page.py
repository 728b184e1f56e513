"""Writes what `explanation/lifecycle.md` shows of `lifecycle`: two pictures and a table.

    python docs/lifecycle_page.py

A test fails when what is committed is stale.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from lifecycle import END, START, Step, plain_steps, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE: Final = Path(__file__).parent / "explanation"

WIDTH, HEIGHT = 130, 38
"""A status as it is drawn."""
DOT: Final = 8
"""What a life starts from."""
LINE: Final = 15
"""From one line of a label to the next."""
GAP: Final = 2
"""Between an arrow and a box."""
LABEL: Final = 0.6
"""How far along an arrow its label stands."""
MIDDLE: Final = 5
"""From the middle of a line of text to its base."""


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of something in a picture, and how far it reaches to each side."""

    x: float
    y: float
    across: float = WIDTH / 2
    down: float = HEIGHT / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where the statuses stand, and which acts are drawn between them; `but` are pairs that stay in the table."""

    file: str
    title: str
    size: tuple[int, int]
    places: dict[str, Place]
    acts: frozenset[str]
    but: frozenset[tuple[str, str]]


ASKING: Final = Picture(
    file="lifecycle-asking.svg",
    title="What asking for addresses leads to",
    size=(910, 520),
    places={
        START: Place(40, 260, DOT, DOT),
        "to_file": Place(150, 60),
        "requested": Place(240, 260),
        "action_required": Place(240, 470),
        "active": Place(730, 60),
        "over": Place(730, 260),
        "short": Place(730, 470),
    },
    acts=frozenset(
        {
            "up",
            'up, `filing="console"`',
            "up, higher `count`",
            "up, lower `count`",
            "up, higher `attempt`",
            "you file the form",
            "AWS grants all",
            "AWS grants more",
            "AWS grants some, closes",
            "AWS says no",
            "AWS asks a question",
            "you answer",
        }
    ),
    but=frozenset({("active", "to_file"), ("over", "to_file"), ("short", "to_file")}),
)
GIVING_BACK: Final = Picture(
    file="lifecycle-giving-back.svg",
    title="What giving addresses back leads to",
    size=(910, 460),
    places={
        "active": Place(110, 60),
        "relinquishing": Place(400, 230),
        "over": Place(580, 410),
        "action_required": Place(800, 230),
    },
    acts=frozenset(
        {
            "up, higher `attempt`",
            "up, lower `count`",
            "up, `confirm_relinquish`",
            "AWS asks to confirm",
            "you confirm",
            "AWS removes",
            "AWS closes, removes none",
        }
    ),
    but=frozenset(),
)


def files() -> dict[Path, str]:
    """Give every file with what belongs in it."""
    found = table()
    pictures = {HERE / picture.file: drawn(picture, plain_steps()) for picture in (ASKING, GIVING_BACK)}
    return {**pictures, HERE / "lifecycle-table.md": listed(found)}


def listed(found: dict[Step, None]) -> str:
    """Write a table: for each status, what each act leads to; the plainest situation stands first."""
    after: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in found:
        after[step.before, step.act].append(step.after)
    rows = [
        f"| {status(before)} | {act} | {', '.join(map(status, leads_to))} |"
        for (before, act), leads_to in after.items()
    ]
    return "\n".join(("| from | act | to |", "| --- | --- | --- |", *sorted(rows), ""))


def status(name: str) -> str:
    """Write a status; the start and the end are none."""
    return f"*{name}*" if name in (START, END) else f"`{name}`"


def drawn(picture: Picture, found: Iterable[Step]) -> str:
    """Draw the statuses of a picture and its steps between them."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in found:
        pair = (step.before, step.after)
        if step.act in picture.acts and picture.places.keys() >= set(pair) and pair not in picture.but:
            arrows[pair].append(step.act)
    width, height = picture.size
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(picture.title)}</title>",
        STYLE,
    ]
    for (before, after), acts in arrows.items():
        lines += arrow(picture.places[before], picture.places[after], acts)
    for name, place in picture.places.items():
        lines += box(name, place)
    return "\n".join((*lines, "</svg>", ""))


STYLE: Final = """\
<style>
  text { font: 13px sans-serif; fill: #222; text-anchor: middle; }
  .label { fill: #444; font-size: 12px; paint-order: stroke; stroke: #fff; stroke-width: 4px; }
  .aws { fill: #8a4b00; }
  rect { fill: #eef4fb; stroke: #2f6db0; }
  circle { fill: #222; }
  path { fill: none; stroke: #999; }
  svg { background: #fff; }
</style>
<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto">
<path d="M0,0 L9,4 L0,8 z" style="fill:#999;stroke:none"/></marker></defs>"""


def box(name: str, at: Place) -> Iterator[str]:
    """Draw a status."""
    if name == START:
        yield f'<circle cx="{at.x:g}" cy="{at.y:g}" r="{DOT}"/>'
        return
    yield f'<rect x="{at.x - WIDTH / 2:g}" y="{at.y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    yield f'<text x="{at.x:g}" y="{at.y + MIDDLE:g}">{escape(name)}</text>'


def arrow(start: Place, end: Place, acts: list[str]) -> Iterator[str]:
    """Draw an arrow, a bit to the right of the straight way, so that the way back has room; and what it stands for."""
    length = math.hypot(end.x - start.x, end.y - start.y)
    right = Place(-(end.y - start.y) / length, (end.x - start.x) / length)
    bend = 22 + length / 25
    middle = Place((start.x + end.x) / 2 + right.x * bend, (start.y + end.y) / 2 + right.y * bend)
    tail, tip = edge(start, middle), edge(end, middle)
    way = f"M{tail.x:.0f},{tail.y:.0f} Q{middle.x:.0f},{middle.y:.0f} {tip.x:.0f},{tip.y:.0f}"
    yield f'<path d="{way}" marker-end="url(#tip)"/>'
    at = on_the_way(tail, middle, tip)
    # Beside an arrow that goes up or down, and on one that goes across.
    side = ("end" if right.x < 0 else "start") if abs(end.x - start.x) < WIDTH / 2 else "middle"
    x = at.x + (0 if side == "middle" else math.copysign(8, right.x))
    top = at.y - LINE * (len(acts) - 1) / 2 + MIDDLE
    for number, act in enumerate(acts):
        whose = "label aws" if act.startswith("AWS") else "label"
        where = f'x="{x:.0f}" y="{top + LINE * number:.0f}" style="text-anchor:{side}"'
        yield f'<text class="{whose}" {where}>{escape(act.replace("`", ""))}</text>'


def on_the_way(tail: Place, middle: Place, tip: Place) -> Place:
    """Give the point of an arrow where its label stands: past its middle, where it has left the others."""
    t = LABEL
    first, second, third = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return Place(
        first * tail.x + second * middle.x + third * tip.x,
        first * tail.y + second * middle.y + third * tip.y,
    )


def edge(of: Place, towards: Place) -> Place:
    """Give the point of a box's edge that lies towards another point."""
    x, y = towards.x - of.x, towards.y - of.y
    scale = min(
        (of.across + GAP) / abs(x) if x else math.inf,
        (of.down + GAP) / abs(y) if y else math.inf,
    )
    return Place(of.x + x * scale, of.y + y * scale)


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text)
        print(f"wrote {file.name}")
