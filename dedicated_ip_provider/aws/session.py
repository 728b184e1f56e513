"""From a stack's settings to clients: credentials, roles, and how often a call may be repeated."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, AssumeRoleProvider

from dedicated_ip_provider.aws.credentials import CALLER, Base, RoleCredentials
from dedicated_ip_provider.aws.errors import THROTTLES, preparing, translating_read_errors
from dedicated_ip_provider.aws.throttle import Throttle
from dedicated_ip_provider.regions import endpoints, regions

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

    from dedicated_ip_provider.config import StackConfig

SUPPORT_CALLS: Final = 5
"""How many Support calls a second AWS takes from an account (Support API quotas)."""
SES_CALLS: Final = 1
"""How many SES calls a second, other than to send, AWS takes from an account in a Region (SES quotas)."""
SSM_CALLS: Final = 40
"""How many reads of parameters a second AWS takes from an account in a Region (Systems Manager quotas)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
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


RETRY_POLICY: Final = RetryPolicy()
"""How long a command waits."""


def home_of(region: str) -> str:
    """Return the Region that answers for a Region's whole partition: the one where AWS Support is asked.

    It is always enabled. What is asked once for a run is asked there: no lease's Region keeps others from the answer.
    """
    name = regions().partition_of(region)
    services = next(part["services"] for part in endpoints()["partitions"] if part["partition"] == name)
    support = services.get("support", {})
    endpoint = support.get("endpoints", {}).get(support.get("partitionEndpoint"), {})
    return str(endpoint.get("credentialScope", {}).get("region", region))


class Session:
    """One way into AWS. Clients are made when first used, under a lock, and shared by all threads."""

    def __init__(  # noqa: PLR0913 - where to, as whom, and how
        self,
        config: StackConfig,
        home: str,
        profile: str | None,
        role_arn: str | None,
        retry_policy: RetryPolicy = RETRY_POLICY,
        *,
        base: Base | None = None,
    ) -> None:
        """Take the stack's configuration, a Region of the account's partition, and a lease's own profile and role.

        `base` is one of the same configuration, profile and partition that is there already.
        """
        self.retry_policy = retry_policy
        self.sts_region = config.sts_region or home_of(home)
        self._base = base or Base(config, profile, self.sts_region)
        own_role = ({"RoleArn": role_arn, "RoleSessionName": CALLER},) if role_arn else ()
        self._roles: tuple[Mapping[str, Any], ...] = own_role or (() if profile else config.roles)
        self._lock = threading.RLock()
        self._credentials: Credentials | None = None
        self._botocore: BotocoreSession | None = None
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._support_pace = Throttle(retry_policy.second, SUPPORT_CALLS)
        self._ses_throttles = threading.Event()
        self._ses_paces: dict[str, Throttle] = {}

    @property
    def sts(self) -> STSClient:
        """The client that says who we are."""
        client: STSClient = self._client("sts", self.sts_region)
        return client

    @property
    def support(self) -> SupportClient:
        """The client that reads cases; whatever the Region, botocore goes to the one place of its partition."""
        client: SupportClient = self._client("support", self.sts_region)
        return client

    @property
    def support_once(self) -> SupportClient:
        """The client that writes cases: nothing is ever sent twice."""
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
        """Return the client that writes a Region's parameters: nothing is ever sent twice."""
        client: SSMClient = self._client("ssm", region, once=True)
        return client

    def support_turn(self) -> AbstractContextManager[None]:
        """Wait until AWS takes a call to Support; each page of a list is a call."""
        return self._support_pace.turn()

    def ses_turn(self, region: str) -> AbstractContextManager[None]:
        """Wait until AWS takes a call to a Region's SES."""
        return self._ses_pace(region).turn()

    def _ses_pace(self, region: str) -> Throttle:
        with self._lock:
            pace = Throttle(self.retry_policy.second, SES_CALLS, self._ses_throttles)
            return self._ses_paces.setdefault(region, pace)

    def _client(self, service: str, region: str, *, once: bool = False) -> Any:  # noqa: ANN401 - one of those above
        key = (service, region, once)
        with preparing(self._base.source):
            with self._lock:
                if self._credentials is None or self._botocore is None:
                    self._credentials = self._find_credentials()
                    self._botocore = self._base.new_session(self._credentials)
                if key not in self._clients:
                    self._clients[key] = self._new_client(self._botocore, service, region, once=once)
            # Got or renewed here, so that a fault in that is no fault of the call that comes next.
            self._credentials.get_frozen_credentials()
        return self._clients[key]

    def _new_client(self, botocore: BotocoreSession, service: str, region: str, *, once: bool) -> BaseClient:
        client = botocore.create_client(service, region_name=region, config=self.retry_policy.client(once=once))
        pace = self._pace_of(service, region)
        if pace:
            _ask_again_when_throttled(client, 1 if once else self.retry_policy.questions, pace)
        return client

    def _pace_of(self, service: str, region: str) -> Throttle | None:
        if service == "support":
            return self._support_pace
        if service == "sesv2":
            return self._ses_pace(region)
        return Throttle(self.retry_policy.second, SSM_CALLS) if service == "ssm" else None

    def _find_credentials(self) -> Credentials:
        credentials = self._base.credentials()
        for role in self._roles:
            credentials = self._in_role(role, credentials)
        return credentials

    def _in_role(self, role: Mapping[str, Any], source: Credentials) -> Credentials:
        """Return a role's credentials: assumed with others, and renewed before they end."""

        def assume() -> Mapping[str, Any]:
            with preparing(self._base.source):
                source.get_frozen_credentials()
            with translating_read_errors("sts:AssumeRole", f"role {role['RoleArn']}"):
                return AssumeRoleCredentialFetcher(
                    self._base.sts, source, role["RoleArn"], dict(role)
                ).fetch_credentials()

        return RoleCredentials(assume, AssumeRoleProvider.METHOD)


def _ask_again_when_throttled(client: BaseClient, most: int, pace: Throttle) -> None:
    """Hear when AWS throttles a call; a question is asked again as soon as that makes sense, and not at random."""

    def answered(response: tuple[object, Mapping[str, Any]] | None, attempts: int, **_: object) -> float | None:
        if response is None or response[1].get("Error", {}).get("Code") not in THROTTLES:
            return None
        wait = pace.throttled(attempts)
        return wait if attempts < most else None

    # Of several that say how long to wait, botocore takes the first.
    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
    client.meta.events.register_first(event, answered)  # type: ignore[arg-type]  # this event's listeners answer


class Sessions:
    """The ways into AWS of a run, each made once. What starts from the same credentials shares them."""

    def __init__(self, config: StackConfig, retry_policy: RetryPolicy = RETRY_POLICY) -> None:
        """Take the stack's configuration, and how long AWS is waited for."""
        self._config = config
        self._retry_policy = retry_policy
        self._lock = threading.Lock()
        self._bases: dict[tuple[str, str | None], Base] = {}
        self._sessions: dict[tuple[str, str | None, str | None], Session] = {}

    def get(self, region: str, profile: str | None, role_arn: str | None) -> Session:
        """Return the way in that a lease's own profile and role, or else the stack's, lead to."""
        home = home_of(region)
        with self._lock:
            if (home, profile) not in self._bases:
                self._bases[home, profile] = Base(self._config, profile, self._config.sts_region or home)
            if (home, profile, role_arn) not in self._sessions:
                base = self._bases[home, profile]
                self._sessions[home, profile, role_arn] = Session(
                    self._config, home, profile, role_arn, self._retry_policy, base=base
                )
            return self._sessions[home, profile, role_arn]
