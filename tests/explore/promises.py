"""What must hold when everybody has run the same commands again: judged by the truth of the small world."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from explore.commands import Order, is_changed, run
from explore.world import HOLDER, World, aged, index_of, key_of, listed, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.state import State

ORDERS: Final = (((0, 1, 2), False), ((2, 1, 0), False), ((0, 1, 2), True))
"""In which order the stacks run their commands again, and whether two hours pass before they do."""

ROUNDS: Final = 6
"""After how many rounds of the same commands nothing may move any more."""


@dataclass(slots=True)
class Known:
    """Worlds by number, one of each canonical form, and what running the same commands again leads to.

    Many stories end alike: what is worked out once is looked up afterwards.
    """

    numbers: dict[object, int] = field(default_factory=dict)
    worlds: list[World] = field(default_factory=list)
    again: dict[tuple[int, int], tuple[int, tuple[str, ...], str]] = field(default_factory=dict)
    aged: dict[int, int] = field(default_factory=dict)
    lasting: dict[tuple[int, frozenset[int]], tuple[str, ...]] = field(default_factory=dict)

    def number(self, world: World) -> int:
        """Return the number of a world's canonical form."""
        number = self.numbers.setdefault(key_of(world), len(self.worlds))
        if number == len(self.worlds):
            self.worlds.append(world)
        return number

    def after(self, number: int, who: int) -> tuple[int, tuple[str, ...], str]:
        """Return the world after a stack's commands were run again, what is wrong, and why they are refused."""
        if (number, who) not in self.again:
            world, wrong, refused = _again(self.worlds[number], who)
            self.again[number, who] = self.number(world), wrong, refused
        return self.again[number, who]

    def later(self, number: int) -> int:
        """Return the world after more than an hour."""
        if number not in self.aged:
            self.aged[number] = self.number(aged(self.worlds[number]))
        return self.aged[number]

    def wrong_at(self, number: int, refused: frozenset[int]) -> tuple[str, ...]:
        """Return what is wrong in a world at rest."""
        if (number, refused) not in self.lasting:
            self.lasting[number, refused] = tuple(_lasting(self.worlds[number], refused))
        return self.lasting[number, refused]


def at_rest(world: World, known: Known) -> tuple[str, ...]:
    """Run refresh and the same command again for each stack until nothing moves; return what is wrong then."""
    start = known.number(replace(listed(world), faults=0))
    wrong = (one for order, waits in ORDERS for one in _at_rest(start, known, order, wait_first=waits))
    return tuple(dict.fromkeys(wrong))


def _at_rest(now: int, known: Known, order: tuple[int, ...], *, wait_first: bool) -> Iterator[str]:
    refused: dict[int, str] = {}
    for waits in (True,) if wait_first else (False, True):
        now = known.later(now) if waits else now
        for _ in range(ROUNDS):
            before = now
            for who in order:
                now, wrong, refused[who] = known.after(now, who)
                yield from wrong
            if now == before:
                break
        else:
            yield "NO-REST: the same commands change something again and again"
    yield from known.wrong_at(now, frozenset(who for who, said in refused.items() if said))


def _again(world: World, who: int) -> tuple[World, tuple[str, ...], str]:
    """Run refresh and the stack's command again; return the world after it, what is wrong, and why it is refused."""
    wrong: tuple[str, ...] = ()
    if world.stacks[who].state is not None:
        done = run(world, Order(who, "refresh"))
        world = done.world
        wrong = (*done.wrong, "REFRESH: a refresh wrote") if done.writes else done.wrong
    stack = world.stacks[who]
    if stack.program is None:
        if stack.state is None and stack.condemned is None:
            return world, wrong, ""
        done = run(world, Order(who, "destroy"))
    elif is_changed(who, stack, stack.program):
        done = run(world, Order(who, "up", stack.program))
    else:
        return world, wrong, ""
    return done.world, (*wrong, *done.wrong), "" if done.said == "ok" else done.said


def _lasting(world: World, refused: frozenset[int]) -> Iterator[str]:
    states = [(who, stack.state) for who, stack in enumerate(world.stacks) if stack.state is not None]
    acting = [state for who, state in states if state.record != "superseded" and who not in refused]
    # Who reads `superseded`, or a refusal, was told that another run has the lease.
    told = bool(refused) or any(state.record == "superseded" for _, state in states)
    live = [one.case.id for one in world.filed if one.case.is_live_request]
    followed = {recorded.id for state in acting for recorded in state.memory.cases}
    # A person was told to withdraw the others.
    if len(set(live) - world.told) > 1:
        yield "TWO-OPEN: two requests are open"
    if len(acting) > 1:
        yield "TWO-ACT: two stacks act as the holder"
    # One that has brought all costs nobody anything; a person was told of the others, or somebody follows them.
    owing = {one.case.id for one in world.filed if one.case.is_live_request and one.granted < one.case.asks}
    if owing - followed - world.told and not told:
        yield "LEFT: a request stays open that nobody follows"
    half = any(one.case.kind == "request" and one.case.is_open and one.case.withdrawn for one in world.filed)
    if half and not refused and any(state.lease.filing == "support-api" for state in acting):
        yield "HALF: a withdrawn request stays open"
    yield from _without_consent(world, live)
    for state in acting:
        yield from _of_holder(world, state)
    if not states and not refused and not any(stack.program for stack in world.stacks):
        yield from _of_nobody(world)


def _without_consent(world: World, live: list[str]) -> Iterator[str]:
    gone = named(world.filed, only_open=False)
    for stack in world.stacks:
        state = stack.state
        if state and state.record == "superseded" and not stack.superseded:
            requests = {recorded.id for recorded in state.memory.cases}
            if state.memory.holds & world.here - gone or requests.intersection(live):
                yield "CONSENT: a stack lost its lease without consent"


def _of_holder(world: World, state: State) -> Iterator[str]:
    if state.lease.filing == "console":
        # What a person files, and when, is the person's.
        return
    held = state.memory.holds & world.here - named(world.filed, only_open=True)
    live = [one for one in world.filed if one.case.is_live_request]
    # What came by hand, or late, while a request was unfinished cannot be told from what it brought.
    others = sum(origin == ("hand", 1) or origin[0] == "late" for origin in world.origins)
    # A request that a person was told to close is the person's, too.
    rest = sum(max(0, one.case.asks - one.granted) for one in live if one.case.id not in world.told) - others
    if rest > 0 and len(held) + rest > max(state.lease.count, len(held)):
        yield "TOO-MANY: more is requested than declared"
    answered = any(one.case.kind == "request" and not one.case.is_open for one in world.filed)
    if len(held) < state.lease.count and not live and not answered and not state.due:
        yield "NEVER: nothing was requested for what is missing, and no preview shows it"


def _of_nobody(world: World) -> Iterator[str]:
    for ip in world.here - named(world.filed, only_open=False):
        origin, number = world.origins[index_of(ip)]
        if origin != "case" or world.filed[number].case.withdrawn:
            continue
        # Whoever was told to close a case knows what it may bring.
        if not world.told.intersection((ip, world.filed[number].case.id)):
            yield "SILENT: addresses stay leased, all is destroyed, and nobody was told"
    # A claim under which nothing was done is anybody's.
    claimed = world.record and world.record.memory.holder and world.record.memory.count is not None
    if claimed and HOLDER not in world.told:
        yield "CLAIMED: the record stays claimed, all is destroyed"
