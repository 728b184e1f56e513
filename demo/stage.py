"""The demo's temporary project, and its output."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator_process import DemoError, Emulator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = Path("examples/two_regions")
# Variables that a terminal may have set, and that would send a client elsewhere than to the emulator.
STRONGER: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL_SUPPORT",
    "AWS_ENDPOINT_URL_SESV2",
    "AWS_ENDPOINT_URL_SSM",
    "AWS_ENDPOINT_URL_STS",
)
WAITS: Final = "pending-customer-action"
GRACE: Final = 10.0  # seconds for Pulumi to end after Ctrl-C


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of all commands: no AWS or Pulumi settings of the user; Pulumi's files in the folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    return {
        **own,
        # Pulumi uses the first Python on PATH.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "demo",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_REGION": "eu-west-1",
    }


class Stage:
    """The project in its folder, the emulator, and the output."""

    def __init__(self, folder: Path, environment: Mapping[str, str], emulator: Emulator) -> None:
        """Copy the program into the folder."""
        self.emulator = emulator
        self._folder = folder / "project"
        self._environment = {**environment, **emulator.environment}
        self._in_terminal = sys.stdout.isatty() and sys.stdin.isatty()
        (folder / "backend").mkdir()
        shutil.copytree(HERE / PROGRAM, self._folder / PROGRAM, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HERE / "Pulumi.yaml", self._folder)

    def say(self, line: str) -> None:
        """Print what is about to happen."""
        bold, plain = ("\033[1m", "\033[0m") if self._in_terminal else ("", "")
        print(f"\n{bold}== {line}{plain}\n", flush=True)

    def tell(self, lines: Sequence[str]) -> None:
        """Print what happened at AWS."""
        for line in lines:
            print(f"   AWS | {line}", flush=True)

    def wait_until(self, status: str, what: str) -> None:
        """Wait until all open cases have a status, and print what happens at AWS meanwhile."""
        ready = (status, "resolved")
        self.tell(self.emulator.wait_until(lambda cases: all(case["status"] in ready for case in cases), what))

    def wait_for_questions(self) -> list[str]:
        """Wait until AWS waits for the customer, print its questions, and return the numbers of the cases."""
        self.wait_until(WAITS, "ask")
        waiting = [case for case in self.emulator.cases() if case["status"] == WAITS]
        for case in waiting:
            _, question, *_ = case["communications"][-1]["body"].split("\n\n")
            self.tell([f"case {case['display_id']} asks: {question}"])
        return [case["display_id"] for case in waiting]

    def pulumi(self, *words: str) -> None:
        """Run Pulumi and show all its output, in a terminal with colours."""
        colour = ("--color", "always") if self._in_terminal else ("--color", "never", "--non-interactive")
        quiet = () if words[0] in ("config", "stack") else ("--suppress-progress",)
        self.run("pulumi", *words, unsaid=(*colour, *quiet))

    def run(self, *words: str, unsaid: Sequence[str] = ()) -> None:
        """Print a command and run it; `unsaid` are arguments that only adapt its output."""
        print(f"$ {shlex.join(words)}", flush=True)
        process = subprocess.Popen([*words, *unsaid], cwd=self._folder, env=self._environment, stderr=subprocess.STDOUT)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            _let_end(process)
            raise
        if code:
            raise DemoError(f"`{shlex.join(words)}` failed; its output is above.")

    def hand_over(self) -> None:
        """Print how to continue by hand, then print what happens at AWS until Ctrl-C."""
        own = {name: value for name, value in self._environment.items() if os.environ.get(name) != value}
        lines = [f"unset {' '.join(STRONGER)}", *(f"export {name}={shlex.quote(value)}" for name, value in own.items())]
        (self._folder / "environment.sh").write_text("\n".join([*lines, ""]))
        self.say("Continue in another terminal. Ctrl-C here stops the emulator and removes the folder.")
        print(f"cd {self._folder}\n. ./environment.sh\npulumi config set virginia 3\npulumi up\n", flush=True)
        while True:
            self.tell(self.emulator.news())
            time.sleep(0.5)


def _let_end(process: subprocess.Popen[bytes]) -> None:
    """Let Pulumi store what it has done: Ctrl-C reaches it from the terminal, or else from here."""
    for number, patience in ((0, 2.0), (signal.SIGINT, GRACE), (signal.SIGKILL, GRACE)):
        process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return
