"""`confirm` answers AWS's question whether to remove addresses, once, and only with a person's consent."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.cli.program import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.stacks import Stack

    from cli.conftest import Ended
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.emulator import RunningEmulator

CASE = "1700000002"
URL = f"https://console.aws.amazon.com/support/home#/case/?displayId={CASE}&language=en"
CONFIRMED = "eu (eu-west-1): case 1700000002: confirmed the relinquishment of 192.0.2.1, 192.0.2.2\n"


@pytest.fixture
def relinquished(emulator: RunningEmulator, stack: Stack) -> Stack:
    """A stack whose lease of three relinquishes two, before AWS asks anything."""
    stack.up(eu={"count": 3})
    emulator.grant("1700000001")
    stack.refresh()
    stack.up(eu={"count": 1})
    return stack


@pytest.fixture
def asked(emulator: RunningEmulator, relinquished: Stack) -> Stack:
    """The same, and AWS asks whether to remove the two."""
    emulator.confirm_question(CASE)
    return relinquished


@pytest.fixture
def sent(emulator: RunningEmulator) -> Callable[[], int]:
    """Tells how many answers were sent."""
    return lambda: len(emulator.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_a_person_reads_both_sides_and_consents(emulator: RunningEmulator, installed: Callable[..., Ended]) -> None:
    """AWS's question and the answer are shown; `y` sends it."""
    ended = installed("confirm", CASE, given="y\n")

    assert 0 == ended.code
    assert (
        """\
AWS asks in case 1700000002:

  | Hello,

  | Please confirm that you want to relinquish 192.0.2.1, 192.0.2.2; this cannot be reversed. We remove them after \
your answer.

  | Best regards,
  | Amazon Web Services

The answer will be:

"""
        in ended.out
    )
    answer = emulator.case(CASE).from_customer[-1].body
    assert "".join(f"  | {line}\n" if line else "\n" for line in answer.split("\n")) in ended.out
    assert f"Send this answer? It cannot be undone. [y/N]: {CONFIRMED}" == ended.err
    assert "customer-action-completed" == emulator.case(CASE).status


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("given", ["n\n", "\n", ""])
def test_without_consent_nothing_is_sent(sent: Callable[[], int], installed: Callable[..., Ended], given: str) -> None:
    """No, nothing, and nobody there are three ways not to consent."""
    ended = installed("confirm", CASE, given=given)

    assert (1, 0) == (ended.code, sent())
    assert ended.err.endswith("dedicated-ip: You did not agree.\nNothing was sent. Answer `y`, or give `--yes`.\n")


@pytest.mark.usefixtures("asked")
def test_without_an_input_nothing_is_sent(
    sent: Callable[[], int], run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job without a standard input has nobody to consent."""
    monkeypatch.setattr("sys.stdin", None)

    said = run("confirm", CASE)

    assert (1, "dedicated-ip: You did not agree.", 0) == (said.code, said.err.splitlines()[-2], sent())


def test_a_case_is_answered_once(
    emulator: RunningEmulator, asked: Stack, sent: Callable[[], int], run: Callable[..., Ended]
) -> None:
    """`--yes` is for scripts. What was answered is not answered again, by this command or by `pulumi up`."""
    first = run("confirm", CASE, "--yes")
    second = run("confirm", emulator.case(CASE).id, "--yes")
    asked.refresh()
    asked.up(eu={"count": 1, "confirm_relinquish": True})

    assert (0, CONFIRMED) == (first.code, first.err)
    assert (0, "Case 1700000002 has already been answered; its status is customer-action-completed.\n", "") == (
        second.code,
        second.out,
        second.err,
    )
    assert 1 == sent()


@pytest.mark.usefixtures("asked")
def test_a_further_question_is_for_a_person(
    emulator: RunningEmulator, sent: Callable[[], int], run: Callable[..., Ended]
) -> None:
    """What AWS asks after the answer is something else, or a misunderstanding."""
    run("confirm", CASE, "--yes")
    emulator.ask(CASE, "Are you quite sure?")

    said = run("confirm", CASE, "--yes")

    assert (0, f"AWS is asking something else there: answer at {URL}.\n", 1) == (said.code, said.err, sent())


@pytest.mark.usefixtures("asked")
def test_the_answer_of_another_is_seen_in_time(
    sent: Callable[[], int], runtime: Runtime, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one person thinks, another may answer: then nothing more is sent."""

    def think(*_: object) -> str:
        assert 0 == main(["confirm", CASE, "--yes"], runtime)
        return "y\n"

    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=think))

    said = run("confirm", CASE)

    assert (0, 1) == (said.code, sent())
    assert said.out.endswith("Case 1700000002 has already been answered; its status is pending-customer-action.\n")


@pytest.mark.usefixtures("asked")
def test_what_the_record_says_when_it_is_sent_counts(
    emulator: RunningEmulator, sent: Callable[[], int], run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a person thinks, the lease may become another's."""

    def think(*_: object) -> str:
        emulator.delete_parameter("eu-west-1", "/dedicated-ip/lease")
        return "y\n"

    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=think))

    assert (1, 0) == (run("confirm", CASE).code, sent())


