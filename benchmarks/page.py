"""A page of the documentation, of which a part is written by the benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MARK: Final = "<!-- written by `make bench ARGS=--write` -->"


def write_between_marks(page: Path, text: str) -> None:
    """Replace what stands between the two marks of a page."""
    before, _, after = page.read_text(encoding="utf-8").split(MARK)
    page.write_text(f"{before}{MARK}\n\n{text}\n\n{MARK}{after}", encoding="utf-8")
