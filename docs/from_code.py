"""What the pages take from the code when they are built, so that it cannot go stale.

    ```{command-help} wait
    ```

shows the help of a command, as a terminal shows it, and

    ```{exit-codes}
    ```

the table of exit codes, and

    ```{pulumi-aws-options}
    ```

what a lease does with each of pulumi-aws's options, and

    ```{docstring} dedicated_ip_provider.emulator
    ```

what a module says of itself, as it is written, and

    ```{desk-commands}
    ```

what can be typed at the desk's prompt.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any, ClassVar

import click
from docutils import nodes
from docutils.parsers.rst import Directive

from dedicated_ip_provider.cli.desk_prompt import Prompt
from dedicated_ip_provider.cli.exits import MEANINGS
from dedicated_ip_provider.cli.program import program
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, Desk
from dedicated_ip_provider.settings import PULUMI_AWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

WIDTH = 100


class CommandHelp(Directive):
    """The help of `dedicated-ip`, or of one of its commands."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Show the help as a block of plain text."""
        context = click.Context(program, info_name="dedicated-ip", terminal_width=WIDTH, **program.context_settings)
        for name in self.arguments:
            context = click.Context(program.commands[name], info_name=name, parent=context, terminal_width=WIDTH)
        text = f"$ {context.command_path} --help\n{context.get_help()}"
        return [nodes.literal_block(text, text, language="text")]


class Docstring(Directive):
    """What a module says of itself."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Show it as a block of plain text."""
        text = inspect.getdoc(importlib.import_module(self.arguments[0])) or ""
        return [nodes.literal_block(text, text, language="text")]


class DeskCommands(Directive):
    """What can be typed at the desk's prompt."""

    def run(self) -> list[nodes.Node]:
        """Show the answer to `help` there."""
        text = f"desk> help\n{Prompt(Desk(), DEFAULT_ACCOUNT).obey('help')}"
        return [nodes.literal_block(text, text, language="text")]


class Table(Directive):
    """Rows of texts, under column titles."""

    columns: ClassVar[tuple[str, ...]]
    widths: ClassVar[tuple[int, ...]]

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Give the rows."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        table, group = nodes.table(), nodes.tgroup(cols=len(self.columns))
        group += [nodes.colspec(colwidth=width) for width in self.widths]
        group += nodes.thead("", self._row(*self.columns))
        group += nodes.tbody("", *(self._row(*row) for row in self.rows()))
        table += group
        return [table]

    def _row(self, *cells: str) -> nodes.row:
        return nodes.row("", *(nodes.entry("", self._words(cell)) for cell in cells))

    def _words(self, text: str) -> nodes.paragraph:
        """Write a text with `code` in it."""
        parts = text.split("`")
        said = [nodes.literal(part, part) if at % 2 else nodes.Text(part) for at, part in enumerate(parts)]
        return nodes.paragraph("", "", *said)


class ExitCodes(Table):
    """A row for each exit code, with what it means."""

    columns = ("code", "means")
    widths = (10, 90)

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Give the codes."""
        return ((str(code.value), meaning) for code, meaning in MEANINGS.items())


class PulumiAwsOptions(Table):
    """A row for each of pulumi-aws's options, with what a lease does with it."""

    columns = ("key", "a lease", "means here")
    widths = (30, 12, 58)
    says: ClassVar = {"honoured": "honours it", "refused": "refuses it", "no effect": "has no use for it"}

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Give the options."""
        return ((f"`aws:{option.name}`", self.says[option.does], option.means) for option in PULUMI_AWS)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives to Sphinx."""
    app.add_directive("command-help", CommandHelp)
    app.add_directive("desk-commands", DeskCommands)
    app.add_directive("docstring", Docstring)
    app.add_directive("exit-codes", ExitCodes)
    app.add_directive("pulumi-aws-options", PulumiAwsOptions)
    return {"parallel_read_safe": True}
