"""Pulumi's property bags, to and from our values; the failures that `check` reports; the stack's settings.

Whole numbers arrive as floats, `None` values vanish, and in a preview a value may not be known yet. Inside
the package there are no bags: everything is read here, once.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dedicated_ip_provider.case_text import MAX_BODY, longest_body
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.forms import PROCEDURES, case_url
from dedicated_ip_provider.lease import Case, CaseLink, Lease, Paper, Past, UseCase, label_of

if TYPE_CHECKING:
    from dedicated_ip_provider.outlook import Outlook

Bag = Mapping[str, Any]
T = TypeVar("T")

INPUTS: Final = (
    "lease_key",
    "region",
    "count",
    "use_case",
    "attempt",
    "adopt",
    "release_first",
    "max_send_rate",
    "contact_language",
    "cc_email_addresses",
    "confirm_relinquish",
    "form",
    "filing",
    "profile",
    "role_arn",
)
"""The inputs of a lease, as they stand in every stack's state."""

OUTPUTS: Final = (
    "status",
    "message",
    "addresses",
    "relinquishing",
    "leased_count",
    "requested_count",
    "shortfall",
    "monthly_cost_usd",
    "case_id",
    "case_display_id",
    "case_url",
    "case_status",
    "form_text",
    "account_id",
    "memory",
)
"""The outputs beside the echoed inputs; `memory` is what the provider keeps for its own next look."""

DEFAULTS: Final = {
    "attempt": 1,
    "contact_language": "en",
    "confirm_relinquish": False,
    "form": "ses",
    "filing": "support-api",
}
"""What an input that is not given stands for; a list that is not given is empty."""

MAX_COUNT: Final = 10_000
_MISSING: Final = {"region": "is missing: give the lease one, or the stack with `pulumi config set aws:region`"}
_MAX_TEXT: Final = 5_000
_REQUIRED: Final = object()
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


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong input: the property, and in a sentence what is wrong with it."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """The AWS Regions that botocore knows: `names` by code, and those with SES."""

    names: Mapping[str, str]
    with_ses: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a bag of inputs holds: a lease, or what is wrong; neither while something is not known yet."""

    lease: Lease | None
    failures: tuple[Failure, ...]


class _WrongError(Exception):
    """A value that does not fit; the text says why, without repeating what may be a secret."""


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
        except _WrongError as wrong:
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
                self.fail(key, f"is no input; there are {', '.join(known)}")


