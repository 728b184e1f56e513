"""AWS as one command meets it: reads and writes of the small world, with one fault and the truth about each write."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.case_text.marker import read_blocks, with_message
from dedicated_ip_provider.case_text.messages import case_of
from dedicated_ip_provider.errors import NOTHING_FILED, OutcomeUnknown, Outdated, Refused, Unreachable
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.lease.claim import Recorded
from dedicated_ip_provider.lease.model import RESOLVED, BareCase, Case, DedicatedIp, Memory
from dedicated_ip_provider.lease.sending import Sending
from explore.world import ACCOUNT, NOW, Filed, Listing, Program, Record, World, index_of, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from dedicated_ip_provider.case_text.messages import CaseMessage
    from dedicated_ip_provider.state import State

MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "record": ("killed before", "killed after", "not written", "written, unread"),
    "case": (
        "killed before",
        "killed after",
        "killed after, listed late",
        "listed late",
        "refused",
        "lost before",
        "lost after, listed late",
    ),
    "message": ("killed before", "killed after", "lost before", "lost after"),
    "close": ("killed before", "killed after", "lost before", "lost after"),
}
"""What may go wrong at each kind of write."""

Fault = tuple[int, str]
"""At which write, and what: one of `MODES`, or `race` for another command before it."""

UNREADABLE: Final[Fault] = (0, "cases unreadable")
"""A command to which AWS shows no cases."""


class Killed(BaseException):
    """The process was killed."""


class SmallAccount:
    """One account for one command of one stack; it answers as `aws.Account` does.

    `wrong` are the promises that its writes broke. `program` is what the stack's program says, `actor` the state that
    the command acts for, and `may_relinquish` says whether the user's own hand relinquishes.
    """

    id = ACCOUNT

    def __init__(
        self, world: World, who: int, program: Program, fault: Fault | None, race: Callable[[World], World]
    ) -> None:
        """Take the world, whose command it is, its program, what goes wrong, and another command for a race."""
        self.world = world
        self.run = Run(now=lambda: NOW, tell=self._tell, waits=())
        self.who = who
        self.program = program
        self.writes: list[str] = []
        self.wrong: list[str] = []
        self.may_relinquish = False
        self.actor: State | None = None
        self._before = world
        self._former_nonce = world.record.memory.nonce if world.record else ""
        self._has_consent = program.token is not None and program.token == world.token
        self._fault = fault
        self._race = race
        self._mine: set[str] = set()

    def _tell(self, text: str) -> None:
        # That a case was filed is no word that it is anybody's to close.
        if "is out of date" in text:
            self.world = self.world.with_told(text)

    @contextlib.contextmanager
    def turn(self, _region: str) -> Iterator[None]:
        """One command runs at a time."""
        yield

    def record(self, _region: str) -> SmallRecord:
        """Return the record."""
        return SmallRecord(self)

    def addresses(self, _region: str) -> tuple[DedicatedIp, ...]:
        """Return the addresses that are here."""
        return tuple(
            DedicatedIp(ip=ip, pool=None, warmup_percentage=0, managed=False)
            for ip in sorted(self.world.here, key=index_of)
        )

    def sending(self, region: str) -> Sending:
        """Return what SES says of the account: that all is well."""
        return Sending(region=region)

    def cases(self, _region: str = "") -> tuple[Case, ...]:
        """Return the cases that AWS lists, and those that this command filed or read by their id."""
        if self._fault == UNREADABLE:
            raise Refused("AWS shows no cases.", NOTHING_FILED)
        return tuple(one.case for one in self.world.filed if one.listing == "listed" or one.case.id in self._mine)

    def bare_cases(self, _region: str) -> tuple[BareCase, ...]:
        """Return no case: AWS shows all messages here."""
        return ()

    def read_case(self, case_id: str) -> Case | None:
        """Return a case by its id, listed or not."""
        self._mine.add(case_id)
        return next((one.case for one in self.world.filed if one.case.id == case_id), None)

    def has_support_plan(self) -> bool:
        """Return that cases can be read."""
        return True

    def codes(self) -> Mapping[str, str]:
        """Return the codes of a case, which matter to nobody here."""
        return {}

    def remember(self, case: Case) -> None:
        """Do nothing: the world knows already."""

    def find_case(self, mark: str, _waits: Iterable[float]) -> Case | None:
        """Return the listed case with a mark."""
        return next((case for case in self.cases() if case.mark == mark), None)

    def find_message(self, _case: Case, _mark: str, _waits: Iterable[float]) -> bool:
        """Find no message whose answer was lost: what is found at once is no fault."""
        return False

    def file_case(
        self, message: CaseMessage, _language: str, _cc: Sequence[str], *, before_sending: Callable[[], None]
    ) -> Case:
        """Open a case."""
        mode = self.begin("case")
        before_sending()
        if mode == "refused":
            raise Refused("AWS takes no case.", NOTHING_FILED)
        if mode == "lost before":
            raise OutcomeUnknown("no answer", "")
        case = case_of(message, case_id=f"case-{len(self.world.filed)}", status="opened", filed_at="")
        self._judge_filing(case)
        listing: Listing = "late" if mode.endswith("listed late") else "listed"
        self.world = replace(self.world, filed=(*self.world.filed, Filed(case, listing)))
        if mode == "lost after, listed late":
            raise OutcomeUnknown("no answer", "")
        self.end(mode)
        self._mine.add(case.id)
        return case

    def send_message(self, case: Case, message: CaseMessage) -> None:
        """Write a message into a case."""
        mode = self.begin("message")
        if mode == "lost before":
            raise OutcomeUnknown("no answer", "")
        [block] = read_blocks(message.body)
        if block.step == "withdraw":
            self._judge_withdrawal(case)
        index = self._index(case)
        self.world = self.world.file(index, case=with_message(self.world.filed[index].case, block))
        if mode == "lost after":
            raise OutcomeUnknown("no answer", "")
        self.end(mode)

    def resolve_case(self, case: Case) -> None:
        """Close a case."""
        mode = self.begin("close")
        if mode == "lost before":
            raise Unreachable("no answer", "")
        index = self._index(case)
        self.world = self.world.file(index, case=replace(self.world.filed[index].case, status=RESOLVED))
        if mode == "lost after":
            raise Unreachable("no answer", "")
        self.end(mode)

    def begin(self, kind: str) -> str:
        """Begin a write; return what goes wrong with it."""
        self.writes.append(kind)
        mode = self._fault[1] if self._fault and self._fault[0] == len(self.writes) else ""
        if mode == "killed before":
            raise Killed
        if mode == "race":
            self.world = self._race(self.world)
        return mode

    @staticmethod
    def end(mode: str) -> None:
        """End a write that was carried out."""
        if mode.startswith("killed after"):
            raise Killed

    def _index(self, case: Case) -> int:
        return next(index for index, one in enumerate(self.world.filed) if one.case.id == case.id)

    # What is true from a write of the record on.

    def note_written(self, memory: Memory) -> None:
        """Note what the user's word has done by this write, killed or not: adopted, taken over, or ended a lease."""
        world, mine = self.world, self.world.stacks[self.who]
        now = world.record.memory if world.record else Memory(holder=None)
        self.world = replace(world, adopted=world.adopted | memory.holds.intersection(self.program.adopt))
        if memory.nonce == now.nonce:
            return
        if memory.nonce == self._former_nonce:
            # A create that failed restores the former value.
            self._mark_superseded(*(stack.superseded for stack in self._before.stacks))
        elif not memory.holder:
            # Its own destroy ended the lease: what is left of it in a state, a kill has left.
            is_mine = mine.state is not None and mine.state.memory.nonce == now.nonce
            self.world = self.world.stack(self.who, superseded=mine.superseded or is_mine)
        elif self._has_consent:
            self._mark_superseded(*(index != self.who for index in range(len(world.stacks))))
        else:
            self.world = self.world.stack(self.who, superseded=False)

    def _mark_superseded(self, *marks: bool) -> None:
        for index, mark in enumerate(marks):
            self.world = self.world.stack(index, superseded=mark)

    # What must hold of each write, judged by the truth.

    def _judge_filing(self, case: Case) -> None:
        if any(one.case.mark == case.mark for one in self.world.filed):
            self.wrong.append("MARK: two cases have one mark")
        if case.kind == "request":
            if any(one.case.is_live_request for one in self.world.filed):
                self.wrong.append("TWO-REQUESTS: a second request is opened")
            return
        if not self.may_relinquish:
            self.wrong.append("NO-HAND: relinquishes without the user's lower count")
        if case.addresses & named(self.world.filed, only_open=True):
            self.wrong.append("TWICE: two open cases relinquish one address")
        for ip in case.addresses:
            self._judge_address(ip)

    def _judge_address(self, ip: str) -> None:
        origin = self.world.origins[index_of(ip)]
        if origin == ("hand", 0) and ip not in self.world.adopted:
            self.wrong.append("HAND: relinquishes an address that somebody requested by hand")
        brought_by = self.world.filed[origin[1]].case.id if origin[0] != "hand" else ""
        for other in self._others():
            if ip in other.memory.holds or brought_by in {recorded.id for recorded in other.memory.cases}:
                self.wrong.append("OTHERS: relinquishes what another stack holds")

    def _judge_withdrawal(self, case: Case) -> None:
        if any(case.id in {recorded.id for recorded in other.memory.cases} for other in self._others()):
            self.wrong.append("WITHDRAWN: withdraws the request of another stack")

    def _others(self) -> Iterator[State]:
        """Return the states beside the one that acts, but for those that lost their lease with consent, or have none."""
        record = self.world.record
        for stack in self.world.stacks:
            for state in (stack.state, stack.condemned):
                is_unclaimed = (
                    state
                    and state.record == "unclaimed"
                    and (record is None or record.memory.nonce != state.memory.nonce)
                )
                if (
                    state
                    and state is not self.actor
                    and not stack.superseded
                    and state.record != "superseded"
                    and not is_unclaimed
                ):
                    yield state


