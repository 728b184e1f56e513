"""Tutorial and README tell the truth: their commands are run, and what they show is what those print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.cli.emulator_prompt import Prompt
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, start
from engine.stack import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dedicated_ip_provider.emulator import RunningEmulator

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES = re.compile(r"127\.0\.0\.1:\d+|\d+(?:\.\d+)?s\b|\d{4}-\d\d-\d\d \d\d:\d\d UTC|DIP-[\w-]+")
LEFT_OUT = "..."


@dataclass(frozen=True, slots=True)
class Typed:
    """What the reader types, and what the tutorial says comes of it."""

    command: str
    shown: list[str]


def test_every_command_prints_what_the_tutorial_shows(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """All commands of the page, in order, at the shell and at the emulator's prompt; only times, ports and marks may differ."""
    told: list[str] = []
    with start(tell=told.append) as emulator:
        reader = Reader(tmp_path / "my-lease", environment, emulator, told)
        for kind, text in blocks("docs/tutorial.md"):
            reader.follow(kind, text)

    assert (20, 8) == (reader.commands, reader.decisions)


def test_a_preview_of_the_first_program_prints_what_the_readme_shows(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """The first program of the page, in a new project called `shop`, asks AWS nothing and says what will be filed."""
    program = next(text for kind, text in blocks("README.md") if kind == "python")
    preview = next(text for kind, text in blocks("README.md") if kind == "console" and "pulumi preview" in text)
    with start() as emulator:
        reader = Reader(tmp_path / "shop", environment, emulator, [])
        reader.follow("yaml", "name: shop\nruntime: python\n")
        reader.follow("python", program)
        reader.follow("console", "$ pulumi stack init dev\n...\n")
        reader.follow("console", preview)

        assert () == emulator.log


class Reader:
    """Somebody who does what the page says, in a folder of their own."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], emulator: RunningEmulator, told: list[str]
    ) -> None:
        """Make the folder, and take the emulator's `export` lines."""
        state = folder / "state"
        state.mkdir(parents=True)
        self.commands = self.decisions = 0
        self._folder = folder
        self._environment = {**environment, **emulator.environment, "PULUMI_BACKEND_URL": state.as_uri()}
        self._prompt = Prompt(emulator, DEFAULT_ACCOUNT)
        self._told = told

    def follow(self, kind: str, text: str) -> None:
        """Do what one block says, and compare what it shows."""
        program = self._folder / "__main__.py"
        match kind:
            case "yaml":
                (self._folder / "Pulumi.yaml").write_text(text)
            case "python":
                program.write_text(text)
            case "diff":
                old, new = (line[1:] for line in text.splitlines())
                assert old in program.read_text()
                program.write_text(program.read_text().replace(old, new))
            case "console":
                for typed in typed_in(text, "$ "):
                    self.commands += 1
                    compare(typed, self._run(typed.command))
            case "text":
                for typed in typed_in(text, "emulator> "):
                    self.decisions += 1
                    self._told.clear()
                    answer = self._prompt.obey(typed.command)
                    compare(typed, "\n".join((answer, *(f"# {line}" for line in self._told))))

    def _run(self, command: str) -> str:
        words = shlex.split(command)
        if words[0] == "pulumi":
            words += ["--non-interactive", "--color", "never", *["--suppress-progress"] * (words[1] != "stack")]
        done = subprocess.run(
            words,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert 0 == done.returncode, f"{command} failed:\n{done.stdout}"
        return done.stdout


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Return a page's blocks in order."""
    for block in BLOCK.finditer((ROOT / page).read_text()):
        yield block["kind"], block["text"]


def typed_in(text: str, prompt: str) -> Iterator[Typed]:
    """Return each line after a prompt with the lines below it."""
    for part in re.split(f"^{re.escape(prompt)}", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield Typed(command, shown)


def compare(typed: Typed, printed: str) -> None:
    """Find the lines that are shown among those printed, in their order, and none left out but where that is said."""
    lines = [line.rstrip() for line in VARIES.sub("~", printed).splitlines() if line.strip()]
    at, skipping = 0, False
    for line in typed.shown:
        if line == LEFT_OUT:
            skipping = True
        elif line.strip():
            wanted = VARIES.sub("~", line).rstrip()
            there = lines.index(wanted, at) if wanted in lines[at:] else None
            assert there is not None, f"`{typed.command}` did not print\n{line}\nafter line {at} of\n{printed}"
            assert skipping or there == at, f"`{typed.command}` also printed\n{os.linesep.join(lines[at:there])}"
            at, skipping = there + 1, False
    assert skipping or at == len(lines), f"`{typed.command}` also printed\n{os.linesep.join(lines[at:])}"
