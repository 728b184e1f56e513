"""What a program declares with a lease: its inputs, its key, and what is refused before anything starts."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from declared import LEASE, declare
from pulumi.output import UNKNOWN

from dedicated_ip_provider import DedicatedIpLease, UseCase
from dedicated_ip_provider.names import INPUTS, OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USE_CASE: dict[str, Any] = {
    "mail_type": "TRANSACTIONAL",
    "website_url": "https://example.com",
    "description": "Order and shipping mails.",
    "why_dedicated": "Our partners allow-list sender addresses.",
    "opt_in": "Customers tick a box at check-out.",
    "bounce_complaints": "SNS feeds a suppression list.",
    "complies_with_aup": True,
}
ALL: dict[str, Any] = {
    "count": 3,
    "region": "eu-west-1",
    "attempt": 2,
    "adopt": ["192.0.2.1"],
    "release_first": ["192.0.2.2"],
    "max_send_rate": 100,
    "contact_language": "ja",
    "cc_email_addresses": ["mail@example.com"],
    "confirm_relinquish": True,
    "form": "pinpoint-email",
    "filing": "console",
    "profile": "mail",
    "role_arn": "arn:aws:iam::111122223333:role/mail",
}
KEY = "organization/shop/prod/eu/eu-west-1"


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what says where a lease is."""
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


def lease(**inputs: Any) -> Callable[[], DedicatedIpLease]:
    """Give a program with a lease in it."""
    return lambda: DedicatedIpLease("eu", **{"count": 3, "use_case": UseCase(**USE_CASE), **inputs})


def declared(program: Callable[[], object], *, preview: bool = False, region: str | None = None) -> Mapping[str, Any]:
    """Give the inputs of the lease, without what Pulumi adds."""
    inputs = declare(program, preview=preview, region=region).of(LEASE)["eu"].inputs
    return {key: value for key, value in inputs.items() if key != "__provider" and value is not None}


def test_what_is_given_is_declared() -> None:
    """Every argument becomes an input of its own name, beside the key that the cases carry."""
    assert {**ALL, "use_case": USE_CASE, "lease_key": KEY} == declared(lease(**ALL))


def test_what_is_not_given_has_its_default() -> None:
    """What nobody says is declared as what it means, so that no later version of the package can change it."""
    assert {
        "count": 3,
        "use_case": USE_CASE,
        "lease_key": "organization/shop/prod/eu/",
        "attempt": 1,
        "contact_language": "en",
        "confirm_relinquish": False,
        "form": "ses",
        "filing": "support-api",
    } == declared(lease())


def test_a_use_case_may_be_a_dictionary() -> None:
    """A plain dictionary says what a `UseCase` says."""
    assert declared(lease(use_case=USE_CASE)) == declared(lease())


def test_every_argument_may_be_an_output() -> None:
    """Values of other resources make the same lease as plain ones."""

    def program() -> DedicatedIpLease:
        outputs = {name: pulumi.Output.from_input(value) for name, value in {**ALL, "use_case": USE_CASE}.items()}
        return lease(**outputs)()

    assert declared(lease(**ALL)) == declared(program)


def test_every_answer_of_a_use_case_may_be_an_output() -> None:
    """The fields of a use case take what its arguments take."""

    def program() -> DedicatedIpLease:
        answers: dict[str, Any] = {name: pulumi.Output.from_input(value) for name, value in USE_CASE.items()}
        return lease(use_case=UseCase(**answers))()

    assert declared(lease()) == declared(program)


@pytest.mark.parametrize("name", sorted({*ALL, "use_case"}))
def test_every_argument_may_be_unknown_in_a_preview(name: str) -> None:
    """What another resource knows only later is left open, and all else is declared as ever."""

    def program() -> DedicatedIpLease:
        return lease(**{**ALL, name: pulumi.Output.from_input(UNKNOWN)})()

    found = declared(program, preview=True)

    expected = {**ALL, "use_case": USE_CASE, "lease_key": KEY, "previewing": True}
    unknown = {key for key, value in found.items() if pulumi.contains_unknowns(value)}
    assert ({"region", "lease_key"} if name == "region" else {name}) == unknown
    assert {key: value for key, value in expected.items() if key not in unknown} == {
        key: value for key, value in found.items() if key not in unknown
    }


def test_an_output_of_none_stands_for_nothing() -> None:
    """An optional value may turn out not to be there."""

    def program() -> DedicatedIpLease:
        nothing = pulumi.Output.from_input(None)
        return lease(region=nothing, profile=nothing)()

    assert declared(lease(), region="eu-west-1") == declared(program, region="eu-west-1")


