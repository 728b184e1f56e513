"""`dedicated-ip install-plugin`: install the native plugin among Pulumi's plugins.

The package has no script of the plugin's name: Pulumi prefers one on PATH to any other, and warns about it every time.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from dedicated_ip_provider.cli.output import note, say
from dedicated_ip_provider.errors import Refused

_FOR_A_PROJECT = """\
plugins:
  providers:
    - name: dedicatedip
      path: {}"""


@click.command(
    short_help="Install the plugin for YAML, TypeScript, Go, .NET and Java.",
    epilog="""\b
    Examples:
      dedicated-ip install-plugin
      dedicated-ip install-plugin --folder plugins
    """,
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the plugin to this folder instead, and print the lines for Pulumi.yaml that refer to it.",
)
def install_plugin(*, folder: Path | None) -> None:
    """Install the native plugin of this version where Pulumi looks for plugins.

    The plugin runs in the Python environment of this command, so keep that environment. Run the command again after
    each upgrade of the package.
    """
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        write_program(folder)
        say(_FOR_A_PROJECT.format(folder))
        return
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise Refused("Pulumi is not on PATH.", "Install it, or run this where `pulumi version` works.")
    ours = version("dedicated-ip-provider")
    with TemporaryDirectory() as made:
        write_program(Path(made))
        words = ["plugin", "install", "resource", "dedicatedip", ours, "--file", made, "--reinstall"]
        done = subprocess.run([pulumi, *words], capture_output=True, text=True, check=False)  # noqa: S603 - Pulumi itself
    if done.returncode:
        raise Refused(
            f"Pulumi did not install the plugin: {' '.join((done.stderr or done.stdout).split())}",
            "Fix that and run the command again.",
        )
    note(f"Installed the plugin dedicatedip {ours}, which runs {sys.executable}.")


def write_program(folder: Path) -> None:
    """Write the program `pulumi-resource-dedicatedip`, which runs the plugin in this Python environment."""
    program = folder / "pulumi-resource-dedicatedip"
    runs = [sys.executable, "-m", "dedicated_ip_provider.plugin"]
    if os.name == "nt":
        program.with_suffix(".cmd").write_text(f"@{subprocess.list2cmdline(runs)} %*\n", encoding="utf-8")
        return
    program.write_text(f'#!/bin/sh\nexec {shlex.join(runs)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
