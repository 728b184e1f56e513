"""The engine is found where it is, made where it is not, and never taken half-finished.

`engine/install.py` runs here as a command, on a machine of its own: an empty PATH, an empty home, a closed network.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import install
import pytest
from pulumi.automation import PulumiCommand

if TYPE_CHECKING:
    from semver import VersionInfo

PROGRAMS = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-language-yaml",
    "pulumi-resource-pulumi-python",
)
VERSION = install.pinned(install.CLI)

FAKE_GO = f"""#!{sys.executable}
import os, pathlib, sys, time
home = pathlib.Path(os.environ["HOME"])
if sys.argv[1] == "list":
    sdk = home / "sdk"
    for script in {install.SCRIPTS!r}:
        (sdk / script).parent.mkdir(parents=True, exist_ok=True)
        (sdk / script).write_text("script")
    print(sdk)
else:
    with (home / "built").open("a") as built:
        print(sys.argv[-1], file=built)
    time.sleep(0.2)
    program = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
    program.write_text("program")
    program.chmod(0o755)
"""

BROKEN_GO = f"""#!{sys.executable}
import sys
sys.exit("go: the modules cannot be had")
"""


class Machine:
    """A machine with nothing on it but what a test puts there."""

    def __init__(self, root: Path) -> None:
        """Start with an empty PATH and an empty home."""
        self.path = root / "bin"
        self.home = root / "home"
        self.engine = self.home / ".pulumi" / "versions" / VERSION / "bin"
        self.path.mkdir()
        self.home.mkdir()

    def find_engine(self) -> subprocess.CompletedProcess[str]:
        """Run the script; a proxy that nobody serves stands for a closed network."""
        environment = {"PATH": str(self.path), "HOME": str(self.home), "https_proxy": "http://127.0.0.1:9"}
        return subprocess.run(
            [sys.executable, install.__file__],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def built(self) -> list[str]:
        """The packages that the fake Go has built."""
        return [line.rpartition("/")[2] for line in (self.home / "built").read_text().splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without Pulumi, Go or network."""
    return Machine(tmp_path)


def put(folder: Path, *programs: str, text: str = "program") -> None:
    """Put executables into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for program in programs:
        (folder / program).write_text(text)
        (folder / program).chmod(0o755)


def test_an_engine_that_is_there_is_used_in_silence(machine: Machine) -> None:
    """The one that an earlier run made; before it a person's own Pulumi, unless that cannot run Python."""
    put(machine.engine, *PROGRAMS)
    made_earlier = machine.find_engine()
    put(machine.path, "pulumi")
    without_python = machine.find_engine()
    put(machine.path, *PROGRAMS)
    own = machine.find_engine()

    assert (0, f"{machine.engine}\n", "") == (made_earlier.returncode, made_earlier.stdout, made_earlier.stderr)
    assert f"{machine.engine}\n" == without_python.stdout
    assert (0, f"{machine.path}\n", "") == (own.returncode, own.stdout, own.stderr)


def test_the_other_programs_may_lie_beside_the_real_pulumi(machine: Machine) -> None:
    """Package managers put a link to `pulumi` on PATH, and only that."""
    elsewhere = machine.home / "cellar"
    put(elsewhere, *PROGRAMS)
    (machine.path / "pulumi").symlink_to(elsewhere / "pulumi")

    assert f"{machine.path}\n" == machine.find_engine().stdout


@pytest.mark.parametrize("lacking", PROGRAMS)
def test_a_half_finished_engine_does_not_count(machine: Machine, lacking: str) -> None:
    """Where one program is missing, it is made; what is there already stays."""
    put(machine.engine, *(program for program in PROGRAMS if program != lacking), text="made earlier")
    put(machine.path, "go", text=FAKE_GO)

    run = machine.find_engine()

    assert (0, f"{machine.engine}\n") == (run.returncode, run.stdout), run.stderr
    assert dict.fromkeys(PROGRAMS, True) == {
        path.name: os.access(path, os.X_OK) for path in sorted(machine.engine.iterdir())
    }
    assert [lacking] == [path.name for path in machine.engine.iterdir() if path.read_text() != "made earlier"]


