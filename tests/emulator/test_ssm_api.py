"""Systems Manager's Parameter Store over the wire, as boto3 sees it, Region by Region."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dedicated_ip_provider.emulator import BadCommand, NotHere, Parameter, ParameterVersion
from emulator.conftest import EU, NOON, OTHER, Aws, code_of, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator

NAME = "/dedicated-ip/lease"
USER = "arn:aws:iam::111122223333:user/mail-team"
OWNER = "arn:aws:iam::111122223333:user/owner"


def put(aws: Aws, value: str = "one", **parameters: Any) -> int:
    """Create a parameter, or write its next version, and return the version's number."""
    answer = aws.ssm.put_parameter(**{"Name": NAME, "Value": value, "Type": "String", **parameters})
    return int(answer["Version"])


def test_a_parameter_is_created_and_read(emulator: RunningEmulator, aws: Aws) -> None:
    """The first version has the number 1; without `Overwrite`, a second creation is refused and changes nothing."""
    answer = aws.ssm.put_parameter(Name=NAME, Value="one", Type="String", Tier="Standard", DataType="text")
    with pytest.raises(aws.ssm.exceptions.ParameterAlreadyExists, match="set the overwrite option in the request"):
        put(aws, "two", Overwrite=False)

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
    assert "Description" not in aws.ssm.get_parameter_history(Name=NAME)["Parameters"][0]
    assert "one" == emulator.parameters(EU)[NAME].value


def test_each_overwrite_is_a_version(emulator: RunningEmulator, aws: Aws) -> None:
    """An overwrite returns the next number; the type need not be given again, and the description stays."""
    aws.ssm.put_parameter(Name=NAME, Value="one", Type="String", Overwrite=True, Description="a record")
    emulator.advance(60)
    answer = aws.ssm.put_parameter(Name=NAME, Value="two", Overwrite=True)
    put(aws, "two", Overwrite=True, Description="the record")

    assert 2 == answer["Version"]
    fixed = {"Name": NAME, "Type": "String", "LastModifiedUser": USER, "Tier": "Standard", "Policies": []}
    assert [
        {
            **fixed,
            "LastModifiedDate": NOON + timedelta(seconds=after),
            "Description": description,
            "Value": value,
            "Version": number,
            "DataType": "text",
        }
        for number, value, after, description in (
            (1, "one", 0, "a record"),
            (2, "two", 60, "a record"),
            (3, "two", 60, "the record"),
        )
    ] == aws.ssm.get_parameter_history(Name=NAME)["Parameters"]


def test_a_version_is_selected_by_its_number(aws: Aws) -> None:
    """`name:version` reads an older version, and the answer has the selector."""
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


def test_parameters_belong_to_an_account_and_region(
    emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]
) -> None:
    """Each account and Region has its own parameters; one that it lacks is a 400 with an empty message."""
    other, elsewhere = client(OTHER), client(region="us-east-1")
    put(aws)

    for somebody in (other, elsewhere):
        assert "ParameterNotFound" == code_of(somebody.ssm.get_parameter, Name=NAME)
        assert "ParameterNotFound" == code_of(somebody.ssm.get_parameter_history, Name=NAME)
        assert 1 == put(somebody, "theirs")
    put(other, "theirs, too", Overwrite=True)

    for name in ("/dedicated-ip", "/dedicated-ip/Lease", "dedicated-ip/lease", "/other:1"):
        assert ("ParameterNotFound", "") == refused(aws.ssm.get_parameter, Name=name)
    with pytest.raises(aws.ssm.exceptions.ParameterNotFound) as caught:
        aws.ssm.get_parameter(Name="/other")
    assert 400 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert ("one", 1) == (emulator.parameters(EU)[NAME].value, emulator.parameters(EU)[NAME].version)
    assert [NAME] == [*emulator.parameters("us-east-1")]
    assert 2 == emulator.parameters(EU, OTHER)[NAME].version


def test_names_are_read_as_aws_reads_them(aws: Aws) -> None:
    """Spaces around a name do not count, spaces inside are refused; an ARN is refused, as the emulator lacks that."""
    put(aws, Name=f" {NAME} ")
    put(aws, Name="lease")

    parameter = aws.ssm.get_parameter(Name=f" {NAME}")["Parameter"]
    assert NAME == parameter["Name"]
    assert 1 == len(aws.ssm.get_parameter_history(Name=f"{NAME} ")["Parameters"])
    assert "ValidationException" == code_of(aws.ssm.get_parameter, Name="/dedicated ip/lease")
    arn = aws.ssm.get_parameter(Name="lease")["Parameter"]["ARN"]
    assert "arn:aws:ssm:eu-west-1:111122223333:parameter/lease" == arn
    assert "OperationNotEmulated" == code_of(aws.ssm.get_parameter, Name=parameter["ARN"])
    assert "OperationNotEmulated" == code_of(aws.ssm.get_parameter_history, Name=parameter["ARN"])


BAD_NAME = "each sub-path can be formed as a mix of letters"
RESERVED = 'can\'t be prefixed with "aws" or "ssm" (case-insensitive).'


