"""The command line beside a real stack: what one writes, the other reads."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine


def test_the_form_comes_from_an_exported_state(stack: Stack) -> None:
    """A number in a state of Pulumi's is no number of Python's, and a secret is no text: both are read."""
    stack.program(
        'DedicatedIpLease("eu", count=3, filing="console", use_case=shop)',
        'DedicatedIpLease("us", region="us-east-1", count=2, max_send_rate=20, use_case=pulumi.Output.secret(shop))',
    )
    stack.up()

    waiting = _dedicated_ip(stack, "form", "eu", "--from-state", "-", given=stack.pulumi("stack", "export"))
    asked = _dedicated_ip(
        stack, "form", "us", "--from-state", "-", given=stack.pulumi("stack", "export", "--show-secrets")
    )

    assert f"{stack.outputs()['form_text']}\n" == waiting
    assert "Region: us-east-1 (US East (N. Virginia))\n" in asked
    assert "New limit value: 2\n" in asked


def test_the_cases_of_a_stack_are_seen_without_it(stack: Stack) -> None:
    """`status` and `wait` need no stack, only its account."""
    stack.program('DedicatedIpLease("eu", count=2, use_case=shop)')
    stack.up()
    stack.emulator.grant("1700000001")

    (shown,) = json.loads(_dedicated_ip(stack, "status", "--json"))

    assert (2, "active") == (shown["count"], shown["status"])
    assert "settled        shop/dev/eu (eu-west-1)\n" == _dedicated_ip(stack, "wait", "--timeout", "0")


def _dedicated_ip(stack: Stack, *arguments: str, given: str = "") -> str:
    return subprocess.run(
        ["dedicated-ip", *arguments], input=given, env=stack.environment, capture_output=True, text=True, check=True
    ).stdout
