"""The plugin's process, started as the engine starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub
from support.plugin import struct

from plugin.native import FORM, URN, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE = 600.0
PLUGIN = (sys.executable, "-m", "dedicated_ip_provider.plugin")


@contextmanager
def running(*command: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Start a command that starts the plugin; give its process, and the engine's calls to the port that it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
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


def test_it_ends_when_its_engine_was_killed() -> None:
    """A killed engine tells nobody, and its plugin would live on for ever."""
    # A program between the two that can be killed, as the engine can.
    starting = f"import subprocess; subprocess.run([*{PLUGIN}, '127.0.0.1:1'])"
    with running(sys.executable, "-c", starting) as (between, engine):
        engine.GetPluginInfo(Empty(), timeout=DEADLINE)
        between.kill()

        # The plugin has the other end of the pipe; there is nothing more to read when it has ended.
        assert "" == between.communicate(timeout=DEADLINE)[0]
