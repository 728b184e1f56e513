"""SES v2 over the wire, as boto3 sees it, Region by Region; and the list of its quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.conftest import EU, OTHER, Aws, code_of, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator

DEFAULT = "ses-default-dedicated-pool"
SHARED = "ses-shared-pool"


def ips_of(aws: Aws, **parameters: str) -> list[str]:
    """List addresses."""
    return [one["Ip"] for one in aws.sesv2.get_dedicated_ips(**parameters)["DedicatedIps"]]


def test_addresses_are_listed_by_region_and_account(
    emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]
) -> None:
    """A Region lists the caller's own addresses, new ones in SES's default pool."""
    (one,), (two,) = emulator.lease(EU, 1), emulator.lease("us-east-1", 1)

    assert [{"Ip": one, "WarmupStatus": "IN_PROGRESS", "WarmupPercentage": 1, "PoolName": DEFAULT}] == (
        aws.sesv2.get_dedicated_ips()["DedicatedIps"]
    )
    assert [two] == ips_of(client(region="us-east-1"))
    assert [] == ips_of(client(OTHER))


def test_pools_are_created_filled_emptied_and_deleted(
    emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]
) -> None:
    """An address moves between pools; a pool with leased addresses in it cannot be deleted."""
    (ip,) = emulator.lease(EU, 1)
    aws.sesv2.create_dedicated_ip_pool(PoolName="mail", Tags=[{"Key": "a", "Value": "b"}])
    client(region="us-east-1").sesv2.create_dedicated_ip_pool(PoolName="mail")
    assert "AlreadyExistsException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName="mail")
    assert {"PoolName": "mail", "ScalingMode": "STANDARD"} == (
        aws.sesv2.get_dedicated_ip_pool(PoolName="mail")["DedicatedIpPool"]
    )

    aws.sesv2.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName="mail")
    assert ([ip], []) == (ips_of(aws, PoolName="mail"), ips_of(aws, PoolName=DEFAULT))
    assert "BadRequestException" == code_of(aws.sesv2.delete_dedicated_ip_pool, PoolName="mail")
    aws.sesv2.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName=DEFAULT)
    aws.sesv2.delete_dedicated_ip_pool(PoolName="mail")

    assert [DEFAULT] == aws.sesv2.list_dedicated_ip_pools()["DedicatedIpPools"]
    assert "NotFoundException" == code_of(aws.sesv2.get_dedicated_ip_pool, PoolName="mail")
    assert "NotFoundException" == code_of(aws.sesv2.get_dedicated_ips, PoolName="mail")
    assert ["mail"] == client(region="us-east-1").sesv2.list_dedicated_ip_pools()["DedicatedIpPools"]


def test_managed_pools_have_addresses_of_their_own(emulator: RunningEmulator, aws: Aws) -> None:
    """A managed pool's addresses are listed among the leased ones and deleted with it; there are at most five."""
    for number in range(5):
        aws.sesv2.create_dedicated_ip_pool(PoolName=f"auto-{number}", ScalingMode="MANAGED")
    assert "LimitExceededException" == code_of(
        aws.sesv2.create_dedicated_ip_pool, PoolName="auto-5", ScalingMode="MANAGED"
    )
    aws.sesv2.create_dedicated_ip_pool(PoolName="mail")

    (ip,) = emulator.add_managed(EU, 1, pool="auto-0")
    assert {"Ip": ip, "WarmupStatus": "NOT_APPLICABLE", "WarmupPercentage": -1, "PoolName": "auto-0"} == (
        aws.sesv2.get_dedicated_ip(Ip=ip)["DedicatedIp"]
    )
    assert "MANAGED" == aws.sesv2.get_dedicated_ip_pool(PoolName="auto-0")["DedicatedIpPool"]["ScalingMode"]
    assert [ip] == ips_of(aws)
    aws.sesv2.delete_dedicated_ip_pool(PoolName="auto-0")
    assert [] == ips_of(aws)


def test_some_pools_and_moves_are_refused(emulator: RunningEmulator, aws: Aws) -> None:
    """SES's own pools are not the customer's, and managed ones take no addresses; a move checks the address first."""
    (ip,), (managed,) = emulator.lease(EU, 1), emulator.add_managed(EU, 1, pool="auto")

    for pool in (DEFAULT, SHARED):
        assert "BadRequestException" == code_of(aws.sesv2.get_dedicated_ip_pool, PoolName=pool)
        assert "BadRequestException" == code_of(aws.sesv2.delete_dedicated_ip_pool, PoolName=pool)
        assert "AlreadyExistsException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName=pool)
    assert [ip] == ips_of(aws, PoolName=DEFAULT)
    for address, pool, said in (
        ("a/b", "nowhere", "Could not find dedicated IP a/b under this account."),
        (ip, "nowhere", "The requested pool nowhere does not exist."),
        (ip, SHARED, "Pool name describes either a shared or default dedicated ip pool"),
        (ip, "auto", "The pool auto is a managed one."),
        (managed, DEFAULT, f"The dedicated IP {managed} belongs to a managed pool."),
    ):
        assert said == refused(aws.sesv2.put_dedicated_ip_in_pool, Ip=address, DestinationPoolName=pool)[1]
    # A slash in a path belongs to the value; the refusal is in the words that AWS was seen to use.
    with pytest.raises(aws.sesv2.exceptions.NotFoundException, match="Could not find dedicated IP a/b under") as caught:
        aws.sesv2.get_dedicated_ip(Ip="a/b")
    assert 404 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_bad_parameters_are_bad_requests(aws: Aws) -> None:
    """A pool's name has 1 to 64 of a-z, 0-9, _ and -; what breaks the model is refused."""
    bad, create = "BadRequestException", aws.sesv2.create_dedicated_ip_pool
    for name in ("", "Mail", "m" * 65, "a b", "ä", "a/b"):
        assert bad == code_of(create, PoolName=name), name
    assert bad == code_of(create, PoolName="a", ScalingMode="ELASTIC")
    assert bad == code_of(create, PoolName="a", Tags=[{"Key": "a"}])
    assert bad == code_of(aws.sesv2.get_dedicated_ips, PageSize=0)
    assert bad == code_of(aws.sesv2.get_dedicated_ips, PageSize=1001)
    assert "SerializationException" == code_of(aws.sesv2.get_dedicated_ips, PageSize="many")


def test_settings_say_what_an_account_may_send(emulator: RunningEmulator, aws: Aws) -> None:
    """GetAccount shows an account out of the sandbox; its quotas have none for dedicated IPs, as AWS in 2026."""

    def quotas() -> list[str]:
        return [one["QuotaName"] for one in aws.quotas.list_service_quotas(ServiceCode="ses")["Quotas"]]

    assert ["Sending quota", "Sending rate"] == quotas()
    emulator.change(auto_warmup=False, sending_enabled=False, dedicated_ip_quota=True)

    account = aws.sesv2.get_account()
    assert (True, "HEALTHY") == (account["ProductionAccessEnabled"], account["EnforcementStatus"])
    assert (False, False) == (account["DedicatedIpAutoWarmupEnabled"], account["SendingEnabled"])
    assert 100.0 == account["SendQuota"]["MaxSendRate"]
    assert ["Dedicated IPs", "Sending quota", "Sending rate"] == quotas()
    assert "service-quotas" == emulator.log[-1].service
    with pytest.raises(aws.quotas.exceptions.NoSuchResourceException, match="s3 is not a known service"):
        aws.quotas.list_service_quotas(ServiceCode="s3")
    assert "IllegalArgumentException" == code_of(aws.quotas.list_service_quotas, ServiceCode="ses", MaxResults=0)
