"""`dedicated-ip install-plugin`: where the plugin is put, and what is said when Pulumi does not take it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.cli.install_plugin import write_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Run

VERSION = version("dedicated-ip-provider")


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a program that stands for Pulumi on PATH, as the only one; it writes its arguments to a file."""

    def put(does: str) -> Path:
        (tmp_path / "pulumi").write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/told"\n{does}\n')
        (tmp_path / "pulumi").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return tmp_path / "told"

    return put


def test_pulumi_is_given_the_plugin_of_this_version(run: Run, pulumi: Callable[[str], Path]) -> None:
    """It replaces an earlier one, so the command can be run again after an upgrade."""
    told = pulumi("")

    assert (0, "", f"Installed the plugin dedicatedip {VERSION}, which runs {sys.executable}.\n") == run(
        "install-plugin"
    )
    before, _, after = told.read_text().partition(" --file ")
    assert (f"plugin install resource dedicatedip {VERSION}", "--reinstall") == (before, after.split()[-1])


def test_what_pulumi_says_is_passed_on(run: Run, pulumi: Callable[[str], Path]) -> None:
    """With what to do."""
    pulumi("echo 'error: no space left' >&2; exit 1")

    failed = "Pulumi did not install the plugin: error: no space left\nFix that and run the command again.\n"
    assert (1, "", f"dedicated-ip: {failed}") == run("install-plugin")


def test_a_machine_without_pulumi_is_told_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))

    refusal = "dedicated-ip: Pulumi is not on PATH.\nInstall it, or run this where `pulumi version` works.\n"
    assert (1, "", refusal) == run("install-plugin")


def test_the_plugin_can_be_in_a_folder_of_the_project(installed: Run, tmp_path: Path) -> None:
    """The lines for its Pulumi.yaml are printed; the program written there starts the plugin."""
    folder = tmp_path / "with a space"

    lines = f"plugins:\n  providers:\n    - name: dedicatedip\n      path: {folder}\n"
    assert (0, lines, "") == installed("install-plugin", "--folder", str(folder))
    with subprocess.Popen([folder / "pulumi-resource-dedicatedip"], stdout=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout is not None
        assert int(plugin.stdout.readline()) > 0
        plugin.terminate()


def test_windows_gets_a_batch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi starts a `.cmd` file there, but no shell script."""
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        write_program(tmp_path)

    written = (tmp_path / "pulumi-resource-dedicatedip.cmd").read_text()
    assert f"@{subprocess.list2cmdline([sys.executable])} -m dedicated_ip_provider.plugin %*\n" == written
