"""`import-file` claims the leases of an account for a stack, and writes the file with which Pulumi takes them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.bags import over_the_wire
from support.filed import PARAMETER, REGION, filed, record, steps
from support.stacks import Stack, Stored
from support.tables import table

if TYPE_CHECKING:
    from cli.conftest import Run
    from dedicated_ip_provider.emulator import Emulator, RunningEmulator

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
EU, US = "eu=eu-west-1", "us=us-east-1"
FOR = ("import-file", "--project", "shop", "--stack", "prod")
FILE = Path("import.json")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with no file."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def addresses(emulator: RunningEmulator) -> RunningEmulator:
    """An account that has three addresses in one Region and two in another, and no lease."""
    emulator.lease(REGION, 3)
    emulator.lease("us-east-1", 2)
    return emulator


def written() -> list[dict[str, Any]]:
    """Return the resources of the file."""
    resources: list[dict[str, Any]] = json.loads(FILE.read_text())["resources"]
    return resources


def imported(stack: Stack) -> Stack:
    """Let a stack take in the file, as the engine does: it reads nothing of AWS."""
    for one in written():
        bags = [over_the_wire(one[key]) for key in ("inputs", "outputs")]
        for bag in bags:
            del bag["__provider"]
        stack.stored[one["name"]] = Stored(one["id"], *bags)
    return stack


def puts(emulator: Emulator) -> int:
    """Return how often a record was written."""
    return len(emulator.calls("PutParameter"))


def lose_the_answer(emulator: RunningEmulator) -> None:
    """Let a record be written whose answer is lost, so that nobody can tell whether it was."""
    emulator.fault("reset", operation="PutParameter", when="after")
    emulator.fault("access-denied", operation="GetParameterHistory")


def nonces() -> list[str]:
    """Return the nonce of each lease of the file."""
    return [one["outputs"]["memory"]["holder"]["nonce"] for one in written()]


def test_two_regions_are_claimed_and_written(addresses: RunningEmulator, installed: Run) -> None:
    """The file has both leases under the names of the program, whose lines are printed; nothing is filed."""
    assert (
        0,
        """\
from dedicated_ip_provider import DedicatedIpLease

DedicatedIpLease("eu", region="eu-west-1", count=3)
DedicatedIpLease("us", region="us-east-1", count=2)
""",
        """\
