"""`form` fills in AWS's form for a person to file: from a stack's state, or from options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from values import USE_CASE, lease

from dedicated_ip_provider.aws import Accounts
from dedicated_ip_provider.blocks import read_blocks
from dedicated_ip_provider.cli.stack_state import TYPE
from dedicated_ip_provider.lease import UseCase
from dedicated_ip_provider.reconcile import refresh, settle
from dedicated_ip_provider.settings import Settings
from dedicated_ip_provider.state import outputs_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Ended
    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import RunningDesk
    from dedicated_ip_provider.lease import Past

REGION = "eu-west-1"
KEY = "organization/shop/prod/eu"
DECLARED = [
    *("--key", KEY, "--region", REGION, "--count", "3", "--complies-with-aup"),
    *(
        word
        for name in UseCase.__slots__
        if name != "complies_with_aup"
        for word in (f"--{name.replace('_', '-')}", getattr(USE_CASE, name))
    ),
]


class World:
    """A lease in a stack, and the stack's state as Pulumi exports it."""

    def __init__(self, desk: RunningDesk, file: Path) -> None:
        """Start with a stack that has nothing in it."""
        self._desk = desk
        self._file = file
        self.past: Past | None = None
        self.resources: list[dict[str, Any]] = [{"urn": "urn:pulumi:prod::shop::pulumi:pulumi:Stack::x", "type": "x"}]

    def up(self, name: str = "eu", **declared: Any) -> str:
        """Do what `pulumi up` does, and give the file with the state."""
        wanted = lease(**{"key": f"organization/shop/prod/{name}/{REGION}", **declared})
        outlook = settle(self._account, wanted, self.past, lambda _: None, waits=())
        self.past = outlook.past
        return self._keep(name, outputs_of(wanted, outlook))

    def refresh(self, **declared: Any) -> str:
        """Do what `pulumi refresh` does, and give the file with the state."""
        assert self.past
        wanted, outlook = refresh(self._account, lease(**declared), self.past)
        self.past = outlook.past
        return self._keep("eu", outputs_of(wanted, outlook))

    def write(self) -> str:
        """Write the resources as they are, and give the file."""
        self._file.write_text(json.dumps({"version": 3, "deployment": {"resources": self.resources}}))
        return str(self._file)

    @property
    def _account(self) -> Account:
        return Accounts(Settings(), lambda: self._desk.now).get(REGION, None, None)

    def _keep(self, name: str, outputs: dict[str, Any]) -> str:
        urn = f"urn:pulumi:prod::shop::{TYPE}::{name}"
        self.resources = [one for one in self.resources if one["urn"] != urn]
        self.resources.append({"urn": urn, "type": TYPE, "outputs": outputs})
        return self.write()


@pytest.fixture
def world(desk: RunningDesk, tmp_path: Path) -> World:
    """A stack without a lease."""
    return World(desk, tmp_path / "state.json")


def test_the_form_that_waits_is_printed_as_it_is(
    desk: RunningDesk, world: World, installed: Callable[..., Ended]
) -> None:
    """With `filing="console"` the state has the form; AWS is not asked for anything."""
    state = world.up(count=3, filing="console")
    asked = len(desk.log)

    ended = installed("form", "--from-state", state)

    assert (0, "") == (ended.code, ended.err)
    assert (
        """\
Open a case at https://console.aws.amazon.com/support/home#/case/create and fill in:

Case type: Account and billing
Service: Service Quotas
Category: Amazon SES
Severity: General question
Subject: Amazon SES in eu-west-1: please add 3 dedicated IP addresses [DIP-80EDE484BB25-1]
Region: eu-west-1 (Europe (Ireland))
Quota: Desired Dedicated IP
New limit value: 3
Contact language: English
Description: all that stands between the two rules
------------------------------------------------------------------------
Hello,

This account has no dedicated IP address for Amazon SES in Europe (Ireland), eu-west-1. Please add 3, for a total of 3.
"""
        in ended.out
    )
    assert f"{world.resources[-1]['outputs']['form_text']}\n" == ended.out
    assert asked == len(desk.log)


