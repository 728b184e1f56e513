"""`doctor` tells what keeps a lease from being made, and never files anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest
from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cli.conftest import Ended
    from dedicated_ip_provider.emulator import RunningDesk
    from dedicated_ip_provider.lease import Past

CASES_OF_AN_HOUR = 10


def test_all_is_well(desk: RunningDesk, installed: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line a check, and an exit code of 0."""
    desk.lease("eu-west-1")
    desk.add_managed("eu-west-1", 2)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    ended = installed("doctor", "--allowed-account", "111122223333")

    assert (0, "") == (ended.code, ended.err)
    assert (
        """\
ok         credentials: arn:aws:iam::111122223333:user/mail-team
ok         account: 111122223333, which is allowed
ok         support plan: the account's plan has the Support API
ok         support:DescribeServices: allowed: find the codes that classify a case
ok         support:DescribeCases: allowed: find the leases' cases, and see how they stand
ok         support:DescribeCommunications: allowed: read what was said in a long case
ok         support:CreateCase: allowed: ask for addresses, and give some back
ok         support:AddCommunicationToCase: allowed: change a request, and confirm
ok         support:ResolveCase: allowed: close a request that is withdrawn
ok         codes of a case: service-limit-increase/ses-dedicated-ip, customer-service, low
ok         open cases: no lease has a case open
ok         cases in the last hour: 0 of 10 that AWS takes
ok         SES in eu-west-1 (ses:GetAccount): up to 100 messages a second
ok         addresses in eu-west-1 (ses:GetDedicatedIps): 1 dedicated IP address: 192.0.2.1; 2 more in managed pools, \
which SES itself leases
"""
        == ended.out
    )


