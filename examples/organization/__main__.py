"""Lease addresses in all accounts of an organization, from one file, in a stack for each account.

    python examples/organization examples/organization/organization.json

brings every account up to date with AWS and with the file, several at a time, and prints its status. Run it again at
any time: it continues from there. AWS accepts ten new cases an hour per account, so a run declares at most ten new
leases in each; the exit code says whether there is more to do.

    0  every account has what the file says, or AWS is working on it
    1  some accounts failed; their errors are printed, and the others continued
    3  some leases wait for AWS's hourly limit: run it again in an hour

A run may file cases on its own: for a change in the file, and for an address that has vanished, which it requests
again. So run it when someone has read the change, and not on a schedule, if a person is to decide about each case.

An account that is taken out of the file keeps its addresses: relinquishing them is final, so a person does it, with
`pulumi destroy --stack organization/mail-organization/ACCOUNT`, in a folder without a `Pulumi.yaml` (with Pulumi Cloud,
your organization's name takes the place of the first `organization`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pulumi
from pulumi import automation
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dedicated_ip_provider import DedicatedIpFleet, FleetRegion, UseCaseDict

PROJECT = "mail-organization"
NEW_LEASES_A_RUN = 10
HOURLY_LIMIT = "new cases an hour, and account"


@dataclass(frozen=True)
class Plan:
    """The plan for one account: how many addresses in each Region, and the use case for AWS."""

    account: str
    role: str
    regions: dict[str, int]
    use_case: UseCaseDict


@dataclass(frozen=True)
class Result:
    """The state of one account after a run."""

    account: str
    statuses: dict[str, str] = field(default_factory=dict)
    leased: int = 0
    monthly_cost_usd: float = 0.0
    waiting: int = 0
    error: str = ""


def main() -> int:
    """Bring all accounts up to date, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the accounts, their Regions and the use case for AWS")
    parser.add_argument("--at-once", type=int, default=4, help="how many accounts to run at once (default: 4)")
    given = parser.parse_args()
    with ThreadPoolExecutor(given.at_once) as executor:
        results = run_all(read_plans(given.file), executor)
    print_summary(results)
    if any(result.error for result in results):
        return 1
    return 3 if any(result.waiting for result in results) else 0


def read_plans(file: Path) -> list[Plan]:
    """Return the plan for each account in the file; an account may have its own Regions."""
    wanted = json.loads(file.read_text())
    return [
        Plan(
            account=account,
            role=f"arn:aws:iam::{account}:role/{wanted['role']}",
            regions=own.get("regions", wanted["regions"]),
            use_case=wanted["use_case"],
        )
        for account, own in wanted["accounts"].items()
    ]


def run_all(plans: list[Plan], executor: Executor) -> list[Result]:
    """Bring accounts up to date in an executor: threads, or the workers of a cluster."""
    futures = [executor.submit(bring_up_to_date, plan) for plan in plans]
    progress = track(as_completed(futures), "accounts", len(futures), console=Console(stderr=True))
    return sorted((future.result() for future in progress), key=lambda result: result.account)


def bring_up_to_date(plan: Plan) -> Result:
    """Bring one account's stack up to date; an error affects only that account."""
    try:
        return _bring_up_to_date(plan)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other accounts continue
        if HOURLY_LIMIT in str(error):
            return Result(account=plan.account, waiting=len(plan.regions))
        # Python's traceback ends with the sentence; what Pulumi itself says has "error:" in front.
        said = re.findall(r"DedicatedIpError: (.*)", str(error)) or re.findall(r"error: (.*)", str(error))
        return Result(account=plan.account, error=said[0] if said else repr(error))


def _bring_up_to_date(plan: Plan) -> Result:
    settings = automation.StackSettings(
        config={"aws:assumeRoles": [{"roleArn": plan.role}], "aws:allowedAccountIds": [plan.account]}
    )
    stack = automation.create_or_select_stack(
        plan.account,
        PROJECT,
        lambda: None,
        opts=automation.LocalWorkspaceOptions(stack_settings={plan.account: settings}),
    )
    resources = (stack.export_stack().deployment or {}).get("resources", [])
    here = {one["inputs"]["region"] for one in resources if one["type"].endswith(":DedicatedIpLease")}
    new = [region for region in plan.regions if region not in here]
    now = {region: count for region, count in plan.regions.items() if region not in new[NEW_LEASES_A_RUN:]}
    # First read what AWS did since the last run, then request what the file says now.
    program = partial(declare, now, plan.use_case)
    outputs = stack.up(program=program, refresh=True, continue_on_error=True, suppress_progress=True).outputs
    return Result(
        account=plan.account,
        statuses=outputs["statuses"].value,
        leased=int(outputs["leased_count"].value),
        monthly_cost_usd=outputs["monthly_cost_usd"].value,
        waiting=len(plan.regions) - len(now),
    )


def declare(regions: dict[str, int], use_case: UseCaseDict) -> None:
    """Declare one account's leases."""
    fleet = DedicatedIpFleet(
        "mail",
        regions={region: FleetRegion(count=count) for region, count in regions.items()},
        use_case=use_case,
    )
    pulumi.export("statuses", fleet.statuses)
    pulumi.export("leased_count", fleet.leased_count)
    pulumi.export("monthly_cost_usd", fleet.monthly_cost_usd)


def print_summary(results: list[Result]) -> None:
    """Print a line for each account, and the total."""
    table = Table("account", "leases", "addresses", "USD a month", "waiting", box=None)
    for one in results:
        statuses = ", ".join(f"{count} {status}" for status, count in sorted(Counter(one.statuses.values()).items()))
        cost = f"{one.monthly_cost_usd:,.2f}"
        table.add_row(one.account, one.error or statuses, str(one.leased), cost, str(one.waiting or ""))
    cost = f"{sum(one.monthly_cost_usd for one in results):,.2f}"
    waiting = sum(one.waiting for one in results)
    table.add_row("in all", "", str(sum(one.leased for one in results)), cost, str(waiting or ""), style="bold")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
