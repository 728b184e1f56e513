"""The control API: the same commands over HTTP, for programs in another process or language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator import Emulator
from dedicated_ip_provider.emulator.commands import CASE_COMMANDS, EXTERNAL_EVENTS, name_of
from emulator.conftest import EU
from emulator.messages import request
from emulator.wire import ask, call, command

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator


def post(emulator: RunningEmulator, path: str, body: object = None) -> Any:
    """Send a command that is carried out."""
    reply = command(emulator, "POST", path, body)
    assert 200 == reply.status, reply.body
    return reply.json


def test_each_command_is_a_method_with_its_name() -> None:
    """A program can do the same as the control API, by the same names."""
    for kind in (*CASE_COMMANDS, *EXTERNAL_EVENTS):
        method = getattr(Emulator, name_of(kind).replace("-", "_"))
        assert kind.__doc__ == method.__doc__


def test_commands_are_carried_out_over_http(emulator: RunningEmulator) -> None:
    """Each command is a POST with its own parameters; the state shows everything."""
    case = post(emulator, "cases", {"subject": "s", "body": request(2)})["displayId"]
    post(emulator, f"cases/{case}/ask", {"text": "Why?"})
    post(emulator, f"cases/{case}/reply", {"text": "Because."})
    post(emulator, f"cases/{case}/set-status", {"status": "unheard-of"})
    assert {"addresses": ["192.0.2.1", "192.0.2.2"]} == post(emulator, f"cases/{case}/grant", {"close": False})
    assert {"addresses": ["192.0.2.3"]} == post(emulator, "add-managed", {"region": EU, "count": 1, "pool": "auto"})
    post(emulator, "take-away", {"region": EU, "addresses": ["192.0.2.1"]})
    assert {"addresses": []} == post(emulator, "put-parameter", {"region": EU, "name": "/a", "value": "one"})

    state = command(emulator, "GET", "state").json

    account = state["accounts"]["111122223333"]
    assert "2026-11-02T12:00:00+00:00" == state["now"]
    assert (["192.0.2.1", "192.0.2.2"], "work-in-progress") == (
        account["cases"][0]["granted"],
        account["cases"][0]["status"],
    )
    assert ["Why?", "Because."] == [one["body"] for one in account["cases"][0]["communications"][1:3]]
    assert [("192.0.2.2", False), ("192.0.2.3", True)] == [(one["ip"], one["managed"]) for one in account["addresses"]]
    assert [{"region": EU, "name": "auto", "scaling_mode": "MANAGED"}] == account["pools"]
    (parameter,) = account["parameters"]
    assert (EU, "/a", "one") == (parameter["region"], parameter["name"], parameter["history"][0]["value"])


def test_the_emulator_itself_is_controlled_over_http(emulator: RunningEmulator) -> None:
    """Time, settings, faults and reset are commands; the log has only what AWS would have seen."""
    assert {"now": "2026-11-03T12:00:30+00:00"} == post(emulator, "advance", {"seconds": 30, "days": 1})

    changed = post(emulator, "settings", {"pace": 3, "hourly_case_limit": None})
    assert changed == command(emulator, "GET", "settings").json
    assert (3, None, True) == (changed["pace"], changed["hourly_case_limit"], changed["support_plan"])
    assert "service-limit-increase" in [service["code"] for service in changed["services"]]

    assert 2 == post(emulator, "faults", {"kind": "unavailable", "times": 2})["faults"][0]["times"]
    ask(emulator, call("DescribeCases"))
    (fault,) = command(emulator, "GET", "faults").json["faults"]
    assert ("unavailable", 1) == (fault["kind"], fault["times"])
    assert {"faults": []} == command(emulator, "DELETE", "faults").json

    (entry,) = command(emulator, "GET", "log").json["log"]
    assert ("DescribeCases", 503, "unavailable before") == (entry["operation"], entry["status"], entry["fault"])

    emulator.lease(EU, 1)
    assert {} == post(emulator, "reset")
    assert {} == emulator.state()["accounts"]


def test_a_wrong_command_is_named(emulator: RunningEmulator) -> None:
    """A command that cannot be carried out says in one sentence why."""
    for method, path, body, status, error in (
        ("GET", "nowhere", None, 404, "the control API has no GET /_emulator/nowhere"),
        ("PUT", "state", None, 404, "the control API has no PUT /_emulator/state"),
        ("POST", "cases/42/grant", {}, 404, "there is no case 42"),
        ("POST", "cases/42/praise", {}, 404, "the control API has no POST /_emulator/cases/42/praise"),
        ("POST", "cases/42/reply", {}, 400, "Reply needs 'text'"),
        ("POST", "reset", {"really": True}, 400, "Nothing has no 'really'; it has nothing"),
        ("POST", "advance", {"second": 1}, 400, "Advance has no 'second'; it has seconds, days"),
        ("POST", "advance", [], 400, "the body is not a JSON object"),
        ("POST", "settings", {"services": {}}, 400, "Settings.services must be a list"),
        ("POST", "settings", {"services": [1]}, 400, "Settings.services[0]: expected an object with names and values"),
        ("POST", "settings", {"services": [{}]}, 400, "Settings.services[0] needs 'code'"),
        ("POST", "faults", b"{", 400, "the body is not JSON"),
        ("POST", "faults", b"[" * 100_000, 400, "the body is not JSON"),
    ):
        reply = command(emulator, method, path, body)
        assert (status, {"error": error}) == (reply.status, reply.json)
