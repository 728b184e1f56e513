"""Watch leases until AWS has decided: which to watch, what counts as decided, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from dedicated_ip_provider.cli.exits import Exit
from dedicated_ip_provider.cli.look import (
    is_claimed_only,
    is_over,
    label_of,
    least_warm,
    message_of,
    region_of,
)
from dedicated_ip_provider.errors import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.lease.model import Holder
    from dedicated_ip_provider.recovery import Found

Outcome = Literal["settled", "short", "person_needed", "superseded", "waiting", "warming"]

EXITS: Final[dict[Outcome, Exit]] = {
    "settled": Exit.DONE,
    "short": Exit.SHORT,
    "person_needed": Exit.PERSON_NEEDED,
    "superseded": Exit.PERSON_NEEDED,
    "waiting": Exit.TIME_OVER,
    "warming": Exit.TIME_OVER,
}
"""The exit code of each outcome; with several leases, the highest counts."""

UNDECIDED: Final[tuple[Outcome, ...]] = ("waiting", "warming")
"""The outcomes that the watch goes on for."""

LEAST_PAUSE: Final = 15
"""The least number of seconds between two looks: people decide slowly, and the account's rate limits are shared."""

_SIGN_OF_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The seconds between looks, the time limit, and whether to wait for the warm-up, too."""

    every: float
    timeout: timedelta
    until_warm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A lease that is watched: its current state, and its holder when the watch began.

    With `until_warm`, its addresses also have to be warmed up.
    """

    found: Found
    holder: Holder | None
    label: str
    until_warm: bool

    @property
    def region(self) -> str:
        """Return the Region of the lease."""
        return region_of(self.found)

    @property
    def outcome(self) -> Outcome:
        """Return whether the lease has what it wants, and if not, what it waits for."""
        if self._is_superseded:
            return "superseded"
        outcome = outcome_of(self.found)
        return "warming" if self.until_warm and outcome == "settled" and self.found.outcome.shown.warming else outcome

    @property
    def line(self) -> str:
        """Return the status of the lease as one line."""
        if self._is_superseded:
            return f"{self.label}: another stack holds this lease now: {label_of(self.found)}."
        said = f"{self.label}: {message_of(self.found)}"
        if self.outcome != "warming":
            return said
        warming = len(self.found.outcome.shown.warming)
        return f"{said} Warming up: {warming} of {len(self.found.view.held)}, the least at {least_warm(self.found)}%."

    @property
    def _is_superseded(self) -> bool:
        now, before = self.found.holder, self.holder
        # Renaming a stack changes only the path; taking over its own lease changes only the nonce.
        return bool(now and before and now.nonce != before.nonce and now.path != before.path)


def outcome_of(found: Found) -> Outcome:
    """Return whether the lease has what it wants, and if not, what it waits for."""
    state, shown = found.outcome.state, found.outcome.shown
    if shown.status in ("action_required", "to_file"):
        return "person_needed"
    if shown.status == "unconfirmed" or is_claimed_only(found):
        return "waiting"
    # All addresses are there; closing the case is up to AWS.
    if shown.status == "requested" and shown.requested_count == shown.shortfall == 0:
        return "settled"
    if shown.status in ("requested", "relinquishing"):
        return "waiting"
    # Without a case, the rest waits for `pulumi up`, not for AWS.
    if shown.status in ("short", "over") and state.due:
        return "person_needed"
    return "short" if shown.status == "short" else "settled"


def watch(
    look: Callable[[Sequence[str]], Sequence[Found]],
    names: Sequence[str],
    goal: Goal,
    runtime: Runtime,
    tell: Callable[[str], None],
) -> tuple[Watched, ...]:
    """Look until every named lease is decided or time runs out; return the leases as last seen.

    `look` takes the Regions to look in; none means all that may have one of the leases. Without names, all leases are
    watched except those that ended and left nothing open. `tell` gets a line for each change, and one now and then if
    nothing changes. Raise `Refused` if a name matches no lease, `Unreachable` if AWS never answered.
    """
    progress = _Progress(runtime, tell)
    watched: dict[str, Watched] = {}
    for found in _looks(lambda: look(list(watched)), goal, runtime, progress):
        if not watched:
            watched.update(
                {region_of(one): _begin(one, until_warm=goal.until_warm) for one in found if _is_meant(one, names)}
            )
            _refuse_unseen([name for name in names if not any(_is_called(one, name) for one in found)], watched)
        watched.update(
            {region_of(one): replace(watched[region_of(one)], found=one) for one in found if region_of(one) in watched}
        )
        progress.show(watched.values())
        if all(one.outcome not in UNDECIDED for one in watched.values()):
            break
    return tuple(watched.values())


def _begin(found: Found, *, until_warm: bool) -> Watched:
    return Watched(found=found, holder=found.holder, label=label_of(found), until_warm=until_warm)


def _looks(
    look: Callable[[], Sequence[Found]], goal: Goal, runtime: Runtime, progress: _Progress
) -> Iterator[Sequence[Found]]:
    """Look repeatedly until time runs out; if AWS does not answer, say so and try again at the next look."""
    end = runtime.now() + goal.timeout
    answered = False
    while True:
        failure = None
        try:
            found = look()
        except Unreachable as error:
            failure = error
            progress.say(error.what)
        else:
            answered = True
            yield found
        pause = min(goal.every, (end - runtime.now()).total_seconds())
        if pause < LEAST_PAUSE:
            if failure and not answered:
                raise failure
            return
        runtime.sleep(pause)


def _is_meant(found: Found, names: Sequence[str]) -> bool:
    return any(_is_called(found, name) for name in names) if names else not is_over(found)


def _is_called(found: Found, name: str) -> bool:
    """Return whether a name matches a lease: its Region, its holder's path, or the end of that path."""
    path = found.holder.path if found.holder else ""
    return name == region_of(found) or f"/{path}".endswith(f"/{name}")


def _refuse_unseen(unseen: Sequence[str], watched: Collection[object]) -> None:
    if unseen:
        raise Refused(f"No lease is named {', '.join(unseen)}.", "`dedicated-ip status --all` shows all leases.")
    if not watched:
        raise Refused("The account has no lease to wait for.", "`dedicated-ip status --all` also shows ended ones.")


class _Progress:
    """Reports changes since the last report."""

    def __init__(self, runtime: Runtime, tell: Callable[[str], None]) -> None:
        self._now = runtime.now
        self._tell = tell
        self._told: dict[str, str] = {}
        self._last = runtime.now()

    def show(self, watched: Collection[Watched]) -> None:
        """Report what has changed, or that the command is still waiting if nothing has for long."""
        for one in watched:
            if self._told.get(one.region) != one.line:
                self._told[one.region] = one.line
                self.say(one.line)
        if self._now() - self._last >= _SIGN_OF_LIFE:
            waiting = sum(one.outcome in UNDECIDED for one in watched)
            self.say(f"still waiting for {waiting} of {len(watched)}")

    def say(self, line: str) -> None:
        """Report a line with the time."""
        self._last = self._now()
        self._tell(f"{self._last:%H:%M:%S} {line}")
