"""Dedicated IP addresses and the pools they are in: frozen values, and where new numbers come from."""

from __future__ import annotations

import ipaddress
import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

DEFAULT_POOL = "ses-default-dedicated-pool"
"""SES's own pool: where addresses are that belong to no other."""
SHARED_POOL = "ses-shared-pool"
"""SES's own pool of addresses that many accounts share."""

WARMUP = timedelta(days=45)

ScalingMode = Literal["STANDARD", "MANAGED"]
WarmupStatus = Literal["IN_PROGRESS", "DONE", "NOT_APPLICABLE"]

# The three ranges that RFC 5737 sets aside for documentation come first: no mail ever leaves from these.
_RANGES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool that the customer made."""

    name: str
    scaling_mode: ScalingMode = "STANDARD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One dedicated IP address of an account."""

    ip: str
    region: str
    pool: str
    since: datetime
    managed: bool = False
    warm: bool = False
    """Whether it arrived warmed up."""

    def warmup(self, now: datetime) -> tuple[WarmupStatus, int]:
        """Tell how far the address is warmed up, in AWS's words and in percent (-1: does not apply)."""
        if self.managed:
            return "NOT_APPLICABLE", -1
        age = now - self.since
        if self.warm or age >= WARMUP:
            return "DONE", 100
        return "IN_PROGRESS", 1 + int(99 * (age / WARMUP))


def fresh_numbers() -> Iterator[str]:
    """Give one IPv4 address after the other, always the same ones, none twice."""
    hosts = (ipaddress.IPv4Network(network).hosts() for network in _RANGES)
    return map(str, itertools.chain.from_iterable(hosts))
