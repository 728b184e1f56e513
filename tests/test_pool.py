"""Pools: what is declared beside a lease, for every change of the lease, and what a preview can know of it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from support.declared import Declaration, declare
from test_fleet import SHOP

from dedicated_ip_provider import DedicatedIpLease, DedicatedIpPool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POOL = "aws:sesv2/dedicatedIpPool:DedicatedIpPool"
ASSIGNMENT = "aws:sesv2/dedicatedIpAssignment:DedicatedIpAssignment"
CONFIGURATION_SET = "aws:sesv2/configurationSet:ConfigurationSet"
A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def pool(**others: Any) -> Callable[[], DedicatedIpPool]:
    """Return a program with a lease in Ireland and a pool of all its addresses."""
    return lambda: DedicatedIpPool("shop", lease=eu(), **others)


def streams(*names: str, **others: Any) -> Callable[[], None]:
    """Return a program with a lease that is divided, and a pool for each of these streams."""

    def program() -> None:
        lease = eu(pools={"orders": 1, "news": 1})
        for name in names:
            DedicatedIpPool(name, lease=lease, pool=name, **others)

    return program


def eu(**others: Any) -> DedicatedIpLease:
    """Declare the lease."""
    return DedicatedIpLease("eu", **{"region": "eu-west-1", "count": 2, "use_case": SHOP, **others})


def holding(*addresses: str, **others: Any) -> dict[str, dict[str, Any]]:
    """Return the outputs of the lease."""
    return {"eu": {"addresses": list(addresses), **others}}


def divided(**pools: list[str]) -> dict[str, dict[str, Any]]:
    """Return the outputs of a lease whose pools have these addresses."""
    return {"eu": {"addresses": sorted(ip for ips in pools.values() for ip in ips), "pool_addresses": pools}}


def assigned(declaration: Declaration) -> dict[str, tuple[str, str]]:
    """Return the assignments by name: which address, to which pool."""
    return {
        name: (one.inputs["ip"], one.inputs["destinationPoolName"]) for name, one in declaration.of(ASSIGNMENT).items()
    }


# The whole lease.


TABLE: list[tuple[str, dict[str, dict[str, Any]], list[str]]] = [
    ("a new lease holds nothing yet", holding(status="requested"), []),
    ("AWS has granted all", holding(A, B, status="active"), [A, B]),
    ("AWS has granted a part", holding(A, status="short"), [A]),
    ("one more has come", holding(A, B, C, status="active"), [A, B, C]),
    ("an address that is relinquished leaves", holding(B, relinquishing=[A], status="relinquishing"), [B]),
    ("all are relinquished", holding(relinquishing=[A, B], status="relinquishing"), []),
    ("the lease is divided, and the pool takes all the same", divided(orders=[A], news=[B]), [A, B]),
]


@pytest.mark.parametrize(("reason", "answers", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_without_a_name_the_pool_has_what_the_lease_holds(
    reason: str, answers: dict[str, Any], expected: list[str]
) -> None:
    """One assignment for each address that the lease holds and keeps; SES's pool has the component's name."""
    declaration = declare(pool(), answers)

    assert {f"eu-{ip}": (ip, "shop") for ip in expected} == assigned(declaration), reason
    assert expected == declaration.outputs["shop"]["addresses"]


# One of its pools.


def test_each_stream_has_the_addresses_of_its_pool() -> None:
    """SES's pool has the name of the lease's, whose addresses are in it."""
    answers = divided(orders=[A], news=[B, C])
    declaration = declare(streams("orders", "news", configuration_set_name="by-stream"), answers)

    assert {f"eu-{A}": (A, "orders"), f"eu-{B}": (B, "news"), f"eu-{C}": (C, "news")} == assigned(declaration)
    for name, addresses in (("orders", [A]), ("news", [B, C])):
        assert name == declaration.of(POOL)[name].inputs["poolName"]
        assert addresses == declaration.outputs[name]["addresses"]
        assert name == declaration.of(CONFIGURATION_SET)[name].inputs["deliveryOptions"]["sendingPoolName"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "a user's mocks answer with the inputs"),
        ({"eu": {"pool_addresses": {}}}, "nothing is divided yet"),
        (divided(orders=[], news=[A]), "nothing is left for it"),
    ],
)
def test_a_pool_may_be_empty(answers: dict[str, Any], reason: str) -> None:
    """It is there all the same, so that mail can name it."""
    declaration = declare(streams("orders"), answers)

    assert ({}, ["orders"], []) == (
        assigned(declaration),
        list(declaration.of(POOL)),
        declaration.outputs["orders"]["addresses"],
    ), reason


def test_an_address_that_changes_pools_keeps_its_assignment() -> None:
    """It is the same resource of the stack, a child of the lease: so Pulumi replaces it, the old one first.

    Deleting an assignment puts the address into SES's default pool. Of two assignments the old one would be deleted
    last, and take the address out of its new pool.
    """
    before = declare(streams("orders", "news"), divided(orders=[A], news=[B])).of(ASSIGNMENT)
    after = declare(streams("orders", "news"), divided(orders=[A, B], news=[])).of(ASSIGNMENT)

    assert before[f"eu-{A}"] == after[f"eu-{A}"]
    moved = after[f"eu-{B}"]
    assert (before[f"eu-{B}"].urn, "eu", True) == (moved.urn, moved.parent, moved.delete_before_replace)
    assert "orders" == moved.inputs["destinationPoolName"]
    assert {"orders", "eu"} <= moved.waits_for


def test_an_assignment_is_the_same_wherever_its_pool_is_declared() -> None:
    """The pool's name and parents are not in its URN."""

    def inside() -> None:
        mail = pulumi.ComponentResource("shop:mail:Mail", "mail")
        DedicatedIpPool("all", lease=eu(pools={"orders": 1}), pool="orders", opts=pulumi.ResourceOptions(parent=mail))

    alone, nested = declare(pool(), holding(A)), declare(inside, divided(orders=[A]))

    assert [one.urn for one in alone.of(ASSIGNMENT).values()] == [one.urn for one in nested.of(ASSIGNMENT).values()]


