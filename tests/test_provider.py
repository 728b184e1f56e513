"""The provider in a real plugin process, called as the engine calls it; and what of the SDK it relies on."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from bags import UNKNOWN, bag, form
from odd_providers import Echo, Leaver, LeavingLease
from plugin import CallFailed, Plugin, running, stored, struct
from pulumi.runtime.proto import provider_pb2
from values import ACCOUNT, KEY, REGION

from dedicated_ip_provider.blocks import mark_of
from dedicated_ip_provider.emulator import RunningDesk, start
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
PLANTED = "planted-secret-that-must-not-show-up-anywhere"


@pytest.fixture
def desk() -> Iterator[RunningDesk]:
    """A fresh AWS account."""
    with start() as desk:
        yield desk


@pytest.fixture
def plugin(desk: RunningDesk, tmp_path: Path) -> Start:
    """Starts plugin processes that have that account as theirs."""

    @contextmanager
    def starting(provider: type[ResourceProvider] = LeaseProvider, **config: str) -> Iterator[Plugin]:
        with running(tmp_path, desk.environment, provider) as plugin:
            plugin.configure(**config)
            yield plugin

    return starting


def created(plugin: Plugin, **inputs: Any) -> dict[str, Any]:
    """Create a lease; give its state."""
    checked, failures = plugin.check({}, bag(**inputs))
    assert [] == failures
    return plugin.create(checked)[1]


# A lease's life.


def test_a_lease_lives_from_check_to_delete(desk: RunningDesk, plugin: Start) -> None:
    """Created, granted, refreshed, lowered, refreshed and deleted, each by a process that knows the state only."""
    with plugin() as up:
        checked, failures = up.check({}, bag())
        id_, state = up.create(checked)
        assert SAME == up.diff(state, checked).changes
    assert ([], KEY, "requested", 3.0, 3.0, []) == (
        failures,
        id_,
        *of(state, "status count requested_count addresses"),
    )
    assert (
        bag(attempt=1.0, contact_language="en", confirm_relinquish=False, form="ses", filing="support-api") == checked
    )

    granted = list(desk.grant(state["case_id"]))
    with plugin() as refresh:
        id_, state, inputs = refresh.read(id_, state)
    assert (KEY, "active", granted, 74.85) == (id_, *of(state, "status addresses monthly_cost_usd"))
    assert checked == inputs

    with plugin() as up:
        lower, failures = up.check(inputs, bag(count=2.0))
        assert ([], UNDECIDED) == (failures, up.diff(state, lower).changes)
        state = up.update(state, lower)
    assert ("relinquishing", granted[:1], 2.0) == of(state, "status relinquishing count")

    desk.remove(state["case_id"])
    with plugin() as refresh:
        id_, state, inputs = refresh.read(id_, state)
    assert (KEY, "active", granted[1:], lower) == (id_, *of(state, "status addresses"), inputs)

    with plugin() as destroy:
        destroy.delete(state)
    assert [
        "Amazon SES in eu-west-1: please add 3 dedicated IP addresses",
        "Amazon SES in eu-west-1: please remove 1 dedicated IP address",
        "Amazon SES in eu-west-1: please remove 2 dedicated IP addresses",
    ] == [case.subject.partition(" [")[0] for case in desk.cases()]


def test_what_is_done_is_told_in_a_line_that_names_the_lease(plugin: Start) -> None:
    """A line of the plugin's stands under the stack, so it says which lease it is about."""
    with plugin() as process:
        state = created(process)

    expected = (
        f"eu (eu-west-1): filed case {state['case_display_id']}, which asks for 3 dedicated IP addresses: "
        f"{state['case_url']}"
    )

    assert [expected] == process.said()


