"""Two mail streams with a pool each, on the real engine: an address that moves between pools is moved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine import aws_plugin
from engine.stack import asked, executable, lease

if TYPE_CHECKING:
    from pathlib import Path

    from dedicated_ip_provider.emulator import RunningDesk
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
def granted(streams: Stack, desk: RunningDesk) -> Stack:
    """A stack whose four addresses are in their pools: two of orders, two of news."""
    declare(streams, {"orders": 2, "news": 2}, ORDERS, NEWS)
    streams.up()
    desk.grant(desk.cases()[-1].id)
    streams.refresh()
    streams.up()
    assert {"orders": 2, "news": 2} == sizes(desk)
    return streams


def placed(desk: RunningDesk) -> dict[str, str]:
    """Return the pool of each address as SES has it."""
    return {address.ip: address.pool for address in desk.details(REGION)}


def sizes(desk: RunningDesk) -> dict[str, int]:
    """Return how many addresses SES has in each pool."""
    pools = list(placed(desk).values())
    return {pool: pools.count(pool) for pool in pools}


def writes(desk: RunningDesk, before: int) -> list[Any]:
    """Return what was written at AWS since the log had that many entries: which address went where, or the call."""
    return [
        (entry.parameters["Ip"], entry.parameters["DestinationPoolName"])
        if entry.operation == "PutDedicatedIpInPool"
        else entry.operation
        for entry in desk.log[before:]
        if entry.service != "ssm" and not entry.operation.startswith(("Get", "Describe", "List"))
    ]


def test_two_streams_from_the_first_up_to_destroy(granted: Stack, desk: RunningDesk) -> None:
    """One case for both; an address that changes pools is moved, its old assignment first; at the end pools go first."""
    was, before = placed(desk), len(desk.log)
    assert [(REGION, 4)] == asked(desk)
    assert ({pool: [ip for ip in was if was[ip] == pool] for pool in ("orders", "news")},) == granted.shown(
        "pool_addresses"
    )
    assert granted.preview_is_empty()

    declare(granted, {"orders": 3, "news": 1}, ORDERS, NEWS)
    granted.up()

    [moved] = [ip for ip, pool in placed(desk).items() if pool != was[ip]]
    assert [(moved, DEFAULT), (moved, "orders")] == writes(desk, before)
    assert granted.preview_is_empty()
    before = len(desk.log)

    granted.destroy()

    *emptied, first, second, case = writes(desk, before)
    assert sorted((ip, DEFAULT) for ip in was) == sorted(emptied)
    assert ("DeleteDedicatedIpPool", "DeleteDedicatedIpPool", "CreateCase") == (first, second, case)


def test_pools_may_be_renamed_and_taken_away(granted: Stack, desk: RunningDesk) -> None:
    """Whatever name and parents a pool gets, its addresses are in it before their old one is deleted."""
    was, trade = placed(desk), {"orders": "news", "news": "orders"}
    traded = (f'DedicatedIpPool("{pool}", lease=eu, pool="{pool}", pool_name="{trade[pool]}-2")' for pool in trade)
    declare(granted, {"orders": 2, "news": 2}, *traded)
    granted.up()
    assert {ip: f"{trade[pool]}-2" for ip, pool in was.items()} == placed(desk)

    before = len(desk.log)
    inside = 'pulumi.ResourceOptions(parent=pulumi.ComponentResource("shop:mail:Mail", "mail"))'
    declare(granted, {"orders": 4}, f'DedicatedIpPool("all", lease=eu, pool="orders", pool_name="all", opts={inside})')
    granted.up()

    assert {"all": 4} == sizes(desk)
    assert ["DeleteDedicatedIpPool"] * 2 == writes(desk, before)[-2:]


def test_a_lease_that_moves_into_a_fleet_takes_its_pools_along(granted: Stack, desk: RunningDesk) -> None:
    """Its alias holds for the assignments too, and its protection does not: a stream may grow at the other's expense."""
    before = len(desk.log)
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
        assert pools == sizes(desk)

    (one, first), (other, second) = writes(desk, before)
    assert (one, first, second) == (other, DEFAULT, "news")


def test_only_what_is_relinquished_leaves_its_pool(granted: Stack, desk: RunningDesk) -> None:
    """An update that fails empties no pool, with `--continue-on-error` too; one that goes through files the case first."""
    was = placed(desk)
    declare(granted, {"orders": 2, "news": 1}, ORDERS, NEWS, count=3)
    desk.fault("access-denied", operation="PutParameter", times=None)
    said = granted.fails("up", "--yes", "--skip-preview", "--continue-on-error")

    assert "is left as it is" in said
    assert was == placed(desk)

    desk.clear_faults()
    before = len(desk.log)
    granted.up()

    [gone] = [ip for _, addresses in asked(desk) if isinstance(addresses, list) for ip in addresses]
    assert ["CreateCase", (gone, DEFAULT)] == writes(desk, before)
    assert {**was, gone: DEFAULT} == placed(desk)
