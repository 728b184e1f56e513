"""`doctor` says what keeps a lease from being made, and never files or changes anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest
from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support.stacks import Stack

    from cli.conftest import Ended
    from dedicated_ip_provider.emulator import RunningEmulator

CASES_OF_AN_HOUR = 10
EU = ("--region", "eu-west-1")
ACCOUNT = "SES in eu-west-1 (ses:GetAccount)"
QUOTAS = "quotas of SES in eu-west-1 (servicequotas:ListServiceQuotas)"


def test_all_is_well(
    emulator: RunningEmulator, installed: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line a check, and an exit code of 0."""
    emulator.lease("eu-west-1")
    emulator.add_managed("eu-west-1", 2)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    ended = installed("doctor", "--allowed-account", "111122223333")

    assert (0, "") == (ended.code, ended.err)
    assert (
        """\
ok         credentials: arn:aws:iam::111122223333:user/mail-team
ok         account: 111122223333, which is allowed
ok         support plan: the account's plan includes the Support API
ok         support:DescribeServices: allowed: find the codes that classify a case
ok         support:DescribeCases: allowed: find the cases of leases, and their status
ok         support:DescribeCommunications: allowed: read the messages of a long case
ok         support:CreateCase: allowed: request addresses, and relinquish some
ok         support:AddCommunicationToCase: allowed: amend a request, and confirm
ok         support:ResolveCase: allowed: close a request that is withdrawn
ok         codes of a case: service-limit-increase/ses-dedicated-ip, customer-service, low
ok         open cases: no lease has an open case
ok         cases in the last hour: 0 of the 10 that AWS allows
ok         record in eu-west-1 (ssm:GetParameter): none yet: the first `pulumi up` creates it
ok         history of the record in eu-west-1 (ssm:GetParameterHistory): allowed
unchecked  writing the record in eu-west-1 (ssm:PutParameter): AWS has no dry run for it; without this permission \
nothing is filed
ok         SES in eu-west-1 (ses:GetAccount): up to 100 messages a second
ok         addresses in eu-west-1 (ses:GetDedicatedIps): 1 dedicated IP address: 192.0.2.1; 2 more in managed pools, \
which SES itself leases
ok         quotas of SES in eu-west-1 (servicequotas:ListServiceQuotas): none for dedicated IP addresses: cases are \
the way to request some
"""
        == ended.out
    )


