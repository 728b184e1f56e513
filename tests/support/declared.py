"""What a Pulumi program declares, without an engine: resources with their options, and messages.

A test gives the outputs of leases. In a preview, outputs that it leaves out are unknown, as with Pulumi.
"""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi.runtime import config, mocks, rpc, settings
from pulumi.runtime.proto.resource_pb2 import Result
from pulumi.runtime.stack import run_pulumi_func

if TYPE_CHECKING:
    from collections.abc import Callable

LEASE = "pulumi-python:dynamic/dedicatedip:DedicatedIpLease"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A resource as the engine would get it; `parent`, `provider` and `waits_for` are names."""

    type: str
    name: str
    urn: str
    provider: str
    inputs: dict[str, Any]
    parent: str
    waits_for: frozenset[str]
    delete_before_replace: bool
    protect: bool
    retain_on_delete: bool | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A resource of another stack that is read by its id."""

    id: str
    inputs: dict[str, Any]


@dataclass(slots=True)
class Declaration:
    """All that a program declared and read, in order, and the lines that Pulumi shows, as `kind name: text`."""

    resources: list[Declared] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, type_: str) -> dict[str, Declared]:
        """Return the resources of one type by name."""
        return {each.name: each for each in self.resources if each.type == type_}

    def names(self) -> list[str]:
        """Return what was declared, in order, as `Type name`."""
        return [f"{each.type.rpartition(':')[2]} {each.name}" for each in self.resources]


def declare(  # noqa: PLR0913 - all that a program may depend on
    program: Callable[[], object],
    answers: dict[str, dict[str, Any]] | None = None,
    *,
    new: tuple[str, ...] = (),
    failed: tuple[str, ...] = (),
    preview: bool = False,
    region: str | None = None,
) -> Declaration:
    """Run a program in a stack with that `aws:region`. `answers` are the outputs of resources by name or type.

    Resources in `new` have no id yet; those in `failed` could not be updated, under `--continue-on-error`.
    """
    declaration = Declaration()
    monitor = _Monitor(_Answers(answers or {}, new), failed, declaration)
    # In its own context, Pulumi finds nothing of earlier programs.
    contextvars.Context().run(_run, program, monitor, preview=preview, region=region)
    return declaration


def _run(program: Callable[[], object], monitor: _Monitor, *, preview: bool, region: str | None) -> None:
    def run() -> None:
        program()

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Pulumi calls its monitor in other threads. A single one keeps the order, and its loop can be closed in the end.
    thread = ThreadPoolExecutor(max_workers=1, initializer=lambda: asyncio.set_event_loop(asyncio.new_event_loop()))
    loop.set_default_executor(thread)
    try:
        mocks.set_mocks(monitor.mocks, "shop", "prod", preview=preview, monitor=monitor, organization="organization")
        config.set_all_config({} if region is None else {"aws:region": region})
        settings.SETTINGS.outputs.clear()  # of a program that failed
        settings.SETTINGS.engine = _Engine(monitor.declaration)
        loop.run_until_complete(run_pulumi_func(run))
    finally:
        # A program that was refused leaves tasks: unless they end here, the garbage collector reports them in any test.
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        thread.submit(lambda: asyncio.get_event_loop().close()).result()
        thread.shutdown()
        asyncio.set_event_loop(None)
        loop.close()


class _Answers(mocks.Mocks):
    """What the engine answers: a resource's inputs, and the outputs that the test gives it or its type."""

    def __init__(self, answers: dict[str, dict[str, Any]], new: tuple[str, ...]) -> None:
        self._answers = answers
        self._new = new

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"nothing here calls {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        known = {name: value for name, value in args.inputs.items() if value is not None}
        told = {**self._answers.get(args.typ, {}), **self._answers.get(args.name, {})}
        return None if args.name in self._new else f"id-of-{args.name}", {**known, **told}


class _Monitor(mocks.MockMonitor):
    """Keeps what is declared, with options."""

    def __init__(self, answers: _Answers, failed: tuple[str, ...], declaration: Declaration) -> None:
        super().__init__(answers)
        self._failed = failed
        self.declaration = declaration

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - as gRPC calls it
        if request.type != "pulumi:pulumi:Stack":
            self.declaration.resources.append(
                Declared(
                    type=request.type,
                    name=request.name,
                    urn=self.make_urn(request.parent, request.type, request.name),
                    provider=_name_of(request.provider.rpartition("::")[0]),
                    inputs=rpc.deserialize_properties(request.object),
                    parent=_name_of(request.parent),
                    waits_for=frozenset(map(_name_of, request.dependencies)),
                    delete_before_replace=request.deleteBeforeReplace,
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
                    aliases=tuple(alias.spec.name for alias in request.aliases),
                )
            )
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # Pulumi's
        if request.name in self._failed:
            response.result = Result.FAIL
        return response

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - as gRPC calls it
        self.declaration.reads.append(Read(id=request.id, inputs=rpc.deserialize_properties(request.properties)))
        return super().ReadResource(request)  # type: ignore[no-untyped-call]  # Pulumi's

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - as gRPC calls it
        self.declaration.outputs[_name_of(request.urn)] = rpc.deserialize_properties(
            request.outputs, keep_unknowns=True
        )
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # Pulumi's


class _Engine:
    """Keeps what Pulumi is told to show."""

    def __init__(self, declaration: Declaration) -> None:
        self._declaration = declaration

    def Log(self, request: Any) -> None:  # noqa: N802 - as gRPC calls it
        kind = {1: "info", 2: "warning", 3: "error"}.get(request.severity)
        if kind:
            self._declaration.lines.append(f"{kind} {_name_of(request.urn)}: {request.message}")


def _name_of(urn: str) -> str:
    return urn.rpartition("::")[2]
