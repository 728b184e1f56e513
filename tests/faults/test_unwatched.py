"""An engine that was killed leaves its plugins at work for a while; they do nothing more that is final."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING, Any

import pytest
from support.filed import steps
from support.process import Process
from support.stacks import marked

from dedicated_ip_provider.provider import DedicatedIpError
from dedicated_ip_provider.terminal import is_watched, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator


@contextmanager
def nobody_reads() -> Iterator[None]:
    """Let the standard error stream be a pipe at whose end nobody is any more."""
    reader, writer = os.pipe()
    os.close(reader)
    raw = io.FileIO(writer, "w")
    with raw, redirect_stderr(io.TextIOWrapper(raw, write_through=True)) as stream:
        yield
        stream.detach()


def granted(emulator: Emulator, stack: Stack) -> None:
    """Let the stack hold three addresses."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()


def asked_to_confirm(emulator: Emulator, stack: Stack) -> None:
    """Let AWS ask whether it shall remove one of them."""
    granted(emulator, stack)
    stack.up(eu={"count": 2})
    emulator.confirm_question(marked(emulator)[1].id)
    stack.refresh()


@pytest.mark.parametrize(
    ("begin", "wanted"),
    [
        (lambda _, stack: stack.up(eu={"count": 0}), {"count": 3.0}),
        (granted, {"count": 2.0}),
        (asked_to_confirm, {"confirm_relinquish": True}),
    ],
    ids=["request", "relinquish", "confirm"],
)
def test_where_nobody_watches_nothing_final_is_done(
    emulator: Emulator, stack: Stack, begin: Callable[[Emulator, Stack], object], wanted: dict[str, Any]
) -> None:
    """The next run may be looking for what is on file already: no case is opened and nothing confirmed any more."""
    begin(emulator, stack)
    before, stored = steps(emulator), stack.stored["eu"]

    with pytest.raises(DedicatedIpError) as refusal, nobody_reads():
        Process(emulator).provider.update(stored.id, stored.outputs, {**stored.inputs, **wanted})

    assert "eu (eu-west-1): Pulumi ended in the middle of this.\nNothing was filed. Run the same command again." == str(
        refusal.value
    )
    assert before == steps(emulator)


def test_a_line_that_nobody_reads_ends_no_run() -> None:
    """What was filed before an engine was killed is seen through to its end."""
    with nobody_reads():
        tell("eu (eu-west-1): filed case 1700000001")

        watched = is_watched()

    assert not watched


def test_somebody_watches_where_nothing_else_can_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is none of the system's, or a system that cannot tell, stops nothing."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert is_watched()

    monkeypatch.undo()
    assert is_watched()

    monkeypatch.delattr("select.poll")
    assert is_watched()
