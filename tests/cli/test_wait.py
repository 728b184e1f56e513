"""`wait` ends when AWS has decided about the leases, and asks no more often than it should. Time is the emulator's."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.tables import table

from cli.conftest import Ended, QuickStack
from dedicated_ip_provider.cli.options import read_duration
from dedicated_ip_provider.cli.program import main
from dedicated_ip_provider.cli.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support.stacks import Stack

    from cli.conftest import Run
    from dedicated_ip_provider.emulator import Emulator, RunningEmulator

    Happening = Callable[[Emulator], object]

EU = "eu-west-1"
REQUEST = "1700000001"


@pytest.fixture
def wait(emulator: RunningEmulator, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `wait` for eu-west-1, if no other is named; `after` says what happens after so many pauses."""

    def waiting(*arguments: str, after: Mapping[int, Happening] | None = None) -> Ended:
        pauses = 0

        def sleep(seconds: float) -> None:
            nonlocal pauses
            pauses += 1
            emulator.advance(seconds)
            if after and pauses in after:
                after[pauses](emulator)

        words = [*arguments] if any(word in arguments for word in ("--region", EU)) else [EU, *arguments]
        capsys.readouterr()
        code = main(["wait", *words], Runtime(now=lambda: emulator.now, sleep=sleep, environment=os.environ))
        return Ended(code, *capsys.readouterr())

    return waiting


@pytest.fixture
def requested(stack: Stack) -> Stack:
    """A stack whose lease waits for two addresses."""
    stack.up(eu={"count": 2})
    return stack


# What ends it.


@pytest.mark.usefixtures("requested")
def test_all_addresses_end_it(wait: Run) -> None:
    """Each change is a line; with all addresses there, the exit code is 0."""
    assert (
        0,
        "settled        shop/prod/eu (eu-west-1)\n",
        """\
12:00:00 shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 2 of 2 still to come; the lease holds no \
address.
12:02:00 shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 1 of 2 still to come; the lease holds 1 \
dedicated IP address.
12:04:00 shop/prod/eu (eu-west-1): The lease holds 2 dedicated IP addresses, as declared.
""",
    ) == wait(after={2: lambda emulator: emulator.grant(REQUEST, 1), 4: lambda emulator: emulator.grant(REQUEST)})


@pytest.mark.usefixtures("requested")
@table(
    "reason, happens, code, outcome",
    [
        ("all came; closing the case is up to AWS", lambda aws: aws.grant(REQUEST, close=False), 0, "settled"),
        ("AWS waits for an answer", lambda aws: aws.ask(REQUEST), 7, "person_needed"),
        ("AWS refused", lambda aws: aws.refuse(REQUEST), 6, "short"),
    ],
)
def test_a_decision_of_aws_ends_it(wait: Run, happens: Happening, code: int, outcome: str, reason: str) -> None:
    """With `--warm` as well, unless all came."""
    ended = wait("--json", *(["--warm"] if code else []), after={2: happens})

    (one,) = json.loads(ended.out)
    assert (code, outcome, 2) == (ended.code, one["outcome"], one["count"]), reason


def test_a_pending_form_ends_it(stack: Stack, wait: Run) -> None:
    """A person has to file it."""
    stack.up(eu={"count": 2, "filing": "console"})

    assert (7, "person_needed  shop/prod/eu (eu-west-1)\n") == wait()[:2]


def test_an_ended_lease_is_waited_for_by_name(requested: Stack, wait: Run) -> None:
    """`pulumi destroy && dedicated-ip wait` ends when nothing costs any more; without names, live leases are waited for."""
    requested.emulator.grant(REQUEST)
    requested.refresh()
    requested.destroy()

    assert (0, "settled        no holder (eu-west-1)\n") == wait(after={3: lambda aws: aws.remove("1700000002")})[:2]
    nothing = "The account has no lease to wait for.\n`dedicated-ip status --all` also shows ended ones.\n"
    assert (1, "", f"dedicated-ip: {nothing}") == wait("--region", EU)


