"""The documentation: it builds without a warning, fetches nothing, and forgets nothing that the code has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import lifecycle
import lifecycle_page
import pytest

from dedicated_ip_provider.cli.program import program
from dedicated_ip_provider.names import INPUTS, OUTPUTS
from dedicated_ip_provider.settings import PULUMI_AWS, read_settings

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; a broken link or heading, and any other warning, fails."""
    pytest.importorskip("sphinx", reason="Sphinx 9 needs Python 3.11")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", DOCS, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (built.returncode, built.stderr)
    return folder


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    """A page is whole without a network: no script, style, font or picture of another host."""
    loads = re.compile(r"""<(?:script|img|iframe|source|link)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//""")

    assert [] == [file.name for file in site.rglob("*.html") if loads.search(file.read_text())]
    assert [] == [file.name for file in site.rglob("*.css") if re.search(r"url\(['\"]?(https?:)?//", file.read_text())]


def test_the_reference_has_every_input_and_output(site: Path) -> None:
    """Each key that a stack stores for a lease is explained; what the provider keeps for itself is not."""
    page = (site / "reference" / "lease.html").read_text()
    explained = set(re.findall(r'id="dedicated_ip_provider\.DedicatedIpLease\.(\w+)"', page))
    arguments = set(re.findall(r"<strong>(\w+)</strong>", page))

    assert set() == {*INPUTS, *OUTPUTS} - explained - arguments - {"memory"}


def test_the_reference_has_every_configuration_key(site: Path) -> None:
    """What a stack's configuration may say is in two tables, and the one of pulumi-aws's options is the code's."""
    asked_for: list[str] = []
    read_settings(asked_for.append)
    page = (site / "reference" / "configuration.html").read_text()

    keys = [*asked_for, *(f"aws:{option.name}" for option in PULUMI_AWS)]
    assert [] == [key for key in keys if f'<span class="pre">{key}</span>' not in page]


def test_the_reference_has_every_command() -> None:
    """The help of each command is shown as the terminal shows it."""
    page = (DOCS / "reference" / "command-line.md").read_text()

    assert [] == [name for name in program.commands if f"{{command-help}} {name}\n" not in page]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_between_files_lead_somewhere(name: str) -> None:
    """What is read without the site has no dead link either."""
    file = DOCS.parent / name
    links = re.findall(r"\]\((?!https?://)([^)#]+)", file.read_text())

    assert [] == [link for link in links if not (file.parent / link).exists()]


def test_the_life_of_a_lease_is_drawn_as_the_code_has_it() -> None:
    """The committed pictures and table are those that `python docs/lifecycle_page.py` writes."""
    stale = [file.name for file, text in lifecycle_page.files().items() if file.read_text() != text]

    assert [] == stale


def test_a_no_is_left_by_the_users_hand_alone() -> None:
    """Whatever AWS does after a no, a lease stays short until a person changes something."""
    leads_on = {step.act for step in lifecycle.table() if step.before == "short"}

    assert {"destroy", "up, higher `attempt`"} <= leads_on
    assert set() == {act for act in leads_on if not act.startswith(("up", "destroy"))}
