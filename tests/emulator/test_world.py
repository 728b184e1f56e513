"""Cases, addresses, settings and time, without a port."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.emulator import BadCommand, Emulator, NotHere, Settings
from dedicated_ip_provider.emulator.values import Pool
from dedicated_ip_provider.emulator.world import Clock
from emulator.conftest import EU, NOON, OTHER
from emulator.messages import relinquish, request

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def paced() -> Emulator:
    """An emulator whose staff answers after an hour."""
    return Emulator(Settings(pace=3600), now=NOON)


def test_a_request_is_granted() -> None:
    """A grant adds what is missing, or another number; it says so, and closes a case that has everything."""
    for wanted, count, close, granted, status, said, reason in (
        (2, None, None, 2, "resolved", "es to your account in eu-west-1: 192.0.2.1, 192.0.2.2.", "the whole request"),
        (3, 1, None, 1, "work-in-progress", "1 dedicated IP address to your account", "a smaller grant leaves it open"),
        (3, 1, True, 1, "resolved", "192.0.2.1. We cannot add more", "a grant that closes the case says so"),
        (1, 3, None, 3, "resolved", "We have added 3 dedicated IP addresses", "more comes than was asked for"),
        (1, None, False, 1, "work-in-progress", "192.0.2.1.", "all are there while the case is still open"),
        (0, None, None, 0, "resolved", "you asked for in eu-west-1 are all there.", "nothing is missing"),
    ):
        emulator = Emulator(now=NOON)
        case = emulator.file_by_hand("s", request(wanted))
        ips = emulator.grant(case, count, close=close)
        assert (granted, ips, status) == (len(ips), emulator.addresses(EU), emulator.case(case).status), reason
        assert said in emulator.case(case).communications[-1].body, reason


def test_a_request_is_granted_bit_by_bit(quiet: Emulator) -> None:
    """A partial grant leaves the case open; a later number in the same case is its total; a closed case stays closed."""
    case = quiet.file_by_hand("s", request(3))
    assert quiet.cases() == (quiet.case(case),) == (quiet.case(quiet.case(case).id),)

    quiet.grant(case, 2)
    assert "work-in-progress" == quiet.case(case).status
    quiet.reply(case, request(4))
    assert 2 == len(quiet.grant(case))
    assert (4, True) == (len(quiet.addresses(EU)), quiet.case(case).is_resolved)
    quiet.grant(case, 1, close=False)

    assert (5, True) == (len(quiet.addresses(EU)), quiet.case(case).is_resolved)


def test_an_unreadable_case_can_be_granted_with_a_region(quiet: Emulator) -> None:
    """A command that names the Region can grant addresses to any case, with any text."""
    case = quiet.file_by_hand("s", "Please!")

    with pytest.raises(BadCommand, match="does not ask for addresses"):
        quiet.grant(case, 1)

    assert 1 == len(quiet.grant(case, 1, region=EU, text="Here you are."))
    assert "Here you are." == quiet.case(case).communications[-1].body


def test_a_request_is_refused(quiet: Emulator) -> None:
    """A refusal writes a message, closes the case and adds nothing."""
    first, second = quiet.file_by_hand("s", request(2)), quiet.file_by_hand("s", request(2))

    quiet.refuse(first)
    quiet.refuse(second, "No.")

    assert "cannot add dedicated IP addresses" in quiet.case(first).communications[-1].body
    assert "No." == quiet.case(second).communications[-1].body
    assert ((), True) == (quiet.addresses(EU), quiet.case(second).is_resolved)


def test_some_of_the_addresses_are_removed(quiet: Emulator) -> None:
    """The staff may remove some of the named addresses, never others, and nothing twice."""
    one, two = quiet.lease(EU, 2)
    case = quiet.file_by_hand("s", relinquish(one, "198.51.100.7"))

    with pytest.raises(BadCommand, match=f"does not name {two}"):
        quiet.remove(case, (two,))
    assert (one,) == quiet.remove(case, (one,), close=False) == quiet.case(case).removed
    assert "work-in-progress" == quiet.case(case).status
    assert "We have removed 1 dedicated IP address from" in quiet.case(case).communications[-1].body
    assert () == quiet.remove(case)
    assert "are not in your account" in quiet.case(case).communications[-1].body

    assert (two,) == quiet.addresses(EU)
    asking = quiet.file_by_hand("s", request(1))
    for act in (quiet.remove, quiet.confirm_question):
        with pytest.raises(BadCommand, match="names no addresses"):
            act(asking)
    assert 1 == len(quiet.case(asking).communications)
    many = quiet.file_by_hand("s", relinquish(*(f"203.0.113.{number}" for number in range(250))))
    quiet.confirm_question(many)
    assert " and 150 more; this cannot be reversed." in quiet.case(many).communications[-1].body


def test_requests_are_granted_at_the_staffs_pace(quiet: Emulator, paced: Emulator) -> None:
    """A request is granted when it is due; at the pace `manual` nothing happens without a command."""
    case, waiting = paced.file_by_hand("s", request(1)), quiet.file_by_hand("s", request(2))

    paced.advance(3599)
    assert () == paced.addresses(EU)
    paced.advance(days=1)
    assert NOON + timedelta(hours=1) == paced.case(case).resolved_at == paced.details(EU)[0].since
    paced.reply(case, request(2))
    paced.advance(3600)
    assert 2 == len(paced.addresses(EU))

    quiet.advance(days=300)
    assert ("opened", ()) == (quiet.case(waiting).status, quiet.addresses(EU))


def test_addresses_are_removed_after_a_question(paced: Emulator) -> None:
    """The staff asks first; five days of silence close the case, and an answer removes just what it names."""
    one, two, three = paced.lease(EU, 3)
    case = paced.file_by_hand("s", relinquish(one, three))

    paced.advance(3600)
    assert "pending-customer-action" == paced.case(case).status
    paced.advance(days=4.9)
    assert not paced.case(case).is_resolved
    paced.advance(days=1)
    assert NOON + timedelta(days=5, hours=1) == paced.case(case).resolved_at
    assert (one, two, three) == paced.addresses(EU)
    paced.reply(case, "Yes.")
    paced.advance(3600)

    assert ((two,), True) == (paced.addresses(EU), paced.case(case).is_resolved)


def test_due_moves_are_made_in_order_of_time(paced: Emulator) -> None:
    """The earlier case gets the lower number, however long nobody looked."""
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


def test_a_reply_reopens_a_case_that_was_closed_lately(quiet: Emulator) -> None:
    """A reply reopens a case within 14 days; AWS does not document this of its API, so it can be turned off."""
    for days, reopen, status in ((14, True, "reopened"), (15, True, "resolved"), (0, False, "resolved")):
        quiet.change(reopen_on_reply=reopen)
        case = quiet.file_by_hand("s", request(1))
        quiet.resolve(case)
        quiet.advance(days=days)
        quiet.reply(case, "Please look again.")
        assert status == quiet.case(case).status


def test_addresses_come_and_go_without_a_case(quiet: Emulator) -> None:
    """Addresses of others appear and vanish, are imported, or belong to SES's managed pools; none is used twice."""
    leased = quiet.lease(EU, 2)
    imported = quiet.import_addresses(EU, "192.0.2.4")
    managed = quiet.add_managed(EU, 1) + quiet.add_managed(EU, 1)
    quiet.take_away(EU, leased[0])

    assert ("192.0.2.2", "192.0.2.4") == (leased[1], *imported) == quiet.addresses(EU)
    assert ("192.0.2.3", "192.0.2.5") == managed == tuple(one.ip for one in quiet.details(EU) if one.managed)
    assert () == quiet.addresses("us-east-1")
    assert () == quiet.addresses(EU, account=OTHER)
    assert ("192.0.2.6",) == quiet.lease("us-east-1", 1)
    assert ("192.0.2.7",) == quiet.lease(EU, 1, account=OTHER)

    with quiet.awake() as world:
        world.account("111122223333").pools[EU, "mine"] = Pool(region=EU, name="mine")
    with pytest.raises(BadCommand, match="not a managed one"):
        quiet.add_managed(EU, 1, pool="mine")
    # After the 762 numbers for documentation come private ones.
    mine = quiet.lease(EU, 756, pool="mine")
    assert ("192.0.2.254", "198.51.100.1", "203.0.113.1") == (mine[246], mine[247], mine[501])
    assert ("203.0.113.254", "10.0.0.1") == mine[-2:]


