"""Two mail streams with a pool each, on the real engine: an address that moves between pools is moved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine import aws_plugin
from engine.stack import asked, lease

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
    plugin = tmp_path / "plugins" / "pulumi-resource-aws"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{aws_plugin.__file__}"\n')
    plugin.chmod(0o755)
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
    """One case for both streams; one pool and configuration set each; at the end the pools are emptied first."""
    assert [(REGION, 4)] == asked(desk)
    assert granted.shown("pool_addresses") == (
        {pool: [ip for ip, of in placed(desk).items() if of == pool] for pool in ("orders", "news")},
    )
    assert granted.preview_is_empty()
    before = len(desk.log)

    granted.destroy()

    *emptied, first, second, case = writes(desk, before)
    assert {DEFAULT} == {pool for _, pool in emptied}
    assert ("DeleteDedicatedIpPool", "DeleteDedicatedIpPool", "CreateCase") == (first, second, case)


def test_an_address_that_changes_pools_is_moved(granted: Stack, desk: RunningDesk) -> None:
    """Its one assignment is replaced, the old one first: the address ends in its new pool, and nothing is filed."""
    before, was = len(desk.log), placed(desk)
    declare(granted, {"orders": 3, "news": 1}, ORDERS, NEWS)
    granted.up()

    [moved] = [ip for ip, pool in placed(desk).items() if pool != was[ip]]
    assert [(moved, DEFAULT), (moved, "orders")] == writes(desk, before)
    assert {"orders": 3, "news": 1} == sizes(desk)
    assert granted.preview_is_empty()


@pytest.mark.parametrize("nested", [False, True])
def test_a_pool_that_is_taken_away_leaves_its_addresses_to_the_other(
    granted: Stack,
    desk: RunningDesk,
    nested: bool,  # noqa: FBT001 - a table
) -> None:
    """Whatever parents the two have: the addresses are in the other pool before theirs is deleted."""
    inside = 'shop_mail = pulumi.ComponentResource("shop:mail:Mail", "mail")'
    parent = 'DedicatedIpPool("all", lease=eu, pool="orders", pool_name="all", opts=pulumi.ResourceOptions(parent=shop_mail))'
    before = len(desk.log)
    if nested:
        declare(granted, {"orders": 4}, inside, parent)
    else:
        declare(granted, {"orders": 4}, ORDERS)
    granted.up()

    assert {"all" if nested else "orders": 4} == sizes(desk)
    assert "DeleteDedicatedIpPool" == writes(desk, before)[-1]


def test_streams_may_be_swapped(granted: Stack, desk: RunningDesk) -> None:
    """Two components that trade their pools' names trade all addresses, and none is in between in the end."""
    was = placed(desk)
    trade = {"orders": "news", "news": "orders"}
    declare(
        granted,
        {"orders": 2, "news": 2},
        *(f'DedicatedIpPool("{pool}", lease=eu, pool="{pool}", pool_name="{trade[pool]}-2")' for pool in trade),
    )
    granted.up()

    assert {ip: f"{trade[pool]}-2" for ip, pool in was.items()} == placed(desk)


def test_a_lease_that_moves_into_a_fleet_takes_its_pools_along(granted: Stack, desk: RunningDesk) -> None:
    """Its alias holds for the assignments too: no address leaves its pool for a moment."""
    before = len(desk.log)
    granted.program(
        IMPORTS,
        'alone = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="eu", parent=pulumi.ROOT_STACK_RESOURCE)])',
        'region = FleetRegion(count=4, pools={"orders": 2, "news": 2}, opts=alone)',
        f'eu = DedicatedIpFleet("mail", regions={{"{REGION}": region}}, use_case=shop).leases["{REGION}"]',
        ORDERS,
        NEWS,
    )
    granted.up()

    assert [] == writes(desk, before)
    assert {"orders": 2, "news": 2} == sizes(desk)


def test_a_protected_lease_does_not_keep_addresses_from_moving(granted: Stack, desk: RunningDesk) -> None:
    """What must not be destroyed is the lease; a stream may still grow at the other's expense."""
    declare(granted, {"orders": 2, "news": 2}, ORDERS, NEWS, options="protect=True")
    granted.up()
    declare(granted, {"orders": 1, "news": 3}, ORDERS, NEWS, options="protect=True")
    granted.up()

    assert {"orders": 1, "news": 3} == sizes(desk)


def test_an_address_that_is_relinquished_leaves_its_pool(granted: Stack, desk: RunningDesk) -> None:
    """The case is filed first, then the address goes to SES's default pool; the others stay where they are."""
    before, was = len(desk.log), placed(desk)
    declare(granted, {"orders": 2, "news": 1}, ORDERS, NEWS, count=3)
    granted.up()

    [[gone]] = [ips for _, ips in asked(desk) if isinstance(ips, list)]
    assert ["CreateCase", (gone, DEFAULT)] == writes(desk, before)
    assert {**was, gone: DEFAULT} == placed(desk)


def test_a_failed_update_of_the_lease_empties_no_pool(granted: Stack, desk: RunningDesk) -> None:
    """With `--continue-on-error` too, no address leaves its pool because AWS did not answer."""
    declare(granted, {"orders": 3, "news": 2}, ORDERS, NEWS, count=5)
    desk.fault("access-denied", operation="PutParameter", times=9)
    said = granted.fails("up", "--yes", "--skip-preview", "--continue-on-error")

    assert "is left as it is" in said
    assert {"orders": 2, "news": 2} == sizes(desk)
