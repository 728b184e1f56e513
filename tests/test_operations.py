"""What the provider does over plain bags, against an account in this process: no plugin, no wire."""

from __future__ import annotations

import contextlib
import copy
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi import contains_unknowns
from support.bags import UNKNOWN, bag, form, over_the_wire
from support.process import Process, no_wire
from support.stacks import Stack, marked
from support.tables import table

from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.dynamic import DynamicOperations
from dedicated_ip_provider.emulator import Emulator
from dedicated_ip_provider.emulator import Settings as Account
from dedicated_ip_provider.errors import LeaseError, Refused
from dedicated_ip_provider.inputs import NAMES
from dedicated_ip_provider.outputs import OUTPUT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Bag = dict[str, Any]
ACCOUNT = "111122223333"
ID = f"{ACCOUNT}/eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/mail"
TAKES_OVER = (
    "will take over the lease that {0} names, then request what is missing of {1} dedicated IP addresses, all of them if "
    "that lease has ended (USD {2} a month for {1}, 24.95 each, AWS's price in us-east-1 of 2026-07-22); it relinquishes "
    "nothing"
)
PRICE = "a month once AWS has done this (24.95 each, AWS's price in us-east-1 of 2026-07-22)"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An AWS account, to which everything goes that this process sends."""
    emulator = Emulator(Account(hourly_case_limit=None))
    with no_wire(emulator):
        yield emulator


def run(emulator: Emulator) -> DynamicOperations:
    """Return the operations of a command that begins."""
    return Process(emulator).provider._operations


def said(work: Callable[[], object]) -> list[str]:
    """Return the lines that a person reads while something runs."""
    lines = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stderr(lines):
        work()
    lines.seek(0)
    return lines.read().splitlines()


def granted(emulator: Emulator, count: int = 2, **wish: Any) -> tuple[Stack, list[str]]:
    """Return a stack whose lease has what it wants, and its addresses."""
    stack = Stack(emulator)
    assert "" == stack.up(eu={"count": count, **wish}).error
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    return stack, list(stack["eu"]["addresses"])


def superseded(emulator: Emulator) -> Stack:
    """Return a stack whose lease another one took over."""
    stack, _ = granted(emulator)
    consent = {"take_over_from": stack["eu"]["record_version"]}
    assert "" == Stack(emulator, "elsewhere/prod").up(eu={"count": 2, **consent}).error
    assert "" == stack.refresh().error
    return stack


def refused(work: Callable[[], object]) -> LeaseError:
    """Return the error in which something ends."""
    with pytest.raises(LeaseError) as error:
        work()
    return error.value


# `check`.


def test_checked_inputs_have_their_defaults(emulator: Emulator) -> None:
    """What the state stores does not depend on the version that is installed when the lease is refreshed."""
    checked = run(emulator).check_declared({}, bag())

    defaults = {"attempt": 1, "contact_language": "en", "confirm_relinquish": False, "form": "ses"}
    assert (bag(**defaults, filing="support-api"), ()) == (checked.inputs, checked.failures)


@pytest.mark.parametrize("empty", [None, [], {}])
def test_an_empty_value_is_as_if_not_given(emulator: Emulator, empty: object) -> None:
    """A program sends null for what it does not set; Pulumi would show an empty list that only refresh wrote."""
    given_ = {**bag(), "adopt": empty, "pools": empty, "profile": None, "attempt": None}

    assert run(emulator).check_declared({}, bag()) == run(emulator).check({}, given_)


@table(
    "reason, olds, inputs, failing",
    [
        ("one by one", {}, {"count": 2.5, "colour": "red", "use_case": form(opt_in="")}, ["count", "colour", "use_case.opt_in"]),
        ("together", {}, {"count": 0.0, "adopt": ["192.0.2.1"]}, ["adopt"]),
        ("a new lease requests addresses", {}, {"use_case": None}, ["use_case"]),
        ("one that exists may be adopted or imported", bag(), {"use_case": None}, []),
        ("all is right", {}, {}, []),
    ],
)  # fmt: skip
def test_what_is_wrong_fails_and_aws_is_not_called(
    emulator: Emulator, olds: Bag, inputs: Bag, failing: list[str], reason: str
) -> None:
    """Inputs are checked one by one, then together."""
    checked = run(emulator).check_declared(olds, bag(**inputs))

    assert (failing, ()) == ([failure.property for failure in checked.failures], emulator.log), reason


def test_what_is_not_known_yet_passes(emulator: Emulator) -> None:
    """In a preview an input may come from a resource that is still to be made."""
    checked = run(emulator).check_declared({}, bag(count=UNKNOWN, use_case=form(description=UNKNOWN), __previewing=1.0))

    assert () == checked.failures
    assert (UNKNOWN, UNKNOWN) == (checked.inputs["count"], checked.inputs["use_case"]["description"])


OTHER = {"holder": "shop/prod/other"}


@pytest.mark.parametrize(
    ("first", "second", "is_refused", "reason"),
    [
        ({}, OTHER, True, "an account has one lease in a Region"),
        ({"profile": "mail"}, {**OTHER, "profile": "mail"}, True, "with the same profile it is the same account"),
        ({"role_arn": ROLE}, {**OTHER, "role_arn": ROLE}, True, "so it is with the same role"),
        ({}, {**OTHER, "profile": "mail"}, False, "another profile may lead to another account"),
        ({}, {**OTHER, "role_arn": ROLE}, False, "so may a role"),
        ({}, {**OTHER, "region": "us-east-1"}, False, "another Region has a lease of its own"),
        ({"__previewing": 1.0}, {"__previewing": 2.0}, True, "two resources may share a name below different parents"),
        ({"__previewing": 1.0}, {"__previewing": 1.0}, False, "the engine checks a resource that it replaces twice"),
        ({}, {}, False, "in an update too"),
        ({"region": UNKNOWN}, OTHER, False, "nobody knows yet"),
    ],
)
def test_two_leases_of_one_region_are_refused(
    emulator: Emulator,
    first: Bag,
    second: Bag,
    is_refused: bool,  # noqa: FBT001 - a column
    reason: str,
) -> None:
    """A program with two leases of one Region and account fails in preview, with what to do instead."""
    operations = run(emulator)
    operations.check_declared({}, bag(**first))

    failures = operations.check_declared({}, bag(**second)).failures

    sentence = (
        "`region` eu-west-1 already has a lease in this program: shop/prod/eu. An account has one lease in a Region; "
        "divide its addresses among several mail streams with `pools`."
    )
    expected = [("region", sentence)] if is_refused else []
    assert expected == [(failure.property, failure.reason) for failure in failures], reason


# The Region of a lease that names none.

PROFILES = "[default]\nregion = eu-north-1\n[profile mail]\nregion = eu-south-1\n[profile nowhere]\n"


SHELL = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-west-2"}


@table(
    "reason, given_, variables, profile, expected",
    [
        ("the program's", {"region": "us-east-2", "olds": "eu-west-1"}, SHELL, None, "us-east-2"),
        ("as it was at create: it never follows", {"olds": "eu-west-1"}, SHELL, None, "eu-west-1"),
        ("the shell's", {}, SHELL, None, "us-east-1"),
        ("boto3's older name for it", {}, {"AWS_DEFAULT_REGION": "us-west-2"}, None, "us-west-2"),
        ("an empty one is none", {}, {**SHELL, "AWS_REGION": ""}, None, "us-west-2"),
        ("the default profile's", {}, {}, None, "eu-north-1"),
        ("that of the stack's profile", {}, {}, "mail", "eu-south-1"),
        ("that of the lease's own profile", {"profile": "mail"}, {}, "nowhere", "eu-south-1"),
        ("the own profile is not known yet, and so its Region", {"profile": UNKNOWN}, {}, "mail", UNKNOWN),
        ("the own profile is not known yet, but the Region", {"profile": UNKNOWN}, SHELL, "mail", "us-east-1"),
        ("the profile names none", {}, {}, "nowhere", None),
        ("whoever needs credentials is told of the profile", {}, {}, "no-such-profile", None),
    ],
)
def test_a_lease_without_a_region_is_where_aws_users_expect(  # noqa: PLR0913 - the columns
    emulator: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    given_: Bag,
    variables: dict[str, str],
    profile: str | None,
    expected: str | None,
    reason: str,
) -> None:
    """The program's, else the one it was created in, else the environment's, else the profile's."""
    config = tmp_path / "config"
    config.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    operations = DynamicOperations(StackConfig(profile=profile), is_unknown=contains_unknowns, environment=variables)

    news = {**bag(region=None), **given_}
    old = news.pop("olds", None)
    checked = operations.check_declared({"region": old} if old else {}, news)

    missing = ["`region` is missing: give the lease one, or the stack with `pulumi config set aws:region`."]
    assert expected == checked.inputs.get("region"), reason
    assert ([] if expected else missing) == [failure.reason for failure in checked.failures]
    assert () == emulator.log


