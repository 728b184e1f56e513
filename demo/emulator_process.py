"""The demo's emulator: a separate process, its control API, and the lines it prints."""

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

PACE: Final = 2.0  # seconds until AWS's staff answers
PATIENCE: Final = 30.0  # seconds; the staff never takes that long


class DemoError(Exception):
    """The demo cannot continue; the text is one sentence that says why."""


class Emulator:
    """An AWS account on this machine, for the duration of a `with` block."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the emulator; its `environment` sends every AWS client to it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dedicated_ip_provider", "emulator", "--pace", f"{PACE:g}"],
            env=environment,
            stdout=subprocess.PIPE,
            # Ctrl-C must reach only Pulumi, which needs the emulator until it has ended.
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
        """The endpoint for AWS clients."""
        return self.environment["AWS_ENDPOINT_URL"]

    def __enter__(self) -> Self:
        """Run until the end of the block."""
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
        """Wait until AWS's staff has done something, and return the lines printed until then."""
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
        """Return the lines that the emulator has printed since the last call."""
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
        raise DemoError("The emulator did not start; its output is above.")
