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
    from collections.abc import Callable
    from pathlib import Path

    from support.stacks import Stack

    from cli.conftest import Ended
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
            {
                "urn": f"urn:pulumi:prod::shop::{TYPES[0]}::{name}",
                "type": TYPES[0],
                "outputs": {**one.outputs, **outputs},
            }
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


def test_the_form_that_waits_is_printed_as_it_is(
    emulator: RunningEmulator, stack: Stack, export: Export, installed: Callable[..., Ended]
) -> None:
    """With `filing="console"` the state has the form; AWS is not asked for anything."""
    stack.up(eu={"count": 3, "filing": "console"})
    asked = len(emulator.log)

    ended = installed("form", "--from-state", export())
    data = installed("form", "--from-state", "-", "--json", given=export.file.read_text())

    text = stack["eu"]["form_text"]
    assert (0, f"{text}\n", "") == (ended.code, ended.out, ended.err)
    assert text.startswith("Open a case at https://console.aws.amazon.com/support/home#/case/create and fill in:\n")
    assert {"holder": "shop/prod/eu", "region": "eu-west-1", "marked": True, "form_text": text} == json.loads(data.out)
    assert asked == len(emulator.log)


def test_what_is_missing_can_be_requested_by_hand(
    emulator: RunningEmulator, stack: Stack, export: Export, run: Callable[..., Ended]
) -> None:
    """Where AWS answers an API case by "please use the form": what that brings is still the lease's."""
    stack.up(eu={"count": 3})
    emulator.grant("1700000001", 1, close=True)
    stack.refresh()

    said = run("form", "--from-state", export())

    assert (0, UNMARKED) == (said.code, said.err)
    assert is_unmarked(said.out)
    assert "Subject: Amazon SES in eu-west-1: please add 2 dedicated IP addresses\n" in said.out
    assert "This account has 1 dedicated IP address for " in said.out
    assert "Please add 2, for a total of 3." in said.out
    emulator.lease("eu-west-1", 2)
    stack.refresh()
    assert ("active", 3) == (stack["eu"]["status"], stack["eu"]["leased_count"])


def test_what_is_being_relinquished_has_a_form(
    emulator: RunningEmulator, stack: Stack, export: Export, run: Callable[..., Ended]
) -> None:
    """It names the addresses that the open relinquish case names."""
    stack.up(eu={"count": 3})
    emulator.grant("1700000001")
    stack.refresh()
    full = run("form", "--from-state", export())
    stack.up(eu={"count": 1})

    said = run("form", "--from-state", export(), "--json")

    assert (False, True) == (json.loads(said.out)["marked"], is_unmarked(json.loads(said.out)["form_text"]))
    assert "Addresses to relinquish: 192.0.2.1, 192.0.2.2" in json.loads(said.out)["form_text"]
    assert (1, True) == (
        full.code,
        full.err.startswith("dedicated-ip: eu (eu-west-1) holds what it wants: there is nothing to file.\n"),
    )


def test_a_request_needs_a_use_case(stack: Stack, export: Export, run: Callable[..., Ended]) -> None:
    """A program may have dropped it while the case is open."""
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 3, "use_case": None})

    said = run("form", "--from-state", export())

    assert (1, True) == (said.code, "AWS asks what you send and `use_case` is missing." in said.err)


def test_nothing_is_filed_from_a_lease_that_was_taken_over(
    emulator: RunningEmulator, stack: Stack, export: Export, run: Callable[..., Ended]
) -> None:
    """Its form would bring addresses to another stack."""
    stack.up(eu={"count": 3, "filing": "console"})
    QuickStack(emulator, "other/prod").up(eu={"count": 3, "take_over_from": stack["eu"]["record_version"]})
    stack.refresh()

    said = run("form", "--from-state", export())

    assert (1, True) == (said.code, said.err.startswith("dedicated-ip: Another stack holds the lease eu (eu-west-1)"))


