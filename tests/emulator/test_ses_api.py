"""SES v2 over the wire, as boto3 sees it: addresses and pools, Region by Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.test_support_api import code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator
    from emulator.conftest import Aws

EU = "eu-west-1"


def ips_of(aws: Aws, **parameters: str) -> list[str]:
    """List addresses."""
    return [one["Ip"] for one in aws.sesv2.get_dedicated_ips(**parameters)["DedicatedIps"]]  # type: ignore[arg-type]  # strings all


def test_addresses_are_listed_by_region_and_account(
    emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]
) -> None:
    """A Region shows its own addresses of the caller's account, the new ones in SES's own pool."""
    (one,), (two,) = emulator.lease(EU, 1), emulator.lease("us-east-1", 1)

    assert [
        {"Ip": one, "WarmupStatus": "IN_PROGRESS", "WarmupPercentage": 1, "PoolName": "ses-default-dedicated-pool"}
    ] == aws.sesv2.get_dedicated_ips()["DedicatedIps"]
    assert [two] == ips_of(client(region="us-east-1"))
    assert [] == ips_of(client("444455556666"))


def test_managed_addresses_are_listed_too(emulator: RunningEmulator, aws: Aws) -> None:
    """Addresses of managed pools stand among the leased ones, and only their warm-up tells them apart."""
    (ip,) = emulator.add_managed(EU, 1, pool="auto")

    assert {"Ip": ip, "WarmupStatus": "NOT_APPLICABLE", "WarmupPercentage": -1, "PoolName": "auto"} == (
        aws.sesv2.get_dedicated_ip(Ip=ip)["DedicatedIp"]
    )
    assert "MANAGED" == aws.sesv2.get_dedicated_ip_pool(PoolName="auto")["DedicatedIpPool"]["ScalingMode"]
    assert [ip] == ips_of(aws)


def test_an_unknown_address_is_not_found(aws: Aws) -> None:
    """The refusal is a 404 in the words that AWS was seen to use."""
    with pytest.raises(aws.sesv2.exceptions.NotFoundException) as caught:
        aws.sesv2.get_dedicated_ip(Ip="192.0.2.1")

    assert 404 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert "Could not find dedicated IP 192.0.2.1 under this account." == caught.value.response["Error"]["Message"]


def test_pools_are_made_filled_emptied_and_deleted(emulator: RunningEmulator, aws: Aws) -> None:
    """An address moves between pools; a pool with leased addresses in it cannot be deleted."""
    (ip,) = emulator.lease(EU, 1)
    aws.sesv2.create_dedicated_ip_pool(PoolName="mail", Tags=[{"Key": "a", "Value": "b"}])
    assert {"PoolName": "mail", "ScalingMode": "STANDARD"} == (
        aws.sesv2.get_dedicated_ip_pool(PoolName="mail")["DedicatedIpPool"]
    )

    aws.sesv2.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName="mail")
    assert [ip] == ips_of(aws, PoolName="mail")
    assert [] == ips_of(aws, PoolName="ses-default-dedicated-pool")
    assert "BadRequestException" == code_of(aws.sesv2.delete_dedicated_ip_pool, PoolName="mail")
    aws.sesv2.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName="ses-default-dedicated-pool")
    aws.sesv2.delete_dedicated_ip_pool(PoolName="mail")

    assert ["ses-default-dedicated-pool"] == aws.sesv2.list_dedicated_ip_pools()["DedicatedIpPools"]
    assert "NotFoundException" == code_of(aws.sesv2.get_dedicated_ip_pool, PoolName="mail")
    assert "NotFoundException" == code_of(aws.sesv2.get_dedicated_ips, PoolName="mail")


def test_pools_belong_to_a_region(aws: Aws, client: Callable[..., Aws]) -> None:
    """The same name can be had in every Region."""
    aws.sesv2.create_dedicated_ip_pool(PoolName="mail")
    client(region="us-east-1").sesv2.create_dedicated_ip_pool(PoolName="mail")

    assert ["mail"] == aws.sesv2.list_dedicated_ip_pools()["DedicatedIpPools"]
    assert "AlreadyExistsException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName="mail")


def test_a_managed_pool_takes_its_addresses_along(emulator: RunningEmulator, aws: Aws) -> None:
    """Deleting a managed pool ends its addresses."""
    aws.sesv2.create_dedicated_ip_pool(PoolName="auto", ScalingMode="MANAGED")
    emulator.add_managed(EU, 2, pool="auto")

    aws.sesv2.delete_dedicated_ip_pool(PoolName="auto")

    assert [] == ips_of(aws)


def test_there_are_five_managed_pools_at_most(aws: Aws) -> None:
    """The sixth is refused; a standard one is not."""
    for number in range(5):
        aws.sesv2.create_dedicated_ip_pool(PoolName=f"auto-{number}", ScalingMode="MANAGED")

    assert "LimitExceededException" == code_of(
        aws.sesv2.create_dedicated_ip_pool, PoolName="auto-5", ScalingMode="MANAGED"
    )
    aws.sesv2.create_dedicated_ip_pool(PoolName="mail")


def test_ses_keeps_its_own_pools_to_itself(emulator: RunningEmulator, aws: Aws) -> None:
    """The default and the shared pool can neither be read, made nor deleted, but the default one lists addresses."""
    emulator.lease(EU, 1)

    for pool in ("ses-default-dedicated-pool", "ses-shared-pool"):
        assert "BadRequestException" == code_of(aws.sesv2.get_dedicated_ip_pool, PoolName=pool)
        assert "BadRequestException" == code_of(aws.sesv2.delete_dedicated_ip_pool, PoolName=pool)
        assert "AlreadyExistsException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName=pool)
    assert 1 == len(ips_of(aws, PoolName="ses-default-dedicated-pool"))
    assert "BadRequestException" == code_of(
        aws.sesv2.put_dedicated_ip_in_pool, Ip="192.0.2.1", DestinationPoolName="ses-shared-pool"
    )


def test_moving_looks_at_the_address_first(emulator: RunningEmulator, aws: Aws) -> None:
    """Where both are unknown, the refusal names the address; managed pools give and take none."""
    (ip,), (managed,) = emulator.lease(EU, 1), emulator.add_managed(EU, 1, pool="auto")

    def refusal(ip: str, pool: str) -> str:
        with pytest.raises(aws.sesv2.exceptions.ClientError) as caught:
            aws.sesv2.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName=pool)
        return str(caught.value.response["Error"]["Message"])

    assert "Could not find dedicated IP 10.9.9.9 under this account." == refusal("10.9.9.9", "nowhere")
    assert "The requested pool nowhere does not exist." == refusal(ip, "nowhere")
    assert "The pool auto is a managed one." == refusal(ip, "auto")
    assert f"The dedicated IP {managed} belongs to a managed pool." == refusal(managed, "ses-default-dedicated-pool")


@pytest.mark.parametrize("name", ["", "Mail", "m" * 65, "a b", "ä", "a/b"], ids=ascii)
def test_a_pools_name_is_plain(aws: Aws, name: str) -> None:
    """Names have 1 to 64 of a-z, 0-9, _ and -."""
    assert "BadRequestException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName=name)


def test_bad_parameters_are_bad_requests(aws: Aws) -> None:
    """SES v2 models its refusal of what breaks the rules."""
    assert "BadRequestException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName="a", ScalingMode="ELASTIC")
    assert "BadRequestException" == code_of(aws.sesv2.get_dedicated_ips, PageSize=0)
    assert "BadRequestException" == code_of(aws.sesv2.get_dedicated_ips, PageSize=1001)
    assert "SerializationException" == code_of(aws.sesv2.get_dedicated_ips, PageSize="many")
    assert "BadRequestException" == code_of(aws.sesv2.create_dedicated_ip_pool, PoolName="a", Tags=[{"Key": "a"}])


def test_a_slash_in_a_path_belongs_to_the_value(aws: Aws) -> None:
    """A label is decoded after the path was matched."""
    with pytest.raises(aws.sesv2.exceptions.NotFoundException, match="dedicated IP a/b under"):
        aws.sesv2.get_dedicated_ip(Ip="a/b")


def test_an_account_is_out_of_the_sandbox(emulator: RunningEmulator, aws: Aws) -> None:
    """GetAccount shows a healthy account, whether new addresses warm up by themselves, and whether sending is turned on."""
    emulator.change(auto_warmup=False, sending_enabled=False)

    account = aws.sesv2.get_account()

    assert account["ProductionAccessEnabled"]
    assert (False, False) == (account["DedicatedIpAutoWarmupEnabled"], account["SendingEnabled"])
    assert 100.0 == account["SendQuota"]["MaxSendRate"]
