"""The inputs of a lease: from Pulumi's property bags to our values and back, with the failures that `check` reports.

Whole numbers arrive as floats, `None` values vanish, and in a preview a value may not be known yet. Inside
the package there are no bags: everything is read here, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.fits import (
    Regions,
    WrongError,
    addresses,
    cc_addresses,
    fields_of_a_use_case,
    flag,
    lease_key,
    must_comply,
    one_of,
    rate,
    region_of,
    role_arn,
    text_up_to,
    url,
    whole_number,
)
from dedicated_ip_provider.forms import PROCEDURES
from dedicated_ip_provider.lease import Lease, UseCase
from dedicated_ip_provider.letters import MAX_BODY, longest_body
from dedicated_ip_provider.names import DEFAULTS, INPUTS

Bag = Mapping[str, Any]
T = TypeVar("T")

MAX_COUNT: Final = 10_000
_MISSING: Final = {"region": "is missing: give the lease one, or the stack with `pulumi config set aws:region`"}
_MAX_TEXT: Final = 5_000
_REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong input: the property, and in a sentence what is wrong with it."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a bag of inputs holds: a lease, or what is wrong; neither while something is not known yet."""

    lease: Lease | None
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class _Reader:
    """Takes values out of a bag one by one and keeps the failures."""

    bag: Bag
    is_unknown: Callable[[object], bool]
    prefix: str = ""
    failures: list[Failure] = field(default_factory=list)
    unknown: bool = False

    def take(self, key: str, read: Callable[[object], T], default: object = _REQUIRED) -> Any:  # noqa: ANN401 - what `read` gives
        """Read one value; a wrong or unknown one is noted, and the None in its place goes no further."""
        value = self.bag.get(key)
        # The fields of a mapping are looked at one by one: what is wrong is said beside what is not known yet.
        if self.is_unknown(value) and not isinstance(value, Mapping):
            self.unknown = True
            return None
        if value is None and default is not _REQUIRED:
            return default
        if value is None:
            self.fail(key, _MISSING.get(key, "is missing"))
            return None
        try:
            return read(value)
        except WrongError as wrong:
            self.fail(key, str(wrong))
            return None

    def fail(self, key: str, what: str) -> None:
        """Note what is wrong with a value."""
        name = f"{self.prefix}{key}"
        self.failures.append(Failure(name, f"`{name}` {what}."))

    def refuse_others(self, known: tuple[str, ...]) -> None:
        """Note every key that nobody knows: a misspelt input would otherwise be silently left out."""
        for key in self.bag:
            if key not in known and not key.startswith("__"):
                # A misspelt name is a word; what else may stand there is shown on one line, and not at full length.
                self.fail(key if key.isidentifier() else repr(key[:40]), f"is no input; there are {', '.join(known)}")


def read_lease(bag: Bag, regions: Regions, is_unknown: Callable[[object], bool] = lambda _: False) -> Reading:
    """Read and judge all inputs of a lease. Nothing is asked of AWS."""
    reader = _Reader(bag, is_unknown)
    known_region = region_of(regions)
    use_case = reader.take("use_case", fields_of_a_use_case)
    uses = _Reader(use_case or {}, is_unknown, prefix="use_case.")
    values: dict[str, Any] = {
        "key": reader.take("lease_key", lease_key),
        "region": reader.take("region", known_region),
        "count": reader.take("count", whole_number(0, MAX_COUNT)),
        "use_case": _read_use_case(uses) if use_case is not None else None,
        "attempt": reader.take("attempt", whole_number(1, MAX_COUNT), DEFAULTS["attempt"]),
        "adopt": reader.take("adopt", addresses, ()),
        "release_first": reader.take("release_first", addresses, ()),
        "max_send_rate": reader.take("max_send_rate", rate, None),
        "contact_language": reader.take("contact_language", one_of("en", "ja"), DEFAULTS["contact_language"]),
        "cc_email_addresses": reader.take("cc_email_addresses", cc_addresses, ()),
        "confirm_relinquish": reader.take("confirm_relinquish", flag, DEFAULTS["confirm_relinquish"]),
        "form": reader.take("form", one_of(*PROCEDURES), DEFAULTS["form"]),
        "filing": reader.take("filing", one_of("support-api", "console"), DEFAULTS["filing"]),
        "profile": reader.take("profile", text_up_to(200), None),
        "role_arn": reader.take("role_arn", role_arn, None),
    }
    reader.refuse_others(INPUTS)
    failures = [*reader.failures, *uses.failures]
    unknown = reader.unknown or uses.unknown
    return Reading(lease=None if failures or unknown else Lease(**values), failures=tuple(failures))


