"""One AWS account, as one run sees it: its id, addresses and cases, and the writes to those cases.

What is the same for all leases of the account (its id, the codes of a case, the list of its cases) is fetched once and
shared by all threads. It does not depend on any lease's Region. If a call fails, the next lease makes it again; nothing
is kept after the run.
"""

from __future__ import annotations

import functools
import itertools
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dedicated_ip_provider.aws.cases import CaseList
from dedicated_ip_provider.aws.codes import pick_codes
from dedicated_ip_provider.aws.credentials import Base
from dedicated_ip_provider.aws.errors import (
    THROTTLES,
    code_of,
    lacks_plan,
    translating_read_errors,
    translating_write_errors,
)
from dedicated_ip_provider.aws.pagination import beginning, pages
from dedicated_ip_provider.aws.record import Record
from dedicated_ip_provider.aws.session import RETRY_POLICY, RetryPolicy, Session
from dedicated_ip_provider.aws.sharing import Cached, SingleFlight
from dedicated_ip_provider.case_text.marker import has_message
from dedicated_ip_provider.case_text.messages import case_of
from dedicated_ip_provider.errors import NOTHING_FILED, LeaseError, OutcomeUnknown, Refused, Unreachable
from dedicated_ip_provider.lease.model import BareCase, Case, DedicatedIp, is_account_id
from dedicated_ip_provider.lease.sending import Sending
from dedicated_ip_provider.regions import home_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from dedicated_ip_provider.case_text.messages import CaseMessage
    from dedicated_ip_provider.config import StackConfig

T = TypeVar("T")

CASES_AN_HOUR: Final = 10
"""How many cases an account may file in an hour (Support API quotas)."""


class Accounts:
    """The AWS accounts of a run, one for each combination of partition, profile and role."""

    def __init__(
        self,
        config: StackConfig,
        clock: Callable[[], datetime],
        retry_policy: RetryPolicy = RETRY_POLICY,
    ) -> None:
        """Create the accounts from the stack's configuration, a clock (UTC), and a retry policy."""
        self._config = config
        self._clock = clock
        self._retry_policy = retry_policy
        self._lock = threading.Lock()
        self._bases: dict[tuple[str, str | None], Base] = {}
        self._accounts: dict[tuple[str, str | None, str | None], Account] = {}

    def get(self, region: str, profile: str | None, role_arn: str | None) -> Account:
        """Return the account for a lease's own `profile` and `role_arn`, or for the stack's if it has none."""
        # Credentials are valid in one partition: a lease in another one must not affect the others.
        home, config = home_of(region), self._config
        with self._lock:
            if (home, profile) not in self._bases:
                self._bases[home, profile] = Base(config, profile, home)
            if (home, profile, role_arn) not in self._accounts:
                session = Session(self._bases[home, profile], role_arn, self._retry_policy)
                self._accounts[home, profile, role_arn] = Account(session, config, self._clock)
            return self._accounts[home, profile, role_arn]