def test_a_region_comes_from_the_files_that_the_stack_names(tmp_path: Path) -> None:
    """Here too, the stack's own files take the place of `~/.aws/config`."""
    own = tmp_path / "own"
    own.write_text("[profile mail]\nregion = sa-east-1\n")
    config = StackConfig(profile="mail", variables={"config_file": str(own)})

    checked = DynamicOperations(config, is_unknown=contains_unknowns, environment={}).check_declared(
        {}, bag(region=None)
    )

    assert "sa-east-1" == checked.inputs["region"]


def test_another_environment_never_replaces_a_lease(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague's shell, or a pipeline's, names another Region: the lease stays, and grows where it is."""
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    stack = Stack(emulator)
    stack.up(eu={"region": None, "count": 2})

    monkeypatch.setenv("AWS_REGION", "us-east-1")

    assert [] == stack.changes(eu={"region": None, "count": 2})
    assert "" == stack.up(eu={"region": None, "count": 3}).error
    assert ("eu-central-1", 1) == (stack["eu"]["region"], len(marked(emulator)))


# What a preview says, and nothing else does.


def previewed(emulator: Emulator, stack: Stack, *, replacing: bool = False, **wish: Any) -> list[str]:
    """Return what a preview says of a change, called as the engine calls it; `replacing`: by `replace_on_changes`."""
    stored = stack.stored["eu"]
    news = over_the_wire(bag(**{**stack.declared["eu"], **wish, "__previewing": 1}))

    def preview() -> None:
        operations = run(emulator)
        checked = operations.check_declared(stored.inputs, dict(news))
        assert () == checked.failures
        if operations.diff_declared(stored.outputs, checked.inputs)[1] or replacing:
            operations.check_declared({}, dict(news))

    return said(preview)


def test_a_preview_says_once_what_a_new_lease_files_and_costs(emulator: Emulator) -> None:
    """The program tells that it is a preview in an input that ends in `check`; AWS is asked nothing."""
    operations = run(emulator)

    lines = said(lambda: operations.check_declared({}, bag(__previewing=1.0)))

    assert [
        f"eu (eu-west-1): will request 3 dedicated IP addresses by a support case; USD 0.00 => 74.85 {PRICE}"
    ] == lines
    assert "__previewing" not in operations.check_declared({}, bag(__previewing=1.0)).inputs
    assert () == emulator.log


def test_a_preview_of_a_take_over_says_what_it_may_request(emulator: Emulator) -> None:
    """The record is not read in a preview, so the cost is that of all."""

    def foretold(count: float) -> list[str]:
        wish = bag(count=count, take_over_from="eu-west-1/7-k3f9", __previewing=1.0)
        return said(lambda: run(emulator).check_declared({}, wish))

    assert [f"eu (eu-west-1): {TAKES_OVER.format('eu-west-1/7-k3f9', 3, '74.85')}"] == foretold(3.0)
    nothing = "will take over the lease that eu-west-1/7-k3f9 names, and relinquish nothing"
    assert [f"eu (eu-west-1): {nothing}"] == foretold(0.0)


def test_a_preview_says_what_a_change_files_and_costs(emulator: Emulator) -> None:
    """The lines are about the difference between the state and the program."""
    stack, addresses = granted(emulator)

    grow, shrink = previewed(emulator, stack, count=3), previewed(emulator, stack, count=1)

    assert [
        f"eu (eu-west-1): will request 1 dedicated IP address by a support case; USD 49.90 => 74.85 {PRICE}"
    ] == grow
    assert shrink[0].startswith("eu (eu-west-1): will relinquish 192.0.2.")
    assert shrink[0].endswith(f" by a support case, which is final; USD 49.90 => 24.95 {PRICE}")
    assert 2 == len(addresses)


def test_a_preview_of_another_region_says_what_goes_and_what_comes_once(emulator: Emulator) -> None:
    """The engine checks the new lease a second time: each line stands there once all the same."""
    stack, addresses = granted(emulator)

    lines = previewed(emulator, stack, region="us-east-1", contact_language="de")

    assert [
        "eu (us-east-1): AWS Support's languages of 2026-11-26 are en, ja, ko, zh, es, fr, pt, tr; `contact_language` is 'de'. AWS decides.",
        f"eu (eu-west-1): will relinquish {', '.join(addresses)} by a support case, which is final; USD 49.90 => 0.00 {PRICE}",
        f"eu (eu-west-1): tell the partners whose allow-lists include {', '.join(addresses)}",
        f"eu (us-east-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90 {PRICE}",
    ] == lines


@pytest.mark.parametrize(
    ("wish", "last"),
    [
        (
            {},
            "a replacement in the same Region is refused while the lease has addresses or an open case; with `delete_before_replace`, all its addresses are relinquished first, which is final",
        ),
        ({"take_over_from": "eu-west-1/7-k3f9"}, TAKES_OVER.format("eu-west-1/7-k3f9", 2, "49.90")),
    ],
)
def test_a_preview_of_a_replacement_in_place_warns_of_it(emulator: Emulator, wish: Bag, last: str) -> None:
    """The lease is in its own way, unless the user consents."""
    stack, _ = granted(emulator)

    assert f"eu (eu-west-1): {last}" == previewed(emulator, stack, replacing=True, attempt=2.0, **wish)[-1]


@pytest.mark.parametrize(
    ("wish", "reason"),
    [({}, "nothing changes"), ({"count": UNKNOWN}, "what changes is not known yet")],
)
def test_a_preview_says_nothing_where_there_is_nothing_to_say(emulator: Emulator, wish: Bag, reason: str) -> None:
    """No line without a fact behind it."""
    stack, _ = granted(emulator)

    assert [] == previewed(emulator, stack, **wish), reason


def test_a_preview_that_will_be_refused_fails(emulator: Emulator) -> None:
    """Better now than after something was filed."""
    stack = Stack(emulator)
    emulator.import_addresses("eu-west-1", "198.51.100.7")
    stack.up(eu={"count": 1, "adopt": ["198.51.100.7"], "use_case": None})

    error = refused(lambda: previewed(emulator, stack, count=2, use_case=None))

    assert (
        "eu (eu-west-1) cannot request 1 dedicated IP address: AWS asks what you send, and `use_case` is missing."
        == error.what
    )


def test_a_preview_of_a_superseded_lease_says_so(emulator: Emulator) -> None:
    """Nothing of what the program wants will be filed without a new consent."""
    stack = superseded(emulator)
    old = stack["eu"]["record_version"]

    refusing = "eu (eu-west-1): another stack holds this lease; `pulumi up` is refused without `take_over_from`"
    cost = "(USD 74.85 a month for 3, 24.95 each, AWS's price in us-east-1 of 2026-07-22)"
    requests = f"{refusing}; if that lease has ended, it requests 3 dedicated IP addresses {cost}"
    assert [requests] == previewed(emulator, stack, count=3)
    assert [refusing] == previewed(emulator, stack, count=0)
    ended = run(emulator).preview_delete(stack["eu"])
    assert ("eu (eu-west-1): another stack holds this lease; nothing is filed from here",) == ended
    assert [f"eu (eu-west-1): {TAKES_OVER.format(old, 2, '49.90')}"] == previewed(emulator, stack, take_over_from=old)


def test_a_preview_of_a_lease_that_another_stack_ended_says_what_beginning_anew_costs(emulator: Emulator) -> None:
    """A copied state was destroyed: this lease holds nothing any more, and the next update requests and adopts anew."""
    adopted = "198.51.100.7"
    wish: Bag = {"count": 3, "adopt": [adopted]}
    emulator.import_addresses("eu-west-1", adopted)
    stack, addresses = granted(emulator, **wish)
    Stack(emulator, stored=copy.deepcopy(stack.stored)).destroy()
    # AWS leaves the account's own address where it is.
    emulator.remove(marked(emulator)[-1].id, tuple(ip for ip in addresses if ip != adopted))
    stack.refresh()

    assert (
        "The lease holds 0 of 3 dedicated IP addresses; no case was filed for the rest: run `pulumi up`."
        in stack["eu"]["message"]
    )
    line = f"will request 2 dedicated IP addresses by a support case; USD 24.95 => 74.85 {PRICE}"
    assert [f"eu (eu-west-1): {line}"] == previewed(emulator, stack)
    assert "" == stack.up(eu=wish).error
    assert ([adopted], 2.0) == (stack["eu"]["addresses"], stack["eu"]["requested_count"])


def test_outside_of_a_preview_nothing_is_foretold(emulator: Emulator) -> None:
    """What is done is said when it is done; a refresh compares too, with the roles swapped."""
    stack, _ = granted(emulator)
    stored = stack.stored["eu"]
    operations = run(emulator)

    def compare() -> None:
        checked = operations.check_declared(stored.inputs, bag(count=5.0))
        operations.diff_declared(stored.outputs, checked.inputs)
        operations.diff_declared(stored.outputs, bag(region="us-east-1"))

    assert [] == said(compare)


# `diff`.


@pytest.mark.parametrize(
    ("news", "expected", "reason"),
    [
        ({}, (False, ()), "nothing changed"),
        ({"count": 3.0}, (None, ()), "the engine compares: then `replace_on_changes` works"),
        ({"holder": "shop/prod/renamed"}, (None, ()), "the record gets the new path"),
        ({"count": UNKNOWN}, (True, ()), "it may be another"),
        ({"region": "us-east-1"}, (True, ("region",)), "another Region is another lease"),
        ({"region": UNKNOWN}, (True, ("region",)), "it may be another one"),
        ({"region": None}, (False, ()), "a refresh with the program compares before `check`"),
    ],
)
def test_what_a_difference_means(
    emulator: Emulator, news: Bag, expected: tuple[bool | None, tuple[str, ...]], reason: str
) -> None:
    """A change is named, or left to the engine; only another Region replaces."""
    stack, _ = granted(emulator)

    assert expected == run(emulator).diff_declared(stack["eu"], bag(**{"count": 2.0, **news})), reason


def test_an_answer_that_is_due_is_a_change(emulator: Emulator) -> None:
    """AWS asks to confirm a relinquishment: with the user's yes in the program, the next update gives it."""
    stack, _ = granted(emulator)
    stack.up(eu={"count": 1})
    emulator.confirm_question(marked(emulator)[-1].id)
    stack.refresh()

    without, with_yes = ({"count": 1, "confirm_relinquish": yes} for yes in (False, True))

    assert ([], ["eu"]) == (stack.changes(eu=without), stack.changes(eu=with_yes))
    stack.up(eu=with_yes)
    assert [] == stack.changes(eu=with_yes)


# `create`, `read`, `update`, `delete`.


def test_a_lease_lives_from_check_to_delete(emulator: Emulator) -> None:
    """Each command knows the state alone; what is done is said in a line that names the lease."""
    id_, state = run(emulator).create(bag(count=2.0))
    assert (ID, "requested", {*NAMES, *OUTPUT_NAMES}) == (
        id_,
        state["status"],
        {*state} | {"take_over_from", "max_send_rate", "profile", "role_arn"},
    )

    emulator.grant(state["case_id"])
    state, inputs = run(emulator).read(id_, over_the_wire(state))
    assert ("active", 2, 49.9) == (state["status"], len(state["addresses"]), state["monthly_cost_usd"])
    assert (
        bag(count=2, attempt=1, contact_language="en", confirm_relinquish=False, form="ses", filing="support-api")
        == inputs
    )

    lines = said(lambda: state.update(run(emulator).update(over_the_wire(state), bag(count=1.0))))
    going = state["relinquishing"][0]
    assert [
        f"eu (eu-west-1): filed case {state['case_display_id']}, which relinquishes {going}: {state['case_url']}"
    ] == lines

    run(emulator).delete(over_the_wire(state))
    assert ["add 2 dedicated IP addresses", "remove 1 dedicated IP address", "remove 1 dedicated IP address"] == [
        re.findall(r"please (.+) \[", case.subject)[0] for case in marked(emulator)
    ]


def test_each_create_draws_a_nonce_of_its_own(emulator: Emulator) -> None:
    """It tells this resource from every other one that had, or will have, its path."""
    nonces = set()
    for region in ("eu-west-1", "us-east-1", "us-west-2", "eu-north-1"):
        _, state = run(emulator).create(bag(region=region, count=0.0))
        nonces.add(state["memory"]["holder"]["nonce"])

    assert 4 == len(nonces)
    assert [] == [nonce for nonce in nonces if not re.fullmatch("[b-z][b-z2-9]{3}", nonce)]


def test_nothing_is_due_of_a_superseded_lease(emulator: Emulator) -> None:
    """What was due before is the new holder's: a preview is empty, and no update is refused for nothing."""
    stack, _ = granted(emulator)
    emulator.delete_parameter("eu-west-1", "/dedicated-ip/lease")
    stack.refresh()
    assert ["eu"] == stack.changes(eu={"count": 2})
    assert "" == Stack(emulator, "elsewhere/prod").up(eu={"count": 0}).error

    stack.refresh()

    assert ("superseded", []) == (stack["eu"]["status"], stack.changes(eu={"count": 2}))


@pytest.mark.parametrize("is_writable", [True, False])
def test_the_last_form_of_a_lease_is_handed_over(
    emulator: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_writable: bool,  # noqa: FBT001 - a column
) -> None:
    """With the end of a lease its state is gone: the form is printed, and kept in a file where that can be."""
    monkeypatch.chdir(tmp_path)
    stack = Stack(emulator)
    stack.up(eu={"count": 1, "filing": "console"})
    text = stack["eu"]["form_text"]
    emulator.grant(emulator.file_by_hand("Dedicated IP", text))
    stack.refresh()
    (address,) = stack["eu"]["addresses"]
    nonce = stack["eu"]["memory"]["holder"]["nonce"]
    file = tmp_path / f"dedicated-ip-DIP-eu-west-1-2-{nonce}.txt"
    if not is_writable:
        file.mkdir()

    done = stack.destroy()

    first, *form_lines = done.said.splitlines()
    where = f"also in {file}" if is_writable else "could not be saved to a file: "
    assert first.startswith(f"eu (eu-west-1): nothing was filed; a person has to file this ({where}")
    assert f"Addresses to relinquish: {address}" in form_lines
    assert not is_writable or form_lines == file.read_text(encoding="utf-8").splitlines()
    assert 1 == len(emulator.cases())


# `get`.


def test_get_reads_the_lease_of_another_stack_and_files_nothing(emulator: Emulator) -> None:
    """The record says whose lease it is; what else was declared there is not known here."""
    _, addresses = granted(emulator, pools={"orders": 1})

    shown, inputs = run(emulator).read(ID, {})

    expected = {"holder": "shop/prod/eu", "region": "eu-west-1", "count": 2, "attempt": 1, "status": "active"}
    assert (expected, addresses, None) == ({key: shown[key] for key in expected}, shown["addresses"], inputs)
    assert {"holder", "region", "count", "attempt", *OUTPUT_NAMES} - {"memory"} == shown.keys()
    assert 1 == len(emulator.cases())


def test_what_get_has_read_is_refreshed_like_it(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh of the reading stack brings in what is new, with the same credentials."""
    config = tmp_path / "config"
    config.write_text(f"[profile mail]\naws_access_key_id = {ACCOUNT}\naws_secret_access_key = not-checked\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    Stack(emulator).up(eu={"count": 2, "profile": "mail"})

    def read(props: Bag) -> Bag:
        run(emulator)
        return DynamicOperations(StackConfig(), is_unknown=contains_unknowns, environment={}).read(ID, props)[0]

    shown = read({"profile": "mail"})
    emulator.grant(marked(emulator)[-1].id)
    again = read(over_the_wire(shown))

    assert ("requested", "active") == (shown["status"], again["status"])
    assert ("mail", "mail") == (shown["profile"], again["profile"])


@pytest.mark.parametrize(
    ("id_", "inputs", "what"),
    [
        ("eu", {}, "'eu' is not the id of a lease."),
        ("11112222333/eu-west-1", {}, "'11112222333/eu-west-1' is not the id of a lease."),
        (f"{ACCOUNT}/mars", {}, f"'{ACCOUNT}/mars' is not the id of a lease."),
        (f"{ACCOUNT}/us-east-1", {}, f"Account {ACCOUNT} has no lease in us-east-1."),
        ("999999999999/eu-west-1", {}, f"The credentials lead to account {ACCOUNT}, not to 999999999999."),
        (ID, {"profile": 5.0}, "`profile` must be a string, not a number."),
        (ID, {"role_arn": "mail"}, f"`role_arn` must be the ARN of an IAM role, such as {ROLE}."),
    ],
)
def test_get_says_what_it_cannot_read(emulator: Emulator, id_: str, inputs: Bag, what: str) -> None:
    """A wrong id or wrong credentials end in a sentence, and what to do."""
    error = refused(lambda: run(emulator).read(id_, inputs))

    assert (what, Refused) == (error.what, type(error))
    assert error.next_step


# Whatever comes in.


@pytest.mark.parametrize("verb", ["read", "update", "delete", "diff"])
def test_a_state_that_is_not_ours_is_refused_by_name(emulator: Emulator, verb: str) -> None:
    """Nothing is filed on a state that cannot be read, whatever is asked of it."""
    foreign = {**bag(), "memory": {}}
    operations = run(emulator)
    calls: dict[str, Callable[[], object]] = {
        "read": lambda: operations.read(ID, foreign),
        "update": lambda: operations.update(foreign, bag()),
        "delete": lambda: operations.delete(foreign),
        "diff": lambda: operations.diff_declared(foreign, bag()),
    }

    assert "The state of eu cannot be read: `serial` is missing." == refused(calls[verb]).what
    assert () == emulator.log


SCALARS = st.none() | st.booleans() | st.integers(-3, 12) | st.floats() | st.text(max_size=4) | st.just(UNKNOWN)
KEYS = st.sampled_from([*NAMES, *OUTPUT_NAMES, "__provider", "__previewing", "lease_key"]) | st.text(max_size=4)
BAGS = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)),
    max_size=6,
)


@given(olds=BAGS, news=BAGS, id_=st.text(max_size=6) | st.just(ID))
@settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_bag_ends_in_an_answer_or_in_two_lines(emulator: Emulator, olds: Bag, news: Bag, id_: str) -> None:
    """No bag is so wrong that anything but a refusal comes of it, and none of these files a case."""
    olds, news = {**bag(), **olds}, {**bag(), **news}
    operations = run(emulator)
    calls: list[Callable[[], object]] = [
        lambda: operations.check_declared(olds, news),
        lambda: operations.diff_declared(olds, news),
        lambda: operations.read(id_, olds),
        lambda: operations.delete(olds),
        lambda: operations.update(olds, news),
    ]

    for call in calls:
        try:
            call()
            text = "\n"
        except LeaseError as error:
            text = str(error)
        assert 2 == len(text.split("\n"))

    assert () == emulator.cases()
