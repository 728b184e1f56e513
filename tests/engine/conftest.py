"""One engine and one Pulumi home for all stories; each story has a folder, a stack and an emulator of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from install import find, make

from dedicated_ip_provider.emulator import start
from engine.stack import Stack, executable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dedicated_ip_provider.emulator import RunningEmulator


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the environment of every command: the engine, and nothing that belongs to the person who tests.

    Nor is coverage measured there: it slows down every story, and faster tests reach every line.
    """
    engine = find() or make()
    python = _python_that_knows_what_is_installed(tmp_path_factory.mktemp("python"))
    home = tmp_path_factory.mktemp("pulumi")
    foreign = ("AWS_", "COVERAGE_", "PULUMI_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {
        **own,
        "PATH": os.pathsep.join([str(python), str(Path(sys.executable).parent), str(engine), os.environ["PATH"]]),
        "PULUMI_HOME": str(home),
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _python_that_knows_what_is_installed(folder: Path) -> Path:
    """Return a folder with a `python3` that does not ask pip again: Pulumi does at each command, for a third of it."""
    question = ["-m", "pip", "list", "-v", "--format", "json"]
    listed = folder / "pip.json"
    listed.write_bytes(subprocess.run([sys.executable, *question], stdout=subprocess.PIPE, check=True).stdout)
    executable(
        folder / "bin" / "python3",
        f'[ "$*" = "{" ".join(question)}" ] && exec cat "{listed}"',
        f'exec "{sys.executable}" "$@"',
    )
    return folder / "bin"


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    """Return an emulator whose staff waits for commands."""
    with start() as running:
        yield running


@pytest.fixture
def new_stack(tmp_path: Path, environment: Mapping[str, str], emulator: RunningEmulator) -> Callable[..., Stack]:
    """Return a function that creates stacks by the names of project, backend and stack; they share an emulator."""

    def create(project: str, *, backend: str = "first", name: str = "dev") -> Stack:
        state = tmp_path / backend / "state"
        state.mkdir(parents=True, exist_ok=True)
        here = {**environment, "PULUMI_BACKEND_URL": state.as_uri()}
        return Stack(tmp_path / backend / name / project, here, emulator, name)

    return create


@pytest.fixture
def stack(new_stack: Callable[..., Stack]) -> Stack:
    """Return a stack with nothing in it."""
    return new_stack("shop")