def test_four_leases_in_four_threads_share_what_is_the_same(desk: RunningDesk, plugin: Start) -> None:
    """Four Regions at once: a case each, and the account is asked for its id, codes and cases only once."""
    places = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2"]
    with plugin() as process, ThreadPoolExecutor(4) as threads:

        def create(region: str) -> dict[str, Any]:
            return created(process, region=region, lease_key=f"organization/shop/prod/mail/{region}")

        states = list(threads.map(create, places))

    assert places == [state["region"] for state in states]
    assert len(places) == len({state["case_id"] for state in states}) == len(desk.cases())
    assert [1, 1, 4] == [len(desk.calls(name)) for name in ("GetCallerIdentity", "DescribeServices", "CreateCase")]
    assert 1 == len([call for call in desk.calls("DescribeCases") if "afterTime" not in call.parameters])


def test_a_forced_replacement_gives_nothing_back(desk: RunningDesk, plugin: Start) -> None:
    """Pulumi creates first and then deletes: the new resource has taken the cases up, so the old one's end is no end."""
    with plugin() as up:
        old = created(up, count=2.0)
    granted = list(desk.grant(old["case_id"]))
    with plugin() as up:
        new = created(up, count=2.0)
        up.delete(old)

    assert ("active", granted) == of(new, "status addresses")
    assert (1, tuple(granted)) == (len(desk.cases()), desk.addresses(REGION))
    said = (
        "eu (eu-west-1): the new resource goes on with what the replaced one had; nothing is given back. To give back "
        "first and ask anew, set `delete_before_replace`."
    )
    assert [said] == up.said()


def test_a_replaced_resource_that_a_cut_off_run_left_is_no_end_either(desk: RunningDesk, plugin: Start) -> None:
    """The next run deletes what is left of the replacement, and sees in `diff` which resource lives on."""
    with plugin() as up:
        old = created(up, count=2.0)
    desk.grant(old["case_id"])
    with plugin() as cut_off:
        new = created(cut_off, count=2.0)
    with plugin() as up:
        checked, _ = up.check(bag(count=2.0), bag(count=2.0))
        up.diff(new, checked)
        up.delete(old)

    assert 1 == len(desk.cases())


# Filing by a person.


def console_lease(desk: RunningDesk, plugin: Start) -> dict[str, Any]:
    """Give the state of a lease of one address, filed by a person."""
    with plugin() as up:
        state = created(up, count=1.0, filing="console")
    desk.grant(desk.file_by_hand("Dedicated IP", state["form_text"]))
    with plugin() as refresh:
        _, state, _ = refresh.read(KEY, state)
    return state


def test_the_last_form_of_a_lease_is_handed_over(desk: RunningDesk, plugin: Start, tmp_path: Path) -> None:
    """With the end of a lease its state is gone: the form that gives back is printed, and kept in a file."""
    with plugin() as destroy:
        destroy.delete(console_lease(desk, plugin))

    (file,) = tmp_path.glob("dedicated-ip-DIP-*-2.txt")
    first, *form_lines = destroy.said()
    assert f"eu (eu-west-1): nothing was filed; a person files this (also in {file}):" == first
    assert form_lines == file.read_text().splitlines()
    assert f"Addresses to relinquish: {desk.addresses(REGION)[0]}" in form_lines
    assert 1 == len(desk.cases())


def test_a_form_that_cannot_be_kept_is_printed_all_the_same(desk: RunningDesk, plugin: Start, tmp_path: Path) -> None:
    """A folder that cannot be written to loses nothing but the file."""
    state = console_lease(desk, plugin)
    (tmp_path / f"dedicated-ip-{mark_of(KEY, 2)}.txt").mkdir()
    with plugin() as destroy:
        destroy.delete(state)

    first, *form_lines = destroy.said()
    assert first.startswith("eu (eu-west-1): nothing was filed; a person files this (not kept in a file: ")
    assert f"Addresses to relinquish: {desk.addresses(REGION)[0]}" in form_lines


# What is wrong.


