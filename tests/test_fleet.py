"""A fleet: one description, a lease in each Region, and what people get to know of all of them."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from support.bags import FORM
from support.declared import LEASE, Declaration, declare

from dedicated_ip_provider import DedicatedIpFleet, FleetRegion, FleetRegionDict
from dedicated_ip_provider.inputs import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

IRELAND, VIRGINIA = "eu-west-1", "us-east-1"
REGIONS = tuple(f"eu-north-{number}" for number in range(1, 12))

SHOP: Any = FORM
NEWS: Any = {**FORM, "mail_type": "MARKETING"}


def fleet(**others: Any) -> Callable[[], DedicatedIpFleet]:
    """Return a program with a fleet in it."""
    regions = {IRELAND: 3, VIRGINIA: 2}
    return lambda: DedicatedIpFleet("mail", **{"regions": regions, "use_case": SHOP, **others})


def active(*addresses: str) -> dict[str, Any]:
    """Return the outputs of a lease that has what it wants."""
    count = len(addresses)
    cost = round(24.95 * count, 2)
    return {
        "addresses": list(addresses),
        "pool_addresses": {"orders": list(addresses)},
        "status": "active",
        "leased_count": count,
        "monthly_cost_usd": cost,
    }


def leases(declaration: Declaration) -> dict[str, dict[str, Any]]:
    """Return the inputs of the leases by name."""
    return {name: lease.inputs for name, lease in declaration.of(LEASE).items()}


THREE = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
FOUR = ["192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9"]
BOTH = {"mail-eu-west-1": active(*THREE), "mail-us-east-1": active(*FOUR)}


def test_every_input_is_a_regions_or_the_fleets() -> None:
    """A new input of a lease is one of a Region too; what is the same everywhere, the fleet may say for all."""
    account = {"profile", "role_arn"}
    given = {*NAMES} - {"holder", "region"} - account
    shared = {*inspect.signature(DedicatedIpFleet).parameters} - {"resource_name", "regions", "opts"}

    assert given | {"opts"} == {field.name for field in fields(FleetRegion)}
    assert given | {"opts"} == {*FleetRegionDict.__annotations__}
    assert account < shared < {*NAMES}


def test_each_region_has_a_lease_called_after_the_fleet_and_the_region() -> None:
    """The leases are children of the fleet, and their names depend on nothing but the fleet and the Region."""
    declaration = declare(fleet(), BOTH)

    declared = declaration.of(LEASE)
    assert {"mail-eu-west-1": "mail", "mail-us-east-1": "mail"} == {name: one.parent for name, one in declared.items()}
    assert {"mail-eu-west-1": (IRELAND, 3), "mail-us-east-1": (VIRGINIA, 2)} == {
        name: (inputs["region"], inputs["count"]) for name, inputs in leases(declaration).items()
    }


def test_the_order_of_the_regions_changes_nothing() -> None:
    """A fleet is a set of Regions: whatever order they come in, the same is declared."""
    there = declare(fleet(regions={IRELAND: 3, VIRGINIA: 2}), BOTH)
    back = declare(fleet(regions={VIRGINIA: 2, IRELAND: 3}), BOTH)

    assert there.of(LEASE) == back.of(LEASE)
    assert there.outputs["mail"] == back.outputs["mail"]


def test_what_a_region_does_not_say_the_fleet_says_for_it() -> None:
    """One use case and one set of wishes for all; a Region that says something itself has its own way."""
    shared: dict[str, Any] = {
        "max_send_rate": 100,
        "cc_email_addresses": ["mail@example.com"],
        "form": "pinpoint-email",
        "filing": "console",
        "confirm_relinquish": True,
        "profile": "mail",
        "role_arn": "arn:aws:iam::111122223333:role/mail",
    }
    own = FleetRegion(count=2, pools={"news": 2}, use_case=NEWS, adopt=["192.0.2.9"], contact_language="ja")
    program = fleet(regions={IRELAND: 3, VIRGINIA: own}, pools={"orders": 3}, contact_language="en", **shared)

    ireland, virginia = leases(declare(program, BOTH)).values()

    assert shared == {key: ireland[key] for key in shared} == {key: virginia[key] for key in shared}
    assert ({"orders": 3}, {"news": 2}) == (ireland["pools"], virginia["pools"])
    assert ("en", "ja") == (ireland["contact_language"], virginia["contact_language"])
    assert ("TRANSACTIONAL", "MARKETING") == (ireland["use_case"]["mail_type"], virginia["use_case"]["mail_type"])
    assert (None, ["192.0.2.9"]) == (ireland.get("adopt"), virginia["adopt"])


def test_a_region_may_be_a_dictionary() -> None:
    """A dictionary says what a `FleetRegion` says."""
    as_dictionary: FleetRegionDict = {"count": 2, "attempt": 3, "relinquish_first": ["192.0.2.9"]}
    as_value = FleetRegion(count=2, attempt=3, relinquish_first=["192.0.2.9"])

    assert leases(declare(fleet(regions={VIRGINIA: as_dictionary}), BOTH)) == leases(
        declare(fleet(regions={VIRGINIA: as_value}), BOTH)
    )


def test_a_count_may_come_from_another_resource() -> None:
    """Whatever Pulumi takes as an input, a fleet takes as a count."""

    def program() -> DedicatedIpFleet:
        return fleet(regions={IRELAND: pulumi.Output.from_input(4)})()

    declaration = declare(program, BOTH)

    assert 4 == leases(declaration)["mail-eu-west-1"]["count"]


def test_a_region_has_resource_options_of_its_own() -> None:
    """One Region may be protected, or take over a lease that stood alone before; its parent is the fleet anyway."""
    options = pulumi.ResourceOptions(protect=True, aliases=[pulumi.Alias(name="ireland")])

    declared = declare(fleet(regions={IRELAND: FleetRegion(count=3, opts=options), VIRGINIA: 2}), BOTH).of(LEASE)

    assert ("mail", True, ("ireland",)) == (
        declared["mail-eu-west-1"].parent,
        declared["mail-eu-west-1"].protect,
        declared["mail-eu-west-1"].aliases,
    )
    assert not declared["mail-us-east-1"].protect


def test_the_fleet_sums_its_leases_up() -> None:
    """Addresses and statuses by Region; counts and cost in total, to the cent."""
    declaration = declare(fleet(), BOTH)

    assert {
        "addresses": {IRELAND: THREE, VIRGINIA: FOUR},
        "pool_addresses": {IRELAND: {"orders": THREE}, VIRGINIA: {"orders": FOUR}},
        "statuses": {IRELAND: "active", VIRGINIA: "active"},
        "count": 5,
        "leased_count": 7,
        "monthly_cost_usd": 174.65,
    } == declaration.outputs["mail"]


def test_a_fleet_of_no_region_is_empty() -> None:
    """A fleet whose Regions come from a configuration may have none."""
    declaration = declare(fleet(regions={}))

    sums = {"count": 0, "leased_count": 0, "monthly_cost_usd": 0}
    assert {"addresses": {}, "pool_addresses": {}, "statuses": {}, **sums} == declaration.outputs["mail"]


def test_a_preview_says_once_when_a_fleet_needs_more_than_an_hour() -> None:
    """AWS takes ten new cases an hour: eleven new leases are more than that."""
    names = tuple(f"mail-{region}" for region in REGIONS)

    declaration = declare(fleet(regions=dict.fromkeys(REGIONS, 2)), new=names, preview=True)

    warning = (
        "warning mail: 11 leases of this fleet may file a case each, and AWS accepts 10 new cases an hour from an "
        "account. Leases beyond that fail and file nothing: run `pulumi up` again an hour later."
    )
    assert [warning] == declaration.lines


@pytest.mark.parametrize(
    ("reason", "others", "stay", "command"),
    [
        ("ten fit into an hour", {"regions": dict.fromkeys(REGIONS[:10], 2)}, (), "preview"),
        ("a lease that stays as it is files nothing", {"regions": dict.fromkeys(REGIONS, 2)}, REGIONS[:1], "preview"),
        ("a person files by hand", {"regions": dict.fromkeys(REGIONS, 2), "filing": "console"}, (), "preview"),
        ("it is said before, not after it has failed", {"regions": dict.fromkeys(REGIONS, 2)}, (), "up"),
    ],
)
def test_it_says_nothing_where_an_hour_is_enough(
    reason: str, others: dict[str, Any], stay: tuple[str, ...], command: str
) -> None:
    """Nothing is said where nothing is to be done."""
    answers = {f"mail-{region}": active("192.0.2.1") for region in stay}

    failed = tuple(f"mail-{region}" for region in REGIONS) if command == "up" else ()
    declaration = declare(fleet(**others), answers, failed=failed, preview=command == "preview")

    assert [] == declaration.lines, reason


def test_the_type_of_a_fleet_never_changes() -> None:
    """The states of stacks name it."""
    assert "dedicatedip:index:DedicatedIpFleet" in {one.type for one in declare(fleet(), BOTH).resources}
