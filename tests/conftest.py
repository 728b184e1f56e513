"""What holds for every test."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from story import Story
from wireless import no_wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in its background with SIGINT ignored, and so would every process that a test starts
    # and ends as Pulumi ends its plugins.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """An account with nothing in it, and two stacks that have nothing yet."""
    monkeypatch.chdir(tmp_path)
    story = Story()
    with no_wire(story.desk):
        yield story