def test_the_state_may_come_by_the_standard_input(world: World, installed: Callable[..., Ended]) -> None:
    """`pulumi stack export | dedicated-ip form --from-state -`."""
    state = world.up(count=3, filing="console")

    ended = installed("form", "--from-state", "-", "--json", given=Path(state).read_text())

    assert (0, f"{KEY}/{REGION}") == (ended.code, json.loads(ended.out)["lease_key"])
    assert json.loads(ended.out)["form_text"] == world.resources[-1]["outputs"]["form_text"]


@pytest.mark.parametrize("more", [(), ("--offline",)])
def test_what_is_missing_can_be_asked_for_by_hand(
    desk: RunningDesk, world: World, run: Callable[..., Ended], more: tuple[str, ...]
) -> None:
    """Where AWS answers an API case by "please use the form", the form asks for what is not here yet."""
    world.up(count=3)
    desk.grant("1700000001", 1, close=True)
    state = world.refresh(count=3)

    said = run("form", "--from-state", state, *more)

    assert 0 == said.code
    assert "Please add 2, for a total of 3." in said.out
    (block,) = read_blocks(said.out)
    assert ("DIP-80EDE484BB25-2", "request", 3, 2, ("192.0.2.1",)) == (
        block.mark,
        block.step,
        block.total,
        block.asks,
        block.before,
    )


def test_what_ses_shows_goes_before_what_the_state_remembers(
    desk: RunningDesk, world: World, run: Callable[..., Ended]
) -> None:
    """The truth is SES; without a support plan, too."""
    state = world.up(count=3)
    desk.grant("1700000001", 2)
    desk.change(support_plan=False)

    assert "Please add 1, for a total of 3." in run("form", "--from-state", state).out
    assert "Please add 3, for a total of 3." in run("form", "--from-state", state, "--offline").out


def test_addresses_that_are_being_given_back_have_a_form(
    desk: RunningDesk, world: World, run: Callable[..., Ended]
) -> None:
    """It names the addresses that the open relinquish case names."""
    world.up(count=3)
    desk.grant("1700000001")
    world.refresh(count=3)
    state = world.up(count=1)

    said = run("form", "--from-state", state)

    assert "Addresses to relinquish: 192.0.2.1, 192.0.2.2\n" in said.out
    assert "DIP-80EDE484BB25-3.0" in said.out


def test_any_held_address_can_be_given_back(desk: RunningDesk, world: World, run: Callable[..., Ended]) -> None:
    """`--relinquish` names what shall go; what the lease does not hold is refused."""
    world.up(count=3)
    desk.grant("1700000001")
    state = world.refresh(count=3)

    said = run("form", "--from-state", state, "--relinquish", "192.0.2.2")
    wrong = run("form", "--from-state", state, "--relinquish", "192.0.2.2", "--relinquish", "198.51.100.7")

    (block,) = read_blocks(said.out)
    assert ("relinquish", 2, ("192.0.2.2",)) == (block.step, block.total, block.returns)
    assert (
        1,
        "dedicated-ip: eu (eu-west-1) does not hold 198.51.100.7.\nIt holds 192.0.2.1, 192.0.2.2, 192.0.2.3.\n",
    ) == (wrong.code, wrong.err)


def test_a_lease_that_has_what_it_wants_has_no_form(desk: RunningDesk, world: World, run: Callable[..., Ended]) -> None:
    """Nothing to file is said, and is no success."""
    world.up(count=2)
    desk.grant("1700000001")
    state = world.refresh(count=2)

    assert (
        1,
        (
            "dedicated-ip: eu (eu-west-1) holds what it asks for: there is nothing to file.\n"
            "To give addresses back, name them by --relinquish.\n"
        ),
    ) == ((said := run("form", "--from-state", state)).code, said.err)


