"""What a lease takes from its stack: the Region, the way into AWS, values that come later, and no secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.filed import asked

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

LEASE = lease()
OTHER_ACCOUNT = "444455556666"


def test_region_and_role_come_from_the_stack(stack: Stack) -> None:
    """`aws:region` and `aws:assumeRoles` lead to the same account and Region as pulumi-aws would."""
    role = {"roleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/mail", "sessionName": "leases"}
    stack.configure(aws__region="us-east-1", aws__assumeRoles=[role], aws__allowedAccountIds=[OTHER_ACCOUNT])
    stack.program(LEASE)

    stack.up()

    assert (OTHER_ACCOUNT, "us-east-1") == (stack.outputs()["account_id"], stack.outputs()["region"])
    assert (0, 1) == (len(stack.emulator.cases()), len(stack.emulator.cases(OTHER_ACCOUNT)))


def test_a_region_of_the_environment_is_fixed_at_create(stack: Stack) -> None:
    """It has to be somewhere at first; afterwards, a colleague's environment and none at all change nothing."""
    stack.configure(aws__region="")
    stack.program(LEASE)
    missing = "`region` is missing: give the lease one, or the stack with `pulumi config set aws:region`"
    assert missing in stack.fails("preview")
    stack.environment["AWS_REGION"] = "eu-central-1"
    stack.up()

    for other in ("us-east-1", ""):
        stack.environment["AWS_REGION"] = other
        assert stack.preview_is_empty()
    stack.program(lease(3))
    stack.up()

    assert "eu-central-1" == stack.outputs()["region"]
    assert [("eu-central-1", 3)] == asked(stack.emulator)


def test_amounts_are_made_of_the_stacks_price(stack: Stack) -> None:
    """As `pulumi config set --path` stores one; the preview says so, and the output follows."""
    for region, usd in (("eu-west-1", "27.10"), ("us-east-1", "25")):
        stack.pulumi("config", "set", "--path", f"dedicatedip:monthlyPriceUsd.{region}", usd)
    stack.program(LEASE)

    amounts = "USD 0.00 => 54.20 a month when AWS has done it (27.10 each, as dedicatedip:monthlyPriceUsd says)"
    assert amounts in stack.preview()
    stack.grown(LEASE)

    assert 54.2 == stack.outputs()["monthly_cost_usd"]
    assert stack.preview_is_empty()


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


def test_the_pages_own_lines_store_numbers_that_are_read_as_meant(stack: Stack) -> None:
    """`config set --path` makes numbers of digits, of an account id and an external id, too."""
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/mail"
    for path, value in {
        "aws:allowedAccountIds[0]": OTHER_ACCOUNT,
        "aws:allowedAccountIds[1]": "012345678901",
        "aws:assumeRoles[0].roleArn": role,
        "aws:assumeRoles[0].externalId": "12345",
    }.items():
        stack.pulumi("config", "set", "--path", path, value)
    stack.program(LEASE)

    stack.up()

    assert OTHER_ACCOUNT == stack.outputs()["account_id"]
    assert {"12345"} == {call.parameters["ExternalId"] for call in stack.emulator.calls("AssumeRole")}


def test_a_refresh_uses_the_configuration_of_the_last_up(stack: Stack) -> None:
    """A guard that was set since guards only where the program runs; the pages and the error say so."""
    stack.program(LEASE)
    stack.up()
    stack.configure(aws__forbiddenAccountIds=["111122223333"])

    stack.refresh()
    refused = stack.fails("refresh", "--yes", "--skip-preview", "--run-program")
    assert "which aws:forbiddenAccountIds of this stack does not allow" in refused


def test_an_mfa_code_is_not_waited_for(stack: Stack) -> None:
    """A plugin has nobody to ask: the run ends with what to do."""
    config = stack.folder / "aws-config"
    config.write_text(
        f"[profile keys]\naws_access_key_id={OTHER_ACCOUNT}\naws_secret_access_key=s\n"
        f"[profile mfa]\nsource_profile=keys\nrole_arn=arn:aws:iam::{OTHER_ACCOUNT}:role/mail\nmfa_serial=mine\n"
    )
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    others = {name: value for name, value in stack.environment.items() if name not in keys}
    stack.environment = {**others, "AWS_CONFIG_FILE": str(config)}
    stack.configure(aws__profile="mfa")
    stack.program(LEASE)

    refused = stack.fails("up", "--yes", "--skip-preview")

    assert f"An MFA code is needed, and there is no prompt for it here (profile mfa, {config})." in refused
