"""`dedicated-ip desk`: an AWS account on your own machine, and you are the people behind its desk."""

from __future__ import annotations

import contextlib
import queue
import re
import shlex
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import click

from dedicated_ip_provider.cli.desk_prompt import Prompt
from dedicated_ip_provider.cli.output import harmless, say
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, DeskError, Settings, __main__, start
from dedicated_ip_provider.lease import is_account_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.emulator import RunningDesk

PROMPT: Final = "desk> "
_TICK: Final = 0.2
"""Seconds between looks at the desk's clock."""


class Pace(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Seconds, or `manual`."""

    name = "pace"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's signature
        """Judge a pace."""
        if not re.fullmatch(r"manual|[0-9]{1,7}(\.[0-9]{1,3})?", value):
            self.fail(f"{value!r} is neither a number of seconds nor `manual`.", param, ctx)
        return str(value)


@click.command(
    short_help="Run an AWS account on your own machine.",
    epilog="""\b
    Examples:
      dedicated-ip desk                               you decide, at a prompt
      dedicated-ip desk --pace 5                      the staff answers by itself, after 5 s
      dedicated-ip desk --pace 5 > desk.log &         the same in the background

    \b
    Then, where Pulumi or the other commands shall talk to it, the `export` lines that it prints.
    """,
)
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Serve on this port. Default: a free one.")
@click.option(
    "--pace",
    type=Pace(),
    metavar="SECONDS|manual",
    help="Seconds until the staff answers, or manual. Default: manual on a terminal, else 5.",
)
@click.option("--account", default=DEFAULT_ACCOUNT, metavar="ID", help=f"The account. Default: {DEFAULT_ACCOUNT}.")
@click.option("--no-plan", is_flag=True, help="The account has no support plan.")
@click.option("--no-confirm", is_flag=True, help="The staff removes addresses without asking.")
def desk(*, port: int, pace: str | None, account: str, no_plan: bool, no_confirm: bool) -> int:
    """Run the desk: AWS Support, SES and STS on this machine, for demos, tests and dry runs.

    On a terminal you are AWS's people: cases show as they come, and a line such as `grant 1700000001 2` decides.
    `help` at the prompt lists what can be decided. Elsewhere it prints what happens, and takes commands over HTTP.
    """
    if not is_account_id(account):
        raise click.BadParameter("an account has 12 digits.", param_hint="'--account'")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        flags = ["--no-plan"] * no_plan + ["--no-confirm"] * no_confirm
        return __main__.main(["--port", str(port), "--pace", pace or "5", "--account", account, *flags])

    settings = Settings(
        pace=float(pace) if pace and pace != "manual" else None,
        support_plan=not no_plan,
        confirm_relinquish=not no_confirm,
    )
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    try:
        running = start(settings, tell=lines.put, port=port)
    except (DeskError, OSError) as error:
        raise click.UsageError(f"the desk cannot start: {error}") from error
    with running:
        _converse(running, account, lines)
    return 0


def _converse(running: RunningDesk, account: str, lines: queue.SimpleQueue[str]) -> None:
    """Obey what is typed until `quit`, the end of the input, or Ctrl-C."""
    for name, value in running.environment_of(account).items():
        say(f"export {name}={shlex.quote(value)}")
    say(f"# the desk is open at {running.url}; `help` lists what you can decide")
    prompt = Prompt(running, account)
    with _telling(running, lines) as screen, contextlib.suppress(EOFError, KeyboardInterrupt):
        screen.show()
        while not prompt.is_over:
            line = input()
            with screen.lock:
                said = prompt.obey(line)
                screen.show(said, last=prompt.is_over)


class _Screen:
    """What is on the terminal: lines of both sides, and the prompt below them."""

    def __init__(self, lines: queue.SimpleQueue[str]) -> None:
        self._lines = lines
        self.lock = threading.RLock()

    def show(self, answer: str = "", *, last: bool = False) -> None:
        """Show an answer, what has happened meanwhile, and the prompt."""
        with self.lock:
            text = "".join(f"{line}\n" for line in (answer, *self._happened()) if line)
            sys.stdout.write(text if last else f"{text}{PROMPT}")
            sys.stdout.flush()

    def tell(self) -> None:
        """Show what has happened, over the prompt, which then stands again below."""
        with self.lock:
            for line in self._happened():
                sys.stdout.write(f"\r{line}\n{PROMPT}")
            sys.stdout.flush()

    def _happened(self) -> Iterator[str]:
        with contextlib.suppress(queue.Empty):
            while True:
                yield f"# {harmless(self._lines.get_nowait())}"


@contextlib.contextmanager
def _telling(running: RunningDesk, lines: queue.SimpleQueue[str]) -> Iterator[_Screen]:
    """Tell what happens while the person thinks, and do what gets due by time."""
    screen, stop = _Screen(lines), threading.Event()

    def tell() -> None:
        while not stop.wait(_TICK):
            running.advance()
            screen.tell()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield screen
    finally:
        stop.set()
        teller.join()
