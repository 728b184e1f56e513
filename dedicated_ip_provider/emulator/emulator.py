"""The emulator as one object: the world, its clock, the pending faults and the log, behind one lock.

`Emulator.answer` is AWS's endpoint without the network. Every method first does what is due, then its own work.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass, fields
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from botocore import xform_name

from dedicated_ip_provider.emulator import commands, staff
from dedicated_ip_provider.emulator.faults import Fault, aws_error, damaged, error_of, take
from dedicated_ip_provider.emulator.log import Entry, Limits
from dedicated_ip_provider.emulator.services import quotas, ses, ssm, sts, support
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
from dedicated_ip_provider.emulator.wire import protocol
from dedicated_ip_provider.emulator.wire.protocol import Answer, ApiError, Call, identify, not_emulated
from dedicated_ip_provider.emulator.world import Clock, World, in_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from dedicated_ip_provider.emulator.commands import CaseCommand, ExternalEvent
    from dedicated_ip_provider.emulator.values import Parameter, ParameterVersion
    from dedicated_ip_provider.emulator.wire.protocol import Request, Values

    Operation = Callable[[World, Call, Values], Values]

_SERVICES = {"support": support, "sesv2": ses, "ssm": ssm, "sts": sts, "service-quotas": quotas}

_NEVER_SENT_WHOLE = b'{"message": "The rest of this never arrives."}'
_LOGGED_AT_MOST = 10_000
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrived:
    """A parsed request, and the fault that hits it."""

    call: Call
    given: Values
    unreadable: ApiError | None
    fault: Fault | None


def _function(call: Call) -> Operation | None:
    """Return the function with the name of a call's operation, which carries it out; None: there is none."""
    if call.service is None or call.refusal:
        return None
    found: Operation | None = getattr(_SERVICES[call.service], xform_name(call.operation), None)
    return found


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
            self._faults: list[Fault] = []
            self._limits = Limits()
            self._log: deque[Entry] = deque(maxlen=_LOGGED_AT_MOST)
            self._requests = itertools.count(1)

    @contextlib.contextmanager
    def awake(self) -> Iterator[World]:
        """Do what is due, and give one thread exclusive access to the world."""
        with self._lock:
            staff.wake(self._world, self._clock.now())
            yield self._world

    def answer(self, request: Request) -> Answer:
        """Answer one request as AWS does, or as the next fault demands."""
        arrived = self._arrive(request)
        fault = arrived.fault

        # Never wait while holding the lock: other calls have to proceed.
        if fault and fault.kind == "slow":
            self.pause(fault.seconds)
        with self.awake() as world:
            answer, error = self._write(world, arrived, self._carry_out(world, arrived))
            entry = Entry(
                time=world.now,
                account=arrived.call.caller.account,
                region=arrived.call.caller.region,
                service=arrived.call.name,
                operation=arrived.call.operation,
                parameters=arrived.given,
                status=int(answer.status) or None,
                error=error.code if error else None,
                fault=f"{fault.kind} {fault.when}" if fault else None,
            )
            self._log.append(entry)
        if fault and fault.kind == "hang":
            self.pause(fault.seconds)
        return answer

    def _arrive(self, request: Request) -> _Arrived:
        call, given, unreadable = identify(request), {}, None
        if call.service and _function(call):
            try:
                given = protocol.parameters(call.service, call, request)
            except ApiError as error:
                unreadable = error
        with self.awake():
            fault = take(self._faults, call) if call.service else None
        return _Arrived(call=call, given=given, unreadable=unreadable, fault=fault)

    def _carry_out(self, world: World, arrived: _Arrived) -> Values | ApiError | None:
        """Return the answer to a call, its refusal, or None if a fault prevents it."""
        fault = arrived.fault
        if fault and fault.when == "before" and fault.kind != "slow":
            return None
        try:
            return self._operation(world, arrived)(world, arrived.call, arrived.given)
        except ApiError as error:
            return error

    def _operation(self, world: World, arrived: _Arrived) -> Operation:
        """Return the function for a call, or raise the first refusal that applies."""
        call = arrived.call
        if call.refusal:
            raise call.refusal
        if call.caller.region in world.settings.disabled_regions and call.service != "support":
            raise aws_error("unknown-credentials", call.service)
        operation = _function(call)
        if operation is None:
            what = f"the emulator does not have {call.name} {call.operation}"
            world.tell(what)
            raise not_emulated(what)
        if world.settings.rate_limits:
            self._limits.count(call, world.now)
        if call.service == "support" and not world.settings.support_plan:
            raise aws_error("subscription-required", call.service)
        if arrived.unreadable:
            raise arrived.unreadable
        return operation

    def _write(self, world: World, arrived: _Arrived, done: Values | ApiError | None) -> tuple[Answer, ApiError | None]:
        """Return the answer for the client, and the error it contains, if any."""
        call, fault, request_id = arrived.call, arrived.fault, f"00000000-0000-4000-8000-{next(self._requests):012d}"
        error = done if isinstance(done, ApiError) else None
        if fault:
            error = error_of(fault, call.service) or error
        if error:
            answer = protocol.refusal(call.service, error, request_id)
        elif call.service and isinstance(done, dict):
            extra = world.settings.extra_fields
            answer = protocol.answer(call.service, call.operation, done, request_id, extra=extra)
        else:
            answer = Answer(status=HTTPStatus.OK, body=_NEVER_SENT_WHOLE)
        return (damaged(answer, fault) if fault else answer), error

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

    def change(self, /, **changes: object) -> Settings:
        """Change settings by name, such as `emulator.change(pace=2, support_plan=False)`."""
        with self.awake() as world:
            old = {one.name: getattr(world.settings, one.name) for one in fields(world.settings)}
            world.settings = commands.read(Settings, old | changes)
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
            return tuple(in_region(region, world.look_at(account).addresses))

    def parameters(self, region: str, account: str = DEFAULT_ACCOUNT) -> dict[str, ParameterVersion]:
        """Return the latest version of each of Systems Manager's parameters in a Region, by name."""
        with self.awake() as world:
            return {one.name: one.latest for one in in_region(region, world.look_at(account).parameters)}

    def parameter(self, region: str, name: str, account: str = DEFAULT_ACCOUNT) -> Parameter | None:
        """Return a parameter with the versions that are kept, or None if it does not exist."""
        with self.awake() as world:
            return world.look_at(account).parameters.get((region, name))

    @property
    def log(self) -> tuple[Entry, ...]:
        """Return the requests so far, oldest first, or the latest 10,000."""
        with self._lock:
            return tuple(self._log)

    def calls(self, operation: str, account: str | None = None) -> tuple[Entry, ...]:
        """Return the requests for one operation, including those that failed."""
        return tuple(one for one in self.log if one.operation == operation and account in (None, one.account))

    def state(self) -> dict[str, Any]:
        """Return the whole state as JSON data; an account appears once it contains something."""
        with self.awake() as world:
            kinds = ("cases", "addresses", "pools", "parameters")
            accounts = {
                place.id: {kind: [*getattr(place, kind).values()] for kind in kinds}
                for place in world.accounts.values()
            }
            state: dict[str, Any] = commands.write({"now": world.now, "accounts": accounts})
            return state

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

    def fault(self, kind: str | None = None, /, **fields: object) -> Fault:
        """Add a fault, such as `emulator.fault("reset", operation="CreateCase", when="after", times=2)`."""
        fault = commands.read(Fault, fields if kind is None else {"kind": kind, **fields})
        with self._lock:
            self._faults.append(fault)
        return fault

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the pending faults, with what is left of their `times` and `skip`."""
        with self._lock:
            return tuple(self._faults)

    def clear_faults(self) -> None:
        """Remove all pending faults."""
        with self._lock:
            self._faults.clear()
