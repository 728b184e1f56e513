"""What Pulumi's registry reads, and the same program in every language."""

from __future__ import annotations

import re

import pytest
import registry
from registry import PROGRAMS, ROOT, SAMPLES

from dedicated_ip_provider.inputs import USE_CASE
from dedicated_ip_provider.plugin.schema import LEASE, VERSION, schema
from dedicated_ip_provider.schema_names import camel

INPUT = {
    "typescript": re.compile(r"^ +(\w+):", re.MULTILINE),
    "python": re.compile(r"^ +(\w+)=", re.MULTILINE),
    "go": re.compile(r"^\t+(\w+): ", re.MULTILINE),
    "csharp": re.compile(r"^ +([A-Z]\w+) = ", re.MULTILINE),
    "java": re.compile(r"^ +\.(?!build)(\w+)\(", re.MULTILINE),
    "yaml": re.compile(r"^ {6,}(\w+):", re.MULTILINE),
}
"""How an input looks in a program."""
GIVEN = ("region", "count", "pools", "useCase", *(camel(one.name) for one in USE_CASE))


def test_every_file_is_what_the_code_says() -> None:
    """`make registry` writes them anew after a change of the schema or of a program."""
    assert [] == [file.name for file, text in registry.files().items() if file.read_text() != text]


def test_the_schema_says_which_version_it_is_of() -> None:
    """A registry shows the schema of a release."""
    assert f'\n  "version": "{VERSION}",\n' in (ROOT / "schema.json").read_text()


@pytest.mark.parametrize("page", ["_index.md", "installation-configuration.md"])
def test_a_page_is_one_that_the_registry_takes(page: str) -> None:
    """It begins with front matter; its checks refuse links to files and pictures beside it."""
    text = (ROOT / "docs" / page).read_text()

    assert text.startswith("---\ntitle: ")
    assert "\nlayout: package\n---\n" in text
    assert [] == re.findall(r"\]\((?!https?://)|<img|src=|href=", text)


@pytest.mark.parametrize("language", PROGRAMS)
def test_every_program_declares_the_same_lease(language: str) -> None:
    """With the same inputs, each of which there is, and the same sentences."""
    program = (SAMPLES / PROGRAMS[language]).read_text()
    sentences = re.findall(r": ([A-Z].*\.)$", (SAMPLES / "shop.yaml").read_text(), re.MULTILINE)

    assert [*GIVEN] == [camel(name)[:1].lower() + camel(name)[1:] for name in INPUT[language].findall(program)]
    assert [] == [text for text in sentences if text not in program]
    assert {"status", "poolAddresses"} < schema()["resources"][LEASE]["properties"].keys()


def test_the_page_on_languages_has_the_programs() -> None:
    """Whoever reads it without the site sees them, too."""
    page = (ROOT / "docs" / "how-to" / "languages.md").read_text()

    shown = ("shop.yaml", "shop.ts", "shop.go", "pools.ts", "pools.go")
    assert [] == [name for name in shown if (SAMPLES / name).read_text() not in page]
