"""A policy pack that caps what the dedicated IP addresses of a stack may cost a month.

    pulumi preview --policy-pack examples/policy_pack

The cap is 250 USD; a policy group, or `--policy-pack-config` with a file like this, sets another:

    {"dedicated-ip-monthly-cost": {"usd": 1000}}
"""

from __future__ import annotations

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)

LEASE = "pulumi-python:dynamic/dedicatedip:DedicatedIpLease"
USD_PER_ADDRESS = 24.95  # a month, AWS price list of 2026-07-22


def cap_the_cost(args: StackValidationArgs, report_violation: ReportViolation) -> None:
    """Report a stack whose leases want more addresses than the cap pays for."""
    wanted = sum(int(resource.props["count"]) for resource in args.resources if resource.resource_type == LEASE)
    cost, cap = wanted * USD_PER_ADDRESS, args.get_config()["usd"]
    if cost > cap:
        report_violation(
            f"{wanted} dedicated IP addresses cost USD {cost:.2f} a month; the cap is USD {cap:.2f}.", None
        )


PolicyPack(
    name="dedicated-ip-cost",
    policies=[
        StackValidationPolicy(
            name="dedicated-ip-monthly-cost",
            description="Dedicated IP addresses are paid by the month, used or not.",
            validate=cap_the_cost,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=PolicyConfigSchema(properties={"usd": {"type": "number", "default": 250}}),
        )
    ],
)