class Account:
    """One AWS account. Every method may be called from several threads."""

    def __init__(self, session: Session, config: StackConfig, clock: Callable[[], datetime]) -> None:
        """Create the account from a session, the stack's configuration, and a clock; AWS is called only when needed."""
        self._session = session
        self._config = config
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._id = Cached(self._ask_id)
        self._codes = Cached(self._ask_codes)
        self._cases = CaseList(session, clock)
        self._addresses: dict[str, SingleFlight[tuple[DedicatedIp, ...]]] = {}
        self._asked_for_sending = False
        self._is_throttling_known = threading.Event()

    @property
    def session(self) -> Session:
        """The account's session, for calls that no lease makes."""
        return self._session

    @contextmanager
    def turn(self, region: str) -> Iterator[None]:
        """Let one lease of a Region at a time read and file: two that read at the same time would both file."""
        with self._lock:
            turn = self._turns[region]
        with turn:
            yield

    @property
    def id(self) -> str:
        """The account's id. Raises `Refused` if the stack's configuration does not allow this account."""
        return self._id.get()

    def record(self, region: str) -> Record:
        """Return the record of a Region's lease."""
        return Record(self._session, region)

    def addresses(self, region: str) -> tuple[DedicatedIp, ...]:
        """List the dedicated IP addresses that the account has in a Region, each once."""
        with self._lock:
            looks = self._addresses.setdefault(region, SingleFlight(functools.partial(self._list_addresses, region)))
        return looks.take()

    def sending(self, region: str) -> Sending:
        """Return what SES lets the account do in a Region."""
        # This is often the second call within a second. One lease finds out whether AWS throttles it; the others wait.
        with self._lock:
            is_first, self._asked_for_sending = not self._asked_for_sending, True
        if not is_first:
            self._is_throttling_known.wait()
        try:
            return self._ask_sending(region)
        finally:
            self._is_throttling_known.set()

    def cases(self, region: str | None = None) -> tuple[Case, ...]:
        """Return the cases that carry a lease's mark, including resolved ones, of one Region or of all."""
        return self._cases.marked(region)

    def bare_cases(self, region: str) -> tuple[BareCase, ...]:
        """Return the cases of a Region whose subject has a mark, but whose messages AWS does not show."""
        return self._cases.bare(region)

    def has_support_plan(self) -> bool:
        """Return whether the account's support plan includes the Support API."""
        try:
            self.filing_times()
        except Refused as refusal:
            if not lacks_plan(refusal):
                raise
            return False
        return True

    def filing_times(self) -> tuple[str, ...]:
        """Return when the account's cases were filed, newest first; the hourly limit counts everybody's cases."""
        return self._cases.filing_times()

    def forget_cases(self) -> None:
        """Make the next query list the cases from AWS again."""
        self._cases.forget()

    def read_case(self, case_id: str) -> Case | None:
        """Read one of our cases again; None if AWS does not know it (yet, or after 24 months)."""
        return self._cases.read(case_id)

    def remember(self, case: Case) -> None:
        """Keep what this run knows about a case, so that no lease of the run misses it."""
        self._cases.remember(case)

    def find_case(self, mark: str, waits: Iterable[float]) -> Case | None:
        """Search for a case by its mark, and again after each wait, since AWS may list it late."""
        return _again(lambda: self._cases.find(mark), waits)

    def find_message(self, case: Case, mark: str, waits: Iterable[float]) -> bool:
        """Search a case for one of our messages by its mark, and again after each wait."""

        def search() -> bool | None:
            return has_message(self._cases.messages(case.id, case.name), mark) or None

        return _again(search, waits) is not None

    def file_case(
        self, message: CaseMessage, language: str, cc: Sequence[str], *, before_sending: Callable[[], None]
    ) -> Case:
        """Open a case. `before_sending` is called right before the request is sent, and may raise.

        Raises `Refused` if no case was opened, `OutcomeUnknown` if it cannot be told.
        """
        codes = self.codes()

        def send() -> Case:
            with translating_write_errors("support:CreateCase"):
                with self._session.support_turn():
                    before_sending()
                    reply = self._session.support_once.create_case(
                        subject=message.subject,
                        communicationBody=message.body,
                        language=language,
                        ccEmailAddresses=list(cc),
                        **codes,
                    )
                case_id = reply["caseId"]
                if not isinstance(case_id, str):
                    raise TypeError("caseId")
            return self.filed(case_id, message)

        try:
            return self._send(send, lambda: self.find_case(message.mark, ()))
        except Refused as refusal:
            if code_of(refusal) == "CaseCreationLimitExceeded":
                raise self._limit_reached() from refusal
            raise

    def filed(self, case_id: str, message: CaseMessage) -> Case:
        """Return the case that a message opened, before AWS lists it, and remember it for the run."""
        now = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case = case_of(message, case_id=case_id, status="opened", filed_at=now)
        self.remember(case)
        return case

    def send_message(self, case: Case, message: CaseMessage) -> None:
        """Add a message to a case. Raises `Refused` if it was not added, `OutcomeUnknown` if it cannot be told."""

        def send() -> bool:
            with translating_write_errors(f"support:AddCommunicationToCase (case {case.name})"):
                with self._session.support_turn():
                    reply = self._session.support_once.add_communication_to_case(
                        caseId=case.id, communicationBody=message.body
                    )
                if reply["result"] is not True:
                    raise KeyError("result")
                return True

        self._send(send, lambda: self.find_message(case, message.mark, ()) or None)

    def resolve_case(self, case: Case) -> None:
        """Close a case. Closing it twice has no effect, so a call whose answer was lost is simply repeated."""
        later = f"{NOTHING_FILED} The case may already be closed: run the same command again, it checks that first."
        with (
            translating_read_errors("support:ResolveCase", f"case {case.name}", later=later),
            self._session.support_turn(),
        ):
            self._session.support.resolve_case(caseId=case.id)["finalCaseStatus"]

    def _send(self, send: Callable[[], T], find: Callable[[], T | None]) -> T:
        """Send a request, and again if AWS throttles it. Accept AWS's refusal only if `find` finds nothing sent.

        AWS may file the case and then fail with an error: only a case id proves what happened.
        """
        waits = iter(self._session.retry_policy.after_throttle)
        while True:
            try:
                return send()
            except OutcomeUnknown:
                raise
            except LeaseError as error:
                wait = next(waits, None) if code_of(error) in THROTTLES else None
                time.sleep(wait or 0)
                # An error without an AWS code means that the request did not reach AWS.
                found = find() if code_of(error) else None
                if found is not None:
                    return found
                if wait is None:
                    raise

    def codes(self) -> Mapping[str, str]:
        """Return the codes that classify a case. Raises `Refused`, naming the candidates, if no name matches."""
        return self._codes.get()

    def _ask_id(self) -> str:
        with translating_read_errors("sts:GetCallerIdentity", self._session.sts_region):
            account_id = self._session.sts.get_caller_identity()["Account"]
        _guard(account_id, self._config)
        return account_id

    def _ask_codes(self) -> Mapping[str, str]:
        wanted, services = self._config.codes, []
        with translating_read_errors("support:DescribeServices"):
            if not (wanted.service and wanted.category):
                with self._session.support_turn():
                    services = self._session.support.describe_services(language="en")["services"]
            return pick_codes(services, wanted)

    def _ask_sending(self, region: str) -> Sending:
        with translating_read_errors("ses:GetAccount", region):
            with self._session.ses_turn(region):
                reply = self._session.ses(region).get_account()
            return Sending(
                region=region,
                in_sandbox=not reply["ProductionAccessEnabled"],
                enforcement=reply["EnforcementStatus"],
                is_enabled=reply.get("SendingEnabled", True),
                warms_up=reply.get("DedicatedIpAutoWarmupEnabled", True),
                max_send_rate=reply["SendQuota"]["MaxSendRate"],
            )

    def _list_addresses(self, region: str, begin: Callable[[], None]) -> tuple[DedicatedIp, ...]:
        with translating_read_errors("ses:GetDedicatedIps", region):
            turn = beginning(begin, lambda: self._session.ses_turn(region))
            listed = pages(self._session.ses(region).get_dedicated_ips, turn, "NextToken")
            # Without this key the answer was cut off, which must never be read as "no addresses".
            found = [_dedicated_ip(item) for page in listed for item in page["DedicatedIps"]]
        return tuple({address.ip: address for address in found}.values())

    def _limit_reached(self) -> Refused:
        newest = self._cases.known_filing_times()[:CASES_AN_HOUR]
        when = "in an hour"
        if len(newest) == CASES_AN_HOUR:
            free = datetime.fromisoformat(newest[-1][:19]) + timedelta(hours=1)
            when = f"after {free:%H:%M} UTC"
        return Refused(
            f"AWS accepts {CASES_AN_HOUR} new cases an hour, and account {self.id} has reached that limit.",
            f"{NOTHING_FILED} Run the same command again {when}: it continues where it stopped.",
        )


