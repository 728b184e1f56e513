"""Play the story of two leases on the real Pulumi engine, with an AWS account on this machine.

    make demo             plays the story and leaves nothing behind
    make demo KEEP=1      stops before the end and keeps emulator and stack running, to continue by hand

Nothing here can reach AWS: every client talks to an emulator on the loopback interface.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from emulator_process import PACE, DemoError, Emulator
from stage import Stage, surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

INTERRUPTED: Final = 130
REFRESH: Final = ("refresh", "--yes", "--skip-preview", "--run-program")
UP: Final = ("up", "--yes", "--skip-preview")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the story, remove everything that was created for it, and return the exit code."""
    parser = argparse.ArgumentParser(description="Play the story of two leases on the real Pulumi engine.")
    parser.add_argument("--keep", action="store_true", help="stop before the end; keep emulator and stack running")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        refuse_other_endpoints(os.environ)
        if shutil.which("pulumi") is None:
            raise DemoError("`pulumi` is not on PATH: `make demo` sets everything up.")
        with tempfile.TemporaryDirectory(prefix="dedicated-ip-demo-", ignore_cleanup_errors=True) as folder:
            play(Path(folder), keep=options.keep)
    except DemoError as error:
        print(f"The demo stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe demo was stopped; nothing was left on this machine.", file=sys.stderr)
        return INTERRUPTED
    return 0


def refuse_other_endpoints(environment: Mapping[str, str]) -> None:
    """Raise `DemoError` if an environment sends an AWS client anywhere but to this machine."""
    for name, url in environment.items():
        if name.startswith("AWS_ENDPOINT_URL") and url and not is_loopback(url):
            raise DemoError(f"{name} is {url}, but the demo only uses this machine: unset it.")


def is_loopback(url: str) -> bool:
    """Return whether a URL points to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def play(folder: Path, *, keep: bool) -> None:
    """Play the whole story in a folder."""
    environment = surroundings(folder)
    with Emulator(environment) as emulator:
        refuse_other_endpoints(emulator.environment)
        stage = Stage(folder, environment, emulator)
        begin(stage)
        grow(stage)
        shrink(stage)
        if keep:
            stage.hand_over()
        end(stage)


def begin(stage: Stage) -> None:
    """Request addresses for two leases, and get them."""
    stage.say(f"An emulator at {stage.emulator.url} plays AWS. The stack is new and empty.")
    stage.pulumi("stack", "init", "demo")

    stage.say("The program declares two leases of two addresses each. The preview shows what they will cost.")
    stage.pulumi("preview")

    stage.say("`up` files one support case for each Region and returns. People at AWS decide, days later.")
    stage.pulumi(*UP)

    stage.say(f"They decide. Here it takes {PACE:g} seconds.")
    stage.wait_until("resolved", "grant the addresses")

    stage.say("`refresh` reads what AWS actually granted.")
    stage.pulumi(*REFRESH)


def grow(stage: Stage) -> None:
    """Request three more, and get one."""
    stage.say("Ireland is to have five. Only the difference will be requested.")
    stage.pulumi("config", "set", "ireland", "5")
    stage.pulumi("preview", "--diff")

    stage.say("`up` files a case for Ireland, and none for Virginia.")
    stage.emulator.command("settings", pace=None)
    stage.pulumi(*UP)

    stage.say("This time AWS grants one of the three and closes the case.")
    number = stage.emulator.cases()[-1]["display_id"]
    stage.emulator.command(f"cases/{number}/grant", count=1, close=True)
    stage.wait_until("resolved", "grant one")

    stage.say("`refresh` shows the one that was granted. The lease is `short`, and its message says how to ask again.")
    stage.pulumi(*REFRESH)

    stage.say("After a no, nothing is requested again until you change something: the next preview is empty.")
    stage.pulumi("preview", "--expect-no-changes")


def shrink(stage: Stage) -> None:
    """Relinquish one, with AWS's question in between."""
    stage.say("Ireland is to have two. The preview names the address that will be relinquished for good.")
    stage.pulumi("config", "set", "ireland", "2")
    stage.pulumi("preview", "--diff")

    stage.say("`up` files the case that relinquishes it.")
    stage.emulator.command("settings", pace=PACE)
    stage.pulumi(*UP)

    stage.say("AWS asks once more before it removes an address.")
    stage.wait_for_questions()

    stage.say("`refresh` shows that AWS is waiting for an answer.")
    stage.pulumi(*REFRESH)

    stage.say("With `confirm`, the program may say yes. The next `up` does so, once.")
    stage.pulumi("config", "set", "confirm", "true")
    stage.pulumi(*UP)

    stage.say("AWS removes the address.")
    stage.wait_until("resolved", "remove the address")

    stage.say("`refresh` shows two addresses, as declared.")
    stage.pulumi(*REFRESH)


def end(stage: Stage) -> None:
    """Relinquish everything."""
    stage.say("`destroy` relinquishes everything the leases hold, with one case for each Region.")
    stage.pulumi("destroy", "--yes", "--skip-preview")

    stage.say("AWS asks again. No stack is left to answer, but the command line can.")
    for number in stage.wait_for_questions():
        stage.run("dedicated-ip", "confirm", number, "--yes")

    stage.say("AWS removes the addresses.")
    stage.wait_until("resolved", "remove the addresses")

    stage.say("Nothing is leased anymore.")
    stage.run("dedicated-ip", "status", "--all")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
