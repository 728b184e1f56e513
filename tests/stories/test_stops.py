"""What stops the shell, beside what AWS says: each is a sentence that says truly what was filed."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from explore.account import SmallAccount
from explore.commands import Order, lease_of, run
from explore.explore import start_of
from explore.world import Program
from support.bags import form
from support.process import Process

from dedicated_ip_provider.errors import Refused, Unreachable
from dedicated_ip_provider.provider import DedicatedIpError
from dedicated_ip_provider.reconcile import _saying_what_was_done, update

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.case_text.messages import CaseMessage
    from dedicated_ip_provider.emulator import Emulator
    from dedicated_ip_provider.lease.model import Case


class DeafAccount(SmallAccount):
    """An account in which no message leaves a trace."""

    def send_message(self, case: Case, message: CaseMessage) -> None:
        """Take a message and show nothing of it."""


def test_a_step_without_effect_is_not_taken_again() -> None:
    """Where AWS shows nothing of a message, the run stops instead of writing it again and again."""
    world = run(start_of(0), Order(0, "up", Program(2))).world
    state = world.stacks[0].state
    assert state is not None
    account: Any = DeafAccount(world, 0, Program(3), None, lambda now: now)

    with pytest.raises(Refused, match="AWS does not show the result of the step just taken"):
        update(account, replace(lease_of(0, Program(3))), state, account.run)


def test_an_error_after_something_may_have_been_filed_does_not_deny_it() -> None:
    """A lost answer may stand for something that AWS has carried out."""
    executor: Any = SimpleNamespace(done=[], may_have_filed=True)

    with pytest.raises(Unreachable) as raised, _saying_what_was_done(executor):
        raise Unreachable("AWS did not answer.", "Nothing was filed. Run the same command again.")

    assert "Something may have been filed before that. Run the same command again." == raised.value.next_step


def test_a_case_that_aws_would_not_take_is_not_sent(emulator: Emulator, stack: Stack) -> None:
    """AWS takes 8,000 characters; `check` says so first, and what it did not see is refused before the intent."""
    stack.up(eu={"count": 0})
    stored = stack.stored["eu"]
    use_case = form(description="x" * 4_900, why_dedicated="y" * 4_900)

    with pytest.raises(DedicatedIpError, match="but AWS accepts 8,000"):
        Process(emulator).provider.update(
            stored.id, stored.outputs, {**stored.inputs, "count": 2.0, "use_case": use_case}
        )

    assert () == emulator.cases()
