"""The plugin's process, started as the engine starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineServicer, add_EngineServicer_to_server
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub
from support.plugin import struct

from plugin.native import FORM, URN, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE = 600.0
PLUGIN = (sys.executable, "-m", "dedicated_ip_provider.plugin")


class Engine(EngineServicer):
    """An engine that keeps what it is told."""

    def __init__(self) -> None:
        """Start without messages."""
        self.messages: list[str] = []

    def Log(self, request: Any, _: object) -> Empty:  # noqa: N802 - the engine's call
        """Keep a message."""
        self.messages.append(request.message)
        return Empty()


@contextmanager
def running(*command: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Start a command that starts the plugin; give its process, and the engine's calls to the port that it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | variables
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            yield process, ResourceProviderStub(channel)


@pytest.mark.parametrize(
    ("engines", "number"),
    [((), signal.SIGTERM), (("127.0.0.1:1",), signal.SIGINT)],
    ids=["for its schema", "for an engine"],
)
def test_it_serves_until_the_engine_ends_it(engines: tuple[str, ...], number: signal.Signals) -> None:
    """It prints its port, answers, and ends at once when nothing is under way.

    Pulumi starts it without an address where it only wants its schema.
    """
    with running(*PLUGIN, *engines) as (process, engine):
        engine.Configure(provider_pb2.ConfigureRequest(args=struct({"region": "eu-west-1"})), timeout=DEADLINE)
        news = {"count": 2, "useCase": FORM}
        checked = engine.Check(provider_pb2.CheckRequest(urn=URN, news=struct(news)), timeout=DEADLINE)
        schema = engine.GetSchema(provider_pb2.GetSchemaRequest(), timeout=DEADLINE)
        process.send_signal(number)

        assert {**news, "region": "eu-west-1"} == plain(checked.inputs)
        assert "dedicatedip" == json.loads(schema.schema)["name"]
        assert 0 == process.wait(DEADLINE)


@pytest.mark.parametrize(
    ("flags", "variables"),
    [
        (("-v=9", "--logtostderr", "--tracing", "http://127.0.0.1:9"), {}),
        ((), {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "no_proxy": ""}),
    ],
    ids=["with the engine's flags", "behind a proxy"],
)
def test_its_messages_reach_the_engine(flags: tuple[str, ...], variables: dict[str, str]) -> None:
    """They say what is final and what it costs; the engine's address is the last argument."""
    told = Engine()
    server = grpc.server(ThreadPoolExecutor(1))
    add_EngineServicer_to_server(told, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        with running(*PLUGIN, *flags, address, **variables) as (process, engine):
            engine.Configure(provider_pb2.ConfigureRequest(args=struct({"region": "eu-west-1"})), timeout=DEADLINE)
            inputs = struct({"count": 2, "useCase": FORM, "region": "eu-west-1"})
            engine.Create(provider_pb2.CreateRequest(urn=URN, properties=inputs, preview=True), timeout=DEADLINE)
            process.terminate()
    finally:
        server.stop(None)

    [message] = told.messages
    assert message.startswith(
        "eu (eu-west-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90"
    )


def test_it_ends_when_its_engine_was_killed() -> None:
    """A killed engine tells nobody, and its plugin would live on for ever."""
    # A program between the two that can be killed, as the engine can.
    starting = f"import subprocess; subprocess.run([*{PLUGIN}, '127.0.0.1:1'])"
    with running(sys.executable, "-c", starting) as (between, engine):
        engine.GetPluginInfo(Empty(), timeout=DEADLINE)
        between.kill()

        # The plugin has the other end of the pipe; there is nothing more to read when it has ended.
        assert "" == between.communicate(timeout=DEADLINE)[0]
