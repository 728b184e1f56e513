"""The emulator withstands anything that is sent to it: no 5xx of its own, no hanging, no broken state."""

from __future__ import annotations

import contextlib
import json
import random
import threading
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.commands import EXTERNAL_EVENTS, name_of
from dedicated_ip_provider.emulator.wire.models import model
from emulator.conftest import CASE, Aws
from emulator.wire import ask, call, head, message, replies, send, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dedicated_ip_provider.emulator import RunningEmulator

SEED = 20261102
PARAMETER = {"Name": "/a", "Value": "b", "Type": "String"}
PARAMETER_NAMES = ("Overwrite", "Tier", "Tags", "MaxResults", "NextToken", "x")
CASE_NAMES = ("caseId", "caseIdList", "nextToken", "afterTime", "x", "")
CONTROL = ("nowhere", "advance", "settings", "cases", "cases/1/grant", "faults", *map(name_of, EXTERNAL_EVENTS))
FIELDS = sorted({one.name for kind in EXTERNAL_EVENTS for one in fields(kind)})
SES = (
    ("GET", "dedicated-ips?PageSize=-1"),
    ("PUT", "dedicated-ips/%00/pool"),
    ("POST", "dedicated-ip-pools"),
    ("BREW", "%"),
)
Head = tuple[str, ...]
STS: Head = ("POST", "/", signature("sts"))

# Valid requests: method, path and headers; the parameters; and the names of others.
REQUESTS: list[tuple[Head, dict[str, Any], Sequence[str]]] = [
    *((head(operation), CASE, CASE_NAMES) for operation in model("support").operation_names),
    *(
        (head(one, "ssm"), PARAMETER, PARAMETER_NAMES)
        for one in ("GetParameter", "PutParameter", "GetParameterHistory")
    ),
    *(
        (("POST", f"/_emulator/{path}"), {"region": "eu-west-1"}, (*FIELDS, "seconds", "pace", "skip"))
        for path in CONTROL
    ),
    *(((method, f"/v2/email/{path}", signature("ses")), {}, ("PoolName",)) for method, path in SES),
    (STS, {}, ("RoleArn",)),
    (("POST", "/", signature("s3")), {}, ()),
]


def _value(dice: random.Random, depth: int = 0) -> Any:
    if depth < 3 and dice.random() < 0.3:
        inner = [_value(dice, depth + 1) for _ in range(dice.randrange(3))]
        return inner if dice.random() < 0.5 else {str(number): value for number, value in enumerate(inner)}
    text = "".join(chr(dice.choice([0, 10, 65, 228, 0x202E, 0xD800, 0x1F600])) for _ in range(dice.randrange(9)))
    number = dice.choice([0, -1, 10, 100, 10**30, 0.5, 1e308])
    return dice.choice([None, True, number, text, "Region: eu-west-1\nNew limit value: 3", "192.0.2.1", "111122223333"])


def _request(dice: random.Random) -> bytes:
    """Return a valid request with some other values, some of them with other bytes, or garbage."""
    head, given, names = dice.choice(REQUESTS)
    changed = {name: _value(dice) for name in dice.sample([*given, *names], dice.randrange(min(3, len(names) + 1)))}
    body = json.dumps({**given, **changed}).encode()
    data = message(*head, body=b"Action=AssumeRole&%=%&RoleArn=" + body if head is STS else body)
    place, fate = dice.randrange(len(data)), dice.random()
    if fate < 0.2:
        return data[:place] + dice.randbytes(dice.randrange(4)) + data[place + dice.randrange(20) :]
    return data if fate < 0.9 else dice.randbytes(dice.randrange(1, 200)) + b"\r\n\r\n"


def test_random_requests_get_no_5xx(emulator: RunningEmulator) -> None:
    """Fifteen hundred seeded requests, valid, invalid and garbage: each is answered, none with a 500."""
    dice = random.Random(SEED)  # noqa: S311 - chance that repeats, no secret
    statuses = set()

    for number in range(1500):
        data = _request(dice)
        for reply in replies(send(emulator, data)):
            statuses.add(reply.status)
            # 501 names a service that the emulator does not have; that is an answer.
            assert reply.status < 500 or reply.status == 501, (number, data, reply.body)

    assert {200, 400, 403, 404} <= statuses
    assert emulator.cases()
    assert 200 == ask(emulator, call("DescribeCases")).status
    assert 200 == ask(emulator, message("GET", "/_emulator/state")).status


def test_twenty_clients_at_once(emulator: RunningEmulator, client: Callable[..., Aws]) -> None:
    """Four hundred cases filed by twenty clients are four hundred different ones; one client creates a parameter."""
    emulator.change(hourly_case_limit=None)
    aws = client()
    taken = aws.ssm.exceptions.ParameterAlreadyExists
    filed: list[str] = []
    created: list[int] = []

    def file() -> None:
        with contextlib.suppress(taken):
            created.append(aws.ssm.put_parameter(Name="/a", Value="b", Type="String")["Version"])
        filed.extend(aws.support.create_case(**CASE)["caseId"] for _ in range(20))

    threads = [threading.Thread(target=file) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (400, [1]) == (len(set(filed)), created)
    assert 400 == len({case.display_id for case in emulator.cases()})
    assert 400 == len(emulator.calls("CreateCase"))
