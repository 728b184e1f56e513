"""Measure the package beside Pulumi itself, and print the table: `make bench`.

Everything runs on this machine: the real engine, and AWS's part played by the desk.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from beside_nothing import GROWING, THREE_HUNDRED, call_rows, command_rows, growing, thirty, three_hundred_rows
from beside_scripts import script_row
from desk_share import share_of_desk
from machine import in_words
from many_cases import old_cases_row, search_row
from page import write_between_marks
from plot import plot
from rounds import THIRTY, Bench
from sides import AS_LARGE, LEASES, NOTHING, REFRESH, UP, surroundings
from small_things import plugin_row, stored_rows
from table import growth, markdown
from within_limits import ten

if TYPE_CHECKING:
    from rounds import Rounds
    from table import Row

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "explanation" / "benchmarks.md"
PLOT: Final = PAGE.with_suffix(".svg")
QUICK_RUNS: Final = 2


def main() -> int:
    """Measure, print, and with `--write` put it into the documentation."""
    options = _parser().parse_args()
    # A shell lets what it runs in the background ignore Ctrl-C, and so would Pulumi's language host, which Pulumi
    # ends with just that signal, and for which it would wait five seconds.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine = subprocess.run(
        [sys.executable, ROOT / "engine" / "install.py"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="dedicated-ip-bench-") as folder:
        environment = surroundings(engine, Path(folder) / "compiled")
        bench = Bench(Path(folder), environment, QUICK_RUNS if options.quick else options.runs)
        load = os.getloadavg()[0]
        measured, drawn = _measure(bench, quick=options.quick)
    about = (
        f"{bench.runs} runs of each side, in turns: median (smallest to largest). {in_words(engine)}. "
        f"Its load was {load:.1f} at the start and {os.getloadavg()[0]:.1f} at the end."
    )
    text = f"{about}\n\n{measured}"
    print(text)
    if options.write:
        write_between_marks(PAGE, text)
        PLOT.write_text(drawn, encoding="utf-8")
        bench.say(f"written into {PAGE.relative_to(ROOT)} and {PLOT.relative_to(ROOT)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two runs, fewer old cases, no more than 30 leases")
    parser.add_argument("--runs", type=int, default=5, help="how often each side is run (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="put tables and plot into the documentation")
    return parser


def _measure(bench: Bench, *, quick: bool) -> tuple[str, str]:
    """Measure everything; give the text with its tables, and the plot."""
    bench.warm_up()
    rounds = {THIRTY: thirty(bench)}
    rows: list[Row] = [*command_rows(rounds[THIRTY])]
    for setting in GROWING[:1] if quick else GROWING:
        rounds[setting] = growing(bench, setting)
    if THREE_HUNDRED in rounds:
        rows += three_hundred_rows(rounds[THREE_HUNDRED])
    rows += [*ten(bench), script_row(bench), *call_rows(rounds[THIRTY])]
    rows += [old_cases_row(bench, 500 if quick else 5_000), plugin_row(bench), *stored_rows(bench), search_row(20_000)]
    seconds = _by_number({setting.leases: told for setting, told in rounds.items()})
    text = "\n\n".join((markdown(rows), share_of_desk(rounds[THIRTY]), growth(seconds)))
    medians = {
        line: {number: statistics.median(values) for number, values in points.items()}
        for line, points in seconds.items()
    }
    return text, plot(medians)


def _by_number(rounds: dict[int, Rounds]) -> dict[tuple[str, str], dict[int, list[float]]]:
    """Give what each command took on each side, by the number of leases."""
    return {
        (step.words[0], side): {number: told.seconds(side, step) for number, told in sorted(rounds.items())}
        for step in (UP, REFRESH)
        for side in (LEASES, NOTHING, AS_LARGE)
    }


if __name__ == "__main__":
    sys.exit(main())
