"""The record of a Region's lease: one parameter of SSM Parameter Store, claimed and fenced.

Creating a parameter is atomic, and overwriting one returns a version that grows by one. So each value names the version
that it was written over, and is valid only if its own version is the next one. This reveals a write in between; a value
that is not valid is skipped. The record is never deleted.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.aws.errors import (
    NO_SUCH_PARAMETER,
    code_of,
    translating_read_errors,
    translating_write_errors,
)
from dedicated_ip_provider.aws.pagination import pages
from dedicated_ip_provider.errors import NOTHING_FILED, OutcomeUnknown, Outdated, Refused, Unreachable
from dedicated_ip_provider.lease.claim import Recorded
from dedicated_ip_provider.lease.memory import OtherFormat, read_record, record_of

if TYPE_CHECKING:
    from dedicated_ip_provider.aws.session import Session
    from dedicated_ip_provider.lease.model import Memory

PARAMETER: Final = "/dedicated-ip/lease"
"""The name of the record in each Region."""

_DESCRIPTION: Final = (
    "The lease of dedicated IP addresses in this Region (dedicated-ip-provider). Do not edit or delete."
)
_HISTORY_PAGE: Final = 50
_EXISTS: Final = "ParameterAlreadyExists"
_COLLIDED: Final = "TooManyUpdates"


class Record:
    """The record of one account and Region."""

    def __init__(self, session: Session, region: str) -> None:
        """Create the record from a session of the account and a Region."""
        self._session = session
        self._region = region

    def read(self) -> Recorded | None:
        """Return the record's latest version and its last valid memory; None if there is no record."""
        try:
            with translating_read_errors("ssm:GetParameter", self._region):
                found = self._session.ssm(self._region).get_parameter(Name=PARAMETER)["Parameter"]
                value, version = str(found["Value"]), int(found["Version"])
        except Refused as refusal:
            if code_of(refusal) == NO_SUCH_PARAMETER:
                return None
            raise
        memory = self._if_valid(value, version) or self._last_in_history()
        return Recorded(memory=memory, version=version)

    def claim(self, memory: Memory) -> Recorded | None:
        """Create the record; return None if somebody else created it first.

        Raises `Refused` or `Unreachable` if it was not created, or if that cannot be told.
        """
        try:
            return self._put(memory, over=0)
        except Refused as refusal:
            if code_of(refusal) == _EXISTS:
                return None
            raise

    def overwrite(self, memory: Memory, over: int) -> Recorded:
        """Write the record over a version of it.

        Raises `Outdated` if somebody wrote in between, and `Unreachable` if it cannot be told whether it was written.
        """
        written = self._put(memory, over=over)
        if written.version != over + 1:
            raise self._somebody_wrote()
        return written

    def _put(self, memory: Memory, *, over: int) -> Recorded:
        value = record_of(memory, over)
        try:
            with translating_write_errors(f"ssm:PutParameter ({self._region})"):
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
        except Refused as refusal:
            if code_of(refusal) == _COLLIDED:
                raise self._somebody_wrote() from refusal
            raise

    def _written_after_all(self, memory: Memory, value: str, over: int, lost: OutcomeUnknown) -> Recorded:
        """Return the record as written if its history shows the write whose answer was lost; raise otherwise."""
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
            memory = self._if_valid(value, version)
            if memory is not None:
                return memory
        raise Refused(
            f"The record {PARAMETER} in {self._region} cannot be read: somebody changed it by hand, and none of the "
            "versions that AWS keeps was written by a lease.",
            f"{NOTHING_FILED} Delete the parameter, wait a minute, and run `pulumi up` in the stack that holds the "
            "lease: it writes the record again from its state.",
        )

    def _if_valid(self, value: str, version: int) -> Memory | None:
        """Return the memory in a version of the record; None if that version is not valid."""
        try:
            memory, over = read_record(value)
        except OtherFormat as other:
            if other.over + 1 != version:
                return None
            # Skipping it would forget what the other release has filed.
            raise Refused(
                f"The record {PARAMETER} in {self._region} was written by another release of dedicated-ip-provider: "
                f"{other}.",
                f"{NOTHING_FILED} Update dedicated-ip-provider to the release that the stack's other users have.",
            ) from None
        except ValueError:
            return None
        return memory if over + 1 == version else None

    def _history(self) -> list[tuple[int, str]]:
        """Return the versions that AWS keeps, with their values; empty if there is no record."""
        ask = self._session.ssm(self._region).get_parameter_history
        try:
            with translating_read_errors("ssm:GetParameterHistory", self._region):
                listed = pages(ask, nullcontext, "NextToken", Name=PARAMETER, MaxResults=_HISTORY_PAGE)
                return [(int(item["Version"]), str(item["Value"])) for page in listed for item in page["Parameters"]]
        except Refused as refusal:
            if code_of(refusal) == NO_SUCH_PARAMETER:
                return []
            raise

    def _somebody_wrote(self) -> Outdated:
        return Outdated(
            f"Another command wrote the record {PARAMETER} in {self._region} at the same time.",
            f"{NOTHING_FILED} Wait until it has ended, then run the same command again.",
        )
