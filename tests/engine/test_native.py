"""The native plugin under the real engine, from YAML programs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc
import pytest
import yaml  # type: ignore[import-untyped]  # Pulumi's, without types
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server
from support.filed import asked
from support.native import FORM

from dedicated_ip_provider.plugin.server import Plugin
from engine import stack as python
from engine.yaml_stack import YamlStack, lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from dedicated_ip_provider.emulator import RunningEmulator
    from engine.stack import Stack

pytestmark = pytest.mark.engine

A, B = "192.0.2.1", "192.0.2.2"
OTHER_ACCOUNT = "444455556666"
DEADLINE = 600.0


@pytest.fixture
def stack(tmp_path: Path, environment: Mapping[str, str], emulator: RunningEmulator) -> YamlStack:
    """A stack with nothing in it."""
    (tmp_path / "state").mkdir()
    here = {**environment, "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri()}
    return YamlStack(tmp_path / "shop", here, emulator)


@pytest.fixture
def attached(stack: YamlStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[YamlStack]:
    """A stack whose engine finds the plugin running in this process."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in stack.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    server = grpc.server(ThreadPoolExecutor())
    add_ResourceProviderServicer_to_server(Plugin(None), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    stack.environment["PULUMI_DEBUG_PROVIDERS"] = f"dedicatedip:{port}"
    yield stack
    server.stop(None).wait()


def test_the_story_of_a_lease(attached: YamlStack) -> None:
    """What is asked is said before; what AWS granted is seen without a refresh; what goes is named and goes."""
    stack = attached
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


def test_an_error_is_one_sentence_under_the_resource(stack: YamlStack) -> None:
    """Without a traceback, in the words of the schema."""
    stack.resources(eu=lease(-1))

    said = stack.fails("preview")

    assert "resource 'eu' has a problem: `count` must be from 0 to 10,000, not -1." in said
    assert "Traceback" not in said


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


@contextmanager
def filing(stack: YamlStack) -> Iterator[subprocess.Popen[bytes]]:
    """Run `pulumi up`, and give its process while a case is on its way to AWS, which answers afterwards."""
    asked_for, answers = threading.Event(), threading.Event()

    def pause(_: float) -> None:
        asked_for.set()
        answers.wait(DEADLINE)

    stack.emulator.pause = pause
    stack.emulator.fault("slow", operation="CreateCase")
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
    with subprocess.Popen(
        command,
        cwd=stack.folder,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as running:
        assert asked_for.wait(DEADLINE)
        yield running
        answers.set()
        # The plugin has the other end of the pipe, so there is nothing more to read when it has ended.
        running.communicate(timeout=DEADLINE)


def test_a_killed_engine_leaves_no_plugin_and_no_second_case(stack: YamlStack) -> None:
    """The plugin ends what is under way and then itself; the next run finds what was filed."""
    stack.resources(eu=lease(2))
    with filing(stack) as running:
        running.kill()
    stack.pulumi("cancel", "--yes")

    token = python.token_in(stack.fails("up", "--yes", "--skip-preview").replace("takeOverFrom", "take_over_from"))
    stack.resources(eu=lease(2, takeOverFrom=token))
    stack.up()

    assert "requested" == stack.outputs()["status"]
    assert [("eu-west-1", 2)] == asked(stack.emulator)


def test_ctrl_c_ends_what_is_under_way_and_files_nothing_more(stack: YamlStack) -> None:
    """The engine says so by `Cancel`; the case that was on its way is in the state."""
    stack.resources(eu=lease(2), us=lease(2, region="us-east-1", options={"dependsOn": ["${eu}"]}))
    with filing(stack) as running:
        running.send_signal(signal.SIGINT)

    assert "requested" == stack.outputs()["status"]
    assert [("eu-west-1", 2)] == asked(stack.emulator)


def test_a_lost_answer_is_looked_for_as_long_as_the_time_out_says(stack: YamlStack) -> None:
    """With a short one the case is unconfirmed; the next run looks by itself, and finds it."""
    stack.emulator.fault("reset", operation="CreateCase", when="after")
    stack.emulator.change(listing_delay=600.0)
    stack.resources(eu=lease(2, options={"customTimeouts": {"create": "1s"}}))

    said = stack.up()

    assert "AWS's answer to a case that requests 2 dedicated IP addresses was lost" in said
    assert "unconfirmed" == stack.outputs()["status"]
    stack.emulator.advance(600)
    stack.up()
    assert ("requested", [("eu-west-1", 2)]) == (stack.outputs()["status"], asked(stack.emulator))


def test_secrets_stay_secret(stack: YamlStack) -> None:
    """Through create, refresh and update, in inputs and outputs, and in the keys of a provider."""
    hidden, key = "Mail of a shop that nobody shall know.", "never-shown-anywhere"
    use_case = {**FORM, "description": {"fn::secret": hidden}}
    keys = {"accessKey": OTHER_ACCOUNT, "secretKey": {"fn::secret": key}, "region": "eu-west-1"}
    stack.resources(
        aws={"type": "pulumi:providers:dedicatedip", "properties": keys},
        eu=lease(2, useCase=use_case, options={"provider": "${aws}"}),
    )

    said = stack.up()
    said += stack.refresh()
    stack.resources(
        aws={"type": "pulumi:providers:dedicatedip", "properties": keys},
        eu=lease(3, useCase=use_case, options={"provider": "${aws}"}),
    )
    said += stack.up()

    assert [] == [text for text in (hidden, key) if text in said + stack.stored()]
    assert hidden in stack.emulator.cases(OTHER_ACCOUNT)[0].communications[0].body


def test_two_providers_lease_in_two_accounts(stack: YamlStack) -> None:
    """Each with its own configuration, in one stack."""
    theirs = {"accessKey": OTHER_ACCOUNT, "secretKey": "s", "region": "us-east-1"}
    stack.resources(
        theirs={"type": "pulumi:providers:dedicatedip", "properties": theirs},
        ours={"type": "pulumi:providers:dedicatedip", "properties": {"region": "eu-west-1"}},
        eu=lease(2, options={"provider": "${ours}"}),
        us=lease(3, options={"provider": "${theirs}"}),
    )

    stack.up()

    assert [("eu-west-1", 2)] == asked(stack.emulator)
    assert 1 == len(stack.emulator.cases(OTHER_ACCOUNT))
    assert [f"{OTHER_ACCOUNT}/us-east-1", "111122223333/eu-west-1"] == [
        stack.resource(one)["id"] for one in ("us", "eu")
    ]


def test_values_that_are_known_only_later_pass_the_preview(stack: YamlStack) -> None:
    """A count that another lease gives, a name of a pool's number, and an answer of the use case."""
    later = lease(
        "${eu.requestedCount}",  # type: ignore[arg-type]  # what is not known yet
        region="us-east-1",
        pools={"orders": "${eu.requestedCount}"},
        useCase={**FORM, "whyDedicated": "As ${eu.accountId} has it."},
    )
    stack.resources(eu=lease(2), us=later)

    stack.preview()
    stack.up()

    assert [("eu-west-1", 2), ("us-east-1", 2)] == asked(stack.emulator)


def test_functions_read_what_is_there(stack: YamlStack) -> None:
    """The addresses of a Region, and the lease that another stack holds."""
    stack.emulator.import_addresses("eu-west-1", A)
    stack.resources(eu=lease(1, adopt=[A], useCase=None))
    stack.up()
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


def test_what_looks_by_itself_can_be_turned_off(stack: YamlStack) -> None:
    """Then a preview asks AWS nothing, even while a case is open."""
    stack.configure(dedicatedip__region="eu-west-1", dedicatedip__refreshBeforeUpdate="false")
    stack.resources(eu=lease(2))
    stack.up()
    asked_before = len(stack.emulator.log)

    stack.preview()

    assert asked_before == len(stack.emulator.log)


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
