"""In each of `leases:accounts`, a lease in each of `leases:regions` Regions."""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase
from dedicated_ip_provider.regions import regions

config = pulumi.Config()
mail = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Order and shipping mails for our shop, 400,000 a day.",
    why_dedicated="Our partners allow-list sender addresses.",
    opt_in="Customers tick a box at check-out and confirm by mail.",
    bounce_complaints="SNS feeds a suppression list within a minute.",
    complies_with_aup=True,
)

REGIONS = sorted(code for code in regions().with_ses if not code.startswith(("cn-", "us-gov-", "eusc-")))

for account in range(config.require_int("accounts")):
    for region in REGIONS[: config.require_int("regions")]:
        DedicatedIpLease(
            f"a{account}-{region}",
            region=region,
            count=2,
            use_case=mail,
            role_arn=f"arn:aws:iam::{100000000000 + account}:role/mail" if config.get_bool("roles") else None,
        )
