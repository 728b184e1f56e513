"""The state of a lease as every stack stores it, to be read by this version or a later one.

The keys are formats: every later version must be able to read a state that any released version wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from dedicated_ip_provider.errors import NOTHING_FILED, Refused
from dedicated_ip_provider.inputs import NAMES, Bag, InvalidValue, addresses
from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.memory import read_memory, write_memory
from dedicated_ip_provider.lease.model import LIST_PRICE, Lease, Memory, is_account_id, monthly_cost_usd, name_of
from dedicated_ip_provider.support_center import case_url
from dedicated_ip_provider.validation import inputs_of, read_lease

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.lease.model import Price
    from dedicated_ip_provider.lease.status import Description

RecordState = Literal["held", "missing", "free", "superseded", "unclaimed"]
"""The Region's record, as last seen: this lease holds it; it is missing, or free; another stack holds it; or this lease
was imported, and claims it with its first update or delete."""

DYNAMIC_TYPE: Final = "pulumi-python:dynamic/dedicatedip:DedicatedIpLease"
"""The type token of the dynamic resource."""

STORED_PROVIDER: Final = "gASVNwAAAAAAAACMHmRlZGljYXRlZF9pcF9wcm92aWRlci5wcm92aWRlcpSMDUxlYXNlUHJvdmlkZXKUk5QpgZQu"
"""What Pulumi stores as `__provider` of the dynamic resource: only the names of a module and a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The case that a lease's outputs refer to."""

    id: str = ""
    display_id: str = ""
    status: str = ""

    @property
    def name(self) -> str:
        """Return the case's number in the Support Center, or its id; empty if there is none."""
        return self.display_id or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A lease as a stack's state stores it.

    The record keeps the `memory` too. `division` are the addresses of each pool, and `order` the held ones, the least
    valuable first. `due` says that the next update has something to do although no input changed; `question`, that AWS
    is waiting for a confirmation before it removes addresses.
    """

    lease: Lease
    memory: Memory
    account_id: str
    record_version: str = ""
    record: RecordState = "held"
    division: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    due: bool = False
    question: bool = False
    link: Link = Link()


def lease_from_inputs(inputs: Bag) -> Lease:
    """Return the lease in checked inputs or in a state's outputs. Raises `Refused` if they are not ours."""
    if "lease_key" in inputs and "holder" not in inputs:
        raise _first_edition(inputs)
    reading = read_lease({key: inputs[key] for key in NAMES if key in inputs})
    if reading.lease is None:
        raise _foreign(inputs, " ".join(failure.reason for failure in reading.failures))
    return reading.lease


def read_state(outputs: Bag) -> State:
    """Return the state in a stack's outputs. Raises `Refused` if they are not ours."""
    lease = lease_from_inputs(outputs)
    try:
        memory = outputs["memory"]
        remembered = read_memory(memory)
        if remembered.holder is None:
            raise ValueError("`memory` names no holder")
        return State(
            lease=lease,
            memory=remembered,
            account_id=_account_from(outputs["account_id"]),
            record_version=str(outputs.get("record_version", "")),
            record=_record_from(memory.get("record", "held")),
            division={pool: addresses(ips) for pool, ips in outputs.get("pool_addresses", {}).items()},
            order=tuple(str(memory["order"]).split()) if "order" in memory else addresses(outputs.get("addresses", ())),
            due=memory.get("due") is True,
            question=memory.get("question") is True,
            link=Link(
                id=str(outputs.get("case_id", "")),
                display_id=str(outputs.get("case_display_id", "")),
                status=str(outputs.get("case_status", "")),
            ),
        )
    except InvalidValue as problem:
        raise _foreign(outputs, f"a list of addresses {problem}.") from problem
    except KeyError as problem:
        raise _foreign(outputs, f"`{problem.args[0]}` is missing.") from problem
    except (TypeError, ValueError, OverflowError, AttributeError) as problem:
        raise _foreign(outputs, f"{type(problem).__name__}: {problem}.") from problem


def is_state(bag: Bag) -> bool:
    """Return whether a bag is a lease's state, rather than just the inputs that `DedicatedIpLease.get` sends."""
    return "memory" in bag or "lease_key" in bag


def outputs_of(state: State, shown: Description, price: Price = LIST_PRICE) -> dict[str, Any]:
    """Return all outputs of a lease: its inputs, its status and cost, and the provider's memory."""
    lease, link = state.lease, state.link
    extras = {
        "record": None if state.record == "held" else state.record,
        "order": " ".join(state.order) if state.order != sort_ips(state.order) else None,
        "due": state.due or None,
        "question": state.question or None,
    }
    return {
        **inputs_of(lease),
        "status": shown.status,
        "message": shown.message,
        "addresses": list(shown.addresses),
        "pool_addresses": {pool: list(ips) for pool, ips in state.division.items()},
        "warming": list(shown.warming),
        "relinquishing": list(shown.relinquishing),
        "leased_count": shown.leased_count,
        "requested_count": shown.requested_count,
        "shortfall": shown.shortfall,
        "monthly_cost_usd": monthly_cost_usd(shown.leased_count, price),
        "case_id": link.id,
        "case_display_id": link.display_id,
        "case_url": case_url(lease.region, link.display_id),
        "case_status": link.status,
        "form_text": shown.form_text,
        "account_id": state.account_id,
        "record_version": state.record_version,
        "memory": {**write_memory(state.memory), **{key: value for key, value in extras.items() if value is not None}},
    }


def _first_edition(outputs: Bag) -> Refused:
    key = str(outputs["lease_key"])
    held = [str(ip) for ip in outputs.get("addresses", ())]
    adopt = f", and name {', '.join(held)} in `adopt`" if held else ""
    return Refused(
        f"The state of the lease {key} was written by the first edition of dedicated-ip-provider, which this one does "
        "not read.",
        f"{NOTHING_FILED} Close its open cases in the Support Center, take it out of the stack with `pulumi state "
        f"delete`{adopt}, then run `pulumi up`.",
    )


def _foreign(outputs: Bag, why: str) -> Refused:
    holder = outputs.get("holder")
    name = name_of(holder) if isinstance(holder, str) and holder else "a lease"
    return Refused(
        f"The state of {name} cannot be read: {why}",
        f"{NOTHING_FILED} Update dedicated-ip-provider, or restore an earlier state of the stack.",
    )


def _record_from(value: object) -> RecordState:
    if value not in get_args(RecordState):
        raise ValueError(f"{value!r} is not a state of a record")
    return cast("RecordState", value)


def _account_from(value: object) -> str:
    if not is_account_id(value):
        raise ValueError("`account_id` is not an account id")
    return str(value)