def judge(lease: Lease, regions: Regions) -> tuple[Failure, ...]:
    """Judge inputs that are right one by one, together. A stored lease is not judged again: it exists."""
    failures = []
    if len(lease.adopt) > lease.count:
        failures.append(
            Failure("adopt", f"`adopt` names {len(lease.adopt)} addresses, but `count` is {lease.count}: they count.")
        )
    if lease.form == "pinpoint-email" and lease.max_send_rate is None:
        failures.append(
            Failure(
                "max_send_rate", "`max_send_rate` is missing: the form `pinpoint-email` asks for messages per second."
            )
        )
    length = longest_body(lease, regions.name_of(lease.region))
    if length > MAX_BODY:
        failures.append(
            Failure(
                "use_case",
                f"`use_case` makes the case {length:,} characters long, but AWS takes {MAX_BODY:,}: shorten it by "
                f"{length - MAX_BODY:,}.",
            )
        )
    return tuple(failures)


def way_in_from(bag: Bag) -> dict[str, str]:
    """Read the `profile` and `role_arn` that `DedicatedIpLease.get` may send. Raises `Refused` where they are wrong."""
    reader = _Reader(bag, lambda _: False)
    way_in = {
        "profile": reader.take("profile", text_up_to(200), None),
        "role_arn": reader.take("role_arn", role_arn, None),
    }
    if reader.failures:
        raise Refused(" ".join(failure.reason for failure in reader.failures), "Correct it in the call of `get`.")
    return {key: value for key, value in way_in.items() if value is not None}


def inputs_of(lease: Lease) -> dict[str, Any]:
    """Write a lease as inputs, defaults filled in; what is not set is left out, as Pulumi does."""
    use = lease.use_case
    inputs = {
        "lease_key": lease.key,
        "region": lease.region,
        "count": lease.count,
        "use_case": {name: getattr(use, name) for name in UseCase.__slots__},
        "attempt": lease.attempt,
        "adopt": list(lease.adopt),
        "release_first": list(lease.release_first),
        "max_send_rate": lease.max_send_rate,
        "contact_language": lease.contact_language,
        "cc_email_addresses": list(lease.cc_email_addresses),
        "confirm_relinquish": lease.confirm_relinquish,
        "form": lease.form,
        "filing": lease.filing,
        "profile": lease.profile,
        "role_arn": lease.role_arn,
    }
    return {key: value for key, value in inputs.items() if value is not None}


def changed_inputs(olds: Bag, news: Bag, is_unknown: Callable[[object], bool]) -> list[str]:
    """Name the inputs that differ between a state's outputs and the inputs of a program."""
    return [
        key
        for key in INPUTS
        if key != "lease_key" and (is_unknown(news.get(key)) or _meant(key, olds) != _meant(key, news))
    ]


def _read_use_case(reader: _Reader) -> UseCase | None:
    values: dict[str, Any] = {
        "mail_type": reader.take("mail_type", text_up_to(100)),
        "website_url": reader.take("website_url", url),
        "complies_with_aup": reader.take("complies_with_aup", must_comply),
    }
    for name in ("description", "why_dedicated", "opt_in", "bounce_complaints"):
        values[name] = reader.take(name, text_up_to(_MAX_TEXT))
    reader.refuse_others(UseCase.__slots__)
    return None if reader.failures or reader.unknown else UseCase(**values)


def _meant(key: str, bag: Bag) -> object:
    """Give an input as it is meant: absent, None, empty and the default are the same wish."""
    value = bag.get(key)
    return DEFAULTS.get(key) if value in (None, [], {}) else value
