"""Credentials from every source that botocore knows, without ever prompting a person.

A command may run where nobody can answer, as Pulumi's plugins always do: a prompt would wait for ever. So profiles that
need an MFA code are refused, and a `credential_process` runs without a terminal and with a time limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.credentials import (
    AssumeRoleProvider,
    AssumeRoleWithWebIdentityCredentialFetcher,
    AssumeRoleWithWebIdentityProvider,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
    EnvProvider,
    InstanceMetadataProvider,
    ProcessProvider,
    ProfileProviderBuilder,
    create_credential_resolver,
)
from botocore.exceptions import (
    BotoCoreError,
    CredentialRetrievalError,
    NoCredentialsError,
    RefreshWithMFAUnsupportedError,
)
from botocore.session import Session as BotocoreSession
from botocore.utils import FileWebIdentityTokenLoader

from dedicated_ip_provider.aws.errors import Source, translating_read_errors
from dedicated_ip_provider.regions import home_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.client import BaseClient

    from dedicated_ip_provider.config import StackConfig

CALLER: Final = "dedicated-ip-provider"
"""The mark of our calls in the user agent, and the name of our role sessions."""
PROCESS_SECONDS: Final = 60.0
"""How long a `credential_process` may take; pulumi-aws has the same limit."""
KEYS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
"""The keys of `StackConfig.keys`, in the order of botocore's parameters."""
FILES: Final = ("config_file", "credentials_file")
"""botocore's names of the two files with profiles."""

# For STS, IAM Identity Center and sign-in: if the host is unreachable, three attempts end within ten seconds.
_CREDENTIALS_CONFIG: Final = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_extra=CALLER,
)
_WITH_VARIANTS: Final = ("sesv2", "ssm", "sts")
"""The services that have FIPS and dual-stack endpoints, which a stack may choose."""
_NO_VARIANT: Final = {"use_fips_endpoint": False, "use_dualstack_endpoint": False}
"""AWS Support has no such endpoints, whatever the environment says."""


class PlainSession(BotocoreSession):
    """botocore's session, with the endpoints of the stack's configuration.

    It creates one client at a time, including those that renew credentials: botocore's session is not thread-safe,
    although its clients are.
    """

    def __init__(self, config: StackConfig, profile: str | None) -> None:
        """Create a session from the stack's configuration and a profile; files are read only when needed."""
        super().__init__(profile=profile)
        self._stack_config = config
        self._making = threading.RLock()
        self.set_default_client_config(_CREDENTIALS_CONFIG)
        for name, value in config.variables.items():
            self.set_config_variable(name, value)

    def create_client(self, service_name: str, *args: Any, **kwargs: Any) -> BaseClient:  # noqa: ANN401 - botocore's own
        """Create a client as botocore does."""
        config = self._stack_config
        kwargs["endpoint_url"] = kwargs.get("endpoint_url") or config.endpoints.get(service_name)
        variants = config.client_options if service_name in _WITH_VARIANTS else {}
        options = _NO_VARIANT if service_name == "support" else variants
        chosen = Config(**options)  # type: ignore[arg-type]  # options that are either true or false
        kwargs["config"] = chosen.merge(kwargs["config"]) if kwargs.get("config") else chosen
        with self._making:
            return super().create_client(service_name, *args, **kwargs)


