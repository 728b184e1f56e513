"""The record of a Region's lease: claimed, overwritten, read, and every fault on the way."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import REGION
from support.tables import table
from way_in import NOON

from dedicated_ip_provider.aws.record import PARAMETER, Record
from dedicated_ip_provider.errors import LeaseError, Refused, Unreachable
from dedicated_ip_provider.lease.claim import Recorded
from dedicated_ip_provider.lease.memory import record_of
from dedicated_ip_provider.lease.model import Holder, Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import RunningEmulator


def memory(nonce: str = "k3f9", **others: Any) -> Memory:
    """Return what a holder remembers."""
    holder, addresses = Holder(path="shop/prod/eu", nonce=nonce, since=NOON), frozenset({"192.0.2.1"})
    return Memory(**{"holder": holder, "serial": 1, "count": 2, "holds": addresses, "knows": addresses, **others})


OURS, THEIRS = memory(), memory("m4x2")
SOMEBODY_WROTE = (
    f"Another command wrote the record {PARAMETER} in {REGION} at the same time.\n"
    "Nothing was filed. Wait until it has ended, then run the same command again."
)


@pytest.fixture
def record(account: Account) -> Record:
    """The record of the Region, of which nothing is known yet."""
    return account.record(REGION)


@pytest.fixture
def rival(account: Account) -> Record:
    """The same record, as another command sees it."""
    return account.record(REGION)


def by_hand(emulator: RunningEmulator, *values: str) -> None:
    """Write the parameter as its owner does in the console."""
    for value in values:
        emulator.put_parameter(REGION, PARAMETER, value)


# Claimed and overwritten.


def test_a_claim_creates_the_record_of_a_region(
    emulator: RunningEmulator, account: Account, record: Record, rival: Record
) -> None:
    """AWS writes its first version only if there is none; the description tells the account's owner what it is."""
    before = record.read()
    claimed = record.claim(OURS)

    assert Recorded(memory=OURS, version=1) == claimed == rival.read()
    assert (None, None) == (before, account.record("us-east-1").read())
    [call] = emulator.calls("PutParameter")
    assert {
        "Name": "/dedicated-ip/lease",
        "Value": record_of(OURS, 0),
        "Type": "String",
        "Tier": "Standard",
        "Description": "The lease of dedicated IP addresses in this Region (dedicated-ip-provider). Do not edit or delete.",
    } == call.parameters


def test_of_many_claims_one_succeeds(account: Account, record: Record) -> None:
    """Creating a parameter is atomic: the others are told that somebody was first."""
    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(lambda nonce: account.record(REGION).claim(memory(nonce)), "abcdefgh"))

    assert [record.read()] == [one for one in claimed if one]


def test_a_write_after_somebody_elses_is_not_valid(record: Record, rival: Record) -> None:
    """Both wrote over the first version: the second is refused and never read, and the next write is valid again."""
    record.claim(OURS)
    rival.overwrite(THEIRS, 1)

    with pytest.raises(Refused) as refusal:
        record.overwrite(OURS, 1)

    assert SOMEBODY_WROTE == str(refusal.value)
    assert Recorded(memory=THEIRS, version=3) == record.read()
    assert Recorded(memory=THEIRS, version=4) == rival.overwrite(THEIRS, 3) == record.read()


def test_a_write_over_a_deleted_record_is_not_valid(emulator: RunningEmulator, record: Record) -> None:
    """Its versions start again at 1."""
    record.claim(OURS)
    emulator.delete_parameter(REGION, PARAMETER)

    with pytest.raises(Refused) as refusal:
        record.overwrite(OURS, 1)

    assert SOMEBODY_WROTE == str(refusal.value)


# Values that are not valid.

INVALID = [
    ("somebody's own words", "eu: 2 addresses"),
    ("JSON of another kind", "5"),
    ("a list", "[]"),
    ("nothing", "{}"),
    ("no memory", '{"format": 1, "over": 1}'),
    ("no numbers", '{"format": 1, "over": 1, "serial": "x", "number": 0}'),
    ("no version", '{"format": 1, "over": "x", "serial": 1, "number": 0}'),
    ("no addresses", '{"format": 1, "over": 1, "serial": 1, "number": 0, "holds": 5}'),
    ("no holder", '{"format": 1, "over": 1, "serial": 1, "number": 0, "holder": "eu"}'),
    ("another release's, written over another version", '{"format": 2, "over": 0, "serial": 1, "number": 0}'),
    ("brackets without end", "[" * 2_000),
    ("an earlier value, written again", record_of(THEIRS, 0)),
    ("a value of another record", record_of(THEIRS, 5)),
]


@table("reason, value", INVALID)
def test_a_value_that_is_not_valid_is_skipped(
    reason: str, emulator: RunningEmulator, record: Record, value: str
) -> None:
    """The last valid value is used, and the next write goes over the latest version."""
    record.claim(OURS)
    by_hand(emulator, value)

    assert Recorded(memory=OURS, version=2) == record.read(), reason
    assert Recorded(memory=OURS, version=3) == record.overwrite(OURS, 2) == record.read()


