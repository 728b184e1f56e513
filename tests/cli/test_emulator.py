"""`emulator` runs the emulator; at its prompt a person decides as AWS's people do."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import boto3
import pytest
from emulator import messages

from dedicated_ip_provider.cli.emulator_prompt import COMMANDS, Prompt
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.conftest import Ended
    from dedicated_ip_provider.emulator import RunningEmulator

SECONDS_AT_MOST = 30


class Terminal:
    """A terminal with the emulator on it: what it shows, and what is typed."""

    def __init__(self, *arguments: str) -> None:
        """Start the emulator on a terminal of its own."""
        ours, theirs = pty.openpty()
        self._ours = io.FileIO(ours, "r+")
        self.process = subprocess.Popen(
            ["dedicated-ip", "emulator", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.shown = ""

    def type(self, line: str) -> None:
        """Type a line."""
        self._ours.write(f"{line}\n".encode())

    def wait_for(self, text: str) -> str:
        """Wait until a text shows, and give all that has shown until then and was not looked at yet."""
        end = time.monotonic() + SECONDS_AT_MOST
        while text not in self.shown and time.monotonic() < end:
            if select.select([self._ours], [], [], 0.1)[0]:
                self.shown += self._ours.read(65536).decode().replace("\r\n", "\n")
        before, found, self.shown = self.shown.partition(text)
        assert text == found, before
        return before + found

    def close(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Be gone, as a window that is closed."""
        self._ours.close()


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts emulators on terminals."""
    started = []

    def start(*arguments: str) -> Terminal:
        started.append(Terminal(*arguments))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def obey(emulator: RunningEmulator) -> Callable[[str], str]:
    """Types a line at the prompt of the emulator in this process."""
    return Prompt(emulator, DEFAULT_ACCOUNT).obey


def test_a_person_at_a_terminal_is_the_staff(terminal: Callable[..., Terminal]) -> None:
    """Cases show as they come; a line decides; `quit` closes the emulator."""
    at = terminal()
    url = at.wait_for("`help` lists").split("# the emulator is running at ")[1].split(";")[0]
    at.wait_for("emulator> ")
    _file_a_case(url)

    at.wait_for("\r# case 1700000001 filed in account 111122223333: Please add\nemulator> ")
    at.type("grant 1700000001 1")

    assert (
        "grant 1700000001 1\n"
        "Granted: 192.0.2.1.\n"
        "# case 1700000001: granted in eu-west-1: 192.0.2.1\n"
        "# case 1700000001: work-in-progress\n"
        "emulator> "
    ) == at.wait_for("emulator> ")
    at.type("quit")
    at.wait_for("The emulator has stopped.\n")
    assert 0 == at.process.wait(SECONDS_AT_MOST)


@pytest.mark.parametrize("end", ["\x04", "\x03"])
def test_the_end_of_the_input_and_ctrl_c_close_the_emulator(terminal: Callable[..., Terminal], end: str) -> None:
    """A person leaves as from any program."""
    at = terminal("--pace", "manual")
    at.wait_for("emulator> ")

    if end == "\x03":
        at.process.send_signal(signal.SIGINT)
    else:
        at.type(end)

    assert 0 == at.process.wait(SECONDS_AT_MOST)


def test_the_emulator_ends_with_its_terminal(terminal: Callable[..., Terminal]) -> None:
    """Whoever closes the window leaves no emulator behind."""
    at = terminal()
    at.wait_for("emulator> ")

    at.hang_up()

    assert 0 == at.process.wait(SECONDS_AT_MOST)


def test_the_staff_can_act_by_itself_beside_the_person(terminal: Callable[..., Terminal]) -> None:
    """With a pace, what is due is done while the person thinks."""
    at = terminal("--pace", "0.1", "--no-confirm", "--account", "444455556666")
    said = at.wait_for("emulator> ")

    assert "export AWS_ACCESS_KEY_ID=444455556666\n" in said
    _file_a_case(said.split("# the emulator is running at ")[1].split(";")[0])
    at.wait_for("\r# case 1700000001: resolved\n")


def test_a_port_that_is_taken_is_a_sentence(terminal: Callable[..., Terminal], installed: Callable[..., Ended]) -> None:
    """The emulator says why it does not start, on a terminal and elsewhere."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        at = terminal("--port", port)

        at.wait_for("dedicated-ip: the emulator cannot start: ")
        assert 2 == at.process.wait(SECONDS_AT_MOST)
        ended = installed("emulator", "--port", port)
        assert (2, True) == (ended.code, ended.err.startswith("The emulator cannot start: "))