def test_each_lease_is_waited_for(stack: Stack, wait: Run) -> None:
    """The exit code of several leases is the highest of theirs."""
    places = (EU, "us-east-1", "us-west-2")
    stack.up(**{region: {"count": 2, "region": region} for region in places})

    ended = wait(
        *(word for region in places for word in ("--region", region)),
        after={
            1: lambda aws: aws.refuse("1700000001"),
            2: lambda aws: aws.ask("1700000002"),
            3: lambda aws: aws.grant("1700000003"),
        },
    )

    assert 7 == ended.code
    assert ["short", "person_needed", "settled"] == [line.split()[0] for line in ended.out.splitlines()]


def test_an_unconfirmed_case_is_waited_for(stack: Stack, wait: Run) -> None:
    """A case that AWS does not list after ten minutes was not filed: a person has to run `pulumi up`."""
    stack.emulator.fault("reset", operation="CreateCase")
    stack.up(eu={"count": 2})
    requests = wait()
    stack.up(eu={"count": 2})
    stack.emulator.grant(REQUEST)
    stack.refresh()
    stack.emulator.fault("reset", operation="CreateCase")
    stack.up(eu={"count": 1})
    relinquishes = wait()

    assert (7, "person_needed  shop/prod/eu (eu-west-1)\n") == requests[:2] == relinquishes[:2]
    assert requests.err.endswith(
        "12:10:07 shop/prod/eu (eu-west-1): The lease holds 0 of 2 dedicated IP addresses; no case was filed for the rest: run "
        "`pulumi up`.\n"
    )
    assert relinquishes.err.endswith(
        "The lease holds 2 dedicated IP addresses, 1 more than declared: no case was filed to relinquish any; run `pulumi up`.\n"
    )


def test_a_claim_is_waited_for(stack: Stack, wait: Run) -> None:
    """A `pulumi up` that runs meanwhile has not said yet how many it wants."""
    stack.up(us={"count": 2, "region": "us-east-1"})
    between = [one.operation for one in stack.emulator.log].index("DescribeServices")
    stack.up(eu={"count": 2}, dying={"killed_at": between})

    assert 8 == wait("--timeout", "60").code


def test_a_take_over_ends_it(requested: Stack, wait: Run) -> None:
    """Another stack holds the lease then."""

    def take_over(emulator: Emulator) -> None:
        requested.refresh()
        consent = {"take_over_from": requested["eu"]["record_version"]}
        QuickStack(emulator, "other/prod").up(eu={"count": 2, **consent})

    ended = wait(after={1: take_over})

    assert (7, "superseded     shop/prod/eu (eu-west-1)\n") == ended[:2]
    assert ended.err.endswith("another stack holds this lease now: other/prod/eu (eu-west-1).\n")


def test_the_warm_up_is_waited_for_on_demand(requested: Stack, wait: Run) -> None:
    """With an hour between looks, unless another pause is given; when the time is over, the lease is still warming."""
    requested.emulator.grant(REQUEST)

    limited = wait("--warm", "--timeout", "2h", "--every", "60")
    ended = wait("--warm")

    assert (8, "warming        shop/prod/eu (eu-west-1)\n") == limited[:2]
    assert limited.err.endswith("14:00:00 still waiting for 1 of 1\n")
    here = "shop/prod/eu (eu-west-1): The lease holds 2 dedicated IP addresses, as declared."
    assert f"12:00:00 {here} Warming up: 2 of 2, the least at 1%." == limited.err.splitlines()[0]
    assert (0, "settled        shop/prod/eu (eu-west-1)\n") == ended[:2]
    assert "2026-12-17T12:00:00+00:00" == requested.emulator.now.isoformat()


# Time.


@pytest.mark.usefixtures("requested")
def test_the_time_limit_ends_it(emulator: RunningEmulator, wait: Run) -> None:
    """The last look is when time runs out; every five minutes there is a line."""
    ended = wait("--timeout", "12m30s")

    assert (8, "waiting        shop/prod/eu (eu-west-1)\n") == ended[:2]
    assert ["12:00:00", "12:05:00", "12:10:00"] == [line.split()[0] for line in ended.err.splitlines()]
    assert ended.err.endswith("12:10:00 still waiting for 1 of 1\n")
    assert "2026-11-02T12:12:30+00:00" == emulator.now.isoformat()


