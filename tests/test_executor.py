"""What a run does not do any more once nobody watches it."""

from __future__ import annotations

from datetime import datetime, timezone

from dedicated_ip_provider.executor import Run

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def test_a_search_ends_when_nobody_watches_any_more() -> None:
    """The intent is recorded: the next run continues the search."""
    watched = iter((True, True, False))
    run = Run(now=lambda: NOON, tell=print, is_watched=lambda: next(watched), waits=(0.5, 1.0, 2.0, 4.0))

    assert [0.5, 1.0] == list(run.waits_while_watched())
