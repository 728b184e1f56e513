"""`dedicated-ip emulator`: an AWS account on your own machine, where you play AWS's staff."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import shlex
import sys
import threading
from typing import TYPE_CHECKING, Final

import click

from dedicated_ip_provider.cli.emulator_prompt import Prompt
from dedicated_ip_provider.cli.output import sanitize, say, usable
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, EmulatorError, Settings, start
from dedicated_ip_provider.lease.model import is_account_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.emulator import RunningEmulator

PROMPT: Final = "emulator> "
_TICK: Final = 0.2
"""Seconds between checks of the emulator's clock, so that due events happen even without requests."""
_LONGEST_LINE: Final = 4096
"""The most bytes of a line that a terminal keeps."""


def _pace(value: str) -> str:
    if not re.fullmatch(r"manual|[0-9]{1,7}(\.[0-9]{1,3})?", value):
        raise click.BadParameter(f"{value!r} must be a number of seconds, or `manual`.")
    return value


@click.command(
    short_help="Run an AWS account on your own machine.",
    epilog="""\b
    Examples:
      dedicated-ip emulator                                 you decide, at a prompt
      dedicated-ip emulator --pace 5                        the staff answers on its own after 5 s
      dedicated-ip emulator --pace 5 > emulator.log &       the same in the background

    \b
    Then run the `export` lines that it prints in each shell where Pulumi or another command is to use it.
    """,
)
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Serve on this port. Default: a free one.")
@click.option(
    "--pace",
    type=_pace,
    metavar="SECONDS|manual",
    help="Seconds until the staff answers, or `manual`. Default: manual on a terminal, else 5.",
)
@click.option("--account", default=DEFAULT_ACCOUNT, metavar="ID", help=f"The account. Default: {DEFAULT_ACCOUNT}.")
@click.option("--no-plan", is_flag=True, help="The account has no support plan.")
@click.option("--no-confirm", is_flag=True, help="The staff removes addresses without asking.")
def emulator(*, port: int, pace: str | None, account: str, no_plan: bool, no_confirm: bool) -> int:
    """Run the emulator: AWS Support, SES, SSM and STS on this machine, for demos, tests and dry runs.

    On a terminal you play AWS's staff: cases are shown as they arrive, and you type decisions such as
    `grant 1700000001 2`; `help` lists them. Elsewhere it prints what happens and takes commands over HTTP.
    """
    if not is_account_id(account):
        raise click.BadParameter("an account ID has 12 digits.", param_hint="'--account'")
    converses = _is_conversation()
    pace = pace or ("manual" if converses else "5")
    settings = Settings(
        pace=None if pace == "manual" else float(pace),
        support_plan=not no_plan,
        confirm_relinquish=not no_confirm,
    )
    # The emulator must not block on a slow reader of its output.
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    try:
        running = start(settings, tell=lines.put, port=port)
    except (EmulatorError, OSError) as error:
        raise click.UsageError(f"the emulator cannot start: {error}") from error
    with running, contextlib.suppress(KeyboardInterrupt):
        for name, value in running.environment_of(account).items():
            say(f"export {name}={shlex.quote(value)}")
        if converses:
            say(f"# the emulator is running at {running.url}; `help` lists the commands")
            _converse(running, account, lines)
        else:
            who = "waits for commands" if pace == "manual" else f"answers after {float(pace):g} s"
            say(f"# the emulator is running at {running.url}; the staff {who}; Ctrl-C stops it")
            _report(running, lines)
    return 0


def _is_conversation() -> bool:
    """Return whether a person reads and types; with a closed input (`<&-`), `sys.stdin` is None."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _report(running: RunningEmulator, lines: queue.SimpleQueue[str]) -> None:
    """Print what happens until Ctrl-C."""
    while True:
        running.advance()
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=_TICK)
            # The reader may have exited (`| head`); the emulator keeps running.
            with contextlib.suppress(OSError):
                say(_shown(line))


def _converse(running: RunningEmulator, account: str, lines: queue.SimpleQueue[str]) -> None:
    """Run what is typed and print what happens, until `quit`, the end of the input, or Ctrl-C."""
    prompt = Prompt(running, account)
    typed = _typed()
    _show(PROMPT)
    while not prompt.is_over:
        try:
            line = typed.get(timeout=_TICK)
        except queue.Empty:
            running.advance()
            # Print over the prompt, then draw it again below.
            _show(*(f"\r{line}\n{PROMPT}" for line in _happened(lines)))
            continue
        if not line:
            return
        said = prompt.obey(line)
        _show(*(f"{line}\n" for line in (said, *_happened(lines)) if line), "" if prompt.is_over else PROMPT)


def _shown(line: str) -> str:
    # A subject comes from a client and may contain line breaks.
    return f"# {sanitize(line)}".replace("\n", "?")


def _show(*texts: str) -> None:
    sys.stdout.writelines(texts)
    sys.stdout.flush()


def _happened(lines: queue.SimpleQueue[str]) -> Iterator[str]:
    with contextlib.suppress(queue.Empty):
        while True:
            yield _shown(lines.get_nowait())


def _typed() -> queue.SimpleQueue[str]:
    """Return a queue of the lines typed; an empty string is the end of the input.

    A thread reads them: Python would notice a Ctrl-C pressed just before it waits for a line only after that line.
    """
    typed: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        # Not through `sys.stdin`: Python cannot exit while a thread reads from it. A lost terminal ends the input, too.
        with contextlib.suppress(OSError):
            while line := os.read(sys.stdin.fileno(), _LONGEST_LINE):
                typed.put(line.decode(usable(sys.stdin.encoding), errors="replace"))
        typed.put("")

    threading.Thread(target=read, daemon=True).start()
    return typed
