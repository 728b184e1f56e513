"""Two stacks with leases in one Region of one account, carried out at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.stack import Stack

pytestmark = pytest.mark.engine


def test_of_two_stacks_at_the_same_time_one_gets_the_request(new_stack: Callable[[str], Stack]) -> None:
    """The other's user reads which lease was first, and when to come back; then it gets its own addresses."""
    stacks = [new_stack("shop"), new_stack("bank")]
    for stack in stacks:
        stack.program('mail = DedicatedIpLease("mail", count=2, use_case=shop)')

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda stack: stack.run("up", "--yes", "--skip-preview"), stacks))

    desk = stacks[0].desk
    assert [False, True] == sorted(end.code != 0 for end in ends)
    first, second = sorted(stacks, key=lambda stack: ends[stacks.index(stack)].code)
    refusal = ends[stacks.index(second)].text
    (case,) = [case for case in desk.cases() if not case.is_resolved]
    assert f"the lease mail (eu-west-1) (organization/{first.folder.name}/dev/mail/eu-west-1) has its" in refusal
    assert f"Run `pulumi up` again when case {case.display_id} is closed" in refusal

    granted = desk.grant(case.id)
    second.up()
    others = desk.grant(desk.cases()[-1].id)
    first.refresh()
    second.refresh()
    assert list(granted) == first.outputs("mail")["addresses"]
    assert list(others) == second.outputs("mail")["addresses"]
