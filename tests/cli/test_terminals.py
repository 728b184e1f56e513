"""A stranger's terminal: other encodings and locales, no home, no folder, few columns."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.terminals import CP1252, POSIX, on_a_terminal
from dedicated_ip_provider.cli.output import sanitize

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.stacks import Stack

    from dedicated_ip_provider.emulator import RunningEmulator

# `\u3000` is the space between Japanese words.
FORM = (
    *("form", "--region", "eu-west-1", "--have", "0", "--count", "3"),
    *("--mail-type", "TRANSACTIONAL", "--website-url", "https://example.com", "--complies-with-aup"),
    *("--description", "注文\u3000発送の通知 📦", "--why-dedicated", "評判"),
    *("--opt-in", "登録", "--bounce-complaints", "SNS", "--language", "ja"),
)
STATUS = ("status", "--region", "eu-west-1")
LOCALES = [{}, CP1252, {"PYTHONIOENCODING": "utf-16"}, POSIX, {**POSIX, "LC_ALL": "C"}]


def run(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command with its output in a pipe."""
    return subprocess.run(
        ["dedicated-ip", *arguments], capture_output=True, check=False, env={**os.environ, **environment}
    )


# Encodings.


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_a_form_in_a_file_is_utf_8(environment: Mapping[str, str]) -> None:
    """Whatever the locale: it will be pasted. Arguments are read as they were typed."""
    ended = run(*FORM, **environment)

    assert (0, True) == (ended.returncode, ended.stderr.startswith(b"This form has no mark"))
    assert "ケースのタイプ (Case type): Account and billing\n" in ended.stdout.decode()
    assert "ユースケースの説明 (Use case description): 注文\u3000発送の通知 📦\n" in ended.stdout.decode()


def test_a_form_that_a_terminal_cannot_show_is_refused() -> None:
    """The sentence says how to get it whole."""
    shown = on_a_terminal(*FORM, environment=CP1252)

    sentence = (
        "dedicated-ip: this terminal's encoding, cp1252, lacks a character of the form (U+30B1).\n"
        "Add `> form.txt` to write the form to a file, in UTF-8; or set a UTF-8 locale.\n"
    )
    assert (9, sentence) == (shown.code, shown.data.decode())


def test_a_form_that_a_terminal_can_show_is_in_its_encoding() -> None:
    """Here German in Windows' encoding."""
    english = [*FORM[:-1], "en"]
    words = ["Grüße" if word == "注文\u3000発送の通知 📦" else "x" if not word.isascii() else word for word in english]

    shown = on_a_terminal(*words, environment=CP1252)

    assert (0, True) == (shown.code, "Use case description: Grüße\n".encode("cp1252") in shown.data)


@pytest.mark.parametrize("environment", [{}, POSIX], ids=str)
def test_a_terminal_without_a_locale_gets_utf_8(environment: Mapping[str, str]) -> None:
    """ASCII only means that no locale is set, as in many containers."""
    shown = on_a_terminal(*FORM, environment=environment)

    assert (0, True) == (shown.code, "注文\u3000発送の通知 📦" in shown.data.decode())


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_the_name_of_a_file_is_what_was_typed(environment: Mapping[str, str], tmp_path: Path) -> None:
    """A file is found by its name in every locale."""
    (tmp_path / "状態.json").write_text('{"deployment": {"resources": []}}', encoding="utf-8")

    found = run("form", "--from-state", str(tmp_path / "状態.json"), **environment)
    missing = run("form", "--from-state", "状態", **environment)

    assert (2, True) == (found.returncode, "has no lease" in found.stderr.decode())
    assert (2, True) == (missing.returncode, "'状態': No such file or directory" in missing.stderr.decode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_state_may_be_in_what_a_shell_writes(encoding: str, tmp_path: Path) -> None:
    """In PowerShell 5, `pulumi stack export > state.json` writes UTF-16. The file's name may be any bytes."""
    name = os.fsencode(tmp_path) + b"/caf\xe9.json"
    with open(name, "w", encoding=encoding) as file:  # noqa: PTH123 - bytes are no path
        file.write('{"deployment": {"resources": []}}')

    ended = run("form", "--from-state", name)

    assert (2, True) == (ended.returncode, b"has no lease" in ended.stderr)


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_a_text_that_is_not_utf_8_is_refused_by_name(environment: Mapping[str, str]) -> None:
    """Its bytes are shown."""
    ended = run("form", "--region", "eu-west-1", "--description", b"caf\xe9", **environment)

    assert (2, b"") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith(
        rb"dedicated-ip: Invalid value for '--description': 'caf\xe9' is not text in UTF-8."
    ), ended.stderr


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_tables_and_remarks_in_files_are_utf_8(stack: Stack, environment: Mapping[str, str]) -> None:
    """Whatever the locale, on both streams."""
    stack.up(店={"count": 2})

    table = run(*STATUS, **environment)
    data = run(*STATUS, "--json", **environment)
    remark = run("status", "--region", "東京", **environment)

    assert (0, True) == (table.returncode, "shop/prod/店" in table.stdout.decode())
    assert ["shop/prod/店"] == [one["holder"] for one in json.loads(data.stdout)]
    assert data.stdout.isascii()
    assert (2, True) == (remark.returncode, "'東京' is not the code of" in remark.stderr.decode())


def test_remarks_on_a_terminal_keep_the_codes_of_what_it_lacks() -> None:
    """A remark never fails."""
    shown = on_a_terminal("status", "--region", "東京", environment=CP1252)

    assert (2, True) == (shown.code, rb"'\u6771\u4eac' is not the code of" in shown.data)


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("a\r\nb\tc", "a\nb    c", "lines stay, tabs are spaces"),
        ("注文\u3000📦\u200d\u00a0é", "注文\u3000📦\u200d\u00a0é", "letters of all kinds stay"),
        ("a\x1b[31mb\x9b\x07\r", "a?[31mb???", "control characters steer a terminal"),
        ("a\u202eb\u2066c\u2028d", "a?b?c?d", "these show a text in another order, or on another line"),
        ("a\udce9", "a?", "half of a character"),
    ],
)
def test_what_is_printed_cannot_control_a_terminal(text: str, expected: str, reason: str) -> None:
    """Anybody can write in a case."""
    assert expected == sanitize(text), reason


