"""The commands of a user, each in a process of its own, without an engine: what Pulumi would keep is kept.

Each command starts with clients that are there already, which is all that makes it quicker than a real one. A
failed command leaves the state as it was, as Pulumi does.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from unittest import mock

from bags import bag, over_the_wire
from invariants import Wishes, broken, contradictions
from values import KEY, REGION

from dedicated_ip_provider.aws import Account, Patience, Session
from dedicated_ip_provider.aws.pace import Pace
from dedicated_ip_provider.aws.session import SUPPORT_CALLS
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT
from dedicated_ip_provider.errors import LeaseError
from dedicated_ip_provider.forecast import forecast
from dedicated_ip_provider.reconcile import refresh, settle
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.run import Run
from dedicated_ip_provider.settings import Settings
from dedicated_ip_provider.state import lease_from_state, outputs_of, past_from_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dedicated_ip_provider.emulator import RunningDesk

End = Literal["done", "Refused", "Unreachable", "OutcomeUnknown"]
"""How a command ended: well, or with which kind of error."""

PATIENT = Patience()
HURRIED = Patience(answer=0.15)
"""Gives up on a call that hangs so soon that a test can wait for it."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, the error that the user read, and the lines that were told before."""

    end: End
    text: str = ""
    told: tuple[str, ...] = ()


class Terminal:
    """Where a user types: one stack with one lease, at one desk. `state` is what Pulumi keeps; None: nothing."""

    def __init__(self, desk: RunningDesk, session: Session, wishes: Wishes, key: str = KEY) -> None:
        """Take the desk, clients that lead to it, and the list of what all users of the account declare."""
        self.desk = desk
        self.session = session
        self.wishes = wishes
        self.key = key
        self.state: dict[str, Any] | None = None
        self.inputs: dict[str, Any] = {"region": key.rpartition("/")[2]}
        self.shared: Account | None = None

    @property
    def account(self) -> Account:
        """The account that the leases of one process share; else one as a new process knows it: not at all."""
        return self.shared or new_account(self.desk, self.session)

    def up(self, **inputs: Any) -> Said:
        """Create the lease or change it; only the inputs that are new are given."""
        self.inputs |= inputs
        lease = lease_from_state(self._given(), regions())
        self.wishes.declare(self.desk, self.key, count=lease.count, attempt=lease.attempt, adopt=lease.adopt)
        past = past_from_state(self.state) if self.state else None

        def run(tell: Callable[[str], None]) -> dict[str, Any]:
            return outputs_of(lease, settle(self.account, lease, past, tell))

        return self._run(run)

    def refresh(self) -> Said:
        """Read the truth into the state."""
        state = self._state

        def run(_: Callable[[str], None]) -> dict[str, Any]:
            lease, outlook = refresh(self.account, lease_from_state(state, regions()), past_from_state(state))
            return outputs_of(lease, outlook)

        return self._run(run)

    def destroy(self) -> Said:
        """Give everything up."""
        state = self._state
        lease = lease_from_state(state, regions())
        self.wishes.declare(self.desk, self.key, count=0, attempt=lease.attempt, adopt=lease.adopt)

        def run(tell: Callable[[str], None]) -> None:
            settle(self.account, lease, past_from_state(state), tell, ending=True)

        return self._run(run)

    def is_changed(self) -> bool:
        """Tell whether Pulumi sees a change."""
        return Run(Settings()).diff(self._state, self._given()).changes is not False

    def preview(self) -> tuple[str, ...]:
        """Say what will be filed."""
        return forecast(lease_from_state(self._given(), regions()), past_from_state(self._state))

    def shows(self, *keys: str) -> tuple[Any, ...]:
        """Give some of the lease's outputs."""
        return tuple(self._state[key] for key in keys)

    def wrongs(self, said: Said | None = None) -> list[str]:
        """Name every promise that is not kept, and everything in the state that is not so.

        A command that failed leaves an older state, and has said so.
        """
        is_fresh = self.state is not None and (said is None or said.end == "done")
        return [*broken(self.desk, self.wishes), *(contradictions(self._state, self.desk) if is_fresh else [])]

    def _given(self) -> dict[str, Any]:
        return over_the_wire(bag(lease_key=self.key, **self.inputs))

    @property
    def _state(self) -> dict[str, Any]:
        assert self.state is not None, "there is no lease in the stack"
        return self.state

    def _run(self, command: Callable[[Callable[[str], None]], dict[str, Any] | None]) -> Said:
        told: list[str] = []
        try:
            outputs = command(told.append)
        except LeaseError as error:
            return Said(type(error).__name__, str(error), tuple(told))  # type: ignore[arg-type]  # one of three classes
        self.state = over_the_wire(outputs) if outputs else None
        return Said("done", "", tuple(told))


def new_account(desk: RunningDesk, session: Session) -> Account:
    """Give the account as a process knows it when it starts."""
    return Account(session, Settings(), lambda: desk.now)


def session_at(
    desk: RunningDesk,
    patience: Patience = PATIENT,
    *,
    account: str = DEFAULT_ACCOUNT,
    regions: Sequence[str] = (REGION,),
) -> Session:
    """Make a way into a desk's account; its clients are made at once, before the endpoint is another desk's."""
    with mock.patch.dict("os.environ", desk.environment_of(account)):
        session = Session(Settings(), REGION, None, None, patience)
        _ = session.sts, session.support, session.support_once, *(session.ses(region) for region in regions)
    return session


def forget_pace(session: Session) -> None:
    """Let a session know nothing of earlier calls, like that of a new process."""
    session._support_pace = Pace(session.patience.second, SUPPORT_CALLS)
    session._ses_paces.clear()


def close(session: Session) -> None:
    """Close the connections of a session."""
    for client in session._clients.values():
        client.close()


@contextmanager
def waiting_is_the_desks(desk: RunningDesk) -> Iterator[None]:
    """Let the desk's time pass, and no real one, where a process waits before it tries again."""

    def monotonic() -> float:
        return desk.now.timestamp()

    with mock.patch.object(time, "sleep", desk.advance), mock.patch.object(time, "monotonic", monotonic):
        yield
