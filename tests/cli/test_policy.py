"""The policy grants what a lease calls, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.aws.permissions import NEEDS_NO_GRANT, PERMISSIONS
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Ended
    from dedicated_ip_provider.emulator import RunningDesk
    from dedicated_ip_provider.lease import Past

READS = [
    "support:DescribeServices",
    "support:DescribeCases",
    "support:DescribeCommunications",
]
WRITES = ["support:CreateCase", "support:AddCommunicationToCase", "support:ResolveCase"]
SES = ["ses:GetDedicatedIps", "ses:GetAccount"]


def test_a_whole_story_calls_what_is_granted_and_nothing_else(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """The list of permissions is what the desk saw, from the first case to the last address."""
    past = up(count=3)
    past = up(past, count=4)
    desk.grant("1700000001", 2)
    past = up(past, count=2)
    past = up(past, count=1)
    desk.confirm_question("1700000002")
    run("doctor", "--region", "eu-west-1")
    run("confirm", "1700000002", "--yes")

    real = [one for one in desk.log if not one.parameters.get("dryRun")]
    called = {f"{one.service.replace('sesv2', 'ses')}:{one.operation}" for one in real}

    assert {one.action for one in PERMISSIONS} == called - {NEEDS_NO_GRANT}


def test_the_policy_has_a_statement_for_cases_and_one_for_addresses(installed: Callable[..., Ended]) -> None:
    """The policy is JSON that can be attached as it is, in every partition."""
    ended = installed("policy")

    assert (0, "") == (ended.code, ended.err)
    assert {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Cases", "Effect": "Allow", "Action": READS + WRITES, "Resource": "*"},
            {"Sid": "Addresses", "Effect": "Allow", "Action": SES, "Resource": "*"},
        ],
    } == json.loads(ended.out)


def test_a_role_that_only_reads_cannot_write_to_aws(run: Callable[..., Ended]) -> None:
    """`--read-only` leaves out what reaches AWS's people."""
    granted = json.loads(run("policy", "--read-only").out)

    assert [READS, SES] == [one["Action"] for one in granted["Statement"]]


def test_the_regions_bound_ses_and_not_support(run: Callable[..., Ended]) -> None:
    """AWS Support has one endpoint for all Regions: a condition there would deny the case itself."""
    cases, addresses = json.loads(run("policy", "--region", "eu-west-1", "--region", "us-east-1").out)["Statement"]

    assert "Condition" not in cases
    assert {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}} == addresses["Condition"]


def test_a_role_for_previews_needs_nothing(run: Callable[..., Ended]) -> None:
    """A preview asks AWS nothing; IAM knows no empty policy, so what everyone may do stands in it."""
    said = run("policy", "--preview-only")

    assert [{"Sid": "WhoWeAre", "Effect": "Allow", "Action": ["sts:GetCallerIdentity"], "Resource": "*"}] == json.loads(
        said.out
    )["Statement"]
    assert "A preview asks AWS nothing" in said.err


def test_read_only_and_preview_only_exclude_each_other(run: Callable[..., Ended]) -> None:
    """Two wishes at once are a mistake."""
    said = run("policy", "--read-only", "--preview-only")

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith("dedicated-ip: --read-only and --preview-only cannot be combined.\n")


def test_what_is_not_the_code_of_a_region_is_a_sentence(run: Callable[..., Ended]) -> None:
    """A misspelt Region would make a policy that allows nothing."""
    said = run("policy", "--region", "EU-WEST-1")

    assert 2 == said.code
    assert said.err.startswith(
        "dedicated-ip: Invalid value for '--region': 'EU-WEST-1' is not the code of an AWS Region, such as eu-west-1.\n"
    )


@pytest.mark.parametrize(("region", "what"), [("eu-west-9", "the Region "), ("ap-east-1", "Amazon SES in ")])
def test_a_region_that_botocore_does_not_list_is_a_warning(run: Callable[..., Ended], region: str, what: str) -> None:
    """Its list is incomplete; the data is as asked for, and the warning stands beside it."""
    said = run("policy", "--region", region)

    assert 0 == said.code
    assert [region] == json.loads(said.out)["Statement"][1]["Condition"]["StringEquals"]["aws:RequestedRegion"]
    assert (
        f"dedicated-ip: warning: {regions().source} does not list {what}{region}: check the code. AWS decides.\n"
        == said.err
    )