def test_the_lease_is_chosen_by_its_resource(stack: Stack, export: Export, run: Callable[..., Ended]) -> None:
    """By the resource's name or its path; what the stack only reads, or is about to delete, is left out."""
    console = {"filing": "console"}
    stack.up(eu={"count": 3, **console}, us={"count": 2, "region": "us-east-1", **console})
    native = {"urn": "urn:pulumi:prod::shop::x::native", "type": TYPES[1], "outputs": to_schema(stack["us"])}
    export.more += [native, {**native, "external": True}, {**native, "delete": True}]
    state = export()

    def err(*names: str) -> str:
        return run("form", *names, "--from-state", state).err

    assert "please add 2 " in run("form", "us", "--from-state", state).out
    assert "please add 2 " in run("form", "native", "--from-state", state).out
    assert "please add 3 " in run("form", "shop/prod/eu", "--from-state", state).out
    assert "the state has several leases; name one of eu, us, native." in err()
    assert "the state has no lease u; it has eu, us, native." in err("u")


def test_secrets_in_the_open_are_read(stack: Stack, export: Export, run: Callable[..., Ended]) -> None:
    """`--show-secrets` writes them as plain text; encrypted ones are named."""
    stack.up(eu={"count": 3, "filing": "console"})
    plain = {**SECRET, "plaintext": json.dumps(FORM)}

    assert 0 == run("form", "--from-state", export(use_case=plain)).code
    broken = run("form", "--from-state", export(use_case={**SECRET, "plaintext": "{"}))
    assert "the file is not the state of a stack" in broken.err
    encrypted = run("form", "--from-state", export(use_case={**SECRET, "ciphertext": "v1:abc"}))
    assert (
        1,
        (
            "dedicated-ip: The state of a lease contains an encrypted secret.\n"
            "Export the state with `pulumi stack export --show-secrets`.\n"
        ),
    ) == (encrypted.code, encrypted.err)


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
def test_a_broken_state_is_a_sentence(run: Callable[..., Ended], tmp_path: Path, content: bytes) -> None:
    """What is no state is named before anything is asked."""
    (tmp_path / "state.json").write_bytes(content)

    said = run("form", "--from-state", str(tmp_path / "state.json"))

    assert (2, "dedicated-ip: the file is not the state of a stack, as `pulumi stack export` writes it.") == (
        said.code,
        said.err.splitlines()[0],
    )


def test_a_state_without_a_lease_of_ours_is_a_sentence(stack: Stack, export: Export, run: Callable[..., Ended]) -> None:
    """The wrong stack, no file at all, or a lease that another version wrote, which is not guessed at."""
    empty = run("form", "--from-state", export())
    missing = run("form", "--from-state", f"{export.file}.none")
    stack.up(eu={"count": 3})
    foreign = run("form", "--from-state", export(memory={}))

    assert (2, True) == (empty.code, "the state has no lease." in empty.err)
    assert (2, True) == (missing.code, "No such file or directory" in missing.err)
    assert (1, True) == (foreign.code, foreign.err.startswith("dedicated-ip: The state of eu cannot be read: "))


# From the record of a Region.


