"""The unit tests that an example has of its own, run as its user runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("tests", sorted(EXAMPLES.glob("*/test_*.py")), ids=lambda path: path.parent.name)
def test_the_unit_tests_of_an_example_pass(tests: Path) -> None:
    """Pulumi's mocks are enough to test a program with leases and pools: no engine, no credentials."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests.name]
    done = subprocess.run(command, cwd=tests.parent, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stdout
