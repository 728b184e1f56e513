"""An engine that was killed leaves its plugins running for a while: they do nothing final any more."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING, Any

import pytest
from support.filed import steps
from support.process import Process, no_wire
from support.tables import table

from dedicated_ip_provider.provider import DedicatedIpError
from dedicated_ip_provider.terminal import is_watched, tell
from faults.matrix import STEP, begun

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def nobody_reads() -> Iterator[None]:
    """Let the standard error stream be a pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    raw = io.FileIO(writer, "w")
    with raw, redirect_stderr(io.TextIOWrapper(raw, write_through=True)) as stream:
        yield
        stream.detach()


WANTED = [("grow", {"count": 5.0}), ("shrink", {"count": 2.0}), ("confirm", {"confirm_relinquish": True})]


@table("name, wanted", WANTED)
def test_without_an_engine_no_case_is_filed_and_nothing_confirmed(name: str, wanted: dict[str, Any]) -> None:
    """The next run may already be checking what is on file."""
    scene = begun(STEP[name]).copy()
    before, stored = steps(scene.emulator), scene.stack.stored["eu"]

    with no_wire(scene.emulator), pytest.raises(DedicatedIpError) as refusal, nobody_reads():
        Process(scene.emulator).provider.update(stored.id, stored.outputs, {**stored.inputs, **wanted})

    assert "eu (eu-west-1): Pulumi ended in the middle of this.\nNothing was filed. Run the same command again." == str(
        refusal.value
    )
    assert before == steps(scene.emulator)


def test_a_line_that_nobody_reads_ends_no_run() -> None:
    """A filing that began before the engine was killed is completed."""
    with nobody_reads():
        tell("eu (eu-west-1): filed case 1700000001")

        watched = is_watched()

    assert not watched


def test_without_evidence_somebody_is_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is not a file of the system, or a system that cannot tell, stops nothing."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert is_watched()

    monkeypatch.undo()
    assert is_watched()

    monkeypatch.delattr("select.poll")
    assert is_watched()
