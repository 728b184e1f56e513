"""Leases of up to 1,000 addresses: one case each, with further messages for long lists, and no message too long."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, record, steps
from support.stacks import marked

from dedicated_ip_provider.emulator.services import ses

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator

MAX_BODY = 8_000
MAX_RECORD = 4_096


@pytest.fixture(autouse=True)
def _long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS does not document how many addresses it lists on a page; more of them only make this quicker."""
    monkeypatch.setattr(ses, "PAGES", replace(ses.PAGES, size=100))


def longest_message(emulator: Emulator) -> int:
    """Return the length of the longest message that was sent to AWS."""
    return max(len(message.body) for case in marked(emulator) for message in case.from_customer)


@pytest.mark.parametrize(("count", "lists", "most"), [(10, 0, 700), (120, 0, 800), (121, 1, 800), (995, 8, 1_200)])
def test_a_large_lease_lives_like_a_small_one(
    emulator: Emulator, stack: Stack, count: int, lists: int, most: int
) -> None:
    """Create, refresh, grow, shrink and destroy: one case for each wish, every address named once.

    What the provider remembers beside the outputs stays small: differences, compressed.
    """
    others = emulator.lease(REGION, count)
    held = set(stack.grown(count))
    assert ("active", count) == (stack["eu"]["status"], len(held))
    stack.grown(count + 5)
    stack.up(eu={"count": count})
    assert 5 == len(filed(emulator)[-1].named)
    assert len(json.dumps(stack["eu"]["memory"])) < most
    assert len(json.dumps(record(emulator))) < MAX_RECORD
    emulator.remove(marked(emulator)[-1].id)
    stack.refresh()
    assert [] == stack.changes(eu={"count": count})

    assert "" == stack.destroy().error

    assert ["request", "request", "relinquish", " ".join(["relinquish", *["list"] * lists])] == steps(emulator)
    assert set(emulator.addresses(REGION)) - set(others) == filed(emulator)[-1].named
    assert longest_message(emulator) <= MAX_BODY


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("listing_delay", [0, 3_600])
@pytest.mark.parametrize("message", [0, 1])
def test_a_list_that_was_cut_off_is_completed_by_the_next_run(
    emulator: Emulator, stack: Stack, *, message: int, listing_delay: int, carried_out: bool
) -> None:
    """Killed at any of its messages, also while AWS does not list the case yet: one case, each part sent once."""
    held = set(stack.grown(250))
    emulator.advance(3_600)
    emulator.change(listing_delay=listing_delay)
    emulator.fault("reset", operation="AddCommunicationToCase", when="after" if carried_out else "before", skip=message)
    # What was lost is looked for, and sent again only where it is not there.
    for _ in range(2):
        stack.destroy()

    assert {} == stack.stored
    assert ["request", "relinquish list list"] == steps(emulator)
    assert held == filed(emulator)[-1].named


def of_networks(networks: int, count: int) -> list[str]:
    """Return so many addresses of so many networks of 65,536."""
    numbers = random.Random(1)  # noqa: S311 - the same addresses each time
    bases = [numbers.randrange(2**8, 2**15) << 16 for _ in range(networks)]
    found = {bases[number % networks] + numbers.randrange(1, 2**16) for number in range(count)}
    return [str(IPv4Address(number)) for number in sorted(found)]


@pytest.mark.parametrize("removed", [0, 400, 800])
def test_the_record_holds_a_thousand_addresses_that_are_being_relinquished(
    emulator: Emulator, stack: Stack, removed: int
) -> None:
    """Of 16 networks, and whatever AWS has removed of them already: a destroy that was cut off at its intent goes on."""
    addresses = of_networks(16, 1_000)
    emulator.import_addresses(REGION, *addresses)
    stack.up(eu={"count": len(addresses), "adopt": addresses})
    if removed:
        stack.up(eu={"count": 10, "adopt": []})
        emulator.take_away(REGION, *addresses[:removed])
        stack.refresh()
        stack.up(eu={"count": 9, "adopt": []})
    named = {ip for one in filed(emulator) for ip in one.named}
    emulator.fault("reset", operation="CreateCase", when="before")

    assert "unconfirmed" in stack.destroy().error
    emulator.advance(601)
    stack.destroy()
    stack.destroy()

    assert {} == stack.stored
    assert set(emulator.addresses(REGION)) - named == filed(emulator)[-1].named


def test_more_than_the_record_can_hold_is_refused(emulator: Emulator, stack: Stack) -> None:
    """What the lease holds is never left out of the record: it is told what would not fit, and nothing is filed."""
    addresses = of_networks(1_000, 1_000)
    emulator.import_addresses(REGION, *addresses)

    error = stack.up(eu={"count": 1_000, "adopt": addresses}).error

    assert "it holds 1000 dedicated IP addresses.\nNothing was filed. A lease of that size is not supported." in error
    assert "holder" not in record(emulator)
