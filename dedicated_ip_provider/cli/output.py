"""Print tables for people and JSON for programs, and nothing that could control a terminal.

Data goes to stdout, everything else to stderr. rich omits colours if there is no terminal or NO_COLOR is set.

Files and pipes get UTF-8 whatever the locale, because forms are pasted and scripts cannot know which characters to
expect. A terminal gets its own encoding; characters that it lacks are replaced, but a form is refused.
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
"""The categories of control characters, surrogates, and line separators other than "\n"."""
# These make a terminal show a text in a different order.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class CannotWrite(click.ClickException):
    """A file cannot be written, or a terminal lacks characters of a text that must be shown exactly."""

    exit_code = Exit.CANNOT_WRITE


def usable(encoding: str) -> str:
    """Return an encoding, or UTF-8 for ASCII, which only means that no locale is set."""
    return "utf-8" if codecs.lookup(encoding).name == "ascii" else encoding


def set_encoding(stream: TextIO | None, errors: str) -> None:
    """Make a stream write UTF-8, unless a terminal has another encoding; `errors` is how the rest is handled."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=usable(stream.encoding) if stream.isatty() else "utf-8", errors=errors)


def say(text: str = "") -> None:
    """Print data, or text for the person who asked."""
    click.echo(text)


def say_form(text: str) -> None:
    """Print a text that a person will paste. Raise `CannotWrite` if the terminal lacks any of its characters."""
    text = sanitize(text)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        lacking = f"U+{ord(error.object[error.start]):04X}"
        raise CannotWrite(
            f"this terminal's encoding, {encoding}, lacks a character of the form ({lacking}).\n"
            "Add `> form.txt` to write the form to a file, in UTF-8; or set a UTF-8 locale."
        ) from None
    say(text)


def note(text: str) -> None:
    """Print a remark that is not part of the data."""
    click.echo(text, err=True)


def say_json(value: object) -> None:
    """Print data as JSON."""
    say(json.dumps(value, indent=2))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Sequence[str] = ()) -> None:
    """Print a table, one line per row; on a terminal that is too narrow, one line per cell.

    The columns named in `numbers` are right-aligned.
    """
    console = _console()
    # Not rich's own view of the terminal: FORCE_COLOR turns a file into one, and TERM=dumb has 80 columns.
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
    """Return a text from elsewhere without anything that could control a terminal, keeping characters and lines."""
    lines = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(letter if letter == "\n" or _is_harmless(letter) else "?" for letter in lines)


def _is_harmless(letter: str) -> bool:
    # Not `isprintable`, which is false for the Japanese wide space and for new emoji.
    return letter not in _REORDERING and unicodedata.category(letter) not in _STEERING