@pytest.mark.parametrize("protected", [False, True])
def test_what_holds_for_the_lease_does_not_hold_for_its_assignments(protected: bool) -> None:  # noqa: FBT001 - a table
    """An address may move between pools although the lease is protected or retained; the pool's own word counts."""
    keep = pulumi.ResourceOptions(protect=True, retain_on_delete=True)

    def program() -> None:
        DedicatedIpPool("shop", lease=eu(opts=keep), opts=pulumi.ResourceOptions(protect=protected))

    [assignment] = declare(program, holding(A)).of(ASSIGNMENT).values()

    assert (protected, False) == (assignment.protect, assignment.retain_on_delete)


def test_all_is_made_with_one_provider() -> None:
    """The pool's own; else that of the lease's parents, so that both lead to the same account."""

    def program() -> None:
        mine, others = (pulumi.ProviderResource("aws", name, {}) for name in ("mine", "others"))
        inside = pulumi.ResourceOptions(
            parent=pulumi.ComponentResource("shop:mail:Mail", "mail", opts=pulumi.ResourceOptions(providers=[others]))
        )
        DedicatedIpPool("first", lease=eu(opts=inside), opts=pulumi.ResourceOptions(providers=[mine]))
        other = DedicatedIpLease("us", region="us-east-1", count=1, use_case=SHOP, opts=inside)
        DedicatedIpPool("second", lease=other, configuration_set_name="second")

    answers = {"eu": {"addresses": [A]}, "us": {"addresses": [B]}}
    made = [one for one in declare(program, answers).resources if one.type.startswith("aws:")]

    assert {("first", "mine"), (f"eu-{A}", "mine"), ("second", "others"), (f"us-{B}", "others")} == {
        (one.name, one.provider) for one in made
    }


# What is refused.