def test_pulumis_installer_is_asked_for_the_pinned_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the network is open, the installer's engine is taken and nothing is built."""

    def installer(*, root: str, version: VersionInfo) -> None:
        put(Path(root) / "bin", *PROGRAMS, text=str(version))

    monkeypatch.setattr(PulumiCommand, "install", installer)
    try:
        assert install.download(tmp_path, VERSION)
    finally:
        socket.setdefaulttimeout(None)
    assert (tmp_path / "bin" / "pulumi").read_text() == VERSION


def test_a_closed_network_is_told_in_one_line_before_the_build(machine: Machine) -> None:
    """Progress goes to the person, the folder alone to standard output."""
    put(machine.path, "go", text=FAKE_GO)

    run = machine.find_engine()

    fetching, closed, building = run.stderr.splitlines()
    assert f"fetching the Pulumi engine {VERSION} with Pulumi's installer" == fetching
    assert closed.startswith("the network here does not let Pulumi's installer through: ")
    assert f"building the Pulumi engine {VERSION} from Go modules, about 8 minutes once" == building


def test_what_an_engine_lacks_is_added_without_the_rest(machine: Machine) -> None:
    """An engine of an earlier version of these tests has no language host for YAML."""
    put(machine.engine, *(program for program in PROGRAMS if "yaml" not in program))
    put(machine.path, "go", text=FAKE_GO)

    run = machine.find_engine()

    assert "building pulumi-language-yaml from Go modules, about 2 minutes once\n" == run.stderr
    assert ["pulumi-language-yaml"] == machine.built()


def test_two_runs_at_the_same_time_make_one_engine(machine: Machine) -> None:
    """The later run waits for the earlier one and uses what it made."""
    put(machine.path, "go", text=FAKE_GO)

    with ThreadPoolExecutor() as both:
        runs = list(both.map(lambda _: machine.find_engine(), range(2)))

    assert [f"{machine.engine}\n"] * 2 == [run.stdout for run in runs]
    assert ["pulumi", "pulumi-language-python", "pulumi-language-yaml"] == machine.built()


def test_a_build_that_fails_gives_gos_own_words_and_leaves_nothing(machine: Machine) -> None:
    """What Go said is what the reader needs; no folder is left that a later run could take for an engine."""
    put(machine.path, "go", text=BROKEN_GO)

    run = machine.find_engine()

    assert (1, "") == (run.returncode, run.stdout)
    assert run.stderr.endswith("Go could not build the Pulumi engine:\ngo: the modules cannot be had\n")
    assert [f".{VERSION}.lock"] == [path.name for path in (machine.home / ".pulumi" / "versions").iterdir()]


def test_what_a_killed_run_left_is_cleared_away(machine: Machine) -> None:
    """A build that was killed cannot clean up; the next one does."""
    leftover = machine.engine.parent.with_name(f".{VERSION}-killed")
    put(leftover, "pulumi")
    put(machine.path, "go", text=FAKE_GO)

    machine.find_engine()

    assert not leftover.exists()


def test_a_machine_with_nothing_is_told_what_to_install(machine: Machine) -> None:
    """Neither Pulumi nor network nor Go: one sentence that says what to do."""
    run = machine.find_engine()

    assert (1, "") == (run.returncode, run.stdout)
    assert (
        "There is no Pulumi engine on this machine and nothing to make one with: "
        f"install Pulumi {VERSION} or newer (`pulumi` must be on PATH), or Go to build it with."
    ) == run.stderr.splitlines()[-1]


def test_a_long_wait_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Six silent minutes would look like a hang."""
    with install.news("building", every=0.01):
        while "so far" not in (said := capsys.readouterr().err):
            pass

    assert said.splitlines()[-1] == "building: 0 min 0 s so far"
