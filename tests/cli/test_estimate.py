"""`estimate` shows how many addresses a volume needs, what they cost, and the lines to paste."""

from __future__ import annotations

import ast
import inspect
import json
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider import DedicatedIpLease

if TYPE_CHECKING:
    from cli.conftest import Run
    from dedicated_ip_provider.emulator import RunningEmulator


def test_the_rules_are_shown_side_by_side(emulator: RunningEmulator, installed: Run) -> None:
    """With source, date and cost, what may be better than leasing, and lines to paste; AWS is not called."""
    assert (
        0,
        """\
SOURCE                          READ        ADDRESSES  USD A MONTH      RULE
Amazon SES, Developer Guide     2026-11-26  2 or more  49.90 or more    a predictable volume; more than one address in a Region, for availability
Twilio SendGrid, documentation  2026-11-26  2          49.90            from 250,000 a month two, for marketing and transactional mail; then one for each 3 to 4 million a day
Mandrill, knowledge base        2026-11-26  3          74.85            at least 5,000 a day on three days a week; one address carries 500,000 a day
GreenArrow, documentation       2026-11-26  2 to 12    49.90 to 299.40  under 40,000 a day one, to 200,000 two, above that one for each 100,000 to 1,000,000; never under 40,000 a week each

3 dedicated IP addresses meet every rule's minimum: USD 74.85 a month (24.95 each, AWS's price in us-east-1 of 2026-07-22).
The busiest day has 3 times the mail of a normal one, and AWS recommends standard dedicated addresses for predictable volumes. A managed pool adjusts to the volume on its own.
If nobody has to know your addresses beforehand, use a managed pool: SES leases, warms up and changes its addresses by itself, which is why partners with allow-lists cannot list them.

lease = DedicatedIpLease("mail", region="eu-west-1", count=3, use_case=use_case)
""",
        "",
    ) == installed("estimate", "--per-day", "400000", "--peak", "1200000", "--region", "eu-west-1")
    assert () == emulator.log


def test_a_rule_that_advises_against_one_says_none(run: Run) -> None:
    """It costs nothing."""
    said = run("estimate", "--per-day", "1000").out

    assert "Mandrill, knowledge base        2026-11-26  none       0.00           at least" in said
    assert said.endswith('\nlease = DedicatedIpLease("mail", count=2, use_case=use_case)\n')


def test_scripts_get_json_at_a_price_of_their_own(run: Run) -> None:
    """The price that amounts are computed from is among the data."""
    found = json.loads(run("estimate", "--per-day", "10_000_000", "--monthly-price", "19.5", "--json").out)

    assert (20, 390.0, 19.5, "as given") == tuple(
        found[name] for name in ("count", "monthly_cost_usd", "price_usd", "price_source")
    )
    assert [(2, None, 39.0, None), (3, 4, 58.5, 78.0)] == [
        (one["fewest"], one["most"], one["fewest_cost_usd"], one["most_cost_usd"]) for one in found["rules"][:2]
    ]
    assert 1 == len(found["advice"])


def test_the_lines_to_paste_declare_a_lease(run: Run) -> None:
    """Each argument is one that the class takes."""
    lines = json.loads(run("estimate", "--per-day", "9000", "--region", "eu-west-1", "--json").out)["lines"]
    (statement,) = ast.parse(lines).body
    assert isinstance(statement, ast.Assign)
    assert isinstance(statement.value, ast.Call)

    assert {one.arg for one in statement.value.keywords} <= set(inspect.signature(DedicatedIpLease).parameters)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], "Missing option '--per-day'."),
        (["--per-day", "0"], "Invalid value for '--per-day': 0 is not in the range 1<=x<=1000000000."),
        (["--per-day", "10", "--peak", "9"], "--peak is the busiest day: it cannot be below --per-day."),
        (["--per-day", "10", "--monthly-price", "-1"], "Invalid value for '--monthly-price': -1.0 is not in the range"),
    ],
    ids=str,
)
def test_a_mistake_is_refused(run: Run, options: list[str], expected: str) -> None:
    """The sentence names the option."""
    said = run("estimate", *options)

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith(f"dedicated-ip: {expected}")
