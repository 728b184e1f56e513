"""What AWS lists comes late, in no order, twice, with words and fields that nobody knows, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invariants import Wishes
from values import REGION

from dedicated_ip_provider.regions import regions
from faults.commands import Terminal, close, new_account, session_at, waiting_is_the_desks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faults.commands import Said
    from faults.matrix import Bench

MINUTE = 60


@pytest.fixture(autouse=True)
def time_passes(terminal: Terminal) -> Iterator[None]:
    """Wait at the desk's clock."""
    with waiting_is_the_desks(terminal.desk):
        yield


def lost(terminal: Terminal, operation: str = "CreateCase") -> None:
    """Lose the next answer to a call that was carried out."""
    terminal.desk.fault("reset", operation=operation, when="after")


def test_a_case_that_is_listed_some_seconds_late_is_waited_for(terminal: Terminal) -> None:
    """A lost answer and a late list together: the case is found all the same, in the same run."""
    terminal.desk.change(listing_delay=5)
    lost(terminal)

    said = terminal.up(count=3)

    assert ("done", 1, []) == (said.end, len(terminal.desk.cases()), terminal.wrongs(said))
    assert ("requested", "1700000001") == terminal.shows("status", "case_display_id")


@pytest.mark.parametrize("ending", [False, True], ids=["request", "destroy"])
def test_a_case_that_is_listed_a_minute_late_is_found_by_the_next_run(terminal: Terminal, *, ending: bool) -> None:
    """The run says that the outcome is unknown and to come back in a minute; then the case is there, and is the one."""
    if ending:
        terminal.up(count=3)
        terminal.desk.grant(terminal.desk.cases()[0].id)
        terminal.refresh()
    filed = len(terminal.desk.cases())
    terminal.desk.change(listing_delay=30)
    lost(terminal)

    first = terminal.destroy() if ending else terminal.up(count=3)
    terminal.desk.advance(MINUTE)
    second = terminal.destroy() if ending else terminal.up(count=3)

    assert ("OutcomeUnknown", "done") == (first.end, second.end)
    assert "run the same command again in a minute: it looks for that mark before it files" in first.text
    assert (filed + 1, []) == (len(terminal.desk.cases()), terminal.wrongs(second))


def test_what_was_filed_twice_because_nobody_waited_is_called_off_by_the_next_change(terminal: Terminal) -> None:
    """A run that follows too soon cannot see the case: it files again, and the first run that sees both mends it."""
    terminal.desk.change(listing_delay=30)
    lost(terminal)
    assert ["OutcomeUnknown", "done"] == [terminal.up(count=3).end for _ in range(2)]
    assert ["opened", "opened"] == [case.status for case in terminal.desk.cases()]
    terminal.desk.advance(MINUTE)

    said = terminal.up(count=4)

    assert ("done", "eu (eu-west-1): case 1700000002: withdrawn") == (said.end, said.told[0])
    assert ["opened", "resolved"] == [case.status for case in terminal.desk.cases()]
    assert ("1700000001", 4) == terminal.shows("case_display_id", "requested_count")


def test_what_was_filed_twice_is_a_change_though_nothing_else_is(terminal: Terminal) -> None:
    """A refresh says so, the preview says what will be withdrawn, and `up` withdraws it though the program is the same."""
    terminal.desk.change(listing_delay=30)
    lost(terminal)
    terminal.up(count=3)
    terminal.up(count=3)
    assert not terminal.is_changed()
    terminal.desk.advance(MINUTE)

    terminal.refresh()

    assert "Case 1700000002 repeats case 1700000001: the next `pulumi up` withdraws" in terminal.shows("message")[0]
    assert terminal.is_changed()
    assert "eu (eu-west-1): will withdraw the open case 1700000002; " in terminal.preview()[0]
    terminal.up()
    assert not terminal.is_changed()
    assert ["opened", "resolved"] == [case.status for case in terminal.desk.cases()]


def test_a_case_that_is_not_listed_yet_is_changed_and_called_off_by_what_the_state_knows(terminal: Terminal) -> None:
    """The state remembers the case by its id, so no list is needed to go on with it."""
    terminal.desk.change(listing_delay=30)

    for said in (terminal.up(count=3), terminal.up(count=5), terminal.refresh(), terminal.up(count=0)):
        assert ("done", []) == (said.end, terminal.wrongs(said))

    assert [("resolved", 3)] == [(case.status, len(case.from_customer)) for case in terminal.desk.cases()]


