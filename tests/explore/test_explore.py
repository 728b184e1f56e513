"""Every story up to a length, tried over the real decisions: a fixed number of states, about half a minute in all."""

from __future__ import annotations

from typing import Any

from support.tables import table

from explore.events import Limits
from explore.explore import SETTINGS, Found, as_test, explore, wrong_after

STATES = 2_000


@table("reason, limits", list(SETTINGS.items()))
def test_no_story_breaks_a_promise(reason: str, limits: Limits) -> None:
    """Whatever users, AWS's people and faults do, the same commands again reach rest and every promise holds."""
    found = explore(limits, states=STATES)

    assert {} == found.stories, reason
    assert found.states >= STATES


def test_a_story_is_printed_as_a_test() -> None:
    """What an exploration prints of a broken promise can be pasted, and runs."""
    names: dict[str, Any] = {"Limits": Limits, "wrong_after": wrong_after}
    found = Found(Limits(stacks=(0,), count=1), faults=0)

    exec(as_test("NO-REST: something moves", ["A up 1 [ok]", "A destroy [ok]"], found), names)  # noqa: S102 - our own

    names["test_no_rest"]()
    assert "Not: something moves." == names["test_no_rest"].__doc__


def test_a_kill_after_filing_is_no_loss() -> None:
    """A case that was filed by a killed create, and listed late, is not filed again: consent goes on with it."""
    story = [
        "A up 1 <write 3, case: killed after, listed late> [killed]",
        "two hours pass",
        "A up 1 take_over_from=eu-west-1/2-n000 [ok]",
    ]

    assert () == wrong_after(story, Limits(stacks=(0,)))


@table(
    "reason, limits, story",
    [
        (
            "consent that a kill cut off before its first write took nothing away",
            Limits(count=1, move=True),
            [
                "A up 1 [ok]",
                "B up 1 take_over_from=eu-west-1/3-n000 [ok]",
                "the state of B moves to C",
                "A refresh [ok]",
                "A up 0 take_over_from=eu-west-1/4-n001 <write 1, record: killed before> [killed]",
            ],
        ),
        (
            "a destroy says that a killed replacement holds the lease",
            Limits(count=1),
            [
                "A up 1 [ok]",
                "B up 1 take_over_from=eu-west-1/3-n000 [ok]",
                "B destroy [ok]",
                "A up --replace <write 4, record: killed after> [killed]",
                "A destroy [ok]",
            ],
        ),
        (
            "a destroy names the case that a killed replacement was about to file",
            Limits(count=1),
            [
                "A up 1 [ok]",
                "B up 1 take_over_from=eu-west-1/3-n000 [ok]",
                "B destroy [ok]",
                "A up --replace <write 3, case: killed after> [killed]",
                "A destroy [ok]",
            ],
        ),
        (
            "an address that a killed run adopted is the lease's, and relinquished when the count falls",
            Limits(stacks=(0,), by_hand=True, adopt=True),
            [
                "an address appears that somebody requested by hand",
                "A up 1 [ok]",
                "A up 1 adopt 192.0.2.1 <write 3, record: killed after> [killed]",
                "A up 0 [ok]",
            ],
        ),
        (
            "a destroy that was killed at its very end has ended the lease, though its program is still there",
            Limits(stacks=(0, 2), count=1, over_grants=True),
            [
                "A up 1 [ok]",
                "AWS grants 2 for case 0 and closes it",
                "A refresh [ok]",
                "A destroy <write 2, record: killed after> [killed]",
                "C up 1 [ok]",
            ],
        ),
        (
            "a repeated destroy names what a form has brought that a person filed after the last refresh",
            Limits(stacks=(0,), count=1, console=True),
            [
                "A up 1 by console [ok]",
                "a person files DIP-eu-west-1-1-n000",
                "A destroy <write 2, record: killed after> [killed]",
                "AWS grants 1 for case 0 and closes it",
                "A destroy [ok]",
            ],
        ),
    ],
)
def test_a_killed_run_counts_as_far_as_it_wrote(reason: str, limits: Limits, story: list[str]) -> None:
    """What a killed command has written is the user's word, and no more than that."""
    assert () == wrong_after(story, limits), reason


def test_a_lost_answer_is_filed_once() -> None:
    """A case whose answer was lost is found by its mark, however late AWS lists it."""
    story = ["A up 2 <write 3, case: lost after, listed late> [ok]", "A up 1 [ok]", "AWS lists the late case"]

    assert () == wrong_after(story, Limits(stacks=(0,)))