def test_elsewhere_the_emulator_prints_what_happens() -> None:
    """Without a terminal it is the emulator of `python -m dedicated_ip_provider.emulator`."""
    with subprocess.Popen(
        ["dedicated-ip", "emulator", "--no-plan", "--no-confirm"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        process.send_signal(signal.SIGINT)

    assert lines[0].startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")
    assert lines[-1].endswith("; the staff answers after 5 s; Ctrl-C closes it\n")
    assert 0 == process.returncode


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--pace", "slow"], "'slow' must be a number of seconds, or `manual`."),
        (["--pace", "-1"], "'-1' must be a number of seconds, or `manual`."),
        (["--pace", "nan"], "'nan' must be a number of seconds, or `manual`."),
        (["--account", "mail"], "an account ID has 12 digits."),
        (["--port", "70000"], "70000 is not in the range 0<=x<=65535."),
    ],
)
def test_a_wrong_option_is_a_sentence(run: Callable[..., Ended], arguments: list[str], expected: str) -> None:
    """What makes no sense is refused before anything starts."""
    said = run("emulator", *arguments)

    assert (2, True) == (said.code, expected in said.err)


def test_the_help_at_the_prompt_has_all_commands(obey: Callable[[str], str]) -> None:
    """`help` is how a person learns what can be decided."""
    assert list(COMMANDS) == [line.split()[0] for line in obey("help").splitlines()]


def test_cases_are_listed_and_shown(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """What came in and what was said, with nothing in it that steers the terminal."""
    assert "Account 111122223333 has no case." == obey("cases")
    emulator.file_by_hand("Please\x1b[2J add", "Hello,\r\nplease")

    assert "1700000001  opened                     Please?[2J add" == obey("cases")
    assert """\
1700000001, opened: Please?[2J add

mail-team@111122223333.example (role: administrator), 2026-11-02 12:00 UTC:
  | Hello,
  | please""" == obey("show 1700000001")


def test_each_decision_reaches_the_case(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """A line is a decision of AWS's people."""
    emulator.file_by_hand("Please add", messages.request(3))

    assert "Granted: 192.0.2.1, 192.0.2.2." == obey("grant 1700000001 2")
    assert "Said." == obey("say 1700000001 Soon, soon.")
    assert "Soon, soon." == emulator.case("1700000001").communications[-1].body
    assert "Asked; the case waits for the customer." == obey("ask 1700000001")
    assert "Asked; the case waits for the customer." == obey("ask 1700000001 Why two?")
    assert "Why two?" == emulator.case("1700000001").communications[-1].body
    assert "Granted: 192.0.2.3." == obey("grant 1700000001")
    assert "resolved" == emulator.case("1700000001").status


def test_a_refusal_may_have_words_of_its_own(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """Without words AWS's own are used."""
    for _ in range(2):
        emulator.file_by_hand("Please add", messages.request(3))

    assert "Refused; the case is closed." == obey("refuse 1700000001")
    assert "Refused; the case is closed." == obey('refuse 1700000002 "No, sorry."')
    assert "No, sorry." == emulator.case("1700000002").communications[-1].body


def test_addresses_are_taken_back(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """First the question, then the removal of all or some."""
    ips = emulator.lease("eu-west-1", 2)
    emulator.file_by_hand("Please remove", messages.relinquish(*ips))

    assert "Asked to confirm; the case waits for the customer." == obey("confirm 1700000001")
    assert f"Removed: {ips[1]}." == obey(f"remove 1700000001 {ips[1]}")
    assert f"Removed: {ips[0]}." == obey("remove 1700000001")
    assert "Removed: nothing." == obey("remove 1700000001")


def test_a_case_is_closed_without_a_word(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """AWS does so, too."""
    emulator.file_by_hand("Please add", messages.request(3))

    assert "Closed." == obey("resolve 1700000001")


def test_time_passes_by_command(obey: Callable[[str], str]) -> None:
    """Days of silence pass in a moment."""
    assert "It is 2026-11-05 12:00:00 UTC at the emulator." == obey("advance 3d")
    assert "No: soon is not a length of time, such as 90m, 2h30m or 3d." == obey("advance soon")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ""),
        ("  ", ""),
        ("grnat 1", "There is no command grnat; `help` shows those there are."),
        ("grant", "Usage: grant CASE [N]"),
        ("grant 1 2 3", "Usage: grant CASE [N]"),
        ("cases all", "Usage: cases"),
        ("grant 1", "No: there is no case 1."),
        ("grant 1700000001 two", "No: two is not a number of addresses."),
        ("confirm 1700000001", "No: case 1700000001 names no addresses to relinquish."),
        ("say 1700000001 'Hello", "No: No closing quotation."),
    ],
)
def test_what_makes_no_sense_is_a_sentence(
    emulator: RunningEmulator, obey: Callable[[str], str], line: str, expected: str
) -> None:
    """A wrong line changes nothing, and the emulator stays open."""
    emulator.file_by_hand("Please add", messages.request(3))

    assert expected == obey(line)


def _file_a_case(url: str) -> None:
    client = boto3.client(
        "support",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=DEFAULT_ACCOUNT,
        aws_secret_access_key="x",  # noqa: S106 - the emulator checks none
    )
    client.create_case(subject="Please add", communicationBody=messages.request(3))
    client.close()
