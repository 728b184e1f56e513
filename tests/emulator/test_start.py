"""Starting and stopping an emulator in a program."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import boto3
import pytest

from dedicated_ip_provider.emulator import Settings, environment, start
from emulator.conftest import EU, NOON, OTHER
from emulator.wire import ask, call


def test_the_environment_sends_any_client_to_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variables set, plain boto3 finds the emulator, whatever else is configured; each has its own world."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with start(now=NOON) as emulator, start(now=NOON) as another:
        assert emulator.environment == emulator.environment_of("111122223333")
        for name, value in emulator.environment_of(OTHER).items():
            monkeypatch.setenv(name, value)
        ssm = boto3.session.Session(region_name="eu-south-1").client("ssm")
        ssm.put_parameter(Name="/a", Value="b", Type="String")
        ssm.close()

        assert ["/a"] == [*emulator.parameters("eu-south-1", OTHER)]
        assert () == another.log


def test_exceptions_from_the_proxy_are_kept() -> None:
    """The loopback interface joins NO_PROXY in both spellings; a service's own endpoint is replaced."""
    url = "http://127.0.0.1:1"
    present = {"no_proxy": "intranet,localhost", "AWS_ENDPOINT_URL_SUPPORT": "https://support"}

    variables = environment(url, "111122223333", present)

    assert "intranet,localhost,127.0.0.1" == variables["NO_PROXY"] == variables["no_proxy"]
    assert "127.0.0.1,localhost" == environment("u", "a", {})["NO_PROXY"]
    assert (url, url) == (variables["AWS_ENDPOINT_URL"], variables["AWS_ENDPOINT_URL_SUPPORT"])
    assert ("111122223333", "true") == (variables["AWS_ACCESS_KEY_ID"], variables["AWS_EC2_METADATA_DISABLED"])


def test_an_emulator_stops_at_once() -> None:
    """Stopping ends open connections and hanging calls; a second stop does nothing; the world can still be read."""
    emulator = start(Settings(pace=1), now=NOON)
    emulator.lease(EU, 1)
    emulator.fault("hang", seconds=3600)
    port = int(emulator.url.rpartition(":")[2])
    idle = socket.create_connection(("127.0.0.1", port))
    hanging = socket.create_connection(("127.0.0.1", port))
    hanging.sendall(call("DescribeCases"))
    while emulator.faults:
        time.sleep(0.001)

    # Were it to wait for the call that hangs, it would wait for an hour.
    emulator.stop()
    emulator.stop()

    assert b"" == idle.recv(1) == hanging.recv(1)
    idle.close()
    hanging.close()
    assert ("192.0.2.1",) == emulator.addresses(EU)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_an_emulator_outlives_a_failed_accept() -> None:
    """A connection that cannot be accepted costs only itself."""
    failures = [OSError("too many open files")]
    with start(now=NOON) as emulator:
        listener = emulator._server._listener

        def accept() -> object:
            if failures:
                raise failures.pop()
            return listener.accept()

        emulator._server._listener = SimpleNamespace(accept=accept, close=listener.close)  # type: ignore[assignment]  # all that the server uses of a socket
        for _ in range(2):
            assert 200 == ask(emulator, call("DescribeCases")).status

    assert [] == failures


def test_an_emulator_is_light() -> None:
    """It takes less than 60 MiB and loads few modules, neither boto3 nor Pulumi."""
    program = (
        "import re, sys\n"
        "from dedicated_ip_provider.emulator import start\n"
        "with start():\n"
        "    peak = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024\n"
        "    print(len(sys.modules), peak, {'boto3', 'pulumi', 'grpc'} & set(sys.modules))\n"
    )
    # Coverage would be measured, too.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COV")} | {"PYTHONPATH": "."}

    command = [sys.executable, "-c", program]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=bare).stdout.split()

    assert (True, True, "set()") == (int(said[0]) < 400, float(said[1]) < 60, said[2]), said
