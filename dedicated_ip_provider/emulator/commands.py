"""What people do to an account other than through the API: the staff's decisions, the customer, and external events.

Each command is defined once, as in `staff`, whose decisions are commands too; `name_of` returns the name as it is
typed. `read` reads the JSON of commands, faults and settings strictly into frozen values, naming what is wrong: if a
misspelt fault were ignored, a test would pass for the wrong reason.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import math
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dedicated_ip_provider.emulator import staff
from dedicated_ip_provider.emulator.services.ssm import check_name, check_value
from dedicated_ip_provider.emulator.values import (
    DEFAULT_ACCOUNT,
    DEFAULT_POOL,
    BadCommand,
    Case,
    NotHere,
    Pool,
    checked_account,
    checked_count,
    checked_region,
    checked_text,
)
from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.world import World

T = TypeVar("T")


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
class _Event:
    """What happens to an account in a Region, outside its cases."""

    region: str
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class Lease(_Event):
    """Add addresses that no case asked for."""

    count: int = 1
    pool: str = field(default=DEFAULT_POOL, kw_only=True)


@dataclass(frozen=True, slots=True)
class ImportAddresses(_Event):
    """Add these addresses, as when an account brings its own."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddManaged(_Event):
    """Add addresses to a managed pool, as SES does; the pool is created if it does not exist."""

    count: int = 1
    pool: str = field(default="managed", kw_only=True)


@dataclass(frozen=True, slots=True)
class TakeAway(_Event):
    """Remove addresses that no case relinquished."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutParameter(_Event):
    """Write a Systems Manager parameter in the console, whether it exists or not."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DeleteParameter(_Event):
    """Delete a parameter in the console, with all its versions."""

    name: str


CaseCommand = staff.Decision | Reply
CASE_COMMANDS: tuple[type[CaseCommand], ...] = (*staff.DECISIONS, Reply)
ExternalEvent = Lease | ImportAddresses | AddManaged | TakeAway | PutParameter | DeleteParameter
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
    pool = world.look_at(event.account).pools.get(key) or Pool(
        region=event.region, name=event.pool, scaling_mode="MANAGED"
    )
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
    owner = f"arn:aws:iam::{event.account}:user/owner"
    version = world.put_parameter(event.account, (event.region, event.name), event.value, owner)
    world.tell(f"parameter {event.name} in {event.region}: version {version} written by hand")


def _delete_parameter(world: World, event: DeleteParameter) -> None:
    if not world.look_at(event.account).parameters.pop((event.region, event.name), None):
        raise NotHere(f"account {event.account} has no parameter {event.name} in {event.region}")
    world.tell(f"parameter {event.name} in {event.region}: deleted by hand")


def _is_ipv4(text: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False


_WORDS = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


def read(kind: type[T], given: object) -> T:
    """Return a value of the dataclass `kind` from a JSON object. Raise `BadCommand` that names what is wrong."""
    return _read(kind, given, kind.__name__)


def write(value: object) -> Any:  # noqa: ANN401 - JSON, whose shape only the reader knows
    """Return a value as JSON data: objects, lists, strings, numbers."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: write(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): write(inner) for name, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [write(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _read(kind: type[T], given: object, where: str) -> T:
    if not isinstance(given, Mapping):
        raise BadCommand(f"{where}: expected an object with names and values")
    hints = get_type_hints(kind)
    unknown = sorted(str(name) for name in given if name not in hints)
    if unknown:
        raise BadCommand(f"{where} has no {unknown[0]!r}; it has {', '.join(hints) or 'nothing'}")
    for one in dataclasses.fields(kind):  # type: ignore[arg-type]  # every `kind` is a dataclass
        if one.default is dataclasses.MISSING and one.name not in given:
            raise BadCommand(f"{where} needs {one.name!r}")
    return kind(**{name: _fit(hints[name], value, f"{where}.{name}") for name, value in given.items()})


def _fit(hint: Any, value: object, where: str) -> object:  # noqa: ANN401 - what `get_type_hints` gives
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(part for part in get_args(hint) if part is not type(None))
        return None if value is None else _fit(inner, value, where)
    if origin is Literal:
        if isinstance(value, str) and value in get_args(hint):
            return value
        raise BadCommand(f"{where} must be one of {', '.join(get_args(hint))}")
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise BadCommand(f"{where} must be a list")
        return tuple(_fit(get_args(hint)[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return value if isinstance(value, hint) else _read(hint, value, where)
    return _fit_simple(hint, value, where)


def _fit_simple(hint: type, value: object, where: str) -> object:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return _finite(value, where)
    if type(value) is not hint:
        raise BadCommand(f"{where} must be {_WORDS[hint]}")
    return _finite(value, where) if isinstance(value, float) else value


def _finite(value: float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadCommand(f"{where} must be a finite number")
    return number
