"""The control API: commands to the emulator over HTTP, under `/_emulator/`, in JSON.

POST reset | advance | settings | faults
     cases                    file a case in the Support Center
     cases/CASE/COMMAND       {commands}
     EVENT                    {events}
GET  state | log | settings | faults
DELETE faults

The body of a command has the parameters of the `Emulator` method with the same name.
"""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.commands import CASE_COMMANDS, EXTERNAL_EVENTS, FileByHand, name_of, read, write
from dedicated_ip_provider.emulator.values import BadCommand, EmulatorError, NotHere
from dedicated_ip_provider.emulator.wire.protocol import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator.emulator import Emulator

PREFIX = "/_emulator/"

_CASE_COMMANDS = {name_of(command): command for command in CASE_COMMANDS}
_EXTERNAL_EVENTS = {name_of(event): event for event in EXTERNAL_EVENTS}
__doc__ = (__doc__ or "").format(commands=" | ".join(_CASE_COMMANDS), events=" | ".join(_EXTERNAL_EVENTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A command without parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Let time pass."""

    seconds: float = 0.0
    days: float = 0.0


def answer(emulator: Emulator, request: Request) -> Answer:
    """Carry out a command, or answer in one sentence why not."""
    path = urllib.parse.unquote(request.path.removeprefix(PREFIX)).strip("/")
    try:
        return _json(HTTPStatus.OK, _carry_out(emulator, request.method, path, _given(request.body)))
    except EmulatorError as error:
        status = HTTPStatus.NOT_FOUND if isinstance(error, NotHere) else HTTPStatus.BAD_REQUEST
        return _json(status, {"error": str(error)})


def _carry_out(emulator: Emulator, method: str, path: str, given: dict[str, Any]) -> object:
    match method, path.split("/"):
        case "GET" | "POST" | "DELETE", [name] if (method, name) in _OTHERS:
            return _OTHERS[method, name](emulator, given)
        case "POST", [name] if name in _EXTERNAL_EVENTS:
            return {"addresses": emulator.happen(read(_EXTERNAL_EVENTS[name], given))}
        case "POST", ["cases", case, name] if name in _CASE_COMMANDS:
            return {"addresses": emulator.decide(case, read(_CASE_COMMANDS[name], given))}
    raise NotHere(f"the control API has no {method} {PREFIX}{path}")


def _reset(emulator: Emulator, given: dict[str, Any]) -> object:
    read(Nothing, given)
    emulator.reset()
    return {}


def _add_fault(emulator: Emulator, given: dict[str, Any]) -> object:
    emulator.fault(**given)
    return {"faults": emulator.faults}


def _clear_faults(emulator: Emulator, _: dict[str, Any]) -> object:
    emulator.clear_faults()
    return {"faults": emulator.faults}


_OTHERS: dict[tuple[str, str], Callable[[Emulator, dict[str, Any]], object]] = {
    ("POST", "reset"): _reset,
    ("POST", "advance"): lambda emulator, given: {"now": emulator.advance(**asdict(read(Advance, given)))},
    ("POST", "settings"): lambda emulator, given: emulator.change(**given),
    ("POST", "cases"): lambda emulator, given: {"displayId": emulator.file_by_hand(**asdict(read(FileByHand, given)))},
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "faults"): lambda emulator, _: {"faults": emulator.faults},
    ("GET", "settings"): lambda emulator, _: emulator.settings,
    ("GET", "state"): lambda emulator, _: emulator.state(),
    ("GET", "log"): lambda emulator, _: {"log": emulator.log},
}


def _given(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body.decode()) if body else {}
    except (ValueError, RecursionError):
        raise BadCommand("the body is not JSON") from None
    if not isinstance(given, dict):
        raise BadCommand("the body is not a JSON object")
    return given


def _json(status: int, value: object) -> Answer:
    text = json.dumps(write(value), indent=2) + "\n"
    return Answer(status=status, headers={"Content-Type": "application/json"}, body=text.encode())
