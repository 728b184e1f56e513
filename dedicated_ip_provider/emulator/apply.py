"""Apply commands to the world: what AWS's staff and the customer do, and external events.

A command that is impossible in the current state raises `BadCommand` and changes nothing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.commands import (
    AddManaged,
    Ask,
    CaseCommand,
    ConfirmQuestion,
    DeleteParameter,
    ExternalEvent,
    Grant,
    ImportAddresses,
    Lease,
    PutParameter,
    Refuse,
    Remove,
    Resolve,
    Say,
    SetStatus,
    TakeAway,
)
from dedicated_ip_provider.emulator.services.ssm import check_name, check_value
from dedicated_ip_provider.emulator.staff import (
    Move,
    Relinquishment,
    Request,
    confirm_text,
    granted_text,
    next_move,
    read_case,
    refusal_text,
    removed_text,
)
from dedicated_ip_provider.emulator.values import (
    DEFAULT_POOL,
    PENDING_CUSTOMER_ACTION,
    RESOLVED,
    STAFF,
    WORK_IN_PROGRESS,
    BadCommand,
    Case,
    NotHere,
    ParameterWrite,
    Pool,
    checked_account,
    checked_count,
    checked_region,
    checked_text,
    with_message,
    with_status,
)
from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from dedicated_ip_provider.emulator.world import World


def wake(world: World, now: datetime) -> None:
    """Do everything due by `now`, in order of time, and set the world's time to `now`."""
    while (due := _first_due(world)) and due[1].at <= now:
        case, move = due
        # A faster pace can make something due in the past, but the world's time never runs backwards.
        world.now = max(world.now, move.at)
        carry_out(world, case, move.decision)
    world.now = max(world.now, now)


def carry_out(world: World, case: Case, command: CaseCommand) -> tuple[str, ...]:
    """Carry out a command about a case, and return the addresses it added or removed."""
    match command:
        case Grant():
            return _grant(world, case, command)
        case Remove():
            return _remove(world, case, command)
        case Refuse(text=text):
            _write(world, case, refusal_text() if text is None else text, RESOLVED)
        case Ask(text=text):
            _write(world, case, text, PENDING_CUSTOMER_ACTION)
        case ConfirmQuestion():
            named = _relinquishment(case).addresses
            _write(world, replace(case, asked_about=named), confirm_text(named), PENDING_CUSTOMER_ACTION)
        case Say(text=text):
            _write(world, case, text, WORK_IN_PROGRESS)
        case Resolve():
            _move(world, case, RESOLVED)
        case SetStatus(status=status):
            _move(world, case, status)
        case _:
            world.reply(case, checked_text(command.text))
    return ()


def _first_due(world: World) -> tuple[Case, Move] | None:
    """Return the case whose next move is due first, and that move."""
    cases = (case for account in world.accounts.values() for case in account.cases.values())
    moves = ((case, move) for case in cases if (move := next_move(case, world.settings)))
    return min(moves, key=lambda due: (due[1].at, due[0].number), default=None)


def _grant(world: World, case: Case, command: Grant) -> tuple[str, ...]:
    text = checked_text(command.text) if command.text is not None else None
    wish = read_case(case)
    region = command.region or (wish.region if isinstance(wish, Request) else None)
    if region is None:
        raise BadCommand(f"case {case.display_id} does not ask for addresses: name the Region to grant some anyway")
    missing = max(0, wish.count - len(case.granted)) if isinstance(wish, Request) else 0
    count = checked_count(missing if command.count is None else command.count)
    ips = world.add_addresses(case.account, checked_region(region), count)
    case = replace(case, granted=(*case.granted, *ips))
    done = count >= missing if command.close is None else command.close
    world.tell(f"case {case.display_id}: granted in {region}: {', '.join(ips) or 'nothing'}")
    said = granted_text(region, ips, is_short=done and count < missing) if text is None else text
    _write(world, case, said, RESOLVED if done else WORK_IN_PROGRESS)
    return ips


def _remove(world: World, case: Case, command: Remove) -> tuple[str, ...]:
    wish = _relinquishment(case)
    here = world.account(case.account).addresses
    named = wish.addresses if command.addresses is None else command.addresses
    for ip in named:
        if ip not in wish.addresses:
            raise BadCommand(f"case {case.display_id} does not name {ip}")
    gone = tuple(ip for ip in named if here.pop((wish.region, ip), None))
    world.tell(f"case {case.display_id}: removed from {wish.region}: {', '.join(gone) or 'nothing'}")
    case = replace(case, removed=(*case.removed, *gone))
    _write(world, case, removed_text(wish.region, gone), RESOLVED if command.close else WORK_IN_PROGRESS)
    return gone


def _relinquishment(case: Case) -> Relinquishment:
    wish = read_case(case)
    if not isinstance(wish, Relinquishment) or not wish.addresses:
        raise BadCommand(f"case {case.display_id} names no addresses to relinquish")
    return wish


def _write(world: World, case: Case, text: str, status: str) -> None:
    """Add the staff's message and change the case's status; a closed case stays closed."""
    said = with_message(case, STAFF, checked_text(text), world.now)
    _move(world, said, RESOLVED if case.is_resolved else status)


def _move(world: World, case: Case, status: str) -> None:
    world.tell(f"case {case.display_id}: {status}")
    world.keep(with_status(case, status, world.now))


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
    """Add addresses that no case asked for."""
    if event.pool != DEFAULT_POOL and (event.region, event.pool) not in world.look_at(event.account).pools:
        raise NotHere(f"there is no pool {event.pool} in {event.region}")
    ips = world.add_addresses(event.account, event.region, checked_count(event.count), pool=event.pool)
    world.tell(f"appeared in {event.region} without a case: {', '.join(ips)}")
    return ips


def _import(world: World, event: ImportAddresses) -> tuple[str, ...]:
    """Add these addresses."""
    for ip in event.addresses:
        if not _is_ipv4(ip) or world.was_ever_here(ip):
            raise BadCommand(f"{ip} is not an IPv4 address, or it belongs or belonged to an account")
    for ip in event.addresses:
        world.add_address(event.account, event.region, ip)
    world.tell(f"brought along to {event.region}: {', '.join(event.addresses)}")
    return event.addresses


def _add_managed(world: World, event: AddManaged) -> tuple[str, ...]:
    """Add addresses to a managed pool, as SES does."""
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
    """Remove addresses that no case relinquished."""
    here = world.look_at(event.account).addresses
    for ip in event.addresses:
        if (event.region, ip) not in here:
            raise NotHere(f"account {event.account} has no {ip} in {event.region}")
    for ip in event.addresses:
        del here[event.region, ip]
    world.tell(f"vanished from {event.region}: {', '.join(event.addresses)}")
    return event.addresses


def _put_parameter(world: World, event: PutParameter) -> None:
    """Write a parameter as its owner does in the console."""
    try:
        check_name(event.name)
        check_value(event.value)
    except ApiError as error:
        raise BadCommand(error.message) from None
    write = ParameterWrite(value=event.value, user=f"arn:aws:iam::{event.account}:user/owner")
    written = world.put_parameter(event.account, event.region, event.name, write)
    world.tell(f"parameter {event.name} in {event.region}: version {written.version} written by hand")


def _delete_parameter(world: World, event: DeleteParameter) -> None:
    """Delete a parameter; if it is created again, its versions start at 1."""
    if not world.look_at(event.account).parameters.pop((event.region, event.name), None):
        raise NotHere(f"account {event.account} has no parameter {event.name} in {event.region}")
    world.tell(f"parameter {event.name} in {event.region}: deleted by hand")


def _is_ipv4(text: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False
