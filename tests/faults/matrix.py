"""Every call that a command makes, combined with everything that may go wrong with it.

A step brings stacks to where one command is due. In each cell one call of that command goes wrong; then the fault is
over, and the user runs the same command again until it has nothing left to do.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

from support.filed import REGION, filed
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
A_LONG_WHILE = 601  # seconds after which AWS's list shows every case that was filed
ROUNDS = 6  # how often the same command is run at most


class Scene:
    """An account with the stacks of its users; the command of `stack` is due."""

    def __init__(self) -> None:
        """Start with an empty account and two backends, each with the same empty stack."""
        self.emulator = Emulator(Settings(), NOON)
        self.stack = Stack(self.emulator)
        self.other = Stack(self.emulator)
        self.token = ""

    def up(self, dying: Bag | None = None, **inputs: Any) -> Done:
        """Run `pulumi up` for a program with one lease, declared as before except for these inputs."""
        return self.stack.up(dying, eu={**self.stack.declared.get("eu", {}), **inputs})

    def grant(self, count: int | None = None) -> None:
        """Let AWS grant the latest request, and the user refresh."""
        self.emulator.grant(marked(self.emulator)[-1].id, count)
        self.stack.refresh()

    def copy(self) -> Scene:
        """Return a copy that goes on independently."""
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


@dataclass(frozen=True, slots=True)
class Step:
    """A command that is due: what happened before, how many addresses are declared then, and which may be relinquished.

    After a run that was killed at or after the call `consent_from`, the user has to consent: nobody else knows what the
    run began.
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
    """What goes wrong with a call: a fault of the emulator, or the process is killed."""

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
    """The result of a cell.

    `first` and `second` are the first two runs, `on_file` is what was on file after each, and `consents` are the values
    of `take_over_from` that the user had to set. `rested`: the same command had nothing left to do in the end.
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
    """Start with an empty account."""


def held(scene: Scene, count: int = 3, **inputs: Any) -> None:
    """Let the stack hold addresses, with no case open."""
    scene.up(count=count, **inputs)
    scene.grant()


def half_come(scene: Scene) -> None:
    """Let two of four addresses come, with the case still open."""
    scene.up(count=4)
    scene.grant(2)


def asked_to_confirm(scene: Scene) -> None:
    """Let AWS ask whether to remove an address."""
    held(scene)
    scene.up(count=2)
    scene.emulator.confirm_question(marked(scene.emulator)[-1].id)
    scene.stack.refresh()


def held_elsewhere(scene: Scene) -> None:
    """Let another backend's stack hold the lease, with two of three addresses there."""
    scene.other.up(eu={"count": 3})
    scene.emulator.grant(marked(scene.emulator)[-1].id, 2)
    scene.other.refresh()
    scene.token = consent_in(scene.up(count=4).error)


def strangers(scene: Scene) -> None:
    """Let the account have addresses that the lease does not hold."""
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
    """Return the `take_over_from` that a refusal names, or ""."""
    found = re.search(r'take_over_from="([^"]+)"', error)
    return found[1] if found else ""


