"""The support cases of one account, as a run knows them: listed once, refreshed when needed, read by their ids.

What the run itself filed or changed takes precedence over AWS's list, since AWS may list it late. Every member of a
case or a message except the case's id may be absent (Support API, `CaseDetails`); somebody else's malformed case must
not stop a run.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.aws.errors import NO_SUCH_CASE, code_of, translating_read_errors
from dedicated_ip_provider.aws.pagination import beginning, pages
from dedicated_ip_provider.aws.sharing import Cached, SingleFlight
from dedicated_ip_provider.case_text.marker import find_mark, read_case
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.model import BareCase, region_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dedicated_ip_provider.aws.session import Session
    from dedicated_ip_provider.lease.model import Case

    Item = Mapping[str, Any]

STAFF: Final = "Amazon Web Services"
"""The author that Support gives for messages from AWS's staff."""

_PAGE: Final = 100
"""The most cases that AWS lists in one page."""


class CaseList:
    """The cases of an account. Every method may be called from several threads."""

    def __init__(self, session: Session, clock: Callable[[], datetime]) -> None:
        """Create the list from a session of the account and a clock; AWS is called only when needed."""
        self._session = session
        self._clock = clock
        self._lock = threading.Lock()
        self._all = Cached(self._list_all)
        self._looks = SingleFlight(self._look)
        self._cases: dict[str, Case] = {}
        self._unread: dict[str, Item] = {}
        self._bare: dict[str, BareCase] = {}
        self._filed_at: dict[str, str] = {}
        self._writes = 0
        self._written: dict[str, int] = {}

    def marked(self, region: str | None = None) -> tuple[Case, ...]:
        """Return the cases that carry a lease's mark, including resolved ones, of one Region or of all.

        All messages of a long case are read for its own Region only, so a failure to do so affects no other Region.
        """
        self._all.get()
        self._read_those(lambda mark: region is None or region_of(mark) == region)
        with self._lock:
            return tuple(case for case in self._cases.values() if region in (None, case.region))

    def bare(self, region: str) -> tuple[BareCase, ...]:
        """Return the cases of a Region whose subject has a mark, but whose messages AWS does not show."""
        self.marked(region)
        with self._lock:
            return tuple(one for one in self._bare.values() if region_of(one.mark) == region)

    def find(self, mark: str) -> Case | None:
        """Return the case with a mark, after listing the last day's cases again; None if AWS does not list it."""
        self._all.get()
        self._looks.take()
        self._read_those(lambda other: other == mark)
        with self._lock:
            return next((case for case in self._cases.values() if case.mark == mark), None)

    def read(self, case_id: str) -> Case | None:
        """Read one of our cases again; None if AWS does not know it (yet, or after 24 months)."""
        try:
            self._list(self._read_whole, includeCommunications=True, caseIdList=[case_id])
        except Refused as refusal:
            if code_of(refusal) == NO_SUCH_CASE:
                return None
            raise
        with self._lock:
            return self._cases.get(case_id)

    def messages(self, case_id: str, name: str) -> list[str]:
        """Return the texts of the customer's own messages in a case; errors refer to the case by `name`."""
        support = self._session.support
        with translating_read_errors("support:DescribeCommunications", f"case {name}"):
            listed = pages(support.describe_communications, self._session.support_turn, "nextToken", caseId=case_id)
            return [text for page in listed for text in _own(page["communications"])]

    def filing_times(self) -> tuple[str, ...]:
        """Return when cases were filed, newest first; AWS's hourly limit counts everybody's cases."""
        self._all.get()
        return self.known_filing_times()

    def known_filing_times(self) -> tuple[str, ...]:
        """Return the filing times that this run has seen so far, without calling AWS."""
        with self._lock:
            return tuple(sorted(filter(_is_time, self._filed_at.values()), reverse=True))

    def remember(self, case: Case) -> None:
        """Keep what this run knows about a case, so that no lease of the run misses it."""
        with self._lock:
            self._cases[case.id] = case
            self._writes += 1
            self._written[case.id] = self._writes

    def forget(self) -> None:
        """Make the next query list all cases from AWS again."""
        with self._lock:
            self._cases = {}
            self._unread = {}
            self._bare = {}
            self._all = Cached(self._list_all)

    def _list_all(self) -> None:
        self._list(self._read, includeCommunications=True)

    def _look(self, begin: Callable[[], None]) -> None:
        """List the cases of the last day without their messages: a run may file many, and lists after each."""
        yesterday = self._clock() - timedelta(days=1)
        after = yesterday.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._list(self._read, begin, includeCommunications=False, afterTime=after)

    def _list(
        self,
        read: Callable[[Item], Case | None],
        begin: Callable[[], None] = lambda: None,
        **which: Any,  # noqa: ANN401 - DescribeCases' own filters
    ) -> None:
        """List cases, and remember what AWS says about them."""
        writes_before: list[int] = []

        def began() -> None:
            begin()
            writes_before.append(self._writes)

        # For a case that is no lease's, only the filing time is kept: an account may have tens of thousands.
        found: dict[str, Case] = {}
        unread: dict[str, Item] = {}
        filed_at: dict[str, str] = {}
        # Without a language AWS lists the cases of all languages (since June 2025; seen, not documented).
        with translating_read_errors("support:DescribeCases"):
            for page in pages(
                self._session.support.describe_cases,
                beginning(began, self._session.support_turn),
                "nextToken",
                includeResolvedCases=True,
                maxResults=_PAGE,
                **which,
            ):
                for item in page["cases"]:
                    # A case without an id is of no use.
                    if case_id := _text(item, "caseId"):
                        filed_at[case_id] = _text(item, "timeCreated")
                        if case := read(item) or self._known(item):
                            found[case_id] = case
                        elif find_mark(_text(item, "subject")):
                            unread[case_id] = item
        with self._lock:
            self._filed_at |= filed_at
            # What this run has changed since the first page is newer than the list.
            newer = {case_id for case_id, write in self._written.items() if write > writes_before[0]}
            self._cases |= {case_id: case for case_id, case in found.items() if case_id not in newer}
            self._unread |= {case_id: item for case_id, item in unread.items() if case_id not in newer}

    def _read_those(self, is_wanted: Callable[[str], bool]) -> None:
        """Read all messages of the cases with wanted marks that the list shows only in part."""
        with self._lock:
            unread = [
                item
                for case_id, item in self._unread.items()
                if case_id not in self._cases and is_wanted(find_mark(item["subject"]) or "")
            ]
        for item in unread:
            case_id = item["caseId"]
            try:
                case = _read_case(item, self._messages_of(item))
            except Refused as refusal:
                if code_of(refusal) != NO_SUCH_CASE:
                    raise
                case = None
            with self._lock:
                self._unread.pop(case_id, None)
                if case:
                    self._cases.setdefault(case.id, case)
                else:
                    mark = find_mark(item["subject"]) or ""
                    self._bare[case_id] = BareCase(id=case_id, mark=mark, **_listed(item))

    def _read(self, item: Item) -> Case | None:
        """Read a case from its latest five messages, which the list includes."""
        recent = item.get("recentCommunications") or {}
        return _read_case(item, _own(recent.get("communications") or ()))

    def _read_whole(self, item: Item) -> Case | None:
        return self._read(item) or _read_case(item, self._messages_of(item))

    def _messages_of(self, item: Item) -> list[str]:
        return self.messages(item["caseId"], _text(item, "displayId") or item["caseId"])

    def _known(self, item: Item) -> Case | None:
        """Return a case that is already known, updated with what AWS lists now."""
        known = self._cases.get(item["caseId"])
        return known and replace(known, **{name: said for name, said in _listed(item).items() if said})


def _read_case(item: Item, messages: Sequence[str]) -> Case | None:
    return read_case(case_id=item["caseId"], subject=_text(item, "subject"), messages=messages, **_listed(item))


def _listed(item: Item) -> dict[str, Any]:
    """Return what AWS lists about a case besides its texts."""
    return {
        "display_id": _text(item, "displayId") or None,
        "status": _text(item, "status"),
        "filed_at": _text(item, "timeCreated"),
    }


def _own(communications: Iterable[Item]) -> list[str]:
    """Return the texts of the customer's own messages; a message without an author is not one of them."""
    return [_text(item, "body") for item in communications if _text(item, "submittedBy") not in ("", STAFF)]


def _text(item: Item, key: str) -> str:
    """Return a member that may be absent."""
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return True
