"""Whatever may happen to leases, in any order: the promises hold after every step.

`make test` plays the same stories each time. `HYPOTHESIS_PROFILE=long` plays other ones, and more of them. What went
wrong once is told in `test_lease_found`.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from commands import WRITES
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from story import Story
from wireless import no_wire

if TYPE_CHECKING:
    from commands import Resource

    from dedicated_ip_provider.emulator import Case

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long"

LEASES: Final = (("prod", "eu", "eu-west-1"), ("prod", "us", "us-east-1"), ("test", "eu", "eu-west-1"))
STACKS: Final = ("prod", "test")
REGIONS: Final = ("eu-west-1", "us-east-1")
AT_REST: Final = ("active", "short", "over")

leases = st.sampled_from(range(len(LEASES)))
stacks = st.sampled_from(STACKS)
regions = st.sampled_from(REGIONS)
counts = st.sampled_from([2, 3, 1, 4, 0])
which = st.integers(0, 20)
"""Chooses one of several, however many there are."""

OPERATIONS: Final = (
    *WRITES,
    "DescribeCases",
    "DescribeCommunications",
    "DescribeServices",
    "GetDedicatedIps",
    "GetCallerIdentity",
)
faults = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            ["reset", "half-body", "html", "throttling", "internal-error", "access-denied", "hang"]
        ),
        "operation": st.sampled_from(OPERATIONS),
        "when": st.sampled_from(["before", "after"]),
        "times": st.sampled_from([1, 2, 5, None]),
        "skip": st.integers(0, 2),
    }
)
LOST: Final = ("reset", "half-body", "html", "internal-error")
ONLY_BEFORE: Final = ("throttling", "access-denied")
"""What AWS says to a call that it did not carry out."""


class LeaseMachine(RuleBasedStateMachine):
    """Three leases of two stacks in one account; two of them are in one Region."""

    def __init__(self) -> None:
        """Start with an empty account, in an empty folder, where time passes only as it is told to."""
        super().__init__()
        self.story = Story()
        self.dying: dict[str, Any] = {}
        self.hides_cases = False
        self.around = ExitStack()
        self.around.enter_context(no_wire(self.story.desk))
        # A destroy with console filing leaves its forms in the folder where it runs.
        self.around.callback(os.chdir, Path.cwd())
        os.chdir(self.around.enter_context(tempfile.TemporaryDirectory()))

    def teardown(self) -> None:
        """Bring the story to its end."""
        try:
            self.come_to_rest()
            self.end()
        finally:
            self.around.close()

    @initialize(declared=st.lists(counts, min_size=3, max_size=3), granted=st.booleans())
    def begin(self, *, declared: list[int], granted: bool) -> None:
        """Most stories begin with leases that want something, half of them with leases that have it."""
        for lease, count in enumerate(declared):
            self.up_with(lease, count=count)
            if granted:
                self.grant_all()

    # What the user does.

    @rule(lease=leases, count=counts)
    def change_count(self, lease: int, count: int) -> None:
        """A lease wants another number of addresses."""
        self.up_with(lease, count=count)

    @rule(lease=leases)
    def raise_attempt(self, lease: int) -> None:
        """A lease asks again."""
        self.up_with(lease, attempt=(self.lease(lease).wish or {}).get("attempt", 1) + 1)

    @rule(lease=leases, console=st.booleans())
    def choose_filing(self, *, lease: int, console: bool) -> None:
        """People file a lease's cases from now on, or they need not any more."""
        self.up_with(lease, filing="console" if console else "support-api")

    @rule(lease=leases, yes=st.booleans())
    def choose_confirm(self, *, lease: int, yes: bool) -> None:
        """AWS's question is answered beforehand, or not any more."""
        self.up_with(lease, confirm_relinquish=yes)

    @rule(lease=leases, index=which, more=st.booleans())
    def adopt(self, *, lease: int, index: int, more: bool) -> None:
        """A lease takes over an address that nobody has, with a higher count or in place of one it lacks."""
        one = self.lease(lease)
        free = self.story.free(one)
        if free and one.wish is not None:
            ip, before = free[index % len(free)], one.wish.get("adopt", [])
            self.up_with(lease, adopt=[*before, ip], count=one.wish["count"] + more)

    @rule(lease=leases, index=which)
    def release_first(self, lease: int, index: int) -> None:
        """The user says what goes first, be it the lease's own or not."""
        here = self.story.desk.addresses(self.lease(lease).region)
        if here:
            self.up_with(lease, release_first=[here[index % len(here)]])

    @rule(lease=leases, filed=st.booleans())
    def undeclare(self, *, lease: int, filed: bool) -> None:
        """A lease is taken out of its program."""
        one = self.lease(lease)
        one.wish = None
        self.run("up", one.stack, filed=filed)

    @rule(lease=leases, delete_first=st.booleans(), filed=st.booleans())
    def replace(self, *, lease: int, delete_first: bool, filed: bool) -> None:
        """A lease is replaced by one with the same key."""
        one = self.lease(lease)
        if one.wish is not None:
            self.run("replace", one, delete_first=delete_first, filed=filed)

    @rule(stack=stacks)
    def up(self, stack: str) -> None:
        """The same command is run again."""
        self.run("up", stack)

    @rule(stack=stacks)
    def refresh(self, stack: str) -> None:
        """The user looks."""
        self.run("refresh", stack)

    @rule(stack=stacks, filed=st.booleans())
    def destroy(self, *, stack: str, filed: bool) -> None:
        """The stack is destroyed; its program stays."""
        self.run("destroy", stack, filed=filed)

    # What breaks in the next command.

    @rule(fault=faults)
    def break_the_next(self, fault: dict[str, Any]) -> None:
        """Calls fail."""
        self.hides_cases |= fault["kind"] == "access-denied" and fault["operation"].startswith("Describe")
        self.story.desk.fault(**fault | ({"when": "before"} if fault["kind"] in ONLY_BEFORE else {}))

    @rule(killed_at=st.integers(0, 8), carried_out=st.booleans())
    def kill_the_next(self, *, killed_at: int, carried_out: bool) -> None:
        """The process dies at a call, before or after it was carried out."""
        self.dying = {"killed_at": killed_at, "carried_out": carried_out}

    @rule(
        lease=leases,
        count=counts,
        kind=st.sampled_from(LOST),
        operation=st.sampled_from(WRITES),
        skip=st.integers(0, 1),
    )
    def lose_an_answer(self, *, lease: int, count: int, kind: str, operation: str, skip: int) -> None:
        """The answer to a write is lost, and the same command is run again."""
        self.story.desk.fault(kind=kind, operation=operation, when="after", times=1, skip=skip)
        self.up_with(lease, count=count)
        self.run("up", self.lease(lease).stack)

    @rule(lease=leases, count=counts, killed_at=st.integers(2, 8), carried_out=st.booleans())
    def die_on_the_way(self, *, lease: int, count: int, killed_at: int, carried_out: bool) -> None:
        """The process dies while it takes up a change, and the same command is run again."""
        self.dying = {"killed_at": killed_at, "carried_out": carried_out}
        self.up_with(lease, count=count)
        self.run("up", self.lease(lease).stack)

    # What AWS's people do.

    @precondition(lambda self: self.open_cases("request"))
    @rule(index=which, count=st.one_of(st.none(), st.integers(0, 5)), close=st.sampled_from([None, True, False]))
    def grant(self, *, index: int, count: int | None, close: bool | None) -> None:
        """All that was asked for, or fewer, or more; and the case is closed, or not."""
        cases = self.open_cases("request")
        self.story.grant(cases[index % len(cases)], count, close=close)

    @precondition(lambda self: self.open_cases("request"))
    @rule()
    def grant_all(self) -> None:
        """Everybody gets what was asked for, and looks."""
        for case in self.open_cases("request"):
            self.story.grant(case, close=True)
        for stack in STACKS:
            self.run("refresh", stack)

    @precondition(lambda self: self.open_cases("relinquish"))
    @rule(index=which, some=st.booleans(), close=st.booleans())
    def remove(self, *, index: int, some: bool, close: bool) -> None:
        """What a case gives back is taken, all or some of it; and the case is closed, or not."""
        cases = self.open_cases("relinquish")
        case = cases[index % len(cases)]
        self.story.desk.remove(case.id, self.story.named_in(case)[:1] if some else None, close=close)

    @precondition(lambda self: self.open_cases("relinquish"))
    @rule()
    def remove_all(self) -> None:
        """All that is given back is taken, and everybody looks."""
        for case in self.open_cases("relinquish"):
            self.story.desk.remove(case.id)
        for stack in STACKS:
            self.run("refresh", stack)

    @precondition(lambda self: self.open_cases("relinquish"))
    @rule(index=which)
    def confirm_question(self, index: int) -> None:
        """AWS asks whether the addresses shall really go."""
        cases = self.open_cases("relinquish")
        self.story.desk.confirm_question(cases[index % len(cases)].id)

    @precondition(lambda self: self.story.cases())
    @rule(index=which, how=st.sampled_from(["refuse", "ask", "resolve", "say", "unknown"]))
    def answer(self, index: int, how: str) -> None:
        """AWS says no, asks, closes the case without a word, says something, or finds a new word for a status."""
        cases, desk = self.story.cases(), self.story.desk
        case, first = cases[index % len(cases)][0].id, cases[index % len(cases)][1]
        match how:
            case "refuse":
                desk.refuse(case)
            case "ask" if first.step == "relinquish":
                # The status of a case tells no question from another; docs/how-to/give-back says so.
                desk.confirm_question(case)
            case "ask":
                desk.ask(case)
            case "resolve":
                desk.resolve(case)
            case "say":
                desk.say(case, "We are working on it.")
            case _:
                desk.set_status(case, "pending-amazon-action")

    @rule(seconds=st.sampled_from([5, 3_600, 3 * 86_400, 6 * 86_400]))
    def wait(self, seconds: int) -> None:
        """Time passes; AWS closes what waits for an answer for five days."""
        self.story.desk.advance(seconds)

    # What else happens in the account.

    @precondition(lambda self: self.story.cases())
    @rule(index=which)
    def reply(self, index: int) -> None:
        """A person answers in a case, as they like."""
        cases = self.story.cases()
        self.story.desk.reply(cases[index % len(cases)][0].id, "Yes, thank you.")

    @rule(lease=leases)
    def post(self, lease: int) -> None:
        """A person files what a lease has printed, and waits until AWS lists it."""
        state = self.lease(lease).state
        self.story.post(state["form_text"] if state else "")
        self.story.desk.advance(600)

    @rule(region=regions)
    def appear(self, region: str) -> None:
        """Somebody else gets an address."""
        self.story.appear(region)

    @rule(region=regions)
    def manage(self, region: str) -> None:
        """SES adds an address to a managed pool."""
        self.story.desk.add_managed(region)

    @rule(region=regions, index=which)
    def vanish(self, region: str, index: int) -> None:
        """An address is gone, whoever had it."""
        here = self.story.desk.addresses(region)
        if here:
            self.story.vanish(region, here[index % len(here)])

    @rule(there=st.sampled_from([True, True, True, False]))
    def have_a_plan(self, *, there: bool) -> None:
        """The account's support plan ends, or is there again."""
        self.story.desk.change(support_plan=there)

    @rule(seconds=st.sampled_from([0.0, 3.0, 60.0]))
    def list_late(self, seconds: float) -> None:
        """AWS takes its time until it lists a new case."""
        self.story.desk.change(listing_delay=seconds)

    # What must hold.

    @invariant()
    def all_is_well(self) -> None:
        """No promise is broken."""
        wrong = self.story.wrong()
        assert not wrong, self.report(*wrong)

    def come_to_rest(self) -> None:
        """Once nothing breaks any more, commands and people bring every lease where it can stay."""
        self.dying = {}
        self.story.desk.clear_faults()
        self.story.desk.change(support_plan=True, listing_delay=0.0)
        for _ in range(4):
            self.story.desk.advance(3_600)
            self.story.grant_and_remove_all()
            for stack in STACKS:
                self.run("refresh", stack)
                self.run("up", stack)
                self.all_is_well()
            for one in self.story.resources:
                self.story.post(one.state["form_text"] if one.state else "")
        for one in self.story.resources:
            rests = one.state is None or one.state["status"] in AT_REST
            waits = one.state is not None and self.story.has_overtaken(one.state["form_text"])
            assert rests or waits, self.report(f"{one.key} is not at rest")

    def end(self) -> None:
        """A destroy gives back all that the leases hold, and nothing else."""
        desk, story = self.story.desk, self.story
        for stack in STACKS:
            done = self.run("destroy", stack, filed=True)
            assert done.error is None, self.report(f"the end of {stack} was refused")
        self.all_is_well()
        story.grant_and_remove_all()
        here = {ip for region in REGIONS for ip in desk.addresses(region)}
        left = here & story.held_at_the_end - story.given_back()
        assert not left, self.report(f"{sorted(left)} were not given back")
        taken = story.nobodys - here - story.adopted() - story.vanished
        taken = taken.difference(*map(story.taken_for_missing, story.resources))
        assert not taken, self.report(f"{sorted(taken)} were somebody else's, and are gone")

    # In other words.

    def lease(self, lease: int) -> Resource:
        """Give one of the leases."""
        return self.story.resource(*LEASES[lease])

    def open_cases(self, step: str) -> list[Case]:
        """Give the open cases that ask for addresses, or those that give some back."""
        return [case for case, first in self.story.cases() if first.step == step]

    def up_with(self, lease: int, **inputs: Any) -> None:
        """Change a lease in its program, or write it there again, and run `up`."""
        one = self.lease(lease)
        self.story.declare(one.stack, one.name, one.region, **{"count": 0, **(one.wish or {}), **inputs})
        self.run("up", one.stack)

    def run(self, command: str, *what: Any, filed: bool = False, **how: Any) -> Any:
        """Run a command, which may break or die as it was chosen before; what is shown must be so.

        A person files, at once or never, what was printed for leases that ended.
        """
        dying, self.dying = self.dying, {}
        self.regain_the_plan(what[0])
        self.keep_cases_in_sight()
        try:
            done = getattr(self.story, command)(*what, **how, **dying)
        except AssertionError as wrong:
            raise AssertionError(self.report(str(wrong))) from wrong
        if filed:
            self.story.post(self.story.handed_over)
            self.story.desk.advance(600)
        else:
            self.story.forget(self.story.handed_over)
        return done

    def regain_the_plan(self, what: str | Resource) -> None:
        """Without a plan, a lease that is made anew cannot know its earlier life, and asks for what it has."""
        for one in self.story.resources:
            is_made = one is what or (one.stack == what and one.wish is not None and one.state is None)
            if is_made and self.story.has_cases(one):
                self.story.desk.change(support_plan=True)

    def keep_cases_in_sight(self) -> None:
        """Where cases cannot be read, two leases of a Region take each other's addresses: docs/how-to/console says so."""
        there = [one for one in self.story.resources if one.wish is not None or one.state is not None]
        regions = [one.region for one in there]
        by_hand = [
            one for one in there if "console" in ((one.wish or {}).get("filing"), (one.state or {}).get("filing"))
        ]
        if any(regions.count(one.region) > 1 for one in by_hand):
            self.story.desk.change(support_plan=True)
            if self.hides_cases:
                self.story.desk.clear_faults()
        self.hides_cases = False

    def report(self, *wrong: str) -> str:
        """Tell the story, and what is wrong at its end."""
        return "\n".join(["", *self.story.told, *wrong])


TestLeases = LeaseMachine.TestCase
TestLeases.settings = settings(
    max_examples=5_000 if LONG else 50,
    stateful_step_count=50 if LONG else 30,
    derandomize=not LONG,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    # A story tells itself; to shorten one takes minutes.
    phases=[Phase.generate, *([Phase.shrink] if LONG else [])],
    # A story is long by intention, and no shorter one would be any other.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
