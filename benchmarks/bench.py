"""Measure leases beside resources that do nothing, on the real engine: `make bench`.

Each command runs on one side, then on the other, in turns, so that a machine that is slow for a while slows both. The
emulator stands in for AWS.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from report import Row, chart, markdown, most_row, spread, write_between_marks

from dedicated_ip_provider.cli.install_plugin import write_program
from dedicated_ip_provider.emulator import RunningEmulator, Settings, start
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dedicated_ip_provider.emulator import Entry

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "explanation" / "benchmarks.md"
PROGRAMS: Final = Path(__file__).parent / "programs"
SIDES: Final = ("leases", "native", "nothing")
"""The dynamic provider, the native plugin, and dynamic resources that do nothing."""
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "`preview`": ("preview",),
    "`up`": ("up", "--yes", "--skip-preview"),
    "an `up` that changes nothing": ("up", "--yes", "--skip-preview"),
    "`refresh`": ("refresh", "--yes", "--skip-preview"),
    "`destroy`": ("destroy", "--yes", "--skip-preview"),
}
THROTTLED: Final = ("ThrottlingException", "TooManyRequestsException")
SUPPORT_CALLS_A_SECOND: Final = 5
PER_PAGE: Final = 100
NO_SLOWER: Final = 1.05
"""By how much two runs of the same program may differ."""
TRACE: Final = ("sourcePosition", "stackTrace")
"""The stack trace that Pulumi stores with each resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The result of one command: wall-clock seconds, and its calls to AWS."""

    seconds: float
    calls: Sequence[Entry]

    @property
    def throttled(self) -> int:
        """Return how many calls AWS throttled."""
        return sum(call.error in THROTTLED for call in self.calls)


@dataclass(slots=True)
class Side:
    """One Pulumi project with its own stack and account."""

    folder: Path
    emulator: RunningEmulator
    environment: Mapping[str, str]

    def run(self, command: str, *, limited: bool = False) -> Run:
        """Run a command to its end, with AWS's limits on or off. Raise if it fails."""
        self.emulator.change(rate_limits=limited, hourly_case_limit=10 if limited else None)
        earlier, started = len(self.emulator.log), time.perf_counter()
        self.pulumi(*COMMANDS[command])
        return Run(seconds=time.perf_counter() - started, calls=self.emulator.log[earlier:])

    def grant_all(self) -> None:
        """Grant every open request, as AWS's staff."""
        for case in self.emulator.cases():
            if not case.is_resolved:
                self.emulator.grant(case.id)

    def lease_bytes(self) -> int:
        """Return the size of one lease's state, without Pulumi's stack trace."""
        resources = json.loads(self.pulumi("stack", "export"))["deployment"]["resources"]
        [lease, *_] = [one for one in resources if one["type"].endswith(":DedicatedIpLease")]
        kept = {key: value for key, value in lease.items() if key not in TRACE}
        return len(json.dumps(kept, separators=(",", ":")))

    def pulumi(self, *words: str) -> str:
        """Run the engine and return its output."""
        command = ["pulumi", *words, "--non-interactive"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout


@dataclass(slots=True)
class Bench:
    """The setup of all measurements: a temporary folder, the environment, and the number of runs."""

    folder: Path
    environment: Mapping[str, str]
    runs: int
    started: float = field(default_factory=time.perf_counter)
    opened: int = 0

    def say(self, what: str) -> None:
        """Print on stderr what is going on."""
        minutes, seconds = divmod(int(time.perf_counter() - self.started), 60)
        print(f"{minutes:2}:{seconds:02} {what}", file=sys.stderr, flush=True)

    @contextmanager
    def side(self, name: str, number: int, emulator: RunningEmulator | None = None) -> Iterator[Side]:
        """Open a side with a number of resources and an empty stack."""
        self.opened += 1
        folder = self.folder / str(self.opened)
        shutil.copytree(PROGRAMS / name, folder / "program")
        (folder / "backend").mkdir()
        with emulator or start(Settings()) as running:
            state = {"PULUMI_BACKEND_URL": (folder / "backend").as_uri(), "PULUMI_HOME": str(self.folder / "home")}
            side = Side(folder / "program", running, {**self.environment, **running.environment, **state})
            write_program(folder / "program")
            side.pulumi("stack", "init", "bench")
            if name == "native":
                # Every side does the same: the plugin would look at AWS by itself while a case is open.
                side.pulumi("config", "set", "dedicatedip:refreshBeforeUpdate", "false")
            side.pulumi("config", "set", "regions", ",".join(sorted(regions().with_ses)[:number]))
            yield side


def main() -> int:
    """Measure, print, and with `--write` put the tables into the documentation."""
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="how often to run each side (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put table and plot into the documentation")
    options = parser.parse_args()
    # Background processes of a shell ignore SIGINT, and Pulumi's language host would inherit that; Pulumi ends the host
    # with SIGINT, and would wait five seconds for it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = subprocess.run(
        [sys.executable, ROOT / "engine" / "install.py"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="dedicated-ip-bench-") as folder:
        bench = Bench(Path(folder), surroundings(engine), options.runs)
        rows, seconds = measure(bench)
    text = f"{options.runs} runs of each side, in turns: median (smallest to largest). {machine(engine)}.\n\n"
    text += markdown(rows)
    print(text)
    if options.write:
        write_between_marks(PAGE, text)
        PAGE.with_suffix(".svg").write_text(chart(seconds), encoding="utf-8")
    return 0