def test_the_open_cases_of_leases_are_named(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """What AWS is working on is no fault; cases of other people are not counted among it."""
    up(count=2)
    up(count=2, region="us-east-1")
    desk.file_by_hand("About something else", "Hello")

    assert (
        "ok         open cases: 1700000002 (eu (us-east-1)), 1700000001 (eu (eu-west-1))\n"
        "ok         cases in the last hour: 3 of 10 that AWS takes\n" in run("doctor").out
    )


def test_scripts_get_json(run: Callable[..., Ended]) -> None:
    """`--json` has an object a check."""
    said = run("doctor", "--json", "--region", "eu-west-1")

    checks = json.loads(said.out)
    assert {
        "about": "support:CreateCase",
        "result": "ok",
        "says": "allowed: ask for addresses, and give some back",
        "next_step": "",
    } in checks
    assert {"ok"} == {check["result"] for check in checks}


def test_without_credentials_nothing_else_is_asked(
    desk: RunningDesk, run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot sign in learns that first."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    said = run("doctor")

    assert 5 == said.code
    first, second = said.out.splitlines()
    assert first.startswith(
        "mend       credentials: No AWS credentials found: not in the environment, not by a role of this machine ("
    )
    assert "unchecked  everything else: needs credentials" == second
    assert () == desk.log


def test_another_account_than_allowed_is_to_be_mended(run: Callable[..., Ended]) -> None:
    """Credentials of the wrong account are the commonest way to a case in the wrong place."""
    said = run("doctor", "--allowed-account", "444455556666", "--allowed-account", "777788889999")

    assert 5 == said.code
    assert (
        "mend       account: The credentials lead to account 111122223333, which is not allowed: 444455556666, "
        "777788889999. Use other credentials, or correct `aws:allowedAccountIds` of the stack.\n" in said.out
    )


def test_an_account_that_is_not_told_is_said(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """AWS may answer who we are, and fail the next moment."""
    desk.fault("internal-error", operation="GetCallerIdentity", times=None, skip=1)

    said = run("doctor")

    assert (
        "mend       account: AWS failed at sts:GetCallerIdentity (us-east-1): InternalFailure: injected by the fault door."
        in said.out
    )


def test_a_wrong_account_id_is_a_sentence(run: Callable[..., Ended]) -> None:
    """An account id has 12 digits."""
    said = run("doctor", "--allowed-account", "mail")

    assert (2, True) == (said.code, "'mail' is no account id of 12 digits." in said.err)


def test_without_a_region_ses_is_not_looked_at(run: Callable[..., Ended]) -> None:
    """What cannot be checked is said."""
    said = run("doctor")

    assert 0 == said.code
    assert said.out.endswith("unchecked  SES: no Region is configured: name one with --region\n")


def test_without_a_support_plan_the_console_is_left(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Without a plan a person can still file the forms, and the addresses can still be read."""
    desk.change(support_plan=False)

    said = run("doctor", "--region", "eu-west-1")

    assert 5 == said.code
    assert said.out.endswith(
        """
mend       support plan: The account has no paid AWS Support plan, so cases cannot be filed or read by the API. \
Set `filing="console"` and file the forms by hand, or get a plan that has the Support API.
unchecked  cases, codes, permissions of Support: need a support plan
ok         SES in eu-west-1 (ses:GetAccount): up to 100 messages a second
ok         addresses in eu-west-1 (ses:GetDedicatedIps): 0 dedicated IP addresses
"""
    )


@pytest.mark.parametrize(
    "operation",
    ["DescribeServices", "DescribeCommunications", "CreateCase", "AddCommunicationToCase", "ResolveCase"],
)
def test_each_missing_permission_is_named(desk: RunningDesk, run: Callable[..., Ended], operation: str) -> None:
    """A dry run shows what would be refused, before it matters."""
    desk.fault("access-denied", operation=operation, times=None)

    said = run("doctor")

    assert 5 == said.code
    assert (
        f"mend       support:{operation}: AWS refused support:{operation}: AccessDeniedException: injected by the "
        f"fault door. Nothing was filed. Allow support:{operation} to this role or user.\n" in said.out
    )


def test_without_reading_cases_some_things_stay_unchecked(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """One missing permission hides what it would have shown, and nothing else."""
    desk.fault("access-denied", operation="DescribeCases", times=None)

    said = run("doctor").out

    assert "unchecked  support plan: would show in reading cases\n" in said
    assert "mend       support:DescribeCases: AWS refused support:DescribeCases: AccessDeniedException: " in said
    assert "ok         support:CreateCase: allowed" in said
    assert "unchecked  open cases, cases in the last hour: need support:DescribeCases\n" in said


@pytest.mark.parametrize("operation", ["GetAccount", "GetDedicatedIps"])
def test_what_ses_refuses_is_named(desk: RunningDesk, run: Callable[..., Ended], operation: str) -> None:
    """SES is looked at Region by Region."""
    desk.fault("access-denied", operation=operation, region="eu-west-1", times=None)

    said = run("doctor", "--region", "eu-west-1", "--region", "us-east-1")

    assert 5 == said.code
    assert f"(ses:{operation}): AWS refused ses:{operation} (eu-west-1): AccessDeniedException: " in said.out
    assert "ok         SES in us-east-1 (ses:GetAccount)" in said.out
    assert "ok         addresses in us-east-1 (ses:GetDedicatedIps)" in said.out


def test_codes_that_aws_does_not_list_are_to_be_mended(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Where no category fits by name, the candidates are named; configured codes are taken as they are."""
    desk.change(services=({"code": "general-info", "name": "General", "categories": ()},))

    said = run("doctor").out

    assert "mend       codes of a case: AWS lists no support category for dedicated IP addresses" in said
    assert "ok         support:DescribeServices: allowed" in said
    chosen = run("doctor", "--service-code", "amazon-simple-email-service", "--category-code", "general-guidance").out
    assert "codes of a case: amazon-simple-email-service/general-guidance, customer-service, low\n" in chosen


def test_a_question_of_aws_is_to_be_answered(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """A case that waits for the customer is closed after some days of silence."""
    up(count=2)
    desk.ask("1700000001")

    said = run("doctor")

    assert 5 == said.code
    assert (
        "mend       open cases: AWS waits for an answer in case 1700000001 (eu (eu-west-1)). Answer at "
        "https://console.aws.amazon.com/support/home#/case/?displayId=1700000001&language=en, or see `dedicated-ip "
        "confirm`.\n" in said.out
    )


def test_the_hourly_limit_counts_the_cases_of_everybody(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """The eleventh case of an hour is refused, whoever filed the ten; the doctor says until when."""
    for minute in range(CASES_OF_AN_HOUR):
        desk.file_by_hand(f"About something else {minute}", "Hello")
        desk.advance(60)

    assert (
        "mend       cases in the last hour: 10 of 10 that AWS takes: no more can be filed now. Wait until 13:00 UTC.\n"
        in (run("doctor").out)
    )
    desk.advance(50 * 60)
    assert "ok         cases in the last hour: 9 of 10 that AWS takes\n" in run("doctor").out


def test_a_sandbox_is_to_be_left_first(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """An account that may not send has no use for addresses."""
    desk.change(production_access=False)

    assert "mend       SES in eu-west-1 (ses:GetAccount): The account is in SES's sandbox there." in (
        run("doctor", "--region", "eu-west-1").out
    )


def test_a_review_by_ses_is_to_be_settled_first(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """AWS judges by how the account sends."""
    desk.change(enforcement="PROBATION")

    assert "mend       SES in eu-west-1 (ses:GetAccount): SES's enforcement status there is PROBATION." in (
        run("doctor", "--region", "eu-west-1").out
    )


def test_without_dry_runs_writing_stays_unchecked(
    desk: RunningDesk, run: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older botocore has no dry runs: then nothing that writes is even tried."""
    _without_dry_runs(tmp_path / "models")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))

    said = run("doctor")

    assert 0 == said.code
    why = "this botocore, or what answers for AWS, knows no dry runs"
    for operation in ("DescribeCommunications", "CreateCase", "AddCommunicationToCase", "ResolveCase"):
        assert f"unchecked  support:{operation}: {why}\n" in said.out
    assert "ok         support:DescribeServices: allowed" in said.out
    assert ["GetCallerIdentity", "GetCallerIdentity", "DescribeCases", "DescribeServices"] == [
        one.operation for one in desk.log
    ]


def test_what_knows_no_dry_runs_is_not_asked_to_write(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Where a read that should have been a dry run is carried out, a case might be filed as well."""
    desk.fault("html", operation="DescribeServices", times=None)

    said = run("doctor")

    assert 5 == said.code
    assert "unchecked  support:CreateCase: this botocore, or what answers for AWS, knows no dry runs\n" in said.out
    assert ["GetCallerIdentity", "GetCallerIdentity", "DescribeCases", "DescribeServices", "DescribeServices"] == [
        one.operation for one in desk.log
    ]


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
    "GetAccount",
    "GetDedicatedIps",
)


@pytest.mark.parametrize(
    "fault", [{"kind": kind, "operation": operation} for kind in KINDS for operation in OPERATIONS], ids=str
)
def test_nothing_is_ever_filed(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended], fault: Mapping[str, str]
) -> None:
    """Whatever goes wrong, and whenever: no new case, no message, no closed case."""
    up(count=2)
    there = desk.state()
    desk.fault(**fault, when="before", skip=1)
    desk.fault(**fault, when="after")

    said = run("doctor", "--region", "eu-west-1")

    assert there == desk.state()
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
