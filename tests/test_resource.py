"""What a program declares with a lease: its inputs, its Region, and what is refused before anything starts."""

from __future__ import annotations

import ast
import inspect
import itertools
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi.output import UNKNOWN
from support.bags import FORM as ANSWERS
from support.declared import LEASE, declare

from dedicated_ip_provider import DedicatedIpLease, DedicatedIpLeaseArgsDict, UseCase, UseCaseDict
from dedicated_ip_provider.inputs import NAMES, USE_CASE
from dedicated_ip_provider.outputs import OUTPUT_NAMES, OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORM: dict[str, Any] = ANSWERS
ALL: dict[str, Any] = {
    "count": 3,
    "region": "eu-west-1",
    "pools": {"orders": 2, "news": 1},
    "use_case": FORM,
    "attempt": 2,
    "adopt": ["192.0.2.1"],
    "relinquish_first": ["192.0.2.2"],
    "take_over_from": "eu-west-1/7-k3f9",
    "max_send_rate": 100,
    "contact_language": "ja",
    "cc_email_addresses": ["mail@example.com"],
    "confirm_relinquish": True,
    "form": "pinpoint-email",
    "filing": "console",
    "profile": "mail",
    "role_arn": "arn:aws:iam::111122223333:role/mail",
}
HOLDER = {"holder": "shop/prod/eu"}
USES_NO_PROVIDER = "'eu' cannot use an AWS provider.*Use the stack's `aws:profile` or `aws:assumeRoles`"


def lease(**inputs: Any) -> Callable[[], DedicatedIpLease]:
    """Return a program with a lease in it."""
    return lambda: DedicatedIpLease("eu", **{"count": 3, "use_case": UseCase(**FORM), **inputs})


def declared(program: Callable[[], object], *, preview: bool = False, region: str | None = None) -> Mapping[str, Any]:
    """Return the inputs of the lease, without what Pulumi adds."""
    inputs = declare(program, preview=preview, region=region).of(LEASE)["eu"].inputs
    return {key: value for key, value in inputs.items() if key != "__provider" and value is not None}


# Every input stands in one table; the typed arguments follow it.

GIVEN = {*NAMES} - {"holder"}


def test_every_input_is_an_argument() -> None:
    """A new input is a row in the table, and a line here: as an argument, in the dictionary, and in these tests."""
    arguments = inspect.signature(DedicatedIpLease).parameters.keys()

    assert GIVEN == {*arguments} - {"resource_name", "opts"} == {*ALL}
    assert GIVEN == {*DedicatedIpLeaseArgsDict.__annotations__} - {"opts"}


def test_every_argument_is_explained() -> None:
    """In the docstring that an editor shows."""
    text = inspect.getdoc(DedicatedIpLease.__init__) or ""

    assert [] == [name for name in GIVEN if f":param {name}:" not in text]


def test_every_field_of_a_use_case_is_an_argument() -> None:
    """As a value and as a dictionary."""
    assert [one.name for one in USE_CASE] == [*inspect.signature(UseCase).parameters] == [*UseCaseDict.__annotations__]


def test_every_input_and_output_is_an_attribute() -> None:
    """What stands in the state can be read from the resource, but for the provider's own memory."""
    assert {*NAMES, *OUTPUT_NAMES} - {"memory"} == inspect.get_annotations(DedicatedIpLease).keys()


def test_an_attribute_means_what_the_table_of_outputs_says() -> None:
    """A program's editor shows what the reference and the schema of the native plugin show."""
    (lease,) = [one for one in ast.parse(inspect.getsource(DedicatedIpLease)).body if isinstance(one, ast.ClassDef)]
    said = {
        ast.unparse(one.target): " ".join(ast.literal_eval(doc.value).split())
        for one, doc in itertools.pairwise(lease.body)
        if isinstance(one, ast.AnnAssign) and isinstance(doc, ast.Expr)
    }

    assert {one.name: one.meaning for one in OUTPUTS if one.type != "private"} == {
        name: meaning for name, meaning in said.items() if name != "holder"
    }


# What is declared.


