"""`status` shows the leases that the marks in an account's cases tell of."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from typing import TYPE_CHECKING

import botocore
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Ended
    from dedicated_ip_provider.emulator import RunningDesk
    from dedicated_ip_provider.lease import Past


def test_every_lease_of_the_account_is_shown(
    desk: RunningDesk, up: Callable[..., Past], installed: Callable[..., Ended]
) -> None:
    """A line a lease, and below it what there is to say about each, with the link to its case."""
    up(count=3)
    up(count=2, region="us-east-1")
    desk.grant("1700000001", 1)
    desk.grant("1700000002")

    ended = installed("status")

    assert (0, "") == (ended.code, ended.err)
    assert (
        """\
LEASE         REGION     STATUS     ASKED  HERE  GOING  CASE        CASE STATUS       SINCE
shop/prod/eu  eu-west-1  requested      3     1      0  1700000001  work-in-progress  2026-11-02 12:00 UTC
shop/prod/eu  us-east-1  active         2     2      0  1700000002  resolved          2026-11-02 12:00 UTC

shop/prod/eu (eu-west-1): AWS is working on case 1700000001: 2 of 3 still to come; 1 dedicated IP address is here.
  https://console.aws.amazon.com/support/home#/case/?displayId=1700000001&language=en

shop/prod/eu (us-east-1): 2 dedicated IP addresses are here, as declared.
  https://console.aws.amazon.com/support/home#/case/?displayId=1700000002&language=en
"""
        == ended.out
    )


def test_scripts_get_json(desk: RunningDesk, up: Callable[..., Past], installed: Callable[..., Ended]) -> None:
    """`--json` has the same in the words of the resource's outputs."""
    past = up(count=2)
    desk.grant("1700000001")
    up(past, count=1)

    ended = installed("status", "--json")

    assert (0, "") == (ended.code, ended.err)
    (one,) = json.loads(ended.out)
    assert one.pop("case_id") == desk.case("1700000002").id
    assert {
        "lease_key": "organization/shop/prod/eu/eu-west-1",
        "region": "eu-west-1",
        "count": 1,
        "unnamed_count": 0,
        "status": "relinquishing",
        "message": "AWS is working on case 1700000002, which gives back 192.0.2.1; 1 dedicated IP address is here.",
        "addresses": ["192.0.2.2"],
        "relinquishing": ["192.0.2.1"],
        "requested_count": 0,
        "shortfall": 0,
        "monthly_cost_usd": 49.9,
        "case_display_id": "1700000002",
        "case_status": "opened",
        "case_url": "https://console.aws.amazon.com/support/home#/case/?displayId=1700000002&language=en",
        "case_filed_at": "2026-11-02T12:00:00.000Z",
    } == one


def test_an_account_without_leases_says_so(run: Callable[..., Ended]) -> None:
    """Nothing found is said, and is no failure."""
    assert (0, "", "Account 111122223333 has no lease.\n") == _all(run("status"))
    assert (0, "[]\n", "") == _all(run("status", "--json"))


