"""`confirm` answers AWS's question whether to remove addresses, once, and only with a person's consent."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from support.tables import table

from dedicated_ip_provider.cli.program import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.stacks import Stack

    from cli.conftest import Run
    from dedicated_ip_provider.cli.runtime import Runtime

    Thinking = Callable[[Callable[[], object]], None]

CASE = "1700000002"
URL = f"https://console.aws.amazon.com/support/home#/case/?displayId={CASE}&language=en"
CONFIRMED = "eu (eu-west-1): case 1700000002: confirmed the relinquishment of 192.0.2.1, 192.0.2.2\n"
DECLINED = "dedicated-ip: You did not agree.\nNothing was sent. Answer `y`, or give `--yes`.\n"
RECORD = ("eu-west-1", "/dedicated-ip/lease")


@pytest.fixture
def relinquished(stack: Stack) -> Stack:
    """A stack whose lease of three relinquishes two, before AWS asks anything."""
    stack.up(eu={"count": 3})
    stack.emulator.grant("1700000001")
    stack.refresh()
    stack.up(eu={"count": 1})
    return stack


@pytest.fixture
def asked(relinquished: Stack) -> Stack:
    """The same, and AWS asks whether to remove the two."""
    relinquished.emulator.confirm_question(CASE)
    return relinquished


def sent(stack: Stack) -> int:
    """Return how many answers were sent."""
    return len(stack.emulator.calls("AddCommunicationToCase"))


@pytest.fixture
def thinking(monkeypatch: pytest.MonkeyPatch) -> Thinking:
    """Makes something happen before the person agrees."""

    def happen(what: Callable[[], object]) -> None:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=lambda *_: (what(), "y\n")[1]))

    return happen


def test_a_person_reads_question_and_answer_and_agrees(asked: Stack, installed: Run) -> None:
    """`y` sends the answer."""
    ended = installed("confirm", CASE, given="y\n")

    case = asked.emulator.case(CASE)
    answer = "".join(f"  | {line}\n" if line else "\n" for line in case.from_customer[-1].body.split("\n"))
    assert (0, f"Send this answer? It cannot be undone. [y/N]: {CONFIRMED}") == (ended.code, ended.err)
    assert (
        f"""\
AWS asks in case 1700000002:

  | Hello,

  | Please confirm that you want to relinquish 192.0.2.1, 192.0.2.2; this cannot be reversed. We remove them after \
your answer.

  | Best regards,
  | Amazon Web Services

The answer will be:

{answer}"""
        in ended.out
    )
    assert "customer-action-completed" == case.status


@table(
    "reason, typed",
    [("no", "n\n"), ("an empty line", "\n"), ("the end of the input", ""), ("no input at all", None)],
)
def test_without_consent_nothing_is_sent(
    asked: Stack, run: Run, monkeypatch: pytest.MonkeyPatch, typed: str | None, reason: str
) -> None:
    """A job without an input has nobody who could agree."""
    monkeypatch.setattr("sys.stdin", None if typed is None else io.StringIO(typed))

    ended = run("confirm", CASE)

    assert (1, 0, True) == (ended.code, sent(asked), ended.err.endswith(DECLINED)), reason


def test_a_case_is_answered_once(asked: Stack, run: Run) -> None:
    """The record is written first; a lost answer of AWS is looked for; neither this command nor `pulumi up` repeats it."""
    before = len(asked.emulator.log)
    asked.emulator.fault("reset", operation="AddCommunicationToCase", when="after")
    first = run("confirm", CASE, "--yes")
    writes = ("PutParameter", "AddCommunicationToCase")
    assert list(writes) == [one.operation for one in asked.emulator.log[before:] if one.operation in writes]

    assert (0, CONFIRMED) == (first.code, first.err)
    answered = "Case 1700000002 has already been answered; its status is customer-action-completed.\n"
    assert (0, answered, "") == run("confirm", asked.emulator.case(CASE).id, "--yes")
    asked.refresh()
    asked.up(eu={"count": 1, "confirm_relinquish": True})
    asked.emulator.ask(CASE, "Are you quite sure?")
    again = run("confirm", CASE, "--yes")

    assert (0, f"AWS is asking something else there: answer at {URL}.\n") == (again.code, again.err)
    assert 1 == sent(asked)


def test_the_record_counts_as_it_is_when_the_answer_is_sent(asked: Stack, run: Run, thinking: Thinking) -> None:
    """While a person thinks, the lease may become another's."""
    thinking(lambda: asked.emulator.delete_parameter(*RECORD))

    assert (1, 0) == (run("confirm", CASE).code, sent(asked))


