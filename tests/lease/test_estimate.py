"""How many addresses a volume of mail needs, by each published rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.tables import table

from dedicated_ip_provider.lease.estimate import RULES, estimate

if TYPE_CHECKING:
    import pytest

AWS, SENDGRID, MANDRILL, GREENARROW = range(4)
Both = tuple[int, int | None]
NUMBERS: list[tuple[str, int, int, tuple[Both, Both, Both, Both], int]] = [
    # mails a day, on the busiest day: fewest and most by AWS, SendGrid, Mandrill, GreenArrow; fewest for all
    ("a shop that begins", 1_000, 1_000, ((2, None), (1, 1), (0, 0), (0, 0)), 2),
    ("one mail below what keeps an address warm", 5_714, 5_714, ((2, None), (1, 1), (1, 1), (0, 0)), 2),
    ("40,000 a week keep one warm", 5_715, 5_715, ((2, None), (1, 1), (1, 1), (1, 1)), 2),
    ("Mandrill's least", 5_000, 5_000, ((2, None), (1, 1), (1, 1), (0, 0)), 2),
    ("one mail below a quarter of a million a month", 8_333, 8_333, ((2, None), (1, 1), (1, 1), (1, 1)), 2),
    ("a quarter of a million a month", 8_334, 8_334, ((2, None), (2, 2), (1, 1), (1, 1)), 2),
    ("GreenArrow's second address", 40_000, 40_000, ((2, None), (2, 2), (1, 1), (2, 2)), 2),
    ("its last day with two", 200_000, 200_000, ((2, None), (2, 2), (1, 1), (2, 2)), 2),
    ("more than Mandrill's one carries", 500_001, 500_001, ((2, None), (2, 2), (2, 2), (2, 6)), 2),
    ("ten million", 10_000_000, 10_000_000, ((2, None), (3, 4), (20, 20), (10, 100)), 20),
    ("the busiest day has to be carried", 400_000, 4_000_000, ((2, None), (2, 2), (8, 8), (4, 40)), 8),
    ("but every address kept warm", 20_000, 9_000_000, ((2, None), (3, 3), (18, 18), (3, 3)), 18),
]  # fmt: skip


@table("reason, per_day, peak, expected, count", NUMBERS)
def test_each_rule_gives_its_number(
    reason: str, per_day: int, peak: int, expected: tuple[Both, Both, Both, Both], count: int
) -> None:
    """As published; the suggestion is the smallest number that meets every rule's minimum."""
    found = estimate(per_day, peak)

    assert expected == tuple((one.fewest, one.most) for one in found.answers), reason
    assert RULES == tuple(one.rule for one in found.answers)
    assert count == found.count, reason


ADVICE = [
    ("steady and enough", 400_000, 400_000, []),
    ("too little for one rule", 5_500, 5_500, ["By the rule of GreenArrow this"]),
    ("too little for both", 1_000, 1_000, ["By the rule of Mandrill and GreenArrow this"]),
    ("a busy day is no other volume", 100_000, 299_999, []),
    ("nobody can predict it", 100_000, 300_000, ["The busiest day has 3 times the mail"]),
    ("both", 3_000, 100_000, ["By the rule of Mandrill and GreenArrow this", "The busiest day has 33.3 times the mail"]),
]  # fmt: skip


@table("reason, per_day, peak, begins", ADVICE)
def test_shared_and_managed_addresses_are_advised_where_they_are_better(
    reason: str, per_day: int, peak: int, begins: list[str]
) -> None:
    """Managed ones are always mentioned last: most senders need no others."""
    *advice, last = estimate(per_day, peak).advice

    assert [True] * len(begins) == [one.startswith(start) for one, start in zip(advice, begins, strict=True)], reason
    assert last.startswith("If nobody has to know your addresses beforehand, use a managed pool")


def test_the_advice_is_whole_sentences() -> None:
    """It names who published the rule."""
    too_little, unsteady, managed = estimate(3_000, 100_000).advice

    assert too_little == (
        "By the rule of Mandrill and GreenArrow this is too little mail to keep an address warm: SES's shared addresses "
        "are the better answer, unless partners have to know yours."
    )
    assert unsteady == (
        "The busiest day has 33.3 times the mail of a normal one, and AWS recommends standard dedicated addresses for "
        "predictable volumes. A managed pool adjusts to the volume on its own."
    )
    assert managed == (
        "If nobody has to know your addresses beforehand, use a managed pool: SES leases, warms up and changes its "
        "addresses by itself, which is why partners with allow-lists cannot list them."
    )


def test_a_source_is_named_up_to_its_first_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is who published the rule."""
    rule = replace(RULES[MANDRILL], source="Mandrill, knowledge base, on volume")
    monkeypatch.setattr("dedicated_ip_provider.lease.estimate.RULES", (rule,))

    assert estimate(1, 1).advice[0].startswith("By the rule of Mandrill this is")


def test_every_rule_has_a_source_and_the_date_it_was_read() -> None:
    """A rule without a source is an opinion."""
    assert [True] * len(RULES) == [bool(one.source and one.says and one.read_on.startswith("2026-")) for one in RULES]
