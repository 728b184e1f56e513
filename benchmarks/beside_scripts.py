"""Leases beside what people would otherwise write: a script that is run once for each, by a loop in a shell."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rounds import THIRTY
from sides import LEASES, UP
from table import Row, ratios_of, spread

if TYPE_CHECKING:
    from rounds import Bench

SCRIPT: Final = Path(__file__).parent / "script_per_lease.py"
LOOP: Final = 'for number in $(seq "$1"); do "$2" "$3" "eu-west-$number" 2 || exit 1; done'
TIMES: Final = 5


def script_row(bench: Bench) -> Row:
    """File thirty leases with an `up`, and the same with thirty runs of a script."""
    ours, scripts = [], []
    with bench.side(LEASES, THIRTY) as side:
        loop = ["sh", "-c", LOOP, "sh", str(THIRTY.leases), sys.executable, str(SCRIPT)]
        for _ in bench.numbers("30 leases, and a script for each"):
            side.start_again()
            ours.append(side.run(UP).seconds)
            side.desk.reset()
            side.desk.set_limits(hold=False)
            started = time.perf_counter()
            subprocess.run(loop, env=side.environment, check=True)
            scripts.append(time.perf_counter() - started)
    times = ratios_of(scripts, ours)
    return Row(
        measure="30 leases: `up`, beside a script for each",
        leases=spread(ours, " s"),
        beside=spread(scripts, " s"),
        result=f"{spread(times)} times faster",
        reach=f"at least {TIMES} times",
        reached=statistics.median(times) >= TIMES,
    )
