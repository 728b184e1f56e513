"""Stacks of one account, run as the engine runs them: `check`, `diff`, then one of the provider's methods.

    stack = Stack(emulator)
    stack.up(eu={"count": 2})
    emulator.grant(stack.open_case().id)
    stack.refresh()
    assert "active" == stack["eu"]["status"]

Every value goes over Pulumi's wire, a state is stored only where a method returned, and each command is a process.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.errors import LeaseError
from dedicated_ip_provider.provider import DedicatedIpError, LeaseProvider
from support.bags import FORM, over_the_wire
from support.filed import steps
from support.process import Killed, Process

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import Case, Emulator

Bag = dict[str, Any]

REGION = "eu-west-1"


@dataclass(slots=True)
class Stored:
    """A resource as Pulumi has it: its checked inputs, its outputs, its id."""

    id: str
    inputs: Bag
    outputs: Bag


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: what was said, the error that stopped it, or that it was killed."""

    said: str
    error: str = ""
    killed: bool = False


@dataclass(slots=True)
class Stack:
    """One stack of one backend. `stored` are its resources by name, `condemned` those that a replacement left behind."""

    emulator: Emulator
    path: str = "shop/prod"
    stored: dict[str, Stored] = field(default_factory=dict)
    condemned: list[Stored] = field(default_factory=list)
    declared: dict[str, Bag] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Bag:
        """Return the outputs of a resource."""
        return self.stored[name].outputs

    def up(self, dying: Bag | None = None, **leases: Bag) -> Done:
        """Run `pulumi up` for a program with these leases; `dying` says when the process is killed."""
        self.declared = leases
        return self._run(self._up, dying or {})

    def grown(self, count: int = 3, **inputs: object) -> list[str]:
        """Bring the lease `eu` to where AWS has granted all that it requested; return its addresses."""
        self.up(eu={"count": count, **inputs})
        self.emulator.grant(marked(self.emulator)[-1].id)
        self.refresh()
        addresses: list[str] = self["eu"]["addresses"]
        return addresses

    def shown(self, *names: str) -> tuple[Any, ...]:
        """Return some outputs of the lease `eu`."""
        return tuple(self["eu"][name] for name in names)

    def is_quiet(self) -> bool:
        """Return whether `refresh; up`, twice, changes nothing and files nothing."""
        before = steps(self.emulator), dict(self["eu"])
        for _ in range(2):
            self.refresh()
            if self.changes(**self.declared):
                return False
            self.up(**self.declared)
        return before == (steps(self.emulator), self["eu"])

    def copy(self) -> dict[str, Stored]:
        """Return the state as it is stored now: what a command that is killed at its very end leaves behind."""
        return {name: Stored(one.id, one.inputs, dict(one.outputs)) for name, one in self.stored.items()}

    def preview(self, **leases: Bag) -> list[str]:
        """Run `pulumi preview`, and return what it says, and `name: changes` for what it would do."""

        def work(provider: LeaseProvider) -> None:
            for name, wish in leases.items():
                inputs = self._check(provider, name, wish, previewing=True)
                if name in self.stored:
                    stored = self.stored[name]
                    provider.diff(stored.id, stored.outputs, inputs)

        done = self._run(work, {})
        if done.error:
            raise DedicatedIpError(done.error)
        return done.said.splitlines()

    def changes(self, **leases: Bag) -> list[str]:
        """Return the names of the leases that a preview shows as changed."""
        changed = []

        def work(provider: LeaseProvider) -> None:
            for name, wish in leases.items():
                inputs = self._check(provider, name, wish)
                if name not in self.stored or self._differs(provider, self.stored[name], inputs):
                    changed.append(name)

        done = self._run(work, {})
        assert not done.error, done.error
        return changed

    def refresh(self) -> Done:
        """Run `pulumi refresh`."""

        def work(provider: LeaseProvider) -> None:
            for name, stored in self.stored.items():
                read = provider.read(stored.id, stored.outputs)
                inputs = over_the_wire(read.inputs or stored.inputs)
                self.stored[name] = Stored(stored.id, inputs, over_the_wire(read.outs or {}))

        return self._run(work, {})

    def import_(self, name: str, id_: str = REGION, **own_credentials: str) -> Done:
        """Run `pulumi import` for one lease, as a front end that has import does."""

        def work(provider: LeaseProvider) -> None:
            try:
                imported = provider._operations.import_lease(f"{self.path}/{name}", id_, own_credentials)
            except LeaseError as error:
                raise DedicatedIpError(str(error)) from error
            if imported is None:
                raise DedicatedIpError(f"resource '{id_}' does not exist")
            lease_id, outputs, inputs = imported
            self.stored[name] = Stored(lease_id, over_the_wire(inputs), over_the_wire(outputs))

        return self._run(work, {})

    def destroy(self, **dying: Any) -> Done:
        """Run `pulumi destroy`."""

        def work(provider: LeaseProvider) -> None:
            for stored in list(self.condemned):
                provider.delete(stored.id, stored.outputs)
                self.condemned.remove(stored)
            for name, stored in list(self.stored.items()):
                provider.delete(stored.id, stored.outputs)
                del self.stored[name]

        return self._run(work, dying)

    def replace(self, name: str, *, delete_first: bool = False) -> Done:
        """Run `pulumi up --replace` for one lease: the new one is made first, unless told otherwise."""

        def work(provider: LeaseProvider) -> None:
            inputs = self._check(provider, name, self.declared[name])
            old = self.stored[name]
            if delete_first:
                provider.delete(old.id, old.outputs)
                del self.stored[name]
            self._create(provider, name, inputs)
            if not delete_first:
                self.condemned.append(old)
                provider.delete(old.id, old.outputs)
                self.condemned.remove(old)

        return self._run(work, {})

    def move(self, name: str, to: Stack) -> None:
        """Run `pulumi state move`."""
        to.stored[name] = self.stored.pop(name)

    def _up(self, provider: LeaseProvider) -> None:
        for name, wish in self.declared.items():
            inputs = self._check(provider, name, wish)
            if name not in self.stored:
                self._create(provider, name, inputs)
                continue
            stored = self.stored[name]
            difference = provider.diff(stored.id, stored.outputs, inputs)
            if difference.replaces:
                self._create(provider, name, inputs)
                self.condemned.append(stored)
            elif self._differs(provider, stored, inputs):
                updated = provider.update(stored.id, stored.outputs, inputs)
                self.stored[name] = Stored(stored.id, inputs, over_the_wire(updated.outs or {}))
            else:
                self.stored[name] = Stored(stored.id, inputs, stored.outputs)
        for stored in list(self.condemned):
            provider.delete(stored.id, stored.outputs)
            self.condemned.remove(stored)
        for name in [name for name in self.stored if name not in self.declared]:
            provider.delete(self.stored[name].id, self.stored[name].outputs)
            del self.stored[name]

    def _create(self, provider: LeaseProvider, name: str, inputs: Bag) -> None:
        created = provider.create(inputs)
        self.stored[name] = Stored(str(created.id), inputs, over_the_wire(created.outs or {}))

    def _check(self, provider: LeaseProvider, name: str, wish: Bag, *, previewing: bool = False) -> Bag:
        given = {"holder": f"{self.path}/{name}", "region": REGION, "use_case": FORM, **wish}
        if previewing:
            given["__previewing"] = True
        olds = self.stored[name].inputs if name in self.stored else {}
        checked = provider.check(olds, over_the_wire(given))
        for failure in checked.failures:
            raise DedicatedIpError(f"{failure.property}: {failure.reason}")
        return over_the_wire(checked.inputs)

    @staticmethod
    def _differs(provider: LeaseProvider, stored: Stored, inputs: Bag) -> bool:
        changes = provider.diff(stored.id, stored.outputs, inputs).changes
        return inputs != stored.inputs if changes is None else changes

    def _run(self, work: Callable[[LeaseProvider], None], dying: Bag) -> Done:
        # A provider tells its lines as bytes.
        process, said, error = Process(self.emulator, **dying), io.TextIOWrapper(io.BytesIO()), ""
        with contextlib.redirect_stderr(said):
            try:
                work(process.provider)
            except DedicatedIpError as problem:
                error = str(problem)
            except Killed:
                pass
        self.emulator.clear_faults()
        told = said.buffer.getvalue().decode()
        return Done(told, "" if process.is_dead else error, process.is_dead)


def marked(emulator: Emulator, *, is_open: bool | None = None) -> list[Case]:
    """Return the marked cases, oldest first."""
    found = [case for case in emulator.cases() if "DIP-" in case.subject]
    return [case for case in found if is_open is None or case.is_resolved != is_open]


def consent(refusal: str) -> str:
    """Return the `take_over_from` that a refusal names."""
    found = re.search(r'take_over_from="(eu-west-1/\d+-\w{4})"', refusal)
    assert found, refusal
    return found[1]
