"""From a stack's settings to clients: credentials, roles, and how often a call may be repeated."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config

from dedicated_ip_provider.aws.pace import Pace
from dedicated_ip_provider.aws.sdk import InRegion, Sdk, make_regional
from dedicated_ip_provider.aws.translate import THROTTLES, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from botocore.client import BaseClient
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sts import STSClient
    from types_boto3_support import SupportClient

    from dedicated_ip_provider.settings import Settings

CALLER: Final = "dedicated-ip-provider"
SUPPORT_CALLS: Final = 5
"""How many Support calls a second AWS takes from an account (Support API quotas)."""
SES_CALLS: Final = 1
"""How many SES calls a second, other than to send, AWS takes from an account in a Region (SES quotas)."""


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

    def __init__(  # noqa: PLR0913 - where to, as whom, and how
        self,
        settings: Settings,
        home: str,
        profile: str | None,
        role_arn: str | None,
        patience: Patience = PATIENCE,
        *,
        sdk: Sdk | None = None,
    ) -> None:
        """Take the stack's settings, a Region of the account's partition, and a lease's own profile and role.

        `sdk` is one of the same profile that is there already.
        """
        self.patience = patience
        self._home = home
        self._sdk = sdk or Sdk(profile or settings.profile)
        # Keys in the stack's configuration stand for the stack's own way in, not for a lease's other profile.
        self._keys: Mapping[str, Any] = {} if profile else settings.keys
        own_role = ({"RoleArn": role_arn, "RoleSessionName": CALLER},) if role_arn else ()
        self._roles: tuple[Mapping[str, Any], ...] = own_role or (() if profile else settings.roles)
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, bool], Any] = {}
        self._support_pace = Pace(patience.second, SUPPORT_CALLS)
        self._ses_paces: dict[str, Pace] = {}

    @property
    def sts(self) -> STSClient:
        """The client that says who we are."""
        client: STSClient = self._client("sts", self._home)
        return client

    @property
    def support(self) -> SupportClient:
        """The client that reads cases; whatever the Region, botocore goes to the desk of its partition."""
        client: SupportClient = self._client("support", self._home)
        return client

    @property
    def support_once(self) -> SupportClient:
        """The client that writes cases: nothing is ever sent twice."""
        client: SupportClient = self._client("support", self._home, once=True)
        return client

    def ses(self, region: str) -> SESV2Client:
        """Give the client that reads a Region's dedicated IP addresses."""
        client: SESV2Client = InRegion(self._client("sesv2", region), region)  # type: ignore[assignment]  # acts as one
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

    def _client(self, service: str, region: str, *, once: bool = False) -> Any:  # noqa: ANN401 - one of the four above
        with self._lock:
            key = (service, once)
            if key not in self._clients:
                self._clients[key] = self._new_client(service, region, once=once)
            return self._clients[key]

    def _new_client(self, service: str, region: str, *, once: bool) -> BaseClient:
        self._assume_roles()
        client = self._sdk.client(service, region, self.patience.client(once=once), self._keys)
        most = 1 if once else self.patience.questions
        if service == "sesv2":
            make_regional(client)
            self._listen(client, most, lambda context: self._ses_pace(context["signing"]["region"]))
        if service == "support":
            self._listen(client, most, lambda _: self._support_pace)
        return client

    def _assume_roles(self) -> None:
        while self._roles:
            role = self._roles[0]
            with asking("sts:AssumeRole", f"role {role['RoleArn']}"):
                sts: Any = self._sdk.client("sts", self._home, self.patience.client(once=False), self._keys)
                given = sts.assume_role(**role)["Credentials"]
                self._keys = {
                    "aws_access_key_id": given["AccessKeyId"],
                    "aws_secret_access_key": given["SecretAccessKey"],
                    "aws_session_token": given["SessionToken"],
                }
            self._roles = self._roles[1:]

    def _listen(self, client: BaseClient, most: int, pace_of: Callable[[Mapping[str, Any]], Pace]) -> None:
        """Hear when AWS throttles a call; a question is asked again as soon as that makes sense, and not at random."""

        def answered(
            response: tuple[object, Mapping[str, Any]] | None,
            attempts: int,
            request_dict: Mapping[str, Any],
            **_: object,
        ) -> float | None:
            if response is None or response[1].get("Error", {}).get("Code") not in THROTTLES:
                return None
            wait = pace_of(request_dict["context"]).throttled(attempts)
            return wait if attempts < most else None

        # Of several that say how long to wait, botocore takes the first.
        event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
        client.meta.events.register_first(event, answered)  # type: ignore[arg-type]  # this event's listeners answer
