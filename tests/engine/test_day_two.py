"""Day two on the real engine: what the how-to pages promise of schedules, replacements and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.stack import asked, lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"


def test_automatic_remediation_files_a_case_and_drift_detection_does_not(stack: Stack) -> None:
    """Pulumi Cloud detects with `refresh --preview-only` and remediates with `up --refresh`."""
    first, *_ = stack.grown(lease())
    stack.emulator.take_away(REGION, first)

    stack.pulumi("refresh", "--preview-only")
    detected = asked(stack.emulator)
    stack.up("--refresh")

    assert [(REGION, 2)] == detected
    assert 2 == len(stack.emulator.cases())
