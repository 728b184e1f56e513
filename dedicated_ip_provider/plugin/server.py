"""The plugin's gRPC server, which answers Pulumi's engine with the operations on a lease."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, provider_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineStub
from pulumi.runtime.proto.plugin_pb2 import PluginAttach, PluginInfo
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer, add_ResourceProviderServicer_to_server

from dedicated_ip_provider.config import REFRESH_BEFORE_UPDATE, flag, read_config
from dedicated_ip_provider.errors import LeaseError, Refused, internal_error
from dedicated_ip_provider.executor import LOOK_AGAIN_AFTER, Run
from dedicated_ip_provider.inputs import DEFAULTS, NAMES
from dedicated_ip_provider.operations import LeaseOperations
from dedicated_ip_provider.outputs import PUBLIC_NAMES
from dedicated_ip_provider.plugin.schema import GET_ADDRESSES, GET_LEASE, VERSION, schema_json
from dedicated_ip_provider.plugin.wire import SETTINGS, UNKNOWN, Bag, is_unknown, read, write
from dedicated_ip_provider.schema_names import camel, in_schema_words

if TYPE_CHECKING:
    from dedicated_ip_provider.config import StackConfig

GRACE: Final = 60.0
"""How many seconds calls in progress have to finish when the plugin is told to end."""
THREADS: Final = 16
"""How many calls are served at the same time; the engine sends as many as `--parallel` allows."""

Context = grpc.ServicerContext
Method = TypeVar("Method", bound=Callable[..., Any])
_ENGINES_OWN: Final = ("version", "pluginDownloadURL", "__internal")
"""What the engine itself adds to a provider's configuration."""
_SETTLED: Final = ("active", "over", "short", "superseded")
"""The statuses in which nothing is open: no person has to act, and AWS has nothing to answer."""


def _answering(method: Method) -> Method:
    """Turn any exception of a call into one short error under the resource."""

    @functools.wraps(method)
    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 - any call's
        try:
            return method(self, request, context)
        except LeaseError as error:
            text = str(error)
        except BaseException as error:  # noqa: BLE001 - a call that ends in SystemExit would never be answered
            text = internal_error(error)
        return context.abort(grpc.StatusCode.UNKNOWN, in_schema_words(text))

    return answer  # type: ignore[return-value]  # the same signature, which mypy cannot see


