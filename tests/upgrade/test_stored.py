"""A lease that an older version of this package stored is read, changed and given up by the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from faults.commands import Terminal, close, session_at
from invariants import Wishes, contradictions
from values import ACCOUNT

from dedicated_ip_provider.emulator import RunningDesk, start
from dedicated_ip_provider.names import INPUTS, OUTPUTS
from upgrade.stored import ADOPTED, NOON, REGIONS, leases_of, restore, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

every_version = pytest.mark.parametrize("version", versions())


@pytest.fixture
def stored() -> Iterator[Callable[[str, str], Terminal]]:
    """Opens a stored lease, at an account as it was when it was stored."""
    with start(now=NOON) as desk:
        session = session_at(desk, regions=tuple(REGIONS.values()))

        def opened(version: str, name: str) -> Terminal:
            restore(desk, version)
            resource = leases_of(version)[name]
            terminal = Terminal(desk, session, Wishes(), resource["outputs"]["lease_key"])
            terminal.state, terminal.inputs = resource["outputs"], given(resource["inputs"])
            return terminal

        yield opened
        close(session)


def given(inputs: dict[str, Any]) -> dict[str, Any]:
    """Give the inputs of a program, without what Pulumi and the resource add."""
    return {key: value for key, value in inputs.items() if key not in ("__provider", "lease_key")}


def new_texts(desk: RunningDesk, before: int) -> list[str]:
    """Give the subjects of the cases filed since."""
    return [case.subject.partition(" [")[0] for case in desk.cases(ACCOUNT)[before:]]


def test_a_state_is_kept_for_this_version() -> None:
    """There is at least one; nobody deletes them."""
    assert "0.1.0" in versions()


@every_version
@pytest.mark.parametrize("name", REGIONS)
def test_a_stored_lease_is_read(stored: Callable[[str, str], Terminal], version: str, name: str) -> None:
    """Nothing has happened at AWS: a refresh shows the same facts, and the preview is empty before and after."""
    terminal = stored(version, name)
    before = dict(terminal.state or {})
    assert not terminal.is_changed()

    said = terminal.refresh()

    assert ("done", "") == (said.end, said.text)
    after = terminal.state or {}
    words = ("message", "memory")
    assert {key: value for key, value in before.items() if key not in (*words, "__provider")} == {
        key: after.get(key) for key in before if key not in (*words, "__provider")
    }
    assert [] == contradictions(after, terminal.desk)
    assert not terminal.is_changed()


@every_version
@pytest.mark.parametrize(
    ("name", "subject", "requested"),
    [
        ("requested", [], 3),
        ("active", ["Amazon SES in us-east-1: please add 1 dedicated IP address"], 1),
        ("short", ["Amazon SES in us-west-2: please add 3 dedicated IP addresses"], 3),
        ("relinquishing", ["Amazon SES in ap-northeast-1: please add 1 dedicated IP address"], 1),
        ("asked", ["Amazon SES in eu-central-1: please add 1 dedicated IP address"], 1),
        ("console", [], 0),
        ("adopted", ["Amazon SES in eu-north-1: please add 1 dedicated IP address"], 1),
    ],
)
def test_a_stored_lease_is_raised(
    stored: Callable[[str, str], Terminal], version: str, name: str, subject: list[str], requested: int
) -> None:
    """One more than declared: the open request is amended, or a case asks for what is missing."""
    terminal = stored(version, name)
    filed = len(terminal.desk.cases())

    said = terminal.up(count=terminal.inputs["count"] + 1)

    assert ("done", "") == (said.end, said.text)
    assert (subject, requested) == (new_texts(terminal.desk, filed), terminal.shows("requested_count")[0])
    assert [] == contradictions(terminal.state or {}, terminal.desk)


@every_version
@pytest.mark.parametrize("name", REGIONS)
def test_a_stored_lease_is_given_up(stored: Callable[[str, str], Terminal], version: str, name: str) -> None:
    """What is open is called off, and one case gives back what the lease holds and is not giving back already."""
    terminal = stored(version, name)
    held = terminal.shows("addresses")[0]
    filed = len(terminal.desk.cases())

    said = terminal.destroy()

    assert ("done", "") == (said.end, said.text)
    returned = [case.from_customer[0].body for case in terminal.desk.cases()[filed:]]
    assert [True] * len(returned) == [f"Addresses to relinquish: {', '.join(held)}" in body for body in returned]
    assert (1 if held else 0) == len(returned)
    requests = [case for case in terminal.desk.cases() if f"{REGIONS[name]}: please add" in case.subject]
    assert ["resolved"] * len(requests) == [case.status for case in requests]


@every_version
def test_no_key_that_was_ever_stored_is_gone(version: str) -> None:
    """Programs and other stacks read the outputs by their names."""
    for name, lease in leases_of(version).items():
        assert (name, set()) == (name, {*lease["outputs"]} - {*INPUTS, *OUTPUTS, "__provider"})
    assert ADOPTED in leases_of(version)["adopted"]["outputs"]["addresses"]
