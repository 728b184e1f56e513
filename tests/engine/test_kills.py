"""Pulumi killed in the middle, at each step of create, update and delete; then the same command again."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pytest

from engine.stack import RECORD, lease, token_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TextIO

    from engine.stack import Done, Stack

pytestmark = pytest.mark.engine

Kill = Literal["engine", "plugin", "ctrl-c", "ctrl-c twice"]
Point = tuple[str, Literal["before", "after"], int]
"""Where a run stands when it is killed: at which call to AWS, before or after it was carried out, and how many of
that kind came before."""

BEFORE_THE_SEARCH: Point = ("DescribeCases", "before", 0)
BEFORE_THE_INTENT: Point = ("DescribeServices", "before", 0)
BEFORE_FILING: Point = ("CreateCase", "before", 0)
BEFORE_THE_ANSWER: Point = ("CreateCase", "after", 0)

PATIENCE = 600.0
PENDING = "Attempting to deploy or update resources with 1 pending operations from previous deployment"
REGION = "eu-west-1"
LOCKED = "the stack is currently locked by 1 lock(s)"


class Kills:
    """Starts Pulumi's commands, holds them up at a call to AWS, and kills what is to be killed."""

    def __init__(self, stack: Stack) -> None:
        """Take the stack whose commands they are."""
        self._stack = stack
        self._released = threading.Event()
        self._held_up = False
        self._left: dict[int, str] = {}
        stack.emulator.pause = self._pause

    def kill(self, command: str, point: Point, what: Kill, *, release: bool = True) -> str:
        """Run a command up to a point, kill it there, and return what it had said.

        The call that was held up loses its answer then, or (without `release`) later.
        """
        operation, when, skip = point
        self._released.clear()
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


@pytest.fixture
def kills(stack: Stack) -> Iterator[Kills]:
    """Kills the stack's commands, and buries what is left of them."""
    made = Kills(stack)
    yield made
    made.bury()


def again(stack: Stack, command: str, *, killed: Kill) -> Done:
    """Type the same command again, with what a killed engine makes necessary before it."""
    if killed == "engine":
        assert LOCKED in stack.fails(command, "--yes", "--skip-preview")
        stack.pulumi("cancel", "--yes")
    done = stack.run(command, "--yes", "--skip-preview")
    assert (killed != "plugin") == (PENDING in done.text), done.text
    return done


def on_file(stack: Stack) -> list[tuple[str, int]]:
    """Return each case's status, and how many messages the customer sent."""
    return [(case.status, len(case.from_customer)) for case in stack.emulator.cases()]


@dataclass(frozen=True, slots=True)
class Life:
    """What is killed, and where, while a lease is created, changed and destroyed; and whether the create had filed."""

    killed: Kill
    create: Point
    update: Point
    delete: Point
    consent: bool


LIVES = [
    Life("engine", BEFORE_THE_ANSWER, BEFORE_THE_INTENT, ("PutParameter", "after", 2), consent=True),
    Life("plugin", BEFORE_THE_INTENT, ("PutParameter", "after", 1), BEFORE_THE_ANSWER, consent=False),
    Life("ctrl-c twice", ("PutParameter", "after", 2), BEFORE_THE_ANSWER, BEFORE_THE_SEARCH, consent=True),
]


@pytest.mark.parametrize("life", LIVES, ids=[life.killed for life in LIVES])
def test_a_lease_that_is_killed_at_each_change_files_each_case_once(stack: Stack, kills: Kills, life: Life) -> None:
    """Created, lowered and destroyed, each time killed and typed again: three cases in all, with one message each.

    Consent is asked for once: where a case was filed by a create that Pulumi did not store.
    """
    stack.program(lease(3))
    kills.kill("up", life.create, life.killed)
    done, consent = again(stack, "up", killed=life.killed), ""
    assert life.consent == (done.code != 0), done.text
    if life.consent:
        assert "shop/dev/eu has held it since" in done.text
        consent = f', take_over_from="{token_in(done.text)}"'
        stack.program(lease(3, consent))
        stack.up()
    assert [("opened", 1)] == on_file(stack)

    stack.emulator.grant(stack.emulator.cases()[0].id)
    stack.refresh("--clear-pending-creates")
    assert ("active", 3) == stack.shown("status", "leased_count")
    stack.program(lease(2, consent))
    kills.kill("up", life.update, life.killed)
    assert 0 == again(stack, "up", killed=life.killed).code
    assert [("resolved", 1), ("opened", 1)] == on_file(stack)

    stack.emulator.remove(stack.emulator.cases()[1].id)
    kills.kill("destroy", life.delete, life.killed)
    assert 0 == again(stack, "destroy", killed=life.killed).code
    assert [("resolved", 1), ("resolved", 1), ("opened", 1)] == on_file(stack)
    assert "resources" not in stack.export()["deployment"]


def test_a_create_killed_before_its_case_was_filed_needs_no_consent(stack: Stack, kills: Kills) -> None:
    """AWS may list a case late: for ten minutes nothing is filed, and the sentence says until when; then `up` files."""
    stack.program(lease(3))
    kills.kill("up", BEFORE_FILING, "plugin")

    said = stack.fails("up", "--yes", "--skip-preview")
    assert "an earlier run of shop/dev/eu may have filed a case that AWS does not list yet" in said
    assert re.search(r"Nothing was filed\. Run the same command again after 20\d\d-\d\d-\d\d \d\d:\d\d UTC\.", said)
    assert [] == on_file(stack)

    let_ten_minutes_pass(stack)
    stack.up()
    assert [("opened", 1)] == on_file(stack)


def let_ten_minutes_pass(stack: Stack) -> None:
    """Date the intent in the record back, as no program's clock can be set here."""
    parameter = stack.emulator.parameter(REGION, RECORD)
    assert parameter is not None
    value = json.loads(parameter.latest.value)
    value["intent"]["at"] = value["intent"]["at"].replace("20", "19", 1)
    value["over"] += 1
    stack.emulator.put_parameter(REGION, RECORD, json.dumps(value))


def test_one_ctrl_c_lets_a_case_be_filed_and_stored(stack: Stack, kills: Kills) -> None:
    """Pulumi waits for what is under way: the run ends as cancelled, and the state has the case."""
    stack.program(lease(3))

    said = kills.kill("up", BEFORE_THE_ANSWER, "ctrl-c")

    assert "eu (eu-west-1): filed case 1700000001" in said
    assert ("requested", "1700000001") == stack.shown("status", "case_display_id")
    assert stack.preview_is_empty()
    assert [("opened", 1)] == on_file(stack)


def test_a_plugin_that_outlives_its_engine_files_nothing_more(stack: Stack, kills: Kills) -> None:
    """It was about to file when the engine was killed, and goes on when the next run has filed already."""
    stack.program(lease(3))
    kills.kill("up", BEFORE_THE_INTENT, "engine", release=False)
    assert 0 == again(stack, "up", killed="engine").code

    # It asks once more, as the answer was lost, and cannot tell the record that it stops: others have written since.
    kills.release()
    kills.see_plugin_out()

    assert ["DescribeServices", "GetAccount", "PutParameter"] == [entry.operation for entry in stack.emulator.log[-3:]]
    stack.refresh("--clear-pending-creates")
    stack.program(lease(4))
    stack.up()
    assert [("opened", 2)] == on_file(stack)
