"""What the engine asks of the native plugin, and what it is told under the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.plugin_pb2 import PluginAttach
from support.bags import FORM as DYNAMIC_FORM
from support.filed import asked
from support.native import CONTEXT, FORM, URN, CallFailed, NativeStack, plain, struct
from support.stacks import Stack, marked
from support.tables import table

from dedicated_ip_provider.executor import LOOK_AGAIN_AFTER
from dedicated_ip_provider.plugin.schema import GET_ADDRESSES, GET_LEASE, VERSION, schema_json
from dedicated_ip_provider.plugin.server import Plugin, waits_within
from dedicated_ip_provider.plugin.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import Emulator

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
PRICE = "a month when AWS has done it (24.95 each, AWS's price in us-east-1 of 2026-07-22)"
URL = "https://console.aws.amazon.com/support/home#/case/?displayId={}&language=en"


@pytest.fixture
def granted(stack: NativeStack) -> NativeStack:
    """A stack whose lease has the two addresses that it wants."""
    stack.up(count=2, useCase=FORM)
    stack.emulator.grant(marked(stack.emulator)[-1].id)
    stack.refresh()
    return stack


def unknown(outputs: dict[str, Any]) -> set[str]:
    """Return the names of the outputs that a preview does not know."""
    return {name for name, value in outputs.items() if value == UNKNOWN}


# The life of a lease.


def test_a_preview_of_a_new_lease_says_what_will_be_filed(stack: NativeStack) -> None:
    """Its inputs are known, its path too, and nothing else."""
    outputs = stack.preview(count=2, useCase=FORM)

    assert [
        f"eu (eu-west-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 {PRICE}"
    ] == stack.said
    assert ("shop/prod/eu", 2.0, 1.0) == (outputs["holder"], outputs["count"], outputs["attempt"])
    assert {"status", "addresses", "accountId", "recordVersion", "poolAddresses"} < unknown(outputs)
    assert () == stack.emulator.cases()


def test_a_new_lease_files_a_case_and_is_looked_at_before_the_next_command(stack: NativeStack) -> None:
    """Creating returns at once; what the engine does next begins with a look, while the case is open."""
    stack.up(count=2, useCase=FORM)

    assert [
        f"eu (eu-west-1): filed case 1700000001, which requests 2 dedicated IP addresses: {URL.format(1700000001)}"
    ] == stack.said
    assert ("111122223333/eu-west-1", "requested", True) == (stack.id, stack.outputs["status"], stack.looks_before)
    assert "shop/prod/eu" == stack.outputs["holder"]


def test_a_refresh_brings_in_what_was_granted(granted: NativeStack) -> None:
    """The inputs stay as they were written; nothing is open, so nothing is looked at by itself any more."""
    assert ("active", [A, B], False) == (granted.outputs["status"], granted.outputs["addresses"], granted.looks_before)
    assert {"region": "eu-west-1", "count": 2.0, "useCase": FORM} == granted.inputs
    assert [] == granted.changes(count=2, useCase=FORM)


def test_a_lost_address_lowers_the_count_of_the_inputs(granted: NativeStack) -> None:
    """So that the next preview shows what is missing."""
    granted.emulator.take_away("eu-west-1", A)
    granted.refresh()

    assert ({"region": "eu-west-1", "count": 1.0, "useCase": FORM}, ["count"]) == (
        granted.inputs,
        granted.changes(count=2, useCase=FORM),
    )


def test_looking_by_itself_can_be_turned_off(stack: NativeStack) -> None:
    """For previews without credentials."""
    stack.config["refreshBeforeUpdate"] = "false"
    stack.up(count=2, useCase=FORM)

    assert ("requested", False) == (stack.outputs["status"], stack.looks_before)


def test_what_turns_looking_off_must_be_true_or_false(stack: NativeStack) -> None:
    """Anything else would be taken for a yes."""
    stack.config["refreshBeforeUpdate"] = "off"

    with pytest.raises(CallFailed, match="dedicatedip:refreshBeforeUpdate must be true or false"):
        stack.up(count=2, useCase=FORM)


NEVER_STAYS = {
    "status", "message", "requestedCount", "shortfall", "caseId", "caseDisplayId", "caseUrl", "caseStatus", "formText",
    "recordVersion",
}  # fmt: skip
HELD = {"addresses", "warming", "relinquishing", "leasedCount", "monthlyCostUsd"}


@table(
    "reason, change, expected",
    [
        ("more addresses: no pool loses any", {"count": 3}, NEVER_STAYS),
        ("fewer: they leave their pools", {"count": 1}, NEVER_STAYS | HELD | {"poolAddresses"}),
        ("other pools: what is held stays", {"pools": {"orders": 1}}, NEVER_STAYS | {"poolAddresses"}),
        ("an address is taken in", {"count": 3, "adopt": [C]}, NEVER_STAYS | HELD | {"poolAddresses"}),
        ("the count is not known yet", {"count": UNKNOWN}, NEVER_STAYS | HELD | {"poolAddresses", "count"}),
    ],
)  # fmt: skip
def test_a_preview_knows_what_stays(granted: NativeStack, reason: str, change: Any, expected: set[str]) -> None:
    """What depends on an output that does not change is not shown as changed."""
    outputs = granted.preview(**{"count": 2, "useCase": FORM, **change})

    assert (reason, expected) == (reason, unknown(outputs))


def test_a_preview_says_what_a_change_files(granted: NativeStack) -> None:
    """And warns, beside."""
    granted.preview(count=1, useCase=FORM, contactLanguage="de")

    warning, filed = granted.said[:2]
    assert warning.endswith("; `contactLanguage` is 'de'. AWS decides.")
    assert f"eu (eu-west-1): will relinquish {A} by a support case, which is final; USD 49.90 => 24.95 {PRICE}" == filed


@pytest.mark.parametrize("price", ["30", '{"eu-west-1": 30}'])
def test_amounts_are_made_of_the_configured_price(granted: NativeStack, price: str) -> None:
    """A preview shows what the update stores, also where the price is another one by now."""
    granted.config["monthlyPriceUsd"] = price

    shown = granted.preview(count=3, useCase=FORM)
    said = granted.said
    granted.up(count=3, useCase=FORM)

    assert said[0].endswith("a month when AWS has done it (30 each, as dedicatedip:monthlyPriceUsd says)")
    assert 60.0 == shown["monthlyCostUsd"] == granted.outputs["monthlyCostUsd"]


def test_a_lower_count_relinquishes(granted: NativeStack) -> None:
    """One address, by one case."""
    granted.up(count=1, useCase=FORM)

    assert ("relinquishing", [A], [B]) == tuple(
        granted.outputs[name] for name in ("status", "relinquishing", "addresses")
    )
    assert 2 == len(granted.emulator.cases())


@table(
    "reason, change, kinds, replaces",
    [
        ("another count", {"count": 3}, {"count": "UPDATE"}, []),
        ("one input more", {"maxSendRate": 5}, {"maxSendRate": "ADD"}, []),
        ("one input fewer", {"useCase": None}, {"useCase": "DELETE"}, []),
        ("another Region", {"region": "us-east-1"}, {"region": "UPDATE_REPLACE"}, ["region"]),
        ("a default that is spelt out", {"attempt": 1}, {}, []),
    ],
)
def test_a_difference_names_each_input(
    granted: NativeStack, reason: str, change: Any, kinds: dict[str, str], replaces: list[str]
) -> None:
    """With what happened to it."""
    plugin = granted.plugin()
    news = {name: value for name, value in {"count": 2, "useCase": FORM, **change}.items() if value is not None}
    found = granted.diff(plugin, granted.check(plugin, **news))
    names = provider_pb2.PropertyDiff.Kind

    assert (reason, kinds) == (reason, {name: names.Name(one.kind) for name, one in found.detailedDiff.items()})
    assert (replaces, bool(kinds)) == (list(found.replaces), found.hasDetailedDiff)


def test_a_preview_of_another_region_says_what_goes(granted: NativeStack) -> None:
    """The new lease first, then what the old one relinquishes and no longer costs."""
    granted.preview(count=2, useCase=FORM, region="us-east-1")

    assert [
        f"eu (us-east-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 {PRICE}",
        f"eu (eu-west-1): will relinquish {A}, {B} by a support case, which is final; USD 49.90 => 0.00 {PRICE}",
        f"eu (eu-west-1): tell partners that have {A}, {B} on their allow-lists",
    ] == granted.said


def test_a_destroy_relinquishes_all(granted: NativeStack) -> None:
    """And says so under the resource."""
    granted.destroy()

    assert [
        f"eu (eu-west-1): filed case 1700000002, which relinquishes {A}, {B}: {URL.format(1700000002)}"
    ] == granted.said


def test_what_the_people_did_not_answer_is_due(granted: NativeStack) -> None:
    """A case that was not filed is filed by an update without a changed input."""
    granted.emulator.fault("reset", operation="CreateCase", when="before")
    granted.up(count=3, useCase=FORM)
    granted.emulator.advance(660)
    granted.refresh()

    assert ["status"] == granted.changes(count=3, useCase=FORM)


# Checks.


@table(
    "reason, news, expected",
    [
        ("a wrong value", {"count": -1}, "`count` must be from 0 to 10,000, not -1."),
        ("names are the schema's", {"count": 1, "relinquishFirst": ["x"]}, "`relinquishFirst` must contain IPv4 addresses only, not 'x'."),
        ("so are those of a use case", {"count": 1, "useCase": {**FORM, "websiteUrl": "x"}}, "`useCase.websiteUrl` must be a web address that begins with https:// or http://."),
        ("a use case is missing", {"count": 1}, "`useCase` is missing: AWS asks what you send before it leases addresses."),
    ],
)  # fmt: skip
def test_wrong_inputs_fail_before_anything_is_sent(stack: NativeStack, reason: str, news: Any, expected: str) -> None:
    """One clean line each, without the value."""
    with pytest.raises(CallFailed) as refused:
        stack.preview(**news)

    assert (reason, expected) == (reason, str(refused.value))


def test_a_region_that_nobody_names_is_the_providers(stack: NativeStack) -> None:
    """It stays as it was at create, as it stands in the inputs."""
    stack.up(count=2, useCase=FORM)
    stack.config = {}

    assert "eu-west-1" == (stack.inputs or {})["region"]
    assert [] == stack.changes(count=2, useCase=FORM)


def test_two_leases_of_a_region_are_refused_even_with_one_name(stack: NativeStack) -> None:
    """Under different parents two resources may have one name; their URNs differ."""
    plugin = stack.plugin()
    stack.check(plugin, count=2, useCase=FORM)
    stack.urn = URN.replace("dedicatedip:index", "my:index:Mail$dedicatedip:index")

    with pytest.raises(CallFailed, match="`region` eu-west-1 already has a lease in this program: shop/prod/eu"):
        stack.check(plugin, count=2, useCase=FORM)


def test_what_is_not_known_is_not_judged(stack: NativeStack) -> None:
    """A count that another resource gives: the preview has no line, and files nothing."""
    outputs = stack.preview(count=UNKNOWN, useCase=FORM)

    assert ([], UNKNOWN, UNKNOWN) == (stack.said, outputs["count"], outputs["status"])


# Errors.


def test_an_error_is_the_sentence_alone(granted: NativeStack) -> None:
    """In the schema's words, with what to do; no traceback."""
    other = NativeStack(granted.emulator)
    with pytest.raises(CallFailed) as refused:
        other.up(count=2, useCase=FORM)

    assert "takeOverFrom=" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_what_nobody_expected_is_an_error_too(stack: NativeStack) -> None:
    """The engine would wait for ever for a call that ends in SystemExit."""
    plugin = stack.plugin()

    def leave(*_: object) -> None:
        raise SystemExit(3)

    plugin._operations.list_addresses = leave  # type: ignore[method-assign, assignment]
    with pytest.raises(CallFailed, match=r"^Internal error of dedicated-ip-provider: SystemExit: 3 \(leave, line "):
        plugin.Invoke(provider_pb2.InvokeRequest(tok=GET_ADDRESSES), CONTEXT)


