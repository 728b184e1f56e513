"""The control API: the same commands over HTTP, for programs in another process or language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dedicated_ip_provider.emulator import Emulator
from dedicated_ip_provider.emulator.commands import CASE_COMMANDS, EXTERNAL_EVENTS, name_of
from emulator.messages import relinquish, request
from emulator.wire import ask, call, command

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator

EU = "eu-west-1"


def post(emulator: RunningEmulator, path: str, body: object = None) -> Any:
    """Send a command that is obeyed."""
    reply = command(emulator, "POST", path, body)
    assert 200 == reply.status, reply.body
    return reply.json


def test_each_command_is_a_method_with_its_name() -> None:
    """What can be done over HTTP can be done in a program, by the same name and with the same parameters."""
    for kind in (*CASE_COMMANDS, *EXTERNAL_EVENTS):
        method = getattr(Emulator, name_of(kind).replace("-", "_"))
        assert kind.__doc__ == method.__doc__


def test_a_case_is_decided_over_http(emulator: RunningEmulator) -> None:
    """File, ask, reply, say, grant: each a POST with the parameters of its command."""
    case = post(emulator, "cases", {"subject": "s", "body": request(2)})["displayId"]

    post(emulator, f"cases/{case}/ask", {"text": "Why?"})
    post(emulator, f"cases/{case}/reply", {"text": "Because."})
    post(emulator, f"cases/{case}/say", {"text": "I see."})
    assert {"addresses": ["192.0.2.1"]} == post(emulator, f"cases/{case}/grant", {"count": 1})
    assert {"addresses": ["192.0.2.2"]} == post(emulator, f"cases/{emulator.case(case).id}/grant")

    assert emulator.case(case).is_resolved


def test_addresses_are_removed_over_http(emulator: RunningEmulator) -> None:
    """The confirmation question and the removal are two commands."""
    one, two = post(emulator, "lease", {"region": EU, "count": 2})["addresses"]
    case = post(emulator, "cases", {"subject": "s", "body": relinquish(one)})["displayId"]

    post(emulator, f"cases/{case}/confirm-question")
    assert {"addresses": [one]} == post(emulator, f"cases/{case}/remove", {"addresses": [one]})

    assert (two,) == emulator.addresses(EU)


def test_other_ends_of_a_case(emulator: RunningEmulator) -> None:
    """A case may be refused, resolved in silence, or moved to any status."""
    cases = [post(emulator, "cases", {"subject": "s", "body": "b", "account": "444455556666"}) for _ in range(3)]
    ids = [case["displayId"] for case in cases]

    post(emulator, f"cases/{ids[0]}/refuse", {"text": "No."})
    post(emulator, f"cases/{ids[1]}/resolve")
    post(emulator, f"cases/{ids[2]}/set-status", {"status": "pending-amazon-action"})

    assert ["resolved", "resolved", "pending-amazon-action"] == [case.status for case in emulator.cases("444455556666")]


def test_addresses_come_and_go_over_http(emulator: RunningEmulator) -> None:
    """Somebody else's doings have commands of their own."""
    post(emulator, "import-addresses", {"region": EU, "addresses": ["198.51.100.9"]})
    post(emulator, "add-managed", {"region": EU, "count": 1, "pool": "auto"})
    post(emulator, "take-away", {"region": EU, "addresses": ["198.51.100.9"]})

    (address,) = emulator.details(EU)
    assert ("auto", True) == (address.pool, address.managed)


def test_parameters_are_written_and_deleted_over_http(emulator: RunningEmulator) -> None:
    """What a customer does to a parameter in the console has two commands."""
    for name, value in (("/a", "one"), ("/a", "two"), ("/b", "x")):
        assert {"addresses": []} == post(emulator, "put-parameter", {"region": EU, "name": name, "value": value})
    post(emulator, "delete-parameter", {"region": EU, "name": "/b"})

    (parameter,) = command(emulator, "GET", "state").json["accounts"]["111122223333"]["parameters"]
    assert (EU, "/a", ["one", "two"]) == (
        parameter["region"],
        parameter["name"],
        [version["value"] for version in parameter["history"]],
    )


def test_time_passes_over_http(emulator: RunningEmulator) -> None:
    """Seconds and days move the clock, and the answer tells the time."""
    assert {"now": "2026-11-03T12:00:30+00:00"} == post(emulator, "advance", {"seconds": 30, "days": 1})


