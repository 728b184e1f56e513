"""The world behind the emulator, without a wire: cases, addresses, and time as a value."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.emulator import BadCommand, Emulator, NotHere, Settings
from dedicated_ip_provider.emulator.values import Pool, fresh_numbers
from dedicated_ip_provider.emulator.world import Clock
from emulator.conftest import NOON
from emulator.messages import relinquish, request

if TYPE_CHECKING:
    from collections.abc import Callable

EU = "eu-west-1"


@pytest.fixture
def quiet() -> Emulator:
    """An emulator whose staff waits for commands."""
    return Emulator(now=NOON)


@pytest.fixture
def paced() -> Emulator:
    """An emulator whose staff answers after an hour."""
    return Emulator(Settings(pace=3600), now=NOON)


def test_nothing_happens_without_a_command(quiet: Emulator) -> None:
    """At the pace `manual`, a case stays as it was filed, however late it gets."""
    case = quiet.file_by_hand("s", request(2))

    quiet.advance(days=300)

    assert "opened" == quiet.case(case).status
    assert () == quiet.addresses(EU)


@pytest.mark.parametrize(
    ("wanted", "count", "close", "granted", "status", "said", "reason"),
    [
        (2, None, None, 2, "resolved", "192.0.2.1, 192.0.2.2", "all that is asked for, and the case is closed"),
        (3, 1, None, 1, "work-in-progress", "192.0.2.1", "a smaller grant leaves the case open"),
        (3, 1, True, 1, "resolved", "cannot add more", "one that closes the case says that there will be no more"),
        (1, 3, None, 3, "resolved", "192.0.2.3", "more comes than was asked for"),
        (1, None, False, 1, "work-in-progress", "192.0.2.1", "all are there while the case is still open"),
    ],
)
def test_a_request_is_granted(  # noqa: PLR0913, PLR0917 - a table's columns
    quiet: Emulator,
    wanted: int,
    count: int | None,
    close: bool | None,  # noqa: FBT001 - a table's column
    granted: int,
    status: str,
    said: str,
    reason: str,
) -> None:
    """A grant adds what is missing, or another number; it writes so, and closes the case when all is there."""
    case = quiet.file_by_hand("s", request(wanted))

    ips = quiet.grant(case, count, close=close)

    assert (granted, ips, status) == (len(ips), quiet.addresses(EU), quiet.case(case).status), reason
    assert said in quiet.case(case).communications[-1].body, reason


def test_a_request_is_granted_bit_by_bit(quiet: Emulator) -> None:
    """A smaller grant leaves the case open; the next one brings what is missing."""
    case = quiet.file_by_hand("s", request(3))

    quiet.grant(case, 1)
    assert "work-in-progress" == quiet.case(case).status
    quiet.grant(case)

    assert 3 == len(quiet.addresses(EU))
    assert quiet.case(case).is_resolved


def test_an_amended_request_counts_what_it_brought(quiet: Emulator) -> None:
    """A later number in the same case is the total for the case."""
    case = quiet.file_by_hand("s", request(3))
    quiet.grant(case, 2)
    quiet.reply(case, request(4))

    assert 2 == len(quiet.grant(case))
    assert 4 == len(quiet.addresses(EU))


def test_a_grant_after_the_end_leaves_the_case_closed(quiet: Emulator) -> None:
    """Addresses may come when the case is closed already."""
    case = quiet.file_by_hand("s", request(2))
    quiet.resolve(case)

    quiet.grant(case, 1)

    assert 1 == len(quiet.addresses(EU))
    assert quiet.case(case).is_resolved


def test_an_unreadable_case_can_be_granted_with_a_region(quiet: Emulator) -> None:
    """Who names the Region can grant addresses to any case."""
    case = quiet.file_by_hand("s", "Please!")

    with pytest.raises(BadCommand, match="does not ask for addresses"):
        quiet.grant(case, 1)

    assert 1 == len(quiet.grant(case, 1, region=EU))


def test_a_request_is_refused(quiet: Emulator) -> None:
    """A refusal writes something, closes the case and adds nothing."""
    first, second = quiet.file_by_hand("s", request(2)), quiet.file_by_hand("s", request(2))

    quiet.refuse(first)
    quiet.refuse(second, "No.")

    assert "cannot add dedicated IP addresses" in quiet.case(first).communications[-1].body
    assert "No." == quiet.case(second).communications[-1].body
    assert quiet.case(second).is_resolved
    assert () == quiet.addresses(EU)


def test_a_question_waits_for_the_customer(quiet: Emulator) -> None:
    """A question moves the case to the customer, and the answer moves it back."""
    case = quiet.file_by_hand("s", request(2))

    quiet.ask(case, "Why?")
    assert "pending-customer-action" == quiet.case(case).status
    quiet.reply(case, "Because.")
    assert "customer-action-completed" == quiet.case(case).status
    quiet.say(case, "I see.")

    assert "work-in-progress" == quiet.case(case).status
    assert ["Why?", "Because.", "I see."] == [said.body for said in quiet.case(case).communications[1:]]


def test_addresses_are_given_back_after_a_question(quiet: Emulator) -> None:
    """A relinquish case removes just the addresses that it names."""
    one, two, three = quiet.lease(EU, 3)
    case = quiet.file_by_hand("s", relinquish(one, three))

    quiet.confirm_question(case)
    quiet.reply(case, "Yes.")
    removed = quiet.remove(case)

    assert (one, three) == removed == quiet.case(case).removed
    assert (two,) == quiet.addresses(EU)
    assert quiet.case(case).is_resolved


def test_some_of_the_addresses_are_removed(quiet: Emulator) -> None:
    """The staff may remove a part, never what the case does not name, and nothing twice."""
    one, two = quiet.lease(EU, 2)
    case = quiet.file_by_hand("s", relinquish(one, "198.51.100.7"))

    with pytest.raises(BadCommand, match=f"does not name {two}"):
        quiet.remove(case, (two,))
    assert (one,) == quiet.remove(case, (one,), close=False)
    assert "work-in-progress" == quiet.case(case).status
    assert () == quiet.remove(case)

    assert (two,) == quiet.addresses(EU)


def test_only_relinquish_cases_remove(quiet: Emulator) -> None:
    """A case that names no addresses can neither remove any nor ask about them."""
    case = quiet.file_by_hand("s", request(1))

    with pytest.raises(BadCommand, match="names no addresses"):
        quiet.remove(case)
    with pytest.raises(BadCommand, match="names no addresses"):
        quiet.confirm_question(case)

    assert 1 == len(quiet.case(case).communications)


def test_a_case_can_have_any_status(quiet: Emulator) -> None:
    """AWS may find new words."""
    case = quiet.file_by_hand("s", request(1))

    quiet.set_status(case, "pending-amazon-action")

    assert "pending-amazon-action" == quiet.case(case).status


def test_cases_are_named_by_either_number(quiet: Emulator) -> None:
    """A case is found by what the API calls it and by what people see; any other name is nowhere."""
    case = quiet.case(quiet.file_by_hand("s", request(1)))

    assert case == quiet.case(case.id) == quiet.case(case.display_id)
    assert (case,) == quiet.cases()
    with pytest.raises(NotHere, match="no case 42"):
        quiet.resolve("42")


def test_requests_are_granted_at_the_staffs_pace(paced: Emulator) -> None:
    """After the pace, a request is granted and closed, at the time when that was due."""
    case = paced.file_by_hand("s", request(2))

    paced.advance(3599)
    assert () == paced.addresses(EU)
    paced.advance(days=1)

    assert 2 == len(paced.addresses(EU))
    assert NOON + timedelta(hours=1) == paced.case(case).resolved_at == paced.details(EU)[0].since


def test_relinquish_cases_go_through_a_question_at_the_staffs_pace(paced: Emulator) -> None:
    """The staff asks, waits for the answer however long, and then removes."""
    ips = paced.lease(EU, 2)
    case = paced.file_by_hand("s", relinquish(ips[0]))

    paced.advance(days=1)
    assert "pending-customer-action" == paced.case(case).status
    assert ips == paced.addresses(EU)
    paced.reply(case, "Yes.")
    paced.advance(3600)

    assert ips[1:] == paced.addresses(EU)
    assert paced.case(case).is_resolved


def test_silence_closes_a_case_that_waits(quiet: Emulator) -> None:
    """AWS closes a case by itself when the customer says nothing for days; no address comes or goes by it."""
    ips = quiet.lease(EU, 1)
    case = quiet.file_by_hand("s", relinquish(*ips))
    quiet.confirm_question(case)

    quiet.advance(days=4.9)
    assert not quiet.case(case).is_resolved
    quiet.advance(days=0.2)

    assert NOON + timedelta(days=5) == quiet.case(case).resolved_at
    assert ips == quiet.addresses(EU)


def test_due_things_are_done_in_the_order_of_their_times(paced: Emulator) -> None:
    """However long nobody looked, the earlier case gets the lower number."""
    paced.change(pace=None)
    paced.file_by_hand("later", request(1, "us-east-1"))
    paced.advance(10)
    paced.file_by_hand("latest", request(1))
    paced.change(pace=1)

    assert ("192.0.2.1",) == paced.addresses("us-east-1")
    assert () == paced.addresses(EU)
    paced.advance(days=1)
    assert ("192.0.2.2",) == paced.addresses(EU)
    assert NOON + timedelta(seconds=10) == paced.details("us-east-1")[0].since


@pytest.mark.parametrize(("days", "status"), [(14, "reopened"), (15, "resolved")])
def test_a_reply_reopens_a_case_that_was_closed_lately(quiet: Emulator, days: int, status: str) -> None:
    """Within 14 days a reply opens a case again; later it stays closed."""
    case = quiet.file_by_hand("s", request(1))
    quiet.resolve(case)
    quiet.advance(days=days)

    quiet.reply(case, "Please look again.")

    assert status == quiet.case(case).status


def test_reopening_can_be_switched_off(quiet: Emulator) -> None:
    """Whether the API reopens a case is not documented at AWS, so both ways can be had."""
    quiet.change(reopen_on_reply=False)
    case = quiet.file_by_hand("s", request(1))
    quiet.resolve(case)

    quiet.reply(case, "Please look again.")

    assert quiet.case(case).is_resolved


def test_a_paced_staff_answers_a_reopened_case(paced: Emulator) -> None:
    """A case that is open again is worked on again; what it brought already counts."""
    case = paced.file_by_hand("s", request(1))
    paced.advance(3600)
    paced.reply(case, request(2))
    paced.advance(3600)

    assert 2 == len(paced.addresses(EU))


def test_addresses_come_and_go_without_a_case(quiet: Emulator) -> None:
    """Somebody else's addresses appear and vanish, are brought along, or belong to SES's managed pools."""
    leased = quiet.lease(EU, 2)
    imported = quiet.import_addresses(EU, "198.51.100.200")
    managed = quiet.add_managed(EU, 2)

    quiet.take_away(EU, leased[0])

    assert (leased[1], *imported) == quiet.addresses(EU)
    assert managed == tuple(one.ip for one in quiet.details(EU) if one.managed)
    assert () == quiet.addresses("us-east-1")
    assert () == quiet.addresses(EU, account="444455556666")


NONSENSE: dict[str, tuple[Callable[[Emulator], object], str]] = {
    "take away what is not there": (lambda e: e.take_away(EU, "192.0.2.9"), "has no 192.0.2.9 in eu-west-1"),
    "import no address": (lambda e: e.import_addresses(EU, "192.0.2.09"), "192.0.2.09 is not an IPv4 address"),
    "import what is there": (lambda e: e.import_addresses(EU, "192.0.2.1"), "or it belongs or belonged to an account"),
    "lease too few": (lambda e: e.lease(EU, -1), "a number from 0 to 10000, not -1"),
    "add too many": (lambda e: e.add_managed(EU, 10_001), "a number from 0 to 10000, not 10001"),
    "lease into no pool": (lambda e: e.lease(EU, pool="nowhere"), "no pool nowhere"),
    "file without a subject": (lambda e: e.file_by_hand("", "body"), "1 to 8000 characters, not 0"),
    "file a novel": (lambda e: e.file_by_hand("s", "x" * 8001), "1 to 8000 characters, not 8001"),
    "ask nothing": (lambda e: e.ask("1700000001", ""), "1 to 8000 characters, not 0"),
    "refuse without a word": (lambda e: e.refuse("1700000001", ""), "1 to 8000 characters, not 0"),
    "grant too many": (lambda e: e.grant("1700000001", 99_999), "a number from 0 to 10000"),
    "go back in time": (lambda e: e.advance(-1), "moves by 0 to"),
    "go too far": (lambda e: e.advance(days=4000), "moves by 0 to"),
    "go to infinity": (lambda e: e.advance(1e308, days=1e308), "moves by 0 to"),
    "an account of a few digits": (lambda e: e.lease(EU, account="42"), "an account has 12 digits, not '42'"),
    "file in no account": (lambda e: e.file_by_hand("s", "b", "me"), "an account has 12 digits, not 'me'"),
    "lease in no Region": (lambda e: e.lease("eu-west1"), "has the form eu-west-1, not 'eu-west1'"),
    "grant in no Region": (lambda e: e.grant("1700000001", region="EU"), "has the form eu-west-1, not 'EU'"),
    "a pace of centuries": (lambda e: e.change(pace=1e12), "Settings.pace must be a number from 0"),
    "a pace below zero": (lambda e: e.change(pace=-1), "Settings.pace must be a number from 0"),
    "a misspelt setting": (lambda e: e.change(paec=1), "Settings has no 'paec'; it has pace"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_makes_no_sense_changes_nothing(quiet: Emulator, name: str) -> None:
    """A command that cannot be obeyed says why, and leaves the world as it was."""
    quiet.lease(EU, 1)
    quiet.file_by_hand("s", request(1))
    before = quiet.state()
    act, message = NONSENSE[name]

    with pytest.raises((BadCommand, NotHere), match=message):
        act(quiet)

    assert before == quiet.state()


def test_managed_addresses_belong_to_managed_pools(quiet: Emulator) -> None:
    """A pool that leases nothing by itself cannot get managed addresses; one that does gets more."""
    quiet.add_managed(EU, 1, pool="auto")
    quiet.add_managed(EU, 1, pool="auto")
    assert {"auto"} == {one.pool for one in quiet.details(EU)}

    with quiet.awake() as world:
        world.account("111122223333").pools[EU, "mine"] = Pool(name="mine")
    with pytest.raises(BadCommand, match="not a managed one"):
        quiet.add_managed(EU, 1, pool="mine")
    assert 1 == len(quiet.lease(EU, 1, pool="mine"))


def test_numbers_are_never_used_twice(quiet: Emulator) -> None:
    """An address that went does not come back, and an imported one is skipped."""
    quiet.import_addresses(EU, "192.0.2.2")
    first = quiet.lease(EU, 1)
    quiet.take_away(EU, *first)

    assert ("192.0.2.3",) == quiet.lease("us-east-1", 1)
    assert ("192.0.2.4",) == quiet.lease(EU, 1, account="444455556666")


def test_numbers_come_from_the_documentation_ranges_first() -> None:
    """No address of the emulator's belongs to anyone; after the 762 for documentation come private ones."""
    numbers = fresh_numbers()
    first = [next(numbers) for _ in range(763)]

    assert ["192.0.2.1", "192.0.2.254", "198.51.100.1", "203.0.113.1"] == [first[i] for i in (0, 253, 254, 508)]
    assert "10.0.0.1" == first[762]
    assert 763 == len(set(first))


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, ("IN_PROGRESS", 1)), (22.5, ("IN_PROGRESS", 50)), (44.9, ("IN_PROGRESS", 99)), (45, ("DONE", 100))],
)
def test_addresses_warm_up_for_45_days(quiet: Emulator, days: float, expected: tuple[str, int]) -> None:
    """Warm-up goes by time alone."""
    quiet.lease(EU, 1)

    now = quiet.advance(days=days)

    assert expected == quiet.details(EU)[0].warmup(now)


