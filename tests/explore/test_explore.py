"""Every story up to a length, tried over the real decisions: a fixed number of states, about half a minute in all."""

from __future__ import annotations

from support.tables import table

from explore.events import Limits
from explore.explore import explore, wrong_after

STATES = 1_500


@table(
    "reason, limits",
    [
        ("three stacks take over from each other", Limits(count=1, races=True, move=True)),
        (
            "addresses come, vanish and are too many",
            Limits(stacks=(0,), count=3, over_grants=True, late_grants=True, vanish=True, attempts=True, pools=True),
        ),
        ("somebody requests addresses by hand", Limits(stacks=(0, 2), by_hand=True, adopt=True)),
        ("leases are imported", Limits(stacks=(0, 2), by_hand=True, imports=True, races=True, replace=False)),
        ("people file the forms", Limits(stacks=(0, 2), count=1, console=True, attempts=True)),
    ],
)
def test_no_story_breaks_a_promise(reason: str, limits: Limits) -> None:
    """Whatever users, AWS's people and faults do, the same commands again reach rest and every promise holds."""
    found = explore(limits, states=STATES)

    assert {} == found.stories, reason
    assert found.states >= STATES


def test_a_kill_after_filing_is_no_loss() -> None:
    """A case that was filed by a killed create, and listed late, is not filed again: consent goes on with it."""
    story = [
        "A up 1 <write 3, case: killed after, listed late> [killed]",
        "two hours pass",
        "A up 1 take_over_from=eu-west-1/2-n000 [ok]",
    ]

    assert () == wrong_after(story, Limits(stacks=(0,)))


def test_a_lost_answer_is_filed_once() -> None:
    """A case whose answer was lost is found by its mark, however late AWS lists it."""
    story = ["A up 2 <write 3, case: lost after, listed late> [ok]", "A up 1 [ok]", "AWS lists the late case"]

    assert () == wrong_after(story, Limits(stacks=(0,)))