def test_settings_are_read_and_changed(emulator: RunningEmulator) -> None:
    """Only what is named changes; null means what it means for the setting."""
    changed = post(emulator, "settings", {"pace": 3, "hourly_case_limit": None})

    assert changed == command(emulator, "GET", "settings").json
    assert (3, None, True) == (changed["pace"], changed["hourly_case_limit"], changed["support_plan"])
    assert "service-limit-increase" in [service["code"] for service in changed["services"]]


def test_faults_are_set_shown_and_cleared(emulator: RunningEmulator) -> None:
    """What is left of the faults can be seen at any time."""
    post(emulator, "faults", {"kind": "unavailable", "times": 2})
    ask(emulator, call("DescribeCases"))

    (fault,) = command(emulator, "GET", "faults").json["faults"]
    assert ("unavailable", 1) == (fault["kind"], fault["times"])
    assert {"faults": []} == command(emulator, "DELETE", "faults").json


def test_the_state_shows_everything(emulator: RunningEmulator) -> None:
    """Accounts with their cases, what was said in them, addresses and pools."""
    case = emulator.file_by_hand("s", request(1))
    emulator.grant(case)
    emulator.add_managed(EU, 1, pool="auto")

    state = command(emulator, "GET", "state").json

    account = state["accounts"]["111122223333"]
    assert "2026-11-02T12:00:00+00:00" == state["now"]
    assert (["192.0.2.1"], 2) == (account["cases"][0]["granted"], len(account["cases"][0]["communications"]))
    assert ["192.0.2.1", "192.0.2.2"] == [one["ip"] for one in account["addresses"]]
    assert [{"region": EU, "name": "auto", "scaling_mode": "MANAGED"}] == account["pools"]


def test_reset_over_http(emulator: RunningEmulator) -> None:
    """The emulator can be had as new."""
    emulator.lease(EU, 1)

    assert {} == post(emulator, "reset")

    assert {} == emulator.state()["accounts"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "nowhere", None, 404, "the control API has no GET /_emulator/nowhere"),
        ("PUT", "state", None, 404, "the control API has no PUT /_emulator/state"),
        ("POST", "cases/42/grant", {}, 404, "there is no case 42"),
        ("POST", "cases/42/praise", {}, 404, "the control API has no POST /_emulator/cases/42/praise"),
        ("POST", "cases/42/reply", {}, 400, "Reply needs 'text'"),
        ("POST", "reset", {"really": True}, 400, "Nothing has no 'really'; it has nothing"),
        ("POST", "advance", {"second": 1}, 400, "Advance has no 'second'; it has seconds, days"),
        ("POST", "advance", [], 400, "the body is not a JSON object"),
        ("POST", "settings", [], 400, "the body is not a JSON object"),
        ("POST", "settings", {"services": {}}, 400, "Settings.services must be a list"),
        ("POST", "settings", {"services": [{}]}, 400, "Settings.services[0] needs 'code'"),
        ("POST", "settings", {"support_plan": 1}, 400, "Settings.support_plan must be true or false"),
        ("POST", "lease", {"region": EU, "count": "2"}, 400, "Lease.count must be a whole number"),
        ("POST", "take-away", {"region": EU, "addresses": ["x"]}, 404, "account 111122223333 has no x in eu-west-1"),
        ("POST", "settings", {"disabled_regions": ["Milan"]}, 400, "a Region has the form eu-west-1, not 'Milan'"),
        ("POST", "put-parameter", {"region": EU, "name": "/a"}, 400, "PutParameter needs 'value'"),
        (
            "POST",
            "delete-parameter",
            {"region": EU, "name": "/a"},
            404,
            "account 111122223333 has no parameter /a in eu-west-1",
        ),
        ("POST", "faults", b"{", 400, "the body is not JSON"),
        ("POST", "faults", b"[" * 100_000, 400, "the body is not JSON"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_command_is_named(  # noqa: PLR0913, PLR0917 - a table's columns
    emulator: RunningEmulator, method: str, path: str, body: object, status: int, error: str
) -> None:
    """Whatever cannot be obeyed says in one sentence why."""
    reply = command(emulator, method, path, body)

    assert (status, {"error": error}) == (reply.status, reply.json)


def test_commands_are_not_in_the_log(emulator: RunningEmulator) -> None:
    """The log has what AWS would have seen."""
    command(emulator, "GET", "state")

    assert () == emulator.log