def test_what_is_wrong_is_a_failure_of_its_property(desk: RunningDesk, plugin: Start) -> None:
    """Wrong inputs are reported by `check`, property by property, and AWS is asked nothing."""
    with plugin() as process:
        _, failures = process.check({}, bag(count=2.5, use_case=form(opt_in=""), colour="red"))

    # Pulumi would show a field of `use_case` as {<nil>}: the sentence alone names it.
    assert ["count", "colour", ""] == [name for name, _ in failures]
    assert "`count` must be a whole number, not 2.5." == failures[0][1]
    assert "`use_case.opt_in` is empty." == failures[2][1]
    assert () == desk.log


def test_inputs_that_do_not_fit_together_are_failures_too(plugin: Start) -> None:
    """What is right one by one is judged together as well."""
    with plugin() as process:
        _, failures = process.check({}, bag(count=0.0, adopt=["192.0.2.1"]))

    assert [("adopt", "`adopt` names 1 addresses, but `count` is 0: they count.")] == failures


def test_a_value_of_null_is_as_if_not_given(plugin: Start) -> None:
    """A program sends null for what it does not set; nothing of it gets further."""
    with plugin() as process:
        checked, failures = process.check({}, {**bag(), "profile": None, "adopt": None, "attempt": None})

    assert ([], 1.0) == (failures, checked["attempt"])
    assert not {"profile", "adopt"} & checked.keys()


def test_what_is_not_known_yet_passes_check_and_counts_as_a_change(plugin: Start) -> None:
    """In a preview an input may come from a resource that is still to be made."""
    with plugin() as process:
        state = created(process)
        checked, failures = process.check(bag(), bag(count=UNKNOWN, use_case=form(description=UNKNOWN)))
        answer = process.diff(state, checked)

    assert [] == failures
    assert UNKNOWN.__class__ is checked["count"].__class__ is checked["use_case"]["description"].__class__
    assert (CHANGED, []) == (answer.changes, list(answer.replaces))


def test_another_region_replaces_the_lease(plugin: Start) -> None:
    """A lease lives in one Region; the order of the replacement is the user's choice."""
    with plugin() as process:
        state = created(process)
        elsewhere, _ = process.check(
            bag(), bag(region="eu-central-1", lease_key="organization/shop/prod/eu/eu-central-1")
        )
        answer = process.diff(state, elsewhere)

    assert (CHANGED, ["region"], False) == (answer.changes, list(answer.replaces), answer.deleteBeforeReplace)
    assert "organization/shop/prod/eu/eu-central-1" == elsewhere["lease_key"]


def test_a_renamed_project_keeps_the_key_and_sees_no_change(plugin: Start) -> None:
    """AWS's cases carry the key that the lease was created with."""
    with plugin() as process:
        state = created(process)
    with plugin() as renamed:
        checked, failures = renamed.check(bag(), bag(lease_key=f"organization/renamed/prod/eu/{REGION}"))
        answer = renamed.diff(state, checked)

    assert (KEY, [], SAME) == (checked["lease_key"], failures, answer.changes)


def test_a_key_ends_with_the_region_that_the_lease_has(plugin: Start) -> None:
    """A transform may change the Region after the program made the key; cases and `get` go by the key's Region."""
    with plugin() as process:
        checked, failures = process.check({}, bag(region="us-east-1"))

    assert ([], "organization/shop/prod/eu/us-east-1") == (failures, checked["lease_key"])


def test_a_new_lease_cannot_get_the_key_of_a_renamed_one(plugin: Start) -> None:
    """Two leases with one key could not tell their cases apart."""
    with plugin() as process:
        process.check(bag(), bag(lease_key=f"organization/shop/prod/renamed/{REGION}"))
        _, failures = process.check({}, bag())

    sentence = (
        f"The key {KEY} belongs to a lease of this stack that was renamed since: the cases of both could not be told "
        "apart. Give the new resource another name."
    )
    assert [("lease_key", sentence)] == failures


