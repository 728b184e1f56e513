"""The stack's configuration: what is understood of it, and in which words the rest is refused."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pulumi_aws as aws
import pytest

from dedicated_ip_provider.config import OWN, PULUMI_AWS, Codes, Option, StackConfig, read_config
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.model import LIST_PRICE

ROLE = "arn:aws:iam::111122223333:role/deploy"
SESSION = "dedicated-ip-provider"


def config(**config: Any) -> StackConfig:
    """Read a configuration; `aws__region` stands for `aws:region`."""
    return read_config({key.replace("__", ":"): value for key, value in config.items()}.get)


def role(**options: Any) -> dict[str, Any]:
    """Read a role with these options; give what STS is sent."""
    (read,) = config(aws__assumeRoles=json.dumps([{"roleArn": ROLE, **options}])).roles
    return dict(read)


def test_a_stack_needs_no_configuration() -> None:
    """Without any, the ordinary AWS environment is the way in, and codes are found by name."""
    expected = StackConfig(
        profile=None,
        keys={},
        roles=(),
        allowed_accounts=(),
        forbidden_accounts=(),
        codes=Codes(service=None, category=None, issue_type="customer-service", severity="low"),
    )

    assert expected == config()


def test_every_value_is_read() -> None:
    """The values of pulumi-aws that say who we are, and our own that say what a case is."""
    expected = StackConfig(
        region="eu-west-1",
        profile="mail",
        keys={"aws_access_key_id": "a", "aws_secret_access_key": "s", "aws_session_token": "t"},
        roles=({"RoleArn": ROLE, "RoleSessionName": SESSION},),
        allowed_accounts=("111122223333", "012345678901"),
        forbidden_accounts=("999988887777",),
        codes=Codes(service="s", category="c", issue_type="technical", severity="normal"),
    )

    assert expected == config(
        aws__region="eu-west-1",
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
    assert config() == read_config({name: ""}.get)


def test_keys_show_up_in_no_repr() -> None:
    """A traceback or a log may print config: the keys of the stack are not in there."""
    secret = "a-secret-key"  # noqa: S105 - none
    shown = repr(config(aws__accessKey=secret, aws__secretKey=secret, aws__token=secret, aws__profile="mail"))

    assert secret not in shown
    assert "mail" in shown


def test_a_list_may_come_as_a_list() -> None:
    """Pulumi hands over strings; a list means the same."""
    expected = config(aws__assumeRoles=json.dumps([{"roleArn": ROLE}]), aws__allowedAccountIds='["111122223333"]')

    assert expected == config(aws__assumeRoles=[{"roleArn": ROLE}], aws__allowedAccountIds=["111122223333"])


# Roles.


def test_one_role_may_be_given_as_older_versions_of_pulumi_aws_have_it() -> None:
    """`aws:assumeRole` comes before the list; an object without options is no role."""
    one, other = {"roleArn": ROLE}, {"roleArn": f"{ROLE}-other"}

    read = config(aws__assumeRole=json.dumps(one), aws__assumeRoles=json.dumps([other])).roles

    assert ({"RoleArn": ROLE, "RoleSessionName": SESSION},) == read
    assert () == config(aws__assumeRole="{}").roles


def test_roles_keep_their_order() -> None:
    """Each is assumed with the one before it."""
    roles = config(aws__assumeRoles=json.dumps([{"roleArn": f"{ROLE}-{number}"} for number in range(3)])).roles

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
    [
        ("15m", 900),
        ("1h", 3600),
        ("1h30m", 5400),
        ("1h0m0s", 3600),
        ("900s", 900),
        ("2h5s", 7205),
        ("0s", 0),
        ("30m1h", 5400),
        ("1.5h", 5400),
        (".5h", 1800),
        ("900000ms", 900),
    ],
)
def test_a_duration_is_read_as_go_writes_it(duration: str, seconds: int) -> None:
    """Pulumi-aws is written in Go, and so are its durations."""
    assert seconds == role(duration=duration)["DurationSeconds"]


# Numbers: `pulumi config set --path` stores digits as one.

NUMBERS: list[tuple[str, object, object]] = [
    ("externalId", 12345, "12345"),
    ("externalId", "00123", "00123"),
    ("sessionName", 5.0, "5"),
    ("sourceIdentity", 7, "7"),
    ("policyArns", [1], [{"arn": "1"}]),
    ("tags", {"cost": 1234, "empty": ""}, [{"Key": "cost", "Value": "1234"}, {"Key": "empty", "Value": ""}]),
    ("transitiveTagKeys", [1234], ["1234"]),
]


@pytest.mark.parametrize(("option", "value", "expected"), NUMBERS)
def test_a_whole_number_is_the_string_of_its_digits(option: str, value: object, expected: object) -> None:
    """The one who typed it had no way to say otherwise."""
    assert expected in role(**{option: value}).values()


def test_an_account_id_or_a_profile_may_come_as_a_number() -> None:
    """The page's own line stores one: `pulumi config set --path 'aws:allowedAccountIds[0]' 111122223333`."""
    texts = config(aws__allowedAccountIds='[111122223333, "012345678901"]')
    floats = config(aws__allowedAccountIds=[111122223333.0, "012345678901"])

    assert ("111122223333", "012345678901") == texts.allowed_accounts == floats.allowed_accounts
    assert "111122223333" == config(aws__profile=111122223333.0).profile


