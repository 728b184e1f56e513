"""Ways into AWS that lead to an emulator of this machine, closed when a test ends."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from support.bags import REGION

from dedicated_ip_provider.aws.account import Account
from dedicated_ip_provider.aws.credentials import Base
from dedicated_ip_provider.aws.session import RetryPolicy, Session
from dedicated_ip_provider.config import StackConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
AT_ONCE = RetryPolicy(connection=600, answer=600, questions=2, after_throttle=(0.0, 0.0), second=0.01)
"""Asks twice at most, and does not wait between the times."""


class WaysIn:
    """Makes accounts and sessions, and closes their connections in the end."""

    def __init__(self) -> None:
        """Start with none."""
        self._sessions: list[Session] = []

    def session(
        self,
        config: StackConfig | None = None,
        profile: str | None = None,
        role_arn: str | None = None,
        *,
        home: str = REGION,
        retry_policy: RetryPolicy = AT_ONCE,
    ) -> Session:
        """Give a new way in."""
        session = Session(Base(config or StackConfig(), profile, home), role_arn, retry_policy)
        self._sessions.append(session)
        return session

    def account(
        self,
        config: StackConfig | None = None,
        *,
        clock: Callable[[], datetime] = lambda: NOON,
        retry_policy: RetryPolicy = AT_ONCE,
    ) -> Account:
        """Give an account of which nothing is known yet, as at the start of a run."""
        config = config or StackConfig()
        return Account(self.session(config, retry_policy=retry_policy), config, clock)

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions:
            for client in session._clients.values():
                client.close()


def nothing_but(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], **more: Any) -> None:
    """Make AWS clients of this process see these variables, and nothing else of this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    for name, value in {**files, **environment, **more}.items():
        monkeypatch.setenv(name, str(value))
