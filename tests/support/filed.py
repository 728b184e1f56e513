"""What the account's cases ask for, as AWS's people read it, and what must hold of all of them together.

Nothing here knows who holds what: a test says which addresses may go and how many its lease declares.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.staff import Relinquishment, Request, read_case

if TYPE_CHECKING:
    from collections.abc import Collection

    from dedicated_ip_provider.emulator import Case, Emulator

REGION = "eu-west-1"
PARAMETER = "/dedicated-ip/lease"

_BLOCK = "=== dedicated-ip lease ==="
_STEP = re.compile(r"^step: (\w+)$", re.MULTILINE)
_IP = re.compile(r"\b\d+\.\d+\.\d+\.\d+\b")
_RULE = "-" * 72
_FORM = re.compile(rf"^(Open a case at|Write in case) (.*?)\n{_RULE}\n(.*?)\n{_RULE}$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Filed:
    """A marked case: the steps that its messages tell, how many addresses it asks for, and which ones it names."""

    case: Case
    steps: tuple[str, ...]
    asks: int
    named: frozenset[str]

    @property
    def is_live_request(self) -> bool:
        """Return whether the case still asks for addresses."""
        return self.steps[0] == "request" and "withdraw" not in self.steps and not self.case.is_resolved


def filed(emulator: Emulator) -> list[Filed]:
    """Return the marked cases, oldest first."""
    return [_read(case) for case in emulator.cases() if "DIP-" in case.subject]


def steps(emulator: Emulator) -> list[str]:
    """Return every step that was told AWS, case by case: `["request amend", "relinquish"]`."""
    return [" ".join(one.steps) for one in filed(emulator)]


def picture(emulator: Emulator) -> list[tuple[str, str, int, list[str]]]:
    """Return all that is on file: of each case its status, its steps, what it asks for and which addresses it names."""
    return [(one.case.status, " ".join(one.steps), one.asks, sorted(one.named)) for one in filed(emulator)]


def broken_promises(
    emulator: Emulator, *, declared: int, may_go: Collection[str], foreign: Collection[str] = ()
) -> list[str]:
    """Return what is not as promised in a Region with one lease of `declared` addresses.

    `may_go` are the addresses that the user's own commands relinquish, `foreign` those that are not the lease's.
    """
    cases = filed(emulator)
    live = [one for one in cases if one.is_live_request]
    named = [ip for one in cases for ip in one.named]
    here = set(emulator.addresses(REGION)) - set(foreign) - set(named)
    owed = sum(one.asks - len(one.case.granted) for one in live)
    broken = [f"{ip} is relinquished, which nobody meant" for ip in sorted(set(named) - set(may_go))]
    broken += [f"{ip} is named by two cases" for ip in sorted(set(named)) if named.count(ip) > 1]
    if len(live) > 1:
        broken.append(f"{len(live)} requests are open")
    if live and owed > max(0, declared - len(here)):
        broken.append(f"{owed} are asked for beside {len(here)}, but {declared} declared")
    return broken


def record(emulator: Emulator) -> dict[str, Any]:
    """Return the Region's record as it was written last."""
    parameter = emulator.parameter(REGION, PARAMETER)
    assert parameter is not None, "there is no record"
    written: dict[str, Any] = json.loads(parameter.value)
    return written


def post(emulator: Emulator, text: str) -> None:
    """File what a form says, as a person does."""
    found = _FORM.findall(text)
    assert found, text
    for what, head, body in found:
        if what == "Open a case at":
            lines = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
            fields = "\n".join(f"{key}: {value}" for key, value in lines.items() if key != "Subject")
            emulator.file_by_hand(lines["Subject"], f"{fields}\n------------\n{body}")
            continue
        case = re.split(r"[ :]", head, maxsplit=1)[0]
        emulator.reply(case, body)
        if "then close the case" in head:
            emulator.resolve(case)


def _read(case: Case) -> Filed:
    said = [message.body for message in case.from_customer]
    told = tuple(step for text in said for step in _STEP.findall(text))
    wish = read_case(case)
    listed = [text.partition(_BLOCK)[0] for text in said] if told[0] == "relinquish" else []
    named = frozenset(ip for text in listed for ip in _IP.findall(text))
    return Filed(case=case, steps=told, asks=wish.count if isinstance(wish, Request) else 0, named=named)


def asked(emulator: Emulator) -> list[tuple[str, int | list[str]]]:
    """Return what AWS's people read in each case: the Region, and how many to add in all or which to remove."""
    found: list[tuple[str, int | list[str]]] = []
    for case in emulator.cases():
        wanted = read_case(case)
        if isinstance(wanted, Request):
            found.append((wanted.region, wanted.count))
        if isinstance(wanted, Relinquishment):
            found.append((wanted.region, list(wanted.addresses)))
    return found
