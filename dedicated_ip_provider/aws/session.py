"""AWS clients from a stack's configuration: credentials, roles, and how often a call may be repeated."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, AssumeRoleProvider

from dedicated_ip_provider.aws.credentials import CALLER, Base, RoleCredentials
from dedicated_ip_provider.aws.errors import THROTTLES, preparing, translating_read_errors
from dedicated_ip_provider.aws.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from botocore.client import BaseClient
    from botocore.credentials import Credentials
    from botocore.session import Session as BotocoreSession
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient
    from types_boto3_support import SupportClient

SUPPORT_CALLS: Final = 5
"""How many Support calls a second AWS accepts from an account (Support API quotas)."""
SES_CALLS: Final = 1
"""How many SES calls a second, other than sending, AWS accepts from an account in a Region (SES quotas)."""
SSM_CALLS: Final = 40
"""How many reads of parameters a second AWS accepts from an account in a Region (Systems Manager quotas)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How long to wait for AWS, in seconds, and how often to attempt a read.

    A throttled write was not carried out, so it may be sent again after each of `after_throttle`, once it is its turn.
    `second` is the length of the interval in which AWS counts calls.
    """

    connection: float = 10.0
    answer: float = 30.0
    questions: int = 5
    after_throttle: tuple[float, ...] = (0.0, 2.0, 4.0)
    second: float = 1.0

    def client(self, *, once: bool) -> Config:
        """Return a client's configuration; with `once`, it never repeats a request."""
        # A repeated CreateCase is a second case, and a repeated message a second message: AWS offers no idempotency
        # token here.
        return Config(
            retries={"mode": "standard", "total_max_attempts": 1 if once else self.questions},
            connect_timeout=self.connection,
            read_timeout=self.answer,
            user_agent_extra=CALLER,
        )


RETRY_POLICY: Final = RetryPolicy()
"""The policy of a command."""


class Session:
    """One set of credentials and its clients. Clients are created when first used, and shared by all threads."""

    def __init__(self, base: Base, role_arn: str | None, retry_policy: RetryPolicy = RETRY_POLICY) -> None:
        """Create a session from its base, a lease's own role, and a retry policy."""
        self.retry_policy = retry_policy
        self._base = base
        own_role = ({"RoleArn": role_arn, "RoleSessionName": CALLER},) if role_arn else ()
        self._roles: tuple[Mapping[str, Any], ...] = own_role or base.roles
        self._lock = threading.RLock()
        self._credentials: Credentials | None = None
        self._botocore: BotocoreSession | None = None
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._support_throttle = Throttle(retry_policy.second, SUPPORT_CALLS)
        self._is_ses_throttling = threading.Event()
        self._ses_throttles: dict[str, Throttle] = {}

    @property
    def sts_region(self) -> str:
        """The Region of the STS endpoint."""
        return self._base.region

    @property
    def sts(self) -> STSClient:
        """The client that returns the caller's identity."""
        client: STSClient = self._client("sts", self.sts_region)
        return client

    @property
    def support(self) -> SupportClient:
        """The client that reads cases; for any Region, botocore uses the one endpoint of its partition."""
        client: SupportClient = self._client("support", self.sts_region)
        return client

    @property
    def support_once(self) -> SupportClient:
        """The client that writes cases; it never repeats a request."""
        client: SupportClient = self._client("support", self.sts_region, once=True)
        return client

    def ses(self, region: str) -> SESV2Client:
        """Return the client that reads a Region's dedicated IP addresses."""
        client: SESV2Client = self._client("sesv2", region)
        return client

    def quotas(self, region: str) -> BaseClient:
        """Return the client that reads a Region's service quotas."""
        client: BaseClient = self._client("service-quotas", region)
        return client

    def ssm(self, region: str) -> SSMClient:
        """Return the client that reads a Region's parameters."""
        client: SSMClient = self._client("ssm", region)
        return client

    def ssm_once(self, region: str) -> SSMClient:
        """Return the client that writes a Region's parameters; it never repeats a request."""
        client: SSMClient = self._client("ssm", region, once=True)
        return client

    def support_turn(self) -> AbstractContextManager[None]:
        """Wait until AWS accepts a call to Support; each page of a list is a call."""
        return self._support_throttle.turn()

    def ses_turn(self, region: str) -> AbstractContextManager[None]:
        """Wait until AWS accepts a call to SES in a Region."""
        return self._ses_throttle(region).turn()

    def _ses_throttle(self, region: str) -> Throttle:
        with self._lock:
            throttle = Throttle(self.retry_policy.second, SES_CALLS, self._is_ses_throttling)
            return self._ses_throttles.setdefault(region, throttle)

    def _client(self, service: str, region: str, *, once: bool = False) -> Any:  # noqa: ANN401 - one of those above
        key = (service, region, once)
        with preparing(self._base.source):
            with self._lock:
                if self._credentials is None or self._botocore is None:
                    self._credentials = self._find_credentials()
                    self._botocore = self._base.new_session(self._credentials)
                if key not in self._clients:
                    self._clients[key] = self._new_client(self._botocore, service, region, once=once)
            # Get or renew them here, so that a failure to do so is not reported as one of the next call.
            self._credentials.get_frozen_credentials()
        return self._clients[key]

    def _new_client(self, botocore: BotocoreSession, service: str, region: str, *, once: bool) -> BaseClient:
        client = botocore.create_client(service, region_name=region, config=self.retry_policy.client(once=once))
        throttle = self._throttle_of(service, region)
        if throttle:
            _retry_when_throttled(client, 1 if once else self.retry_policy.questions, throttle)
        return client

    def _throttle_of(self, service: str, region: str) -> Throttle | None:
        if service == "support":
            return self._support_throttle
        if service == "sesv2":
            return self._ses_throttle(region)
        return Throttle(self.retry_policy.second, SSM_CALLS) if service == "ssm" else None

    def _find_credentials(self) -> Credentials:
        credentials = self._base.credentials()
        for role in self._roles:
            credentials = self._in_role(role, credentials)
        return credentials

    def _in_role(self, role: Mapping[str, Any], source: Credentials) -> Credentials:
        """Return the credentials of a role that `source` assumes; they are renewed before they expire."""

        def assume() -> Mapping[str, Any]:
            with preparing(self._base.source):
                source.get_frozen_credentials()
            with translating_read_errors("sts:AssumeRole", f"role {role['RoleArn']}"):
                return AssumeRoleCredentialFetcher(
                    self._base.sts, source, role["RoleArn"], dict(role)
                ).fetch_credentials()

        return RoleCredentials(assume, AssumeRoleProvider.METHOD)


def _retry_when_throttled(client: BaseClient, most: int, throttle: Throttle) -> None:
    """Repeat a call that AWS throttled after the delay that `throttle` computes, instead of a random one."""

    def answered(response: tuple[object, Mapping[str, Any]] | None, attempts: int, **_: object) -> float | None:
        if response is None or response[1].get("Error", {}).get("Code") not in THROTTLES:
            return None
        wait = throttle.throttled(attempts)
        return wait if attempts < most else None

    # If several handlers return a delay, botocore uses the first.
    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
    client.meta.events.register_first(event, answered)  # type: ignore[arg-type]  # this event's listeners answer