@pytest.mark.parametrize(
    ("first", "second", "takes"),
    [
        (None, None, "all of it"),
        (None, "news", "all of it"),
        ("orders", None, "its pool 'orders'"),
        ("orders", "orders", "its pool 'orders'"),
    ],
)
def test_an_address_has_one_pool(first: str | None, second: str | None, takes: str) -> None:
    """Two components for the same addresses would take them away from each other: the program says so."""

    def program() -> None:
        lease = eu(pools={"orders": 1, "news": 1})
        DedicatedIpPool("one", lease=lease, pool=first)
        DedicatedIpPool("two", lease=lease, pool=second)

    with pytest.raises(pulumi.RunError) as refusal:
        declare(program)

    assert (
        f"DedicatedIpPool 'two' and 'one' want the same addresses of lease 'eu': 'one' uses {takes}. An address has one "
        "pool: divide the lease with its `pools`, and give each DedicatedIpPool one of them as `pool`."
    ) == str(refusal.value)


def test_leases_are_told_apart() -> None:
    """What another lease, or the same program run anew in one process, declares does not matter."""

    def program() -> None:
        DedicatedIpPool("eu", lease=eu())
        DedicatedIpPool("us", lease=DedicatedIpLease("us", region="us-east-1", count=2, use_case=SHOP))

    assert declare(program).names() == declare(program).names()


@pytest.mark.parametrize(("pools", "said"), [({"orders": 1, "news": 1}, "news, orders"), ({}, "empty")])
@pytest.mark.parametrize("preview", [False, True])
def test_a_pool_that_the_lease_does_not_have_is_refused(pools: dict[str, int], said: str, preview: bool) -> None:  # noqa: FBT001 - a table
    """A misspelt name would be a pool that stays empty."""

    def program() -> None:
        DedicatedIpPool("shop", lease=eu(pools=pools), pool="ordres")

    with pytest.raises(pulumi.RunError) as refusal:
        declare(program, {"eu": {"pools": pools, "pool_addresses": {}}}, preview=preview)

    assert f"DedicatedIpPool 'shop': lease 'eu' has no pool 'ordres'; its `pools` are {said}." == str(refusal.value)


def test_a_lease_of_another_stack_may_be_read() -> None:
    """It does not say how it was divided, only which pools have which addresses."""

    def program() -> None:
        lease = DedicatedIpLease.get("eu", "111122223333/eu-west-1")
        DedicatedIpPool("orders", lease=lease, pool="orders")

    answers = {"eu": {"region": "eu-west-1", **divided(orders=[A])["eu"]}}
    assert {f"eu-{A}": (A, "orders")} == assigned(declare(program, answers))


# Beside and around.


def test_a_change_of_order_changes_nothing() -> None:
    """An assignment is found by its address, wherever in the list that is."""
    assert declare(pool(), holding(A, B)).of(ASSIGNMENT) == declare(pool(), holding(B, A)).of(ASSIGNMENT)


def test_all_is_made_in_the_region_of_the_lease_and_in_order() -> None:
    """Whatever Region the stack has. The lease comes first, so a destroy removes it last; then the pool."""
    declaration = declare(pool(configuration_set_name="orders"), holding(A))

    made = [one for one in declaration.resources if one.type.startswith("aws:")]
    assert ["eu-west-1"] * 3 == [one.inputs["region"] for one in made]
    assert ["shop", "shop", "eu"] == sorted((one.parent for one in made), reverse=True)
    assert all("eu" in one.waits_for for one in made)
    names = declaration.names()
    assert names.index("DedicatedIpPool shop") < names.index("DedicatedIpAssignment eu-192.0.2.1")
    assert "shop" in declaration.of(ASSIGNMENT)["eu-192.0.2.1"].waits_for
    assert "shop" in declaration.of(CONFIGURATION_SET)["shop"].waits_for


