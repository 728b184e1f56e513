"""The installed command on terminals, and in environments, as a stranger may have them."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# A locale that is not UTF-8, and Python is told to leave it alone.
POSIX: Mapping[str, str] = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CP1252: Mapping[str, str] = {"PYTHONIOENCODING": "cp1252"}


@dataclass(frozen=True)
class Shown:
    """How a command ended on a terminal, and the bytes that the terminal got."""

    code: int
    data: bytes


def on_a_terminal(*arguments: str, environment: Mapping[str, str] | None = None, columns: int = 120) -> Shown:
    """Run the installed command on a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    given = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        ["dedicated-ip", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env={**given, **(environment or {})}
    ) as process:
        os.close(theirs)
        data = b""
        while chunk := _read(ours):
            data += chunk
    os.close(ours)
    return Shown(process.returncode, data.replace(b"\r\n", b"\n"))


def _read(terminal: int) -> bytes:
    # A terminal whose other end is closed is an error on Linux.
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
