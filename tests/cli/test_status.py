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
    from collections.abc import Callable
    from pathlib import Path

    from support.stacks import Stack

    from cli.conftest import Ended
    from dedicated_ip_provider.emulator import RunningEmulator

CASE = "https://console.aws.amazon.com/support/home#/case/?displayId="
EU = ("status", "--region", "eu-west-1")


@pytest.fixture
def requested(stack: Stack) -> None:
    """A lease that waits for three addresses."""
    stack.up(eu={"count": 3})


def only(ended: Ended) -> dict[str, Any]:
    """Return the one lease that `status --json` shows."""
    (one,) = json.loads(ended.out)
    return dict(one)


def test_the_lease_of_every_region_is_shown(
    emulator: RunningEmulator, stack: Stack, installed: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line a lease, and below it where each stands, in all Regions of botocore's list and the configured one."""
    stack.up(eu={"count": 3}, us={"count": 2, "region": "us-east-1"})
    emulator.grant("1700000001", 1)
    emulator.grant("1700000002")
    monkeypatch.setenv("AWS_REGION", "mx-west-9")

    ended = installed("status")

    assert (0, "") == (ended.code, ended.err)
    assert (
        f"""\
HOLDER        REGION     STATUS     WANTED  LEASED  WARMING  LEAST WARM  RELINQUISHING  CASE
shop/prod/eu  eu-west-1  requested       3       1        1          1%              0  1700000001
shop/prod/us  us-east-1  active          2       2        2          1%              0  1700000002

shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 2 of 3 still to come; 1 dedicated IP address is here.
  case 1700000001 (work-in-progress, filed 2026-11-02 12:00 UTC)
  {CASE}1700000001&language=en

shop/prod/us (us-east-1): 2 dedicated IP addresses are here, as declared.
  case 1700000002 (resolved, filed 2026-11-02 12:00 UTC)
  {CASE}1700000002&language=en
"""
        == ended.out
    )
    asked = {one.region for one in emulator.calls("GetParameter")}
    assert {"mx-west-9", *(one for one in regions().with_ses if regions().partition_of(one) == "aws")} == asked


def test_scripts_get_json(emulator: RunningEmulator, stack: Stack, installed: Callable[..., Ended]) -> None:
    """`--json` has the same in the words of the resource's outputs."""
    stack.up(eu={"count": 2, "pools": {"news": 2}})
    emulator.grant("1700000001")
    stack.refresh()
    stack.up(eu={"count": 1})

    one = only(installed(*EU, "--json"))

    assert one.pop("case_id") == emulator.case("1700000002").id
    assert one.pop("record_version") == stack["eu"]["record_version"]
    assert {
        "holder": "shop/prod/eu",
        "holder_since": "2026-11-02 12:00 UTC",
        "region": "eu-west-1",
        "count": 1,
        "status": "relinquishing",
        "message": "AWS is working on case 1700000002, which relinquishes 192.0.2.1; 1 dedicated IP address is here.",
        "addresses": ["192.0.2.2"],
        "pool_addresses": {},
        "warming": ["192.0.2.2"],
        "relinquishing": ["192.0.2.1"],
        "leased_count": 2,
        "requested_count": 0,
        "shortfall": 0,
        "monthly_cost_usd": 49.9,
        "case_display_id": "1700000002",
        "case_url": f"{CASE}1700000002&language=en",
        "case_status": "opened",
        "case_filed_at": "2026-11-02T12:00:00.000Z",
        "least_warm_percentage": 1,
        "form_text": "",
        "account_id": "111122223333",
    } == one


def test_the_warm_up_is_that_of_the_addresses_that_stay(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """How many are not warm, and how far the least warmed is; what is relinquished needs no warm-up."""
    stack.up(eu={"count": 2})
    emulator.grant("1700000001")
    emulator.advance(days=45)
    stack.refresh()
    stack.up(eu={"count": 3})
    emulator.grant("1700000002")
    emulator.advance(days=9)
    warming = run(*EU)
    stack.refresh()
    stack.up(eu={"count": 2, "relinquish_first": ["192.0.2.3"]})
    warm = run(*EU)

    assert (
        "shop/prod/eu  eu-west-1  active       3       3        1         20%              0  1700000002\n"
        in warming.out
    )
    assert "eu-west-1  relinquishing       2       3        0        100%              1  1700000003\n" in warm.out


def test_pools_are_those_that_ses_shows(emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]) -> None:
    """The record does not say how a lease is divided; what SES calls its default pool is none of a lease."""
    boto3.client("sesv2", region_name="eu-west-1").create_dedicated_ip_pool(PoolName="news")
    adopt = [*emulator.lease("eu-west-1"), *emulator.lease("eu-west-1", 2, pool="news")]
    stack.up(eu={"count": 3, "adopt": adopt})

    assert {"news": adopt[1:]} == only(run(*EU, "--json"))["pool_addresses"]


def test_an_account_without_leases_says_so(run: Callable[..., Ended]) -> None:
    """Nothing found is said, and is no failure."""
    assert (0, "", "Account 111122223333 has no lease.\n") == _all(run("status"))
    assert (0, "", "Account 111122223333 has no lease in eu-west-1.\n") == _all(run(*EU))
    assert (0, "[]\n", "") == _all(run(*EU, "--json"))


def test_a_region_can_be_chosen(stack: Stack, emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """`--region` leaves out the others, which are not even asked."""
    stack.up(us={"count": 2, "region": "us-east-1"})
    before = len(emulator.log)

    assert "us-east-1" == only(run("status", "--region", "us-east-1", "--json"))["region"]
    assert {"us-east-1"} == {one.region for one in emulator.log[before:] if one.service in ("ssm", "sesv2")}


def test_ended_leases_are_shown_on_demand(emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]) -> None:
    """A freed record goes on with what its last lease left, and `--all` shows that."""
    stack.up(eu={"count": 2})
    emulator.grant("1700000001")
    stack.destroy()

    assert (
        0,
        "",
        (
            "Account 111122223333 has no lease in eu-west-1.\n"
            "Not shown: 1 lease that ended, 1 with something still open; see `--all`.\n"
        ),
    ) == _all(run(*EU))
    relinquishing = run(*EU, "--all").out
    emulator.confirm_question("1700000002")
    asked = run(*EU, "--all")
    emulator.remove("1700000002")

    assert (
        f"""\
HOLDER  REGION     STATUS         WANTED  LEASED  WARMING  LEAST WARM  RELINQUISHING  CASE
-       eu-west-1  relinquishing       0       2        0           -              2  1700000002

no holder (eu-west-1): The lease has ended. Case 1700000002 still relinquishes 192.0.2.1, 192.0.2.2.
  case 1700000002 (opened, filed 2026-11-02 12:00 UTC)
  {CASE}1700000002&language=en
"""
        == relinquishing
    )
    assert (
        "The lease has ended. AWS is asking you to confirm the relinquishment of 192.0.2.1, 192.0.2.2 in case "
        "1700000002: run `dedicated-ip confirm 1700000002`, or reply there.\n" in asked.out
    )
    assert "Not shown: 1 lease that ended; see `--all`.\n" in run(*EU).err
    assert run(*EU, "--all").out.endswith("no holder (eu-west-1): The lease has ended. Nothing of it is open.\n")
    free = only(run(*EU, "--all", "--json"))
    assert (None, None, "free", "The lease has ended. Nothing of it is open.") == (
        free["holder"],
        free["holder_since"],
        free["status"],
        free["message"],
    )


def test_a_form_that_an_ended_lease_left_is_shown(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """With `filing="console"` nobody else remembers it."""
    *adopt, _ = emulator.lease("eu-west-1", 3)
    stack.up(eu={"count": 2, "filing": "console", "adopt": adopt})
    stack.destroy()

    one = only(run(*EU, "--all", "--json"))

    assert (
        "to_file",
        (
            "The lease has ended. A form that relinquishes 192.0.2.1, 192.0.2.2 is pending: `dedicated-ip form "
            "--region eu-west-1` shows it."
        ),
    ) == (one["status"], one["message"])
    assert one["form_text"].startswith("Open a case at ")


def test_a_form_that_waits_is_not_guessed_at(stack: Stack, run: Callable[..., Ended]) -> None:
    """The record does not keep what a request says of the mail: the stack that has it is named."""
    stack.up(eu={"count": 3, "filing": "console"})

    one = only(run(*EU, "--json"))

    assert ("to_file", 3) == (one["status"], one["shortfall"])
    assert (
        "A form that requests 3 dedicated IP addresses waits to be filed, but `use_case` is not known here: see "
        "`form_text` in the stack of shop/prod/eu." == one["form_text"]
    )


def test_a_case_whose_answer_was_lost_is_unconfirmed(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """What was about to be filed is the wish; when AWS still lists no case after ten minutes, it was not filed."""
    emulator.fault("reset", operation="CreateCase")
    stack.up(eu={"count": 3})
    first = only(run(*EU, "--json"))
    emulator.advance(600)
    later = only(run(*EU, "--json"))

    assert ("unconfirmed", 3, 3) == (first["status"], first["count"], first["shortfall"])
    assert (
        "short",
        "0 of 3 dedicated IP addresses here; no case was filed for the rest: run `pulumi up`.",
    ) == (later["status"], later["message"])


def test_a_claim_alone_is_named(emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]) -> None:
    """Between the claim and the case, or after a kill there, nothing is declared yet."""
    stack.up(us={"count": 3, "region": "us-east-1"})
    between = [one.operation for one in emulator.log].index("DescribeServices")
    stack.up(eu={"count": 3}, dying={"killed_at": between})

    one = only(run(*EU, "--json"))

    assert "`pulumi up` claimed the lease and has filed nothing yet." == one["message"]


@pytest.mark.usefixtures("requested")
def test_a_marked_case_alone_is_no_lease(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """What a Region's record does not say is not guessed from cases."""
    emulator.delete_parameter("eu-west-1", "/dedicated-ip/lease")

    assert "Account 111122223333 has no lease in eu-west-1.\n" == run(*EU).err


@pytest.mark.usefixtures("requested")
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "subscription-required",
            "The account's AWS Support plan does not include the Support API, which support:DescribeCases needs.\n",
        ),
        ("access-denied", "AWS refused support:DescribeCases: AccessDeniedException: an injected fault\n"),
    ],
)
def test_without_cases_the_record_tells(
    emulator: RunningEmulator, run: Callable[..., Ended], fault: str, expected: str
) -> None:
    """Who may not read cases sees them as the record has them, and SES's addresses."""
    emulator.grant("1700000001", 1)
    emulator.fault(fault, operation="DescribeCases", times=None)

    said = run(*EU)

    assert (0, f"Cases are shown as the records have them: {expected}") == (said.code, said.err)
    assert (
        "shop/prod/eu  eu-west-1  requested       3       1        1          1%              0  1700000001\n"
        in said.out
    )
    assert "  case 1700000001 (opened)\n" in said.out


