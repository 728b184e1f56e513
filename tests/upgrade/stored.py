"""Stacks as earlier versions stored them: `fixtures/state-<version>.json`, kept for ever.

A state is a `pulumi stack export`; beside it stands what the AWS account of its time had. To add the current
version's: `python -m upgrade.stored 0.2.0`, with `tests` and `engine` on PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.stack import LEASE_TYPE, Stack
from install import find, make

from dedicated_ip_provider.emulator import start

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.emulator import RunningDesk

FOLDER: Final = Path(__file__).parents[1] / "fixtures"
NOON: Final = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
ADOPTED: Final = "198.51.100.7"

REGIONS: Final = {
    "requested": "eu-west-1",
    "active": "us-east-1",
    "short": "us-west-2",
    "relinquishing": "ap-northeast-1",
    "asked": "eu-central-1",
    "console": "ap-south-1",
    "adopted": "eu-north-1",
}
"""The leases of the stored stack, each named after its situation, in a Region of its own."""

COUNTS: Final = {
    "requested": 3,
    "active": 2,
    "short": 3,
    "relinquishing": 2,
    "asked": 1,
    "console": 2,
    "adopted": 2,
}
"""What the program of the stored stack declares in the end."""

MORE: Final = {"console": ', filing="console"', "adopted": f', adopt=["{ADOPTED}"]'}


def program(counts: Mapping[str, int]) -> list[str]:
    """Write the program of the stored stack, with some counts."""
    return [
        f'DedicatedIpLease("{name}", region="{REGIONS[name]}", count={count}, use_case=shop{MORE.get(name, "")})'
        for name, count in counts.items()
    ]


def versions() -> list[str]:
    """Give the versions of which a state is kept."""
    return sorted(file.stem.partition("-")[2] for file in FOLDER.glob("state-*.json"))


def state_of(version: str) -> dict[str, Any]:
    """Give what `pulumi stack export` gave."""
    state: dict[str, Any] = json.loads((FOLDER / f"state-{version}.json").read_text())
    return state


def leases_of(version: str) -> dict[str, dict[str, Any]]:
    """Give the stored leases by name, with their `inputs` and `outputs`."""
    resources = state_of(version)["deployment"]["resources"]
    return {one["urn"].rpartition("::")[2]: one for one in resources if LEASE_TYPE in one["urn"]}


def restore(desk: RunningDesk, version: str) -> None:
    """Bring a desk to where the account was: the same cases with the same ids, and the same addresses."""
    account = json.loads((FOLDER / f"account-{version}.json").read_text())
    for region, addresses in account["addresses"].items():
        desk.import_addresses(region, *addresses)
    for case in account["cases"]:
        filed = desk.file_by_hand(case["subject"], case["messages"][0])
        for message in case["messages"][1:]:
            desk.reply(filed, message)
        if case["status"] != "opened":
            desk.set_status(filed, case["status"])
        desk.advance(60)


def write(version: str) -> None:
    """Bring leases into all situations on the real engine, and store the stack and the account."""
    with tempfile.TemporaryDirectory() as folder, start(now=NOON) as desk:
        stack = Stack(Path(folder) / "shop", _environment(folder), desk)
        desk.import_addresses(REGIONS["adopted"], ADOPTED)
        stack.program(*program({**COUNTS, "relinquishing": 3, "asked": 2}))
        stack.up()
        cases = {case.subject.partition(":")[0].rpartition(" ")[2]: case.id for case in desk.cases()}
        desk.grant(cases[REGIONS["requested"]], 1)
        desk.grant(cases[REGIONS["short"]], 1, close=True)
        for name in ("active", "relinquishing", "asked", "adopted"):
            desk.grant(cases[REGIONS[name]])
        stack.refresh()
        stack.program(*program(COUNTS))
        stack.up()
        desk.confirm_question(
            next(case.id for case in desk.cases() if f"{REGIONS['asked']}: please re" in case.subject)
        )
        stack.refresh()
        _store(f"state-{version}.json", _without_places(stack.export()))
        _store(f"account-{version}.json", _account(desk))


def _without_places(state: Any) -> Any:
    """Leave out where on this machine things were, and how secrets are kept: there are none."""
    if isinstance(state, dict):
        left_out = ("sourcePosition", "stackTrace", "secrets_providers")
        return {key: _without_places(value) for key, value in state.items() if key not in left_out}
    return [_without_places(value) for value in state] if isinstance(state, list) else state


def _account(desk: RunningDesk) -> dict[str, Any]:
    cases = [
        {"subject": one.subject, "messages": [said.body for said in one.from_customer], "status": one.status}
        for one in desk.cases()
    ]
    return {"addresses": {region: desk.addresses(region) for region in REGIONS.values()}, "cases": cases}


def _store(name: str, value: object) -> None:
    (FOLDER / name).write_text(json.dumps(value, indent=2) + "\n")


def _environment(folder: str) -> dict[str, str]:
    engine = find() or make()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(engine), os.environ["PATH"]]),
        "PULUMI_HOME": f"{folder}/home",
        "PULUMI_BACKEND_URL": f"file://{folder}",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


if __name__ == "__main__":
    write(sys.argv[1])