def test_the_lease_is_chosen_by_its_resource(world: World, run: Callable[..., Ended]) -> None:
    """By the resource's name as it is now, or by the key, which keeps an old name."""
    world.up(count=3, filing="console")
    world.past = None
    state = world.up("us", count=2, filing="console")

    assert "please add 2 " in run("form", "us", "--from-state", state).out
    assert "please add 3 " in run("form", f"{KEY}/{REGION}", "--from-state", state).out
    assert "the state has several leases; name one of eu, us." in run("form", "--from-state", state).err
    assert (2, True) == (
        (said := run("form", "u", "--from-state", state)).code,
        "the state has no lease u; it has eu, us." in said.err,
    )


def test_what_a_stack_only_reads_or_deletes_is_left_out(world: World, run: Callable[..., Ended]) -> None:
    """A lease of another stack, and one about to go, are none to file for."""
    world.up(count=3, filing="console")
    (kept,) = world.resources[1:]
    world.resources += [{**kept, "external": True}, {**kept, "delete": True}]

    assert 0 == run("form", "--from-state", world.write()).code


def test_a_state_without_a_lease_says_so(world: World, run: Callable[..., Ended]) -> None:
    """The wrong stack, perhaps."""
    assert (2, True) == (
        (said := run("form", "--from-state", world.write())).code,
        "the state has no lease." in said.err,
    )


def test_secrets_in_the_open_are_read(world: World, run: Callable[..., Ended]) -> None:
    """`--show-secrets` writes them as plain text; encrypted ones are named."""
    world.up(count=3, filing="console")
    outputs = world.resources[-1]["outputs"]
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    outputs["use_case"] = {**secret, "plaintext": json.dumps(outputs["use_case"])}

    assert 0 == run("form", "--from-state", world.write()).code
    outputs["use_case"] = {**secret, "plaintext": "{"}
    assert "the file is no state of a stack" in run("form", "--from-state", world.write()).err
    outputs["use_case"] = {**secret, "ciphertext": "v1:abc"}
    assert (
        1,
        (
            "dedicated-ip: The state of a lease has a secret in it, which is encrypted.\n"
            "Export the state with `pulumi stack export --show-secrets`.\n"
        ),
    ) == ((said := run("form", "--from-state", world.write())).code, said.err)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"deployment": null}',
        '{"deployment": {"resources": [1]}}',
        f'{{"deployment": {{"resources": [{{"type": "{TYPE}"}}]}}}}',
        f'{{"deployment": {{"resources": [{{"type": "{TYPE}", "urn": "a::b", "outputs": []}}]}}}}',
        f'{{"deployment": {{"resources": [{{"type": "{TYPE}", "urn": 1, "outputs": {{}}}}]}}}}',
        "[" * 100_000,
    ],
)
def test_a_broken_state_is_a_sentence(run: Callable[..., Ended], tmp_path: Path, text: str) -> None:
    """What is no state is named before anything is asked."""
    (tmp_path / "state.json").write_text(text)

    said = run("form", "--from-state", str(tmp_path / "state.json"))

    assert (2, "dedicated-ip: the file is no state of a stack, as `pulumi stack export` writes it.") == (
        said.code,
        said.err.splitlines()[0],
    )


def test_a_state_of_another_version_is_a_sentence(world: World, run: Callable[..., Ended]) -> None:
    """A lease whose outputs are not ours is not guessed at."""
    world.up(count=3)
    del world.resources[-1]["outputs"]["memory"]["case_number"]

    said = run("form", "--from-state", world.write())

    assert (1, True) == (said.code, said.err.startswith("dedicated-ip: The state of eu (eu-west-1) cannot be read: "))


def test_a_file_that_cannot_be_read_is_a_sentence(run: Callable[..., Ended], tmp_path: Path) -> None:
    """Neither a picture nor nothing at all is a stack's state."""
    (tmp_path / "state.json").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "empty.json").touch()

    for name in ("state.json", "empty.json"):
        assert "the file is no state of a stack" in run("form", "--from-state", str(tmp_path / name)).err
    assert "No such file or directory" in run("form", "--from-state", str(tmp_path / "none.json")).err


