"""The leases of an account, looked at: one list of its cases, and a list of the addresses of each Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.forms import case_url
from dedicated_ip_provider.lease import Case, Seen, counted
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.traces import Trace, keys_of, trace

if TYPE_CHECKING:
    from collections.abc import Collection

    from dedicated_ip_provider.aws import Account


def look(account: Account, chosen: Collection[str] = ()) -> tuple[Trace, ...]:
    """Find the leases of the account, in all Regions or in the chosen ones, and tell how they stand now."""
    account_id = account.id
    # The cases first: a case that closes between the two looks has brought its addresses by then.
    cases = account.cases()
    places = {case.region for case in cases if regions().is_well_formed(case.region)}
    found: list[Trace] = []
    for region in sorted(places & set(chosen) if chosen else places):
        seen = Seen(account_id=account_id, addresses=account.addresses(region), cases=cases)
        found += [trace(key, seen) for key in keys_of(cases, region)]
    return tuple(found)


def find_case(account: Account, name: str) -> Case:
    """Find a lease's case by the number that people see, or by AWS's long id. Raises `Refused`."""
    for case in account.cases():
        if name in (case.display_id, case.id):
            return case
    raise Refused(
        f"Account {account.id} has no case {name} that a lease filed.",
        "`dedicated-ip status` shows the cases of leases; the number of a case is in the Support Center, too.",
    )


def short_name(one: Trace) -> str:
    """Name a lease by its project, stack and resource; the Region stands beside it."""
    return "/".join(one.lease.key.split("/")[1:-1])


def message_of(one: Trace) -> str:
    """Say where a lease stands, with what only its stack knows."""
    said = [one.outlook.message]
    if one.unnamed:
        said.append(f"Beside these it adopted {counted(one.unnamed)}, which only the stack's state names.")
    if one.unclear:
        said.append(
            f"More appeared after case {one.unclear.name} than it asked for: only the stack's state tells whose."
        )
    return " ".join(said)


def since(one: Trace) -> str:
    """Say when the case that a lease's status speaks of was filed."""
    return f"{one.case.filed_at[:16].replace('T', ' ')} UTC"


def url_of(one: Trace) -> str:
    """Give the page of that case in the Support Center."""
    return case_url(one.lease.region, one.case.display_id)


def as_data(one: Trace) -> dict[str, Any]:
    """Write a lease for a program, in the words of the resource's outputs."""
    outlook = one.outlook
    return {
        "lease_key": one.lease.key,
        "region": one.lease.region,
        "count": one.lease.count,
        "unnamed_count": one.unnamed,
        "status": outlook.status,
        "message": message_of(one),
        "addresses": list(outlook.past.addresses),
        "relinquishing": list(outlook.past.relinquishing),
        "requested_count": outlook.requested_count,
        "shortfall": outlook.shortfall,
        "monthly_cost_usd": outlook.monthly_cost_usd,
        "case_id": one.case.id,
        "case_display_id": one.case.display_id or "",
        "case_status": one.case.status,
        "case_url": url_of(one),
        "case_filed_at": one.case.filed_at,
    }
