"""What the engine asks of the native plugin, and what it is told under the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.plugin_pb2 import PluginAttach
from support.bags import FORM as DYNAMIC_FORM
from support.filed import asked
from support.plugin import CallFailed, struct
from support.stacks import Stack
from support.tables import table

from dedicated_ip_provider.executor import LOOK_AGAIN_AFTER
from dedicated_ip_provider.plugin.schema import GET_ADDRESSES, GET_LEASE, VERSION, schema_json
from dedicated_ip_provider.plugin.server import Plugin, waits_within
from dedicated_ip_provider.plugin.wire import UNKNOWN
from plugin.native import CONTEXT, FORM, URN, NativeStack, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import Emulator

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
PRICE = "a month once AWS has done this (24.95 each, AWS's price in us-east-1 of 2026-07-22)"
URL = "https://console.aws.amazon.com/support/home#/case/?displayId={}&language=en"


@pytest.fixture
def granted(stack: NativeStack) -> NativeStack:
    """A stack whose lease has the two addresses that it wants."""
    stack.up(count=2, useCase=FORM)
    stack.emulator.grant("1700000001")
    stack.refresh()
    return stack


def unknown(outputs: dict[str, Any]) -> set[str]:
    """Return the names of the outputs that a preview does not know."""
    return {name for name, value in outputs.items() if value == UNKNOWN}


def test_a_new_lease_is_previewed_filed_and_refreshed(stack: NativeStack) -> None:
    """What the engine does next begins with a look, while a case is open; the inputs stay as they were written."""
    outputs = stack.preview(count=2, useCase=FORM)

    assert [
        f"eu (eu-west-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 {PRICE}"
    ] == stack.said
    assert ("shop/prod/eu", 2.0, 1.0) == (outputs["holder"], outputs["count"], outputs["attempt"])
    assert {"status", "addresses", "accountId", "recordVersion", "poolAddresses"} < unknown(outputs)
    outputs = stack.preview(count=UNKNOWN, useCase=FORM)
    assert ([], UNKNOWN, UNKNOWN) == (stack.said, outputs["count"], outputs["status"])
    assert () == stack.emulator.cases()

    stack.up(count=2, useCase=FORM)
    assert [
        f"eu (eu-west-1): filed case 1700000001, which requests 2 dedicated IP addresses: {URL.format(1700000001)}"
    ] == stack.said
    assert ("111122223333/eu-west-1", "requested", True) == (stack.id, stack.outputs["status"], stack.looks_before)
    assert "shop/prod/eu" == stack.outputs["holder"]

    stack.emulator.grant("1700000001")
    stack.refresh()
    assert ("active", [A, B], False) == (stack.outputs["status"], stack.outputs["addresses"], stack.looks_before)
    assert {"region": "eu-west-1", "count": 2.0, "useCase": FORM} == stack.inputs
    assert [] == stack.changes(count=2, useCase=FORM)

    # A Region that nobody names any more stays as it was at create, as it stands in the inputs.
    stack.config = {}
    assert [] == stack.changes(count=2, useCase=FORM)

    # A lost address lowers the count of the inputs, so that the next preview shows what is missing.
    stack.emulator.take_away("eu-west-1", A)
    stack.refresh()
    assert {"region": "eu-west-1", "count": 1.0, "useCase": FORM} == stack.inputs
    assert ["count"] == stack.changes(count=2, useCase=FORM)


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


@pytest.mark.parametrize("price", ["30", '{"eu-west-1": 30}'])
def test_amounts_are_made_of_the_configured_price(granted: NativeStack, price: str) -> None:
    """A preview shows what the update stores, also where the price is another one by now."""
    granted.config["monthlyPriceUsd"] = price

    shown = granted.preview(count=3, useCase=FORM)
    said = granted.said
    granted.up(count=3, useCase=FORM)

    assert said[0].endswith("a month once AWS has done this (30 each, as dedicatedip:monthlyPriceUsd says)")
    assert 60.0 == shown["monthlyCostUsd"] == granted.outputs["monthlyCostUsd"]


def test_a_lower_count_and_a_destroy_relinquish(granted: NativeStack) -> None:
    """As the preview says, which warns beside."""
    granted.preview(count=1, useCase=FORM, contactLanguage="de")
    warning, filed = granted.said[:2]
    assert warning.endswith("; `contactLanguage` is 'de'. AWS decides.")
    assert f"eu (eu-west-1): will relinquish {A} by a support case, which is final; USD 49.90 => 24.95 {PRICE}" == filed

    granted.up(count=1, useCase=FORM)
    assert ("relinquishing", [A], [B]) == tuple(
        granted.outputs[name] for name in ("status", "relinquishing", "addresses")
    )
    granted.destroy()
    assert [f"eu (eu-west-1): filed case 1700000003, which relinquishes {B}: {URL.format(1700000003)}"] == granted.said
    assert [("eu-west-1", 2), ("eu-west-1", [A]), ("eu-west-1", [B])] == asked(granted.emulator)


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


def test_a_renamed_resource_shows_its_holder_as_an_output(granted: NativeStack) -> None:
    """The path follows from its URN: the schema has it as an output only."""
    granted.urn = URN.replace("::eu", "::europe")
    plugin = granted.plugin()
    found = granted.diff(plugin, granted.check(plugin, count=2, useCase=FORM)).detailedDiff

    assert {"holder": ("UPDATE", False)} == {
        name: (provider_pb2.PropertyDiff.Kind.Name(one.kind), one.inputDiff) for name, one in found.items()
    }


def test_a_preview_of_another_region_says_what_goes(granted: NativeStack) -> None:
    """The new lease first, then what the old one relinquishes and no longer costs."""
    granted.preview(count=2, useCase=FORM, region="us-east-1")

    assert [
        f"eu (us-east-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 {PRICE}",
        f"eu (eu-west-1): will relinquish {A}, {B} by a support case, which is final; USD 49.90 => 0.00 {PRICE}",
        f"eu (eu-west-1): tell the partners whose allow-lists include {A}, {B}",
    ] == granted.said


def test_what_the_people_did_not_answer_is_due(granted: NativeStack) -> None:
    """A case that was not filed is filed by an update without a changed input."""
    granted.emulator.fault("reset", operation="CreateCase", when="before")
    granted.up(count=3, useCase=FORM)
    granted.emulator.advance(660)
    granted.refresh()

    assert ["status"] == granted.changes(count=3, useCase=FORM)


@table(
    "reason, news, expected",
    [
        ("a wrong value", {"count": -1}, "`count` must be from 0 to 1,000, not -1."),
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


def test_two_leases_of_a_region_are_refused_even_with_one_name(stack: NativeStack) -> None:
    """Under different parents two resources may have one name; their URNs differ."""
    plugin = stack.plugin()
    stack.check(plugin, count=2, useCase=FORM)
    stack.urn = URN.replace("dedicatedip:index", "my:index:Mail$dedicatedip:index")

    with pytest.raises(CallFailed, match="`region` eu-west-1 already has a lease in this program: shop/prod/eu"):
        stack.check(plugin, count=2, useCase=FORM)


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


def test_what_a_region_has_is_imported_with_nothing_filed(stack: NativeStack) -> None:
    """What the program has to say is the Region and the count; a refresh, which nobody has claimed it by, changes nothing."""
    assert not stack.bring_in("eu-west-1"), "Pulumi says that the resource does not exist"
    stack.emulator.import_addresses("eu-west-1", A, B)

    assert stack.bring_in("eu-west-1")

    assert ({"region": "eu-west-1", "count": 2.0}, "111122223333/eu-west-1") == (stack.inputs, stack.id)
    assert ([A, B], "active") == (stack.outputs["addresses"], stack.outputs["status"])
    assert [] == stack.changes(region="eu-west-1", count=2)
    before = (stack.inputs, stack.outputs)
    stack.refresh()
    assert before == (stack.inputs, stack.outputs)

    stack.up(region="eu-west-1", count=1)
    assert [("eu-west-1", [A])] == asked(stack.emulator)
    assert ([B], [A]) == (stack.outputs["addresses"], stack.outputs["relinquishing"])


@table(
    "reason, call",
    [
        ("import: taking over is create's business", lambda other: other.bring_in("111122223333/eu-west-1")),
        ("create: with consent alone", lambda other: other.up(count=2, useCase=FORM)),
    ],
)
def test_a_live_lease_is_refused(granted: NativeStack, reason: str, call: Callable[[NativeStack], object]) -> None:
    """By the sentence alone, in the schema's words; no traceback."""
    with pytest.raises(CallFailed) as refused:
        call(NativeStack(granted.emulator))

    said = str(refused.value)
    assert (reason, True, False) == (reason, 'set `takeOverFrom="' in said, "Traceback" in said)


