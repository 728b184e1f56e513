"""`dedicated-ip estimate`: how many addresses a volume of mail needs, and what they cost. AWS is not called."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import click

from dedicated_ip_provider.cli.options import json_option, region_code
from dedicated_ip_provider.cli.output import say, say_json, say_table
from dedicated_ip_provider.lease.estimate import estimate as estimate_of
from dedicated_ip_provider.lease.model import LIST_PRICE, Price, monthly_cost_usd, pluralize

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.estimate import Answer, Estimate

_COLUMNS: Final = ("SOURCE", "READ", "ADDRESSES", "USD A MONTH", "RULE")
_MOST: Final = 1_000_000_000


@click.command(
    short_help="Estimate how many addresses your volume needs.",
    epilog="""\b
    Examples:
      dedicated-ip estimate --per-day 400000
      dedicated-ip estimate --per-day 400000 --peak 2000000 --region eu-west-1
      dedicated-ip estimate --per-day 3000 --monthly-price 19.50 --json
    """,
)
@click.option("--per-day", type=click.IntRange(1, _MOST), required=True, metavar="N", help="Messages on a normal day.")
@click.option(
    "--peak", type=click.IntRange(1, _MOST), metavar="N", help="Messages on the busiest day. Default: --per-day."
)
@click.option("--region", type=region_code, metavar="REGION", help="The Region, for the lines to paste.")
@click.option(
    "--monthly-price",
    type=click.FloatRange(0, 10_000),
    metavar="USD",
    help=f"What an address costs a month. Default: {LIST_PRICE.usd}, {LIST_PRICE.source}.",
)
@json_option
def estimate(*, per_day: int, peak: int | None, region: str | None, monthly_price: float | None, as_json: bool) -> None:
    """Show how many addresses a volume of mail needs by each published rule, what they cost, and lines to paste.

    The volume is that of one Region, to all mailbox providers. The rules differ, so they are shown side by side, each
    with its source and the date it was read. Below them you see when shared or managed addresses are the better choice.
    AWS is not called.
    """
    if peak is not None and peak < per_day:
        raise click.UsageError("--peak is the busiest day: it cannot be below --per-day.")
    price = LIST_PRICE if monthly_price is None else Price(usd=Decimal(str(monthly_price)), source="as given")
    found = estimate_of(per_day, peak or per_day)
    if as_json:
        say_json(_as_data(found, price, region))
        return
    say_table(_COLUMNS, [_row(answer, price) for answer in found.answers])
    say()
    cost = f"USD {monthly_cost_usd(found.count, price):.2f} a month ({price.each})"
    say(f"{pluralize(found.count)} meet every rule's minimum: {cost}.")
    for sentence in found.advice:
        say(sentence)
    say()
    say(_lines(found, region))


def _row(answer: Answer, price: Price) -> tuple[str, ...]:
    costs = (f"{monthly_cost_usd(number, price):.2f}" for number in (answer.fewest, answer.most or answer.fewest))
    numbers = (str(answer.fewest), str(answer.most))
    counted, cost = (_range(*both, is_open=answer.most is None) for both in (numbers, costs))
    return answer.rule.source, answer.rule.read_on, counted if answer.fewest else "none", cost, answer.rule.says


def _range(fewest: str, most: str, *, is_open: bool) -> str:
    if is_open:
        return f"{fewest} or more"
    return fewest if fewest == most else f"{fewest} to {most}"


def _lines(found: Estimate, region: str | None) -> str:
    where = f'region="{region}", ' if region else ""
    return f'lease = DedicatedIpLease("mail", {where}count={found.count}, use_case=use_case)'


def _as_data(found: Estimate, price: Price, region: str | None) -> dict[str, Any]:
    return {
        "count": found.count,
        "monthly_cost_usd": monthly_cost_usd(found.count, price),
        "price_usd": float(price.usd),
        "price_source": price.source,
        "rules": [
            {
                "source": answer.rule.source,
                "read_on": answer.rule.read_on,
                "says": answer.rule.says,
                "fewest": answer.fewest,
                "most": answer.most,
                "fewest_cost_usd": monthly_cost_usd(answer.fewest, price),
                "most_cost_usd": None if answer.most is None else monthly_cost_usd(answer.most, price),
            }
            for answer in found.answers
        ],
        "advice": list(found.advice),
        "lines": _lines(found, region),
    }
