"""Service Quotas over the wire: a list of SES's quotas, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emulator.conftest import ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedicated_ip_provider.emulator import RunningEmulator


@pytest.fixture
def quotas(emulator: RunningEmulator) -> Iterator[Any]:
    """The client of the default account."""
    client = boto3.Session("111122223333", "secret", None, "eu-west-1").client(
        "service-quotas",
        endpoint_url=emulator.url,
        config=ONCE,
    )
    yield client
    client.close()


def names(quotas: Any, **parameters: object) -> list[str]:
    """List the names of SES's quotas."""
    return [one["QuotaName"] for one in quotas.list_service_quotas(ServiceCode="ses", **parameters)["Quotas"]]


def test_ses_has_no_quota_for_dedicated_ips_unless_that_is_set(emulator: RunningEmulator, quotas: Any) -> None:
    """AWS has none in 2026; the day may come."""
    assert ["Sending quota", "Sending rate"] == names(quotas)
    emulator.change(dedicated_ip_quota=True)
    assert ["Dedicated IPs", "Sending quota", "Sending rate"] == names(quotas)


def test_quotas_come_in_pages(emulator: RunningEmulator, quotas: Any) -> None:
    """As many as asked for, and a token for the rest, which is good for this list alone."""
    first = quotas.list_service_quotas(ServiceCode="ses", MaxResults=1)

    assert ["Sending rate"] == names(quotas, NextToken=first["NextToken"])
    with pytest.raises(ClientError, match="InvalidPaginationTokenException"):
        names(quotas, NextToken="another")
    assert "service-quotas" == emulator.log[-1].service


def test_other_services_have_none_here(quotas: Any) -> None:
    """What is not known is refused in AWS's words."""
    with pytest.raises(quotas.exceptions.NoSuchResourceException, match="s3 is not a known service"):
        quotas.list_service_quotas(ServiceCode="s3")
    with pytest.raises(ClientError, match="IllegalArgumentException"):
        quotas.list_service_quotas(ServiceCode="ses", MaxResults=0)
