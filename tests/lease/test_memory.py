"""The memory of a lease in record and state. Its names are formats: a test fails if one changes."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import over_the_wire
from support.tables import table

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.memory import (
    LARGEST_RECORD,
    OtherFormat,
    read_memory,
    read_record,
    record_of,
    write_memory,
)
from dedicated_ip_provider.lease.model import Holder, Memory
from lease.values import A, B, C, D, E, F, followed, form, intent, memory, relinquish, request

if TYPE_CHECKING:
    from dedicated_ip_provider.lease.model import Addresses

SINCE = datetime(2026, 11, 24, 12, 30, 5, tzinfo=timezone.utc)
EVERYTHING = memory(
    A,
    B,
    others=(C, D),
    holder=Holder(path="shop/prod/eu", nonce="k3f9", since=SINCE),
    serial=9,
    number=7,
    count=4,
    attempt=2,
    doubtful=frozenset((B,)),
    intent=intent(number=7, count=5, attempt=2),
    cases=(
        followed(request(5, asks=4), arrived=1, is_open=False),
        followed(relinquish(E, F, number=6), display_id=None, by_form=True, messages=2, parts=3),
    ),
    forms=(form(A, number=8, may_be_filed=True), form(number=9, asks=2, arrived=1)),
)
WRITTEN: dict[str, Any] = {
    "holder": {"path": "shop/prod/eu", "nonce": "k3f9", "since": "2026-11-24T12:30:05Z"},
    "serial": 9,
    "number": 7,
    "count": 4,
    "attempt": 2,
    "intent": {
        "number": 7,
        "nonce": "k3f9",
        "kind": "request",
        "count": 5,
        "attempt": 2,
        "at": "2026-11-26T11:59:00Z",
        "asks": 3,
    },
    "cases": [
        {
            "id": "case-111122223333-5",
            "display_id": "1700000005",
            "number": 5,
            "nonce": "k3f9",
            "kind": "request",
            "asks": 4,
            "arrived": 1,
            "closed": True,
        },
        {
            "id": "case-111122223333-6",
            "number": 6,
            "nonce": "k3f9",
            "kind": "relinquish",
            "addresses": "192.0.2.5 192.0.2.6",
            "messages": 2,
            "parts": 3,
            "by_form": True,
        },
    ],
    "forms": [
        {"number": 8, "nonce": "k3f9", "kind": "relinquish", "addresses": "192.0.2.1", "may_be_filed": True},
        {"number": 9, "nonce": "k3f9", "kind": "request", "asks": 2, "arrived": 1},
    ],
    "holds": "192.0.2.2",
    "named_held": True,
    "named_gone": "192.0.2.5 192.0.2.6",
    "doubtful": "192.0.2.2",
    "others": "192.0.2.3 192.0.2.4",
}
RECORD = {"format": 1, "over": 8, "serial": 0, "number": 0, "attempt": 0}

MEMORIES = [
    ("everything", EVERYTHING, WRITTEN),
    ("a lease that has ended", Memory(holder=None), {"serial": 0, "number": 0, "attempt": 0}),
    ("a count of 0 was acted on", Memory(holder=None, count=0), {"serial": 0, "number": 0, "count": 0, "attempt": 0}),
    (
        "no room for what the lease only knows",
        memory(A, holder=None, knows=None),
        {"serial": 0, "number": 1, "count": 3, "attempt": 1, "holds": "192.0.2.1", "others_left_out": True},
    ),
    (
        "all that is held is doubtful",
        memory(A, B, holder=None, doubtful=frozenset((A, B))),
        {"serial": 0, "number": 1, "count": 3, "attempt": 1, "holds": "192.0.2.1 192.0.2.2", "all_doubtful": True},
    ),
    (
        "an intent to relinquish what is held",
        memory(A, B, holder=None, intent=intent("relinquish", addresses=frozenset((A,)), count=1)),
        {
            "serial": 0,
            "number": 1,
            "count": 3,
            "attempt": 1,
            "intent": {
                "number": 2,
                "nonce": "k3f9",
                "kind": "relinquish",
                "count": 1,
                "attempt": 1,
                "at": "2026-11-26T11:59:00Z",
                "addresses": "192.0.2.1",
            },
            "holds": "192.0.2.2",
            "named_held": True,
        },
    ),
    (
        "a list of two parts",
        Memory(holder=None, cases=(followed(relinquish(A), display_id=None, parts=2),)),
        {
            "serial": 0,
            "number": 0,
            "attempt": 0,
            "cases": [
                {
                    "id": "case-111122223333-2",
                    "number": 2,
                    "nonce": "k3f9",
                    "kind": "relinquish",
                    "addresses": "192.0.2.1",
                    "parts": 2,
                }
            ],
        },
    ),
    (
        "an intent to relinquish",
        Memory(holder=None, intent=intent("relinquish", addresses=frozenset((A,)), count=0)),
        {
            "serial": 0,
            "number": 0,
            "attempt": 0,
            "intent": {
                "number": 2,
                "nonce": "k3f9",
                "kind": "relinquish",
                "count": 0,
                "attempt": 1,
                "at": "2026-11-26T11:59:00Z",
                "addresses": "192.0.2.1",
            },
        },
    ),
]


@table("reason, remembered, written", MEMORIES)
def test_a_state_keeps_the_memory_under_these_names(reason: str, remembered: Memory, written: dict[str, Any]) -> None:
    """A state that any released version wrote can always be read; in it every number is a float."""
    assert written == write_memory(remembered), reason
    assert remembered == read_memory(over_the_wire(written))


def test_a_record_is_one_line_of_json_that_names_its_format_and_the_version_below() -> None:
    """A value is valid only if its own version is one higher than the one that it was written over."""
    value = record_of(EVERYTHING, 8)

    assert json.dumps({"format": 1, "over": 8, **WRITTEN}, separators=(",", ":")) == value
    assert (EVERYTHING, 8) == read_record(value)


def test_a_missing_attempt_is_read_as_none() -> None:
    """No attempt was acted on then."""
    assert 0 == read_memory({"serial": 1, "number": 1}).attempt


@pytest.mark.usefixtures("tokyo")
def test_a_moment_is_kept_in_utc_to_the_second() -> None:
    """Whatever the time zone of the machine."""
    there = datetime.fromisoformat("2026-11-24T14:30:05.999+02:00")

    written = write_memory(Memory(holder=Holder(path="shop/prod/eu", nonce="k3f9", since=there)))

    assert "2026-11-24T12:30:05Z" == written["holder"]["since"]


def test_a_freed_record_keeps_the_texts_of_forms_compressed() -> None:
    """`dedicated-ip form` shows a form that is pending after its lease ended; the compression is a format, too."""
    text = "Open a case and fill in:\nRegion: eu-west-1 — Ireland\n" * 40
    ended = Memory(holder=None, forms=(form(A, text=text),))
    stored = {**RECORD, "forms": [{"number": 2, "nonce": "k3f9", "kind": "relinquish", "text": "eNrLTFEoLNYBAAdVAf4="}]}

    value = record_of(ended, 8)

    assert (ended, 8) == read_record(value)
    assert len(text) > 5 * len(value)
    assert "id qs," == read_record(json.dumps(stored))[0].forms[0].text


def _scattered(number: int, seed: int) -> Addresses:
    """Return random addresses, which are the hardest to pack."""
    chance = random.Random(seed)  # noqa: S311 - the same addresses in every run
    return frozenset(str(IPv4Address(chance.getrandbits(32))) for _ in range(number))


FEW, MANY = _scattered(30, 1), _scattered(800, 2)
TEXT = "".join(sorted(_scattered(700, 3)))
SMALL_TEXT = replace(form(A), text="a form")
LONG_TEXT = replace(form(A), text=TEXT)

SIZES = [
    ("all of it fits", memory(forms=(SMALL_TEXT,), holds=FEW, knows=FEW | _scattered(30, 4)), ("text", "others")),
    ("the texts of forms go first", memory(forms=(LONG_TEXT,), holds=FEW, knows=FEW | _scattered(30, 4)), ("others",)),
    ("then what the lease only knows", memory(forms=(LONG_TEXT,), holds=FEW, knows=FEW | MANY), ()),
    ("what it knows goes where it holds many", memory(holds=MANY, knows=MANY | FEW, forms=(form(A),)), ()),
]


@table("reason, remembered, kept", SIZES)
def test_what_does_not_fit_into_a_record_is_left_out(reason: str, remembered: Memory, kept: tuple[str, ...]) -> None:
    """A parameter has at most 4,096 characters. What the lease holds, follows and is about to file is always in it."""
    value = record_of(remembered, 8)

    found, _ = read_record(value)
    assert len(value) <= LARGEST_RECORD == 4_096
    assert (
        remembered.forms if "text" in kept else tuple(replace(each, text="") for each in remembered.forms),
        remembered.knows if "others" in kept else None,
    ) == (found.forms, found.knows), reason
    assert remembered == replace(found, forms=remembered.forms, knows=remembered.knows)


def test_a_record_that_fits_exactly_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS accepts exactly the documented number of characters."""
    remembered = memory(A, others=tuple(FEW))
    value = record_of(remembered, 8)

    monkeypatch.setattr("dedicated_ip_provider.lease.memory.LARGEST_RECORD", len(value))
    assert value == record_of(remembered, 8)
    monkeypatch.setattr("dedicated_ip_provider.lease.memory.LARGEST_RECORD", len(value) - 1)
    assert read_record(record_of(remembered, 8))[0].knows is None


