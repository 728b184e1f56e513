"""`wait` ends when AWS has decided about the leases, and asks no more often than it should. Time is the desk's."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from cli.conftest import Ended
from dedicated_ip_provider.cli.outside import Outside
from dedicated_ip_provider.cli.program import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningDesk
    from dedicated_ip_provider.lease import Past


@pytest.fixture
def wait(desk: RunningDesk, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs `wait`; `after` says what happens at the desk after so many pauses."""

    def waiting(*arguments: str, after: dict[int, Callable[[], object]] | None = None) -> Ended:
        pauses = 0

        def sleep(seconds: float) -> None:
            nonlocal pauses
            pauses += 1
            desk.advance(seconds)
            (after or {}).get(pauses, lambda: None)()

        capsys.readouterr()
        code = main(["wait", *arguments], Outside(now=lambda: desk.now, sleep=sleep, environment=os.environ))
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return waiting


def test_a_grant_ends_it(desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """Each change is a line, and all addresses there is an exit code of 0."""
    up(count=3)

    ended = wait(after={2: lambda: desk.grant("1700000001", 1), 4: lambda: desk.grant("1700000001")})

    assert (0, "settled        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert (
        """\
12:00:00 shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 3 of 3 still to come; no dedicated IP address \
is here.
12:02:00 shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 2 of 3 still to come; 1 dedicated IP address \
is here.
12:04:00 shop/prod/eu (eu-west-1): 3 dedicated IP addresses are here, as declared.
"""
        == ended.err
    )


def test_through_the_installed_program(
    desk: RunningDesk, up: Callable[..., Past], installed: Callable[..., Ended]
) -> None:
    """What is decided already is told at once."""
    up(count=2)
    desk.refuse("1700000001")

    ended = installed("wait", "eu")

    assert (6, "short          shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ended.err.endswith(
        " shop/prod/eu (eu-west-1): 0 of 2 dedicated IP addresses here; case 1700000001 is closed, and no more are "
        "asked for until `attempt` is raised or `count` changes.\n"
    )


def test_all_there_is_enough(desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """A case that AWS has not closed yet is AWS's housekeeping."""
    up(count=2)
    desk.grant("1700000001", close=False)

    assert 0 == wait("--timeout", "0").code


def test_a_question_needs_a_person(desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """Waiting on would end in AWS closing the case."""
    up(count=2)

    ended = wait("--json", after={1: lambda: desk.ask("1700000001")})

    assert 7 == ended.code
    (one,) = json.loads(ended.out)
    assert ("person_needed", "action_required", 2) == (one["outcome"], one["status"], one["requested_count"])


def test_addresses_that_go_are_waited_for(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]
) -> None:
    """A lease that ends while it is watched is settled."""
    past = up(count=2)
    desk.grant("1700000001")
    up(past, ending=True)

    ended = wait(after={3: lambda: desk.remove("1700000002")})

    assert (0, "settled        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)


def test_each_lease_is_waited_for(desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """The exit code of several leases is the highest of theirs."""
    for region in ("eu-west-1", "us-east-1", "us-west-2"):
        up(count=2, region=region)

    ended = wait(
        after={
            1: lambda: desk.refuse("1700000001"),
            2: lambda: desk.ask("1700000002"),
            3: lambda: desk.grant("1700000003"),
        }
    )

    assert 7 == ended.code
    assert ["short", "person_needed", "settled"] == [line.split()[0] for line in ended.out.splitlines()]


def test_the_time_limit_ends_it(desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """The last look is at the end of time; now and then there is a sign of life."""
    up(count=2)

    ended = wait("--timeout", "12m30s")

    assert (8, "waiting        shop/prod/eu (eu-west-1)\n") == (ended.code, ended.out)
    assert ["12:00:00", "12:05:00", "12:10:00"] == [line.split()[0] for line in ended.err.splitlines()]
    assert ended.err.endswith("12:10:00 still waiting for 1 of 1\n")
    assert "2026-11-02T12:12:30+00:00" == desk.now.isoformat()


def test_a_day_is_waited_for_by_default(desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """AWS first answers within 24 hours."""
    up(count=2)

    assert 8 == wait("--every", "3600").code
    assert "2026-11-03T12:00:00+00:00" == desk.now.isoformat()


@pytest.mark.parametrize(
    ("timeout", "seconds"), [("90m", 5400), ("2h30m", 9000), ("1d", 86400), ("45s", 45), ("45", 45), ("1m1", 61)]
)
def test_lengths_of_time(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended], timeout: str, seconds: int
) -> None:
    """Days, hours, minutes, seconds; a bare number is seconds."""
    up(count=2)
    start = desk.now

    wait("--timeout", timeout, "--every", "100000")

    assert seconds == (desk.now - start).total_seconds()


@pytest.mark.parametrize("timeout", ["", "soon", "-5", "1.5h", "5m2h"])
def test_what_is_no_length_of_time_is_a_sentence(wait: Callable[..., Ended], timeout: str) -> None:
    """A misread limit would end too early, or never."""
    said = wait(f"--timeout={timeout}")

    assert (2, True) == (said.code, "is not a length of time, such as 90m, 2h30m or 3d." in said.err)


def test_looks_are_never_closer_than_they_should_be(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]
) -> None:
    """Fifteen seconds at the least, also where little time is left: the account has other callers too."""
    up(count=2)
    before = len(desk.calls("DescribeCases"))

    wait("--timeout", "70s", "--every", "15")

    times = [one.time for one in desk.calls("DescribeCases")[before:]]
    assert [0, 15, 30, 45, 60] == [(time - times[0]).total_seconds() for time in times]
    assert 2 == wait("--every", "14").code


def test_a_lease_is_named_by_the_end_of_its_path(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]
) -> None:
    """A name may mean several leases; a Region chooses among them."""
    up(count=2)
    up(count=2, region="us-east-1")
    desk.grant("1700000002")

    def lines(*names: str) -> int:
        return len(wait("--timeout", "0", *names).out.splitlines())

    assert [2, 2, 1, 1, 1] == [
        lines("eu"),
        lines("shop/prod/eu"),
        lines("eu/us-east-1"),
        lines("organization/shop/prod/eu/us-east-1"),
        lines("eu", "--region", "us-east-1"),
    ]


def test_a_name_that_means_no_lease_is_a_sentence(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]
) -> None:
    """AWS lists a new case some seconds late: what is not there at a second look is not there."""
    up(count=2)
    start = desk.now

    ended = wait("eu", "u")

    assert (1, "") == (ended.code, ended.out)
    assert ended.err.endswith("dedicated-ip: No lease is called u.\n`dedicated-ip status --all` shows all leases.\n")
    assert 60 == (desk.now - start).total_seconds()


def test_a_lease_whose_case_is_listed_late_is_found(up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """`pulumi up && dedicated-ip wait` works although AWS lists the case a moment later."""
    ended = wait("--timeout", "60", after={1: lambda: up(count=2)})

    assert 8 == ended.code
    assert ended.err.startswith("12:00:00 a lease: not listed yet\n12:01:00 shop/prod/eu (eu-west-1): AWS is working")


def test_without_a_lease_there_is_nothing_to_wait_for(wait: Callable[..., Ended]) -> None:
    """An empty account is no success: the lease may be in another one."""
    ended = wait()

    assert 1 == ended.code
    assert "dedicated-ip: The account has no lease to wait for.\n" in ended.err


def test_where_aws_does_not_answer_the_next_look_counts(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]
) -> None:
    """A pipeline of days outlives an outage of minutes."""
    up(count=2)
    desk.fault("html", operation="GetDedicatedIps", times=2)

    ended = wait(after={3: lambda: desk.grant("1700000001")})

    assert 0 == ended.code
    said = "AWS's answer to ses:GetDedicatedIps (eu-west-1) was cut off: 'DedicatedIps' is missing."
    assert [f"12:00:00 {said}", f"12:01:00 {said}"] == ended.err.splitlines()[:2]


def test_where_aws_never_answers_that_is_said(
    desk: RunningDesk, up: Callable[..., Past], wait: Callable[..., Ended]
) -> None:
    """Nothing is known then, not even that the limit ended too early."""
    up(count=2)
    desk.fault("html", operation="GetDedicatedIps", times=None)

    assert 3 == wait("--timeout", "2m").code


def test_a_no_of_aws_ends_it(desk: RunningDesk, wait: Callable[..., Ended]) -> None:
    """Without a plan or permission a further look shows nothing else."""
    desk.change(support_plan=False)

    assert 1 == wait().code


def test_ctrl_c_ends_it(up: Callable[..., Past], wait: Callable[..., Ended]) -> None:
    """A person may lose patience."""
    up(count=2)

    def interrupt() -> None:
        raise KeyboardInterrupt

    ended = wait(after={1: interrupt})

    assert (130, True) == (ended.code, ended.err.endswith("dedicated-ip: interrupted.\n"))