def test_the_form_that_an_ended_lease_left_is_in_the_record(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """The stack that printed it is gone; by its mark the record still follows the case once it is filed."""
    adopt = emulator.lease("eu-west-1", 2)
    stack.up(eu={"count": 2, "filing": "console", "adopt": list(adopt)})
    nonce = stack["eu"]["record_version"][-4:]
    stack.destroy()

    said = run("form", *EU)

    (block,) = read_blocks(said.out)
    assert (0, "") == (said.code, said.err)
    assert (f"DIP-eu-west-1-1-{nonce}", "shop/prod/eu", frozenset(adopt)) == (
        block.case_mark,
        block.holder,
        block.addresses,
    )
    emulator.file_by_hand(f"Please remove [{block.case_mark}]", said.out)
    one = json.loads(run("status", *EU, "--all", "--json").out)[0]
    assert ("relinquishing", "1700000001") == (one["status"], one["case_display_id"])


def test_the_form_of_a_live_lease_is_in_the_record_if_it_asks_nothing_about_the_mail(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that relinquishes addresses is the same as the stack's; a request is with the stack that has it."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    eu: dict[str, Any] = {"count": 2, "filing": "console", "adopt": list(emulator.lease("eu-west-1", 2))}
    stack.up(eu=eu)
    nothing = run("form")
    stack.up(eu={**eu, "count": 1, "adopt": eu["adopt"][:1]})
    relinquishes = run("form")
    stack.up(eu={**eu, "count": 3})
    requests = run("form")

    assert (1, True) == (
        nothing.code,
        nothing.err.startswith("dedicated-ip: No form is pending in the record of shop/prod/eu (eu-west-1).\n"),
    )
    assert (0, 1) == (relinquishes.code, len(read_blocks(relinquishes.out)))
    assert (1, True) == (
        requests.code,
        requests.err.startswith(
            "dedicated-ip: The pending form of shop/prod/eu (eu-west-1) requests addresses, and the record does "
            "not store what it says about your mail.\nRun `pulumi stack export | "
        ),
    )


def test_without_a_record_no_form_waits(run: Callable[..., Ended]) -> None:
    """Neither does one where no Region is known."""
    said = run("form", *EU)

    assert (1, "dedicated-ip: No form is pending in the record of eu-west-1.") == (said.code, said.err.splitlines()[0])
    assert (2, True) == (
        (nowhere := run("form")).code,
        "no Region is configured: give --region, or --from-state." in nowhere.err,
    )


# Declared by options.


def test_a_form_can_be_declared_by_options(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """The options are the inputs of the resource; how many the Region has is read from SES, without managed ones."""
    emulator.lease("eu-west-1")
    emulator.add_managed("eu-west-1")

    said = run("form", *DECLARED)

    assert (0, UNMARKED, True) == (said.code, said.err, is_unmarked(said.out))
    assert "This account has 1 dedicated IP address for Amazon SES in Europe (Ireland), eu-west-1." in said.out
    assert "Please add 3, for a total of 4." in said.out
    assert f"Use case description: {FORM['description']}\n" in said.out


def test_without_credentials_the_options_say_all(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """With `--have`, AWS is asked nothing. Here: the Pinpoint form in Japanese, with all it asks."""
    said = run(
        "form", *DECLARED, "--have", "0", "--form", "pinpoint-email", "--max-send-rate", "50", "--language", "ja"
    )

    assert "クォータタイプ (Quota type): Pinpoint Email\n" in said.out
    assert "新しいクォータ値 (New quota value): 50\n" in said.out
    assert is_unmarked(said.out)
    assert () == emulator.log


def test_addresses_can_be_relinquished_by_options(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """Nothing is asked about the mail then. A wrong address in a form costs a day, so SES has to show it."""
    ip, _ = emulator.lease("eu-west-1", 2)

    said = run("form", *EU, "--relinquish", ip)
    wrong = run("form", *EU, "--relinquish", ip, "--relinquish", "198.51.100.7")
    pinpoint = run("form", *EU, "--relinquish", ip, "--form", "pinpoint-email")

    assert (0, True) == (said.code, is_unmarked(said.out))
    assert "leaving a total of 1." in said.out
    assert f"Addresses to relinquish: {ip}\n" in said.out
    assert (1, "dedicated-ip: The account has no 198.51.100.7 in eu-west-1.") == (wrong.code, wrong.err.splitlines()[0])
    assert "Quota type: Pinpoint Email\n" in pinpoint.out


def test_a_long_list_goes_on_in_further_messages(run: Callable[..., Ended]) -> None:
    """None of them has a mark either."""
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
        ([*DECLARED, "--count", "-1"], "--count must be from 0 to 10,000, not -1."),
        ([*DECLARED, "--website-url", "shop"], "--website-url must be a web address"),
        ([*DECLARED, "--form", "pinpoint-email"], "--max-send-rate is missing: the form"),
        ([*DECLARED, "--relinquish", "192.0.2"], "'192.0.2' is not an IPv4 address."),
        ([*DECLARED, "--relinquish", "192.0.2.1"], "--count and --relinquish exclude each other."),
        ([*DECLARED, "--region", "Ireland"], "'Ireland' is not the code of an AWS Region"),
    ],
    ids=str,
)
def test_a_wrong_declaration_is_a_sentence(run: Callable[..., Ended], arguments: list[str], expected: str) -> None:
    """What is missing, wrong or too much is said in the words of the command line."""
    said = run("form", *arguments)

    assert (2, "", True) == (said.code, said.out, expected in said.err)


@pytest.mark.parametrize(
    "option", [("--count", "3"), ("--language", "ja"), EU, ("--have", "0"), ("--complies-with-aup",)], ids=str
)
def test_a_state_and_a_declaration_exclude_each_other(
    export: Export, run: Callable[..., Ended], option: tuple[str, ...]
) -> None:
    """Which of the two would count nobody could tell."""
    said = run("form", "--from-state", export(), *option)

    assert (2, True) == (said.code, f"{option[0]} and --from-state exclude each other: the state has it." in said.err)
