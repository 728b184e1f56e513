"""One value of a property bag each: what fits, and in which words it is refused.

A reader takes a value and gives it back as we use it, or raises `WrongError` with the rest of a sentence that begins
with the input's name. What may be a secret is never repeated.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dedicated_ip_provider.lease import UseCase

# What a case's text cannot carry: control characters, and halves of characters, which have no bytes.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# A web address or an ARN may have 40 characters in a row that look like a key and are a path.
_PATHS: Final = re.compile(r"\b(?:https?://|arn:)\S+")
_SECRETS: Final = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    # A secret access key: 40 characters of base64 with all three kinds in it.
    re.compile(
        r"(?<![A-Za-z0-9/+=])(?=[^\s]{0,39}[a-z])(?=[^\s]{0,39}[A-Z])(?=[^\s]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
    ),
)


# How AWS writes the code of a Region. botocore's `fips-us-east-1` is another name of us-east-1, which would make two
# Regions of one.
_REGION_CODE: Final = re.compile(r"(?!fips-)[a-z]{2,4}(-[a-z]{2,}){1,2}-[1-9][0-9]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The AWS Regions that botocore lists: `names` by code, those with SES, and a pattern of codes by partition."""

    names: Mapping[str, str]
    with_ses: frozenset[str]
    partitions: Mapping[str, str]
    source: str

    def is_well_formed(self, code: str) -> bool:
        """Return whether a code is written as AWS writes the codes of its Regions."""
        return _REGION_CODE.fullmatch(code) is not None

    def is_listed(self, code: str) -> bool:
        """Return whether botocore lists SES in a Region; one that it does not list may have SES all the same."""
        return code in self.with_ses

    def name_of(self, code: str) -> str:
        """Return the name of a Region, such as "Europe (Ireland)", or its code if botocore does not list it."""
        return self.names.get(code, code)

    def partition_of(self, code: str) -> str:
        """Return the partition of a Region, listed or not, as botocore finds it: `aws` if no pattern fits."""
        return next((name for name, pattern in self.partitions.items() if re.match(pattern, code)), "aws")

    def warning(self, code: str) -> str | None:
        """Return what to tell a person about a Region that botocore does not list for SES; None if it does."""
        if self.is_listed(code):
            return None
        what = "Amazon SES in " if code in self.names else "the Region "
        return f"{self.source} does not list {what}{code}: check the code. AWS decides."


class WrongError(Exception):
    """A value that does not fit; the text says why, without repeating what may be a secret."""


def whole_number(least: int, most: int) -> Callable[[object], int]:
    """Read a whole number in a range: Pulumi hands it over as a float."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise WrongError(f"must be a whole number, not {_kind(value)}")
        if isinstance(value, float) and not value.is_integer():
            raise WrongError(f"must be a whole number, not {_figure(value)}")
        if not least <= value <= most:
            raise WrongError(f"must be from {least} to {most:,}, not {_figure(value)}")
        return int(value)

    return read


def rate(value: object) -> float:
    """Read a number of messages per second."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WrongError(f"must be a number of messages per second, not {_kind(value)}")
    if not 0 < value <= 1_000_000:  # noqa: PLR2004 - no account sends a million a second
        raise WrongError(f"must be above 0 and at most 1,000,000 messages per second, not {_figure(value)}")
    return float(value)


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise WrongError(f"must be true or false, not {_kind(value)}")
    return value


def must_comply(value: object) -> bool:
    """Read the answer on AWS's Acceptable Use Policy, of which AWS takes one only."""
    if not flag(value):
        raise WrongError("must be true: AWS leases addresses only to who complies with its Acceptable Use Policy")
    return True


def text_up_to(most: int) -> Callable[[object], str]:
    """Read a text of bounded length that a case can carry and that has no key in it."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise WrongError(f"must be a text, not {_kind(value)}")
        if not value.strip():
            raise WrongError("is empty")
        if len(value) > most:
            raise WrongError(f"is {len(value):,} characters long; at most {most:,} fit")
        if _CONTROL.search(value):
            raise WrongError("has a control character in it")
        if _has_secret(value):
            raise WrongError("looks like it has an AWS key or a private key in it: it would be sent to AWS Support")
        return value

    return read


def lease_key(value: object) -> str:
    """Read a lease's key, which a case carries on one line."""
    most = 500
    # Names with slashes between them, which may look like an AWS key; a case carries them on one line.
    if not isinstance(value, str) or not value.strip() or len(value) > most or _LINE_BREAK.search(value):
        raise WrongError(f"must be a text of 1 to {most} characters on one line")
    return value


def _has_secret(text: str) -> bool:
    *certain, likely = _SECRETS
    return any(secret.search(text) for secret in certain) or likely.search(_PATHS.sub("", text)) is not None


def one_of(*choices: str) -> Callable[[object], str]:
    """Read one of a few words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise WrongError(f"must be {' or '.join(repr(choice) for choice in choices)}")
        return value

    return read


def url(value: object) -> str:
    """Read a web address."""
    text = text_up_to(1_000)(value)
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise WrongError("must be a web address that begins with https:// or http://")
    return text


def role_arn(value: object) -> str:
    """Read the ARN of an IAM role."""
    text = text_up_to(2_048)(value)
    if not re.fullmatch(r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/\S+", text):
        raise WrongError("must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/mail")
    return text


def fields_of_a_use_case(value: object) -> Mapping[str, object]:
    """Read a set of fields; what is in it is read one by one."""
    if not isinstance(value, Mapping):
        raise WrongError(f"must be a set of fields ({', '.join(UseCase.__slots__)}), not {_kind(value)}")
    return value


def _list(value: object, of: str) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise WrongError(f"must be a list of {of}, not {_kind(value)}")
    return list(value)


def addresses(value: object) -> tuple[str, ...]:
    """Read IPv4 addresses, each once."""
    found: list[str] = []
    for item in _list(value, "IPv4 addresses"):
        try:
            address = str(ipaddress.IPv4Address(item)) if isinstance(item, str) else ""
        except ValueError:
            address = ""
        if not address:
            raise WrongError(f"has something in it that is no IPv4 address: {_shown(item)}")
        if address in found:
            raise WrongError(f"has {address} twice")
        found.append(address)
    return tuple(found)


def cc_addresses(value: object) -> tuple[str, ...]:
    """Read the e-mail addresses that AWS shall write to as well."""
    most = 10  # CreateCase, `ccEmailAddresses`
    items = _list(value, "e-mail addresses")
    if len(items) > most:
        raise WrongError(f"has {len(items)} addresses; AWS takes at most {most}")
    for item in items:
        if not isinstance(item, str) or not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,255}", item) or _CONTROL.search(item):
            raise WrongError(f"has something in it that is no e-mail address: {_shown(item)}")
    return tuple(str(item) for item in items)


def region_of(regions: Regions) -> Callable[[object], str]:
    """Return a reader of the code of a Region; one that botocore does not list is no mistake, see `Regions.warning`."""

    def read(value: object) -> str:
        region = text_up_to(50)(value)
        if not regions.is_well_formed(region):
            raise WrongError(f"must be the code of an AWS Region, such as eu-west-1, not {region!r}")
        return region

    return read


def _figure(value: float) -> str:
    """Show a number as people write it; one of hundreds of digits is not spelt out."""
    return f"{value:,.15g}" if isinstance(value, float) or abs(value) < 10**15 else "a number that large"


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", str: "a text", list: "a list", dict: "a set of fields", float: "a number"}
    return kinds.get(type(value), "something else")


def _shown(item: object) -> str:
    return repr(item[:40]) if isinstance(item, str) and not _has_secret(item) else _kind(item)
