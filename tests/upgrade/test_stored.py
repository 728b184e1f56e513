"""A lease that an older version of this package stored is read, changed and destroyed by the current one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.bags import over_the_wire
from support.process import no_wire
from support.stacks import Stack, Stored, marked

from dedicated_ip_provider.case_text.marker import read_blocks
from dedicated_ip_provider.emulator import Emulator
from dedicated_ip_provider.inputs import NAMES
from dedicated_ip_provider.outputs import OUTPUT_NAMES
from upgrade.stored import ADOPTED, PROGRAM, read, restore, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

every_version = pytest.mark.parametrize("version", versions())
LIVE = [name for name in PROGRAM if name != "superseded"]


@pytest.fixture
def stack(version: str) -> Iterator[Stack]:
    """The stored stack, at an account as it was when it was stored."""
    stack = restore(version)
    with no_wire(stack.emulator):
        yield stack


def new_texts(stack: Stack, before: int) -> list[str]:
    """Return the subjects of the cases filed since."""
    return [case.subject.partition(" [")[0] for case in stack.emulator.cases()[before:]]


def test_the_first_states_are_kept() -> None:
    """They are never deleted."""
    assert "2026-11-26" in versions()


@every_version
def test_no_stored_name_was_removed(version: str) -> None:
    """Programs and other stacks read outputs by their names."""
    for name, lease in read(version)["leases"].items():
        assert (name, set()) == (name, {*lease["outputs"]} - {*NAMES, *OUTPUT_NAMES})


@every_version
def test_a_stored_stack_is_refreshed(stack: Stack) -> None:
    """If nothing happened at AWS, a refresh shows the same facts, maybe in other words, and no preview shows a change."""
    before = {name: dict(stack[name]) for name in PROGRAM}
    assert [] == stack.changes(**PROGRAM)

    done = stack.refresh()

    assert "" == done.error
    facts = {*NAMES, *OUTPUT_NAMES} - {"message", "memory", "form_text"}
    for name in PROGRAM:
        assert (name, {key: before[name].get(key) for key in facts}) == (
            name,
            {key: stack[name].get(key) for key in facts},
        )
        assert (name, read_blocks(before[name]["form_text"])) == (name, read_blocks(stack[name]["form_text"]))
    assert [] == stack.changes(**PROGRAM)


@every_version
@pytest.mark.parametrize(
    ("name", "subject", "requested"),
    [
        ("requested", [], 3.0),
        ("active", ["Amazon SES in us-east-1: please add 1 dedicated IP address"], 1.0),
        ("short", ["Amazon SES in us-west-2: please add 3 dedicated IP addresses"], 3.0),
        ("over", [], 0.0),
        ("relinquishing", ["Amazon SES in ap-northeast-1: please add 1 dedicated IP address"], 1.0),
        ("asked", ["Amazon SES in eu-central-1: please add 1 dedicated IP address"], 1.0),
        ("console", [], 0.0),
    ],
)
def test_a_stored_lease_is_raised(stack: Stack, name: str, subject: list[str], requested: float) -> None:
    """One more than declared: the open request is amended, or a case requests what is missing."""
    filed = len(stack.emulator.cases())

    done = stack.up(**{**PROGRAM, name: {**PROGRAM[name], "count": PROGRAM[name]["count"] + 1}})

    assert "" == done.error
    assert (subject, requested) == (new_texts(stack, filed), stack[name]["requested_count"])


@every_version
@pytest.mark.parametrize("name", LIVE)
def test_a_stored_lease_is_destroyed(stack: Stack, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The open request is withdrawn, and one case relinquishes what the lease holds for certain."""
    monkeypatch.chdir(tmp_path)
    filed, held = len(stack.emulator.cases()), set(stack[name]["addresses"])

    done = stack.up(**{other: wish for other, wish in PROGRAM.items() if other != name})

    assert "" == done.error
    new = stack.emulator.cases()[filed:]
    assert [held] * (1 if held and name != "over" else 0) == [
        {ip for ip in held if ip in case.communications[0].body} for case in new
    ]
    region = PROGRAM[name]["region"]
    assert ["resolved"] * (name in ("requested", "short", "active", "relinquishing", "asked", "over")) == [
        case.status for case in marked(stack.emulator) if f"{region}: please add" in case.subject
    ]


@every_version
def test_a_stored_lease_that_another_stack_holds_files_nothing(stack: Stack) -> None:
    """Destroying it leaves the other stack's lease alone."""
    filed = len(stack.emulator.cases())

    done = stack.up(**{name: PROGRAM[name] for name in LIVE})

    assert ("", filed) == (done.error, len(stack.emulator.cases()))
    assert "elsewhere/prod/superseded holds the lease of eu-west-3 now" in done.said
    assert (ADOPTED,) == stack.emulator.addresses("eu-north-1")


def first_edition() -> dict[str, Any]:
    """Return the outputs of a lease as the first edition stored them."""
    outputs: dict[str, Any] = json.loads(Path(__file__).with_name("first-edition.json").read_text())
    return over_the_wire(outputs)


@pytest.mark.parametrize("command", ["refresh", "destroy", "up", "preview"])
def test_a_state_of_the_first_edition_is_refused_by_every_command(command: str) -> None:
    """It was never released; the error says what to do, and nothing is filed."""
    emulator, wish = Emulator(), {"region": "us-east-1", "count": 2}
    old = first_edition()
    stack = Stack(emulator, stored={"active": Stored(id=old["lease_key"], inputs=bare(old), outputs=old)})

    with no_wire(emulator):
        error = {
            "refresh": lambda: stack.refresh().error,
            "destroy": lambda: stack.destroy().error,
            "up": lambda: stack.up(active=wish).error,
            "preview": lambda: preview_error(stack, wish),
        }[command]()

    assert error.startswith(
        "The state of the lease organization/shop/dev/active/us-east-1 was written by the first edition"
    )
    assert "name 192.0.2.1, 192.0.2.2 in `adopt`" in error
    assert () == emulator.log


def bare(outputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of the first edition."""
    return {key: value for key, value in outputs.items() if key in (*NAMES, "lease_key")}


def preview_error(stack: Stack, wish: dict[str, Any]) -> str:
    """Return the error of a preview."""
    with pytest.raises(Exception, match="first edition") as error:
        stack.preview(active=wish)
    return str(error.value)