def measure(bench: Bench) -> tuple[list[Row], dict[str, dict[str, float]]]:
    """Return the rows of the table, and the median seconds of each command by side."""
    bench.say("once through everything, not measured: Python compiles what it loads")
    play(bench, 30, runs=1)
    thirty = play(bench, 30)
    rows = [
        ratio_row(
            f"30 leases: {command}", thirty, command, 1.10 if "nothing" in command or "preview" in command else None
        )
        for command in COMMANDS
    ]
    rows += [native_row(thirty, command) for command in COMMANDS]
    rows += list(call_rows(thirty, 30))
    rows += list(limited_rows(bench))
    rows += [state_row(bench, "leases", 3_000), state_row(bench, "native", 2_000), many_cases_row(bench, 20_000)]
    seconds = {
        command: {side: statistics.median(run.seconds for run in thirty[side, command]) for side in SIDES}
        for command in COMMANDS
    }
    return rows, seconds


Runs = dict[tuple[str, str], list[Run]]
"""The runs of each side and command, in order."""


def play(bench: Bench, number: int, runs: int | None = None) -> Runs:
    """Run the life cycle of a stack on all sides, in turns."""
    found: Runs = {(side, command): [] for side in SIDES for command in COMMANDS}
    for turn in range(runs or bench.runs):
        bench.say(f"{number} resources, run {turn + 1}")
        with ExitStack() as opened:
            sides = [(name, opened.enter_context(bench.side(name, number))) for name in SIDES]
            for command in COMMANDS:
                for name, side in sides if turn % 2 else reversed(sides):
                    found[name, command].append(side.run(command))
                    if command == "`up`":
                        side.grant_all()
    return found


def ratio_row(measure: str, runs: Runs, command: str, most: float | None) -> Row:
    """Compare leases with nothing: by ratio if it has a bound, else by difference."""
    ours, beside = ([run.seconds for run in runs[side, command]] for side in ("leases", "nothing"))
    pairs = list(zip(ours, beside, strict=True))
    if most:
        ratios = [one / other for one, other in pairs]
        result, reach, reached = f"ratio {spread(ratios)}", f"at most {most:.2f}", statistics.median(ratios) <= most
    else:
        more, bound = [one - other for one, other in pairs], 0.45
        result, reach = f"+{spread(more, ' s')}", f"at most +{bound} s"
        reached = statistics.median(more) <= bound
    return Row(measure, spread(ours, " s"), spread(beside, " s"), result, reach, reached=reached)


def native_row(runs: Runs, command: str) -> Row:
    """Compare the native plugin with the dynamic provider: it may be slower only by what two runs differ by."""
    native, dynamic = ([run.seconds for run in runs[side, command]] for side in ("native", "leases"))
    ratios = [one / other for one, other in zip(native, dynamic, strict=True)]
    return Row(
        f"30 leases of the native plugin: {command}, beside the dynamic provider's",
        spread(native, " s"),
        spread(dynamic, " s"),
        f"ratio {spread(ratios)}",
        f"at most {NO_SLOWER:.2f}",
        reached=statistics.median(ratios) <= NO_SLOWER,
    )


def call_rows(runs: Runs, number: int) -> Iterator[Row]:
    """Count the calls of leases to AWS, by service."""
    most = {
        "`up`": {"support": 2 * number + 4, "sesv2": 2 * number, "ssm": 4 * number},
        "`refresh`": {"support": 2, "sesv2": number, "ssm": number},
        "`preview`": {"support": 0, "sesv2": 0, "ssm": 0},
    }
    for command, bounds in most.items():
        calls = max((run.calls for run in runs["leases", command]), key=len)
        counted = Counter(call.service for call in calls)
        for service, bound in bounds.items():
            yield most_row(f"{number} leases: calls of {command} to {service}", counted[service], bound)


