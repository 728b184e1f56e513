"""Providers that a plugin process loads to show what the SDK does, and what ours answers if something fails."""

from __future__ import annotations

import sys
from typing import Any

from pulumi import contains_unknowns
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.dynamic import DynamicOperations
from dedicated_ip_provider.provider import LeaseProvider

Bag = dict[str, Any]


class Echo(ResourceProvider):
    """Tells what it was given: the type of each value, in place of the value."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Keep what the stack is configured with."""
        self._region = req.config.get("aws:region")

    def check(self, _olds: Bag, news: Bag) -> CheckResult:
        """Tell the types of the inputs."""
        return CheckResult(_types(news), [CheckFailure("", "the whole resource")])

    def diff(self, _id: str, olds: Bag, news: Bag) -> DiffResult:
        """Ask for a replacement that tells the types of what was given, and name a stable output."""
        told = [f"{name}={kind}" for bag in (olds, news) for name, kind in sorted(_types(bag).items())]
        return DiffResult(changes=contains_unknowns(news), replaces=told, stables=["stable"])

    def create(self, props: Bag) -> CreateResult:
        """Tell the types of the inputs, and the stack's Region."""
        return CreateResult("an-id", {**_types(props), "configured": self._region})

    def read(self, id_: str, _props: Bag) -> ReadResult:
        """Give no outputs for the id `careless`; else say that the resource is gone."""
        return ReadResult() if id_ == "careless" else ReadResult(None, {})

    def update(self, _id: str, _olds: Bag, _news: Bag) -> UpdateResult:
        """Forget everything."""
        return UpdateResult()


class Leaver(ResourceProvider):
    """Ends its process in the midst of a call, as a library might."""

    serialize_as_secret_always = False

    def delete(self, _id: str, _props: Bag) -> None:
        """Leave."""
        sys.exit(3)


class LeavingLease(LeaseProvider):
    """Our provider, with something in it that ends the process, and something that no one thought of."""

    def configure(self, req: ConfigureRequest) -> None:
        """Prepare for trouble."""
        super().configure(req)
        self._operations = _LeavingOperations(StackConfig(), is_unknown=contains_unknowns, environment={})


class _LeavingOperations(DynamicOperations):
    def read(self, id_: str, _props: Bag, _caller: object = None) -> tuple[Bag, Bag | None]:
        if id_ == "exit":
            sys.exit(3)
        if id_ == "interrupt":
            raise KeyboardInterrupt
        raise LookupError(f"nobody thought\nof {id_}")


def _types(values: Bag) -> Bag:
    return {name: _type(value) for name, value in values.items() if name != "__provider"}


def _type(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _type(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_type(item) for item in value]
    return type(value).__name__