# Prices.


@pytest.mark.parametrize(
    ("value", "prices"),
    [
        (None, ["24.95", "24.95"]),
        ("", ["24.95", "24.95"]),
        ("19.5", ["19.5", "19.5"]),
        (30.0, ["30.0", "30.0"]),
        ("0", ["0", "0"]),
        ('{"eu-west-1": 27.1}', ["27.1", "24.95"]),
        # So `pulumi config set --path` stores what is not a whole number.
        ('{"eu-west-1": "27.10", "us-east-1": 25}', ["27.10", "25"]),
        ({"us-east-1": 25.0}, ["24.95", "25.0"]),
    ],
    ids=str,
)
def test_a_price_holds_for_its_region(value: object, prices: list[str]) -> None:
    """One number holds for all Regions; a Region without one has AWS's price of us-east-1."""
    read = config(dedicatedip__monthlyPriceUsd=value)

    assert prices == [str(read.price_of(region).usd) for region in ("eu-west-1", "us-east-1")]


def test_a_configured_price_says_so() -> None:
    """Whoever reads an amount knows which price it was made of."""
    said = [config(dedicatedip__monthlyPriceUsd=value).price_of("eu-west-1").each for value in ("30", None)]

    assert ["30 each, as dedicatedip:monthlyPriceUsd says", LIST_PRICE.each] == said


# pulumi-aws's other options.


def test_options_that_choose_a_place_are_read() -> None:
    """Under botocore's names."""
    read = config(
        aws__stsRegion="eu-west-1",
        aws__endpoints='[{"sts": "https://sts", "s3": "https://s3"}, {"sesv2": "http://ses:1", "ssm": null}]',
        aws__useFipsEndpoint="true",
        aws__useDualstackEndpoint="false",
        aws__sharedConfigFiles='["~/c"]',
        aws__sharedCredentialsFiles='["k"]',
        aws__customCaBundle="ca.pem",
        aws__ec2MetadataServiceEndpoint="http://[fd00:ec2::254]",
        aws__ec2MetadataServiceEndpointMode="IPv6",
        aws__skipMetadataApiCheck=True,
    )

    assert read == StackConfig(
        sts_region="eu-west-1",
        endpoints={"sts": "https://sts", "sesv2": "http://ses:1"},
        client_options={"use_fips_endpoint": True},
        variables={
            "config_file": "~/c",
            "credentials_file": "k",
            "ca_bundle": "ca.pem",
            "ec2_metadata_service_endpoint": "http://[fd00:ec2::254]",
            "ec2_metadata_service_endpoint_mode": "IPv6",
        },
        asks_metadata=False,
    )


def test_a_web_identity_is_read() -> None:
    """With a token, or a file that has one."""
    role = {"roleArn": ROLE, "webIdentityTokenFile": "/t", "duration": "15m", "policy": "{}"}

    assert {
        "RoleArn": ROLE,
        "RoleSessionName": SESSION,
        "WebIdentityTokenFile": "/t",
        "DurationSeconds": 900,
        "Policy": "{}",
    } == config(aws__assumeRoleWithWebIdentity=json.dumps(role)).web_identity


def of(does: str) -> list[Option]:
    """Return the options that are treated like this."""
    return [option for option in PULUMI_AWS if option.does == does]


@pytest.mark.parametrize("option", of("refused"), ids=lambda option: option.name)
def test_what_is_not_supported_is_refused_by_name(option: Option) -> None:
    """A lease that ignored it would be somewhere else than the rest of the stack."""
    with pytest.raises(Refused) as refusal:
        read_config({f"aws:{option.name}": "http://proxy"}.get)

    assert (
        f"The configuration value aws:{option.name} is not supported by a lease, which would act without it.\n"
        f"Nothing was filed. Remove it with `pulumi config rm aws:{option.name}`, and {option.means}."
    ) == str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [*((option.name, "true") for option in of("no effect")), *(("insecure", value) for value in ("", "false", False))],
)
def test_what_does_not_concern_a_lease_is_ignored(name: str, value: object) -> None:
    """A stack has other resources, too; what is not supported may be off."""
    config: dict[str, object] = {f"aws:{name}": value}

    assert StackConfig() == read_config(config.get)


