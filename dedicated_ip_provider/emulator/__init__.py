"""An AWS account on your own machine, with the staff behind AWS Support.

It answers AWS Support, SES v2, Systems Manager's Parameter Store, STS and Service Quotas over HTTP, and checks
requests and answers against botocore's service models. Its staff grants and removes dedicated IP addresses on command
or at a pace of its own. It shares no code with the provider. From a shell, run `dedicated-ip emulator`; in a test or a
demo:

    from dedicated_ip_provider.emulator import start

    with start() as emulator:                             # nothing happens until you say so
        os.environ.update(emulator.environment)           # url, keys, NO_PROXY
        case = boto3.client("support", region_name="eu-west-1").create_case(...)["caseId"]

        emulator.grant(case)                              # all that are missing; the case is resolved
        emulator.grant(case, 1)                           # one of several: the case stays open
        emulator.grant(case, 1, close=True)               # one of several; the case is resolved
        emulator.grant(case, 5)                           # more than asked for
        emulator.refuse(case); emulator.ask(case, "Why?"); emulator.say(case, "Soon."); emulator.resolve(case)
        emulator.confirm_question(case); emulator.remove(case)    # of a relinquish case
        emulator.set_status(case, "pending-amazon-action")        # any word

A case is named by its id or by the number people see. Every account exists already; an access key of 12 digits
selects that account, and any other key selects 111122223333. Methods take `account=` where it matters.

    emulator.file_by_hand(subject, body), emulator.reply(case, "Yes.")      what customers do in the Support Center
    emulator.lease("eu-west-1", 2), emulator.take_away("eu-west-1", ip)     addresses of others come and go
    emulator.import_addresses("eu-west-1", ip), emulator.add_managed("eu-west-1", 2)
    emulator.put_parameter("eu-west-1", "/a/b", "value"), emulator.delete_parameter("eu-west-1", "/a/b")
    emulator.parameter("eu-west-1", "/a/b"), emulator.parameters("eu-west-1")
    emulator.cases(), emulator.case(case), emulator.state()
    emulator.addresses("eu-west-1"), emulator.details("eu-west-1")
    emulator.advance(3600), emulator.advance(days=45), emulator.now         `start(now=...)` stops the clock
    emulator.change(pace=2, confirm_relinquish=False)                       any of `Settings`
    emulator.fault("reset", operation="CreateCase", when="after", times=2, skip=1)
    emulator.faults, emulator.clear_faults()
    emulator.log, emulator.calls("CreateCase"), emulator.reset(), emulator.stop()

`Emulator` is all of the above without a port; `emulator.answer(Request(...))` answers a request without a network.
`Case`, `Address`, `Parameter`, `Entry` (of the log), `Fault` and `Settings` are frozen values, documented where they
are defined. A command that cannot be carried out raises an `EmulatorError` and changes nothing. The same commands
are available over HTTP at `/_emulator/`: see `control`. For what `Fault` can break, and when, see `faults`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator import control
from dedicated_ip_provider.emulator.emulator import Emulator
from dedicated_ip_provider.emulator.faults import Fault
from dedicated_ip_provider.emulator.log import Entry
from dedicated_ip_provider.emulator.settings import Settings
from dedicated_ip_provider.emulator.values import (
    DEFAULT_ACCOUNT,
    Address,
    BadCommand,
    Case,
    Communication,
    EmulatorError,
    NotHere,
    Parameter,
    ParameterVersion,
)
from dedicated_ip_provider.emulator.wire.server import LOOPBACK, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import TracebackType

    from typing_extensions import Self

    from dedicated_ip_provider.emulator.wire.protocol import Answer, Request

__all__ = [
    "DEFAULT_ACCOUNT",
    "Address",
    "BadCommand",
    "Case",
    "Communication",
    "Emulator",
    "EmulatorError",
    "Entry",
    "Fault",
    "NotHere",
    "Parameter",
    "ParameterVersion",
    "RunningEmulator",
    "Settings",
    "start",
]


def start(
    settings: Settings | None = None,
    *,
    now: datetime | None = None,
    tell: Callable[[str], None] | None = None,
    port: int = 0,
) -> RunningEmulator:
    """Start an emulator in this process, on a free port of the loopback interface.

    By default its staff waits for commands. With `now`, its clock stays at that time until it is advanced.
    `tell` is called with a line for each event.
    """
    return RunningEmulator(settings, now, tell, port)


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
        self._server = Server(self._serve, port)
        self.pause = self._server.pause

    def _serve(self, request: Request) -> Answer:
        return control.answer(self, request) if request.path.startswith(control.PREFIX) else self.answer(request)

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