@pytest.mark.parametrize("where", ["127.0.0.1:9", ""], ids=["nobody answers there", "nobody ever was there"])
def test_an_engine_that_is_gone_ends_nothing(stack: NativeStack, where: str) -> None:
    """What is under way goes on to its end, whoever still reads."""
    plugin = stack.plugin()
    inputs = stack.check(plugin, count=2, useCase=FORM)
    plugin._engine = None
    if where:
        plugin.Attach(PluginAttach(address=where), CONTEXT)

    created = plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=struct(inputs)), CONTEXT)

    assert "requested" == plain(created.properties)["status"]


@pytest.mark.parametrize("stop", ["the engine was killed", "a person pressed Ctrl-C"])
def test_nothing_is_filed_when_nobody_waits(stack: NativeStack, stop: str) -> None:
    """What was under way has ended by then; nothing new is begun."""
    plugin = stack.plugin()
    inputs = stack.check(plugin, count=2, useCase=FORM)
    if "killed" in stop:
        plugin._is_engine_there = lambda: False
    else:
        plugin.Cancel(Empty(), CONTEXT)

    with pytest.raises(CallFailed, match="Pulumi ended in the middle of this"):
        plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=struct(inputs)), CONTEXT)
    assert () == stack.emulator.cases()


# Time-outs.


