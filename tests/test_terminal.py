"""What is printed while Pulumi runs: whole lines in UTF-8, which is what the engine reads."""

from __future__ import annotations

import contextlib
import io
import os
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli.terminals import CP1252, POSIX

from dedicated_ip_provider.terminal import is_watched, tell

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("environment", [{}, CP1252, POSIX], ids=str)
def test_a_form_reaches_pulumi_in_utf_8(environment: dict[str, str]) -> None:
    """A form that a destroyed lease leaves is to be pasted; the locale of the plugin's process does not matter."""
    code = r"from dedicated_ip_provider.terminal import tell; tell('\u6ce8\u6587\udce9')"
    said = subprocess.run(
        [sys.executable, "-u", "-c", code], stderr=subprocess.PIPE, check=True, env={**os.environ, **environment}
    )

    assert "注文\\udce9\n" == said.stderr.decode()


@contextlib.contextmanager
def pipe_to(*, reader: bool) -> Iterator[int]:
    """Let this process print into a pipe, whose other end somebody has or has closed; yield that end."""
    there, here = os.pipe()
    with contextlib.redirect_stderr(open(here, "w", encoding="utf-8")):  # noqa: PTH123 - closed below
        if not reader:
            os.close(there)
        try:
            yield there
        finally:
            with contextlib.suppress(BrokenPipeError):
                sys.stderr.close()
            if reader:
                os.close(there)


def test_lines_are_printed_one_after_the_other() -> None:
    """Each ends where the next begins."""
    with pipe_to(reader=True) as there:
        tell("one")
        tell("two")

        assert b"one\ntwo\n" == os.read(there, 100)


def test_who_is_gone_ends_nothing() -> None:
    """An engine that was killed reads no more; what is under way goes on to its end all the same."""
    with pipe_to(reader=False):
        tell("nobody reads this")


def test_whether_somebody_watches() -> None:
    """Only where a pipe has nobody at its other end, nobody does; where nothing can be known, it is supposed."""
    with pipe_to(reader=True):
        somebody = is_watched()
    with pipe_to(reader=False):
        nobody = is_watched()
    with contextlib.redirect_stderr(io.StringIO()):
        no_stream_of_the_system = is_watched()

    assert (True, False, True) == (somebody, nobody, no_stream_of_the_system)


def test_windows_has_no_way_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no `poll`: somebody is supposed to watch."""
    monkeypatch.delattr(select, "poll")

    with pipe_to(reader=False):
        assert is_watched()
