"""The policy pack among the examples: its own process, asked over gRPC as the engine asks it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub
from support.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = Path(__file__).parents[1] / "examples" / "policy_pack"
LEASE = "pulumi-python:dynamic/dedicatedip:DedicatedIpLease"
NATIVE = "dedicatedip:index:DedicatedIpLease"
URN = f"urn:pulumi:dev::shop::{LEASE}::eu"
SHRINKS = (
    "Lease eu falls from 3 to 2, which may relinquish addresses for good, and is protected. If that is meant, take "
    "`protect` away in the same change."
)
BARE = (
    "Lease eu is not protected: taking it out of the program relinquishes all its addresses for good. Set "
    "`protect=True`."
)
ALONE = "Lease eu wants one address: mail stops when that one is blocked. AWS advises more than one."


@pytest.fixture(scope="module")
def pack() -> Iterator[AnalyzerStub]:
    """Start the pack; it serves until it is ended."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(PACK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            yield AnalyzerStub(channel)
        process.terminate()


def configure(pack: AnalyzerStub, config: dict[str, Any]) -> None:
    """Configure the pack as the engine does: defaults, and what a configuration file says."""
    rules: dict[str, dict[str, Any]] = {
        "dedicated-ip-monthly-cost": {"usd": 250},
        "dedicated-ip-alone": {},
        "dedicated-ip-relinquishment": {"held": {}},
    }
    levels = {"dedicated-ip-alone": wire.ADVISORY}
    request = wire.ConfigureAnalyzerRequest()
    for name, defaults in rules.items():
        request.policyConfig[name].enforcementLevel = levels.get(name, wire.MANDATORY)
        json_format.ParseDict({**defaults, **config.get(name, {})}, request.policyConfig[name].properties)
    pack.Configure(request)


def said_of(pack: AnalyzerStub, count: int, *, protect: bool, type_: str = LEASE) -> list[str]:
    """Return what is reported of one resource, without the policy's description."""
    options = wire.AnalyzerResourceOptions(protect=protect)
    request = wire.AnalyzeRequest(type=type_, urn=URN, name="eu", options=options)
    request.properties.update({"count": count})
    return [one.message.partition("\n")[2] for one in pack.Analyze(request).diagnostics]


@table(
    "reason, held, declared, expected",
    [
        ("nothing changes", 3, (3, "protected"), []),
        ("more are requested", 3, (4, "protected"), []),
        ("a lower count, and no more", 3, (2, "protected"), [SHRINKS]),
        ("`protect` was lifted on purpose", 3, (2, "bare"), []),
        ("nothing is relinquished, and nothing guards it", 3, (3, "bare"), [BARE]),
        ("all are relinquished on purpose", 3, (0, "bare"), []),
        ("nothing is held that could be relinquished", 0, (0, "bare"), []),
        ("a new lease", None, (3, "protected"), []),
        ("a new lease without protection", None, (3, "bare"), [BARE]),
        ("a new lease that holds nothing", None, (0, "bare"), []),
        ("one address alone", 1, (1, "protected"), [ALONE]),
        ("one is left", 2, (1, "bare"), [ALONE]),
    ],
)
def test_what_is_reported_of_a_lease(
    pack: AnalyzerStub, reason: str, held: int | None, declared: tuple[int, str], expected: list[str]
) -> None:
    """A lease that relinquishes has to have lost its protection; any other has to have it, and more than one address."""
    configure(pack, {"dedicated-ip-relinquishment": {"held": {} if held is None else {URN: held}}})
    count, guard = declared

    assert expected == said_of(pack, count, protect=guard == "protected"), reason


def test_a_lease_of_the_native_plugin_is_a_lease(pack: AnalyzerStub) -> None:
    """It has a type of its own, and the same inputs."""
    configure(pack, {})

    assert [ALONE, BARE] == said_of(pack, 1, protect=False, type_=NATIVE)


def test_other_resources_are_left_alone(pack: AnalyzerStub) -> None:
    """A resource of another type may have a `count` of its own."""
    configure(pack, {})

    assert [] == said_of(pack, 1, protect=False, type_="aws:ec2/fleet:Fleet")


def test_one_address_alone_is_advice_and_the_rest_is_a_must(pack: AnalyzerStub) -> None:
    """A configuration may change that."""
    levels = {one.name: one.enforcementLevel for one in pack.GetAnalyzerInfo(Empty()).policies}

    assert {
        "dedicated-ip-monthly-cost": wire.MANDATORY,
        "dedicated-ip-alone": wire.ADVISORY,
        "dedicated-ip-relinquishment": wire.MANDATORY,
    } == levels


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([10], []),
        ([11], ["11 dedicated IP addresses cost USD 274.45 a month; the cap is USD 250.00."]),
        ([6, 5], ["11 dedicated IP addresses cost USD 274.45 a month; the cap is USD 250.00."]),
        ([], []),
    ],
)
def test_all_leases_of_a_stack_count_for_its_cost(pack: AnalyzerStub, counts: list[int], expected: list[str]) -> None:
    """By default a stack may cost USD 250 a month."""
    configure(pack, {})
    request = wire.AnalyzeStackRequest(
        resources=[wire.AnalyzerResource(type=LEASE, urn=f"{URN}{number}") for number, _ in enumerate(counts)]
    )
    for resource, count in zip(request.resources, counts, strict=True):
        resource.properties.update({"count": count})

    assert expected == [one.message.partition("\n")[2] for one in pack.AnalyzeStack(request).diagnostics]


def test_held_adds_what_the_stack_holds_to_a_configuration(tmp_path: Path) -> None:
    """A resource that is on its way out, or has no outputs yet, holds nothing that is known."""
    resources = [
        {"urn": URN, "type": LEASE, "outputs": {"count": 3}},
        {"urn": f"{URN}-pending", "type": LEASE},
        {"urn": "native", "type": NATIVE, "outputs": {"count": 2}},
        {"urn": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "type": "pulumi:pulumi:Stack"},
    ]
    mine = tmp_path / "policies.json"
    mine.write_text(json.dumps({"dedicated-ip-monthly-cost": {"usd": 1000}}))

    written = [
        subprocess.run(
            [sys.executable, PACK / "held.py", *arguments],
            input=json.dumps({"deployment": deployment}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for arguments, deployment in (([mine], {"resources": resources}), ([], {}))
    ]

    held = {"dedicated-ip-relinquishment": {"held": {URN: 3, "native": 2}}}
    assert [
        {"dedicated-ip-monthly-cost": {"usd": 1000}, **held},
        {"dedicated-ip-relinquishment": {"held": {}}},
    ] == list(map(json.loads, written))
