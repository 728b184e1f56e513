"""The record of a Region's lease: one parameter of SSM Parameter Store, claimed and fenced.

Creating a parameter is atomic, and overwriting one answers a version that grows by one. So a value names the version
that it was written over, and counts only if its own version is that plus one: whoever wrote in between is seen, and a
value that does not count is read past. Nobody deletes the record.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.aws.pages import pages
from dedicated_ip_provider.aws.translate import asking, code_of, sending
from dedicated_ip_provider.errors import NOTHING_FILED, OutcomeUnknown, Refused, Unreachable
from dedicated_ip_provider.lease.claim import Recorded
from dedicated_ip_provider.lease.memory import LARGEST_RECORD, read_record, record_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from dedicated_ip_provider.aws.session import Session
    from dedicated_ip_provider.lease.model import Memory

PARAMETER: Final = "/dedicated-ip/lease"
"""The name of the record in each Region."""

_DESCRIPTION: Final = (
    "The lease of dedicated IP addresses in this Region (dedicated-ip-provider). Do not edit or delete."
)
_HISTORY_PAGE: Final = 50
_EXISTS: Final = "ParameterAlreadyExists"
_MISSING: Final = "ParameterNotFound"


class Record:
    """The record of one account and Region."""

    def __init__(self, session: Session, region: str) -> None:
        """Take a session of the account, and the Region."""
        self._session = session
        self._region = region

    def read(self) -> Recorded | None:
        """Return the record's latest version, with the last value that counts; None where there is no record."""
        try:
            with self._asking("ssm:GetParameter"):
                found = self._session.ssm(self._region).get_parameter(Name=PARAMETER)["Parameter"]
                value, version = str(found["Value"]), int(found["Version"])
        except Refused as refusal:
            if code_of(refusal) == _MISSING:
                return None
            raise
        memory = _that_counts(value, version)
        return Recorded(memory=self._last_in_history() if memory is None else memory, version=version)

    def claim(self, memory: Memory) -> Recorded | None:
        """Create the record; return None where somebody else created it first."""
        try:
            return self._put(memory, over=0)
        except Refused as refusal:
            if code_of(refusal) == _EXISTS:
                return None
            raise

    def overwrite(self, memory: Memory, over: int) -> Recorded:
        """Write the record over a version of it.

        Raises `Refused` where somebody wrote in between, and `Unreachable` where nobody knows whether it was written.
        """
        written = self._put(memory, over=over)
        if written.version != over + 1:
            raise self._somebody_wrote()
        return written

    def _put(self, memory: Memory, *, over: int) -> Recorded:
        value = record_of(memory, over)
        if len(value) > LARGEST_RECORD:
            raise Refused(
                f"The record {PARAMETER} in {self._region} would be {len(value):,} characters long, but AWS takes "
                f"{LARGEST_RECORD:,}: the lease would hold {len(memory.holds):,} addresses of too many networks.",
                f"{NOTHING_FILED} Hold fewer addresses in this Region.",
            )
        try:
            with sending(f"ssm:PutParameter ({self._region})"):
                reply = self._session.ssm_once(self._region).put_parameter(
                    Name=PARAMETER,
                    Value=value,
                    Type="String",
                    Tier="Standard",
                    **({"Overwrite": True} if over else {"Description": _DESCRIPTION}),
                )
                return Recorded(memory=memory, version=int(reply["Version"]))
        except OutcomeUnknown as lost:
            return self._written_after_all(memory, value, over, lost)

    def _written_after_all(self, memory: Memory, value: str, over: int, lost: OutcomeUnknown) -> Recorded:
        """Read the record again after a lost answer."""
        versions = {version: text for version, text in self._history() if version > over}
        if versions.get(over + 1) == value:
            return Recorded(memory=memory, version=over + 1)
        if versions:
            raise self._somebody_wrote() from lost
        raise Unreachable(
            f"The record {PARAMETER} in {self._region} was not written: {lost.what}",
            f"{NOTHING_FILED} Run the same command again.",
        ) from lost

    def _last_in_history(self) -> Memory:
        for version, value in sorted(self._history(), reverse=True):
            memory = _that_counts(value, version)
            if memory is not None:
                return memory
        raise Refused(
            f"The record {PARAMETER} in {self._region} cannot be read: none of its versions is a lease's.",
            f"{NOTHING_FILED} Update dedicated-ip-provider, or write an earlier version of the parameter again.",
        )

    def _history(self) -> list[tuple[int, str]]:
        """Return the versions that AWS keeps, with their values; none where there is no record."""
        ask = self._session.ssm(self._region).get_parameter_history
        try:
            with self._asking("ssm:GetParameterHistory"):
                listed = pages(ask, nullcontext, "NextToken", Name=PARAMETER, MaxResults=_HISTORY_PAGE)
                return [(int(item["Version"]), str(item["Value"])) for page in listed for item in page["Parameters"]]
        except Refused as refusal:
            if code_of(refusal) == _MISSING:
                return []
            raise

    def _asking(self, operation: str) -> AbstractContextManager[None]:
        return asking(operation, f"the record {PARAMETER} in {self._region}")

    def _somebody_wrote(self) -> Refused:
        return Refused(
            f"Another command wrote the record {PARAMETER} in {self._region} at the same time.",
            f"{NOTHING_FILED} Wait until it has ended, then run the same command again.",
        )


def _that_counts(value: str, version: int) -> Memory | None:
    try:
        memory, over = read_record(value)
    except ValueError:
        return None
    return memory if over + 1 == version else None
