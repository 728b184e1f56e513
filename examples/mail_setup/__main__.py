"""The mail of a shop inside a larger stack: addresses, a pool, a configuration set and the domain's identity.

pulumi config set domain example.com
pulumi up                        files a case; the pool, the configuration set and the identity are made
pulumi refresh && pulumi up      once AWS has granted: the addresses get into the pool
"""

import pulumi
from mail import Mail

from dedicated_ip_provider import UseCase

mail = Mail(
    "orders",
    domain=pulumi.Config().require("domain"),
    count=2,
    use_case=UseCase(
        mail_type="TRANSACTIONAL",
        website_url="https://example.com",
        description="Order and shipping mails for our shop, 400,000 a day.",
        why_dedicated="Our partners allow-list sender addresses.",
        opt_in="Customers tick a box at check-out and confirm by mail.",
        bounce_complaints="SNS feeds a suppression list within a minute.",
        complies_with_aup=True,
    ),
)

pulumi.export("addresses", mail.addresses)
pulumi.export("configuration_set_name", mail.configuration_set_name)
pulumi.export("dkim_records", mail.dkim_records)
