"""The emulator survives whatever is thrown at it: no 5xx of its own, no hanging, no broken world."""

from __future__ import annotations

import json
import random
import threading
from typing import TYPE_CHECKING, Any

from emulator.wire import ask, call, call_ssm, message, replies, send, signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator
    from emulator.conftest import Aws

SEED = 20261102
OPERATIONS = (
    "CreateCase",
    "DescribeCases",
    "DescribeCommunications",
    "AddCommunicationToCase",
    "ResolveCase",
    "DescribeServices",
)
PARAMETER_OPERATIONS = ("GetParameter", "PutParameter", "GetParameterHistory")
PARAMETER_NAMES = ("Name", "Value", "Type", "Overwrite", "Tier", "Tags", "Description", "MaxResults", "NextToken", "x")
NAMES = ("subject", "communicationBody", "caseId", "caseIdList", "nextToken", "maxResults", "afterTime", "x", "")
FIELDS = (
    "seconds",
    "days",
    "region",
    "count",
    "addresses",
    "account",
    "pool",
    "pace",
    "text",
    "services",
    "skip",
    "name",
    "value",
)
PATHS = ("dedicated-ips", "dedicated-ips/192.0.2.1", "dedicated-ip-pools", "dedicated-ips/%00/pool", "account", "%")
COMMANDS = (
    "nowhere",
    "advance",
    "settings",
    "cases",
    "cases/1/grant",
    "lease",
    "import-addresses",
    "add-managed",
    "take-away",
    "put-parameter",
    "delete-parameter",
    "faults",
)
FORMS = (
    b"Action=AssumeRole&RoleArn=%d&RoleSessionName=x",
    b"Action=%d",
    b"%%=%d&Tags.member.1.Key=a&Action=AssumeRole",
    b"=%d",
)


def _value(dice: random.Random, depth: int = 0) -> Any:
    kinds: list[Callable[[], Any]] = [
        lambda: None,
        lambda: dice.choice([True, False]),
        lambda: dice.choice([0, -1, 10, 100, 10**30, 0.5, 1e308]),
        lambda: "".join(chr(dice.choice([0, 10, 65, 228, 0x202E, 0xD800, 0x1F600])) for _ in range(dice.randrange(9))),
        lambda: dice.choice(["Region: eu-west-1\nNew limit value: 3", "eu-west-1", "192.0.2.1", "111122223333"]),
        lambda: [_value(dice, depth + 1) for _ in range(dice.randrange(3))] if depth < 3 else 0,
        lambda: {dice.choice(NAMES): _value(dice, depth + 1) for _ in range(dice.randrange(3))} if depth < 3 else {},
    ]
    return dice.choice(kinds)()


def _request(dice: random.Random) -> bytes:
    given = {dice.choice(NAMES): _value(dice) for _ in range(dice.randrange(5))}
    body = json.dumps(given).encode()
    parameter = {dice.choice(PARAMETER_NAMES): _value(dice) for _ in range(dice.randrange(5))}
    command = json.dumps({dice.choice(FIELDS): _value(dice) for _ in range(dice.randrange(3))}).encode()
    kinds: list[Callable[[], bytes]] = [
        lambda: call(dice.choice(OPERATIONS), body),
        lambda: call("CreateCase", json.dumps({"subject": "s", "communicationBody": "b", **given}).encode()),
        lambda: call_ssm(dice.choice(PARAMETER_OPERATIONS), json.dumps(parameter).encode()),
        lambda: call_ssm(
            dice.choice(PARAMETER_OPERATIONS), json.dumps({"Name": "/a", "Value": "b", **parameter}).encode()
        ),
        lambda: call(dice.choice(OPERATIONS), dice.randbytes(dice.randrange(40))),
        lambda: message(
            dice.choice(["GET", "PUT", "POST", "DELETE", "BREW"]),
            f"/v2/email/{dice.choice(PATHS)}?PageSize={dice.choice(['1', '-1', 'x', '9' * 30])}&NextToken=%FF",
            signature("ses"),
            body=body,
        ),
        lambda: message("POST", "/", signature("sts"), body=dice.choice(FORMS) % dice.randrange(10**6)),
        lambda: message(dice.choice(["GET", "POST", "DELETE"]), f"/_emulator/{dice.choice(COMMANDS)}", body=body),
        lambda: message("POST", f"/_emulator/{dice.choice(COMMANDS)}", body=command),
        lambda: message(
            "POST", "/", signature(dice.choice(["", "s3", "support", "ses", "ssm", "servicequotas"])), body=body
        ),
        lambda: dice.randbytes(dice.randrange(1, 200)) + b"\r\n\r\n",
        lambda: _mutilated(dice, call(dice.choice(OPERATIONS), body)),
    ]
    return dice.choice(kinds)()


def _mutilated(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + dice.randbytes(dice.randrange(4)) + data[place + dice.randrange(20) :]


def test_random_requests_get_no_5xx(emulator: RunningEmulator) -> None:
    """Fifteen hundred seeded requests, well-formed, ill-formed and garbage: each is answered, none by a 500."""
    dice = random.Random(SEED)  # noqa: S311 - chance that repeats, no secret
    statuses = set()

    for number in range(1500):
        data = _request(dice)
        for reply in replies(send(emulator, data)):
            statuses.add(reply.status)
            # 501 names a service that the emulator does not have; that is an answer.
            assert reply.status < 500 or reply.status == 501, (number, data, reply.body)

    assert {200, 400, 403, 404} <= statuses
    assert 10 == len(emulator.cases())
    assert 200 == ask(emulator, call("DescribeCases")).status
    assert 200 == ask(emulator, message("GET", "/_emulator/state")).status


def test_twenty_clients_at_once(emulator: RunningEmulator, client: Callable[..., Aws]) -> None:
    """Four hundred cases filed by twenty clients are four hundred different ones."""
    emulator.change(hourly_case_limit=None)
    support = client().support
    filed: list[str] = []

    def file() -> None:
        filed.extend(support.create_case(subject="s", communicationBody="b")["caseId"] for _ in range(20))

    threads = [threading.Thread(target=file) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 400 == len(set(filed)) == len(emulator.cases())
    assert 400 == len({case.display_id for case in emulator.cases()})
    assert 400 == len(emulator.calls("CreateCase"))
