"""`form` fills in AWS's form for a person to file: from a stack's state, a Region's record, or options."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import FORM

from cli.conftest import QuickStack
from dedicated_ip_provider.case_text.marker import read_blocks
from dedicated_ip_provider.cli.stack_state import TYPES
from dedicated_ip_provider.schema_names import to_schema

if TYPE_CHECKING:
    from pathlib import Path

    from support.stacks import Stack

    from cli.conftest import Run
    from dedicated_ip_provider.emulator import RunningEmulator

EU = ("--region", "eu-west-1")
MAIL = [
    word
    for name, value in FORM.items()
    for word in (f"--{name.replace('_', '-')}", *([str(value)] if isinstance(value, str) else []))
]
DECLARED = [*EU, "--count", "3", *MAIL]
UNMARKED = (
    "This form has no mark, so no lease follows its case. A lease takes the addresses it brings only while a request "
    "of that lease is unfinished; otherwise name them in `adopt`.\n"
)
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


@dataclass
class Export:
    """The file that `pulumi stack export` writes; `more` are resources beside the stack's leases."""

    stack: Stack
    file: Path
    more: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, **outputs: Any) -> str:
        """Write the file, with changed outputs in each lease, and return its name."""
        leases = [
            {"urn": f"urn:pulumi:prod::shop::x::{name}", "type": TYPES[0], "outputs": {**one.outputs, **outputs}}
            for name, one in self.stack.stored.items()
        ]
        resources = [{"urn": "urn:pulumi:prod::shop::x::x", "type": "x"}, *leases, *self.more]
        self.file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))
        return str(self.file)


@pytest.fixture
def export(stack: Stack, tmp_path: Path) -> Export:
    """Exports the stack's state, and returns the name of the file."""
    return Export(stack, tmp_path / "state.json")


def is_unmarked(text: str) -> bool:
    """Return whether a text has neither mark nor block."""
    return "DIP-" not in text and "===" not in text and "records" not in text


# From a stack's state.


def test_a_pending_form_is_printed_as_it_is(stack: Stack, export: Export, installed: Run) -> None:
    """With `filing="console"` the state has the form; AWS is not called."""
    stack.up(eu={"count": 3, "filing": "console"})
    asked = len(stack.emulator.log)

    ended = installed("form", "--from-state", export())
    data = installed("form", "--from-state", "-", "--json", given=export.file.read_text())

    text = stack["eu"]["form_text"]
    assert (0, f"{text}\n", "") == ended
    assert text.startswith("Open a case at https://console.aws.amazon.com/support/home#/case/create and fill in:\n")
    assert {"holder": "shop/prod/eu", "region": "eu-west-1", "marked": True, "form_text": text} == json.loads(data.out)
    assert asked == len(stack.emulator.log)


def test_a_lease_that_lacks_or_relinquishes_addresses_has_a_form(stack: Stack, export: Export, run: Run) -> None:
    """It has no mark, and names what is missing or what the open case names; a lease that has all needs none."""
    stack.up(eu={"count": 3})
    stack.emulator.grant("1700000001", 1, close=True)
    stack.refresh()
    lacks = run("form", "--from-state", export())
    stack.emulator.lease("eu-west-1", 2)
    stack.refresh()
    full = run("form", "--from-state", export())
    stack.up(eu={"count": 1})
    relinquishes = json.loads(run("form", "--from-state", export(), "--json").out)

    assert (0, UNMARKED, True) == (lacks.code, lacks.err, is_unmarked(lacks.out))
    assert "Subject: Amazon SES in eu-west-1: please add 2 dedicated IP addresses\n" in lacks.out
    assert "This account has 1 dedicated IP address for " in lacks.out
    assert "Please add 2, for a total of 3." in lacks.out
    assert (1, "dedicated-ip: eu (eu-west-1) holds what it wants: there is nothing to file.") == (
        full.code,
        full.err.splitlines()[0],
    )
    assert (False, True) == (relinquishes["marked"], is_unmarked(relinquishes["form_text"]))
    assert "Addresses to relinquish: 192.0.2.1, 192.0.2.2" in relinquishes["form_text"]


def test_a_request_needs_a_use_case(stack: Stack, export: Export, run: Run) -> None:
    """A program may have dropped it while the case is open."""
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 3, "use_case": None})

    said = run("form", "--from-state", export())

    assert (1, True) == (said.code, "AWS asks what you send and `use_case` is missing." in said.err)


def test_a_lease_that_was_taken_over_has_no_form(stack: Stack, export: Export, run: Run) -> None:
    """Its pending form would bring addresses to another stack."""
    stack.up(eu={"count": 3, "filing": "console"})
    consent = {"take_over_from": stack["eu"]["record_version"]}
    QuickStack(stack.emulator, "other/prod").up(eu={"count": 3, **consent})
    stack.refresh()

    said = run("form", "--from-state", export())

    assert (1, True) == (said.code, said.err.startswith("dedicated-ip: Another stack holds the lease eu (eu-west-1)"))


