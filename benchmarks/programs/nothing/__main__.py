"""As many resources that do nothing as the other program has leases, with the inputs of a lease."""

import pulumi
from nothing import Nothing

inputs = {
    "region": "eu-west-1",
    "count": 2,
    "use_case": {
        "mail_type": "TRANSACTIONAL",
        "website_url": "https://example.com",
        "description": "Order and shipping mails for our shop, 400,000 a day.",
        "why_dedicated": "Our partners allow-list sender addresses.",
        "opt_in": "Customers tick a box at check-out and confirm by mail.",
        "bounce_complaints": "SNS feeds a suppression list within a minute.",
        "complies_with_aup": True,
    },
}

for region in pulumi.Config().require("regions").split(","):
    Nothing(region, {**inputs, "holder": f"nothing/bench/{region}"})
