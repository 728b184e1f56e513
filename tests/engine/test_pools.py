"""Two mail streams with a pool each, on the real engine: an address that moves between pools is moved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.filed import asked

from engine.stack import lease, with_aws

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
DEFAULT = "ses-default-dedicated-pool"
FROM_PINPOINT = Path(__file__).parents[2] / "docs" / "how-to" / "from-pinpoint.md"
IMPORTS = "from dedicated_ip_provider import DedicatedIpFleet, DedicatedIpPool, FleetRegion"
ORDERS, NEWS = (
    f'DedicatedIpPool("{pool}", lease=eu, pool="{pool}", configuration_set_name="{pool}")'
    for pool in ("orders", "news")
)


@pytest.fixture
def stack(stack: Stack, tmp_path: Path) -> Stack:
    """A stack whose plugin of pulumi-aws is ours."""
    stack.environment = with_aws(stack.environment, tmp_path)
    return stack


def declare(stack: Stack, pools: dict[str, int], *statements: str, count: int = 4, options: str = "") -> None:
    """Write a program with a lease that is divided, and pools."""
    stack.program(IMPORTS, lease(count, f", pools={pools}", options=options), *statements)


@pytest.fixture
def granted(stack: Stack, emulator: RunningEmulator) -> Stack:
    """A stack whose four addresses are in their pools: two of orders, two of news."""
    declare(stack, {"orders": 2, "news": 2}, ORDERS, NEWS)
    stack.up()
    emulator.grant(emulator.cases()[-1].id)
    stack.refresh()
    stack.up()
    assert {"orders": 2, "news": 2} == sizes(emulator)
    return stack


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
    """One case for both; an address that changes pools leaves its old one first; no pool goes before it is empty."""
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

    # An update that fails empties no pool.
    was = placed(emulator)
    declare(granted, {"orders": 2, "news": 1}, ORDERS, NEWS, count=3)
    emulator.fault("access-denied", operation="PutParameter", times=None)
    said = granted.fails("up", "--yes", "--skip-preview", "--continue-on-error")
    assert "is left as it is" in said
    assert was == placed(emulator)

    # One that goes through files the case first, and only what is relinquished leaves its pool.
    emulator.clear_faults()
    before = len(emulator.log)
    granted.up()
    [gone] = [ip for _, addresses in asked(emulator) if isinstance(addresses, list) for ip in addresses]
    assert ["CreateCase", (gone, DEFAULT)] == writes(emulator, before)
    assert {**was, gone: DEFAULT} == placed(emulator)

    before = len(emulator.log)
    granted.destroy()
    *emptied, first, second, case = writes(emulator, before)
    assert sorted((ip, DEFAULT) for ip in was if ip != gone) == sorted(emptied)
    assert ("DeleteDedicatedIpPool", "DeleteDedicatedIpPool", "CreateCase") == (first, second, case)


def in_fleet(stack: Stack, pools: dict[str, int], *statements: str) -> None:
    """Update to a program with the lease in a fleet, protected, and pools."""
    alias = 'pulumi.Alias(name="eu", parent=pulumi.ROOT_STACK_RESOURCE)'
    stack.program(
        IMPORTS,
        f"opts = pulumi.ResourceOptions(protect=True, aliases=[{alias}])",
        f'regions = {{"{REGION}": FleetRegion(count=4, pools={pools}, opts=opts)}}',
        f'eu = DedicatedIpFleet("mail", regions=regions, use_case=shop).leases["{REGION}"]',
        *statements,
    )
    stack.up()


def test_a_lease_moves_into_a_fleet_and_pools_are_renamed_and_taken_away(
    granted: Stack, emulator: RunningEmulator
) -> None:
    """Whatever name and parent a pool gets, its addresses are in it before their old one is deleted.

    A lease's alias holds for the assignments too, and its protection does not: a stream may grow at the other's expense.
    """
    was, trade = placed(emulator), {"orders": "news", "news": "orders"}
    traded = [f'DedicatedIpPool("{pool}", lease=eu, pool="{pool}", pool_name="{trade[pool]}-2")' for pool in trade]
    declare(granted, {"orders": 2, "news": 2}, *traded)
    granted.up()
    assert {ip: f"{trade[pool]}-2" for ip, pool in was.items()} == placed(emulator)

    before = len(emulator.log)
    for pools in ({"orders": 2, "news": 2}, {"orders": 1, "news": 3}):
        in_fleet(granted, pools, *traded)
        assert {f"{trade[pool]}-2": size for pool, size in pools.items()} == sizes(emulator)
    (one, first), (other, second) = writes(emulator, before)
    assert (one, first, second) == (other, DEFAULT, "orders-2")

    before = len(emulator.log)
    inside = 'pulumi.ResourceOptions(parent=pulumi.ComponentResource("shop:mail:Mail", "mail"))'
    one_pool = f'DedicatedIpPool("all", lease=eu, pool="orders", pool_name="all", opts={inside})'
    in_fleet(granted, {"orders": 4}, one_pool)
    assert {"all": 4} == sizes(emulator)
    assert ["DeleteDedicatedIpPool"] * 2 == writes(emulator, before)[-2:]
    assert [(REGION, 4)] == asked(emulator)


def test_what_pinpoint_leased_goes_on_sending(stack: Stack, emulator: RunningEmulator) -> None:
    """The addresses are SES's: they are adopted, active at once and moved to the new pool, and nothing is filed."""
    [declared] = re.findall(r"```python\n(lease = .*?)```", FROM_PINPOINT.read_text(), re.DOTALL)
    addresses = emulator.lease(REGION, 2)
    key, secret = (emulator.environment[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    ses = boto3.Session(key, secret, region_name=REGION).client("sesv2", endpoint_url=emulator.url)
    ses.create_dedicated_ip_pool(PoolName="pinpoint")
    for ip in addresses:
        ses.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName="pinpoint")

    stack.program(
        IMPORTS, declared, 'DedicatedIpPool("orders", lease=lease, pool="orders", configuration_set_name="orders")'
    )
    stack.up()

    assert ("active", list(addresses)) == tuple(stack.outputs("mail")[name] for name in ("status", "addresses"))
    assert dict.fromkeys(addresses, "orders") == placed(emulator)
    assert () == emulator.cases()
