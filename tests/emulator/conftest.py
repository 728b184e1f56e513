"""One served emulator for all tests, put back to its start before each; its clock stands at noon until it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, RunningEmulator, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_sesv2 import SESV2Client
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient
    from types_boto3_support import SupportClient

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)

# One attempt, so that a test sees what the emulator did and not what botocore made of it.
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=600, read_timeout=600, parameter_validation=False)


@dataclass(frozen=True)
class Aws:
    """The clients of one account in one Region."""

    support: SupportClient
    sesv2: SESV2Client
    ssm: SSMClient
    sts: STSClient

    def close(self) -> None:
        """Close the connections."""
        for client in (self.support, self.sesv2, self.ssm, self.sts):
            client.close()


@pytest.fixture(scope="session")
def served() -> Iterator[RunningEmulator]:
    """An emulator behind a port, in whatever state."""
    with start(now=NOON) as emulator:
        yield emulator


@pytest.fixture
def emulator(served: RunningEmulator) -> RunningEmulator:
    """An emulator behind a port, as if just started."""
    served.reset()
    return served


@pytest.fixture(scope="session")
def client(served: RunningEmulator) -> Iterator[Callable[..., Aws]]:
    """Makes the clients of an account in a Region, each once."""
    made: dict[tuple[str, str, str], Aws] = {}

    def clients(account: str = DEFAULT_ACCOUNT, region: str = "eu-west-1", token: str = "") -> Aws:
        if (account, region, token) not in made:
            session = boto3.Session(account, "secret", token or None, region)
            made[account, region, token] = Aws(
                session.client("support", endpoint_url=served.url, config=ONCE),
                session.client("sesv2", endpoint_url=served.url, config=ONCE),
                session.client("ssm", endpoint_url=served.url, config=ONCE),
                session.client("sts", endpoint_url=served.url, config=ONCE),
            )
        return made[account, region, token]

    yield clients
    for aws in made.values():
        aws.close()


@pytest.fixture
def aws(emulator: RunningEmulator, client: Callable[..., Aws]) -> Aws:  # noqa: ARG001 - the emulator is to be fresh
    """The clients of the default account in eu-west-1, at a fresh emulator."""
    return client()
