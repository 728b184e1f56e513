"""The emulator as one object: the world, its clock, the pending faults and the log, behind one lock.

Every method first does what is due, then its own work. The control API offers the same over HTTP.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from dedicated_ip_provider.emulator import commands, json_codec, staff
from dedicated_ip_provider.emulator.faults import Fault, FaultBook
from dedicated_ip_provider.emulator.log import Limits, Log
from dedicated_ip_provider.emulator.settings import Settings
from dedicated_ip_provider.emulator.values import (
    DEFAULT_ACCOUNT,
    Address,
    Case,
    DisplayId,
    Form,
    checked_account,
    checked_text,
)
from dedicated_ip_provider.emulator.world import Clock, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from dedicated_ip_provider.emulator.commands import CaseCommand, ExternalEvent
    from dedicated_ip_provider.emulator.log import Entry
    from dedicated_ip_provider.emulator.values import Parameter, ParameterVersion

_SECONDS_A_DAY = 86_400
_P = ParamSpec("_P")


def _of_case(command: Callable[_P, CaseCommand]) -> Callable[Concatenate[Emulator, str, _P], tuple[str, ...]]:
    """Return the method for a command about a case: it takes the case and the command's own parameters."""

    def method(self: Emulator, case: str, /, *args: _P.args, **kwargs: _P.kwargs) -> tuple[str, ...]:
        return self.decide(case, command(*args, **kwargs))

    method.__doc__ = command.__doc__
    return method


def _event(event: Callable[_P, ExternalEvent]) -> Callable[Concatenate[Emulator, _P], tuple[str, ...]]:
    """Return the method for an external event: it takes the event's own parameters."""

    def method(self: Emulator, /, *args: _P.args, **kwargs: _P.kwargs) -> tuple[str, ...]:
        return self.happen(event(*args, **kwargs))

    method.__doc__ = event.__doc__
    return method


