"""The inputs of a lease: one table of names, with each one's reader, default and meaning.

The names are formats: every stack's state uses them. A program loads this module to declare a lease, but none of the
modules that act on one: `validation` turns the values into a `Lease`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from dedicated_ip_provider.regions import Regions

Bag = Mapping[str, Any]
Reader = Callable[[object], object]

Type = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "strings",
    "a number by pool",
    "addresses by pool",
    "a use case",
    "private",
]
"""The type of an input's or output's value; `private` is for what the provider keeps for itself."""

MAX_COUNT: Final = 1_000
"""The most addresses of a lease: its record has to fit into 4 KB."""

# What the text of a case cannot contain: control characters, and surrogates, which cannot be encoded.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# The path of a web address or an ARN may have 40 characters in a row that look like a key.
_PATHS: Final = re.compile(r"\b(?:https?://|arn:)\S+")
_SECRETS: Final = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    # A secret access key: 40 characters of base64, with lower-case and upper-case letters and digits among them.
    re.compile(
        r"(?<![A-Za-z0-9/+=])(?=[^\s]{0,39}[a-z])(?=[^\s]{0,39}[A-Z])(?=[^\s]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
    ),
)


class InvalidValue(Exception):
    """A value that is refused; the message says why, without repeating what may be a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a lease: its name, type, reader and default, and its meaning in one line.

    `missing` says what to do if a required input is not given; None: it is optional.
    """

    name: str
    type: Type = "string"
    read: Reader
    meaning: str
    default: object = None
    missing: str | None = None


# Each reader returns a value as the package uses it, or raises `InvalidValue` with the rest of a sentence that begins
# with the input's name.


def whole_number(least: int, most: int) -> Callable[[object], int]:
    """Return a reader of a whole number in a range, which Pulumi passes as a float."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidValue(f"must be a whole number, not {_kind(value)}")
        if isinstance(value, float) and not value.is_integer():
            raise InvalidValue(f"must be a whole number, not {_figure(value)}")
        if not least <= value <= most:
            raise InvalidValue(f"must be from {least} to {most:,}, not {_figure(value)}")
        return int(value)

    return read


def rate(value: object) -> float:
    """Read a number of messages per second."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidValue(f"must be a number of messages per second, not {_kind(value)}")
    if not 0 < value <= 1_000_000:  # noqa: PLR2004 - no account sends a million a second
        raise InvalidValue(f"must be above 0 and at most 1,000,000 messages per second, not {_figure(value)}")
    return float(value)


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidValue(f"must be true or false, not {_kind(value)}")
    return value


def must_comply(value: object) -> bool:
    """Read the answer about AWS's Acceptable Use Policy: AWS accepts only yes."""
    if not flag(value):
        raise InvalidValue(
            "must be true: AWS leases addresses only to customers who comply with its Acceptable Use Policy"
        )
    return True


def text_up_to(most: int) -> Callable[[object], str]:
    """Return a reader of a string of limited length that the text of a case can contain and that includes no key."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise InvalidValue(f"must be a string, not {_kind(value)}")
        if not value.strip():
            raise InvalidValue("must not be empty")
        if len(value) > most:
            raise InvalidValue(f"has {len(value):,} characters; at most {most:,} are allowed")
        if _CONTROL.search(value):
            raise InvalidValue("must not contain control characters")
        if _has_secret(value):
            raise InvalidValue("seems to contain an AWS key or a private key, which would be sent to AWS Support")
        return value

    return read


def holder_path(value: object) -> str:
    """Read the path of a resource, `project/stack/name`, which is on one line of a case's text."""
    most = 500
    # Not checked for keys: names with slashes between them may look like one.
    if not isinstance(value, str) or not value.strip() or len(value) > most or _LINE_BREAK.search(value):
        raise InvalidValue(f"must be a string of 1 to {most} characters on one line")
    return value