def _guard(account_id: str, config: StackConfig) -> None:
    allowed, forbidden = config.allowed_accounts, config.forbidden_accounts
    if not is_account_id(account_id):
        raise Unreachable(
            f"AWS says that the account is {account_id!r}, which is not an account id.",
            f"{NOTHING_FILED} Run the same command again later.",
        )
    if (allowed and account_id not in allowed) or account_id in forbidden:
        option = "aws:forbiddenAccountIds" if account_id in forbidden else "aws:allowedAccountIds"
        raise Refused(
            f"The credentials lead to account {account_id}, which {option} of this stack does not allow.",
            f"{NOTHING_FILED} Use other credentials, or change the stack's configuration.",
        )


def _dedicated_ip(item: Mapping[str, Any]) -> DedicatedIp:
    if not isinstance(item["Ip"], str):
        raise TypeError("Ip")
    return DedicatedIp(
        ip=item["Ip"],
        pool=item.get("PoolName"),
        warmup_percentage=int(item.get("WarmupPercentage", 0)),
        warmed=item.get("WarmupStatus") == "DONE",
        # SES gives the addresses of its managed pools this status (botocore's model, DedicatedIp).
        managed=item.get("WarmupStatus") == "NOT_APPLICABLE",
    )


def _again(search: Callable[[], T | None], waits: Iterable[float]) -> T | None:
    """Search once, and again after each wait; a search that fails counts as not found."""
    for wait in itertools.chain((0.0,), waits):
        time.sleep(wait)
        try:
            found = search()
        except LeaseError:
            continue
        if found is not None:
            return found
    return None
