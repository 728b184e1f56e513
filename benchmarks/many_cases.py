"""An account with many cases: what it costs to list them, and to find a lease's own among them."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any, Final

from botocore.session import Session
from rounds import THIRTY
from sides import LEASES, UP
from table import Row, differences_of, spread
from values import REGION, A, lease, request, seen

from dedicated_ip_provider.standing import stand

if TYPE_CHECKING:
    from desk_process import DeskProcess
    from rounds import Bench

A_PAGE: Final = 100
SLACK: Final = 1.15
SEARCH_MS: Final = 50
SEARCHES: Final = 7


def old_cases_row(bench: Bench, old: int) -> Row:
    """Compare the first `up` in an account with many old cases with one in an empty account."""
    few, many, alone, lists = [], [], [], []
    for _ in bench.numbers(f"{old:,} old cases"):
        with bench.side(LEASES, THIRTY) as side:
            few.append(side.run(UP).seconds)
        with bench.side(LEASES, THIRTY, old_cases=old) as side:
            alone.append(_seconds_of_pages(side.desk))
            run = side.run(UP)
        many.append(run.seconds)
        asked = [call["parameters"] for call in run.calls if call["operation"] == "DescribeCases"]
        lists.append(sum("afterTime" not in parameters for parameters in asked))
    more, pages = differences_of(many, few), -(-old // A_PAGE)
    return Row(
        measure=f"{old:,} old cases: added to an `up` of 30 leases",
        leases=spread(more, " s", sign="+"),
        beside=f"{spread(alone, ' s')}, its {pages} pages listed alone",
        result=f"{max(lists)} pages read",
        reach="its pages, once",
        reached=max(lists) <= pages and statistics.median(more) <= SLACK * statistics.median(alone),
    )


def _seconds_of_pages(desk: DeskProcess) -> float:
    """List all cases with a plain client, asked as the provider asks."""
    session = Session()
    session.set_credentials(desk.environment["AWS_ACCESS_KEY_ID"], desk.environment["AWS_SECRET_ACCESS_KEY"])
    support: Any = session.create_client("support", region_name="us-east-1", endpoint_url=desk.url)
    pages = support.get_paginator("describe_cases").paginate(
        includeResolvedCases=True, includeCommunications=True, maxResults=A_PAGE
    )
    started = time.perf_counter()
    for _ in pages:
        pass
    return time.perf_counter() - started


def search_row(cases: int) -> Row:
    """Find one lease among many cases, in memory."""
    half, whole = _search_ms(cases // 2), _search_ms(cases)
    growth = statistics.median(whole) / statistics.median(half)
    return Row(
        measure=f"case search in memory, {cases:,} cases",
        leases=spread(whole, " ms"),
        beside=f"{spread(half, ' ms')} for half of them",
        result=f"{growth:.1f} times as long for twice as many",
        reach=f"linear, under {SEARCH_MS} ms",
        reached=statistics.median(whole) < SEARCH_MS and growth < 3,  # noqa: PLR2004 - 2 is linear, 4 is quadratic
    )


def _search_ms(cases: int) -> list[float]:
    """Look for a lease's standing, several times."""
    listed = (
        request(asks=2, status="resolved", filed_at="2026-01-01", lease_key=f"organization/shop/prod/{number}/{REGION}")
        for number in range(cases)
    )
    shown = seen(A, cases=tuple(listed))
    asked = lease(key=f"organization/shop/prod/1/{REGION}")
    times = []
    for _ in range(SEARCHES):
        started = time.perf_counter()
        stand(asked, None, shown)
        times.append((time.perf_counter() - started) * 1000)
    return times
