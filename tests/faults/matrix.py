"""Every call that a command makes, times everything that may go wrong with it.

A step brings stacks to where one command is due. In a cell of the matrix one call of that command goes wrong; then the
fault is over, and the user runs the same command again until it has nothing left to do.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

from support.filed import broken_promises, picture
from support.process import no_wire
from support.stacks import Stack, Stored, marked

from dedicated_ip_provider.emulator import Emulator, Settings
from dedicated_ip_provider.emulator.values import fresh_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.stacks import Bag, Done

    from dedicated_ip_provider.emulator.log import Entry

    Command = Callable[["Scene", Bag], Done]

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
REGION = "eu-west-1"
A_LONG_WHILE = 601
"""Seconds after which AWS's list shows every case that was filed."""
ROUNDS = 6
"""How often the same command is run at most."""


class Scene:
    """An account with the stacks of its users; `stack` is the one whose command is due."""

    def __init__(self) -> None:
        """Start with an empty account and two backends, each with the same empty stack."""
        self.emulator = Emulator(Settings(), NOON)
        self.stack = Stack(self.emulator)
        self.other = Stack(self.emulator)
        self.token = ""

    def up(self, dying: Bag | None = None, **inputs: Any) -> Done:
        """Run `pulumi up` for a program with one lease, which is declared as before but for these inputs."""
        return self.stack.up(dying, eu={**self.stack.declared.get("eu", {}), **inputs})

    def grant(self, count: int | None = None) -> None:
        """Let AWS grant the latest request, and the user refresh."""
        self.emulator.grant(marked(self.emulator)[-1].id, count)
        self.stack.refresh()

    def copy(self) -> Scene:
        """Return a scene that goes on from here by itself."""
        copied = Scene()
        world, ours = copied.emulator._world, self.emulator._world
        world.settings, world.now, world._filed, world._ever = ours.settings, ours.now, ours._filed, set(ours._ever)
        world._numbers = fresh_numbers()
        world.accounts = {
            id_: type(one)(id_, {**one.cases}, {**one.addresses}, {**one.pools}, {**one.parameters})
            for id_, one in ours.accounts.items()
        }
        copied.emulator._clock, copied.token = copy.copy(self.emulator._clock), self.token
        for new, old in ((copied.stack, self.stack), (copied.other, self.other)):
            new.path, new.declared = old.path, dict(old.declared)
            new.stored = {name: Stored(one.id, one.inputs, one.outputs) for name, one in old.stored.items()}
            new.condemned = list(old.condemned)
        return copied


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command that is due: how it comes to that, how many addresses are declared then, and which ones may go.

    `consent_from` is the call from which on a killed run has to be consented to: nobody else knows what it began.
    """

    name: str
    title: str
    begin: Callable[[Scene], object]
    command: Command
    declared: int
    may_go: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    consent_from: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with a call: a fault of the emulator's, or the end of the process."""

    name: str
    kind: str = ""
    when: str = "before"
    lasting: bool = False
    listing_delay: float = 0

    @property
    def is_kill(self) -> bool:
        """Return whether the process is killed at the call."""
        return not self.kind


@dataclass(slots=True)
class Cell:
    """What came of it.

    `first` and `second` are the first two runs, `on_file` what was on file after each. `consents` are the
    `take_over_from` that the user had to name. `rested` says that the same command has nothing left to do.
    """

    first: Done
    second: Done | None = None
    on_file: list[list[Any]] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    rested: bool = False
    end: dict[str, Any] = field(default_factory=dict)


def nothing(_: Scene) -> None:
    """Begin with an account that has nothing."""


def held(scene: Scene, count: int = 3, **inputs: Any) -> None:
    """Bring the stack to where it holds addresses and nothing is open."""
    scene.up(count=count, **inputs)
    scene.grant()


def half_come(scene: Scene) -> None:
    """Bring the stack to where two of four addresses have come and the case is still open."""
    scene.up(count=4)
    scene.grant(2)


def asked_to_confirm(scene: Scene) -> None:
    """Bring the stack to where AWS asks whether it shall remove an address."""
    held(scene)
    scene.up(count=2)
    scene.emulator.confirm_question(marked(scene.emulator)[-1].id)
    scene.stack.refresh()


def held_elsewhere(scene: Scene) -> None:
    """Bring the account to where another backend's stack holds its lease, with two of three addresses come."""
    scene.other.up(eu={"count": 3})
    scene.emulator.grant(marked(scene.emulator)[-1].id, 2)
    scene.other.refresh()
    scene.token = consent_in(scene.up(count=4).error)


