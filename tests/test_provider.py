"""The provider in a real plugin process, called as the engine calls it; and what of the SDK it relies on."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_providers import Echo, Leaver, LeavingLease
from pulumi.runtime.proto import provider_pb2
from support.bags import UNKNOWN, bag, form
from support.plugin import DEADLINE, CallFailed, Plugin, running, stored, struct

from dedicated_ip_provider.emulator import RunningEmulator, start
from dedicated_ip_provider.inputs import NAMES
from dedicated_ip_provider.outputs import OUTPUT_NAMES
from dedicated_ip_provider.provider import LeaseProvider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Protocol

    from pulumi.dynamic import ResourceProvider

    class Start(Protocol):
        """Starts a plugin process with a stack's configuration."""

        def __call__(
            self, provider: type[ResourceProvider] = LeaseProvider, **config: str
        ) -> AbstractContextManager[Plugin]:
            """Start it."""


SAME, CHANGED, UNDECIDED = (
    provider_pb2.DiffResponse.DIFF_NONE,
    provider_pb2.DiffResponse.DIFF_SOME,
    provider_pb2.DiffResponse.DIFF_UNKNOWN,
)
ACCOUNT, REGION = "111122223333", "eu-west-1"
ID = f"{ACCOUNT}/{REGION}"
PLANTED = "planted-secret-that-must-not-show-up-anywhere"


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    """A fresh AWS account."""
    with start() as emulator:
        yield emulator


@pytest.fixture
def plugin(emulator: RunningEmulator, tmp_path: Path) -> Start:
    """Starts plugin processes that have that account as theirs."""

    @contextmanager
    def starting(provider: type[ResourceProvider] = LeaseProvider, **config: str) -> Iterator[Plugin]:
        with running(tmp_path, emulator.environment, provider) as plugin:
            plugin.configure(**config)
            yield plugin

    return starting


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    """One plugin process for calls that leave nothing behind, in an account that answers nothing."""
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with running(tmp_path_factory.mktemp("plugin"), nowhere) as plugin:
        plugin.configure()
        yield plugin


def created(plugin: Plugin, **inputs: Any) -> dict[str, Any]:
    """Create a lease; return its state."""
    checked, failures = plugin.check({}, bag(**inputs))
    assert [] == failures
    return plugin.create(checked)[1]


def of(state: dict[str, Any], names: str) -> tuple[Any, ...]:
    """Take some values out of a state."""
    return tuple(state[name] for name in names.split())


def message(error: CallFailed) -> list[str]:
    """Return the lines of an error from the message on, as a reader sees them below the frames."""
    return str(error).partition("DedicatedIpError: ")[2].splitlines()


# Over the wire.


def test_a_lease_lives_from_check_to_delete(emulator: RunningEmulator, plugin: Start) -> None:
    """Created, granted, refreshed, lowered and deleted, by processes that know the state only."""
    with plugin() as up:
        checked, failures = up.check({}, bag())
        id_, state = up.create(checked)
        assert SAME == up.diff(state, checked).changes
    assert ([], ID, "requested", 3.0, 3.0, []) == (
        failures,
        id_,
        *of(state, "status count requested_count addresses"),
    )
    said = f"eu (eu-west-1): filed case {state['case_display_id']}, which requests 3 dedicated IP addresses"
    assert [f"{said}: {state['case_url']}"] == up.said()

    granted = list(emulator.grant(state["case_id"]))
    with plugin() as up:
        id_, state, inputs = up.read(id_, state)
        assert (ID, "active", granted, checked) == (id_, *of(state, "status addresses"), inputs)
        lower, failures = up.check(inputs, bag(count=2.0))
        assert ([], UNDECIDED) == (failures, up.diff(state, lower).changes)
        state = up.update(state, lower)
        assert ("relinquishing", granted[:1], 2.0) == of(state, "status relinquishing count")
        up.delete(state)
    assert ["add 3 dedicated IP addresses", "remove 1 dedicated IP address", "remove 2 dedicated IP addresses"] == [
        case.subject.partition("please ")[2].partition(" [")[0] for case in emulator.cases()
    ]


def test_four_leases_in_four_threads_share_what_is_the_same(emulator: RunningEmulator, plugin: Start) -> None:
    """Four Regions at once: a case each, and the account is asked for its id, codes and cases only once."""
    places = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2"]
    with plugin() as process, ThreadPoolExecutor(4) as threads:

        def create(region: str) -> dict[str, Any]:
            return created(process, region=region, holder=f"shop/prod/{region}")

        states = list(threads.map(create, places))

    assert places == [state["region"] for state in states]
    assert len(places) == len({state["case_id"] for state in states}) == len(emulator.cases())
    assert [1, 1, 4] == [len(emulator.calls(name)) for name in ("GetCallerIdentity", "DescribeServices", "CreateCase")]
    assert 1 == len([call for call in emulator.calls("DescribeCases") if "afterTime" not in call.parameters])


