"""Two mail streams with a pool each, on the real engine: an address that moves between pools is moved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.filed import asked

from engine import aws_plugin
from engine.stack import executable, lease

if TYPE_CHECKING:
    from pathlib import Path

    from dedicated_ip_provider.emulator import RunningEmulator
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
DEFAULT = "ses-default-dedicated-pool"
IMPORTS = "from dedicated_ip_provider import DedicatedIpFleet, DedicatedIpPool, FleetRegion"
ORDERS, NEWS = (
    f'DedicatedIpPool("{pool}", lease=eu, pool="{pool}", configuration_set_name="{pool}")'
    for pool in ("orders", "news")
)


@pytest.fixture
def streams(stack: Stack, tmp_path: Path) -> Stack:
    """A stack whose plugin for pulumi-aws is ours."""
    plugin = executable(
        tmp_path / "plugins" / "pulumi-resource-aws", f'exec "{sys.executable}" "{aws_plugin.__file__}"'
    )
    stack.environment = {**stack.environment, "PATH": f"{plugin.parent}:{stack.environment['PATH']}"}
    return stack


def declare(stack: Stack, pools: dict[str, int], *statements: str, count: int = 4, options: str = "") -> None:
    """Write a program with a lease that is divided, and pools."""
    stack.program(IMPORTS, lease(count, f", pools={pools}", options=options), *statements)


@pytest.fixture
def granted(streams: Stack, emulator: RunningEmulator) -> Stack:
    """A stack whose four addresses are in their pools: two of orders, two of news."""
    declare(streams, {"orders": 2, "news": 2}, ORDERS, NEWS)
    streams.up()
    emulator.grant(emulator.cases()[-1].id)
    streams.refresh()
    streams.up()
    assert {"orders": 2, "news": 2} == sizes(emulator)
    return streams


def placed(emulator: RunningEmulator) -> dict[str, str]:
    """Return the pool of each address as SES has it."""
    return {address.ip: address.pool for address in emulator.details(REGION)}


def sizes(emulator: RunningEmulator) -> dict[str, int]:
    """Return how many addresses SES has in each pool."""
    pools = list(placed(emulator).values())
    return {pool: pools.count(pool) for pool in pools}


def writes(emulator: RunningEmulator, before: int) -> list[Any]:
    """Return what was written at AWS since the log had that many entries: which address went where, or the call."""
    return [
        (entry.parameters["Ip"], entry.parameters["DestinationPoolName"])
        if entry.operation == "PutDedicatedIpInPool"
        else entry.operation
        for entry in emulator.log[before:]
        if entry.service != "ssm" and not entry.operation.startswith(("Get", "Describe", "List"))
    ]


def test_two_streams_from_the_first_up_to_destroy(granted: Stack, emulator: RunningEmulator) -> None:
    """One case for both; an address that changes pools is moved, its old assignment first; at the end pools go first."""
    was, before = placed(emulator), len(emulator.log)
    assert [(REGION, 4)] == asked(emulator)
    assert ({pool: [ip for ip in was if was[ip] == pool] for pool in ("orders", "news")},) == granted.shown(
        "pool_addresses"
    )
    assert granted.preview_is_empty()

    declare(granted, {"orders": 3, "news": 1}, ORDERS, NEWS)
    granted.up()

    [moved] = [ip for ip, pool in placed(emulator).items() if pool != was[ip]]
    assert [(moved, DEFAULT), (moved, "orders")] == writes(emulator, before)
    assert granted.preview_is_empty()
    before = len(emulator.log)

    granted.destroy()

    *emptied, first, second, case = writes(emulator, before)
    assert sorted((ip, DEFAULT) for ip in was) == sorted(emptied)
    assert ("DeleteDedicatedIpPool", "DeleteDedicatedIpPool", "CreateCase") == (first, second, case)


def test_pools_may_be_renamed_and_taken_away(granted: Stack, emulator: RunningEmulator) -> None:
    """Whatever name and parents a pool gets, its addresses are in it before their old one is deleted."""
    was, trade = placed(emulator), {"orders": "news", "news": "orders"}
    traded = (f'DedicatedIpPool("{pool}", lease=eu, pool="{pool}", pool_name="{trade[pool]}-2")' for pool in trade)
    declare(granted, {"orders": 2, "news": 2}, *traded)
    granted.up()
    assert {ip: f"{trade[pool]}-2" for ip, pool in was.items()} == placed(emulator)

    before = len(emulator.log)
    inside = 'pulumi.ResourceOptions(parent=pulumi.ComponentResource("shop:mail:Mail", "mail"))'
    declare(granted, {"orders": 4}, f'DedicatedIpPool("all", lease=eu, pool="orders", pool_name="all", opts={inside})')
    granted.up()

    assert {"all": 4} == sizes(emulator)
    assert ["DeleteDedicatedIpPool"] * 2 == writes(emulator, before)[-2:]


def test_a_lease_that_moves_into_a_fleet_takes_its_pools_along(granted: Stack, emulator: RunningEmulator) -> None:
    """Its alias holds for the assignments too, and its protection does not: a stream may grow at the other's expense."""
    before = len(emulator.log)
    alias = 'pulumi.Alias(name="eu", parent=pulumi.ROOT_STACK_RESOURCE)'
    for pools in ({"orders": 2, "news": 2}, {"orders": 1, "news": 3}):
        granted.program(
            IMPORTS,
            f"opts = pulumi.ResourceOptions(protect=True, aliases=[{alias}])",
            f'fleet = DedicatedIpFleet("mail", regions={{"{REGION}": FleetRegion(count=4, pools={pools}, opts=opts)}}, use_case=shop)',
            f'eu = fleet.leases["{REGION}"]',
            ORDERS,
            NEWS,
        )
        granted.up()
        assert pools == sizes(emulator)

    (one, first), (other, second) = writes(emulator, before)
    assert (one, first, second) == (other, DEFAULT, "news")


def test_only_what_is_relinquished_leaves_its_pool(granted: Stack, emulator: RunningEmulator) -> None:
    """An update that fails empties no pool, with `--continue-on-error` too; one that goes through files the case first."""
    was = placed(emulator)
    declare(granted, {"orders": 2, "news": 1}, ORDERS, NEWS, count=3)
    emulator.fault("access-denied", operation="PutParameter", times=None)
    said = granted.fails("up", "--yes", "--skip-preview", "--continue-on-error")

    assert "is left as it is" in said
    assert was == placed(emulator)

    emulator.clear_faults()
    before = len(emulator.log)
    granted.up()

    [gone] = [ip for _, addresses in asked(emulator) if isinstance(addresses, list) for ip in addresses]
    assert ["CreateCase", (gone, DEFAULT)] == writes(emulator, before)
    assert {**was, gone: DEFAULT} == placed(emulator)
