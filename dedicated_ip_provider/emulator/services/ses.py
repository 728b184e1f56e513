"""The emulated SES v2 operations on dedicated IP addresses and their pools, per Region."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.services import Paging
from dedicated_ip_provider.emulator.values import DEFAULT_POOL, SHARED_POOL, Address, Pool
from dedicated_ip_provider.emulator.wire.protocol import ApiError
from dedicated_ip_provider.emulator.world import in_region

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dedicated_ip_provider.emulator.wire.protocol import Call, Values
    from dedicated_ip_provider.emulator.world import Account, World

MANAGED_POOLS_AT_MOST = 5
"""The most managed pools in an account and Region."""

PAGES = Paging(size=10, size_key="PageSize", error="BadRequestException")
_LARGEST_PAGE = 1_000
_NAME = re.compile(r"[a-z0-9_-]{1,64}")


def get_dedicated_ips(world: World, call: Call, given: Values) -> Values:
    """GetDedicatedIps: list a Region's addresses, including those of managed pools."""
    place, region = _place(world, call)
    name = given.get("PoolName")
    if name not in (None, DEFAULT_POOL):
        _pool(place, region, str(name))
    shown = [one for one in in_region(region, place.addresses) if name in (None, one.pool)]
    keyed = [(f"{int(ipaddress.IPv4Address(one.ip)):010d}", _written(one, world.now)) for one in shown]
    return _paged("DedicatedIps", keyed, world, call, given)


def get_dedicated_ip(world: World, call: Call, given: Values) -> Values:
    """GetDedicatedIp: show one address."""
    place, region = _place(world, call)
    return {"DedicatedIp": _written(_address(place, region, given["Ip"]), world.now)}


def list_dedicated_ip_pools(world: World, call: Call, given: Values) -> Values:
    """ListDedicatedIpPools: list the pools, including SES's default pool once it holds an address."""
    place, region = _place(world, call)
    names = {pool.name for pool in in_region(region, place.pools)} | {
        one.pool for one in in_region(region, place.addresses)
    }
    return _paged("DedicatedIpPools", [(name, name) for name in names], world, call, given)


def get_dedicated_ip_pool(world: World, call: Call, given: Values) -> Values:
    """GetDedicatedIpPool: show one of the customer's pools."""
    place, region = _place(world, call)
    pool = _pool(place, region, given["PoolName"])
    return {"DedicatedIpPool": {"PoolName": pool.name, "ScalingMode": pool.scaling_mode}}


def create_dedicated_ip_pool(world: World, call: Call, given: Values) -> Values:
    """CreateDedicatedIpPool: create a pool; SES itself fills a managed one when mail is sent."""
    place, region = _place(world, call)
    pool = Pool(region=region, name=given["PoolName"], scaling_mode=given.get("ScalingMode", "STANDARD"))
    if not _NAME.fullmatch(pool.name):
        raise _bad("PoolName must be 1 to 64 of the characters a-z, 0-9, _ and -")
    if pool.name in (DEFAULT_POOL, SHARED_POOL) or (region, pool.name) in place.pools:
        raise ApiError("AlreadyExistsException", f"The pool {pool.name} already exists.")
    managed = sum(one.scaling_mode == "MANAGED" for one in in_region(region, place.pools))
    if pool.scaling_mode == "MANAGED" and managed >= MANAGED_POOLS_AT_MOST:
        raise ApiError("LimitExceededException", f"There are {MANAGED_POOLS_AT_MOST} managed pools already.")
    world.account(place.id).pools[region, pool.name] = pool
    return {}


def delete_dedicated_ip_pool(world: World, call: Call, given: Values) -> Values:
    """DeleteDedicatedIpPool: delete a pool, unless it has leased addresses; managed addresses go with their pool."""
    place, region = _place(world, call)
    pool = _pool(place, region, given["PoolName"])
    inside = [one for one in in_region(region, place.addresses) if one.pool == pool.name]
    if pool.scaling_mode == "STANDARD" and inside:
        raise _bad(f"The pool {pool.name} still has {len(inside)} dedicated IPs in it.")
    for address in inside:
        del place.addresses[region, address.ip]
    del place.pools[region, pool.name]
    return {}


def put_dedicated_ip_in_pool(world: World, call: Call, given: Values) -> Values:
    """PutDedicatedIpInPool: move an address; AWS checks the address before the pool."""
    place, region = _place(world, call)
    address = _address(place, region, given["Ip"])
    name = given["DestinationPoolName"]
    if name != DEFAULT_POOL and _pool(place, region, name).scaling_mode == "MANAGED":
        raise _bad(f"The pool {name} is a managed one.")
    if address.managed:
        raise _bad(f"The dedicated IP {address.ip} belongs to a managed pool.")
    place.addresses[region, address.ip] = replace(address, pool=name)
    return {}


def get_account(world: World, _: Call, __: Values) -> Values:
    """GetAccount: show what an account may send."""
    return {
        "DedicatedIpAutoWarmupEnabled": world.settings.auto_warmup,
        "EnforcementStatus": world.settings.enforcement,
        "ProductionAccessEnabled": world.settings.production_access,
        "SendQuota": {"Max24HourSend": 1_000_000.0, "MaxSendRate": 100.0, "SentLast24Hours": 0.0},
        "SendingEnabled": world.settings.sending_enabled,
    }


def _place(world: World, call: Call) -> tuple[Account, str]:
    return world.look_at(call.caller.account), call.caller.region


def _address(place: Account, region: str, ip: str) -> Address:
    address = place.addresses.get((region, ip))
    if address is None:
        raise _not_found(f"Could not find dedicated IP {ip} under this account.")
    return address


def _pool(place: Account, region: str, name: str) -> Pool:
    """Find one of the customer's pools; SES's own have no attributes to read or change."""
    if name in (DEFAULT_POOL, SHARED_POOL):
        raise _bad("Pool name describes either a shared or default dedicated ip pool")
    pool = place.pools.get((region, name))
    if pool is None:
        raise _not_found(f"The requested pool {name} does not exist.")
    return pool


def _written(address: Address, now: datetime) -> Values:
    status, percentage = address.warmup(now)
    return {"Ip": address.ip, "WarmupStatus": status, "WarmupPercentage": percentage, "PoolName": address.pool}


def _paged(name: str, items: Sequence[tuple[str, object]], world: World, call: Call, given: Values) -> Values:
    size = given.get("PageSize", PAGES.size)
    if not 1 <= size <= _LARGEST_PAGE:
        raise _bad(f"PageSize must be a number from 1 to {_LARGEST_PAGE}, not {size}")
    return PAGES.answer(name, items, world, call.place, given)


def _bad(message: str) -> ApiError:
    return ApiError("BadRequestException", message)


def _not_found(message: str) -> ApiError:
    return ApiError("NotFoundException", message, HTTPStatus.NOT_FOUND)
