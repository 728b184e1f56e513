"""What must hold when everybody has run the same commands again: judged by the truth of the small world."""

from __future__ import annotations

from dataclasses import replace

from explore.commands import is_changed, run
from explore.world import World, aged, key_of, listed, named


def at_rest(world: World, order: tuple[int, ...], *, wait_first: bool) -> tuple[str, ...]:
    """Run refresh and the same command again for each stack until nothing moves; return what is wrong then."""
    world = listed(world)
    wrong: list[str] = []
    refusals: dict[int, str] = {}
    for waits in (True,) if wait_first else (False, True):
        world = aged(world) if waits else world
        for _ in range(6):
            before = key_of(world)
            for who in order:
                world, said = _again(world, who, refusals)
                wrong += said
            if key_of(world) == before:
                break
        else:
            wrong.append("NO-REST: the same commands change something again and again")
    return tuple(dict.fromkeys([*wrong, *_lasting(world, refusals)]))


def _again(world: World, who: int, refusals: dict[int, str]) -> tuple[World, tuple[str, ...]]:
    stack = world.stacks[who]
    refusals.pop(who, None)
    wrong: tuple[str, ...] = ()
    if stack.state is not None:
        done = run(world, who, "refresh")
        world, wrong = done.world, done.wrong
        stack = world.stacks[who]
        if done.writes:
            wrong = (*wrong, "REFRESH: a refresh wrote")
    if stack.program is None:
        if stack.state is None and stack.condemned is None:
            return world, wrong
        done = run(world, who, "destroy")
    elif is_changed(who, stack, stack.program):
        done = run(world, who, "up", stack.program)
    else:
        return world, wrong
    if done.said != "ok":
        refusals[who] = done.said
    return done.world, (*wrong, *done.wrong)


def _lasting(world: World, refusals: dict[int, str]) -> list[str]:
    wrong = []
    states = [(who, stack.state) for who, stack in enumerate(world.stacks) if stack.state is not None]
    acting = [(who, state) for who, state in states if state.record != "superseded" and who not in refusals]
    live = [one for one in world.filed if one.case.is_live_request]
    gone = named(world.filed, only_open=False)
    if len(live) > 1:
        wrong.append("TWO-OPEN: two requests are open")
    if len({state.memory.nonce for _, state in acting}) < len(acting):
        wrong.append("COPY: two states with one nonce act")
    elif len(acting) > 1 and not world.record_was_deleted:
        wrong.append("TWO-ACT: two stacks act as the holder")
    if any(one.case.kind == "request" and one.case.is_open and one.case.withdrawn for one in world.filed):
        if states and not refusals:
            wrong.append("HALF: a withdrawn request stays open")
    followed = {recorded.id for _, state in acting for recorded in state.memory.cases}
    # Who reads `superseded` was told that another run has the lease.
    told = world.told or refusals or any(state.record == "superseded" for _, state in states)
    if any(one.case.id not in followed for one in live) and not told:
        wrong.append("LEFT: nobody follows an open request" if states else "LEFT: a request stays open, all is destroyed")
    for who, state in states:
        # A destroy that was killed at its very end is told so, and ends at the next.
        if state.record == "superseded" and not world.stacks[who].superseded and world.stacks[who].program:
            held = state.memory.holds & world.here - gone
            if held or any(one.case.id in {case.id for case in state.memory.cases} for one in live):
                name = "LOST-RECORD" if world.record_was_deleted else "CONSENT"
                wrong.append(f"{name}: a stack lost its lease without consent")
    for _, state in acting:
        wrong += _of_holder(world, state, live)
    if not states and not refusals and not any(stack.program for stack in world.stacks):
        left = [
            ip
            for ip in world.here - gone
            if world.origins[int(ip.rpartition(".")[2]) - 1][0] == "case"
            and not world.filed[world.origins[int(ip.rpartition(".")[2]) - 1][1]].case.withdrawn
        ]
        if left and not world.told:
            wrong.append("SILENT: addresses stay leased, all is destroyed, and nobody was told")
        # A claim under which nothing was done is anybody's.
        if world.record and world.record.memory.holder and world.record.memory.count is not None:
            wrong.append("CLAIMED: the record stays claimed, all is destroyed")
    return wrong


def _of_holder(world: World, state: object, live: list[object]) -> list[str]:
    from dedicated_ip_provider.state import State
    from explore.world import Filed

    assert isinstance(state, State)
    going = named(world.filed, only_open=True)
    held = state.memory.holds & world.here - going
    wrong = []
    # What somebody requested by hand while a request was unfinished cannot be told from what it brought.
    by_hand = sum(origin == ("hand", 1) for origin in world.origins)
    rest = sum(max(0, one.case.asks - one.granted) for one in live if isinstance(one, Filed)) - by_hand
    if rest and len(held) + rest > max(state.lease.count, len(held)):
        wrong.append("TOO-MANY: more is requested than declared")
    unanswered = len(held) + rest < state.lease.count
    answered = any(
        one.case.kind == "request" and one.case.nonce == state.memory.nonce and not one.case.is_open
        for one in world.filed
    )
    if unanswered and not answered and not live and not state.due and not world.record_was_deleted and not _took_over(world, state):
        wrong.append("NEVER: nothing was requested for what is missing, and no preview shows it")
    return wrong


def _took_over(world: World, state: object) -> bool:
    """Return whether an earlier holder may have been refused already."""
    return any(not one.case.is_open and one.case.kind == "request" for one in world.filed)


def without_faults(world: World) -> World:
    """Return the world in which nothing goes wrong any more."""
    return replace(world, faults=0)
