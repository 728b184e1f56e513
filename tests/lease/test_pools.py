"""Which pool has which address, and which address is relinquished first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.tables import table

from dedicated_ip_provider.lease.pools import divide, least_valuable_first, relinquish_order
from lease.values import A, B, C, D, E, address

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import DedicatedIp

IPs = tuple[str, ...]
Pools = dict[str, IPs]

ALIKE = tuple(map(address, (A, B, C, D, E)))
# The higher the number, the longer it has been warmed.
WARMED = tuple(address(ip, warm=10 * rank) for rank, ip in enumerate((A, B, C, D, E), 1))
TWO_AND_TWO: Pools = {"news": (C, D), "orders": (A, B)}

DIVISIONS: list[tuple[str, Pools, IPs, dict[str, int], tuple[DedicatedIp, ...], Pools]] = [
    # reason, the division before, held, wanted, as SES shows them: the division
    ("no pools are wanted", {}, (A, B), {}, ALIKE, {}),
    ("the most valuable go first, pools by name", {}, (A, B, C, D), {"orders": 1, "news": 2}, WARMED, {"news": (C, D), "orders": (B,)}),
    ("of equally warm addresses the higher number is more valuable", {}, (A, B), {"orders": 1}, ALIKE, {"orders": (B,)}),
    ("nothing is held yet", {}, (), {"orders": 2}, (), {"orders": ()}),
    ("fewer are held than wanted", {}, (A,), {"orders": 1, "news": 1}, ALIKE, {"news": (A,), "orders": ()}),
    ("nothing changes, though the free one is more valuable", {"orders": (A,)}, (A, B), {"orders": 1}, WARMED, {"orders": (A,)}),
    ("all of it stays when a new look shows other figures", TWO_AND_TWO, (A, B, C, D), {"orders": 2, "news": 2}, ALIKE, TWO_AND_TWO),
    ("a pool grows: it gets a free one", {"orders": (A,)}, (A, B, C), {"orders": 2}, WARMED, {"orders": (A, C)}),
    ("a pool grows while another one shrinks: it gets what that one frees", TWO_AND_TWO, (A, B, C, D), {"orders": 3, "news": 1}, WARMED, {"news": (D,), "orders": (A, B, C)}),
    ("a pool grows, and nothing is free: the others stay as they are", TWO_AND_TWO, (A, B, C, D), {"orders": 3, "news": 2}, WARMED, TWO_AND_TWO),
    ("a pool shrinks: its least valuable one goes", {"orders": (A, B)}, (A, B), {"orders": 1}, WARMED, {"orders": (B,)}),
    ("a pool wants none", TWO_AND_TWO, (A, B, C, D), {"orders": 2, "news": 0}, WARMED, {"news": (), "orders": (A, B)}),
    ("a pool is gone: what it had is free", TWO_AND_TWO, (A, B, C, D), {"orders": 2}, WARMED, {"orders": (A, B)}),
    ("a pool is renamed: the new one gets what the old one frees", TWO_AND_TWO, (A, B, C, D), {"mail": 2, "news": 2}, WARMED, {"mail": (A, B), "news": (C, D)}),
    ("more came than were requested: they are of no pool", TWO_AND_TWO, (A, B, C, D, E), {"orders": 2, "news": 2}, WARMED, TWO_AND_TWO),
    ("an address vanished: its pool waits for another one", TWO_AND_TWO, (A, B, D), {"orders": 2, "news": 2}, WARMED, {"news": (D,), "orders": (A, B)}),
    ("another one came", {"news": (D,), "orders": (A, B)}, (A, B, D, E), {"orders": 2, "news": 2}, WARMED, {"news": (D, E), "orders": (A, B)}),
    ("SES shows it in a pool of that name", {}, (A, B), {"orders": 1}, (address(A, "orders"), address(B)), {"orders": (A,)}),
    ("SES shows more there than are wanted: the most valuable stay", {}, (A, B), {"orders": 1, "news": 1}, (address(A, "orders", 10), address(B, "orders", 20)), {"news": (A,), "orders": (B,)}),
    ("somebody moved it by hand in SES: the division holds", {"orders": (A,)}, (A, B), {"orders": 1, "news": 1}, (address(A, "news"), address(B)), {"news": (B,), "orders": (A,)}),
    ("SES still shows what the pool freed, warmed by now: the pool keeps its own", {"orders": (A, B)}, (A, B, C), {"orders": 2}, (address(A), address(B), address(C, "orders", 100)), {"orders": (A, B)}),
    ("a pool that grows gets what SES shows there first", {"orders": (A,)}, (A, B, C), {"orders": 2}, (address(A), address(B, "orders"), address(C, warm=100)), {"orders": (A, B)}),
    ("SES shows no pool of it", {}, (A,), {"orders": 1}, (address(A, None),), {"orders": (A,)}),
    ("SES does not show it", {"orders": (A,)}, (A, B), {"orders": 2}, (), {"orders": (A, B)}),
    ("a pool of another lease was never ours", {}, (A,), {"orders": 1}, (address(A), address(B, "orders")), {"orders": (A,)}),
]  # fmt: skip


@table("reason, previous, held, wanted, addresses, expected", DIVISIONS)
def test_pools_are_stable(  # noqa: PLR0913, PLR0917 - the columns of the table
    reason: str,
    previous: Pools,
    held: IPs,
    wanted: dict[str, int],
    addresses: tuple[DedicatedIp, ...],
    expected: Pools,
) -> None:
    """An address stays in its pool as long as the pool's number does not fall; dividing again moves nothing."""
    order = least_valuable_first(held, addresses)
    division = divide(previous, order, wanted, addresses)

    assert expected == division, reason
    assert expected == divide(division, order, wanted, addresses)


