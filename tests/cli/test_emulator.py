"""`emulator` runs the emulator; at its prompt a person decides as AWS's people do."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import select
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from emulator import messages
from emulator.wire import message
from support.tables import table

from dedicated_ip_provider.cli.emulator_prompt import COMMANDS, Prompt
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.conftest import Run
    from dedicated_ip_provider.emulator import RunningEmulator

SECONDS_AT_MOST = 600
OURS = "# the emulator is running at "


class Terminal:
    """A terminal with the emulator on it: what it shows, and what is typed."""

    def __init__(self, *arguments: str) -> None:
        """Start the emulator on a terminal of its own."""
        ours, theirs = pty.openpty()
        self._ours = io.FileIO(ours, "r+")
        command = ["dedicated-ip", "emulator", *arguments]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
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

    def hang_up(self) -> None:
        """Close the terminal, like a window."""
        self._ours.close()

    def ends_well(self) -> bool:
        """Wait for the emulator to end, and return whether its exit code is 0."""
        return self.process.wait(SECONDS_AT_MOST) == 0


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts emulators on terminals."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: str) -> Terminal:
            one = Terminal(*arguments)
            stack.callback(one.hang_up)
            stack.callback(one.process.wait)
            stack.callback(one.process.kill)
            return one

        yield start


@contextlib.contextmanager
def elsewhere(*arguments: str) -> Iterator[tuple[Any, str, list[str]]]:
    """Run the emulator without a terminal; yield its process, its URL, and the lines that it printed when it started."""
    command = ["dedicated-ip", "emulator", *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        yield process, lines[0].partition("=")[2].strip(), lines


@pytest.fixture
def obey(emulator: RunningEmulator) -> Callable[[str], str]:
    """Types a line at the prompt of the emulator in this process."""
    return Prompt(emulator, DEFAULT_ACCOUNT).obey


def test_a_person_at_a_terminal_is_the_staff(terminal: Callable[..., Terminal]) -> None:
    """Cases are shown as they arrive; a line decides; `quit` stops the emulator."""
    at = terminal()
    url = at.wait_for("`help` lists").split(OURS)[1].split(";")[0]
    at.wait_for("emulator> ")
    _file_a_case(url)

    at.wait_for("\r# case 1700000001 filed in account 111122223333: Please add\nemulator> ")
    at.type("grant 1700000001 1")

    assert (
        "grant 1700000001 1\n"
        "# case 1700000001: granted in eu-west-1: 192.0.2.1\n"
        "# case 1700000001: work-in-progress\n"
        "emulator> "
    ) == at.wait_for("emulator> ")
    at.type("quit")
    at.wait_for("The emulator has stopped.\n")
    assert at.ends_well()


@table(
    "reason, end",
    [
        ("the end of the input", lambda at: at.type("\x04")),
        ("Ctrl-C", lambda at: at.process.send_signal(signal.SIGINT)),
        ("the window is closed", Terminal.hang_up),
    ],
)
def test_the_emulator_ends_with_its_terminal(
    terminal: Callable[..., Terminal], end: Callable[[Terminal], None], reason: str
) -> None:
    """It ends as any program does."""
    at = terminal("--pace", "manual")
    at.wait_for("emulator> ")

    end(at)

    assert at.ends_well(), reason


def test_the_staff_can_act_by_itself_beside_the_person(terminal: Callable[..., Terminal]) -> None:
    """With a pace, what is due happens while the person thinks."""
    at = terminal("--pace", "0.1", "--no-confirm", "--account", "444455556666")
    said = at.wait_for("emulator> ")

    assert "export AWS_ACCESS_KEY_ID=444455556666\n" in said
    _file_a_case(said.split(OURS)[1].split(";")[0])
    at.wait_for("\r# case 1700000001: resolved\n")


def test_a_port_that_is_taken_is_a_sentence(terminal: Callable[..., Terminal], installed: Run) -> None:
    """The emulator says why it does not start, on a terminal and elsewhere."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        at = terminal("--port", port)

        at.wait_for("dedicated-ip: the emulator cannot start: ")
        assert 2 == at.process.wait(SECONDS_AT_MOST)
        ended = installed("emulator", "--port", port)
        assert (2, True) == (ended.code, ended.err.startswith("dedicated-ip: the emulator cannot start: "))


def test_elsewhere_the_emulator_prints_what_happens() -> None:
    """Without a terminal it prints what to export, and then a line for each event, also when nobody calls."""
    with elsewhere("--pace", "0", "--account", "444455556666") as (process, url, lines):
        _file_a_case(url, "444455556666", "More\x1b[2J, please\n")
        told = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)

    assert {"export AWS_ACCESS_KEY_ID=444455556666\n", "export AWS_SESSION_TOKEN=''\n"} <= set(lines)
    assert f"{OURS}{url}; the staff answers after 0 s; Ctrl-C stops it\n" == lines[-1]
    assert [
        "# case 1700000001 filed in account 444455556666: More?[2J, please?\n",
        "# case 1700000001: granted in eu-west-1: 192.0.2.1, 192.0.2.2, 192.0.2.3\n",
    ] == told
    assert 0 == process.returncode


def test_elsewhere_the_staff_may_wait_for_commands() -> None:
    """`--pace manual` leaves everything to the control API; without a pace the staff answers after 5 s."""
    for arguments, expected in (
        (["--pace", "manual"], "; the staff waits for commands; Ctrl-C stops it\n"),
        (["--no-plan", "--no-confirm"], "; the staff answers after 5 s; Ctrl-C stops it\n"),
    ):
        with elsewhere(*arguments) as (process, _, lines):
            process.terminate()

        assert lines[-1].endswith(expected)


