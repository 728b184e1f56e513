"""STS over the wire: who the caller is, and how a role makes it another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest

from emulator.conftest import NOON, ONCE
from emulator.test_support_api import code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator
    from emulator.conftest import Aws


@pytest.mark.parametrize(
    ("key", "account"),
    [
        ("444455556666", "444455556666"),
        ("AKIDEXAMPLE", "111122223333"),
        ("4444555566667", "111122223333"),
        ("12345", "111122223333"),
    ],
)
def test_the_access_key_names_the_account(client: Callable[..., Aws], key: str, account: str) -> None:
    """Twelve digits are an account's own key; any other key is the default account's."""
    identity = client(key).sts.get_caller_identity()

    assert account == identity["Account"]
    assert f"arn:aws:iam::{account}:user/mail-team" == identity["Arn"]


def test_a_role_leads_into_its_account(emulator: RunningEmulator, aws: Aws) -> None:
    """The credentials of an assumed role are those of the account in its ARN, and say so."""
    answer = aws.sts.assume_role(
        RoleArn="arn:aws:iam::444455556666:role/teams/deploy",
        RoleSessionName="pulumi",
        DurationSeconds=900,
        Tags=[{"Key": "team", "Value": "mail"}, {"Key": "stage", "Value": "test"}],
        TransitiveTagKeys=["team"],
    )
    credentials = answer["Credentials"]
    session = boto3.Session(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], "eu-west-1"
    )
    role = session.client("sts", endpoint_url=emulator.url, config=ONCE)
    support = session.client("support", endpoint_url=emulator.url, config=ONCE)
    identity = role.get_caller_identity()
    support.create_case(subject="s", communicationBody="b")
    role.close()
    support.close()

    assert "arn:aws:sts::444455556666:assumed-role/deploy/pulumi" == identity["Arn"] == answer["AssumedRoleUser"]["Arn"]
    assert NOON + timedelta(minutes=15) == credentials["Expiration"]
    assert 1 == len(emulator.cases("444455556666"))
    assert () == emulator.cases()
    assert {"Tags": [{"Key": "team", "Value": "mail"}, {"Key": "stage", "Value": "test"}]} == {
        name: value for name, value in emulator.calls("AssumeRole")[0].parameters.items() if name == "Tags"
    }
    assert ["team"] == emulator.calls("AssumeRole")[0].parameters["TransitiveTagKeys"]


def test_a_role_that_cannot_be_is_refused(aws: Aws) -> None:
    """An ARN that names no role, or a session name with a blank, is a validation error."""
    role = "arn:aws:iam::444455556666:role/deploy"

    assert "ValidationError" == code_of(aws.sts.assume_role, RoleArn="arn:aws:iam::4444:role/x", RoleSessionName="me")
    assert "ValidationError" == code_of(aws.sts.assume_role, RoleArn=role, RoleSessionName="m e")
    assert "ValidationError" == code_of(aws.sts.assume_role, RoleArn=role, RoleSessionName="m")
    assert "ValidationError" == code_of(aws.sts.assume_role, RoleArn=role, RoleSessionName="me", DurationSeconds=1)
    assert "SerializationException" == code_of(
        aws.sts.assume_role, RoleArn=role, RoleSessionName="me", DurationSeconds="long"
    )


def test_a_token_of_someone_elses_means_nothing(client: Callable[..., Aws]) -> None:
    """A session token that is not the emulator's own leaves the caller who the key says."""
    for token in ("real-looking-token", "bm90IGFuIGFybg=="):
        assert "444455556666" == client("444455556666", token=token).sts.get_caller_identity()["Account"]
