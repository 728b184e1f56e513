"""A stack that an older version of this package stored, taken over by the current one on the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from upgrade.stored import COUNTS, FOLDER, NOON, program, restore, versions

from dedicated_ip_provider.emulator import RunningDesk, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.stack import Stack

pytestmark = pytest.mark.engine


@pytest.fixture
def desk() -> Iterator[RunningDesk]:
    """Give a desk on the day on which the states were stored."""
    with start(now=NOON) as running:
        yield running


@pytest.mark.parametrize("version", versions())
def test_a_stored_stack_is_refreshed_changed_and_destroyed(stack: Stack, version: str) -> None:
    """The preview is empty after the upgrade; a change files one message, and the end one case for each that holds."""
    restore(stack.desk, version)
    before = stack.desk.cases()
    stack.pulumi("stack", "import", "--file", str(FOLDER / f"state-{version}.json"))
    stack.program(*program(COUNTS))

    stack.refresh()
    assert stack.preview_is_empty()
    assert before == stack.desk.cases()

    stack.program(*program({**COUNTS, "requested": 4}))
    stack.up()
    assert 4 == stack.outputs("requested")["requested_count"] + stack.outputs("requested")["leased_count"]
    assert len(before) == len(stack.desk.cases())

    # AWS takes ten cases an hour.
    stack.desk.advance(3_600)
    stack.destroy()
    regions = ("eu-west-1", "us-east-1", "us-west-2", "ap-northeast-1", "eu-central-1", "eu-north-1")
    assert sorted(f"Amazon SES in {region}: please remove" for region in regions) == sorted(
        case.subject.partition(" please")[0] + " please remove" for case in stack.desk.cases()[len(before) :]
    )
    assert "resources" not in stack.export()["deployment"]