@table(
    "reason, timeout, expected",
    [
        ("none: as long as seems right", 0.0, LOOK_AGAIN_AFTER),
        ("a short one bounds it", 2.0, [0.5, 1.0, 0.5]),
        ("a long one is used", 12.0, [0.5, 1.0, 2.0, 4.0, 4.0, 0.5]),
    ],
)
def test_a_time_out_bounds_how_long_a_lost_answer_is_looked_for(reason: str, timeout: float, expected: Any) -> None:
    """`customTimeouts`, in seconds."""
    assert (reason, [*expected]) == (reason, [*waits_within(timeout)])


def test_a_lost_answer_is_looked_for_until_the_time_out(stack: NativeStack) -> None:
    """A case that AWS lists late is found by a lease that may take its time."""
    stack.emulator.change(listing_delay=40.0)
    stack.emulator.fault("reset", operation="CreateCase", when="after")

    stack.up(timeout=60.0, count=2, useCase=FORM)

    assert "requested" == stack.outputs["status"]


# Importing.


@pytest.fixture
def imported(stack: NativeStack) -> NativeStack:
    """A lease that took in the two addresses which an account had in its Region."""
    stack.emulator.import_addresses("eu-west-1", A, B)
    assert stack.bring_in("eu-west-1")
    return stack


