"""Make what a release publishes, in `dist`, and say what is still missing for one.

    python release/published.py [FOLDER]

Wheel and sdist are for Python's package index, and `pip` installs either. The archives are the native plugin for
`pulumi plugin install`: Pulumi asks for one by system and processor, and they are all the same, because the plugin is
a Python program. Pulumi makes a virtual environment of its own for it, into which it installs the wheel in the archive
with the packages that it needs. SHA256SUMS has the sum of each file.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from packaging.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[1]
VERSION: Final = version("dedicated-ip-provider")
PLATFORMS: Final = tuple(f"{system}-{cpu}" for system in ("darwin", "linux", "windows") for cpu in ("amd64", "arm64"))

PROJECT: Final = """\
runtime:
  name: python
  options:
    virtualenv: venv
"""
PROGRAM: Final = '''\
"""What Pulumi starts as the plugin."""

from dedicated_ip_provider.plugin.server import main

main()
'''
WANTED: Final = ("publisher", "repository", "pluginDownloadURL")
"""What Pulumi's registry wants of a schema, and only a published project has."""


def main() -> int:
    """Make everything; return 1 with what is missing, one a line, unless it could be released."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "dist"
    for file in make(folder):
        print(file.name)
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True)
    schema = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
    lacks = missing(
        pyproject=(ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        changelog=(ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        schema=schema,
        changed=changed.stdout.splitlines(),
    )
    for line in lacks:
        print(f"missing for a release: {line}", file=sys.stderr)
    return 1 if lacks else 0


def make(folder: Path) -> list[Path]:
    """Make wheel, sdist, archives and sums in a folder; the same source makes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", folder], cwd=ROOT, check=True, capture_output=True
    )
    wheel = folder / f"dedicated_ip_provider-{VERSION}-py3-none-any.whl"
    check_metadata(wheel)
    files = [wheel, folder / f"dedicated_ip_provider-{VERSION}.tar.gz"]
    plugin = archive(wheel)
    for platform in PLATFORMS:
        file = folder / f"pulumi-resource-dedicatedip-v{VERSION}-{platform}.tar.gz"
        file.write_bytes(plugin)
        files.append(file)
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}\n" for one in files))
    return [*files, sums]


def check_metadata(wheel: Path) -> None:
    """Raise where a package index would refuse the wheel's metadata."""
    with zipfile.ZipFile(wheel) as opened:
        Metadata.from_email(opened.read(f"dedicated_ip_provider-{VERSION}.dist-info/METADATA"), validate=True)


def archive(wheel: Path) -> bytes:
    """Return the plugin's archive: how Pulumi runs it, and the wheel."""
    inside = {
        "PulumiPlugin.yaml": PROJECT.encode(),
        "__main__.py": PROGRAM.encode(),
        "requirements.txt": f"./{wheel.name}\n".encode(),
        wheel.name: wheel.read_bytes(),
    }
    written = io.BytesIO()
    with gzip.GzipFile(fileobj=written, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in inside.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def missing(*, pyproject: str, changelog: str, schema: Mapping[str, Any], changed: list[str]) -> list[str]:
    """Return what a release of this version would lack; empty: nothing."""
    declared = re.search(r'^version = "(.*)"$', pyproject, re.MULTILINE)
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    return [
        *(f"{line.strip()} is not committed" for line in changed),
        *_other("pyproject.toml", declared and declared[1]),
        *_other("CHANGELOG.md's first heading", newest and newest[1]),
        *_other("schema.json (make registry)", schema.get("version")),
        *(f"the schema has no {name}, which Pulumi's registry wants" for name in WANTED if name not in schema),
    ]


def _other(where: str, found: str | None) -> list[str]:
    return [] if found == VERSION else [f"{where} says {found}, and what is installed {VERSION}"]


if __name__ == "__main__":
    sys.exit(main())
