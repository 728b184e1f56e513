"""What a type checker knows about the public names: read by mypy and pyright, never run.

Each line that must be an error is marked for both; they report a mark that is no longer needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
from typing_extensions import assert_type

import dedicated_ip_provider
from dedicated_ip_provider import (
    DedicatedIpFleet,
    DedicatedIpLease,
    DedicatedIpLeaseArgsDict,
    DedicatedIpNotifications,
    DedicatedIpPool,
    FleetRegion,
    FleetRegionDict,
    UseCase,
    UseCaseDict,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


def output(_of: type[T]) -> pulumi.Output[T]:
    """Return an output of another resource, as far as types go."""
    raise NotImplementedError


text = output(str)
maybe_text: pulumi.Output[str | None] = output(str)
number = output(int)
rate = output(float)
flag = output(bool)
texts = output(list[str])

# A use case: plain values, outputs, or a dictionary of either.
plain = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Orders.",
    why_dedicated="Allow-lists.",
    opt_in="A box.",
    bounce_complaints="SNS.",
    complies_with_aup=True,
)
from_elsewhere = UseCase(
    mail_type=text,
    website_url=text,
    description=text,
    why_dedicated=text,
    opt_in=text,
    bounce_complaints=text,
    complies_with_aup=flag,
)
as_dictionary: UseCaseDict = {
    "mail_type": text,
    "website_url": "https://example.com",
    "description": "Orders.",
    "why_dedicated": "Allow-lists.",
    "opt_in": "A box.",
    "bounce_complaints": "SNS.",
    "complies_with_aup": True,
}
UseCase(mail_type="TRANSACTIONAL")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
incomplete: UseCaseDict = {"mail_type": "TRANSACTIONAL"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]

# A lease: every argument as a plain value and as an output.
lease = DedicatedIpLease(
    "eu",
    count=3,
    use_case=plain,
    region="eu-west-1",
    pools={"orders": 2, "news": number},
    attempt=2,
    adopt=["192.0.2.1", text],
    relinquish_first=("192.0.2.2",),
    take_over_from="eu-west-1/7-k3f9",
    max_send_rate=100,
    contact_language="en",
    cc_email_addresses=["mail@example.com"],
    confirm_relinquish=True,
    form="ses",
    filing="support-api",
    profile="mail",
    role_arn="arn:aws:iam::111122223333:role/mail",
    opts=pulumi.ResourceOptions(protect=True),
)
DedicatedIpLease(
    "eu",
    count=number,
    use_case=pulumi.Output.from_input(from_elsewhere),
    region=maybe_text,
    pools=output(dict[str, pulumi.Input[int]]),
    attempt=number,
    adopt=texts,
    relinquish_first=texts,
    take_over_from=maybe_text,
    max_send_rate=rate,
    contact_language=text,
    cc_email_addresses=texts,
    confirm_relinquish=flag,
    form=text,
    filing=text,
    profile=maybe_text,
    role_arn=maybe_text,
)
DedicatedIpLease("eu", count=3, use_case=as_dictionary, profile=pulumi.Config().get("profile"))
DedicatedIpLease("eu", count="3", use_case=plain)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
DedicatedIpLease("eu", count=3)
DedicatedIpLease("eu")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
DedicatedIpLease("eu", count=3, pools=["orders"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
DedicatedIpLease("eu", count=3, use_case=plain, cuont=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
DedicatedIpLease("eu", count=3, use_case=plain, adopt=[1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]

arguments: DedicatedIpLeaseArgsDict = {"count": number, "use_case": as_dictionary, "region": "eu-west-1"}
DedicatedIpLease("eu", **arguments)

assert_type(lease.status, pulumi.Output[str])
assert_type(lease.message, pulumi.Output[str])
assert_type(lease.addresses, pulumi.Output[list[str]])
assert_type(lease.pool_addresses, pulumi.Output[dict[str, list[str]]])
assert_type(lease.warming, pulumi.Output[list[str]])
assert_type(lease.relinquishing, pulumi.Output[list[str]])
assert_type(lease.leased_count, pulumi.Output[int])
assert_type(lease.requested_count, pulumi.Output[int])
assert_type(lease.shortfall, pulumi.Output[int])
assert_type(lease.monthly_cost_usd, pulumi.Output[float])
assert_type(lease.case_id, pulumi.Output[str])
assert_type(lease.case_display_id, pulumi.Output[str])
assert_type(lease.case_url, pulumi.Output[str])
assert_type(lease.case_status, pulumi.Output[str])
assert_type(lease.form_text, pulumi.Output[str])
assert_type(lease.account_id, pulumi.Output[str])
assert_type(lease.record_version, pulumi.Output[str])
assert_type(lease.holder, pulumi.Output[str])
assert_type(lease.count, pulumi.Output[int])
assert_type(lease.region, pulumi.Output[str])
assert_type(lease.pools, pulumi.Output[dict[str, int]])
assert_type(lease.use_case, pulumi.Output[dict[str, Any] | None])
assert_type(lease.attempt, pulumi.Output[int])
assert_type(lease.adopt, pulumi.Output[list[str]])
assert_type(lease.relinquish_first, pulumi.Output[list[str]])
assert_type(lease.take_over_from, pulumi.Output[str | None])
assert_type(lease.max_send_rate, pulumi.Output[float | None])
assert_type(lease.contact_language, pulumi.Output[str])
assert_type(lease.cc_email_addresses, pulumi.Output[list[str]])
assert_type(lease.confirm_relinquish, pulumi.Output[bool])
assert_type(lease.form, pulumi.Output[str])
assert_type(lease.filing, pulumi.Output[str])
assert_type(lease.profile, pulumi.Output[str | None])
assert_type(lease.role_arn, pulumi.Output[str | None])
assert_type(lease.id, pulumi.Output[str])
assert lease.no_such_output  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]

assert_type(DedicatedIpLease.get("theirs", "111122223333/eu-west-1"), DedicatedIpLease)
DedicatedIpLease.get("theirs", text, pulumi.ResourceOptions(), profile=maybe_text, role_arn=maybe_text)

# A fleet: counts, values and dictionaries side by side.
region_as_dictionary: FleetRegionDict = {"count": number, "adopt": texts}
regions: Mapping[str, pulumi.Input[int] | FleetRegion | FleetRegionDict] = {
    "eu-west-1": 3,
    "eu-west-2": number,
    "us-east-1": FleetRegion(count=2, use_case=as_dictionary, opts=pulumi.ResourceOptions(protect=True)),
    "us-west-2": region_as_dictionary,
    "eu-north-1": FleetRegion(count=3, pools={"orders": number}, take_over_from=text, relinquish_first=texts),
}
fleet = DedicatedIpFleet("mail", regions=regions, pools={"orders": 1, "news": number}, use_case=plain)
DedicatedIpFleet("mail", regions={"eu-west-1": 3, "us-east-1": 2}, use_case=as_dictionary)
DedicatedIpFleet("mail", regions=dict.fromkeys(["eu-west-1"], 2), use_case=plain)
FleetRegion()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

assert_type(fleet.leases["eu-west-1"], DedicatedIpLease)
assert_type(fleet.addresses, pulumi.Output[dict[str, list[str]]])
assert_type(fleet.pool_addresses, pulumi.Output[dict[str, dict[str, list[str]]]])
assert_type(fleet.statuses, pulumi.Output[dict[str, str]])
assert_type(fleet.count, pulumi.Output[int])
assert_type(fleet.leased_count, pulumi.Output[int])
assert_type(fleet.monthly_cost_usd, pulumi.Output[float])

# A pool.
pool = DedicatedIpPool(
    "orders", lease=lease, pool_name=text, configuration_set_name="orders", tags={"team": text}, opts=None
)
DedicatedIpPool("orders", lease=lease, pool="orders")
DedicatedIpPool("orders", lease=lease, pool=text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
DedicatedIpPool("orders", lease=fleet)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

assert_type(pool.pool_name, pulumi.Output[str])
assert_type(pool.addresses, pulumi.Output[list[str]])
assert_type(pool.configuration_set_name, pulumi.Output[str | None])

# Notifications.
notifications = DedicatedIpNotifications("cases", to=text, tags={"team": text}, opts=None)
DedicatedIpNotifications("cases")
DedicatedIpNotifications("cases", to=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

assert_type(notifications.arn, pulumi.Output[str])
assert_type(notifications.rule_arn, pulumi.Output[str])
assert_type(notifications.policy, pulumi.Output[str])

assert dedicated_ip_provider.no_such_name  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
