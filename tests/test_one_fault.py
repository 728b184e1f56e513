"""One part's fault stays its own: a Region that is not enabled, throttled or down fails its own leases alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from values import ACCOUNT, REGION
from way_in import NOON, nothing_but

from dedicated_ip_provider.aws import Accounts, Patience
from dedicated_ip_provider.emulator import RunningDesk, start
from dedicated_ip_provider.errors import LeaseError
from dedicated_ip_provider.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningDesk]:
    """An account at AWS, to which all clients lead."""
    with start(now=NOON) as desk:
        nothing_but(monkeypatch, desk.environment)
        yield desk


NO_WAIT: Final = Patience(questions=1, after_throttle=(), second=0.0)
REGIONAL: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "not enabled": (
        {"kind": "error", "code": "UnrecognizedClientException", "status": 403, "message": "Invalid token."},
        "AWS refused ses:GetDedicatedIps (ap-east-1): UnrecognizedClientException: Invalid token.",
    ),
    "throttled": ({"kind": "throttling"}, "AWS throttles ses:GetDedicatedIps (ap-east-1): "),
    "down": ({"kind": "unavailable"}, "AWS failed at ses:GetDedicatedIps (ap-east-1): "),
}


@pytest.mark.parametrize("how", REGIONAL)
@pytest.mark.parametrize("order", [("ap-east-1", REGION), (REGION, "ap-east-1")])
def test_a_regions_fault_stays_its_own(desk: RunningDesk, how: str, order: tuple[str, str]) -> None:
    """Whichever lease comes first: what is asked once for a run is asked where AWS Support is."""
    fault, said = REGIONAL[how]
    desk.fault(**fault, region="ap-east-1", times=None)
    desk.lease(REGION, 1)
    accounts = Accounts(Settings(), lambda: NOON, NO_WAIT)

    seen: dict[str, Any] = {}
    for region in order:
        account = accounts.get(region, None, None)
        assert (ACCOUNT, ()) == (account.id, account.cases())
        try:
            seen[region] = account.addresses(region)
        except LeaseError as error:
            seen[region] = error.what

    assert str(seen["ap-east-1"]).startswith(said)
    assert 1 == len(list(seen[REGION]))


@pytest.mark.usefixtures("desk")
def test_leases_of_two_partitions_do_not_share_an_account() -> None:
    """Credentials are good in one of them: who asks in the other must not ask for both."""
    accounts = Accounts(Settings(), lambda: NOON)

    assert accounts.get("eu-west-1", None, None) is accounts.get("eu-west-3", None, None)
    assert accounts.get("eu-west-1", None, None) is not accounts.get("cn-north-1", None, None)
