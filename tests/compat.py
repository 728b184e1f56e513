"""Run the tests on every Python there is, with the newest of what the package stands on, and with the oldest.

    make compat

Each `python3.X` on PATH gets an environment of its own in `.venv/compat`; what is not there is left out with a line.
The oldest versions are the lower bounds of pyproject.toml; they are tried on the oldest Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parents[1]
MINORS: Final = range(10, 15)
TOOLS: Final = ("editables", "hatchling", "hypothesis", "packaging", "pytest>=9", "pulumi-aws")

# The engine has a Python of its own to think of; the documentation is built once, by the tools of the newest Python.
EVERYWHERE: Final = ("-m", "not engine", "--ignore", "tests/test_docs.py")
# The emulator answers by botocore's service models, and some tests ask for what only newer ones have: managed addresses,
# dry runs. An older botocore does not ask again by itself after half an answer; the lease then says so, and nothing more.
WITH_THE_OLDEST: Final = (
    *("--ignore", "tests/emulator", "--ignore", "tests/cli/test_doctor.py", "--ignore", "tests/faults"),
    *("--deselect", "tests/aws/test_account.py::test_addresses_of_managed_pools_are_marked"),
    *("-W", "ignore::DeprecationWarning"),
)


def main() -> int:
    """Try all there is; 1 if anything failed."""
    found = {f"3.{minor}": shutil.which(f"python3.{minor}") for minor in MINORS}
    for name in (name for name, python in found.items() if python is None):
        print(f"python{name}: not on PATH, left out")
    there = [(name, python) for name, python in found.items() if python]
    failed = [name for name, python in there if not passes(name, python, (), ())]
    for name, python in there[:1]:
        if not passes(f"{name}-oldest", python, lower_bounds(), WITH_THE_OLDEST):
            failed.append(f"{name} with the oldest")
    print(f"failed on Python {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0


def lower_bounds() -> tuple[str, ...]:
    """Give the oldest versions that pyproject.toml allows, of what users install."""
    wanted = [Requirement(text) for text in requires("dedicated-ip-provider") or ()]
    users = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": "aws"})]
    return tuple(f"{one.name}=={spec.version}" for one in users for spec in one.specifier if spec.operator == ">=")


def passes(name: str, python: str, pins: tuple[str, ...], options: tuple[str, ...]) -> bool:
    """Make an environment and run the tests in it."""
    print(" ".join(("Python", name, *pins)), flush=True)
    environment = ROOT / ".venv" / "compat" / name
    own = environment / "bin" / "python"
    pip = (own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    steps: list[tuple[str | Path, ...]] = [
        (python, "-m", "venv", environment),
        (*pip, *TOOLS),
        (*pip, "--no-build-isolation", "--editable", ".[aws,crt]", *pins),
        (own, "-m", "pytest", "-q", "-p", "no:cacheprovider", *EVERYWHERE, *options),
    ]
    there = {**os.environ, "PATH": os.pathsep.join([str(own.parent), os.environ["PATH"]])}
    return all(subprocess.run(step, cwd=ROOT, env=there, check=False).returncode == 0 for step in steps)


if __name__ == "__main__":
    sys.exit(main())
