"""From a stack's settings to clients: credentials, roles, and how often a call may be repeated."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.session import Session as BotocoreSession

from dedicated_ip_provider.aws.pace import Pace
from dedicated_ip_provider.aws.translate import THROTTLES, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from botocore.client import BaseClient
    from botocore.credentials import Credentials
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient
    from types_boto3_support import SupportClient

    from dedicated_ip_provider.settings import Settings

CALLER: Final = "dedicated-ip-provider"
KEYS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
"""What `Settings.keys` holds, in the order in which botocore takes them."""
SUPPORT_CALLS: Final = 5
"""How many Support calls a second AWS takes from an account (Support API quotas)."""
SES_CALLS: Final = 1
"""How many SES calls a second, other than to send, AWS takes from an account in a Region (SES quotas)."""
SSM_CALLS: Final = 40
"""How many reads of parameters a second AWS takes from an account in a Region (Systems Manager quotas)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long AWS is waited for, in seconds, and how often a question is asked at most.

    A throttled write was not carried out, and may be sent again after each of `after_throttle`, and when it is its
    turn. `second` is what AWS takes for one when it counts calls.
    """

    connection: float = 10.0
    answer: float = 30.0
    questions: int = 5
    after_throttle: tuple[float, ...] = (0.0, 2.0, 4.0)
    second: float = 1.0

    def client(self, *, once: bool) -> Config:
        """Return a client's configuration; one that writes sends nothing twice."""
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
        self._settings = settings
        self._home = home
        self._profile = profile
        own_role = ({"RoleArn": role_arn, "RoleSessionName": CALLER},) if role_arn else ()
        self._roles: tuple[Mapping[str, Any], ...] = own_role or (() if profile else settings.roles)
        # botocore's sessions are not thread-safe, its clients are.
        self._lock = threading.RLock()
        self._botocore: BotocoreSession | None = None
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._support_pace = Pace(patience.second, SUPPORT_CALLS)
        self._ses_paces: dict[str, Pace] = {}

    @property
    def sts(self) -> STSClient:
        """The client that says who we are."""
        client: STSClient = self._client("sts", self._home)
        return client

    @property
    def support(self) -> SupportClient:
        """The client that reads cases; whatever the Region, botocore goes to the one place of its partition."""
        client: SupportClient = self._client("support", self._home)
        return client

    @property
    def support_once(self) -> SupportClient:
        """The client that writes cases: nothing is ever sent twice."""
        client: SupportClient = self._client("support", self._home, once=True)
        return client

    def ses(self, region: str) -> SESV2Client:
        """Return the client that reads a Region's dedicated IP addresses."""
        client: SESV2Client = self._client("sesv2", region)
        return client

    def ssm(self, region: str) -> SSMClient:
        """Return the client that reads a Region's parameters."""
        client: SSMClient = self._client("ssm", region)
        return client

    def ssm_once(self, region: str) -> SSMClient:
        """Return the client that writes a Region's parameters: nothing is ever sent twice."""
        client: SSMClient = self._client("ssm", region, once=True)
        return client

    def support_turn(self) -> AbstractContextManager[None]:
        """Wait until AWS takes a call to Support; each page of a list is a call."""
        return self._support_pace.turn()

    def ses_turn(self, region: str) -> AbstractContextManager[None]:
        """Wait until AWS takes a call to a Region's SES."""
        return self._ses_pace(region).turn()

    def _ses_pace(self, region: str) -> Pace:
        with self._lock:
            return self._ses_paces.setdefault(region, Pace(self.patience.second, SES_CALLS))

    def _client(self, service: str, region: str, *, once: bool = False) -> Any:  # noqa: ANN401 - one of those above
        key = (service, region, once)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(service, region, once=once)
            client = self._clients[key]
        self._renew()
        return client

    def _renew(self) -> None:
        """Get or renew the credentials, so that a fault in that is no fault of the call that comes next."""
        if self._botocore:
            with self._lock:
                credentials = self._botocore.get_credentials()
            if credentials:
                credentials.get_frozen_credentials()

    def _new_client(self, service: str, region: str, *, once: bool) -> BaseClient:
        self._botocore = self._botocore or self._new_botocore()
        client = self._botocore.create_client(service, region_name=region, config=self.patience.client(once=once))
        pace = self._pace_of(service, region)
        if pace:
            _ask_again_when_throttled(client, 1 if once else self.patience.questions, pace)
        return client

    def _pace_of(self, service: str, region: str) -> Pace | None:
        if service == "support":
            return self._support_pace
        if service == "sesv2":
            return self._ses_pace(region)
        return Pace(self.patience.second, SSM_CALLS) if service == "ssm" else None

    def _new_botocore(self) -> BotocoreSession:
        session = self._plain_botocore()
        # Keys in the stack's configuration stand for the stack's own way in, not for a lease's other profile.
        keys = {} if self._profile else self._settings.keys
        if keys:
            session.set_credentials(*(keys.get(name, "") for name in KEYS))
        for role in self._roles:
            session = self._in_role(role, session)
        return session

    def _plain_botocore(self) -> BotocoreSession:
        return BotocoreSession(profile=self._profile or self._settings.profile)

    def _in_role(self, role: Mapping[str, Any], source: BotocoreSession) -> BotocoreSession:
        """Return a session with a role's credentials: assumed with another session's, and renewed before they end."""

        def sts(service: str, **keys: Any) -> BaseClient:  # noqa: ANN401 - credentials, as botocore passes them on
            with self._lock:
                config = self.patience.client(once=False)
                return source.create_client(service, region_name=self._home, config=config, **keys)

        def assume() -> Mapping[str, Any]:
            with asking("sts:AssumeRole", f"role {role['RoleArn']}"):
                with self._lock:
                    own = source.get_credentials()
                if own is None:
                    raise NoCredentialsError
                return AssumeRoleCredentialFetcher(sts, own, role["RoleArn"], dict(role)).fetch_credentials()

        session = self._plain_botocore()
        session.register_component("credential_provider", CredentialResolver([_Role(assume)]))
        return session


class _Role(CredentialProvider):
    """A source of credentials in botocore's sense: a role."""

    METHOD = "assume-role"

    def __init__(self, assume: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__()
        self._assume = assume

    def load(self) -> Credentials:
        """Return credentials that are got when they are first used."""
        return _RoleCredentials(self._assume, self.METHOD)


class _RoleCredentials(DeferredRefreshableCredentials):
    """Renewed 5 minutes before they end. botocore's 15 would renew the shortest ones that STS gives at each call."""

    _advisory_refresh_timeout = 5 * 60
    _mandatory_refresh_timeout = 60


def _ask_again_when_throttled(client: BaseClient, most: int, pace: Pace) -> None:
    """Hear when AWS throttles a call; a question is asked again as soon as that makes sense, and not at random."""

    def answered(response: tuple[object, Mapping[str, Any]] | None, attempts: int, **_: object) -> float | None:
        if response is None or response[1].get("Error", {}).get("Code") not in THROTTLES:
            return None
        wait = pace.throttled(attempts)
        return wait if attempts < most else None

    # Of several that say how long to wait, botocore takes the first.
    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
    client.meta.events.register_first(event, answered)  # type: ignore[arg-type]  # this event's listeners answer
