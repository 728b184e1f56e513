"""Systems Manager's Parameter Store over the wire, as boto3 sees it, Region by Region."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from dedicated_ip_provider.emulator import BadCommand, Emulator, NotHere, Parameter, ParameterVersion
from emulator.conftest import NOON
from emulator.test_support_api import code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator
    from emulator.conftest import Aws

EU = "eu-west-1"
NAME = "/dedicated-ip/lease"
USER = "arn:aws:iam::111122223333:user/mail-team"
OWNER = "arn:aws:iam::111122223333:user/owner"


def put(aws: Aws, value: str = "one", **parameters: Any) -> int:
    """Create a parameter, or write its next version, and return the version's number."""
    return aws.ssm.put_parameter(**{"Name": NAME, "Value": value, "Type": "String", **parameters})["Version"]


def refused(call: Callable[..., object], **parameters: Any) -> tuple[str, str]:
    """Return the code and the sentence that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def versions(aws: Aws, size: int | None = None) -> list[list[int]]:
    """List a parameter's history by hand, page by page."""
    pages: list[list[int]] = []
    given: dict[str, Any] = {} if size is None else {"MaxResults": size}
    while True:
        answer = aws.ssm.get_parameter_history(Name=NAME, **given)
        pages.append([one["Version"] for one in answer["Parameters"]])
        if "NextToken" not in answer:
            return pages
        given["NextToken"] = answer["NextToken"]


def test_a_parameter_is_created_and_read(aws: Aws) -> None:
    """The first version has the number 1; a read shows it with its ARN."""
    answer = aws.ssm.put_parameter(Name=NAME, Value="one", Type="String", Tier="Standard", DataType="text")

    assert (1, "Standard") == (answer["Version"], answer["Tier"])
    assert {
        "Name": NAME,
        "Type": "String",
        "Value": "one",
        "Version": 1,
        "LastModifiedDate": NOON,
        "ARN": "arn:aws:ssm:eu-west-1:111122223333:parameter/dedicated-ip/lease",
        "DataType": "text",
    } == aws.ssm.get_parameter(Name=NAME)["Parameter"]


def test_an_existing_parameter_is_not_created_again(emulator: RunningEmulator, aws: Aws) -> None:
    """Without `Overwrite`, whoever comes second is refused, and nothing changes."""
    put(aws)

    with pytest.raises(aws.ssm.exceptions.ParameterAlreadyExists, match="set the overwrite option in the request"):
        put(aws, "two", Overwrite=False)

    assert "one" == emulator.parameters(EU)[NAME].value


def test_of_many_creators_one_succeeds(aws: Aws) -> None:
    """Creating a parameter is atomic."""
    answers: list[object] = []

    def create() -> None:
        try:
            answers.append(put(aws))
        except aws.ssm.exceptions.ParameterAlreadyExists as error:
            answers.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=create) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [1, *["ParameterAlreadyExists"] * 9] == sorted(answers, key=str)


def test_each_overwrite_is_a_version(emulator: RunningEmulator, aws: Aws) -> None:
    """An overwrite answers the next number; the type need not be said again, and the description stays."""
    aws.ssm.put_parameter(Name=NAME, Value="one", Type="String", Overwrite=True, Description="a record")
    emulator.advance(60)
    answer = aws.ssm.put_parameter(Name=NAME, Value="two", Overwrite=True)
    put(aws, "two", Overwrite=True, Description="the record")

    assert 2 == answer["Version"]
    assert [
        {
            "Name": NAME,
            "Type": "String",
            "LastModifiedDate": NOON + timedelta(seconds=after),
            "LastModifiedUser": USER,
            "Description": description,
            "Value": value,
            "Version": number,
            "Tier": "Standard",
            "Policies": [],
            "DataType": "text",
        }
        for number, value, after, description in (
            (1, "one", 0, "a record"),
            (2, "two", 60, "a record"),
            (3, "two", 60, "the record"),
        )
    ] == aws.ssm.get_parameter_history(Name=NAME)["Parameters"]


def test_a_description_is_not_needed(aws: Aws) -> None:
    """A history shows no description where none was given."""
    put(aws)

    assert "Description" not in aws.ssm.get_parameter_history(Name=NAME)["Parameters"][0]


