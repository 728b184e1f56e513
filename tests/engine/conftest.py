"""One engine and one Pulumi home for all stories; each story has a folder, a stack and an emulator of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.emulator import start
from engine.kills import Kills
from engine.stack import Stack, environment_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from dedicated_ip_provider.emulator import RunningEmulator


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the environment of every command: the engine, and nothing that belongs to the person who tests."""
    return environment_in(tmp_path_factory.mktemp("python"), tmp_path_factory.mktemp("pulumi"))


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


@pytest.fixture
def kills(stack: Stack) -> Iterator[Kills]:
    """Kills the stack's commands, and buries what is left of them."""
    made = Kills(stack)
    yield made
    made.bury()
