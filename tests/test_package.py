"""What is published: a wheel and an sdist that work where nothing of this repository is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

import dedicated_ip_provider

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dedicated_ip_provider"
VERSION = version("dedicated-ip-provider")


def run(*words: str | Path, cwd: Path) -> str:
    """Run a program that has to succeed, and give what it says."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, f"{words} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def build(project: Path, target: str, into: Path) -> Path:
    """Build a wheel or an sdist as a packaging tool does, from what is installed."""
    run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into, cwd=project)
    [built] = into.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sdist of this checkout."""
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a fresh environment with the wheel in it; it sees the dependencies, but not this checkout."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=environment)
    # The editable install of this checkout is in a .pth file there, which Python does not follow from here.
    dependencies = environment.joinpath("lib", f"python{sysconfig.get_python_version()}", "site-packages", "deps.pth")
    dependencies.write_text(sysconfig.get_path("purelib"))
    return python


def test_the_wheel_has_the_package_and_nothing_else(wheel: Path) -> None:
    """Every file of the package is in it, with what type checkers and Pulumi look for, and no test."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}

    here = {
        file.relative_to(ROOT).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert here == inside
    assert {"dedicated_ip_provider/py.typed", "dedicated_ip_provider/pulumi-plugin.json"} <= inside


def test_a_clone_can_be_installed(tmp_path: Path) -> None:
    """`pip install path/to/the/clone`, as the pages say until there is a release; dependencies are here already."""
    offline = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "install", *offline, "--target", tmp_path, ROOT, cwd=tmp_path)

    assert (tmp_path / "dedicated_ip_provider" / "py.typed").exists()
    assert (tmp_path / "bin" / "dedicated-ip").exists()


def test_pulumi_looks_for_no_plugin(wheel: Path) -> None:
    """The file that Pulumi reads says that the package has no plugin to fetch."""
    with zipfile.ZipFile(wheel) as archive:
        assert '{"resource": false}' == archive.read("dedicated_ip_provider/pulumi-plugin.json").decode().strip()


def test_the_sdist_makes_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Whoever builds from source gets what is published, to the byte."""
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    rebuilt = build(tmp_path / f"dedicated_ip_provider-{VERSION}", "wheel", tmp_path / "wheel")

    assert wheel.read_bytes() == rebuilt.read_bytes()
    assert {"LICENSE", "PKG-INFO", "README.md", "dedicated_ip_provider", "pyproject.toml"} == {
        name.split("/")[1] for name in names
    } - {".gitignore"}


def test_the_wheel_works_outside_this_repository(python: Path, tmp_path: Path) -> None:
    """All public names load from the installed package."""
    program = (
        "import dedicated_ip_provider as package\n"
        "from dedicated_ip_provider import *\n"
        "from dedicated_ip_provider import DedicatedIpNotifications, DedicatedIpPool\n"
        "print(package.__file__)\n"
        "print(*[globals()[name].__name__ for name in package.__all__])\n"
        "print(DedicatedIpNotifications.__name__, DedicatedIpPool.__name__, dir(package) == package.__all__)\n"
    )

    where, names, rest = run(python, "-c", program, cwd=tmp_path).splitlines()

    assert Path(where).is_relative_to(python.parents[1])
    assert [
        "DedicatedIpFleet",
        "DedicatedIpLease",
        "DedicatedIpLeaseArgsDict",
        "FleetRegion",
        "FleetRegionDict",
        "UseCase",
        "UseCaseDict",
    ] == names.split()
    assert "DedicatedIpNotifications DedicatedIpPool True" == rest


def test_a_name_that_is_not_there_is_an_attribute_error(python: Path, tmp_path: Path) -> None:
    """Names load lazily, and a wrong one fails as in any module."""
    program = "import dedicated_ip_provider as package; print(hasattr(package, 'DedicatedIpLeese'))"

    assert "False" == run(python, "-c", program, cwd=tmp_path).strip()


def test_the_wheel_brings_its_command(python: Path, tmp_path: Path) -> None:
    """`dedicated-ip` is on PATH once the package is installed, and knows its version."""
    assert VERSION in run(python.with_name("dedicated-ip"), "--version", cwd=tmp_path)


def test_the_package_lists_its_public_names() -> None:
    """An interpreter completes them, though none is loaded before it is used."""
    assert sorted(dedicated_ip_provider.__all__) == dir(dedicated_ip_provider)