def test_what_is_wrong_is_said_in_a_sentence_that_names_it(shared: Plugin) -> None:
    """Pulumi would show the value of a property that is named apart, be it a secret: the sentences name them."""
    _, failures = shared.check({}, bag(count=2.5, use_case=form(opt_in=""), profile=f"AKIA{'IOSFODNN7EXAMPLE'}"))

    assert [
        ("", "`count` must be a whole number, not 2.5."),
        ("", "`profile` seems to contain an AWS key or a private key, which would be sent to AWS Support."),
        ("", "`use_case.opt_in` must not be empty."),
    ] == failures


def test_what_is_not_known_yet_passes_check_and_counts_as_a_change(emulator: RunningEmulator, plugin: Start) -> None:
    """In a preview an input may come from a resource that is still to be made; another Region replaces the lease."""
    with plugin() as process:
        state = created(process)
        checked, failures = process.check(bag(), bag(count=UNKNOWN, use_case=form(description=UNKNOWN)))
        unknown = process.diff(state, checked)
        moved = process.diff(state, process.check(bag(), bag(region="us-east-1"))[0])

    assert ([], 1) == (failures, len(emulator.cases()))
    assert UNKNOWN.__class__ is checked["count"].__class__ is checked["use_case"]["description"].__class__
    assert (CHANGED, []) == (unknown.changes, list(unknown.replaces))
    assert (CHANGED, ["region"], False) == (moved.changes, list(moved.replaces), moved.deleteBeforeReplace)


# The stack's configuration.


def test_the_stacks_configuration_is_respected(emulator: RunningEmulator, plugin: Start) -> None:
    """Guards and codes are set for a stack, as strings, lists in JSON."""
    config = {
        "aws__allowedAccountIds": f'["{ACCOUNT}"]',
        "dedicatedip__serviceCode": "general-info",
        "dedicatedip__categoryCode": "using-aws",
        "dedicatedip__severityCode": "normal",
    }
    with plugin(LeaseProvider, **config) as process:
        created(process)

    (case,) = emulator.cases()
    assert ("general-info", "using-aws", "customer-service", "normal") == (
        case.form.service_code,
        case.form.category_code,
        case.form.issue_type,
        case.form.severity_code,
    )


def test_a_configuration_that_cannot_be_understood_stops_every_call(emulator: RunningEmulator, plugin: Start) -> None:
    """A wrong value is said whatever is called, even where it would not matter."""
    with plugin(aws__allowedAccountIds="mine") as process:
        for call in (lambda: process.check({}, bag()), lambda: process.create(bag()), lambda: process.read(ID, {})):
            with pytest.raises(CallFailed) as error:
                call()
            assert "The configuration value aws:allowedAccountIds must be a JSON list." == message(error.value)[0]

    assert () == emulator.log


def test_a_secret_of_the_configuration_shows_up_nowhere(emulator: RunningEmulator, plugin: Start) -> None:
    """Not in the state, not in a case or record, not in what is said, not in an error."""
    said: list[str] = []
    with plugin(aws__accessKey=ACCOUNT, aws__secretKey=PLANTED, aws__token=PLANTED) as process:
        state = created(process)
        emulator.fault("access-denied", service="sesv2")
        with pytest.raises(CallFailed) as error:
            process.read(ID, state)
        said += [json.dumps(state), str(error.value), *process.said()]
    emulator.clear_faults()

    assert [] == [text for text in [*said, json.dumps(emulator.state()), repr(emulator.log)] if PLANTED in text]


# Errors.


def test_an_error_is_as_short_as_the_sdk_allows(emulator: RunningEmulator, plugin: Start) -> None:
    """The message stands last: what happened, then what to do; of ours there is one frame above it."""
    emulator.change(support_plan=False)
    with plugin() as process, pytest.raises(CallFailed) as error:
        created(process)

    lines = str(error.value).splitlines()
    assert (
        "DedicatedIpError: The account's AWS Support plan does not include the Support API, which "
        "support:DescribeCases needs."
    ) == lines[-2]
    assert lines[-1].startswith("Nothing was filed. ")
    assert ["in wrapper", "in Create", "in answer"] == [
        line.rpartition(", ")[2] for line in lines if line.startswith("  File ")
    ]


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("exit", "SystemExit: 3 (read, line"),
        ("interrupt", "KeyboardInterrupt: (read, line"),
        ("this", "LookupError: nobody thought of this (read, line"),
    ],
)
def test_every_call_is_answered(plugin: Start, key: str, what: str) -> None:
    """Whatever goes wrong in the provider, even what ends a process, the engine gets an answer of two lines."""
    with plugin(LeavingLease) as process:
        with pytest.raises(CallFailed) as error:
            process.get(key, {})
        answered = process.check({}, bag())

    first, second = message(error.value)
    assert first.startswith(f"Internal error of dedicated-ip-provider: {what}")
    assert first.endswith(" of odd_providers.py).")
    assert (
        "Run the same command again: it checks AWS before it files anything. If the error persists, please report it."
        == second
    )
    assert [] == answered[1]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
