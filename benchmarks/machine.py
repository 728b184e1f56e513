"""The machine in words: what the figures depend on, and nothing that names it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path


def in_words(engine: str) -> str:
    """Describe the machine and what runs on it; `engine` is the folder that Pulumi's engine is in."""
    said = subprocess.run([Path(engine) / "pulumi", "version"], check=True, capture_output=True, text=True).stdout
    return (
        f"{os.cpu_count()} cores ({processor()}), {memory()}{platform.system()}; "
        f"Python {platform.python_version()}, Pulumi {said.strip().removeprefix('v')} with its Python SDK "
        f"{version('pulumi')}, boto3 {version('boto3')}"
    )


def processor() -> str:
    """Name the processor, as far as the system tells."""
    return _found(r"^model name\s*:\s*(.+)$", "/proc/cpuinfo") or platform.machine()


def memory() -> str:
    """Say how much memory there is, where the system tells."""
    kib = _found(r"^MemTotal:\s*(\d+) kB$", "/proc/meminfo")
    return f"{int(kib) / 1024**2:.0f} GiB of memory, " if kib else ""


def _found(pattern: str, file: str) -> str:
    try:
        match = re.search(pattern, Path(file).read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return match[1].strip() if match else ""