def one_of(*choices: str) -> Callable[[object], str]:
    """Return a reader of one of the given words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise InvalidValue(f"must be {' or '.join(repr(choice) for choice in choices)}")
        return value

    return read


def language(value: object) -> str:
    """Read the code of a language; AWS decides which ones it accepts."""
    code = text_up_to(10)(value)
    if not re.fullmatch("[a-z]{2}", code):
        raise InvalidValue(f"must be a language code of two letters, such as 'en' or 'ja', not {code!r}")
    return code


def url(value: object) -> str:
    """Read a web address."""
    text = text_up_to(1_000)(value)
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise InvalidValue("must be a web address that begins with https:// or http://")
    return text


def role_arn(value: object) -> str:
    """Read the ARN of an IAM role."""
    text = text_up_to(2_048)(value)
    if not re.fullmatch(r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/\S+", text):
        raise InvalidValue("must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/mail")
    return text


def record_version(value: object) -> str:
    """Read the name of a version of a Region's record, as a refusal prints it."""
    text = text_up_to(100)(value)
    if not re.fullmatch(r"[a-z0-9-]+/[0-9]+-[a-z0-9]*", text):
        raise InvalidValue("must be the version that the refusal names, such as eu-west-1/7-k3f9")
    return text


def addresses(value: object) -> tuple[str, ...]:
    """Read IPv4 addresses, each once."""
    found: list[str] = []
    for item in _list(value, "IPv4 addresses"):
        try:
            address = str(ipaddress.IPv4Address(item)) if isinstance(item, str) else ""
        except ValueError:
            address = ""
        if not address:
            raise InvalidValue(f"must contain IPv4 addresses only, not {_shown(item)}")
        if address in found:
            raise InvalidValue(f"contains {address} twice")
        found.append(address)
    return tuple(found)


def cc_addresses(value: object) -> tuple[str, ...]:
    """Read the e-mail addresses to which AWS also writes."""
    most = 10  # CreateCase, `ccEmailAddresses`
    items = _list(value, "e-mail addresses")
    if len(items) > most:
        raise InvalidValue(f"contains {len(items)} addresses; AWS accepts at most {most}")
    for item in items:
        if not isinstance(item, str) or not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,255}", item) or _CONTROL.search(item):
            raise InvalidValue(f"must contain e-mail addresses only, not {_shown(item)}")
    return tuple(str(item) for item in items)


def pools(value: object) -> dict[str, int]:
    """Read how many addresses each pool has; the names are valid as names of SES's pools."""
    if not isinstance(value, Mapping):
        raise InvalidValue(f"must be a map of pool names to numbers, not {_kind(value)}")
    read = whole_number(0, MAX_COUNT)
    found = {}
    for name, number in value.items():
        if not isinstance(name, str) or not re.fullmatch("[a-z0-9_-]{1,64}", name):
            raise InvalidValue(
                f"must have pool names of 1 to 64 of the characters a-z, 0-9, - and _, not {_shown(name)}"
            )
        try:
            found[name] = read(number)
        except InvalidValue as invalid:
            raise InvalidValue(f"has a wrong number for {name}: it {invalid}") from invalid
    return dict(sorted(found.items()))


def region_code(value: object) -> str:
    """Read the code of a Region; one that botocore does not list is accepted with a warning, see `warnings_of`."""
    region = text_up_to(50)(value)
    if not Regions.is_well_formed(region):
        raise InvalidValue(f"must be the code of an AWS Region, such as eu-west-1, not {region!r}")
    return region


_long_text = text_up_to(5_000)

USE_CASE: Final = (
    Input(name="mail_type", read=text_up_to(100), meaning="What you send, such as `TRANSACTIONAL` or `MARKETING`."),
    Input(name="website_url", read=url, meaning="The web address that the mail belongs to."),
    Input(name="description", read=_long_text, meaning="What is sent to whom, and how much of it."),
    Input(name="why_dedicated", read=_long_text, meaning="Why shared addresses are not enough."),
    Input(name="opt_in", read=_long_text, meaning="How recipients ask for the mail."),
    Input(name="bounce_complaints", read=_long_text, meaning="How bounces and complaints are handled."),
    Input(
        name="complies_with_aup",
        type="boolean",
        read=must_comply,
        meaning="That you comply with AWS's Service Terms and Acceptable Use Policy; must be true.",
    ),
)
"""Every field of a use case, all of them required."""


