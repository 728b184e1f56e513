"""What stops a command: each is a sentence that says truly what was filed, and nothing is left half done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from explore.account import SmallAccount
from explore.commands import Order, lease_of, run
from explore.explore import start_of
from explore.world import Program
from support.bags import form
from support.filed import REGION, filed, record, steps
from support.process import Process
from support.stacks import Stack
from support.tables import table

from dedicated_ip_provider.errors import Refused, Unreachable
from dedicated_ip_provider.lease.model import DedicatedIp
from dedicated_ip_provider.provider import DedicatedIpError
from dedicated_ip_provider.reconcile import _saying_what_was_done, observe, update

if TYPE_CHECKING:
    from dedicated_ip_provider.case_text.messages import CaseMessage
    from dedicated_ip_provider.emulator import Emulator
    from dedicated_ip_provider.lease.model import Case

A, B = "192.0.2.1", "192.0.2.2"


# Of the program.


def test_a_request_needs_a_use_case_and_nothing_else_does(emulator: Emulator, stack: Stack) -> None:
    """Not to adopt, nor to relinquish."""
    emulator.lease(REGION, 2)
    stack.up(eu={"count": 2, "adopt": [A, B], "use_case": None})
    stack.up(eu={"count": 1, "use_case": None})
    assert ["relinquish"] == steps(emulator)

    error = stack.up(eu={"count": 3, "use_case": None}).error
    assert "AWS asks what you send, and `use_case` is missing" in error
    assert ["relinquish"] == steps(emulator)


def test_what_was_adopted_once_is_not_looked_for_again(emulator: Emulator, stack: Stack) -> None:
    """An address that has vanished since stops no update, though `adopt` still names it."""
    emulator.lease(REGION, 1)
    stack.up(eu={"count": 1, "adopt": [A]})
    emulator.take_away(REGION, A)
    stack.refresh()

    assert "" == stack.up(eu={"count": 2, "adopt": [A]}).error


@table(
    "reason, adopt",
    [
        ("has no such dedicated IP address in eu-west-1", "198.51.100.9"),
        ("it belongs to a managed pool, where SES itself leases and releases addresses.", "192.0.2.2"),
        ("the open case 1700000001 relinquishes it", "192.0.2.1"),
    ],
)
def test_what_cannot_be_adopted_is_refused(emulator: Emulator, stack: Stack, reason: str, adopt: str) -> None:
    """Nothing is claimed or filed for it."""
    emulator.lease(REGION)
    emulator.add_managed(REGION)
    stack.up(eu={"count": 1, "adopt": [A]})
    stack.up(eu={"count": 0})
    before = steps(emulator)

    error = stack.up(eu={"count": 1, "adopt": [adopt]}).error

    assert reason in error
    assert "Nothing was filed." in error
    assert before == steps(emulator)


def test_a_create_that_fails_after_it_filed_returns_and_says_why(emulator: Emulator, stack: Stack) -> None:
    """Pulumi would forget a lease whose create raises: it stores what is known, and the next command goes on."""
    emulator.fault("access-denied", operation="PutParameter", skip=2, times=2)

    done = stack.up(eu={"count": 3})

    assert ("", "requested", 3) == (done.error, *stack.shown("status", "requested_count"))
    assert "AWS refused ssm:PutParameter" in stack["eu"]["message"]
    assert "eu-west-1/2-" in stack["eu"]["record_version"]
    stack.up(eu={"count": 3})
    assert (["request"], "requested") == (steps(emulator), stack["eu"]["status"])


def test_a_new_lease_that_cannot_adopt_claims_nothing(emulator: Emulator, stack: Stack) -> None:
    """It would hold an address that is not there."""
    assert (
        "eu (eu-west-1) cannot adopt 198.51.100.9: account 111122223333 has no such dedicated IP address in eu-west-1.\n"
        "Nothing was filed. Correct `adopt`, or the Region or credentials of the lease."
    ) == stack.up(eu={"count": 1, "adopt": ["198.51.100.9"]}).error

    assert {} == emulator.parameters(REGION)


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


# Of the account.


def test_credentials_of_another_account_are_refused(stack: Stack) -> None:
    """Whoever has them must not read the lease's addresses as gone."""
    stack.grown()
    stack["eu"]["account_id"] = "999999999999"

    for command in (stack.refresh, stack.destroy):
        assert command().error == (
            "eu (eu-west-1) is in account 999999999999, but the credentials lead to account 111122223333.\n"
            "Nothing was filed. Use the credentials of the lease's account."
        )


def test_without_permission_for_the_record_nothing_is_filed(emulator: Emulator, stack: Stack) -> None:
    """Create, update and delete name the permission; a refresh still shows what SES shows, and says so."""
    emulator.fault("access-denied", operation="GetParameter", times=None)
    error = stack.up(eu={"count": 3}).error
    assert "Nothing was filed. Allow ssm:GetParameter to this role or user." == error.split("\n")[1]
    stack.grown()

    emulator.fault("access-denied", operation="GetParameter", times=None)
    assert "Allow ssm:GetParameter" in stack.up(eu={"count": 5}).error
    emulator.fault("access-denied", operation="GetParameter", times=None)
    assert "Allow ssm:GetParameter" in stack.destroy().error
    emulator.take_away(REGION, A)
    version = stack["eu"]["record_version"]
    emulator.fault("access-denied", operation="GetParameter", times=None)
    stack.refresh()

    assert ([B, "192.0.2.3"], 2, version) == stack.shown("addresses", "count", "record_version")
    assert "The Region's record could not be read: AWS refused ssm:GetParameter" in stack["eu"]["message"]
    assert ["request"] == steps(emulator)


