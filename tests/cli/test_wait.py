"""`wait` ends when AWS has decided about the leases, and asks no more often than it should. Time is the emulator's."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cli.conftest import Ended, QuickStack
from dedicated_ip_provider.cli.options import Duration
from dedicated_ip_provider.cli.program import main
from dedicated_ip_provider.cli.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support.stacks import Stack

    from dedicated_ip_provider.emulator import RunningEmulator

EU = "eu-west-1"
REQUEST = "1700000001"


@pytest.fixture
def wait(emulator: RunningEmulator, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs `wait` for eu-west-1, if no other is named; `after` says what happens after so many pauses."""

    def waiting(*arguments: str, after: Mapping[int, Callable[[], object]] | None = None) -> Ended:
        pauses = 0

        def sleep(seconds: float) -> None:
            nonlocal pauses
            pauses += 1
            emulator.advance(seconds)
            (after or {}).get(pauses, lambda: None)()

        words = [*arguments] if any(word in arguments for word in ("--region", EU)) else [EU, *arguments]
        capsys.readouterr()
        code = main(["wait", *words], Runtime(now=lambda: emulator.now, sleep=sleep, environment=os.environ))
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return waiting


@pytest.fixture
def requested(stack: Stack) -> Stack:
    """A stack whose lease waits for two addresses."""
    stack.up(eu={"count": 2})
    return stack


