"""Several runs, and several leases of one run, in the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from invariants import Wishes, broken
from values import KEY, OTHER_KEY

from dedicated_ip_provider.emulator import RunningDesk, start
from dedicated_ip_provider.regions import regions
from faults.commands import Terminal, close, new_account, session_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedicated_ip_provider.aws import Session
    from faults.commands import Said

CODES = sorted(regions().with_ses)[:8]


@pytest.fixture
def desk() -> Iterator[RunningDesk]:
    """A desk with a clock that runs, as the moments of filing decide here."""
    with start() as running:
        yield running


@pytest.fixture
def session(desk: RunningDesk) -> Iterator[Session]:
    """A way into its account."""
    made = session_at(desk, regions=("eu-west-1", *CODES))
    yield made
    close(made)


@pytest.fixture
def another(desk: RunningDesk) -> Iterator[Session]:
    """Another process's way into the account."""
    made = session_at(desk)
    yield made
    close(made)


@pytest.fixture
def two(desk: RunningDesk, session: Session, another: Session) -> tuple[Terminal, Terminal]:
    """Two stacks, each with a lease in the same Region of the same account."""
    wishes = Wishes()
    return Terminal(desk, session, wishes), Terminal(desk, another, wishes, OTHER_KEY)


def until(is_so: Callable[[], bool]) -> None:
    """Wait for a moment that another thread brings about."""
    while not is_so():
        threading.Event().wait(0.002)


def at_once(desk: RunningDesk, first: Callable[[], Said], second: Callable[[], Said]) -> tuple[Said, Said]:
    """Run one command up to its filing, where a fault holds it up until the other command is done."""
    second_is_done = threading.Event()
    desk.pause = second_is_done.wait
    with ThreadPoolExecutor(1) as pool:
        held_up = pool.submit(first)
        until(lambda: not desk.faults)
        done = second()
        second_is_done.set()
        return held_up.result(), done


def test_of_two_stacks_that_file_in_the_same_moment_the_later_steps_back(
    desk: RunningDesk, two: tuple[Terminal, Terminal]
) -> None:
    """Both looked and saw nothing, and both filed: the later case is called off at once, and its user told why."""
    late, early = two
    desk.fault("slow", operation="CreateCase", seconds=20)

    lost, won = at_once(desk, lambda: late.up(count=3), lambda: early.up(count=2))

    assert ("Refused", "done") == (lost.end, won.end)
    what, next_step = lost.text.split("\n")
    assert what.startswith("eu (eu-west-1) cannot ask for 3 dedicated IP addresses now: the lease other (eu-west-1) (")
    assert next_step.startswith("Done before that: case 1700000002 filed; case 1700000002 withdrawn; case 1700000002 ")
    assert ["opened", "resolved"] == [case.status for case in desk.cases()]
    assert [] == early.wrongs(won)

    # The case that was called off is no reason to take the winner's addresses for somebody else's.
    first = desk.grant(desk.cases()[0].id)
    late.up()
    second = desk.grant(desk.cases()[-1].id)
    early.refresh()
    late.refresh()
    assert (list(first), list(second)) == (*early.shows("addresses"), *late.shows("addresses"))
    assert ([], []) == (early.wrongs(), late.wrongs())


def test_whoever_filed_first_stays_though_its_answer_was_lost(
    desk: RunningDesk, two: tuple[Terminal, Terminal]
) -> None:
    """The first looks for its lost case, and finds the other's too: the moment of filing decides, for both alike."""
    first, second = two
    desk.fault("hang", operation="CreateCase", when="after", seconds=20)

    won, lost = at_once(desk, lambda: first.up(count=3), lambda: second.up(count=2))

    assert ("done", "Refused") == (won.end, lost.end)
    assert ["opened"] == [case.status for case in desk.cases() if not case.is_resolved]
    assert [] == first.wrongs(won)


def test_a_second_stack_is_refused_by_name_and_files_when_the_first_is_done(
    desk: RunningDesk, two: tuple[Terminal, Terminal]
) -> None:
    """While one lease of the Region grows, another waits; nothing of it is on file."""
    first, second = two
    first.up(count=3)

    refused = second.up(count=2)
    assert ("Refused", 1) == (refused.end, len(desk.cases()))
    assert f"eu (eu-west-1) ({KEY}) has its request 1700000001 open" in refused.text

    granted = desk.grant(desk.cases()[0].id)
    assert "done" == second.up().end
    others = desk.grant(desk.cases()[1].id)
    first.refresh()
    second.refresh()
    assert (list(granted), list(others)) == (*first.shows("addresses"), *second.shows("addresses"))
    assert ([], []) == (first.wrongs(), second.wrongs())


def test_two_runs_of_one_stack_in_the_same_moment_leave_one_case(
    desk: RunningDesk, session: Session, another: Session
) -> None:
    """Where nothing locks the stack, both file the same; the later case is called off by whoever sees it."""
    wishes = Wishes()
    late, early = Terminal(desk, session, wishes), Terminal(desk, another, wishes)
    desk.fault("slow", operation="CreateCase", seconds=20)

    later, earlier = at_once(desk, lambda: late.up(count=3), lambda: early.up(count=3))

    assert ("done", "done") == (later.end, earlier.end)
    assert ["opened", "resolved"] == [case.status for case in desk.cases()]
    assert late.shows("case_display_id", "requested_count") == early.shows("case_display_id", "requested_count")


def test_leases_of_several_regions_share_a_process_in_four_threads(desk: RunningDesk, session: Session) -> None:
    """Eight leases, four at a time as in Pulumi's plugin: one look at the cases for all, and one case for each."""
    wishes, account = Wishes(), new_account(desk, session)
    terminals = [Terminal(desk, session, wishes, f"organization/shop/prod/eu/{code}") for code in CODES]
    for terminal in terminals:
        terminal.shared = account

    with ThreadPoolExecutor(4) as pool:
        ends = [said.end for said in pool.map(lambda terminal: terminal.up(count=2), terminals)]

    assert ["done"] * 8 == ends
    assert [] == broken(desk, wishes)
    assert 8 == len(desk.cases())
    looks = [entry for entry in desk.calls("DescribeCases") if "afterTime" not in entry.parameters]
    assert (1, 1, 1) == (len(looks), len(desk.calls("GetCallerIdentity")), len(desk.calls("DescribeServices")))


def test_two_leases_of_one_region_in_one_run_file_one_case(desk: RunningDesk, session: Session) -> None:
    """Two threads of one process take turns in a Region: one lease files, and the other is refused by name."""
    wishes, account = Wishes(), new_account(desk, session)
    terminals = [Terminal(desk, session, wishes, key) for key in (KEY, OTHER_KEY)]
    for terminal in terminals:
        terminal.shared = account

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(said.end for said in pool.map(lambda terminal: terminal.up(count=2), terminals))

    assert ["Refused", "done"] == ends
    assert (1, []) == (len(desk.cases()), broken(desk, wishes))
