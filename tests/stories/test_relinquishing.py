"""What is relinquished by a lower count or a destroy, what AWS asks about it, and what a destroy says at its end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.bags import FORM
from support.filed import REGION, filed, steps
from support.stacks import consent, marked

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator

A, B, C, D = (f"192.0.2.{number}" for number in range(1, 5))
ENDED = f"eu ({REGION}): the lease of {REGION} has ended already; nothing is filed from here."


def programs(page: str) -> list[dict[str, Any]]:
    """Return the inputs of each program on a how-to page."""
    text = (Path(__file__).parents[2] / "docs" / "how-to" / page).read_text()
    return [
        eval(program, {"DedicatedIpLease": lambda _, **inputs: inputs, "shop": FORM})  # noqa: S307 - our page
        for program in re.findall(r"```python\nlease = (.*?)```", text, re.DOTALL)
    ]


def test_a_lower_count_relinquishes_the_least_warmed_first(emulator: Emulator, stack: Stack) -> None:
    """Or those that `relinquish_first` names; until AWS has removed them they are shown as going."""
    stack.grown()
    emulator.advance(days=20)
    stack.grown(4)

    stack.up(eu={"count": 3})
    assert {D} == filed(emulator)[-1].named
    stack.up(eu={"count": 2, "relinquish_first": [B]})
    assert {B} == filed(emulator)[-1].named

    assert ("relinquishing", [A, C], [B, D]) == stack.shown("status", "addresses", "relinquishing")
    assert stack.is_quiet()
    for case in marked(emulator, is_open=True):
        emulator.remove(case.id)
    stack.refresh()
    assert ("active", [A, C], 2) == stack.shown("status", "addresses", "count")


def test_an_address_that_is_gone_keeps_its_place_among_those_to_relinquish(emulator: Emulator, stack: Stack) -> None:
    """Otherwise the pools would be filled anew, and an address that the preview kept would go."""
    stack.grown(1, pools={"orders": 1})
    stack.grown(3, pools={"orders": 1, "news": 1})
    assert {"orders": [A], "news": [C]} == stack["eu"]["pool_addresses"]
    emulator.take_away(REGION, C)
    wish = {"count": 1, "pools": {"news": 1}, "relinquish_first": [C]}
    assert f"will relinquish {B}, {C} by a support case" in stack.preview(eu=wish)[0]

    stack.up(eu=wish)

    assert {B} == filed(emulator)[-1].named


def test_a_relinquish_case_that_was_opened_again_is_followed(emulator: Emulator, stack: Stack) -> None:
    """AWS closed it for want of an answer, a person replied there later, and AWS asks again."""
    stack.grown()
    stack.up(eu={"count": 2})
    case_id = marked(emulator)[-1].id
    emulator.resolve(case_id)
    stack.refresh()
    assert "over" == stack["eu"]["status"]
    emulator.reply(case_id, "Please go ahead.")
    stack.refresh()
    assert ("relinquishing", [A]) == stack.shown("status", "relinquishing")
    emulator.confirm_question(case_id)
    stack.refresh()
    assert "action_required" == stack["eu"]["status"]

    stack.up(eu={"count": 2, "confirm_relinquish": True})

    assert ["request", "relinquish confirm"] == steps(emulator)


def test_awss_question_waits_for_a_person_or_is_answered_once(emulator: Emulator, stack: Stack) -> None:
    """`confirm_relinquish` lets the next update say yes, once; else the message says where to reply."""
    stack.grown()
    stack.up(eu={"count": 2})
    emulator.confirm_question(marked(emulator)[1].id)
    stack.refresh()
    assert "action_required" == stack["eu"]["status"]
    assert f"AWS is asking you to confirm the relinquishment of {A} in case 1700000002" in stack["eu"]["message"]
    assert stack.is_quiet()

    stack.up(eu={"count": 2, "confirm_relinquish": True})
    assert "relinquish confirm" == steps(emulator)[-1]
    emulator.confirm_question(marked(emulator)[1].id)
    stack.refresh()
    stack.up(eu={"count": 2, "confirm_relinquish": True})

    assert "relinquish confirm" == steps(emulator)[-1]


def test_a_relinquishment_is_called_off_in_its_case_and_then_in_the_program(emulator: Emulator, stack: Stack) -> None:
    """A higher count alone would request another address; once AWS has closed the case, it files nothing."""
    stack.grown()
    stack.up(eu={"count": 2})
    case = marked(emulator)[-1].id
    assert "will request 1 dedicated IP address by a support case" in stack.preview(eu={"count": 3})[0]

    emulator.reply(case, "Please remove no address.")
    emulator.resolve(case)
    stack.refresh()
    assert ("over", [A, B, C]) == stack.shown("status", "addresses")

    stack.up(eu={"count": 3})
    assert ("active", [A, B, C]) == stack.shown("status", "addresses")
    assert ["request", "relinquish"] == steps(emulator)


def test_a_listed_address_is_replaced_in_order(emulator: Emulator, stack: Stack) -> None:
    """What the page on blocklists says, with its programs: one more, warm, and then the listed one goes and no other."""
    three, four, fewer = programs("replace.md")
    before = stack.grown(**three)
    assert B in before
    stack.up(eu=fewer)
    assert 1 == len(marked(emulator)), "a count that stays files nothing"

    [new] = set(stack.grown(**four)) - set(before)
    assert [new] == [ip for ip in stack["eu"]["warming"] if ip not in before]
    emulator.advance(days=45)
    stack.refresh()
    assert ([], {"orders": [*before, new]}) == stack.shown("warming", "pool_addresses")

    stack.up(eu=fewer)
    kept = [ip for ip in (*before, new) if ip != B]
    assert ([B], {"orders": kept}) == stack.shown("relinquishing", "pool_addresses")
    assert ([B], 1) == (sorted(filed(emulator)[-1].named), filed(emulator)[1].asks)

    emulator.remove(marked(emulator)[-1].id)
    stack.refresh()
    stack.up(eu=three)
    assert ("active", kept, []) == stack.shown("status", "addresses", "relinquishing")
    assert 3 == len(marked(emulator))


def test_a_destroy_withdraws_what_is_open_and_relinquishes_the_rest(emulator: Emulator, stack: Stack) -> None:
    """One case for all that is held; with nothing held and nothing open, nothing is filed."""
    stack.up(eu={"count": 0})
    stack.destroy()
    assert ([], {}) == (steps(emulator), stack.stored)

    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 2)
    stack.destroy()

    assert ["request withdraw", "relinquish"] == steps(emulator)
    assert {A, B} == filed(emulator)[1].named


def test_a_destroy_names_the_doubtful_and_leaves_them(emulator: Emulator, stack: Stack) -> None:
    """The next one finds a lease that has ended, files nothing, and says what stays leased; with or without a plan."""
    stack.grown(2)
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[1].id, 2, close=True)
    stored = stack.copy()

    done = stack.destroy()
    assert f"left leased, because more arrived than were requested: {C}, {D}." in done.said
    assert {A, B} == filed(emulator)[-1].named

    before = steps(emulator)
    for has_plan in (True, False):
        emulator.change(support_plan=has_plan)
        stack.stored = dict(stored)
        assert [ENDED, f"eu ({REGION}): left leased: {C}, {D}."] == stack.destroy().said.splitlines()
    assert before == steps(emulator)


def test_a_destroy_of_a_lease_that_has_ended_says_no_more(emulator: Emulator, stack: Stack, other: Stack) -> None:
    """What its case relinquishes is not left; nor is anything named of one that another stack took over and ended."""
    stack.grown(2)
    stored = stack.copy()
    stack.destroy()
    stack.stored = stored
    assert (f"{ENDED}\n", 2) == (stack.destroy().said, len(steps(emulator)))

    emulator.remove(marked(emulator)[1].id)
    emulator.fault("reset", operation="CreateCase", when="before")
    stack.up(eu={"count": 2})
    other.up(eu={"count": 2, "take_over_from": consent(other.up(eu={"count": 2}).error)})
    emulator.advance(601)
    other.destroy()
    assert f"{ENDED}\n" == stack.destroy().said


def test_a_destroy_that_cannot_free_the_record_says_what_was_done(emulator: Emulator, stack: Stack) -> None:
    """The case is filed, and the next destroy goes on from there."""
    stack.grown(2)
    emulator.fault("access-denied", operation="PutParameter", skip=2, times=None)

    error = stack.destroy().error

    assert "Done before that: case 1700000002 filed." in error
    emulator.clear_faults()
    assert ("", 2) == (stack.destroy().error, len(steps(emulator)))