def test_what_is_given_is_declared() -> None:
    """Every argument becomes an input of its own name, beside the path of the resource."""
    assert {**ALL, **HOLDER} == declared(lease(**ALL))


def test_what_is_not_given_has_its_default() -> None:
    """What nobody says is declared as what it means, so that no later version of the package can change it."""
    defaults = {"attempt": 1, "contact_language": "en", "confirm_relinquish": False, "form": "ses"}

    assert {"count": 3, "use_case": FORM, **defaults, "filing": "support-api", **HOLDER} == declared(lease())


def test_a_use_case_may_be_a_dictionary() -> None:
    """A plain dictionary says what a `UseCase` says."""
    assert declared(lease(use_case=FORM)) == declared(lease())


def test_every_argument_may_be_an_output() -> None:
    """Values of other resources make the same lease as plain ones; so do those of a use case's fields."""

    def program() -> DedicatedIpLease:
        return lease(**{name: pulumi.Output.from_input(value) for name, value in ALL.items()})()

    def program_of_answers() -> DedicatedIpLease:
        answers: dict[str, Any] = {name: pulumi.Output.from_input(value) for name, value in FORM.items()}
        return lease(use_case=UseCase(**answers))()

    assert declared(lease(**ALL)) == declared(program)
    assert declared(lease()) == declared(program_of_answers)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_argument_may_be_unknown_in_a_preview(name: str) -> None:
    """What another resource knows only later is left open, and all else is declared as ever."""

    def program() -> DedicatedIpLease:
        return lease(**{**ALL, name: pulumi.Output.from_input(UNKNOWN)})()

    found = dict(declared(program, preview=True))

    assert found.pop("__previewing") >= 1
    assert {name} == {key for key, value in found.items() if pulumi.contains_unknowns(value)}
    assert {**ALL, **HOLDER, name: None} == {**found, name: None}


def test_each_lease_of_a_preview_has_a_number_of_its_own() -> None:
    """The provider tells two leases of one name below different parents by it, and a preview from an update."""

    def program() -> None:
        parent = lease(region="us-east-1")()
        DedicatedIpLease("eu", count=1, region="eu-west-1", opts=pulumi.ResourceOptions(parent=parent))

    first, second = (one.inputs["__previewing"] for one in declare(program, preview=True).resources)

    assert first < second
    assert [None, None] == [one.inputs.get("__previewing") for one in declare(program).resources]


@pytest.mark.parametrize(
    ("given", "stack", "expected", "reason"),
    [
        ("us-east-1", "eu-west-1", "us-east-1", "the lease's own"),
        (None, "eu-west-1", "eu-west-1", "the stack's"),
        (None, None, None, "nobody's: the provider looks further"),
        (None, "", None, "an empty one is none"),
        (lambda: pulumi.Output.from_input(None), "eu-west-1", "eu-west-1", "an output may turn out to be nothing"),
        (lambda: pulumi.Output.from_input("us-east-1"), "eu-west-1", "us-east-1", "or something"),
    ],
)
def test_the_region_is_the_leases_or_the_stacks(
    given: Any, stack: str | None, expected: str | None, reason: str
) -> None:
    """A program knows its own and its stack's configuration; what comes after that, the provider knows."""

    def program() -> DedicatedIpLease:
        return lease(region=given() if callable(given) else given)()

    assert expected == declared(program, region=stack).get("region"), reason


FACTS: dict[str, Any] = {
    "status": "requested",
    "message": "AWS is working on it.",
    "addresses": ["192.0.2.1"],
    "pool_addresses": {"orders": ["192.0.2.1"]},
    "warming": ["192.0.2.1"],
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
    "record_version": "eu-west-1/7-k3f9",
}


