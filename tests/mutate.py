"""Change the decision code in every small way, and see whether the fast tests notice: `python tests/mutate.py`.

mutmut makes the mutants and runs the tests, in a copy of the tree below `mutants/`; each part of the code has tests of
its own, as a mutant that lives runs all of them. What survives has to be explained in `survivors.txt`. A part named as
an argument is run alone. What an earlier run found out of unchanged functions is kept, but for what survived, which
is tried again; `--anew` forgets it all.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COPIED: Final = ("benchmarks", "dedicated_ip_provider", "docs", "engine", "tests")
MUTMUT: Final = (sys.executable, __file__, "--as-mutmut")
AT_LEAST: Final = 95.0
"""How many mutants of a hundred have to be noticed."""


@dataclass(frozen=True)
class Part:
    """What is changed, and the tests that should notice."""

    mutates: tuple[str, ...]
    tests: tuple[str, ...]


PARTS: Final = {
    "pure": Part(
        ("dedicated_ip_provider/lease/*", "dedicated_ip_provider/case_text/*"), ("tests/lease", "tests/case_text")
    ),
    "reconcile": Part(
        tuple(f"dedicated_ip_provider/{name}.py" for name in ("outcome", "reconcile", "recovery")),
        ("tests/stories", "tests/test_operations.py", "tests/upgrade", "--ignore=tests/stories/test_large.py"),
    ),
}


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed: in which function, and what it has changed."""

    function: str
    change: str


def main() -> int:
    """Run the parts, and return 0 where enough mutants were noticed and the others are explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS])
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run found out")
    parser.add_argument("--children", default="2", help="how many mutants are tried at once")
    given = parser.parse_args()
    return max([run(name, children=given.children, anew=given.anew) for name in given.parts or PARTS])


def run(name: str, *, children: str, anew: bool) -> int:
    """Run one part, and print what survived without an explanation, and the figures."""
    folder, began = copied(name, anew=anew), time.monotonic()
    survived = [mutant for mutant, result in results_in(folder).items() if result == "survived"]
    for more in ([], survived) if survived else ([],):
        subprocess.run([*MUTMUT, "run", "--max-children", children, *more], cwd=folder, check=False)
    results = results_in(folder)
    counts = Counter(results.values())
    if not results or counts["not checked"]:
        print(f"{name}: mutmut stopped before it had tried all; what it said stands above")
        return 1
    noticed = counts["killed"] + counts["timeout"]
    open_ = [one for one in survivors(folder, results) if not is_explained(one)]
    for one in open_:
        print(f"{one.function} | {one.change}")
    share = 100 * noticed / max(1, len(results))
    print(
        f"{name}: {len(results):,} mutants, {counts['killed']:,} killed, {counts['timeout']:,} ended by the time-out, "
        f"{counts['survived']:,} survived ({share:.1f} % noticed), {len(open_)} of those not explained; "
        f"{time.monotonic() - began:.0f} s"
    )
    return 0 if share >= AT_LEAST and not open_ else 1


def copied(name: str, *, anew: bool) -> Path:
    """Copy the tree to where its mutants live, and say there what is to be done with it."""
    folder, part = ROOT / "mutants" / name, PARTS[name]
    for each in COPIED if not anew else ("",):
        shutil.rmtree(folder / each, ignore_errors=True)
    for each in COPIED:
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__", "_build"))
    settings = {
        "source_paths": ["dedicated_ip_provider"],
        "only_mutate": list(part.mutates),
        "also_copy": [each for each in COPIED if each != "dedicated_ip_provider"],
        # A difference between two long texts is worked out for minutes, and nobody reads it.
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "--assert=plain"],
        "pytest_add_cli_args_test_selection": list(part.tests),
        "use_git_change_detection": False,
        "timeout_multiplier": 5.0,
    }
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else value}" for key, value in settings.items()]
    project = (ROOT / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text("\n".join([project, "[tool.mutmut]", *lines, ""]))
    return folder


def results_in(folder: Path) -> dict[str, str]:
    """Return what became of each mutant so far."""
    return dict(re.findall(r"^\s*(\S+): (.+)$", said(folder, "results", "--all", "true"), re.MULTILINE))


def survivors(folder: Path, results: dict[str, str]) -> list[Survivor]:
    """Return what was not noticed: what survived, and what no test ran."""
    found = []
    for mutant, result in results.items():
        if result not in ("killed", "timeout"):
            lines = said(folder, "show", mutant).splitlines()
            new = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
            old = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
            changed = " ".join(new)
            said_so = changed if re.search(r"\w", changed) else f"without {' '.join(old)}"
            found.append(Survivor(function_of(mutant), said_so))
    return found


def function_of(mutant: str) -> str:
    """Return the function of a mutant: `lease.pools.divide` for `dedicated_ip_provider.lease.pools.x_divide__mutmut_1`."""
    module, _, name = mutant.removeprefix("dedicated_ip_provider.").rpartition(".")
    name = name.rpartition("__mutmut_")[0]
    return f"{module}.{name[2:].replace('ǁ', '.') if name.startswith('xǁ') else name.removeprefix('x_')}"


def is_explained(one: Survivor) -> bool:
    """Return whether `survivors.txt` says why nobody needs to notice it."""
    for line in (ROOT / "tests" / "survivors.txt").read_text().splitlines():
        function, change, reason = (*line.split(" | "), "", "", "")[:3]
        if reason and one.function == function and change in one.change:
            return True
    return False


def said(folder: Path, *words: str) -> str:
    """Return what a command of mutmut prints."""
    return subprocess.run([*MUTMUT, *words], cwd=folder, capture_output=True, text=True, check=False).stdout


def be_mutmut(words: list[str]) -> None:
    """Be mutmut, but for one thing: it ends only processes of its own.

    mutmut 3.8.1 forgets no time-out of a process that has ended, and signals whatever has its number by then.
    """

    def kill(pid: int, number: int) -> None:
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError as error:
            raise ProcessLookupError from error
        os.kill(pid, number)

    # The tests are those of the copy.
    del sys.path[0]
    timeout = importlib.import_module("mutmut.workers.timeout")
    timeout.__dict__["os"] = SimpleNamespace(kill=kill, getpid=os.getpid)
    importlib.import_module("mutmut.__main__").cli(words)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-mutmut"]:
        be_mutmut(sys.argv[2:])
    sys.exit(main())