def test_addresses_arrive_warm_without_auto_warmup(quiet: Emulator) -> None:
    """With the account's automatic warm-up off, new addresses are DONE; managed ones have no such thing."""
    quiet.change(auto_warmup=False)
    quiet.lease(EU, 1)
    quiet.add_managed(EU, 1)

    assert [("DONE", 100), ("NOT_APPLICABLE", -1)] == [one.warmup(NOON) for one in quiet.details(EU)]


def test_reset_brings_the_start_back() -> None:
    """After a reset, the settings, the time, the numbers and the log are those of the start."""
    emulator = Emulator(Settings(pace=7), now=NOON)
    start = emulator.state()
    emulator.lease(EU, 2)
    emulator.advance(5)
    emulator.change(pace=None)
    emulator.fault("close")

    emulator.reset()

    assert (start, 7, (), ()) == (emulator.state(), emulator.settings.pace, emulator.faults, emulator.log)
    assert ("192.0.2.1",) == emulator.lease(EU, 1)


def test_the_same_commands_give_the_same_world() -> None:
    """Nothing is random: ids, numbers and times repeat."""

    def story() -> object:
        emulator = Emulator(now=NOON)
        emulator.grant(emulator.file_by_hand("s", request(2)))
        return emulator.state()

    assert story() == story()


