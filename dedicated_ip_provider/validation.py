"""Conversion between Pulumi's property bags and leases, and validation of the inputs.

Whole numbers arrive as floats, `None` values vanish, and in a preview a value may not be known yet. The rest of the
package uses no bags: everything is read here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from dedicated_ip_provider.case_text.messages import MAX_BODY, longest_body
from dedicated_ip_provider.inputs import INPUTS, NAMES, USE_CASE, InvalidValue
from dedicated_ip_provider.languages import LANGUAGES, LANGUAGES_AS_OF
from dedicated_ip_provider.lease.model import Lease, UseCase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dedicated_ip_provider.inputs import Bag, Reader
    from dedicated_ip_provider.regions import Regions

_SHOWN_AT_MOST: Final = 40
"""How many characters of an unknown name are shown."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One invalid input: the property, and a sentence that says what is wrong with it."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The result of reading a bag of inputs: a lease, or failures; neither if a value is not known yet."""

    lease: Lease | None
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class _Reader:
    """Reads the values of a bag one by one and collects the failures."""

    bag: Bag
    is_unknown: Callable[[object], bool]
    prefix: str = ""
    failures: list[Failure] = field(default_factory=list)
    unknown: bool = False

    def take(self, key: str, read: Reader, missing: str | None, default: object = None) -> object:
        """Return one value; an invalid or unknown one is noted and read as None, which no lease will contain."""
        value = self.bag.get(key)
        # The fields of a use case are read one by one, so that failures are found even if other fields are not known.
        if self.is_unknown(value) and not (isinstance(value, Mapping) and key == "use_case"):
            self.unknown = True
            return None
        if value is None:
            if missing:
                self.fail(key, missing)
            return default
        try:
            return read(value)
        except InvalidValue as invalid:
            self.fail(key, str(invalid))
            return None

    def fail(self, key: str, what: str) -> None:
        """Note what is wrong with a value."""
        name = f"{self.prefix}{key}"
        self.failures.append(Failure(name, f"`{name}` {what}."))

    def refuse_others(self, known: Sequence[str]) -> None:
        """Note every unknown key: a misspelt input would otherwise be ignored silently."""
        for key in self.bag:
            if key not in known and not key.startswith("__"):
                # A misspelt name is shown as it is; any other key is quoted and shortened to fit on one line.
                name = key if key.isidentifier() and len(key) <= _SHOWN_AT_MOST else repr(key[:_SHOWN_AT_MOST])
                full = f"{self.prefix}{name}"
                self.failures.append(Failure(full, f"unknown input `{full}`; expected one of {', '.join(known)}."))


def read_lease(bag: Bag, is_unknown: Callable[[object], bool] = lambda _: False) -> Reading:
    """Return what a bag of inputs declares, without calling AWS."""
    reader = _Reader(bag, is_unknown)
    values = {one.name: reader.take(one.name, one.read, one.missing, one.default) for one in INPUTS}
    reader.refuse_others(NAMES)
    uses = _Reader(cast("Bag", values["use_case"] or {}), is_unknown, prefix="use_case.")
    if values["use_case"] is not None:
        values["use_case"] = _read_use_case(uses)
    failures = (*reader.failures, *uses.failures)
    unknown = reader.unknown or uses.unknown
    return Reading(lease=None if failures or unknown else Lease(**cast("dict[str, Any]", values)), failures=failures)


def validate(lease: Lease, regions: Regions, *, is_new: bool) -> tuple[Failure, ...]:
    """Return what is wrong with inputs that are valid one by one; only a new lease must have a `use_case`."""
    failures = []
    if len(lease.adopt) > lease.count:
        failures.append(
            Failure(
                "adopt",
                f"`adopt` names {len(lease.adopt)} addresses, but `count` is {lease.count}, which includes them.",
            )
        )
    pooled = sum(lease.pools.values())
    if pooled > lease.count:
        failures.append(Failure("pools", f"`pools` need {pooled} addresses, but `count` is {lease.count}."))
    if is_new and lease.use_case is None and lease.count > len(lease.adopt) and lease.take_over_from is None:
        failures.append(
            Failure("use_case", "`use_case` is missing: AWS asks what you send before it leases addresses.")
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
                f"`use_case` makes the case {length:,} characters long, but AWS accepts {MAX_BODY:,}: shorten it by "
                f"{length - MAX_BODY:,}.",
            )
        )
    return tuple(failures)


def warnings_of(lease: Lease, regions: Regions) -> tuple[str, ...]:
    """Return warnings about inputs that may or may not be valid: AWS decides."""
    found = [regions.warning(lease.region)]
    if lease.contact_language not in LANGUAGES:
        found.append(
            f"AWS Support's languages of {LANGUAGES_AS_OF} are {', '.join(LANGUAGES)}; `contact_language` is "
            f"{lease.contact_language!r}. AWS decides."
        )
    return tuple(warning for warning in found if warning)


def inputs_of(lease: Lease) -> dict[str, Any]:
    """Return a lease as inputs, with defaults filled in and without unset ones, as Pulumi passes them."""
    inputs = {one.name: _written(getattr(lease, one.name)) for one in INPUTS}
    return {key: value for key, value in inputs.items() if value is not None}


def given(inputs: Bag) -> dict[str, Any]:
    """Drop empty values: Pulumi would show an empty list that only a refresh wrote as a change."""
    return {key: value for key, value in inputs.items() if value is not None and value not in ([], {})}


def _read_use_case(reader: _Reader) -> UseCase | None:
    values = {one.name: reader.take(one.name, one.read, "is missing") for one in USE_CASE}
    reader.refuse_others([one.name for one in USE_CASE])
    return None if reader.failures or reader.unknown else UseCase(**cast("dict[str, Any]", values))


def _written(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return asdict(value) if isinstance(value, UseCase) else value
