"""Observe, decide, apply: the one shell in which a lease moves on.

Each round looks at what is known, asks `next_action` for one step and takes it. After a write whose answer was
lost we look for its mark for some seconds, go on with what we find, and stop otherwise: nothing is filed blindly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.blocks import read_blocks, with_message
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
from dedicated_ip_provider.errors import NOTHING_FILED, LeaseError, OutcomeUnknown, Refused
from dedicated_ip_provider.forms import case_url
from dedicated_ip_provider.lease import RESOLVED, Case, Lease, Paper, Past, Seen, counted
from dedicated_ip_provider.letters import (
    MAX_BODY,
    Letter,
    amendment_letter,
    confirmation_letter,
    relinquish_letter,
    request_letter,
    unfiled_case,
    withdrawal_letter,
)
from dedicated_ip_provider.outlook import Outlook, count_after_drift, outlook_of
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.standing import cases_of, stand
from dedicated_ip_provider.traces import trace

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account

# A new case may be listed some seconds late: AWS documents no bound, Amazon's own code looks for three seconds.
LOOK_AGAIN_AFTER: Final = (0.5, 1.0, 2.0, 4.0)

Letters = FileRequest | Relinquish | Amend | Withdraw | Confirm
Step = Letters | Resolve | Refuse
"""What may follow besides nothing."""

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
    cases = _followed_cases(account, lease, past)
    return Seen(
        account_id=account_id,
        addresses=account.addresses(lease.region),
        cases=cases or (),
        cases_readable=cases is not None,
    )


def _followed_cases(account: Account, lease: Lease, past: Past | None) -> tuple[Case, ...] | None:
    """List the marked cases; None where they cannot be read and a person files them anyway."""
    try:
        listed = {case.id for case in account.cases()}
        # A long conversation pushes a mark that stands in no subject out of the list, but not out of the case.
        for case in past.open_cases if past else ():
            if case.id and case.id not in listed:
                account.read_case(case.id)
        return account.cases()
    except Refused:
        if lease.filing == "console":
            return None
        raise


def refresh(account: Account, lease: Lease, past: Past) -> tuple[Lease, Outlook]:
    """Read how a lease stands; changes nothing at AWS.

    The lease comes back as declared, but for held addresses that vanished: they lower its `count`.
    """
    seen = observe(account, lease, past)
    lease = replace(lease, count=count_after_drift(past, stand(lease, past, seen)))
    return lease, outlook_of(lease, past, seen, past.papers)


def find(account: Account, lease_key: str, region: str) -> tuple[Lease, Outlook]:
    """Read a lease of which nothing is known but its key. Raises `Refused` where AWS has no trace of it."""
    account_id = account.id
    cases = account.cases()
    if not any(case.lease_key == lease_key for case in cases):
        raise Refused(
            f"Account {account_id} has no support case of a lease {lease_key}.",
            "Give `get` the lease's `lease_key` as its id, and credentials of the account that it lives in.",
        )
    found = trace(lease_key, Seen(account_id=account_id, addresses=account.addresses(region), cases=cases))
    return found.lease, found.outlook


def confirm(
    account: Account, lease: Lease, case: Case, tell: Tell, *, waits: Sequence[float] = LOOK_AGAIN_AFTER
) -> None:
    """Answer AWS's question in a relinquish case: yes, its addresses shall go. Whoever calls looks that it is once."""
    seen = Seen(account_id=account.id, addresses=(), cases=())
    _Steps(account, lease, None, tell, waits).take(Confirm(case=case), seen)


def settle(  # noqa: PLR0913 - what a lease is, and how to tell and wait
    account: Account,
    lease: Lease,
    past: Past | None,
    tell: Tell,
    *,
    ending: bool = False,
    waits: Sequence[float] = LOOK_AGAIN_AFTER,
    is_watched: Callable[[], bool] = lambda: True,
) -> Outlook:
    """Take every step that the user's wish needs now, and say how the lease stands afterwards.

    Nothing here waits for people. `ending` gives up all that the lease holds. `waits` are the seconds between
    looks for something whose answer was lost. Where nobody watches any more, no case is opened and nothing confirmed.
    """
    with account.turn(lease.region):
        seen = observe(account, lease, past)
        taken_up = stand(lease, past, seen).taken_up
        clerk = _Clerk(account, lease, past, seen) if lease.filing == "console" else None
        steps = clerk or _Steps(account, lease, past, tell, waits, is_watched=is_watched)

        action = next_action(lease, past, seen, ending=ending)
        taken: list[Step] = []
        while not isinstance(action, Nothing):
            try:
                if action in taken:
                    raise _without_effect(lease)
                taken.append(action)
                seen = steps.take(action, seen)
            except LeaseError as error:
                if not steps.done:
                    raise
                raise _after(steps.done, error) from error
            action = next_action(lease, past, seen, ending=ending)

        if clerk:
            return outlook_of(lease, past, clerk.facts, clerk.papers, taken_up)
        return outlook_of(lease, past, seen, (), taken_up)


