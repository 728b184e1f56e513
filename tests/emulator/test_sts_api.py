"""STS over the wire: who the caller is, and how a role makes it another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from emulator.conftest import CASE, NOON, OTHER, Aws, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator


def test_the_access_key_names_the_account(client: Callable[..., Aws]) -> None:
    """Twelve digits are an account's own key; any other key is the default account's, whatever the token."""
    for key, token, account in (
        (OTHER, "", OTHER),
        (OTHER, "real-looking-token", OTHER),
        (OTHER, "bm90IGFuIGFybg==", OTHER),
        ("AKIDEXAMPLE", "", "111122223333"),
        (f"{OTHER}7", "", "111122223333"),
        ("12345", "", "111122223333"),
    ):
        identity = client(key, token=token).sts.get_caller_identity()
        assert (account, f"arn:aws:iam::{account}:user/mail-team") == (identity["Account"], identity["Arn"])


def test_a_role_leads_into_its_account(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """An assumed role's credentials are those of the account in its ARN, which names the caller and the partition."""
    tags = [{"Key": "team", "Value": "mail"}, {"Key": "stage", "Value": "test"}]
    answer = aws.sts.assume_role(
        RoleArn=f"arn:aws-us-gov:iam::{OTHER}:role/teams/deploy",
        RoleSessionName="pulumi",
        DurationSeconds=900,
        Tags=tags,
        TransitiveTagKeys=["team"],
    )
    credentials = answer["Credentials"]
    role = client(credentials["AccessKeyId"], "us-gov-west-1", credentials["SessionToken"])
    role.support.create_case(**CASE)
    role.ssm.put_parameter(Name="/a", Value="b", Type="String")

    arn = f"arn:aws-us-gov:sts::{OTHER}:assumed-role/deploy/pulumi"
    assert arn == role.sts.get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]
    assert NOON + timedelta(minutes=15) == credentials["Expiration"]
    assert (1, 0) == (len(emulator.cases(OTHER)), len(emulator.cases()))
    given = emulator.calls("AssumeRole")[0].parameters
    assert (tags, ["team"]) == (given["Tags"], given["TransitiveTagKeys"])
    assert arn == role.ssm.get_parameter_history(Name="/a")["Parameters"][0]["LastModifiedUser"]
    parameter = f"arn:aws-us-gov:ssm:us-gov-west-1:{OTHER}:parameter/a"
    assert parameter == role.ssm.get_parameter(Name="/a")["Parameter"]["ARN"]


def test_a_role_that_cannot_exist_is_refused(aws: Aws) -> None:
    """An ARN that names no role, or a session name with a space, is a validation error."""
    role = f"arn:aws:iam::{OTHER}:role/deploy"

    for change, code in (
        ({"RoleArn": "arn:aws:iam::4444:role/x"}, "ValidationError"),
        ({"RoleSessionName": "m e"}, "ValidationError"),
        ({"RoleSessionName": "m"}, "ValidationError"),
        ({"DurationSeconds": 1}, "ValidationError"),
        ({"DurationSeconds": "long"}, "SerializationException"),
    ):
        assert code == code_of(aws.sts.assume_role, **{"RoleArn": role, "RoleSessionName": "me", **change}), change
