"""What AWS's people do: each act, carried out in the world.

An act that makes no sense as things stand is a `BadCommand`, and changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.acts import (
    Ask,
    ConfirmQuestion,
    Decision,
    Grant,
    Refuse,
    Remove,
    Resolve,
    Say,
)
from dedicated_ip_provider.emulator.bounds import checked_count, checked_region, checked_text
from dedicated_ip_provider.emulator.case import (
    PENDING_CUSTOMER_ACTION,
    RESOLVED,
    STAFF,
    WORK_IN_PROGRESS,
    Case,
    with_message,
    with_status,
)
from dedicated_ip_provider.emulator.errors import BadCommand
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

if TYPE_CHECKING:
    from datetime import datetime

    from dedicated_ip_provider.emulator.world import World


def wake(world: World, now: datetime) -> None:
    """Do, in the order of their times, all things that are due by now; afterwards it is `now`."""
    while (due := _first_due(world)) and due[1].at <= now:
        case, move = due
        # A faster pace can make something due in the past; the world's time never runs backwards.
        world.now = max(world.now, move.at)
        carry_out(world, case, move.decision)
    world.now = max(world.now, now)


def carry_out(world: World, case: Case, decision: Decision) -> tuple[str, ...]:
    """Do what the staff decided about a case; give the addresses that came or went by it."""
    match decision:
        case Grant():
            return _grant(world, case, decision)
        case Remove():
            return _remove(world, case, decision)
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
        case _:
            _move(world, case, decision.status)
    return ()


def _first_due(world: World) -> tuple[Case, Move] | None:
    """Find the case whose next move comes first."""
    cases = (case for account in world.accounts.values() for case in account.cases.values())
    moves = ((case, move) for case in cases if (move := next_move(case, world.settings)))
    return min(moves, key=lambda due: (due[1].at, due[0].number), default=None)


def _grant(world: World, case: Case, act: Grant) -> tuple[str, ...]:
    text = checked_text(act.text) if act.text is not None else None
    wish = read_case(case)
    region = act.region or (wish.region if isinstance(wish, Request) else None)
    if region is None:
        raise BadCommand(f"case {case.display_id} asks for no addresses: name the Region to grant some nevertheless")
    missing = max(0, wish.count - len(case.granted)) if isinstance(wish, Request) else 0
    count = checked_count(missing if act.count is None else act.count)
    ips = world.add_addresses(case.account, checked_region(region), count)
    case = replace(case, granted=(*case.granted, *ips))
    done = count >= missing if act.close is None else act.close
    world.tell(f"case {case.display_id}: granted in {region}: {', '.join(ips) or 'nothing'}")
    said = granted_text(region, ips, is_short=done and count < missing) if text is None else text
    _write(world, case, said, RESOLVED if done else WORK_IN_PROGRESS)
    return ips


def _remove(world: World, case: Case, act: Remove) -> tuple[str, ...]:
    wish = _relinquishment(case)
    here = world.account(case.account).addresses
    named = wish.addresses if act.addresses is None else act.addresses
    for ip in named:
        if ip not in wish.addresses:
            raise BadCommand(f"case {case.display_id} does not name {ip}")
    gone = tuple(ip for ip in named if here.pop((wish.region, ip), None))
    world.tell(f"case {case.display_id}: removed from {wish.region}: {', '.join(gone) or 'nothing'}")
    case = replace(case, removed=(*case.removed, *gone))
    _write(world, case, removed_text(wish.region, gone), RESOLVED if act.close else WORK_IN_PROGRESS)
    return gone


def _relinquishment(case: Case) -> Relinquishment:
    wish = read_case(case)
    if not isinstance(wish, Relinquishment) or not wish.addresses:
        raise BadCommand(f"case {case.display_id} names no addresses to relinquish")
    return wish


def _write(world: World, case: Case, text: str, status: str) -> None:
    """Add the staff's message and move the case; a closed case stays closed."""
    said = with_message(case, STAFF, checked_text(text), world.now)
    _move(world, said, RESOLVED if case.is_resolved else status)


def _move(world: World, case: Case, status: str) -> None:
    world.tell(f"case {case.display_id}: {status}")
    world.keep(with_status(case, status, world.now))
