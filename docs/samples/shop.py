"""A lease for two mail streams."""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

lease = DedicatedIpLease(
    "eu",
    region="eu-west-1",
    count=4,
    pools={"orders": 2, "news": 2},
    use_case=UseCase(
        mail_type="TRANSACTIONAL and MARKETING",
        website_url="https://example.com",
        description="Order email, 400,000 a day, and a weekly newsletter to 50,000 readers.",
        why_dedicated="Our partners allow-list sender addresses.",
        opt_in="Customers tick a box at check-out and confirm by mail.",
        bounce_complaints="SNS feeds a suppression list within a minute.",
        complies_with_aup=True,
    ),
)
pulumi.export("status", lease.status)
pulumi.export("poolAddresses", lease.pool_addresses)