def test_what_a_region_has_is_imported_with_nothing_filed(imported: NativeStack) -> None:
    """What the program has to say is the Region and the count."""
    assert ({"region": "eu-west-1", "count": 2.0}, "111122223333/eu-west-1") == (imported.inputs, imported.id)
    assert ([A, B], "active", 0) == (
        imported.outputs["addresses"],
        imported.outputs["status"],
        len(imported.emulator.cases()),
    )
    assert [] == imported.changes(region="eu-west-1", count=2)


def test_a_refresh_of_an_imported_lease_shows_no_change(imported: NativeStack) -> None:
    """Nobody has claimed the lease at AWS by then."""
    before = (imported.inputs, imported.outputs)

    imported.refresh()

    assert before == (imported.inputs, imported.outputs)


def test_a_lower_count_of_an_imported_lease_relinquishes_the_right_address(imported: NativeStack) -> None:
    """With one case."""
    imported.up(region="eu-west-1", count=1)

    assert [("eu-west-1", [A])] == asked(imported.emulator)
    assert ([B], [A]) == (imported.outputs["addresses"], imported.outputs["relinquishing"])


def test_a_region_with_nothing_in_it_has_nothing_to_import(stack: NativeStack) -> None:
    """Pulumi says that the resource does not exist."""
    assert not stack.bring_in("eu-west-1")


