"""How many addresses a volume of mail needs, by each published rule. The rules are data.

None of the rules is ours: they are shown side by side, each with its source and the date on which it was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNSTEADY: Final = 3
"""From what ratio of the busiest day to a normal one we call a volume unpredictable; AWS names no number."""

_A_MONTH: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One published rule.

    `steps` are pairs: from so many messages a day, so many addresses; a rule without `carries` says no more than that.
    `carries` is how many messages a day one address carries, in the cautious and in the bold reading of the rule. If
    there are fewer messages than `least_per_day`, or than `least_per_week` for each address, the rule advises against
    dedicated addresses.
    """

    source: str
    read_on: str
    says: str
    steps: tuple[tuple[int, int], ...] = ((0, 1),)
    carries: tuple[int, int] | None = None
    least_per_day: int = 0
    least_per_week: int = 0


RULES: Final = (
    Rule(
        source="Amazon SES, Developer Guide",
        read_on="2026-11-26",
        says="a predictable volume; more than one address in a Region, for availability",
        steps=((0, 2),),
    ),
    Rule(
        source="Twilio SendGrid, documentation",
        read_on="2026-11-26",
        says="from 250,000 a month two, for marketing and transactional mail; then one for each 3 to 4 million a day",
        steps=((0, 1), (-(-250_000 // _A_MONTH), 2)),
        carries=(3_000_000, 4_000_000),
    ),
    Rule(
        source="Mandrill, knowledge base",
        read_on="2026-11-26",
        says="at least 5,000 a day on three days a week; one address carries 500,000 a day",
        carries=(500_000, 500_000),
        least_per_day=5_000,
    ),
    Rule(
        source="GreenArrow, documentation",
        read_on="2026-11-26",
        says="under 40,000 a day one, to 200,000 two, above that one for each 100,000 to 1,000,000; never under 40,000 "
        "a week each",
        steps=((0, 1), (40_000, 2)),
        carries=(100_000, 1_000_000),
        least_per_week=40_000,
    ),
)
"""The rules that were found, as they were published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How many addresses a rule asks for: 0 if it advises against any; `most` is None if it names no upper bound."""

    rule: Rule
    fewest: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What all rules say about a volume. `count` is the smallest number of addresses that satisfies every rule."""

    answers: tuple[Answer, ...]
    count: int
    advice: tuple[str, ...]


def estimate(per_day: int, peak: int) -> Estimate:
    """Return what the rules say for this many messages on a normal day and on the busiest one."""
    answers = tuple(_answer(rule, per_day, peak) for rule in RULES)
    count = max(answer.fewest for answer in answers)
    return Estimate(answers=answers, count=count, advice=tuple(_advice(answers, per_day, peak)))


def _answer(rule: Rule, per_day: int, peak: int) -> Answer:
    # With less mail than that, mailbox providers forget an address between two mailings.
    kept_warm = per_day * 7 // rule.least_per_week if rule.least_per_week else None
    if per_day < rule.least_per_day or kept_warm == 0:
        return Answer(rule=rule, fewest=0, most=0)
    step = max(addresses for begins, addresses in rule.steps if per_day >= begins)
    if rule.carries is None:
        return Answer(rule=rule, fewest=step, most=None)
    most, fewest = (max(step, -(-peak // each)) for each in rule.carries)
    if kept_warm:
        most, fewest = min(most, kept_warm), min(fewest, kept_warm)
    return Answer(rule=rule, fewest=fewest, most=most)


def _advice(answers: tuple[Answer, ...], per_day: int, peak: int) -> list[str]:
    against = [answer.rule.source.partition(",")[0] for answer in answers if answer.fewest == 0]
    advice = []
    if against:
        advice.append(
            f"By the rule of {' and '.join(against)} this is too little mail to keep an address warm: SES's shared "
            "addresses are the better answer, unless partners have to know yours."
        )
    if peak >= UNSTEADY * per_day:
        advice.append(
            f"The busiest day has {peak / per_day:.3g} times the mail of a normal one, and AWS recommends standard "
            "dedicated addresses for predictable volumes. A managed pool adjusts to the volume on its own."
        )
    advice.append(
        "If nobody has to know your addresses beforehand, use a managed pool: SES leases, warms up and changes its "
        "addresses by itself, which is why partners with allow-lists cannot list them."
    )
    return advice
