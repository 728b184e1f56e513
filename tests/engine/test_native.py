"""The native plugin under the real engine, from YAML programs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # Pulumi's, without types
from plugin.native import FORM
from support.filed import asked

from dedicated_ip_provider.cli.install_plugin import write_program
from engine import stack as python
from engine.kills import BEFORE_THE_ANSWER
from engine.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dedicated_ip_provider.emulator import RunningEmulator
    from engine.kills import Kills

pytestmark = pytest.mark.engine

LEASE = "dedicatedip:index:DedicatedIpLease"
A, B = "192.0.2.1", "192.0.2.2"
OTHER_ACCOUNT = "444455556666"
SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "shop.yaml"


def lease(count: int = 2, *, options: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return the declaration of a lease, with more inputs and resource options; None leaves an input out."""
    inputs = {"count": count, "useCase": FORM, **more}
    declared = {"type": LEASE, "properties": {name: value for name, value in inputs.items() if value is not None}}
    return {**declared, **({"options": options} if options else {})}


class YamlStack(Stack):
    """One stack of one project in YAML, with the Region of the plugin's configuration."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], emulator: RunningEmulator, name: str = "dev"
    ) -> None:
        """Create a project with the folder's name, and a stack in eu-west-1 until `configure` says otherwise."""
        super().__init__(folder, environment, emulator, name)
        self.configure(dedicatedip__region="eu-west-1")
        write_program(folder)

    def resources(self, *, names_plugin: bool = True, **resources: Any) -> None:
        """Write the program: these resources, with the addresses of the lease `eu` as an output."""
        project = {"name": self.folder.name, "runtime": "yaml", "resources": resources}
        outputs = {"outputs": {"addresses": "${eu.addresses}"}} if "eu" in resources else {}
        where = {"plugins": {"providers": [{"name": "dedicatedip", "path": "."}]}} if names_plugin else {}
        # JSON is YAML too.
        (self.folder / "Pulumi.yaml").write_text(json.dumps({**project, **where, **outputs}))

    def resource(self, name: str = "eu") -> dict[str, Any]:
        """Return a lease as the state has it: `inputs`, `outputs`, `urn`."""
        (found,) = [one for one in self.export()["deployment"]["resources"] if one["urn"].endswith(f"{LEASE}::{name}")]
        return dict(found)


