"""How the program ends, whatever it is told and wherever its output goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.cli import program
from dedicated_ip_provider.cli.exits import MEANINGS, Exit, exit_of
from dedicated_ip_provider.errors import OutcomeUnknown, Refused, Unreachable

if TYPE_CHECKING:
    from cli.conftest import Ended, Run


def test_the_help_names_every_command_and_every_exit_code(run: Run) -> None:
    """With what each means."""
    said = run("--help")

    assert (0, "") == (said.code, said.err)
    for name in program.program.commands:
        assert f"\n  {name} " in said.out
    for code in Exit:
        assert f" {code.value} {MEANINGS[code]} " in " ".join(said.out.split()) + " "


@pytest.mark.parametrize("name", list(program.program.commands))
def test_the_help_of_a_command_teaches_by_examples(run: Run, name: str) -> None:
    """They come first in its epilog."""
    said = run(name, "--help")

    assert (0, True) == (said.code, f"  Examples:\n    dedicated-ip {name}" in said.out)


def test_the_program_is_a_module_too(installed: Run) -> None:
    """`python -m dedicated_ip_provider` is the same program."""
    module = subprocess.run(
        [sys.executable, "-m", "dedicated_ip_provider", "--version"], capture_output=True, text=True, check=True
    )

    assert installed("--version").out == module.stdout
    assert module.stdout.startswith("dedicated-ip 0.")


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    """The exit code is that of a wrong command line."""
    said = run()

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith("Usage: dedicated-ip [OPTIONS] COMMAND")


def test_a_wrong_command_line_is_a_sentence(run: Run) -> None:
    """It says what is wrong, and where that is explained."""
    assert (2, "", "dedicated-ip: No such command 'lease'.\nSee `dedicated-ip --help`.\n") == run("lease")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("No.", "Do."), Exit.REFUSED),
        (Unreachable("No.", "Do."), Exit.UNREACHABLE),
        (OutcomeUnknown("No.", "Do."), Exit.UNKNOWN),
    ],
)
def test_an_error_of_the_package_has_its_exit_code(error: Refused, code: Exit) -> None:
    """A script can tell a refusal from a failure, and both from what may have happened."""
    assert code == exit_of(error)


@pytest.mark.parametrize("argument", ["policy", "--help"])
def test_a_full_disk_is_a_sentence(argument: str) -> None:
    """Output that cannot be written is neither a success nor a traceback."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(["dedicated-ip", argument], stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    expected = "dedicated-ip: the output cannot be written: No space left on device.\n"
    assert (9, expected) == (ended.returncode, ended.stderr)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["policy"], 141), (["--help"], 141), (["policy", "--region", "ap-east-1"], 141), (["x"], 2)],
)
@pytest.mark.parametrize("both", [False, True], ids=["only the output", "the remarks too"])
def test_a_closed_pipe_ends_in_silence(arguments: list[str], code: int, both: bool) -> None:  # noqa: FBT001 - a table
    """`dedicated-ip ... | head -0` ends as other programs do: nothing more is printed."""
    reads, writes = os.pipe()
    os.close(reads)
    remarks = writes if both else subprocess.PIPE
    ended = subprocess.run(["dedicated-ip", *arguments], stdout=writes, stderr=remarks, text=True, check=False)
    os.close(writes)

    assert code == ended.returncode
    assert code == 2 or not ended.stderr or ended.stderr.startswith("dedicated-ip: warning: ")


def test_a_closed_output_is_a_sentence() -> None:
    """The command is not run."""
    ended = subprocess.run(["sh", "-c", "dedicated-ip policy >&-"], stderr=subprocess.PIPE, text=True, check=False)

    assert (9, "dedicated-ip: there is no output to write to.\n") == (ended.returncode, ended.stderr)


def test_an_unforeseen_error_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is one line that can be reported; an error about an input file is not taken for one of the output."""

    def ended_by(error: BaseException) -> Ended:
        def fail(**_: object) -> None:
            raise error

        monkeypatch.setattr(program.program.commands["policy"], "callback", fail)
        return run("policy")

    assert (130, "", "\ndedicated-ip: interrupted.\n") == ended_by(KeyboardInterrupt())
    bug = ended_by(ZeroDivisionError("by\nnothing"))
    assert (70, True) == (bug.code, bug.err.endswith(" of test_program.py).\nPlease report it.\n"))
    assert bug.err.startswith("dedicated-ip: internal error: ZeroDivisionError: by nothing (fail, line ")
    unread = ended_by(PermissionError(13, "Permission denied", "cache.json"))
    assert (70, True) == (unread.code, "PermissionError: [Errno 13] Permission denied: 'cache.json'" in unread.err)


def test_neither_programs_nor_plugins_load_the_command_line() -> None:
    """A Pulumi program and the plugin's process start without click and rich."""
    code = (
        "import sys, dedicated_ip_provider.provider, dedicated_ip_provider.resource; "
        "print({'click', 'rich', 'dedicated_ip_provider.cli'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "set()\n" == said.stdout
