"""Find the Pulumi engine or make one, and print the folder that holds it.

    PATH="$(python engine/install.py):$PATH"

It is looked for on PATH and in Pulumi's own place for engines, `~/.pulumi/versions`.
If it is in neither, it is put into the latter: by Pulumi's installer, or, where the network does not lead there,
from the Go modules that are pinned beside this file. It comes with the language hosts of Python and YAML.
Only a finished program ever gets its final name: a run that was stopped leaves nothing behind that looks usable.
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
"""Each program that Go builds: the module beside this file that pins it, its package, and where its version goes."""
SCRIPTS: Final = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
PROGRAMS: Final = (*BUILT, *(Path(script).name for script in SCRIPTS))

NETWORK_PATIENCE: Final = 5.0  # seconds for one answer
NEWS_EVERY: Final = 20.0  # seconds


class NoEngine(Exception):
    """There is no engine and no way to make one; the text says why or what to do."""


def main() -> int:
    """Print the folder of an engine, or one plain reason why there is none."""
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
    """The folder of an engine that is there already."""
    return on_path() or in_versions()


def on_path() -> Path | None:
    """The engine a person has installed; its other programs lie beside it or elsewhere on PATH."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return None
    beside = Path(pulumi).resolve().parent
    search = os.pathsep.join([str(beside), os.environ["PATH"]])
    return Path(pulumi).absolute().parent if has_all_programs(search) else None


def in_versions() -> Path | None:
    """The pinned engine in Pulumi's own place; an installation that lacks a program does not count."""
    folder = VERSIONS / pinned(CLI) / "bin"
    return folder if has_all_programs(str(folder)) else None


def has_all_programs(search: str) -> bool:
    """Whether everything that programs in Python and YAML need can be run from there."""
    return all(shutil.which(program, path=search) for program in PROGRAMS)


def pinned(module: Path) -> str:
    """The version of Pulumi that a go.mod of ours requires; this is the one place where it stands."""
    required = re.search(r"^require \S+ v(\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if required is None:
        raise NoEngine(f"{module / 'go.mod'} requires no version of Pulumi")
    return required[1]


def make() -> Path:
    """Install or build what the pinned engine lacks beside its final place, then give each program its name."""
    version = pinned(CLI)
    folder = VERSIONS / version / "bin"
    VERSIONS.mkdir(parents=True, exist_ok=True)
    with only_one_run(VERSIONS / f".{version}.lock"):
        # Another run may have made it while this one waited.
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
    """Let Pulumi's installer fetch the engine; False where it cannot, which a closed network shows within seconds."""
    # Slow to import, and most runs have found an engine before they come here.
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
    """Build programs of the engine, and copy the SDK's two scripts beside them."""
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
    """Run Go in one of the modules beside this file, whatever workspace or C compiler there may be around."""
    environment = {**os.environ, "GOWORK": "off", "CGO_ENABLED": "0"}
    done = subprocess.run(["go", *arguments], cwd=module, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last_words = "\n".join(done.stderr.splitlines()[-10:])
        raise NoEngine(f"Go could not build the Pulumi engine:\n{last_words}")
    return done.stdout


@contextmanager
def only_one_run(lock: Path) -> Iterator[None]:
    """Hold the lock; the operating system gives it back when this process ends, however it ends."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with news("waiting for another run that is making the Pulumi engine"):
                fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def news(what: str, every: float = NEWS_EVERY) -> Iterator[None]:
    """Say what is going on, at once and then now and then with the time it has taken."""
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
    """Tell the person; standard output is for the folder alone."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
