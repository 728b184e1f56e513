"""The control door: commands to the desk over HTTP, under `/_desk/`, in JSON.

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
from dedicated_ip_provider.emulator.errors import BadCommand, DeskError, NotHere
from dedicated_ip_provider.emulator.exchange import Answer, Request
from dedicated_ip_provider.emulator.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator.desk import Desk

PREFIX = "/_desk/"

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


def answer(desk: Desk, request: Request) -> Answer:
    """Obey a command, or say in one sentence why not."""
    path = urllib.parse.unquote(request.path.removeprefix(PREFIX)).strip("/")
    try:
        return _json(HTTPStatus.OK, _obey(desk, request.method, path, _given(request.body)))
    except NotHere as error:
        return _json(HTTPStatus.NOT_FOUND, {"error": str(error)})
    except DeskError as error:
        return _json(HTTPStatus.BAD_REQUEST, {"error": str(error)})


def _obey(desk: Desk, method: str, path: str, given: object) -> object:
    match method, path.split("/"):
        case "GET" | "POST" | "DELETE", [name] if (method, name) in _COMMANDS:
            return _COMMANDS[method, name](desk, given)
        case "POST", [name] if name in HAPPENINGS:
            return {"addresses": desk.happen(plain.read(HAPPENINGS[name], given))}
        case "POST", ["cases", case, "reply"]:
            desk.reply(case, plain.read(acts.Reply, given).text)
            return {}
        case "POST", ["cases", case, name] if name in DECISIONS:
            return {"addresses": desk.decide(case, plain.read(DECISIONS[name], given))}
    raise NotHere(f"the control door has no {method} {PREFIX}{path}")


def _reset(desk: Desk, given: object) -> object:
    plain.read(Nothing, given)
    desk.reset()
    return {}


def _advance(desk: Desk, given: object) -> object:
    by = plain.read(Advance, given)
    return {"now": desk.advance(by.seconds, days=by.days)}


def _settings(desk: Desk, given: object) -> object:
    if not isinstance(given, dict):
        raise BadCommand("Settings: expected an object with names and values")
    return desk.change(**given)


def _file_by_hand(desk: Desk, given: object) -> object:
    act = plain.read(acts.FileByHand, given)
    return {"displayId": desk.file_by_hand(act.subject, act.body, account=act.account)}


def _add_fault(desk: Desk, given: object) -> object:
    desk.add_fault(plain.read(Fault, given))
    return {"faults": desk.faults}


def _clear_faults(desk: Desk, _: object) -> object:
    desk.clear_faults()
    return {"faults": desk.faults}


_COMMANDS: dict[tuple[str, str], Callable[[Desk, object], object]] = {
    ("POST", "reset"): _reset,
    ("POST", "advance"): _advance,
    ("POST", "settings"): _settings,
    ("POST", "cases"): _file_by_hand,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "faults"): lambda desk, _: {"faults": desk.faults},
    ("GET", "settings"): lambda desk, _: desk.settings,
    ("GET", "state"): lambda desk, _: desk.state(),
    ("GET", "log"): lambda desk, _: {"log": desk.log},
}


def _given(body: bytes) -> object:
    try:
        return json.loads(body.decode()) if body else {}
    except (ValueError, RecursionError):
        raise BadCommand("the body is no JSON") from None


def _json(status: int, value: object) -> Answer:
    text = json.dumps(plain.write(value), indent=2) + "\n"
    return Answer(status=status, headers={"Content-Type": "application/json"}, body=text.encode())
