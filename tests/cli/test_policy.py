"""The policy grants what a lease calls, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dedicated_ip_provider.aws.permissions import NEEDS_NO_GRANT, PERMISSIONS
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from support.stacks import Stack

    from cli.conftest import Ended, Run

READS = ["support:DescribeServices", "support:DescribeCases", "support:DescribeCommunications"]
WRITES = ["support:CreateCase", "support:AddCommunicationToCase", "support:ResolveCase"]
SES = ["ses:GetDedicatedIps", "ses:GetAccount", "servicequotas:ListServiceQuotas"]
PREFIX = {"sesv2": "ses", "service-quotas": "servicequotas"}
RECORD = "arn:aws:ssm:*:*:parameter/dedicated-ip/lease"


def statements(ended: Ended) -> list[dict[str, Any]]:
    """Return the statements of a policy."""
    return list(json.loads(ended.out)["Statement"])


def test_a_whole_story_calls_what_is_granted_and_nothing_else(stack: Stack, run: Run) -> None:
    """From the first case to the last address, the emulator saw exactly the actions in the list of permissions."""
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 4})
    stack.emulator.grant("1700000001", 2)
    stack.refresh()
    stack.up(eu={"count": 2})
    stack.up(eu={"count": 1})
    stack.emulator.confirm_question("1700000002")
    run("doctor", "--region", "eu-west-1")
    run("confirm", "1700000002", "--yes")

    real = [one for one in stack.emulator.log if not one.parameters.get("dryRun")]
    called = {f"{PREFIX.get(one.service, one.service)}:{one.operation}" for one in real}

    assert {one.action for one in PERMISSIONS} == called - {NEEDS_NO_GRANT}


def test_the_policy_has_a_statement_for_each_of_record_cases_and_addresses(installed: Run) -> None:
    """The policy is JSON that can be attached as it is; of Systems Manager it allows one parameter."""
    ended = installed("policy")

    assert (0, "") == (ended.code, ended.err)
    ssm = ["ssm:GetParameter", "ssm:PutParameter", "ssm:GetParameterHistory"]
    assert {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Record", "Effect": "Allow", "Action": ssm, "Resource": RECORD},
            {"Sid": "Cases", "Effect": "Allow", "Action": READS + WRITES, "Resource": "*"},
            {"Sid": "Addresses", "Effect": "Allow", "Action": SES, "Resource": "*"},
        ],
    } == json.loads(ended.out)


def test_a_role_that_only_reads_cannot_write(run: Run) -> None:
    """`--read-only` leaves out writing to cases and to the record."""
    granted = statements(run("policy", "--read-only"))

    assert [["ssm:GetParameter", "ssm:GetParameterHistory"], READS, SES] == [one["Action"] for one in granted]


def test_the_policy_can_be_limited_to_regions(run: Run) -> None:
    """AWS Support has one endpoint for all Regions: a condition there would deny the case itself."""
    places = ("--region", "eu-west-1", "--region", "us-gov-west-1")
    record, cases, addresses = statements(run("policy", *places))

    assert [
        "arn:aws:ssm:eu-west-1:*:parameter/dedicated-ip/lease",
        "arn:aws-us-gov:ssm:us-gov-west-1:*:parameter/dedicated-ip/lease",
    ] == record["Resource"]
    assert "Condition" not in cases
    assert {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-gov-west-1"]}} == addresses["Condition"]


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn")])
def test_the_partition_is_that_of_the_configured_region(
    run: Run, monkeypatch: pytest.MonkeyPatch, region: str, partition: str
) -> None:
    """An ARN of another partition would allow nothing."""
    monkeypatch.setenv("AWS_REGION", region)

    assert RECORD.replace("arn:aws:", f"arn:{partition}:") == statements(run("policy"))[0]["Resource"]


def test_a_role_for_previews_needs_nothing(run: Run) -> None:
    """A preview does not call AWS; IAM has no empty policy, so what everyone may call stands in it."""
    said = run("policy", "--preview-only")

    nothing = {"Sid": "WhoWeAre", "Effect": "Allow", "Action": ["sts:GetCallerIdentity"], "Resource": "*"}
    assert [nothing] == statements(said)
    assert "A preview does not call AWS" in said.err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--read-only", "--preview-only"], "--read-only and --preview-only cannot be combined.\n"),
        (["--region", "EU-WEST-1"], "Invalid value for '--region': 'EU-WEST-1' is not the code of an AWS Region, such"),
    ],
    ids=str,
)
def test_a_mistake_is_refused(run: Run, options: list[str], expected: str) -> None:
    """A misspelt Region would make a policy that allows nothing."""
    said = run("policy", *options)

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith(f"dedicated-ip: {expected}")


@pytest.mark.parametrize(("region", "what"), [("eu-west-9", "the Region "), ("ap-east-1", "Amazon SES in ")])
def test_a_region_that_botocore_does_not_list_is_a_warning(run: Run, region: str, what: str) -> None:
    """Its list is incomplete: the policy is as asked for, with a warning on stderr."""
    said = run("policy", "--region", region)

    assert 0 == said.code
    assert [region] == statements(said)[2]["Condition"]["StringEquals"]["aws:RequestedRegion"]
    assert (
        f"dedicated-ip: warning: {regions().source} does not list {what}{region}: check the code. AWS decides.\n"
        == said.err
    )
