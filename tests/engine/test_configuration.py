"""What a lease takes from its stack: the Region, the way into AWS, values that come later, and no secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli.terminals import POSIX
from support.filed import asked

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

LEASE = lease()
OTHER_ACCOUNT = "444455556666"


def test_what_config_set_stores_leads_to_account_region_and_price(stack: Stack) -> None:
    """`config set --path` makes numbers of digits, of an account id and an external id, too; all are read as meant."""
    for path, value in {
        "aws:region": "us-east-1",
        "aws:allowedAccountIds[0]": OTHER_ACCOUNT,
        "aws:allowedAccountIds[1]": "012345678901",
        "aws:assumeRoles[0].roleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/mail",
        "aws:assumeRoles[0].externalId": "12345",
        "dedicatedip:monthlyPriceUsd.us-east-1": "27.10",
        "dedicatedip:monthlyPriceUsd.eu-west-1": "25",
    }.items():
        stack.pulumi("config", "set", "--path", path, value)
    stack.program(LEASE)

    amounts = "USD 0.00 => 54.20 a month once AWS has done this (27.10 each, as dedicatedip:monthlyPriceUsd says)"
    assert amounts in stack.preview()
    stack.up()
    (case,) = stack.emulator.cases(OTHER_ACCOUNT)
    stack.emulator.grant(case.id)
    stack.refresh()

    assert (OTHER_ACCOUNT, "us-east-1", 54.2) == stack.shown("account_id", "region", "monthly_cost_usd")
    assert {"12345"} == {call.parameters["ExternalId"] for call in stack.emulator.calls("AssumeRole")}
    assert () == stack.emulator.cases()
    assert stack.preview_is_empty()


def test_an_account_that_is_not_allowed_is_refused_where_the_program_runs(stack: Stack) -> None:
    """Nothing but the account is asked; a refresh uses the configuration of the last `up`, unless it runs the program."""
    stack.configure(aws__allowedAccountIds=["999988887777"])
    stack.program(LEASE)
    refused = stack.fails("up", "--yes", "--skip-preview")
    wrong = "The credentials lead to account 111122223333, which aws:allowedAccountIds of this stack does not allow"
    assert wrong in refused
    assert {"GetCallerIdentity"} == {call.operation for call in stack.emulator.log}

    stack.configure()
    stack.up()
    stack.configure(aws__forbiddenAccountIds=["111122223333"])

    stack.refresh()
    refused = stack.fails("refresh", "--yes", "--skip-preview", "--run-program")
    assert "which aws:forbiddenAccountIds of this stack does not allow" in refused


def test_values_that_are_known_only_later_pass_the_preview(stack: Stack) -> None:
    """A count and a Region that another resource gives are unknown in the preview, and right in the update."""
    stack.program(
        "class Answers(pulumi.dynamic.ResourceProvider):",
        "    def create(self, props):",
        '        return pulumi.dynamic.CreateResult("answers", {"count": 2, "region": "eu-central-1"})',
        "class Later(pulumi.dynamic.Resource):",
        "    count: pulumi.Output[int]",
        "    region: pulumi.Output[str]",
        "    def __init__(self, name):",
        '        super().__init__(Answers(), name, {"count": None, "region": None})',
        'later = Later("later")',
        'DedicatedIpLease("eu", region=later.region, count=later.count, use_case=shop)',
    )

    assert ["create eu"] == stack.steps()
    stack.up()

    assert "111122223333/eu-central-1" == stack.resource()["id"]
    assert [("eu-central-1", 2)] == asked(stack.emulator)
    assert stack.preview_is_empty()


def test_secrets_stay_out_of_the_state_and_of_the_cases(stack: Stack) -> None:
    """Secret configuration is not in plain text in any file of the backend, in any case, or in what Pulumi says."""
    planted = ("planted-secret-access-key", "planted-token-of-the-shop", "planted description of secret mail")
    for name, value in zip(("aws:secretKey", "shop:token", "shop:mail"), planted, strict=True):
        stack.pulumi("config", "set", "--secret", name, value)
    stack.pulumi("config", "set", "aws:accessKey", OTHER_ACCOUNT)
    stack.program(
        "config = pulumi.Config()",
        'token = config.require_secret("token")',
        'shop.opt_in = config.require_secret("mail")',
        LEASE,
    )

    said = stack.up() + stack.refresh() + stack.preview("--diff")

    stored = stack.stored()
    cases = json.dumps(
        [message.body for case in stack.emulator.cases(OTHER_ACCOUNT) for message in case.communications]
    )
    assert OTHER_ACCOUNT == stack.outputs()["account_id"]
    assert [] == [secret for secret in planted if secret in said or secret in stored]
    # The user hands this one to AWS, as a part of the use case; the others are nobody's business.
    assert [planted[2]] == [secret for secret in planted if secret in cases]


def test_wrong_inputs_are_named_one_by_one(stack: Stack) -> None:
    """Each wrong property has its own plain line, a secret is not repeated, and nothing is filed."""
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    stack.program(
        f'shop.description = "We send with {key}."',
        'shop.website_url = "example.com"',
        'DedicatedIpLease("eu", region="Ireland", count=2.5, use_case=shop)',
    )

    said = stack.fails("up", "--yes", "--skip-preview")

    for reason in (
        "`region` must be the code of an AWS Region, such as eu-west-1, not 'Ireland'.",
        "`count` must be a whole number, not 2.5.",
        "DedicatedIpLease resource 'eu' has a problem: `use_case.website_url` must be a web address that begins with",
        "DedicatedIpLease resource 'eu' has a problem: `use_case.description` seems to contain an AWS key",
    ):
        assert 1 == said.partition("Diagnostics:")[2].count(reason), said
    assert "Traceback" not in said
    assert key not in said
    assert () == stack.emulator.cases()


def test_a_japanese_form_survives_a_posix_locale(stack: Stack) -> None:
    """Program, state and what the plugin prints keep every letter, in a Region that botocore does not list."""
    stack.environment.update(POSIX)
    addresses = stack.emulator.lease("mx-west-9", 2)
    options = f'region="mx-west-9", contact_language="ja", filing="console", adopt={list(addresses)}'
    stack.program('shop.description = "注文の通知"', f'DedicatedIpLease("eu", count=3, use_case=shop, {options})')

    stack.up()
    assert "注文の通知" in stack.outputs()["form_text"]
    said = stack.destroy()

    assert "お世話になっております。" in said
    assert "リージョン (Region): mx-west-9\n" in said