@pytest.fixture
def stack(tmp_path: Path, environment: Mapping[str, str], emulator: RunningEmulator) -> YamlStack:
    """A stack with nothing in it."""
    (tmp_path / "state").mkdir()
    here = {**environment, "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri()}
    return YamlStack(tmp_path / "shop", here, emulator)


def test_the_story_of_a_lease(stack: YamlStack) -> None:
    """What is asked is said before; what AWS granted is seen without a refresh; what goes is named and goes.

    An error is one sentence under the resource, in the words of the schema and without a traceback.
    """
    stack.resources(eu=lease(-1))
    said = stack.fails("preview")
    assert "resource 'eu' has a problem: `count` must be from 0 to 1,000, not -1." in said
    assert "Traceback" not in said

    stack.resources(eu=lease(2))
    first = stack.preview()
    assert "eu (eu-west-1): will request 2 dedicated IP addresses by a support case; USD 0.00 => 49.90" in first
    assert "[unknown]" in first

    assert "filed case 1700000001" in stack.up()
    assert "requested" == stack.outputs()["status"]
    assert stack.preview_is_empty()

    stack.emulator.grant("1700000001")
    seen = stack.preview("--diff")
    assert ('~ status           : "requested" => "active"' in seen, f'+ [0]: "{A}"' in seen) == (True, True)
    stack.up()
    assert [A, B] == stack.outputs()["addresses"]

    stack.resources(eu=lease(3))
    more = stack.preview("--diff")
    assert "~ count: 2 => 3" in more
    assert "- [0]" not in more
    stack.resources(eu=lease(1))
    assert f"will relinquish {A} by a support case, which is final" in stack.preview()
    stack.up()
    said = stack.destroy()

    assert f"which relinquishes {B}" in said
    assert [("eu-west-1", 2), ("eu-west-1", [A]), ("eu-west-1", [B])] == asked(stack.emulator)


def test_a_stack_in_python_moves_to_yaml_with_nothing_filed(stack: YamlStack, new_stack: Callable[..., Stack]) -> None:
    """The alias is in the schema: the same names of project, stack and resource are enough."""
    dynamic = new_stack("shop")
    dynamic.grown(python.lease(2))
    moved = dynamic.export()
    (stack.folder / "moved.json").write_text(json.dumps(moved))
    stack.pulumi("stack", "import", "--file", "moved.json")
    stack.resources(eu=lease(2, region="eu-west-1"))

    first, second = stack.up(), stack.preview("--diff")

    assert ("1 updated" in first, "2 unchanged" in second) == (True, True), first + second
    assert ("active", [A, B]) == (stack.outputs()["status"], stack.outputs()["addresses"])
    assert [("eu-west-1", 2)] == asked(stack.emulator)
    stack.resources(eu=lease(1, region="eu-west-1"))
    stack.up()
    assert [("eu-west-1", 2), ("eu-west-1", [A])] == asked(stack.emulator)


def test_ctrl_c_ends_what_is_under_way_and_files_nothing_more(stack: YamlStack, kills: Kills) -> None:
    """The engine says so by `Cancel`; the case that was on its way is in the state."""
    stack.resources(eu=lease(2), us=lease(2, region="us-east-1", options={"dependsOn": ["${eu}"]}))
    kills.kill("up", BEFORE_THE_ANSWER, "ctrl-c", answer=True)

    assert "requested" == stack.outputs()["status"]
    assert [("eu-west-1", 2)] == asked(stack.emulator)


def test_two_providers_lease_in_two_accounts_and_secrets_stay_secret(stack: YamlStack) -> None:
    """Each with its own configuration; what is secret is so in inputs, outputs and a provider's keys, whatever runs."""
    hidden, key = "Mail of a shop that nobody shall know.", "never-shown-anywhere"
    use_case = {**FORM, "description": {"fn::secret": hidden}}
    theirs = {"accessKey": OTHER_ACCOUNT, "secretKey": {"fn::secret": key}, "region": "us-east-1"}

    def declare(count: int) -> None:
        stack.resources(
            theirs={"type": "pulumi:providers:dedicatedip", "properties": theirs},
            ours={"type": "pulumi:providers:dedicatedip", "properties": {"region": "eu-west-1"}},
            eu=lease(2, options={"provider": "${ours}"}),
            us=lease(count, useCase=use_case, options={"provider": "${theirs}"}),
        )

    declare(2)
    said = stack.up()
    said += stack.refresh()
    declare(3)
    said += stack.up()

    assert [] == [text for text in (hidden, key) if text in said + stack.stored()]
    (case,) = stack.emulator.cases(OTHER_ACCOUNT)
    assert hidden in case.communications[0].body
    assert [("eu-west-1", 2)] == asked(stack.emulator)
    assert [f"{OTHER_ACCOUNT}/us-east-1", "111122223333/eu-west-1"] == [
        stack.resource(one)["id"] for one in ("us", "eu")
    ]


def test_values_of_another_lease_and_of_functions_are_used_once_they_are_known(stack: YamlStack) -> None:
    """A count, the number of a pool and an answer of the use case; the addresses of a Region, and who holds its lease."""
    stack.emulator.import_addresses("eu-west-1", A)
    later = lease(
        "${eu.leasedCount}",  # type: ignore[arg-type]  # what is not known yet
        region="us-east-1",
        pools={"orders": "${eu.leasedCount}"},
        useCase={**FORM, "whyDedicated": "As ${eu.accountId} has it."},
    )
    stack.resources(eu=lease(1, adopt=[A], useCase=None), us=later)

    stack.preview()
    stack.up()

    assert [("us-east-1", 1)] == asked(stack.emulator)

    project = json.loads((stack.folder / "Pulumi.yaml").read_text())
    read = {"fn::invoke": {"function": "dedicatedip:getDedicatedIps", "arguments": {}, "return": "dedicatedIps"}}
    held = {"fn::invoke": {"function": "dedicatedip:getDedicatedIpLease", "arguments": {}, "return": "holder"}}
    project |= {"variables": {"all": read, "holder": held}, "outputs": {"first": "${all[0].ip}", "holder": "${holder}"}}
    (stack.folder / "Pulumi.yaml").write_text(json.dumps(project))

    stack.up()

    assert {"first": A, "holder": "shop/dev/eu"} == json.loads(stack.pulumi("stack", "output", "--json"))


def test_no_run_warns_once_the_plugin_is_installed(stack: YamlStack) -> None:
    """`dedicated-ip install-plugin` puts it where Pulumi looks for plugins; of one on PATH every run would warn."""
    stack.resources(names_plugin=False, eu=lease(2))
    before = stack.fails("preview")
    installed = subprocess.run(
        ["dedicated-ip", "install-plugin"], env=stack.environment, capture_output=True, text=True, check=True
    )

    after = stack.preview()

    stack.pulumi("plugin", "rm", "resource", "dedicatedip", "--yes")
    assert installed.stderr.startswith("Installed the plugin dedicatedip ")
    assert "no resource plugin 'pulumi-resource-dedicatedip" in before
    assert "warning" not in after


def test_what_an_account_has_is_imported(stack: YamlStack) -> None:
    """The generated program can be applied at once; a lower count then relinquishes exactly the right address."""
    stack.emulator.lease("eu-west-1", 2)
    stack.resources()

    stack.pulumi("import", "dedicatedip:index:DedicatedIpLease", "eu", "eu-west-1", "--yes", "--out", "generated.yaml")
    generated = yaml.safe_load((stack.folder / "generated.yaml").read_text())["resources"]["eu"]
    assert {"region": "eu-west-1", "count": 2} == generated["properties"]
    stack.resources(eu=generated)
    assert stack.preview_is_empty()
    stack.refresh("--expect-no-changes")

    generated["properties"]["count"] = 1
    stack.resources(eu=generated)
    stack.up()

    assert [("eu-west-1", [A])] == asked(stack.emulator)


def test_the_yaml_program_of_the_page_on_languages_leases(stack: YamlStack) -> None:
    """As it stands there: four addresses are requested, and both outputs are there."""
    where = "plugins:\n  providers:\n    - name: dedicatedip\n      path: .\n"
    (stack.folder / "Pulumi.yaml").write_text(SAMPLE.read_text() + where)

    stack.up()

    assert [("eu-west-1", 4)] == asked(stack.emulator)
    outputs = stack.outputs()
    assert ("requested", {"news": [], "orders": []}) == (outputs["status"], outputs["poolAddresses"])