STEPS = (
    Step("create", "The first `pulumi up` requests three addresses", nothing, up(count=3), 3, consent_from=("CreateCase", 0)),
    Step("grow", "A higher count requests two more", held, up(count=5), 5),
    Step("amend", "A higher count changes the open request", half_come, up(count=5), 5),
    Step("withdraw", "The count falls to what has come: the open request is withdrawn", half_come, up(count=2), 2),
    Step("withdraw-and-relinquish", "The count falls below what has come: the open request is withdrawn, then an address relinquished", half_come, up(count=1), 1, ("192.0.2.1",)),
    Step("shrink", "A lower count relinquishes an address", held, up(count=2), 2, ("192.0.2.1",)),
    Step("confirm", "AWS's question is answered: yes, remove it", asked_to_confirm, up(confirm_relinquish=True), 2, ("192.0.2.1",)),
    Step("destroy", "`pulumi destroy` relinquishes what the lease holds", held, destroy, 0, ("192.0.2.1", "192.0.2.2", "192.0.2.3")),
    Step("destroy-while-requesting", "`pulumi destroy` withdraws the open request and relinquishes what has come", half_come, destroy, 0, ("192.0.2.1", "192.0.2.2")),
    Step("take-over", "Another stack's lease is taken over with consent, and grows", held_elsewhere, take_over, 4, consent_from=("PutParameter", 0)),
    Step("adopt", "Addresses are adopted, and one more is requested", strangers, up(count=4, adopt=["192.0.2.2", "192.0.2.3"]), 4),
    Step("create-and-adopt", "The first `pulumi up` adopts an address and requests one more", lambda scene: scene.emulator.lease(REGION, 2), up(count=2, adopt=["192.0.2.1"]), 2, foreign=("192.0.2.2",), consent_from=("CreateCase", 0)),
    Step("print", "Console filing prints a form", nothing, up(count=3, filing="console"), 3, consent_from=("PutParameter", 1)),
    Step("list", "A long list of addresses is relinquished in one case and a further message", lambda scene: held(scene, 130), destroy, 0, tuple(f"192.0.2.{number}" for number in range(1, 131))),
)  # fmt: skip
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
OTHER_KINDS = "access-denied expired-credentials internal-error unavailable close hang cut-body html"
KINDS = tuple(
    Fault(name=f"{kind}, {when}", kind=kind, when=when) for kind in OTHER_KINDS.split() for when in ("before", "after")
)
"""More ways in which a call goes wrong, with the same result."""
LISTED_LATE = (
    Fault(name="no answer and listed 5 s late", kind="reset", when="after", listing_delay=5),
    Fault(name="no answer and listed 5 min late", kind="reset", when="after", listing_delay=300),
    Fault(name="killed and listed 30 s late", when="after", listing_delay=30),
    Fault(name="killed and listed 5 min late", when="after", listing_delay=300),
)


@cache
def begun(step: Step) -> Scene:
    """Return a step's scene when its command is due; copy it before use."""
    scene = Scene()
    with no_wire(scene.emulator):
        step.begin(scene)
        scene.emulator.advance(3_700)
    return scene


@cache
def calls_of(step: Step) -> tuple[Entry, ...]:
    """Return the calls that a step's command makes if nothing goes wrong."""
    scene = begun(step).copy()
    with no_wire(scene.emulator):
        step.command(scene, {})
        return scene.emulator.log


def before(step: Step) -> list[Any]:
    """Return what is on file when a step's command is due."""
    return picture(begun(step).emulator)


@cache
def unbroken(step: Step) -> dict[str, Any]:
    """Return the end of a step if nothing goes wrong."""
    scene = begun(step).copy()
    with no_wire(scene.emulator):
        step.command(scene, {})
        return end_of(scene)


def position(step: Step, operation: str, number: int = 0) -> int:
    """Return the position of the call of an operation with this number (0: the first) in a step's command."""
    return [at for at, call in enumerate(calls_of(step)) if call.operation == operation][number]


@cache
def cell(step: Step, fault: Fault, at: int) -> Cell:
    """Let one call of a step's command go wrong, then run the command until it has nothing left to do."""
    scene = begun(step).copy()
    with no_wire(scene.emulator):
        return _play(step, fault, at, scene)


def picture(emulator: Emulator) -> list[tuple[str, str, int, list[str]]]:
    """Return all that is on file: the status and steps of each case, what it asks for and which addresses it names."""
    return [(one.case.status, " ".join(one.steps), one.asks, sorted(one.named)) for one in filed(emulator)]


def broken_promises(emulator: Emulator, step: Step, declared: int) -> list[str]:
    """Return what is wrong in a Region with one lease of `declared` addresses."""
    cases = filed(emulator)
    live = [one for one in cases if one.is_live_request]
    named = [ip for one in cases for ip in one.named]
    here = set(emulator.addresses(REGION)) - set(step.foreign) - set(named)
    owed = sum(one.asks - len(one.case.granted) for one in live)
    broken = [f"{ip} is relinquished, which nobody meant" for ip in sorted(set(named) - set(step.may_go))]
    broken += [f"{ip} is named by two cases" for ip in sorted(set(named)) if named.count(ip) > 1]
    if len(live) > 1:
        broken.append(f"{len(live)} requests are open")
    if live and owed > max(0, declared - len(here)):
        broken.append(f"{owed} are asked for beside {len(here)}, but {declared} declared")
    return broken


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

    # What was requested for the count before may be open until the command withdraws it.
    before = scene.stack.declared.get("eu", {}).get("count", 0)
    declared = max(step.declared, before)
    found = Cell(first=step.command(scene, dying))
    for round_ in range(ROUNDS):
        found.on_file.append(picture(emulator))
        found.broken += broken_promises(emulator, step, declared)
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
    """Return what is on file and the state after one more refresh."""
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
