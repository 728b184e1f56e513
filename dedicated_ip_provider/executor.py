"""The writes for one lease: its record, its cases, and the messages in them.

The record is written before each write to a case, so that a lease that was taken over files nothing. A case is filed in
three writes: the intent into the record; the case, in one attempt; the record without the intent.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.case_text.marker import read_blocks, with_message
from dedicated_ip_provider.case_text.messages import (
    MAX_BODY,
    CaseMessage,
    NewCase,
    relinquish_message,
    reply_message,
    request_message,
)
from dedicated_ip_provider.errors import NOTHING_FILED, LeaseError, OutcomeUnknown, Outdated, Refused
from dedicated_ip_provider.lease.addresses import name_some
from dedicated_ip_provider.lease.decision import (
    Amend,
    Confirm,
    FileRequest,
    ListMore,
    Refuse,
    Relinquish,
    Resolve,
    Withdraw,
)
from dedicated_ip_provider.lease.model import RESOLVED, Case, Intent, Lease, Memory, Observation, pluralize
from dedicated_ip_provider.lease.ownership import LeaseView, from_memory, look
from dedicated_ip_provider.lease.sending import concerns
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.support_center import case_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.lease.claim import Recorded
    from dedicated_ip_provider.lease.decision import Action, Message, Wish

LOOK_AGAIN_AFTER: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between searches for a case whose answer was lost: Amazon's own code searches for three seconds."""

