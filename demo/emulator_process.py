"""The emulator as the demo sees it: a process of its own, its control API, and the lines it prints."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from typing_extensions import Self

PACE: Final = 2.0  # seconds until AWS's people answer
PATIENCE: Final = 30.0  # seconds; they never take that long


class DemoError(Exception):
    """The demo cannot go on; the text is one sentence that says why."""


class Emulator:
    """An AWS account on this machine, for the length of a `with` block."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it; its own `environment` sends every AWS client there."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dedicated_ip_provider", "emulator", "--pace", f"{PACE:g}"],
            env=environment,
            stdout=subprocess.PIPE,
            # Ctrl-C reaches Pulumi, which needs AWS until it has ended.
            start_new_session=True,
        )
        self._printed: IO[bytes] = self._process.stdout  # type: ignore[assignment]  # it is a pipe, see above
        self._heard: set[str] = set()
        try:
            self.environment = self._exported()
        except BaseException:
            self._end()
            raise
        os.set_blocking(self._printed.fileno(), False)

    @property
    def url(self) -> str:
        """The endpoint that AWS clients are sent to."""
        return self.environment["AWS_ENDPOINT_URL"]

    def __enter__(self) -> Self:
        """Run for the length of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End the process."""
        self._end()

    def command(self, path: str, **what: object) -> Any:  # noqa: ANN401 - JSON
        """Send a command to the control API, and return its answer."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE)
        connection.request("POST" if what else "GET", f"/_emulator/{path}", json.dumps(what) if what else None)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        if answer.status != http.client.OK:
            raise DemoError(f"The emulator refused {path}: {said['error']}")
        return said

    def cases(self) -> list[dict[str, Any]]:
        """Return all cases, oldest first."""
        return [case for account in self.command("state")["accounts"].values() for case in account["cases"]]

    def wait_until(self, ready: Callable[[list[dict[str, Any]]], bool], what: str) -> list[str]:
        """Wait until AWS's people have done something, and return the lines printed up to there."""
        deadline = time.monotonic() + PATIENCE
        lines: list[str] = []
        while True:
            cases = self.cases()
            lines += self.news()
            # The emulator prints a moment after it acts.
            if ready(cases) and all(f"case {case['display_id']}: {case['status']}" in self._heard for case in cases):
                return lines
            if time.monotonic() > deadline:
                raise DemoError(f"The emulator did not {what} within {PATIENCE:g} seconds.")
            time.sleep(0.1)

    def news(self) -> list[str]:
        """Return the lines that the emulator has printed since it was asked last."""
        lines = [line.removeprefix("# ") for line in (self._printed.read() or b"").decode().splitlines()]
        self._heard.update(lines)
        return lines

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._printed.close()

    def _exported(self) -> dict[str, str]:
        exported: dict[str, str] = {}
        for line in iter(self._printed.readline, b""):
            words = shlex.split(line.decode(), comments=True)
            if not words:
                return exported
            name, _, value = words[1].partition("=")
            exported[name] = value
        raise DemoError("The emulator did not start; what it said stands above.")
