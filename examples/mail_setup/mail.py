"""A component for a larger stack: everything that mail streams need to send from their own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_aws import sesv2

from dedicated_ip_provider import DedicatedIpLease, DedicatedIpPool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider import UseCase


class Mail(pulumi.ComponentResource):
    """Dedicated IP addresses divided among mail streams, each with a pool, a configuration set and an identity."""

    addresses: pulumi.Output[dict[str, list[str]]]
    """The addresses that each stream's mail comes from, for the allow-lists of partners."""
    configuration_set_names: pulumi.Output[dict[str, str | None]]
    """The configuration set that an application names when it sends, by stream."""
    dkim_records: pulumi.Output[list[str]]
    """The names of the CNAME records that the domains' DNS needs, three for each."""

    def __init__(
        self,
        name: str,
        *,
        streams: Mapping[str, str],
        addresses: Mapping[str, int],
        use_case: UseCase,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare one lease for all streams, and what each of them needs.

        :param streams: the domain that each stream's mail comes from
        :param addresses: how many of the addresses each stream has
        """
        super().__init__("shop:mail:Mail", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        # An account has one lease in a Region, whatever it sends there.
        lease = DedicatedIpLease(name, count=sum(addresses.values()), pools=addresses, use_case=use_case, opts=own)
        pools = {
            stream: DedicatedIpPool(stream, lease=lease, pool=stream, configuration_set_name=stream, opts=own)
            for stream in streams
        }
        identities = [
            sesv2.EmailIdentity(
                stream,
                email_identity=domain,
                configuration_set_name=pools[stream].configuration_set_name,
                region=lease.region,
                opts=own,
            )
            for stream, domain in streams.items()
        ]
        self.addresses = pulumi.Output.all(**{stream: pool.addresses for stream, pool in pools.items()})
        self.configuration_set_names = pulumi.Output.all(
            **{stream: pool.configuration_set_name for stream, pool in pools.items()}
        )
        self.dkim_records = pulumi.Output.all(*map(_record_names, identities)).apply(
            lambda records: [name for names in records for name in names]
        )
        self.register_outputs({"addresses": self.addresses, "configuration_set_names": self.configuration_set_names})


def _record_names(identity: sesv2.EmailIdentity) -> pulumi.Output[list[str]]:
    tokens: pulumi.Output[list[str]] = identity.dkim_signing_attributes.tokens
    return pulumi.Output.all(tokens, identity.email_identity).apply(
        lambda known: [f"{token}._domainkey.{known[1]}" for token in known[0]]
    )
