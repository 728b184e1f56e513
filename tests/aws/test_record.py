"""The record of a Region's lease: claimed, written over, read past what does not count, and every fault on the way."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import REGION
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
    """The same record in the hands of somebody else."""
    return account.record(REGION)


def by_hand(emulator: RunningEmulator, *values: str) -> None:
    """Write the parameter as its owner does in the console."""
    for value in values:
        emulator.put_parameter(REGION, PARAMETER, value)


# Claimed and written over.


def test_there_is_no_record_at_first(record: Record) -> None:
    """That is no error: a create claims it."""
    assert None is record.read()


def test_a_claim_creates_the_record(emulator: RunningEmulator, record: Record, rival: Record) -> None:
    """Its first version is one that AWS only writes where there is none, and tells its owner what it is."""
    claimed = record.claim(OURS)

    assert Recorded(memory=OURS, version=1) == claimed == rival.read()
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


def test_a_write_over_the_latest_version_counts(record: Record, rival: Record) -> None:
    """Its version is that of the one before plus one."""
    record.claim(OURS)
    later = memory(count=5)

    assert Recorded(memory=later, version=2) == record.overwrite(later, 1) == rival.read()


def test_each_region_has_its_record(account: Account, record: Record) -> None:
    """What is written in one is not seen in another."""
    record.claim(OURS)

    assert None is account.record("us-east-1").read()


def test_a_write_after_somebodys_does_not_count(record: Record, rival: Record) -> None:
    """Both wrote over the first version: the second is told so, nobody reads it, and the next write counts again."""
    record.claim(OURS)
    rival.overwrite(THEIRS, 1)

    with pytest.raises(Refused) as refusal:
        record.overwrite(OURS, 1)

    assert SOMEBODY_WROTE == str(refusal.value)
    assert Recorded(memory=THEIRS, version=3) == record.read()
    assert Recorded(memory=THEIRS, version=4) == rival.overwrite(THEIRS, 3) == record.read()


def test_a_write_over_a_deleted_record_does_not_count(emulator: RunningEmulator, record: Record) -> None:
    """Its versions begin anew, and what was written over the fifth is not the first."""
    record.claim(OURS)
    emulator.delete_parameter(REGION, PARAMETER)

    with pytest.raises(Refused) as refusal:
        record.overwrite(OURS, 1)

    assert SOMEBODY_WROTE == str(refusal.value)


# What does not count.


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("eu: 2 addresses", "somebody's own words"),
        ("5", "JSON of another kind"),
        ("[]", "a list"),
        ("{}", "nothing"),
        ('{"format": 1, "over": 1}', "no memory"),
        ('{"format": 1, "over": 1, "serial": "x", "number": 0}', "no numbers"),
        ('{"format": 1, "over": "x", "serial": 1, "number": 0}', "no version"),
        ('{"format": 1, "over": 1, "serial": 1, "number": 0, "holds": 5}', "no addresses"),
        ('{"format": 1, "over": 1, "serial": 1, "number": 0, "holder": "eu"}', "no holder"),
        ('{"format": 2, "over": 0, "serial": 1, "number": 0}', "another release's, but written over another version"),
        ("[" * 2_000, "brackets without end"),
        (record_of(THEIRS, 0), "an earlier value, written again"),
        (record_of(THEIRS, 5), "a value of another record"),
    ],
)
def test_what_does_not_count_is_read_past(emulator: RunningEmulator, record: Record, value: str, reason: str) -> None:
    """The last value that counts is what holds, and the next write goes over the latest version."""
    record.claim(OURS)
    by_hand(emulator, value)

    assert Recorded(memory=OURS, version=2) == record.read(), reason
    assert Recorded(memory=OURS, version=3) == record.overwrite(OURS, 2) == record.read()


def test_the_history_is_read_to_its_end(emulator: RunningEmulator, record: Record) -> None:
    """AWS keeps 100 versions and shows 50 at a time: the last that counts may be the oldest."""
    record.claim(OURS)
    by_hand(emulator, *map(str, range(99)))

    assert Recorded(memory=OURS, version=100) == record.read()
    assert 2 == len(emulator.calls("GetParameterHistory"))


def test_a_record_of_which_nothing_counts_is_refused(emulator: RunningEmulator, record: Record) -> None:
    """It says how the holder gets out of it, and that works."""
    record.claim(OURS)
    by_hand(emulator, *map(str, range(100)))

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
def test_what_another_release_wrote_is_not_read_past(emulator: RunningEmulator, record: Record, later: int) -> None:
    """It may have filed cases since: to go on with what was before would file them again."""
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
def test_a_write_whose_answer_was_lost_is_read_again(
    emulator: RunningEmulator, record: Record, write: str, fault: str
) -> None:
    """It was written: that is as good as an answer, and nothing is sent twice."""
    emulator.fault(fault, operation="PutParameter", when="after")
    before = len(emulator.calls("PutParameter"))

    assert Recorded(memory=OURS, version=VERSIONS[write]) == WRITES[write](record) == record.read()
    assert 1 == len(emulator.calls("PutParameter")) - before


@pytest.mark.parametrize("fault", LOST)
def test_a_write_that_was_not_carried_out_is_known_as_such(
    emulator: RunningEmulator, record: Record, write: str, fault: str
) -> None:
    """It was not written, so nothing is filed, and the same command may be run again."""
    emulator.fault(fault, operation="PutParameter")
    found = record.read()

    with pytest.raises(Unreachable) as error:
        WRITES[write](record)

    assert error.value.what.startswith(
        f"The record {PARAMETER} in {REGION} was not written: ssm:PutParameter ({REGION}) got no answer"
    )
    assert "Nothing was filed. Run the same command again." == error.value.next_step
    assert found == record.read()


@pytest.mark.parametrize("values", [["theirs"], [record_of(THEIRS, 0), record_of(THEIRS, 1)]], ids=["once", "twice"])
def test_after_a_lost_answer_somebody_elses_write_is_not_taken_for_ours(
    emulator: RunningEmulator, account: Account, record: Record, write: str, values: list[str]
) -> None:
    """Between a write that was not carried out and the look at it, others may write."""
    emulator.fault("reset", operation="PutParameter")
    between(account, lambda: by_hand(emulator, *values))

    with pytest.raises(Refused) as refusal:
        WRITES[write](record)

    assert SOMEBODY_WROTE == str(refusal.value)


def test_after_a_lost_answer_our_write_above_somebody_elses_does_not_count(
    emulator: RunningEmulator, record: Record, rival: Record
) -> None:
    """It is there, but one version too late."""
    record.claim(OURS)
    rival.overwrite(THEIRS, 1)
    emulator.fault("reset", operation="PutParameter", when="after")

    with pytest.raises(Refused) as refusal:
        record.overwrite(OURS, 1)

    assert SOMEBODY_WROTE == str(refusal.value)


def test_after_a_lost_answer_our_write_is_found_below_somebody_elses(
    emulator: RunningEmulator, account: Account, record: Record, write: str
) -> None:
    """It counted; whoever wrote over it since is met at the next write."""
    emulator.fault("reset", operation="PutParameter", when="after")
    between(account, lambda: by_hand(emulator, record_of(THEIRS, VERSIONS[write])))

    assert Recorded(memory=OURS, version=VERSIONS[write]) == WRITES[write](record)
    with pytest.raises(Refused, match="Another command wrote"):
        record.overwrite(OURS, VERSIONS[write])


def between(account: Account, act: Callable[[], object]) -> None:
    """Let something happen once, before the history is read."""
    events = account.session.ssm(REGION).meta.events

    def happen(**_: object) -> None:
        events.unregister("before-call.ssm.GetParameterHistory", happen)
        act()

    events.register("before-call.ssm.GetParameterHistory", happen)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("access-denied", "Nothing was filed. Allow ssm:GetParameterHistory to this role or user."),
        ("reset", "Nothing was filed. Run the same command again later."),
        ("half-body", "Nothing was filed. Run the same command again later."),
    ],
)
def test_a_lost_write_that_cannot_be_read_again_stops_the_command(
    emulator: RunningEmulator, record: Record, write: str, fault: str, expected: str
) -> None:
    """Nobody knows whether it was written: nothing is filed."""
    emulator.fault("reset", operation="PutParameter", when="after")
    emulator.fault(fault, operation="GetParameterHistory", times=None)

    with pytest.raises(LeaseError) as error:
        WRITES[write](record)

    assert expected == error.value.next_step
    assert f"ssm:GetParameterHistory ({REGION})" in error.value.what


def test_a_record_that_was_deleted_during_a_lost_write_was_not_written(
    emulator: RunningEmulator, account: Account, record: Record
) -> None:
    """A history that is not there has no version of ours."""
    record.claim(THEIRS)
    emulator.fault("reset", operation="PutParameter", when="after")
    between(account, lambda: emulator.delete_parameter(REGION, PARAMETER))

    with pytest.raises(Unreachable, match="was not written"):
        record.overwrite(OURS, 1)


# AWS's no.

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


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            {"kind": "access-denied"},
            (
                r"AWS refused ssm:{operation} \(eu-west-1\): AccessDeniedException: .*\n"
                "Nothing was filed. Allow ssm:{operation} to this role or user."
            ),
        ),
        (
            {"kind": "throttling"},
            (
                r"AWS is throttling ssm:{operation} \(eu-west-1\): this account makes too many calls a second.\n"
                "Nothing was filed. Run the same command again later."
            ),
        ),
        (
            {"kind": "error", "code": "UnrecognizedClientException"},
            (
                r"AWS refused ssm:{operation} \(eu-west-1\): UnrecognizedClientException: .*\n"
                "Nothing was filed. Enable the Region eu-west-1 in the account's settings"
            ),
        ),
    ],
    ids=["denied", "throttled", "not enabled"],
)
def test_what_aws_refuses_is_named(
    damaged: RunningEmulator, record: Record, operation: str, fault: dict[str, Any], expected: str
) -> None:
    """Which call, and so which permission; which Region; and what to do."""
    damaged.fault(**fault, operation=operation, times=None)

    with pytest.raises(LeaseError, match=expected.replace("{operation}", operation)):
        CALLS[operation](record)


def test_a_region_that_is_not_enabled_is_named(emulator: RunningEmulator, record: Record, account: Account) -> None:
    """STS accepts the credentials elsewhere: the account is known, and only this Region's record is out of reach."""
    emulator.change(disabled_regions=(REGION,))

    with pytest.raises(Refused, match=f"Enable the Region {REGION} in the account's settings") as refusal:
        record.read()

    assert refusal.value.what.startswith(f"AWS refused ssm:GetParameter ({REGION}): ")
    assert ("111122223333", None) == (account.id, account.record("us-east-1").read())