@pytest.mark.usefixtures("requested")
def test_a_grant_ends_it(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """Each change is a line, and all addresses there is an exit code of 0."""
    ended = wait(after={2: lambda: emulator.grant(REQUEST, 1), 4: lambda: emulator.grant(REQUEST)})

    assert (0, "settled        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert (
        """\
12:00:00 shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 2 of 2 still to come; no dedicated IP address \
is here.
12:02:00 shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 1 of 2 still to come; 1 dedicated IP address \
is here.
12:04:00 shop/prod/eu (eu-west-1): 2 dedicated IP addresses are here, as declared.
"""
        == ended.err
    )


@pytest.mark.usefixtures("requested")
def test_through_the_installed_program(emulator: RunningEmulator, installed: Callable[..., Ended]) -> None:
    """What is decided already is told at once."""
    emulator.refuse(REQUEST)

    ended = installed("wait", "eu")

    assert (6, "short          shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ended.err.endswith(
        " shop/prod/eu (eu-west-1): 0 of 2 dedicated IP addresses here; case 1700000001 is closed, and no more are "
        "requested until you raise `attempt` or change `count`.\n"
    )


@pytest.mark.usefixtures("requested")
def test_all_there_is_enough(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """A case that AWS has not closed yet is AWS's housekeeping."""
    emulator.grant(REQUEST, close=False)

    assert 0 == wait("--timeout", "0").code


@pytest.mark.usefixtures("requested")
def test_a_question_needs_a_person(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """Waiting on would end in AWS closing the case."""
    ended = wait("--json", after={1: lambda: emulator.ask(REQUEST)})

    assert 7 == ended.code
    (one,) = json.loads(ended.out)
    assert ("person_needed", "action_required", 2) == (one["outcome"], one["status"], one["requested_count"])


def test_a_form_needs_a_person(stack: Stack, wait: Callable[..., Ended]) -> None:
    """Nothing comes before somebody files it."""
    stack.up(eu={"count": 2, "filing": "console"})

    assert (7, "person_needed  shop/prod/eu (eu-west-1)\n") == ((ended := wait()).code, ended.out)


def test_a_lease_that_ends_is_waited_for(
    emulator: RunningEmulator, requested: Stack, wait: Callable[..., Ended]
) -> None:
    """`pulumi destroy && dedicated-ip wait` ends when nothing costs any more; also where no other lease is live."""
    emulator.grant(REQUEST)
    requested.refresh()
    requested.destroy()

    ended = wait(after={3: lambda: emulator.remove("1700000002")})
    without_names = wait("--region", EU)

    assert (0, "settled        no holder (eu-west-1)\n") == (ended.code, ended.out)
    assert (1, True) == (
        without_names.code,
        without_names.err.startswith("dedicated-ip: The account has no lease to wait for.\n"),
    )


def test_each_lease_is_waited_for(emulator: RunningEmulator, stack: Stack, wait: Callable[..., Ended]) -> None:
    """The exit code of several leases is the highest of theirs."""
    places = (EU, "us-east-1", "us-west-2")
    stack.up(**{region: {"count": 2, "region": region} for region in places})

    ended = wait(
        *(word for region in places for word in ("--region", region)),
        after={
            1: lambda: emulator.refuse("1700000001"),
            2: lambda: emulator.ask("1700000002"),
            3: lambda: emulator.grant("1700000003"),
        },
    )

    assert 7 == ended.code
    assert ["short", "person_needed", "settled"] == [line.split()[0] for line in ended.out.splitlines()]


def test_a_case_whose_answer_was_lost_is_waited_for(
    emulator: RunningEmulator, stack: Stack, wait: Callable[..., Ended]
) -> None:
    """What AWS does not list after ten minutes was not filed: then `pulumi up` has to, and a person to run it."""
    emulator.fault("reset", operation="CreateCase")
    stack.up(eu={"count": 2})

    ended = wait()

    assert (7, "person_needed  shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ended.err.endswith(
        "12:10:07 shop/prod/eu (eu-west-1): 0 of 2 dedicated IP addresses here; no case was filed for the rest: run "
        "`pulumi up`.\n"
    )


def test_so_is_one_that_relinquishes(emulator: RunningEmulator, requested: Stack, wait: Callable[..., Ended]) -> None:
    """Addresses that nobody was asked to remove cost on."""
    emulator.grant(REQUEST)
    requested.refresh()
    emulator.fault("reset", operation="CreateCase")
    requested.up(eu={"count": 1})

    ended = wait()

    assert 7 == ended.code
    assert ended.err.endswith(
        "2 dedicated IP addresses are here, 1 more than declared: no case was filed to relinquish any; run `pulumi up`.\n"
    )


def test_a_claim_is_waited_for(emulator: RunningEmulator, stack: Stack, wait: Callable[..., Ended]) -> None:
    """A `pulumi up` that runs meanwhile has not said yet how many it wants."""
    stack.up(us={"count": 2, "region": "us-east-1"})
    between = [one.operation for one in emulator.log].index("DescribeServices")
    stack.up(eu={"count": 2}, dying={"killed_at": between})

    assert 8 == wait("--timeout", "60").code


def test_a_lease_that_is_taken_over_ends_it(
    emulator: RunningEmulator, requested: Stack, wait: Callable[..., Ended]
) -> None:
    """What was waited for is another stack's then."""
    other = QuickStack(emulator, "other/prod")

    def take_over() -> None:
        requested.refresh()
        other.up(eu={"count": 2, "take_over_from": requested["eu"]["record_version"]})

    ended = wait(after={1: take_over})

    assert (7, "superseded     shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ended.err.endswith("another stack holds this lease now: other/prod/eu (eu-west-1).\n")


@pytest.mark.usefixtures("requested")
def test_a_warm_up_is_waited_for_on_demand(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """Without `--warm` a lease whose addresses are here is settled; with it they have to be warm, an hour between looks."""
    emulator.grant(REQUEST)
    assert 0 == wait("--timeout", "0").code

    ended = wait("--warm")

    assert (0, "settled        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert (
        "12:00:00 shop/prod/eu (eu-west-1): 2 dedicated IP addresses are here, as declared. Warming up: 2 of 2, the "
        "least at 1%." == ended.err.splitlines()[0]
    )
    assert "2026-12-17T12:00:00+00:00" == emulator.now.isoformat()


@pytest.mark.usefixtures("requested")
def test_a_warm_up_that_takes_longer_ends_with_the_time(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """After the limit it is still warming, which is neither a no of AWS nor a person's move."""
    emulator.grant(REQUEST)

    ended = wait("--warm", "--timeout", "2h", "--every", "60")

    assert (8, "warming        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ended.err.endswith("14:00:00 still waiting for 1 of 1\n")


@pytest.mark.usefixtures("requested")
def test_a_request_that_is_open_is_waited_for_before_the_warm_up(
    emulator: RunningEmulator, wait: Callable[..., Ended]
) -> None:
    """A no of AWS ends it at once."""
    ended = wait("--warm", after={2: lambda: emulator.refuse(REQUEST)})

    assert (6, "short          shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)


@pytest.mark.usefixtures("requested")
def test_the_time_limit_ends_it(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """The last look is at the end of time; now and then there is a sign of life."""
    ended = wait("--timeout", "12m30s")

    assert (8, "waiting        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ["12:00:00", "12:05:00", "12:10:00"] == [line.split()[0] for line in ended.err.splitlines()]
    assert ended.err.endswith("12:10:00 still waiting for 1 of 1\n")
    assert "2026-11-02T12:12:30+00:00" == emulator.now.isoformat()


@pytest.mark.usefixtures("requested")
def test_a_day_is_waited_for_by_default(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """AWS first answers within 24 hours."""
    assert 8 == wait("--every", "36000").code
    assert "2026-11-03T12:00:00+00:00" == emulator.now.isoformat()


@pytest.mark.usefixtures("requested")
@pytest.mark.parametrize(
    ("timeout", "seconds"), [("90m", 5400), ("2h30m", 9000), ("1d", 86400), ("45s", 45), ("45", 45), ("1m1", 61)]
)
def test_lengths_of_time(emulator: RunningEmulator, wait: Callable[..., Ended], timeout: str, seconds: int) -> None:
    """Days, hours, minutes, seconds; a bare number is seconds."""
    start = emulator.now

    wait("--timeout", timeout, "--every", "100000")

    assert seconds == (emulator.now - start).total_seconds()


@pytest.mark.parametrize("timeout", ["", "soon", "-5", "1.5h", "5m2h"])
def test_what_is_not_a_length_of_time_is_a_sentence(wait: Callable[..., Ended], timeout: str) -> None:
    """A misread limit would end too early, or never."""
    said = wait(f"--timeout={timeout}")

    assert (2, True) == (said.code, "is not a length of time, such as 90m, 2h30m or 3d." in said.err)


@pytest.mark.usefixtures("requested")
def test_looks_are_never_closer_than_they_should_be(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """Fifteen seconds at the least, also where little time is left: the account has other callers too."""
    before = len(emulator.calls("DescribeCases"))

    wait("--timeout", "70s", "--every", "15")

    times = [one.time for one in emulator.calls("DescribeCases")[before:]]
    assert [0, 15, 30, 45, 60] == [(time - times[0]).total_seconds() for time in times]
    assert 2 == wait("--every", "14").code


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["us-east-1"], ["us-east-1"]),
        (["prod/eu", "us-east-1"], ["eu-west-1", "us-east-1"]),
        (["eu", "--region", "us-east-1", "--region", "eu-west-1"], ["eu-west-1"]),
        (["shop/prod/us"], ["us-east-1"]),
    ],
    ids=str,
)
def test_a_lease_is_named_by_its_region_or_path(
    stack: Stack, installed: Callable[..., Ended], names: list[str], expected: list[str]
) -> None:
    """By the path of the resource that holds it, or the end of that."""
    stack.up(eu={"count": 2}, us={"count": 2, "region": "us-east-1"})

    ended = installed("wait", "--timeout", "0", "--json", *names)

    assert expected == [one["region"] for one in json.loads(ended.out)]


@pytest.mark.usefixtures("requested")
def test_a_name_that_means_no_lease_is_a_sentence(wait: Callable[..., Ended]) -> None:
    """A misspelt name would otherwise wait for a day, or for all."""
    ended = wait("eu", "u", "--region", EU)

    assert (
        1,
        "dedicated-ip: No lease is named u.\n`dedicated-ip status --all` shows all leases.\n",
    ) == (ended.code, ended.err)


@pytest.mark.usefixtures("requested")
def test_where_aws_does_not_answer_the_next_look_counts(emulator: RunningEmulator, wait: Callable[..., Ended]) -> None:
    """A pipeline of days outlives an outage of minutes."""
    emulator.fault("html", operation="GetDedicatedIps", times=2)

    ended = wait(after={3: lambda: emulator.grant(REQUEST)})

    assert 0 == ended.code
    said = "AWS's answer to ses:GetDedicatedIps (eu-west-1) was cut off: 'DedicatedIps' is missing."
    assert [f"12:00:00 {said}", f"12:01:00 {said}"] == ended.err.splitlines()[:2]


@pytest.mark.usefixtures("requested")
@pytest.mark.parametrize(("fault", "code"), [("html", 3), ("access-denied", 1)])
def test_where_aws_never_answers_that_is_said(
    emulator: RunningEmulator, wait: Callable[..., Ended], fault: str, code: int
) -> None:
    """Nothing is known then, not even that the limit ended too early; a no of AWS ends it at once."""
    emulator.fault(fault, operation="GetDedicatedIps", times=None)

    assert code == wait("--timeout", "2m").code


@pytest.mark.usefixtures("requested")
def test_ctrl_c_ends_it(wait: Callable[..., Ended]) -> None:
    """A person may lose patience."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    ended = wait(after={1: interrupt})

    assert (130, True) == (ended.code, ended.err.endswith("dedicated-ip: interrupted.\n"))


def test_a_length_of_time_that_is_read_stays() -> None:
    """A default may be one already, and no text."""
    assert timedelta(minutes=5) == Duration().convert(timedelta(minutes=5), None, None)
