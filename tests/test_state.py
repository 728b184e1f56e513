"""The state of a lease as a stack stores it: written, read again, and refused where it is not ours."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bags import bag, over_the_wire
from support.tables import table

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.inputs import DEFAULTS, NAMES
from dedicated_ip_provider.lease.model import Holder, Intent, Memory, PendingForm, RecordedCase
from dedicated_ip_provider.lease.status import Description
from dedicated_ip_provider.outputs import OUTPUT_NAMES
from dedicated_ip_provider.state import Link, State, is_state, lease_from_inputs, outputs_of, read_state
from dedicated_ip_provider.validation import read_lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.lease.model import Lease

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
NOON = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
EVERY_INPUT: dict[str, Any] = {
    "pools": {"news": 1.0, "orders": 1.0},
    "attempt": 2.0,
    "adopt": [A],
    "relinquish_first": [B],
    "take_over_from": "eu-west-1/7-k3f9",
    "max_send_rate": 12.5,
    "contact_language": "ja",
    "cc_email_addresses": ["post@example.com"],
    "confirm_relinquish": True,
    "form": "pinpoint-email",
    "filing": "console",
    "profile": "mail",
    "role_arn": "arn:aws:iam::111122223333:role/mail",
}
UNREADABLE = "Nothing was filed. Update dedicated-ip-provider, or restore an earlier state of the stack."


def lease(**inputs: Any) -> Lease:
    """Return what a program declares."""
    found = read_lease(bag(**inputs)).lease
    assert found is not None
    return found


SMALL = State(
    lease=lease(),
    memory=Memory(holder=Holder(path="shop/prod/eu", nonce="k3f9", since=NOON), serial=1, count=3, attempt=1),
    account_id="111122223333",
    record_version="eu-west-1/1-k3f9",
)
WHOLE = replace(
    SMALL,
    lease=lease(**EVERY_INPUT),
    memory=replace(
        SMALL.memory,
        number=9,
        intent=Intent(number=9, nonce="k3f9", kind="request", count=3, attempt=2, at=NOON, asks=1),
        cases=(
            RecordedCase(
                id="case-7", display_id="1700000007", number=7, nonce="k3f9", kind="request", asks=3, arrived=2
            ),
            RecordedCase(
                id="case-8", number=8, nonce="k3f9", kind="relinquish", addresses=frozenset((C,)), by_form=True
            ),
        ),
        forms=(PendingForm(number=9, nonce="k3f9", kind="request", asks=1, text="Hello"),),
        holds=frozenset((A, B, C)),
        doubtful=frozenset((B,)),
        knows=frozenset((A, B, C, "198.51.100.1")),
    ),
    record="missing",
    division={"news": (B,), "orders": (A,)},
    order=(B, A),
    due=True,
    question=True,
    link=Link(id="case-7", display_id="1700000007", status="opened"),
)
SHOWN = Description(
    status="requested",
    message="AWS is working on it.",
    addresses=(A, B),
    relinquishing=(C,),
    warming=(B,),
    leased_count=3,
    requested_count=1,
    shortfall=0,
    form_text="Hello",
    case=None,
    due=False,
    question=False,
)


def stored(state: State = WHOLE, **changes: Any) -> dict[str, Any]:
    """Return a state as Pulumi hands it back; a change to None leaves the key out."""
    outputs = {**over_the_wire(outputs_of(state, SHOWN)), "__provider": "gASV", **changes}
    return {key: value for key, value in outputs.items() if value is not None}


# Written, and read again.


def test_the_state_has_every_input_and_output() -> None:
    """Delete and refresh see nothing but the state: every input is echoed, every output is there."""
    assert {*NAMES, *OUTPUT_NAMES, "__provider"} == stored().keys()


def test_the_outputs_say_what_is_true() -> None:
    """What people read stands beside the inputs; the case has its page, and what is leased has its price."""
    expected = {
        "status": "requested",
        "message": "AWS is working on it.",
        "addresses": [A, B],
        "pool_addresses": {"news": [B], "orders": [A]},
        "warming": [B],
        "relinquishing": [C],
        "leased_count": 3.0,
        "requested_count": 1.0,
        "shortfall": 0.0,
        "monthly_cost_usd": 74.85,
        "case_id": "case-7",
        "case_display_id": "1700000007",
        "case_url": "https://console.aws.amazon.com/support/home#/case/?displayId=1700000007&language=en",
        "case_status": "opened",
        "form_text": "Hello",
        "account_id": "111122223333",
        "record_version": "eu-west-1/1-k3f9",
    }

    assert expected == {key: value for key, value in stored().items() if key in OUTPUT_NAMES and key != "memory"}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (SMALL, "a lease that has just begun"),
        (WHOLE, "everything there is to remember"),
        (replace(WHOLE, record="free"), "another stack ended the lease"),
        (replace(WHOLE, record="superseded"), "another stack holds it"),
        (replace(SMALL, memory=replace(SMALL.memory, knows=None)), "the record had no room for other addresses"),
    ],
)
def test_a_state_survives_the_way_there_and_back(state: State, reason: str) -> None:
    """What is remembered is read back as it was, though every number is a float by then."""
    assert state == read_state(stored(state, addresses=sorted(state.order))), reason


def test_what_is_empty_is_not_written() -> None:
    """Pulumi writes a whole stack at every step: what there is nothing to remember of takes no room in it."""
    memory = outputs_of(replace(SMALL, order=(A, B)), SHOWN)["memory"]

    assert {"holder", "serial", "number", "count", "attempt"} == memory.keys()


def test_a_lease_without_a_case_points_to_none() -> None:
    """Adopted addresses need no case: the case outputs are empty strings."""
    outputs = stored(SMALL)

    assert ["", "", "", ""] == [outputs[f"case_{name}"] for name in ("id", "display_id", "url", "status")]


LATER: list[tuple[dict[str, Any], str]] = [
    (dict.fromkeys(DEFAULTS), "inputs with a default were added later"),
    ({key: None for key in NAMES if key not in ("holder", "region", "count")}, "so were all that may be left out"),
    ({"pool_addresses": None, "record_version": None, "case_id": None, "case_status": None}, "so were these outputs"),
    ({"an_output_of_tomorrow": 1.0}, "a newer version wrote it"),
]


@pytest.mark.parametrize(("changes", "reason"), LATER)
def test_a_state_of_another_version_is_read(changes: dict[str, Any], reason: str) -> None:
    """A state written before, or after, a key existed goes on working."""
    assert SMALL.memory == read_state(stored(SMALL, **changes)).memory, reason


# What is not ours.

MEMORY = stored()["memory"]

WRONG_ADDRESS = "a list of addresses must contain IPv4 addresses only, not 'x'."
WRONG_INPUTS = "`region` must be the code of an AWS Region, such as eu-west-1, not 'mars'. `count` must be from 0 to 1,000, not -1."


@table(
    "reason, changes, why",
    [
        ("no memory", {"memory": None}, "`memory` is missing."),
        ("a memory of another shape", {"memory": []}, "AttributeError: 'list' object has no attribute 'get'."),
        ("an empty memory", {"memory": {}}, "`serial` is missing."),
        ("no number", {"memory": {**MEMORY, "serial": "x"}}, "ValueError: invalid literal for int() with base 10: 'x'."),
        ("no end", {"memory": {**MEMORY, "count": math.inf}}, "OverflowError: cannot convert float infinity to integer."),
        ("a holder without a nonce", {"memory": {**MEMORY, "holder": {"path": "a"}}}, "`nonce` is missing."),
        ("nobody holds it", {"memory": {**MEMORY, "holder": None}}, "ValueError: `memory` names no holder."),
        ("no addresses", {"memory": {**MEMORY, "holds": "x"}}, "ValueError: not a list of IPv4 addresses: 'x'."),
        ("a case that is none", {"memory": {**MEMORY, "cases": [5.0]}}, "TypeError: 'float' object is not subscriptable."),
        ("a record in no state", {"memory": {**MEMORY, "record": "lost"}}, "ValueError: 'lost' is not a state of a record."),
        ("no account", {"account_id": None}, "`account_id` is missing."),
        ("an account that lost its zeros", {"account_id": 111122223333.0}, "ValueError: `account_id` is not an account id."),
        ("a pool with something else in it", {"pool_addresses": {"orders": ["x"]}}, WRONG_ADDRESS),
        ("pools of another shape", {"pool_addresses": []}, "AttributeError: 'list' object has no attribute 'items'."),
        ("an input that is wrong", {"count": "many"}, "`count` must be a whole number, not a string."),
        ("all that is wrong is said at once", {"count": -1.0, "region": "mars"}, WRONG_INPUTS),
    ],
)  # fmt: skip
def test_a_state_that_is_not_ours_is_refused_by_name(changes: dict[str, Any], why: str, reason: str) -> None:
    """A state that cannot be read stops everything, says why, and nothing is filed on it."""
    with pytest.raises(Refused) as refusal:
        read_state(stored(**changes))

    assert f"The state of eu cannot be read: {why}\n{UNREADABLE}" == str(refusal.value), reason


@pytest.mark.parametrize("holder", [None, 5.0, ""])
def test_a_state_without_a_holder_is_refused_too(holder: object) -> None:
    """Not even the lease's name can be said then."""
    with pytest.raises(Refused) as refusal:
        lease_from_inputs(stored(holder=holder))

    why = "is missing" if holder is None else "must be a string of 1 to 500 characters on one line"
    assert f"The state of a lease cannot be read: `holder` {why}." == refusal.value.what


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from([A, "z:", "z:AA"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["nonce", "number", "id"]), inner),
    max_leaves=4,
)


