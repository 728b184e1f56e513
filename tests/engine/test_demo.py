"""`make demo`: the story that a stranger sees first, and what it leaves behind."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from support.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.engine

DEMO = Path(__file__).resolve().parents[2] / "demo"
ELSEWHERE = "https://elsewhere.example.com:8443/127.0.0.1"
PATIENCE = 600.0  # seconds; it takes half a minute, but on a busy machine

KEEP = """
import sys
from pathlib import Path

from emulator_process import Emulator
from stage import Stage, surroundings

folder = Path(sys.argv[1])
environment = surroundings(folder)
with Emulator(environment) as emulator:
    Stage(folder, environment, emulator).hand_over()
"""


@pytest.fixture
def surroundings(environment: Mapping[str, str], tmp_path: Path) -> dict[str, str]:
    """Return the environment of a person whose temporary folders can be counted."""
    (tmp_path / "temporary").mkdir()
    return {**environment, "TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": str(DEMO)}


@contextmanager
def started(surroundings: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start something of the demo, and end it if the test does not."""
    process = subprocess.Popen(
        [sys.executable, *words], env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def read_until(process: subprocess.Popen[str], end: str) -> str:
    """Read what a process prints, up to a line that starts like this."""
    said = ""
    for line in process.stdout or ():
        said += line
        if line.startswith(end):
            return said
    raise AssertionError(f"it ended without {end!r}:\n{said}")


def is_left_behind(said: str, surroundings: Mapping[str, str]) -> list[str]:
    """Return what is still there: folders, and the emulator."""
    left = [one.name for one in Path(surroundings["TMPDIR"]).iterdir()]
    url = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert url, said
    connection = http.client.HTTPConnection(str(urlsplit(url[0]).hostname), urlsplit(url[0]).port, timeout=5)
    try:
        connection.connect()
    except OSError:
        return left
    connection.close()
    return [*left, url[0]]


def test_the_demo_tells_the_whole_story_and_cleans_up(surroundings: Mapping[str, str]) -> None:
    """Preview, up, grants, a partial grant, a question, destroy: each is shown by what Pulumi itself says."""
    with started(surroundings, str(DEMO / "play.py")) as process:
        said, _ = process.communicate(timeout=PATIENCE)

    assert 0 == process.returncode, said
    story = (
        "ireland (eu-west-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 a month",
        "+ 3 created",
        "granted in eu-west-1: 192.0.2.",
        '~ ireland_status    : "requested" => "active"',
        "~ count: 2 => 5",
        "which requests 3 dedicated IP addresses",
        "granted in eu-west-1: 192.0.2.",
        'ireland_status    : "requested" => "short"',
        "$ pulumi preview --expect-no-changes",
        "3 unchanged",
        "~ count: 5 => 2",
        "asks: Please confirm that you want to relinquish 192.0.2.",
        '"relinquishing" => "action_required"',
        "ireland (eu-west-1): case 1700000004: confirmed the relinquishment of 192.0.2.",
        '"relinquishing" => "active"',
        "- 3 deleted",
        "$ dedicated-ip confirm 1700000005 --yes",
        "removed from us-east-1",
        "$ dedicated-ip status --all",
    )
    after = 0
    for line in story:
        assert line in said[after:], f"{line!r} does not follow:\n{said}"
        after = said.index(line, after)
    assert "ireland (eu-west-1): will relinquish 192.0.2." in said
    assert "Traceback" not in said
    assert "\x1b" not in said
    assert [] == is_left_behind(said, surroundings)


def test_ctrl_c_ends_the_demo_and_leaves_nothing(surroundings: Mapping[str, str]) -> None:
    """A person may stop it at any moment, while Pulumi works too."""
    with started(surroundings, str(DEMO / "play.py")) as process:
        said = read_until(process, "Updating (demo)")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)

    assert 130 == process.returncode, said + rest
    assert rest.endswith("\nThe demo was stopped; nothing was left on this machine.\n")
    assert [] == is_left_behind(said, surroundings)


def test_whoever_keeps_it_gets_lines_that_work_in_another_terminal(
    surroundings: Mapping[str, str], tmp_path: Path
) -> None:
    """The lines lead to the same stack and emulator, whatever that terminal had set before; Ctrl-C ends it."""
    with started(surroundings, "-c", KEEP, str(tmp_path)) as process:
        said = read_until(process, "pulumi up")
        enter, load, *commands = said.splitlines()[-4:]
        lines = [enter, load, "pulumi stack init --non-interactive demo", *commands]
        lines[-1] += " --yes --skip-preview --non-interactive"
        elsewhere = {**surroundings, "AWS_PROFILE": "mail", "AWS_ENDPOINT_URL_SUPPORT": "https://elsewhere.example.com"}
        done = subprocess.run(
            ["sh", "-ec", "\n".join(lines)],
            env=elsewhere,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        shown = read_until(process, "   AWS | case 1700000002 filed")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)

    assert "please add 3 dedicated IP addresses" in shown


@table(
    "reason, change, expected",
    [
        *(
            (name, {name: ELSEWHERE}, f"{name} is {ELSEWHERE}, but the demo only uses this machine: unset it.")
            for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM")
        ),
        ("no engine", {"PATH": "/nowhere"}, "`pulumi` is not on PATH: `make demo` sets everything up."),
    ],
)
def test_what_stops_the_demo_is_one_sentence(
    surroundings: Mapping[str, str], reason: str, change: dict[str, str], expected: str
) -> None:
    """It runs against this machine alone, on the engine; where that is not so, nothing is started."""
    with started({**surroundings, **change}, str(DEMO / "play.py")) as process:
        said, _ = process.communicate(timeout=PATIENCE)

    assert (reason, 1, f"The demo stopped: {expected}\n") == (reason, process.returncode, said)
    assert [] == list(Path(surroundings["TMPDIR"]).iterdir())
