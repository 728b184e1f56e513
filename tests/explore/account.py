"""AWS as one command meets it: reads and writes of the small world, with one fault and the truth about each write."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from explore.world import ACCOUNT, REGION, Filed, Record, World, index_of, named

from dedicated_ip_provider.case_text.marker import read_blocks, with_message
from dedicated_ip_provider.case_text.messages import case_of
from dedicated_ip_provider.errors import OutcomeUnknown, Refused, Unreachable
from dedicated_ip_provider.lease.claim import Recorded
from dedicated_ip_provider.lease.model import RESOLVED, Case, DedicatedIp, Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dedicated_ip_provider.case_text.messages import CaseMessage
    from dedicated_ip_provider.state import State


class Killed(BaseException):
    """The process was killed."""


Fault = tuple[int, str]
"""At which write, and what: see `MODES`."""

MODES: Mapping[str, tuple[str, ...]] = {
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


class SmallAccount:
    """One account for one command of one stack. `wrong` are the promises that its writes broke."""

    def __init__(self, world: World, who: int, fault: Fault | None, race: Callable[[World], World] | None) -> None:
        """Take the world, whose command it is, and what goes wrong: a fault, or another command before a write."""
        self.world = world
        self.who = who
        self.writes: list[str] = []
        self.wrong: list[str] = []
        self.may_relinquish = False
        self.actor: State | None = None
        self._fault = fault
        self._race = race
        self._mine: set[str] = set()

    @property
    def id(self) -> str:
        return ACCOUNT

    @contextlib.contextmanager
    def turn(self, _region: str) -> Iterator[None]:
        yield

    def record(self, _region: str) -> SmallRecord:
        return SmallRecord(self)

    def addresses(self, _region: str) -> tuple[DedicatedIp, ...]:
        return tuple(
            DedicatedIp(ip=ip, pool=None, warmup_percentage=0, managed=False)
            for ip in sorted(self.world.here, key=index_of)
        )

    def cases(self) -> tuple[Case, ...]:
        return tuple(
            one.case for one in self.world.filed if one.listing == "listed" or one.case.id in self._mine
        )

    def read_case(self, case_id: str) -> Case | None:
        found = next((one for one in self.world.filed if one.case.id == case_id), None)
        if found is None or found.listing == "forgotten":
            return None
        self._mine.add(case_id)
        return found.case

    def codes(self) -> dict[str, str]:
        return {}

    def remember(self, case: Case) -> None:
        """The world knows already."""

    def find_case(self, mark: str, _waits: Sequence[float]) -> Case | None:
        return next((case for case in self.cases() if case.mark == mark), None)

    def find_message(self, _case: Case, _mark: str, _waits: Sequence[float]) -> bool:
        return False

    def file_case(
        self, message: CaseMessage, _language: str, _cc: Sequence[str], *, before_sending: Callable[[], None]
    ) -> Case:
        mode = self._begin("case")
        before_sending()
        if mode == "refused":
            raise Refused("AWS takes no case.", "Nothing was filed.")
        if mode == "lost before":
            raise OutcomeUnknown("no answer", "")
        case = case_of(message, case_id=f"case-{len(self.world.filed)}", status="opened", filed_at="")
        self._judge_filing(case)
        late = mode in ("killed after, listed late", "listed late", "lost after, listed late")
        self.world = replace(self.world, filed=(*self.world.filed, Filed(case, "late" if late else "listed")))
        if mode == "lost after, listed late":
            raise OutcomeUnknown("no answer", "")
        self._end(mode)
        self._mine.add(case.id)
        return case

    def send_message(self, case: Case, message: CaseMessage) -> None:
        mode = self._begin("message")
        if mode == "lost before":
            raise OutcomeUnknown("no answer", "")
        [block] = read_blocks(message.body)
        if block.step == "withdraw":
            self._judge_withdrawal(case)
        index = self._index(case)
        self.world = self.world.file(index, case=with_message(self.world.filed[index].case, block))
        if mode == "lost after":
            raise OutcomeUnknown("no answer", "")
        self._end(mode)

    def resolve_case(self, case: Case) -> None:
        mode = self._begin("close")
        if mode == "lost before":
            raise Unreachable("no answer", "")
        index = self._index(case)
        self.world = self.world.file(index, case=replace(self.world.filed[index].case, status=RESOLVED))
        if mode == "lost after":
            raise Unreachable("no answer", "")
        self._end(mode)

    def _index(self, case: Case) -> int:
        return next(index for index, one in enumerate(self.world.filed) if one.case.id == case.id)

    def _begin(self, kind: str) -> str:
        self.writes.append(kind)
        mode = self._fault[1] if self._fault and self._fault[0] == len(self.writes) else ""
        if mode == "killed before":
            raise Killed
        if mode == "race" and self._race:
            self.world = self._race(self.world)
            return ""
        return mode

    @staticmethod
    def _end(mode: str) -> None:
        if mode.startswith("killed after"):
            raise Killed

    # What must hold of each write, told by the truth.

    def _judge_filing(self, case: Case) -> None:
        if any(one.case.mark == case.mark for one in self.world.filed):
            self.wrong.append("MARK: two cases have one mark")
        if case.kind == "request":
            if sum(one.case.is_live_request for one in self.world.filed):
                self.wrong.append("TWO-REQUESTS: a second request is opened")
            return
        if not self.may_relinquish:
            self.wrong.append("NO-HAND: relinquishes without the user's lower count")
        if case.addresses & named(self.world.filed, only_open=True):
            self.wrong.append("TWICE: two open cases relinquish one address")
        for ip in case.addresses:
            origin, number = self.world.origins[index_of(ip)]
            if (origin, number) == ("hand", 0) and not any(adopted == ip for adopted, _ in self.world.adopted):
                self.wrong.append("HAND: relinquishes an address that somebody requested by hand")
            for other in self._others():
                brought = origin == "case" and self.world.filed[number].case.id in {
                    recorded.id for recorded in other.memory.cases
                }
                if ip in other.memory.holds or brought:
                    self.wrong.append("OTHERS: relinquishes what another stack holds")

    def _judge_withdrawal(self, case: Case) -> None:
        for other in self._others():
            if case.id in {recorded.id for recorded in other.memory.cases}:
                self.wrong.append("WITHDRAWN: withdraws the request of another stack")

    def _others(self) -> Iterator[State]:
        """Give the states that live beside the one that acts, but for those that lost their lease with consent."""
        for stack in self.world.stacks:
            for state in (stack.state, stack.condemned):
                if state is not None and state is not self.actor and not stack.superseded and state.record != "superseded":
                    yield state


class SmallRecord:
    """The record of the small world's Region."""

    def __init__(self, account: SmallAccount) -> None:
        """Take the account."""
        self._account = account

    def read(self) -> Recorded | None:
        record = self._account.world.record
        return Recorded(memory=record.memory, version=record.version) if record else None

    def claim(self, memory: Memory) -> Recorded | None:
        account = self._account
        mode = account._begin("record")
        if account.world.record is not None:
            return None
        return self._write(memory, 1, mode)

    def overwrite(self, memory: Memory, over: int) -> Recorded:
        account = self._account
        mode = account._begin("record")
        now = account.world.record
        version = now.version + 1 if now else 1
        if version == over + 1:
            return self._write(memory, version, mode)
        # A value that does not count is read past, and the version has moved on.
        if now:
            account.world = replace(account.world, record=Record(now.memory, version))
        raise Refused("another command wrote the record", "Nothing was filed.")

    def _write(self, memory: Memory, version: int, mode: str) -> Recorded:
        account = self._account
        if mode == "not written":
            raise Unreachable("no answer", "Nothing was filed.")
        account.world = replace(account.world, record=Record(memory, version))
        if mode == "written, unread":
            raise Unreachable("no answer", "Nothing was filed.")
        account._end(mode)
        return Recorded(memory=memory, version=version)


__all__ = ["MODES", "REGION", "Fault", "Killed", "SmallAccount"]
