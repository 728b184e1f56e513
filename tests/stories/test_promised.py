"""What a preview said, the run after it does: no other address goes, and none is bought twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.filed import filed, steps
from support.stacks import REGION

from dedicated_ip_provider.emulator import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.values import Pool

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator

A, B, C, D = (f"192.0.2.{number}" for number in range(1, 5))


def test_addresses_that_warmed_up_since_the_last_refresh_change_nothing(emulator: Emulator, stack: Stack) -> None:
    """The preview named the least warmed of the last refresh; by the time of the run, all are warm."""
    stack.grown(2)
    emulator.advance(days=20)
    stack.grown(3)
    assert "will relinquish 192.0.2.3 by" in stack.preview(eu={"count": 2})[0]
    emulator.advance(days=60)

    stack.up(eu={"count": 2})

    assert {C} == filed(emulator)[-1].named


def test_pools_that_people_made_in_ses_change_nothing(emulator: Emulator, stack: Stack) -> None:
    """A preview does not know in which pools SES has the addresses of a lease without pools."""
    for name in ("orders", "news", "news"):
        with emulator.awake() as world:
            world.account(DEFAULT_ACCOUNT).pools[REGION, name] = Pool(region=REGION, name=name)
        emulator.lease(REGION, 1, pool=name)
    stack.up(eu={"count": 3, "adopt": [A, B, C]})
    stack.refresh()
    divided = {"count": 2, "pools": {"orders": 1, "news": 1}, "adopt": []}
    lines = stack.preview(eu=divided)
    assert "will relinquish 192.0.2.1 by" in lines[0]
    assert "eu (eu-west-1): pool orders first gets what SES already shows in a pool of that name" in lines

    stack.up(eu=divided)

    assert {A} == filed(emulator)[-1].named


def test_a_lease_that_is_taken_back_with_a_lower_count_relinquishes_nothing(
    emulator: Emulator, stack: Stack, other: Stack
) -> None:
    """No preview could name what the other stack requested meanwhile; the count is lowered once more, after a preview."""
    stack.grown(2)
    other.grown(4, take_over_from=stack["eu"]["record_version"])
    stack.refresh()
    back = {"count": 1, "take_over_from": other["eu"]["record_version"]}
    assert stack.preview(eu=back)[0].endswith("; it relinquishes nothing")

    stack.up(eu=back)

    assert (["request", "request"], "over", [A, B, C, D]) == (
        steps(emulator),
        stack["eu"]["status"],
        stack["eu"]["addresses"],
    )


def test_an_adopted_address_that_ses_left_out_once_is_adopted_again(emulator: Emulator, stack: Stack) -> None:
    """It is the lease's as soon as it is back: none is requested in its place."""
    emulator.lease(REGION, 2)
    wish = {"count": 2, "adopt": [A, B]}
    stack.up(eu=wish)
    with emulator.awake() as world:
        left_out = world.account(DEFAULT_ACCOUNT).addresses.pop((REGION, B))
    stack.refresh()
    assert 1 == stack["eu"]["count"]
    with emulator.awake() as world:
        world.account(DEFAULT_ACCOUNT).addresses[REGION, B] = left_out
    stack.refresh()
    assert [] == stack.preview(eu=wish)

    stack.up(eu=wish)

    assert ([], [A, B], "active") == (steps(emulator), stack["eu"]["addresses"], stack["eu"]["status"])