def test_a_live_lease_is_not_imported(granted: NativeStack) -> None:
    """Taking it over is create's business, with consent."""
    with pytest.raises(CallFailed, match="takeOverFrom"):
        NativeStack(granted.emulator).bring_in("111122223333/eu-west-1")


# Moving over from the dynamic provider.


@pytest.fixture
def moved(emulator: Emulator, stack: NativeStack) -> NativeStack:
    """A lease that a dynamic provider made, as the engine hands it to the native one by its alias."""
    dynamic = Stack(emulator)
    dynamic.up(eu={"count": 2.0, "use_case": DYNAMIC_FORM})
    emulator.grant(marked(emulator)[-1].id)
    dynamic.refresh()
    stored = dynamic.stored["eu"]
    stack.inputs, stack.outputs, stack.id = stored.inputs, stored.outputs, stored.id
    return stack


def test_a_stack_moves_over_with_nothing_filed(moved: NativeStack) -> None:
    """The first update writes the new names; nothing is asked of AWS's people."""
    assert ["status"] == moved.changes(count=2, useCase=FORM)

    moved.up(count=2, useCase=FORM)

    assert ("active", [A, B], 1) == (moved.outputs["status"], moved.outputs["addresses"], len(moved.emulator.cases()))
    assert [] == [name for name in moved.outputs if "_" in name.removeprefix("__")]
    assert [] == moved.changes(count=2, useCase=FORM)


def test_a_refresh_moves_over_as_well(moved: NativeStack) -> None:
    """What only the dynamic provider stored is dropped from the inputs."""
    moved.refresh()

    assert [] == moved.changes(count=2, useCase=FORM)
    assert {"holder", "__provider"}.isdisjoint(moved.inputs or {})


# Configuration.


def test_a_wrong_configuration_fails_before_anything_else() -> None:
    """With the option's own name here; what is not known yet is not looked at."""
    wrong = provider_pb2.CheckRequest(news=struct({"allowedAccountIds": "12", "region": UNKNOWN}))
    right = provider_pb2.CheckRequest(news=struct({"region": UNKNOWN, "version": "0.1.0"}))

    (failure,) = Plugin(None).CheckConfig(wrong, CONTEXT).failures
    assert failure.reason.startswith("The configuration value dedicatedip:allowedAccountIds must be a")
    assert struct({"region": UNKNOWN, "version": "0.1.0"}) == Plugin(None).CheckConfig(right, CONTEXT).inputs


def test_a_misspelt_option_is_refused() -> None:
    """A misspelt guard would guard nothing."""
    misspelt = provider_pb2.CheckRequest(news=struct({"alowedAccountIds": '["111122223333"]'}))

    (failure,) = Plugin(None).CheckConfig(misspelt, CONTEXT).failures

    assert (
        "The configuration has dedicatedip:alowedAccountIds, which is not an option of a lease; did you mean "
        "`dedicatedip:allowedAccountIds`?\n"
        "Nothing was filed. Correct the name, or remove it with `pulumi config rm dedicatedip:alowedAccountIds`."
    ) == failure.reason


