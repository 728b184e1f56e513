"""What may happen next in the small world: users' commands with their faults, AWS's people, and accidents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.case_text.marker import read_blocks, read_case, with_message
from dedicated_ip_provider.lease.model import RESOLVED
from explore.account import MODES, UNREADABLE
from explore.commands import Done, Order, is_changed, run
from explore.world import REGION, Filed, Program, Stack, World, aged, index_of, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.case_text.marker import Block
    from dedicated_ip_provider.lease.model import Memory

NAMES: Final = "ABC"


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
    lose_record: bool = False
    move: bool = False
    races: bool = False
    console: bool = False
    imports: bool = False
    pools: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story: its words, the world after it, and what was wrong."""

    words: str
    world: World
    wrong: tuple[str, ...] = ()


def steps(world: World, limits: Limits) -> Iterator[Step]:
    """Return every step that may follow."""
    for index, one in enumerate(world.filed):
        yield from (_grants if one.case.kind == "request" else _removals)(world, index, limits)
    yield from _of_nobody(world, limits)
    yield from _of_persons(world)
    yield from _accidents(world, limits)
    for words, order in commands(world, limits):
        done = run(world, order)
        yield _step(words, done)
        if world.faults and limits.console:
            yield _step(f"{words} <{UNREADABLE[1]}>", run(replace(world, faults=world.faults - 1), order, UNREADABLE))
        if world.faults and done.writes:
            yield from _faulty(world, words, order, done, limits)


def commands(world: World, limits: Limits) -> Iterator[tuple[str, Order]]:
    """Return the commands that users may run now, in words and as orders."""
    for who in limits.stacks:
        stack, name = world.stacks[who], NAMES[who]
        last = stack.program or Program(0)
        for program in _programs(world, stack, last, limits):
            if (program.count or stack.state) and is_changed(who, stack, program):
                yield f"{name} up {_words(program, last)}", Order(who, "up", program)
        if stack.state:
            yield f"{name} refresh", Order(who, "refresh")
            if limits.replace and stack.program and not stack.condemned:
                yield f"{name} up --replace", Order(who, "replace", stack.program)
        if stack.state or stack.condemned:
            yield f"{name} destroy", Order(who, "destroy")
        elif limits.imports:
            yield f"{name} import", Order(who, "import")


def _programs(world: World, stack: Stack, last: Program, limits: Limits) -> Iterator[Program]:
    token = world.token
    for count in range(limits.count + 1):
        # `check` refuses a count below the addresses that `adopt` names.
        program = replace(last, count=count, adopt=last.adopt if len(last.adopt) <= count else ())
        yield program
        if limits.attempts and stack.state and count == stack.state.lease.count and last.attempt == 1:
            yield replace(program, attempt=2)
        if (
            limits.take_over
            and token
            and last.token != token
            and (not stack.state or stack.state.record == "superseded")
        ):
            yield replace(program, token=token)
        if limits.console:
            yield replace(program, filing="support-api" if program.filing == "console" else "console")
        if limits.pools and not last.pooled:
            yield replace(program, pooled=True)
    if limits.adopt and stack.state and stack.state.record == "held":
        held = stack.state.memory.holds
        spare = tuple(sorted((world.here - held) | stack.state.memory.doubtful, key=index_of))
        if spare:
            yield replace(last, count=len(held.union(spare)), adopt=spare)


def _words(program: Program, last: Program) -> str:
    said = [str(program.count)]
    said += ["attempt 2"] if program.attempt > last.attempt else []
    said += [f"by {program.filing}"] if program.filing != last.filing else []
    said += ["in pools"] if program.pooled and not last.pooled else []
    said += [f"adopt {', '.join(program.adopt)}"] if program.adopt and program.adopt != last.adopt else []
    said += [f"take_over_from={program.token}"] if program.token and program.token != last.token else []
    return " ".join(said)


def _step(words: str, done: Done) -> Step:
    return Step(f"{words} [{done.said}]", done.world, done.wrong)


def _faulty(world: World, words: str, order: Order, clean: Done, limits: Limits) -> Iterator[Step]:
    base = replace(world, faults=world.faults - 1)
    for number, kind in enumerate(clean.writes, start=1):
        for mode in MODES[kind]:
            yield _step(f"{words} <write {number}, {kind}: {mode}>", run(base, order, (number, mode)))
        others = commands(world, limits) if limits.races else ()
        for other_words, other in others:
            if other.who != order.who and other.what != "refresh":
                done = run(base, order, (number, "race"), other)
                yield _step(f"{words} <before its write {number}, {kind}: {other_words}>", done)


