"""`confirm` answers AWS's question whether addresses shall go, once, and only with a person's consent."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.cli.program import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Ended
    from dedicated_ip_provider.cli.outside import Outside
    from dedicated_ip_provider.emulator import RunningDesk
    from dedicated_ip_provider.lease import Past

CASE = "1700000002"
URL = f"https://console.aws.amazon.com/support/home#/case/?displayId={CASE}&language=en"


@pytest.fixture
def relinquished(desk: RunningDesk, up: Callable[..., Past]) -> Past:
    """A lease of three that gives two back, before AWS asks anything."""
    past = up(count=3)
    desk.grant("1700000001")
    return up(past, count=1)


@pytest.fixture
def asked(desk: RunningDesk, relinquished: Past) -> Past:
    """The same, and AWS asks whether the two shall really go."""
    desk.confirm_question(CASE)
    return relinquished


@pytest.mark.usefixtures("asked")
def test_a_person_reads_both_sides_and_consents(desk: RunningDesk, installed: Callable[..., Ended]) -> None:
    """What AWS asked and what will be answered is shown; `y` sends it."""
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
    answer = desk.case(CASE).from_customer[-1].body
    assert "".join(f"  | {line}\n" if line else "\n" for line in answer.split("\n")) in ended.out
    assert (
        "Send this answer? The addresses cannot be got back. [y/N]: "
        "eu (eu-west-1): case 1700000002: confirmed that 192.0.2.1, 192.0.2.2 shall go\n" == ended.err
    )
    assert "customer-action-completed" == desk.case(CASE).status


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("given", ["n\n", "\n", ""])
def test_without_consent_nothing_is_sent(desk: RunningDesk, installed: Callable[..., Ended], given: str) -> None:
    """No, nothing, and nobody there are three ways not to consent."""
    ended = installed("confirm", CASE, given=given)

    assert 1 == ended.code
    assert ended.err.endswith("dedicated-ip: Nobody consented.\nNothing was sent. Answer `y`, or give `--yes`.\n")
    assert [] == list(desk.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_a_case_is_answered_once(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """`--yes` is for scripts; the second call says that it was answered, and is no failure."""
    first = run("confirm", CASE, "--yes")
    second = run("confirm", desk.case(CASE).id, "--yes")

    assert (0, "eu (eu-west-1): case 1700000002: confirmed that 192.0.2.1, 192.0.2.2 shall go\n") == (
        first.code,
        first.err,
    )
    assert (0, "Case 1700000002 was answered already; its status is customer-action-completed.\n", "") == (
        second.code,
        second.out,
        second.err,
    )
    assert 1 == len(desk.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_a_further_question_is_for_a_person(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """What AWS asks after the answer is something else, or a misunderstanding."""
    run("confirm", CASE, "--yes")
    desk.ask(CASE, "Are you quite sure?")

    said = run("confirm", CASE, "--yes")

    assert (0, f"AWS asks something more there: answer at {URL}.\n") == (said.code, said.err)
    assert 1 == len(desk.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_the_answer_of_another_is_seen_in_time(
    desk: RunningDesk, outside: Outside, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one person thinks, another may answer: then nothing more is sent."""

    def think(*_: object) -> str:
        assert 0 == main(["confirm", CASE, "--yes"], outside)
        return "y\n"

    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=think))

    said = run("confirm", CASE)

    assert 0 == said.code
    assert said.out.endswith("Case 1700000002 was answered already; its status is pending-customer-action.\n")
    assert 1 == len(desk.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_without_an_input_nothing_is_sent(
    desk: RunningDesk, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job without a standard input has nobody to consent."""
    monkeypatch.setattr("sys.stdin", None)

    assert (1, "dedicated-ip: Nobody consented.") == ((said := run("confirm", CASE)).code, said.err.splitlines()[-2])
    assert [] == list(desk.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_json_alone_only_shows(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """`--json` sends nothing without `--yes`, and says whether something was sent."""
    shown = json.loads(run("confirm", CASE, "--json").out)
    sent = json.loads(run("confirm", CASE, "--json", "--yes").out)

    assert {**shown, "sent": True} == sent
    assert ["case", "addresses", "question", "answer", "sent"] == list(shown)
    assert ("1700000002", ["192.0.2.1", "192.0.2.2"], False) == (shown["case"], shown["addresses"], shown["sent"])
    assert sent["answer"] == desk.case(CASE).from_customer[-1].body


@pytest.mark.usefixtures("asked")
def test_the_answer_can_be_in_japanese(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Marks do not tell in which language a lease writes."""
    run("confirm", CASE, "--yes", "--language", "ja")

    assert "はい、確認しました" in desk.case(CASE).from_customer[-1].body


@pytest.mark.usefixtures("asked")
def test_a_lost_answer_is_looked_for(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Where the message arrived and AWS's answer did not, the message is found, and not sent again."""
    desk.fault("reset", operation="AddCommunicationToCase", when="after")

    said = run("confirm", CASE, "--yes")

    assert (0, "eu (eu-west-1): case 1700000002: confirmed that 192.0.2.1, 192.0.2.2 shall go\n") == (
        said.code,
        said.err,
    )
    assert 1 == len(desk.calls("AddCommunicationToCase"))


@pytest.mark.usefixtures("asked")
def test_what_is_in_a_message_cannot_steer_the_terminal(
    desk: RunningDesk, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case can be written by anyone who has the account's mail."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    desk.ask(CASE, "Really?\x1b]0;owned\x07\r\n\tYes.")

    said = run("confirm", CASE)

    assert "  | Really??]0;owned?\n  |     Yes.\n" in said.out


@pytest.mark.usefixtures("relinquished")
def test_where_aws_asks_nothing_nothing_is_answered(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """An answer before the question would only confuse."""
    said = run("confirm", CASE, "--yes")

    assert (
        1,
        f"dedicated-ip: AWS asks nothing in case 1700000002; its status is opened.\nNothing was sent. See {URL}.\n",
    ) == (said.code, said.err)
    assert [] == list(desk.calls("AddCommunicationToCase"))


def test_a_request_has_nothing_to_confirm(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """A question in a request wants words that only a person has."""
    up(count=2)
    desk.ask("1700000001")

    said = run("confirm", "1700000001", "--yes")

    assert 1 == said.code
    assert said.err.startswith(
        "dedicated-ip: Case 1700000001 asks for addresses: there is nothing to confirm in it.\nNothing was sent. "
    )


@pytest.mark.usefixtures("relinquished")
def test_a_closed_request_is_none_either(run: Callable[..., Ended]) -> None:
    """The number of another case of the same lease is a mistake."""
    assert run("confirm", "1700000001").err.startswith("dedicated-ip: Case 1700000001 asks for addresses: ")


def test_a_case_that_is_no_lease_is_not_touched(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Other people's cases are none of ours."""
    number = desk.file_by_hand("Please remove", "Addresses to relinquish: 192.0.2.1")

    said = run("confirm", number, "--yes")

    assert 1 == said.code
    assert said.err.startswith(f"dedicated-ip: Account 111122223333 has no case {number} that a lease filed.\n")


@pytest.mark.parametrize("name", ["eu", "17-1", "case-1 2", "--"])
def test_what_is_no_case_number_is_a_sentence(run: Callable[..., Ended], name: str) -> None:
    """A name of a lease, say, is no case."""
    assert 2 == run("confirm", name).code