ORDERS: list[tuple[str, IPs, IPs, Pools, dict[str, int], tuple[DedicatedIp, ...], IPs]] = [
    # reason, held, `relinquish_first`, the division before, wanted, as SES shows them: those to relinquish first in front
    ("without pools: the least warmed, then the lowest number", (A, B, C), (), {}, {}, (address(A, warm=20), address(B), address(C)), (B, C, A)),
    ("numbers, not texts", ("192.0.2.10", "192.0.2.9"), (), {}, {}, (), ("192.0.2.9", "192.0.2.10")),
    ("`relinquish_first` leads, as it was ordered", (A, B, C, D), (D, C), TWO_AND_TWO, {"orders": 2, "news": 2}, WARMED, (D, C, A, B)),
    ("`relinquish_first` may name what is not held", (A, B), (E, B), {}, {}, WARMED, (B, A)),
    ("then those of no pool, though others are warmed less", (A, B, E), (), {"orders": (A, B)}, {"orders": 2}, WARMED, (E, A, B)),
    ("then those of pools whose number fell", (A, B, C, D), (), TWO_AND_TWO, {"orders": 2, "news": 1}, WARMED, (C, A, B, D)),
    ("those of no pool before those of pools whose number fell", (A, B, C, E), (), {"news": (C,), "orders": (A, B)}, {"orders": 1, "news": 1}, WARMED, (E, A, B, C)),
    ("what fills a growing pool stays", (A, B, C), (), {"orders": (A,)}, {"orders": 2}, WARMED, (B, C, A)),
    ("all pools are gone, as in a delete", (A, B, C, D), (), TWO_AND_TWO, {}, WARMED, (A, B, C, D)),
]  # fmt: skip


@table("reason, held, first, previous, wanted, addresses, expected", ORDERS)
def test_which_addresses_go_first(  # noqa: PLR0913, PLR0917 - the columns of the table
    reason: str,
    held: IPs,
    first: IPs,
    previous: Pools,
    wanted: dict[str, int],
    addresses: tuple[DedicatedIp, ...],
    expected: IPs,
) -> None:
    """`relinquish_first`; those of no pool; those of pools whose number fell; the least warmed; the lowest number."""
    assert expected == relinquish_order(least_valuable_first(held, addresses), first, previous, wanted), reason


def test_addresses_are_remembered_in_the_order_of_their_value() -> None:
    """A preview does not call SES: it uses the order of the last observation."""
    assert (C, A, B) == least_valuable_first((B, A, C), (address(A, warm=50), address(B, warm=100), address(C)))


def test_an_address_that_ses_does_not_show_is_worth_nothing() -> None:
    """It counts as not warmed up."""
    assert (C, B) == least_valuable_first((B, C), (address(B, warm=1),))