def test_a_stack_moves_over_with_nothing_filed(emulator: Emulator, stack: NativeStack) -> None:
    """The engine hands it over by its alias: the first update writes the new names, and so does a refresh."""
    dynamic = Stack(emulator)
    dynamic.grown(2, use_case=DYNAMIC_FORM)
    stored = dynamic.stored["eu"]
    stack.inputs, stack.outputs, stack.id = stored.inputs, stored.outputs, stored.id
    assert ["status"] == stack.changes(count=2, useCase=FORM)

    stack.up(count=2, useCase=FORM)
    assert ("active", [A, B], 1) == (stack.outputs["status"], stack.outputs["addresses"], len(emulator.cases()))
    assert [] == [name for name in stack.outputs if "_" in name.removeprefix("__")]
    assert [] == stack.changes(count=2, useCase=FORM)

    stack.inputs, stack.outputs = stored.inputs, stored.outputs
    stack.refresh()
    assert [] == stack.changes(count=2, useCase=FORM)
    assert {"holder", "__provider"}.isdisjoint(stack.inputs)


MISSPELT = (
    "The configuration has dedicatedip:alowedAccountIds, which is not an option of a lease; did you mean "
    "`dedicatedip:allowedAccountIds`?\n"
    "Nothing was filed. Correct the name, or remove it with `pulumi config rm dedicatedip:alowedAccountIds`."
)


