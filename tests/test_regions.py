"""Regions: what botocore lists, and what is taken although it does not."""

from __future__ import annotations

import pytest

from dedicated_ip_provider.inputs import InvalidValue, region_code
from dedicated_ip_provider.regions import Regions, regions

OLD = Regions(
    names={"eu-west-1": "Europe (Ireland)", "me-central-1": "Middle East (UAE)"},
    with_ses=frozenset({"eu-west-1"}),
    partitions={
        "aws": r"^(us|eu|ap|sa|ca|me|af|il)\-\w+\-\d+$",
        "aws-cn": r"^cn\-\w+\-\d+$",
        "aws-us-gov": r"^us\-gov\-\w+\-\d+$",
        "aws-iso-b": r"^us\-isob\-\w+\-\d+$",
    },
    source="botocore 1.34.0",
)
"""As botocore 1.34.0 has it: SES is not listed in me-central-1, where it is, and Mexico is not listed at all."""


def test_every_listed_region_is_well_formed() -> None:
    """The rule for codes refuses none that AWS has."""
    assert [] == [code for code in regions().names if not regions().is_well_formed(code)]


@pytest.mark.parametrize(
    "code", ["me-central-1", "mx-central-1", "ap-southeast-12", "us-gov-north-1", "eusc-de-east-2"]
)
def test_a_region_that_is_not_listed_is_taken(code: str) -> None:
    """The list of botocore is incomplete by its maintainers' own word; AWS decides."""
    assert not OLD.is_listed(code)
    assert code == region_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "EU-WEST-1",
        "eu-west",
        "eu-west-0",
        "eu-west-1a",
        "eu-west-1 ",
        "eu-west-1\n",
        "eu-west-\u0661",
        "eu_west_1",
        "europe-west-1",
        "fips-us-east-1",
        "us-east-1-fips",
        "aws-global",
        "mars",
        "evil.example",
    ],
)
def test_what_is_not_written_as_a_region_is_refused(code: str) -> None:
    """A mistake is found before anything is filed; `fips-us-east-1` would make two Regions of one."""
    with pytest.raises(InvalidValue):
        region_code(code)


def test_the_name_of_a_region_is_its_code_where_it_has_none() -> None:
    """AWS's people read the name; the code says as much."""
    assert ["Europe (Ireland)", "mx-central-1"] == [OLD.name_of("eu-west-1"), OLD.name_of("mx-central-1")]


@pytest.mark.parametrize(
    ("code", "partition"),
    [
        ("eu-west-1", "aws"),
        ("eu-west-9", "aws"),
        ("mx-central-1", "aws"),
        ("cn-south-3", "aws-cn"),
        ("us-gov-north-1", "aws-us-gov"),
        ("us-isob-west-1", "aws-iso-b"),
    ],
)
def test_the_partition_of_a_region_comes_from_its_code(code: str, partition: str) -> None:
    """Listed or not, as botocore itself finds the endpoint; what no partition claims is in `aws`."""
    assert partition == OLD.partition_of(code)


def test_the_partitions_are_those_of_botocore() -> None:
    """The pattern of a partition is true of each of its Regions."""
    found = {code: regions().partition_of(code) for code in ("us-east-1", "cn-north-1", "us-gov-west-1")}

    assert {"us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} == found


@pytest.mark.parametrize(
    ("code", "warning"),
    [
        ("eu-west-1", None),
        (
            "me-central-1",
            "botocore 1.34.0 does not list Amazon SES in me-central-1: check the code. AWS decides.",
        ),
        ("mx-central-1", "botocore 1.34.0 does not list the Region mx-central-1: check the code. AWS decides."),
    ],
)
def test_a_region_that_is_not_listed_is_warned_about(code: str, warning: str | None) -> None:
    """It may be a typing error all the same, and then a case would be filed for nothing."""
    assert warning == OLD.warning(code)
