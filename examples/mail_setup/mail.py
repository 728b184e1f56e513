"""A component in a larger stack: all that a domain needs to send mail from addresses of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_aws import sesv2

from dedicated_ip_provider import DedicatedIpLease, DedicatedIpPool

if TYPE_CHECKING:
    from dedicated_ip_provider import UseCase


class Mail(pulumi.ComponentResource):
    """Dedicated IP addresses, a pool of them, a configuration set and the domain's identity at Amazon SES."""

    addresses: pulumi.Output[list[str]]
    """The addresses that mail comes from, for the allow-lists of partners."""
    configuration_set_name: pulumi.Output[str | None]
    """What an application names when it sends."""
    dkim_records: pulumi.Output[list[str]]
    """The names of the three CNAME records that the domain's DNS needs."""

    def __init__(
        self,
        name: str,
        *,
        domain: pulumi.Input[str],
        count: pulumi.Input[int],
        use_case: UseCase,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the lease and what is around it."""
        super().__init__("shop:mail:Mail", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        lease = DedicatedIpLease(name, count=count, use_case=use_case, opts=own)
        pool = DedicatedIpPool(name, lease=lease, configuration_set_name=name, opts=own)
        identity = sesv2.EmailIdentity(
            name,
            email_identity=domain,
            configuration_set_name=pool.configuration_set_name,
            region=lease.region,
            opts=own,
        )
        self.addresses = pool.addresses
        self.configuration_set_name = pool.configuration_set_name
        tokens: pulumi.Output[list[str]] = identity.dkim_signing_attributes.tokens
        self.dkim_records = pulumi.Output.all(tokens, domain).apply(_record_names)
        self.register_outputs({"addresses": self.addresses, "configuration_set_name": self.configuration_set_name})


def _record_names(known: list[Any]) -> list[str]:
    tokens, domain = known
    return [f"{token}._domainkey.{domain}" for token in tokens]