@table(
    "reason, news, said",
    [
        ("a wrong value", {"allowedAccountIds": "12", "region": UNKNOWN}, ["The configuration value dedicatedip:allowedAccountIds must be a"]),
        ("a misspelt guard would guard nothing", {"alowedAccountIds": '["111122223333"]'}, [MISSPELT]),
        ("what is not known yet is not looked at", {"region": UNKNOWN, "version": "0.1.0"}, []),
    ],
)  # fmt: skip
def test_a_wrong_configuration_fails_before_anything_else(reason: str, news: dict[str, str], said: list[str]) -> None:
    """With the option's own name here."""
    checked = Plugin(None).CheckConfig(provider_pb2.CheckRequest(news=struct(news)), CONTEXT)

    failures = [one.reason for one in checked.failures]
    assert (reason, said) == (reason, [one[: len(start)] for one, start in zip(failures, said, strict=True)])
    assert said or struct(news) == checked.inputs


@pytest.mark.parametrize(("news", "expected"), [({"region": "a"}, "DIFF_NONE"), ({"region": "b"}, "DIFF_SOME")])
def test_another_configuration_replaces_no_lease(news: dict[str, str], expected: str) -> None:
    """The engine configures the provider anew."""
    request = provider_pb2.DiffRequest(old_inputs=struct({"region": "a"}), news=struct(news))
    found = Plugin(None).DiffConfig(request, CONTEXT)

    assert (expected, []) == (provider_pb2.DiffResponse.DiffChanges.Name(found.changes), list(found.replaces))


def test_addresses_are_listed(granted: NativeStack) -> None:
    """Of the provider's Region, or of the one that is named; SES adds and removes managed ones itself."""
    ip = {"pool": "ses-default-dedicated-pool", "warmupPercentage": 1.0, "managed": False}

    assert {"dedicatedIps": [{"ip": A, **ip}, {"ip": B, **ip}]} == granted.invoke(GET_ADDRESSES)
    granted.emulator.add_managed("us-east-1")
    (found,) = granted.invoke(GET_ADDRESSES, region="us-east-1")["dedicatedIps"]
    assert (-1.0, True) == (found["warmupPercentage"], found["managed"])


def test_the_lease_of_a_region_is_found_by_whoever_has_credentials(granted: NativeStack) -> None:
    """With what its stack would show; as often as it is looked up by `DedicatedIpLease.get`, of which no inputs are kept."""
    other = NativeStack(granted.emulator)
    found = other.invoke(GET_LEASE, region="eu-west-1")
    assert ("shop/prod/eu", [A, B], "active") == (found["holder"], found["addresses"], found["status"])

    plugin = other.plugin()
    looked_up = provider_pb2.ReadRequest(id=granted.id, urn=URN, properties=struct({}), inputs=struct({}))
    first = plugin.Read(looked_up, CONTEXT)
    looked_up.properties.CopyFrom(first.properties)
    second = plugin.Read(looked_up, CONTEXT)
    assert ([A, B], {}) == (plain(first.properties)["addresses"], plain(first.inputs))
    assert first == second


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


def test_the_engine_is_told_version_and_schema() -> None:
    """Secrets are not accepted: the engine marks them again in what is answered."""
    plugin = Plugin(None)

    assert VERSION == plugin.GetPluginInfo(Empty(), CONTEXT).version
    assert schema_json() == plugin.GetSchema(provider_pb2.GetSchemaRequest(), CONTEXT).schema
    assert not plugin.Handshake(provider_pb2.ProviderHandshakeRequest(), CONTEXT).accept_secrets
