"""A Pulumi project in a folder of its own: a small program, a stack, and an emulator instead of AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from install import find, make

from engine import aws_plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.emulator import RunningEmulator

PROJECT = """\
name: {name}
runtime: python
"""

PROGRAM_HEAD = '''\
"""The mail of one shop."""

import pulumi

from dedicated_ip_provider import DedicatedIpLease, UseCase

shop = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="Order and shipping mails for our shop, 400,000 a day.",
    why_dedicated="Our partners allow-list sender addresses.",
    opt_in="Customers tick a box at check-out and confirm by mail.",
    bounce_complaints="SNS feeds a suppression list within a minute.",
    complies_with_aup=True,
)
'''

RECORD = "/dedicated-ip/lease"
LEASE_TYPE = "pulumi-python:dynamic/dedicatedip:DedicatedIpLease"

PATIENCE = 600.0  # seconds; none of the commands takes ten, but on a busy machine


def lease(count: int = 2, more: str = "", *, name: str = "eu", options: str = "") -> str:
    """Return the statement that declares a lease, with more inputs and resource options."""
    opts = f", opts=pulumi.ResourceOptions({options})" if options else ""
    return f'eu = DedicatedIpLease("{name}", count={count}, use_case=shop{more}{opts})'


def executable(file: Path, *lines: str) -> Path:
    """Write a script that the engine can start."""
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    file.chmod(0o755)
    return file


def environment_in(python: Path, home: Path) -> dict[str, str]:
    """Return the environment of every command: the engine, and nothing that belongs to the person who tests.

    Nor is coverage measured there: it slows down every story, and faster tests reach every line.
    """
    engine = find() or make()
    foreign = ("AWS_", "COVERAGE_", "PULUMI_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    quick = str(_python_that_knows_what_is_installed(python))
    return {
        **own,
        "PATH": os.pathsep.join([quick, str(Path(sys.executable).parent), str(engine), os.environ["PATH"]]),
        "PULUMI_HOME": str(home),
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def with_aws(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return an environment in which Pulumi finds our plugin of pulumi-aws, on PATH; each run warns of that."""
    plugin = executable(folder / "plugins" / "pulumi-resource-aws", f'exec "{sys.executable}" "{aws_plugin.__file__}"')
    return {**environment, "PATH": f"{plugin.parent}:{environment['PATH']}"}


def _python_that_knows_what_is_installed(folder: Path) -> Path:
    """Return a folder with a `python3` that does not ask pip again: Pulumi does at each command, for a third of it."""
    question = ["-m", "pip", "list", "-v", "--format", "json"]
    listed = folder / "pip.json"
    listed.write_bytes(subprocess.run([sys.executable, *question], stdout=subprocess.PIPE, check=True).stdout)
    executable(
        folder / "bin" / "python3",
        f'[ "$*" = "{" ".join(question)}" ] && exec cat "{listed}"',
        f'exec "{sys.executable}" "$@"',
    )
    return folder / "bin"