class _Letters:
    """Writes the letter of each step that has one."""

    def __init__(self, lease: Lease, past: Past | None) -> None:
        self._lease = lease
        self._past = past
        self._region_name = regions().name_of(lease.region)

    def write(self, action: Letters, seen: Seen) -> Letter:
        lease, name = self._lease, self._region_name
        match action:
            case FileRequest(asks=asks):
                return _fitting(lease, request_letter(lease, self._next_number(seen), asks, seen, name))
            case Relinquish(returns=returns, total=total):
                staying = replace(lease, count=total)
                return _fitting(lease, relinquish_letter(staying, self._next_number(seen), returns, seen, name))
            case Amend(case=case, asks=asks) if case.is_unfiled:
                # What came already shows in the Region's addresses, which the new form counts.
                rest = asks - stand(lease, self._past, seen).arrived
                return _fitting(lease, request_letter(lease, case.number, rest, seen, name))
            case Amend(case=case, asks=asks):
                return amendment_letter(lease, case, asks, name)
            case Withdraw(case=case, steps_back=steps_back):
                brought = stand(lease, self._past, seen).arrived
                return withdrawal_letter(lease, case, name, brought=brought, steps_back=steps_back)
            case Confirm(case=case):  # pragma: no branch - no other is left, as mypy proves
                return confirmation_letter(lease, case, name)

    def _next_number(self, seen: Seen) -> int:
        known = [case.number for case in cases_of(self._lease.key, self._past, seen)]
        return max([self._past.case_number if self._past else 0, *known]) + 1


class _Steps:
    """Takes one step at a time at AWS, and gives what is known after it; `done` says what was done so far."""

    def __init__(  # noqa: PLR0913 - what `settle` takes
        self,
        account: Account,
        lease: Lease,
        past: Past | None,
        tell: Tell,
        waits: Sequence[float],
        *,
        is_watched: Callable[[], bool] = lambda: True,
    ) -> None:
        self._account = account
        self._lease = lease
        self._letters = _Letters(lease, past)
        self._tell = tell
        self._waits = waits
        self._is_watched = is_watched
        self.done: list[str] = []

    def take(self, action: Step, seen: Seen) -> Seen:
        match action:
            case Refuse(what=what, next_step=next_step):
                raise Refused(what, next_step)
            case FileRequest(asks=asks):
                self._file(self._letters.write(action, seen), f"asks for {counted(asks)}")
            case Relinquish(returns=returns):
                self._file(self._letters.write(action, seen), f"gives back {', '.join(returns)}")
            case Amend(case=case, asks=asks):
                self._send(case, self._letters.write(action, seen), f"changed to {asks} in all")
            case Withdraw(case=case):
                self._send(case, self._letters.write(action, seen), "withdrawn")
            case Confirm(case=case):
                gone = ", ".join(case.returns)
                self._stop_if_nobody_watches()
                self._send(case, self._letters.write(action, seen), f"confirmed that {gone} shall go")
            case Resolve(case=case):  # pragma: no branch - no other is left, as mypy proves
                self._account.resolve_case(case)
                self._account.remember(replace(case, status=RESOLVED))
                self.done.append(f"case {case.name} closed")
        return replace(seen, cases=self._account.cases())

    def _file(self, letter: Letter, what: str) -> None:
        """Open a case, and look up the number that people know it by; not to find that out is no failure."""
        lease = self._lease
        # Asked now, so that nothing stands between the last look around and the filing.
        self._account.codes()
        self._stop_if_nobody_watches()
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
        url = case_url(lease.region, case.display_id)
        self.done.append(f"case {case.name} filed")
        self._tell(f"{lease.label}: filed case {case.name}, which {what}{f': {url}' if url else ''}")

    def _send(self, case: Case, letter: Letter, done: str) -> None:
        try:
            self._account.send_message(case, letter)
        except OutcomeUnknown as lost:
            if not self._account.find_message(case, letter.mark, self._waits):
                raise _unknown(self._lease, letter, lost) from lost
        self._account.remember(with_message(self._as_it_is(case), read_blocks(letter.body)[0]))
        self.done.append(f"case {case.name} {done}")
        self._tell(f"{self._lease.label}: case {case.name}: {done}")

    def _stop_if_nobody_watches(self) -> None:
        """Do nothing final where Pulumi is gone: the next run may be looking already, and do it too."""
        if not self._is_watched():
            raise Refused(
                f"{self._lease.label}: Pulumi ended in the middle of this.",
                f"{NOTHING_FILED} Run the same command again.",
            )

    def _as_it_is(self, case: Case) -> Case:
        """Read a case again: AWS does not say whether a message opens a closed one. What was sent stays sent."""
        try:
            return self._account.read_case(case.id) or case
        except LeaseError:
            return case