eu (eu-west-1): claimed for shop/prod/eu with 3 dedicated IP addresses (192.0.2.1, 192.0.2.2, 192.0.2.3)
us (us-east-1): claimed for shop/prod/us with 2 dedicated IP addresses (192.0.2.4, 192.0.2.5)
Wrote import.json. Put the lines above into the program, then run `pulumi import --file import.json \
--generate-code=false`.
""",
    ) == installed(*FOR, EU, US)
    type_ = "pulumi-python:dynamic/dedicatedip:DedicatedIpLease"
    assert [(type_, "eu", "111122223333/eu-west-1"), (type_, "us", "111122223333/us-east-1")] == [
        (one["type"], one["name"], one["id"]) for one in written()
    ]
    assert ("shop/prod/eu", []) == (record(addresses)["holder"]["path"], steps(addresses))
    assert addresses.parameter("us-east-1", PARAMETER)


def test_json_says_what_was_claimed(addresses: RunningEmulator, run: Run) -> None:
    """With the lines for the program, and the name of the file."""
    said = json.loads(run(*FOR, EU, "--output", "leases.json", "--json").out)

    assert {
        "file": "leases.json",
        "program": 'from dedicated_ip_provider import DedicatedIpLease\n\nDedicatedIpLease("eu", '
        'region="eu-west-1", count=3)',
        "leases": [
            {
                "name": "eu",
                "holder": "shop/prod/eu",
                "region": "eu-west-1",
                "count": 3,
                "status": "active",
                "addresses": [A, B, C],
                "account_id": "111122223333",
                "record_version": f"eu-west-1/1-{record(addresses)['holder']['nonce']}",
            }
        ],
    } == said


def test_the_lines_for_the_program_have_what_differs_from_the_defaults(emulator: RunningEmulator, run: Run) -> None:
    """Without a support plan, a person files."""
    emulator.change(support_plan=False)
    emulator.lease(REGION)

    assert 'DedicatedIpLease("eu", region="eu-west-1", count=1, filing="console")\n' in run(*FOR, EU).out


# Run again.


def test_run_again_it_continues_with_its_own_claim(addresses: RunningEmulator, run: Run) -> None:
    """The same file is written, and no record."""
    first = run(*FOR, EU, US)
    file, before = FILE.read_text(), puts(addresses)

    assert (first, file, before) == (run(*FOR, EU, US), FILE.read_text(), puts(addresses))


def test_a_claim_whose_answer_was_lost_is_continued(addresses: RunningEmulator, stack: Stack, run: Run) -> None:
    """The file has been written by then, and has the nonce of the claim; it can be imported, or written again."""
    lose_the_answer(addresses)
    lost = run(*FOR, EU)
    drawn = nonces()
    imported(stack).refresh()
    again = run(*FOR, EU)

    assert ([1, 0], 1) == ([lost.code, again.code], puts(addresses))
    assert "Allow ssm:GetParameterHistory" in lost.err
    assert (drawn, drawn) == (nonces(), [record(addresses)["holder"]["nonce"]])
    alone = {"count": 3, "use_case": None}
    assert ("active", []) == (stack["eu"]["status"], stack.changes(eu=alone))
    before = stack.stored["eu"]
    assert before == imported(stack).stored["eu"], "a claim that was confirmed is the same"
    assert "" == stack.up(eu={**alone, "count": 2}).error
    assert [("relinquish", [A])] == [(one.steps[0], sorted(one.named)) for one in filed(addresses)]


def test_what_was_claimed_before_an_error_is_said(addresses: RunningEmulator, run: Run) -> None:
    """The next run claims the rest."""
    addresses.fault("access-denied", operation="PutParameter", skip=1)

    failed = run(*FOR, EU, US)

    assert (1, "") == (failed.code, failed.out)
    assert "\nClaimed before that: eu (eu-west-1). Nothing was filed. Allow ssm:PutParameter" in failed.err
    drawn = nonces()
    assert (0, drawn) == (run(*FOR, EU, US).code, nonces())
    assert {} != addresses.parameters("us-east-1")


def test_without_the_file_consent_is_the_way_on(addresses: RunningEmulator, run: Run) -> None:
    """Whoever lost it is told the version that the claim has."""
    run(*FOR, EU)
    FILE.unlink()

    refused = run(*FOR, EU)

    version = f"eu-west-1/1-{record(addresses)['holder']['nonce']}"
    assert 1 == refused.code
    assert "and shop/prod/eu has held it since" in refused.err
    assert f"or after a run was killed, give `--take-over-from {version}`.\n" in refused.err
    assert not FILE.exists()
    assert 0 == run(*FOR, EU, "--take-over-from", version).code


# Taking over.


@pytest.fixture
def lost(emulator: RunningEmulator, stack: Stack) -> Stack:
    """A stack that has two addresses of three and an open request, and whose state is about to be lost."""
    stack.up(eu={"count": 2})
    emulator.grant("1700000001")
    stack.refresh()
    stack.up(eu={"count": 3, "attempt": 2})
    return stack


def test_consent_takes_a_lost_lease_over_with_its_memory(emulator: RunningEmulator, lost: Stack, run: Run) -> None:
    """Count, attempt and open case are as they were; the former state is superseded, and nothing is filed."""
    ended = run(*FOR, EU, "--take-over-from", lost["eu"]["record_version"])

    assert 'DedicatedIpLease("eu", region="eu-west-1", count=3, attempt=2)\n' in ended.out
    assert ["request", "request"] == steps(emulator)
    stack = imported(type(lost)(emulator))
    assert [] == stack.changes(eu={"count": 3, "attempt": 2, "use_case": None})
    lost.refresh()
    assert "superseded" == lost["eu"]["status"]
    emulator.grant("1700000002")
    stack.refresh()
    assert ("active", [A, B, C]) == (stack["eu"]["status"], stack["eu"]["addresses"])


def test_a_take_over_whose_answer_was_lost_is_continued(emulator: RunningEmulator, lost: Stack, run: Run) -> None:
    """The record has the nonce of the file: the same command goes on, though its consent has been used."""
    consent = ("--take-over-from", lost["eu"]["record_version"])
    lose_the_answer(emulator)

    assert [1, 0] == [run(*FOR, EU, *consent).code, run(*FOR, EU, *consent).code]
    assert nonces() == [record(emulator)["holder"]["nonce"]]


def test_a_consent_to_another_version_is_refused(emulator: RunningEmulator, lost: Stack, run: Run) -> None:
    """The lease has changed since, and the user should see how."""
    stale = lost["eu"]["record_version"]
    lost.up(eu={"count": 5, "attempt": 2})
    before = puts(emulator)

    ended = run(*FOR, EU, "--take-over-from", stale)

    assert f"(--take-over-from names {stale}, but the record has moved on to" in ended.err
    assert (1, before, False) == (ended.code, puts(emulator), FILE.exists())


def test_a_lease_is_taken_over_with_the_pools_that_ses_shows(lost: Stack, run: Run) -> None:
    """The record does not say how the addresses are divided."""
    ses = boto3.client("sesv2", region_name=REGION)
    ses.create_dedicated_ip_pool(PoolName="orders")
    ses.put_dedicated_ip_in_pool(Ip=A, DestinationPoolName="orders")

    ended = run(*FOR, EU, "--take-over-from", lost["eu"]["record_version"])

    assert 'count=3, pools={"orders": 1}, attempt=2)\n' in ended.out


def test_an_unconfirmed_lease_adopts_nothing(emulator: RunningEmulator, stack: Stack, run: Run) -> None:
    """What is new may be owed by the case that may have been filed: the next update finds out."""
    emulator.lease(REGION)
    emulator.change(listing_delay=600)
    emulator.fault("close", operation="CreateCase", when="after")
    stack.up(eu={"count": 2})

    ended = run(*FOR, EU, "--take-over-from", stack["eu"]["record_version"], "--json")

    [lease] = json.loads(ended.out)["leases"]
    assert ("unconfirmed", 2, []) == (lease["status"], lease["count"], lease["addresses"])


def test_a_lease_that_a_person_files_for_is_taken_over_with_its_form(
    emulator: RunningEmulator, stack: Stack, run: Run
) -> None:
    """Its form is an unfinished request, which nobody has filed yet."""
    stack.up(eu={"count": 2, "filing": "console"})

    ended = run(*FOR, EU, "--take-over-from", stack["eu"]["record_version"])

    assert 'DedicatedIpLease("eu", region="eu-west-1", count=2, filing="console")\n' in ended.out
    [lease] = written()
    assert ("to_file", []) == (lease["outputs"]["status"], steps(emulator))
    assert "but `use_case` is not known here" in lease["outputs"]["form_text"]


def test_consent_to_an_empty_claim_adopts_all(addresses: RunningEmulator, stack: Stack, run: Run) -> None:
    """A create that was killed before it did anything left nothing to go on with."""
    kills = iter(range(12))
    while not puts(addresses):
        stack.up({"killed_at": next(kills), "carried_out": True}, eu={"count": 2})
    token = f"eu-west-1/1-{record(addresses)['holder']['nonce']}"

    assert 1 == run(*FOR, EU).code
    assert 'DedicatedIpLease("eu", region="eu-west-1", count=3)\n' in run(*FOR, EU, "--take-over-from", token).out


# Nothing is written.


@pytest.mark.parametrize("operation", ["GetParameter", "GetDedicatedIps", "DescribeCases"])
def test_what_cannot_be_read_claims_nothing(addresses: RunningEmulator, run: Run, operation: str) -> None:
    """All Regions are read before the first is claimed."""
    addresses.fault("access-denied", operation=operation, times=None)

    ended = run(*FOR, EU, US)

    assert (1, 0, False) == (ended.code, puts(addresses), FILE.exists())
    assert "Nothing was filed. Allow" in ended.err


def test_a_region_without_an_address_claims_nothing(emulator: RunningEmulator, run: Run) -> None:
    """Neither there nor in the other Regions."""
    emulator.lease(REGION)

    ended = run(*FOR, EU, US)

    assert (1, 0, False) == (ended.code, puts(emulator), FILE.exists())
    assert (
        "dedicated-ip: us (us-east-1): account 111122223333 has no dedicated IP address in us-east-1 that a lease "
        "could adopt.\nNothing was filed. Leave the Region out; `pulumi up` requests addresses.\n"
    ) == ended.err


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("nowhere/import.json", "nowhere/import.json cannot be written: No such file or directory."),
        ("taken/import.json", "taken/import.json cannot be read: Not a directory."),
    ],
)
def test_a_file_that_cannot_be_written_claims_nothing(
    addresses: RunningEmulator, run: Run, output: str, said: str
) -> None:
    """It is written before the first claim."""
    Path("taken").write_text("")

    ended = run(*FOR, EU, "--output", output)

    assert (9, f"dedicated-ip: {said}\n", 0) == (ended.code, ended.err, puts(addresses))


@table(
    "reason, arguments, said",
    [
        ("a Region without a name", ["eu-west-1"], "'eu-west-1' is not NAME=REGION, such as eu=eu-west-1."),
        ("an empty name", ["=eu-west-1"], "'=eu-west-1' is not NAME=REGION"),
        ("no Region", ["eu=europe"], "'europe' is not the code of an AWS Region"),
        ("one name twice", ["eu=eu-west-1", "eu=us-east-1"], "the name eu is given twice"),
        ("one Region twice", ["eu=eu-west-1", "us=eu-west-1"], "the Region eu-west-1 is given twice"),
        ("a name that is too long", [f"{'x' * 500}=eu-west-1"], "must be a string of 1 to 500 characters on one line."),
        ("consent for another Region", [EU, "--take-over-from", "us-east-1/7-k3f9"], "a Region that is not among"),
        ("consent to no version", [EU, "--take-over-from", "7"], "it must be the version that the refusal names"),
        ("a stack with its organization", [EU, "--stack", "acme/shop/prod"], "'acme/shop/prod' is not a bare name"),
        ("no project", [EU, "--project", ""], "'' is not a bare name"),
    ],
)
def test_a_mistake_on_the_command_line_is_refused(
    addresses: RunningEmulator, run: Run, arguments: list[str], said: str, reason: str
) -> None:
    """AWS is not called."""
    ended = run(*FOR, *arguments)

    assert (2, True, ()) == (ended.code, said in ended.err, addresses.log), reason


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"resources": [{"type": "x"}]}', '{"resources": [{}]}'])
def test_a_file_that_is_not_ours_is_not_overwritten(addresses: RunningEmulator, run: Run, content: str) -> None:
    """Whatever it is, another name is asked for."""
    FILE.write_text(content)

    ended = run(*FOR, EU)

    assert (2, content, 0) == (ended.code, FILE.read_text(), puts(addresses))
    assert "import.json already exists " in ended.err
    assert ": choose another --output." in ended.err


def test_a_file_of_other_leases_is_not_overwritten(addresses: RunningEmulator, run: Run) -> None:
    """Their claims are in it."""
    run(*FOR, EU)
    before = puts(addresses)

    ended = run(*FOR, US)

    assert (2, before) == (ended.code, puts(addresses))
    assert "import.json already exists and also has shop/prod/eu: choose another --output.\n" in ended.err
    assert 0 == run(*FOR, EU, US).code
