"""A real plugin process of Pulumi's Python dynamic providers, called over gRPC without an engine.

Every call has a deadline, so that a call that is never answered is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_ON_THE_WIRE
from pulumi.runtime.rpc import deserialize_properties

from dedicated_ip_provider.provider import LeaseProvider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pulumi.dynamic import ResourceProvider

DEADLINE: Final = 600.0
TESTS: Final = Path(__file__).parents[1]
Bag = dict[str, Any]


class CallFailed(Exception):
    """The plugin answered a call with an error; the text is what Pulumi shows."""


@dataclass
class Plugin:
    """One plugin process; its methods are the engine's calls, with plain values in and out."""

    process: subprocess.Popen[bytes]
    stub: Any
    stderr: Path
    provider: str

    def configure(self, **config: str) -> None:
        """Set a stack's configuration; `aws__region` stands for `aws:region`."""
        args = {key.replace("__", ":"): value for key, value in config.items()}
        self._call("Configure", provider_pb2.ConfigureRequest(args=struct(args)))

    def check(self, olds: Bag, news: Bag) -> tuple[Bag, list[tuple[str, str]]]:
        """Check inputs; return the checked inputs and the failures."""
        reply = self._call("Check", provider_pb2.CheckRequest(olds=struct(olds), news=self._with_provider(news)))
        return plain(reply.inputs), [(failure.property, failure.reason) for failure in reply.failures]

    def diff(self, olds: Bag, news: Bag) -> Any:
        """Compare a state with inputs."""
        request = provider_pb2.DiffRequest(olds=self._with_provider(olds), news=self._with_provider(news))
        return self._call("Diff", request)

    def create(self, props: Bag) -> tuple[str, Bag]:
        """Create a resource; return its id and state."""
        reply = self._call("Create", provider_pb2.CreateRequest(properties=self._with_provider(props)))
        return reply.id, plain(reply.properties)

    def read(self, id_: str, state: Bag) -> tuple[str, Bag, Bag]:
        """Refresh a resource; return its id, state and inputs."""
        reply = self._call("Read", provider_pb2.ReadRequest(id=id_, properties=self._with_provider(state)))
        return reply.id, plain(reply.properties), plain(reply.inputs)

    def get(self, id_: str, inputs: Bag) -> tuple[str, Bag]:
        """Read a resource of another stack, given its id and a few inputs."""
        reply = self._call("Read", provider_pb2.ReadRequest(id=id_, inputs=self._with_provider(inputs)))
        return reply.id, plain(reply.properties)

    def update(self, olds: Bag, news: Bag) -> Bag:
        """Change a resource; return its state."""
        request = provider_pb2.UpdateRequest(olds=self._with_provider(olds), news=self._with_provider(news))
        return plain(self._call("Update", request).properties)

    def delete(self, state: Bag) -> None:
        """Delete a resource."""
        self._call("Delete", provider_pb2.DeleteRequest(properties=self._with_provider(state)))

    def said(self) -> list[str]:
        """Return the lines that the plugin has written to standard error so far."""
        return self.stderr.read_text().splitlines()

    def _with_provider(self, values: Bag) -> Struct:
        return struct({**values, "__provider": self.provider})

    def _call(self, name: str, request: Any) -> Any:
        try:
            return getattr(self.stub, name)(request, timeout=DEADLINE)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNKNOWN:
                raise
            raise CallFailed(error.details()) from None


@contextmanager
def running(
    folder: Path, environment: Mapping[str, str], provider: type[ResourceProvider] = LeaseProvider
) -> Iterator[Plugin]:
    """Start a plugin process without this machine's AWS settings, and end it after the `with` block."""
    stderr = folder / f"stderr-{len(list(folder.iterdir()))}"
    env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "PULUMI_PROJECT": "shop"}
    env |= {"PYTHONPATH": str(TESTS), **environment}
    command = [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"]
    with (
        stderr.open("wb") as out,
        subprocess.Popen(command, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=out) as process,
    ):
        if process.stdout is None:
            raise AssertionError("its output is a pipe")
        try:
            port = process.stdout.readline().decode().strip()
            if not port:
                raise AssertionError(f"the plugin ended with {process.wait(DEADLINE)}: {stderr.read_text()}")
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                yield Plugin(process, stub, stderr, stored(provider))
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a plugin with repeated signals: interrupted as by Pulumi, it would first wait for calls that hang.

    Coverage writes its figures when the signal is handled, and a signal that arrives while the plugin's main thread goes
    to sleep is handled only when the next one wakes it.
    """
    until = time.monotonic() + DEADLINE
    while process.poll() is None:
        if time.monotonic() > until:
            process.kill()
            raise AssertionError(f"the plugin did not end in {DEADLINE:.0f} s")
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5.0)


def stored(provider: type[ResourceProvider]) -> str:
    """Return a provider as Pulumi stores it."""
    return str(serialize_provider(provider()))


def struct(values: Mapping[str, Any]) -> Struct:
    """Return values as Pulumi sends them; `UNKNOWN` of `support.bags` becomes the protocol's mark for an unknown value."""
    message = Struct()
    message.update(_wired(dict(values)))
    return message


def plain(message: Struct) -> Bag:
    """Return values as the SDK reads them, without those that Pulumi adds for itself."""
    values: Bag = deserialize_properties(message, keep_unknowns=True)
    return {key: value for key, value in values.items() if key != "__provider"}


def _wired(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wired(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_wired(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else UNKNOWN_ON_THE_WIRE
