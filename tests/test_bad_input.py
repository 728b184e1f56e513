"""Whatever comes in, out comes a right result or a clear sentence: no error of the code's own, and never a hang."""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from bags import UNKNOWN, bag, over_the_wire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plugin import CallFailed, Plugin, running
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config
from values import KEY, REGION
from way_in import nothing_but

from dedicated_ip_provider.emulator import RunningDesk, Settings, start
from dedicated_ip_provider.names import INPUTS, OUTPUTS
from dedicated_ip_provider.provider import DedicatedIpError, LeaseProvider

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

Bag = dict[str, Any]

UNTHOUGHT_OF = "met what it does not know"
RIGHT_TO_LEFT = "מיילים של הזמנות \u202e400,000\u202c ביום"
LONG = "Order and shipping mails. " * 400

# What is a value in JSON, with what people and programs get wrong among it.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**53 + 1, 1e308, 5e-324, math.nan, math.inf, -math.inf, -0.0]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "\r\n",
            "\u2028",
            "\ud800",
            RIGHT_TO_LEFT,
            LONG,
            "3",
            "true",
            "null",
            "192.0.2.1",
            "١٢",
            KEY,
            REGION,
        ]
    ),
)
NAMES = st.one_of(st.sampled_from([*INPUTS, *OUTPUTS, "__provider", "previewing"]), st.text(max_size=4))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)
BAGS = st.dictionaries(NAMES, VALUES, max_size=8)

fuzzed = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def spoilt(right: Bag) -> st.SearchStrategy[Bag]:
    """Take a bag that is right, and change some of what is in it, at any depth."""
    return st.lists(st.tuples(st.randoms(use_true_random=False), VALUES), max_size=3).map(
        lambda changes: _changed(right, changes)
    )


def _changed(right: Bag, changes: list[tuple[random.Random, Any]]) -> Bag:
    changed = copy.deepcopy(right)
    for chance, value in changes:
        here: Any = changed
        while True:
            key = chance.choice(sorted(here) if isinstance(here, dict) else range(len(here)))
            if not isinstance(here[key], (dict, list)) or not here[key] or chance.random() < 0.4:
                break
            here = here[key]
        if value is None:
            del here[key]
        else:
            here[key] = value
        if not changed:
            break
    return changed


@pytest.fixture(scope="module")
def desk() -> Iterator[RunningDesk]:
    """An AWS account without the hourly limit, for as many cases as a fuzz may file."""
    with start(Settings(hourly_case_limit=None)) as desk, pytest.MonkeyPatch.context() as patch:
        nothing_but(patch, desk.environment)
        yield desk


@pytest.fixture
def provider(desk: RunningDesk) -> LeaseProvider:  # noqa: ARG001 - where its clients lead
    """The provider at the start of a run."""
    return _configured()


def _configured() -> LeaseProvider:
    provider = LeaseProvider()
    provider.configure(ConfigureRequest(config=Config({}, "shop")))
    return provider


@pytest.fixture(scope="module")
def state(desk: RunningDesk) -> Bag:
    """The state of a lease with an open request, some addresses, and one that is being given back."""
    provider = _configured()
    made = over_the_wire(provider.create(bag()).outs or {})
    desk.grant(made["case_id"])
    provider = _configured()
    made = over_the_wire(provider.read(KEY, made).outs or {})
    lower = over_the_wire(provider.update(KEY, made, bag(count=2.0)).outs or {})
    return over_the_wire(provider.update(KEY, lower, bag(count=4.0)).outs or {})


def answered(call: Callable[[], Any]) -> Any:
    """Give the result of a call, or the words in which it was refused."""
    try:
        return call()
    except DedicatedIpError as error:
        text = str(error)
    assert UNTHOUGHT_OF not in text
    what, next_step = text.split("\n")
    assert what.strip()
    assert next_step.strip()
    return text


def judged(provider: LeaseProvider, olds: Bag, news: Bag) -> None:
    """Judge inputs: the engine goes on with what comes back, and prints each failure on a line."""
    result = provider.check(olds, news)

    assert isinstance(result.inputs, dict)
    assert "previewing" not in result.inputs
    for failure in result.failures:
        assert failure.reason.startswith("`") or failure.reason.startswith("The key ")
        assert 1 == len(failure.reason.split("\n"))
        assert len(failure.reason) < 1_000


# In process: any value at all.


@given(olds=st.one_of(st.just({}), spoilt(bag()), BAGS), news=st.one_of(spoilt(bag(previewing=True)), BAGS))
@fuzzed
def test_check_judges_whatever_it_is_given(provider: LeaseProvider, olds: Bag, news: Bag) -> None:
    """Every property bag is judged: right inputs pass, wrong ones are told property by property."""
    judged(provider, olds, news)


@given(data=st.data())
@fuzzed
def test_diff_compares_whatever_it_is_given(provider: LeaseProvider, state: Bag, data: st.DataObject) -> None:
    """A state that is not ours is refused by name, and inputs of any shape are a change or none."""
    olds = data.draw(st.one_of(spoilt(state), BAGS))
    news = data.draw(st.one_of(spoilt(bag()), spoilt(bag(count=UNKNOWN, use_case={"opt_in": UNKNOWN})), BAGS))

    provider.check({}, {**news, "previewing": True})  # so that the comparison is one of a preview, and is told
    result = answered(lambda: provider.diff(KEY, olds, news))

    assert isinstance(result, str) or result.changes in (True, False, None)


