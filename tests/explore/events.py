"""What may happen next in the small world: users' commands with their faults, AWS's people, and accidents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from explore.account import MODES
from explore.commands import Done, is_changed, run
from explore.world import REGION, Program, World, aged, index_of, listed, named

from dedicated_ip_provider.lease.model import RESOLVED

NAMES = "ABC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far stories go: which stacks, and what may happen."""

    stacks: tuple[int, ...] = (0, 1, 2)
    count: int = 2
    addresses: int = 4
    cases: int = 4
    over_grants: bool = False
    late_grants: bool = False
    by_hand: bool = False
    vanish: bool = False
    adopt: bool = False
    attempts: bool = False
    replace: bool = True
    take_over: bool = True
    lose_state: bool = True
    move: bool = False
    copy: bool = False
    delete_record: bool = False
    forget: bool = False
    races: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story: its words, the world after it, and what was wrong."""

    words: str
    world: World
    wrong: tuple[str, ...] = ()


def steps(world: World, limits: Limits) -> Iterator[Step]:
    """Return every step that may follow."""
    yield from _of_aws(world, limits)
    yield from _accidents(world, limits)
    for words, who, what, program in commands(world, limits):
        done = run(world, who, what, program)
        yield _step(words, done)
        if world.faults and done.writes:
            yield from _faulty(world, words, who, what, program, done, limits)


def commands(world: World, limits: Limits) -> Iterator[tuple[str, int, str, Program | None]]:
    """Return the commands that users may run now: words, stack, verb, program."""
    record = world.record
    token = f"{REGION}/{record.version}-{record.memory.nonce}" if record and record.memory.holder else None
    for who in limits.stacks:
        stack, name = world.stacks[who], NAMES[who]
        last = stack.program or Program(0)
        for count in range(limits.count + 1):
            # `check` refuses a count below the addresses that `adopt` names.
            programs = [replace(last, count=count, adopt=last.adopt if len(last.adopt) <= count else ())]
            if limits.attempts and stack.state and count == stack.state.lease.count and last.attempt == 1:
                programs.append(replace(last, count=count, attempt=2))
            if limits.take_over and token and last.token != token and (stack.state is None or stack.state.record == "superseded"):
                programs.append(replace(last, count=count, token=token))
            for program in programs:
                if count or stack.state:
                    if is_changed(who, stack, program):
                        yield f"{name} up {_words(program, last)}", who, "up", program
        if limits.adopt and stack.state and stack.state.record == "held":
            spare = tuple(sorted((world.here - stack.state.memory.holds) | stack.state.memory.doubtful, key=index_of))
            if spare:
                count = min(limits.addresses, len(set(stack.state.memory.holds) | set(spare)))
                program = replace(last, count=count, adopt=spare)
                yield f"{name} up {count} adopt {', '.join(spare)}", who, "up", program
        if stack.state is not None or stack.condemned is not None:
            if stack.state is not None:
                yield f"{name} refresh", who, "refresh", None
            yield f"{name} destroy", who, "destroy", None
        if stack.state is not None and limits.replace and stack.condemned is None and stack.program:
            yield f"{name} up --replace", who, "replace", None


def _words(program: Program, last: Program) -> str:
    token = f" take_over_from={program.token}" if program.token != last.token and program.token else ""
    return f"{program.count}{' attempt 2' if program.attempt > last.attempt else ''}{token}"


def _step(words: str, done: Done) -> Step:
    return Step(f"{words} [{done.said}]", done.world, done.wrong)


def _faulty(
    world: World, words: str, who: int, what: str, program: Program | None, clean: Done, limits: Limits
) -> Iterator[Step]:
    base = replace(world, faults=world.faults - 1)
    for number, kind in enumerate(clean.writes, start=1):
        for mode in MODES[kind]:
            done = run(base, who, what, program, (number, mode))
            yield _step(f"{words} <write {number}, {kind}: {mode}>", done)
        if limits.races:
            for other_words, other, other_what, other_program in commands(world, limits):
                if other != who and other_what != "refresh":
                    wrong: list[str] = []

                    def race(now: World, other: int = other, verb: str = other_what, wish: Program | None = other_program) -> World:
                        inner = run(now, other, verb, wish)
                        wrong.extend(inner.wrong)  # noqa: B023 - called before the next round
                        return inner.world

                    done = run(base, who, what, program, (number, "race"), race)
                    step = _step(f"{words} <before its write {number}, {kind}: {other_words}>", done)
                    yield replace(step, wrong=(*step.wrong, *wrong))


def _of_aws(world: World, limits: Limits) -> Iterator[Step]:
    for index, one in enumerate(world.filed):
        case = one.case
        closed = replace(case, status=RESOLVED)
        if case.kind == "request":
            rest = case.asks - one.granted
            grants = set()
            if case.is_live_request and rest > 0:
                grants = {1, rest} | ({rest + 1} if limits.over_grants else set())
            elif limits.late_grants and not case.is_open and not case.withdrawn and rest > 0:
                grants = {rest}
            for number in sorted(grants):
                if len(world.origins) + number <= limits.addresses:
                    after = world.with_addresses(number, ("case", index)).file(index, granted=one.granted + number)
                    yield Step(f"AWS grants {number} for case {index}", after)
                    if case.is_open:
                        yield Step(f"AWS grants {number} for case {index} and closes it", after.file(index, case=closed))
            if case.is_open:
                yield Step(f"AWS closes request {index}", world.file(index, case=closed))
        elif case.is_open:
            there = sorted(case.addresses & world.here)
            if there:
                gone = replace(world, here=world.here.difference(there))
                yield Step(f"AWS removes {', '.join(there)} and closes case {index}", gone.file(index, case=closed))
                if len(there) > 1:
                    one_gone = replace(world, here=world.here - {there[0]})
                    yield Step(f"AWS removes {there[0]} and closes case {index}", one_gone.file(index, case=closed))
            yield Step(f"AWS closes case {index} and removes nothing", world.file(index, case=closed))
    if limits.by_hand and len(world.origins) < limits.addresses:
        unfinished = any(one.case.kind == "request" and not one.case.withdrawn for one in world.filed)
        yield Step(
            "an address appears that somebody requested by hand", world.with_addresses(1, ("hand", int(unfinished)))
        )
    if limits.vanish:
        for ip in sorted(world.here):
            yield Step(f"{ip} vanishes", replace(world, here=world.here - {ip}))


def _accidents(world: World, limits: Limits) -> Iterator[Step]:
    later = aged(world)
    if later != world:
        yield Step("two hours pass", later)
    shown = listed(world)
    if shown != world:
        yield Step("AWS lists the late case", shown)
    if limits.delete_record and world.record and not world.record_was_deleted:
        yield Step("the record is deleted by hand", replace(world, record=None, record_was_deleted=True))
    if limits.forget and any(not one.case.is_open and one.listing == "listed" for one in world.filed):
        filed = tuple(one if one.case.is_open else replace(one, listing="forgotten") for one in aged(world).filed)
        yield Step("two years pass: AWS forgets closed cases", replace(aged(world), filed=filed))
    for who in limits.stacks:
        stack, name = world.stacks[who], NAMES[who]
        if stack.state and limits.lose_state:
            yield Step(f"{name} loses its state", world.stack(who, state=None, condemned=None, superseded=False))
        for other in limits.stacks:
            free = world.stacks[other].state is None and world.stacks[other].program is None
            if stack.state and other != who and free and not stack.superseded:
                moved = world.stack(other, state=stack.state, program=stack.program)
                if limits.move:
                    yield Step(f"the state of {name} moves to {NAMES[other]}", moved.stack(who, state=None))
                if limits.copy:
                    yield Step(f"the state of {name} is copied to {NAMES[other]}", moved)


__all__ = ["Limits", "Step", "commands", "named", "steps"]