# Homes and folders.


@pytest.mark.parametrize("home", [None, "/nonexistent", ""])
@pytest.mark.parametrize("arguments", [["status"], ["policy"], ["doctor", "--region", "eu-west-1"]], ids=str)
def test_no_home_is_needed(emulator: RunningEmulator, arguments: list[str], home: str | None) -> None:
    """Services often run without one; credentials then come from the environment."""
    given = {"PATH": os.environ["PATH"], **emulator.environment, **({} if home is None else {"HOME": home})}

    ended = subprocess.run(["dedicated-ip", *arguments], capture_output=True, text=True, check=False, env=given)

    assert 0 == ended.returncode, ended.stderr
    assert "rror" not in ended.stderr


@pytest.mark.parametrize("arguments", [["status"], ["policy"], list(FORM)], ids=["status", "policy", "form"])
@pytest.mark.parametrize("folder", ["read-only", "gone"])
def test_no_folder_is_needed(emulator: object, arguments: list[str], folder: str, tmp_path: Path) -> None:  # noqa: ARG001 - leads AWS clients there
    """The working folder may be read-only, or deleted."""
    place = tmp_path / folder
    place.mkdir(mode=0o555)
    enter = f'cd "$0" && {"rmdir" if folder == "gone" else "test -d"} "$0" && exec dedicated-ip "$@"'

    ended = subprocess.run(["sh", "-c", enter, place, *arguments], capture_output=True, check=False)

    assert 0 == ended.returncode, ended.stderr
    assert folder == "gone" or [] == list(place.iterdir())


def test_the_emulator_runs_without_an_input() -> None:
    """With stdin closed, it runs as in the background."""
    with subprocess.Popen(["sh", "-c", "exec dedicated-ip emulator <&-"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()

    assert line.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")


# Sizes and colours.


def test_a_narrow_terminal_gets_a_line_a_cell(stack: Stack) -> None:
    """Folded cells could not be read or copied. A lease with a usual name fits into 100 columns."""
    stack.up(eu={"count": 2}, us={"count": 2, "region": "us-east-1"})
    status = (*STATUS, "--region", "us-east-1")

    narrow = on_a_terminal(*status, columns=60, environment={"TERM": "dumb"}).data.decode()
    wide = on_a_terminal(*status, columns=100, environment={"TERM": "dumb"}).data.decode()

    block = """\
HOLDER         shop/prod/eu
REGION         eu-west-1
STATUS         requested
WANTED         2
LEASED         0
WARMING        0
LEAST WARM     -
RELINQUISHING  0
CASE           1700000001

HOLDER         shop/prod/us
REGION         us-east-1
"""
    assert block in narrow
    assert "HOLDER        REGION     STATUS     WANTED  LEASED  WARMING  LEAST WARM  RELINQUISHING  CASE" in wide


def test_the_help_fits_a_narrow_terminal() -> None:
    """Everything but the examples is folded."""
    shown = on_a_terminal("--help", columns=60).data.decode()

    assert 60 >= max(map(len, shown.splitlines()))


def test_colours_that_are_forced_fold_no_file(stack: Stack) -> None:
    """Build servers set FORCE_COLOR; a row of a table stays a line."""
    stack.up(eu={"count": 2})

    ended = run(*STATUS, FORCE_COLOR="1", COLUMNS="40")

    assert b"requested       2       0        0           -              0  1700000001\n" in ended.stdout