def test_what_aws_would_not_write_is_refused(emulator: RunningEmulator, aws: Aws) -> None:
    """What breaks a rule is refused in AWS's words, what the emulator lacks by its name; nothing is written."""
    change: dict[str, Any]
    for change, code, said in (
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
        ({"Name": "x" * 2049}, "ValidationException", "at 'Name' failed to satisfy constraint"),
        ({"Value": ""}, "ValidationException", "Value '' at 'value' failed to satisfy constraint"),
        ({"Value": "x" * 4097}, "ValidationException", "Standard tier parameters support a maximum parameter value of"),
        ({"Value": '{"a": {{ssm:b}}}'}, "ValidationException", "can't nest another parameter"),
        ({"Type": None}, "ValidationException", "A parameter type is required when you create a parameter."),
        ({"Type": None, "Overwrite": True}, "ValidationException", "A parameter type is required"),
        ({"Type": "Text"}, "ValidationException", "Member must satisfy enum value set: [String, StringList, Secure"),
        ({"KeyId": "alias/mail"}, "ValidationException", "KeyId is required for SecureString type parameter only."),
        ({"Tags": [{"Key": "a", "Value": "b"}], "Overwrite": True}, "ValidationException", "can't be used together"),
        ({"Type": "StringList"}, "OperationNotEmulated", "the emulator has no parameters of Type StringList"),
        ({"Type": "SecureString"}, "OperationNotEmulated", "the emulator has no parameters of Type SecureString"),
        ({"Tier": "Advanced"}, "OperationNotEmulated", "the emulator has no parameters of Tier Advanced"),
        ({"DataType": "aws:ec2:image"}, "OperationNotEmulated", "no parameters of DataType aws:ec2:image"),
        ({"AllowedPattern": ".*"}, "OperationNotEmulated", "the emulator has no parameters with AllowedPattern"),
        ({"Policies": "[]"}, "OperationNotEmulated", "the emulator has no parameters with Policies"),
    ):
        given = {"Name": NAME, "Value": "one", "Type": "String", **change}
        found, message = refused(aws.ssm.put_parameter, **{key: one for key, one in given.items() if one is not None})
        assert (code, True) == (found, said in message), (change, message)
    assert {} == emulator.parameters(EU)


def test_what_aws_would_write_is_written(aws: Aws) -> None:
    """A value may have 4,096 characters, a name 15 levels or none, and a new parameter tags."""
    given: dict[str, Any]
    for given in (
        {"Value": "x" * 4096},
        {"Value": '{"a": {"b": {"c": 1}}}', "Name": "lease"},
        {"Name": "/a" * 15},
        {"Name": "/Mail_1.0-x/AWS/ssm", "Tags": [{"Key": "team", "Value": "mail"}]},
    ):
        assert 1 == put(aws, **given)
        assert given.get("Value", "one") == aws.ssm.get_parameter(Name=given.get("Name", NAME))["Parameter"]["Value"]


def test_a_history_has_100_versions_oldest_first(emulator: RunningEmulator, aws: Aws) -> None:
    """A page has at most 50 versions; the oldest are dropped and can no longer be read, and the numbers go on."""
    for number in range(1, 104):
        emulator.put_parameter(EU, NAME, str(number))
        emulator.put_parameter(EU, "/other", str(number))
    history, paginator = aws.ssm.get_parameter_history, aws.ssm.get_paginator("get_parameter_history")

    for size, pages in ((None, [[*range(4, 54)], [*range(54, 104)]]), (40, [[*range(4, 44)], [*range(44, 84)]])):
        found = paginator.paginate(Name=NAME, PaginationConfig={"PageSize": size})
        assert pages == [[one["Version"] for one in page["Parameters"]] for page in found][:2]
    for size in (0, 51):
        assert "ValidationException" == code_of(history, Name=NAME, MaxResults=size)
    with pytest.raises(aws.ssm.exceptions.InvalidNextToken):
        history(Name="/other", NextToken=history(Name=NAME)["NextToken"])
    assert "ParameterVersionNotFound" == code_of(aws.ssm.get_parameter, Name=f"{NAME}:3")
    assert "4" == aws.ssm.get_parameter(Name=f"{NAME}:4")["Parameter"]["Value"]
    parameter = emulator.parameter(EU, NAME)
    assert parameter is not None
    assert (100, 103, "103") == (len(parameter.history), parameter.version, parameter.value)


def test_a_parameter_is_written_and_deleted_by_hand(aws: Aws, emulator: RunningEmulator) -> None:
    """Its owner may overwrite or delete it in the console, by AWS's rules; created again, it starts with version 1."""
    put(aws)
    emulator.advance(60)
    emulator.put_parameter(EU, NAME, "by hand")
    with pytest.raises(BadCommand, match="Parameter name must be a fully qualified name"):
        emulator.put_parameter(EU, "mail/lease", "one")
    with pytest.raises(BadCommand, match="4096 characters"):
        emulator.put_parameter(EU, NAME, "x" * 4097)
    with pytest.raises(NotHere, match=f"account {OTHER} has no parameter {NAME} in eu-west-1"):
        emulator.delete_parameter(EU, NAME, account=OTHER)

    first = ParameterVersion(version=1, value="one", description="", time=NOON, user=USER)
    second = ParameterVersion(version=2, value="by hand", description="", time=NOON + timedelta(seconds=60), user=OWNER)
    assert Parameter(region=EU, name=NAME, history=(first, second)) == emulator.parameter(EU, NAME)
    assert {NAME: second} == emulator.parameters(EU)
    emulator.delete_parameter(EU, NAME)
    assert emulator.parameter(EU, NAME) is None
    assert "ParameterNotFound" == code_of(aws.ssm.get_parameter_history, Name=NAME)
    assert 1 == put(aws)
