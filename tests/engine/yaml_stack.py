"""A Pulumi project in YAML, whose leases the native plugin has, and an emulator instead of AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from support.native import FORM

from dedicated_ip_provider.cli.install_plugin import write_program
from engine.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dedicated_ip_provider.emulator import RunningEmulator

LEASE = "dedicatedip:index:DedicatedIpLease"


def lease(count: int = 2, *, options: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return the declaration of a lease, with more inputs and resource options; None leaves an input out."""
    inputs = {"count": count, "useCase": FORM, **more}
    declared = {"type": LEASE, "properties": {name: value for name, value in inputs.items() if value is not None}}
    return {**declared, **({"options": options} if options else {})}


class YamlStack(Stack):
    """One stack of one project in YAML, with the Region of the plugin's configuration."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], emulator: RunningEmulator, name: str = "dev"
    ) -> None:
        """Create a project with the folder's name, and a stack in eu-west-1 until `configure` says otherwise."""
        super().__init__(folder, environment, emulator, name)
        self.configure(dedicatedip__region="eu-west-1")
        write_program(folder)

    def resources(self, *, names_plugin: bool = True, **resources: Any) -> None:
        """Write the program: these resources, with the addresses of the lease `eu` as an output."""
        project = {"name": self.folder.name, "runtime": "yaml", "resources": resources}
        outputs = {"outputs": {"addresses": "${eu.addresses}"}} if "eu" in resources else {}
        where = {"plugins": {"providers": [{"name": "dedicatedip", "path": "."}]}} if names_plugin else {}
        # JSON is YAML too.
        (self.folder / "Pulumi.yaml").write_text(json.dumps({**project, **where, **outputs}))

    def resource(self, name: str = "eu") -> dict[str, Any]:
        """Return a lease as the state has it: `inputs`, `outputs`, `urn`."""
        (found,) = [one for one in self.export()["deployment"]["resources"] if one["urn"].endswith(f"{LEASE}::{name}")]
        return dict(found)
