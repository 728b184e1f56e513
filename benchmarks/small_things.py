"""What is small and paid often: the start of a plugin, and what a stack stores of a lease."""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from nothing import NothingProvider
from sides import PROGRAMS
from support.plugin import running
from table import Row, differences_of, most_row, spread

from dedicated_ip_provider.provider import LeaseProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi.dynamic import ResourceProvider
    from rounds import Bench

SIDES: Final = (LeaseProvider, NothingProvider)
INPUTS: Final = {"lease_key": "org/shop/prod/mail/eu-west-1", "region": "eu-west-1", "count": 2.0}
MORE: Final = 0.25


def plugin_row(bench: Bench) -> Row:
    """Start a plugin and ask it a first question; beside it one whose provider does nothing."""
    times: defaultdict[type[ResourceProvider], list[float]] = defaultdict(list)
    for side in SIDES:  # what is compiled is kept
        _seconds_to_answer(bench, side)
    for _ in bench.numbers("start of a plugin"):
        for side in SIDES:
            times[side].append(_seconds_to_answer(bench, side))
    ours, nothing = (times[side] for side in SIDES)
    more = differences_of(ours, nothing)
    return Row(
        measure="plugin: start to first answer",
        leases=spread(ours, " s"),
        beside=spread(nothing, " s"),
        result=spread(more, " s", sign="+"),
        reach=f"at most +{MORE} s",
        reached=statistics.median(more) <= MORE,
    )


def _seconds_to_answer(bench: Bench, provider: type[ResourceProvider]) -> float:
    compiled = {name: bench.environment[name] for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")}
    started = time.perf_counter()
    with running(bench.new_folder(), {"PYTHONPATH": str(PROGRAMS / "nothing"), **compiled}, provider) as plugin:
        plugin.configure()
        plugin.check({}, INPUTS)
        return time.perf_counter() - started


def stored_rows(bench: Bench) -> Iterator[Row]:
    """Measure what a stack stores of a lease: its inputs, its outputs, and how its provider is found again."""
    size = max(len(json.dumps(lease, separators=(",", ":"))) for lease in bench.stored)
    in_file = bench.stack_bytes // len(bench.stored)
    yield most_row("state of a lease", size, 4096, " bytes", result=f"{in_file:,} bytes in the stack's file")
    provider = max(len(lease["inputs"]["__provider"]) for lease in bench.stored)
    yield most_row("`__provider` in it", provider, 100, " characters")
