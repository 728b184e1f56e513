"""Starting and stopping an emulator in a program."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import boto3
import pytest

from dedicated_ip_provider.emulator import Settings, environment, start
from emulator.conftest import NOON
from emulator.wire import ask, call

if TYPE_CHECKING:
    from pathlib import Path


def test_the_environment_sends_any_client_to_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variables set, plain boto3 finds the emulator, whatever else is configured."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with start() as emulator:
        assert emulator.environment == emulator.environment_of("111122223333")
        for name, value in emulator.environment_of("444455556666").items():
            monkeypatch.setenv(name, value)
        session = boto3.session.Session(region_name="eu-west-1")
        client, ssm = session.client("sts"), session.client("ssm", region_name="eu-south-1")
        identity = client.get_caller_identity()
        ssm.put_parameter(Name="/a", Value="b", Type="String")
        client.close()
        ssm.close()
        written = emulator.parameters("eu-south-1", "444455556666")

    assert "444455556666" == identity["Account"]
    assert ["/a"] == [*written]


def test_exceptions_from_the_proxy_are_kept() -> None:
    """The loopback interface joins whatever NO_PROXY has already, in both spellings."""
    variables = environment("http://127.0.0.1:1", "111122223333", {"no_proxy": "intranet,localhost"})

    assert "intranet,localhost,127.0.0.1" == variables["NO_PROXY"] == variables["no_proxy"]
    assert "127.0.0.1,localhost" == environment("u", "a", {})["NO_PROXY"]
    own = environment("http://127.0.0.1:1", "111122223333", {"AWS_ENDPOINT_URL_SUPPORT": "https://support"})
    assert "http://127.0.0.1:1" == own["AWS_ENDPOINT_URL_SUPPORT"]
    assert {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items() <= variables.items()


def test_an_emulator_stops_at_once() -> None:
    """Stopping ends open connections and hanging calls; a second stop does nothing; the world can still be read."""
    emulator = start(Settings(pace=1), now=NOON)
    emulator.lease("eu-west-1", 1)
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
    assert ("192.0.2.1",) == emulator.addresses("eu-west-1")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_an_emulator_outlives_a_failed_accept() -> None:
    """A connection that cannot be accepted costs only itself."""
    with start(now=NOON) as emulator:
        server = emulator._server
        listener, refusals = server._listener, [OSError("too many open files")]

        class Refusing:
            """A listener that fails once."""

            def accept(self) -> object:
                """Fail once, then work."""
                if refusals:
                    raise refusals.pop()
                return listener.accept()

            def close(self) -> None:
                """Close the real one."""
                listener.close()

        server._listener = Refusing()  # type: ignore[assignment]  # all that the server uses of a socket
        for _ in range(2):
            assert 200 == ask(emulator, call("DescribeCases")).status

    assert [] == refusals


def test_two_emulators_know_nothing_of_each_other() -> None:
    """Each emulator has its own world, in one process too."""
    with start(now=NOON) as one, start(now=NOON) as two:
        ask(one, call("CreateCase", b'{"subject": "s", "communicationBody": "b"}'))

        assert (1, 0) == (len(one.cases()), len(two.cases()))


def test_an_emulator_is_light(tmp_path: Path) -> None:
    """It takes less than 60 MiB and loads few modules, neither boto3 nor Pulumi: it is up in well under half a second."""
    script = tmp_path / "light.py"
    script.write_text(
        "import re, sys\n"
        "from dedicated_ip_provider.emulator import start\n"
        "with start() as emulator:\n"
        "    heavy = {'boto3', 'pulumi', 'grpc'} & set(sys.modules)\n"
        "    peak = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024\n"
        "    print(len(sys.modules), peak, sorted(heavy))\n"
    )
    # Coverage would be measured, too.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COV")} | {"PYTHONPATH": "."}

    command = [sys.executable, str(script)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=bare).stdout.split(maxsplit=2)

    assert int(out[0]) < 400
    assert float(out[1]) < 60
    assert "[]" == out[2].strip()
