"""The emulator's prompt: each line typed is a command; `emulator.staff` has the decisions among them."""

from __future__ import annotations

import dataclasses
import shlex
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.cli.options import read_duration
from dedicated_ip_provider.cli.output import sanitize
from dedicated_ip_provider.emulator import BadCommand, EmulatorError
from dedicated_ip_provider.emulator.commands import name_of
from dedicated_ip_provider.emulator.staff import DECISIONS, Decision

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

Words = Sequence[str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its arguments as shown in help, how many words it takes, and what it does."""

    usage: str
    about: str
    least: int
    most: int | None
    act: Callable[[Prompt, Words], str]


class Prompt:
    """Runs the lines typed; every answer is text for the person who typed."""

    def __init__(self, emulator: Emulator, account: str) -> None:
        """Create a prompt for an emulator that lists the cases of one account."""
        self.emulator = emulator
        self._account = account
        self.is_over = False

    def obey(self, line: str) -> str:
        """Run a line and return the answer; the emulator itself reports what changed."""
        try:
            words = shlex.split(line)
        except ValueError as error:
            return f"No: {error}."
        if not words:
            return ""
        command = COMMANDS.get(words[0])
        if command is None:
            return f"There is no command {words[0]}; `help` lists the commands."
        given = words[1:]
        if len(given) < command.least or (command.most is not None and len(given) > command.most):
            return f"Usage: {words[0]} {command.usage}".rstrip()
        try:
            return command.act(self, given)
        except EmulatorError as error:
            return f"No: {error}."

    def cases(self, _: Words) -> str:
        """List the cases."""
        lines = [
            sanitize(f"{case.display_id}  {case.status:<25}  {case.subject}")
            for case in self.emulator.cases(self._account)
        ]
        return "\n".join(lines) or f"Account {self._account} has no case."

    def show(self, words: Words) -> str:
        """Show the messages of a case."""
        case = self.emulator.case(words[0])
        said = [f"{case.display_id}, {case.status}: {sanitize(case.subject)}"]
        for message in case.communications:
            said.append(f"\n{sanitize(message.author)}, {message.time:%Y-%m-%d %H:%M} UTC:")
            said.append(textwrap.indent(sanitize(message.body), "  | "))
        return "\n".join(said)

    def advance(self, words: Words) -> str:
        """Let time pass, such as 3d."""
        length = read_duration(words[0])
        if length is None:
            raise BadCommand(f"{words[0]} is not a length of time, such as 90m, 2h30m or 3d")
        return f"It is {self.emulator.advance(length.total_seconds()):%Y-%m-%d %H:%M:%S} UTC at the emulator."

    def help(self, _: Words) -> str:
        """List these commands."""
        lines = [f"  {f'{name} {command.usage}':<31}  {command.about}" for name, command in COMMANDS.items()]
        return "\n".join(lines)

    def quit(self, _: Words) -> str:
        """Stop the emulator."""
        self.is_over = True
        return "The emulator has stopped."


def _decision(kind: type[Decision]) -> Command:
    """Return the command for a decision: a case, and the decision's positional parameters."""
    fields = [field for field in dataclasses.fields(kind) if not field.kw_only]
    required = sum(field.default is dataclasses.MISSING for field in fields)
    numbers = all(str(field.type).startswith("int") for field in fields)
    shown = [_shown(field, is_required=index < required) for index, field in enumerate(fields)]

    def act(prompt: Prompt, words: Words) -> str:
        values = [_read(str(field.type), words[1:]) for field in fields if words[1:]]
        prompt.emulator.decide(words[0], kind(*values))
        return ""

    return Command(
        usage=" ".join(["CASE", *shown]),
        about=_about(kind),
        least=1 + required,
        most=1 + len(fields) if numbers else None,
        act=act,
    )


def _shown(field: dataclasses.Field[object], *, is_required: bool) -> str:
    name = field.name.upper() + "..." * str(field.type).startswith("tuple")
    return name if is_required else f"[{name}]"


def _read(kind: str, words: Words) -> Any:  # noqa: ANN401 - what a parameter of `kind` takes
    """Return the value of a parameter; a text takes all remaining words."""
    if kind.startswith("tuple"):
        return tuple(words)
    if not kind.startswith("int"):
        return " ".join(words)
    if not words[0].isdecimal():
        raise BadCommand(f"{words[0]} is not a whole number")
    return int(words[0])


def _own(usage: str, act: Callable[[Prompt, Words], str]) -> Command:
    """Return the command for a method of the prompt's own."""
    words = len(usage.split())
    return Command(usage=usage, about=_about(act), least=words, most=words, act=act)


def _about(explained: object) -> str:
    return (explained.__doc__ or "").splitlines()[0].removesuffix(".")


COMMANDS: dict[str, Command] = {
    "cases": _own("", Prompt.cases),
    "show": _own("CASE", Prompt.show),
    **{name_of(kind): _decision(kind) for kind in DECISIONS},
    "advance": _own("DURATION", Prompt.advance),
    "help": _own("", Prompt.help),
    "quit": _own("", Prompt.quit),
}
"""The commands that can be typed; a case is named by its number or by AWS's long id."""
