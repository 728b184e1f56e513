"""Stacks as earlier versions stored them: `states/<date>.json`, never deleted.

Beside the leases stands what their AWS account had: cases, addresses, and each version of the Regions' records. To add
the states of today: `python -m upgrade.stored`, with `tests` on PYTHONPATH.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from support.process import no_wire
from support.stacks import Stack, Stored, marked

from dedicated_ip_provider.emulator import Emulator, Settings

FOLDER: Final = Path(__file__).parent / "states"
NOON: Final = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
RECORD: Final = "/dedicated-ip/lease"
ADOPTED: Final = "198.51.100.7"

PROGRAM: Final[dict[str, dict[str, Any]]] = {
    "requested": {"region": "eu-west-1", "count": 3},
    "active": {"region": "us-east-1", "count": 2, "pools": {"orders": 1, "news": 1}, "max_send_rate": 12.5},
    "short": {"region": "us-west-2", "count": 3, "contact_language": "ja"},
    "over": {"region": "eu-west-2", "count": 1},
    "relinquishing": {"region": "ap-northeast-1", "count": 2},
    "asked": {"region": "eu-central-1", "count": 1},
    "console": {"region": "ap-south-1", "count": 2, "filing": "console"},
    "adopted": {"region": "eu-north-1", "count": 1, "adopt": [ADOPTED], "use_case": None},
    "superseded": {"region": "eu-west-3", "count": 1},
}
"""The leases of the stored stack, each named after its situation, in its own Region."""


def versions() -> list[str]:
    """Return the dates of the stored states."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def read(version: str) -> dict[str, Any]:
    """Return the states and the account of a date."""
    kept: dict[str, Any] = json.loads((FOLDER / f"{version}.json").read_text())
    return kept


def restore(version: str) -> Stack:
    """Return the stack as it was stored, at an account as it was then."""
    kept = read(version)
    emulator = Emulator(Settings(hourly_case_limit=None), NOON)
    for case in kept["cases"]:
        filed = emulator.file_by_hand(case["subject"], case["messages"][0])
        for message in case["messages"][1:]:
            emulator.reply(filed, message)
        emulator.set_status(filed, case["status"])
    for region, place in kept["regions"].items():
        emulator.import_addresses(region, *place["addresses"])
        for value in place["records"]:
            emulator.put_parameter(region, RECORD, value)
    stored = {name: Stored(**lease) for name, lease in kept["leases"].items()}
    return Stack(emulator, stored=stored, declared=dict(PROGRAM))


def write() -> None:
    """Bring the leases into their situations, and store the stack and the account."""
    emulator = Emulator(Settings(hourly_case_limit=None), NOON)
    stack = Stack(emulator)
    with no_wire(emulator):
        emulator.import_addresses("eu-north-1", ADOPTED)
        stack.up(
            **{
                **PROGRAM,
                "relinquishing": {**PROGRAM["relinquishing"], "count": 3},
                "asked": {**PROGRAM["asked"], "count": 2},
            }
        )
        cases = {case.subject.partition(":")[0].rpartition(" ")[2]: case.id for case in marked(emulator)}
        emulator.grant(cases["eu-west-1"], 1)
        emulator.grant(cases["us-west-2"], 1, close=True)
        emulator.lease("eu-west-2", 1)
        for region in ("us-east-1", "eu-west-2", "ap-northeast-1", "eu-central-1"):
            emulator.grant(cases[region])
        stack.refresh()
        stack.up(**PROGRAM)
        emulator.confirm_question(marked(emulator, is_open=True)[-1].id)
        elsewhere = Stack(emulator, "elsewhere/prod")
        token = stack["superseded"]["record_version"]
        elsewhere.up(superseded={**PROGRAM["superseded"], "take_over_from": token})
        stack.refresh()
    kept = {
        "leases": {name: asdict(stored) for name, stored in stack.stored.items()},
        "cases": [
            {"subject": one.subject, "messages": [said.body for said in one.from_customer], "status": one.status}
            for one in emulator.cases()
        ],
        "regions": {
            wish["region"]: {
                "addresses": emulator.addresses(wish["region"]),
                "records": [version.value for version in _record(emulator, wish["region"])],
            }
            for wish in PROGRAM.values()
        },
    }
    (FOLDER / f"{NOON:%Y-%m-%d}.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")


def _record(emulator: Emulator, region: str) -> tuple[Any, ...]:
    record = emulator.parameter(region, RECORD)
    return record.history if record else ()


if __name__ == "__main__":
    write()
