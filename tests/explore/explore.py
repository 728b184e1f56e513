"""Breadth-first over all stories: `python -m explore.explore [seconds=60] [depth=7] [faults=1] [name=value ...]`."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, fields, replace
from typing import Any

from explore.events import Limits, steps
from explore.promises import at_rest
from explore.world import Stack, World, key_of


@dataclass(slots=True)
class Found:
    """What an exploration found: how far it came, and the shortest story of each broken promise."""

    states: int = 0
    edges: int = 0
    depth: int = 0
    seconds: float = 0.0
    complete: bool = False
    stories: dict[str, list[str]] = field(default_factory=dict)


def explore(limits: Limits, *, faults: int = 1, depth: int = 7, states: int = 1_000_000, seconds: float = 1e9) -> Found:
    """Try all stories up to a depth, or until so many states or seconds; return what was found."""
    start = World(stacks=(Stack(), Stack(), Stack()), faults=faults)
    parents: dict[object, tuple[object, str]] = {key_of(start): (None, "")}
    frontier, found, began = [start], Found(states=1), time.monotonic()
    for found.depth in range(1, depth + 1):
        following: list[World] = []
        for world in frontier:
            here = key_of(world)
            for step in steps(world, limits):
                found.edges += 1
                bad = _note(found, parents, here, step.words, step.wrong)
                key = key_of(step.world)
                if key in parents or len(step.world.filed) > limits.cases:
                    continue
                parents[key] = (here, step.words)
                found.states += 1
                for order, waits in (((0, 1, 2), False), ((2, 1, 0), False), ((0, 1, 2), True)):
                    calm = replace(step.world, faults=0)
                    bad |= _note(found, parents, here, step.words, at_rest(calm, order, wait_first=waits))
                # A story goes on only from where nothing is wrong yet.
                if not bad:
                    following.append(step.world)
            found.seconds = time.monotonic() - began
            if found.seconds > seconds or found.states >= states:
                return found
        if not following:
            break
        frontier = following
        print(f"depth {found.depth}: {found.states} states, {found.edges} steps, {found.seconds:.0f} s", flush=True)
    found.complete = True
    return found


def _note(found: Found, parents: dict[Any, Any], here: object, words: str, wrong: tuple[str, ...]) -> bool:
    for promise in wrong:
        if promise not in found.stories:
            found.stories[promise] = [*_story(parents, here), words]
            print(f"\n{promise}", *(f"   {line}" for line in found.stories[promise]), sep="\n", flush=True)
    return bool(wrong)


def _story(parents: dict[Any, Any], key: object) -> list[str]:
    story = []
    while key is not None:
        key, words = parents[key]
        story += [words] if words else []
    return story[::-1]


def main(arguments: list[str]) -> int:
    """Explore as the command line says."""
    given = dict(argument.split("=", 1) for argument in arguments)
    own = {one.name for one in fields(Limits)}
    limits = Limits(**{name: _value(given[name]) for name in given if name in own})
    found = explore(limits, **{name: _value(value) for name, value in given.items() if name not in own})
    print(f"\n{found.states} states, {found.edges} steps, depth {found.depth}, {found.seconds:.0f} s, "
          f"{len(found.stories)} violations, {'complete' if found.complete else 'cut off'}")
    return 1 if found.stories else 0


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return tuple(map(int, text.split(","))) if "," in text else int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
