"""A stack of the first edition, which no later version reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.stack import LEASE_TYPE, RECORD, lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "us-east-1"
OUTPUTS = Path(__file__).parents[1] / "upgrade" / "first-edition.json"


def test_a_state_of_the_first_edition_is_refused_by_name_and_its_advice_works(stack: Stack, tmp_path: Path) -> None:
    """Nothing is filed, whatever the command; without its old state, the lease goes on with what it had."""
    stack.configure(aws__region=REGION)
    addresses = stack.grown(lease(2, name="active"))
    stack.emulator.delete_parameter(REGION, RECORD)
    state = stack.export()
    (resource,) = [one for one in state["deployment"]["resources"] if one["type"] == LEASE_TYPE]
    outputs = json.loads(OUTPUTS.read_text())
    resource |= {"id": outputs["lease_key"], "outputs": outputs}
    (tmp_path / "state.json").write_text(json.dumps(state))
    stack.pulumi("stack", "import", "--file", str(tmp_path / "state.json"))

    for command in ("preview", "refresh", "destroy"):
        said = stack.fails(command, *["--yes", "--skip-preview"] * (command != "preview"))
        assert "active/us-east-1 was written by the first edition of dedicated-ip-provider" in said
        assert f"with `pulumi state delete`, and name {', '.join(addresses)} in `adopt`, then run `pulumi up`" in said

    stack.pulumi("state", "delete", resource["urn"], "--yes")
    stack.program(lease(2, f", adopt={list(addresses)}", name="active"))
    stack.up()

    assert list(addresses) == stack.outputs("active")["addresses"]
    assert 1 == len(stack.emulator.cases())