def test_an_answer_that_is_due_is_a_change(desk: RunningDesk, plugin: Start) -> None:
    """AWS asks whether the addresses shall really go, and the user has said beforehand that they shall."""
    with plugin() as up:
        state = created(up, count=2.0, confirm_relinquish=True)
    desk.grant(state["case_id"])
    with plugin() as up:
        _, state, inputs = up.read(KEY, state)
        state = up.update(state, {**inputs, "count": 1.0})
    desk.confirm_question(state["case_id"])
    with plugin() as refresh:
        before = refresh.diff(state, {**inputs, "count": 1.0}).changes
        _, state, inputs = refresh.read(KEY, state)
        after = refresh.diff(state, inputs).changes
        without_yes = refresh.diff(
            {**state, "confirm_relinquish": False}, {**inputs, "confirm_relinquish": False}
        ).changes

    assert ("action_required", SAME, CHANGED, SAME) == (state["status"], before, after, without_yes)


# What a preview says.


def test_a_preview_says_once_what_creating_files_and_costs(desk: RunningDesk, plugin: Start) -> None:
    """The program tells that it is a preview in an input that ends in `check`; AWS is asked nothing."""
    with plugin() as process:
        checked, _ = process.check({}, bag(previewing=True))

    assert "previewing" not in checked
    foretold = (
        "eu (eu-west-1): will ask AWS for 3 dedicated IP addresses by a support case; USD 0.00 => 74.85 a month when "
        "AWS has done it (24.95 each as of 2026-07-22)"
    )
    assert [foretold] == process.said()
    assert () == desk.log


@pytest.mark.parametrize("previewing", [False, None, "yes", 1.0])
def test_an_update_does_not_say_it_again(plugin: Start, previewing: object) -> None:
    """Outside of a preview nothing is foretold: what is done is told when it is done."""
    with plugin() as process:
        checked, failures = process.check({}, bag(previewing=previewing))

    assert ([], []) == (failures, process.said())
    assert "previewing" not in checked


def test_a_preview_says_what_a_change_files_and_costs(plugin: Start) -> None:
    """The lines are about the difference between the state and the program."""
    with plugin() as process:
        state = created(process)
    with plugin() as preview:
        checked, _ = preview.check(bag(), bag(count=5.0, previewing=True))
        preview.diff(state, checked)

    foretold = (
        f"eu (eu-west-1): will change the open case {state['case_display_id']} to 5 in all, instead of 3; USD 0.00 => "
        "124.75 a month when AWS has done it (24.95 each as of 2026-07-22)"
    )
    assert [foretold] == preview.said()


def test_a_preview_of_another_region_says_what_is_given_back_and_what_is_asked(
    desk: RunningDesk, plugin: Start
) -> None:
    """A replacement has two sides: the new Region is told by `check`, the old one by `diff`."""
    with plugin() as up:
        state = created(up, count=2.0)
    granted = desk.grant(state["case_id"])
    with plugin() as refresh:
        _, state, inputs = refresh.read(KEY, state)
    moved = bag(count=2.0, region="eu-central-1", lease_key="organization/shop/prod/eu/eu-central-1", previewing=True)
    with plugin() as preview:
        checked, _ = preview.check(inputs, moved)
        preview.diff(state, checked)
        preview.check({}, moved)

    price = "a month when AWS has done it (24.95 each as of 2026-07-22)"
    assert [
        f"eu (eu-west-1): will give back {', '.join(granted)} by a support case, which is final; USD 49.90 => 0.00 {price}",
        f"eu (eu-central-1): will ask AWS for 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 {price}",
    ] == preview.said()


def test_a_preview_without_a_change_says_nothing(plugin: Start) -> None:
    """Nothing to do, nothing to say."""
    with plugin() as process:
        state = created(process)
    with plugin() as preview:
        checked, _ = preview.check(bag(), bag(previewing=True))
        preview.diff(state, checked)

    assert [] == preview.said()


def test_a_comparison_outside_of_a_preview_says_nothing(plugin: Start) -> None:
    """Refresh compares too, with the roles swapped, and an update has its own lines."""
    with plugin() as process:
        state = created(process)
    with plugin() as update:
        checked, _ = update.check(bag(), bag(count=5.0))
        update.diff(state, checked)

    assert [] == update.said()


