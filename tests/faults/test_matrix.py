"""Every write times every fault, before and after it was recorded, and every read times every fault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faults.matrix import ALL, Place
from faults.report import report

if TYPE_CHECKING:
    from faults.commands import End
    from faults.matrix import Bench

every_place = pytest.mark.parametrize("place", ALL, ids=[place.name for place in ALL])


def end_expected(place: Place) -> End:
    """Say how a command ends during which a call breaks."""
    effect, recorded = place.broken.effect, place.when == "after"
    # A second sending would be a second case: what may have been carried out is looked for, and never sent again.
    if place.story.is_sent_once:
        if recorded:
            return "done"
        if effect == "throttled":
            return "Unreachable" if place.lasting else "done"
        return "Refused" if effect == "refused" else "OutcomeUnknown"
    # Anything else is asked again, up to five times; but an answer that cannot be read is only not believed.
    if effect == "refused":
        return "Refused"
    return "Unreachable" if place.lasting or effect == "spoilt" else "done"


@every_place
def test_the_user_is_told_what_happened(bench: Bench, place: Place) -> None:
    """A command ends well where it is known to; else the error says, in two lines, whether anything was filed."""
    cell = bench.cell(place)

    assert end_expected(place) == cell.first.end
    if cell.first.end == "done":
        return
    what, next_step = cell.first.text.split("\n")
    if cell.first.end == "OutcomeUnknown":
        assert "it may or may not have happened" in what
        assert "Look for DIP-" in next_step
    elif next_step.startswith("Nothing was filed."):
        assert not cell.changed or "may be closed" in next_step
    else:
        assert next_step.startswith("Done before that: case 17")
        assert cell.changed


@every_place
def test_the_same_command_again_reaches_the_wanted_end(bench: Bench, place: Place) -> None:
    """When the fault is over, the same command ends where it would have ended without it: once, and nothing lost."""
    cell = bench.cell(place)

    assert ("done", (cell.on_file[1], 1)) == (cell.second.end, (1, 1))
    assert ([], []) == cell.wrongs
    assert bench.unbroken(place.story) == cell.end


def test_the_page_about_faults_is_what_was_seen(bench: Bench) -> None:
    """`docs/faults.md` is printed from the cells that the tests above have judged: `make faults >docs/faults.md`."""
    page = Path(__file__).parents[2] / "docs" / "faults.md"

    assert report(bench) == page.read_text(encoding="utf-8")