def test_a_case_without_a_number_has_its_long_id(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended]
) -> None:
    """AWS tells the number by which people know a case only in its list; the Support Center has no page by the id."""
    emulator.fault("access-denied", operation="DescribeCases", skip=1, times=None)
    stack.up(eu={"count": 3})
    emulator.fault("access-denied", operation="DescribeCases", times=None)

    assert run(*EU).out.endswith(f"\n  case {emulator.case('1700000001').id} (opened)\n")


@pytest.mark.usefixtures("requested")
def test_cases_that_were_refused_only_once_are_said_too(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """A row that was made without them stays so."""
    emulator.fault("access-denied", operation="DescribeCases", times=1)

    assert "Cases are shown as the records have them: AWS refused to list them a moment ago.\n" == run(*EU).err


@pytest.mark.usefixtures("requested")
def test_a_region_that_is_not_enabled_is_told(emulator: RunningEmulator, run: Callable[..., Ended]) -> None:
    """One remark for all of them, and the others are shown."""
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
    emulator: RunningEmulator, run: Callable[..., Ended], fault: tuple[str, str], code: int, expected: str
) -> None:
    """Where nothing can be shown: what happened and what to do, and an exit code that tells a no from a failure."""
    emulator.fault(fault[0], operation=fault[1], times=None)

    said = run(*EU)

    assert (code, "", 2) == (said.code, said.out, len(said.err.splitlines()))
    assert said.err.startswith(f"dedicated-ip: {expected}")


def test_without_credentials_the_ways_in_are_named(
    installed: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no credentials learns how to choose some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    ended = installed("status")

    assert (1, "", 2) == (ended.code, ended.out, len(ended.err.splitlines()))
    assert ended.err.startswith("dedicated-ip: No AWS credentials found, ")


def test_a_profile_leads_to_its_account(run: Callable[..., Ended], tmp_path: Path) -> None:
    """`--profile` is that of the `aws` command: its credentials, and its Region, which says the partition."""
    keys = "aws_access_key_id = 444455556666\naws_secret_access_key = x\n"
    (tmp_path / "credentials").write_text(f"[mail]\n{keys}[mars]\n{keys}")
    (tmp_path / "config").write_text("[profile mail]\nregion = us-gov-west-1\n[profile mars]\nregion = mars\n")

    assert "Account 444455556666 has no lease.\n" == run("status", "--profile", "mail").err
    assert run("status", "--profile", "none").err.startswith("dedicated-ip: The AWS configuration cannot be us")
    assert run("status", "--profile", "mars").err.startswith(
        "dedicated-ip: the configured Region 'mars' is not the code of an AWS Region, such as eu-west-1.\n"
    )


@pytest.mark.parametrize("region", ["aws-global", "EU-WEST-1", "eu-west-1a"])
def test_what_is_not_the_code_of_a_region_is_a_sentence(run: Callable[..., Ended], region: str) -> None:
    """A mistake is refused before AWS is asked."""
    said = run("status", "--region", region)

    assert (2, "") == (said.code, said.out)
    assert said.err.startswith(
        f"dedicated-ip: Invalid value for '--region': {region!r} is not the code of an AWS Region, such as eu-west-1."
    )


@pytest.mark.parametrize("region", ["ap-east-1", "mx-west-9"])
def test_a_region_that_botocore_does_not_list_is_looked_at(
    emulator: RunningEmulator, stack: Stack, run: Callable[..., Ended], region: str
) -> None:
    """The list of botocore is incomplete: there is a warning, and AWS decides."""
    stack.up(new={"count": 2, "region": region})
    emulator.grant("1700000001")

    said = run("status", "--region", region, "--json")

    assert ["192.0.2.1", "192.0.2.2"] == only(said)["addresses"]
    assert said.err.startswith(f"dedicated-ip: warning: botocore {botocore.__version__} does not list ")


@pytest.mark.usefixtures("requested")
@pytest.mark.parametrize(("no_color", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals(
    emulator: RunningEmulator,
    no_color: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A terminal gets colours, unless NO_COLOR is set; everybody else gets letters."""
    emulator.refuse("1700000001")

    shown = on_a_terminal(*EU, environment={"TERM": "xterm", **no_color}).data.decode()

    assert (coloured, True) == ("\x1b[31m" in shown, "short" in shown)


def _all(said: Ended) -> tuple[int, str, str]:
    return said.code, said.out, said.err
