"""What happens to an account beside its cases: addresses come and go without one, and so do parameters.

What makes no sense as things stand is a `BadCommand`, and changes nothing.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.acts import (
    DeleteParameter,
    Happening,
    Import,
    Lease,
    Managed,
    PutParameter,
    TakeAway,
)
from dedicated_ip_provider.emulator.address import DEFAULT_POOL, Pool
from dedicated_ip_provider.emulator.bounds import checked_account, checked_count, checked_region
from dedicated_ip_provider.emulator.errors import ApiError, BadCommand, NotHere
from dedicated_ip_provider.emulator.parameter import ParameterWrite, check_name, check_value

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.world import World


def happen(world: World, act: Happening) -> tuple[str, ...]:
    """Let something happen to an account beside its cases; give the addresses that came or went."""
    checked_account(act.account)
    checked_region(act.region)
    match act:
        case Lease():
            return _lease(world, act)
        case Import():
            return _import(world, act)
        case Managed():
            return _add_managed(world, act)
        case TakeAway():
            return _take_away(world, act)
        case PutParameter():
            _put_parameter(world, act)
        case _:
            _delete_parameter(world, act)
    return ()


def _lease(world: World, act: Lease) -> tuple[str, ...]:
    """Let addresses appear that nobody's case asked for."""
    if act.pool != DEFAULT_POOL and (act.region, act.pool) not in world.look_at(act.account).pools:
        raise NotHere(f"there is no pool {act.pool} in {act.region}")
    ips = world.add_addresses(act.account, act.region, checked_count(act.count), pool=act.pool)
    world.tell(f"appeared in {act.region} without a case: {', '.join(ips)}")
    return ips


def _import(world: World, act: Import) -> tuple[str, ...]:
    """Let these very addresses appear."""
    for ip in act.addresses:
        if not _is_ipv4(ip) or world.was_ever_here(ip):
            raise BadCommand(f"{ip} is no IPv4 address, or is or was an account's already")
    for ip in act.addresses:
        world.add_address(act.account, act.region, ip)
    world.tell(f"brought along to {act.region}: {', '.join(act.addresses)}")
    return act.addresses


def _add_managed(world: World, act: Managed) -> tuple[str, ...]:
    """Let SES add addresses to a managed pool."""
    key = act.region, act.pool
    pool = world.look_at(act.account).pools.get(key) or Pool(name=act.pool, scaling_mode="MANAGED")
    if pool.scaling_mode != "MANAGED":
        raise BadCommand(f"the pool {act.pool} in {act.region} is not a managed one")
    count = checked_count(act.count)
    world.account(act.account).pools[key] = pool
    ips = world.add_addresses(act.account, act.region, count, pool=act.pool, managed=True)
    world.tell(f"added by SES to the managed pool {act.pool} in {act.region}: {', '.join(ips)}")
    return ips


def _take_away(world: World, act: TakeAway) -> tuple[str, ...]:
    """Let addresses vanish that no case gave back."""
    here = world.look_at(act.account).addresses
    for ip in act.addresses:
        if (act.region, ip) not in here:
            raise NotHere(f"account {act.account} has no {ip} in {act.region}")
    for ip in act.addresses:
        del here[act.region, ip]
    world.tell(f"vanished from {act.region}: {', '.join(act.addresses)}")
    return act.addresses


def _put_parameter(world: World, act: PutParameter) -> None:
    """Write a parameter as its owner does in the console."""
    try:
        check_name(act.name)
        check_value(act.value)
    except ApiError as error:
        raise BadCommand(error.message) from None
    write = ParameterWrite(value=act.value, user=f"arn:aws:iam::{act.account}:user/owner")
    written = world.put_parameter(act.account, act.region, act.name, write)
    world.tell(f"parameter {act.name} in {act.region}: version {written.version} written by hand")


def _delete_parameter(world: World, act: DeleteParameter) -> None:
    """Delete a parameter; one that is created later under the same name starts with version 1."""
    if not world.look_at(act.account).parameters.pop((act.region, act.name), None):
        raise NotHere(f"account {act.account} has no parameter {act.name} in {act.region}")
    world.tell(f"parameter {act.name} in {act.region}: deleted by hand")


def _is_ipv4(text: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False
