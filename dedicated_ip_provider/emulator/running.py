"""An emulator behind a port: what `start` returns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator import control, endpoint
from dedicated_ip_provider.emulator.emulator import Emulator
from dedicated_ip_provider.emulator.values import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.wire.server import LOOPBACK, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import TracebackType

    from typing_extensions import Self

    from dedicated_ip_provider.emulator.settings import Settings
    from dedicated_ip_provider.emulator.wire.protocol import Answer, Request


class RunningEmulator(Emulator):
    """An emulator on a local port; it serves until `stop` or the end of the `with` block."""

    def __init__(
        self,
        settings: Settings | None = None,
        now: datetime | None = None,
        tell: Callable[[str], None] | None = None,
        port: int = 0,
    ) -> None:
        """Start an emulator, as `Emulator`, on a port (0: a free one)."""
        super().__init__(settings, now, tell)
        self._server = Server(self._answer, port)
        self.pause = self._server.pause

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        return endpoint.answer(self, request)

    @property
    def url(self) -> str:
        """Return the endpoint: `http://127.0.0.1:<port>`."""
        return self._server.url

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that send every AWS client to this emulator, as account 111122223333."""
        return self.environment_of(DEFAULT_ACCOUNT)

    def environment_of(self, account: str) -> dict[str, str]:
        """Return the variables that send every AWS client to this emulator, as an account of your choice."""
        return environment(self.url, account, os.environ)  # noqa: TID251 - NO_PROXY is read from it

    def stop(self) -> None:
        """Stop serving; the state can still be read."""
        self._server.stop()

    def __enter__(self) -> Self:
        """Serve until the end of the `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.stop()


def environment(url: str, account: str, present: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that send AWS clients to an emulator, whatever is `present` in the environment."""
    # botocore, like other clients, uses an HTTP proxy even for the loopback interface.
    given = present.get("NO_PROXY") or present.get("no_proxy") or ""
    hosts = [host for host in given.split(",") if host]
    direct = ",".join([*hosts, *(host for host in (LOOPBACK, "localhost") if host not in hosts)])
    # A service's own variable would override the one for all services.
    own = {name: url for name in present if name.startswith("AWS_ENDPOINT_URL_")}
    return {
        "AWS_ENDPOINT_URL": url,
        **own,
        # If this were true, clients would ignore the line above and call AWS.
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "not-checked-by-the-emulator",
        "AWS_SESSION_TOKEN": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }
