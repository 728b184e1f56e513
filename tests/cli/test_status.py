"""`status` shows the lease of each Region, from its record, SES and the cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import botocore
import pytest

from cli.terminals import on_a_terminal
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from pathlib import Path

    from support.stacks import Stack

    from cli.conftest import Ended, Run
    from dedicated_ip_provider.emulator import RunningEmulator

CASE = "https://console.aws.amazon.com/support/home#/case/?displayId="
EU = ("status", "--region", "eu-west-1")
NO_PLAN = "The account's AWS Support plan does not include the Support API, which support:DescribeCases needs."


@pytest.fixture
def requested(stack: Stack) -> None:
    """A lease that waits for three addresses."""
    stack.up(eu={"count": 3})


def only(ended: Ended) -> dict[str, Any]:
    """Return the one lease that `status --json` shows."""
    (one,) = json.loads(ended.out)
    return dict(one)


def test_the_lease_of_every_region_is_shown(stack: Stack, installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each lease, and sentences below, in all Regions that botocore lists and the configured one."""
    stack.up(eu={"count": 3}, us={"count": 2, "region": "us-east-1"})
    stack.emulator.grant("1700000001", 1)
    stack.emulator.grant("1700000002")
    monkeypatch.setenv("AWS_REGION", "mx-west-9")

    assert (
        0,
        f"""\
HOLDER        REGION     STATUS     WANTED  LEASED  WARMING  LEAST WARM  RELINQUISHING  CASE
shop/prod/eu  eu-west-1  requested       3       1        1          1%              0  1700000001
shop/prod/us  us-east-1  active          2       2        2          1%              0  1700000002

shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 2 of 3 still to come; the lease holds 1 dedicated IP address.
  case 1700000001 (work-in-progress, filed 2026-11-02 12:00 UTC)
  {CASE}1700000001&language=en

shop/prod/us (us-east-1): The lease holds 2 dedicated IP addresses, as declared.
  case 1700000002 (resolved, filed 2026-11-02 12:00 UTC)
  {CASE}1700000002&language=en
""",
        "",
    ) == installed("status")
    asked = {one.region for one in stack.emulator.calls("GetParameter")}
    assert {"mx-west-9", *(one for one in regions().with_ses if regions().partition_of(one) == "aws")} == asked


def test_scripts_get_json(stack: Stack, installed: Run) -> None:
    """`--json` has the same in the words of the resource's outputs."""
    stack.up(eu={"count": 2, "pools": {"news": 2}})
    stack.emulator.grant("1700000001")
    stack.refresh()
    stack.up(eu={"count": 1})

    one = only(installed(*EU, "--json"))

    assert {
        "holder": "shop/prod/eu",
        "holder_since": "2026-11-02 12:00 UTC",
        "region": "eu-west-1",
        "count": 1,
        "status": "relinquishing",
        "message": "AWS is working on case 1700000002, which relinquishes 192.0.2.1; the lease holds 1 dedicated IP address.",
        "addresses": ["192.0.2.2"],
        "pool_addresses": {},
        "warming": ["192.0.2.2"],
        "relinquishing": ["192.0.2.1"],
        "leased_count": 2,
        "requested_count": 0,
        "shortfall": 0,
        "monthly_cost_usd": 49.9,
        "case_id": stack.emulator.case("1700000002").id,
        "case_display_id": "1700000002",
        "case_url": f"{CASE}1700000002&language=en",
        "case_status": "opened",
        "case_filed_at": "2026-11-02T12:00:00.000Z",
        "least_warm_percentage": 1,
        "form_text": "",
        "account_id": "111122223333",
        "record_version": stack["eu"]["record_version"],
    } == one


def test_the_warm_up_is_that_of_the_addresses_that_stay(stack: Stack, run: Run) -> None:
    """WARMING is how many are not warmed up, LEAST WARM the progress of the least; relinquished ones do not count."""
    stack.up(eu={"count": 2})
    stack.emulator.grant("1700000001")
    stack.emulator.advance(days=45)
    stack.refresh()
    stack.up(eu={"count": 3})
    stack.emulator.grant("1700000002")
    stack.emulator.advance(days=9)
    warming = run(*EU).out
    stack.refresh()
    stack.up(eu={"count": 2, "relinquish_first": ["192.0.2.3"]})

    assert (
        "shop/prod/eu  eu-west-1  active       3       3        1         20%              0  1700000002\n" in warming
    )
    assert "eu-west-1  relinquishing       2       3        0        100%              1  1700000003\n" in run(*EU).out


def test_pools_are_those_that_ses_shows(stack: Stack, run: Run) -> None:
    """The record does not say how a lease is divided; SES's default pool is no pool of a lease."""
    boto3.client("sesv2", region_name="eu-west-1").create_dedicated_ip_pool(PoolName="news")
    adopt = [*stack.emulator.lease("eu-west-1"), *stack.emulator.lease("eu-west-1", 2, pool="news")]
    stack.up(eu={"count": 3, "adopt": adopt})

    assert {"news": adopt[1:]} == only(run(*EU, "--json"))["pool_addresses"]


def test_an_account_without_leases_says_so(stack: Stack, run: Run) -> None:
    """It is no failure. With `--region`, other Regions are not even asked; a marked case alone is no lease."""
    assert (0, "", "Account 111122223333 has no lease.\n") == run("status")
    stack.up(us={"count": 2, "region": "us-east-1"})
    before = len(stack.emulator.log)

    assert (0, "", "Account 111122223333 has no lease in eu-west-1.\n") == run(*EU)
    assert (0, "[]\n", "") == run(*EU, "--json")
    assert {"eu-west-1"} == {one.region for one in stack.emulator.log[before:] if one.service in ("ssm", "sesv2")}
    stack.emulator.delete_parameter("us-east-1", "/dedicated-ip/lease")
    assert "Account 111122223333 has no lease in us-east-1.\n" == run("status", "--region", "us-east-1").err


def test_ended_leases_are_shown_on_demand(stack: Stack, run: Run) -> None:
    """With `--all`, as long as the record goes on with what the last lease left, and afterwards."""
    stack.up(eu={"count": 2})
    stack.emulator.grant("1700000001")
    stack.destroy()

    none = "Account 111122223333 has no lease in eu-west-1.\n"
    assert (0, "", f"{none}Not shown: 1 lease that ended, 1 with something still open; see `--all`.\n") == run(*EU)
    assert (
        f"""\
HOLDER  REGION     STATUS         WANTED  LEASED  WARMING  LEAST WARM  RELINQUISHING  CASE
-       eu-west-1  relinquishing       0       2        0           -              2  1700000002

no holder (eu-west-1): The lease has ended. Case 1700000002 still relinquishes 192.0.2.1, 192.0.2.2.
  case 1700000002 (opened, filed 2026-11-02 12:00 UTC)
  {CASE}1700000002&language=en
"""
        == run(*EU, "--all").out
    )
    stack.emulator.confirm_question("1700000002")
    assert (
        "The lease has ended. AWS is asking you to confirm the relinquishment of 192.0.2.1, 192.0.2.2 in case "
        "1700000002: run `dedicated-ip confirm 1700000002`, or reply there.\n" in run(*EU, "--all").out
    )
    stack.emulator.remove("1700000002")
    assert f"{none}Not shown: 1 lease that ended; see `--all`.\n" == run(*EU).err
    assert run(*EU, "--all").out.endswith("no holder (eu-west-1): The lease has ended. It left nothing open.\n")
    free = only(run(*EU, "--all", "--json"))
    assert [None, None, "free", "The lease has ended. It left nothing open."] == [
        free[name] for name in ("holder", "holder_since", "status", "message")
    ]


def test_a_pending_form_of_an_ended_lease_is_shown(stack: Stack, run: Run) -> None:
    """With `filing="console"`, only the record has it."""
    *adopt, _ = stack.emulator.lease("eu-west-1", 3)
    stack.up(eu={"count": 2, "filing": "console", "adopt": adopt})
    stack.destroy()

    one = only(run(*EU, "--all", "--json"))

    said = "The lease has ended. A form that relinquishes 192.0.2.1, 192.0.2.2 is pending: `dedicated-ip form --region "
    assert ("to_file", f"{said}eu-west-1` shows it.") == (one["status"], one["message"])
    assert one["form_text"].startswith("Open a case at ")


def test_a_claim_alone_is_named(stack: Stack, run: Run) -> None:
    """Between the claim and the case, or after a kill there, nothing is declared yet."""
    stack.up(us={"count": 3, "region": "us-east-1"})
    between = [one.operation for one in stack.emulator.log].index("DescribeServices")
    stack.up(eu={"count": 3}, dying={"killed_at": between})

    assert "`pulumi up` claimed the lease and has filed nothing yet." == only(run(*EU, "--json"))["message"]


# What cannot be read.


@pytest.mark.usefixtures("requested")
@pytest.mark.parametrize(
    ("kind", "times", "expected"),
    [
        ("subscription-required", None, NO_PLAN),
        ("access-denied", None, "AWS refused support:DescribeCases: AccessDeniedException: an injected fault"),
        ("access-denied", 1, "AWS refused to list them a moment ago."),
    ],
)
def test_without_cases_the_record_tells(
    emulator: RunningEmulator, run: Run, kind: str, times: int | None, expected: str
) -> None:
    """Cases are shown as the record has them, and addresses as SES shows them."""
    emulator.grant("1700000001", 1)
    emulator.fault(kind, operation="DescribeCases", times=times)

    said = run(*EU)

    assert (0, f"Cases are shown as the records have them: {expected}\n") == (said.code, said.err)
    assert (
        "shop/prod/eu  eu-west-1  requested       3       1        1          1%              0  1700000001\n"
        in said.out
    )
    assert "  case 1700000001 (opened)\n" in said.out


def test_a_case_without_a_number_has_its_long_id(stack: Stack, run: Run) -> None:
    """AWS tells the number by which people know a case only in its list; the Support Center has no page by the id."""
    stack.emulator.fault("access-denied", operation="DescribeCases", skip=1, times=None)
    stack.up(eu={"count": 3})
    stack.emulator.fault("access-denied", operation="DescribeCases", times=None)

    assert run(*EU).out.endswith(f"\n  case {stack.emulator.case('1700000001').id} (opened)\n")


@pytest.mark.usefixtures("requested")
def test_regions_that_are_not_enabled_are_named(emulator: RunningEmulator, run: Run) -> None:
    """In one remark; the others are shown."""
    emulator.change(
        disabled_regions=("ap-south-1", "ap-south-2", "ca-west-1", "eu-south-1", "eu-south-2", "me-south-1")
    )

    said = run("status")

    assert (0, True) == (said.code, "shop/prod/eu  eu-west-1  requested" in said.out)
    assert (
        "Not read: ap-south-1, ap-south-2, ca-west-1, eu-south-1, eu-south-2 and 1 more. In ap-south-1: AWS "
        "refused ssm:GetParameter (ap-south-1): UnrecognizedClientException: The "
        "security token included in the request is invalid.\nThe account may not have enabled it; with --region, "
        "only the Regions named are read.\n" == said.err
    )


@pytest.mark.usefixtures("requested")
@pytest.mark.parametrize(
    ("fault", "code", "expected"),
    [
        (("access-denied", "GetParameter"), 1, "AWS refused ssm:GetParameter (eu-west-1)"),
        (("access-denied", "GetDedicatedIps"), 1, "AWS refused ses:GetDedicatedIps (eu-west-1): AccessDeniedException"),
        (("half-body", "GetParameter"), 3, "AWS's answer to ssm:GetParameter (eu-west-1)"),
        (("html", "DescribeCases"), 3, "AWS's answer to support:DescribeCases was cut off: 'cases' is missing.\n"),
    ],
)
def test_what_aws_refuses_is_a_sentence(
    emulator: RunningEmulator, run: Run, fault: tuple[str, str], code: int, expected: str
) -> None:
    """Nothing can be shown: two lines say what happened and what to do; the exit code tells a no from a failure."""
    emulator.fault(fault[0], operation=fault[1], times=None)

    said = run(*EU)

    assert (code, "", 2) == (said.code, said.out, len(said.err.splitlines()))
    assert said.err.startswith(f"dedicated-ip: {expected}")


def test_without_credentials_the_sources_are_named(installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines say how to choose some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    ended = installed("status")

    assert (1, "", 2) == (ended.code, ended.out, len(ended.err.splitlines()))
    assert ended.err.startswith("dedicated-ip: No AWS credentials found, ")


def test_a_profile_leads_to_its_account(run: Run, tmp_path: Path) -> None:
    """`--profile` is that of the `aws` command; its Region determines the partition."""
    keys = "aws_access_key_id = 444455556666\naws_secret_access_key = x\n"
    (tmp_path / "credentials").write_text(f"[mail]\n{keys}[mars]\n{keys}")
    (tmp_path / "config").write_text("[profile mail]\nregion = us-gov-west-1\n[profile mars]\nregion = mars\n")

    assert "Account 444455556666 has no lease.\n" == run("status", "--profile", "mail").err
    assert run("status", "--profile", "none").err.startswith("dedicated-ip: The AWS configuration cannot be us")
    assert run("status", "--profile", "mars").err.startswith(
        "dedicated-ip: the configured Region 'mars' is not the code of an AWS Region, such as eu-west-1.\n"
    )


@pytest.mark.parametrize("region", ["ap-east-1", "mx-west-9"])
def test_a_region_that_botocore_does_not_list_is_looked_at(stack: Stack, run: Run, region: str) -> None:
    """Its list is incomplete: there is a warning, and AWS decides."""
    stack.up(new={"count": 2, "region": region})
    stack.emulator.grant("1700000001")

    said = run("status", "--region", region, "--json")

    assert ["192.0.2.1", "192.0.2.2"] == only(said)["addresses"]
    assert said.err.startswith(f"dedicated-ip: warning: botocore {botocore.__version__} does not list ")


@pytest.mark.usefixtures("requested")
def test_colours_are_for_terminals(emulator: RunningEmulator) -> None:
    """A terminal gets colours unless NO_COLOR is set."""
    emulator.refuse("1700000001")

    coloured, plain = (
        on_a_terminal(*EU, environment={"TERM": "xterm", **no_color}).data.decode()
        for no_color in ({}, {"NO_COLOR": "1"})
    )

    assert (True, False, True) == ("\x1b[31m" in coloured, "\x1b[31m" in plain, "short" in plain)