@pytest.mark.parametrize("write", WRITES, indirect=True)
def test_writes_that_collide_are_somebody_elses(emulator: RunningEmulator, record: Record, write: str) -> None:
    """AWS refuses one of two that come at the same moment: it was not written, and the other was."""
    emulator.fault("error", operation="PutParameter", code="TooManyUpdates")

    with pytest.raises(Refused) as refusal:
        WRITES[write](record)

    assert SOMEBODY_WROTE == str(refusal.value)


def test_a_write_is_sent_once(emulator: RunningEmulator, record: Record, write: str) -> None:
    """Not even what AWS throttled is sent again: what throttles may stand behind what has written."""
    before = len(emulator.calls("PutParameter"))
    emulator.fault("throttling", operation="PutParameter")

    with pytest.raises(Unreachable):
        WRITES[write](record)

    assert 1 == len(emulator.calls("PutParameter")) - before


@pytest.mark.parametrize("operation", ["GetParameter", "GetParameterHistory"])
def test_a_question_is_asked_again(damaged: RunningEmulator, record: Record, operation: str) -> None:
    """A repeated question changes nothing."""
    damaged.fault("throttling", operation=operation)

    assert Recorded(memory=THEIRS, version=2) == record.read()


@pytest.mark.parametrize("fault", ["half-body", "html"])
@pytest.mark.parametrize("operation", ["GetParameter", "GetParameterHistory"])
def test_half_an_answer_is_no_answer(damaged: RunningEmulator, record: Record, operation: str, fault: str) -> None:
    """It must never read as "no record": the next step would be to claim it."""
    damaged.fault(fault, operation=operation, times=None)

    with pytest.raises(Unreachable):
        record.read()
