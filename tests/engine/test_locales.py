"""The real engine on a machine whose locale is not UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.terminals import POSIX

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine


def test_a_japanese_form_survives_a_posix_locale(stack: Stack) -> None:
    """Program, state and what the plugin prints keep every letter, in a Region that botocore does not list."""
    stack.environment.update(POSIX)
    addresses = stack.emulator.lease("mx-west-9", 2)
    options = f'region="mx-west-9", contact_language="ja", filing="console", adopt={list(addresses)}'
    stack.program('shop.description = "注文の通知"', f'DedicatedIpLease("eu", count=3, use_case=shop, {options})')

    stack.up()
    assert "注文の通知" in stack.outputs()["form_text"]
    said = stack.destroy()

    assert "お世話になっております。" in said
    assert "リージョン (Region): mx-west-9\n" in said
