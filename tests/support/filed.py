"""What the account's cases say, as AWS's staff read them, and filing forms as a person does."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.staff import Relinquishment, Request, read_case

if TYPE_CHECKING:
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
    """A marked case: the steps of its messages, how many addresses it asks for, and which ones it names."""

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
    """Return the steps of each case: `["request amend", "relinquish"]`."""
    return [" ".join(one.steps) for one in filed(emulator)]


def record(emulator: Emulator) -> dict[str, Any]:
    """Return the Region's record as last written."""
    parameter = emulator.parameter(REGION, PARAMETER)
    assert parameter is not None, "there is no record"
    written: dict[str, Any] = json.loads(parameter.value)
    return written


def post(emulator: Emulator, text: str) -> None:
    """File a form as a person does."""
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
    """Return what AWS's staff read in each case: the Region, and how many addresses to add in all or which to remove."""
    found: list[tuple[str, int | list[str]]] = []
    for case in emulator.cases():
        wanted = read_case(case)
        if isinstance(wanted, Request):
            found.append((wanted.region, wanted.count))
        if isinstance(wanted, Relinquishment):
            found.append((wanted.region, list(wanted.addresses)))
    return found
