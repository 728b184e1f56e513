"""Pulumi's commands on some stacks, as the engine runs them, and at once what must hold of each.

`check`, `diff`, then one of the provider's methods; every value as it comes back off the wire; the state stored only
where a method returned; one process a command. What a command stores must be true at the desk, a refresh writes
nothing, a preview promises what the update then does, and the same wish once more changes nothing.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bags import FORM, over_the_wire
from invariants import Message, Wishes, contradictions, messages_in
from wireless import Process

from dedicated_ip_provider.forecast import forecast
from dedicated_ip_provider.provider import DedicatedIpError, LeaseProvider
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import lease_from_state, past_from_state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dedicated_ip_provider.emulator import Case, Desk

    Work = Callable[[LeaseProvider], None]

Bag = dict[str, Any]

IRELAND: Final = "eu-west-1"
SECONDS_BETWEEN: Final = 600
WRITES: Final = ("CreateCase", "AddCommunicationToCase", "ResolveCase")
_TWO_LINES: Final = re.compile(r"[^\n]+\n[^\n]+")
_A_CASE: Final = re.compile(r"\b17\d{8}\b|\bcase-[0-9a-z-]+")
_PROMISED: Final = {
    "request": r"ask AWS for (\d+) ",
    "amend": r"change the open case \S+ to (\d+) in all",
    "withdraw": r"withdraw the open case \S+()",
    "relinquish": r"give back ([\d., ]+?) by ",
    "confirm": r"confirm to AWS, once()",
}


@dataclass(eq=False, slots=True)
class Resource:
    """A lease in a stack: what the program says (`wish`; None: nothing any more) and what Pulumi has stored.

    `condemned` are the states of replaced resources that are still to be deleted. `looked_at` is the account as it
    was when the state was last read. `taken_up` are the addresses that it found by earlier cases when it was made anew.
    `was_blind` says that it was looked at while no cases could be read.
    """

    stack: str
    name: str
    region: str
    wish: Bag | None = None
    inputs: Bag = field(default_factory=dict)
    state: Bag | None = None
    condemned: list[Bag] = field(default_factory=list)
    looked_at: object = None
    taken_up: set[str] = field(default_factory=set)
    was_blind: bool = False

    @property
    def key(self) -> str:
        """The lease's key."""
        return f"organization/shop/{self.stack}/{self.name}/{self.region}"

    @property
    def shown(self) -> Bag:
        """What Pulumi has stored, for a lease that is there."""
        assert self.state is not None
        return self.state

    @property
    def holds(self) -> list[str]:
        """The addresses that the stored state shows."""
        return [*self.state["addresses"], *self.state["relinquishing"]] if self.state else []


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: what was said, the error that stopped it, or that it was killed."""

    said: str
    error: str | None = None
    killed: bool = False


class Commands:
    """The commands of one account's users. `told` is all that happened, a line each."""

    def __init__(self, desk: Desk, told: list[str]) -> None:
        """Take the desk that answers; no stack has anything yet."""
        self.desk = desk
        self.told = told
        self.wishes = Wishes()
        self.resources: list[Resource] = []
        self.held_at_the_end: set[str] = set()
        """Addresses that leases held when they were last looked at before they were deleted."""
        self.handed_over = ""
        """What the last command said, with the forms in it for leases that ended."""
        self._just_stored: list[Resource] = []
        self._begun = desk.now

    def resource(self, stack: str, name: str, region: str = IRELAND) -> Resource:
        """Give a lease of a stack, which may be in no program yet."""
        for one in self.resources:
            if (one.stack, one.name, one.region) == (stack, name, region):
                return one
        self.resources.append(Resource(stack, name, region))
        return self.resources[-1]

    def declare(self, stack: str, name: str, region: str = IRELAND, **inputs: Any) -> Resource:
        """Write a lease into a stack's program, or change what is written there."""
        one = self.resource(stack, name, region)
        one.wish = {**(one.wish or {"use_case": FORM}), **inputs}
        return one

    def up(self, stack: str, **dying: Any) -> Done:
        """Run `pulumi up`; `dying` says when the process is killed, as `Process` takes it."""

        def work(provider: LeaseProvider) -> None:
            for one in self._in(stack):
                if one.wish is not None:
                    self._register(provider, one)
            for one in self._in(stack):
                self._delete(provider, one, alive=one.wish is not None)

        wishes = {one.name: _but_use_case(one.wish) for one in self._in(stack)}
        return self._command(f"up {stack} {wishes}", work, **dying)

    def replace(self, one: Resource, *, delete_first: bool = False, **dying: Any) -> Done:
        """Run `pulumi up --replace` for one lease: the new one is made first, unless told otherwise."""

        def work(provider: LeaseProvider) -> None:
            inputs = self._check(provider, one)
            if one.state is not None and delete_first:
                self._delete(provider, one, alive=False)
                self._wish(one, inputs)
            elif one.state is not None:
                self._diff(provider, one, inputs)
            old = one.state
            self._create(provider, one, inputs)
            one.condemned += [old] if old is not None else []
            self._delete(provider, one, alive=True)

        return self._command(f"up --replace {one.key}{' (delete first)' * delete_first}", work, **dying)

    def refresh(self, stack: str, **dying: Any) -> Done:
        """Run `pulumi refresh`, which writes nothing to AWS."""

        def work(provider: LeaseProvider) -> None:
            for one in self._in(stack):
                if one.state is not None:
                    writes = self._writes()
                    read = provider.read(one.key, one.state)
                    assert writes == self._writes(), "a refresh wrote to AWS"
                    self._store(one, read.outs or {}, read.inputs or {})

        return self._command(f"refresh {stack}", work, **dying)

    def destroy(self, stack: str, **dying: Any) -> Done:
        """Run `pulumi destroy`; the program stays as it is."""

        def work(provider: LeaseProvider) -> None:
            for one in self._in(stack):
                self._delete(provider, one, alive=False)

        return self._command(f"destroy {stack}", work, **dying)

    def cases(self, *, is_open: bool = True) -> list[tuple[Case, Message]]:
        """Give the marked cases, open ones or closed ones, with their first message of ours."""
        marked = [(case, messages_in(case)[:1]) for case in self.desk.cases() if case.is_resolved != is_open]
        return [(case, first[0]) for case, first in marked if first]

    # How the engine does it.

    def _in(self, stack: str) -> list[Resource]:
        return [one for one in self.resources if one.stack == stack]

    def _command(self, what: str, work: Work, **dying: Any) -> Done:
        self.told.append(f"$ {what} {dying or ''}")
        self.desk.advance(SECONDS_BETWEEN)
        self._begun = self.desk.now
        done = self._run(work, Process(self.desk, **dying))
        self.told += [f"  {line}" for line in (done.error or "killed" * done.killed).splitlines()]
        self.told += [
            f"  {one.key}: {one.state['status']}: {one.state['message']} {one.holds}"
            for one in self.resources
            if one.state
        ]
        self.desk.clear_faults()
        if not (done.error or done.killed or self._was_denied()):
            for one in self._just_stored:
                self._assert_settled(one)
        return done

    def _run(self, work: Work, process: Process) -> Done:
        self._just_stored, said, error = [], io.StringIO(), None
        with contextlib.redirect_stderr(said):
            try:
                work(process.provider)
            except DedicatedIpError as problem:
                error = None if process.is_dead else str(problem)
        self.handed_over = said.getvalue()
        if error is not None:
            assert _TWO_LINES.fullmatch(error), f"no two lines: {error}"
            assert "met what it does not know" not in error, error
        return Done(said.getvalue(), error=error, killed=process.is_dead)

    def _register(self, provider: LeaseProvider, one: Resource) -> None:
        inputs = self._check(provider, one)
        if one.state is None:
            self._create(provider, one, inputs)
        elif self._diff(provider, one, inputs):
            promised, before = self._promised(one, inputs), self._sent(one)
            updated = provider.update(one.key, one.state, inputs)
            done = [step for mark, step in self._sent(one).items() if mark not in before]
            assert promised in (None, done), f"the preview promises {promised}, and it is {done}"
            self._store(one, updated.outs or {}, inputs)
            self._just_stored.append(one)

    def _check(self, provider: LeaseProvider, one: Resource) -> Bag:
        news = over_the_wire({"lease_key": one.key, "region": one.region, **(one.wish or {})})
        checked = provider.check(one.inputs, news)
        for failure in checked.failures:
            raise DedicatedIpError(f"{failure.property} is refused:\n{failure.reason}")
        self._wish(one, checked.inputs)
        return over_the_wire(checked.inputs)

    def _diff(self, provider: LeaseProvider, one: Resource, inputs: Bag) -> bool:
        changes = provider.diff(one.key, one.shown, inputs).changes
        return inputs != one.inputs if changes is None else changes

    def _create(self, provider: LeaseProvider, one: Resource, inputs: Bag) -> None:
        created = provider.create(inputs)
        assert one.key == created.id
        self._store(one, created.outs or {}, inputs)
        one.taken_up |= set(one.shown["addresses"])
        self._just_stored.append(one)

    def _delete(self, provider: LeaseProvider, one: Resource, *, alive: bool) -> None:
        if not alive and one.state is not None:
            self._wish(one, one.state, count=0)
            provider.delete(one.key, one.state)
            self.held_at_the_end |= set(one.holds)
            one.state, one.inputs = None, {}
        while one.condemned:
            provider.delete(one.key, one.condemned[0])
            one.condemned.pop(0)

    def _wish(self, one: Resource, inputs: Bag, count: int | None = None) -> None:
        self.wishes.declare(
            self.desk,
            one.key,
            count=int(inputs["count"]) if count is None else count,
            attempt=int(inputs.get("attempt", 1)),
            adopt=tuple(inputs.get("adopt", ())),
            ending=count is not None,
        )

    def _store(self, one: Resource, outs: Bag, inputs: Bag) -> None:
        untrue = self._untrue(outs)
        assert not untrue, untrue
        one.state, one.inputs = over_the_wire(outs), over_the_wire(inputs)
        one.looked_at = self._account()
        one.was_blind |= self._was_blind()

    # What must hold of a command.

    def _untrue(self, outs: Bag) -> list[str]:
        """Name what a state shows and is not so; where cases cannot be read, they stand there as they were last seen."""
        there = {name for case in self.desk.cases() for name in (case.id, case.display_id)}
        found = [f"the message names case {name}" for name in _A_CASE.findall(outs["message"]) if name not in there]
        if not self._was_blind():
            found += contradictions(outs, self.desk)
            if outs["status"] != self._status(outs):
                found.append(f"the status is {outs['status']}, not {self._status(outs)}")
        return found

    def _status(self, outs: Bag) -> str:
        """Name the first status that holds, as the desk has it."""
        mine = [case for case, first in self.cases() if first.lease_key == outs["lease_key"]]
        steps = [[message.step for message in messages_in(case)] for case in mine]
        held = len(outs["addresses"])
        if any(case.status == "pending-customer-action" for case in mine):
            return "action_required"
        if outs["form_text"]:
            return "to_file"
        if any(step[0] == "request" and "withdraw" not in step for step in steps):
            return "requested"
        if any(step[0] == "relinquish" for step in steps):
            return "relinquishing"
        return "over" if held > outs["count"] else "short" if held < outs["count"] else "active"

    def _assert_settled(self, one: Resource) -> None:
        """The same wish once more writes nothing, to AWS or for a person, and finds the lease as it was left."""
        writes = self._writes()
        updated = Process(self.desk).provider.update(one.key, one.shown, one.inputs)
        again = over_the_wire(updated.outs or {})
        assert writes == self._writes(), "the same wish once more wrote to AWS"
        here = self.desk.addresses(one.region)
        before, after = _settled(one.shown, here), _settled(again, here)
        changed = {key: (before[key], after[key]) for key in after if before[key] != after[key]}
        assert not changed, f"the same wish once more finds the lease otherwise: {changed}"

    def _promised(self, one: Resource, inputs: Bag) -> list[tuple[str, str]] | None:
        """Give the steps that a preview promises; None where it cannot know what has happened since."""
        if one.looked_at != self._account() or self.desk.faults or inputs["filing"] == "console":
            return None
        said = "\n".join(forecast(lease_from_state(inputs, regions()), past_from_state(one.shown)))
        found = [(match, step) for step, words in _PROMISED.items() for match in re.finditer(words, said)]
        return [(step, match[1]) for match, step in sorted(found, key=lambda each: each[0].start())]

    def _sent(self, one: Resource) -> dict[str, tuple[str, str]]:
        """Give what was asked of AWS for a lease so far, a step and its figure each, by mark."""
        messages = [message for case in self.desk.cases() for message in messages_in(case)]
        return {message.mark: _step_and_figure(message) for message in messages if message.lease_key == one.key}

    def _was_blind(self) -> bool:
        """Tell whether the command could not read cases: it goes on without them where a person files."""
        return not self.desk.settings.support_plan or self._was_denied()

    def _was_denied(self) -> bool:
        return any(
            entry.operation.startswith("Describe") and (entry.error or "").startswith("AccessDenied")
            for entry in self.desk.log
            if entry.time >= self._begun
        )

    def _writes(self) -> int:
        return sum(entry.operation in WRITES for entry in self.desk.log)

    def _account(self) -> object:
        return self.desk.state()["accounts"]


def _settled(outs: Bag, here: Sequence[str]) -> Bag:
    """Give what two looks at the same find: not what is said once, nor what AWS may tell later, nor what is gone."""
    said_once = {"message": "", "case_display_id": "", "case_url": ""}
    memory = outs["memory"]
    cases = [{**case, "display_id": ""} for case in memory.get("open_cases", [])]
    before = [ip for ip in memory.get("before", []) if ip in here]
    return {**outs, **said_once, "memory": {**memory, "open_cases": cases, "before": before}}


def _but_use_case(wish: Bag | None) -> Bag | None:
    return wish and {key: value for key, value in wish.items() if key != "use_case"}


def _step_and_figure(message: Message) -> tuple[str, str]:
    if message.step in ("request", "amend"):
        return message.step, str(message.asks)
    return message.step, ", ".join(message.addresses("returns"))