def strangers(scene: Scene) -> None:
    """Bring the stack to where the account has addresses that the lease does not hold."""
    held(scene, 1)
    scene.emulator.lease(REGION, 2)
    scene.stack.refresh()


def destroy(scene: Scene, dying: Bag) -> Done:
    """Run `pulumi destroy`."""
    return scene.stack.destroy(**dying)


def up(**inputs: Any) -> Command:
    """Return the command that runs `pulumi up` with these inputs."""
    return lambda scene, dying: scene.up(dying, **inputs)


def take_over(scene: Scene, dying: Bag) -> Done:
    """Run `pulumi up` for a program that consents to take the lease over."""
    return scene.up(dying, take_over_from=scene.token)


def consent_in(error: str) -> str:
    """Return the `take_over_from` that a refusal names; empty where it names none."""
    found = re.search(r'take_over_from="([^"]+)"', error)
    return found[1] if found else ""


STEPS = (
    Step(
        name="create",
        title="The first `pulumi up` requests three addresses",
        begin=nothing,
        command=up(count=3),
        declared=3,
        consent_from=("CreateCase", 0),
    ),
    Step(
        name="grow",
        title="A higher count requests two more",
        begin=held,
        command=up(count=5),
        declared=5,
    ),
    Step(
        name="amend",
        title="A higher count changes the open request",
        begin=half_come,
        command=up(count=5),
        declared=5,
    ),
    Step(
        name="withdraw",
        title="The count falls to what has come: the open request is withdrawn",
        begin=half_come,
        command=up(count=2),
        declared=2,
    ),
    Step(
        name="withdraw-and-relinquish",
        title="The count falls below what has come: the open request is withdrawn, then an address relinquished",
        begin=half_come,
        command=up(count=1),
        declared=1,
        may_go=("192.0.2.1",),
    ),
    Step(
        name="shrink",
        title="A lower count relinquishes an address",
        begin=held,
        command=up(count=2),
        declared=2,
        may_go=("192.0.2.1",),
    ),
    Step(
        name="confirm",
        title="AWS's question is answered: yes, remove it",
        begin=asked_to_confirm,
        command=up(confirm_relinquish=True),
        declared=2,
        may_go=("192.0.2.1",),
    ),
    Step(
        name="destroy",
        title="`pulumi destroy` relinquishes what the lease holds",
        begin=held,
        command=destroy,
        declared=0,
        may_go=("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    ),
    Step(
        name="destroy-while-requesting",
        title="`pulumi destroy` withdraws the open request and relinquishes what has come",
        begin=half_come,
        command=destroy,
        declared=0,
        may_go=("192.0.2.1", "192.0.2.2"),
    ),
    Step(
        name="take-over",
        title="Another stack's lease is taken over with consent, and grows",
        begin=held_elsewhere,
        command=take_over,
        declared=4,
        consent_from=("PutParameter", 0),
    ),
    Step(
        name="adopt",
        title="Addresses are adopted, and one more is requested",
        begin=strangers,
        command=up(count=4, adopt=["192.0.2.2", "192.0.2.3"]),
        declared=4,
    ),
    Step(
        name="create-and-adopt",
        title="The first `pulumi up` adopts an address and requests one more",
        begin=lambda scene: scene.emulator.lease(REGION, 2),
        command=up(count=2, adopt=["192.0.2.1"]),
        declared=2,
        foreign=("192.0.2.2",),
        consent_from=("CreateCase", 0),
    ),
    Step(
        name="print",
        title="Console filing prints a form",
        begin=nothing,
        command=up(count=3, filing="console"),
        declared=3,
        consent_from=("PutParameter", 1),
    ),
    Step(
        name="list",
        title="A long list of addresses is relinquished in one case and a further message",
        begin=lambda scene: held(scene, 130),
        command=destroy,
        declared=0,
        may_go=tuple(f"192.0.2.{number}" for number in range(1, 131)),
    ),
)
STEP = {step.name: step for step in STEPS}

FAULTS = (
    Fault(name="AWS says no", kind="access-denied"),
    Fault(name="throttled", kind="throttling"),
    Fault(name="throttled for ever", kind="throttling", lasting=True),
    Fault(name="no answer, before", kind="reset"),
    Fault(name="no answer, after", kind="reset", when="after"),
    Fault(name="no answer for ever, before", kind="reset", lasting=True),
    Fault(name="no answer for ever, after", kind="reset", when="after", lasting=True),
    Fault(name="half an answer, before", kind="half-body"),
    Fault(name="half an answer, after", kind="half-body", when="after"),
    Fault(name="killed before"),
    Fault(name="killed after", when="after"),
)
KINDS = tuple(
    Fault(name=f"{kind}, {when}", kind=kind, when=when)
    for kind in (
        "access-denied",
        "expired-credentials",
        "internal-error",
        "unavailable",
        "close",
        "hang",
        "cut-body",
        "html",
    )
    for when in ("before", "after")
)
"""More ways in which a call goes wrong, which come to the same."""
LISTED_LATE = (
    Fault(name="no answer and listed 5 s late", kind="reset", when="after", listing_delay=5),
    Fault(name="no answer and listed 5 min late", kind="reset", when="after", listing_delay=300),
    Fault(name="killed and listed 30 s late", when="after", listing_delay=30),
    Fault(name="killed and listed 5 min late", when="after", listing_delay=300),
)


@cache
def begun(step: Step) -> Scene:
    """Return a step's scene, to be copied: its command is due."""
    scene = Scene()
    with no_wire(scene.emulator):
        step.begin(scene)
        scene.emulator.advance(3_700)
    return scene


@cache
def calls_of(step: Step) -> tuple[Entry, ...]:
    """Return the calls that a step's command makes where nothing goes wrong."""
    scene = begun(step).copy()
    with no_wire(scene.emulator):
        step.command(scene, {})
        return scene.emulator.log


def before(step: Step) -> list[Any]:
    """Return what is on file when a step's command is due."""
    return picture(begun(step).emulator)


@cache
def unbroken(step: Step) -> dict[str, Any]:
    """Return what a step's command comes to where nothing goes wrong."""
    scene = begun(step).copy()
    with no_wire(scene.emulator):
        step.command(scene, {})
        return end_of(scene)


def position(step: Step, operation: str, number: int = 0) -> int:
    """Return which call of a step's command is the one of an operation with this number (0: the first)."""
    return [at for at, call in enumerate(calls_of(step)) if call.operation == operation][number]


@cache
def cell(step: Step, fault: Fault, at: int) -> Cell:
    """Let the call number `at` of a step's command go wrong, then run the command until it rests."""
    scene = begun(step).copy()
    with no_wire(scene.emulator):
        return _play(step, fault, at, scene)


def _play(step: Step, fault: Fault, at: int, scene: Scene) -> Cell:
    emulator = scene.emulator
    emulator.change(listing_delay=fault.listing_delay)
    dying: Bag = {}
    if fault.is_kill:
        dying = {"killed_at": at, "carried_out": fault.when == "after"}
    else:
        operation = calls_of(step)[at].operation
        skip = sum(call.operation == operation for call in calls_of(step)[:at])
        times = None if fault.lasting else 1
        emulator.fault(fault.kind, operation=operation, skip=skip, when=fault.when, times=times)

    # What was asked for under the count before may be open until the command gets to withdraw it.
    before = scene.stack.declared.get("eu", {}).get("count", 0)
    declared = max(step.declared, before)
    found = Cell(first=step.command(scene, dying))
    for round_ in range(ROUNDS):
        found.on_file.append(picture(emulator))
        found.broken += broken_promises(emulator, declared=declared, may_go=step.may_go, foreign=step.foreign)
        if _rests(scene, step):
            found.rested = True
            break
        if round_ > 0:
            emulator.advance(A_LONG_WHILE)
        done = step.command(scene, {})
        found.second = found.second or done
        found.errors += [done.error] if done.error else []
        if consent := consent_in(done.error):
            found.consents.append(consent)
            scene.token = consent
            scene.up(take_over_from=consent)
    found.end = end_of(scene)
    return found


def _rests(scene: Scene, step: Step) -> bool:
    """Return whether the same command has nothing left to do."""
    if step.command is destroy:
        return not scene.stack.stored
    lease = scene.stack.stored.get("eu")
    return lease is not None and not scene.stack.changes(**scene.stack.declared)


def end_of(scene: Scene) -> dict[str, Any]:
    """Return what a story came to, after one more refresh: what is on file, the state and the record."""
    scene.stack.refresh()
    state = {name: _without(stored.outputs, _VARYING) for name, stored in scene.stack.stored.items()}
    return {"on file": picture(scene.emulator), "state": state}


_NONCE = re.compile(rf"(DIP-{REGION}-)\d+-\w{{4}}")
_VARYING = ("message", "record_version", "memory", "take_over_from", "case_id", "case_display_id", "case_url")


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    if isinstance(value, str):
        return _NONCE.sub(r"\1", value)
    return [_without(item, keys) for item in value] if isinstance(value, list) else value
