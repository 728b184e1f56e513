"""A process of Pulumi's plugin whose calls to AWS an emulator answers, with no wire and no waiting between them.

boto3 is the real one; only what it would send is taken to the emulator, and what would be waiting lets the emulator's time
pass. So a story of hundreds of calls takes a second, and goes the same way each time.
"""

from __future__ import annotations

import functools
import io
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session
from botocore.retries.quota import RetryQuota
from pulumi import contains_unknowns
from urllib3 import HTTPResponse

from dedicated_ip_provider.aws.account import Account, Accounts
from dedicated_ip_provider.aws.session import Session, home_of
from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.dynamic import DynamicOperations
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, Emulator
from dedicated_ip_provider.emulator.wire.protocol import Request
from dedicated_ip_provider.provider import LeaseProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from botocore.awsrequest import AWSPreparedRequest

    from dedicated_ip_provider.operations import LeaseOperations


HOME = "eu-west-1"


class Killed(BaseException):
    """The process was killed: nothing of ours runs any more, and nothing is stored."""


class Process:
    """A process at the start of a command: `provider` knows nothing of AWS yet. Within `no_wire`, one at a time.

    `killed_at` ends it at a call to AWS (0: the first), before it was carried out or, with `carried_out`, after.
    """

    def __init__(self, emulator: Emulator, *, killed_at: int | None = None, carried_out: bool = False) -> None:
        """Take the emulator that answers; nothing is called yet."""
        self._emulator = emulator
        self._left = killed_at
        self._carried_out = carried_out
        self.is_dead = False
        operations = DynamicOperations(StackConfig(), is_unknown=contains_unknowns, environment=os.environ)
        self.take_in(operations)
        self.provider = LeaseProvider()
        self.provider._operations = operations
        _running[:] = [self]

    def take_in(self, operations: LeaseOperations) -> None:
        """Make operations use the process's clock, which is the emulator's, and its session with AWS."""
        operations._now = self._now  # type: ignore[method-assign]  # see above
        operations._accounts = Accounts(StackConfig(), self._now)
        session = _clients(len(_waiting))
        _forget(session)
        operations._accounts._accounts[home_of(HOME), None, None] = Account(session, StackConfig(), self._now)

    def _now(self) -> datetime:
        return self._emulator.now

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Take a request to the emulator, and bring its answer back."""
        # What is dead calls nothing any more, whatever still runs to clear up.
        if self.is_dead:
            raise Killed
        self.is_dead = self._left == 0
        if self._left is not None:
            self._left -= 1
        if self.is_dead and not self._carried_out:
            raise Killed
        reply = self._emulator.answer(_request(request))
        if self.is_dead:
            raise Killed
        if reply.ending != "whole":
            raise ConnectionClosedError(endpoint_url=request.url)
        body = HTTPResponse(io.BytesIO(reply.body), preload_content=False)
        return AWSResponse(request.url, int(reply.status), HTTPHeaders.from_dict(dict(reply.headers)), body)


_running: list[Process] = []
"""The process that calls AWS."""
_waiting: list[Process] = []
"""The processes whose call AWS has not answered yet, while others run."""


@contextmanager
def meanwhile(emulator: Emulator, work: Callable[[], object], operation: str, *, skip: int = 0) -> Iterator[None]:
    """Hold one call of the process that runs next up on its way to AWS, and do something else until it arrives."""

    def pause(_: float) -> None:
        emulator.pause = emulator.advance
        _waiting.append(_running[0])
        try:
            work()
        finally:
            _running[:] = [_waiting.pop()]

    emulator.fault("slow", operation=operation, skip=skip)
    emulator.pause = pause
    yield
    assert emulator.pause != pause, f"there was no call {operation}"


@contextmanager
def no_wire(emulator: Emulator) -> Iterator[None]:
    """Let what is sent to AWS go to the running process's emulator, and the emulator's time pass where a program waits."""
    emulator.pause = emulator.advance
    keys = {"AWS_ACCESS_KEY_ID": DEFAULT_ACCOUNT, "AWS_SECRET_ACCESS_KEY": "not-checked-by-the-emulator"}

    def monotonic() -> float:
        return emulator.now.timestamp()

    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with (
        mock.patch.dict(os.environ, {**others, **keys}, clear=True),
        mock.patch.object(time, "sleep", emulator.advance),
        mock.patch.object(time, "monotonic", monotonic),
        mock.patch.object(URLLib3Session, "send", _send),
        # A client counts what it repeats, and some day repeats no more; these serve many processes.
        mock.patch.object(RetryQuota, "acquire", return_value=True),
    ):
        yield


@functools.cache
def _clients(waiting: int) -> Session:
    """Give one process after the other the same clients: to make them takes longer than what they are made for.

    A process that runs while others wait for AWS has others than those.
    """
    del waiting
    return Session(StackConfig(), HOME, None, None)


def _forget(session: Session) -> None:
    """Let a session know nothing of earlier calls, like that of a new process."""
    for throttle in (session._support_throttle, *session._ses_throttles.values()):
        throttle._throttles.clear()
        throttle._not_before = 0.0
        throttle._answered.clear()


def _send(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
    return _running[0].send(request)


def _request(request: AWSPreparedRequest) -> Request:
    _, _, after_host = request.url.partition("://")[2].partition("/")
    path, _, query = after_host.partition("?")
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    body = request.body or b""
    return Request(
        method=request.method,
        path=f"/{path}",
        query=query,
        headers=headers,
        body=body.encode() if isinstance(body, str) else body,  # type: ignore[arg-type]  # we send no files
    )