def test_a_version_is_selected_by_its_number(aws: Aws) -> None:
    """`name:version` reads an older version, and the answer says by what it was selected."""
    put(aws)
    put(aws, "two", Overwrite=True)

    old = aws.ssm.get_parameter(Name=f"{NAME}:1")["Parameter"]

    assert ("one", 1, ":1", NAME) == (old["Value"], old["Version"], old["Selector"], old["Name"])
    assert "parameter/dedicated-ip/lease" == old["ARN"].rpartition(":")[2]
    for selector in ("3", "01", "label", ""):
        assert (
            "ParameterVersionNotFound",
            f"Systems Manager could not find version {selector} of {NAME}. Verify the version and try again.",
        ) == refused(aws.ssm.get_parameter, Name=f"{NAME}:{selector}")


def test_an_unknown_parameter_is_not_found(aws: Aws) -> None:
    """AWS answers with a 400 and no sentence, also to an ever so slightly different name."""
    put(aws)

    for name in ("/dedicated-ip", "/dedicated-ip/Lease", "dedicated-ip/lease", "/other:1"):
        assert ("ParameterNotFound", "") == refused(aws.ssm.get_parameter, Name=name)
    assert ("ParameterNotFound", "") == refused(aws.ssm.get_parameter_history, Name="/other")
    with pytest.raises(aws.ssm.exceptions.ParameterNotFound) as caught:
        aws.ssm.get_parameter(Name="/other")
    assert 400 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_parameters_belong_to_an_account_and_region(
    emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]
) -> None:
    """The same name can be had in every account and Region, with versions of its own."""
    other, elsewhere = client("444455556666"), client(region="us-east-1")
    put(aws)

    for somebody in (other, elsewhere):
        assert "ParameterNotFound" == code_of(somebody.ssm.get_parameter, Name=NAME)
        assert "ParameterNotFound" == code_of(somebody.ssm.get_parameter_history, Name=NAME)
        assert 1 == put(somebody, "theirs")
    put(other, "theirs, too", Overwrite=True)

    assert ("one", 1) == (emulator.parameters(EU)[NAME].value, emulator.parameters(EU)[NAME].version)
    assert [NAME] == [*emulator.parameters("us-east-1")]
    assert 2 == emulator.parameters(EU, "444455556666")[NAME].version


def test_spaces_around_a_name_are_removed(aws: Aws) -> None:
    """They count neither in writing nor in reading; spaces inside are refused."""
    put(aws, Name=f" {NAME} ")

    assert NAME == aws.ssm.get_parameter(Name=f" {NAME}")["Parameter"]["Name"]
    assert 1 == len(aws.ssm.get_parameter_history(Name=f"{NAME} ")["Parameters"])
    assert "ValidationException" == code_of(aws.ssm.get_parameter, Name="/dedicated ip/lease")


