"""The same engine through Pulumi's Automation API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pulumi import automation

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine


def test_a_program_can_drive_the_whole_life_of_a_lease(stack: Stack) -> None:
    """Up, refresh and destroy through the Automation API do what the commands do."""
    stack.program(
        'lease = DedicatedIpLease("eu", count=2, use_case=shop)',
        'pulumi.export("status", lease.status)',
        'pulumi.export("addresses", lease.addresses)',
    )
    options = automation.LocalWorkspaceOptions(env_vars=dict(stack.environment))
    driven = automation.select_stack("dev", work_dir=str(stack.folder), opts=options)

    assert "requested" == driven.up().outputs["status"].value
    addresses = stack.emulator.grant(stack.emulator.cases()[0].id)
    driven.refresh()
    done = driven.up(expect_no_changes=True)
    assert ("active", list(addresses)) == (done.outputs["status"].value, done.outputs["addresses"].value)
    assert "succeeded" == driven.destroy().summary.result

    assert 2 == len(stack.emulator.cases())
