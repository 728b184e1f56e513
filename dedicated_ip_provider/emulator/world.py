"""AWS accounts with their cases, addresses, pools and parameters, and the clock.

Time is a value: `staff.wake(world, now)` does everything due by then, in order, and nothing else depends on time.
There are no timers and no threads. Reading changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeVar

from dedicated_ip_provider.emulator.values import (
    DEFAULT_POOL,
    KEPT_VERSIONS,
    OPENED,
    RESOLVED,
    Address,
    BadCommand,
    Case,
    CaseId,
    DisplayId,
    Form,
    NotHere,
    Parameter,
    ParameterVersion,
    Pool,
    after_reply,
    fresh_numbers,
    with_message,
    with_status,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator.settings import Settings

T = TypeVar("T")


def in_region(region: str, things: dict[tuple[str, str], T]) -> list[T]:
    """Return what an account holds in a Region, in order of arrival."""
    return [thing for (where, _), thing in things.items() if where == region]


@dataclass(slots=True)
class Account:
    """One AWS account."""

    id: str
    cases: dict[CaseId, Case] = field(default_factory=dict)
    addresses: dict[tuple[str, str], Address] = field(default_factory=dict)
    """By Region and IP."""
    pools: dict[tuple[str, str], Pool] = field(default_factory=dict)
    """By Region and name."""
    parameters: dict[tuple[str, str], Parameter] = field(default_factory=dict)
    """By Region and name."""

    @property
    def customer(self) -> str:
        """Return the customer as the Support API names them: an e-mail address with a role."""
        return f"mail-team@{self.id}.example (role: administrator)"


class World:
    """All accounts, and what customers do in them through the API."""

    def __init__(self, settings: Settings, tell: Callable[[str], None] = lambda _: None) -> None:
        """Create a world without accounts; `tell` is called with a line for each event."""
        self.settings = settings
        self.now = datetime.min.replace(tzinfo=timezone.utc)
        self.accounts: dict[str, Account] = {}
        self.tell = tell
        self._filed = 0
        self._numbers = fresh_numbers()
        self._ever: set[str] = set()

    def look_at(self, account: str) -> Account:
        """Return an account. One that was never used is empty, and is not created."""
        return self.accounts.get(account) or Account(account)

    def account(self, account: str) -> Account:
        """Return an account, created if it was never used."""
        return self.accounts.setdefault(account, Account(account))

    def find_case(self, reference: str) -> Case:
        """Return a case of any account, by its id or the number people see. Raise `NotHere` if there is none."""
        for place in self.accounts.values():
            for case in place.cases.values():
                if reference in (case.id, case.display_id):
                    return case
        raise NotHere(f"there is no case {reference}")

    def keep(self, case: Case) -> Case:
        """Store the new state of a case."""
        self.account(case.account).cases[case.id] = case
        return case

    def file_case(self, account: str, form: Form) -> Case:
        """Open a case."""
        self._filed += 1
        place = self.account(account)
        tag = hashlib.sha256(f"{account}/{self._filed}".encode()).hexdigest()[:16]
        case = Case(
            id=CaseId(f"case-{account}-muen-{self.now.year}-{tag}"),
            display_id=DisplayId(str(1_700_000_000 + self._filed)),
            number=self._filed,
            account=account,
            form=form,
            created=self.now,
            status=OPENED,
            communications=(),
        )
        self.tell(f"case {case.display_id} filed in account {account}: {form.subject}")
        return self.keep(with_message(case, place.customer, form.body, self.now))

    def cases_filed_since(self, account: str, time: datetime) -> int:
        """Return how many cases an account has filed since a time."""
        return sum(case.created > time for case in self.look_at(account).cases.values())

    def reply(self, case: Case, body: str) -> Case:
        """Add the customer's message, which may change the status."""
        said = with_message(case, self.account(case.account).customer, body, self.now)
        moved = after_reply(said, reopen=self.settings.reopen_on_reply, now=self.now)
        self.tell(f"case {case.display_id}: the customer wrote{_moved(case, moved)}")
        return self.keep(moved)

    def resolve(self, case: Case) -> Case:
        """Close a case for the customer."""
        self.tell(f"case {case.display_id}: closed by the customer")
        return self.keep(with_status(case, RESOLVED, self.now))

    def add_addresses(
        self, account: str, region: str, count: int, *, pool: str = DEFAULT_POOL, managed: bool = False
    ) -> tuple[str, ...]:
        """Add new addresses, and return them."""
        fresh = (ip for ip in self._numbers if ip not in self._ever)
        ips = tuple(next(fresh) for _ in range(count))
        for ip in ips:
            self.add_address(account, region, ip, pool=pool, managed=managed)
        return ips

    def add_address(
        self, account: str, region: str, ip: str, *, pool: str = DEFAULT_POOL, managed: bool = False
    ) -> None:
        """Add one address."""
        self._ever.add(ip)
        warm = not self.settings.auto_warmup
        address = Address(ip=ip, region=region, pool=pool, since=self.now, managed=managed, warm=warm)
        self.account(account).addresses[region, ip] = address

    def put_parameter(
        self, account: str, key: tuple[str, str], value: str, user: str, description: str | None = None
    ) -> int:
        """Write the first or the next version of a parameter, and return its number; None keeps the description."""
        parameters = self.account(account).parameters
        history = parameters[key].history if key in parameters else ()
        number, described = (history[-1].version + 1, history[-1].description) if history else (1, "")
        version = ParameterVersion(
            version=number,
            value=value,
            description=described if description is None else description,
            time=self.now,
            user=user,
        )
        parameters[key] = Parameter(region=key[0], name=key[1], history=(*history, version)[-KEPT_VERSIONS:])
        return number

    def was_ever_here(self, ip: str) -> bool:
        """Return whether an address is or was in any account."""
        return ip in self._ever


def _moved(before: Case, after: Case) -> str:
    return f", and it is {after.status} now" if before.status != after.status else ""


FURTHEST = timedelta(days=3_660)
"""The most that one command moves the clock: enough for everything that happens to a case."""


class Clock:
    """The emulator's time; it never runs backwards.

    With `start`, it stays at that time until it is advanced; otherwise it follows the computer's clock.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """Create a clock stopped at a time, or a running one (None)."""
        if start is not None and start.tzinfo is None:
            raise BadCommand("the emulator's time needs a time zone")
        self._wall: Callable[[], datetime] = _wall_clock if start is None else lambda: start
        self._ahead = timedelta()
        self._latest = datetime.min.replace(tzinfo=timezone.utc)

    def now(self) -> datetime:
        """Return the time, never an earlier one than before."""
        self._latest = max(self._latest, self._wall() + self._ahead)
        return self._latest

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        if not 0 <= seconds <= FURTHEST.total_seconds():
            raise BadCommand(f"the clock moves by 0 to {FURTHEST.total_seconds():.0f} seconds at a time")
        by = timedelta(seconds=seconds)
        try:
            # Later due dates have to be representable, too.
            self._wall() + self._ahead + by + 2 * FURTHEST
        except OverflowError:
            raise BadCommand("the clock cannot be moved beyond the year 9979") from None
        self._ahead += by


def _wall_clock() -> datetime:
    return datetime.now(timezone.utc)  # noqa: TID251 - the one place where the computer's clock is read
