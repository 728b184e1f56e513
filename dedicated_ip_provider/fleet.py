"""One mail set-up in several Regions: a lease in each, from one description."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import pulumi

from dedicated_ip_provider.arguments import FleetRegion
from dedicated_ip_provider.resource import DedicatedIpLease

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dedicated_ip_provider.arguments import FleetRegionDict, UseCase, UseCaseDict

CASES_AN_HOUR: Final = 10
"""How many new cases AWS accepts from one account in an hour (AWS Support API, CreateCase)."""


class DedicatedIpFleet(pulumi.ComponentResource):
    """Leases of dedicated IP addresses in several Regions of one account, from one description.

    Each Region has a `DedicatedIpLease` of its own, named after the fleet and the Region: `mail-eu-west-1`. A Region
    that is removed from the fleet relinquishes its addresses for good; other Regions are not affected.

    AWS accepts ten new cases an hour from an account, and each lease that is created, changes its count or is deleted
    files one. A preview warns if a run needs more. Leases beyond the limit fail and file nothing: run `pulumi up` or
    `pulumi destroy` again an hour later.
    """

    leases: Mapping[str, DedicatedIpLease]
    """The lease of each Region."""
    addresses: pulumi.Output[dict[str, list[str]]]
    """The addresses that are held now, by Region."""
    pool_addresses: pulumi.Output[dict[str, dict[str, list[str]]]]
    """The addresses of each of the leases' `pools`, by Region."""
    statuses: pulumi.Output[dict[str, str]]
    """The status of each Region's lease."""
    count: pulumi.Output[int]
    """How many addresses are wanted in all Regions."""
    leased_count: pulumi.Output[int]
    """How many addresses AWS leases in all Regions now, those being relinquished included."""
    monthly_cost_usd: pulumi.Output[float]
    """What the leased addresses of all Regions cost now, in USD per month."""

    def __init__(  # noqa: PLR0913 - the inputs of a fleet
        self,
        resource_name: str,
        *,
        regions: Mapping[str, pulumi.Input[int] | FleetRegion | FleetRegionDict],
        pools: pulumi.Input[Mapping[str, pulumi.Input[int]] | None] = None,
        use_case: pulumi.Input[UseCase | UseCaseDict | None] = None,
        max_send_rate: pulumi.Input[float | None] = None,
        contact_language: pulumi.Input[str | None] = None,
        cc_email_addresses: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        confirm_relinquish: pulumi.Input[bool | None] = None,
        form: pulumi.Input[str | None] = None,
        filing: pulumi.Input[str | None] = None,
        profile: pulumi.Input[str | None] = None,
        role_arn: pulumi.Input[str | None] = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the fleet. Its arguments apply to every Region that does not override them.

        :param resource_name: the name of the component in the stack; the leases' names begin with it
        :param regions: how many addresses each AWS Region holds, or a `FleetRegion` with more arguments
        :param pools: how many of each Region's addresses each pool has, such as `{"orders": 2, "news": 2}`
        :param use_case: what AWS asks about your mail
        :param max_send_rate: the wanted messages per second in each Region
        :param contact_language: the language in which AWS answers, such as `en` (default) or `ja`
        :param cc_email_addresses: up to 10 e-mail addresses to which AWS also writes
        :param confirm_relinquish: True: when AWS asks you to confirm a relinquishment, the next update confirms it
        :param form: `ses` (default) or `pinpoint-email`
        :param filing: `support-api` (default) or `console`
        :param profile: the AWS profile of all leases, if it differs from the stack's
        :param role_arn: the role to assume for all leases, if it differs from the stack's
        :param opts: Pulumi's resource options; the leases inherit those that children inherit, such as `protect`
        """
        super().__init__("dedicatedip:index:DedicatedIpFleet", resource_name, None, opts)
        shared = {
            "pools": pools,
            "use_case": use_case,
            "max_send_rate": max_send_rate,
            "contact_language": contact_language,
            "cc_email_addresses": cc_email_addresses,
            "confirm_relinquish": confirm_relinquish,
            "form": form,
            "filing": filing,
            "profile": profile,
            "role_arn": role_arn,
        }
        self.leases = {
            region: self._lease(f"{resource_name}-{region}", region, {**shared, **_own(wanted)})
            for region, wanted in regions.items()
        }
        leases = self.leases.values()
        self.addresses = pulumi.Output.all(*(lease.addresses for lease in leases)).apply(self._by_region)
        self.pool_addresses = pulumi.Output.all(*(lease.pool_addresses for lease in leases)).apply(self._by_region)
        self.statuses = pulumi.Output.all(*(lease.status for lease in leases)).apply(self._by_region)
        self.count = pulumi.Output.all(*(lease.count for lease in leases)).apply(sum)
        self.leased_count = pulumi.Output.all(*(lease.leased_count for lease in leases)).apply(sum)
        self.monthly_cost_usd = pulumi.Output.all(*(lease.monthly_cost_usd for lease in leases)).apply(_dollars)
        if pulumi.runtime.is_dry_run():
            pulumi.Output.all(*map(_files_a_case, leases)).apply(self._count_cases)
        self.register_outputs(
            {
                "addresses": self.addresses,
                "pool_addresses": self.pool_addresses,
                "statuses": self.statuses,
                "count": self.count,
                "leased_count": self.leased_count,
                "monthly_cost_usd": self.monthly_cost_usd,
            }
        )

    def _lease(self, name: str, region: str, inputs: dict[str, Any]) -> DedicatedIpLease:
        own = inputs.pop("opts", None)
        opts = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(parent=self))
        return DedicatedIpLease(name, region=region, **inputs, opts=opts)

    def _by_region(self, values: list[Any]) -> dict[str, Any]:
        return dict(zip(self.leases, values, strict=True))

    def _count_cases(self, files: list[bool]) -> None:
        if sum(files) > CASES_AN_HOUR:
            pulumi.log.warn(
                f"{sum(files)} leases of this fleet may file a case each, and AWS accepts {CASES_AN_HOUR} new cases an "
                "hour from an account. Leases beyond that fail and file nothing: run `pulumi up` again an hour later.",
                self,
            )


def _own(wanted: pulumi.Input[int] | FleetRegion | FleetRegionDict) -> dict[str, Any]:
    """Return a Region's own arguments."""
    if isinstance(wanted, FleetRegion):
        said = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
        return {name: value for name, value in said.items() if value is not None}
    if isinstance(wanted, dict):
        return dict(wanted)
    return {"count": wanted}


def _files_a_case(lease: DedicatedIpLease) -> pulumi.Output[bool]:
    """Return, in a preview, whether a lease may file a case: if it does not change, its status is known."""
    changes: pulumi.Output[bool] = lease.status.apply(pulumi.contains_unknowns, run_with_unknowns=True)
    by_hand: pulumi.Output[bool] = lease.filing.apply(_is_console, run_with_unknowns=True)
    return pulumi.Output.all(changes, by_hand).apply(lambda known: known[0] and not known[1])


def _is_console(filing: object) -> bool:
    return isinstance(filing, str) and filing == "console"


def _dollars(costs: Sequence[float]) -> float:
    return round(sum(costs), 2)


__all__ = ["DedicatedIpFleet"]
