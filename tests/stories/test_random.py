"""Short stories at random over the wire: whatever happens in any order, the promises hold after every step.

What users, AWS's people and accidents may do in every order is the explorer's (`tests/explore`). What it does not have is
here: inputs, state and record as JSON, case text as AWS's people read it, states from a backup, renamed stacks, and
faults of reads. What must hold is seen at the emulator alone.
"""

from __future__ import annotations

import random
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

import pytest
from support.filed import REGION, filed, steps
from support.process import no_wire
from support.stacks import Stack, marked

from dedicated_ip_provider.emulator import Emulator, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.stacks import Bag, Done, Stored

STORIES: Final = 30
STEPS: Final = 14
A_LONG_WHILE: Final = 601
WRITES: Final = ("CreateCase", "AddCommunicationToCase", "ResolveCase", "PutParameter")


class Story:
    """An account, two stacks that both want its lease, and what their users and AWS's people do."""

    def __init__(self, seed: int, emulator: Emulator) -> None:
        """Begin with an empty account; the seed decides everything."""
        self.random = random.Random(seed)  # noqa: S311 - the same stories each time
        self.emulator = emulator
        self.stacks = [Stack(emulator), Stack(emulator)]
        self.told: list[str] = []
        self.backups: dict[int, dict[str, Stored]] = {}
        self.wanted: dict[int, list[int]] = {0: [0], 1: [0]}
        """The counts that each stack declared since it was last at rest."""

    def step(self) -> None:
        """Let one thing happen, and check what must hold."""
        acts: list[tuple[int, Callable[[], object]]] = [
            (6, self.up),
            (3, self.refresh),
            (1, self.destroy),
            (3, self.take_over),
            (5, self.grant),
            (2, self.refuse),
            (4, self.remove),
            (1, self.question),
            (2, self.wait),
            (1, self.restore_state),
            (1, self.rename),
        ]
        [act] = self.random.choices([act for _, act in acts], [weight for weight, _ in acts])
        before = steps(self.emulator), {one.case.id for one in filed(self.emulator)}
        act()
        self.told.append(f"    {steps(self.emulator)}" if steps(self.emulator) != before[0] else "")
        self.check(f"after {act.__name__}")

    # What users do.

    def up(self) -> None:
        """Run `pulumi up` for some count, perhaps with something going wrong in it."""
        which = self.random.randrange(2)
        stack = self.stacks[which]
        wish = stack.declared.get("eu", {})
        self.run_up(which, {**wish, "count": self.random.choice([0, 1, 2, 3, 4])})

    def restore_state(self) -> None:
        """Restore a stack's state from before its latest commands."""
        which = self.random.randrange(2)
        stack = self.stacks[which]
        if which in self.backups:
            self.told.append(f"{'AB'[which]}'s state is restored from a backup")
            stack.stored = dict(self.backups.pop(which))
        elif stack.stored:
            self.told.append(f"{'AB'[which]}'s state is backed up")
            self.backups[which] = dict(stack.stored)

    def rename(self) -> None:
        """Rename a stack."""
        which = self.random.randrange(2)
        self.stacks[which].path = self.random.choice(["shop/prod", "shop/live"])

    def take_over(self) -> None:
        """Run `pulumi up`, and consent to what a refusal names."""
        which = self.random.randrange(2)
        wish = {"count": 2, **self.stacks[which].declared.get("eu", {})}
        error = self.run_up(which, wish, quiet=True).error
        found = re.search(r'take_over_from="([^"]+)"', error)
        if found:
            self.run_up(which, {**wish, "take_over_from": found[1]})

    def run_up(self, which: int, wish: Bag, *, quiet: bool = False) -> Done:
        """Run `pulumi up` for one stack."""
        stack, dying = self.stacks[which], {} if quiet else self.trouble()
        is_new = "eu" not in stack.stored
        before, looks = {one.case.id for one in filed(self.emulator)}, len(self.emulator.calls("GetDedicatedIps"))
        self.wanted[which].append(int(wish["count"]))
        done = stack.up(dying, eu=wish)
        self.told.append(f"{'AB'[which]} up {wish} {dying or ''}: {_short(done)}")
        new = [one for one in filed(self.emulator) if one.case.id not in before]
        if any(one.named for one in new):
            assert not is_new, "a create relinquished"
            assert max(self.wanted[which]) > wish["count"], "an update relinquished, though no count was lowered"
            last = stack.stored["eu"].outputs
            going = {ip for one in filed(self.emulator) for ip in one.named}
            if not done.error and not done.killed:
                assert len(set(last["addresses"]) - going) >= wish["count"], "more was relinquished than was meant"
        if not done.error and not done.killed and stack["eu"]["status"] != "unconfirmed":
            self.wanted[which] = [int(wish["count"])]
            # Where nothing has changed, Pulumi calls nobody.
            if looks < len(self.emulator.calls("GetDedicatedIps")):
                self.check_asked(stack, int(wish["count"]))
        return done

    def refresh(self) -> None:
        """Run `pulumi refresh`, which writes nothing."""
        which = self.random.randrange(2)
        self.refresh_one(which)

    def refresh_one(self, which: int) -> None:
        """Refresh one stack."""
        writes = sum(entry.operation in WRITES for entry in self.emulator.log)
        done = self.stacks[which].refresh()
        self.told.append(f"{'AB'[which]} refresh: {_short(done)}")
        assert writes == sum(entry.operation in WRITES for entry in self.emulator.log), "a refresh wrote"

    def destroy(self) -> None:
        """Run `pulumi destroy`."""
        which = self.random.randrange(2)
        dying = self.trouble()
        done = self.stacks[which].destroy(**dying)
        if not self.stacks[which].stored:
            self.wanted[which] = [0]
        else:
            self.wanted[which].append(10)
        self.told.append(f"{'AB'[which]} destroy {dying or ''}: {_short(done)}")

    def trouble(self) -> Bag:
        """Let something go wrong in one command of three."""
        kind = self.random.choice(["kill", "lost", "no", *([""] * 6)])
        if kind == "kill":
            return {"killed_at": self.random.randrange(14), "carried_out": self.random.random() < 0.5}
        if kind:
            fault, when = (
                ("reset", self.random.choice(["before", "after"])) if kind == "lost" else ("access-denied", "before")
            )
            operation = self.random.choice([*WRITES, "DescribeCases", "GetParameter"])
            skip = self.random.randrange(3)
            self.emulator.fault(fault, operation=operation, when=when, skip=skip)
            self.told.append(f"({fault} {when} {operation} {skip})")
        return {}

    # What AWS's people do, and what happens.

    def grant(self) -> None:
        """Grant some or all that a live request asks for."""
        for one in filed(self.emulator):
            missing = one.asks - len(one.case.granted)
            if one.is_live_request and missing > 0:
                came = self.emulator.grant(
                    one.case.id, self.random.randint(1, missing), close=self.random.choice([None, True])
                )
                self.told.append(f"AWS grants {came}")

    def refuse(self) -> None:
        """Close a case without having done anything in it."""
        cases = marked(self.emulator, is_open=True)
        if cases:
            self.emulator.refuse(cases[-1].id)
            self.told.append(f"AWS closes {cases[-1].display_id}")

    def remove(self) -> None:
        """Remove what a relinquish case names."""
        for one in filed(self.emulator):
            if one.named and not one.case.is_resolved:
                self.told.append(f"AWS removes {sorted(one.named)}")
                self.emulator.remove(one.case.id)

    def question(self) -> None:
        """Ask whether addresses shall be removed."""
        for one in filed(self.emulator):
            if one.named and not one.case.is_resolved:
                self.emulator.confirm_question(one.case.id)

    def wait(self) -> None:
        """Let ten minutes pass."""
        self.emulator.advance(A_LONG_WHILE)
        self.told.append("ten minutes pass")

    # What must hold.

    def check(self, when: str) -> None:
        """Check what must hold at any time."""
        cases = filed(self.emulator)
        live = [one for one in cases if one.is_live_request]
        assert len(live) <= 1, f"{when}: {len(live)} requests are open"
        open_ = [ip for one in cases if not one.case.is_resolved for ip in one.named]
        assert len(open_) == len(set(open_)), f"{when}: an address is named twice"

    def check_asked(self, stack: Stack, count: int) -> None:
        """Check that no more is asked for than is declared and not here, and that what is shown is here."""
        shown = set(stack["eu"]["addresses"])
        going = {ip for one in filed(self.emulator) if not one.case.is_resolved for ip in one.named}
        assert shown <= set(self.emulator.addresses(REGION)) - going, "something is shown that is not here"
        owed = sum(one.asks - len(one.case.granted) for one in filed(self.emulator) if one.is_live_request)
        assert owed <= max(0, count - len(shown)), f"{owed} are asked for beside {len(shown)} of {count}"

    def come_to_rest(self) -> None:
        """Let both stacks do what they still want; after that, nothing changes any more."""
        for which, stack in enumerate(self.stacks):
            for _ in range(3):
                self.emulator.advance(A_LONG_WHILE)
                self.refresh_one(which)
                if stack.declared:
                    self.run_up(which, stack.declared["eu"], quiet=True)
                self.check("at the end")
        live = []
        for which, stack in enumerate(self.stacks):
            self.refresh_one(which)
            if stack.stored and stack["eu"]["status"] != "superseded":
                live.append(which)
                shown, before = dict(stack["eu"]), steps(self.emulator)
                assert [] == stack.changes(**stack.declared), "a change is shown at rest"
                self.refresh_one(which)
                assert shown == stack["eu"], "a second refresh shows something else"
                assert before == steps(self.emulator)
        assert len(live) <= 1, "two stacks have the lease"


def _short(done: Done) -> str:
    return "killed" if done.killed else done.error.split("\n")[0] or "done"


@pytest.mark.parametrize("seed", range(STORIES))
def test_whatever_happens_the_promises_hold(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One live lease, one open request, nothing relinquished but by a user's hand, no more asked for than declared."""
    monkeypatch.chdir(tmp_path)
    emulator = Emulator(Settings(hourly_case_limit=None), datetime(2026, 11, 24, 12, tzinfo=timezone.utc))
    story = Story(seed, emulator)
    with no_wire(emulator):
        try:
            for _ in range(STEPS):
                story.step()
            story.come_to_rest()
        except AssertionError as wrong:
            pytest.fail("\n".join([*filter(None, story.told), str(wrong)]))