class SmallRecord:
    """The record of the small world's Region; it answers as `aws.record.Record` does."""

    def __init__(self, account: SmallAccount) -> None:
        """Take the account."""
        self._account = account

    def read(self) -> Recorded | None:
        """Return the last value that counts, and the parameter's version."""
        record = self._account.world.record
        return Recorded(memory=record.memory, version=record.version) if record else None

    def claim(self, memory: Memory) -> Recorded | None:
        """Create the record; return None where there is one."""
        mode = self._account.begin("record")
        return None if self._account.world.record else self._write(memory, 1, mode)

    def overwrite(self, memory: Memory, over: int) -> Recorded:
        """Write over a version; a value that does not count is read past, and the version has moved on."""
        account = self._account
        mode = account.begin("record")
        now = account.world.record
        assert now is not None
        if now.version == over:
            return self._write(memory, over + 1, mode)
        account.world = replace(account.world, record=Record(now.memory, now.version + 1))
        raise Outdated("Another command wrote the record.", NOTHING_FILED)

    def _write(self, memory: Memory, version: int, mode: str) -> Recorded:
        account = self._account
        if mode != "not written":
            account.note_written(memory)
            account.world = replace(account.world, record=Record(memory, version))
        if mode in ("not written", "written, unread"):
            raise Unreachable("no answer", NOTHING_FILED)
        account.end(mode)
        return Recorded(memory=memory, version=version)
