"""Leases of up to 1,000 addresses: one case each, with further messages for long lists, and no message too long."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from support.filed import REGION, filed, record, steps
from support.stacks import Stack, marked

from dedicated_ip_provider.emulator.services import ses

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator

MAX_BODY = 8_000
MAX_RECORD = 4_096


@pytest.fixture(autouse=True)
def _long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS does not document how many addresses it lists on a page; more of them only make this quicker."""
    monkeypatch.setattr(ses, "PAGES", replace(ses.PAGES, size=100))


def granted(stack: Stack, emulator: Emulator, count: int) -> set[str]:
    """Let a stack hold so many addresses with nothing open, and return them."""
    stack.up(eu={"count": count})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    return set(stack["eu"]["addresses"])


def longest_message(emulator: Emulator) -> int:
    """Return the length of the longest message that was sent to AWS."""
    return max(len(message.body) for case in marked(emulator) for message in case.from_customer)


@pytest.mark.parametrize(("count", "lists"), [(10, 0), (120, 0), (121, 1), (1_000, 8)])
def test_a_large_lease_lives_like_a_small_one(emulator: Emulator, stack: Stack, count: int, lists: int) -> None:
    """Create, refresh, grow, shrink and destroy: one case for each wish, every address named once."""
    held = granted(stack, emulator, count)
    assert ("active", count) == (stack["eu"]["status"], len(held))
    stack.up(eu={"count": count + 5})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    stack.up(eu={"count": count})
    assert 5 == len(filed(emulator)[-1].named)
    emulator.remove(marked(emulator)[-1].id)
    stack.refresh()
    assert [] == stack.changes(eu={"count": count})

    assert "" == stack.destroy().error

    assert ["request", "request", "relinquish", " ".join(["relinquish", *["list"] * lists])] == steps(emulator)
    assert set(emulator.addresses(REGION)) == filed(emulator)[-1].named
    assert longest_message(emulator) <= MAX_BODY


def test_a_message_for_a_person_names_five_addresses_and_counts_the_rest(emulator: Emulator, stack: Stack) -> None:
    """Of the lease's own and of others'."""
    emulator.lease(REGION, 600)
    granted(stack, emulator, 300)
    stack.up(eu={"count": 100})

    said = stack["eu"]["message"]

    assert 200 == len(stack["eu"]["relinquishing"])
    assert "and 195 more" in said
    assert "and 595 more" in said
    assert len(re.findall(r"192\.0\.2\.\d+", said)) <= 10


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("listing_delay", [0, 3_600])
@pytest.mark.parametrize("message", [0, 1])
def test_a_list_that_was_cut_off_is_completed_by_the_next_run(
    emulator: Emulator, stack: Stack, *, message: int, listing_delay: int, carried_out: bool
) -> None:
    """Killed at any of its messages, also while AWS does not list the case yet: one case, each part sent once."""
    held = granted(stack, emulator, 250)
    emulator.advance(3_600)
    emulator.change(listing_delay=listing_delay)
    emulator.fault("reset", operation="AddCommunicationToCase", when="after" if carried_out else "before", skip=message)
    # What was lost is looked for, and sent again only where it is not there.
    for _ in range(2):
        stack.destroy()

    assert {} == stack.stored
    assert ["request", "relinquish list list"] == steps(emulator)
    assert held == filed(emulator)[-1].named


def test_a_large_lease_is_taken_over_and_its_lost_state_gone_on_with(emulator: Emulator, stack: Stack) -> None:
    """The record holds all of it."""
    held = granted(stack, emulator, 1_000)
    stack.up(eu={"count": 1_001})
    other = Stack(emulator, "mail/live")
    token = other.up(eu={"count": 1_001}).error.rsplit('"', 2)[1]

    other.up(eu={"count": 1_001, "take_over_from": token})

    assert ("requested", held) == (other["eu"]["status"], set(other["eu"]["addresses"]))
    assert ["request", "request"] == steps(emulator)


@pytest.mark.parametrize(("count", "most"), [(10, 700), (100, 800), (1_000, 1_200)])
def test_state_and_record_stay_small(emulator: Emulator, stack: Stack, count: int, most: int) -> None:
    """What the provider remembers of a lease beside its outputs: differences, compressed."""
    emulator.lease(REGION, count)
    granted(stack, emulator, count)
    stack.up(eu={"count": count - 5})

    memory = stack["eu"]["memory"]

    assert len(json.dumps(memory)) < most
    assert len(json.dumps(record(emulator))) < MAX_RECORD


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
