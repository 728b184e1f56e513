"""A small world of AWS for one account and Region: addresses, cases, the record, and what three stacks have stored.

It is a value: every step returns another one. It knows the truth that AWS does not show, such as for which case an
address came, and shares nothing with the package but the values that cross the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.lease.model import Case, Memory
    from dedicated_ip_provider.state import State

NOW: Final = datetime(2026, 11, 26, 12, 0, tzinfo=timezone.utc)
"""The clock stands; when time passes, what is written down becomes older."""
LONG_AGO: Final = NOW - timedelta(hours=2)

REGION: Final = "eu-west-1"
ACCOUNT: Final = "111122223333"

Listing = Literal["listed", "late"]
"""Whether AWS lists a case: at once, or not yet."""

Origin = tuple[str, int]
"""Why an address is here: `("case", index)`; `("late", index)` where AWS granted a closed case when no lease waited for it
any more, or another request was open; or `("hand", 1)` for one that somebody requested by hand while a request was
unfinished, and so cannot be told from what it brought; `("hand", 0)` at any other time."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A case at AWS, with what only AWS knows."""

    case: Case
    listing: Listing = "listed"
    granted: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """The record: the last value that counts, and the parameter's version."""

    memory: Memory
    version: int


@dataclass(frozen=True, slots=True)
class Program:
    """What a stack's program declares."""

    count: int
    attempt: int = 1
    adopt: tuple[str, ...] = ()
    token: str | None = None
    filing: str = "support-api"
    pooled: bool = False

    @property
    def pools(self) -> dict[str, int]:
        """Return the pools that the program declares: two that share the addresses, where there are enough."""
        return {"news": self.count // 2, "orders": self.count - self.count // 2} if self.pooled else {}


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack: what its program declares, what Pulumi has stored, and a replaced resource that is to be deleted.

    `superseded` is the truth that the stack lost its lease with consent, or is a leftover. `form_text` waits for a
    person to file it.
    """

    program: Program | None = None
    state: State | None = None
    condemned: State | None = None
    superseded: bool = False
    form_text: str = ""


HOLDER: Final = "holds the lease"
"""What says that somebody has the lease."""


@dataclass(frozen=True, slots=True)
class World:
    """All there is. `faults` may still happen; `told` names what a person was told of: addresses, cases, the holder."""

    here: frozenset[str] = frozenset()
    origins: tuple[Origin, ...] = ()
    filed: tuple[Filed, ...] = ()
    record: Record | None = None
    stacks: tuple[Stack, ...] = ()
    faults: int = 0
    told: frozenset[str] = frozenset()
    adopted: frozenset[str] = frozenset()

    @property
    def token(self) -> str | None:
        """Return what `take_over_from` has to name; None where nobody holds the lease."""
        record = self.record
        return f"{REGION}/{record.version}-{record.memory.nonce}" if record and record.memory.holder else None

    def stack(self, index: int, **changes: object) -> World:
        """Return the world with one stack changed."""
        stacks = list(self.stacks)
        stacks[index] = replace(stacks[index], **changes)  # type: ignore[arg-type]  # the fields of a stack
        return replace(self, stacks=tuple(stacks))

    def file(self, index: int, **changes: object) -> World:
        """Return the world with one case changed."""
        filed = list(self.filed)
        filed[index] = replace(filed[index], **changes)  # type: ignore[arg-type]  # the fields of what is filed
        return replace(self, filed=tuple(filed))

    def with_told(self, text: str, *, but: frozenset[str] = frozenset()) -> World:
        """Return the world after a person has read a text; `but` is what it does not speak of as left."""
        names = {ip: ip for ip in self.here} | {one.case.mark: one.case.id for one in self.filed} | {HOLDER: HOLDER}
        names |= {one.case.id: one.case.id for one in self.filed}
        told = frozenset(what for name, what in names.items() if name in text)
        return replace(self, told=self.told | told - but)

    def with_addresses(self, number: int, origin: Origin) -> World:
        """Return the world with some more addresses."""
        first = len(self.origins)
        new = [ip_of(first + offset) for offset in range(number)]
        return replace(self, here=self.here.union(new), origins=(*self.origins, *(origin for _ in new)))


def ip_of(index: int) -> str:
    """Return the address that came as the `index`-th."""
    return f"192.0.2.{index + 1}"


def index_of(ip: str) -> int:
    """Return as which one an address came."""
    return int(ip.rpartition(".")[2]) - 1


def named(cases: tuple[Filed, ...], *, only_open: bool) -> frozenset[str]:
    """Return the addresses that relinquish cases name."""
    return frozenset(
        ip
        for one in cases
        if one.case.kind == "relinquish" and (one.case.is_open or not only_open)
        for ip in one.case.addresses
    )


def aged(world: World) -> World:
    """Return the world after more than an hour: everything is listed, and what was written down is old."""
    record = world.record and Record(_aged(world.record.memory), world.record.version)
    stacks = tuple(
        replace(stack, state=_aged_state(stack.state), condemned=_aged_state(stack.condemned)) for stack in world.stacks
    )
    return replace(listed(world), record=record, stacks=stacks)


def listed(world: World) -> World:
    """Return the world after AWS has listed every case."""
    filed = tuple(replace(one, listing="listed") if one.listing == "late" else one for one in world.filed)
    return replace(world, filed=filed)


def key_of(world: World) -> object:
    """Return a canonical form: worlds with the same one have the same stories before them."""
    serials = sorted({memory.serial for memory in _memories(world)})

    def memory_key(memory: Memory) -> object:
        return replace(memory, serial=serials.index(memory.serial))

    record, token = world.record, world.token
    return (
        world.here,
        world.origins,
        world.filed,
        record and memory_key(record.memory),
        tuple(
            (
                stack.program and replace(stack.program, token=_token_key(stack.program.token, token)),
                _state_key(stack.state, memory_key),
                _state_key(stack.condemned, memory_key),
                stack.superseded,
                stack.form_text,
            )
            for stack in world.stacks
        ),
        world.faults,
        world.told,
        world.adopted,
    )


def _token_key(token: str | None, current: str | None) -> str | None:
    return None if token is None else "current" if token == current else "stale"


def _state_key(state: State | None, memory_key: Callable[[Memory], object]) -> object:
    if state is None:
        return None
    lease = state.lease
    return (
        (lease.holder, lease.count, lease.attempt, lease.adopt, lease.filing, bool(lease.pools)),
        memory_key(state.memory),
        state.record,
        state.due,
        tuple(sorted(state.division.items())),
    )


def _memories(world: World) -> list[Memory]:
    found = [world.record.memory] if world.record else []
    found += [state.memory for stack in world.stacks for state in (stack.state, stack.condemned) if state]
    return found


def _aged(memory: Memory) -> Memory:
    return replace(memory, intent=replace(memory.intent, at=LONG_AGO)) if memory.intent else memory


def _aged_state(state: State | None) -> State | None:
    return state and replace(state, memory=_aged(state.memory))
