"""Pulumi's commands, held up at a call to AWS and killed there."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from engine.stack import Stack

Kill = Literal["engine", "plugin", "ctrl-c", "ctrl-c twice"]
Point = tuple[str, Literal["before", "after"], int]
"""Where a run stands when it is killed: at which call to AWS, before or after it was carried out, and how many of
that kind came before."""

BEFORE_THE_SEARCH: Point = ("DescribeCases", "before", 0)
BEFORE_THE_INTENT: Point = ("DescribeServices", "before", 0)
BEFORE_THE_ANSWER: Point = ("CreateCase", "after", 0)

PATIENCE = 600.0


class Kills:
    """Starts Pulumi's commands, holds them up at a call to AWS, and kills what is to be killed."""

    def __init__(self, stack: Stack) -> None:
        """Take the stack whose commands they are."""
        self._stack = stack
        self._released = threading.Event()
        self._held_up = False
        self._left: dict[int, str] = {}
        stack.emulator.pause = self._pause

    def kill(self, command: str, point: Point, what: Kill, *, release: bool = True, answer: bool = False) -> str:
        """Run a command up to a point, kill it there, and return what it had said.

        The call that was held up loses its answer then, or (without `release`) later; with `answer` it gets it.
        """
        operation, when, skip = point
        self._released.clear()
        if answer:
            self._stack.emulator.fault("slow", operation=operation, skip=skip, seconds=PATIENCE)
        else:
            self._stack.emulator.fault("hang", operation=operation, when=when, skip=skip, seconds=PATIENCE)
        log = self._stack.folder / "killed"
        with log.open("w") as out, self._started(command, out) as process:
            until(lambda: self._held_up)
            self._left |= descendants(process.pid)
            self._strike(process.pid, what)
            if release:
                self.release()
            process.wait(PATIENCE)
        assert process.returncode != 0, f"pulumi {command} was to be killed:\n{log.read_text()}"
        return log.read_text()

    def release(self) -> None:
        """Let what was held up go on, without its answer."""
        self._released.set()

    def see_plugin_out(self) -> None:
        """Ask the plugin that is left to end, as an engine does: it finishes first what it is at."""
        plugin = plugin_of(self._left)
        os.kill(plugin, signal.SIGINT)
        until(lambda: not is_running(plugin))

    def bury(self) -> None:
        """End what a killed engine leaves behind: it starts each plugin in a process group of its own."""
        self.release()
        for pid in self._left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _started(self, command: str, out: TextIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["pulumi", command, "--yes", "--skip-preview", "--non-interactive", "--color", "never"],
            cwd=self._stack.folder,
            env=self._stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # A terminal sends Ctrl-C to a whole group: this one is not the tests'.
            start_new_session=True,
        )

    def _strike(self, engine: int, what: Kill) -> None:
        match what:
            case "engine":
                os.kill(engine, signal.SIGKILL)
            case "plugin":
                os.kill(plugin_of(descendants(engine)), signal.SIGKILL)
            case "ctrl-c":
                os.killpg(engine, signal.SIGINT)
            case "ctrl-c twice":
                os.killpg(engine, signal.SIGINT)
                until(lambda: "press ^C again" in (self._stack.folder / "killed").read_text())
                os.killpg(engine, signal.SIGINT)

    def _pause(self, seconds: float) -> None:
        self._held_up = True
        self._released.wait(seconds)
        self._held_up = False


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that another process brings about."""
    for _ in range(int(PATIENCE / 0.02)):
        if is_so():
            return
        threading.Event().wait(0.02)
    raise AssertionError("what was waited for never came")


def descendants(root: int) -> dict[int, str]:
    """Return the processes that a process has started, and those that they have, with their arguments."""
    lines = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in lines.splitlines()]
    found: dict[int, str] = {}
    parents = {root}
    while parents:
        children = {int(pid): args for pid, parent, args in rows if int(parent) in parents}
        found |= children
        parents = set(children)
    return found


def plugin_of(processes: Mapping[int, str]) -> int:
    """Return the one process that runs our provider."""
    (plugin,) = [pid for pid, args in processes.items() if "pulumi.dynamic" in args]
    return plugin


def is_running(pid: int) -> bool:
    """Return whether a process is there, and not only its name on the list of those that ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")
