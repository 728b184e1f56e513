"""A lease of the native plugin in each of some Regions."""

import pulumi

mail = {
    "mailType": "TRANSACTIONAL",
    "websiteUrl": "https://example.com",
    "description": "Order and shipping mails for our shop, 400,000 a day.",
    "whyDedicated": "Our partners allow-list sender addresses.",
    "optIn": "Customers tick a box at check-out and confirm by mail.",
    "bounceComplaints": "SNS feeds a suppression list within a minute.",
    "compliesWithAup": True,
}

for region in pulumi.Config().require("regions").split(","):
    inputs = {"region": region, "count": 2, "useCase": mail}
    pulumi.CustomResource("dedicatedip:index:DedicatedIpLease", region, inputs)
