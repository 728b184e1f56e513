"""A stack of the native plugin, run as the engine runs one: `Check`, `Diff`, a preview, then one of the calls that act.

    stack = NativeStack(emulator)
    stack.up(count=2, useCase=FORM)
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    assert "active" == stack.outputs["status"]

Each command is a process of its own, and each value goes over Pulumi's wire. It has one lease, `eu`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2
from support.bags import FORM as DYNAMIC_FORM
from support.bags import REGION
from support.plugin import Bag, CallFailed, struct
from support.process import Process

from dedicated_ip_provider.plugin.schema import LEASE
from dedicated_ip_provider.plugin.server import Plugin
from dedicated_ip_provider.schema_names import camel

if TYPE_CHECKING:
    import grpc
    from google.protobuf.struct_pb2 import Struct

    from dedicated_ip_provider.emulator import Emulator

URN = f"urn:pulumi:prod::shop::{LEASE}::eu"
FORM = {camel(name): value for name, value in DYNAMIC_FORM.items()}


class Context:
    """A call's context: an error ends the call."""

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call with an error."""
        assert "UNKNOWN" == code.name
        raise CallFailed(details)


CONTEXT: Any = Context()


class Listener:
    """The engine, which keeps what it is told."""

    def __init__(self) -> None:
        """Start without lines."""
        self.lines: list[str] = []
        self.urns: set[str] = set()

    def Log(self, message: Any) -> None:  # noqa: N802 - the engine's call
        """Keep a line and its resource."""
        self.lines.append(message.message)
        self.urns.add(message.urn)


def plain(message: Struct) -> Bag:
    """Return a bag as it comes off the wire."""
    found: Bag = json_format.MessageToDict(message)
    return found


@dataclass(slots=True)
class NativeStack:
    """One stack with one lease, whose inputs, outputs and id are what the engine stores."""

    emulator: Emulator
    config: Bag = field(default_factory=lambda: {"region": REGION})
    urn: str = URN
    inputs: Bag | None = None
    outputs: Bag = field(default_factory=dict)
    id: str = ""
    said: list[str] = field(default_factory=list)
    looks_before: bool = False

    def plugin(self) -> Plugin:
        """Return the plugin of a new command."""
        plugin = Plugin(None)
        plugin.Configure(provider_pb2.ConfigureRequest(args=struct(self.config)), CONTEXT)
        Process(self.emulator).take_in(plugin._operations)
        listener = Listener()
        plugin._engine = listener  # type: ignore[assignment]  # see there
        self.said = listener.lines
        return plugin

    def check(self, plugin: Plugin, **news: Any) -> Bag:
        """Return the checked inputs; raise `CallFailed` if they are wrong."""
        request = provider_pb2.CheckRequest(urn=self.urn, olds=struct(self.inputs or {}), news=struct(news))
        checked = plugin.Check(request, CONTEXT)
        if checked.failures:
            raise CallFailed("\n".join(failure.reason for failure in checked.failures))
        return plain(checked.inputs)

    def diff(self, plugin: Plugin, news: Bag) -> provider_pb2.DiffResponse:
        """Return how checked inputs differ from what is stored."""
        request = provider_pb2.DiffRequest(
            urn=self.urn, id=self.id, olds=struct(self.outputs), old_inputs=struct(self.inputs or {}), news=struct(news)
        )
        return plugin.Diff(request, CONTEXT)

    def changes(self, **news: Any) -> list[str]:
        """Return the names of the inputs that a preview shows as changed."""
        plugin = self.plugin()
        return list(self.diff(plugin, self.check(plugin, **news)).diffs)

    def preview(self, **news: Any) -> Bag:
        """Run `pulumi preview`; return the outputs as they are shown."""
        plugin = self.plugin()
        inputs = self.check(plugin, **news)
        if self.inputs is None:
            return self._create(plugin, inputs, preview=True)
        difference = self.diff(plugin, inputs)
        if difference.replaces:
            return self._create(plugin, inputs, preview=True)
        if difference.changes == provider_pb2.DiffResponse.DIFF_NONE:
            return self.outputs
        return self._update(plugin, inputs, preview=True)

    def up(self, timeout: float = 0.0, **news: Any) -> None:
        """Run `pulumi up` without a preview."""
        plugin = self.plugin()
        inputs = self.check(plugin, **news)
        if self.inputs is None:
            self.outputs = self._create(plugin, inputs, timeout=timeout)
        elif self.diff(plugin, inputs).changes == provider_pb2.DiffResponse.DIFF_SOME:
            self.outputs = self._update(plugin, inputs)
        self.inputs = inputs

    def refresh(self) -> None:
        """Run `pulumi refresh`."""
        self._read(
            provider_pb2.ReadRequest(
                id=self.id, urn=self.urn, properties=struct(self.outputs), inputs=struct(self.inputs or {})
            )
        )

    def bring_in(self, id_: str) -> bool:
        """Run `pulumi import`; return whether something was found."""
        return self._read(provider_pb2.ReadRequest(id=id_, urn=self.urn))

    def destroy(self) -> None:
        """Run `pulumi destroy`."""
        request = provider_pb2.DeleteRequest(
            id=self.id, urn=self.urn, properties=struct(self.outputs), old_inputs=struct(self.inputs or {})
        )
        self.plugin().Delete(request, CONTEXT)
        self.inputs, self.outputs = None, {}

    def invoke(self, function: str, **arguments: Any) -> Bag:
        """Call a function of the package."""
        request = provider_pb2.InvokeRequest(tok=function, args=struct(arguments))
        return plain(getattr(self.plugin().Invoke(request, CONTEXT), "return"))

    def _create(self, plugin: Plugin, inputs: Bag, *, preview: bool = False, timeout: float = 0.0) -> Bag:
        request = provider_pb2.CreateRequest(urn=self.urn, properties=struct(inputs), preview=preview, timeout=timeout)
        created = plugin.Create(request, CONTEXT)
        self.id, self.looks_before = created.id or self.id, created.refresh_before_update
        return plain(created.properties)

    def _update(self, plugin: Plugin, inputs: Bag, *, preview: bool = False) -> Bag:
        request = provider_pb2.UpdateRequest(
            id=self.id,
            urn=self.urn,
            olds=struct(self.outputs),
            news=struct(inputs),
            old_inputs=struct(self.inputs or {}),
            preview=preview,
        )
        updated = plugin.Update(request, CONTEXT)
        self.looks_before = updated.refresh_before_update
        return plain(updated.properties)

    def _read(self, request: provider_pb2.ReadRequest) -> bool:
        found = self.plugin().Read(request, CONTEXT)
        self.id, self.looks_before = found.id, found.refresh_before_update
        self.inputs, self.outputs = plain(found.inputs), plain(found.properties)
        return bool(found.id)