@pytest.mark.parametrize(("news", "expected"), [({"region": "a"}, "DIFF_NONE"), ({"region": "b"}, "DIFF_SOME")])
def test_another_configuration_replaces_no_lease(news: dict[str, str], expected: str) -> None:
    """The engine configures the provider anew."""
    request = provider_pb2.DiffRequest(old_inputs=struct({"region": "a"}), news=struct(news))
    found = Plugin(None).DiffConfig(request, CONTEXT)

    assert (expected, []) == (provider_pb2.DiffResponse.DiffChanges.Name(found.changes), list(found.replaces))


# Functions.


def test_addresses_are_listed(granted: NativeStack) -> None:
    """Of the provider's Region, or of the one that is named."""
    ip = {"pool": "ses-default-dedicated-pool", "warmupPercentage": 1.0, "managed": False}

    assert {"dedicatedIps": [{"ip": A, **ip}, {"ip": B, **ip}]} == granted.invoke(GET_ADDRESSES)
    assert {"dedicatedIps": []} == granted.invoke(GET_ADDRESSES, region="us-east-1")


def test_a_managed_address_is_listed_as_such(stack: NativeStack) -> None:
    """SES adds and removes it itself."""
    stack.emulator.add_managed("eu-west-1")

    (found,) = stack.invoke(GET_ADDRESSES)["dedicatedIps"]
    assert (-1.0, True) == (found["warmupPercentage"], found["managed"])


def test_the_lease_of_a_region_is_found_by_whoever_has_credentials(granted: NativeStack) -> None:
    """With what its stack would show."""
    found = NativeStack(granted.emulator).invoke(GET_LEASE, region="eu-west-1")

    assert ("shop/prod/eu", [A, B], "active") == (found["holder"], found["addresses"], found["status"])


@table(
    "reason, call, expected",
    [
        ("no lease", lambda stack: stack.invoke(GET_LEASE), "Account 111122223333 has no lease in eu-west-1.\nCheck the id, `<account>/<region>`, and the credentials."),
        ("no Region", lambda stack: stack.invoke(GET_LEASE, region="here"), "`region` must be the code of an AWS Region, not 'here'.\nGive the function one, or the provider."),
        ("no function", lambda stack: stack.invoke("dedicatedip:index:getMail"), f"The package has no function dedicatedip:index:getMail.\nIt has {GET_LEASE}, {GET_ADDRESSES}."),
    ],
)  # fmt: skip
def test_a_function_says_what_it_needs(
    stack: NativeStack, reason: str, call: Callable[[NativeStack], object], expected: str
) -> None:
    """As any error does."""
    with pytest.raises(CallFailed) as refused:
        call(stack)

    assert (reason, expected) == (reason, str(refused.value))


def test_a_lease_that_was_looked_up_is_looked_up_again(granted: NativeStack) -> None:
    """`DedicatedIpLease.get` in a stack that does not hold it; the engine stores no inputs of it."""
    other = NativeStack(granted.emulator)
    plugin = other.plugin()
    looked_up = provider_pb2.ReadRequest(id=granted.id, urn=URN, properties=struct({}), inputs=struct({}))

    first = plugin.Read(looked_up, CONTEXT)
    looked_up.properties.CopyFrom(first.properties)
    second = plugin.Read(looked_up, CONTEXT)

    assert ([A, B], {}) == (plain(first.properties)["addresses"], plain(first.inputs))
    assert first == second


# The package.


def test_the_engine_is_told_version_and_schema() -> None:
    """Secrets are not accepted: the engine marks them again in what is answered."""
    plugin = Plugin(None)

    assert VERSION == plugin.GetPluginInfo(Empty(), CONTEXT).version
    assert schema_json() == plugin.GetSchema(provider_pb2.GetSchemaRequest(), CONTEXT).schema
    assert not plugin.Handshake(provider_pb2.ProviderHandshakeRequest(), CONTEXT).accept_secrets