@pytest.mark.parametrize("option", of("honoured"), ids=lambda option: option.name)
def test_no_option_that_is_honoured_is_passed_over(option: Option) -> None:
    """Each is read: what is none of its values is refused."""
    odd: dict[str, object] = {f"aws:{option.name}": [5.5] if option.name[-1] == "s" else 5.5}
    with pytest.raises(Refused) as refusal:
        read_config(odd.get)

    assert refusal.value.what.startswith(f"The configuration value aws:{option.name} ")


def test_all_of_pulumi_awss_options_are_in_the_table() -> None:
    """Whoever adds one to pulumi-aws has to decide what it does here."""
    signature = inspect.signature(aws.ProviderArgs.__init__).parameters
    known = {getattr(getattr(aws.ProviderArgs, name).fget, "_pulumi_name", name) for name in [*signature][1:]}

    assert known <= {option.name for option in PULUMI_AWS}


def settings_named(*names: str) -> StackConfig:
    """Read a configuration that has these names, with nothing in them."""
    return read_config(lambda _: None, names)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("aws:allowedAccountIDs", "pulumi-aws; did you mean `aws:allowedAccountIds`?"),
        ("aws:qwxyz", "pulumi-aws."),
        ("dedicatedip:servicecode", "a lease; did you mean `dedicatedip:serviceCode`?"),
    ],
)
def test_a_name_that_nobody_knows_is_refused(name: str, meant: str) -> None:
    """A misspelt guard would guard nothing."""
    with pytest.raises(Refused) as refusal:
        settings_named(name)

    assert (
        f"The configuration has {name}, which is not an option of {meant}\n"
        f"Nothing was filed. Correct the name, or remove it with `pulumi config rm {name}`."
    ) == str(refusal.value)


def test_the_plugins_name_of_an_option_needs_the_same_value_under_ours() -> None:
    """A stack may move to the plugin lease by lease; a guard that only the plugin had would guard half of it."""
    both = {"aws:allowedAccountIds": '["111122223333"]', "dedicatedip:allowedAccountIds": '["111122223333"]'}
    moving = {**both, "dedicatedip:refreshBeforeUpdate": "false"}
    assert ("111122223333",) == read_config(moving.get, moving).allowed_accounts

    for ours in ({}, {"aws:allowedAccountIds": '["444455556666"]'}):
        differing = {"dedicatedip:allowedAccountIds": '["111122223333"]', **ours}
        with pytest.raises(Refused) as refusal:
            read_config(differing.get, differing)
        assert (
            "The configuration has dedicatedip:allowedAccountIds, which only the plugin reads; in Python, the option is "
            "aws:allowedAccountIds.\nNothing was filed. Set aws:allowedAccountIds to the same value, or "
            "dedicatedip:allowedAccountIds on an explicit provider of the plugin."
        ) == str(refusal.value)


def test_names_of_others_are_let_be() -> None:
    """The program's own, and those of other providers."""
    ours = [*(f"aws:{option.name}" for option in PULUMI_AWS), *(f"dedicatedip:{option.name}" for option in OWN)]

    assert StackConfig() == settings_named(*ours, "shop:anything", "aws-native:region", "pulumi:tags", "plain")


# What is not understood.

