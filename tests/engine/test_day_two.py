"""Day two on the real engine: what the how-to pages promise of schedules, replacements and messages."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from support.filed import asked

from engine import aws_plugin
from engine.stack import executable, lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def test_automatic_remediation_files_a_case_and_drift_detection_does_not(stack: Stack) -> None:
    """Pulumi Cloud detects with `refresh --preview-only` and remediates with `up --refresh`."""
    first, *_ = stack.grown(lease())
    stack.emulator.take_away(REGION, first)

    stack.pulumi("refresh", "--preview-only")
    detected = asked(stack.emulator)
    stack.up("--refresh")

    assert [(REGION, 2)] == detected
    assert 2 == len(stack.emulator.cases())


def approved() -> tuple[list[str], list[str]]:
    """Return the two commands of the workflow on the page: before the approval, and after it."""
    page = (HOW_TO / "approvals.md").read_text()
    preview, up = (shlex.split(line) for line in re.findall(r"- run: pulumi (.*)", page))
    assert ("preview", "up") == (preview[0], up[0])
    return preview, up


def test_what_was_approved_is_filed_and_nothing_else(stack: Stack) -> None:
    """The update is held to the plan of the preview; a program that changed since files nothing."""
    preview, up = approved()
    stack.program(lease(3))
    stack.pulumi(*preview)
    stack.program(lease(4))

    refused = stack.fails(*up)

    assert "violates plan" in refused
    assert [] == asked(stack.emulator)

    stack.program(lease(3))
    stack.pulumi(*up)

    assert [(REGION, 3)] == asked(stack.emulator)


@pytest.mark.parametrize("denied", ["PutParameter", "CreateCase"])
def test_without_the_permission_nothing_is_filed(stack: Stack, denied: str) -> None:
    """A nightly `up` with a role that only reads leaves a lease alone, until one wants a case: that names what it lacks."""
    stack.grown(lease(2))
    stack.emulator.fault("access-denied", operation=denied, times=None)

    stack.up()
    stack.program(lease(3))
    refused = stack.fails("up", "--yes", "--skip-preview")

    assert f":{denied}" in refused
    assert 1 == len(stack.emulator.cases())


def test_a_listed_address_is_replaced_in_order(stack: Stack) -> None:
    """What the page says, with its programs: one more, warm, and then the listed one goes and no other."""
    page = (HOW_TO / "replace.md").read_text()
    three, four, fewer = re.findall(r"```python\n(lease = .*?)```", page, re.DOTALL)
    before = stack.grown(three)
    listed = "192.0.2.2"
    assert listed in before
    stack.program(fewer)
    stack.up()
    assert [(REGION, 3)] == asked(stack.emulator), "a count that stays files nothing"

    [new] = set(stack.grown(four)) - set(before)

    assert [new] == [ip for ip in stack.shown("warming")[0] if ip not in before]
    stack.emulator.advance(days=45)
    stack.refresh()
    assert ([], {"orders": [*before, new]}) == stack.shown("warming", "pool_addresses")

    stack.program(fewer)
    said = stack.preview()
    stack.up()

    assert [] == [line for line in shown(page) if line not in said]
    kept = [ip for ip in (*before, new) if ip != listed]
    assert ([listed], {"orders": kept}) == stack.shown("relinquishing", "pool_addresses")
    assert [(REGION, 3), (REGION, 1), (REGION, [listed])] == asked(stack.emulator)

    stack.emulator.remove(stack.emulator.cases()[-1].id)
    stack.refresh()
    stack.program(three)
    stack.up()

    assert ("active", kept, []) == stack.shown("status", "addresses", "relinquishing")
    assert 3 == len(stack.emulator.cases())


def test_what_pinpoint_leased_goes_on_sending(stack: Stack, tmp_path: Path) -> None:
    """The addresses are SES's: they are adopted, active at once and moved to the new pool, and nothing is filed."""
    plugin = executable(
        tmp_path / "plugins" / "pulumi-resource-aws", f'exec "{sys.executable}" "{aws_plugin.__file__}"'
    )
    stack.environment = {**stack.environment, "PATH": f"{plugin.parent}:{stack.environment['PATH']}"}
    [declared] = re.findall(r"```python\n(lease = .*?)```", (HOW_TO / "from-pinpoint.md").read_text(), re.DOTALL)
    addresses = stack.emulator.lease(REGION, 2)
    key, secret = (stack.emulator.environment[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    account = boto3.Session(key, secret, region_name=REGION)
    ses = account.client("sesv2", endpoint_url=stack.emulator.url)
    ses.create_dedicated_ip_pool(PoolName="pinpoint")
    for ip in addresses:
        ses.put_dedicated_ip_in_pool(Ip=ip, DestinationPoolName="pinpoint")

    stack.program(
        "from dedicated_ip_provider import DedicatedIpPool",
        declared,
        'DedicatedIpPool("orders", lease=lease, pool="orders", configuration_set_name="orders")',
    )
    stack.up()

    assert ("active", list(addresses)) == tuple(stack.outputs("mail")[name] for name in ("status", "addresses"))
    assert dict.fromkeys(addresses, "orders") == {one.ip: one.pool for one in stack.emulator.details(REGION)}
    assert () == stack.emulator.cases()


def shown(page: str) -> list[str]:
    """Return the lines that a page shows as Pulumi's."""
    [text] = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    return str(text).splitlines()
