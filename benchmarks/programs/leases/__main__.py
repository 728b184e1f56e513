"""A lease in each of some Regions."""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

mail = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Order and shipping mails for our shop, 400,000 a day.",
    why_dedicated="Our partners allow-list sender addresses.",
    opt_in="Customers tick a box at check-out and confirm by mail.",
    bounce_complaints="SNS feeds a suppression list within a minute.",
    complies_with_aup=True,
)

for region in pulumi.Config().require("regions").split(","):
    DedicatedIpLease(region, region=region, count=2, use_case=mail)