@pytest.mark.usefixtures("requested")
def test_a_day_is_waited_for_by_default(emulator: RunningEmulator, wait: Run) -> None:
    """AWS first answers within 24 hours. A limit that is no length of time is refused."""
    assert 8 == wait("--every", "36000").code
    assert "2026-11-03T12:00:00+00:00" == emulator.now.isoformat()
    ended = wait("--timeout", "soon")
    assert (2, True) == (ended.code, "'soon' is not a length of time, such as 90m, 2h30m or 3d." in ended.err)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("90m", 5400), ("2h30m", 9000), ("1d", 86400), ("45s", 45), ("45", 45), ("1m1", 61), ("0", 0)),
        *((text, None) for text in ("", "soon", "-5", "1.5h", "5m2h")),
    ],
)
def test_lengths_of_time(text: str, seconds: int | None) -> None:
    """Days, hours, minutes and seconds, in that order; a bare number is seconds."""
    assert (None if seconds is None else timedelta(seconds=seconds)) == read_duration(text)


@pytest.mark.usefixtures("requested")
def test_looks_are_at_least_fifteen_seconds_apart(emulator: RunningEmulator, wait: Run) -> None:
    """Also when little time is left: the account has other callers."""
    before = len(emulator.calls("DescribeCases"))

    wait("--timeout", "70s", "--every", "15")

    times = [one.time for one in emulator.calls("DescribeCases")[before:]]
    assert [0, 15, 30, 45, 60] == [(time - times[0]).total_seconds() for time in times]
    assert 2 == wait("--every", "14").code


# Names.


@table(
    "reason, names, expected",
    [
        ("a Region", ["us-east-1"], ["us-east-1"]),
        ("the end of a path, and a Region", ["prod/eu", "us-east-1"], ["eu-west-1", "us-east-1"]),
        ("in some Regions only", ["eu", "--region", "us-east-1", "--region", "eu-west-1"], ["eu-west-1"]),
        ("a path", ["shop/prod/us"], ["us-east-1"]),
    ],
)
def test_a_lease_is_named_by_its_region_or_path(
    stack: Stack, installed: Run, names: list[str], expected: list[str], reason: str
) -> None:
    """The path is that of the resource that holds the lease; its end is enough."""
    stack.up(eu={"count": 2}, us={"count": 2, "region": "us-east-1"})

    ended = installed("wait", "--timeout", "0", "--json", *names)

    assert expected == [one["region"] for one in json.loads(ended.out)], reason


@pytest.mark.usefixtures("requested")
def test_a_name_that_matches_no_lease_is_refused(wait: Run) -> None:
    """A misspelt name would otherwise wait for a day, or for all."""
    refusal = "dedicated-ip: No lease is named u.\n`dedicated-ip status --all` shows all leases.\n"
    assert (1, "", refusal) == wait("eu", "u", "--region", EU)


# What interrupts it.


@pytest.mark.usefixtures("requested")
def test_if_aws_does_not_answer_it_looks_again(emulator: RunningEmulator, wait: Run) -> None:
    """A pipeline of days outlives an outage of minutes."""
    emulator.fault("html", operation="GetDedicatedIps", times=2)

    ended = wait(after={3: lambda aws: aws.grant(REQUEST)})

    assert 0 == ended.code
    said = "AWS's answer to ses:GetDedicatedIps (eu-west-1) was cut off: 'DedicatedIps' is missing."
    assert [f"12:00:00 {said}", f"12:01:00 {said}"] == ended.err.splitlines()[:2]


@pytest.mark.usefixtures("requested")
@table("reason, fault, code", [("AWS never answers", "html", 3), ("AWS refuses", "access-denied", 1)])
def test_if_nothing_is_known_it_fails(emulator: RunningEmulator, wait: Run, fault: str, code: int, reason: str) -> None:
    """Not even that time ran out too early."""
    emulator.fault(fault, operation="GetDedicatedIps", times=None)

    assert code == wait("--timeout", "2m").code, reason


@pytest.mark.usefixtures("requested")
def test_ctrl_c_ends_it(wait: Run) -> None:
    """A person may lose patience."""

    def interrupt(_: Emulator) -> None:
        raise KeyboardInterrupt

    ended = wait(after={1: interrupt})

    assert (130, True) == (ended.code, ended.err.endswith("dedicated-ip: interrupted.\n"))
