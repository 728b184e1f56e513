"""AWS's staff: what they can decide about a case, how they read one, and what they do next at their pace.

A decision is a frozen value, defined once, here: the control API, the methods of `Emulator`, the prompt and its help
take its name, parameters and meaning from its class. One that is impossible in the current state raises `BadCommand`
and changes nothing.

The staff reads as people do: the lines of AWS's form in the customer's newest message that has them. It ignores marks
and blocks that a program may have put into the text.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, get_args

from dedicated_ip_provider.emulator.values import (
    MOST_AT_ONCE,
    PENDING_CUSTOMER_ACTION,
    RESOLVED,
    STAFF,
    WORK_IN_PROGRESS,
    BadCommand,
    Case,
    checked_count,
    checked_region,
    checked_text,
    with_message,
    with_status,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dedicated_ip_provider.emulator.settings import Settings
    from dedicated_ip_provider.emulator.world import World

_MESSAGE = "Hello,\n\n{}\n\nBest regards,\nAmazon Web Services"
REFUSAL = _MESSAGE.format(
    "We reviewed your request and cannot add dedicated IP addresses to your account at this time. "
    "We are not able to share details of this decision."
)
"""A refusal without a reason, in AWS's words."""
KEPT = _MESSAGE.format("We leave the addresses in your account, as you wish.")
"""The answer to a customer who does not confirm a relinquishment."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Add the addresses that are missing, or COUNT.

    The case is closed once it has all that it asks for, or as `close` says.
    """

    count: int | None = None
    close: bool | None = field(default=None, kw_only=True)
    region: str | None = field(default=None, kw_only=True)
    text: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse, and close the case."""

    text: str = REFUSAL


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the customer a question; the case waits for the answer."""

    text: str = "Could you please tell us more about your use case?"


@dataclass(frozen=True, slots=True)
class ConfirmQuestion:
    """Ask the customer to confirm the relinquishment."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the addresses that the case names, or only these, and close it."""

    addresses: tuple[str, ...] | None = None
    close: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Resolve:
    """Close the case without a message."""


@dataclass(frozen=True, slots=True)
class Say:
    """Write a message that needs no answer; the case is in progress."""

    text: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Set the case to any status, known or not."""

    status: str


Decision = Grant | Refuse | Ask | ConfirmQuestion | Remove | Resolve | Say | SetStatus
DECISIONS: tuple[type[Decision], ...] = get_args(Decision)


_LINES = re.MULTILINE | re.IGNORECASE
# A label may appear alone, or in brackets after its translation: `Region: ...`, `リージョン (Region): ...`.
_LABEL = r"^[ \t>]*(?:[^\n:()]*\()?%s\)?:[ \t]*"
_REGION = re.compile(_LABEL % "Region" + r"([a-z]{2,}(?:-[a-z]+)+-[0-9]+)\b", _LINES)
# The quota value is the number of addresses in the SES form, but a rate in the Pinpoint form, whose description has
# the number.
_VALUE = re.compile(_LABEL % "(?:New limit value|Dedicated IP addresses requested)" + r"([0-9]{1,6})\b", _LINES)
_ADDRESSES = re.compile(_LABEL % "Addresses to relinquish" + r"(.+)$", _LINES)
# A list continued from an earlier message: `part 2 of 3`, `(2/3)`.
_GOES_ON = re.compile(r"\bpart (?!1\b)[0-9]+ of [0-9]+|\((?!1\b)[0-9]+/[0-9]+\)", _LINES)

_NO = re.compile(r"^[ \t]*no\b", _LINES)

_NAMED_AT_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The case asks for addresses: the total, including those already granted."""

    region: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinquishment:
    """The case relinquishes these addresses."""

    region: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the staff does next in a case, and when."""

    at: datetime
    decision: Decision


def read_case(case: Case) -> Request | Relinquishment | None:
    """Return what the customer wants; None if a person would have to ask."""
    said = [message.body.replace("\r\n", "\n") for message in case.from_customer]
    while said and not (_VALUE.search(said[-1]) or _ADDRESSES.search(said[-1])):
        said.pop()
    # A message that changes a number need not repeat the Region; an earlier one has it.
    region = next((found[1].lower() for text in reversed(said) if (found := _REGION.search(text))), None)
    if region is None:
        return None
    if _ADDRESSES.search(said[-1]):
        return Relinquishment(region=region, addresses=_list_that_ends_with(said))
    value = _VALUE.search(said[-1])
    return Request(region=region, count=int(value[1]) if value else 0)


def next_move(case: Case, settings: Settings) -> Move | None:
    """Return what happens next in a case if nobody intervenes; None: nothing."""
    if case.is_resolved:
        return None
    # The case waits for the customer; AWS closes it after some days of silence.
    if case.status == PENDING_CUSTOMER_ACTION:
        if settings.auto_resolve_days is None:
            return None
        silence = timedelta(days=settings.auto_resolve_days)
        return Move(at=case.communications[-1].time + silence, decision=Resolve())
    if settings.pace is None:
        return None
    decision = _decision(case, confirm=settings.confirm_relinquish)
    if decision is None:
        return None
    return Move(at=case.from_customer[-1].time + timedelta(seconds=settings.pace), decision=decision)


def wake(world: World, now: datetime) -> None:
    """Do everything due by `now`, in order of time, and set the world's time to `now`."""
    while (due := _first_due(world)) and due[1].at <= now:
        case, move = due
        # A faster pace can make something due in the past, but the world's time never runs backwards.
        world.now = max(world.now, move.at)
        carry_out(world, case, move.decision)
    world.now = max(world.now, now)


