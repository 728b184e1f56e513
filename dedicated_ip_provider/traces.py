"""What AWS itself tells of a lease: all that is known without the state of a stack.

The mark of a case names its lease and says what was asked. Addresses that a lease adopted stand in no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedicated_ip_provider.lease import Case, Lease, Seen, UseCase
from dedicated_ip_provider.outlook import Outlook, outlook_of
from dedicated_ip_provider.standing import cases_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNKNOWN = UseCase(
    mail_type="",
    website_url="",
    description="",
    why_dedicated="",
    opt_in="",
    bounce_complaints="",
    complies_with_aup=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A lease as its cases tell it, how it stands, and its cases by number."""

    lease: Lease
    outlook: Outlook
    cases: tuple[Case, ...]

    @property
    def case(self) -> Case:
        """The case that the outlook speaks of."""
        link = self.outlook.case
        return next((case for case in self.cases if link and case.id == link.id), self.cases[-1])

    @property
    def is_over(self) -> bool:
        """Whether the lease has ended: nothing is wanted, held or under way."""
        return self.lease.count == 0 and self.outlook.leased_count == 0 and not self.outlook.past.open_cases


def keys_of(cases: Iterable[Case], region: str) -> tuple[str, ...]:
    """Name the leases of a Region that have cases."""
    return tuple(sorted({case.lease_key for case in cases if case.region == region}))


def trace(lease_key: str, seen: Seen) -> Trace:
    """Tell what AWS shows of a lease that has a case."""
    mine = cases_of(lease_key, None, seen)
    lease = lease_of(mine[-1])
    return Trace(lease=lease, outlook=outlook_of(lease, None, seen), cases=mine)


def lease_of(case: Case, language: str = "en") -> Lease:
    """Give the lease of a case, as the case tells it."""
    return Lease(
        key=case.lease_key,
        region=case.region,
        count=case.total,
        attempt=case.attempt,
        use_case=_UNKNOWN,
        contact_language=language,
    )