WIRE = st.recursive(
    st.none() | st.booleans() | st.floats() | TEXT | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
BAGS = st.dictionaries(st.sampled_from([*NAMES, *OUTPUT_NAMES]) | TEXT, WIRE, max_size=8)


@given(olds=BAGS, news=BAGS, id_=TEXT)
@settings(
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_the_plugin_answers_any_bag(shared: Plugin, olds: dict[str, Any], news: dict[str, Any], id_: str) -> None:
    """Each call ends before its deadline, in a result or in two lines of our own at the end of the error."""
    for call in (
        lambda: shared.check(olds, news),
        lambda: shared.diff(olds, news),
        lambda: shared.create(news),
        lambda: shared.read(id_, olds),
        lambda: shared.get(id_, news),
        lambda: shared.update(olds, news),
        lambda: shared.delete(olds),
    ):
        try:
            call()
            lines = ["", ""]
        except CallFailed as error:
            lines = message(error)
        assert (2, False) == (len(lines), "Internal error" in lines[0])


# What of the SDK we rely on. If one of these fails, the SDK has changed, and the reason for some code of ours is gone.


def test_sdk_hands_every_number_over_as_a_float(plugin: Start) -> None:
    """Whole numbers too, nested ones too; and null vanishes, but for a list."""
    with plugin(Echo, aws__region=REGION) as process:
        _, told = process.create({"count": 3, "deep": {"n": [1, None], "no": None}, "no": None, "yes": True})

    assert {"count": "float", "deep": {"n": ["float", "NoneType"]}, "yes": "bool", "configured": REGION} == told


def test_sdk_hands_over_what_is_not_known_as_an_object(plugin: Start) -> None:
    """In check and diff a value that is not known yet is an `Unknown`, at any depth."""
    with plugin(Echo) as process:
        checked, failures = process.check({}, {"a": UNKNOWN, "b": [UNKNOWN], "c": {"d": UNKNOWN}})
        told = process.diff({"a": 1}, {"a": UNKNOWN})

    assert ({"a": "Unknown", "b": ["Unknown"], "c": {"d": "Unknown"}}, [("", "the whole resource")]) == (
        checked,
        failures,
    )
    assert (CHANGED, ["a=float", "a=Unknown"]) == (told.changes, list(told.replaces))


def test_sdk_loses_what_diff_says_of_stable_outputs(plugin: Start) -> None:
    """`stables` is accepted and not sent, and no change is given in detail."""
    with plugin(Echo) as process:
        answer = process.diff({}, {})

    assert ([], False, {}) == (list(answer.stables), answer.hasDetailedDiff, dict(answer.detailedDiff))


def test_sdk_sends_old_outputs_and_drops_old_inputs(plugin: Start) -> None:
    """`olds` are the old outputs, so outputs have to echo the inputs."""
    with plugin(Echo) as process:
        request = provider_pb2.DiffRequest(
            olds=struct({"output": 1, "__provider": process.provider}),
            old_inputs=struct({"input": 1}),
            news=struct({"__provider": process.provider}),
        )
        answer = process.stub.Diff(request, timeout=DEADLINE)

    assert ["output=float"] == list(answer.replaces)


def test_sdk_forgets_the_outputs_of_an_update_that_gives_none(plugin: Start) -> None:
    """The default result of an update wipes the state: ours gives the whole state each time."""
    with plugin(Echo) as process:
        assert {} == process.update({"a": 1}, {"a": 2})


def test_sdk_never_answers_a_call_that_ends_the_process(plugin: Start) -> None:
    """`SystemExit` in a method leaves the call unanswered: that is why every method of ours catches it."""
    with plugin(Leaver) as process:
        request = provider_pb2.DeleteRequest(properties=struct({"__provider": process.provider}))
        with pytest.raises(grpc.RpcError) as error:
            process.stub.Delete(request, timeout=1)

    assert grpc.StatusCode.DEADLINE_EXCEEDED is error.value.code()


def test_sdk_stores_a_class_of_a_module_by_its_name() -> None:
    """Two strings, the module and the class: no code, nothing of the object."""
    assert b"odd_providers" in base64.b64decode(stored(Echo))
    assert b"Tells what it was given" not in base64.b64decode(stored(Echo))
