"""Find the Pulumi engine or build one, and print the folder that contains it.

    PATH="$(python engine/install.py):$PATH"

It looks on PATH and in `~/.pulumi/versions`, where Pulumi keeps engines. If neither has one, it installs one into the
latter with Pulumi's installer or, if the network does not reach that, builds it from the Go modules pinned beside this
file. It comes with the language hosts of Python and YAML. A program gets its final name only when it is complete, so an
interrupted run leaves nothing behind that looks usable.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).resolve().parent
CLI: Final = HERE / "cli"
VERSIONS: Final = Path("~/.pulumi/versions").expanduser()

SDK: Final = "github.com/pulumi/pulumi/sdk/v3"
YAML: Final = "github.com/pulumi/pulumi-yaml"
BUILT: Final = {
    "pulumi": (CLI, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", f"{SDK}/go/common/version.Version"),
    "pulumi-language-python": (
        HERE / "language-python",
        f"{SDK}/python/cmd/pulumi-language-python",
        f"{SDK}/go/common/version.Version",
    ),
    "pulumi-language-yaml": (
        HERE / "language-yaml",
        f"{YAML}/cmd/pulumi-language-yaml",
        f"{YAML}/pkg/version.Version",
    ),
}
"""Each program that Go builds: the module beside this file that pins it, its package, and its version variable."""
SCRIPTS: Final = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
PROGRAMS: Final = (*BUILT, *(Path(script).name for script in SCRIPTS))

NETWORK_PATIENCE: Final = 5.0  # seconds for one answer
NEWS_EVERY: Final = 20.0  # seconds


class NoEngine(Exception):
    """There is no engine and no way to build one; the text says why or what to do."""


def main() -> int:
    """Print the folder of an engine, or the reason why there is none."""
    try:
        folder = find() or make()
    except (NoEngine, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    print(folder)
    return 0


def find() -> Path | None:
    """Return the folder of an existing engine."""
    return on_path() or in_versions()


def on_path() -> Path | None:
    """Return the installed engine; its other programs are beside it or elsewhere on PATH."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return None
    beside = Path(pulumi).resolve().parent
    search = os.pathsep.join([str(beside), os.environ["PATH"]])
    return Path(pulumi).absolute().parent if has_all_programs(search) else None


def in_versions() -> Path | None:
    """Return the pinned engine in `~/.pulumi/versions`, if it is complete."""
    folder = VERSIONS / pinned(CLI) / "bin"
    return folder if has_all_programs(str(folder)) else None


def has_all_programs(search: str) -> bool:
    """Return whether a folder has everything that programs in Python and YAML need."""
    return all(shutil.which(program, path=search) for program in PROGRAMS)


def pinned(module: Path) -> str:
    """Return the version of Pulumi that our go.mod requires, the only place that sets it."""
    required = re.search(r"^require \S+ v(\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if required is None:
        raise NoEngine(f"{module / 'go.mod'} requires no version of Pulumi")
    return required[1]


def make() -> Path:
    """Install or build the missing programs of the pinned engine in a temporary folder, then rename each into place."""
    version = pinned(CLI)
    folder = VERSIONS / version / "bin"
    VERSIONS.mkdir(parents=True, exist_ok=True)
    with only_one_run(VERSIONS / f".{version}.lock"):
        # Another run may have installed it while this one waited.
        if (ready := in_versions()) is not None:
            return ready
        for leftover in VERSIONS.glob(f".{version}-*"):
            shutil.rmtree(leftover)
        missing = [program for program in PROGRAMS if shutil.which(program, path=str(folder)) is None]
        with tempfile.TemporaryDirectory(prefix=f".{version}-", dir=VERSIONS) as workshop:
            root = Path(workshop) / version
            if "pulumi" not in missing or not download(root, version):
                build(root / "bin", version, missing)
            folder.mkdir(parents=True, exist_ok=True)
            for program in missing:
                (root / "bin" / program).replace(folder / program)
    return folder


def download(root: Path, version: str) -> bool:
    """Install the engine with Pulumi's installer; return False if it cannot, within seconds without a network."""
    # Slow to import, and most runs find an engine before they get here.
    from pulumi.automation import PulumiCommand  # noqa: PLC0415
    from semver import VersionInfo  # noqa: PLC0415

    socket.setdefaulttimeout(NETWORK_PATIENCE)
    try:
        with news(f"fetching the Pulumi engine {version} with Pulumi's installer"):
            PulumiCommand.install(root=str(root), version=VersionInfo.parse(version))
    except (OSError, subprocess.SubprocessError) as error:
        say(f"the network here does not let Pulumi's installer through: {error}")
    return has_all_programs(str(root / "bin"))


def build(folder: Path, version: str, programs: list[str]) -> None:
    """Build programs of the engine, and copy the SDK's two scripts next to them."""
    if shutil.which("go") is None:
        raise NoEngine(
            "There is no Pulumi engine on this machine and nothing to make one with: "
            f"install Pulumi {version} or newer (`pulumi` must be on PATH), or Go to build it with."
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    takes = "8 minutes" if "pulumi" in programs else "2 minutes"
    what = f"the Pulumi engine {version}" if "pulumi" in programs else ", ".join(programs)
    with news(f"building {what} from Go modules, about {takes} once"):
        for program in BUILT:
            if program in programs:
                go_build(folder / program, *BUILT[program])
        sdk = Path(go(CLI, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK).strip())
    for script in SCRIPTS:
        copy = shutil.copyfile(sdk / script, folder / Path(script).name)
        # Go's module cache keeps no file modes.
        copy.chmod(0o755)


def go_build(program: Path, module: Path, package: str, version: str) -> None:
    """Build one program of a pinned module as Pulumi's own releases are built."""
    stamp = f"-X {version}=v{pinned(module)}"
    flags = ("-mod=readonly", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", f"-w -s {stamp}")
    go(module, "build", *flags, "-o", str(program), package)


def go(module: Path, *arguments: str) -> str:
    """Run Go in one of the modules beside this file, regardless of any workspace or C compiler."""
    environment = {**os.environ, "GOWORK": "off", "CGO_ENABLED": "0"}
    done = subprocess.run(["go", *arguments], cwd=module, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last_words = "\n".join(done.stderr.splitlines()[-10:])
        raise NoEngine(f"Go could not build the Pulumi engine:\n{last_words}")
    return done.stdout


@contextmanager
def only_one_run(lock: Path) -> Iterator[None]:
    """Hold the lock; the operating system releases it when this process ends, however it ends."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with news("waiting for another run that is making the Pulumi engine"):
                fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def news(what: str, every: float = NEWS_EVERY) -> Iterator[None]:
    """Report what is going on, at once and then at intervals with the time elapsed."""
    started = time.monotonic()
    done = threading.Event()

    def tell() -> None:
        while not done.wait(every):
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            say(f"{what}: {minutes} min {seconds} s so far")

    teller = threading.Thread(target=tell)
    say(what)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def say(line: str) -> None:
    """Print a message to stderr; stdout is only for the folder."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
