"""What a person types at the emulator: one line, one decision of AWS's people."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedicated_ip_provider.cli.options import read_duration
from dedicated_ip_provider.cli.output import harmless
from dedicated_ip_provider.emulator import BadCommand, EmulatorError

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

Words = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its arguments as they are shown, how many words it takes, and what it does."""

    usage: str
    about: str
    least: int
    most: int | None
    act: Callable[[Prompt, Words], str]


class Prompt:
    """Carries out lines; every answer is a text for the person who typed."""

    def __init__(self, emulator: Emulator, account: str) -> None:
        """Keep the emulator, and the account whose cases are listed."""
        self.emulator = emulator
        self._account = account
        self.is_over = False

    def obey(self, line: str) -> str:
        """Do what a line says, and return what came of it, or a sentence that says why nothing did."""
        try:
            words = shlex.split(line)
        except ValueError as error:
            return f"No: {error}."
        if not words:
            return ""
        command = COMMANDS.get(words[0])
        if command is None:
            return f"There is no command {words[0]}; `help` shows those there are."
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
            harmless(f"{case.display_id}  {case.status:<25}  {case.subject}")
            for case in self.emulator.cases(self._account)
        ]
        return "\n".join(lines) or f"Account {self._account} has no case."

    def show(self, words: Words) -> str:
        """Show what was said in a case."""
        case = self.emulator.case(words[0])
        said = [f"{case.display_id}, {case.status}: {harmless(case.subject)}"]
        for message in case.communications:
            said.append(f"\n{harmless(message.author)}, {message.time:%Y-%m-%d %H:%M} UTC:")
            said.append(textwrap.indent(harmless(message.body), "  | "))
        return "\n".join(said)

    def grant(self, words: Words) -> str:
        """Add all that is missing, or this many."""
        count = _whole(words[1]) if len(words) > 1 else None
        return _listed("Granted", self.emulator.grant(words[0], count))

    def refuse(self, words: Words) -> str:
        """Say no, and close the case."""
        self.emulator.refuse(words[0], " ".join(words[1:]) or None)
        return "Refused; the case is closed."

    def ask(self, words: Words) -> str:
        """Ask the customer something."""
        if words[1:]:
            self.emulator.ask(words[0], " ".join(words[1:]))
        else:
            self.emulator.ask(words[0])
        return "Asked; the case waits for the customer."

    def say(self, words: Words) -> str:
        """Write something that needs no answer."""
        self.emulator.say(words[0], " ".join(words[1:]))
        return "Said."

    def confirm(self, words: Words) -> str:
        """Ask the customer to confirm the relinquishment."""
        self.emulator.confirm_question(words[0])
        return "Asked to confirm; the case waits for the customer."

    def remove(self, words: Words) -> str:
        """Remove the addresses that the case names, or only these."""
        return _listed("Removed", self.emulator.remove(words[0], tuple(words[1:]) or None))

    def resolve(self, words: Words) -> str:
        """Close a case without a word."""
        self.emulator.resolve(words[0])
        return "Closed."

    def advance(self, words: Words) -> str:
        """Let time pass."""
        length = read_duration(words[0])
        if length is None:
            raise BadCommand(f"{words[0]} is not a length of time, such as 90m, 2h30m or 3d")
        return f"It is {self.emulator.advance(length.total_seconds()):%Y-%m-%d %H:%M:%S} UTC at the emulator."

    def help(self, _: Words) -> str:
        """List the commands."""
        lines = [f"  {f'{name} {command.usage}':<24}  {command.about}" for name, command in COMMANDS.items()]
        return "\n".join(lines)

    def quit(self, _: Words) -> str:
        """Close the emulator."""
        self.is_over = True
        return "The emulator has stopped."


COMMANDS: dict[str, Command] = {
    "cases": Command(usage="", about="list the cases", least=0, most=0, act=Prompt.cases),
    "show": Command(usage="CASE", about="show what was said in a case", least=1, most=1, act=Prompt.show),
    "grant": Command(usage="CASE [N]", about="add all that is missing, or N", least=1, most=2, act=Prompt.grant),
    "refuse": Command(usage="CASE [TEXT]", about="say no, and close the case", least=1, most=None, act=Prompt.refuse),
    "ask": Command(usage="CASE [TEXT]", about="ask; the case waits for an answer", least=1, most=None, act=Prompt.ask),
    "say": Command(usage="CASE TEXT", about="write what needs no answer", least=2, most=None, act=Prompt.say),
    "confirm": Command(usage="CASE", about="ask to confirm the relinquishment", least=1, most=1, act=Prompt.confirm),
    "remove": Command(
        usage="CASE [IP...]", about="remove the addresses named, or these", least=1, most=None, act=Prompt.remove
    ),
    "resolve": Command(usage="CASE", about="close the case without a word", least=1, most=1, act=Prompt.resolve),
    "advance": Command(usage="DURATION", about="let time pass, such as 3d", least=1, most=1, act=Prompt.advance),
    "help": Command(usage="", about="list these commands", least=0, most=0, act=Prompt.help),
    "quit": Command(usage="", about="close the emulator", least=0, most=0, act=Prompt.quit),
}
"""What can be typed; a case is named by its number, or by AWS's long id."""


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise BadCommand(f"{text} is not a number of addresses")
    return int(text)


def _listed(what: str, ips: Sequence[str]) -> str:
    return f"{what}: {', '.join(ips) or 'nothing'}."