@pytest.mark.parametrize(
    ("reason", "config", "environment", "expected"),
    [
        ("the stack's", "eu-west-1", {"AWS_REGION": "us-east-1"}, "eu-west-1"),
        ("the shell's", None, {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-west-2"}, "us-east-1"),
        ("boto3's older name for it", None, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ("nobody's: the provider says what is missing", None, {}, None),
    ],
)
def test_the_region_is_found_as_aws_users_expect(
    reason: str,
    config: str | None,
    environment: dict[str, str],
    expected: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lease without a Region of its own is where the stack is, then where the shell is."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    found = declared(lease(), region=config)

    assert (expected, f"organization/shop/prod/eu/{expected or ''}") == (found.get("region"), found["lease_key"]), (
        reason
    )


FACTS: dict[str, Any] = {
    "status": "requested",
    "message": "AWS is working on it.",
    "addresses": ["192.0.2.1"],
    "relinquishing": [],
    "leased_count": 1.0,
    "requested_count": 2.0,
    "shortfall": 0.0,
    "monthly_cost_usd": 24.95,
    "case_id": "case-1",
    "case_display_id": "1700000001",
    "case_url": "https://example.com/1700000001",
    "case_status": "opened",
    "form_text": "",
    "account_id": "111122223333",
}


def test_every_output_arrives_with_its_type() -> None:
    """Pulumi sends every number as a float; a program that counts addresses gets whole numbers."""
    arrived: dict[str, Any] = {}

    def program() -> None:
        made = lease(**ALL)()
        for name in (*FACTS, *ALL, "use_case", "lease_key"):
            getattr(made, name).apply(lambda value, name=name: arrived.update({name: value}))

    numbers = {"count": 3.0, "attempt": 2.0, "max_send_rate": 100.0}
    declare(program, {"eu": {**FACTS, **numbers}})

    assert {**FACTS, **ALL, "use_case": USE_CASE, "lease_key": KEY} == arrived
    whole = {"leased_count", "requested_count", "shortfall", "count", "attempt"}
    assert whole == {name for name, value in arrived.items() if type(value) is int}
    assert [float, float] == [type(arrived[name]) for name in ("monthly_cost_usd", "max_send_rate")]


def test_every_input_and_output_is_an_attribute() -> None:
    """What stands in the state can be read from the resource, but for the provider's own memory."""
    assert {*INPUTS, *OUTPUTS} - {"memory"} == inspect.get_annotations(DedicatedIpLease).keys()


def test_two_leases_of_one_name_and_region_are_refused() -> None:
    """Pulumi lets resources of several parents share a name; their cases could not be told apart."""

    def program() -> None:
        lease(region="eu-west-1")()
        lease(region="eu-west-1", opts=pulumi.ResourceOptions(parent=lease(region="us-east-1")()))()

    with pytest.raises(pulumi.RunError, match=f"Two leases of this program have the key {KEY}"):
        declare(program)


def test_get_declares_nothing_but_how_to_read() -> None:
    """A lease of another stack is read by its key, with credentials of its own where it has some."""

    def program() -> DedicatedIpLease:
        return DedicatedIpLease.get("eu", "acme/shop/prod/eu/eu-west-1", profile="mail")

    assert [] == declare(program).resources
    assert {"acme/shop/prod/eu/eu-west-1": {"profile": "mail"}} == {
        read.id: {key: value for key, value in read.inputs.items() if key != "__provider" and value is not None}
        for read in declare(program).reads
    }


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ({"import_": "theirs"}, "'eu' cannot be imported.*Name the addresses that the account already has in `adopt`"),
        ({"provider": "aws"}, "'eu' cannot use `opts.provider`.*Use the stack's `aws:profile` or `aws:assumeRoles`"),
    ],
)
def test_what_pulumi_would_ignore_is_refused(option: dict[str, str], expected: str) -> None:
    """An option without effect would mislead; the refusal says what does the same."""

    def program() -> DedicatedIpLease:
        provider = pulumi.ProviderResource("aws", "ireland", {}) if "provider" in option else None
        return lease(opts=pulumi.ResourceOptions(import_=option.get("import_"), provider=provider))()

    with pytest.raises(pulumi.RunError, match=expected):
        declare(program)


def test_pulumi_need_not_compile_the_annotations_of_outputs() -> None:
    """It evaluates them once for each resource of a program."""
    annotations = DedicatedIpLease.__annotations__.values()

    assert [] == [annotation for annotation in annotations if isinstance(annotation, str)]
