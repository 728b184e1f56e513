"""A desk in a process of its own, steered through its control door, so that its work can be told from ours."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

Call = dict[str, Any]
"""One request, as the desk's log has it."""

OLD_DESK: Final = Path(__file__).parent / "old_desk.py"
PATIENCE: Final = 60.0  # seconds


class DeskProcess:
    """A running desk whose staff waits for commands."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take its process, and read what it says of itself."""
        self._process = process
        self.environment: dict[str, str] = {}
        for line in process.stdout or ():
            if not line.startswith("export "):
                break
            name, _, value = line.removeprefix("export ").partition("=")
            [self.environment[name]] = shlex.split(value)

    @property
    def url(self) -> str:
        """Where AWS clients are sent to."""
        return self.environment["AWS_ENDPOINT_URL"]

    def processor_seconds(self) -> float:
        """Give the processor time that it has used so far; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return 0.0
        user, system = fields[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def reset(self) -> None:
        """Start again with an empty account."""
        self._ask("reset", {})

    def set_limits(self, *, hold: bool) -> None:
        """Let AWS's limits hold, or none: of calls a second, and of cases an hour."""
        self._ask("settings", {"rate_limits": hold, "hourly_case_limit": 10 if hold else None})

    def grant_all(self) -> None:
        """Grant every open request."""
        for account in self._ask("state")["accounts"].values():
            for case in account["cases"]:
                if case["status"] != "resolved":
                    self._ask(f"cases/{case['display_id']}/grant", {})

    def calls(self) -> list[Call]:
        """Give the requests so far; the log keeps the latest 10,000."""
        calls: list[Call] = self._ask("log")["log"]
        return calls

    def _ask(self, path: str, what: object = None) -> Any:  # noqa: ANN401 - JSON
        door = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        door.request("GET" if what is None else "POST", f"/_desk/{path}", None if what is None else json.dumps(what))
        answer = door.getresponse()
        said = json.load(answer)
        door.close()
        if answer.status != http.client.OK:
            raise RuntimeError(f"The desk refused {path}: {said}")
        return said


@contextmanager
def open_desk(old_cases: int = 0) -> Iterator[DeskProcess]:
    """Run a desk for the length of a `with` block, with so many cases of long ago."""
    command = [sys.executable, "-m", "dedicated_ip_provider.emulator", "--pace", "manual"]
    if old_cases:
        command = [sys.executable, str(OLD_DESK), str(old_cases)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield DeskProcess(process)
        finally:
            process.terminate()
