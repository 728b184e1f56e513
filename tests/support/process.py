"""A process of Pulumi's plugin whose calls to AWS an emulator answers, without a network and without waiting.

boto3 is real; only what it would send goes straight to the emulator, and waiting moves the emulator's clock. So a story
of hundreds of calls takes a second and always has the same result.
"""

from __future__ import annotations

import functools
import io
import os
import time
from contextlib import contextmanager
from dataclasses import replace
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
from dedicated_ip_provider.aws.credentials import Base
from dedicated_ip_provider.aws.session import Session
from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.dynamic import DynamicOperations
from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT, Emulator
from dedicated_ip_provider.emulator.wire.protocol import Request
from dedicated_ip_provider.provider import LeaseProvider
from dedicated_ip_provider.regions import home_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from botocore.awsrequest import AWSPreparedRequest

    from dedicated_ip_provider.operations import LeaseOperations


HOME = "eu-west-1"


class Killed(BaseException):
    """The process was killed: none of our code runs any more, and nothing is stored."""


class Process:
    """A process at the start of a command, which has not called AWS yet. Within `no_wire`, one at a time.

    `killed_at` kills it at a call to AWS (0: the first), before it is carried out or, with `carried_out`, after.
    """

    def __init__(self, emulator: Emulator, *, killed_at: int | None = None, carried_out: bool = False) -> None:
        """Create the process from the emulator that answers its calls."""
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
        """Make operations use the emulator's clock, and this process's session."""
        operations.run = replace(operations.run, now=self._now)
        operations._accounts = Accounts(StackConfig(), self._now)
        session = _clients(len(_waiting))
        _forget(session)
        operations._accounts._accounts[home_of(HOME), None, None] = Account(session, StackConfig(), self._now)

    def _now(self) -> datetime:
        return self._emulator.now

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Return the emulator's answer to a request."""
        # A killed process calls nothing any more, even while it is unwound here.
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
"""The processes that wait for an answer while others run."""


@contextmanager
def meanwhile(emulator: Emulator, work: Callable[[], object], operation: str, *, skip: int = 0) -> Iterator[None]:
    """Delay one call of the process that runs next, and do something else before it reaches AWS."""

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
    """Send calls to AWS to the running process's emulator, and move the emulator's clock instead of waiting."""
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
        # A client limits how often it repeats calls in all; these clients serve many processes.
        mock.patch.object(RetryQuota, "acquire", return_value=True),
    ):
        yield


@functools.cache
def _clients(waiting: int) -> Session:
    """Return the same clients for every process, since creating them takes longer than a story.

    A process that runs while others wait for AWS has its own.
    """
    del waiting
    return Session(Base(StackConfig(), None, HOME), None)


def _forget(session: Session) -> None:
    """Make a session forget earlier calls, like that of a new process."""
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
