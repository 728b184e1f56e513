"""The emulator as one object: the world, its clock, the faults to come and the log, behind one lock.

Every method does first what is due, then what it says. The control API offers the same over HTTP.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator import acts, desk_work, happenings, plain
from dedicated_ip_provider.emulator.acts import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.address import DEFAULT_POOL, Address
from dedicated_ip_provider.emulator.bounds import checked_account, checked_text
from dedicated_ip_provider.emulator.case import Case, DisplayId, Form
from dedicated_ip_provider.emulator.clock import Clock
from dedicated_ip_provider.emulator.faults import Fault, FaultBook
from dedicated_ip_provider.emulator.limits import Limits
from dedicated_ip_provider.emulator.log import Log
from dedicated_ip_provider.emulator.settings import Settings
from dedicated_ip_provider.emulator.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from dedicated_ip_provider.emulator.log import Entry
    from dedicated_ip_provider.emulator.parameter import Parameter, ParameterVersion

_SECONDS_A_DAY = 86_400


class Emulator:
    """An AWS account's counterpart on your own machine, without the wire."""

    def __init__(
        self, settings: Settings | None = None, now: datetime | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        """Take the settings, the time at which the clock shall stand (None: it runs), and who hears what happens."""
        self._lock = threading.RLock()
        self._start = (settings or Settings(), now)
        self._tell = tell or (lambda _: None)
        self.pause: Callable[[float], object] = time.sleep
        """Waits for some seconds, for calls that hang; a server puts one here that its stopping ends."""
        self.reset()

    def reset(self) -> None:
        """Go back to the start: no cases, no addresses, no faults, an empty log, the first settings and time."""
        with self._lock:
            settings, now = self._start
            self._clock = Clock(now)
            self._world = World(settings, self._tell)
            self.fault_book = FaultBook()
            self.limits = Limits()
            self.request_log = Log()

    @contextlib.contextmanager
    def awake(self) -> Iterator[World]:
        """Lend the world, with everything done that is due, to one thread."""
        with self._lock:
            desk_work.wake(self._world, self._clock.now())
            yield self._world

    # Time and settings.

    @property
    def now(self) -> datetime:
        """Tell the time at the emulator."""
        with self.awake() as world:
            return world.now

    def advance(self, seconds: float = 0, *, days: float = 0) -> datetime:
        """Let time pass, and do what gets due by it; tell the time."""
        with self._lock:
            self._clock.advance(seconds + days * _SECONDS_A_DAY)
        return self.now

    @property
    def settings(self) -> Settings:
        """Show the settings."""
        return self._world.settings

    def change(self, **changes: object) -> Settings:
        """Change settings by name, as `emulator.change(pace=2, support_plan=False)`."""
        with self.awake() as world:
            old = {one.name: getattr(world.settings, one.name) for one in fields(world.settings)}
            world.settings = plain.read(Settings, old | changes)
            return world.settings

    # What is there.

    def cases(self, account: str = DEFAULT_ACCOUNT) -> tuple[Case, ...]:
        """Give an account's cases, oldest first, resolved ones too."""
        with self.awake() as world:
            return tuple(world.look_at(account).cases.values())

    def case(self, case: str) -> Case:
        """Give one case, by its id or the number that people see."""
        with self.awake() as world:
            return world.find_case(case)

    def addresses(self, region: str, account: str = DEFAULT_ACCOUNT) -> tuple[str, ...]:
        """Give the leased addresses in a Region, in the order of their arrival, managed ones left out."""
        return tuple(one.ip for one in self.details(region, account) if not one.managed)

    def details(self, region: str, account: str = DEFAULT_ACCOUNT) -> tuple[Address, ...]:
        """Give all addresses in a Region with what is known of them."""
        with self.awake() as world:
            return tuple(world.look_at(account).addresses_in(region))

    def parameters(self, region: str, account: str = DEFAULT_ACCOUNT) -> dict[str, ParameterVersion]:
        """Return the latest version of each of Systems Manager's parameters in a Region, by name."""
        with self.awake() as world:
            return {one.name: one.latest for one in world.look_at(account).parameters_in(region)}

    def parameter(self, region: str, name: str, account: str = DEFAULT_ACCOUNT) -> Parameter | None:
        """Return a parameter with the versions that are kept of it, or None if there is none of that name."""
        with self.awake() as world:
            return world.look_at(account).parameters.get((region, name))

    @property
    def log(self) -> tuple[Entry, ...]:
        """Give the requests so far, oldest first."""
        with self._lock:
            return self.request_log.entries

    def calls(self, operation: str, account: str | None = None) -> tuple[Entry, ...]:
        """Give the requests for one operation, those that failed too."""
        return tuple(one for one in self.log if one.operation == operation and account in (None, one.account))

    def state(self) -> dict[str, Any]:
        """Give everything there is, as plain data; an account appears once something is in it."""
        with self.awake() as world:
            accounts = {
                place.id: {
                    "cases": plain.write(tuple(place.cases.values())),
                    "addresses": plain.write(tuple(place.addresses.values())),
                    "pools": [{"region": region, **plain.write(pool)} for (region, _), pool in place.pools.items()],
                    "parameters": plain.write(tuple(place.parameters.values())),
                }
                for place in world.accounts.values()
            }
            return {"now": world.now.isoformat(), "accounts": accounts}

    # The staff's decisions.

    def decide(self, case: str, decision: acts.Decision) -> tuple[str, ...]:
        """Let the staff do something about a case; give the addresses that came or went."""
        with self.awake() as world:
            return desk_work.carry_out(world, world.find_case(case), decision)

    def grant(
        self, case: str, count: int | None = None, *, close: bool | None = None, region: str | None = None
    ) -> tuple[str, ...]:
        """Add the addresses that are missing, or `count`; the case is closed when all are there, or as told."""
        return self.decide(case, acts.Grant(count=count, close=close, region=region))

    def refuse(self, case: str, text: str | None = None) -> None:
        """Say no, and close the case."""
        self.decide(case, acts.Refuse(text=text))

    def ask(self, case: str, text: str = acts.A_QUESTION) -> None:
        """Ask the customer something; the case waits for the answer."""
        self.decide(case, acts.Ask(text=text))

    def confirm_question(self, case: str) -> None:
        """Ask the customer to confirm that the addresses named in the case shall go."""
        self.decide(case, acts.ConfirmQuestion())

    def remove(self, case: str, addresses: tuple[str, ...] | None = None, *, close: bool = True) -> tuple[str, ...]:
        """Remove the addresses that the case names, or only some of them, and close it."""
        return self.decide(case, acts.Remove(addresses=addresses, close=close))

    def resolve(self, case: str) -> None:
        """Close the case without a word."""
        self.decide(case, acts.Resolve())

    def say(self, case: str, text: str) -> None:
        """Write something that needs no answer."""
        self.decide(case, acts.Say(text=text))

    def set_status(self, case: str, status: str) -> None:
        """Move the case to any status, known or not."""
        self.decide(case, acts.SetStatus(status=status))

    # What a customer does by hand, in the Support Center.

    def file_by_hand(self, subject: str, body: str, account: str = DEFAULT_ACCOUNT) -> DisplayId:
        """File a case; give the number that people see."""
        form = Form(subject=checked_text(subject), body=checked_text(body))
        checked_account(account)
        with self.awake() as world:
            return world.file_case(account, form).display_id

    def reply(self, case: str, text: str) -> None:
        """Answer in a case."""
        with self.awake() as world:
            world.reply(world.find_case(case), checked_text(text))

    # What happens to an account beside its cases.

    def happen(self, act: acts.Happening) -> tuple[str, ...]:
        """Let something happen to an account; give the addresses that came or went."""
        with self.awake() as world:
            return happenings.happen(world, act)

    def lease(
        self, region: str, count: int = 1, *, pool: str = DEFAULT_POOL, account: str = DEFAULT_ACCOUNT
    ) -> tuple[str, ...]:
        """Let addresses appear that no case asked for."""
        return self.happen(acts.Lease(region=region, count=count, pool=pool, account=account))

    def import_addresses(self, region: str, *ips: str, account: str = DEFAULT_ACCOUNT) -> tuple[str, ...]:
        """Let these very addresses appear, as those that an account brings along."""
        return self.happen(acts.Import(region=region, addresses=ips, account=account))

    def add_managed(
        self, region: str, count: int = 1, *, pool: str = "managed", account: str = DEFAULT_ACCOUNT
    ) -> tuple[str, ...]:
        """Let SES add addresses to a managed pool, which is made if it is not there."""
        return self.happen(acts.Managed(region=region, count=count, pool=pool, account=account))

    def take_away(self, region: str, *ips: str, account: str = DEFAULT_ACCOUNT) -> tuple[str, ...]:
        """Let addresses vanish that no case gave back."""
        return self.happen(acts.TakeAway(region=region, addresses=ips, account=account))

    def put_parameter(self, region: str, name: str, value: str, *, account: str = DEFAULT_ACCOUNT) -> None:
        """Write a parameter as its owner does in the console, whether it exists or not."""
        self.happen(acts.PutParameter(region=region, name=name, value=value, account=account))

    def delete_parameter(self, region: str, name: str, *, account: str = DEFAULT_ACCOUNT) -> None:
        """Delete a parameter as its owner does in the console, with all its versions."""
        self.happen(acts.DeleteParameter(region=region, name=name, account=account))

    # Faults.

    def fault(self, kind: str, **fields: object) -> Fault:
        """Let something go wrong, as `emulator.fault("reset", operation="CreateCase", when="after", times=2)`."""
        fault = plain.read(Fault, {"kind": kind, **fields})
        self.add_fault(fault)
        return fault

    def add_fault(self, fault: Fault) -> None:
        """Let something go wrong, behind what is to go wrong already."""
        with self._lock:
            self.fault_book.add(fault)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Show the faults still to come, with what is left of their `times` and `skip`."""
        with self._lock:
            return self.fault_book.pending

    def clear_faults(self) -> None:
        """Forget the faults that are still to come."""
        with self._lock:
            self.fault_book.clear()
