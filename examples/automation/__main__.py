"""Lease addresses for many tenants, each in a stack of its own, with Pulumi's Automation API.

    python examples/automation examples/automation/tenants.json

brings each tenant's stack up to date with AWS and with the file, and prints its status. Run it every day.
Each run may file a case on its own: for a change in the file, and for an address that has vanished, which it requests
again. To have a person decide, call `stack.refresh()` every day, and `stack.up` only when someone has read the preview.
A tenant that is taken out of the file keeps its addresses: relinquishing them is final, so a person does it, with
`pulumi destroy --stack organization/mail-tenants/NAME`, in a folder without a `Pulumi.yaml` (with Pulumi Cloud, your
organization's name takes the place of `organization`).

An account has one lease in a Region, so here each tenant has its own Region; tenants that share a Region share a lease,
with a pool for each in `pools`.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation

from dedicated_ip_provider import DedicatedIpLease, UseCase

PROJECT = "mail-tenants"


def main(tenants_file: str) -> None:
    """Bring all tenants up to date, and print a line for each."""
    tenants: dict[str, dict[str, Any]] = json.loads(Path(tenants_file).read_text())
    for name, tenant in tenants.items():
        stack = automation.create_or_select_stack(name, PROJECT, partial(lease_for, tenant))
        stack.set_config("aws:region", automation.ConfigValue(tenant["region"]))
        # First read what AWS did since the last run, then request what the file says now.
        outputs = stack.up(refresh=True).outputs
        print(f"{name}: {outputs['message'].value} {' '.join(outputs['addresses'].value)}".rstrip())


def lease_for(tenant: dict[str, Any]) -> None:
    """Declare one tenant's lease."""
    lease = DedicatedIpLease(
        "mail",
        count=tenant["count"],
        use_case=UseCase(
            mail_type=tenant["mail_type"],
            website_url=tenant["website"],
            description=tenant["description"],
            why_dedicated="Each of our tenants has a reputation of its own.",
            opt_in="Our terms ask each tenant for confirmed opt-in, and our sign-up form enforces it.",
            bounce_complaints="SNS feeds a suppression list of each tenant within a minute.",
            complies_with_aup=True,
        ),
    )
    pulumi.export("message", lease.message)
    pulumi.export("addresses", lease.addresses)


if __name__ == "__main__":
    main(*sys.argv[1:])