def test_a_lease_is_chosen_by_the_name_or_path_of_its_resource(stack: Stack, export: Export, run: Run) -> None:
    """A resource that the stack only reads, or is about to delete, is left out."""
    console = {"filing": "console"}
    stack.up(eu={"count": 3, **console}, us={"count": 2, "region": "us-east-1", **console})
    native = {"urn": "urn:pulumi:prod::shop::x::native", "type": TYPES[1], "outputs": to_schema(stack["us"])}
    export.more += [native, {**native, "external": True}, {**native, "delete": True}]
    state = export()

    for name, asks in (("us", 2), ("native", 2), ("shop/prod/eu", 3)):
        assert f"please add {asks} " in run("form", name, "--from-state", state).out
    assert "the state has several leases; name one of eu, us, native." in run("form", "--from-state", state).err
    assert "the state has no lease u; it has eu, us, native." in run("form", "u", "--from-state", state).err


def test_decrypted_secrets_are_read(stack: Stack, export: Export, run: Run) -> None:
    """`--show-secrets` writes them as plain text; encrypted ones are refused."""
    stack.up(eu={"count": 3, "filing": "console"})

    assert 0 == run("form", "--from-state", export(use_case={**SECRET, "plaintext": json.dumps(FORM)})).code
    broken = run("form", "--from-state", export(use_case={**SECRET, "plaintext": "{"}))
    assert "the file is not the state of a stack" in broken.err
    refusal = (
        "dedicated-ip: The state of a lease contains an encrypted secret.\n"
        "Export the state with `pulumi stack export --show-secrets`.\n"
    )
    assert (1, "", refusal) == run("form", "--from-state", export(use_case={**SECRET, "ciphertext": "v1:abc"}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\x89PNG\r\n\x1a\n",
        b'{"deployment": null}',
        b'{"deployment": {"resources": [1]}}',
        *(
            f'{{"deployment": {{"resources": [{{"type": "{TYPES[0]}"{rest}}}]}}}}'.encode()
            for rest in ("", ', "urn": "a::b", "outputs": []', ', "urn": 1, "outputs": {}')
        ),
        b"[" * 100_000,
    ],
)
def test_a_broken_state_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    """The sentence names the command that writes one."""
    (tmp_path / "state.json").write_bytes(content)

    said = run("form", "--from-state", str(tmp_path / "state.json"))

    assert (2, "dedicated-ip: the file is not the state of a stack, as `pulumi stack export` writes it.") == (
        said.code,
        said.err.splitlines()[0],
    )


def test_a_state_without_a_lease_of_this_version_is_refused(stack: Stack, export: Export, run: Run) -> None:
    """The wrong stack, no file at all, or a lease that another version wrote."""
    empty = run("form", "--from-state", export())
    missing = run("form", "--from-state", f"{export.file}.none")
    stack.up(eu={"count": 3})
    foreign = run("form", "--from-state", export(memory={}))

    assert (2, True) == (empty.code, "the state has no lease." in empty.err)
    assert (2, True) == (missing.code, "No such file or directory" in missing.err)
    assert (1, True) == (foreign.code, foreign.err.startswith("dedicated-ip: The state of eu cannot be read: "))


# From the record of a Region.


def test_the_form_of_an_ended_lease_is_in_the_record(stack: Stack, run: Run) -> None:
    """By its mark, the record follows the case once it is filed."""
    adopt = stack.emulator.lease("eu-west-1", 2)
    stack.up(eu={"count": 2, "filing": "console", "adopt": list(adopt)})
    nonce = stack["eu"]["record_version"][-4:]
    stack.destroy()

    said = run("form", *EU)

    (block,) = read_blocks(said.out)
    assert (0, "") == (said.code, said.err)
    expected = (f"DIP-eu-west-1-1-{nonce}", "shop/prod/eu", frozenset(adopt))
    assert expected == (block.case_mark, block.holder, block.addresses)
    stack.emulator.file_by_hand(f"Please remove [{block.case_mark}]", said.out)
    one = json.loads(run("status", *EU, "--all", "--json").out)[0]
    assert ("relinquishing", "1700000001") == (one["status"], one["case_display_id"])