def test_a_configuration_set_sends_through_the_pool() -> None:
    """It is made where it is asked for, and only there."""
    without = declare(pool(), holding(A))
    declaration = declare(
        pool(pool_name="orders-pool", configuration_set_name="orders", tags={"team": "shop"}), holding(A)
    )

    assert {} == without.of(CONFIGURATION_SET)
    assert without.outputs["shop"].get("configuration_set_name") is None
    assert {
        "configurationSetName": "orders",
        "deliveryOptions": {"sendingPoolName": "orders-pool"},
        "region": "eu-west-1",
        "tags": {"team": "shop"},
    } == declaration.of(CONFIGURATION_SET)["shop"].inputs
    assert {"poolName": "orders-pool", "region": "eu-west-1", "tags": {"team": "shop"}} == (
        declaration.of(POOL)["shop"].inputs
    )
    assert {"pool_name": "orders-pool", "addresses": [A], "configuration_set_name": "orders"} == (
        declaration.outputs["shop"]
    )


def test_a_preview_shows_what_is_known() -> None:
    """All addresses of a lease that stays; of a new lease the pool alone, as AWS has yet to grant any."""
    stays = declare(pool(), holding(A, B), preview=True)
    new = declare(pool(configuration_set_name="orders"), new=("eu",), preview=True)

    assert ({f"eu-{ip}": (ip, "shop") for ip in (A, B)}, []) == (assigned(stays), stays.lines)
    assert ({}, ["shop"], ["shop"]) == (assigned(new), list(new.of(POOL)), list(new.of(CONFIGURATION_SET)))
    assert [] == new.lines


@pytest.mark.parametrize(("name", "program"), [("shop", pool()), ("orders", streams("orders"))])
def test_a_preview_of_a_lease_that_changes_explains_itself(name: str, program: Callable[[], object]) -> None:
    """Pulumi shows as deleted what is not declared; people read that it is only not known yet."""
    declaration = declare(program, preview=True)

    assert {} == assigned(declaration)
    explanation = (
        f"info {name}: The lease changes, and the addresses of this pool are known only after its update. This preview "
        "shows all assignments as deleted; `pulumi up` deletes only those of addresses that are relinquished, and "
        "replaces those of addresses that change pools."
    )
    assert [explanation] == declaration.lines


def test_a_failed_update_of_the_lease_does_not_empty_the_pool() -> None:
    """With `--continue-on-error` the program goes on without the addresses: it must fail, or all of them would go."""
    with pytest.raises(pulumi.RunError) as refusal:
        declare(pool(), holding(A, B), failed=("eu",))

    assert (
        "DedicatedIpPool 'shop' is left as it is: its lease could not be updated, so what the lease holds is not known."
    ) == str(refusal.value)


@pytest.mark.parametrize("name", ["DedicatedIpPool", "DedicatedIpNotifications"])
def test_without_its_extra_a_component_says_what_to_install(name: str) -> None:
    """The package works without pulumi-aws; only these two need it, and say so in a sentence."""
    program = (
        "import sys; sys.modules['pulumi_aws'] = None\n"
        "from dedicated_ip_provider import *\n"
        "print(DedicatedIpFleet.__name__, DedicatedIpLease.__name__)\n"
        f"from dedicated_ip_provider import {name}"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert "DedicatedIpFleet DedicatedIpLease" == said.stdout.strip()
    assert (
        f"ModuleNotFoundError: {name} needs pulumi-aws, which is not installed: "
        "pip install 'dedicated-ip-provider[aws]'"
    ) == said.stderr.strip().splitlines()[-1]


def test_a_broken_extra_is_not_called_missing(tmp_path: Path) -> None:
    """Where pulumi-aws is there but lacks something of its own, Python's own words say what."""
    (tmp_path / "pulumi_aws.py").write_text("import what_it_lacks\n")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from dedicated_ip_provider import DedicatedIpPool"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert "ModuleNotFoundError: No module named 'what_it_lacks'" == said.stderr.strip().splitlines()[-1]


def test_the_type_of_a_pool_never_changes() -> None:
    """The states of stacks name it."""
    assert "dedicatedip:index:DedicatedIpPool" in {one.type for one in declare(pool(), holding()).resources}
