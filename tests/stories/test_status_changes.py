"""The table of `docs/explanation/lifecycle.md` is true: each row is played on the emulator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest
from support.filed import post
from support.stacks import Stack, consent, marked

from dedicated_ip_provider.lease.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE: Final = Path(__file__).parents[2] / "docs" / "explanation" / "lifecycle.md"
ROWS: Final = [
    tuple(cell.strip(" `*") for cell in re.split(r"(?<!\\)\|", line)[1:4])
    for line in PAGE.read_text().splitlines()
    if re.match(r"\| [`*]", line)
]


class Story:
    """The one lease of a stack."""

    def __init__(self, stack: Stack) -> None:
        """Declare a lease of two addresses; nothing is filed yet."""
        self.emulator = stack.emulator
        self.stack = stack
        self.wish: dict[str, Any] = {"count": 2}

    @property
    def status(self) -> str:
        """Return the lease's status as a refresh shows it, or `end` where the stack has none."""
        self.stack.refresh()
        return self.stack["eu"]["status"] if self.stack.stored else "end"

    @property
    def case(self) -> str:
        """Return the latest case."""
        return marked(self.emulator)[-1].id

    @property
    def held(self) -> list[str]:
        """Return the addresses that the lease holds."""
        self.stack.refresh()
        return list(self.stack["eu"]["addresses"])

    def up(self, **changes: Any) -> None:
        """Run `pulumi up` with a changed program."""
        self.wish |= changes
        done = self.stack.up(eu=self.wish)
        assert not done.error, done.error

    def up_by(self, difference: int) -> None:
        """Run `pulumi up` with another count than what is there."""
        self.up(count=self.wish["count"] + difference)

    def lose_the_answer(self, when: str) -> None:
        """Run `pulumi up` while AWS carries out the case, and lists it late, or never gets it."""
        self.emulator.change(listing_delay=60)
        self.emulator.fault("close", operation="CreateCase", when=when)
        self.up()

    def file_the_form(self) -> None:
        """Do what `form_text` says."""
        post(self.emulator, self.stack["eu"]["form_text"])

    def take_over(self) -> None:
        """Take the lease over from a stack of the same name in another backend."""
        other = Stack(self.emulator)
        token = consent(other.up(eu=self.wish).error)
        assert not other.up(eu={**self.wish, "take_over_from": token}).error

    def adopt(self) -> None:
        """Adopt what a team has leased by hand."""
        self.up(adopt=list(self.emulator.lease("eu-west-1", 2)))


REACHED_BY: Final = {
    "start": (),
    "requested": ("up",),
    "to_file": ('up, with `filing="console"',),
    "unconfirmed": ("up, and AWS's answer is lost",),
    "active": ("up", "AWS grants all"),
    "short": ("up", "AWS grants some, closes"),
    "over": ("up", "AWS grants more"),
    "relinquishing": ("up", "AWS grants all", "up, lower `count"),
    "superseded": ("up", "AWS grants all", "another stack takes over"),
}
"""What leads to a status from the start."""

WITH_A_CASE_WAITING: Final = {
    "you answer the question": ("up", "AWS asks a question"),
    "you confirm": (*REACHED_BY["relinquishing"], "AWS asks you to confirm"),
    "up, with `confirm_relinquish": (*REACHED_BY["relinquishing"], "AWS asks you to confirm"),
}
"""What leads to `action_required`, for what happens then."""

EVENTS: Final[dict[str, Callable[[Story], object]]] = {
    "up": Story.up,
    "up, with `adopt": Story.adopt,
    'up, with `filing="console"': lambda story: story.up(filing="console"),
    "up, and AWS's answer is lost": lambda story: story.lose_the_answer("after"),
    "AWS lists the case": lambda story: story.emulator.advance(120),
    "no case after ten minutes": lambda story: story.emulator.advance(660),
    "you file the form": Story.file_the_form,
    "AWS grants all": lambda story: story.emulator.grant(story.case),
    "AWS grants some, closes": lambda story: story.emulator.grant(story.case, 1, close=True),
    "AWS grants more": lambda story: story.emulator.grant(story.case, 3),
    "AWS says no": lambda story: story.emulator.refuse(story.case),
    "AWS asks a question": lambda story: story.emulator.ask(story.case),
    "you answer the question": lambda story: story.emulator.reply(story.case, "We send order mails."),
    "up, higher `attempt": lambda story: story.up(attempt=2),
    "up, higher `count": lambda story: story.up_by(1),
    "up, lower `count": lambda story: story.up_by(-1),
    "up, with a `count` of what is here": lambda story: story.up(count=len(story.held)),
    "an address vanishes": lambda story: story.emulator.take_away("eu-west-1", story.held[0]),
    "AWS asks you to confirm": lambda story: story.emulator.confirm_question(story.case),
    "you confirm": lambda story: story.emulator.reply(story.case, "Yes."),
    "up, with `confirm_relinquish": lambda story: story.up(confirm_relinquish=True),
    "AWS removes": lambda story: story.emulator.remove(story.case),
    "AWS closes, removes none": lambda story: story.emulator.resolve(story.case),
    "another stack takes over": Story.take_over,
    "destroy": lambda story: story.stack.destroy(),
}


@pytest.mark.parametrize(("before", "event", "after"), ROWS, ids=map(" | ".join, ROWS))
def test_a_row_of_the_page_is_what_happens(stack: Stack, before: str, event: str, after: str) -> None:
    """From the first status, what happens leads to the second."""
    story = Story(stack)
    if event == "no case after ten minutes":
        story.lose_the_answer("before")
    else:
        for earlier in WITH_A_CASE_WAITING.get(event, REACHED_BY.get(before, ())):
            EVENTS[earlier](story)
            stack.refresh()
    assert before == (story.status if stack.stored else "start")

    EVENTS[event](story)

    assert after == story.status


def test_every_status_is_on_the_page() -> None:
    """No status is left out."""
    assert {"start", "end", *get_args(Status)} == {status for before, _, after in ROWS for status in (before, after)}