@pytest.mark.usefixtures("asked")
def test_json_alone_only_shows(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """`--json` sends nothing without `--yes`, and says whether something was sent."""
    shown = json.loads(run("confirm", CASE, "--json").out)
    sent = json.loads(run("confirm", CASE, "--json", "--yes").out)

    assert {**shown, "sent": True} == sent
    assert ["case", "addresses", "question", "answer", "sent"] == list(shown)
    assert ("1700000002", ["192.0.2.1", "192.0.2.2"], False) == (shown["case"], shown["addresses"], shown["sent"])
    assert sent["answer"] == emulator.case(CASE).from_customer[-1].body


@pytest.mark.usefixtures("asked")
def test_the_answer_can_be_in_japanese(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """The record does not say in which language a lease writes."""
    run("confirm", CASE, "--yes", "--language", "ja")

    assert "はい、確認しました" in emulator.case(CASE).from_customer[-1].body


@pytest.mark.usefixtures("asked")
def test_a_lost_answer_is_looked_for(
    emulator: RunningEmulator, sent: Callable[[], int], run: Callable[..., Ended]
) -> None:
    """Where the message arrived and AWS's answer did not, the message is found, and not sent again."""
    emulator.fault("reset", operation="AddCommunicationToCase", when="after")

    said = run("confirm", CASE, "--yes")

    assert (0, CONFIRMED, 1) == (said.code, said.err, sent())


def test_what_an_ended_lease_left_can_be_confirmed(
    emulator: RunningEmulator, stack: Stack, sent: Callable[[], int], run: Callable[..., Ended]
) -> None:
    """After `pulumi destroy` no program is left to answer; the freed record still follows the case."""
    stack.up(eu={"count": 2})
    emulator.grant("1700000001")
    stack.refresh()
    stack.destroy()
    emulator.confirm_question(CASE)

    first, second = run("confirm", CASE, "--yes"), run("confirm", CASE, "--yes")

    assert (CONFIRMED, 1, True) == (first.err, sent(), "has already been answered" in second.out)


@pytest.mark.usefixtures("asked")
def test_the_record_is_written_before_the_answer(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """So whoever is about to write over an older one of it notices, and a lease that was taken over answers nothing."""
    before = len(emulator.log)

    run("confirm", CASE, "--yes")

    writes = ("PutParameter", "AddCommunicationToCase")
    assert list(writes) == [one.operation for one in emulator.log[before:] if one.operation in writes]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("operation", ["GetParameter", "PutParameter"])
def test_without_the_record_nothing_is_sent(
    emulator: RunningEmulator, sent: Callable[[], int], run: Callable[..., Ended], operation: str
) -> None:
    """Who may not write the record cannot know whose case it is by now."""
    emulator.fault("access-denied", operation=operation, times=None)

    said = run("confirm", CASE, "--yes")

    assert (1, 0) == (said.code, sent())
    assert said.err.startswith(f"dedicated-ip: AWS refused ssm:{operation} (")
    assert said.err.endswith(f"Nothing was filed. Allow ssm:{operation} to this role or user.\n")


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("other", [None, "free"])
def test_a_case_that_the_record_does_not_follow_is_not_touched(
    emulator: RunningEmulator, sent: Callable[[], int], run: Callable[..., Ended], other: str | None
) -> None:
    """The record was deleted, or tells of another time."""
    emulator.delete_parameter("eu-west-1", "/dedicated-ip/lease")
    if other:
        emulator.put_parameter(
            "eu-west-1", "/dedicated-ip/lease", '{"format":1,"over":0,"serial":1,"number":0,"attempt":0}'
        )

    said = run("confirm", CASE, "--yes")

    why = "does not follow it" if other else "does not exist"
    assert (1, 0) == (said.code, sent())
    assert said.err == (
        f"dedicated-ip: Case 1700000002 does not belong to the lease of eu-west-1: the Region's record {why}.\nNothing was "
        f"filed. To relinquish the addresses, answer at {URL}.\n"
    )


@pytest.mark.usefixtures("asked")
def test_what_is_in_a_message_cannot_steer_the_terminal(
    emulator: RunningEmulator, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case can be written by anyone who has the account's mail."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    emulator.ask(CASE, "Really?\x1b]0;owned\x07\r\n\tYes.")

    said = run("confirm", CASE)

    assert "  | Really??]0;owned?\n  |     Yes.\n" in said.out


@pytest.mark.usefixtures("relinquished")
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (CASE, f"AWS is not asking anything in case 1700000002; its status is opened.\nNothing was sent. See {URL}.\n"),
        ("1700000001", "Case 1700000001 requests addresses: it has nothing to confirm.\nNothing was sent. "),
        ("1700000003", "Account 111122223333 has no case 1700000003 that a lease filed.\n"),
    ],
)
def test_where_aws_asks_nothing_nothing_is_answered(
    emulator: RunningEmulator, sent: Callable[[], int], run: Callable[..., Ended], case: str, expected: str
) -> None:
    """An answer before the question would only confuse; a request wants words, and other people's cases are not ours."""
    emulator.file_by_hand("Please remove", "Addresses to relinquish: 192.0.2.1")

    said = run("confirm", case, "--yes")

    assert (1, 0, True) == (said.code, sent(), said.err.startswith(f"dedicated-ip: {expected}"))


@pytest.mark.parametrize("name", ["eu", "17-1", "case-1 2", "--"])
def test_what_is_not_a_case_number_is_a_sentence(run: Callable[..., Ended], name: str) -> None:
    """A name of a lease, say, is not a case."""
    assert 2 == run("confirm", name).code
