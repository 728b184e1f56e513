"""What a run does not do any more once it has lost its lease, or nobody watches it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from support.filed import PARAMETER, REGION
from support.process import meanwhile, no_wire
from support.stacks import Stack, marked

from dedicated_ip_provider.emulator import Emulator, Settings
from dedicated_ip_provider.executor import Run

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.values import Parameter

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def test_a_search_ends_when_nobody_watches_any_more() -> None:
    """The intent is recorded: the next run continues the search."""
    watched = iter((True, True, False))
    run = Run(now=lambda: NOON, tell=print, is_watched=lambda: next(watched), waits=(0.5, 1.0, 2.0, 4.0))

    assert [0.5, 1.0] == list(run.waits_while_watched())


def test_a_run_that_lost_the_lease_does_not_write_its_record() -> None:
    """The version that the new holder wrote is the last one, so its consent and its next write stay valid."""
    emulator = Emulator(Settings(), NOON)
    seen: list[Parameter | None] = []
    with no_wire(emulator):
        stack, other = Stack(emulator), Stack(emulator)
        stack.up(eu={"count": 3})
        emulator.grant(marked(emulator)[-1].id)
        stack.refresh()

        def take_over() -> None:
            emulator.advance(61)
            token = other.up(eu={"count": 3}).error.rsplit('"', 2)[1]
            other.up(eu={"count": 3, "take_over_from": token})
            seen.append(emulator.parameter(REGION, PARAMETER))

        # AWS throttles the case, and another stack takes over before it is sent again.
        emulator.fault("throttling", operation="CreateCase")
        with meanwhile(emulator, take_over, "DescribeCases", skip=1):
            error = stack.up(eu={"count": 5}).error

        assert "another command wrote the Region's record while this one waited" in error
        assert seen == [emulator.parameter(REGION, PARAMETER)]
