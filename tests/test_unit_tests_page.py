"""The page on unit tests: what it shows is run as a user would, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "unit-tests.md"


def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    """Two tests in one process declare the same leases, a pool and a fleet, and both pass."""
    blocks = re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for name, code in blocks:
        (tmp_path / name).write_text(code, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ["infra.py", "test_infra.py"] == [name for name, _ in blocks]
    assert (0, True) == (done.returncode, "2 passed" in done.stdout), done.stdout + done.stderr


def test_a_test_like_those_of_the_page_can_fail(tmp_path: Path) -> None:
    """What AWS granted is really compared: other addresses fail the first test."""
    blocks = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    (tmp_path / "infra.py").write_text(blocks["infra.py"], encoding="utf-8")
    wrong = blocks["test_infra.py"].replace('{"orders": ["192.0.2.1", ', '{"orders": ["192.0.2.9", ')
    (tmp_path / "test_infra.py").write_text(wrong, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=tmp_path, capture_output=True, check=False
    )

    assert b"1 failed, 1 passed" in done.stdout
