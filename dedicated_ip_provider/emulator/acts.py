"""What people can do to an account, other than by the API: each act is a frozen value.

Decisions are taken by the staff about one case. The rest happens to an account that nobody's case asked for.
The names are those of the control API, and so are the fields.
"""

from __future__ import annotations

from dataclasses import dataclass

from dedicated_ip_provider.emulator.address import DEFAULT_POOL

DEFAULT_ACCOUNT = "111122223333"
"""The account of a client whose access key names none."""
A_QUESTION = "Could you please tell us more about your use case?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Add addresses: as many as are missing, or `count`; then close the case, if `close` or all asked for is here."""

    count: int | None = None
    close: bool | None = None
    region: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Say no, and close the case."""

    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask the customer something; the case waits for the answer."""

    text: str = A_QUESTION


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmQuestion:
    """Ask the customer to confirm that the addresses named in the case shall go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Remove the addresses named in the case, or only these; then close the case, unless told otherwise."""

    addresses: tuple[str, ...] | None = None
    close: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """Close the case without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Write something that needs no answer; the case is being worked on."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus:
    """Move the case to any status, known or not."""

    status: str


Decision = Grant | Refuse | Ask | ConfirmQuestion | Remove | Resolve | Say | SetStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The customer answers in the Support Center."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileByHand:
    """The customer files a case in the Support Center."""

    subject: str
    body: str
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Addresses appear that no case asked for: somebody else's."""

    region: str
    count: int = 1
    pool: str = DEFAULT_POOL
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """These very addresses appear, as those that an account brings along."""

    region: str
    addresses: tuple[str, ...]
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """SES adds addresses to a managed pool, which is made if it is not there."""

    region: str
    count: int = 1
    pool: str = "managed"
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAway:
    """Addresses vanish that no case gave back."""

    region: str
    addresses: tuple[str, ...]
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class PutParameter:
    """The customer writes a parameter of Systems Manager's in the console, whether it exists or not."""

    region: str
    name: str
    value: str
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteParameter:
    """The customer deletes a parameter in the console, with all its versions."""

    region: str
    name: str
    account: str = DEFAULT_ACCOUNT


Happening = Lease | Import | Managed | TakeAway | PutParameter | DeleteParameter
