"""An engine that was killed leaves its plugins at work for a while; they do nothing more that is final."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.reconcile import settle
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import lease_from_state, past_from_state
from dedicated_ip_provider.terminal import is_watched, tell
from faults.matrix import Bench, asked_to_confirm, granted, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faults.commands import Terminal


@contextmanager
def nobody_reads() -> Iterator[None]:
    """Let the standard error stream be a pipe at whose end nobody is any more."""
    reader, writer = os.pipe()
    os.close(reader)
    raw = io.FileIO(writer, "w")
    with raw, redirect_stderr(io.TextIOWrapper(raw, write_through=True)) as stream:
        yield
        stream.detach()


@pytest.mark.parametrize(
    ("begin", "wanted"),
    [
        (lambda terminal: terminal.up(count=0), {"count": 3}),
        (lambda terminal: granted(terminal, 3), {"count": 2}),
        (asked_to_confirm, {"confirm_relinquish": True}),
    ],
    ids=["request", "relinquish", "confirm"],
)
def test_where_nobody_watches_nothing_final_is_done(
    bench: Bench, begin: Callable[[Terminal], object], wanted: dict[str, object]
) -> None:
    """The next run may be looking for what is on file already: no case is opened and nothing confirmed any more."""
    terminal = bench.terminal()
    begin(terminal)
    before, state = picture(terminal.desk), terminal.state
    assert state is not None
    lease = lease_from_state({**state, **wanted}, regions())

    with pytest.raises(Refused) as refusal:
        settle(terminal.account, lease, past_from_state(state), lambda _: None, is_watched=lambda: False)

    assert "eu (eu-west-1): Pulumi ended in the middle of this.\nNothing was filed. Run the same command again." == str(
        refusal.value
    )
    assert before == picture(terminal.desk)


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
