"""A pool: what is declared beside a lease, for every change of the lease, and what a preview can know of it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from declared import Declaration, declare
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
    """Give a program with a lease in Ireland and its pool."""

    def program() -> DedicatedIpPool:
        lease = DedicatedIpLease("eu", region="eu-west-1", count=2, use_case=SHOP)
        return DedicatedIpPool("shop", lease=lease, **others)

    return program


def holding(*addresses: str, **others: Any) -> dict[str, dict[str, Any]]:
    """Give the outputs of the lease."""
    return {"eu": {"addresses": list(addresses), **others}}


def assigned(declaration: Declaration) -> dict[str, tuple[str, str]]:
    """Give the assignments by name: which address, to which pool."""
    return {
        name: (one.inputs["ip"], one.inputs["destinationPoolName"]) for name, one in declaration.of(ASSIGNMENT).items()
    }


TABLE: list[tuple[str, dict[str, dict[str, Any]], list[str]]] = [
    ("a new lease holds nothing yet", holding(status="requested"), []),
    ("AWS has granted all", holding(A, B, status="active"), [A, B]),
    ("AWS has granted a part", holding(A, status="short"), [A]),
    ("one more has come", holding(A, B, C, status="active"), [A, B, C]),
    ("an address that is given back leaves", holding(B, relinquishing=[A], status="relinquishing"), [B]),
    ("all are given back", holding(relinquishing=[A, B], status="relinquishing"), []),
]


@pytest.mark.parametrize(("reason", "answers", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_pool_has_what_the_lease_holds(reason: str, answers: dict[str, Any], expected: list[str]) -> None:
    """One assignment for each address that the lease holds and keeps; its name has the address in it."""
    declaration = declare(pool(), answers)

    assert {f"shop-{ip}": (ip, "shop") for ip in expected} == assigned(declaration), reason
    assert expected == declaration.outputs["shop"]["addresses"]


def test_a_change_of_order_changes_nothing() -> None:
    """An assignment is found by its address, wherever in the list that is."""
    assert declare(pool(), holding(A, B)).of(ASSIGNMENT) == declare(pool(), holding(B, A)).of(ASSIGNMENT)


def test_all_is_made_in_the_region_of_the_lease_after_the_lease() -> None:
    """Whatever Region the stack has, the pool is where the addresses are. On destroy, it goes before the lease."""
    declaration = declare(pool(configuration_set_name="orders"), holding(A))

    made = [one for one in declaration.resources if one.type.startswith("aws:")]
    assert ["eu-west-1"] * 3 == [one.inputs["region"] for one in made]
    assert ["shop"] * 3 == [one.parent for one in made]
    assert all("eu" in one.waits_for for one in made)


def test_the_pool_is_there_before_anything_is_put_into_it() -> None:
    """An assignment and a configuration set wait for the pool."""
    declaration = declare(pool(configuration_set_name="orders"), holding(A))

    names = declaration.names()
    assert names.index("DedicatedIpPool shop") < names.index("DedicatedIpAssignment shop-192.0.2.1")
    assert "shop" in declaration.of(ASSIGNMENT)["shop-192.0.2.1"].waits_for
    assert "shop" in declaration.of(CONFIGURATION_SET)["shop"].waits_for


def test_an_assignment_goes_before_its_replacement_comes() -> None:
    """Deleting an assignment moves the address to SES's default pool: after the new one, it would undo it."""
    assert declare(pool(), holding(A)).of(ASSIGNMENT)["shop-192.0.2.1"].delete_before_replace


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


def test_a_preview_shows_what_a_lease_that_stays_holds() -> None:
    """The addresses are known, so the preview is whole and has nothing to explain."""
    declaration = declare(pool(), holding(A, B), preview=True)

    assert {f"shop-{ip}": (ip, "shop") for ip in (A, B)} == assigned(declaration)
    assert [] == declaration.lines


def test_a_preview_of_a_new_lease_shows_the_pool_alone() -> None:
    """What AWS will grant is not known, and nothing is there that could be shown as deleted."""
    declaration = declare(pool(configuration_set_name="orders"), new=("eu",), preview=True)

    assert ({}, ["shop"], ["shop"]) == (
        assigned(declaration),
        list(declaration.of(POOL)),
        list(declaration.of(CONFIGURATION_SET)),
    )
    assert [] == declaration.lines


def test_a_preview_of_a_lease_that_changes_explains_itself() -> None:
    """Pulumi shows as deleted what is not declared; people read that it is only not known yet."""
    declaration = declare(pool(), preview=True)

    assert {} == assigned(declaration)
    explanation = (
        "info shop: The lease changes, and only after its update is it known which addresses it holds. This preview "
        "shows all assignments as deleted; `pulumi up` deletes only those whose address the lease gives back."
    )
    assert [explanation] == declaration.lines


def test_a_failed_update_of_the_lease_does_not_empty_the_pool() -> None:
    """With `--continue-on-error` the program goes on without the addresses: it must fail, or all of them would go."""
    with pytest.raises(pulumi.RunError) as refusal:
        declare(pool(), holding(A, B), failed=("eu",))

    assert (
        "DedicatedIpPool 'shop' is left as it is: its lease could not be updated, so what the lease holds is not known."
    ) == str(refusal.value)


def test_without_its_extra_a_pool_says_what_to_install() -> None:
    """The package works without pulumi-aws; only the pool needs it, and says so in a sentence."""
    program = (
        "import sys; sys.modules['pulumi_aws'] = None\n"
        "from dedicated_ip_provider import *\n"
        "print(DedicatedIpFleet.__name__, DedicatedIpLease.__name__)\n"
        "from dedicated_ip_provider import DedicatedIpPool"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert "DedicatedIpFleet DedicatedIpLease" == said.stdout.strip()
    assert (
        "ModuleNotFoundError: DedicatedIpPool needs pulumi-aws, which is not installed: "
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
