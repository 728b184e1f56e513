"""Before a request is filed, SES is asked once how it stands to the account, and what speaks against it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.filed import steps
from support.stacks import marked

if TYPE_CHECKING:
    from support.stacks import Stack

    from dedicated_ip_provider.emulator import Emulator


def looks(emulator: Emulator) -> int:
    """Return how often SES was asked for what it says of the account."""
    return len(emulator.calls("GetAccount"))


def test_what_speaks_against_a_request_is_said_before_it_is_filed(emulator: Emulator, stack: Stack) -> None:
    """AWS decides: the request is filed all the same."""
    emulator.change(production_access=False, enforcement="SHUTDOWN", sending_enabled=False, auto_warmup=False)

    said = stack.up(eu={"count": 2}).said.splitlines()

    assert [
        "eu (eu-west-1): AWS has paused the account's sending in eu-west-1 (SHUTDOWN). ",
        "eu (eu-west-1): The account is in SES's sandbox in eu-west-1. ",
        "eu (eu-west-1): Automatic warm-up is off in eu-west-1: new addresses arrive marked as warmed up, but are cold. ",
        "eu (eu-west-1): filed case 1700000001, which requests 2 dedicated IP addresses: ",
    ] == [line[: line.find(". " if ". " in line else ": https") + 2] for line in said]
    assert ("requested", 1) == (stack["eu"]["status"], looks(emulator))


def test_a_form_that_requests_is_looked_at_as_well(emulator: Emulator, stack: Stack) -> None:
    """A person who files it should know; a form that waits already is no new request."""
    emulator.change(enforcement="PROBATION")

    first = stack.up(eu={"count": 2, "filing": "console"})
    stack.up(eu={"count": 2, "filing": "console", "max_send_rate": 5})

    assert first.said.startswith("eu (eu-west-1): AWS has the account's sending in eu-west-1 under review (PROBATION).")
    assert ("to_file", 1) == (stack["eu"]["status"], looks(emulator))


@pytest.mark.parametrize("fault", ["access-denied", "throttling", "half-body", "close", "expired-credentials"])
def test_a_look_that_fails_keeps_nothing_from_being_filed(emulator: Emulator, stack: Stack, fault: str) -> None:
    """The permission may be missing: that is said, and a request needs it not."""
    emulator.fault(fault, operation="GetAccount", times=None)

    done = stack.up(eu={"count": 2})

    assert ("", "requested", ["request"]) == (done.error, stack["eu"]["status"], steps(emulator))
    assert done.said.startswith("eu (eu-west-1): the status of the account in SES could not be read: ")


def test_only_a_request_is_looked_at(emulator: Emulator, stack: Stack) -> None:
    """What changes an open request, relinquishes, or does nothing, asks SES for addresses only."""
    stack.up(eu={"count": 2})
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    stack.up(eu={"count": 3})
    assert 1 == looks(emulator)

    stack.up(eu={"count": 2})
    stack.destroy()

    assert 1 == looks(emulator)