def token_in(refusal: str) -> str:
    """Return the version of the record that a refusal asks consent for."""
    return refusal.rpartition('take_over_from="')[2].partition('"')[0]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, all in one, and how it ended."""

    text: str
    code: int


class Stack:
    """One stack of one project. A command that fails where it should not raises, with all that Pulumi said."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], emulator: RunningEmulator, name: str = "dev"
    ) -> None:
        """Create a project with the folder's name, and a stack in eu-west-1 until `configure` says otherwise."""
        self.folder = folder
        self.environment = {**environment, **emulator.environment}
        self.emulator = emulator
        self.name = name
        folder.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(PROJECT.format(name=folder.name))
        self.pulumi("stack", "init", name)
        self.configure()

    def configure(self, **values: object) -> None:
        """Write the stack's configuration: `aws__profile="mail"` stands for `aws:profile: mail`."""
        config: dict[str, object] = {"aws:region": "eu-west-1"}
        config |= {name.replace("__", ":"): value for name, value in values.items()}
        file = self.folder / f"Pulumi.{self.name}.yaml"
        salt = [line for line in file.read_text().splitlines() if "salt" in line] if file.exists() else []
        # JSON is YAML too.
        file.write_text("\n".join([*salt, f"config: {json.dumps(config)}", ""]))

    def program(self, *statements: str) -> None:
        """Write the program: these statements, with `shop` as a use case."""
        (self.folder / "__main__.py").write_text("\n".join([PROGRAM_HEAD, *statements, ""]))

    def preview(self, *flags: str) -> str:
        """Preview, and return what Pulumi says."""
        return self.pulumi("preview", *flags)

    def changes(self) -> tuple[str, list[str]]:
        """Preview, and return what Pulumi says, and each changed input of the stack's resources as it shows it."""
        said = self.preview("--diff")
        lines = [line.strip() for line in said.partition("--outputs:--")[0].splitlines()]
        return said, [
            line for line in lines if line.startswith(("~ ", "+ ", "- ")) and ": " in line and "pulumi" not in line
        ]

    def preview_is_empty(self) -> bool:
        """Return whether Pulumi has nothing to do."""
        return self.run("preview", "--expect-no-changes").code == 0

    def steps(self, *flags: str) -> list[str]:
        """Preview, and return what Pulumi would do: `update eu`, `same eu`."""
        said = self.pulumi("preview", "--json", *flags)
        plan = json.loads(said[said.index("{") :])
        return [
            f"{step['op']} {step['urn'].rpartition('::')[2]}" for step in plan["steps"] if LEASE_TYPE in step["urn"]
        ]

    def grown(self, statement: str) -> tuple[str, ...]:
        """Bring the stack to where AWS has granted all that its one lease requested; return the addresses."""
        self.program(statement)
        self.up()
        addresses = self.emulator.grant(self.emulator.cases()[-1].id)
        self.refresh()
        return addresses

    def up(self, *flags: str) -> str:
        """Carry the program out, without a preview before it."""
        return self.pulumi("up", "--yes", "--skip-preview", *flags)

    def refresh(self, *flags: str) -> str:
        """Read the truth into the state."""
        return self.pulumi("refresh", "--yes", "--skip-preview", *flags)

    def destroy(self, *flags: str) -> str:
        """Destroy everything in the stack."""
        return self.pulumi("destroy", "--yes", "--skip-preview", *flags)

    def fails(self, command: str, *flags: str) -> str:
        """Run a command that has to fail, and return what Pulumi says."""
        done = self.run(command, *flags)
        assert done.code != 0, f"pulumi {command} should have failed:\n{done.text}"
        return done.text

    def export(self) -> dict[str, Any]:
        """Return the whole state as Pulumi stores it."""
        state: dict[str, Any] = json.loads(self.pulumi("stack", "export"))
        return state

    def resource(self, name: str = "eu") -> dict[str, Any]:
        """Return a lease as the state has it: `inputs`, `outputs`, `urn`."""
        found = [
            one for one in self.export()["deployment"]["resources"] if one["urn"].endswith(f"{LEASE_TYPE}::{name}")
        ]
        assert len(found) == 1, f"the state has {len(found)} leases with the name {name}"
        resource: dict[str, Any] = found[0]
        return resource

    def outputs(self, name: str = "eu") -> dict[str, Any]:
        """Return a lease's outputs as the state has them."""
        outputs: dict[str, Any] = self.resource(name)["outputs"]
        return outputs

    def shown(self, *names: str) -> tuple[Any, ...]:
        """Return some outputs of the lease `eu` as the state has them."""
        outputs = self.outputs()
        return tuple(outputs[name] for name in names)

    def stored(self) -> str:
        """Return all that the backend keeps of all stacks, as one text."""
        backend = Path(self.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
        return "".join(file.read_text() for file in backend.rglob("*") if file.is_file())

    def pulumi(self, *words: str) -> str:
        """Run a command that has to succeed, and return what Pulumi says."""
        done = self.run(*words)
        assert done.code == 0, f"pulumi {' '.join(words)} failed:\n{done.text}"
        return done.text

    def run(self, *words: str) -> Done:
        """Run a command, whatever comes of it."""
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Done(done.stdout, done.returncode)