ACCOUNT_IDS = "must be a list of account ids of 12 digits; quote one that begins with 0, or the 0 is lost"
PRICES = "must be a number of USD from 0 to 10,000, or a JSON object with such a number for each Region"
WEB_IDENTITY = f'{{{{"roleArn": "{ROLE}"{{}}}}}}'
ONE_OF_THEM = "must have one of `webIdentityToken` and `webIdentityTokenFile`"
WRONG: list[tuple[str, Any, str]] = [
    ("aws:allowedAccountIds", "111122223333", "must be a JSON list"),
    ("aws:allowedAccountIds", "[", "must be a JSON list"),
    ("aws:allowedAccountIds", "[" * 100_000, "must be a JSON list"),
    ("aws:allowedAccountIds", "mine", "must be a JSON list"),
    ("aws:allowedAccountIds", '{"a": 1}', "must be a JSON list"),
    ("aws:allowedAccountIds", "null", "must be a JSON list"),
    ("aws:allowedAccountIds", 5.0, "must be a JSON list"),
    ("aws:allowedAccountIds", "[12345678901]", ACCOUNT_IDS),
    ("aws:allowedAccountIds", "[true]", ACCOUNT_IDS),
    ("aws:allowedAccountIds", '["mine"]', ACCOUNT_IDS),
    ("aws:allowedAccountIds", '["1111222233334"]', ACCOUNT_IDS),
    ("aws:allowedAccountIds", '["١١١١٢٢٢٢٣٣٣٣"]', ACCOUNT_IDS),
    ("aws:forbiddenAccountIds", '["111122223333", ""]', ACCOUNT_IDS),
    ("aws:assumeRole", ROLE, "must be a JSON object"),
    ("aws:assumeRole", f'["{ROLE}"]', "must be a JSON object"),
    ("aws:assumeRole", '{"sessionName": "up"}', "must name a `roleArn` for each role"),
    ("aws:assumeRoles", ROLE, "must be a JSON list"),
    ("aws:assumeRoles", f'["{ROLE}"]', "must name a `roleArn` for each role"),
    ("aws:assumeRoles", "[{}]", "must name a `roleArn` for each role"),
    ("aws:assumeRoles", '[{"roleArn": ""}]', "must name a `roleArn` for each role"),
    ("aws:assumeRoles", '[{"roleArn": [5]}]', "has `roleArn`, which must be a string: write it in quotes"),
    ("aws:profile", ["mail"], "must be a string"),
    ("aws:profile", 0.5, "must be a string"),
    ("aws:accessKey", "a", "needs aws:secretKey, which is not set"),
    ("aws:secretKey", "a", "needs aws:accessKey, which is not set"),
    ("aws:token", "a", "needs aws:accessKey, which is not set"),
    *(
        ("dedicatedip:monthlyPriceUsd", value, PRICES)
        for value in (
            *("cheap", "-1", "10001", "NaN", "Infinity", "true", "[25]", True),
            *('{"eu": 25}', '{"eu-west-1": null}', '{"eu-west-1": "cheap"}'),
        )
    ),
    ("aws:useFipsEndpoint", "yes", "must be true or false"),
    ("aws:endpoints", "[5]", "must be a list of objects, each with a service and its URL"),
    ("aws:endpoints", '[{"sts": "sts"}]', "has `sts`, which must be a URL such as https://host"),
    ("aws:endpoints", '[{"ssm": 5}]', "has `ssm`, which must be a URL such as https://host"),
    ("aws:sharedConfigFiles", '["a", "b"]', "must be a list of one file; more are not supported here"),
    ("aws:sharedCredentialsFiles", "[5]", "must be a list of one file; more are not supported here"),
    ("aws:assumeRoleWithWebIdentity", WEB_IDENTITY.format(""), ONE_OF_THEM),
    (
        "aws:assumeRoleWithWebIdentity",
        WEB_IDENTITY.format(', "webIdentityToken": "t", "webIdentityTokenFile": "f"'),
        ONE_OF_THEM,
    ),
    (
        "aws:assumeRoleWithWebIdentity",
        WEB_IDENTITY.format(', "externalId": "x"'),
        "has 'externalId', which is not supported here",
    ),
]


@pytest.mark.parametrize(("name", "value", "what"), WRONG)
def test_what_is_not_understood_is_named(name: str, value: object, what: str) -> None:
    """A value that cannot be understood is never passed over: it may be a guard."""
    with pytest.raises(Refused) as refusal:
        read_config({name: value}.get)

    assert (f"The configuration value {name} {what}.\nNothing was filed. Correct it with `pulumi config set`.") == str(
        refusal.value
    )


STRING = "which must be a string: write it in quotes"
DURATION = "has `duration`, which must be a duration such as 1h30m"
WRONG_OPTIONS: list[tuple[str, Any, str]] = [
    ("rolearn", ROLE, "has 'rolearn', which is not supported here"),
    ("durationSeconds", 900, "has 'durationSeconds', which is not supported here"),
    ("sessionName", True, f"has `sessionName`, {STRING}"),
    ("sessionName", "", f"has `sessionName`, {STRING}"),
    ("externalId", ["shop"], f"has `externalId`, {STRING}"),
    ("externalId", 1.5, f"has `externalId`, {STRING}"),
    ("externalId", 2**53, f"has `externalId`, {STRING}"),
    ("policy", {"Statement": []}, "has `policy`, which must be the JSON of a policy, as a string"),
    ("policy", "file.json", "has `policy`, which must be the JSON of a policy, as a string"),
    ("duration", 3600, DURATION),
    ("duration", "60", DURATION),
    ("duration", "", DURATION),
    ("duration", "an hour", DURATION),
    ("duration", "h", DURATION),
    ("policyArns", "p1", "has `policyArns`, which must be a list of strings"),
    ("policyArns", [True], "has `policyArns`, which must be a list of strings"),
    ("tags", ["team"], "has `tags`, which must be an object of strings"),
    ("tags", {"team": [1]}, "has `tags`, which must be an object of strings"),
    ("transitiveTagKeys", "team", "has `transitiveTagKeys`, which must be a list of strings"),
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
