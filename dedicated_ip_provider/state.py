"""The state of a lease as every stack stores it: written, and read again by this version or a later one.

The keys are formats: a state that any released version wrote has to be read for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.fits import Regions, WrongError, addresses
from dedicated_ip_provider.forms import case_url
from dedicated_ip_provider.lease import Case, CaseLink, Lease, Paper, Past, is_account_id, label_of
from dedicated_ip_provider.names import INPUTS
from dedicated_ip_provider.props import Bag, inputs_of, read_lease

if TYPE_CHECKING:
    from dedicated_ip_provider.outlook import Outlook


def lease_from_state(outputs: Bag, regions: Regions) -> Lease:
    """Read the lease that a state's outputs echo. Raises `Refused` when the state is not one of ours."""
    reading = read_lease({key: outputs[key] for key in INPUTS if key in outputs}, regions)
    if reading.lease is None:
        raise _foreign(outputs, " ".join(failure.reason for failure in reading.failures))
    return reading.lease


def past_from_state(outputs: Bag) -> Past:
    """Read what a state remembers of its lease. Raises `Refused` when the state is not one of ours."""
    try:
        memory = outputs["memory"]
        return Past(
            count=int(outputs["count"]),
            attempt=int(outputs.get("attempt", 1)),
            account_id=_account_from(outputs["account_id"]),
            born_at=str(memory["born_at"]),
            adopt=addresses(outputs.get("adopt", [])),
            addresses=addresses(outputs["addresses"]),
            relinquishing=addresses(outputs["relinquishing"]),
            release_order=addresses(memory.get("release_order", [])),
            not_taken_back=addresses(memory.get("not_taken_back", [])),
            strangers=addresses(memory.get("strangers", [])),
            others=addresses(memory.get("others", [])),
            before=addresses(memory.get("before", [])),
            case_number=int(memory["case_number"]),
            unfinished=memory.get("unfinished") is True,
            confirmation_due=memory.get("confirmation_due") is True,
            open_cases=tuple(_case_from(case, outputs) for case in memory.get("open_cases", [])),
            papers=tuple(_paper_from(paper) for paper in memory.get("papers", [])),
            latest=_link_from(outputs),
        )
    except WrongError as problem:
        raise _foreign(outputs, f"a list of addresses {problem}.") from problem
    except KeyError as problem:
        raise _foreign(outputs, f"`{problem.args[0]}` is missing.") from problem
    except (TypeError, ValueError, OverflowError, AttributeError) as problem:
        raise _foreign(outputs, f"{type(problem).__name__}: {problem}.") from problem


def is_state(bag: Bag) -> bool:
    """Tell a lease's state from the bare inputs that `DedicatedIpLease.get` sends."""
    return "memory" in bag


def waits_for_answer(outputs: Bag) -> bool:
    """Tell whether AWS had asked, when the lease was last looked at, if addresses shall really go."""
    memory = outputs.get("memory")
    return isinstance(memory, Mapping) and memory.get("confirmation_due") is True


def is_repeated(outputs: Bag) -> bool:
    """Tell whether the lease, when it was last looked at, had two open cases that ask for the very same."""
    memory = outputs.get("memory")
    cases = memory.get("open_cases") if isinstance(memory, Mapping) else None
    known = [case for case in cases if isinstance(case, Mapping)] if isinstance(cases, (list, tuple)) else []
    standing = [case for case in known if case.get("kind") == "request" and case.get("withdrawn") is not True]
    requests = [str(case.get("number")) for case in standing]
    return len(requests) > len(set(requests))


def outputs_of(lease: Lease, outlook: Outlook) -> dict[str, Any]:
    """Write the whole state of a lease: its inputs, what is true of it, and the provider's memory."""
    past, case = outlook.past, outlook.case
    return {
        **inputs_of(lease),
        "status": outlook.status,
        "message": outlook.message,
        "addresses": list(past.addresses),
        "relinquishing": list(past.relinquishing),
        "leased_count": outlook.leased_count,
        "requested_count": outlook.requested_count,
        "shortfall": outlook.shortfall,
        "monthly_cost_usd": outlook.monthly_cost_usd,
        "case_id": case.id if case else "",
        "case_display_id": (case.display_id or "") if case else "",
        "case_url": case_url(lease.region, case.display_id) if case else "",
        "case_status": case.status if case else "",
        "form_text": outlook.form_text,
        "account_id": past.account_id,
        "memory": _worth_keeping(
            {
                "before": list(past.before),
                "born_at": past.born_at,
                "case_number": past.case_number,
                "confirmation_due": past.confirmation_due,
                "not_taken_back": list(past.not_taken_back),
                "others": list(past.others),
                "open_cases": [_case_memory(one, case) for one in past.open_cases],
                "papers": [{"number": one.number, "message": one.message, "text": one.text} for one in past.papers],
                "release_order": list(past.release_order),
                "strangers": list(past.strangers),
                "unfinished": past.unfinished,
            }
        ),
    }


def _worth_keeping(memory: Bag) -> dict[str, Any]:
    """Leave out what is empty or false: Pulumi writes a whole stack at every step, and reading needs no such words."""
    return {key: value for key, value in memory.items() if value is not False and value != []}


def _foreign(outputs: Bag, why: str) -> Refused:
    key = outputs.get("lease_key")
    name = label_of(key) if isinstance(key, str) and key else "a lease"
    return Refused(
        f"The state of {name} cannot be read: {why}",
        "Nothing was filed. Update dedicated-ip-provider, or restore the stack's state from before.",
    )


def _account_from(value: object) -> str:
    if not is_account_id(value):
        raise ValueError("`account_id` is no account")
    return str(value)


def _case_memory(case: Case, shown: CaseLink | None) -> dict[str, Any]:
    """Write what the state keeps of an open case: not what the outputs say, nor what a case begins with."""
    kept = {field.name: (getattr(case, field.name), field.default) for field in fields(case)}
    said = {"lease_key", "region"}
    if shown == case.link:
        said |= {"id", "display_id", "status"}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, (value, default) in kept.items()
        if name not in said and value != default
    }


def _case_from(memory: Bag, outputs: Bag) -> Case:
    if memory["kind"] not in ("request", "relinquish"):
        raise ValueError("a case of no known kind")
    shown = None if "id" in memory else _link_from(outputs)
    return Case(
        id=shown.id if shown else str(memory["id"]),
        display_id=shown.display_id if shown else memory.get("display_id"),
        status=shown.status if shown else str(memory["status"]),
        filed_at=str(memory["filed_at"]),
        lease_key=str(outputs["lease_key"]),
        region=str(outputs["region"]),
        number=int(memory["number"]),
        kind=memory["kind"],
        total=int(memory["total"]),
        attempt=int(memory["attempt"]),
        asks=int(memory.get("asks", 0)),
        before=addresses(memory.get("before", [])),
        returns=addresses(memory.get("returns", [])),
        withdrawn=memory.get("withdrawn") is True,
        stepped_back=memory.get("stepped_back") is True,
        confirmed=memory.get("confirmed") is True,
        messages=int(memory.get("messages", 1)),
    )


def _paper_from(memory: Bag) -> Paper:
    return Paper(number=int(memory["number"]), message=int(memory["message"]), text=str(memory["text"]))


def _link_from(outputs: Bag) -> CaseLink | None:
    if not outputs.get("case_id"):
        return None
    return CaseLink(
        id=str(outputs["case_id"]),
        display_id=outputs.get("case_display_id") or None,
        status=str(outputs.get("case_status", "")),
    )