class Base:
    """The credentials of one profile, or of the environment, from which sessions and roles start."""

    def __init__(self, config: StackConfig, profile: str | None, region: str) -> None:
        """Create the base from the stack's configuration, a lease's own profile, and a Region of the partition."""
        # Keys and tokens in the stack's configuration are the stack's own credentials, not those of a lease's profile.
        self._is_stacks_own = profile is None
        self._config = config
        self.region = config.sts_region or home_of(region)
        self.roles = () if profile else config.roles
        self._session = PlainSession(config, profile or config.profile)
        self._lock = threading.RLock()
        self._credentials: Credentials | None = None

    @property
    def source(self) -> Source:
        """Where the credentials come from, for messages."""
        # As in botocore, a folder that may not be entered has no file; `Path.is_file` would raise.
        files = tuple(str(path) for path in self._files() if os.path.isfile(path))  # noqa: PTH113
        profile = self._session.get_config_variable("profile")
        return Source(profile=profile, files=files, signs_in=self._signs_in(profile))

    def credentials(self) -> Credentials:
        """Return the credentials. Raises botocore's errors, and those of reading files."""
        with self._lock:
            self._credentials = self._credentials or self._find()
            return self._credentials

    def new_session(self, credentials: Credentials) -> BotocoreSession:
        """Return a session of the same configuration that uses these credentials."""
        session = PlainSession(self._config, self._session.get_config_variable("profile"))
        bundle = session.get_config_variable("ca_bundle")
        if bundle:
            # Raise here if it cannot be read; otherwise every call would fail as if AWS had answered.
            Path(bundle).open("rb").close()
        with self._lock:
            session.register_component("data_loader", self._session.get_component("data_loader"))
        session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
        return session

    def sts(self, service: str = "sts", **keys: Any) -> BaseClient:  # noqa: ANN401 - keys, as botocore passes them on
        """Create a client that assumes roles."""
        return self._session.create_client(service, region_name=self.region, **keys)

    def _find(self) -> Credentials:
        config = self._config
        if self._is_stacks_own and config.web_identity:
            return self._web_identity(config.web_identity)
        if self._is_stacks_own and config.keys:
            access_key, secret_key, token = (config.keys.get(name, "") for name in KEYS)
            return Credentials(access_key, secret_key, token or None)
        return self._search()

    def _web_identity(self, options: Mapping[str, Any]) -> Credentials:
        rest = dict(options)
        file, literal, role_arn = (
            rest.pop("WebIdentityTokenFile", None),
            rest.pop("WebIdentityToken", None),
            rest.pop("RoleArn"),
        )
        token = FileWebIdentityTokenLoader(file) if file else lambda: literal

        def assume() -> Mapping[str, Any]:
            with translating_read_errors("sts:AssumeRoleWithWebIdentity", f"role {role_arn}"):
                fetcher = AssumeRoleWithWebIdentityCredentialFetcher(self.sts, token, role_arn, rest)
                return fetcher.fetch_credentials()

        return RoleCredentials(assume, AssumeRoleWithWebIdentityProvider.METHOD)

    def _search(self) -> Credentials:
        try:
            found = self._resolver().load_credentials()
        except BotoCoreError:
            self._open_files()
            raise
        if found is None or found.method != EnvProvider.METHOD:
            self._open_files()
        if found is None:
            raise NoCredentialsError
        return found

    def _resolver(self) -> CredentialResolver:
        session = self._session
        if session.get_config_variable("region") is None:
            session.set_config_variable("region", self.region)
        resolver = create_credential_resolver(session, region_name=self.region)
        _never_prompt(resolver, session, self.region)
        if not self._config.asks_metadata:
            resolver.remove(InstanceMetadataProvider.METHOD)
        return resolver

    def _open_files(self) -> None:
        """Open the files with profiles: botocore treats one that it cannot read as empty."""
        for name, path in zip(FILES, self._files(), strict=True):
            if path.exists() or name in self._config.variables:
                path.open("rb").close()

    def _signs_in(self, profile: str | None) -> str | None:
        """Return the profile that a person signs in to: the last one along `source_profile`."""
        last = first = profile or "default"
        with suppress(BotoCoreError):
            profiles, seen = self._session.full_config["profiles"], {first}
            while isinstance(below := profiles.get(last, {}).get("source_profile"), str) and below not in seen:
                seen.add(last := below)
        return profile if last == first else last

    def _files(self) -> list[Path]:
        named = (self._session.get_config_variable(name) for name in FILES)
        # `Path.expanduser` would raise where no home is known, as for a container's user without a name.
        return [Path(os.path.expanduser(os.path.expandvars(name))) for name in named]  # noqa: PTH111


class _Given(CredentialProvider):
    """A botocore provider of credentials that are already known."""

    METHOD = "given"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        return self._credentials


class RoleCredentials(DeferredRefreshableCredentials):
    """Renewed 5 minutes before they expire: botocore's 15 would renew STS's shortest-lived ones at each call."""

    _advisory_refresh_timeout = 5 * 60
    _mandatory_refresh_timeout = 60


class _Process(subprocess.Popen[bytes]):
    """A `credential_process` without a terminal, killed if it takes too long."""

    def __init__(self, arguments: list[str], **options: Any) -> None:  # noqa: ANN401 - as botocore passes them on
        super().__init__(arguments, stdin=subprocess.DEVNULL, start_new_session=True, **options)

    def communicate(self, *_: object, **__: object) -> tuple[bytes, bytes]:
        try:
            printed, complaint = super().communicate(timeout=PROCESS_SECONDS)
        except subprocess.TimeoutExpired:
            self._end()
            raise _bad(self, f"took longer than {PROCESS_SECONDS:.0f} s") from None
        if self.returncode == 0:
            try:
                is_object = isinstance(json.loads(printed), dict)
            except ValueError:
                is_object = False
            if not is_object:
                raise _bad(self, "did not print a JSON object")
        return printed, complaint

    def _end(self) -> None:
        self.kill()
        self.wait()
        # Its own child processes may still hold the other ends of the pipes: do not wait for them.
        for pipe in filter(None, (self.stdout, self.stderr)):
            pipe.close()


def _bad(process: subprocess.Popen[bytes], what: str) -> CredentialRetrievalError:
    # The arguments after the program's name may contain secrets.
    program = process.args[0] if isinstance(process.args, list) else process.args
    return CredentialRetrievalError(provider="custom-process", error_msg=f"credential_process {program!r} {what}")


class _Builder(ProfileProviderBuilder):
    """Builds the providers of a profile that another one names as its `source_profile`."""

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[CredentialProvider]:  # noqa: FBT001, FBT002 - botocore's signature
        """Build them, without prompts."""
        return _without_terminal(super().providers(profile_name, disable_env_vars))


def _never_prompt(resolver: CredentialResolver, session: BotocoreSession, region: str) -> None:
    """Keep every provider of credentials from prompting a person."""
    # botocore offers no other way: AWS's own command line sets these attributes too.
    for provider in _without_terminal(resolver.providers):
        if isinstance(provider, AssumeRoleProvider):
            builder = _Builder(session, cache=provider.cache, region_name=region)
            vars(provider).update(_prompter=_refuse, _profile_provider_builder=builder)


def _without_terminal(providers: list[CredentialProvider]) -> list[CredentialProvider]:
    for provider in providers:
        if isinstance(provider, ProcessProvider):
            vars(provider).update(_popen=_Process)
    return providers


def _refuse(_: str) -> str:
    raise RefreshWithMFAUnsupportedError