def test_the_lease_and_its_open_cases_are_named(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """What AWS is working on is no fault; cases of other people are not counted among it."""
    stack.up(eu={"count": 2}, us={"count": 2, "region": "us-east-1"})
    emulator.file_by_hand("About something else", "Hello")

    said = run("doctor", *EU).out
    stack.destroy()

    assert (
        "ok         open cases: 1700000002 (shop/prod/us, us-east-1), 1700000001 (shop/prod/eu, eu-west-1)\n"
        "ok         cases in the last hour: 3 of the 10 that AWS allows\n"
        "ok         record in eu-west-1 (ssm:GetParameter): shop/prod/eu has held the lease since 2026-11-02 12:00 UTC\n"
        "ok         history of the record in eu-west-1 (ssm:GetParameterHistory): allowed\n" in said
    )
    assert "(ssm:GetParameter): free: the last lease has ended\n" in run("doctor", *EU).out


def test_scripts_get_json(run: Callable[..., Ended]) -> None:
    """`--json` has an object a check."""
    checks = json.loads(run("doctor", "--json", *EU).out)

    assert {
        "about": "support:CreateCase",
        "result": "ok",
        "says": "allowed: request addresses, and relinquish some",
        "next_step": "",
    } in checks
    assert {"ok", "unchecked"} == {check["result"] for check in checks}


def test_without_credentials_nothing_else_is_asked(
    emulator: RunningEmulator, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot sign in learns that first."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    said = run("doctor")

    assert 5 == said.code
    first, second = said.out.splitlines()
    assert first.startswith("fix        credentials: No AWS credentials found, ")
    assert "unchecked  everything else: needs credentials" == second
    assert () == emulator.log


def test_another_account_than_allowed_is_to_be_fixed(run: Callable[..., Ended]) -> None:
    """Credentials of the wrong account are the commonest way to a case in the wrong place."""
    said = run("doctor", "--allowed-account", "444455556666", "--allowed-account", "777788889999")

    assert 5 == said.code
    assert (
        "fix        account: The credentials lead to account 111122223333, which is not allowed: 444455556666, "
        "777788889999. Use other credentials, or correct `aws:allowedAccountIds` of the stack.\n" in said.out
    )
    assert "'mail' is not an account id of 12 digits." in run("doctor", "--allowed-account", "mail").err


def test_without_a_region_record_and_ses_are_not_looked_at(run: Callable[..., Ended]) -> None:
    """What cannot be checked is said."""
    said = run("doctor")

    assert 0 == said.code
    assert said.out.endswith("unchecked  record and SES: no Region is configured: name one with --region\n")


def test_without_a_support_plan_the_console_is_left(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """Without a plan a person can still file the forms, and record and addresses can still be read."""
    emulator.change(support_plan=False)

    said = run("doctor", *EU)

    assert 5 == said.code
    assert (
        """
fix        support plan: The account's AWS Support plan does not include the Support API, which files and reads cases. \
Set `filing="console"` and file the forms by hand, or get a plan that includes the Support API: Business Support+, \
Enterprise Support or Unified Operations; for an account that AWS has not moved to these yet, Business, \
Enterprise On-Ramp or Enterprise.
unchecked  cases, codes, permissions of Support: need a support plan
ok         record in eu-west-1 (ssm:GetParameter): none yet: the first `pulumi up` creates it
"""
        in said.out
    )


@pytest.mark.parametrize(
    ("operation", "named"),
    [
        ("GetCallerIdentity", "account: AWS refused sts:GetCallerIdentity ("),
        ("DescribeServices", "support:DescribeServices: AWS refused support:DescribeServices: "),
        ("DescribeCases", "support:DescribeCases: AWS refused support:DescribeCases: "),
        ("DescribeCommunications", "support:DescribeCommunications: AWS refused support:DescribeCommunications: "),
        ("CreateCase", "support:CreateCase: AWS refused support:CreateCase: "),
        ("AddCommunicationToCase", "support:AddCommunicationToCase: AWS refused support:AddCommunicationToCase: "),
        ("ResolveCase", "support:ResolveCase: AWS refused support:ResolveCase: "),
        ("GetParameter", "record in eu-west-1 (ssm:GetParameter): AWS refused ssm:GetParameter (eu-west-1): "),
        ("GetParameterHistory", "history of the record in eu-west-1 (ssm:GetParameterHistory): AWS refused ssm:Get"),
        ("GetAccount", "SES in eu-west-1 (ses:GetAccount): AWS refused ses:GetAccount (eu-west-1): "),
        ("GetDedicatedIps", "addresses in eu-west-1 (ses:GetDedicatedIps): AWS refused ses:GetDedicatedIps (eu-w"),
    ],
)
def test_each_missing_permission_is_named(
    emulator: RunningEmulator, run: Callable[..., Ended], operation: str, named: str
) -> None:
    """A read or a dry run shows what would be refused, before it matters; the rest is checked all the same."""
    emulator.fault("access-denied", operation=operation, times=None, skip=int(operation == "GetCallerIdentity"))

    said = run("doctor", *EU)

    assert (5, True) == (said.code, f"fix        {named}" in said.out)
    assert "ok         " in said.out.splitlines()[-1]


def test_without_reading_cases_some_things_stay_unchecked(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """One missing permission hides what it would have shown, and nothing else."""
    emulator.fault("access-denied", operation="DescribeCases", times=None)

    said = run("doctor").out

    assert "unchecked  support plan: would show in reading cases\n" in said
    assert "ok         support:CreateCase: allowed" in said
    assert "unchecked  open cases, cases in the last hour: need support:DescribeCases\n" in said


def test_codes_that_aws_does_not_list_are_to_be_fixed(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """Where no category fits by name, the candidates are named; configured codes are taken as they are."""
    emulator.change(services=({"code": "general-info", "name": "General", "categories": ()},))

    said = run("doctor").out

    assert "fix        codes of a case: AWS lists no support category for dedicated IP addresses" in said
    assert "ok         support:DescribeServices: allowed" in said
    chosen = run("doctor", "--service-code", "amazon-simple-email-service", "--category-code", "general-guidance").out
    assert "codes of a case: amazon-simple-email-service/general-guidance, customer-service, low\n" in chosen


def test_a_question_of_aws_is_to_be_answered(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """A case that waits for the customer is closed after some days of silence."""
    stack.up(eu={"count": 2})
    emulator.ask("1700000001")

    said = run("doctor")

    assert 5 == said.code
    assert (
        "fix        open cases: AWS is waiting for your reply in case 1700000001 (shop/prod/eu, eu-west-1). Reply at "
        "https://console.aws.amazon.com/support/home#/case/?displayId=1700000001&language=en, or see `dedicated-ip "
        "confirm`.\n" in said.out
    )


def test_the_hourly_limit_counts_the_cases_of_everybody(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """The eleventh case of an hour is refused, whoever filed the ten; the doctor says until when."""
    for minute in range(CASES_OF_AN_HOUR):
        emulator.file_by_hand(f"About something else {minute}", "Hello")
        emulator.advance(60)

    assert (
        "fix        cases in the last hour: 10 of the 10 that AWS allows: no more can be filed now. Wait until 13:00 UTC.\n"
        in (run("doctor").out)
    )
    emulator.advance(50 * 60)
    assert "ok         cases in the last hour: 9 of the 10 that AWS allows\n" in run("doctor").out


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (
            {"production_access": False},
            "The account is in SES's sandbox in eu-west-1. Request production access first: ",
        ),
        (
            {"enforcement": "PROBATION"},
            "AWS has the account's sending in eu-west-1 under review (PROBATION). AWS may de",
        ),
        (
            {"sending_enabled": False},
            "Sending is turned off for the account in eu-west-1. Addresses cost from the day ",
        ),
    ],
    ids=str,
)
def test_an_account_that_may_not_send_is_to_be_fixed(
    emulator: RunningEmulator, run: Callable[..., Ended], setting: Mapping[str, object], expected: str
) -> None:
    """AWS judges by how the account sends."""
    emulator.change(**setting)

    said = run("doctor", *EU).out

    assert (True, False) == (f"fix        {ACCOUNT}: {expected}" in said, f"ok         {ACCOUNT}: up to" in said)


def test_a_warm_up_plan_of_ones_own_is_no_fault(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """Who turned automatic warm-up off is told what that means, and the rest is well."""
    emulator.change(auto_warmup=False)

    said = run("doctor", *EU)

    assert 0 == said.code
    assert (
        f"ok         {ACCOUNT}: Automatic warm-up is off in eu-west-1: new addresses arrive marked as warmed up"
        in said.out
    )
    assert f"ok         {ACCOUNT}: up to 100 messages a second\n" in said.out


def test_a_quota_for_addresses_would_be_news(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """AWS's documented route for quotas needs no case and no plan; who may not look for one needs it not."""
    emulator.change(dedicated_ip_quota=True)
    there = run("doctor", *EU)
    emulator.fault("access-denied", operation="ListServiceQuotas")
    denied = run("doctor", *EU)

    assert (0, 0) == (there.code, denied.code)
    assert there.out.endswith(
        f"ok         {QUOTAS}: there is one now, 'Dedicated IPs': AWS may accept requests for addresses as increases of "
        "that quota. Please tell the authors of this package.\n"
    )
    assert denied.out.endswith(
        f"unchecked  {QUOTAS}: AWS refused servicequotas:ListServiceQuotas (eu-west-1): AccessDeniedException: an injected "
        "fault; a lease does not need it\n"
    )


@pytest.mark.parametrize("where", ["botocore", "what answers"])
def test_without_dry_runs_nothing_is_sent_that_writes(
    emulator: RunningEmulator, run: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Where a read that should have been a dry run is carried out, a case might be filed as well."""
    if where == "botocore":
        _without_dry_runs(tmp_path / "models")
        monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    else:
        emulator.fault("html", operation="DescribeServices", times=None)

    said = run("doctor").out

    for operation in ("DescribeCommunications", "CreateCase", "AddCommunicationToCase", "ResolveCase"):
        assert f"unchecked  support:{operation}: this botocore, or this endpoint, has no dry runs\n" in said
    assert {"GetCallerIdentity", "DescribeCases", "DescribeServices"} == {one.operation for one in emulator.log}


KINDS = ("access-denied", "close", "half-body")
OPERATIONS = (
    None,
    "GetCallerIdentity",
    "DescribeServices",
    "DescribeCases",
    "DescribeCommunications",
    "CreateCase",
    "AddCommunicationToCase",
    "ResolveCase",
    "GetParameter",
    "GetParameterHistory",
    "GetAccount",
    "GetDedicatedIps",
    "ListServiceQuotas",
)


@pytest.mark.parametrize(
    "fault", [{"kind": kind, "operation": operation} for kind in KINDS for operation in OPERATIONS], ids=str
)
def test_nothing_is_ever_changed(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended], fault: Mapping[str, str]
) -> None:
    """Whatever goes wrong, and whenever: no new case, no message, no closed case, no write of the record."""
    stack.up(eu={"count": 2})
    there = emulator.state()
    emulator.fault(**fault, when="before", skip=1)
    emulator.fault(**fault, when="after")

    said = run("doctor", *EU)

    assert there == emulator.state()
    assert said.code in (0, 5)
    assert "" == said.err


def _without_dry_runs(models: Path) -> None:
    """Write the service model that botocore had before dry runs."""
    model: dict[str, Any] = Loader().load_service_model("support", "service-2")
    for shape in model["shapes"].values():
        shape.get("members", {}).pop("dryRun", None)
    folder = models / "support" / "2013-04-15"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    # botocore reads the rest of a service from the same place.
    for name in ("endpoint-rule-set-1", "paginators-1"):
        for found in Path(botocore.__file__).parent.glob(f"data/support/2013-04-15/{name}*"):
            (folder / found.name).write_bytes(found.read_bytes())
