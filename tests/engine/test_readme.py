"""The README tells the truth: its program is previewed, and what it shows is what the engine prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.emulator import start
from engine.test_tutorial import BLOCK, Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.engine

README = Path(__file__).parents[2] / "README.md"


def test_a_preview_of_the_first_program_prints_what_the_readme_shows(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """The first program of the page, in a new project called `shop`, asks AWS nothing and says what will be filed."""
    blocks = [(block["kind"], block["text"]) for block in BLOCK.finditer(README.read_text())]
    program = next(text for kind, text in blocks if kind == "python")
    preview = next(text for kind, text in blocks if kind == "console" and "pulumi preview" in text)
    with start() as emulator:
        reader = Reader(tmp_path / "shop", environment, emulator, [])
        reader.follow("yaml", "name: shop\nruntime: python\n")
        reader.follow("python", program)
        reader.follow("console", "$ pulumi stack init dev\n...\n")
        reader.follow("console", preview)

        assert () == emulator.log