def test_the_history_is_read_to_its_end(emulator: RunningEmulator, record: Record) -> None:
    """AWS keeps 100 versions, 50 a page, and the oldest may be the last valid one; if none is, the error says what to do."""
    record.claim(OURS)
    by_hand(emulator, *map(str, range(99)))

    assert Recorded(memory=OURS, version=100) == record.read()
    assert 2 == len(emulator.calls("GetParameterHistory"))

    by_hand(emulator, "99")
    with pytest.raises(Refused) as refusal:
        record.read()

    assert (
        f"The record {PARAMETER} in {REGION} cannot be read: somebody changed it by hand, and none of the versions that "
        "AWS keeps was written by a lease.\n"
        "Nothing was filed. Delete the parameter, wait a minute, and run `pulumi up` in the stack that holds the lease: "
        "it writes the record again from its state."
    ) == str(refusal.value)
    emulator.delete_parameter(REGION, PARAMETER)
    emulator.advance(60)
    assert (None, Recorded(memory=OURS, version=1)) == (record.read(), record.claim(OURS))


@pytest.mark.parametrize("later", [0, 1])
def test_what_another_release_wrote_is_not_skipped(emulator: RunningEmulator, record: Record, later: int) -> None:
    """It may have filed cases since, and an older value would file them again."""
    record.claim(OURS)
    by_hand(emulator, json.dumps({"format": 2, "over": 1, "holder": ["of another kind"]}), *["garbage"] * later)

    with pytest.raises(Refused) as refusal:
        record.read()

    assert (
        f"The record {PARAMETER} in {REGION} was written by another release of dedicated-ip-provider: its format is 2.\n"
        "Nothing was filed. Update dedicated-ip-provider to the release that the stack's other users have."
    ) == str(refusal.value)


# Lost answers.

WRITES: dict[str, Callable[[Record], Recorded | None]] = {
    "claim": lambda record: record.claim(OURS),
    "overwrite": lambda record: record.overwrite(OURS, 1),
}
VERSIONS = {"claim": 1, "overwrite": 2}
LOST = ["internal-error", "unavailable", "reset", "close", "half-body", "html"]


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, rival: Record) -> str:
    """A claim of a record that is not there, or a write over one that is."""
    if request.param == "overwrite":
        rival.claim(THEIRS)
    return str(request.param)


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_whose_answer_was_lost_is_looked_up(
    emulator: RunningEmulator, record: Record, write: str, fault: str, when: str
) -> None:
    """If it was written, all is well; if not, nothing is filed. It is never sent again."""
    emulator.fault(fault, operation="PutParameter", when=when)
    before, found = len(emulator.calls("PutParameter")), record.read()

    if when == "after":
        assert Recorded(memory=OURS, version=VERSIONS[write]) == WRITES[write](record) == record.read()
    else:
        with pytest.raises(Unreachable) as error:
            WRITES[write](record)
        assert error.value.what.startswith(
            f"The record {PARAMETER} in {REGION} was not written: ssm:PutParameter ({REGION}) got no answer"
        )
        assert "Nothing was filed. Run the same command again." == error.value.next_step
        assert found == record.read()
    assert 1 == len(emulator.calls("PutParameter")) - before


def between(account: Account, act: Callable[[], object]) -> None:
    """Let something happen once, before the history is read."""
    events = account.session.ssm(REGION).meta.events

    def happen(**_: object) -> None:
        events.unregister("before-call.ssm.GetParameterHistory", happen)
        act()

    events.register("before-call.ssm.GetParameterHistory", happen)


MEANWHILE: list[tuple[str, str, Callable[[RunningEmulator], object], str]] = [
    ("the owner wrote by hand", "before", lambda emulator: by_hand(emulator, "theirs"), SOMEBODY_WROTE),
    ("others wrote", "before", lambda emulator: by_hand(emulator, record_of(THEIRS, 0), record_of(THEIRS, 1)), SOMEBODY_WROTE),
    ("the record was deleted", "after", lambda emulator: emulator.delete_parameter(REGION, PARAMETER), "was not written: ssm:PutParameter"),
]  # fmt: skip


@table("reason, when, act, expected", MEANWHILE)
def test_after_a_lost_answer_only_our_own_write_is_ours(  # noqa: PLR0913, PLR0917 - fixtures, and the columns of a table
    reason: str,
    emulator: RunningEmulator,
    account: Account,
    record: Record,
    write: str,
    when: str,
    act: Callable[[RunningEmulator], object],
    expected: str,
) -> None:
    """Somebody may act between the write and the look at the history."""
    emulator.fault("reset", operation="PutParameter", when=when)
    between(account, lambda: act(emulator))

    with pytest.raises(LeaseError) as error:
        WRITES[write](record)

    assert expected in str(error.value), reason


