"""How much memory a plugin's process has at most, seen from outside (Linux)."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

EVERY: Final = 0.5  # seconds; the system keeps the most for us, so only what comes at the very end can be missed


class PluginMemory:
    """Watches the plugins of one program for the length of a `with` block."""

    def __init__(self, program: Path) -> None:
        """Take the folder of the program, in which its plugins run."""
        self._program = program.resolve()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.mib = 0.0
        """The most that one had so far; 0 where the system does not tell."""

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            plugins = filter(self._is_plugin, Path("/proc").glob("[0-9]*"))
            self.mib = max((self.mib, *map(_peak, plugins)))

    def _is_plugin(self, process: Path) -> bool:
        try:
            command = (process / "cmdline").read_bytes()
            return b"pulumi.dynamic" in command and (process / "cwd").resolve() == self._program
        except OSError:
            return False


def _peak(process: Path) -> float:
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", (process / "status").read_text(encoding="utf-8"))
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
