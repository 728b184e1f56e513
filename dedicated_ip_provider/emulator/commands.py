"""What people do to an account other than by the API: each command is spelt here, once.

A command is a frozen value. Its class gives the control API, the methods of `Emulator`, the prompt and its help the
command's name, its parameters and its meaning; `name_of` gives the name as it is typed. Parameters that may be given
without their names come first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dedicated_ip_provider.emulator.values import DEFAULT_ACCOUNT, DEFAULT_POOL


@dataclass(frozen=True, slots=True)
class Grant:
    """Add the addresses that are missing, or COUNT.

    The case is closed when all that it asks for are there, or as `close` says.
    """

    count: int | None = None
    close: bool | None = field(default=None, kw_only=True)
    region: str | None = field(default=None, kw_only=True)
    text: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse, and close the case."""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the customer something; the case waits for the answer."""

    text: str = "Could you please tell us more about your use case?"


@dataclass(frozen=True, slots=True)
class ConfirmQuestion:
    """Ask the customer to confirm the relinquishment."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the addresses that the case names, or only these, and close it."""

    addresses: tuple[str, ...] | None = None
    close: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Resolve:
    """Close the case without a word."""


@dataclass(frozen=True, slots=True)
class Say:
    """Write something that needs no answer; the case is being worked on."""

    text: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Move the case to any status, known or not."""

    status: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer in the Support Center, as the customer."""

    text: str


Decision = Grant | Refuse | Ask | ConfirmQuestion | Remove | Resolve | Say | SetStatus
"""What AWS's people do about a case."""
CaseCommand = Decision | Reply


@dataclass(frozen=True, slots=True)
class FileByHand:
    """File a case in the Support Center, as the customer."""

    subject: str
    body: str
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True)
class Lease:
    """Let addresses appear that no case asked for: somebody else's."""

    region: str
    count: int = 1
    pool: str = field(default=DEFAULT_POOL, kw_only=True)
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class ImportAddresses:
    """Let these very addresses appear, as those that an account brings along."""

    region: str
    addresses: tuple[str, ...]
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class AddManaged:
    """Let SES add addresses to a managed pool, which is created if it does not exist."""

    region: str
    count: int = 1
    pool: str = field(default="managed", kw_only=True)
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class TakeAway:
    """Let addresses vanish that no case relinquished."""

    region: str
    addresses: tuple[str, ...]
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class PutParameter:
    """Write a parameter of Systems Manager's in the console, whether it exists or not."""

    region: str
    name: str
    value: str
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class DeleteParameter:
    """Delete a parameter in the console, with all its versions."""

    region: str
    name: str
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


ExternalEvent = Lease | ImportAddresses | AddManaged | TakeAway | PutParameter | DeleteParameter
"""What happens to an account beside its cases."""

DECISIONS: tuple[type[Decision], ...] = (Grant, Refuse, Ask, ConfirmQuestion, Remove, Resolve, Say, SetStatus)
CASE_COMMANDS: tuple[type[CaseCommand], ...] = (*DECISIONS, Reply)
EXTERNAL_EVENTS: tuple[type[ExternalEvent], ...] = (
    Lease,
    ImportAddresses,
    AddManaged,
    TakeAway,
    PutParameter,
    DeleteParameter,
)


def name_of(command: type) -> str:
    """Return the name of a command as it is typed: `confirm-question`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", command.__name__).lower()
