"""Amazon SES pools with the addresses of a lease; needs `pulumi-aws`, an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import pulumi
from pulumi_aws import sesv2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.resource import DedicatedIpLease

_AWS: Final = "aws:sesv2/dedicatedIpPool:DedicatedIpPool"

_declared: WeakKeyDictionary[DedicatedIpLease, dict[str | None, str]] = WeakKeyDictionary()
"""The names of each lease's components, by the pool of the lease that they use; None: all of the lease."""


class DedicatedIpPool(pulumi.ComponentResource):
    """A dedicated IP pool of Amazon SES with addresses of a lease, and optionally a configuration set for it.

    It has either the addresses of one of the lease's `pools` or, without `pool`, all that the lease holds. It consists
    of an `aws.sesv2.DedicatedIpPool` in the lease's Region, an `aws.sesv2.DedicatedIpAssignment` for each address, and,
    if wanted, an `aws.sesv2.ConfigurationSet`.

    After a `pulumi refresh` has found addresses that AWS granted, the next `pulumi up` puts them into the pool.

    An address is in one pool at a time, so it has one assignment in the stack, whichever pool it is in: the assignments
    are the lease's children, named after the lease and the address. Moving an address to another pool replaces its
    assignment. The old one is deleted first, because deleting an assignment moves the address to SES's default pool,
    whatever pool it is in at that moment. If each pool had its own assignments, the old one would be deleted at the end
    of the run, after the new one was created, and would remove the address from its new pool.

    An address that is relinquished leaves the pool in the same `pulumi up`, right after the lease has filed the case,
    since only then is it decided which addresses to relinquish. AWS removes it days later, so AWS never removes an
    address that still sends mail. On destroy, and when the lease is replaced, the pool is deleted first.

    A preview knows the addresses of a lease that does not change. If the lease changes, Pulumi knows them only after
    the update and shows all assignments as deleted; the preview says so, and `pulumi up` deletes only those of
    addresses that are relinquished. If the update fails, the pool stays as it is, even with `--continue-on-error`.

    Everything is created with the `aws` provider of the component's `opts`, or else the one that the lease inherits
    from its parents, or else the stack's: it must belong to the account of the lease.
    """

    pool_name: pulumi.Output[str]
    """The name of the pool, as a configuration set needs it."""
    addresses: pulumi.Output[list[str]]
    """The addresses in the pool; known once each has been assigned."""
    configuration_set_name: pulumi.Output[str | None]
    """The name of the configuration set that sends through the pool; None without one."""

    def __init__(  # noqa: PLR0913 - the inputs of a pool
        self,
        resource_name: str,
        *,
        lease: DedicatedIpLease,
        pool: str | None = None,
        pool_name: pulumi.Input[str] | None = None,
        configuration_set_name: pulumi.Input[str] | None = None,
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the pool.

        :param resource_name: the name of the component in the stack
        :param lease: the lease whose addresses the pool holds
        :param pool: which of the lease's `pools` it is; by default it uses the whole lease. A lease has one component
            for all of it, or one for each of its `pools`; any other is refused
        :param pool_name: the name of the pool at AWS: lower-case letters, digits, `-` and `_`; by default `pool`, or
            else the name of the component. Changing it replaces the pool
        :param configuration_set_name: creates a configuration set with this name, which sends through the pool. If you
            need more options, declare your own configuration set with the `pool_name`
        :param tags: tags for the pool and the configuration set
        :param opts: Pulumi's resource options; an `aws` provider in `providers` creates all of it
        """
        _take(resource_name, lease, pool)
        super().__init__("dedicatedip:index:DedicatedIpPool", resource_name, None, opts)
        self._name = resource_name
        self._lease = lease
        self._of = pool
        self._aws = self.get_provider(_AWS) or lease.get_provider(_AWS)
        if pool_name is None:
            pool_name = resource_name if pool is None else pool
        self._pool = sesv2.DedicatedIpPool(
            resource_name, pool_name=pool_name, region=lease.region, tags=tags, opts=self._child()
        )
        self.pool_name = self._pool.pool_name
        held: pulumi.Output[list[str] | dict[str, list[str]]] = (
            lease.addresses if pool is None else lease.pool_addresses
        )
        self.addresses = held.apply(self._hold, run_with_unknowns=True)
        lease.pools.apply(self._refuse_unknown_pool)
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

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, provider=self._aws)

    def _refuse_unknown_pool(self, pools: Mapping[str, int] | None) -> None:
        # A lease of another stack, which is only read, has no `pools`.
        if self._of is None or pools is None or self._of in pools:
            return
        raise pulumi.RunError(
            f"DedicatedIpPool {self._name!r}: lease {self._lease.pulumi_resource_name!r} has no pool {self._of!r}; its "
            f"`pools` are {', '.join(sorted(pools)) or 'empty'}."
        )

    def _hold(self, held: list[str] | dict[str, list[str]] | None) -> pulumi.Output[list[str]]:
        """Declare an assignment for each address. Pulumi deletes what an update does not declare."""
        if pulumi.contains_unknowns(held):
            return self._wait()
        addresses = held.get(self._of or "", []) if isinstance(held, dict) else held or []
        assignments = [self._assign(ip) for ip in addresses]
        return pulumi.Output.all(*(assignment.ip for assignment in assignments)).apply(list)

    def _wait(self) -> pulumi.Output[list[str]]:
        if not pulumi.runtime.is_dry_run():
            # This happens only with `--continue-on-error`. An error in the program keeps Pulumi from deleting anything.
            raise pulumi.RunError(
                f"DedicatedIpPool {self._name!r} is left as it is: its lease could not be updated, so what the lease "
                "holds is not known."
            )
        # A new lease has no id yet, and its pool has no assignments that could be shown as deleted.
        self._lease.id.apply(self._explain)
        return self._lease.addresses

    def _explain(self, _lease_id: str) -> None:
        pulumi.log.info(
            "The lease changes, and the addresses of this pool are known only after its update. This preview shows "
            "all assignments as deleted; `pulumi up` deletes only those of addresses that are relinquished, and "
            "replaces those of addresses that change pools.",
            self,
        )

    def _assign(self, ip: str) -> sesv2.DedicatedIpAssignment:
        return sesv2.DedicatedIpAssignment(
            # The URN must not depend on the pool: see the class.
            f"{self._lease.pulumi_resource_name}-{ip}",
            ip=ip,
            destination_pool_name=self.pool_name,
            region=self._lease.region,
            opts=pulumi.ResourceOptions(
                parent=self._lease,
                provider=self._aws,
                delete_before_replace=True,
                # An assignment only says which pool an address is in: it must not inherit the lease's protection.
                protect=bool(self._protect),
                retain_on_delete=False,
            ),
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
            opts=self._child(),
        )
        return configuration_set.configuration_set_name


def _take(resource_name: str, lease: DedicatedIpLease, pool: str | None) -> None:
    """Note which part of a lease a component uses. Raises if another component uses it: an address has one pool."""
    taken = _declared.setdefault(lease, {})
    rivals = [(part, name) for part, name in taken.items() if pool is None or part in (None, pool)]
    if rivals:
        [(part, rival), *_] = rivals
        raise pulumi.RunError(
            f"DedicatedIpPool {resource_name!r} and {rival!r} want the same addresses of lease "
            f"{lease.pulumi_resource_name!r}: {rival!r} uses {'all of it' if part is None else f'its pool {part!r}'}. "
            "An address has one pool: divide the lease with its `pools`, and give each DedicatedIpPool one of them as "
            "`pool`."
        )
    taken[pool] = resource_name


__all__ = ["DedicatedIpPool"]
