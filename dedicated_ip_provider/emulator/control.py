"""The control API: commands to the emulator over HTTP, under `/_emulator/`, in JSON.

POST reset | advance | settings | cases | cases/<id>/<decision> | lease | import | managed | take-away
     put-parameter | delete-parameter | faults
GET  state | log | settings | faults
DELETE faults
"""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator import acts, plain
from dedicated_ip_provider.emulator.errors import BadCommand, EmulatorError, NotHere
from dedicated_ip_provider.emulator.exchange import Answer, Request
from dedicated_ip_provider.emulator.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator.emulator import Emulator

PREFIX = "/_emulator/"

DECISIONS: dict[str, type[acts.Decision]] = {
    "grant": acts.Grant,
    "refuse": acts.Refuse,
    "ask": acts.Ask,
    "confirm-question": acts.ConfirmQuestion,
    "remove": acts.Remove,
    "resolve": acts.Resolve,
    "say": acts.Say,
    "set-status": acts.SetStatus,
}
HAPPENINGS: dict[str, type[acts.Happening]] = {
    "lease": acts.Lease,
    "import": acts.Import,
    "managed": acts.Managed,
    "take-away": acts.TakeAway,
    "put-parameter": acts.PutParameter,
    "delete-parameter": acts.DeleteParameter,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A command without anything to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Let time pass."""

    seconds: float = 0.0
    days: float = 0.0


def answer(emulator: Emulator, request: Request) -> Answer:
    """Obey a command, or say in one sentence why not."""
    path = urllib.parse.unquote(request.path.removeprefix(PREFIX)).strip("/")
    try:
        return _json(HTTPStatus.OK, _obey(emulator, request.method, path, _given(request.body)))
    except NotHere as error:
        return _json(HTTPStatus.NOT_FOUND, {"error": str(error)})
    except EmulatorError as error:
        return _json(HTTPStatus.BAD_REQUEST, {"error": str(error)})


def _obey(emulator: Emulator, method: str, path: str, given: object) -> object:
    match method, path.split("/"):
        case "GET" | "POST" | "DELETE", [name] if (method, name) in _COMMANDS:
            return _COMMANDS[method, name](emulator, given)
        case "POST", [name] if name in HAPPENINGS:
            return {"addresses": emulator.happen(plain.read(HAPPENINGS[name], given))}
        case "POST", ["cases", case, "reply"]:
            emulator.reply(case, plain.read(acts.Reply, given).text)
            return {}
        case "POST", ["cases", case, name] if name in DECISIONS:
            return {"addresses": emulator.decide(case, plain.read(DECISIONS[name], given))}
    raise NotHere(f"the control API has no {method} {PREFIX}{path}")


def _reset(emulator: Emulator, given: object) -> object:
    plain.read(Nothing, given)
    emulator.reset()
    return {}


def _advance(emulator: Emulator, given: object) -> object:
    by = plain.read(Advance, given)
    return {"now": emulator.advance(by.seconds, days=by.days)}


def _settings(emulator: Emulator, given: object) -> object:
    if not isinstance(given, dict):
        raise BadCommand("Settings: expected an object with names and values")
    return emulator.change(**given)


def _file_by_hand(emulator: Emulator, given: object) -> object:
    act = plain.read(acts.FileByHand, given)
    return {"displayId": emulator.file_by_hand(act.subject, act.body, account=act.account)}


def _add_fault(emulator: Emulator, given: object) -> object:
    emulator.add_fault(plain.read(Fault, given))
    return {"faults": emulator.faults}


def _clear_faults(emulator: Emulator, _: object) -> object:
    emulator.clear_faults()
    return {"faults": emulator.faults}


_COMMANDS: dict[tuple[str, str], Callable[[Emulator, object], object]] = {
    ("POST", "reset"): _reset,
    ("POST", "advance"): _advance,
    ("POST", "settings"): _settings,
    ("POST", "cases"): _file_by_hand,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "faults"): lambda emulator, _: {"faults": emulator.faults},
    ("GET", "settings"): lambda emulator, _: emulator.settings,
    ("GET", "state"): lambda emulator, _: emulator.state(),
    ("GET", "log"): lambda emulator, _: {"log": emulator.log},
}


def _given(body: bytes) -> object:
    try:
        return json.loads(body.decode()) if body else {}
    except (ValueError, RecursionError):
        raise BadCommand("the body is no JSON") from None


def _json(status: int, value: object) -> Answer:
    text = json.dumps(plain.write(value), indent=2) + "\n"
    return Answer(status=status, headers={"Content-Type": "application/json"}, body=text.encode())
