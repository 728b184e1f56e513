"""One served emulator for all tests, reset before each; its clock stands at noon until it is advanced."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, Emulator, RunningEmulator, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)
EU = "eu-west-1"
OTHER = "444455556666"
CASE: dict[str, Any] = {"subject": "s", "communicationBody": "b"}

# One attempt, so that a test sees what the emulator did and not what botocore made of it.
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=600, read_timeout=600, parameter_validation=False)


class Aws(NamedTuple):
    """The clients of one account in one Region."""

    support: Any
    sesv2: Any
    ssm: Any
    sts: Any
    quotas: Any


def refused(call: Callable[..., object], **parameters: Any) -> tuple[str, str]:
    """Return the code and the sentence with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def code_of(call: Callable[..., object], **parameters: Any) -> str:
    """Return the code with which a call is refused."""
    return refused(call, **parameters)[0]


@pytest.fixture(scope="session")
def served() -> Iterator[RunningEmulator]:
    """An emulator behind a port, in any state."""
    with start(now=NOON) as emulator:
        yield emulator


@pytest.fixture
def emulator(served: RunningEmulator) -> RunningEmulator:
    """An emulator behind a port, as if just started."""
    served.reset()
    return served


@pytest.fixture
def quiet() -> Emulator:
    """An emulator without a port, whose staff waits for commands."""
    return Emulator(now=NOON)


@pytest.fixture(scope="session")
def client(served: RunningEmulator) -> Iterator[Callable[..., Aws]]:
    """Makes the clients of an account in a Region, each once."""
    made: dict[tuple[str, str, str], Aws] = {}

    def make(account: str = DEFAULT_ACCOUNT, region: str = EU, token: str = "") -> Aws:
        if (account, region, token) not in made:
            session: Any = boto3.Session(account, "secret", token or None, region)
            services = ("support", "sesv2", "ssm", "sts", "service-quotas")
            clients = (session.client(name, endpoint_url=served.url, config=ONCE) for name in services)
            made[account, region, token] = Aws(*clients)
        return made[account, region, token]

    yield make
    for aws in made.values():
        for one in aws:
            one.close()


@pytest.fixture
def aws(emulator: RunningEmulator, client: Callable[..., Aws]) -> Aws:  # noqa: ARG001 - the emulator is to be fresh
    """The clients of the default account in eu-west-1, at a fresh emulator."""
    return client()
