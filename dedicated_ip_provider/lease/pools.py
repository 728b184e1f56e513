"""Which pool has which address: a pure function of the previous division, the held addresses and the wanted pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dedicated_ip_provider.lease.addresses import sort_ips

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dedicated_ip_provider.lease.model import DedicatedIp

Division = Mapping[str, tuple[str, ...]]
"""The addresses of each pool of a lease."""


def divide(
    previous: Division, order: Sequence[str], wanted: Mapping[str, int], addresses: Iterable[DedicatedIp] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the addresses of each wanted pool. `order` are the held addresses, the least valuable first.

    An address stays in its pool unless that pool shrinks. A pool that shrinks frees its least valuable addresses. A
    pool that grows first gets the addresses not divided before that SES shows in a pool of its name, then the most
    valuable free ones, pools in order of their names.
    """
    assigned = {ip: pool for pool, ips in previous.items() for ip in ips}
    shown = {address.ip: address.pool for address in addresses if address.ip not in assigned}
    by_value = order[::-1]
    division: dict[str, list[str]] = {}
    for pool in sorted(wanted):
        members = [ip for ip in by_value if assigned.get(ip) == pool]
        members += [ip for ip in by_value if shown.get(ip) == pool]
        division[pool] = members[: wanted[pool]]
    taken = {ip for ips in division.values() for ip in ips}
    free = [ip for ip in by_value if ip not in taken]
    for pool, ips in division.items():
        lacking = wanted[pool] - len(ips)
        ips.extend(free[:lacking])
        free = free[lacking:]
    return {pool: sort_ips(ips) for pool, ips in division.items()}


def least_valuable_first(ips: Iterable[str], addresses: Iterable[DedicatedIp]) -> tuple[str, ...]:
    """Return addresses sorted by value: the least warmed up first, then the numerically lowest."""
    warmed = {address.ip: address.warmup_percentage for address in addresses}
    return tuple(sorted(sort_ips(ips), key=lambda ip: warmed.get(ip, 0)))


def relinquish_order(
    order: Sequence[str], first: Sequence[str], previous: Division, wanted: Mapping[str, int]
) -> tuple[str, ...]:
    """Return the held addresses in the order in which to relinquish them; `order` has the least valuable first.

    Those in `first` lead, in the user's order; then come those in no pool of the lease, those freed by pools that
    shrank, and the least valuable ones.
    """
    staying = {ip for ips in divide(previous, order, wanted).values() for ip in ips}
    pooled = {ip for ips in previous.values() for ip in ips}

    def rank(ip: str) -> tuple[int, bool, bool]:
        return (first.index(ip) if ip in first else len(first)), ip in staying, ip in pooled

    return tuple(sorted(order, key=rank))
