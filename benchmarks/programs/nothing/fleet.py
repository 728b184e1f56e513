"""A fleet of resources that do nothing, for `examples/organization` without a lease."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from nothing import NothingProvider
from pulumi.dynamic import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping


class DedicatedIpLease(Resource, module="benchmark", name="DedicatedIpLease"):
    """A resource that does nothing, under the name of a lease."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        """Declare the resource."""
        super().__init__(NothingProvider(), name, props, opts)


class DedicatedIpFleet(pulumi.ComponentResource):
    """As many resources that do nothing as a fleet has leases, with their inputs."""

    def __init__(self, resource_name: str, *, regions: Mapping[str, Any], use_case: Any) -> None:  # noqa: ANN401
        """Declare them."""
        super().__init__("benchmark:index:Fleet", resource_name)
        for region, wanted in regions.items():
            inputs = {"region": region, "count": wanted.count, "use_case": use_case, "holder": f"nothing/{region}"}
            DedicatedIpLease(f"{resource_name}-{region}", inputs, pulumi.ResourceOptions(parent=self))
        self.statuses = dict.fromkeys(regions, "active")
        self.leased_count = 0
        self.monthly_cost_usd = 0.0
        self.register_outputs({})