def test_after_a_lost_answer_our_write_is_found_below_somebody_elses(
    emulator: RunningEmulator, account: Account, record: Record, write: str
) -> None:
    """It was valid; the next write meets whoever wrote over it since."""
    emulator.fault("reset", operation="PutParameter", when="after")
    between(account, lambda: by_hand(emulator, record_of(THEIRS, VERSIONS[write])))

    assert Recorded(memory=OURS, version=VERSIONS[write]) == WRITES[write](record)
    with pytest.raises(Refused, match="Another command wrote"):
        record.overwrite(OURS, VERSIONS[write])


def test_after_a_lost_answer_our_write_above_somebody_elses_is_not_valid(
    emulator: RunningEmulator, record: Record, rival: Record
) -> None:
    """It is there, but its version is one too high."""
    record.claim(OURS)
    rival.overwrite(THEIRS, 1)
    emulator.fault("reset", operation="PutParameter", when="after")

    with pytest.raises(Refused) as refusal:
        record.overwrite(OURS, 1)

    assert SOMEBODY_WROTE == str(refusal.value)


LATER = "Nothing was filed. Run the same command again later."
UNREADABLE = [
    ("access-denied", "Nothing was filed. Allow ssm:GetParameterHistory to this role or user."),
    ("reset", LATER),
    ("half-body", LATER),
]


@table("fault, expected", UNREADABLE)
def test_a_lost_write_that_cannot_be_looked_up_stops_the_command(
    fault: str, emulator: RunningEmulator, record: Record, write: str, expected: str
) -> None:
    """It is unknown whether it was written: nothing is filed."""
    emulator.fault("reset", operation="PutParameter", when="after")
    emulator.fault(fault, operation="GetParameterHistory", times=None)

    with pytest.raises(LeaseError) as error:
        WRITES[write](record)

    assert expected == error.value.next_step
    assert f"ssm:GetParameterHistory ({REGION})" in error.value.what


# Refused, throttled, cut off.

CALLS: dict[str, Callable[[Record], object]] = {
    "GetParameter": lambda record: record.read(),
    "GetParameterHistory": lambda record: record.read(),
    "PutParameter": lambda record: record.overwrite(OURS, 2),
}


@pytest.fixture
def damaged(emulator: RunningEmulator, rival: Record) -> RunningEmulator:
    """An emulator whose record was changed by hand, so that a reader asks for its history."""
    rival.claim(THEIRS)
    by_hand(emulator, "by hand")
    return emulator


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("denied", {"kind": "access-denied"}, r"AWS refused {} \(eu-west-1\): AccessDeniedException: .*\nNothing was filed. Allow {} to this role or user."),
    ("throttled", {"kind": "throttling"}, rf"AWS is throttling {{}} \(eu-west-1\): this account makes too many calls a second.\n{LATER}"),
    ("Region not enabled", {"kind": "error", "code": "UnrecognizedClientException"}, r"AWS refused {} \(eu-west-1\): UnrecognizedClientException: .*\nNothing was filed. Enable the Region eu-west-1 in the account's settings"),
]  # fmt: skip


@table("reason, fault, expected", REFUSALS)
def test_an_error_names_the_call_and_the_region(
    reason: str, damaged: RunningEmulator, record: Record, fault: dict[str, Any], expected: str
) -> None:
    """It says what to do: the call is the permission to allow."""
    for operation, call in CALLS.items():
        damaged.clear_faults()
        damaged.fault(**fault, operation=operation, times=None)
        with pytest.raises(LeaseError) as error:
            call(record)

        assert re.match(expected.replace("{}", f"ssm:{operation}"), str(error.value)), reason


def test_of_two_writes_at_the_same_moment_aws_refuses_one(
    emulator: RunningEmulator, record: Record, write: str
) -> None:
    """It was not written, and the other was."""
    emulator.fault("error", operation="PutParameter", code="TooManyUpdates")

    with pytest.raises(Refused) as refusal:
        WRITES[write](record)

    assert SOMEBODY_WROTE == str(refusal.value)


def test_a_throttled_write_is_not_sent_again(emulator: RunningEmulator, record: Record, write: str) -> None:
    """The refusal may come from something that throttles behind what has written already."""
    before = len(emulator.calls("PutParameter"))
    emulator.fault("throttling", operation="PutParameter")

    with pytest.raises(Unreachable):
        WRITES[write](record)

    assert 1 == len(emulator.calls("PutParameter")) - before


@pytest.mark.parametrize("operation", ["GetParameter", "GetParameterHistory"])
def test_a_read_is_made_again_if_throttled_and_fails_if_cut_off(
    damaged: RunningEmulator, record: Record, operation: str
) -> None:
    """Half an answer must never be read as "no record": the next step would be to claim it."""
    damaged.fault("throttling", operation=operation)
    assert Recorded(memory=THEIRS, version=2) == record.read()

    for fault in ("half-body", "html"):
        damaged.clear_faults()
        damaged.fault(fault, operation=operation, times=None)
        with pytest.raises(Unreachable):
            record.read()
