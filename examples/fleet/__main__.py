"""Dedicated IP addresses in several Regions from one description, with a pool in each.

pulumi config set --path counts.ap-northeast-1 2     another Region
pulumi up                                            a case for each Region
pulumi refresh && pulumi up                          once AWS has granted the addresses: puts them into the pools
"""

import pulumi

from dedicated_ip_provider import DedicatedIpFleet, DedicatedIpPool, FleetRegion, UseCase

counts: dict[str, int] = pulumi.Config().require_object("counts")

# AWS answers in Japanese for Tokyo. All other Regions have only a count.
regions = {
    region: FleetRegion(count=count, contact_language="ja" if region == "ap-northeast-1" else None)
    for region, count in counts.items()
}

fleet = DedicatedIpFleet(
    "mail",
    regions=regions,
    use_case=UseCase(
        mail_type="TRANSACTIONAL",
        website_url="https://example.com",
        description="Order and shipping email for our shops, 2 million a day in all Regions.",
        why_dedicated="Our partners allow-list sender addresses.",
        opt_in="Customers tick a box at check-out and confirm by mail.",
        bounce_complaints="SNS feeds a suppression list within a minute.",
        complies_with_aup=True,
    ),
)

for region, lease in fleet.leases.items():
    DedicatedIpPool(f"orders-{region}", lease=lease, pool_name="orders", configuration_set_name="orders")

pulumi.export("addresses", fleet.addresses)
pulumi.export("statuses", fleet.statuses)
pulumi.export("leased_count", fleet.leased_count)
pulumi.export("monthly_cost_usd", fleet.monthly_cost_usd)