def test_a_region_can_be_chosen(up: Callable[..., Past], desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """`--region` leaves out the others, and does not even ask SES there."""
    up(count=3)
    up(count=3, region="us-east-1")
    before = len(desk.calls("GetDedicatedIps"))

    said = run("status", "--region", "us-east-1", "--json")

    assert ["us-east-1"] == [one["region"] for one in json.loads(said.out)]
    assert ["us-east-1"] == [one.region for one in desk.calls("GetDedicatedIps")[before:]]
    assert "Account 111122223333 has no lease in ap-south-1.\n" == run("status", "--region", "ap-south-1").err


def test_the_configured_region_leaves_nothing_out(
    up: Callable[..., Past], run: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `--region` narrows: AWS_REGION is set in most shells, and leases elsewhere are leases too."""
    up(count=3)
    monkeypatch.setenv("AWS_REGION", "us-east-1")

    assert 1 == len(json.loads(run("status", "--json").out))


def test_ended_leases_are_shown_on_demand(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """A lease that holds nothing, wants nothing and has no case open is history."""
    past = up(count=2)
    desk.grant("1700000001")
    up(past, ending=True)
    desk.confirm_question("1700000002")
    assert "action_required" in run("status").out
    desk.remove("1700000002")

    assert (
        0,
        "",
        "Account 111122223333 has no lease.\nNot shown: 1 lease that ended; `--all` shows it.\n",
    ) == _all(run("status"))
    assert "shop/prod/eu  eu-west-1  active      0     0      0  1700000002" in run("status", "--all").out


def test_a_refused_lease_is_short(desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]) -> None:
    """A closed case that brought nothing left a shortfall."""
    up(count=2)
    desk.refuse("1700000001")

    (one,) = json.loads(run("status", "--json").out)

    assert ("short", 2, []) == (one["status"], one["shortfall"], one["addresses"])


def test_what_only_the_stack_knows_is_said(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """Adopted addresses among others are counted; those that came after a closed request may be anybody's."""
    *adopt, _ = desk.lease("eu-west-1", 3)
    up(count=3, adopt=tuple(adopt))
    desk.grant("1700000001")

    said = run("status").out
    desk.lease("eu-west-1")
    later = run("status").out

    assert "eu-west-1  active      3     1 " in said
    assert "Beside these it adopted 2 dedicated IP addresses, which only the stack's state names.\n" in said
    assert "More appeared after case 1700000001 than it asked for: only the stack's state tells whose.\n" in later


def test_cases_of_other_people_are_no_leases(desk: RunningDesk, run: Callable[..., Ended]) -> None:
    """Without a mark, or with one but no block, a case tells of no lease."""
    desk.file_by_hand("Please add addresses", "Hello")
    desk.file_by_hand("DIP-0123456789AB-1", "Hello")

    assert "Account 111122223333 has no lease.\n" == run("status").err


def test_a_case_that_names_no_region_of_aws_is_left_out(
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended]
) -> None:
    """A block that somebody changed leads to no host of that name."""
    up(count=2)
    case = desk.case("1700000001")
    desk.file_by_hand(case.subject, case.from_customer[0].body.replace("region: eu-west-1", "region: evil.example"))

    assert 1 == len(json.loads(run("status", "--json").out))


@pytest.mark.parametrize(
    ("fault", "code", "expected"),
    [
        (
            "subscription-required",
            1,
            "dedicated-ip: The account has no paid AWS Support plan, which support:DescribeCases needs.\n",
        ),
        ("access-denied", 1, "dedicated-ip: AWS refused support:DescribeCases: AccessDeniedException: "),
        ("half-body", 3, "dedicated-ip: AWS's answer to support:DescribeCases was cut off: 'cases' is missing.\n"),
        ("html", 3, "dedicated-ip: AWS's answer to support:DescribeCases was cut off: 'cases' is missing.\n"),
    ],
)
def test_what_aws_refuses_is_a_sentence(
    desk: RunningDesk, run: Callable[..., Ended], fault: str, code: int, expected: str
) -> None:
    """What happened and what to do, and an exit code that tells a no from a failure."""
    desk.fault(fault, operation="DescribeCases", times=None)

    said = run("status")

    assert (code, "") == (said.code, said.out)
    assert said.err.startswith(expected)
    assert 2 == len(said.err.splitlines())


def test_without_credentials_the_way_in_is_named(
    installed: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no credentials learns how to choose some."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    ended = installed("status")

    assert (1, "") == (ended.code, ended.out)
    what, next_step = ended.err.splitlines()
    assert what.startswith(
        "dedicated-ip: No AWS credentials found: not in the environment, not by a role of this machine"
    )
    assert next_step.startswith("Nothing was filed. Sign in again, or choose other credentials: in Pulumi by ")


def test_a_profile_leads_to_its_account(run: Callable[..., Ended], tmp_path: Path) -> None:
    """`--profile` is that of the `aws` command: its credentials, and its Region."""
    (tmp_path / "credentials").write_text("[mail]\naws_access_key_id = 444455556666\naws_secret_access_key = x\n")
    (tmp_path / "config").write_text("[profile mail]\nregion = eu-central-1\n[profile mars]\nregion = mars\n")

    assert "Account 444455556666 has no lease.\n" == run("status", "--profile", "mail").err
    said = run("status", "--profile", "none")
    assert 1 == said.code
    assert said.err.startswith(
        f"dedicated-ip: The AWS configuration cannot be used (profile none, {tmp_path / 'config'} and "
    )
    assert "The config profile (none) could not be found\n" in said.err
    assert run("status", "--profile", "mars").err.startswith(
        "dedicated-ip: the configured Region 'mars' is none that botocore"
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
    desk: RunningDesk, up: Callable[..., Past], run: Callable[..., Ended], region: str
) -> None:
    """The list of botocore is incomplete: there is a warning, and AWS decides."""
    up(count=2, region=region)
    desk.grant("1700000001")

    said = run("status", "--region", region, "--json")

    assert (0, [["192.0.2.1", "192.0.2.2"]]) == (said.code, [one["addresses"] for one in json.loads(said.out)])
    assert said.err.startswith(f"dedicated-ip: warning: botocore {botocore.__version__} does not list ")
    assert 1 == len(said.err.splitlines())


@pytest.mark.parametrize(("no_color", "coloured"), [(None, True), ("1", False)])
def test_colours_are_for_terminals(
    desk: RunningDesk,
    up: Callable[..., Past],
    monkeypatch: pytest.MonkeyPatch,
    no_color: str | None,
    coloured: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A terminal gets colours, unless NO_COLOR is set; everybody else gets letters."""
    up(count=2)
    desk.refuse("1700000001")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)

    shown = _on_a_terminal("dedicated-ip", "status")

    assert coloured == ("\x1b[31m" in shown)
    assert "short" in shown


def _on_a_terminal(*command: str) -> str:
    """Run a command whose output is a terminal, and give what that shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "COLUMNS": "120"}):
        os.close(theirs)
        shown = b""
        # A terminal whose other end is closed is an error on Linux.
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def _all(said: Ended) -> tuple[int, str, str]:
    return said.code, said.out, said.err
