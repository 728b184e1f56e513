"""What must hold at AWS after every story, whatever broke on the way; read from the desk, not from our own code.

    wishes = Wishes()
    wishes.declare(desk, KEY, count=3)        # before each run that a user starts; a destroy declares 0
    ...                                       # the run, and whatever the people at AWS do
    assert [] == broken(desk, wishes)

Each sentence that `broken` gives names a promise that was not kept. `contradictions` compares what a run returned
with the account as it is: call it while nothing has happened since.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dedicated_ip_provider.emulator import Case, Desk

_BLOCK: Final = re.compile(r"^=== dedicated-ip lease ===$(.*?)^=== end ===$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a user declared for a lease, or its end. `said` counts the messages that each case had by then."""

    lease_key: str
    count: int
    attempt: int
    adopt: tuple[str, ...]
    said: Mapping[str, int]
    ending: bool = False


class Wishes:
    """All that was declared in one account, in the order in which it was. To run the same again is no new wish."""

    def __init__(self) -> None:
        """Start with nothing declared."""
        self.all: list[Wish] = []
        self.by_hand: set[str] = set()
        """The marks of what a person filed, at whatever time after it was printed."""
        self._vanished: list[tuple[str, str, Mapping[str, int]]] = []

    def declare(  # noqa: PLR0913 - what a user declares
        self,
        desk: Desk,
        lease_key: str,
        *,
        count: int,
        attempt: int = 1,
        adopt: tuple[str, ...] = (),
        account: str = DEFAULT_ACCOUNT,
        ending: bool = False,
    ) -> None:
        """Note what a user wants from now on; 0 with a destroy, which is a wish of its own after a count of 0."""
        said = _said(desk, account)
        before = self.of(lease_key)[-1:]
        wanted = (count, attempt, adopt, ending)
        if [wanted] != [(wish.count, wish.attempt, wish.adopt, wish.ending) for wish in before]:
            wish = Wish(lease_key=lease_key, count=count, attempt=attempt, adopt=adopt, said=said, ending=ending)
            self.all.append(wish)

    def note_vanished(self, desk: Desk, region: str, ip: str, account: str = DEFAULT_ACCOUNT) -> None:
        """Note that an address is gone that nobody gave back: until now it was there to be kept."""
        self._vanished.append((region, ip, _said(desk, account)))

    def vanished_since(self, message: Message) -> set[str]:
        """Give the addresses of a message's Region that vanished after it was sent."""
        return {
            ip
            for region, ip, said in self._vanished
            if region == message.fields["region"] and message.place < said.get(message.case.id, 0)
        }

    def of(self, lease_key: str) -> list[Wish]:
        """Give what was declared for one lease, oldest first."""
        return [wish for wish in self.all if wish.lease_key == lease_key]

    def at(self, message: Message) -> list[Wish]:
        """Give what had been declared for a message's lease when it was sent, oldest first."""
        return [wish for wish in self.of(message.lease_key) if message.place >= wish.said.get(message.case.id, 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of ours, as the desk has it: the case, its place there, and what its block says."""

    case: Case
    place: int
    fields: Mapping[str, str]

    @property
    def mark(self) -> str:
        """The mark, which no other message has."""
        return self.fields["mark"]

    @property
    def lease_key(self) -> str:
        """The lease that the message is about."""
        return self.fields["lease"]

    @property
    def step(self) -> str:
        """What is asked: request, amend, withdraw, relinquish or confirm."""
        return self.fields["step"]

    @property
    def asks(self) -> int:
        """How many addresses the case shall bring in all."""
        return int(self.fields["asks"])

    @property
    def declared(self) -> tuple[int, int]:
        """The count and the attempt that the message says were declared."""
        return int(self.fields["total"]), int(self.fields["attempt"])

    def addresses(self, name: str) -> tuple[str, ...]:
        """Give the addresses of a field, `before` or `returns`."""
        return tuple(word for word in self.fields.get(name, "").split() if word != "none")


@dataclass(slots=True)
class Account:
    """One account's messages and addresses, with what each lease can call its own."""

    desk: Desk
    id: str
    wishes: Wishes
    messages: list[Message] = field(init=False)

    def __post_init__(self) -> None:
        """Read what is on file."""
        self.messages = [message for case in self.desk.cases(self.id) for message in messages_in(case)]

    def of(self, lease_key: str, *steps: str) -> list[Message]:
        """Give a lease's messages of some kinds, in the order of their cases."""
        return [one for one in self.messages if one.lease_key == lease_key and one.step in steps]

    def here(self, region: str) -> set[str]:
        """Give the addresses that are in a Region now, managed ones left out."""
        return set(self.desk.addresses(region, self.id))

    def is_withdrawn(self, case: Case) -> bool:
        """Tell whether we called a request off."""
        return any(one.step == "withdraw" for one in self.messages if one.case.id == case.id)

    def brought(self, case: Case) -> tuple[str, ...]:
        """Give what AWS granted for a request; what came after it was called off may be anybody's."""
        by_then = [one.asks for one in self.messages if one.case.id == case.id and one.step == "withdraw"]
        return case.granted[: min(by_then, default=len(case.granted))]

    def earlier(self, message: Message, *steps: str) -> list[Message]:
        """Give the lease's messages in cases that were filed before this one's."""
        return [one for one in self.of(message.lease_key, *steps) if one.case.number < message.case.number]

    def adopted(self, message: Message) -> set[str]:
        """Give what the lease had been told to adopt by then."""
        return {ip for wish in self.wishes.at(message) for ip in wish.adopt}

    def certainly_held(self, message: Message) -> set[str]:
        """Give what the lease had for certain before a case, and has still."""
        came = {
            ip for one in self.earlier(message, "request") if not self.is_withdrawn(one.case) for ip in one.case.granted
        }
        gone = {ip for one in self.earlier(message, "relinquish") for ip in one.addresses("returns")}
        return ((came | self.adopted(message)) - gone) & self.here(message.fields["region"])

    def left(self, message: Message) -> set[str]:
        """Give what the lease had given back and AWS left here when it closed the case, by then."""
        return {
            ip
            for one in self.earlier(message, "relinquish")
            if one.case.resolved_at and one.case.resolved_at <= message.case.created
            for ip in set(one.addresses("returns")).difference(one.case.removed)
        }

    def possibly_held(self, message: Message) -> set[str]:
        """Give all that the lease may call its own by then: granted to it, adopted, or come in its request's time."""
        requests = self.earlier(message, "request")
        granted = {ip for one in requests for ip in one.case.granted}
        others = {
            ip
            for one in self.messages
            if one.lease_key != message.lease_key and one.step == "request"
            for ip in self.brought(one.case)
        }
        # What went later was there by then.
        gone_since = self.of(message.lease_key, "relinquish")
        here = self.here(message.fields["region"]).union(*(one.addresses("returns") for one in gone_since))
        here |= self.wishes.vanished_since(message)
        came = {ip for ip in here - others for one in requests if ip not in one.addresses("before")}
        return granted | came | self.adopted(message)


def _said(desk: Desk, account: str) -> Mapping[str, int]:
    return {str(case.id): len(case.from_customer) for case in desk.cases(account)}


def messages_in(case: Case) -> list[Message]:
    """Read the marked messages of a case; what people wrote by hand is left out."""
    return [
        Message(case=case, place=place, fields=dict(re.findall(r"^(\w+): (.*)$", block[1], re.MULTILINE)))
        for place, said in enumerate(case.from_customer)
        for block in _BLOCK.finditer(said.body)
    ]


def broken(desk: Desk, wishes: Wishes, account: str = DEFAULT_ACCOUNT) -> list[str]:
    """Name every promise that an account's cases break; nothing, if all is well."""
    there = Account(desk, account, wishes)
    return [
        *_sent_twice(there),
        *_open_twice(there),
        *_not_declared(there),
        *_asked_too_much(there),
        *_given_back_wrongly(there),
        *_confirmed_wrongly(there),
    ]


def contradictions(outputs: Mapping[str, Any], desk: Desk) -> list[str]:
    """Name every fact in a lease's outputs that is not so at AWS, while nothing has happened since it was read."""
    account, region = outputs["account_id"], outputs["region"]
    here = set(desk.addresses(region, account))
    found = [
        f"{name} names {ip}, which {region} does not have"
        for name in ("addresses", "relinquishing")
        for ip in outputs[name]
        if ip not in here
    ]
    if outputs["leased_count"] != len(outputs["addresses"]) + len(outputs["relinquishing"]):
        found.append("leased_count does not count the addresses")
    cases = {case.id: case for case in desk.cases(account)}
    if outputs["case_id"]:
        case = cases.get(outputs["case_id"])
        shown = (outputs["case_display_id"] or None, outputs["case_status"])
        if case is None:
            found.append(f"case_id names {outputs['case_id']}, which is not on file")
        elif shown not in ((case.display_id, case.status), (None, case.status)):
            found.append(f"case {case.display_id} is {case.status}, and the state shows {shown}")
    if outputs["filing"] == "support-api":
        found += _wrongly_requested(outputs, list(cases.values()))
    return found


def _wrongly_requested(outputs: Mapping[str, Any], cases: list[Case]) -> Iterator[str]:
    """Compare what is said to be on its way with what the open request asks for."""
    asks, before = 0, set[str]()
    for message in (message for case in cases if not case.is_resolved for message in messages_in(case)):
        if message.lease_key != outputs["lease_key"]:
            continue
        if message.step in ("request", "amend"):
            asks = message.asks
            before = set(message.addresses("before")) or before
        if message.step == "withdraw":
            asks = 0
    arrived = len({*outputs["addresses"], *outputs["relinquishing"]} - before)
    if outputs["requested_count"] != max(0, asks - arrived):
        yield f"requested_count is {outputs['requested_count']}, but {arrived} of {asks} that were asked for came"


def _sent_twice(there: Account) -> Iterator[str]:
    marks = [message.mark for message in there.messages]
    for mark in sorted({mark for mark in marks if marks.count(mark) > 1}):
        yield f"{mark} was sent {marks.count(mark)} times"
    for one, other in zip(there.messages, there.messages[1:], strict=False):
        if one.case.id == other.case.id and _wording(one) == _wording(other):
            yield f"{other.mark} says again what {one.mark} said"


def _wording(message: Message) -> dict[str, str]:
    return {name: value for name, value in message.fields.items() if name != "mark"}


def _open_twice(there: Account) -> Iterator[str]:
    requests: dict[str, list[str]] = {}
    returns: dict[str, list[str]] = {}
    for message in there.messages:
        if message.case.is_resolved:
            continue
        if message.step == "request" and not there.is_withdrawn(message.case):
            requests.setdefault(message.lease_key, []).append(message.mark)
        for ip in message.addresses("returns") if message.step == "relinquish" else ():
            returns.setdefault(ip, []).append(message.mark)
    for what, marks in (*requests.items(), *returns.items()):
        if len(marks) > 1:
            yield f"{what} has {len(marks)} open cases: {', '.join(marks)}"


def _not_declared(there: Account) -> Iterator[str]:
    for message in there.messages:
        # Neither changes a number, and the last one of a lease that ends repeats what was declared before.
        if message.step in ("confirm", "withdraw"):
            continue
        wishes = there.wishes.at(message)
        wish = wishes if message.mark in there.wishes.by_hand else wishes[-1:]
        if message.declared not in [(one.count, one.attempt) for one in wish]:
            yield f"{message.mark} ({message.step}) says {message.declared} was declared, but it was {wish}"


def _asked_too_much(there: Account) -> Iterator[str]:
    first: dict[str, Message] = {}
    for message in there.messages:
        first.setdefault(message.case.id, message)
        if message.step not in ("request", "amend"):
            continue
        begun = first[message.case.id]
        held = there.certainly_held(message) & set(begun.addresses("before"))
        wanted = message.declared[0]
        if message.mark in there.wishes.by_hand:
            # A form that waited may ask for what is wanted now, though it says what was wanted when it was printed.
            wanted = max(wanted, *(wish.count for wish in there.wishes.at(message)[-1:]))
        if len(held) + message.asks > wanted:
            yield f"{message.mark} asks for {message.asks} beside the {len(held)} held; {wanted} were wanted"


def _given_back_wrongly(there: Account) -> Iterator[str]:
    for message in there.messages:
        if message.step != "relinquish":
            continue
        returns, wishes = set(message.addresses("returns")), there.wishes.at(message)
        earlier = there.earlier(message, "relinquish")
        gone = {ip for one in earlier for ip in one.addresses("returns")}
        held = there.possibly_held(message)
        if foreign := returns - held:
            yield f"{message.mark} gives back {sorted(foreign)}, which the lease does not hold"
        if len((held - (gone - there.left(message))) | returns) - len(returns) < message.declared[0]:
            yield f"{message.mark} leaves fewer than the {message.declared[0]} that are wanted"
        # What was named before and is still here may be asked to go again, whatever was declared meanwhile.
        if not any(one.count > message.declared[0] for one in wishes) and not returns <= gone:
            yield f"{message.mark} gives back what nobody asked to lose"
        for one in earlier:
            again = sorted(returns & set(one.addresses("returns")))
            if again and wishes[-1:] == there.wishes.at(one)[-1:]:
                yield f"{message.mark} gives back {again} again, which {one.mark} did for the same wish"


def _confirmed_wrongly(there: Account) -> Iterator[str]:
    confirmed: set[str] = set()
    for message in there.messages:
        if message.step != "confirm":
            continue
        if message.case.asked_about is None:
            yield f"{message.mark} answers a question that nobody asked"
        if message.case.id in confirmed:
            yield f"{message.mark} confirms what was confirmed"
        confirmed.add(message.case.id)
