"""Three dedicated IP addresses for one shop's mail, in the Region of the stack.

pulumi preview                     what will be filed, and what it costs
pulumi up                          files a case with AWS Support and returns at once
pulumi refresh --run-program       days later: reads what AWS has granted, and updates the outputs
pulumi stack output                the lease's status
"""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

lease = DedicatedIpLease(
    "shop",
    count=3,
    use_case=UseCase(
        mail_type="TRANSACTIONAL",
        website_url="https://example.com",
        description="Order and shipping email for our shop, 400,000 a day.",
        why_dedicated="Our partners allow-list sender addresses.",
        opt_in="Customers tick a box at check-out and confirm by mail.",
        bounce_complaints="SNS feeds a suppression list within a minute.",
        complies_with_aup=True,
    ),
)

pulumi.export("status", lease.status)
pulumi.export("message", lease.message)
pulumi.export("addresses", lease.addresses)
pulumi.export("monthly_cost_usd", lease.monthly_cost_usd)