STALE_AFTER: Final = timedelta(minutes=1)
"""The age up to which an intent's case is sent without reading the record again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a command gets from its process: a clock, where to report, whether anybody watches, how long to wait."""

    now: Callable[[], datetime]
    tell: Callable[[str], None]
    is_watched: Callable[[], bool] = lambda: True
    waits: Sequence[float] = LOOK_AGAIN_AFTER

    def waits_while_watched(self) -> Iterator[float]:
        """Yield the seconds between searches, as long as anybody watches: the next run continues the search."""
        for wait in self.waits:
            if not self.is_watched():
                return
            yield wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a command works on: one lease of an account."""

    account: Account
    lease: Lease
    run: Run


class ApiExecutor:
    """Writes the record and the cases of one lease.

    `done` says what has been done so far, and `may_have_filed` whether anything may have reached AWS's staff.
    """

    def __init__(self, command: Command, recorded: Recorded, memory: Memory, seen: Observation) -> None:
        """Create an executor from a command, the record as last read or written, a memory and an observation."""
        self._account = command.account
        self._lease = command.lease
        self.run = command.run
        self._record = command.account.record(command.lease.region)
        self._region_name = regions().name_of(command.lease.region)
        self.recorded = recorded
        self.memory = memory
        self.seen = seen
        self.done: list[str] = []
        self.may_have_filed = False

    def look(self) -> LeaseView:
        """Return the view of the lease now, and keep its memory."""
        view = look(self.memory, self.seen, self._lease.region, self.run.now())
        self.memory = view.memory
        return view

    def write(self, memory: Memory) -> None:
        """Write the record. Raises `Outdated` if somebody wrote in between: then nothing may be filed."""
        self.memory = replace(memory, serial=memory.serial + 1)
        # A claim under which nothing was done yet holds nothing: after a crash, the same program adopts again.
        written = self.memory if memory.count is not None else replace(self.memory, holds=frozenset())
        self.recorded = self._record.overwrite(written, self.recorded.version)

    def write_if_changed(self, memory: Memory) -> None:
        """Write the record if it differs from a memory."""
        if replace(memory, serial=self.recorded.memory.serial) != self.recorded.memory:
            self.write(memory)

    def execute(self, action: Action, wish: Wish) -> None:
        """Execute one step at AWS."""
        match action:
            case Refuse() as refusal:
                raise refusal.error()
            case FileRequest(asks=asks):
                self._file(wish, replace(self._next_case(), asks=asks), f"requests {pluralize(asks)}")
            case Relinquish(addresses=addresses):
                self._file(
                    wish, replace(self._next_case(), addresses=addresses), f"relinquishes {name_some(addresses)}"
                )
            case Amend(asks=asks):
                self._send(wish, action, f"changed to {asks} in all")
            case Withdraw(for_form=for_form):
                if wish.ending or for_form:
                    # A later run that resumes the lease must request these addresses again.
                    self.memory = replace(self.memory, attempt=0)
                self._send(wish, action, "withdrawn")
            case ListMore(case=case):
                self._send(wish, action, f"part {case.messages + 1} of its list of addresses sent")
            case Confirm(case=case):
                self._stop_if_nobody_watches()
                self._send(wish, action, f"confirmed the relinquishment of {name_some(case.addresses)}")
            case Resolve(case=case):
                self.resolve(case)
            case _:
                pass  # `Nothing`

    def look_before_asking(self) -> None:
        """Report what speaks against a request that is about to be filed; a failure to find out does not stop it."""
        label = self._lease.label
        try:
            sending = self._account.sending(self._lease.region)
        except LeaseError as error:
            self.run.tell(f"{label}: the status of the account in SES could not be read: {error.what}")
            return
        for one in concerns(sending):
            self.run.tell(f"{label}: {one.what} {one.next_step}")

    def resolve(self, case: Case) -> None:
        """Close a case."""
        self.write(self.memory)
        self._account.resolve_case(case)
        self._remember(replace(case, status=RESOLVED))
        self.done.append(f"case {case.name} closed")

    def tell(self, what: str) -> None:
        """Report something about the lease to the user."""
        self.run.tell(f"{self._lease.label}: {what}")

    def _next_case(self) -> NewCase:
        return NewCase(number=self.memory.number + 1, nonce=self.memory.nonce, have=len(self.seen.here))

    def _file(self, wish: Wish, new: NewCase, what: str) -> None:
        lease = wish.wanted
        write = relinquish_message if new.addresses else request_message
        message = _fitting(lease, write(lease, new, self._region_name))
        # Get the codes now, so that nothing can fail between the intent and the case.
        self._account.codes()
        if not new.addresses:
            self.look_before_asking()
        self._stop_if_nobody_watches()
        intent = Intent(
            number=new.number,
            nonce=new.nonce,
            kind="relinquish" if new.addresses else "request",
            count=wish.count,
            attempt=lease.attempt,
            at=self.run.now(),
            asks=new.asks,
            addresses=new.addresses,
        )
        self.write(replace(self.memory, number=new.number, intent=intent))
        case = self._open(message, intent)
        if case is None:
            self.run.tell(
                f"{lease.label}: AWS's answer to a case that {what} was lost; it may be filed as {message.mark}"
            )
            return
        url = case_url(lease.region, case.display_id)
        self.done.append(f"case {case.name} filed")
        self.run.tell(f"{lease.label}: filed case {case.name}, which {what}{f': {url}' if url else ''}")
        self.look()
        # The case is filed: if this write fails, the next run finds the case of the recorded intent by its mark.
        with contextlib.suppress(LeaseError):
            self.write(self.memory)

    def _open(self, message: CaseMessage, intent: Intent) -> Case | None:
        """Open a case; return None if it cannot be told yet whether it was opened."""
        lease = self._lease
        try:
            case = self._account.file_case(
                message,
                lease.contact_language,
                lease.cc_email_addresses,
                before_sending=lambda: self._stop_unless_ours(intent),
            )
        except OutcomeUnknown:
            self.may_have_filed = True
            found = self._account.find_case(message.mark, self.run.waits_while_watched())
        except Outdated:
            raise
        except LeaseError:
            with contextlib.suppress(LeaseError):
                self.write(replace(self.memory, intent=None))
            raise
        else:
            self.may_have_filed = True
            # One search gets the number that the Support Center shows.
            found = self._account.find_case(message.mark, ()) or case
        self._see_cases()
        return found

    def _send(self, wish: Wish, step: Message, done: str) -> None:
        lease = wish.wanted
        message = _fitting(lease, reply_message(lease, step, self._region_name))
        self.write(self.memory)
        try:
            self._account.send_message(step.case, message)
        except OutcomeUnknown as lost:
            self.may_have_filed = True
            if not self._account.find_message(step.case, message.mark, self.run.waits_while_watched()):
                raise _unknown(lease, message, lost) from lost
        self.may_have_filed = True
        self._remember(with_message(self._as_it_is(step.case), read_blocks(message.body)[0]))
        self.done.append(f"case {step.case.name} {done}")
        self.run.tell(f"{lease.label}: case {step.case.name}: {done}")

    def _as_it_is(self, case: Case) -> Case:
        """Read a case again: AWS does not document whether a message reopens a closed one. A failure is ignored."""
        try:
            return self._account.read_case(case.id) or case
        except LeaseError:
            return case

    def _remember(self, case: Case) -> None:
        self._account.remember(case)
        self._see_cases()

    def _see_cases(self) -> None:
        self.seen = replace(self.seen, cases=shown_cases(self._account, self._lease.region, self.memory))

    def _stop_if_nobody_watches(self) -> None:
        """Do nothing final once Pulumi is gone: the next run may already be under way, and would do it again."""
        if not self.run.is_watched():
            raise Refused(
                f"{self._lease.label}: Pulumi ended in the middle of this.",
                f"{NOTHING_FILED} Run the same command again.",
            )

    def _stop_unless_ours(self, intent: Intent) -> None:
        """Raise `Outdated` if the lease was taken over while the case waited for its turn."""
        self._stop_if_nobody_watches()
        if self.run.now() - intent.at <= STALE_AFTER:
            return
        recorded = self._record.read()
        if recorded is None or recorded.version != self.recorded.version:
            raise Outdated(
                f"{self._lease.label}: another command wrote the Region's record while this one waited.",
                f"{NOTHING_FILED} Run the same command again.",
            )


def shown_cases(account: Account, region: str, memory: Memory | None) -> tuple[Case, ...]:
    """Return the marked cases of a Region; those whose messages AWS does not show are completed from a memory."""
    cases = account.cases(region)
    return (*cases, *(from_memory(account.bare_cases(region), memory) if memory else ()))


def _fitting(lease: Lease, message: CaseMessage) -> CaseMessage:
    if len(message.body) > MAX_BODY:
        raise Refused(
            f"{lease.label}: the message would be {len(message.body):,} characters long, but AWS accepts {MAX_BODY:,}.",
            f"{NOTHING_FILED} Shorten `use_case`.",
        )
    return message


def _unknown(lease: Lease, message: CaseMessage, lost: LeaseError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{lease.label}: {lost.what}",
        f"Search for {message.mark} in the Support Center, or run the same command again in a minute: it searches for "
        "that mark before it sends anything.",
    )
