"""What is printed: tables for people, JSON for programs, and nothing that could steer a terminal.

Data goes to stdout, everything else to stderr. rich leaves colours out where there is no terminal, and where
NO_COLOR is set.

Files and pipes get UTF-8 whatever the locale, as a form is meant to be pasted and a script cannot know which letters
will come. A terminal gets its own encoding; what that lacks is replaced, but a form is then refused.
"""

from __future__ import annotations

import codecs
import io
import json
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, Final, TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedicated_ip_provider.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | Text

_WIDE: Final = 10_000
_STEERING: Final = ("Cc", "Cs", "Zl", "Zp")
"""The categories of control characters, halves of characters, and line separators beside "\n"."""
# These let a text show in another order than it has.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class CannotShow(click.ClickException):
    """The terminal's encoding lacks characters of a text that must be shown as it is."""

    exit_code = Exit.CANNOT_WRITE


def usable(encoding: str) -> str:
    """Return an encoding, or UTF-8 for ASCII: that only says that nobody has set a locale."""
    return "utf-8" if codecs.lookup(encoding).name == "ascii" else encoding


def set_encoding(stream: TextIO | None, errors: str) -> None:
    """Let a stream write UTF-8, unless a terminal has another encoding; `errors` says what becomes of the rest."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=usable(stream.encoding) if stream.isatty() else "utf-8", errors=errors)


def say(text: str = "") -> None:
    """Print data, or a text for the person who asked."""
    click.echo(text)


def say_form(text: str) -> None:
    """Print a text that a person will paste. Raise `CannotShow` if it could only be shown with characters missing."""
    text = sanitize(text)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        lacking = f"U+{ord(error.object[error.start]):04X}"
        raise CannotShow(
            f"this terminal's encoding, {encoding}, lacks a character of the form ({lacking}).\n"
            "Write the form to a file, which is in UTF-8, by adding `> form.txt`; or set a UTF-8 locale."
        ) from None
    say(text)


def note(text: str) -> None:
    """Print a remark that is no part of the data."""
    click.echo(text, err=True)


def say_json(value: object) -> None:
    """Print data for a program."""
    say(json.dumps(value, indent=2))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Sequence[str] = ()) -> None:
    """Print a table, a line a row; on a terminal that is too narrow for it, a line a cell.

    The columns named in `numbers` are set to the right.
    """
    console = _console()
    # Not what rich takes for a terminal and its width: FORCE_COLOR makes one of a file, and TERM=dumb has 80 columns.
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    listed = list(rows)
    for row in listed:
        table.add_row(*row)
    if console.measure(table).maximum > width:
        _say_cells(columns, listed)
    else:
        _say_rendered(console, table)


def _say_cells(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print each row as a block of lines, which a narrow terminal folds without mixing the columns."""
    widest = max(map(len, columns))
    for index, row in enumerate(rows):
        if index:
            say()
        for column, cell in zip(columns, row, strict=True):
            say_line(Text.assemble((f"{column:<{widest}}", "bold"), "  ", cell))


def _say_rendered(console: Console, table: Table) -> None:
    with console.capture() as captured:
        console.print(table)
    say("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False, width=_WIDE, height=_WIDE)


def say_line(line: Text) -> None:
    """Print a line with colours in it, however long it is."""
    console = _console()
    with console.capture() as captured:
        console.print(line, soft_wrap=True, end="")
    say(captured.get())


def sanitize(text: str) -> str:
    """Return a text that came from elsewhere with its letters and lines, and nothing that steers a terminal."""
    lines = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(letter if letter == "\n" or _is_harmless(letter) else "?" for letter in lines)


def _is_harmless(letter: str) -> bool:
    # Not `isprintable`: to it, the wide space between Japanese words and new emoji are not.
    return letter not in _REORDERING and unicodedata.category(letter) not in _STEERING
