"""What a release publishes: made offline, the same from the same source, and refused while something is missing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import grpc
import published
import pytest
from google.protobuf.empty_pb2 import Empty
from published import VERSION, missing
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub
from support.tables import table

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE = 60.0
WHEEL = f"dedicated_ip_provider-{VERSION}-py3-none-any.whl"
SCHEMA = {"version": VERSION, "publisher": "P", "repository": "R", "pluginDownloadURL": "U"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what is published."""
    folder = tmp_path_factory.mktemp("dist")
    published.make(folder)
    return folder


@pytest.fixture
def plugin(made: Path, tmp_path: Path) -> Path:
    """Return the folder into which Pulumi unpacks an archive."""
    with tarfile.open(made / f"pulumi-resource-dedicatedip-v{VERSION}-linux-amd64.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def test_an_archive_is_named_as_pulumi_asks_for_it(made: Path) -> None:
    """By system and processor; as the plugin is a Python program, all are the same."""
    archives = list(made.glob("pulumi-resource-dedicatedip-*"))

    assert {
        f"pulumi-resource-dedicatedip-v{VERSION}-{system}-{cpu}.tar.gz"
        for system in ("darwin", "linux", "windows")
        for cpu in ("amd64", "arm64")
    } == {file.name for file in archives}
    assert 1 == len({file.read_bytes() for file in archives})


def test_an_archive_says_how_it_is_run_and_has_what_it_runs(made: Path, plugin: Path) -> None:
    """The wheel in it is the published one, so the plugin needs no release of the package to be installed."""
    assert {"PulumiPlugin.yaml", "__main__.py", "requirements.txt", WHEEL} == {file.name for file in plugin.iterdir()}
    assert f"./{WHEEL}\n" == (plugin / "requirements.txt").read_text()
    assert (made / WHEEL).read_bytes() == (plugin / WHEEL).read_bytes()


def test_an_archive_has_a_plugin_that_answers(plugin: Path) -> None:
    """Pulumi's language host for Python starts the folder with its own interpreter, and reads the port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen([sys.executable, plugin], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            answer = ResourceProviderStub(channel).GetPluginInfo(Empty(), timeout=DEADLINE)
        process.terminate()

    assert VERSION == answer.version


def test_the_same_source_makes_the_same_archive(made: Path) -> None:
    """Whoever builds it can compare."""
    assert (
        published.archive(made / WHEEL)
        == (made / f"pulumi-resource-dedicatedip-v{VERSION}-linux-arm64.tar.gz").read_bytes()
    )


def test_every_file_has_its_sum(made: Path) -> None:
    """As `sha256sum --check` and `pulumi plugin install --checksum` take it."""
    files = [file for file in made.iterdir() if file.name != "SHA256SUMS"]

    assert {f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in files} == {
        *(made / "SHA256SUMS").read_text().splitlines()
    }


@table(
    "reason, change, expected",
    [
        ("everything is there", {}, []),
        ("a file was changed since the last commit", {"changed": [" M a.py"]}, ["M a.py is not committed"]),
        (
            "the version was raised, but not installed",
            {"pyproject": 'version = "9.9.9"\n'},
            [f"pyproject.toml says 9.9.9, and what is installed {VERSION}"],
        ),
        (
            "the changelog was not closed",
            {"changelog": "# Changelog\n\n## Unreleased\n"},
            [f"CHANGELOG.md's first heading says Unreleased, and what is installed {VERSION}"],
        ),
        (
            "the schema is an older version's",
            {"schema": {**SCHEMA, "version": "0.0.1"}},
            [f"schema.json (make registry) says 0.0.1, and what is installed {VERSION}"],
        ),
        (
            "nobody publishes it yet",
            {"schema": {"version": VERSION, "repository": "R", "pluginDownloadURL": "U"}},
            ["the schema has no publisher, which Pulumi's registry wants"],
        ),
    ],
)
def test_what_is_missing_is_named(reason: str, change: dict[str, object], expected: list[str]) -> None:
    """One line for each thing."""
    whole = {
        "pyproject": f'name = "x"\nversion = "{VERSION}"\n',
        "changelog": f"# Changelog\n\n## {VERSION}\n\n## 0.0.1\n",
        "schema": SCHEMA,
        "changed": [],
    }

    assert expected == missing(**{**whole, **change}), reason  # type: ignore[arg-type]  # a row changes one of them