@given(pick=st.randoms(use_true_random=False), value=ANYTHING)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_state_that_was_tampered_with_is_read_or_refused(pick: Any, value: object) -> None:
    """Whatever stands anywhere in a state, reading it ends in a state or in two lines."""
    spoilt = copy.deepcopy(stored())
    here: Any = spoilt
    while True:
        key = pick.choice(sorted(here) if isinstance(here, dict) else range(len(here)))
        if not isinstance(here[key], (dict, list)) or not here[key] or pick.random() < 0.3:
            break
        here = here[key]
    here[key] = value

    try:
        answer: object = read_state(spoilt)
    except Refused as refusal:
        answer = refusal
    assert isinstance(answer, State) or 2 == len(str(answer).splitlines())


@pytest.mark.parametrize(
    ("held", "adopt", "reason"),
    [
        ([A, B], f", and name {A}, {B} in `adopt`", "its addresses are named, for whoever goes on with them"),
        ([], "", "there are none to adopt"),
        (None, "", "a state of a lease that had none yet"),
    ],
)
@pytest.mark.parametrize("read", [read_state, lease_from_inputs])
def test_a_state_of_the_first_edition_is_refused_with_what_to_do(
    held: list[str] | None, adopt: str, reason: str, read: Callable[[dict[str, Any]], object]
) -> None:
    """The first edition was never released; its states are recognized, and told how to go on."""
    outputs = {"lease_key": "organization/shop/prod/eu/eu-west-1", "count": 2.0, "addresses": held, "memory": {}}

    with pytest.raises(Refused) as refusal:
        read({key: value for key, value in outputs.items() if value is not None})

    assert (
        "The state of the lease organization/shop/prod/eu/eu-west-1 was written by the first edition of "
        "dedicated-ip-provider, which this one does not read.\nNothing was filed. Close its open cases in the Support "
        f"Center, take it out of the stack with `pulumi state delete`{adopt}, then run `pulumi up`."
        == str(refusal.value)
    ), reason


@pytest.mark.parametrize(
    ("bag_", "expected"),
    [(stored(), True), ({"lease_key": "a/b"}, True), ({"profile": "mail"}, False), ({}, False)],
    ids=["a state", "a state of the first edition", "what get sends", "nothing"],
)
def test_a_state_is_told_from_the_bare_inputs_of_get(bag_: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 - a column
    """`DedicatedIpLease.get` sends a few inputs only; a state has a memory."""
    assert expected is is_state(bag_)