def carry_out(world: World, case: Case, decision: Decision) -> tuple[str, ...]:
    """Carry out a decision about a case, and return the addresses it added or removed."""
    match decision:
        case Grant():
            return _grant(world, case, decision)
        case Remove():
            return _remove(world, case, decision)
        case Refuse(text=text):
            _write(world, case, text, RESOLVED)
        case Ask(text=text):
            _write(world, case, text, PENDING_CUSTOMER_ACTION)
        case ConfirmQuestion():
            named = _relinquishment(case).addresses
            question = (
                f"Please confirm that you want to relinquish {_listed(named)}; this cannot be reversed. "
                "We remove them after your answer."
            )
            _write(world, replace(case, asked_about=named), _MESSAGE.format(question), PENDING_CUSTOMER_ACTION)
        case Say(text=text):
            _write(world, case, text, WORK_IN_PROGRESS)
        case Resolve():
            _move(world, case, RESOLVED)
        case _:
            _move(world, case, decision.status)
    return ()


def _decision(case: Case, *, confirm: bool) -> Decision | None:
    """Decide as a helpful person would: grant what is asked, ask before removing, and accept a no."""
    match read_case(case):
        case Request(count=count) if count > MOST_AT_ONCE:
            return Refuse()
        case Request():
            return Grant(close=True)
        case Relinquishment(addresses=()):
            return None
        case Relinquishment(addresses=named) if confirm and case.asked_about != named:
            return ConfirmQuestion()
        case Relinquishment() if case.asked_about and _NO.search(case.from_customer[-1].body):
            return Refuse(text=KEPT)
        case Relinquishment():
            return Remove()
        case _:
            return None


def _list_that_ends_with(said: Sequence[str]) -> tuple[str, ...]:
    """Return the addresses listed in the newest message and the parts before it."""
    parts: list[str] = []
    for text in reversed(said):
        if named := _ADDRESSES.search(text):
            parts.insert(0, named[1])
            if not _GOES_ON.search(text):
                break
    return _addresses(" ".join(parts))


def _addresses(named: str) -> tuple[str, ...]:
    """Return the addresses in a line, ignoring other words."""
    found = []
    for word in re.split(r"[\s,;]+", named):
        try:
            found.append(str(ipaddress.IPv4Address(word.strip("."))))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _first_due(world: World) -> tuple[Case, Move] | None:
    """Return the case whose next move is due first, and that move."""
    cases = (case for account in world.accounts.values() for case in account.cases.values())
    moves = ((case, move) for case in cases if (move := next_move(case, world.settings)))
    return min(moves, key=lambda due: (due[1].at, due[0].number), default=None)


def _grant(world: World, case: Case, decision: Grant) -> tuple[str, ...]:
    if decision.text is not None:
        checked_text(decision.text)
    wish = read_case(case)
    region = decision.region or (wish.region if isinstance(wish, Request) else None)
    if region is None:
        raise BadCommand(f"case {case.display_id} does not ask for addresses: name the Region to grant some anyway")
    missing = max(0, wish.count - len(case.granted)) if isinstance(wish, Request) else 0
    count = checked_count(missing if decision.count is None else decision.count)
    ips = world.add_addresses(case.account, checked_region(region), count)
    case = replace(case, granted=(*case.granted, *ips))
    done = count >= missing if decision.close is None else decision.close
    world.tell(f"case {case.display_id}: granted in {region}: {', '.join(ips) or 'nothing'}")
    said = [f"We have added {_counted(ips)} to your account in {region}: {_listed(ips)}."] if ips else []
    said += ["We cannot add more at this time."] if done and count < missing else []
    said = said or [f"The dedicated IP addresses that you asked for in {region} are all there."]
    text = _MESSAGE.format(" ".join(said)) if decision.text is None else decision.text
    _write(world, case, text, RESOLVED if done else WORK_IN_PROGRESS)
    return ips


def _remove(world: World, case: Case, decision: Remove) -> tuple[str, ...]:
    wish = _relinquishment(case)
    here = world.account(case.account).addresses
    named = wish.addresses if decision.addresses is None else decision.addresses
    for ip in named:
        if ip not in wish.addresses:
            raise BadCommand(f"case {case.display_id} does not name {ip}")
    gone = tuple(ip for ip in named if here.pop((wish.region, ip), None))
    world.tell(f"case {case.display_id}: removed from {wish.region}: {', '.join(gone) or 'nothing'}")
    case = replace(case, removed=(*case.removed, *gone))
    text = f"The addresses that you named are not in your account in {wish.region}."
    if gone:
        text = f"We have removed {_counted(gone)} from your account in {wish.region}: {_listed(gone)}."
    _write(world, case, _MESSAGE.format(text), RESOLVED if decision.close else WORK_IN_PROGRESS)
    return gone


def _relinquishment(case: Case) -> Relinquishment:
    wish = read_case(case)
    if not isinstance(wish, Relinquishment) or not wish.addresses:
        raise BadCommand(f"case {case.display_id} names no addresses to relinquish")
    return wish


def _write(world: World, case: Case, text: str, status: str) -> None:
    """Add the staff's message and change the case's status; a closed case stays closed."""
    said = with_message(case, STAFF, checked_text(text), world.now)
    _move(world, said, RESOLVED if case.is_resolved else status)


def _move(world: World, case: Case, status: str) -> None:
    world.tell(f"case {case.display_id}: {status}")
    world.keep(with_status(case, status, world.now))


def _counted(ips: Sequence[str]) -> str:
    return "1 dedicated IP address" if len(ips) == 1 else f"{len(ips)} dedicated IP addresses"


def _listed(ips: Sequence[str]) -> str:
    """Return addresses as text, shortened so that the message stays within AWS's limit."""
    rest = len(ips) - _NAMED_AT_MOST
    return ", ".join(ips[:_NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
