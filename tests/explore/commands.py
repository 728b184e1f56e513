"""Pulumi's commands on the small world, as the engine runs them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from explore.account import Fault, Killed, SmallAccount
from explore.world import NOW, REGION, Program, Stack, World

from dedicated_ip_provider.errors import LeaseError
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.lease.model import Lease, UseCase
from dedicated_ip_provider.reconcile import Superseded, create, delete, refresh, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.state import State

PATHS: Final = ("shop/prod/eu", "shop/prod/eu", "shop/moved/eu")
"""The holders of the three stacks: two backends with the same path, and another one."""

USE_CASE: Final = UseCase(
    mail_type="T", website_url="https://e.com", description="d", why_dedicated="w", opt_in="o", bounce_complaints="b",
    complies_with_aup=True,
)  # fmt: skip
RUN: Final = Run(now=lambda: NOW, tell=lambda _: None, waits=())


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: the world after it, the kinds of its writes, what was wrong, and what was said."""

    world: World
    writes: tuple[str, ...]
    wrong: tuple[str, ...]
    said: str


def run(
    world: World,
    who: int,
    what: str,
    program: Program | None = None,
    fault: Fault | None = None,
    race: Callable[[World], World] | None = None,
) -> Done:
    """Run `up`, `refresh`, `destroy` or `replace` of one stack."""
    account = SmallAccount(world, who, fault, race)
    said = "ok"
    try:
        match what:
            case "up":
                assert program is not None
                _up(account, program)
            case "refresh":
                _refresh(account)
            case "destroy":
                _destroy(account)
            case _:
                _replace(account)
    except Killed:
        said = "killed"
    except LeaseError as error:
        said = f"refused: {error.what}"
    return Done(account.world, tuple(account.writes), tuple(account.wrong), said)


def lease_of(who: int, program: Program) -> Lease:
    """Return what the engine hands over for a stack's program."""
    return Lease(
        holder=PATHS[who],
        region=REGION,
        count=program.count,
        attempt=program.attempt,
        adopt=program.adopt,
        take_over_from=program.token,
        filing=cast("Any", program.filing),
        use_case=USE_CASE,
    )


def is_changed(who: int, stack: Stack, program: Program) -> bool:
    """Return whether the engine would update the lease."""
    if stack.state is None or stack.condemned is not None:
        return True
    wanted, stored = lease_of(who, program), stack.state.lease
    return replace(wanted, use_case=None) != replace(stored, use_case=None) or stack.state.due


def nonce_for(world: World) -> str:
    """Return a nonce that nothing has yet."""
    known = {one.case.nonce for one in world.filed} | {world.record.memory.nonce if world.record else ""}
    known |= {state.memory.nonce for stack in world.stacks for state in (stack.state, stack.condemned) if state}
    number = 0
    while f"n{number:03}" in known:
        number += 1
    return f"n{number:03}"


def _up(account: SmallAccount, program: Program) -> None:
    who = account.who
    account.world = account.world.stack(who, program=program)
    stack = account.world.stacks[who]
    if stack.condemned is not None:
        _delete(account, stack.condemned)
        account.world = account.world.stack(who, condemned=None)
    state = account.world.stacks[who].state
    lease = lease_of(who, program)
    if state is None:
        _create(account, lease)
    elif is_changed(who, account.world.stacks[who], program):
        memory = state.memory
        account.actor = state
        account.may_relinquish = program.count < max(state.lease.count, memory.greatest_count)
        _note_consent(account, lease)
        _store(account, update(_as_account(account), lease, state, RUN).state)


def _create(account: SmallAccount, lease: Lease) -> None:
    nonce = nonce_for(account.world)
    account.may_relinquish, account.actor = False, None
    before = account.world
    _note_consent(account, lease)
    try:
        outcome = create(_as_account(account), lease, nonce, RUN)
    except LeaseError:
        _note_restored(account, before)
        raise
    _store(account, outcome.state)


def _note_consent(account: SmallAccount, lease: Lease) -> None:
    """From the user's word on, whoever held the lease holds it no more."""
    record = account.world.record
    if record and lease.take_over_from == f"{REGION}/{record.version}-{record.memory.nonce}":
        for index in range(len(account.world.stacks)):
            account.world = account.world.stack(index, superseded=index != account.who)


def _note_restored(account: SmallAccount, before: World) -> None:
    """Who held the lease holds it again where a create failed and restored the record."""
    record, earlier = account.world.record, before.record
    if record and earlier and record.memory.nonce == earlier.memory.nonce:
        for index, stack in enumerate(before.stacks):
            account.world = account.world.stack(index, superseded=stack.superseded)


def _store(account: SmallAccount, state: State) -> None:
    adopted = {(ip, state.memory.nonce) for ip in state.lease.adopt if ip in state.memory.holds}
    account.world = replace(account.world.stack(account.who, state=state), adopted=account.world.adopted | adopted)


def _refresh(account: SmallAccount) -> None:
    state = account.world.stacks[account.who].state
    assert state is not None
    found = refresh(_as_account(account), state, RUN)
    if isinstance(found, Superseded):
        account.world = account.world.stack(account.who, state=replace(state, record="superseded", due=False))
    else:
        account.world = account.world.stack(account.who, state=found.state)


def _destroy(account: SmallAccount) -> None:
    for which in ("condemned", "state"):
        state = getattr(account.world.stacks[account.who], which)
        if state is not None:
            _delete(account, state)
            account.world = account.world.stack(account.who, **{which: None})
    account.world = account.world.stack(account.who, program=None, superseded=False)


def _delete(account: SmallAccount, state: State) -> None:
    account.actor, account.may_relinquish = state, True
    ending = delete(_as_account(account), state, RUN)
    if ending.left:
        account.world = replace(account.world, told=True)


def _replace(account: SmallAccount) -> None:
    stack = account.world.stacks[account.who]
    assert stack.state is not None
    assert stack.program is not None
    old = stack.state
    _create(account, lease_of(account.who, stack.program))
    account.world = account.world.stack(account.who, condemned=old)
    _delete(account, old)
    account.world = account.world.stack(account.who, condemned=None)


def _as_account(account: SmallAccount) -> Any:
    return account
