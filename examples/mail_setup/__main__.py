"""The mail of a shop inside a larger stack: two streams, each with addresses, a configuration set and a domain.

pulumi config set domain example.com
pulumi up                        files one case for all addresses; creates pools, configuration sets and identities
pulumi refresh && pulumi up      once AWS has granted the addresses: puts them into their pools
"""

import pulumi
from mail import Mail

from dedicated_ip_provider import UseCase

domain = pulumi.Config().require("domain")

mail = Mail(
    "mail",
    streams={"orders": domain, "news": f"news.{domain}"},
    addresses={"orders": 2, "news": 2},
    use_case=UseCase(
        mail_type="TRANSACTIONAL and MARKETING",
        website_url="https://example.com",
        description="Order and shipping email, 400,000 a day, and a weekly newsletter to 50,000 readers.",
        why_dedicated="Our partners allow-list sender addresses; the newsletter has a reputation of its own.",
        opt_in="Customers tick a box at check-out and confirm by mail.",
        bounce_complaints="SNS feeds a suppression list within a minute.",
        complies_with_aup=True,
    ),
)

pulumi.export("addresses", mail.addresses)
pulumi.export("configuration_set_names", mail.configuration_set_names)
pulumi.export("dkim_records", mail.dkim_records)
