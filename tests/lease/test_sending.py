"""Obstacles to a request, by the account's status in SES."""

from __future__ import annotations

from support.tables import table

from dedicated_ip_provider.lease.sending import Sending, concerns
from lease.values import REGION

WELL = Sending(region=REGION)
CONCERNS: list[tuple[str, Sending, list[str]]] = [
    ("no obstacle", WELL, []),
    ("new accounts are in the sandbox", Sending(region=REGION, in_sandbox=True), ["The account is in SES's sandbox in eu-west-1. Request production access first: AWS rarely leases addresses to a sender in the sandbox."]),
    ("AWS is looking at what was sent", Sending(region=REGION, enforcement="PROBATION"), ["AWS has the account's sending in eu-west-1 under review (PROBATION). AWS may deny requests until the review ends: settle that with AWS first."]),
    ("AWS has paused the sending, and says both", Sending(region=REGION, enforcement="SHUTDOWN", is_enabled=False), ["AWS has paused the account's sending in eu-west-1 (SHUTDOWN). AWS may deny requests until it lifts the pause: settle that with AWS first."]),
    ("a status that AWS may add", Sending(region=REGION, enforcement="WATCHED"), ["SES's enforcement status of the account in eu-west-1 is WATCHED. Settle that with AWS first: it judges the use case by how the account sends."]),
    ("the customer has paused it", Sending(region=REGION, is_enabled=False), ["Sending is turned off for the account in eu-west-1. Addresses cost from the day on which they come: turn it on (PutAccountSendingAttributes), or request them later."]),
    ("nothing warms them up", Sending(region=REGION, warms_up=False), ["Automatic warm-up is off in eu-west-1: new addresses arrive marked as warmed up, but are cold. Turn it on before they come (PutAccountDedicatedIpWarmupAttributes), or warm them up yourself."]),
]  # fmt: skip


@table("reason, sending, expected", CONCERNS)
def test_obstacles_to_a_request(reason: str, sending: Sending, expected: list[str]) -> None:
    """AWS documents no status in which a request is pointless: all are warnings, each with what to do."""
    assert expected == [f"{one.what} {one.next_step}" for one in concerns(sending)], reason


def test_all_obstacles_are_listed_the_gravest_first() -> None:
    """None hides another; only missing automatic warm-up may be on purpose."""
    found = concerns(Sending(region=REGION, in_sandbox=True, enforcement="PROBATION", is_enabled=False, warms_up=False))

    assert ["AWS", "The", "Sending", "Automatic"] == [one.what.split()[0] for one in found]
    assert [False, False, False, True] == [one.may_be_meant for one in found]
