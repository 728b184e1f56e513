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
    from collections.abc import Callable

    from cli.conftest import Ended


def test_the_help_names_every_command_and_every_exit_code(run: Callable[..., Ended]) -> None:
    """`--help` is where a person finds the commands, and a script's author what the exit codes mean."""
    said = run("--help")

    assert (0, "") == (said.code, said.err)
    for name in program.program.commands:
        assert f"\n  {name} " in said.out
    for code, meaning in MEANINGS.items():
        assert f" {code.value} {meaning} " in " ".join(said.out.split()) + " "


def test_every_exit_code_has_a_meaning() -> None:
    """The one table of exit codes is complete."""
    assert set(Exit) == set(MEANINGS)


@pytest.mark.parametrize("name", list(program.program.commands))
def test_the_help_of_a_command_teaches_by_examples(run: Callable[..., Ended], name: str) -> None:
    """Each command shows how it is used."""
    said = run(name, "--help")

    assert 0 == said.code
    assert f"  Examples:\n    dedicated-ip {name}" in said.out


def test_the_program_is_a_module_too(installed: Callable[..., Ended]) -> None:
    """`python -m dedicated_ip_provider` is the same program."""
    module = subprocess.run(
        [sys.executable, "-m", "dedicated_ip_provider", "--version"], capture_output=True, text=True, check=True
    )

    assert installed("--version").out == module.stdout
    assert module.stdout.startswith("dedicated-ip 0.")


def test_without_a_command_the_help_is_shown(run: Callable[..., Ended]) -> None:
    """Nothing to do is a mistake, answered by the help."""
    said = run()

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith("Usage: dedicated-ip [OPTIONS] COMMAND")


def test_a_wrong_command_line_is_a_sentence(run: Callable[..., Ended]) -> None:
    """What is wrong, and where it is explained."""
    assert (2, "dedicated-ip: No such command 'lease'.\nSee `dedicated-ip --help`.\n") == (
        (said := run("lease")).code,
        said.err,
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("No.", "Do."), Exit.REFUSED),
        (Unreachable("No.", "Do."), Exit.UNREACHABLE),
        (OutcomeUnknown("No.", "Do."), Exit.UNKNOWN),
    ],
)
def test_an_error_of_the_package_has_its_exit_code(error: Refused, code: Exit) -> None:
    """A script can tell a no from a failure, and both from what may have happened."""
    assert code == exit_of(error)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["policy"], "the output cannot be written: No space left on device."),
        (["--help"], "the output cannot be written: No space left on device."),
    ],
)
def test_a_full_disk_is_a_sentence(arguments: list[str], expected: str) -> None:
    """Output that cannot be written is no success, and no traceback."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            ["dedicated-ip", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (9, f"dedicated-ip: {expected}\n") == (ended.returncode, ended.stderr)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["policy"], 141), (["--help"], 141), (["policy", "--region", "ap-east-1"], 141), (["x"], 2)],
)
@pytest.mark.parametrize("both", [False, True], ids=["only the output", "the remarks too"])
def test_a_closed_pipe_ends_in_silence(arguments: list[str], code: int, both: bool) -> None:  # noqa: FBT001 - a table
    """`dedicated-ip ... | head -0` ends as other programs do: the reader wants no more, so nothing more is said."""
    reads, writes = os.pipe()
    os.close(reads)
    remarks = writes if both else subprocess.PIPE
    ended = subprocess.run(["dedicated-ip", *arguments], stdout=writes, stderr=remarks, text=True, check=False)
    os.close(writes)

    assert code == ended.returncode
    assert code == 2 or not ended.stderr or ended.stderr.startswith("dedicated-ip: warning: ")


def test_a_closed_output_is_a_sentence() -> None:
    """Data that would go nowhere is not asked for."""
    ended = subprocess.run(["sh", "-c", "dedicated-ip policy >&-"], stderr=subprocess.PIPE, text=True, check=False)

    assert (9, "dedicated-ip: there is no output to write to.\n") == (ended.returncode, ended.stderr)


def test_ctrl_c_is_a_word(run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted command says so and has the exit code of an interrupted program."""
    _replace_policy(monkeypatch, KeyboardInterrupt())

    said = run("policy")

    assert (130, "dedicated-ip: interrupted.") == (said.code, said.err.strip())


def test_an_internal_error_is_a_sentence_too(run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is said in one line that can be reported."""
    _replace_policy(monkeypatch, ZeroDivisionError("by\nnothing"))

    said = run("policy")

    assert 70 == said.code
    assert said.err.startswith("dedicated-ip: internal error: ZeroDivisionError: by nothing (fail, line ")
    assert said.err.endswith(" of test_program.py).\nPlease report it.\n")


def test_a_file_that_cannot_be_read_is_not_taken_for_the_output(
    run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose file it was is said, and not that the output cannot be written."""
    _replace_policy(monkeypatch, PermissionError(13, "Permission denied", "cache.json"))

    said = run("policy")

    assert (70, True) == (said.code, "PermissionError: [Errno 13] Permission denied: 'cache.json'" in said.err)


def test_neither_programs_nor_plugins_load_the_command_line() -> None:
    """A Pulumi program and the plugin's process start without click and rich."""
    code = (
        "import sys, dedicated_ip_provider.provider, dedicated_ip_provider.resource; "
        "print({'click', 'rich', 'dedicated_ip_provider.cli'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "set()\n" == said.stdout


def _replace_policy(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the command `policy` end in an error as none of the real commands does."""

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(program.program.commands["policy"], "callback", fail)