class Emulator:
    """An AWS account on your own machine, without the network."""

    def __init__(
        self, settings: Settings | None = None, now: datetime | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        """Create an emulator from its settings and the time of a stopped clock (None: it runs).

        `tell` is called with a line for each event.
        """
        self._lock = threading.RLock()
        self._start = (settings or Settings(), now)
        self._tell = tell or (lambda _: None)
        self.pause: Callable[[float], object] = time.sleep
        """Sleeps, for calls that hang; a server replaces it with a sleep that ends when the server stops."""
        self.reset()

    def reset(self) -> None:
        """Reset everything: no cases, no addresses, no faults, an empty log, the initial settings and time."""
        with self._lock:
            settings, now = self._start
            self._clock = Clock(now)
            self._world = World(settings, self._tell)
            self.fault_book = FaultBook()
            self.limits = Limits()
            self.request_log = Log()

    @contextlib.contextmanager
    def awake(self) -> Iterator[World]:
        """Do what is due, and give one thread exclusive access to the world."""
        with self._lock:
            staff.wake(self._world, self._clock.now())
            yield self._world

    # Time and settings.

    @property
    def now(self) -> datetime:
        """Return the emulator's time."""
        with self.awake() as world:
            return world.now

    def advance(self, seconds: float = 0, *, days: float = 0) -> datetime:
        """Let time pass, do what falls due, and return the time."""
        with self._lock:
            self._clock.advance(seconds + days * _SECONDS_A_DAY)
        return self.now

    @property
    def settings(self) -> Settings:
        """Return the settings."""
        return self._world.settings

    def change(self, **changes: object) -> Settings:
        """Change settings by name, such as `emulator.change(pace=2, support_plan=False)`."""
        with self.awake() as world:
            old = {one.name: getattr(world.settings, one.name) for one in fields(world.settings)}
            world.settings = json_codec.read(Settings, old | changes)
            return world.settings

    # What is there.

    def cases(self, account: str = DEFAULT_ACCOUNT) -> tuple[Case, ...]:
        """Return an account's cases, oldest first, resolved ones too."""
        with self.awake() as world:
            return tuple(world.look_at(account).cases.values())

    def case(self, case: str) -> Case:
        """Return one case, by its id or the number people see."""
        with self.awake() as world:
            return world.find_case(case)

    def addresses(self, region: str, account: str = DEFAULT_ACCOUNT) -> tuple[str, ...]:
        """Return the leased addresses in a Region, in order of arrival, without managed ones."""
        return tuple(one.ip for one in self.details(region, account) if not one.managed)

    def details(self, region: str, account: str = DEFAULT_ACCOUNT) -> tuple[Address, ...]:
        """Return all addresses in a Region, with their details."""
        with self.awake() as world:
            return tuple(world.look_at(account).addresses_in(region))

    def parameters(self, region: str, account: str = DEFAULT_ACCOUNT) -> dict[str, ParameterVersion]:
        """Return the latest version of each of Systems Manager's parameters in a Region, by name."""
        with self.awake() as world:
            return {one.name: one.latest for one in world.look_at(account).parameters_in(region)}

    def parameter(self, region: str, name: str, account: str = DEFAULT_ACCOUNT) -> Parameter | None:
        """Return a parameter with the versions that are kept, or None if it does not exist."""
        with self.awake() as world:
            return world.look_at(account).parameters.get((region, name))

    @property
    def log(self) -> tuple[Entry, ...]:
        """Return the requests so far, oldest first."""
        with self._lock:
            return self.request_log.entries

    def calls(self, operation: str, account: str | None = None) -> tuple[Entry, ...]:
        """Return the requests for one operation, including those that failed."""
        return tuple(one for one in self.log if one.operation == operation and account in (None, one.account))

    def state(self) -> dict[str, Any]:
        """Return the whole state as JSON data; an account appears once it contains something."""
        with self.awake() as world:
            accounts = {
                place.id: {
                    "cases": json_codec.write(tuple(place.cases.values())),
                    "addresses": json_codec.write(tuple(place.addresses.values())),
                    "pools": [
                        {"region": region, **json_codec.write(pool)} for (region, _), pool in place.pools.items()
                    ],
                    "parameters": json_codec.write(tuple(place.parameters.values())),
                }
                for place in world.accounts.values()
            }
            return {"now": world.now.isoformat(), "accounts": accounts}

    # Commands; those about a case return the addresses they added or removed.

    def decide(self, case: str, command: CaseCommand) -> tuple[str, ...]:
        """Carry out a command about a case, and return the addresses it added or removed."""
        with self.awake() as world:
            return commands.carry_out(world, world.find_case(case), command)

    grant = _of_case(staff.Grant)
    refuse = _of_case(staff.Refuse)
    ask = _of_case(staff.Ask)
    confirm_question = _of_case(staff.ConfirmQuestion)
    remove = _of_case(staff.Remove)
    resolve = _of_case(staff.Resolve)
    say = _of_case(staff.Say)
    set_status = _of_case(staff.SetStatus)
    reply = _of_case(commands.Reply)

    def file_by_hand(self, subject: str, body: str, account: str = DEFAULT_ACCOUNT) -> DisplayId:
        """File a case in the Support Center, and return the number people see."""
        form = Form(subject=checked_text(subject), body=checked_text(body))
        checked_account(account)
        with self.awake() as world:
            return world.file_case(account, form).display_id

    # External events.

    def happen(self, event: ExternalEvent) -> tuple[str, ...]:
        """Apply an external event, and return the addresses it added or removed."""
        with self.awake() as world:
            return commands.happen(world, event)

    lease = _event(commands.Lease)
    add_managed = _event(commands.AddManaged)
    put_parameter = _event(commands.PutParameter)
    delete_parameter = _event(commands.DeleteParameter)

    def import_addresses(self, region: str, *addresses: str, account: str = DEFAULT_ACCOUNT) -> tuple[str, ...]:
        """Add these addresses, as when an account brings its own."""
        return self.happen(commands.ImportAddresses(region, addresses, account=account))

    def take_away(self, region: str, *addresses: str, account: str = DEFAULT_ACCOUNT) -> tuple[str, ...]:
        """Remove addresses that no case relinquished."""
        return self.happen(commands.TakeAway(region, addresses, account=account))

    # Faults.

    def fault(self, kind: str, **fields: object) -> Fault:
        """Add a fault, such as `emulator.fault("reset", operation="CreateCase", when="after", times=2)`."""
        fault = json_codec.read(Fault, {"kind": kind, **fields})
        self.add_fault(fault)
        return fault

    def add_fault(self, fault: Fault) -> None:
        """Add a fault after those already pending."""
        with self._lock:
            self.fault_book.add(fault)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the pending faults, with what is left of their `times` and `skip`."""
        with self._lock:
            return self.fault_book.pending

    def clear_faults(self) -> None:
        """Remove all pending faults."""
        with self._lock:
            self.fault_book.clear()
