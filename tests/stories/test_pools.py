"""Two mail streams in one Region, from the first `pulumi up` to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.filed import filed, steps
from support.stacks import marked

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.values import Pool

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator

A, B, C, D, E = (f"192.0.2.{number}" for number in range(1, 6))


def pools(stack: Stack) -> dict[str, list[str]]:
    """Return which addresses each stream has."""
    found: dict[str, list[str]] = stack["eu"]["pool_addresses"]
    return found


def test_two_streams_share_a_lease_from_first_to_last(emulator: Emulator, stack: Stack) -> None:
    """One request for both; each stream keeps its addresses while the other one changes; one case ends all."""
    stack.up(eu={"count": 4, "pools": {"orders": 2, "news": 2}})
    assert (["request"], {"news": [], "orders": []}) == (steps(emulator), pools(stack))

    # Half of them come: pools by name get theirs first.
    emulator.grant(marked(emulator)[0].id, 2)
    stack.refresh()
    assert 2 == sum(map(len, pools(stack).values()))
    first = pools(stack)
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    assert {"news": 2, "orders": 2} == {pool: len(ips) for pool, ips in pools(stack).items()}
    assert all(set(ips) <= set(pools(stack)[pool]) for pool, ips in first.items())
    assert [] == stack.changes(eu={"count": 4, "pools": {"orders": 2, "news": 2}})

    # One stream grows: one more is requested, and it is that stream's.
    before = pools(stack)
    stack.up(eu={"count": 5, "pools": {"orders": 3, "news": 2}})
    assert before == pools(stack)
    emulator.grant(marked(emulator)[1].id)
    stack.refresh()
    assert {"news": before["news"], "orders": sorted([*before["orders"], E])} == pools(stack)

    # A change of the division alone files nothing.
    cases = len(marked(emulator))
    stack.up(eu={"count": 5, "pools": {"orders": 2, "news": 3}})
    assert (cases, {"news": 3, "orders": 2}) == (
        len(marked(emulator)),
        {pool: len(ips) for pool, ips in pools(stack).items()},
    )
    assert set(before["news"]) < set(pools(stack)["news"])

    # The stream that shrinks loses an address, and the other one none.
    before = pools(stack)
    stack.up(eu={"count": 4, "pools": {"orders": 2, "news": 2}})
    [gone] = filed(emulator)[-1].named
    assert gone in before["news"]
    assert {"news": sorted({*before["news"]} - {gone}), "orders": before["orders"]} == pools(stack)

    emulator.remove(marked(emulator)[-1].id)
    stack.destroy()
    assert {A, B, C, D, E} - {gone} == filed(emulator)[-1].named
    assert ["request", "request", "relinquish", "relinquish"] == steps(emulator)


def test_an_address_that_ses_shows_in_a_pool_is_that_pools_at_first(emulator: Emulator, stack: Stack) -> None:
    """After a take-over SES's own pools seed the division."""
    for name in ("news", "orders"):
        with emulator.awake() as world:
            world.account(DEFAULT_ACCOUNT).pools["eu-west-1", name] = Pool(region="eu-west-1", name=name)
        emulator.lease("eu-west-1", 1, pool=name)

    stack.up(eu={"count": 2, "adopt": [A, B], "pools": {"news": 1, "orders": 1}})

    assert {"news": [A], "orders": [B]} == pools(stack)
