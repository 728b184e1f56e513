"""What the pages take from the code when they are built, so that it cannot go stale.

    ```{lease-inputs}
    ```

shows the table of a lease's inputs, and

    ```{command-help} wait
    ```

the help of a command, as a terminal shows it, and

    ```{exit-codes}
    ```

the table of exit codes, and

    ```{pulumi-aws-options}
    ```

what a lease does with each of pulumi-aws's options, and

    ```{docstring} dedicated_ip_provider.emulator
    ```

what a module says of itself, as it is written, and

    ```{emulator-commands}
    ```

what can be typed at the emulator's prompt, and

    ```{schema} resource inputs
    ```

the properties of one part of the native plugin's schema: `resource inputs`, `resource outputs`, `use case`,
`configuration`, `addresses`.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any, ClassVar

import click
from docutils import nodes
from docutils.parsers.rst import Directive

from dedicated_ip_provider.cli.emulator_prompt import Prompt
from dedicated_ip_provider.cli.exits import MEANINGS
from dedicated_ip_provider.cli.program import program
from dedicated_ip_provider.config import PULUMI_AWS
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, Emulator
from dedicated_ip_provider.inputs import INPUTS
from dedicated_ip_provider.plugin.schema import LEASE, schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

WIDTH = 100


class CommandHelp(Directive):
    """The help of `dedicated-ip`, or of one of its commands."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the help as a block of plain text."""
        context = click.Context(program, info_name="dedicated-ip", terminal_width=WIDTH, **program.context_settings)
        for name in self.arguments:
            context = click.Context(program.commands[name], info_name=name, parent=context, terminal_width=WIDTH)
        text = f"$ {context.command_path} --help\n{context.get_help()}"
        return [nodes.literal_block(text, text, language="text")]


class Docstring(Directive):
    """What a module says of itself."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return it as a block of plain text."""
        text = inspect.getdoc(importlib.import_module(self.arguments[0])) or ""
        return [nodes.literal_block(text, text, language="text")]


class EmulatorCommands(Directive):
    """What can be typed at the emulator's prompt."""

    def run(self) -> list[nodes.Node]:
        """Return the answer to `help` there."""
        text = f"emulator> help\n{Prompt(Emulator(), DEFAULT_ACCOUNT).obey('help')}"
        return [nodes.literal_block(text, text, language="text")]


class Table(Directive):
    """A table whose cells are texts with `code` in them."""

    widths: ClassVar[tuple[int, ...]]
    columns: ClassVar[tuple[str, ...]]

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Return the cells of each row."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        table, group = nodes.table(), nodes.tgroup(cols=len(self.columns))
        group += [nodes.colspec(colwidth=width) for width in self.widths]
        group += nodes.thead("", self._row(self.columns))
        group += nodes.tbody("", *map(self._row, self.rows()))
        table += group
        return [table]

    def _row(self, cells: Iterable[str]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", self._words(cell)) for cell in cells))

    def _words(self, text: str) -> nodes.paragraph:
        parts = text.split("`")
        said = [nodes.literal(part, part) if at % 2 else nodes.Text(part) for at, part in enumerate(parts)]
        return nodes.paragraph("", "", *said)


class ExitCodes(Table):
    """A row for each exit code, with what it means."""

    widths = (10, 90)
    columns = ("code", "means")

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Return a row for each code."""
        return ((str(code.value), meaning) for code, meaning in MEANINGS.items())


class LeaseInputs(Table):
    """A row for each input that a program may give a lease."""

    widths = (20, 60, 20)
    columns = ("input", "means", "default")

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Return a row for each input but the holder, which the resource itself sets."""
        for one in INPUTS:
            if one.name != "holder":
                default = f"`{one.default!r}`" if one.default not in (None, (), {}) else ""
                yield f"`{one.name}`", one.meaning, "must be given" if one.missing == "is missing" else default


class PulumiAwsOptions(Table):
    """A row for each of pulumi-aws's options, with what a lease does with it."""

    widths = (30, 12, 58)
    columns = ("key", "a lease", "means here")
    says: ClassVar = {"honoured": "honours it", "refused": "refuses it", "no effect": "has no use for it"}

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Return a row for each option."""
        return ((f"`aws:{option.name}`", self.says[option.does], option.means) for option in PULUMI_AWS)


class Schema(Table):
    """A row for each property of a part of the native plugin's schema."""

    required_arguments = 1
    final_argument_whitespace = True
    widths = (22, 18, 60)
    columns = ("property", "type", "means")

    def rows(self) -> Iterable[tuple[str, ...]]:
        """Return a row for each property."""
        whole = schema()
        lease = whole["resources"][LEASE]
        inputs = lease["inputProperties"]
        parts = {
            "resource inputs": inputs,
            "resource outputs": {name: one for name, one in lease["properties"].items() if name not in inputs},
            "use case": whole["types"]["dedicatedip:index:UseCase"]["properties"],
            "configuration": whole["config"]["variables"],
            "addresses": whole["types"]["dedicatedip:index:DedicatedIp"]["properties"],
        }
        for name, one in parts[self.arguments[0]].items():
            yield f"`{name}`", _type(one), one["description"]


def _type(spec: dict[str, Any]) -> str:
    """Return the type of a property, in words."""
    if "$ref" in spec:
        return f"`{spec['$ref'].rpartition(':')[2].rpartition('/')[2]}`"
    if spec["type"] == "array":
        return f"list of {_type(spec['items'])}"
    if spec["type"] == "object":
        return f"map of {_type(spec['additionalProperties'])}"
    return f"{spec['type']}, secret" if spec.get("secret") else str(spec["type"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives to Sphinx."""
    app.add_directive("command-help", CommandHelp)
    app.add_directive("emulator-commands", EmulatorCommands)
    app.add_directive("docstring", Docstring)
    app.add_directive("exit-codes", ExitCodes)
    app.add_directive("lease-inputs", LeaseInputs)
    app.add_directive("pulumi-aws-options", PulumiAwsOptions)
    app.add_directive("schema", Schema)
    return {"parallel_read_safe": True}