# The stack's configuration.


def test_the_stacks_configuration_is_respected(desk: RunningDesk, plugin: Start) -> None:
    """Guards and codes are set for a stack, as texts, lists in JSON."""
    config = {
        "aws__allowedAccountIds": f'["{ACCOUNT}"]',
        "dedicatedip__serviceCode": "general-info",
        "dedicatedip__categoryCode": "using-aws",
        "dedicatedip__severityCode": "normal",
    }
    with plugin(LeaseProvider, **config) as process:
        created(process)

    (case,) = desk.cases()
    assert ("general-info", "using-aws", "customer-service", "normal") == (
        case.form.service_code,
        case.form.category_code,
        case.form.issue_type,
        case.form.severity_code,
    )


def test_an_account_that_the_stack_does_not_allow_gets_no_case(desk: RunningDesk, plugin: Start) -> None:
    """The guard of the account comes before anything is filed."""
    with plugin(aws__allowedAccountIds='["999999999999"]') as process, pytest.raises(CallFailed) as error:
        created(process)

    assert told(error.value) == [
        f"The credentials lead to account {ACCOUNT}, which aws:allowedAccountIds of this stack does not allow.",
        "Nothing was filed. Use other credentials, or change the stack's configuration.",
    ]
    assert () == desk.cases()


def test_a_configuration_that_cannot_be_understood_stops_every_call(desk: RunningDesk, plugin: Start) -> None:
    """A wrong value is told whatever is called, even where it would not matter."""
    with plugin(aws__allowedAccountIds="mine") as process:
        for call in (lambda: process.check({}, bag()), lambda: process.create(bag()), lambda: process.read(KEY, {})):
            with pytest.raises(CallFailed) as error:
                call()
            assert "The configuration value aws:allowedAccountIds must be a JSON list." == told(error.value)[0]

    assert () == desk.log


def test_a_secret_of_the_configuration_shows_up_nowhere(desk: RunningDesk, plugin: Start) -> None:
    """Not in the state, not in a case, not in what is told, not in an error."""
    said: list[str] = []
    with plugin(aws__accessKey=ACCOUNT, aws__secretKey=PLANTED, aws__token=PLANTED) as process:
        state = created(process)
        desk.fault("access-denied", service="sesv2")
        with pytest.raises(CallFailed) as error:
            process.read(KEY, state)
        said += [json.dumps(state), str(error.value), *process.said()]
    desk.clear_faults()

    assert [] == [text for text in [*said, json.dumps(desk.state()), repr(desk.log)] if PLANTED in text]


# Reading a lease of another stack.


def test_get_shows_what_aws_shows_and_files_nothing(desk: RunningDesk, plugin: Start) -> None:
    """Another stack reads the lease by its key; what else was declared there is not known here."""
    with plugin() as owner:
        state = created(owner, count=2.0)
    granted = list(desk.grant(state["case_id"]))
    with plugin() as reader:
        id_, shown = reader.get(KEY, {})

    assert (KEY, "active", granted, 2.0) == (id_, *of(shown, "status addresses count"))
    assert not {"use_case", "memory", "form", "filing"} & shown.keys()
    assert 1 == len(desk.cases())


