"""Measure an organization: 50 accounts with 20 Regions each, beside as many resources that do nothing.

    make scale

AWS's limits apply to every account. Between two runs, the emulator's clock advances by an hour and its staff grants
what is open. The time is that of `examples/organization`, run from the command line until every lease is active.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.emulator import RunningEmulator, Settings, start
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parent.parent
EXAMPLE: Final = ROOT / "examples" / "organization"
PROGRAMS: Final = Path(__file__).parent / "programs" / "nothing"
AN_HOUR: Final = 3_601
MORE_TO_DO: Final = 3
THROTTLED: Final = ("ThrottlingException", "TooManyRequestsException")


def main() -> None:
    """Measure both sides, and print what each run took."""
    parser = argparse.ArgumentParser(prog="make scale", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--regions", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        plan = json.loads((EXAMPLE / "organization.json").read_text())
        plan["regions"] = dict.fromkeys(sorted(regions().with_ses)[: options.regions], 2)
        plan["accounts"] = {f"{111_111_111_111 + number}": {} for number in range(options.accounts)}
        (folder / "organization.json").write_text(json.dumps(plan))
        with start(Settings()) as emulator:
            leases = _lease_runs(folder, emulator, list(plan["accounts"]))
            nothing = [_run(_doing_nothing(folder), folder, emulator)[1] for _ in leases]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"seconds of each run: {_listed(leases)} with leases, {_listed(nothing)} with nothing")
    print(
        f"in all: {sum(leases):.0f} s, {sum(leases) / sum(nothing):.2f} of nothing's; largest process {memory:.0f} MiB"
    )


def _lease_runs(folder: Path, emulator: RunningEmulator, accounts: list[str]) -> list[float]:
    """Run the example, an hour apart, until every lease is active; return the seconds of each run."""
    seconds: list[float] = []
    while True:
        before = emulator.now
        code, took = _run(EXAMPLE, folder, emulator)
        seconds.append(took)
        # The log forgets its oldest entries, so they are told apart by their time.
        log = [one for one in emulator.log if one.time >= before]
        calls = Counter(one.account for one in log)
        throttled = Counter(one.account for one in log if one.error in THROTTLED)
        print(
            f"run {len(seconds)}: {took:.0f} s, {sum(calls.values())} calls, at most {max(calls.values())} of an "
            f"account, {sum(throttled.values())} throttled, at most {max(throttled.values(), default=0)} of an account",
            flush=True,
        )
        still_open = [case for account in accounts for case in emulator.cases(account) if not case.is_resolved]
        for case in still_open:
            emulator.grant(case.id)
        if code == 0 and not still_open:
            granted = sum(
                len(emulator.addresses(region, account)) for account in accounts for region in regions().with_ses
            )
            filed = sum(len(emulator.cases(account)) for account in accounts)
            print(f"{len(accounts)} accounts: {filed} cases filed, {granted} addresses granted")
            return seconds
        emulator.advance(AN_HOUR)


def _run(program: Path, folder: Path, emulator: RunningEmulator) -> tuple[int, float]:
    backend = folder / f"state-of-{program.name}"
    backend.mkdir(exist_ok=True)
    environment: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **emulator.environment,
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "nothing to hide",
        "PULUMI_HOME": str(folder / "home"),
        "PYTHONPATH": str(PROGRAMS),
    }
    began = time.perf_counter()
    code = subprocess.run(
        [sys.executable, program, folder / "organization.json"], env=environment, stdout=subprocess.PIPE, check=False
    ).returncode
    if code not in (0, MORE_TO_DO):
        raise SystemExit(f"{program.name} ended with {code}")
    return code, time.perf_counter() - began


def _doing_nothing(folder: Path) -> Path:
    """Return a copy of the example whose fleet does nothing."""
    copy = folder / "nothing"
    if not copy.exists():
        shutil.copytree(EXAMPLE, copy)
        program = copy / "__main__.py"
        ours = "from dedicated_ip_provider import DedicatedIpFleet, "
        text = program.read_text()
        if ours not in text:
            raise SystemExit("the example imports its fleet in another way")
        program.write_text(text.replace(ours, "from fleet import DedicatedIpFleet\nfrom dedicated_ip_provider import "))
    return copy


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{one:.0f}" for one in seconds)


if __name__ == "__main__":
    main()