def _grants(world: World, index: int, limits: Limits) -> Iterator[Step]:
    one = world.filed[index]
    case, rest = one.case, one.case.asks - one.granted
    closed = replace(case, status=RESOLVED)
    followed = {recorded.id for recorded in world.record.memory.cases} if world.record else set()
    is_awaited = case.is_open or (case.id in followed and not any(other.case.is_live_request for other in world.filed))
    for number in sorted(_numbers(one, limits)) if rest > 0 else ():
        if len(world.origins) + number <= limits.addresses:
            origin = ("case" if is_awaited else "late", index)
            after = world.with_addresses(number, origin).file(index, granted=one.granted + number)
            yield Step(f"AWS grants {number} for case {index}", after)
            if case.is_open:
                yield Step(f"AWS grants {number} for case {index} and closes it", after.file(index, case=closed))
    if case.is_open:
        yield Step(f"AWS closes request {index}", world.file(index, case=closed))


def _numbers(one: Filed, limits: Limits) -> set[int]:
    """Return how many addresses AWS may grant for a request: one, all, or more."""
    rest = one.case.asks - one.granted
    if one.case.is_live_request:
        return {1, rest, rest + 1} if limits.over_grants else {1, rest}
    return {rest} if limits.late_grants and not one.case.is_open and not one.case.withdrawn else set()


def _removals(world: World, index: int, _: Limits) -> Iterator[Step]:
    case = world.filed[index].case
    if not case.is_open:
        return
    closed = replace(case, status=RESOLVED)
    there = sorted(case.addresses & world.here)
    for gone in [there, there[:1]] if len(there) > 1 else [there]:
        after = replace(world, here=world.here.difference(gone)).file(index, case=closed)
        yield Step(f"AWS removes {', '.join(gone) or 'nothing'} and closes case {index}", after)
    if there:
        yield Step(f"AWS removes nothing and closes case {index}", world.file(index, case=closed))


def _of_nobody(world: World, limits: Limits) -> Iterator[Step]:
    """Return what happens to addresses without a case of ours."""
    if limits.by_hand and len(world.origins) < limits.addresses:
        unfinished = any(one.case.kind == "request" and not one.case.withdrawn for one in world.filed)
        after = world.with_addresses(1, ("hand", int(unfinished)))
        yield Step("an address appears that somebody requested by hand", after)
    if limits.vanish:
        for ip in sorted(world.here):
            yield Step(f"{ip} vanishes", replace(world, here=world.here - {ip}))


def _of_persons(world: World) -> Iterator[Step]:
    """Return what people do with the forms and messages that wait for them."""
    if world.record is None:
        return
    texts = [*(stack.form_text for stack in world.stacks), *(form.text for form in world.record.memory.forms)]
    blocks = {block.mark: (block, text) for text in texts for block in read_blocks(text)}
    for block, text in blocks.values():
        index = next((index for index, one in enumerate(world.filed) if one.case.mark == block.case_mark), None)
        if index is None:
            yield from _filed_by_hand(world, block, text)
        elif block.message == world.filed[index].case.messages:
            after = world.file(index, case=with_message(world.filed[index].case, block))
            yield Step(f"a person writes {block.step} in case {index}", after)


def _filed_by_hand(world: World, block: Block, text: str) -> Iterator[Step]:
    # A form that a later run dropped is filed by nobody.
    waits = world.record and block.number in {form.number for form in world.record.memory.forms}
    if block.message == 0 and waits:
        name = f"case-{len(world.filed)}"
        case = read_case(
            case_id=name, display_id=None, status="opened", filed_at="", subject=block.case_mark, messages=[text]
        )
        assert case is not None
        yield Step(f"a person files {block.case_mark}", replace(world, filed=(*world.filed, Filed(case))))


def _accidents(world: World, limits: Limits) -> Iterator[Step]:
    for words, after in (("two hours pass", aged(world)), ("AWS lists the late case", listed(world))):
        if after != world:
            yield Step(words, after)
    # A record that knows more than any state is lost for good.
    if limits.lose_record and world.record and _is_remembered(world.record.memory, world):
        yield Step("the record is deleted by hand", replace(world, record=None))
    for who in limits.stacks:
        stack, name = world.stacks[who], NAMES[who]
        if stack.state is None:
            continue
        if limits.lose_state:
            yield Step(f"{name} loses its state", world.stack(who, state=None, condemned=None, superseded=False))
        for other in limits.stacks if limits.move and not stack.superseded else ():
            if world.stacks[other].state is None and world.stacks[other].program is None:
                moved = world.stack(other, state=stack.state, program=stack.program).stack(who, state=None)
                yield Step(f"the state of {name} moves to {NAMES[other]}", moved)


def _is_remembered(memory: Memory, world: World) -> bool:
    states = [stack.state for stack in world.stacks if stack.state]
    return any((memory.nonce, memory.serial) == (state.memory.nonce, state.memory.serial) for state in states)


__all__ = ["REGION", "Limits", "Step", "commands", "steps"]
