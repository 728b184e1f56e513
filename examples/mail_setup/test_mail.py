"""The component's own unit tests, with Pulumi's mocks: `python -m pytest`. They need neither AWS nor an engine."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from mail import Mail

from dedicated_ip_provider import UseCase

LEASED = {"orders": ["192.0.2.1", "192.0.2.2"], "news": ["192.0.2.3"]}


class Aws(pulumi.runtime.Mocks):
    """Answers as the providers would, with a granted lease, and records what the program declares."""

    def __init__(self) -> None:
        """Create mocks with nothing declared."""
        self.declared: list[tuple[str, str, dict[str, Any]]] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return a resource's inputs, and the outputs that its provider would add."""
        kind = args.typ.rpartition(":")[2]
        inputs: dict[str, Any] = args.inputs
        self.declared.append((kind, args.name, inputs))
        known: dict[str, dict[str, Any]] = {
            "DedicatedIpLease": {"addresses": [*LEASED["orders"], *LEASED["news"]], "pool_addresses": LEASED},
            "EmailIdentity": {"dkimSigningAttributes": {"tokens": ["one", "two", "three"]}},
        }
        return f"{args.name}-id", {**inputs, **known.get(kind, {})}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], None]:
        """Answer for a function: the program calls none."""
        raise AssertionError(args.token)

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the inputs of the resources of a kind, by name."""
        return {name: inputs for one, name, inputs in self.declared if one == kind}


@pytest.fixture
def aws() -> Aws:
    """Answer the program of a test."""
    mocks = Aws()
    pulumi.runtime.set_mocks(mocks)
    return mocks


def mail() -> Mail:
    """Declare the mail of two streams."""
    return Mail(
        "mail",
        streams={"orders": "example.com", "news": "news.example.com"},
        addresses={"orders": 2, "news": 1},
        use_case=UseCase(
            mail_type="TRANSACTIONAL and MARKETING",
            website_url="https://example.com",
            description="Order email, and a weekly newsletter.",
            why_dedicated="Allow-lists.",
            opt_in="A box at check-out.",
            bounce_complaints="SNS.",
            complies_with_aup=True,
        ),
    )


@pulumi.runtime.test
def test_one_lease_has_the_addresses_of_all_streams(aws: Aws) -> pulumi.Output[None]:
    """An account has one lease in a Region."""

    def check(_: object) -> None:
        [lease] = aws.of("DedicatedIpLease").values()
        assert (3, {"orders": 2, "news": 1}) == (lease["count"], lease["pools"])

    return mail().addresses.apply(check)


@pulumi.runtime.test
def test_each_stream_sends_through_its_own_addresses(aws: Aws) -> pulumi.Output[None]:
    """Its configuration set leads to its pool, and the pool has its addresses."""

    def check(addresses: dict[str, list[str]]) -> None:
        assert LEASED == addresses
        assert {"orders": "orders", "news": "news"} == {
            name: one["deliveryOptions"]["sendingPoolName"] for name, one in aws.of("ConfigurationSet").items()
        }
        assert {ip: stream for stream, ips in LEASED.items() for ip in ips} == {
            one["ip"]: one["destinationPoolName"] for one in aws.of("DedicatedIpAssignment").values()
        }

    return mail().addresses.apply(check)


@pulumi.runtime.test
def test_each_domain_has_its_stream_and_records(aws: Aws) -> pulumi.Output[None]:
    """What a domain sends goes through its stream, and its DNS needs three records."""

    def check(records: list[str]) -> None:
        assert {"example.com": "orders", "news.example.com": "news"} == {
            one["emailIdentity"]: one["configurationSetName"] for one in aws.of("EmailIdentity").values()
        }
        assert (6, "one._domainkey.example.com", "three._domainkey.news.example.com") == (
            len(records),
            records[0],
            records[-1],
        )

    return mail().dkim_records.apply(check)
