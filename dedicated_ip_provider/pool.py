"""A pool of the user's that holds what a lease holds: the only module that knows `pulumi-aws`, an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

try:
    from pulumi_aws import sesv2
except ModuleNotFoundError as missing:
    if missing.name != "pulumi_aws":
        raise
    raise ModuleNotFoundError(
        "DedicatedIpPool needs pulumi-aws, which is not installed: pip install 'dedicated-ip-provider[aws]'",
        name=missing.name,
    ) from None

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.resource import DedicatedIpLease


class DedicatedIpPool(pulumi.ComponentResource):
    """A dedicated IP pool of Amazon SES with the addresses that a lease holds, and a way to send through it.

    It is made of an `aws.sesv2.DedicatedIpPool` in the lease's Region, an `aws.sesv2.DedicatedIpAssignment` for each
    address, and, where it is wanted, an `aws.sesv2.ConfigurationSet`. An address has one pool: give a lease one
    pool only.

    What AWS has granted gets into the pool by the `pulumi up` after the `pulumi refresh` that found it.

    An address that is given back leaves the pool in the same `pulumi up`, right after the lease has filed the case:
    which addresses go is decided then, and not before. People at AWS take it away days later, so it never
    leaves while mail is still sent through it. On destroy, and when the lease is replaced, the pool goes first.

    A preview knows the addresses of a lease that stays as it is. Of one that changes, Pulumi knows them only after
    the update, and shows all assignments as deleted; the preview says so, and `pulumi up` deletes only those whose
    address the lease gives back. Where the update fails, the pool stays as it is, with `--continue-on-error` too.

    The pool is made with the `aws` provider of its `opts`, or the stack's: it has to lead to the account that the
    lease is in.
    """

    pool_name: pulumi.Output[str]
    """The name of the pool, as a configuration set takes it."""
    addresses: pulumi.Output[list[str]]
    """The addresses that are in the pool: known once each is there."""
    configuration_set_name: pulumi.Output[str | None]
    """The name of the configuration set that sends through the pool; None without one."""

    def __init__(  # noqa: PLR0913 - the inputs of a pool
        self,
        resource_name: str,
        *,
        lease: DedicatedIpLease,
        pool_name: pulumi.Input[str] | None = None,
        configuration_set_name: pulumi.Input[str] | None = None,
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the pool.

        :param resource_name: the name of the component in the stack
        :param lease: the lease whose addresses the pool holds
        :param pool_name: what AWS calls the pool: lower-case letters, digits, `-` and `_`; by default the name of
            the component. Another one replaces the pool
        :param configuration_set_name: makes a configuration set with this name, which sends through the pool. One
            that needs more than that is better made beside the pool, with its `pool_name`
        :param tags: tags for the pool and the configuration set
        :param opts: Pulumi's resource options; an `aws` provider in `providers` makes all of it
        """
        super().__init__("dedicatedip:index:DedicatedIpPool", resource_name, None, opts)
        self._name = resource_name
        self._lease = lease
        self._pool = sesv2.DedicatedIpPool(
            resource_name,
            pool_name=resource_name if pool_name is None else pool_name,
            region=lease.region,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.pool_name = self._pool.pool_name
        self.addresses = lease.addresses.apply(self._hold, run_with_unknowns=True)
        self.configuration_set_name = pulumi.Output.from_input(None)
        if configuration_set_name is not None:
            self.configuration_set_name = self._send_through_pool(configuration_set_name, tags)
        self.register_outputs(
            {
                "pool_name": self.pool_name,
                "addresses": self.addresses,
                "configuration_set_name": self.configuration_set_name,
            }
        )

    def _hold(self, addresses: list[str]) -> pulumi.Output[list[str]]:
        """Declare an assignment for each address. Pulumi deletes what an update does not declare."""
        if pulumi.contains_unknowns(addresses):
            return self._wait()
        assignments = [self._assign(ip) for ip in addresses]
        return pulumi.Output.all(*(assignment.ip for assignment in assignments)).apply(list)

    def _wait(self) -> pulumi.Output[list[str]]:
        if not pulumi.runtime.is_dry_run():
            # Only `--continue-on-error` leads here. An error of the program keeps Pulumi from deleting anything.
            raise pulumi.RunError(
                f"DedicatedIpPool {self._name!r} is left as it is: its lease could not be updated, so what the lease "
                "holds is not known."
            )
        # A new lease has no id yet, and its pool no assignments that could be shown as deleted.
        self._lease.id.apply(self._explain)
        return self._lease.addresses

    def _explain(self, _lease_id: str) -> None:
        pulumi.log.info(
            "The lease changes, and only after its update is it known which addresses it holds. This preview shows "
            "all assignments as deleted; `pulumi up` deletes only those whose address the lease gives back.",
            self,
        )

    def _assign(self, ip: str) -> sesv2.DedicatedIpAssignment:
        # The address is in the name: whatever comes or goes beside it, its assignment stays.
        return sesv2.DedicatedIpAssignment(
            f"{self._name}-{ip}",
            ip=ip,
            destination_pool_name=self.pool_name,
            region=self._lease.region,
            # Deleting an assignment puts the address into SES's default pool, whatever pool it is in by then.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

    def _send_through_pool(
        self, name: pulumi.Input[str], tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None]
    ) -> pulumi.Output[str | None]:
        configuration_set = sesv2.ConfigurationSet(
            self._name,
            configuration_set_name=name,
            delivery_options={"sending_pool_name": self.pool_name},
            region=self._lease.region,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return configuration_set.configuration_set_name


__all__ = ["DedicatedIpPool"]