@pytest.mark.parametrize("operation", ["PutParameter", "GetParameterHistory"])
def test_a_record_that_cannot_be_written_files_nothing(emulator: Emulator, stack: Stack, operation: str) -> None:
    """Neither where it may not be written, nor where a lost answer to that cannot be looked into."""
    if operation == "GetParameterHistory":
        emulator.fault("reset", operation="PutParameter", when="after")
    emulator.fault("access-denied", operation=operation, times=None)

    error = stack.up(eu={"count": 3}).error

    assert f"Allow ssm:{operation} to this role or user." in error
    assert [] == steps(emulator)
    assert "" == stack.up(eu={"count": 3}).error
    assert ["request"] == steps(emulator)


def test_an_account_without_a_support_plan_claims_nothing_for_a_request(emulator: Emulator, stack: Stack) -> None:
    """It is told to file by hand."""
    emulator.change(support_plan=False)

    assert 'Set `filing="console"`' in stack.up(eu={"count": 3}).error
    assert {} == emulator.parameters(REGION)


@table("reason, operation, number", [("no service", "DescribeServices", 1), ("no case", "CreateCase", 2)])
def test_a_create_that_fails_before_it_filed_frees_the_record(
    emulator: Emulator, stack: Stack, reason: str, operation: str, number: int
) -> None:
    """Any stack may begin then. Two cases never have one mark: an intent uses its number up, whatever became of it."""
    emulator.fault("access-denied", operation=operation)

    assert "Nothing was filed." in stack.up(eu={"count": 3}).error

    assert {"holder", "intent"}.isdisjoint(record(emulator))
    assert "" == Stack(emulator, "mail/live").up(eu={"count": 3}).error
    (case,) = filed(emulator)
    assert (reason, True) == (reason, f"[DIP-{REGION}-{number}-" in case.case.subject)


def test_a_no_of_awss_leaves_no_intent(emulator: Emulator, stack: Stack) -> None:
    """Nothing was filed for certain: the same command files it, without waiting for ten minutes."""
    stack.grown()
    emulator.fault("access-denied", operation="CreateCase")
    assert "Nothing was filed." in stack.up(eu={"count": 5}).error
    assert "intent" not in record(emulator)

    assert "" == stack.up(eu={"count": 5}).error
    assert ["request", "request"] == steps(emulator)


def test_an_error_is_not_hidden_by_another_one_behind_it(emulator: Emulator, stack: Stack) -> None:
    """Where the record cannot be freed either, the user reads why nothing was filed."""
    emulator.fault("access-denied", operation="CreateCase")
    emulator.fault("access-denied", operation="PutParameter", skip=2, times=None)

    error = stack.up(eu={"count": 2}).error

    assert "support:CreateCase" in error
    assert [] == steps(emulator)


# Of AWS's answers.


def test_what_was_sent_stays_sent_where_the_case_cannot_be_read_again(emulator: Emulator, stack: Stack) -> None:
    """A message opens a closed case, or does not: to look is good, and its failure no failure of the message."""
    stack.up(eu={"count": 2})
    emulator.fault("access-denied", operation="DescribeCases", skip=1)

    done = stack.up(eu={"count": 3})

    assert ("", 3) == (done.error, stack["eu"]["requested_count"])


class DeafAccount(SmallAccount):
    """An account in which no message leaves a trace."""

    def send_message(self, case: Case, message: CaseMessage) -> None:
        """Take a message and show nothing of it."""


class Ipv6Account(SmallAccount):
    """An account in which SES lists what it does not lease today."""

    def addresses(self, _region: str) -> tuple[DedicatedIp, ...]:
        """Return one address of IPv6."""
        return (DedicatedIp(ip="2001:db8::1", pool=None, warmup_percentage=0, managed=False),)


def test_an_address_that_is_not_ipv4_is_told_apart() -> None:
    """It is named to the user, and counts for nothing."""
    account: Any = Ipv6Account(start_of(0), 0, Program(0), None, lambda now: now)

    seen = observe(account, lease_of(0, Program(0)))

    assert (("2001:db8::1",), frozenset()) == (seen.unreadable, seen.here)


def test_a_step_without_effect_is_not_taken_again() -> None:
    """Where AWS shows nothing of a message, the run stops instead of writing it again and again."""
    world = run(start_of(0), Order(0, "up", Program(2))).world
    state = world.stacks[0].state
    assert state is not None
    account: Any = DeafAccount(world, 0, Program(3), None, lambda now: now)

    with pytest.raises(Refused, match="AWS does not show the result of the step just taken"):
        update(account, lease_of(0, Program(3)), state, account.run)


def test_an_error_after_something_may_have_been_filed_does_not_deny_it() -> None:
    """A lost answer may stand for something that AWS has carried out."""
    executor: Any = SimpleNamespace(done=[], may_have_filed=True)

    with pytest.raises(Unreachable) as raised, _saying_what_was_done(executor):
        raise Unreachable("AWS did not answer.", "Nothing was filed. Run the same command again.")

    assert "Something may have been filed before that. Run the same command again." == raised.value.next_step
