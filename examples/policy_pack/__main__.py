"""A policy pack for dedicated IP addresses, for a program and for a state that is stored.

    pip install -r examples/policy_pack/requirements.txt
    pulumi preview --policy-pack examples/policy_pack
    pulumi policy analyze --policy-pack examples/policy_pack --stack prod

The cap is 250 USD a month, at 24.95 USD an address whatever `dedicatedip:monthlyPriceUsd` says; a policy group, or
`--policy-pack-config` with a file like this, sets another:

    {"dedicated-ip-monthly-cost": {"usd": 1000}, "dedicated-ip-alone": "mandatory"}

`dedicated-ip-relinquishment` needs to know what the leases hold, since a policy sees only what is declared:

    pulumi stack export | python examples/policy_pack/held.py policies.json > held.json
    pulumi preview --policy-pack examples/policy_pack --policy-pack-config held.json
"""

from __future__ import annotations

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

LEASES = ("pulumi-python:dynamic/dedicatedip:DedicatedIpLease", "dedicatedip:index:DedicatedIpLease")
USD_PER_ADDRESS = 24.95  # a month, AWS price list of 2026-07-22


def cap_the_cost(args: StackValidationArgs, report_violation: ReportViolation) -> None:
    """Report a stack whose leases want more addresses than the cap pays for."""
    wanted = sum(int(resource.props["count"]) for resource in args.resources if resource.resource_type in LEASES)
    cost, cap = wanted * USD_PER_ADDRESS, args.get_config()["usd"]
    if cost > cap:
        report_violation(
            f"{wanted} dedicated IP addresses cost USD {cost:.2f} a month; the cap is USD {cap:.2f}.", None
        )


def leave_none_alone(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
    """Report a lease of a single address."""
    if args.resource_type in LEASES and int(args.props["count"]) == 1:
        report_violation(
            f"Lease {args.name} wants one address: mail stops when that one is blocked. AWS advises more than one.",
            None,
        )


def relinquish_on_purpose(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
    """Report a lease that relinquishes while it is protected, and one that is left without protection."""
    if args.resource_type not in LEASES:
        return
    count = int(args.props["count"])
    held = int(args.get_config()["held"].get(args.urn, count))
    if args.opts.protect and count < held:
        report_violation(
            f"Lease {args.name} falls from {held} to {count}, which may relinquish addresses for good, and is "
            "protected. If that is meant, take `protect` away in the same change.",
            None,
        )
    if count >= held and count and not args.opts.protect:
        report_violation(
            f"Lease {args.name} is not protected: taking it out of the program relinquishes all its addresses for "
            "good. Set `protect=True`.",
            None,
        )


PolicyPack(
    name="dedicated-ip",
    policies=[
        StackValidationPolicy(
            name="dedicated-ip-monthly-cost",
            description="Dedicated IP addresses are paid for every month, used or not.",
            validate=cap_the_cost,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=PolicyConfigSchema(properties={"usd": {"type": "number", "default": 250}}),
        ),
        ResourceValidationPolicy(
            name="dedicated-ip-alone",
            description="A Region sends from more than one dedicated IP address.",
            validate=leave_none_alone,
            enforcement_level=EnforcementLevel.ADVISORY,
        ),
        ResourceValidationPolicy(
            name="dedicated-ip-relinquishment",
            description="Dedicated IP addresses are relinquished on purpose only: `protect` is lifted first.",
            validate=relinquish_on_purpose,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=PolicyConfigSchema(properties={"held": {"type": "object", "default": {}}}),
        ),
    ],
)
