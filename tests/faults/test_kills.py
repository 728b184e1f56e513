"""A process killed at each of its calls to AWS, before the call was carried out or after; then the same command."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from faults.commands import waiting_is_the_desks
from faults.matrix import WRITES, Bench, Story, end_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.aws import Session


class Killed(BaseException):
    """Nothing of ours runs any more, and nothing is stored."""


@contextmanager
def killed(session: Session, at: int, *, carried_out: bool) -> Iterator[list[int]]:
    """End the process at a call (0: the first), just before it is sent, or when its answer has come."""
    sent: list[int] = []

    def sends(**_: object) -> None:
        sent.append(len(sent))
        if sent[-1] == at and not carried_out:
            raise Killed

    def answers(**_: object) -> None:
        if sent[-1] == at and carried_out:
            raise Killed

    events = [client.meta.events for client in session._clients.values()]
    for event in events:
        event.register("before-send", sends)
        event.register("after-call", answers)
    try:
        yield sent
    except Killed:
        pass
    finally:
        for event in events:
            event.unregister("before-send", sends)
            event.unregister("after-call", answers)


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("story", [story for story in WRITES if story.name != "close"], ids=lambda story: story.name)
def test_a_process_killed_at_any_call_is_taken_up_by_the_next(bench: Bench, story: Story, *, carried_out: bool) -> None:
    """Whatever was on file when it died, the same command ends as if nothing had happened, and nothing is twice."""
    seen: list[object] = []
    with waiting_is_the_desks(bench.desk):
        for at in itertools.count():
            terminal = bench.terminal()
            story.begin(terminal)
            with killed(terminal.session, at, carried_out=carried_out) as sent:
                story.command(terminal)
            # The command came to its end before it could be killed.
            if len(sent) == at:
                break

            said = story.command(terminal)
            seen.append((said.end, terminal.wrongs(), end_of(terminal) == bench.unbroken(story)))

    assert len(seen) > 3, "the command was to ask and to write"
    assert [("done", [], True)] * len(seen) == seen