def test_what_get_has_read_can_be_refreshed(desk: RunningDesk, plugin: Start) -> None:
    """A refresh of the reading stack brings in what is new, with the same way in."""
    with plugin() as process:
        state = created(process, count=2.0)
        _, shown = process.get(KEY, {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/reader"})
    granted = list(desk.grant(state["case_id"]))
    with plugin() as refresh:
        id_, shown, _ = refresh.read(KEY, shown)

    assert (KEY, "active", granted) == (id_, *of(shown, "status addresses"))
    assert f"arn:aws:iam::{ACCOUNT}:role/reader" == shown["role_arn"]


@pytest.mark.parametrize(
    ("key", "inputs", "what"),
    [
        (
            "organization/shop/prod/no/eu-west-1",
            {},
            f"Account {ACCOUNT} has no support case of a lease organization/shop/prod/no/eu-west-1.",
        ),
        ("eu", {}, "'eu' is the key of no lease: it does not end with an AWS Region that has Amazon SES."),
        (
            "a/b/c/d/ap-east-1",
            {},
            "'a/b/c/d/ap-east-1' is the key of no lease: it does not end with an AWS Region that has Amazon SES.",
        ),
        (KEY, {"profile": 5.0}, "`profile` must be a text, not a number."),
    ],
)
def test_get_says_what_it_cannot_read(plugin: Start, key: str, inputs: dict[str, Any], what: str) -> None:
    """A wrong key or way in is told in a sentence."""
    with plugin() as process, pytest.raises(CallFailed) as error:
        process.get(key, inputs)

    assert what == told(error.value)[0]


# Errors.


def test_an_error_is_as_short_as_the_sdk_allows(desk: RunningDesk, plugin: Start) -> None:
    """The message stands last: what happened, then what to do; of ours there is one frame above it."""
    desk.change(support_plan=False)
    with plugin() as process, pytest.raises(CallFailed) as error:
        created(process)

    lines = str(error.value).splitlines()
    assert "DedicatedIpError: The account has no paid AWS Support plan, which support:DescribeCases needs." == lines[-2]
    assert lines[-1].startswith("Nothing was filed. Without a plan, ")
    assert ["in wrapper", "in Create", "in answer"] == [
        line.rpartition(", ")[2] for line in lines if line.startswith("  File ")
    ]


def test_a_foreign_state_is_refused_by_name(desk: RunningDesk, plugin: Start) -> None:
    """A state that is not ours files nothing, whatever is asked of it."""
    with plugin() as process:
        for call in (
            lambda: process.read(KEY, {**bag(), "memory": {}}),
            lambda: process.update({**bag(), "memory": {}}, bag()),
            lambda: process.delete({**bag(), "memory": {}}),
        ):
            with pytest.raises(CallFailed) as error:
                call()
            assert "The state of eu (eu-west-1) cannot be read: `account_id` is missing." == told(error.value)[0]

    assert () == desk.cases()


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

    first, second = told(error.value)
    assert first.startswith(f"dedicated-ip-provider met what it does not know: {what}")
    assert first.endswith(" of odd_providers.py).")
    assert (
        "Run the same command again: it looks at AWS before it files anything. If it stays, please report it." == second
    )
    assert [] == answered[1]


# What of the SDK we rely on. If one of these fails, the SDK has changed, and the reason for some code of ours is gone.


def test_sdk_hands_every_number_over_as_a_float(plugin: Start) -> None:
    """Whole numbers too, nested ones too; and null vanishes, but for a list."""
    with plugin(Echo, aws__region=REGION) as process:
        _, told = process.create({"count": 3, "deep": {"n": [1, None], "no": None}, "no": None, "yes": True})

    assert {
        "count": "float",
        "deep": {"n": ["float", "NoneType"]},
        "yes": "bool",
        "configured": REGION,
    } == told


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
        answer = process.stub.Diff(request, timeout=60)

    assert ["output=float"] == list(answer.replaces)


def test_sdk_takes_gone_only_with_empty_outputs(plugin: Start) -> None:
    """`ReadResult()` crashes the call; a resource that is gone is `ReadResult(None, {})`."""
    with plugin(Echo) as process:
        with pytest.raises(CallFailed, match="TypeError: 'NoneType' object does not support item assignment"):
            process.read("careless", {"a": 1})
        gone = process.read("gone", {"a": 1})

    assert ("", {}, {}) == gone


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


def of(state: dict[str, Any], names: str) -> tuple[Any, ...]:
    """Take some values out of a state."""
    return tuple(state[name] for name in names.split())


def told(error: CallFailed) -> list[str]:
    """Give the lines of an error from the message on, as a reader sees them below the frames."""
    _, _, message = str(error).partition("DedicatedIpError: ")
    return message.splitlines()
