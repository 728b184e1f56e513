"""From a stack's settings to clients: credentials, roles, and how often a call may be repeated."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from dedicated_ip_provider.aws.translate import asking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sts import STSClient
    from types_boto3_support import SupportClient

    from dedicated_ip_provider.settings import Settings

CALLER: Final = "dedicated-ip-provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long AWS is waited for, in seconds, and how often a question is asked at most.

    A throttled write was not carried out, and may be sent again after each of `after_throttle`.
    """

    connection: float = 10.0
    answer: float = 30.0
    questions: int = 5
    after_throttle: tuple[float, ...] = (1.0, 2.0, 4.0)

    def client(self, *, once: bool) -> Config:
        """Give a client's configuration; one that writes sends nothing twice."""
        # A repeated CreateCase is a second case, and a repeated message a second message: AWS has no idempotency
        # token here.
        return Config(
            retries={"mode": "standard", "total_max_attempts": 1 if once else self.questions},
            connect_timeout=self.connection,
            read_timeout=self.answer,
            user_agent_extra=CALLER,
        )


PATIENCE: Final = Patience()
"""How long a command waits."""


class Session:
    """One way into AWS. Clients are made when first used, under a lock, and shared by all threads."""

    def __init__(
        self,
        settings: Settings,
        home: str,
        profile: str | None,
        role_arn: str | None,
        patience: Patience = PATIENCE,
    ) -> None:
        """Take the stack's settings, a Region of the account's partition, and a lease's own profile and role."""
        self.patience = patience
        self._home = home
        self._profile = profile or settings.profile
        # Keys in the stack's configuration stand for the stack's own way in, not for a lease's other profile.
        self._keys: Mapping[str, Any] = {} if profile else settings.keys
        own_role = ({"RoleArn": role_arn, "RoleSessionName": CALLER},) if role_arn else ()
        self._roles: tuple[Mapping[str, Any], ...] = own_role or (() if profile else settings.roles)
        self._lock = threading.RLock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str, bool], Any] = {}

    @property
    def sts(self) -> STSClient:
        """The client that says who we are."""
        client: STSClient = self._client("sts", self._home)
        return client

    @property
    def support(self) -> SupportClient:
        """The client that reads cases; whatever the Region, boto3 goes to the desk of its partition."""
        client: SupportClient = self._client("support", self._home)
        return client

    @property
    def support_once(self) -> SupportClient:
        """The client that writes cases: nothing is ever sent twice."""
        client: SupportClient = self._client("support", self._home, once=True)
        return client

    def ses(self, region: str) -> SESV2Client:
        """Give the client that reads a Region's dedicated IP addresses."""
        client: SESV2Client = self._client("sesv2", region)
        return client

    def _client(self, service: str, region: str, *, once: bool = False) -> Any:  # noqa: ANN401 - one of the four above
        with self._lock:
            key = (service, region, once)
            if key not in self._clients:
                config = self.patience.client(once=once)
                self._clients[key] = self._boto3().client(service, region_name=region, config=config)  # type: ignore[call-overload]  # the name of the service is a variable
            return self._clients[key]

    def _boto3(self) -> boto3.Session:
        if self._session is None:
            session = boto3.Session(**self._keys) if self._keys else boto3.Session(profile_name=self._profile)
            config = self.patience.client(once=False)
            for role in self._roles:
                with asking("sts:AssumeRole", f"role {role['RoleArn']}"):
                    sts: STSClient = session.client("sts", region_name=self._home, config=config)
                    given = sts.assume_role(**role)["Credentials"]
                    session = boto3.Session(
                        aws_access_key_id=given["AccessKeyId"],
                        aws_secret_access_key=given["SecretAccessKey"],
                        aws_session_token=given["SessionToken"],
                    )
            self._session = session
        return self._session