class Plugin(ResourceProviderServicer):
    """One provider: the default one of a stack, or an explicit one. Many threads call it."""

    def __init__(self, engine: str | None, is_engine_there: Callable[[], bool] = lambda: True) -> None:
        """Create a provider from the engine's address, if known yet, and a test for the engine's process."""
        self._engine = _connect(engine)
        self._is_engine_there = is_engine_there
        self._is_cancelled = threading.Event()
        self._refreshes_before_update = True
        self._replaced: dict[str, Bag] = {}
        self._operations: LeaseOperations

    def Handshake(
        self, _request: provider_pb2.ProviderHandshakeRequest, _context: Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Return what the plugin supports: not secrets, which the engine marks again in its answers."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: PluginAttach, _context: Context) -> Empty:
        """Connect to the engine that attached to this running server."""
        self._engine = _connect(request.address)
        return Empty()

    def GetPluginInfo(self, _request: Empty, _context: Context) -> PluginInfo:
        """Return the plugin's version."""
        return PluginInfo(version=VERSION)

    def GetSchema(self, _request: provider_pb2.GetSchemaRequest, _context: Context) -> provider_pb2.GetSchemaResponse:
        """Return the package's schema."""
        return provider_pb2.GetSchemaResponse(schema=schema_json())

    @_answering
    def CheckConfig(self, request: provider_pb2.CheckRequest, _context: Context) -> provider_pb2.CheckResponse:
        """Validate a provider's configuration, except for values that are not known yet."""
        try:
            values = read(request.news)
            _config(values)
            _refreshes_before_update(values)
        except Refused as refusal:
            reason = in_schema_words(str(refusal))
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=reason)])
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, _context: Context) -> provider_pb2.DiffResponse:
        """Compare a provider's configurations; a change never replaces a lease."""
        is_same = request.old_inputs == request.news
        return provider_pb2.DiffResponse(changes=_changes(not is_same))

    @_answering
    def Configure(self, request: provider_pb2.ConfigureRequest, _context: Context) -> provider_pb2.ConfigureResponse:
        """Read the configuration, without calling AWS."""
        values = read(request.args)
        # A server that an engine attached to serves several commands, each of which the engine ends with `Cancel`.
        self._is_cancelled.clear()
        self._replaced.clear()
        self._operations = LeaseOperations(_config(values), is_unknown=is_unknown, environment=os.environ)
        self._refreshes_before_update = _refreshes_before_update(values)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @_answering
    def Check(self, request: provider_pb2.CheckRequest, _context: Context) -> provider_pb2.CheckResponse:
        """Validate the inputs of a program. Defaults are not filled in: a refresh would show them as a change."""
        news = read(request.news)
        checked = self._operations.check(read(request.olds), _held(news, request.urn), resource=request.urn)
        inputs = {name: value for name, value in checked.inputs.items() if name in news or name == "region"}
        # If a property were given, Pulumi would print its value, even a secret or a long text. The reason names it.
        failures = [provider_pb2.CheckFailure(reason=in_schema_words(one.reason)) for one in checked.failures]
        return provider_pb2.CheckResponse(inputs=write(inputs), failures=failures)

    @_answering
    def Diff(self, request: provider_pb2.DiffRequest, _context: Context) -> provider_pb2.DiffResponse:
        """Compare what the stack declared with what the program wants, without calling AWS."""
        olds, old_inputs, news = read(request.olds), read(request.old_inputs), read(request.news)
        own = {"holder": olds.get("holder")}
        found = self._operations.diff(olds, {**old_inputs, **own}, _held(news, request.urn))
        kinds = {name: _kind(name, old_inputs, news, replaces=name in found.replaces) for name in found.changed}
        # A state that a dynamic provider wrote has Python's names: an update without any filing writes the schema's.
        if not kinds and (found.due or "memory" in request.olds.fields):
            kinds = {"status": provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.UPDATE)}
        if found.replaces:
            self._replaced[request.urn] = olds
        return provider_pb2.DiffResponse(
            changes=_changes(bool(kinds)),
            replaces=list(found.replaces),
            diffs=[camel(name) for name in kinds],
            detailedDiff={camel(name): kind for name, kind in kinds.items()},
            hasDetailedDiff=bool(kinds),
        )

    @_answering
    def Create(self, request: provider_pb2.CreateRequest, _context: Context) -> provider_pb2.CreateResponse:
        """Claim the Region's lease and file the request case, without waiting; in a preview, say what will be filed."""
        inputs, run = _held(read(request.properties), request.urn), self._run(request)
        if request.preview:
            previewed = self._operations.preview_create(inputs)
            replaced = self._replaced.get(request.urn)
            for line in (*previewed.lines, *(self._operations.preview_delete(replaced) if replaced else ())):
                run.tell(line)
            return provider_pb2.CreateResponse(properties=write(_as_far_as_known(previewed.outputs)))
        id_, outputs = self._operations.create(inputs, run)
        return provider_pb2.CreateResponse(
            id=id_, properties=_written(outputs), refresh_before_update=self._refresh_before(outputs)
        )

    @_answering
    def Update(self, request: provider_pb2.UpdateRequest, _context: Context) -> provider_pb2.UpdateResponse:
        """File what the change needs, without waiting; in a preview, say what will be filed."""
        olds, news, run = read(request.olds), _held(read(request.news), request.urn), self._run(request)
        if request.preview:
            previewed = self._operations.preview_update(olds, news)
            for line in previewed.lines:
                run.tell(line)
            return provider_pb2.UpdateResponse(properties=write(_as_far_as_known(previewed.outputs)))
        outputs = self._operations.update(olds, news, run)
        return provider_pb2.UpdateResponse(
            properties=_written(outputs), refresh_before_update=self._refresh_before(outputs)
        )

    @_answering
    def Read(self, request: provider_pb2.ReadRequest, _context: Context) -> provider_pb2.ReadResponse:
        """Read what AWS has actually granted, or import what an account already has; changes nothing at AWS."""
        run = self._run(request)
        # An import has neither; a lookup with `get` has both, although they may be empty.
        if not request.HasField("properties") and not request.HasField("inputs"):
            found = self._operations.import_lease(_path(request.urn), request.id, {}, run)
            if found is None:
                return provider_pb2.ReadResponse()
            id_, outputs, inputs = found
            declared = {name: value for name, value in inputs.items() if value != DEFAULTS.get(name)}
        else:
            id_, declared = request.id, read(request.inputs)
            outputs, drifted = self._operations.read(id_, read(request.properties), run)
            if drifted:
                declared |= {"count": drifted["count"]}
        # The path is in the URN, and the dynamic provider's other keys are not the plugin's.
        declared = {name: value for name, value in declared.items() if name in NAMES and name != "holder"}
        return provider_pb2.ReadResponse(
            id=id_,
            properties=_written(outputs),
            inputs=write(declared),
            refresh_before_update=self._refresh_before(outputs),
        )

    @_answering
    def Delete(self, request: provider_pb2.DeleteRequest, _context: Context) -> Empty:
        """Withdraw an open request, relinquish all that the lease holds with one case, and end the lease."""
        self._operations.delete(read(request.properties), self._run(request))
        return Empty()

    @_answering
    def Invoke(self, request: provider_pb2.InvokeRequest, _context: Context) -> provider_pb2.InvokeResponse:
        """Read the lease, or all dedicated IP addresses, of a Region; changes nothing at AWS."""
        functions = {GET_LEASE: self._operations.find, GET_ADDRESSES: self._operations.list_addresses}
        if request.tok not in functions:
            raise Refused(f"The package has no function {request.tok}.", f"It has {', '.join(sorted(functions))}.")
        found = functions[request.tok](read(request.args))
        return provider_pb2.InvokeResponse(**{"return": _written(found)})

    def Cancel(self, _request: Empty, _context: Context) -> Empty:
        """Let calls in progress finish, and file nothing more."""
        self._is_cancelled.set()
        return Empty()

    def _run(self, request: Any) -> Run:  # noqa: ANN401 - any call with a URN and a timeout
        """Return the run of a call: messages appear under the resource, whose timeout limits the searches."""

        def tell(line: str) -> None:
            message = engine_pb2.LogRequest(
                severity=engine_pb2.INFO, message=in_schema_words(line), urn=getattr(request, "urn", "")
            )
            try:
                if self._engine:
                    self._engine.Log(message)
            except grpc.RpcError:
                pass  # an engine that was killed no longer reads messages

        return replace(
            self._operations.run,
            tell=tell,
            is_watched=lambda: self._is_engine_there() and not self._is_cancelled.is_set(),
            waits=waits_within(getattr(request, "timeout", 0.0)),
        )

    def _refresh_before(self, outputs: Bag) -> bool:
        """Return whether the engine refreshes the lease before the next update: while anything is open."""
        return self._refreshes_before_update and outputs["status"] not in _SETTLED