def test_every_output_arrives_with_its_type() -> None:
    """Pulumi sends every number as a float; a program that counts addresses gets whole numbers."""
    arrived: dict[str, Any] = {}

    def program() -> None:
        made = lease(**ALL)()
        for name in inspect.get_annotations(DedicatedIpLease):
            getattr(made, name).apply(lambda value, name=name: arrived.update({name: value}))

    numbers = {"count": 3.0, "attempt": 2.0, "max_send_rate": 100.0, "pools": {"orders": 2.0, "news": 1.0}}
    declare(program, {"eu": {**FACTS, **numbers}})

    assert {**FACTS, **ALL, **HOLDER} == arrived
    whole = {"leased_count", "requested_count", "shortfall", "count", "attempt"}
    assert whole == {name for name, value in arrived.items() if type(value) is int}
    assert [float, float] == [type(arrived[name]) for name in ("monthly_cost_usd", "max_send_rate")]
    assert [int, int] == [type(number) for number in arrived["pools"].values()]


def test_pulumi_need_not_compile_the_annotations_of_outputs() -> None:
    """It evaluates them once for each resource of a program."""
    annotations = DedicatedIpLease.__annotations__.values()

    assert [] == [annotation for annotation in annotations if isinstance(annotation, str)]


# A lease of another stack, and what is refused.


def test_get_declares_nothing_but_how_to_read() -> None:
    """A lease of another stack is read by its id, with credentials of its own where it has some."""

    def program() -> DedicatedIpLease:
        return DedicatedIpLease.get("eu", "111122223333/eu-west-1", profile="mail")

    declaration = declare(program)

    assert [] == declaration.resources
    assert {"111122223333/eu-west-1": {"profile": "mail"}} == {
        read.id: {key: value for key, value in read.inputs.items() if key != "__provider" and value is not None}
        for read in declaration.reads
    }


@pytest.mark.parametrize(
    "way", [lease, lambda opts: lambda: DedicatedIpLease.get("eu", "111122223333/eu-west-1", opts)]
)
@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (
            {"import_": "theirs"},
            "'eu' cannot use `opts.import_`.*`dedicated-ip import-file` writes the file with which",
        ),
        *(({how: "aws"}, USES_NO_PROVIDER) for how in ("provider", "providers", "providers by name")),
    ],
)
def test_what_pulumi_would_ignore_is_refused(
    way: Callable[..., Callable[[], object]], option: dict[str, str], expected: str
) -> None:
    """An option without effect would mislead; the refusal says what does the same."""

    def program() -> object:
        aws = pulumi.ProviderResource("aws", "ireland", {})
        options: dict[str, Any] = {
            "provider": {"provider": aws},
            "providers": {"providers": [aws]},
            "providers by name": {"providers": {"aws": aws}},
            "import_": option,
        }
        return way(opts=pulumi.ResourceOptions(**options[next(iter(option))]))()

    with pytest.raises(pulumi.RunError, match=expected):
        declare(program)


def test_another_package_s_provider_is_no_mistake() -> None:
    """It is for the children of the lease."""

    def program() -> DedicatedIpLease:
        random = pulumi.ProviderResource("random", "random", {})
        return lease(opts=pulumi.ResourceOptions(providers=[random]))()

    assert [] == declare(program).lines


@pytest.mark.parametrize(
    ("reason", "own", "expected"),
    [
        ("it may be of another account", {}, 1),
        ("the lease has a profile of its own", {"profile": "mail"}, 0),
        ("the lease has a role of its own", {"role_arn": "arn:aws:iam::111122223333:role/mail"}, 0),
    ],
)
@pytest.mark.parametrize("way", ["declared", "read"])
def test_a_provider_that_a_parent_gives_is_warned_of_once(
    reason: str, own: dict[str, str], expected: int, way: str
) -> None:
    """Pools below the same parent use it, so it cannot be refused."""

    def program() -> None:
        aws = pulumi.ProviderResource("aws", "ireland", {})
        parent = pulumi.ComponentResource("a:b:C", "c", opts=pulumi.ResourceOptions(providers=[aws]))
        opts = pulumi.ResourceOptions(parent=parent)
        for name, region in (("eu", "eu-west-1"), ("us", "us-east-1")):
            if way == "declared":
                DedicatedIpLease(name, region=region, count=0, opts=opts, **own)  # type: ignore[arg-type]  # strings
            else:
                DedicatedIpLease.get(name, f"111122223333/{region}", opts, **own)

    warned = [line for line in declare(program).lines if "does not use the AWS provider of its parent" in line]
    assert expected == len(warned), reason
