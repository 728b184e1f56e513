"""The documentation: it builds without a warning, fetches nothing, and forgets nothing that the code has."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest

from dedicated_ip_provider import DedicatedIpFleet, DedicatedIpLease, DedicatedIpNotifications, FleetRegion, UseCase
from dedicated_ip_provider.cli.program import program
from dedicated_ip_provider.config import PULUMI_AWS, read_config
from dedicated_ip_provider.inputs import INPUTS
from dedicated_ip_provider.lease.status import Status
from dedicated_ip_provider.outputs import OUTPUT_NAMES
from dedicated_ip_provider.plugin.schema import LEASE, schema

OURS = (DedicatedIpFleet, DedicatedIpLease, DedicatedIpNotifications, FleetRegion, UseCase)
DOCS = Path(__file__).parents[1] / "docs"
PAGES = [*DOCS.parent.glob("*.md"), *(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)]
PYTHON = re.compile(r"^ *```python\n(.*?)```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"(?:`|\$ |^)dedicated-ip ([a-z][^`|\n]*)", re.MULTILINE)


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
    """Each input has its row and each output its words; what the provider keeps for itself is not explained."""
    page = (site / "reference" / "lease.html").read_text()
    rows = set(re.findall(r'<tr[^>]*><td><p><code[^>]*><span class="pre">(\w+)</span>', page))
    explained = set(re.findall(r'id="dedicated_ip_provider\.DedicatedIpLease\.(\w+)"', page))

    assert {one.name for one in INPUTS} - {"holder"} == rows
    assert {*OUTPUT_NAMES, "holder"} - {"memory"} == explained - {"get"}


def test_the_reference_has_the_whole_schema_of_the_native_plugin(site: Path) -> None:
    """Each property of the resource, of a use case and of the configuration has its row."""
    page = (site / "reference" / "native.html").read_text()
    whole = schema()
    parts = [whole["resources"][LEASE]["properties"], whole["config"]["variables"]]
    parts += [one["properties"] for one in whole["types"].values()]

    assert [] == [name for part in parts for name in part if f'<span class="pre">{name}</span>' not in page]


def test_the_reference_has_every_configuration_key(site: Path) -> None:
    """What a stack's configuration may say is in two tables, and the one of pulumi-aws's options is the code's."""
    asked_for: list[str] = []
    read_config(asked_for.append)
    page = (site / "reference" / "configuration.html").read_text()

    keys = [*asked_for, *(f"aws:{option.name}" for option in PULUMI_AWS)]
    assert [] == [key for key in keys if f'<span class="pre">{key}</span>' not in page]


def test_each_row_of_the_front_ends_is_shown_by_a_test() -> None:
    """What the page says of the two is tested, but for what one of them does not have."""
    page = (DOCS / "explanation" / "front-ends.md").read_text()
    named = re.findall(r"\| `(test_\w+)` \|$", page, re.MULTILINE)
    tests = "".join(file.read_text() for file in Path(__file__).parent.rglob("test_*.py"))

    assert [] == [name for name in named if f"def {name}(" not in tests]
    assert len(re.findall(r"^\| [^|]+ \|(?: [^|]+ \|){2} \|$", page, re.MULTILINE)) == 1


def test_the_reference_has_every_command() -> None:
    """The help of each command is shown as the terminal shows it."""
    page = (DOCS / "reference" / "command-line.md").read_text()

    assert [] == [name for name in program.commands if f"{{command-help}} {name}\n" not in page]


def test_the_readme_lists_the_statuses_in_the_order_in_which_they_hold() -> None:
    """The first row that holds wins, as in the code."""
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS.parent / "README.md").read_text(), re.MULTILINE)

    assert ["status", *get_args(Status)] == rows


def test_what_programs_on_the_pages_say_to_a_lease_exists() -> None:
    """Each argument that a page's Python code gives to a class of ours is one that the class takes."""
    trees = [ast.parse(dedent(text)) for page in PAGES for text in PYTHON.findall(page.read_text())]
    calls = [call for tree in trees for call in ast.walk(tree) if isinstance(call, ast.Call)]
    said = {(call.func.id, one.arg) for call in calls if isinstance(call.func, ast.Name) for one in call.keywords}
    classes = {one.__name__: one for one in OURS}
    to_ours = {(name, argument) for name, argument in said if name in classes}

    assert set(classes) == {name for name, _ in to_ours}
    assert set() == {(name, one) for name, one in to_ours if one not in inspect.signature(classes[name]).parameters}


def test_what_is_typed_on_the_pages_exists() -> None:
    """Each `dedicated-ip` command on a page, and each option that is given to it, is one of the command line's."""
    typed = {line for page in PAGES for line in TYPED.findall(page.read_text())}
    said = {(name, one) for name, *words in map(str.split, typed) for one in words if one.startswith("--")}
    options = {
        (name, one) for name, command in program.commands.items() for each in command.params for one in each.opts
    }

    assert set() == {line.split()[0] for line in typed} - set(program.commands)
    assert set() == said - options


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_between_files_lead_somewhere(name: str) -> None:
    """What is read without the site has no dead link either."""
    file = DOCS.parent / name
    links = re.findall(r"\]\((?!https?://)([^)#]+)(?:#([^)]+))?\)", file.read_text())

    assert [] == [link for link, heading in links if not _has(file.parent / link, heading)]


def _has(file: Path, heading: str) -> bool:
    """Return whether a file is there, with a heading if one is named."""
    if not file.exists():
        return False
    headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
    return not heading or heading in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