def read_lease(bag: Bag, regions: Regions, is_unknown: Callable[[object], bool] = lambda _: False) -> Reading:
    """Read and judge all inputs of a lease. Nothing is asked of AWS."""
    reader = _Reader(bag, is_unknown)
    known_region = _region_of(regions)
    use_case = reader.take("use_case", _mapping)
    uses = _Reader(use_case or {}, is_unknown, prefix="use_case.")
    values: dict[str, Any] = {
        "key": reader.take("lease_key", _key),
        "region": reader.take("region", known_region),
        "count": reader.take("count", _whole(0, MAX_COUNT)),
        "use_case": _read_use_case(uses) if use_case is not None else None,
        "attempt": reader.take("attempt", _whole(1, MAX_COUNT), DEFAULTS["attempt"]),
        "adopt": reader.take("adopt", _addresses, ()),
        "release_first": reader.take("release_first", _addresses, ()),
        "max_send_rate": reader.take("max_send_rate", _rate, None),
        "contact_language": reader.take("contact_language", _one_of("en", "ja"), DEFAULTS["contact_language"]),
        "cc_email_addresses": reader.take("cc_email_addresses", _cc, ()),
        "confirm_relinquish": reader.take("confirm_relinquish", _flag, DEFAULTS["confirm_relinquish"]),
        "form": reader.take("form", _one_of(*PROCEDURES), DEFAULTS["form"]),
        "filing": reader.take("filing", _one_of("support-api", "console"), DEFAULTS["filing"]),
        "profile": reader.take("profile", _text_up_to(200), None),
        "role_arn": reader.take("role_arn", _role_arn, None),
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
    length = longest_body(lease, regions.names[lease.region])
    if length > MAX_BODY:
        failures.append(
            Failure(
                "use_case",
                f"`use_case` makes the case {length:,} characters long, but AWS takes {MAX_BODY:,}: shorten it by "
                f"{length - MAX_BODY:,}.",
            )
        )
    return tuple(failures)


def lease_from_state(outputs: Bag, regions: Regions) -> Lease:
    """Read the lease that a state's outputs echo. Raises `Refused` when the state is not one of ours."""
    reading = read_lease({key: outputs[key] for key in INPUTS if key in outputs}, regions)
    if reading.lease is None:
        raise _foreign(outputs, " ".join(failure.reason for failure in reading.failures))
    return reading.lease


def past_from_state(outputs: Bag) -> Past:
    """Read what a state remembers of its lease. Raises `Refused` when the state is not one of ours."""
    try:
        memory = outputs["memory"]
        return Past(
            count=int(outputs["count"]),
            attempt=int(outputs.get("attempt", 1)),
            account_id=str(outputs["account_id"]),
            born_at=str(memory["born_at"]),
            adopt=_addresses(outputs.get("adopt", [])),
            addresses=_addresses(outputs["addresses"]),
            relinquishing=_addresses(outputs["relinquishing"]),
            release_order=_addresses(memory["release_order"]),
            strangers=_addresses(memory["strangers"]),
            before=_addresses(memory["before"]),
            case_number=int(memory["case_number"]),
            unfinished=memory["unfinished"] is True,
            confirmation_due=memory["confirmation_due"] is True,
            open_cases=tuple(_case_from(case, outputs) for case in memory["open_cases"]),
            papers=tuple(_paper_from(paper) for paper in memory["papers"]),
            latest=_link_from(outputs),
        )
    except _WrongError as problem:
        raise _foreign(outputs, f"a list of addresses {problem}.") from problem
    except KeyError as problem:
        raise _foreign(outputs, f"`{problem.args[0]}` is missing.") from problem
    except (TypeError, ValueError, OverflowError, AttributeError) as problem:
        raise _foreign(outputs, f"{type(problem).__name__}: {problem}.") from problem


def is_state(bag: Bag) -> bool:
    """Tell a lease's state from the bare inputs that `DedicatedIpLease.get` sends."""
    return "memory" in bag


def waits_for_answer(outputs: Bag) -> bool:
    """Tell whether AWS had asked, when the lease was last looked at, if addresses shall really go."""
    memory = outputs.get("memory")
    return isinstance(memory, Mapping) and memory.get("confirmation_due") is True


_STANDING: Final = ("request", False)


def is_repeated(outputs: Bag) -> bool:
    """Tell whether the lease, when it was last looked at, had two open cases that ask for the very same."""
    memory = outputs.get("memory")
    cases = memory.get("open_cases") if isinstance(memory, Mapping) else None
    known = [case for case in cases if isinstance(case, Mapping)] if isinstance(cases, (list, tuple)) else []
    requests = [str(case.get("number")) for case in known if (case.get("kind"), case.get("withdrawn")) == _STANDING]
    return len(requests) > len(set(requests))


def way_in_from(bag: Bag) -> dict[str, str]:
    """Read the `profile` and `role_arn` that `DedicatedIpLease.get` may send. Raises `Refused` where they are wrong."""
    reader = _Reader(bag, lambda _: False)
    way_in = {
        "profile": reader.take("profile", _text_up_to(200), None),
        "role_arn": reader.take("role_arn", _role_arn, None),
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


def outputs_of(lease: Lease, outlook: Outlook) -> dict[str, Any]:
    """Write the whole state of a lease: its inputs, what is true of it, and the provider's memory."""
    past, case = outlook.past, outlook.case
    return {
        **inputs_of(lease),
        "status": outlook.status,
        "message": outlook.message,
        "addresses": list(past.addresses),
        "relinquishing": list(past.relinquishing),
        "leased_count": outlook.leased_count,
        "requested_count": outlook.requested_count,
        "shortfall": outlook.shortfall,
        "monthly_cost_usd": outlook.monthly_cost_usd,
        "case_id": case.id if case else "",
        "case_display_id": (case.display_id or "") if case else "",
        "case_url": case_url(lease.region, case.display_id) if case else "",
        "case_status": case.status if case else "",
        "form_text": outlook.form_text,
        "account_id": past.account_id,
        "memory": {
            "before": list(past.before),
            "born_at": past.born_at,
            "case_number": past.case_number,
            "confirmation_due": past.confirmation_due,
            "open_cases": [_case_memory(case) for case in past.open_cases],
            "papers": [{"number": one.number, "message": one.message, "text": one.text} for one in past.papers],
            "release_order": list(past.release_order),
            "strangers": list(past.strangers),
            "unfinished": past.unfinished,
        },
    }


def changed_inputs(olds: Bag, news: Bag, is_unknown: Callable[[object], bool]) -> list[str]:
    """Name the inputs that differ between a state's outputs and the inputs of a program."""
    return [
        key
        for key in INPUTS
        if key != "lease_key" and (is_unknown(news.get(key)) or _meant(key, olds) != _meant(key, news))
    ]


def _read_use_case(reader: _Reader) -> UseCase | None:
    values: dict[str, Any] = {
        "mail_type": reader.take("mail_type", _text_up_to(100)),
        "website_url": reader.take("website_url", _url),
        "complies_with_aup": reader.take("complies_with_aup", _must_comply),
    }
    for name in ("description", "why_dedicated", "opt_in", "bounce_complaints"):
        values[name] = reader.take(name, _text_up_to(_MAX_TEXT))
    reader.refuse_others(UseCase.__slots__)
    return None if reader.failures or reader.unknown else UseCase(**values)


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _WrongError(f"must be a whole number, not {_kind(value)}")
        if isinstance(value, float) and not value.is_integer():
            raise _WrongError(f"must be a whole number, not {_figure(value)}")
        if not least <= value <= most:
            raise _WrongError(f"must be from {least} to {most:,}, not {_figure(value)}")
        return int(value)

    return read


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _WrongError(f"must be a number of messages per second, not {_kind(value)}")
    if not 0 < value <= 1_000_000:  # noqa: PLR2004 - no account sends a million a second
        raise _WrongError(f"must be above 0 and at most 1,000,000 messages per second, not {_figure(value)}")
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError(f"must be true or false, not {_kind(value)}")
    return value


def _must_comply(value: object) -> bool:
    if not _flag(value):
        raise _WrongError("must be true: AWS leases addresses only to who complies with its Acceptable Use Policy")
    return True


def _text_up_to(most: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise _WrongError(f"must be a text, not {_kind(value)}")
        if not value.strip():
            raise _WrongError("is empty")
        if len(value) > most:
            raise _WrongError(f"is {len(value):,} characters long; at most {most:,} fit")
        if _CONTROL.search(value):
            raise _WrongError("has a control character in it")
        if _has_secret(value):
            raise _WrongError("looks like it has an AWS key or a private key in it: it would be sent to AWS Support")
        return value

    return read


def _key(value: object) -> str:
    most = 500
    # Names with slashes between them, which may look like an AWS key; a case carries them on one line.
    if not isinstance(value, str) or not value.strip() or len(value) > most or _LINE_BREAK.search(value):
        raise _WrongError(f"must be a text of 1 to {most} characters on one line")
    return value


def _has_secret(text: str) -> bool:
    *certain, likely = _SECRETS
    return any(secret.search(text) for secret in certain) or likely.search(_PATHS.sub("", text)) is not None


def _one_of(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise _WrongError(f"must be {' or '.join(repr(choice) for choice in choices)}")
        return value

    return read


def _url(value: object) -> str:
    text = _text_up_to(1_000)(value)
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise _WrongError("must be a web address that begins with https:// or http://")
    return text


def _role_arn(value: object) -> str:
    text = _text_up_to(2_048)(value)
    if not re.fullmatch(r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/\S+", text):
        raise _WrongError("must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/mail")
    return text


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _WrongError(f"must be a set of fields ({', '.join(UseCase.__slots__)}), not {_kind(value)}")
    return value


def _list(value: object, of: str) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise _WrongError(f"must be a list of {of}, not {_kind(value)}")
    return list(value)


def _addresses(value: object) -> tuple[str, ...]:
    found: list[str] = []
    for item in _list(value, "IPv4 addresses"):
        try:
            address = str(ipaddress.IPv4Address(item)) if isinstance(item, str) else ""
        except ValueError:
            address = ""
        if not address:
            raise _WrongError(f"has something in it that is no IPv4 address: {_shown(item)}")
        if address in found:
            raise _WrongError(f"has {address} twice")
        found.append(address)
    return tuple(found)


def _cc(value: object) -> tuple[str, ...]:
    most = 10  # CreateCase, `ccEmailAddresses`
    items = _list(value, "e-mail addresses")
    if len(items) > most:
        raise _WrongError(f"has {len(items)} addresses; AWS takes at most {most}")
    for item in items:
        if not isinstance(item, str) or not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,255}", item) or _CONTROL.search(item):
            raise _WrongError(f"has something in it that is no e-mail address: {_shown(item)}")
    return tuple(str(item) for item in items)


def _region_of(regions: Regions) -> Callable[[object], str]:
    def read(value: object) -> str:
        region = _text_up_to(50)(value)
        if region not in regions.names:
            raise _WrongError(f"is no AWS Region that {regions.source} knows: {region!r}")
        if region not in regions.with_ses:
            raise _WrongError(f"{region!r} has no Amazon SES ({regions.source})")
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


def _meant(key: str, bag: Bag) -> object:
    """Give an input as it is meant: absent, None, empty and the default are the same wish."""
    value = bag.get(key)
    return DEFAULTS.get(key) if value in (None, [], {}) else value


def _foreign(outputs: Bag, why: str) -> Refused:
    key = outputs.get("lease_key")
    name = label_of(key) if isinstance(key, str) and key else "a lease"
    return Refused(
        f"The state of {name} cannot be read: {why}",
        "Nothing was filed. Update dedicated-ip-provider, or restore the stack's state from before.",
    )


def _case_memory(case: Case) -> dict[str, Any]:
    """Write what the state keeps of an open case; what the lease itself says is left out."""
    kept = {name: getattr(case, name) for name in Case.__slots__ if name not in ("lease_key", "region")}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def _case_from(memory: Bag, outputs: Bag) -> Case:
    if memory["kind"] not in ("request", "relinquish"):
        raise ValueError("a case of no known kind")
    return Case(
        id=str(memory["id"]),
        display_id=memory.get("display_id"),
        status=str(memory["status"]),
        filed_at=str(memory["filed_at"]),
        lease_key=str(outputs["lease_key"]),
        region=str(outputs["region"]),
        number=int(memory["number"]),
        kind=memory["kind"],
        total=int(memory["total"]),
        attempt=int(memory["attempt"]),
        asks=int(memory["asks"]),
        before=_addresses(memory["before"]),
        returns=_addresses(memory["returns"]),
        withdrawn=memory["withdrawn"] is True,
        confirmed=memory["confirmed"] is True,
        messages=int(memory["messages"]),
    )


def _paper_from(memory: Bag) -> Paper:
    return Paper(number=int(memory["number"]), message=int(memory["message"]), text=str(memory["text"]))


def _link_from(outputs: Bag) -> CaseLink | None:
    if not outputs.get("case_id"):
        return None
    return CaseLink(
        id=str(outputs["case_id"]),
        display_id=outputs.get("case_display_id") or None,
        status=str(outputs.get("case_status", "")),
    )
