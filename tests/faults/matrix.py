"""Every write and every read of a lease, times every fault: played once, for the tests and for the report alike.

A story brings a lease to where one operation is due and types one command. In a cell of the matrix something breaks
during that command; then it is over, and the same command is typed again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

from invariants import Wishes, messages_in

from dedicated_ip_provider.emulator import RunningDesk, start
from faults.commands import HURRIED, Said, Terminal, close, forget_pace, session_at, waiting_is_the_desks

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from dedicated_ip_provider.emulator import Case

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
REGION = "eu-west-1"

When = Literal["before", "after"]
Effect = Literal["throttled", "refused", "retried", "spoilt", "late"]
"""What a fault is to a client: AWS says later; AWS says no; no answer, or a server's error, which botocore asks again
about; an answer that says nothing; silence, and then it happens all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One way in which a call breaks, in words and as the desk's fault."""

    name: str
    effect: Effect
    fault: dict[str, Any]

    @property
    def takes_time(self) -> bool:
        """Tell whether the client has to lose its patience."""
        return self.fault["kind"] in ("hang", "slow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One operation that is due: how it comes to that, the command, and what counts as its being on file."""

    name: str
    operation: str
    begin: Callable[[Terminal], object]
    command: Callable[[Terminal], Said]
    on_file: Callable[[tuple[Case, ...]], int]
    is_write: bool = True

    @property
    def is_sent_once(self) -> bool:
        """Tell whether a second sending would be a second case or message."""
        return self.operation in ("CreateCase", "AddCommunicationToCase")


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the matrix: what breaks, when, and for how long."""

    story: Story
    broken: Break
    when: When
    lasting: bool

    @property
    def name(self) -> str:
        """Name the cell as a test is named."""
        often = "for-ever" if self.lasting else "once"
        words = (self.story.name, self.story.operation, self.broken.name, self.when, often)
        return "-".join(words).replace(" ", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What came of it: the two commands, how often AWS was called in the first, what was on file after each."""

    first: Said
    second: Said
    calls: int
    on_file: tuple[int, int]
    changed: bool
    """Whether anything was on file after the first command that was not there before it."""
    wrongs: tuple[list[str], list[str]]
    end: dict[str, Any]


def steps(step: str) -> Callable[[tuple[Case, ...]], int]:
    """Count the messages of one kind."""
    return lambda cases: sum(message.step == step for case in cases for message in messages_in(case))


def granted(terminal: Terminal, count: int) -> None:
    """Bring a lease to where it has all that it asked for."""
    terminal.up(count=count)
    terminal.desk.grant(terminal.desk.cases()[-1].id)
    terminal.refresh()


def with_one_come(terminal: Terminal) -> None:
    """Bring a lease to where one of three has come and the case is still open."""
    terminal.up(count=3)
    terminal.desk.grant(terminal.desk.cases()[-1].id, 1)


def asked_to_confirm(terminal: Terminal) -> None:
    """Bring a lease to where AWS asks whether an address shall really go, and the user says yes beforehand."""
    granted(terminal, 3)
    terminal.up(count=2)
    terminal.desk.confirm_question(terminal.desk.cases()[-1].id)
    terminal.refresh()


def long_talk(terminal: Terminal) -> None:
    """Bring a lease to where its open request is not among the five latest messages any more."""
    terminal.up(count=3)
    for number in range(6):
        terminal.desk.say(terminal.desk.cases()[-1].id, f"We are still looking into it ({number}).")


def nothing(_: Terminal) -> None:
    """Begin with an account that has nothing."""


WRITES = (
    Story(
        name="request",
        operation="CreateCase",
        begin=nothing,
        command=lambda terminal: terminal.up(count=3),
        on_file=steps("request"),
    ),
    Story(
        name="relinquish",
        operation="CreateCase",
        begin=lambda terminal: granted(terminal, 3),
        command=lambda terminal: terminal.up(count=2),
        on_file=steps("relinquish"),
    ),
    Story(
        name="destroy",
        operation="CreateCase",
        begin=lambda terminal: granted(terminal, 3),
        command=Terminal.destroy,
        on_file=steps("relinquish"),
    ),
    Story(
        name="amend",
        operation="AddCommunicationToCase",
        begin=lambda terminal: terminal.up(count=3),
        command=lambda terminal: terminal.up(count=5),
        on_file=steps("amend"),
    ),
    Story(
        name="withdraw",
        operation="AddCommunicationToCase",
        begin=with_one_come,
        command=lambda terminal: terminal.up(count=1),
        on_file=steps("withdraw"),
    ),
    Story(
        name="confirm",
        operation="AddCommunicationToCase",
        begin=asked_to_confirm,
        command=lambda terminal: terminal.up(count=2, confirm_relinquish=True),
        on_file=steps("confirm"),
    ),
    Story(
        name="close",
        operation="ResolveCase",
        begin=with_one_come,
        command=lambda terminal: terminal.up(count=1),
        on_file=lambda cases: sum(case.is_resolved for case in cases),
    ),
)
READS = (
    *(
        Story(
            name="who are we" if operation == "GetCallerIdentity" else "look before a request",
            operation=operation,
            begin=nothing,
            command=lambda terminal: terminal.up(count=3),
            on_file=steps("request"),
            is_write=False,
        )
        for operation in ("GetCallerIdentity", "DescribeCases", "GetDedicatedIps", "DescribeServices")
    ),
    Story(
        name="look before a message",
        operation="DescribeCommunications",
        begin=long_talk,
        command=lambda terminal: terminal.up(count=5),
        on_file=steps("amend"),
        is_write=False,
    ),
    *(
        Story(
            name="refresh",
            operation=operation,
            begin=lambda terminal: granted(terminal, 3),
            command=Terminal.refresh,
            on_file=steps("request"),
            is_write=False,
        )
        for operation in ("GetCallerIdentity", "DescribeCases", "GetDedicatedIps")
    ),
)

BREAKS = (
    Break(name="throttling", effect="throttled", fault={"kind": "throttling"}),
    Break(
        name="ten cases an hour",
        effect="refused",
        fault={"kind": "error", "code": "CaseCreationLimitExceeded", "message": "Limit exceeded."},
    ),
    Break(
        name="case not found",
        effect="refused",
        fault={"kind": "error", "code": "CaseIdNotFound", "message": "The case could not be located."},
    ),
    Break(name="access denied", effect="refused", fault={"kind": "access-denied"}),
    Break(name="no support plan", effect="refused", fault={"kind": "subscription-required"}),
    Break(name="expired token", effect="refused", fault={"kind": "expired-credentials"}),
    Break(name="500", effect="retried", fault={"kind": "internal-error"}),
    Break(name="503", effect="retried", fault={"kind": "unavailable"}),
    Break(name="reset", effect="retried", fault={"kind": "reset"}),
    Break(name="closed without answer", effect="retried", fault={"kind": "close"}),
    Break(name="no answer in time", effect="retried", fault={"kind": "hang", "seconds": 60}),
    Break(name="half a body", effect="spoilt", fault={"kind": "half-body"}),
    Break(name="body cut off", effect="spoilt", fault={"kind": "cut-body"}),
    Break(name="HTML page with 200", effect="spoilt", fault={"kind": "html"}),
    Break(name="carried out too late", effect="late", fault={"kind": "slow", "seconds": 2 * HURRIED.answer}),
)


def places(story: Story) -> list[Place]:
    """Give the cells of one story, row by row."""
    found = []
    for one in BREAKS:
        # A read has nothing to be recorded, and no limit of its own; what comes late was not there before, once.
        if not story.is_write and (one.effect == "late" or one.name in ("ten cases an hour", "no support plan")):
            continue
        whens: tuple[When, ...] = ("before", "after") if story.is_write and one.effect != "late" else ("before",)
        often = (False,) if one.effect == "late" else (False, True)
        found += [Place(story, one, when, lasting) for when in whens for lasting in often]
    return found


ALL = [place for story in (*WRITES, *READS) for place in places(story)]


class Bench:
    """A desk and clients that lead to it, on which one story after the other is played; each cell once."""

    def __init__(self) -> None:
        """Start the desk, and make the clients."""
        self.desk = start(now=NOON)
        self.patient = session_at(self.desk)
        self.hurried = session_at(self.desk, HURRIED)
        self.played: dict[str, Cell] = {}
        self._unbroken: dict[str, dict[str, Any]] = {}

    def terminal(self) -> Terminal:
        """Give a user with nothing, at an account with nothing."""
        self.desk.reset()
        for session in (self.patient, self.hurried):
            forget_pace(session)
        return Terminal(self.desk, self.patient, Wishes())

    def cell(self, place: Place) -> Cell:
        """Play a cell, once."""
        if place.name not in self.played:
            with waiting_is_the_desks(self.desk):
                self.played[place.name] = self._play(place)
        return self.played[place.name]

    def unbroken(self, story: Story) -> dict[str, Any]:
        """Tell what a story comes to where nothing breaks."""
        if story.name not in self._unbroken:
            terminal = self.terminal()
            with waiting_is_the_desks(self.desk):
                story.begin(terminal)
                story.command(terminal)
                self._unbroken[story.name] = end_of(terminal)
        return self._unbroken[story.name]

    def _play(self, place: Place) -> Cell:
        terminal, story, desk = self.terminal(), place.story, self.desk
        story.begin(terminal)
        before, calls = picture(desk), len(desk.calls(story.operation))

        times = None if place.lasting else 1
        desk.fault(**place.broken.fault, operation=story.operation, when=place.when, times=times)
        terminal.session = self.hurried if place.broken.takes_time else self.patient
        first = story.command(terminal)
        desk.clear_faults()
        self._wait_for(place.broken)
        terminal.session = self.patient
        wrongs, on_file, during = terminal.wrongs(first), story.on_file(desk.cases()), picture(desk)
        calls = len(desk.calls(story.operation)) - calls

        second = story.command(terminal) if terminal.state or story.name != "destroy" else first
        return Cell(
            first=first,
            second=second,
            calls=calls,
            on_file=(on_file, story.on_file(desk.cases())),
            changed=before != during,
            wrongs=(wrongs, terminal.wrongs(second)),
            end=end_of(terminal),
        )

    def _wait_for(self, one: Break) -> None:
        """Wait until the desk has carried out what the client has given up; `time.sleep` is the desk's here."""
        while one.effect == "late" and not any(entry.fault == "slow before" for entry in self.desk.log):
            threading.Event().wait(0.01)

    def __enter__(self) -> Self:
        """Serve for the length of a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the desk and close the connections."""
        for session in (self.patient, self.hurried):
            close(session)
        self.desk.stop()


def picture(desk: RunningDesk) -> list[tuple[str, list[str]]]:
    """Give all that is on file: each case's status, and what the customer wrote."""
    return [(case.status, [said.body for said in case.from_customer]) for case in desk.cases()]


def end_of(terminal: Terminal) -> dict[str, Any]:
    """Read the truth once more, and give what a story came to: what is on file, and what the state shows."""
    if terminal.state is None:
        return {"on file": picture(terminal.desk), "state": None}
    terminal.refresh()
    shown = {key: value for key, value in terminal.state.items() if key not in ("memory", "message")}
    return {"on file": picture(terminal.desk), "state": shown}