def test_the_emulator_tells_what_happens() -> None:
    """Who listens gets a line for each event, with the case's number and its new status."""
    told: list[str] = []
    emulator = Emulator(now=NOON, tell=told.append)
    case = emulator.file_by_hand("More, please", request(1))
    emulator.ask(case, "Why?")
    emulator.reply(case, "Because.")
    emulator.grant(case)
    emulator.lease(EU, 1)

    assert [
        "case 1700000001 filed in account 111122223333: More, please",
        "case 1700000001: pending-customer-action",
        "case 1700000001: the customer wrote, and it is customer-action-completed now",
        "case 1700000001: granted in eu-west-1: 192.0.2.1",
        "case 1700000001: resolved",
        "appeared in eu-west-1 without a case: 192.0.2.2",
    ] == told


def test_a_running_clock_never_runs_backwards() -> None:
    """An emulator without a fixed time goes with the computer's clock, and ahead of it when told so."""
    clock = Clock()
    before = clock.now()
    clock.advance(3600)

    assert before + timedelta(hours=1) <= clock.now() <= clock.now()
    assert abs(datetime.now(timezone.utc) - before) < timedelta(seconds=10)


def test_the_clock_ends_with_the_calendar() -> None:
    """A clock that cannot be moved any further says so instead of breaking every later call."""
    clock = Clock(datetime(9981, 1, 1, tzinfo=timezone.utc))

    with pytest.raises(BadCommand, match="year 9979"):
        clock.advance(1)

    assert 9981 == clock.now().year


def test_a_time_needs_a_zone() -> None:
    """An emulator whose time could be anywhere does not start."""
    with pytest.raises(BadCommand, match="needs a time zone"):
        Emulator(now=datetime(2026, 11, 2))  # noqa: DTZ001 - the mistake in question
