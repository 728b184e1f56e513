"""The stack's configuration: what is understood of it, and in which words the rest is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.settings import Codes, Settings, read_settings

ROLE = "arn:aws:iam::111122223333:role/deploy"
SESSION = "dedicated-ip-provider"


def settings(**config: Any) -> Settings:
    """Read a configuration; `aws__region` stands for `aws:region`."""
    return read_settings({key.replace("__", ":"): value for key, value in config.items()}.get)


def role(**options: Any) -> dict[str, Any]:
    """Read a role with these options; give what STS is sent."""
    (read,) = settings(aws__assumeRoles=json.dumps([{"roleArn": ROLE, **options}])).roles
    return dict(read)


def test_a_stack_needs_no_configuration() -> None:
    """Without any, the ordinary AWS environment is the way in, and codes are found by name."""
    expected = Settings(
        profile=None,
        keys={},
        roles=(),
        allowed_accounts=(),
        forbidden_accounts=(),
        codes=Codes(service=None, category=None, issue_type="customer-service", severity="low"),
    )

    assert expected == settings()


def test_every_value_is_read() -> None:
    """The values of pulumi-aws that say who we are, and our own that say what a case is."""
    expected = Settings(
        profile="mail",
        keys={"aws_access_key_id": "a", "aws_secret_access_key": "s", "aws_session_token": "t"},
        roles=({"RoleArn": ROLE, "RoleSessionName": SESSION},),
        allowed_accounts=("111122223333", "012345678901"),
        forbidden_accounts=("999988887777",),
        codes=Codes(service="s", category="c", issue_type="technical", severity="normal"),
    )

    assert expected == settings(
        aws__region="eu-west-1",  # the program's, and so is everything else of pulumi-aws
        aws__defaultTags='{"tags": {"a": "b"}}',
        aws__profile="mail",
        aws__accessKey="a",
        aws__secretKey="s",
        aws__token="t",  # noqa: S106 - none
        aws__assumeRoles=json.dumps([{"roleArn": ROLE}]),
        aws__allowedAccountIds='["111122223333", "012345678901"]',
        aws__forbiddenAccountIds='["999988887777"]',
        dedicatedip__serviceCode="s",
        dedicatedip__categoryCode="c",
        dedicatedip__issueType="technical",
        dedicatedip__severityCode="normal",
    )


@pytest.mark.parametrize(
    "name",
    [
        "aws:profile",
        "aws:accessKey",
        "aws:assumeRole",
        "aws:assumeRoles",
        "aws:allowedAccountIds",
        "dedicatedip:serviceCode",
        "dedicatedip:issueType",
    ],
)
def test_an_empty_text_is_as_if_not_set(name: str) -> None:
    """`pulumi config set aws:profile ""` takes a value back."""
    assert settings() == read_settings({name: ""}.get)


def test_keys_show_up_in_no_repr() -> None:
    """A traceback or a log may print settings: the keys of the stack are not in there."""
    secret = "a-secret-key"  # noqa: S105 - none
    shown = repr(settings(aws__accessKey=secret, aws__secretKey=secret, aws__token=secret, aws__profile="mail"))

    assert secret not in shown
    assert "mail" in shown


def test_values_that_are_no_texts_already_are_taken_as_they_are() -> None:
    """Pulumi hands over texts; a list that comes as a list means the same."""
    expected = settings(aws__assumeRoles=json.dumps([{"roleArn": ROLE}]), aws__allowedAccountIds='["111122223333"]')

    assert expected == settings(aws__assumeRoles=[{"roleArn": ROLE}], aws__allowedAccountIds=["111122223333"])


# Roles.


def test_one_role_may_be_given_as_older_versions_of_pulumi_aws_have_it() -> None:
    """`aws:assumeRole` holds one role, and comes before the list."""
    one, other = {"roleArn": ROLE}, {"roleArn": f"{ROLE}-other"}

    read = settings(aws__assumeRole=json.dumps(one), aws__assumeRoles=json.dumps([other])).roles

    assert ({"RoleArn": ROLE, "RoleSessionName": SESSION},) == read


def test_an_empty_role_is_none() -> None:
    """An object without options is how pulumi-aws takes a role back."""
    assert () == settings(aws__assumeRole="{}").roles


def test_roles_keep_their_order() -> None:
    """Each is assumed with the one before it."""
    roles = settings(aws__assumeRoles=json.dumps([{"roleArn": f"{ROLE}-{number}"} for number in range(3)])).roles

    assert [f"{ROLE}-0", f"{ROLE}-1", f"{ROLE}-2"] == [each["RoleArn"] for each in roles]


def test_every_option_of_a_role_is_passed_on() -> None:
    """Options have their names of pulumi-aws, and reach STS under its own."""
    expected = {
        "RoleArn": ROLE,
        "RoleSessionName": "up",
        "ExternalId": "shop",
        "Policy": "{}",
        "SourceIdentity": "me",
        "DurationSeconds": 3600,
        "PolicyArns": [{"arn": "p1"}, {"arn": "p2"}],
        "Tags": [{"Key": "team", "Value": "mail"}],
        "TransitiveTagKeys": ["team"],
    }

    assert expected == role(
        sessionName="up",
        externalId="shop",
        policy="{}",
        sourceIdentity="me",
        duration="1h",
        policyArns=["p1", "p2"],
        tags={"team": "mail"},
        transitiveTagKeys=["team"],
    )


def test_an_option_of_null_is_as_if_not_given() -> None:
    """A program may write the configuration, and leave an option out like this."""
    assert {"RoleArn": ROLE, "RoleSessionName": SESSION} == role(sessionName=None, tags=None, duration=None)


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("15m", 900), ("1h", 3600), ("1h30m", 5400), ("1h0m0s", 3600), ("900s", 900), ("2h5s", 7205), ("0s", 0)],
)
def test_a_duration_is_read_as_go_writes_it(duration: str, seconds: int) -> None:
    """Pulumi-aws is written in Go, and so are its durations."""
    assert seconds == role(duration=duration)["DurationSeconds"]


# What is not understood.

WRONG: list[tuple[str, Any, str]] = [
    ("aws:allowedAccountIds", "111122223333", "must be a JSON list"),
    ("aws:allowedAccountIds", "[", "must be a JSON list"),
    ("aws:allowedAccountIds", "[" * 100_000, "must be a JSON list"),
    ("aws:allowedAccountIds", "mine", "must be a JSON list"),
    ("aws:allowedAccountIds", '{"a": 1}', "must be a JSON list"),
    ("aws:allowedAccountIds", "null", "must be a JSON list"),
    ("aws:allowedAccountIds", 5.0, "must be a JSON list"),
    ("aws:allowedAccountIds", "[111122223333]", "must be a list of account ids, each a text of 12 digits"),
    ("aws:allowedAccountIds", '["mine"]', "must be a list of account ids, each a text of 12 digits"),
    ("aws:allowedAccountIds", '["1111222233334"]', "must be a list of account ids, each a text of 12 digits"),
    ("aws:allowedAccountIds", '["١١١١٢٢٢٢٣٣٣٣"]', "must be a list of account ids, each a text of 12 digits"),
    ("aws:forbiddenAccountIds", '["111122223333", ""]', "must be a list of account ids, each a text of 12 digits"),
    ("aws:assumeRole", ROLE, "must be a JSON object"),
    ("aws:assumeRole", f'["{ROLE}"]', "must be a JSON object"),
    ("aws:assumeRole", '{"sessionName": "up"}', "must name a `roleArn` for each role"),
    ("aws:assumeRoles", ROLE, "must be a JSON list"),
    ("aws:assumeRoles", f'["{ROLE}"]', "must name a `roleArn` for each role"),
    ("aws:assumeRoles", "[{}]", "must name a `roleArn` for each role"),
    ("aws:assumeRoles", '[{"roleArn": ""}]', "must name a `roleArn` for each role"),
    ("aws:assumeRoles", '[{"roleArn": 5}]', "has `roleArn`, which is no text"),
]


@pytest.mark.parametrize(("name", "value", "what"), WRONG)
def test_what_is_not_understood_is_named(name: str, value: object, what: str) -> None:
    """A value that cannot be understood is never passed over: it may be a guard."""
    with pytest.raises(Refused) as refusal:
        read_settings({name: value}.get)

    assert (f"The configuration value {name} {what}.\nNothing was filed. Mend it with `pulumi config set`.") == str(
        refusal.value
    )


WRONG_OPTIONS: list[tuple[str, Any, str]] = [
    ("rolearn", ROLE, "has 'rolearn', which is not understood here"),
    ("durationSeconds", 900, "has 'durationSeconds', which is not understood here"),
    ("sessionName", 5, "has `sessionName`, which is no text"),
    ("sessionName", "", "has `sessionName`, which is no text"),
    ("externalId", ["shop"], "has `externalId`, which is no text"),
    ("policy", {"Statement": []}, "has `policy`, which is no text"),
    ("duration", 3600, "has `duration`, which is no duration, such as 1h30m"),
    ("duration", "", "has `duration`, which is no duration, such as 1h30m"),
    ("duration", "an hour", "has `duration`, which is no duration, such as 1h30m"),
    ("duration", "30m1h", "has `duration`, which is no duration, such as 1h30m"),
    ("duration", "1.5h", "has `duration`, which is no duration, such as 1h30m"),
    ("policyArns", "p1", "has `policyArns`, which is no list of texts"),
    ("policyArns", [1], "has `policyArns`, which is no list of texts"),
    ("tags", ["team"], "has `tags`, which is no set of texts"),
    ("tags", {"team": 1}, "has `tags`, which is no set of texts"),
    ("transitiveTagKeys", "team", "has `transitiveTagKeys`, which is no list of texts"),
]


@pytest.mark.parametrize(("option", "value", "what"), WRONG_OPTIONS)
def test_an_option_of_a_role_that_is_not_understood_is_named(option: str, value: object, what: str) -> None:
    """Whether it is misspelt or of the wrong shape, the option is named."""
    with pytest.raises(Refused) as refusal:
        role(**{option: value})

    assert f"The configuration value aws:assumeRoles {what}." == refusal.value.what


def test_a_secret_is_not_repeated_where_a_value_is_wrong() -> None:
    """An external id or a policy may be a secret: the name of the option is enough."""
    with pytest.raises(Refused) as refusal:
        role(externalId=["a-secret"], policy="{}")

    assert "a-secret" not in str(refusal.value)
