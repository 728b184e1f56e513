"""The sides of a ratio: a Pulumi project with leases, and projects with resources that do nothing.

Each side has a stack in a folder of its own, and a desk of its own. It runs whole `pulumi` commands.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from desk_process import Call, DeskProcess, open_desk
from plugin_memory import PluginMemory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PROGRAMS: Final = Path(__file__).parent / "programs"
LEASES: Final = "leases"
NOTHING: Final = "nothing"
AS_LARGE: Final = "nothing, state as large"
"""Resources that do nothing either, but whose state is one that a lease has."""

Stored = dict[str, Any]
"""A resource, as Pulumi stores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a side's program declares: in each account, a lease in each of some Regions."""

    regions: int
    accounts: int = 1

    @property
    def leases(self) -> int:
        """How many there are in all."""
        return self.regions * self.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command, and whether AWS's limits hold while it runs."""

    name: str
    words: tuple[str, ...]
    limited: bool = False


PREVIEW: Final = Step(name="`preview`", words=("preview",))
UP: Final = Step(name="`up`", words=("up", "--yes", "--skip-preview"))
UP_AGAIN: Final = Step(name="an `up` that changes nothing", words=UP.words)
UP_LIMITED: Final = Step(name="`up`, AWS's limits on", words=UP.words, limited=True)
REFRESH: Final = Step(name="`refresh`", words=("refresh", "--yes", "--skip-preview"))
REFRESH_LIMITED: Final = Step(name="`refresh`, AWS's limits on", words=REFRESH.words, limited=True)
DESTROY: Final = Step(name="`destroy`", words=("destroy", "--yes", "--skip-preview"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one command."""

    seconds: float
    """By the clock on the wall, from start to end of the process."""
    said: str
    plugin_mib: float
    """The most memory that the plugin had; 0 where the system does not tell."""
    calls: Sequence[Call]
    desk_seconds: float
    """Processor time that the desk used meanwhile."""


class Side:
    """One Pulumi project and its stack."""

    def __init__(self, folder: Path, desk: DeskProcess, environment: Mapping[str, str]) -> None:
        """Take a folder that holds the program, a desk, and what a program finds in its environment."""
        self.desk = desk
        self.environment: Mapping[str, str] = {
            **environment,
            **desk.environment,
            "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
            "PULUMI_HOME": str(folder / "home"),
        }
        self._folder = folder
        self._program = folder / "program"

    def make_stack(self, setting: Setting) -> None:
        """Make an empty stack, and keep it, to begin with it again."""
        (self._folder / "backend").mkdir()
        self._pulumi("stack", "init", "bench")
        config = {"regions": setting.regions, "accounts": setting.accounts, "roles": setting.accounts > 1}
        self._pulumi("config", "set-all", *(f"--plaintext={name}={value}" for name, value in config.items()))
        shutil.copytree(self._folder / "backend", self._folder / "empty")

    def start_again(self) -> None:
        """Begin with an empty account and an empty stack."""
        self.desk.reset()
        shutil.rmtree(self._folder / "backend")
        shutil.copytree(self._folder / "empty", self._folder / "backend")

    def run(self, step: Step) -> Run:
        """Run a command to its end. Raises, with all that it said, where it fails."""
        self.desk.set_limits(hold=step.limited)
        earlier, used = len(self.desk.calls()), self.desk.processor_seconds()
        with PluginMemory(self._program) as memory:
            started = time.perf_counter()
            said = self._pulumi(*step.words)
            seconds = time.perf_counter() - started
        used = self.desk.processor_seconds() - used
        calls = self.desk.calls()[earlier:]
        return Run(seconds=seconds, said=said, plugin_mib=memory.mib, calls=calls, desk_seconds=used)

    def stored(self) -> list[Stored]:
        """Give the dynamic resources of the stack."""
        resources: list[Stored] = json.loads(self._pulumi("stack", "export"))["deployment"]["resources"]
        return [one for one in resources if one["type"].startswith("pulumi-python:dynamic")]

    def stack_bytes(self) -> int:
        """Give the size of the file that Pulumi keeps the stack in."""
        [file] = (self._folder / "backend" / ".pulumi" / "stacks").glob("*/bench.json")
        return file.stat().st_size

    def _pulumi(self, *words: str) -> str:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=self._program,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"pulumi {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout


def surroundings(engine: str, compiled: Path) -> dict[str, str]:
    """Give the environment of everything that is measured: nothing of the person's AWS and Pulumi."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    return {
        **own,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), engine, os.environ["PATH"])),
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # As where the package is installed: what Python has compiled once, it keeps.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(compiled),
    }


@contextmanager
def open_side(  # noqa: PLR0913 - where, what and in which surroundings
    name: str,
    folder: Path,
    setting: Setting,
    environment: Mapping[str, str],
    *,
    like: Stored | None = None,
    old_cases: int = 0,
) -> Iterator[Side]:
    """Make a side in an empty folder, for the length of a `with` block; `like` is what `AS_LARGE` stores."""
    shutil.copytree(PROGRAMS / (LEASES if name == LEASES else NOTHING), folder / "program")
    if name == AS_LARGE:
        (folder / "program" / "like.json").write_text(json.dumps(like), encoding="utf-8")
    with open_desk(old_cases) as desk:
        side = Side(folder, desk, environment)
        side.make_stack(setting)
        yield side