def test_the_form_of_a_live_lease_is_in_the_record_unless_it_is_a_request(
    stack: Stack, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record does not say what a request says about the mail."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    eu: dict[str, Any] = {"count": 2, "filing": "console", "adopt": list(stack.emulator.lease("eu-west-1", 2))}
    stack.up(eu=eu)
    nothing = run("form")
    stack.up(eu={**eu, "count": 1, "adopt": eu["adopt"][:1]})
    relinquishes = run("form")
    stack.up(eu={**eu, "count": 3})
    requests = run("form")

    none = "dedicated-ip: No form is pending in the record of shop/prod/eu (eu-west-1)."
    assert (1, none) == (nothing.code, nothing.err.splitlines()[0])
    assert (0, 1) == (relinquishes.code, len(read_blocks(relinquishes.out)))
    assert 1 == requests.code
    assert requests.err.startswith(
        "dedicated-ip: The pending form of shop/prod/eu (eu-west-1) requests addresses, and the record does "
        "not store what it says about your mail.\nRun `pulumi stack export | "
    )


def test_without_a_record_no_form_is_pending(run: Run) -> None:
    """Without a Region, no record is read."""
    said, nowhere = run("form", *EU), run("form")

    assert (1, "dedicated-ip: No form is pending in the record of eu-west-1.") == (said.code, said.err.splitlines()[0])
    assert (2, True) == (nowhere.code, "no Region is configured: give --region, or --from-state." in nowhere.err)


# Declared by options.


def test_a_form_can_be_declared_by_options(emulator: RunningEmulator, run: Run) -> None:
    """They are named as the resource's inputs; SES says how many addresses the Region has, without managed ones."""
    emulator.lease("eu-west-1")
    emulator.add_managed("eu-west-1")

    said = run("form", *DECLARED)

    assert (0, UNMARKED, True) == (said.code, said.err, is_unmarked(said.out))
    assert "This account has 1 dedicated IP address for Amazon SES in Europe (Ireland), eu-west-1." in said.out
    assert "Please add 3, for a total of 4." in said.out
    assert f"Use case description: {FORM['description']}\n" in said.out


def test_with_have_aws_is_not_called(emulator: RunningEmulator, run: Run) -> None:
    """Here for the Pinpoint form in Japanese, with all it asks."""
    pinpoint = ("--form", "pinpoint-email", "--max-send-rate", "50", "--language", "ja")
    said = run("form", *DECLARED, "--have", "0", *pinpoint)

    assert "クォータタイプ (Quota type): Pinpoint Email\n" in said.out
    assert "新しいクォータ値 (New quota value): 50\n" in said.out
    assert (True, ()) == (is_unmarked(said.out), emulator.log)


def test_addresses_can_be_relinquished_by_options(emulator: RunningEmulator, run: Run) -> None:
    """Then nothing is asked about the mail, but SES has to show the addresses."""
    ip, _ = emulator.lease("eu-west-1", 2)

    said = run("form", *EU, "--relinquish", ip)
    wrong = run("form", *EU, "--relinquish", ip, "--relinquish", "198.51.100.7")
    pinpoint = run("form", *EU, "--relinquish", ip, "--form", "pinpoint-email")

    assert (0, True) == (said.code, is_unmarked(said.out))
    assert "leaving a total of 1." in said.out
    assert f"Addresses to relinquish: {ip}\n" in said.out
    assert (1, "dedicated-ip: The account has no 198.51.100.7 in eu-west-1.") == (wrong.code, wrong.err.splitlines()[0])
    assert "Quota type: Pinpoint Email\n" in pinpoint.out


def test_a_long_list_continues_in_further_messages(run: Run) -> None:
    """None of them has a mark."""
    ips = [f"192.0.2.{number}" for number in range(1, 131)]

    said = run("form", *EU, "--have", "9", *(word for ip in ips for word in ("--relinquish", ip)))

    assert "part 2 of 2:" in said.out
    assert "leaving a total of 0." in said.out
    assert is_unmarked(said.out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["eu"], "LEASE names a lease in a stack's state: add --from-state."),
        ([*EU, "--count", "3"], "--mail-type is missing. --website-url is missing."),
        (["--count", "3", *MAIL], "--region is missing"),
        ([*DECLARED, "--count", "0"], "--count is 0: there is nothing to request."),
        ([*DECLARED, "--count", "-1"], "--count must be from 0 to 1,000, not -1."),
        ([*DECLARED, "--website-url", "shop"], "--website-url must be a web address"),
        ([*DECLARED, "--form", "pinpoint-email"], "--max-send-rate is missing: the form"),
        ([*DECLARED, "--relinquish", "192.0.2"], "'192.0.2' is not an IPv4 address."),
        ([*DECLARED, "--relinquish", "192.0.2.1"], "--count and --relinquish exclude each other."),
        ([*DECLARED, "--region", "Ireland"], "'Ireland' is not the code of an AWS Region"),
    ],
    ids=str,
)
def test_a_wrong_declaration_is_refused(run: Run, arguments: list[str], expected: str) -> None:
    """What is missing, wrong or too much is named as an option."""
    said = run("form", *arguments)

    assert (2, "", True) == (said.code, said.out, expected in said.err)


@pytest.mark.parametrize(
    "option", [("--count", "3"), ("--language", "ja"), EU, ("--have", "0"), ("--complies-with-aup",)], ids=str
)
def test_a_state_and_a_declaration_exclude_each_other(export: Export, run: Run, option: tuple[str, ...]) -> None:
    """The state has it all."""
    said = run("form", "--from-state", export(), *option)

    assert (2, True) == (said.code, f"{option[0]} and --from-state exclude each other: the state has it." in said.err)
