"""A desk that every AWS client in the test talks to, leases that file their cases there, and the command line."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from values import lease

from dedicated_ip_provider.aws import Accounts
from dedicated_ip_provider.cli.outside import Outside
from dedicated_ip_provider.cli.program import main
from dedicated_ip_provider.emulator import RunningDesk, start
from dedicated_ip_provider.reconcile import settle
from dedicated_ip_provider.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dedicated_ip_provider.lease import Past

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def served() -> Iterator[RunningDesk]:
    """A desk behind a port, in whatever state."""
    with start(now=NOON) as desk:
        yield desk


@pytest.fixture
def desk(served: RunningDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunningDesk:
    """A desk as if just started, to which the environment sends every AWS client; no AWS configuration beside it."""
    served.reset()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in served.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return served


@pytest.fixture
def outside(desk: RunningDesk) -> Outside:
    """The world of a command: the desk's clock, which a pause moves on."""
    return Outside(now=lambda: desk.now, sleep=desk.advance, environment=os.environ)


@pytest.fixture
def run(outside: Outside, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs a command line in this process."""

    def command(*arguments: str) -> Ended:
        capsys.readouterr()
        code = main(arguments, outside)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return command


@pytest.fixture
def installed(desk: RunningDesk) -> Callable[..., Ended]:  # noqa: ARG001 - the environment is to lead there
    """Runs the installed program as a process of its own."""

    def command(*arguments: str, given: str = "") -> Ended:
        ended = subprocess.run(
            ["dedicated-ip", *arguments], input=given, capture_output=True, text=True, check=False, timeout=60
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return command


@pytest.fixture
def up(desk: RunningDesk) -> Callable[..., Past]:
    """Does what `pulumi up` does with a lease, or `pulumi destroy`; gives what the state remembers then."""

    def settled(
        past: Past | None = None,
        *,
        ending: bool = False,
        count: int = 3,
        region: str = "eu-west-1",
        adopt: tuple[str, ...] = (),
    ) -> Past:
        wanted = lease(count, key=f"organization/shop/prod/eu/{region}", region=region, adopt=adopt)
        account = Accounts(Settings(), lambda: desk.now).get(region, None, None)
        return settle(account, wanted, past, lambda _: None, ending=ending, waits=()).past

    return settled
