"""What people do to an account other than through the API; each command is defined once, here.

A command is a frozen value. The control API, the methods of `Emulator`, the prompt and its help take the command's
name, parameters and meaning from its class; `name_of` returns the name as it is typed. Positional parameters come
first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dedicated_ip_provider.emulator.values import DEFAULT_ACCOUNT, DEFAULT_POOL


@dataclass(frozen=True, slots=True)
class Grant:
    """Add the addresses that are missing, or COUNT.

    The case is closed once it has all that it asks for, or as `close` says.
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
    """Ask the customer a question; the case waits for the answer."""

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
    """Close the case without a message."""


@dataclass(frozen=True, slots=True)
class Say:
    """Write a message that needs no answer; the case is in progress."""

    text: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Set the case to any status, known or not."""

    status: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer in the Support Center, as the customer."""

    text: str


Decision = Grant | Refuse | Ask | ConfirmQuestion | Remove | Resolve | Say | SetStatus
"""What AWS's staff decides about a case."""
CaseCommand = Decision | Reply


@dataclass(frozen=True, slots=True)
class FileByHand:
    """File a case in the Support Center, as the customer."""

    subject: str
    body: str
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True)
class Lease:
    """Add addresses that no case asked for."""

    region: str
    count: int = 1
    pool: str = field(default=DEFAULT_POOL, kw_only=True)
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class ImportAddresses:
    """Add these addresses, as when an account brings its own."""

    region: str
    addresses: tuple[str, ...]
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class AddManaged:
    """Add addresses to a managed pool, as SES does; the pool is created if it does not exist."""

    region: str
    count: int = 1
    pool: str = field(default="managed", kw_only=True)
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class TakeAway:
    """Remove addresses that no case relinquished."""

    region: str
    addresses: tuple[str, ...]
    account: str = field(default=DEFAULT_ACCOUNT, kw_only=True)


@dataclass(frozen=True, slots=True)
class PutParameter:
    """Write a Systems Manager parameter in the console, whether it exists or not."""

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
"""What happens to an account outside its cases."""

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