def _fields_of_a_use_case(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidValue(f"must be an object with {', '.join(one.name for one in USE_CASE)}, not {_kind(value)}")
    return value


INPUTS: Final = (
    Input(
        name="holder",
        read=holder_path,
        meaning="The resource's path, `project/stack/name`, which the program sets.",
        missing="is missing",
    ),
    Input(
        name="region",
        read=region_code,
        meaning="The AWS Region, by default that of the stack, environment or profile; another one replaces the lease.",
        missing="is missing: give the lease one, or the stack with `pulumi config set aws:region`",
    ),
    Input(
        name="count",
        type="integer",
        read=whole_number(0, MAX_COUNT),
        meaning="How many addresses the lease holds in all; another count files a case for the difference.",
        missing="is missing",
    ),
    Input(
        name="pools",
        type="a number by pool",
        read=pools,
        meaning="How many of the addresses each pool has; a change moves addresses between pools and files nothing.",
        default={},
    ),
    Input(
        name="use_case",
        type="a use case",
        read=_fields_of_a_use_case,
        meaning="What AWS asks about your mail; required to request addresses.",
    ),
    Input(
        name="attempt",
        type="integer",
        read=whole_number(1, MAX_COUNT),
        meaning="Raise it to ask again after AWS refused or granted fewer.",
        default=1,
    ),
    Input(
        name="adopt",
        type="strings",
        read=addresses,
        meaning="Addresses of the account that become the lease's.",
        default=(),
    ),
    Input(
        name="relinquish_first",
        type="strings",
        read=addresses,
        meaning="Addresses to relinquish first when the count falls.",
        default=(),
    ),
    Input(
        name="take_over_from",
        read=record_version,
        meaning="Consent to take over a lease that another stack holds: the version that the refusal names.",
    ),
    Input(
        name="max_send_rate",
        type="number",
        read=rate,
        meaning="The wanted messages per second, for AWS to read in the next case.",
    ),
    Input(
        name="contact_language",
        read=language,
        meaning="The language of the case, as a two-letter code; our own wording is English or Japanese.",
        default="en",
    ),
    Input(
        name="cc_email_addresses",
        type="strings",
        read=cc_addresses,
        meaning="Up to 10 e-mail addresses to which AWS also writes.",
        default=(),
    ),
    Input(
        name="confirm_relinquish",
        type="boolean",
        read=flag,
        meaning="Whether the next update confirms a relinquishment, once, when AWS asks you to.",
        default=False,
    ),
    Input(
        name="form",
        read=one_of("ses", "pinpoint-email"),
        meaning="Which of AWS's forms a case follows: `ses`, which AWS asks today, or `pinpoint-email`.",
        default="ses",
    ),
    Input(
        name="filing",
        read=one_of("support-api", "console"),
        meaning="Who files: `support-api`, this package, or `console`, a person with the form that it fills in.",
        default="support-api",
    ),
    Input(name="profile", read=text_up_to(200), meaning="The AWS profile, if it differs from the stack's."),
    Input(name="role_arn", read=role_arn, meaning="The role to assume, if it differs from the stack's."),
)
"""Every input of a lease, under the name that every stack's state uses."""

NAMES: Final = tuple(one.name for one in INPUTS)

DEFAULTS: Final = {one.name: one.default for one in INPUTS if one.default not in (None, (), {})}
"""The defaults of inputs that are not given, except that a list or map is empty by default."""


def changed_inputs(olds: Bag, news: Bag) -> list[str]:
    """Return the names of the inputs that differ between a state's outputs and the inputs of a program.

    A value that is not known yet differs from every stored one: it may be a change.
    """
    return [name for name in NAMES if normalize(name, olds) != normalize(name, news)]


def normalize(name: str, bag: Bag) -> object:
    """Return an input in its normal form: absent, None, empty and the default all mean the same."""
    value = bag.get(name)
    return DEFAULTS.get(name) if value in (None, [], {}) else value


def _has_secret(text: str) -> bool:
    *certain, likely = _SECRETS
    return any(secret.search(text) for secret in certain) or likely.search(_PATHS.sub("", text)) is not None


def _list(value: object, of: str) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise InvalidValue(f"must be a list of {of}, not {_kind(value)}")
    return list(value)


def _figure(value: float) -> str:
    """Return a number for a message; one with very many digits is not written out."""
    return f"{value:,.15g}" if isinstance(value, float) or abs(value) < 10**15 else "a number that large"


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", str: "a string", list: "a list", dict: "an object", float: "a number", int: "a number"}
    return kinds.get(type(value), "something else")


def _shown(item: object) -> str:
    return repr(item[:40]) if isinstance(item, str) and not _has_secret(item) else _kind(item)
