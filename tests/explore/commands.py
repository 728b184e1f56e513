"""Pulumi's commands on the small world, as the engine runs them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from dedicated_ip_provider.errors import LeaseError
from dedicated_ip_provider.lease.model import Lease, UseCase
from dedicated_ip_provider.reconcile import Superseded, create, delete, refresh, update
from dedicated_ip_provider.recovery import import_lease
from explore.account import Fault, Killed, SmallAccount
from explore.world import REGION, Program, Stack, World

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Filing
    from dedicated_ip_provider.outcome import Outcome
    from dedicated_ip_provider.state import State

PATHS: Final = ("shop/prod/eu", "shop/prod/eu", "shop/moved/eu")
"""The holders of the three stacks: two backends with the same path, and another one."""

USE_CASE: Final = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Orders.",
    why_dedicated="Allow-lists.",
    opt_in="A box.",
    bounce_complaints="SNS.",
    complies_with_aup=True,
)

What = Literal["up", "refresh", "destroy", "replace", "import"]


@dataclass(frozen=True, slots=True)
class Order:
    """A command of one stack; `program` is what its program says by then."""

    who: int
    what: What
    program: Program | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: the world after it, the kinds of its writes, what was wrong, and what was said."""

    world: World
    writes: tuple[str, ...]
    wrong: tuple[str, ...]
    said: str


def run(world: World, order: Order, fault: Fault | None = None, other: Order | None = None) -> Done:
    """Run a command; `other` is run before the write that a race names."""
    wrong: list[str] = []

    def race(now: World) -> World:
        done = run(now, cast("Order", other))
        wrong.extend(done.wrong)
        return done.world

    program = order.program or Program(0)
    account = SmallAccount(world, order.who, program, fault, race)
    work = {"up": _up, "refresh": _refresh, "destroy": _destroy, "replace": _replace, "import": _import}[order.what]
    said = "ok"
    try:
        work(account, program)
    except Killed:
        said = "killed"
    except LeaseError as error:
        said = f"refused: {error.what}"
    return Done(account.world, tuple(account.writes), (*account.wrong, *wrong), said)


def lease_of(who: int, program: Program) -> Lease:
    """Return what the engine hands over for a stack's program."""
    return Lease(
        holder=PATHS[who],
        region=REGION,
        count=program.count,
        attempt=program.attempt,
        adopt=program.adopt,
        take_over_from=program.token,
        filing=cast("Filing", program.filing),
        pools=program.pools,
        use_case=USE_CASE,
    )


def is_changed(who: int, stack: Stack, program: Program) -> bool:
    """Return whether the engine would create or update the lease."""
    if stack.state is None or stack.condemned is not None:
        return True
    return lease_of(who, program) != stack.state.lease or stack.state.due


def nonce_for(world: World, begin: str = "n") -> str:
    """Return a nonce that nothing has yet; a create that an import interrupts has drawn its own already."""
    known = {one.case.nonce for one in world.filed} | {world.record.memory.nonce if world.record else ""}
    known |= {state.memory.nonce for stack in world.stacks for state in (stack.state, stack.condemned) if state}
    return next(nonce for nonce in (f"{begin}{number:03}" for number in range(1_000)) if nonce not in known)


def _up(account: SmallAccount, program: Program) -> None:
    who = account.who
    account.world = account.world.stack(who, program=program)
    condemned = account.world.stacks[who].condemned
    if condemned is not None:
        _delete(account, condemned)
        account.world = account.world.stack(who, condemned=None)
    stack, lease = account.world.stacks[who], lease_of(who, program)
    if stack.state is None:
        _create(account, lease)
    elif is_changed(who, stack, program):
        account.actor = stack.state
        account.may_relinquish = _lowers(stack.state, program)
        _store(account, update(_as_account(account), lease, stack.state, account.run))


def _lowers(state: State, program: Program) -> bool:
    """Return whether the user lowered the count, in this run, one before it, or one that printed a form."""
    by_form = any(form.kind == "relinquish" for form in state.memory.forms)
    return by_form or program.count < max(state.lease.count, state.memory.greatest_count)


def _create(account: SmallAccount, lease: Lease) -> None:
    account.may_relinquish, account.actor = False, None
    _store(account, create(_as_account(account), lease, nonce_for(account.world), account.run))


def _store(account: SmallAccount, outcome: Outcome) -> None:
    state = outcome.state
    world = account.world.stack(account.who, state=state, form_text=outcome.shown.form_text)
    followed = {recorded.id for recorded in state.memory.cases}
    account.world = world.with_told(outcome.shown.message, but=state.memory.holds | followed)
    divided = [ip for ips in state.division.values() for ip in ips]
    if len(divided) > len(set(divided)) or not set(outcome.shown.addresses).issuperset(divided):
        account.wrong.append("POOLS: an address is in two pools, or in one and not held")


def _refresh(account: SmallAccount, _: Program) -> None:
    state = account.world.stacks[account.who].state
    assert state is not None
    found = refresh(_as_account(account), state, account.run)
    if isinstance(found, Superseded):
        account.world = account.world.stack(account.who, state=replace(state, record="superseded", due=False))
        if state.record == "unclaimed":
            # It never held the lease: nobody had to consent.
            account.world = account.world.stack(account.who, superseded=True)
    else:
        _store(account, found)


def _destroy(account: SmallAccount, _: Program) -> None:
    for which in ("condemned", "state"):
        state = getattr(account.world.stacks[account.who], which)
        if state is not None:
            _delete(account, state)
            account.world = account.world.stack(account.who, **{which: None})
    account.world = account.world.stack(account.who, program=None, superseded=False)


def _delete(account: SmallAccount, state: State) -> None:
    account.actor, account.may_relinquish = state, True
    ending = delete(_as_account(account), state, account.run)
    account.world = account.world.stack(account.who, form_text=ending.form_text)
    account.world = account.world.with_told(" ".join((*ending.left, ending.form_text)))


def _replace(account: SmallAccount, program: Program) -> None:
    old = account.world.stacks[account.who].state
    assert old is not None
    _create(account, lease_of(account.who, program))
    account.world = account.world.stack(account.who, condemned=old)
    _delete(account, old)
    account.world = account.world.stack(account.who, condemned=None)


def _import(account: SmallAccount, _: Program) -> None:
    bare = Lease(holder=PATHS[account.who], region=REGION, count=0)
    outcome = import_lease(_as_account(account), bare, nonce_for(account.world, "i"), account.run)
    if outcome is None:
        return
    program = Program(outcome.state.lease.count)
    account.world = account.world.stack(account.who, program=program, superseded=False)
    account.world = replace(account.world, adopted=account.world.adopted | outcome.state.memory.holds)
    _store(account, outcome)
    if account.writes:
        account.wrong.append("IMPORT: an import wrote")


def _as_account(account: SmallAccount) -> Any:
    """Let the small account stand for the one of `aws`."""
    return account
