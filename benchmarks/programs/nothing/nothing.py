"""A dynamic resource that does nothing: what Pulumi itself costs."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CreateResult, ReadResult, Resource, ResourceProvider, UpdateResult

Bag = dict[str, Any]


class NothingProvider(ResourceProvider):
    """Returns its inputs."""

    serialize_as_secret_always = False

    def create(self, props: Bag) -> CreateResult:
        """Store the inputs."""
        return CreateResult(props["holder"], {**props})

    def read(self, id_: str, props: Bag) -> ReadResult:
        """Return the stored inputs."""
        return ReadResult(id_, {**props})

    def update(self, _id: str, _olds: Bag, news: Bag) -> UpdateResult:
        """Store the new inputs."""
        return UpdateResult({**news})


class Nothing(Resource, module="benchmark", name="Nothing"):
    """A resource that does nothing."""

    def __init__(self, name: str, props: Bag) -> None:
        """Declare the resource."""
        super().__init__(NothingProvider(), name, props)