def waits_within(timeout: float) -> Sequence[float]:
    """Return the seconds between searches for a case whose answer was lost, within a resource's own timeout."""
    if not timeout:
        return LOOK_AGAIN_AFTER
    waits: list[float] = []
    while sum(waits) < timeout:
        longest = LOOK_AGAIN_AFTER[min(len(waits), len(LOOK_AGAIN_AFTER) - 1)]
        waits.append(min(longest, timeout - sum(waits)))
    return waits


def _connect(engine: str | None) -> EngineStub | None:
    # gRPC would send even calls on this machine through `https_proxy`.
    return EngineStub(grpc.insecure_channel(engine, options=[("grpc.enable_http_proxy", 0)])) if engine else None


def _config(values: Bag) -> StackConfig:
    """Read a provider's configuration, in which all options share a namespace, without values not known yet."""
    given = {SETTINGS[name]: value for name, value in values.items() if name in SETTINGS and not is_unknown(value)}
    names = [f"dedicatedip:{name}" for name in values if name not in _ENGINES_OWN]
    return read_config(given.get, names, {"dedicatedip": [*SETTINGS, REFRESH_BEFORE_UPDATE]})


def _refreshes_before_update(values: Bag) -> bool:
    value = values.get(REFRESH_BEFORE_UPDATE)
    known = {f"dedicatedip:{REFRESH_BEFORE_UPDATE}": None if is_unknown(value) else value}
    return flag(known.get, f"dedicatedip:{REFRESH_BEFORE_UPDATE}", default=True)


def _held(inputs: Bag, urn: str) -> Bag:
    return {**inputs, "holder": _path(urn)}


def _path(urn: str) -> str:
    """Return the path of a resource, `project/stack/name`."""
    stack, project, _, name = urn.removeprefix("urn:pulumi:").split("::", 3)
    return f"{project}/{stack}/{name}"


def _kind(name: str, old_inputs: Bag, news: Bag, *, replaces: bool) -> provider_pb2.PropertyDiff:
    kinds = provider_pb2.PropertyDiff
    # The path follows from the resource's URN: it is an output.
    if name == "holder":
        return kinds(kind=kinds.UPDATE)
    if replaces:
        return kinds(kind=kinds.UPDATE_REPLACE, inputDiff=True)
    kind = kinds.ADD if name not in old_inputs else kinds.DELETE if name not in news else kinds.UPDATE
    return kinds(kind=kind, inputDiff=True)


def _changes(are_there: bool) -> provider_pb2.DiffResponse.DiffChanges.ValueType:  # noqa: FBT001 - what it converts
    return provider_pb2.DiffResponse.DIFF_SOME if are_there else provider_pb2.DiffResponse.DIFF_NONE


def _as_far_as_known(outputs: Bag) -> Bag:
    """Return every output, with placeholders for those that are not known yet."""
    return {**dict.fromkeys(PUBLIC_NAMES, UNKNOWN), **outputs}


def _written(outputs: Bag) -> Any:  # noqa: ANN401 - protobuf's
    """Return outputs for the wire, with the schema's names in the message."""
    if "message" in outputs:
        outputs = {**outputs, "message": in_schema_words(outputs["message"])}
    return write(outputs)


def main() -> None:
    """Serve one engine until it ends the process."""
    # The engine's address is last: a flag, such as `--tracing`, may have a value of its own.
    engine = next((argument for argument in reversed(sys.argv[1:]) if not argument.startswith("-")), None)
    parent = os.getppid()

    def is_engine_there() -> bool:
        return os.getppid() == parent

    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS))
    add_ResourceProviderServicer_to_server(Plugin(engine, is_engine_there), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the engine reads it
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    # An engine that was killed sends no signal, so check for it; calls in progress are still completed.
    while not ended.wait(1.0) and is_engine_there():
        pass  # pragma: no cover - a test ends the plugin, or its engine, within a second
    server.stop(GRACE).wait()
