"""A dynamic resource that does nothing: what Pulumi itself costs."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from pulumi.dynamic import CreateResult, ReadResult, Resource, ResourceProvider, UpdateResult

Bag = dict[str, Any]


@functools.cache
def like(what: str) -> Bag:
    """Give the `inputs` or `outputs` of the resource in `like.json`, or none where there is no such file."""
    file = Path("like.json")
    bag: Bag = json.loads(file.read_text(encoding="utf-8"))[what] if file.exists() else {}
    return {name: value for name, value in bag.items() if name != "__provider"}


class NothingProvider(ResourceProvider):
    """Gives back what it gets, over what `like.json` has."""

    serialize_as_secret_always = False

    def create(self, props: Bag) -> CreateResult:
        """Store the inputs."""
        return CreateResult(props["lease_key"], {**like("outputs"), **props})

    def read(self, id_: str, props: Bag) -> ReadResult:
        """See no change."""
        return ReadResult(id_, {**props})

    def update(self, _id: str, _olds: Bag, news: Bag) -> UpdateResult:
        """Store the new inputs."""
        return UpdateResult({**like("outputs"), **news})


class Nothing(Resource, module="benchmark", name="Nothing"):
    """Nothing, under a name."""

    def __init__(self, name: str, props: Bag) -> None:
        """Take the inputs."""
        super().__init__(NothingProvider(), name, props)
