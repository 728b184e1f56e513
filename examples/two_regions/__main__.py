"""Dedicated IP addresses for one shop's mail, in two Regions.

    pulumi stack init dev
    pulumi up

in the root of the repository.
"""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

config = pulumi.Config()

shop = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Order and shipping email for our shop, 400,000 a day.",
    why_dedicated="Our partners allow-list sender addresses.",
    opt_in="Customers tick a box at check-out and confirm by mail.",
    bounce_complaints="SNS feeds a suppression list within a minute.",
    complies_with_aup=True,
)

for name, region in (("ireland", "eu-west-1"), ("virginia", "us-east-1")):
    lease = DedicatedIpLease(
        name,
        region=region,
        count=config.require_int(name),
        use_case=shop,
        confirm_relinquish=config.require_bool("confirm"),
    )
    pulumi.export(f"{name}_status", lease.status)
    pulumi.export(f"{name}_message", lease.message)
    pulumi.export(f"{name}_addresses", lease.addresses)
