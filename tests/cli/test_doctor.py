"""`doctor` says what keeps a lease from being made, and never files or changes anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest
from botocore.loaders import Loader
from support.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.stacks import Stack

    from cli.conftest import Run
    from dedicated_ip_provider.emulator import RunningEmulator

EU = ("--region", "eu-west-1")
ACCOUNT = "SES in eu-west-1 (ses:GetAccount)"
QUOTAS = "quotas of SES in eu-west-1 (servicequotas:ListServiceQuotas)"
WRITES = ("CreateCase", "AddCommunicationToCase", "ResolveCase")
REFUSED = {
    "GetCallerIdentity": "account: AWS refused sts:GetCallerIdentity (",
    **{
        operation: f"support:{operation}: AWS refused support:{operation}: "
        for operation in ("DescribeServices", "DescribeCases", "DescribeCommunications", *WRITES)
    },
    "GetParameter": "record in eu-west-1 (ssm:GetParameter): AWS refused ssm:GetParameter (eu-west-1): ",
    "GetParameterHistory": "history of the record in eu-west-1 (ssm:GetParameterHistory): AWS refused ssm:GetParam",
    "GetAccount": f"{ACCOUNT}: AWS refused ses:GetAccount (eu-west-1): ",
    "GetDedicatedIps": "addresses in eu-west-1 (ses:GetDedicatedIps): AWS refused ses:GetDedicatedIps (eu-west-1): ",
}
"""What is said of each operation that AWS refuses."""


def test_all_is_well(emulator: RunningEmulator, installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a line for each check, and the exit code is 0."""
    emulator.lease("eu-west-1")
    emulator.add_managed("eu-west-1", 2)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    assert (
        0,
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
""",
        "",
    ) == installed("doctor", "--allowed-account", "111122223333")


def test_lease_and_open_cases_are_named(stack: Stack, run: Run) -> None:
    """A case on which AWS is working needs no fixing; one that waits for an answer does. Only cases of leases count."""
    stack.up(eu={"count": 2}, us={"count": 2, "region": "us-east-1"})
    stack.emulator.file_by_hand("About something else", "Hello")

    assert (
        "ok         open cases: 1700000002 (shop/prod/us, us-east-1), 1700000001 (shop/prod/eu, eu-west-1)\n"
        "ok         cases in the last hour: 3 of the 10 that AWS allows\n"
        "ok         record in eu-west-1 (ssm:GetParameter): shop/prod/eu has held the lease since 2026-11-02 12:00 UTC\n"
        "ok         history of the record in eu-west-1 (ssm:GetParameterHistory): allowed\n" in run("doctor", *EU).out
    )
    stack.emulator.ask("1700000001")
    said = run("doctor")
    assert 5 == said.code
    assert (
        "fix        open cases: AWS is waiting for your reply in case 1700000001 (shop/prod/eu, eu-west-1). Reply at "
        "https://console.aws.amazon.com/support/home#/case/?displayId=1700000001&language=en, or see `dedicated-ip "
        "confirm`.\n" in said.out
    )
    stack.destroy()
    assert "(ssm:GetParameter): free: the last lease has ended\n" in run("doctor", *EU).out


def test_scripts_get_json(run: Run) -> None:
    """`--json` has an object for each check."""
    checks = json.loads(run("doctor", "--json", *EU).out)

    says = "allowed: request addresses, and relinquish some"
    assert {"about": "support:CreateCase", "result": "ok", "says": says, "next_step": ""} in checks
    assert {"ok", "unchecked"} == {check["result"] for check in checks}


def test_without_credentials_nothing_else_is_checked(
    emulator: RunningEmulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS is not called."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    said = run("doctor")

    first, second = said.out.splitlines()
    assert (5, "unchecked  everything else: needs credentials", ()) == (said.code, second, emulator.log)
    assert first.startswith("fix        credentials: No AWS credentials found, ")


@table(
    "reason, arguments, expected",
    [
        (
            "an account that is not allowed",
            ["--allowed-account", "444455556666", "--allowed-account", "777788889999"],
            """\
fix        account: The credentials lead to account 111122223333, which is not allowed: 444455556666, 777788889999. \
Use other credentials, or correct `aws:allowedAccountIds` of the stack.
""",
        ),
        (
            "no Region",
            [],
            "unchecked  record and SES: no Region is configured: name one with --region\n",
        ),
        (
            "codes, as the stack's configuration has them",
            ["--service-code", "amazon-simple-email-service", "--category-code", "general-guidance"],
            "ok         codes of a case: amazon-simple-email-service/general-guidance, customer-service, low\n",
        ),
    ],
)
def test_options_say_what_to_check(run: Run, arguments: list[str], expected: str, reason: str) -> None:
    """What needs fixing makes the exit code 5; what is unchecked does not."""
    ended = run("doctor", *arguments)

    assert (5 if expected.startswith("fix") else 0, True) == (ended.code, expected in ended.out), reason


def test_an_account_id_has_12_digits(run: Run) -> None:
    """A name is refused."""
    assert "'mail' is not an account id of 12 digits." in run("doctor", "--allowed-account", "mail").err


@table(
    "reason, setting, expected",
    [
        (
            "no support plan: the record is still checked",
            {"support_plan": False},
            """
fix        support plan: The account's AWS Support plan does not include the Support API, which files and reads cases. \
Set `filing="console"` and file the forms by hand, or get a plan that includes the Support API: Business Support+, \
Enterprise Support or Unified Operations; for an account that AWS has not moved to these yet, Business, \
Enterprise On-Ramp or Enterprise.
unchecked  cases, codes, permissions of Support: need a support plan
ok         record in eu-west-1 (ssm:GetParameter): none yet: the first `pulumi up` creates it
""",
        ),
        (
            "no category that fits",
            {"services": ({"code": "general-info", "name": "General", "categories": ()},)},
            "fix        codes of a case: AWS lists no support category for dedicated IP addresses",
        ),
        (
            "an account that may not send: nothing else is said of SES",
            {"production_access": False},
            f"""\
fix        {ACCOUNT}: The account is in SES's sandbox in eu-west-1. Request production access first: AWS rarely \
leases addresses to a sender in the sandbox.
ok         addresses in eu-west-1""",
        ),
        (
            "manual warm-up is no fault",
            {"auto_warmup": False},
            f"""\
ok         {ACCOUNT}: Automatic warm-up is off in eu-west-1: new addresses arrive marked as warmed up, but are cold. Turn \
it on before they come (PutAccountDedicatedIpWarmupAttributes), or warm them up yourself.
ok         {ACCOUNT}: up to 100 messages a second
""",
        ),
        (
            "a quota for addresses",
            {"dedicated_ip_quota": True},
            f"""\
ok         {QUOTAS}: there is one now, 'Dedicated IPs': AWS may accept requests for addresses as increases of that \
quota. Please tell the authors of this package.
""",
        ),
    ],
)
def test_what_the_account_lacks_needs_fixing(
    emulator: RunningEmulator, run: Run, setting: Mapping[str, object], expected: str, reason: str
) -> None:
    """The line says how."""
    emulator.change(**setting)

    ended = run("doctor", *EU)

    assert (5 if "fix  " in expected else 0, True) == (ended.code, expected in ended.out), reason
    assert ("ok         support:DescribeServices: allowed" in ended.out) is ("support_plan" not in setting)


@pytest.mark.parametrize("operation", REFUSED)
def test_each_missing_permission_is_named(emulator: RunningEmulator, run: Run, operation: str) -> None:
    """A read or a dry run shows what would be refused, and the rest is checked all the same."""
    emulator.fault("access-denied", operation=operation, times=None, skip=int(operation == "GetCallerIdentity"))

    said = run("doctor", *EU)

    assert (5, True) == (said.code, f"fix        {REFUSED[operation]}" in said.out)
    assert "ok         " in said.out.splitlines()[-1]


def test_without_reading_cases_some_things_stay_unchecked(emulator: RunningEmulator, run: Run) -> None:
    """What a permission would have shown is unchecked, and nothing else."""
    emulator.fault("access-denied", operation="DescribeCases", times=None)

    said = run("doctor").out

    assert "unchecked  support plan: unknown, because cases could not be read\n" in said
    assert "ok         support:CreateCase: allowed" in said
    assert "unchecked  open cases, cases in the last hour: need support:DescribeCases\n" in said


def test_the_hourly_limit_counts_the_cases_of_everybody(emulator: RunningEmulator, run: Run) -> None:
    """AWS refuses the eleventh case of an hour, whoever filed the others; the line says until when."""
    for minute in range(10):
        emulator.file_by_hand(f"About something else {minute}", "Hello")
        emulator.advance(60)

    assert (
        "fix        cases in the last hour: 10 of the 10 that AWS allows: no more can be filed now. Wait until 13:00 UTC.\n"
        in (run("doctor").out)
    )
    emulator.advance(50 * 60)
    assert "ok         cases in the last hour: 9 of the 10 that AWS allows\n" in run("doctor").out


def test_a_lease_does_not_need_to_look_for_quotas(emulator: RunningEmulator, run: Run) -> None:
    """A missing permission for that needs no fixing."""
    emulator.fault("access-denied", operation="ListServiceQuotas")

    denied = run("doctor", *EU)

    assert 0 == denied.code
    assert denied.out.endswith(
        f"unchecked  {QUOTAS}: AWS refused servicequotas:ListServiceQuotas (eu-west-1): AccessDeniedException: an injected "
        "fault; a lease does not need it\n"
    )


@pytest.mark.parametrize("where", ["botocore", "what answers"])
def test_without_dry_runs_nothing_is_sent_that_writes(
    emulator: RunningEmulator, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """If a dry run of a read is carried out, one of a write might be, too."""
    if where == "botocore":
        _without_dry_runs(tmp_path / "models")
        monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    else:
        emulator.fault("html", operation="DescribeServices", times=None)

    said = run("doctor").out

    for operation in ("DescribeCommunications", *WRITES):
        assert f"unchecked  support:{operation}: this botocore, or this endpoint, has no dry runs\n" in said
    assert {"GetCallerIdentity", "DescribeCases", "DescribeServices"} == {one.operation for one in emulator.log}


@pytest.mark.parametrize("operation", [None, "ListServiceQuotas", *REFUSED])
@pytest.mark.parametrize("kind", ["access-denied", "close", "half-body"])
def test_nothing_is_ever_changed(stack: Stack, run: Run, kind: str, operation: str | None) -> None:
    """Whatever fails: no new case, no message, no closed case, no write of the record."""
    stack.up(eu={"count": 2})
    there = stack.emulator.state()
    stack.emulator.fault(kind, operation=operation, when="before", skip=1)
    stack.emulator.fault(kind, operation=operation, when="after")

    said = run("doctor", *EU)

    assert (there, "") == (stack.emulator.state(), said.err)
    assert said.code in (0, 5)


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