IMPOSSIBLE: dict[str, tuple[Callable[[Emulator], object], str]] = {
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


def test_an_impossible_command_changes_nothing(quiet: Emulator) -> None:
    """A command that cannot be carried out says why, and leaves the state as it was."""
    quiet.lease(EU, 1)
    quiet.file_by_hand("s", request(1))
    before = quiet.state()

    for name, (act, said) in IMPOSSIBLE.items():
        with pytest.raises((BadCommand, NotHere)) as caught:
            act(quiet)
        assert said in str(caught.value), name
        assert before == quiet.state(), name


def test_addresses_warm_up_for_45_days(quiet: Emulator) -> None:
    """Warm-up depends on time alone; without the account's auto warm-up, new addresses arrive warm."""
    quiet.lease(EU, 1)
    for days, expected in (
        (0, ("IN_PROGRESS", 1)),
        (22.5, ("IN_PROGRESS", 50)),
        (22.4, ("IN_PROGRESS", 99)),
        (0.1, ("DONE", 100)),
    ):
        now = quiet.advance(days=days)
        assert expected == quiet.details(EU)[0].warmup(now)

    quiet.change(auto_warmup=False)
    quiet.lease(EU, 1)
    quiet.add_managed(EU, 1)
    assert [("DONE", 100), ("NOT_APPLICABLE", -1)] == [one.warmup(now) for one in quiet.details(EU)[1:]]


def test_reset_restores_the_start() -> None:
    """After a reset, settings, time, numbers and log are those of the start, and the same commands do the same."""
    emulator = Emulator(Settings(pace=7), now=NOON)

    def story() -> object:
        emulator.grant(emulator.file_by_hand("s", request(2)))
        return emulator.state()

    start, told = emulator.state(), story()
    emulator.advance(5)
    emulator.change(pace=None)
    emulator.fault("close")

    emulator.reset()

    assert (start, 7, (), ()) == (emulator.state(), emulator.settings.pace, emulator.faults, emulator.log)
    assert told == story()


def test_the_emulator_tells_what_happens() -> None:
    """Each event is a line, with the case's number and its new status."""
    told: list[str] = []
    emulator = Emulator(now=NOON, tell=told.append)
    case = emulator.file_by_hand("More, please", request(1))
    emulator.ask(case, "Why?")
    emulator.reply(case, "Because.")
    emulator.say(case, "I see.")
    emulator.grant(case)
    emulator.lease(EU, 1)

    assert [
        "case 1700000001 filed in account 111122223333: More, please",
        "case 1700000001: pending-customer-action",
        "case 1700000001: the customer wrote, and it is customer-action-completed now",
        "case 1700000001: work-in-progress",
        "case 1700000001: granted in eu-west-1: 192.0.2.1",
        "case 1700000001: resolved",
        "appeared in eu-west-1 without a case: 192.0.2.2",
    ] == told
    assert ["Why?", "Because.", "I see."] == [said.body for said in emulator.case(case).communications[1:4]]


def test_a_clock_never_runs_backwards() -> None:
    """It follows the computer's clock, ahead of it once advanced, to the end of the calendar; a time needs a zone."""
    clock = Clock()
    before = clock.now()
    clock.advance(3600)
    assert before + timedelta(hours=1) <= clock.now() <= clock.now()
    assert abs(datetime.now(timezone.utc) - before) < timedelta(seconds=10)

    last = Clock(datetime(9981, 1, 1, tzinfo=timezone.utc))
    with pytest.raises(BadCommand, match="year 9979"):
        last.advance(1)
    assert 9981 == last.now().year
    with pytest.raises(BadCommand, match="needs a time zone"):
        Emulator(now=datetime(2026, 11, 2))  # noqa: DTZ001 - the mistake in question
