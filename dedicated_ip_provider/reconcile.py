"""Observe, decide, apply: the one shell in which a lease moves on.

Each round looks at what is known, asks `next_action` for one step and takes it. After a write whose answer was
lost we look for its mark for some seconds, go on with what we find, and stop otherwise: nothing is filed blindly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dedicated_ip_provider.aws import LOOK_AGAIN_AFTER, Account, regions
from dedicated_ip_provider.case_text import (
    MAX_BODY,
    Letter,
    amendment_letter,
    confirmation_letter,
    read_blocks,
    relinquish_letter,
    request_letter,
    with_message,
    withdrawal_letter,
)
from dedicated_ip_provider.decision import (
    Amend,
    Confirm,
    FileRequest,
    Nothing,
    Refuse,
    Relinquish,
    Resolve,
    Withdraw,
    next_action,
)
from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Refused
from dedicated_ip_provider.lease import RESOLVED, Case, CaseLink, Lease, Past, Seen, UseCase
from dedicated_ip_provider.outlook import Outlook, count_after_drift, outlook_of
from dedicated_ip_provider.props import case_url
from dedicated_ip_provider.standing import cases_of, stand

Tell = Callable[[str], None]
"""Takes one line for the person who watches."""


def observe(account: Account, lease: Lease, past: Past | None) -> Seen:
    """Look at AWS; changes nothing. Raises `Refused` where the credentials lead to another account than before."""
    account_id = account.id
    if past and past.account_id != account_id:
        raise Refused(
            f"{lease.label} lives in account {past.account_id}, but the credentials lead to account {account_id}.",
            "Nothing was filed. Use the credentials of the lease's account.",
        )
    # The cases first: a case that closes between the two looks has brought its addresses by then.
    cases = account.cases()
    return Seen(account_id=account_id, addresses=account.addresses(lease.region), cases=cases)


def refresh(account: Account, lease: Lease, past: Past) -> tuple[Lease, Outlook]:
    """Read how a lease stands; changes nothing at AWS.

    The lease comes back as declared, but for held addresses that vanished: they lower its `count`.
    """
    seen = observe(account, lease, past)
    lease = replace(lease, count=count_after_drift(past, stand(lease, past, seen)))
    return lease, outlook_of(lease, past, seen)


def find(account: Account, lease_key: str, region: str) -> tuple[Lease, Outlook]:
    """Read a lease of which nothing is known but its key. Raises `Refused` where AWS has no trace of it."""
    unknown = UseCase(
        mail_type="",
        website_url="",
        description="",
        why_dedicated="",
        opt_in="",
        bounce_complaints="",
        complies_with_aup=False,
    )
    lease = Lease(key=lease_key, region=region, count=0, use_case=unknown)
    seen = observe(account, lease, None)
    mine = cases_of(lease_key, None, seen)
    if not mine:
        raise Refused(
            f"Account {seen.account_id} has no support case of a lease {lease_key}.",
            "Give `get` the lease's `lease_key` as its id, and credentials of the account that it lives in.",
        )
    lease = replace(lease, count=mine[-1].total, attempt=mine[-1].attempt)
    return lease, outlook_of(lease, None, seen)


def settle(  # noqa: PLR0913 - what a lease is, and how to tell and wait
    account: Account,
    lease: Lease,
    past: Past | None,
    tell: Tell,
    *,
    ending: bool = False,
    waits: Sequence[float] = LOOK_AGAIN_AFTER,
) -> Outlook:
    """Take every step that the user's wish needs now, and say how the lease stands afterwards.

    Nothing here waits for people. `ending` gives up all that the lease holds. `waits` are the seconds between
    looks for something whose answer was lost.
    """
    with account.turn(lease.region):
        seen = observe(account, lease, past)
        taken_up = stand(lease, past, seen).taken_up
        shell = _Shell(account, lease, past, tell, waits)

        action = next_action(lease, past, seen, ending=ending)
        while not isinstance(action, Nothing):
            seen = replace(seen, cases=shell.apply(action, seen))
            action = next_action(lease, past, seen, ending=ending)

        return outlook_of(lease, past, seen, taken_up)


class _Shell:
    """Carries out one step at a time, and gives the cases as they are after it."""

    def __init__(self, account: Account, lease: Lease, past: Past | None, tell: Tell, waits: Sequence[float]) -> None:
        self._account = account
        self._lease = lease
        self._past = past
        self._tell = tell
        self._waits = waits

    def apply(self, action: object, seen: Seen) -> tuple[Case, ...]:
        lease, region_name = self._lease, regions().names[self._lease.region]
        match action:
            case Refuse(what=what, next_step=next_step):
                raise Refused(what, next_step)
            case FileRequest(asks=asks):
                self._file(request_letter(lease, self._next_number(seen), asks, seen, region_name))
            case Relinquish(returns=returns, total=total):
                staying = replace(lease, count=total)
                self._file(relinquish_letter(staying, self._next_number(seen), returns, seen, region_name))
            case Amend(case=case, asks=asks):
                self._send(case, amendment_letter(lease, case, asks, region_name), f"changed to {asks} in all")
            case Withdraw(case=case):
                self._send(case, withdrawal_letter(lease, case), "withdrawn")
            case Confirm(case=case):
                self._send(case, confirmation_letter(lease, case), f"confirmed that {', '.join(case.returns)} go")
            case Resolve(case=case):
                self._account.resolve_case(case)
                self._account.remember(replace(case, status=RESOLVED))
            case _:
                raise AssertionError(f"no step is called {action}")
        return self._account.cases()

    def _next_number(self, seen: Seen) -> int:
        known = [case.number for case in cases_of(self._lease.key, self._past, seen)]
        return max([self._past.case_number if self._past else 0, *known]) + 1

    def _file(self, letter: Letter) -> None:
        """Open a case, and look up the number that people know it by; not to find that out is no failure."""
        lease = self._lease
        _must_fit(lease, letter)
        try:
            case = self._account.file_case(letter, lease.contact_language, lease.cc_email_addresses)
        except OutcomeUnknown as lost:
            found = self._account.find_case(letter.mark, self._waits)
            if found is None:
                raise _unknown(lease, letter, lost) from lost
            case = found
        else:
            # One look gives the case's number, and shows whether another run filed in the same moment.
            case = self._account.find_case(letter.mark, ()) or case
        url = case_url(lease.region, CaseLink(id=case.id, display_id=case.display_id, status=case.status))
        self._tell(f"{lease.label}: filed case {case.name}{f': {url}' if url else ''}")

    def _send(self, case: Case, letter: Letter, done: str) -> None:
        try:
            self._account.send_message(case, letter)
        except OutcomeUnknown as lost:
            if not self._account.find_message(case, letter.mark, self._waits):
                raise _unknown(self._lease, letter, lost) from lost
        # AWS does not say whether a message opens a closed case again: what it shows now decides.
        known = self._account.read_case(case.id) or case
        self._account.remember(with_message(known, read_blocks(letter.body)[0]))
        self._tell(f"{self._lease.label}: case {case.name}: {done}")


def _must_fit(lease: Lease, letter: Letter) -> None:
    if len(letter.body) > MAX_BODY:
        raise Refused(
            f"{lease.label}: the case would be {len(letter.body):,} characters long, but AWS takes {MAX_BODY:,}.",
            "Nothing was filed. Shorten `use_case`, or give back fewer addresses at a time by lowering `count`.",
        )


def _unknown(lease: Lease, letter: Letter, lost: LeaseError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{lease.label}: {lost.what}",
        f"Look for {letter.mark} in the Support Center, or run the same command again in a minute: it looks for "
        "that mark before it files anything.",
    )