def test_what_a_lease_holds_is_never_left_out() -> None:
    """A run that continued from a record without it would request everything again."""
    size = r"The record of the lease would be 4,[0-9]{3} characters long, but AWS accepts 4,096: it holds "
    advice = r"1000 dedicated IP addresses\.\nNothing was filed\. A lease of that size is not supported\."

    with pytest.raises(Refused, match=f"^{size}{advice}$"):
        record_of(memory(holds=_scattered(1_000, 5)), 8)


WRONG = [
    ("no JSON", "lease", "Expecting value"),
    ("another JSON", "[]", "^TypeError: list indices"),
    ("a number", "7", "^TypeError: 'int' object"),
    ("nested too deep", "[" * 100_000, "^RecursionError: maximum recursion depth"),
    ("another format", json.dumps({**RECORD, "format": 2}), "^its format is 2$"),
    ("no format", json.dumps({"over": 8, **WRITTEN}), "^KeyError: 'format'$"),
    ("no version below", json.dumps({"format": 1, **WRITTEN}), "^KeyError: 'over'$"),
    ("no number", json.dumps({**RECORD, "number": None}), "^TypeError: int"),
    ("a number beyond all", '{"format":1,"over":8,"serial":1e999,"number":0}', "^OverflowError: cannot convert float"),
    ("a holder that is a string", json.dumps({**RECORD, "holder": "shop/prod/eu"}), "^TypeError: string indices"),
    (
        "a moment in another format",
        json.dumps({**RECORD, "holder": {"path": "eu", "nonce": "k3f9", "since": "yesterday"}}),
        "^time data 'yesterday' does not match",
    ),
    ("addresses as a list", json.dumps({**RECORD, "holds": [A]}), "^TypeError: `holds` must be a string$"),
    ("addresses that are none", json.dumps({**RECORD, "holds": "eu"}), "."),
    ("cases that are none", json.dumps({**RECORD, "cases": 7}), "^TypeError: 'int' object is not iterable$"),
    ("a case that is a string", json.dumps({**RECORD, "cases": ["case-7"]}), "^TypeError: string indices"),
    (
        "a case of another kind",
        json.dumps({**RECORD, "cases": [{"id": "case-7", "number": 7, "nonce": "k3f9", "kind": "question"}]}),
        "^'question' is not a kind of case$",
    ),
    (
        "a form of another kind",
        json.dumps({**RECORD, "forms": [{"number": 7, "nonce": "k3f9", "kind": "question"}]}),
        "^'question' is not a kind of case$",
    ),
    (
        "a form's text that is damaged",
        json.dumps({**RECORD, "forms": [{"number": 2, "nonce": "k3f9", "kind": "request", "text": "eNrLTFEo"}]}),
        "^a form's text is damaged$",
    ),
    (
        "an intent without its time",
        json.dumps({**RECORD, "intent": {"number": 2, "nonce": "k3f9", "kind": "request", "count": 1, "attempt": 1}}),
        "^KeyError: 'at'$",
    ),
]


def test_a_record_of_another_release_says_which_version_it_was_written_over() -> None:
    """So a valid value is not skipped."""
    with pytest.raises(OtherFormat, match=r"^its format is 2$") as raised:
        read_record(json.dumps({"format": 2, "over": 8}))

    assert 8 == raised.value.over


@table("reason, value, said", WRONG)
def test_a_value_that_is_not_a_record_of_this_version_is_an_error(reason: str, value: str, said: str) -> None:
    """A record that was edited by hand, or by a later version, ends the run with one sentence that says what is wrong."""
    with pytest.raises(ValueError, match=said) as raised:
        read_record(value)

    assert str(raised.value), reason