def test_a_reader_that_left_does_not_stop_the_emulator() -> None:
    """`| head -1` reads one line and exits; the emulator runs until it is told to stop."""
    with elsewhere() as (process, url, _):
        process.stdout.close()
        for _ in range(2):
            _file_a_case(url)
        time.sleep(0.5)  # the lines are printed meanwhile
        _file_a_case(url)
        process.terminate()


def test_a_reader_that_does_not_read_does_not_stop_the_emulator() -> None:
    """No call waits until more lines than a pipe holds have been read."""
    with elsewhere() as (process, url, _):
        lease = message("POST", "/_emulator/lease", body=b'{"region": "eu-west-1", "count": 200}')
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS_AT_MOST) as connection:
            for _ in range(100):
                connection.sendall(lease)
                assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        process.terminate()


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
def test_a_wrong_option_is_a_sentence(run: Run, arguments: list[str], expected: str) -> None:
    """Nothing is started."""
    ended = run("emulator", *arguments)

    assert (2, True) == (ended.code, expected in ended.err)


def test_the_help_at_the_prompt_has_all_commands(obey: Callable[[str], str]) -> None:
    """In the order of `COMMANDS`."""
    assert list(COMMANDS) == [line.split()[0] for line in obey("help").splitlines()]


def test_cases_are_listed_and_shown(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """Nothing in a case can control the terminal."""
    assert "Account 111122223333 has no case." == obey("cases")
    emulator.file_by_hand("Please\x1b[2J add", "Hello,\r\nplease")

    assert "1700000001  opened                     Please?[2J add" == obey("cases")
    assert """\
1700000001, opened: Please?[2J add

mail-team@111122223333.example (role: administrator), 2026-11-02 12:00 UTC:
  | Hello,
  | please""" == obey("show 1700000001")


def test_each_decision_reaches_the_case(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """Each line is a decision of AWS's staff; the emulator reports what it changes."""
    emulator.file_by_hand("Please add", messages.request(4))

    for line, status, said in (
        ("grant 1700000001 2", "work-in-progress", "192.0.2.1, 192.0.2.2"),
        ("say 1700000001 Soon, soon.", "work-in-progress", "Soon, soon."),
        ("ask 1700000001", "pending-customer-action", "Could you please tell us more"),
        ('ask 1700000001 "Why two?"', "pending-customer-action", "Why two?"),
        ("set-status 1700000001 unassigned", "unassigned", "Why two?"),
        ("grant 1700000001", "resolved", "192.0.2.3, 192.0.2.4"),
        ("refuse 1700000001", "resolved", "cannot add dedicated IP addresses"),
        ("refuse 1700000001 No, sorry.", "resolved", "No, sorry."),
        ("resolve 1700000001", "resolved", "No, sorry."),
    ):
        assert "" == obey(line)
        case = emulator.case("1700000001")
        assert (status, True) == (case.status, said in case.communications[-1].body), line


def test_addresses_are_removed(emulator: RunningEmulator, obey: Callable[[str], str]) -> None:
    """First the question, then the removal of some or all."""
    ips = emulator.lease("eu-west-1", 3)
    emulator.file_by_hand("Please remove", messages.relinquish(*ips))

    obey("confirm-question 1700000001")
    assert "pending-customer-action" == emulator.case("1700000001").status
    obey(f"remove 1700000001 {ips[1]} {ips[2]}")
    assert ips[:1] == emulator.addresses("eu-west-1")
    obey("remove 1700000001")
    assert () == emulator.addresses("eu-west-1")


def test_time_passes_by_command(obey: Callable[[str], str]) -> None:
    """Days of silence pass in a moment."""
    assert "It is 2026-11-05 12:00:00 UTC at the emulator." == obey("advance 3d")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ""),
        ("  ", ""),
        ("grnat 1", "There is no command grnat; `help` lists the commands."),
        ("grant", "Usage: grant CASE [COUNT]"),
        ("grant 1 2 3", "Usage: grant CASE [COUNT]"),
        ("say 1700000001", "Usage: say CASE TEXT"),
        ("resolve 1700000001 now", "Usage: resolve CASE"),
        ("cases all", "Usage: cases"),
        ("grant 1", "No: there is no case 1."),
        ("grant 1700000001 two", "No: two is not a whole number."),
        ("confirm-question 1700000001", "No: case 1700000001 names no addresses to relinquish."),
        ("say 1700000001 'Hello", "No: No closing quotation."),
        ("advance soon", "No: soon is not a length of time, such as 90m, 2h30m or 3d."),
    ],
)
def test_a_wrong_line_is_a_sentence(
    emulator: RunningEmulator, obey: Callable[[str], str], line: str, expected: str
) -> None:
    """It says what is wrong, or how the command is used."""
    emulator.file_by_hand("Please add", messages.request(3))

    assert expected == obey(line)


def _file_a_case(url: str, account: str = DEFAULT_ACCOUNT, subject: str = "Please add") -> None:
    client = boto3.client(
        "support",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=account,
        aws_secret_access_key="x",  # noqa: S106 - the emulator checks none
    )
    client.create_case(subject=subject, communicationBody=messages.request(3))
    client.close()
