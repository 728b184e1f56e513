"""The memory of a lease as the record and the state keep it, to and from JSON values.

The names are formats: a record or state that any released version wrote has to be read for ever.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Final, cast, get_args

from dedicated_ip_provider.errors import NOTHING_FILED, Refused
from dedicated_ip_provider.lease.addresses import read_addresses, write_addresses
from dedicated_ip_provider.lease.model import (
    Addresses,
    Holder,
    Intent,
    Kind,
    Memory,
    PendingForm,
    RecordedCase,
    pluralize,
)

FORMAT: Final = 1
"""The version of this format."""

LARGEST_RECORD: Final = 4_096
"""Characters that a standard parameter takes (SSM, `PutParameter`)."""

Written = Mapping[str, Any]


class OtherFormat(ValueError):
    """A record in a format that only another release of this package can read, written over version `over`."""

    def __init__(self, format_: object, over: int) -> None:
        """Create the error for a format, by its name, and the version that the record was written over."""
        super().__init__(f"its format is {format_!r}")
        self.over = over


def record_of(memory: Memory, over: int) -> str:
    """Return the value of a Region's record, written over a version of it.

    What does not fit is left out: first the texts of forms, then `knows`. Raises `Refused` if the rest does not fit
    either: without all that the lease holds in the record, a later run would request the missing addresses again.
    """
    without_texts = replace(memory, forms=tuple(replace(form, text="") for form in memory.forms))
    value = ""
    for attempt in (memory, without_texts, replace(without_texts, knows=None)):
        value = json.dumps({"format": FORMAT, "over": over, **write_memory(attempt)}, separators=(",", ":"))
        if len(value) <= LARGEST_RECORD:
            return value
    raise Refused(
        f"The record of the lease would be {len(value):,} characters long, but AWS accepts {LARGEST_RECORD:,}: it "
        f"holds {pluralize(len(memory.holds))}.",
        f"{NOTHING_FILED} A lease of that size is not supported.",
    )


def read_record(value: str) -> tuple[Memory, int]:
    """Return the memory in a record's value, and the version that it was written over.

    Raises `ValueError`, as `OtherFormat` if another release wrote it.
    """
    try:
        written = json.loads(value)
        over = int(written["over"])
        if written["format"] != FORMAT:
            raise OtherFormat(written["format"], over)
        return read_memory(written), over
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def write_memory(memory: Memory) -> dict[str, Any]:
    """Return a memory as JSON values, without the empty ones."""
    known = None if memory.knows is None else write_addresses(memory.knows - memory.holds)
    return _given(
        {
            "holder": _written_holder(memory.holder),
            "serial": memory.serial,
            "number": memory.number,
            "count": memory.count,
            "attempt": memory.attempt,
            "intent": _written_intent(memory.intent),
            "cases": [_written_case(case) for case in memory.cases],
            "forms": [_written_form(form) for form in memory.forms],
            **_written_holds(memory),
            "others": known or None,
            "others_left_out": memory.knows is None,
        }
    )


def read_memory(written: Written) -> Memory:
    """Return the memory that `write_memory` wrote; Pulumi may have turned any number into a float.

    Raises `KeyError`, `TypeError`, `ValueError` or `AttributeError` for anything else.
    """
    cases = tuple(map(_read_case, written.get("cases", ())))
    forms = tuple(map(_read_form, written.get("forms", ())))
    intent = _read_intent(written.get("intent"))
    holds = _addresses(written, "holds")
    if written.get("named_held") is True:
        holds |= _named(intent, cases, forms) - _addresses(written, "named_gone")
    return Memory(
        holder=_read_holder(written.get("holder")),
        serial=int(written["serial"]),
        number=int(written["number"]),
        count=None if written.get("count") is None else int(written["count"]),
        attempt=int(written.get("attempt", 0)),
        intent=intent,
        cases=cases,
        forms=forms,
        holds=holds,
        doubtful=holds if written.get("all_doubtful") is True else _addresses(written, "doubtful"),
        knows=None if written.get("others_left_out") else holds | _addresses(written, "others"),
    )


def _written_holds(memory: Memory) -> dict[str, Any]:
    """Return what is held, without repeating what a case, a form or the intent names anyway."""
    holds, doubtful = memory.holds, memory.doubtful
    named = _named(memory.intent, memory.cases, memory.forms)
    written: dict[str, Any] = {"holds": write_addresses(holds)}
    if named & holds:
        written = {"holds": write_addresses(holds - named), "named_held": True}
        written["named_gone"] = write_addresses(named - holds)
    if doubtful and doubtful == holds:
        return {**written, "all_doubtful": True}
    return {**written, "doubtful": write_addresses(doubtful)}


def _named(intent: Intent | None, cases: Iterable[RecordedCase], forms: Iterable[PendingForm]) -> Addresses:
    """Return the addresses that an intent, a case or a form relinquishes."""
    return frozenset(ip for one in (intent, *cases, *forms) if one for ip in one.addresses)


def _given(values: Written) -> dict[str, Any]:
    """Drop empty values: Pulumi writes the whole stack at every step, and a record has little room."""
    return {
        key: value
        for key, value in values.items()
        if value not in ("", []) and value is not None and value is not False
    }


def _written_holder(holder: Holder | None) -> dict[str, Any] | None:
    return {"path": holder.path, "nonce": holder.nonce, "since": _time(holder.since)} if holder else None


def _read_holder(written: Written | None) -> Holder | None:
    if written is None:
        return None
    return Holder(path=str(written["path"]), nonce=str(written["nonce"]), since=_read_time(written["since"]))


def _written_intent(intent: Intent | None) -> dict[str, Any] | None:
    if intent is None:
        return None
    return _given(
        {
            "number": intent.number,
            "nonce": intent.nonce,
            "kind": intent.kind,
            "count": intent.count,
            "attempt": intent.attempt,
            "at": _time(intent.at),
            "asks": intent.asks or None,
            "addresses": write_addresses(intent.addresses),
        }
    )


def _read_intent(written: Written | None) -> Intent | None:
    if written is None:
        return None
    return Intent(
        number=int(written["number"]),
        nonce=str(written["nonce"]),
        kind=_kind(written),
        count=int(written["count"]),
        attempt=int(written["attempt"]),
        at=_read_time(written["at"]),
        asks=int(written.get("asks", 0)),
        addresses=_addresses(written, "addresses"),
    )


def _written_case(case: RecordedCase) -> dict[str, Any]:
    return _given(
        {
            "id": case.id,
            "display_id": case.display_id,
            "number": case.number,
            "nonce": case.nonce,
            "kind": case.kind,
            "asks": case.asks or None,
            "arrived": case.arrived or None,
            "addresses": write_addresses(case.addresses),
            "messages": case.messages if case.messages > 1 else None,
            "parts": case.parts if case.parts > 1 else None,
            "closed": not case.is_open,
            "by_form": case.by_form,
        }
    )


def _read_case(written: Written) -> RecordedCase:
    return RecordedCase(
        id=str(written["id"]),
        display_id=written.get("display_id"),
        number=int(written["number"]),
        nonce=str(written["nonce"]),
        kind=_kind(written),
        asks=int(written.get("asks", 0)),
        arrived=int(written.get("arrived", 0)),
        addresses=_addresses(written, "addresses"),
        messages=int(written.get("messages", 1)),
        parts=int(written.get("parts", 1)),
        is_open=not written.get("closed"),
        by_form=written.get("by_form") is True,
    )


def _written_form(form: PendingForm) -> dict[str, Any]:
    return _given(
        {
            "number": form.number,
            "nonce": form.nonce,
            "kind": form.kind,
            "asks": form.asks or None,
            "arrived": form.arrived or None,
            "addresses": write_addresses(form.addresses),
            "text": base64.b64encode(zlib.compress(form.text.encode(), 9)).decode() if form.text else "",
            "may_be_filed": form.may_be_filed,
        }
    )


def _read_form(written: Written) -> PendingForm:
    try:
        text = zlib.decompress(base64.b64decode(written["text"])).decode() if written.get("text") else ""
    except zlib.error as error:
        raise ValueError("a form's text is damaged") from error
    return PendingForm(
        number=int(written["number"]),
        nonce=str(written["nonce"]),
        kind=_kind(written),
        asks=int(written.get("asks", 0)),
        arrived=int(written.get("arrived", 0)),
        addresses=_addresses(written, "addresses"),
        text=text,
        may_be_filed=written.get("may_be_filed") is True,
    )


def _addresses(written: Written, key: str) -> Addresses:
    value = written.get(key, "")
    if not isinstance(value, str):
        raise TypeError(f"`{key}` must be a string")
    return read_addresses(value)


def _kind(written: Written) -> Kind:
    if written["kind"] not in get_args(Kind):
        raise ValueError(f"{written['kind']!r} is not a kind of case")
    return cast("Kind", written["kind"])


def _time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_time(text: object) -> datetime:
    return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
