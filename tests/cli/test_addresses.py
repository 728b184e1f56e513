"""`addresses` lists every address with its pool and warm-up, for people, scripts and partners with allow-lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from support.tables import table

from dedicated_ip_provider.cli.addresses import bar_of

if TYPE_CHECKING:
    from pathlib import Path

    from support.stacks import Stack

    from cli.conftest import Run

EU = ("addresses", "--region", "eu-west-1")


@pytest.fixture
def leased(stack: Stack) -> Stack:
    """A lease of three addresses, one of them in a pool, two halfway through their warm-up; a fourth is unmanaged."""
    ses = boto3.client("sesv2", region_name="eu-west-1")
    ses.create_dedicated_ip_pool(PoolName="orders")
    stack.emulator.lease("eu-west-1")
    stack.up(eu={"count": 1})
    stack.emulator.grant("1700000001")
    stack.emulator.advance(days=45)
    stack.refresh()
    stack.up(eu={"count": 3})
    stack.emulator.grant("1700000002")
    stack.emulator.advance(days=18)
    stack.refresh()
    ses.put_dedicated_ip_in_pool(Ip="192.0.2.3", DestinationPoolName="orders")
    return stack


def test_addresses_are_listed_as_a_table(leased: Stack, installed: Run) -> None:
    """By Region and pool, with a bar of the warm-up; addresses of managed pools are SES's own, and left out."""
    leased.emulator.add_managed("eu-west-1", 2)
    before = len(leased.emulator.log)

    assert (
        0,
        """\
ADDRESS    REGION     POOL                        STATE      WARM-UP                             HOLDER
192.0.2.3  eu-west-1  orders                      held       ######.........  40%, 27 days left  shop/prod/eu
192.0.2.1  eu-west-1  ses-default-dedicated-pool  unmanaged  done                                -
192.0.2.2  eu-west-1  ses-default-dedicated-pool  held       done                                shop/prod/eu
192.0.2.4  eu-west-1  ses-default-dedicated-pool  held       ######.........  40%, 27 days left  shop/prod/eu
""",
        "Left out: 2 addresses in managed pools, which SES itself leases and changes.\n",
    ) == installed(*EU)
    asked = {one.operation for one in leased.emulator.log[before:]}
    assert {"GetCallerIdentity", "GetParameter", "DescribeCases", "GetDedicatedIps"} == asked


@table(
    "reason, percentage, expected",
    [
        ("it has begun", 1, "...............   1%, 45 days left"),
        ("half of it", 50, "#######........  50%, 23 days left"),
        ("the last day", 98, "##############.  98%, 1 day left"),
        ("SES has not said done yet", 100, "############### 100%, 0 days left"),
    ],
)
def test_a_warm_up_is_a_bar_of_45_days(reason: str, percentage: int, expected: str) -> None:
    """SES tells a percentage; the days are counted from it."""
    assert expected == bar_of(percentage), reason


@pytest.mark.usefixtures("leased")
def test_addresses_are_listed_as_json_csv_or_plain_text(run: Run) -> None:
    """Of one pool or of all; a pool without an address is a mistake, not an empty list."""
    assert {
        "address": "192.0.2.3",
        "region": "eu-west-1",
        "pool": "orders",
        "state": "held",
        "warmup_percentage": 40,
        "warmed_up": False,
        "holder": "shop/prod/eu",
    } == json.loads(run(*EU, "--json").out)[0]
    assert (
        """\
address,region,pool,state,warmup_percentage,warmed_up,holder
192.0.2.3,eu-west-1,orders,held,40,False,shop/prod/eu
192.0.2.1,eu-west-1,ses-default-dedicated-pool,unmanaged,100,True,
192.0.2.2,eu-west-1,ses-default-dedicated-pool,held,100,True,shop/prod/eu
192.0.2.4,eu-west-1,ses-default-dedicated-pool,held,40,False,shop/prod/eu
"""
        == run(*EU, "--csv").out
    )
    assert "192.0.2.3\n192.0.2.1\n192.0.2.2\n192.0.2.4\n" == run(*EU, "--plain").out
    assert "192.0.2.3\n" == run(*EU, "--plain", "--pool", "orders").out
    refusal = "dedicated-ip: No address is in pool nws.\n`dedicated-ip addresses` shows the pool of each.\n"
    assert (1, "", refusal) == run(*EU, "--plain", "--pool", "nws")


def test_changes_since_an_earlier_list_are_shown(leased: Stack, run: Run, tmp_path: Path) -> None:
    """An address being relinquished counts as removed, so that partners have time."""
    (tmp_path / "before.csv").write_text(run(*EU, "--csv").out)
    since = (*EU, "--since", str(tmp_path / "before.csv"))
    assert (0, "", "Nothing was added or removed.\n") == run(*since)
    leased.emulator.lease("eu-west-1")
    leased.emulator.take_away("eu-west-1", "192.0.2.1")
    leased.up(eu={"count": 2, "relinquish_first": ["192.0.2.2"]})

    assert (
        """\
   ADDRESS    REGION     POOL                        WHY
+  192.0.2.5  eu-west-1  ses-default-dedicated-pool  unmanaged
-  192.0.2.1  -          -                           gone
-  192.0.2.2  eu-west-1  ses-default-dedicated-pool  relinquishing
"""
        == run(*since).out
    )
    assert "+192.0.2.5\n-192.0.2.1\n-192.0.2.2\n" == run(*since, "--plain").out
    assert ["+", "-", "-"] == [one["change"] for one in json.loads(run(*since, "--json").out)]
    assert "-,192.0.2.1,,,gone" == run(*since, "--csv").out.splitlines()[2]
    assert "192.0.2.2\n" in run(*EU, "--plain").out, "it may send until AWS has removed it"


@pytest.mark.usefixtures("leased")
def test_an_address_in_another_pool_is_removed_from_the_list_of_its_old_pool(run: Run, tmp_path: Path) -> None:
    """The earlier list may be in any format, and contain other words."""
    file = tmp_path / "orders.txt"
    file.write_text("# orders, of 2026\n192.0.2.3/32 ok\n1192.0.2.4 999.0.2.4 192.0.2.2\n")
    ses = boto3.client("sesv2", region_name="eu-west-1")
    ses.put_dedicated_ip_in_pool(Ip="192.0.2.4", DestinationPoolName="orders")

    said = run(*EU, "--pool", "orders", "--since", str(file))
    emptied = run(*EU, "--pool", "news", "--since", str(file))

    assert ["+ 192.0.2.4 held", "- 192.0.2.2 in another pool"] == [
        f"{sign} {ip} {' '.join(why)}" for sign, ip, _, _, *why in map(str.split, said.out.splitlines()[1:])
    ]
    assert (0, 3) == (emptied.code, len(emptied.out.splitlines()))


def test_addresses_of_an_ended_lease_are_listed_until_aws_removes_them(leased: Stack, run: Run) -> None:
    """A Region that has none left says so."""
    leased.destroy()
    assert 3 == run(*EU).out.count(" relinquishing ")
    leased.emulator.remove("1700000003")
    leased.emulator.take_away("eu-west-1", "192.0.2.1")

    assert (0, "", "Account 111122223333 has no address there.\n") == run(*EU)
    assert "" == run(*EU, "--csv").out.partition("\n")[2]


def test_the_formats_exclude_each_other(run: Run) -> None:
    """A command prints one of them."""
    refusal = "dedicated-ip: --csv, --plain and --json exclude each other.\nSee `dedicated-ip addresses --help`.\n"
    assert (2, "", refusal) == run("addresses", "--csv", "--plain")