@pytest.mark.parametrize(
    "odd",
    [
        {"shuffled_lists": True},
        {"repeated_items": True},
        {"extra_fields": True},
        {"shuffled_lists": True, "repeated_items": True, "extra_fields": True},
    ],
    ids="-".join,
)
def test_a_list_is_read_whatever_its_order(terminal: Terminal, odd: dict[str, bool]) -> None:
    """Unordered and repeated pages, and fields that no model knows, among 200 cases and 120 addresses of others."""
    terminal.desk.change(hourly_case_limit=None)
    for number in range(200):
        terminal.desk.file_by_hand(f"Question {number}", "How do I read my bill?")
    strangers = terminal.desk.lease(REGION, 120)
    terminal.desk.change(**odd)

    terminal.up(count=3)
    ours = terminal.desk.grant(terminal.desk.cases()[-1].id)
    terminal.refresh()
    assert ("active", list(ours)) == terminal.shows("status", "addresses")
    said = terminal.up(count=1)

    assert ("done", []) == (said.end, terminal.wrongs(said))
    assert list(ours[:2]) == terminal.shows("relinquishing")[0]
    assert not set(strangers) & set(terminal.shows("addresses")[0])


@pytest.mark.parametrize("operation", ["DescribeCases", "GetDedicatedIps"])
def test_a_page_that_is_gone_ends_the_run_before_anything_is_filed(terminal: Terminal, operation: str) -> None:
    """Half a list is no list: an expired page token stops the run, and the next one asks from the start."""
    terminal.desk.change(hourly_case_limit=None)
    if operation == "DescribeCases":
        for number in range(101):
            terminal.desk.file_by_hand(f"Question {number}", "How do I read my bill?")
    terminal.desk.lease(REGION, 101 if operation == "GetDedicatedIps" else 0)
    filed = len(terminal.desk.cases())
    terminal.desk.change(token_life=0)

    first = terminal.up(count=3)

    assert ("Refused", filed) == (first.end, len(terminal.desk.cases()))
    assert "Nothing was filed. Correct what AWS names here, or just run the same command again." in first.text
    terminal.desk.change(token_life=None)
    assert "done" == terminal.up(count=3).end


def test_a_status_that_nobody_knows_is_an_open_case(terminal: Terminal) -> None:
    """A word that AWS adds one day neither closes a case nor files another."""
    terminal.up(count=3)
    terminal.desk.set_status(terminal.desk.cases()[0].id, "pending-some-new-team")

    said = terminal.refresh()
    assert ("requested", "pending-some-new-team") == terminal.shows("status", "case_status")
    assert [] == terminal.wrongs(said)

    said = terminal.up(count=4)
    assert ("done", 1, []) == (said.end, len(terminal.desk.cases()), terminal.wrongs(said))


def test_awss_rate_limits_slow_a_run_down_and_nothing_else(terminal: Terminal) -> None:
    """Five Support calls a second and one SES call: what is throttled is asked again."""
    terminal.desk.change(rate_limits=True)

    commands: tuple[Callable[[], Said], ...] = (
        lambda: terminal.up(count=3),
        lambda: terminal.up(count=4),
        terminal.refresh,
        terminal.destroy,
    )
    for command in commands:
        # Somebody else in the account asks, too.
        for _ in range(5):
            terminal.account.cases()
        terminal.account.addresses(REGION)
        said = command()
        assert ("done", []) == (said.end, terminal.wrongs(said))

    assert {"ThrottlingException", "TooManyRequestsException"} <= {entry.error for entry in terminal.desk.log}
    assert 1 == len(terminal.desk.cases())


def test_ten_cases_an_hour_are_filed_and_the_others_an_hour_later(bench: Bench) -> None:
    """Of twelve new leases, two are told when to run again; then they, and only they, file."""
    codes = sorted(regions().with_ses)[:12]
    terminal = bench.terminal()
    session = session_at(bench.desk, regions=codes)
    wishes = Wishes()
    terminals = [Terminal(bench.desk, session, wishes, f"organization/shop/prod/eu/{code}") for code in codes]

    def up() -> list[tuple[str, str]]:
        account = new_account(bench.desk, session)
        for each in terminals:
            each.shared = account
        return [(said.end, said.text) for said in (each.up(count=3) for each in terminals if each.state is None)]

    first = up()
    terminal.desk.advance(3_601)
    second = up()
    close(session)

    refusal = (
        "AWS takes 10 new cases an hour, and account 111122223333 has had them.\n"
        "Nothing was filed. Run the same command again after 13:00 UTC: it goes on where it stopped."
    )
    assert [*[("done", "")] * 10, *[("Refused", refusal)] * 2] == first
    assert [("done", "")] * 2 == second
    assert 12 == len(bench.desk.cases())
    assert [] == terminals[0].wrongs()
