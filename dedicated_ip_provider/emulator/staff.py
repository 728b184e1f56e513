"""AWS's staff: how they read a case, what they do next, and what they write.

They read as people do: the lines of AWS's form in the customer's newest message that has them. They ignore marks and
blocks that a program may have put into the text.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.commands import ConfirmQuestion, Decision, Grant, Refuse, Remove, Resolve
from dedicated_ip_provider.emulator.values import MOST_AT_ONCE, PENDING_CUSTOMER_ACTION, Case

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dedicated_ip_provider.emulator.settings import Settings

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
    decision = decide(case, confirm=settings.confirm_relinquish)
    if decision is None:
        return None
    return Move(at=case.from_customer[-1].time + timedelta(seconds=settings.pace), decision=decision)


def decide(case: Case, *, confirm: bool) -> Decision | None:
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
            return Refuse(text=kept_text())
        case Relinquishment():
            return Remove()
        case _:
            return None


def granted_text(region: str, ips: Sequence[str], *, is_short: bool) -> str:
    """Return the message that addresses were added, and whether no more will be."""
    said = []
    if ips:
        said.append(f"We have added {_counted(ips)} to your account in {region}: {_listed(ips)}.")
    if is_short:
        said.append("We cannot add more at this time.")
    return _message(" ".join(said) or f"The dedicated IP addresses that you asked for in {region} are all there.")


def removed_text(region: str, ips: Sequence[str]) -> str:
    """Return the message that addresses were removed."""
    if not ips:
        return _message(f"The addresses that you named are not in your account in {region}.")
    return _message(f"We have removed {_counted(ips)} from your account in {region}: {_listed(ips)}.")


def confirm_text(ips: Sequence[str]) -> str:
    """Return the question that asks to confirm a relinquishment."""
    return _message(
        f"Please confirm that you want to relinquish {_listed(ips)}; this cannot be reversed. "
        "We remove them after your answer."
    )


def kept_text() -> str:
    """Return the message that nothing was removed because the customer said no."""
    return _message("We leave the addresses in your account, as you wish.")


def refusal_text() -> str:
    """Return a refusal without a reason, in AWS's words."""
    return _message(
        "We reviewed your request and cannot add dedicated IP addresses to your account at this time. "
        "We are not able to share details of this decision."
    )


def _message(text: str) -> str:
    return f"Hello,\n\n{text}\n\nBest regards,\nAmazon Web Services"


def _counted(ips: Sequence[str]) -> str:
    return "1 dedicated IP address" if len(ips) == 1 else f"{len(ips)} dedicated IP addresses"


def _listed(ips: Sequence[str]) -> str:
    """Return addresses as text, shortened so that the message stays within AWS's limit."""
    rest = len(ips) - _NAMED_AT_MOST
    return ", ".join(ips[:_NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")


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
