"""What people do to an account other than through the API: the staff's decisions, the customer, and external events.

Each command is defined once, as in `staff`, whose decisions are commands too; `name_of` returns the name as it is
typed.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from dedicated_ip_provider.emulator import staff
from dedicated_ip_provider.emulator.services.ssm import check_name, check_value
from dedicated_ip_provider.emulator.values import (
    DEFAULT_ACCOUNT,
    DEFAULT_POOL,
    BadCommand,
    Case,
    NotHere,
    ParameterWrite,
    Pool,
    checked_account,
    checked_count,
    checked_region,
    checked_text,
)
from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.world import World


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer in the Support Center, as the customer."""

    text: str


@dataclass(frozen=True, slots=True)
class FileByHand:
    """File a case in the Support Center, as the customer."""

    subject: str
    body: str
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True)
class Lease:
    """Add addresses that no case asked for."""

    region: str
    count: int = 1
    pool: str = field(default=DEFAULT_POOL, kw_only=True)
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class ImportAddresses:
    """Add these addresses, as when an account brings its own."""

    region: str
    addresses: tuple[str, ...]
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class AddManaged:
    """Add addresses to a managed pool, as SES does; the pool is created if it does not exist."""

    region: str
    count: int = 1
    pool: str = field(default="managed", kw_only=True)
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class TakeAway:
    """Remove addresses that no case relinquished."""

    region: str
    addresses: tuple[str, ...]
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class PutParameter:
    """Write a Systems Manager parameter in the console, whether it exists or not."""

    region: str
    name: str
    value: str
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class DeleteParameter:
    """Delete a parameter in the console, with all its versions."""

    region: str
    name: str
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


CaseCommand = staff.Decision | Reply
CASE_COMMANDS: tuple[type[CaseCommand], ...] = (*staff.DECISIONS, Reply)
ExternalEvent = Lease | ImportAddresses | AddManaged | TakeAway | PutParameter | DeleteParameter
"""What happens to an account outside its cases."""
EXTERNAL_EVENTS: tuple[type[ExternalEvent], ...] = get_args(ExternalEvent)


def name_of(command: type) -> str:
    """Return the name of a command as it is typed: `confirm-question`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", command.__name__).lower()


def carry_out(world: World, case: Case, command: CaseCommand) -> tuple[str, ...]:
    """Carry out a command about a case, and return the addresses it added or removed."""
    if not isinstance(command, Reply):
        return staff.carry_out(world, case, command)
    world.reply(case, checked_text(command.text))
    return ()


def happen(world: World, event: ExternalEvent) -> tuple[str, ...]:
    """Apply an external event, and return the addresses it added or removed."""
    checked_account(event.account)
    checked_region(event.region)
    match event:
        case Lease():
            return _lease(world, event)
        case ImportAddresses():
            return _import(world, event)
        case AddManaged():
            return _add_managed(world, event)
        case TakeAway():
            return _take_away(world, event)
        case PutParameter():
            _put_parameter(world, event)
        case _:
            _delete_parameter(world, event)
    return ()


def _lease(world: World, event: Lease) -> tuple[str, ...]:
    if event.pool != DEFAULT_POOL and (event.region, event.pool) not in world.look_at(event.account).pools:
        raise NotHere(f"there is no pool {event.pool} in {event.region}")
    ips = world.add_addresses(event.account, event.region, checked_count(event.count), pool=event.pool)
    world.tell(f"appeared in {event.region} without a case: {', '.join(ips)}")
    return ips


def _import(world: World, event: ImportAddresses) -> tuple[str, ...]:
    for ip in event.addresses:
        if not _is_ipv4(ip) or world.was_ever_here(ip):
            raise BadCommand(f"{ip} is not an IPv4 address, or it belongs or belonged to an account")
    for ip in event.addresses:
        world.add_address(event.account, event.region, ip)
    world.tell(f"brought along to {event.region}: {', '.join(event.addresses)}")
    return event.addresses


def _add_managed(world: World, event: AddManaged) -> tuple[str, ...]:
    key = event.region, event.pool
    pool = world.look_at(event.account).pools.get(key) or Pool(name=event.pool, scaling_mode="MANAGED")
    if pool.scaling_mode != "MANAGED":
        raise BadCommand(f"the pool {event.pool} in {event.region} is not a managed one")
    count = checked_count(event.count)
    world.account(event.account).pools[key] = pool
    ips = world.add_addresses(event.account, event.region, count, pool=event.pool, managed=True)
    world.tell(f"added by SES to the managed pool {event.pool} in {event.region}: {', '.join(ips)}")
    return ips


def _take_away(world: World, event: TakeAway) -> tuple[str, ...]:
    here = world.look_at(event.account).addresses
    for ip in event.addresses:
        if (event.region, ip) not in here:
            raise NotHere(f"account {event.account} has no {ip} in {event.region}")
    for ip in event.addresses:
        del here[event.region, ip]
    world.tell(f"vanished from {event.region}: {', '.join(event.addresses)}")
    return event.addresses


def _put_parameter(world: World, event: PutParameter) -> None:
    try:
        check_name(event.name)
        check_value(event.value)
    except ApiError as error:
        raise BadCommand(error.message) from None
    write = ParameterWrite(value=event.value, user=f"arn:aws:iam::{event.account}:user/owner")
    written = world.put_parameter(event.account, event.region, event.name, write)
    world.tell(f"parameter {event.name} in {event.region}: version {written.version} written by hand")


def _delete_parameter(world: World, event: DeleteParameter) -> None:
    if not world.look_at(event.account).parameters.pop((event.region, event.name), None):
        raise NotHere(f"account {event.account} has no parameter {event.name} in {event.region}")
    world.tell(f"parameter {event.name} in {event.region}: deleted by hand")


def _is_ipv4(text: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False