def test_an_answer_of_somebody_else_is_seen_in_time(
    asked: Stack, runtime: Runtime, run: Run, thinking: Thinking
) -> None:
    """While one person thinks, another may answer: then nothing more is sent."""
    thinking(lambda: main(["confirm", CASE, "--yes"], runtime))

    ended = run("confirm", CASE)

    assert (0, 1) == (ended.code, sent(asked))
    assert ended.out.endswith("Case 1700000002 has already been answered; its status is pending-customer-action.\n")


def test_json_alone_only_shows(asked: Stack, run: Run) -> None:
    """`--json` sends nothing without `--yes`. The answer is in the language that is asked for."""
    shown = json.loads(run("confirm", CASE, "--json", "--language", "ja").out)
    sent = json.loads(run("confirm", CASE, "--json", "--language", "ja", "--yes").out)

    assert {**shown, "sent": True} == sent
    assert ["case", "addresses", "question", "answer", "sent"] == list(shown)
    assert ("1700000002", ["192.0.2.1", "192.0.2.2"], False) == (shown["case"], shown["addresses"], shown["sent"])
    assert sent["answer"] == asked.emulator.case(CASE).from_customer[-1].body
    assert "はい、確認しました" in sent["answer"]


def test_a_case_of_an_ended_lease_can_be_confirmed(stack: Stack, run: Run) -> None:
    """After `pulumi destroy`, the freed record still follows the case."""
    stack.up(eu={"count": 2})
    stack.emulator.grant("1700000001")
    stack.refresh()
    stack.destroy()
    stack.emulator.confirm_question(CASE)

    first, second = run("confirm", CASE, "--yes"), run("confirm", CASE, "--yes")

    assert (CONFIRMED, 1, True) == (first.err, sent(stack), "has already been answered" in second.out)


@pytest.mark.parametrize("operation", ["GetParameter", "PutParameter"])
def test_without_the_record_nothing_is_sent(asked: Stack, run: Run, operation: str) -> None:
    """Whoever cannot read and write the record cannot know whose case it is."""
    asked.emulator.fault("access-denied", operation=operation, times=None)

    ended = run("confirm", CASE, "--yes")

    assert (1, 0) == (ended.code, sent(asked))
    assert ended.err.startswith(f"dedicated-ip: AWS refused ssm:{operation} (")
    assert ended.err.endswith(f"Nothing was filed. Allow ssm:{operation} to this role or user.\n")


def test_a_case_that_the_record_does_not_follow_is_not_answered(asked: Stack, run: Run) -> None:
    """The record was deleted, or has been written anew."""
    refusal = (
        "dedicated-ip: Case 1700000002 does not belong to the lease of eu-west-1: the Region's record {}.\nNothing was "
        f"filed. To relinquish the addresses, answer at {URL}.\n"
    )
    asked.emulator.delete_parameter(*RECORD)
    assert (1, "", refusal.format("does not exist")) == run("confirm", CASE, "--yes")
    asked.emulator.put_parameter(*RECORD, '{"format":1,"over":0,"serial":1,"number":0,"attempt":0}')
    assert (1, "", refusal.format("does not follow it")) == run("confirm", CASE, "--yes")

    assert 0 == sent(asked)


def test_a_message_cannot_control_the_terminal(asked: Stack, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anyone who has the account's mail can write in a case."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked.emulator.ask(CASE, "Really?\x1b]0;owned\x07\r\n\tYes.")

    assert "  | Really??]0;owned?\n  |     Yes.\n" in run("confirm", CASE).out


@table(
    "reason, case, expected",
    [
        (
            "AWS has not asked yet",
            CASE,
            f"AWS is not asking anything in case 1700000002; its status is opened.\nNothing was sent. See {URL}.\n",
        ),
        (
            "a request",
            "1700000001",
            "Case 1700000001 requests addresses: it has nothing to confirm.\nNothing was sent. ",
        ),
        (
            "somebody else's case",
            "1700000003",
            "Account 111122223333 has no case 1700000003 that a lease filed.\n",
        ),
    ],
)
def test_a_case_in_which_aws_does_not_ask_is_not_answered(
    relinquished: Stack, run: Run, case: str, expected: str, reason: str
) -> None:
    """An answer before the question would only confuse."""
    relinquished.emulator.file_by_hand("Please remove", "Addresses to relinquish: 192.0.2.1")

    ended = run("confirm", case, "--yes")

    assert (1, 0, True) == (ended.code, sent(relinquished), ended.err.startswith(f"dedicated-ip: {expected}")), reason


@pytest.mark.parametrize("name", ["eu", "17-1", "case-1 2", "--"])
def test_a_case_is_named_by_its_number_or_id(run: Run, name: str) -> None:
    """The name of a lease, for instance, is refused."""
    assert 2 == run("confirm", name).code
