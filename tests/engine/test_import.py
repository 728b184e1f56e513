"""Addresses that an account has already, imported by the file that `dedicated-ip import-file` writes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support.filed import asked

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine


def test_two_regions_come_in_with_one_file(stack: Stack) -> None:
    """Nothing is filed or changes; Pulumi protects what it imports until the program is applied."""
    first, *others = stack.emulator.lease("eu-west-1", 3)
    stack.emulator.lease("us-east-1", 2)
    stack.emulator.add_managed("us-east-1")

    lines = import_file(stack, "eu=eu-west-1", "us=us-east-1")
    stack.pulumi("import", "--file", "import.json", "--generate-code=false", "--yes")
    assert "because it is protected" in stack.fails("destroy", "--yes", "--skip-preview")
    stack.program(lines)

    assert stack.preview_is_empty()
    stack.refresh("--expect-no-changes")
    stack.up("--expect-no-changes")
    assert [3, 2] == [stack.outputs(name)["count"] for name in ("eu", "us")]
    stack.program(lines.replace("count=3", "count=2"))
    stack.up()
    assert [("eu-west-1", [first])] == asked(stack.emulator)
    stack.destroy()
    assert ("eu-west-1", others) in asked(stack.emulator)


def import_file(stack: Stack, *arguments: str) -> str:
    """Write the file, and return the lines that are printed for the program."""
    command = ["dedicated-ip", "import-file", "--project", stack.folder.name, "--stack", stack.name, *arguments]
    return subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, check=True
    ).stdout