def limited_rows(bench: Bench) -> Iterator[Row]:
    """Measure with AWS's limits on: it accepts ten new cases an hour."""
    ups, refreshes, throttled, forced = [], [], [], []
    for turn in range(bench.runs):
        bench.say(f"AWS's limits on, run {turn + 1}")
        with bench.side("leases", 10) as leases, bench.side("nothing", 10) as nothing:
            ours, beside = leases.run("`up`", limited=True), nothing.run("`up`", limited=True)
            served = sum(call.service == "support" and call.error not in THROTTLED for call in ours.calls)
            forced.append((served - 1) // SUPPORT_CALLS_A_SECOND)
            ups.append(ours.seconds - beside.seconds - forced[-1])
            throttled.append(ours.throttled)
        with bench.side("leases", 30) as leases, bench.side("nothing", 30) as nothing:
            for side in (leases, nothing):
                side.run("`up`")
            ours, beside = leases.run("`refresh`", limited=True), nothing.run("`refresh`", limited=True)
            refreshes.append(ours.seconds / beside.seconds)
            throttled.append(ours.throttled)
    yield Row(
        "10 leases, AWS's limits on: `up`, beyond what the limits force",
        f"+{spread(ups, ' s')}",
        f"{statistics.median(forced):g} s are forced",
        "",
        "at most +0.3 s",
        reached=statistics.median(ups) <= 0.3,  # noqa: PLR2004 - the bound that the row names
    )
    yield most_row("throttled answers of each of these", max(throttled), 2)
    yield Row(
        "30 leases, AWS's limits on: `refresh`",
        "",
        "",
        f"ratio {spread(refreshes)}",
        "at most 1.25",
        reached=statistics.median(refreshes) <= 1.25,  # noqa: PLR2004 - the bound that the row names
    )


def state_row(bench: Bench, name: str, most: int) -> Row:
    """Measure the state of a granted lease of two addresses."""
    front_end = {"leases": "dynamic provider", "native": "native plugin"}[name]
    with bench.side(name, 1) as side:
        side.run("`up`")
        side.grant_all()
        side.run("`refresh`")
        measure = f"state of a granted lease of 2 addresses, {front_end}"
        return most_row(measure, side.lease_bytes(), most, " bytes")


def many_cases_row(bench: Bench, cases: int) -> Row:
    """Create leases in an account with many old cases: check that each page is read once, and measure memory."""
    bench.say(f"{cases:,} old cases")
    emulator = start(Settings(hourly_case_limit=None))
    for number in range(cases):
        emulator.resolve(emulator.file_by_hand(f"Question {number}", "How do I verify a domain?"))
    with bench.side("leases", 3, emulator) as side, plugin_memory(side.folder) as peak:
        run = side.run("`up`")
    lists = sum(call.operation == "DescribeCases" and "afterTime" not in call.parameters for call in run.calls)
    pages = -(-cases // PER_PAGE)
    return Row(
        f"{cases:,} old cases: pages read by an `up` of 3 leases",
        f"{lists}",
        f"{pages} pages",
        f"{peak[0]:.0f} MiB of memory",
        "each page once, under 150 MiB",
        reached=lists <= pages + 1 and peak[0] < 150,  # noqa: PLR2004 - the bound that the row names
    )


@contextmanager
def plugin_memory(program: Path) -> Iterator[list[float]]:
    """Watch the plugins of a program; the list holds the peak memory of one, in MiB (Linux)."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            for process in Path("/proc").glob("[0-9]*"):
                peak[0] = max(peak[0], _peak(process, program.resolve()))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _peak(process: Path, program: Path) -> float:
    try:
        if b"pulumi.dynamic" not in (process / "cmdline").read_bytes() or (process / "cwd").resolve() != program:
            return 0.0
        found = re.search(r"VmHWM:\s*(\d+) kB", (process / "status").read_text(encoding="utf-8"))
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def surroundings(engine: str) -> dict[str, str]:
    """Return the environment of all measured commands, without the user's AWS and Pulumi settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    return {
        **own,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), engine, os.environ["PATH"])),
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def machine(engine: str) -> str:
    """Return a description of what the figures depend on."""
    said = subprocess.run([Path(engine) / "pulumi", "version"], check=True, capture_output=True, text=True).stdout
    return (
        f"{os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, Pulumi "
        f"{said.strip().removeprefix('v')} with its Python SDK {version('pulumi')}, boto3 {version('boto3')}; "
        f"load {os.getloadavg()[0]:.1f} at the end"
    )


if __name__ == "__main__":
    sys.exit(main())
