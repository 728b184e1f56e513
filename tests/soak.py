"""Four stacks run `pulumi up` at once, on one account and Region, again and again: `python tests/soak.py [--rounds 50]`.

Each round declares new counts, gives consent to take-overs now and then, and lets some calls to AWS go wrong. After every
write the emulator is asked whether the promises hold; after every round the holder settles in peace, and has to hold
every address that no case relinquishes. A broken promise ends it.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.stack import Stack, environment_in, lease
from support.filed import PARAMETER, REGION, filed

from dedicated_ip_provider.emulator import RunningEmulator, Settings
from dedicated_ip_provider.lease.claim import Recorded
from dedicated_ip_provider.lease.memory import read_record

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.wire.protocol import Answer, Request

STACKS: Final = 4
WRITES: Final = ("CreateCase", "AddCommunicationToCase", "ResolveCase", "PutParameter")
FAULTS: Final = [
    ("reset", "after", WRITES),
    ("half-body", "after", WRITES),
    # A case whose call was lost on its way there keeps everybody from filing for ten minutes: the explorer has it.
    ("reset", "before", (*WRITES[1:], "DescribeCases", "GetParameter", "GetDedicatedIps")),
    ("throttling", "before", (*WRITES, "DescribeCases", "GetParameter", "GetDedicatedIps")),
    ("access-denied", "before", (*WRITES, "GetParameter")),
]
"""What goes wrong, when, and with which calls."""


class WatchedEmulator(RunningEmulator):
    """An emulator that notes, after every write, which promise does not hold."""

    def __init__(self, settings: Settings) -> None:
        """Start with nothing broken."""
        self.broken: list[str] = []
        super().__init__(settings)

    def answer(self, request: Request) -> Answer:
        """Answer a request, and note what is broken after a write."""
        calls = len(self.log)
        answer = super().answer(request)
        for entry in self.log[calls:]:
            if entry.operation in WRITES:
                self.broken += broken(self)
        return answer


@dataclass
class Soak:
    """Four stacks of one account, and what they have done so far."""

    chance: random.Random
    emulator: WatchedEmulator
    stacks: list[Stack]
    ends: Counter[str] = field(default_factory=Counter)
    holders: set[str] = field(default_factory=set)

    def round(self) -> None:
        """Let everybody run `pulumi up` at once, with something going wrong; then let the holder settle in peace."""
        for stack in self.stacks:
            self.declare(stack, with_consent=self.chance.random() < 0.5)
        for _ in range(self.chance.randrange(5)):
            kind, when, operations = self.chance.choice(FAULTS)
            skip = self.chance.randrange(4)
            self.emulator.fault(kind, when=when, operation=self.chance.choice(operations), skip=skip)
        with ThreadPoolExecutor(STACKS) as together:
            for end in together.map(self.up, self.stacks):
                self.ends[end] += 1
        self.emulator.clear_faults()
        self.aws_works()
        self.check(self.settle())

    def declare(self, stack: Stack, *, with_consent: bool) -> None:
        """Write another program, which may take the lease over."""
        recorded = self.recorded() if with_consent else None
        consent = f', take_over_from="{recorded.token(REGION)}"' if recorded else ""
        stack.program(lease(self.chance.choice((1, 2, 2, 3, 4)), consent))

    def up(self, stack: Stack, *flags: str) -> str:
        """Run `pulumi up`, and return how it ended."""
        done = stack.run("up", "--yes", "--skip-preview", *flags)
        if done.code == 0:
            return "done"
        return "refused" if "Nothing was filed." in done.text else "failed"

    def aws_works(self) -> None:
        """Let AWS's people grant some or all of a request, refuse it, or remove what is relinquished."""
        for one in filed(self.emulator):
            if one.case.is_resolved:
                continue
            missing = one.asks - len(one.case.granted)
            what = self.chance.choice(("grant", "grant", "some", "refuse", "wait"))
            if one.named:
                if what != "wait":
                    self.emulator.remove(one.case.id)
            elif what in ("grant", "some") and one.is_live_request and missing > 0:
                self.emulator.grant(one.case.id, missing if what == "grant" else 1)
            elif what == "refuse":
                self.emulator.refuse(one.case.id)

    def settle(self) -> set[str]:
        """Let the holder run its command again in peace, and return what it holds; a run that was cut off needs consent."""
        recorded = self.recorded()
        if recorded is None or recorded.memory.holder is None:
            return set()
        self.holders.add(recorded.memory.nonce)
        path = recorded.memory.holder.path
        [holder] = [stack for stack in self.stacks if path.startswith(f"{stack.folder.name}/")]
        if self.up(holder, "--refresh") != "done":
            self.declare(holder, with_consent=True)
            holder.up()
        [held] = holder.shown("addresses")
        return set(held)

    def check(self, held: set[str]) -> None:
        """Raise `AssertionError` where a promise was broken, or an address is nobody's."""
        assert [] == self.emulator.broken
        named = {ip for one in filed(self.emulator) for ip in one.named}
        lost = set(self.emulator.addresses(REGION)) - named - held
        assert not lost, f"nobody holds {lost}"

    def recorded(self) -> Recorded | None:
        """Return the last value of the record that counts, and its version."""
        parameter = self.emulator.parameter(REGION, PARAMETER)
        for one in parameter.history[::-1] if parameter else ():
            memory, over = read_record(one.value)
            if one.version == over + 1:
                return Recorded(memory=memory, version=parameter.version if parameter else 0)
        return None


def broken(emulator: RunningEmulator) -> list[str]:
    """Return which promises do not hold at this moment."""
    cases = filed(emulator)
    live = [one.case.display_id for one in cases if one.is_live_request]
    found = [f"{live} are open requests"] if len(live) > 1 else []
    marks = Counter(mark for one in cases for mark in re.findall(r"\[(DIP-\S+)\]", one.case.subject))
    found += [f"{mark} was filed {times} times" for mark, times in marks.items() if times > 1]
    named = Counter(ip for one in cases if not one.case.is_resolved for ip in one.named)
    return found + [f"{ip} is named by {times} open cases" for ip, times in named.items() if times > 1]


def main() -> int:
    """Run the rounds, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        WatchedEmulator(Settings(hourly_case_limit=None)) as emulator,
    ):
        root = Path(folder)
        for made in ("home", "python"):
            (root / made).mkdir()
        environment = environment_in(root / "python", root / "home")
        stacks = []
        for number in range(1, STACKS + 1):
            (state := root / "states" / str(number)).mkdir(parents=True)
            here = {**environment, "PULUMI_BACKEND_URL": state.as_uri()}
            stacks.append(Stack(root / f"shop{number}", here, emulator))
        soak = Soak(random.Random(given.seed), emulator, stacks)  # noqa: S311 - the same rounds each time
        for number in range(1, given.rounds + 1):
            soak.round()
            print(f"round {number}: {dict(soak.ends)}", flush=True)
        cases, writes = len(filed(emulator)), sum(entry.operation in WRITES for entry in emulator.log)
        broken_calls = sum(entry.fault is not None for entry in emulator.log)
        print(
            f"{given.rounds} rounds, {given.rounds * STACKS} `pulumi up` at once in fours, {dict(soak.ends)}; "
            f"{len(soak.holders)} holders after one another, {cases} cases, {writes:,} writes, {broken_calls} calls that went wrong, no broken promise; "
            f"{time.monotonic() - began:.0f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
