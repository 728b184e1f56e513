"""What AWS itself tells of a lease: all that is known without the state of a stack.

The mark of a case names its lease and says what was asked. Addresses that a lease adopted stand in no case: their
number is what the lease held when it asked for more, beyond what its cases explain, and they are named where no
other address can be meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dedicated_ip_provider.lease import Case, Lease, Seen, UseCase
from dedicated_ip_provider.outlook import Outlook, outlook_of
from dedicated_ip_provider.standing import Standing, cases_of, stand, this_life

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
    """A lease as its cases tell it, how it stands, and its cases by number.

    `unnamed` of the lease's addresses were adopted and are known to its stack alone; the outlook leaves them out.
    `unclear` is a closed request after which more appeared than it asked for: some may be somebody else's.
    """

    lease: Lease
    unnamed: int
    outlook: Outlook
    cases: tuple[Case, ...]
    unclear: Case | None

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
    now = stand(lease, None, seen)
    number, candidates = _adopted(mine, now)
    if number == len(candidates):
        lease, number = replace(lease, adopt=candidates), 0
        now = stand(lease, None, seen)
    # Who called a request off wants nothing more; what the count is then, the message does not say.
    wanted = len(now.held) if mine[-1].withdrawn else lease.count - number
    return Trace(
        lease=replace(lease, count=wanted + number),
        unnamed=number,
        outlook=outlook_of(replace(lease, count=wanted), None, seen),
        cases=mine,
        unclear=now.unclear,
    )


def _adopted(mine: tuple[Case, ...], now: Standing) -> tuple[int, tuple[str, ...]]:
    """Count what the lease held when it last asked or gave back and no case of its explains; give what it may be."""
    life = this_life(mine)
    request = next((case for case in reversed(life) if case.kind == "request" and not case.withdrawn), None)
    if request:
        ours = {*now.held, *now.relinquishing}
        given_back = {ip for case in life if case.number > request.number for ip in case.returns} - ours
        explained = set(request.before) & (ours | given_back)
        number = max(0, request.total - request.asks - len(explained))
        return number, tuple(ip for ip in now.strangers if ip in request.before)
    if life and life[-1].kind == "relinquish":
        return max(0, life[-1].total - len(now.held)), now.strangers
    return 0, ()


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