BAD_NAME = "each sub-path can be formed as a mix of letters"
RESERVED = 'can\'t be prefixed with "aws" or "ssm" (case-insensitive).'


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"Name": "ssm"}, "ValidationException", RESERVED),
        ({"Name": "AWS-mail"}, "ValidationException", RESERVED),
        ({"Name": "/Aws"}, "ValidationException", RESERVED),
        ({"Name": "/ssm/mail"}, "ValidationException", BAD_NAME),
        ({"Name": "/aws/mail"}, "AccessDeniedException", "No access to reserved parameter name: aws/mail."),
        ({"Name": "mail/lease"}, "ValidationException", "Parameter name must be a fully qualified name."),
        ({"Name": "/mail//lease"}, "ValidationException", BAD_NAME),
        ({"Name": "/mail/"}, "ValidationException", BAD_NAME),
        ({"Name": "/mail lease"}, "ValidationException", BAD_NAME),
        ({"Name": "/mäil"}, "ValidationException", BAD_NAME),
        ({"Name": " "}, "ValidationException", BAD_NAME),
        ({"Name": f"arn:aws:ssm:{EU}:111122223333:parameter{NAME}"}, "ValidationException", "fully qualified"),
        ({"Name": "/a" * 16}, "HierarchyLevelLimitExceededException", "a maximum of 15 levels"),
        ({"Name": ""}, "ValidationException", "at 'Name' failed to satisfy constraint"),
        ({"Name": "x" * 2049}, "ValidationException", "at 'Name' failed to satisfy constraint"),
        ({"Value": ""}, "ValidationException", "Value '' at 'value' failed to satisfy constraint"),
        (
            {"Value": "x" * 4097},
            "ValidationException",
            "Standard tier parameters support a maximum parameter value of 4096",
        ),
        ({"Value": '{"a": {{ssm:b}}}'}, "ValidationException", "can't nest another parameter"),
        ({"Value": 1}, "SerializationException", "Value must be a string"),
        ({"Value": None}, "ValidationException", "Value null at 'Value'"),
        ({"Type": None}, "ValidationException", "A parameter type is required when you create a parameter."),
        ({"Type": None, "Overwrite": True}, "ValidationException", "A parameter type is required"),
        (
            {"Type": "Text"},
            "ValidationException",
            "Member must satisfy enum value set: [String, StringList, SecureString]",
        ),
        ({"Tier": "Free"}, "ValidationException", "Member must satisfy enum value set"),
        ({"KeyId": "alias/mail"}, "ValidationException", "KeyId is required for SecureString type parameter only."),
        ({"Tags": [{"Key": "a", "Value": "b"}], "Overwrite": True}, "ValidationException", "can't be used together"),
        ({"Type": "StringList"}, "OperationNotEmulated", "the emulator has no parameters of Type StringList"),
        ({"Type": "SecureString"}, "OperationNotEmulated", "the emulator has no parameters of Type SecureString"),
        ({"Tier": "Advanced"}, "OperationNotEmulated", "the emulator has no parameters of Tier Advanced"),
        ({"DataType": "aws:ec2:image"}, "OperationNotEmulated", "no parameters of DataType aws:ec2:image"),
        ({"AllowedPattern": ".*"}, "OperationNotEmulated", "the emulator has no parameters with AllowedPattern"),
        ({"Policies": "[]"}, "OperationNotEmulated", "the emulator has no parameters with Policies"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_what_aws_would_not_write_is_refused(
    emulator: RunningEmulator, aws: Aws, given: dict[str, Any], code: str, said: str
) -> None:
    """What breaks a rule is refused in AWS's words, what the emulator lacks by its name, and nothing is written."""
    wanted: dict[str, Any] = {"Name": NAME, "Value": "one", "Type": "String", **given}

    found, message = refused(aws.ssm.put_parameter, **{key: one for key, one in wanted.items() if one is not None})

    assert code == found
    assert said in message
    assert {} == emulator.parameters(EU)


@pytest.mark.parametrize(
    "given",
    [
        {"Value": "x" * 4096},
        {"Value": '{"a": {"b": {"c": 1}}}'},
        {"Name": "lease"},
        {"Name": "/a" * 15},
        {"Name": "/Mail_1.0-x/AWS/ssm"},
        {"Tags": [{"Key": "team", "Value": "mail"}]},
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_aws_would_write_is_written(emulator: RunningEmulator, aws: Aws, given: dict[str, Any]) -> None:
    """Values of 4,096 characters, names without a hierarchy or with 15 levels, and tags at the start are good."""
    assert 1 == put(aws, **given)
    (name,) = emulator.parameters(EU)
    assert given.get("Name", NAME) == name
    assert given.get("Value", "one") == aws.ssm.get_parameter(Name=name)["Parameter"]["Value"]


def test_an_arn_has_one_slash_before_the_name(aws: Aws) -> None:
    """A name without a hierarchy gets the slash that another one begins with."""
    put(aws, Name="lease")

    assert (
        "arn:aws:ssm:eu-west-1:111122223333:parameter/lease"
        == (aws.ssm.get_parameter(Name="lease")["Parameter"]["ARN"])
    )


def test_parameters_are_not_found_by_their_arn(aws: Aws) -> None:
    """AWS can do that, and the emulator says that it cannot."""
    put(aws)

    arn = aws.ssm.get_parameter(Name=NAME)["Parameter"]["ARN"]

    assert "OperationNotEmulated" == code_of(aws.ssm.get_parameter, Name=arn)
    assert "OperationNotEmulated" == code_of(aws.ssm.get_parameter_history, Name=arn)


def test_a_history_has_100_versions(emulator: RunningEmulator, aws: Aws) -> None:
    """The oldest versions are dropped, and can be read no more; the numbers go on."""
    for number in range(1, 104):
        assert number == put(aws, str(number), Overwrite=True)

    assert [[*range(4, 54)], [*range(54, 104)]] == versions(aws)
    assert "ParameterVersionNotFound" == code_of(aws.ssm.get_parameter, Name=f"{NAME}:3")
    assert "4" == aws.ssm.get_parameter(Name=f"{NAME}:4")["Parameter"]["Value"]
    parameter = emulator.parameter(EU, NAME)
    assert parameter is not None
    assert (100, 103, "103") == (len(parameter.history), parameter.version, parameter.value)


def test_a_history_comes_in_pages_oldest_first(emulator: RunningEmulator, aws: Aws) -> None:
    """Pages have 1 to 50 versions; boto3's own paginator works; a token is good for its own list only."""
    for number in range(7):
        emulator.put_parameter(EU, NAME, str(number))
        emulator.put_parameter(EU, "/other", str(number))

    assert [[1, 2, 3], [4, 5, 6], [7]] == versions(aws, 3)
    assert [[*range(1, 8)]] == versions(aws, 7)
    pages = aws.ssm.get_paginator("get_parameter_history").paginate(Name=NAME, PaginationConfig={"PageSize": 2})
    assert [*range(1, 8)] == [one["Version"] for page in pages for one in page["Parameters"]]
    for size in (0, 51):
        assert "ValidationException" == code_of(aws.ssm.get_parameter_history, Name=NAME, MaxResults=size)
    token = aws.ssm.get_parameter_history(Name=NAME, MaxResults=3)["NextToken"]
    with pytest.raises(aws.ssm.exceptions.InvalidNextToken):
        aws.ssm.get_parameter_history(Name="/other", NextToken=token)
    assert "InvalidNextToken" == code_of(aws.ssm.get_parameter_history, Name=NAME, NextToken="x")


def test_a_version_names_who_wrote_it(aws: Aws, client: Callable[..., Aws]) -> None:
    """A role is named as STS names it; its partition is that of the parameter's ARN."""
    role = "arn:aws-us-gov:iam::111122223333:role/deploy"
    credentials = aws.sts.assume_role(RoleArn=role, RoleSessionName="pulumi")["Credentials"]
    deploy = client(credentials["AccessKeyId"], "us-gov-west-1", credentials["SessionToken"])

    put(deploy)

    (version,) = deploy.ssm.get_parameter_history(Name=NAME)["Parameters"]
    assert "arn:aws-us-gov:sts::111122223333:assumed-role/deploy/pulumi" == version["LastModifiedUser"]
    arn = deploy.ssm.get_parameter(Name=NAME)["Parameter"]["ARN"]
    assert f"arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter{NAME}" == arn


def test_a_parameter_is_written_and_deleted_by_hand(emulator: RunningEmulator, aws: Aws) -> None:
    """Its owner may overwrite it in the console, or delete it; created again, it starts with version 1."""
    put(aws)
    emulator.advance(60)
    emulator.put_parameter(EU, NAME, "by hand")

    first = ParameterVersion(version=1, value="one", description="", time=NOON, user=USER)
    second = ParameterVersion(version=2, value="by hand", description="", time=NOON + timedelta(seconds=60), user=OWNER)
    assert Parameter(region=EU, name=NAME, history=(first, second)) == emulator.parameter(EU, NAME)
    assert {NAME: second} == emulator.parameters(EU)

    emulator.delete_parameter(EU, NAME)

    assert emulator.parameter(EU, NAME) is None
    assert "ParameterNotFound" == code_of(aws.ssm.get_parameter_history, Name=NAME)
    assert 1 == put(aws)


def test_what_cannot_be_done_by_hand_is_refused() -> None:
    """A command that makes no sense changes nothing; what is done is told."""
    told: list[str] = []
    emulator = Emulator(now=NOON, tell=told.append)
    emulator.put_parameter(EU, NAME, "one", account="444455556666")

    with pytest.raises(BadCommand, match="Parameter name must be a fully qualified name"):
        emulator.put_parameter(EU, "mail/lease", "one")
    with pytest.raises(BadCommand, match="4096 characters"):
        emulator.put_parameter(EU, NAME, "x" * 4097)
    with pytest.raises(BadCommand, match="a Region has the form eu-west-1"):
        emulator.put_parameter("Ireland", NAME, "one")
    with pytest.raises(NotHere, match=f"account 111122223333 has no parameter {NAME} in eu-west-1"):
        emulator.delete_parameter(EU, NAME)
    emulator.delete_parameter(EU, NAME, account="444455556666")

    assert {} == emulator.parameters(EU, "444455556666")
    assert [
        f"parameter {NAME} in eu-west-1: version 1 written by hand",
        f"parameter {NAME} in eu-west-1: deleted by hand",
    ] == told
