"""What the benchmark makes of its measurements; nothing is measured here."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from page import MARK, write_between_marks
from plot import plot
from rounds import in_turns
from table import growth, markdown, most_row, ratio_row
from within_limits import forced_seconds, refused

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def call(service: str, *, region: str = "us-east-1", error: str | None = None) -> dict[str, Any]:
    """Build a request, as the desk's log has it."""
    return {"service": service, "account": "111122223333", "region": region, "error": error}


def test_a_ratio_is_that_of_runs_made_together() -> None:
    """A machine that is slow for a while slows both runs of a pair, and their ratio says nothing of it."""
    row = ratio_row("up", [1.2, 12.0, 1.1], [1.0, 10.0, 1.0], 1.15)

    assert "ratio 1.20 (1.10 to 1.20)" == row.result
    assert "1.20 s (1.10 to 12.00)" == row.leases
    assert not row.reached


@pytest.mark.parametrize(("value", "reached"), [(94, True), (95, False)])
def test_a_bound_may_be_met_but_not_passed(value: int, reached: bool) -> None:  # noqa: FBT001 - a column of the table
    """At most 94 means that 94 is good."""
    assert reached is most_row("calls", value, 94).reached


def test_what_is_not_reached_stands_out() -> None:
    """The table says of each measure whether it is reached, and a no is bold."""
    table = markdown([most_row("calls", 1, 2), most_row("memory", 160, 150, " MiB")])

    assert [
        "| calls | 1 |  |  | at most 2 | yes |",
        "| memory | 160 MiB |  |  | at most 150 MiB | **no** |",
    ] == table.splitlines()[2:]


def test_what_was_not_measured_stays_empty() -> None:
    """A side that was run with fewer numbers of leases leaves its fields empty."""
    table = growth({("up", "leases"): {10: [1.0], 30: [2.0]}, ("up", "nothing"): {30: [1.0]}})

    assert "| up | nothing |  | 1.00 s (1.00 to 1.00) |" == table.splitlines()[-1]


@pytest.mark.parametrize(
    ("calls", "seconds"),
    [
        pytest.param([], 0, id="who asks nothing waits for nothing"),
        pytest.param([call("support")] * 5, 0, id="five calls go at once"),
        pytest.param([call("support")] * 6, 1, id="the sixth comes a second after the first"),
        pytest.param([call("support")] * 16, 3, id="sixteen are three times five, and one"),
        pytest.param([call("sesv2")] * 3, 2, id="one call to SES a second"),
        pytest.param([call("sesv2", region="a"), call("sesv2", region="b")], 0, id="each Region counts for itself"),
        pytest.param([call("support", error="ThrottlingException")] * 9, 0, id="AWS does not count what it throttles"),
        pytest.param([call("sts")] * 50, 0, id="nobody limits who we are"),
    ],
)
def test_what_the_limits_force(calls: list[dict[str, Any]], seconds: float) -> None:
    """The least time between the first and the last call follows from how many of them there are."""
    assert seconds == forced_seconds(calls)


def test_throttled_answers_are_told_from_other_errors() -> None:
    """Both of AWS's words for it count; what AWS refuses for another reason does not."""
    errors = ["ThrottlingException", "TooManyRequestsException", "AccessDeniedException", None]

    assert 2 == refused([call("support", error=error) for error in errors])


def test_no_side_is_always_the_first() -> None:
    """What is first in one run is last in the next."""
    assert [("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b"), ("a", "b", "c")] == [
        in_turns("abc", number) for number in range(4)
    ]


def test_the_plot_can_be_read_without_being_seen() -> None:
    """It has a title, and all its numbers in words; a line for each command and side, the higher the longer."""
    image = ET.fromstring(plot({("up", "leases"): {10: 2.0, 100: 8.0}, ("up", "nothing"): {10: 1.0, 100: 4.0}}))  # noqa: S314 - our own
    titles = [(image.findtext(f"{SVG}{tag}") or "") for tag in ("title", "desc")]
    lines = [line.attrib["points"].split() for line in image.iter(f"{SVG}polyline")]
    heights = [[float(point.partition(",")[2]) for point in points] for points in lines]

    assert "Seconds of a command by the number of leases in the stack" == titles[0]
    assert "up, leases: 2.0 s for 10, 8.0 s for 100. up, nothing: 1.0 s for 10, 4.0 s for 100." == titles[1]
    assert heights[0] < heights[1]
    assert all(high < low for low, high in heights)


def test_only_what_is_between_the_marks_is_written(tmp_path: Path) -> None:
    """The words around the figures are a person's."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARK}\nold\n{MARK}\nafter\n", encoding="utf-8")

    write_between_marks(page, "new")

    assert f"before\n{MARK}\n\nnew\n\n{MARK}\nafter\n" == page.read_text(encoding="utf-8")