def test_a_lease_can_be_declared_by_options(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """The options are the inputs of the resource; what the Region has is read from SES."""
    (ip,) = desk.lease(REGION)

    said = run("form", *DECLARED)

    assert (0, "") == (said.code, said.err)
    assert "This account has 1 dedicated IP address" in said.out
    (block,) = read_blocks(said.out)
    assert (f"{KEY}/{REGION}", 3, 3, (ip,)) == (block.lease_key, block.total, block.asks, block.before)


def test_a_declared_lease_goes_on_with_its_number(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """Two cases of a lease never have the same mark."""
    up(count=2)
    desk.refuse("1700000001")

    assert "DIP-80EDE484BB25-2.0" in run("form", *DECLARED).out


def test_without_credentials_the_options_say_all(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """`--have` and `--offline` ask AWS nothing."""
    assert "This account has 2 dedicated" in run("form", *DECLARED, "--have", "192.0.2.8", "--have", "192.0.2.9").out
    assert "This account has no dedicated" in run("form", *DECLARED, "--offline").out
    assert () == desk.log


def test_the_other_procedure_and_language(run: Callable[..., Ended]) -> None:
    """The Pinpoint form in Japanese, with all it asks."""
    said = run("form", *DECLARED, "--offline", "--form", "pinpoint-email", "--max-send-rate", "50", "--language", "ja")

    assert "クォータタイプ (Quota type): Pinpoint Email\n" in said.out
    assert "新しいクォータ値 (New quota value): 50\n" in said.out


def test_to_give_back_little_needs_to_be_said(run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    """The SES form asks nothing about the mail of who gives addresses back; the Pinpoint form does."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)

    said = run("form", "--key", KEY, "--have", "192.0.2.8", "--relinquish", "192.0.2.8")
    pinpoint = run("form", "--key", KEY, "--relinquish", "192.0.2.8", "--form", "pinpoint-email")

    assert 0 == said.code
    assert "Please remove 1, named below, for a total of 0." in said.out
    assert "https://-" not in said.out
    assert (2, True) == (pinpoint.code, "--mail-type is missing." in pinpoint.err)


def test_what_the_region_has_not_cannot_be_given_back(run: Callable[..., Ended]) -> None:
    """A form with a wrong address in it costs a day."""
    said = run("form", "--key", KEY, "--region", REGION, "--relinquish", "192.0.2.8")

    assert (
        1,
        "dedicated-ip: No 192.0.2.8 is known among the addresses of eu-west-1.",
    ) == (said.code, said.err.splitlines()[0])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["eu"], "LEASE is a lease in a stack's state: give --from-state."),
        (["--region", REGION], "--key is missing. --count is missing. --mail-type is missing."),
        ([*DECLARED, "--count", "0"], "--count is 0: there is nothing to ask for."),
        ([*DECLARED, "--count", "-1"], "--count must be from 0 to 10,000, not -1."),
        ([*DECLARED, "--website-url", "shop"], "--website-url must be a web address"),
        ([*DECLARED, "--form", "pinpoint-email"], "--max-send-rate is missing: the form"),
        ([*DECLARED, "--have", "192.0.2"], "'192.0.2' is no IPv4 address."),
        ([*DECLARED, "--region", "Ireland"], "'Ireland' is not the code of an AWS Region"),
    ],
)
def test_a_wrong_declaration_is_a_sentence(run: Callable[..., Ended], arguments: list[str], expected: str) -> None:
    """What is missing or wrong is said in the words of the command line."""
    said = run("form", *arguments)

    assert (2, "", True) == (said.code, said.out, expected in said.err)


@pytest.mark.parametrize(
    ("option", "name"),
    [
        (["--count", "3"], "count"),
        (["--language", "ja"], "language"),
        (["--region", REGION], "region"),
        (["--have", "192.0.2.1"], "have"),
        (["--complies-with-aup"], "complies-with-aup"),
    ],
)
def test_a_state_and_a_declaration_exclude_each_other(
    world: World, run: Callable[..., Ended], option: list[str], name: str
) -> None:
    """Which of the two would count nobody could tell."""
    said = run("form", "--from-state", world.write(), *option)

    assert (2, True) == (said.code, f"--{name} and --from-state exclude each other" in said.err)