class _Clerk:
    """Writes for a person what `_Steps` would send, and goes on as if it were sent.

    `facts` is what was seen, with the cases whose forms wait; `papers` are all texts that wait.
    """

    def __init__(self, account: Account, lease: Lease, past: Past | None, seen: Seen) -> None:
        self._account = account
        self._lease = lease
        self._letters = _Letters(lease, past)
        self.done: list[str] = []
        self._papers = {(paper.number, paper.message): paper for paper in (past.papers if past else ())}
        self.facts = seen

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The texts that wait, by case."""
        return tuple(paper for _, paper in sorted(self._papers.items()))

    def take(self, action: Step, seen: Seen) -> Seen:
        match action:
            case Refuse(what=what, next_step=next_step):
                raise Refused(what, next_step)
            case Resolve(case=case):
                # The message that calls a request off says that the person closes the case, too.
                return _with(seen, replace(case, status=RESOLVED))
            case Withdraw(case=case) if case.is_unfiled:
                # Nobody filed it: its "before" ends nobody's time.
                called_off = replace(case, status=RESOLVED, withdrawn=True, stepped_back=True, asks=0)
                self.facts = _with(self.facts, called_off)
                return _with(seen, called_off)
            case FileRequest() | Relinquish():
                return self._form(self._letters.write(action, seen), seen)
            case Amend(case=case) if case.is_unfiled:
                return self._form(self._letters.write(action, seen), seen)
            case Amend(case=case) | Withdraw(case=case) | Confirm(case=case):  # pragma: no branch - as above
                letter = self._letters.write(action, seen)
                self._papers[case.number, case.messages] = Paper(
                    number=case.number, message=case.messages, text=letter.paper
                )
                return _with(seen, with_message(case, read_blocks(letter.body)[0]))

    def _form(self, letter: Letter, seen: Seen) -> Seen:
        case = unfiled_case(letter)
        self._papers[case.number, 0] = Paper(number=case.number, message=0, text=letter.paper)
        self.facts = _with(self.facts, case)
        return _with(seen, case)


def _with(seen: Seen, case: Case) -> Seen:
    """Give what was seen with one of the lease's cases as it is now."""
    others = [one for one in seen.cases if (one.lease_key, one.number) != (case.lease_key, case.number)]
    return replace(seen, cases=(*others, case))


def _fitting(lease: Lease, letter: Letter) -> Letter:
    if len(letter.body) > MAX_BODY:
        raise Refused(
            f"{lease.label}: the case would be {len(letter.body):,} characters long, but AWS takes {MAX_BODY:,}.",
            "Nothing was filed. Shorten `use_case`, or give back fewer addresses at a time by lowering `count`.",
        )
    return letter


def _after(done: Sequence[str], error: LeaseError) -> LeaseError:
    """Say of a step that failed what was done before it, so that "nothing was filed" is never said wrongly."""
    advice = error.next_step.removeprefix(NOTHING_FILED).strip() or "Run the same command again: it goes on from there."
    return type(error)(error.what, f"Done before that: {'; '.join(done)}. {advice}")


def _without_effect(lease: Lease) -> Refused:
    return Refused(
        f"{lease.label}: AWS shows no trace of a step that was just taken, and it would be taken again and again.",
        f"{NOTHING_FILED} Look at the cases in the Support Center, then run the same command again.",
    )


def _unknown(lease: Lease, letter: Letter, lost: LeaseError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{lease.label}: {lost.what}",
        f"Look for {letter.mark} in the Support Center, or run the same command again in a minute: it looks for "
        "that mark before it files anything.",
    )