@given(data=st.data())
@fuzzed
def test_read_tells_whatever_it_is_given(provider: LeaseProvider, state: Bag, data: st.DataObject) -> None:
    """A foreign state, or the key of no lease, is refused; everything else is the truth of the account."""
    key = data.draw(st.one_of(st.just(KEY), st.text(max_size=30), st.text(max_size=5).map(f"a/b/{{}}/{REGION}".format)))
    props = data.draw(st.one_of(spoilt(state), BAGS))

    result = answered(lambda: provider.read(key, props))

    assert isinstance(result, str) or json.dumps(result.outs)


@given(data=st.data())
@fuzzed
def test_create_and_update_file_nothing_for_what_cannot_be_read(
    desk: RunningDesk, provider: LeaseProvider, state: Bag, data: st.DataObject
) -> None:
    """Inputs that `check` would refuse are refused again: nothing is filed for a lease that cannot be read."""
    olds = data.draw(st.one_of(spoilt(state), BAGS))
    news = data.draw(st.one_of(spoilt(bag()), BAGS))
    failures = provider.check({}, dict(news)).failures
    filed = len(desk.cases())

    for call in (lambda: provider.create(dict(news)), lambda: provider.update(KEY, olds, dict(news))):
        result = answered(call)
        if any(failure.reason.startswith("`") and failure.property in INPUTS for failure in failures):
            assert isinstance(result, str) or filed == len(desk.cases())


@given(data=st.data())
@fuzzed
def test_delete_gives_nothing_back_on_a_state_that_cannot_be_read(
    desk: RunningDesk, provider: LeaseProvider, state: Bag, data: st.DataObject
) -> None:
    """A state that is not ours ends in a sentence, and no case is filed on it."""
    props = data.draw(st.one_of(spoilt(state), BAGS))
    filed = len(desk.cases())

    result = answered(lambda: provider.delete(KEY, props))

    assert result is None or filed == len(desk.cases())


def test_a_step_without_effect_is_not_taken_for_ever(desk: RunningDesk, provider: LeaseProvider, state: Bag) -> None:
    """A state with another lease's key: each message goes to a case that never shows it for this lease."""
    forged = {**state, "lease_key": f"organization/shop/prod/forged/{REGION}"}
    before = len(desk.calls("AddCommunicationToCase"))

    said = answered(lambda: provider.update(KEY, forged, {**forged, "count": 3.0}))

    assert 1 == len(desk.calls("AddCommunicationToCase")) - before
    assert (
        "forged (eu-west-1): AWS shows no trace of a step that was just taken, and it would be taken again and again."
        == said.split("\n")[0]
    )
    assert said.split("\n")[1].startswith("Done before that: case ")


@pytest.mark.parametrize("text", [RIGHT_TO_LEFT, "注文と配送のメール 📮", "a\tb\nc", "Z" * 5_000])
def test_a_text_of_any_language_reaches_aws_as_it_is(desk: RunningDesk, text: str) -> None:
    """What a case can carry is carried."""
    desk.reset()
    inputs = bag(use_case={**bag()["use_case"], "description": text})
    provider = _configured()
    assert [] == provider.check({}, dict(inputs)).failures
    provider.create(inputs)

    assert text in desk.cases()[0].communications[0].body


# In a plugin process, over the wire: every call is answered.

WIRE_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WIRE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.floats(),
        WIRE_TEXT,
        st.just(UNKNOWN),
        st.sampled_from([RIGHT_TO_LEFT, LONG, "192.0.2.1", "\x00"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WIRE_TEXT, inner, max_size=4)),
    max_leaves=8,
)
WIRE_BAGS = st.dictionaries(st.one_of(st.sampled_from([*INPUTS, *OUTPUTS]), WIRE_TEXT), WIRE, max_size=8)


@pytest.fixture(scope="module")
def plugin(desk: RunningDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    """One plugin process for all calls."""
    with running(tmp_path_factory.mktemp("plugin"), desk.environment) as plugin:
        plugin.configure()
        yield plugin


@given(olds=WIRE_BAGS, news=WIRE_BAGS, key=WIRE_TEXT)
@settings(parent=fuzzed, max_examples=60)
def test_the_plugin_answers_every_call(plugin: Plugin, olds: Bag, news: Bag, key: str) -> None:
    """Each call ends before its deadline, in a result or in our own words at the end of the error."""
    for call in (
        lambda: plugin.check(olds, news),
        lambda: plugin.diff(olds, news),
        lambda: plugin.create(news),
        lambda: plugin.read(key, olds),
        lambda: plugin.get(key, news),
        lambda: plugin.update(olds, news),
        lambda: plugin.delete(olds),
    ):
        try:
            call()
        except CallFailed as error:
            *_, message = str(error).partition("DedicatedIpError: ")
            assert 2 == len(message.splitlines())
            assert UNTHOUGHT_OF not in message
