"""Dedicated IP addresses for an account whose support plan lacks the Support API: a person files the case.

    pulumi up                        files nothing
    pulumi stack output form_text    the filled form: copy it into the Support Center unchanged
    pulumi refresh --run-program     once it is filed, and again days later: reads what AWS has granted, and updates
                                     the outputs

The form has a mark by which the lease recognizes its case: leave it in.
"""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

lease = DedicatedIpLease(
    "shop",
    count=2,
    filing="console",
    use_case=UseCase(
        mail_type="TRANSACTIONAL",
        website_url="https://example.com",
        description="Order and shipping email for our shop, 40,000 a day.",
        why_dedicated="Our partners allow-list sender addresses.",
        opt_in="Customers tick a box at check-out and confirm by mail.",
        bounce_complaints="SNS feeds a suppression list within a minute.",
        complies_with_aup=True,
    ),
)

pulumi.export("status", lease.status)
pulumi.export("message", lease.message)
pulumi.export("form_text", lease.form_text)
pulumi.export("addresses", lease.addresses)
