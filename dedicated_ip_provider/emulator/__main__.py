"""The emulator from a shell: `python -m dedicated_ip_provider.emulator`."""

from __future__ import annotations

import argparse
import contextlib
import queue
import re
import shlex
import sys
import threading
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, EmulatorError, Settings, start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.emulator import RunningEmulator

_ABOUT = "An AWS account on your own machine: Support, SES v2, SSM and STS, with the people behind AWS Support."
_TICK = 0.2
_LAST_PORT = 65_535


def main(arguments: Sequence[str] | None = None, stop: threading.Event | None = None) -> int:
    """Serve an emulator until `stop`, or Ctrl-C; print what to export, then what happens."""
    options = _parser().parse_args(arguments)
    # The emulator must not wait for whoever reads the lines.
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    try:
        settings = Settings(pace=options.pace, support_plan=options.plan, confirm_relinquish=options.confirm)
        emulator = start(settings, tell=lines.put, port=options.port)
    except (EmulatorError, OSError) as error:
        print(f"The emulator cannot start: {error}", file=sys.stderr)
        return 2
    # Ctrl-C may come as soon as the last line is printed.
    with emulator, contextlib.suppress(KeyboardInterrupt):
        for name, value in emulator.environment_of(options.account).items():
            print(f"export {name}={shlex.quote(value)}")
        _say(f"the emulator is running at {emulator.url}; {_manner(options.pace)}; Ctrl-C closes it")
        _tell(emulator, lines, stop or threading.Event())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dedicated_ip_provider.emulator", description=_ABOUT)
    parser.add_argument("--port", type=_port, default=0, help="port on the loopback interface (default: a free one)")
    parser.add_argument(
        "--pace",
        type=_pace,
        default=5.0,
        metavar="SECONDS|manual",
        help="seconds until the staff answers, or manual: it waits for commands at /_emulator/ (default: 5)",
    )
    parser.add_argument(
        "--account", type=_account, default=DEFAULT_ACCOUNT, help="the account to export (default: %(default)s)"
    )
    parser.add_argument("--no-plan", dest="plan", action="store_false", help="an account without a support plan")
    parser.add_argument("--no-confirm", dest="confirm", action="store_false", help="remove addresses without asking")
    return parser


def _account(text: str) -> str:
    if not re.fullmatch("[0-9]{12}", text):
        raise argparse.ArgumentTypeError("an account has 12 digits")
    return text


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {_LAST_PORT}")
    return port


def _pace(text: str) -> float | None:
    return None if text == "manual" else float(text)


def _manner(pace: float | None) -> str:
    return "the staff waits for commands" if pace is None else f"the staff answers after {pace:g} s"


def _tell(emulator: RunningEmulator, lines: queue.SimpleQueue[str], stop: threading.Event) -> None:
    """Print what happens, and look at the clock now and then: what is due is done although nobody calls."""
    while not stop.is_set():
        emulator.advance()
        with contextlib.suppress(queue.Empty):
            _say(lines.get(timeout=_TICK))


def _say(line: str) -> None:
    # A subject comes from a client: nothing in it may steer the terminal.
    text = "".join(letter if letter.isprintable() else "?" for letter in line)
    encoding = sys.stdout.encoding
    # Whoever reads the lines may be gone (`| head`); the emulator goes on.
    with contextlib.suppress(OSError):
        print(f"# {text}".encode(encoding, errors="replace").decode(encoding), flush=True)


if __name__ == "__main__":
    sys.exit(main())
