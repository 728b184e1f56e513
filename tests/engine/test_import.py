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
    """Nothing is filed and nothing changes afterwards; a lower count then relinquishes exactly the difference."""
    [first, *_] = stack.emulator.lease("eu-west-1", 3)
    stack.emulator.lease("us-east-1", 2)
    stack.emulator.add_managed("us-east-1")

    lines = import_file(stack, "eu=eu-west-1", "us=us-east-1")
    stack.pulumi("import", "--file", "import.json", "--generate-code=false", "--yes")
    stack.program(lines)

    assert stack.preview_is_empty()
    stack.refresh("--expect-no-changes")
    assert stack.preview_is_empty()
    assert [3, 2] == [stack.outputs(name)["count"] for name in ("eu", "us")]
    stack.program(lines.replace("count=3", "count=2"))
    stack.up()
    assert [("eu-west-1", [first])] == asked(stack.emulator)


def test_an_imported_lease_is_protected_until_the_program_says_otherwise(stack: Stack) -> None:
    """Pulumi protects what it imports: a destroy is refused; the first `up` does what the program says of it."""
    stack.emulator.lease("eu-west-1", 2)
    lines = import_file(stack, "eu=eu-west-1")
    stack.pulumi("import", "--file", "import.json", "--generate-code=false", "--yes", "--skip-preview")

    assert "because it is protected" in stack.fails("destroy", "--yes", "--skip-preview")
    stack.program(lines)
    stack.up("--expect-no-changes")
    stack.destroy()

    assert [("eu-west-1", ["192.0.2.1", "192.0.2.2"])] == asked(stack.emulator)


def test_a_lost_state_comes_back_with_its_open_case(stack: Stack) -> None:
    """With consent, the file goes on with the record: the request that is open brings what it owes."""
    stack.program(program := 'DedicatedIpLease("eu", count=2, use_case=shop)')
    stack.up()
    token = stack.outputs()["record_version"]
    stack.pulumi("stack", "rm", "--force", "--yes", "--preserve-config")
    stack.pulumi("stack", "init", stack.name)

    lines = import_file(stack, "eu=eu-west-1", "--take-over-from", token)
    stack.pulumi("import", "--file", "import.json", "--generate-code=false", "--yes", "--skip-preview")

    assert 'DedicatedIpLease("eu", region="eu-west-1", count=2)' in lines
    stack.program(lines)
    assert stack.preview_is_empty()
    stack.program(program)
    stack.up()
    stack.emulator.grant("1700000001")
    stack.refresh()
    assert ("active", 2) == stack.shown("status", "leased_count")
    assert [("eu-west-1", 2)] == asked(stack.emulator)


def import_file(stack: Stack, *arguments: str) -> str:
    """Write the file, and return the lines that are printed for the program."""
    command = ["dedicated-ip", "import-file", "--project", stack.folder.name, "--stack", stack.name, *arguments]
    return subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, check=True
    ).stdout
