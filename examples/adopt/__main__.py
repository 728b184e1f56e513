"""Adopt addresses that a team leased by hand. As long as `more` is 0, nothing is filed.

    pulumi config set --path 'addresses[0]' 192.0.2.1
    pulumi config set --path 'addresses[1]' 192.0.2.2
    pulumi up

The lease is protected: neither `pulumi destroy` nor taking it out of the program relinquishes the addresses, until
`pulumi state unprotect` or `--ignore-protect` says otherwise.
"""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

config = pulumi.Config()
addresses: list[str] = config.require_object("addresses")

lease = DedicatedIpLease(
    "newsletter",
    count=len(addresses) + config.require_int("more"),
    adopt=addresses,
    use_case=UseCase(
        mail_type="MARKETING",
        website_url="https://example.com/news",
        description="A newsletter to 300,000 readers, every Thursday.",
        why_dedicated="Its reputation must not depend on anyone else's mail.",
        opt_in="Readers fill in a form and confirm by mail.",
        bounce_complaints="Recipients who bounce or complain are removed from the list at once.",
        complies_with_aup=True,
    ),
    opts=pulumi.ResourceOptions(protect=True),
)

pulumi.export("status", lease.status)
pulumi.export("message", lease.message)
pulumi.export("addresses", lease.addresses)
