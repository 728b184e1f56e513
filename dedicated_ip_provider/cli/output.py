"""What is printed: tables for people, JSON for programs, and nothing that could steer a terminal.

Data goes to stdout, everything else to stderr. rich leaves colours out where there is no terminal, and where
NO_COLOR is set.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | Text

_WIDE: Final = 10_000


def say(text: str = "") -> None:
    """Print data, or a text for the person who asked."""
    click.echo(text)


def note(text: str) -> None:
    """Print a remark that is no part of the data."""
    click.echo(text, err=True)


def say_json(value: object) -> None:
    """Print data for a program."""
    say(json.dumps(value, indent=2))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Sequence[str] = ()) -> None:
    """Print a table, a line a row; on a terminal long cells are folded, elsewhere lines are as long as they are.

    The columns named in `numbers` are set to the right.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    folded = console.is_terminal
    if not folded:
        console.width = _WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        justify = "right" if column in numbers else "left"
        table.add_column(column, justify=justify, no_wrap=not folded, overflow="fold")  # type: ignore[arg-type]  # one of rich's words
    for row in rows:
        table.add_row(*row)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        say(line.rstrip())


def say_line(line: Text) -> None:
    """Print a line with colours in it, however long it is."""
    console = Console(highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(line, soft_wrap=True, end="")
    say(captured.get())


def harmless(text: str) -> str:
    """Give a text that came from elsewhere: its letters and lines, and nothing that steers a terminal."""
    lines = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in lines)
