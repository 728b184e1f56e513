"""An emulator that every AWS client in the test talks to, stacks that lease there, and the command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support.process import no_wire
from support.stacks import Done, Stack

from dedicated_ip_provider.cli.program import main
from dedicated_ip_provider.cli.runtime import Runtime
from dedicated_ip_provider.emulator import RunningEmulator, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dedicated_ip_provider.provider import LeaseProvider

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)


class Ended(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]
"""Runs a command line."""


@pytest.fixture(scope="session")
def served() -> Iterator[RunningEmulator]:
    """An emulator behind a port, in whatever state."""
    with start(now=NOON) as emulator:
        yield emulator


@pytest.fixture
def emulator(served: RunningEmulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunningEmulator:
    """An emulator as if just started, to which the environment sends every AWS client; no AWS configuration beside it."""
    served.reset()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in served.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return served


class QuickStack(Stack):
    """A stack whose calls do not go over the wire, and do not wait."""

    def _run(self, work: Callable[[LeaseProvider], None], dying: dict[str, Any]) -> Done:
        pause = self.emulator.pause
        with no_wire(self.emulator):
            done = super()._run(work, dying)
        self.emulator.pause = pause
        return done


@pytest.fixture
def stack(emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack with nothing in it: `stack.up(eu={"count": 3})`. What a destroy writes to a file is in `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    return QuickStack(emulator)


@pytest.fixture
def runtime(emulator: RunningEmulator) -> Runtime:
    """The world of a command: the emulator's clock, which a pause moves on."""
    return Runtime(now=lambda: emulator.now, sleep=emulator.advance, environment=os.environ)


@pytest.fixture
def run(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""

    def command(*arguments: str) -> Ended:
        capsys.readouterr()
        return Ended(main(arguments, runtime), *capsys.readouterr())

    return command


@pytest.fixture
def installed(emulator: RunningEmulator) -> Run:  # noqa: ARG001 - the environment is to lead there
    """Runs the installed program as a process of its own."""

    def command(*arguments: str, given: str = "") -> Ended:
        ended = subprocess.run(
            ["dedicated-ip", *arguments], input=given, capture_output=True, text=True, check=False, timeout=600
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return command
