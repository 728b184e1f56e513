"""Every story up to a length, breadth-first: `python -m explore.explore [depth=7] [states=1000] [console=true ...]`.

Without a setting of its own it tries all of `SETTINGS`, one on each core at a time. A broken promise is printed with its
shortest story, as a test to paste.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from explore.events import Limits, steps
from explore.promises import Known, at_rest
from explore.world import Stack, World, key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTINGS: Final[Mapping[str, Limits]] = {
    "one stack": Limits(stacks=(0,), count=1),
    "three stacks take over from each other": Limits(count=1, races=True, move=True),
    "addresses come, vanish and are too many": Limits(
        stacks=(0,), count=3, over_grants=True, late_grants=True, vanish=True, attempts=True, pools=True
    ),
    "somebody requests addresses by hand": Limits(stacks=(0, 2), by_hand=True, adopt=True),
    "leases are imported": Limits(stacks=(0, 2), by_hand=True, imports=True, races=True, replace=False),
    "somebody deletes the record": Limits(
        stacks=(0,), over_grants=True, lose_record=True, lose_state=False, replace=False
    ),
    "people file the forms": Limits(stacks=(0, 2), count=1, console=True, attempts=True),
}
"""What stories are about, and how far they go."""


@dataclass(slots=True)
class Found:
    """What an exploration found: how far it came, and the shortest story of each broken promise."""

    limits: Limits
    faults: int
    states: int = 1
    steps: int = 0
    depth: int = 0
    seconds: float = 0.0
    is_complete: bool = False
    stories: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the figures in a line."""
        end = "complete" if self.is_complete else "cut off"
        return (
            f"{self.states:,} states, {self.steps:,} steps, depth {self.depth} ({end}), {self.seconds:.0f} s, "
            f"{len(self.stories)} violations"
        )


def explore(
    limits: Limits, *, faults: int = 1, depth: int = 12, states: int = 150_000, seconds: float = float("inf")
) -> Found:
    """Try all stories up to a depth, or until so many states or seconds; return what was found."""
    start, found, known, began = start_of(faults), Found(limits, faults), Known(), time.monotonic()
    parents: dict[object, tuple[object, str]] = {key_of(start): (None, "")}
    frontier = [start]
    for found.depth in range(1, depth + 1):
        following: list[World] = []
        for world in frontier:
            following += _next(world, found, known, parents)
            found.seconds = time.monotonic() - began
            if found.seconds > seconds or found.states >= states:
                return found
        frontier = following
    found.is_complete = True
    return found


def wrong_after(story: Sequence[str], limits: Limits, *, faults: int = 1) -> tuple[str, ...]:
    """Return what is wrong along a story, and when everybody has run the same commands again after it."""
    world, wrong = start_of(faults), list[str]()
    for words in story:
        step = next(step for step in steps(world, limits) if step.words == words)
        world = step.world
        wrong += step.wrong
    return tuple(dict.fromkeys([*wrong, *at_rest(world, Known())]))


def start_of(faults: int) -> World:
    """Return the world before anything happened."""
    return World(stacks=(Stack(), Stack(), Stack()), faults=faults)


def _next(world: World, found: Found, known: Known, parents: dict[object, tuple[object, str]]) -> list[World]:
    """Return the worlds that follow and were not met before; a story goes on only from where nothing is wrong."""
    here, following = key_of(world), []
    for step in steps(world, found.limits):
        found.steps += 1
        _note(found, parents, (here, step.words), step.wrong)
        key = key_of(step.world)
        if key in parents or len(step.world.filed) > found.limits.cases:
            continue
        parents[key] = (here, step.words)
        found.states += 1
        wrong = at_rest(step.world, known)
        _note(found, parents, (here, step.words), wrong)
        if not (step.wrong or wrong):
            following.append(step.world)
    return following


def _note(
    found: Found, parents: dict[object, tuple[object, str]], last: tuple[object, str], wrong: tuple[str, ...]
) -> None:
    for promise in wrong:
        if promise not in found.stories:
            key, words = last
            story = [words]
            while key is not None:
                key, words = parents[key]
                story += [words] if words else []
            found.stories[promise] = story[::-1]


def as_test(promise: str, story: Sequence[str], found: Found) -> str:
    """Return a story as a test to paste."""
    name = promise.partition(":")[0].lower().replace("-", "_")
    lines = "\n".join(f"        {json.dumps(words)}," for words in story)
    given = ", ".join(
        f"{one.name}={value!r}" for one in fields(Limits) if (value := getattr(found.limits, one.name)) != one.default
    )
    return (
        f'def test_{name}() -> None:\n    """Not: {promise.partition(": ")[2]}."""\n    story = [\n{lines}\n    ]\n'
        f"    assert () == wrong_after(story, Limits({given}), faults={found.faults})\n"
    )


def main(arguments: Sequence[str]) -> int:
    """Explore as the command line says."""
    given = {name: _value(value) for name, _, value in (argument.partition("=") for argument in arguments)}
    own = {one.name for one in fields(Limits)}
    named = {name: value for name, value in given.items() if name in own}
    settings = {"as named": Limits(**named)} if named else SETTINGS
    how_far = {name: value for name, value in given.items() if name not in own}
    wrong = 0
    with ProcessPoolExecutor(initializer=gc.disable) as pool:  # values have no cycles, and there are millions of them
        runs = {name: pool.submit(explore, limits, **how_far) for name, limits in settings.items()}
        for name, run in runs.items():
            found = run.result()
            wrong += len(found.stories)
            for promise, story in found.stories.items():
                print(as_test(promise, story, found))
            print(f"{name}: {found}", flush=True)
    return 1 if wrong else 0


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return tuple(int(part) for part in text.split(",") if part) if "," in text else int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
