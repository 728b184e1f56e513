"""The program of the page on languages that needs no SDK, as it stands there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.filed import asked

from engine.yaml_stack import YamlStack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.emulator import RunningEmulator

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parents[2] / "docs" / "samples" / "shop.yaml"


def test_the_yaml_program_leases(tmp_path: Path, environment: Mapping[str, str], emulator: RunningEmulator) -> None:
    """Four addresses are requested, and both outputs are there."""
    (tmp_path / "state").mkdir()
    stack = YamlStack(tmp_path / "shop", {**environment, "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri()}, emulator)
    where = "plugins:\n  providers:\n    - name: dedicatedip\n      path: .\n"
    (stack.folder / "Pulumi.yaml").write_text(PROGRAM.read_text() + where)

    stack.up()

    assert [("eu-west-1", 4)] == asked(emulator)
    assert ("requested", {"news": [], "orders": []}) == (
        stack.outputs()["status"],
        stack.outputs()["poolAddresses"],
    )
