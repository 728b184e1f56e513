"""What each of Pulumi's resource options does to a lease; those not here are in the stories that they belong to."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.filed import asked

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
COMPONENT = 'class Mail(pulumi.ComponentResource): ...\nmail = Mail("shop:index:Mail", "mail")'
PLANTED = "planted description of secret mail"


def test_hooks_retry_warn_or_fail_and_nothing_is_filed_twice(stack: Stack) -> None:
    """`on_error` creates again after AWS said no; a hook whose errors are ignored is a warning, any other one a failure.

    A lease whose hook failed is in the state all the same; for what depends on it, nothing is filed too early.
    """
    stack.emulator.fault("error", operation="CreateCase", code="CaseCreationLimitExceeded", status=400)
    us, de, eu, se = (
        f'{name} = DedicatedIpLease("{name}", region="{region}", count=2, use_case=shop, opts=opts({options}))'
        for name, region, options in (
            ("us", "us-east-1", "on_error=[retry]"),
            ("de", "eu-central-1", "[us], after_create=[ignored]"),
            ("eu", REGION, "[de], after_create=[chat]"),
            ("se", "eu-north-1", "[eu]"),
        )
    )
    stack.program(
        "def tell_chat(args): raise Exception('chat is down')",
        "def again(args): return True",
        "def opts(after=(), **hooks):",
        "    return pulumi.ResourceOptions(depends_on=list(after), hooks=pulumi.ResourceHookBinding(**hooks))",
        'retry = pulumi.ErrorHook("again", again)',
        'ignored = pulumi.ResourceHook("ignored", tell_chat, pulumi.ResourceHookOptions(ignore_errors=True))',
        'chat = pulumi.ResourceHook("chat", tell_chat, pulumi.ResourceHookOptions(ignore_errors=False))',
        *(us, de, eu, se),
    )

    said = stack.fails("up", "--yes", "--skip-preview")

    assert ("warning: " in said, "error: " in said, said.count("chat is down") > 1) == (True, True, True), said
    assert ["requested"] * 3 == [stack.outputs(name)["status"] for name in ("us", "de", "eu")]
    assert [("us-east-1", 2), ("eu-central-1", 2), (REGION, 2)] == asked(stack.emulator)
    assert 4 == len(stack.emulator.calls("CreateCase"))
    stack.program(*(line.partition(", opts=")[0] + ")" for line in (us, de, eu, se)))
    stack.up()
    assert [("eu-north-1", 2)] == asked(stack.emulator)[3:]


def test_ignore_changes_leaves_the_count_to_somebody_else(stack: Stack) -> None:
    """A count that is ignored files nothing, neither when the program changes it nor when an address vanished."""
    gone, *_ = stack.grown(lease())
    stack.program(lease(5, options='ignore_changes=["count"]'))
    assert stack.preview_is_empty()

    stack.emulator.take_away(REGION, gone)
    stack.refresh()

    assert 1 == stack.outputs()["count"]
    assert stack.preview_is_empty()
    stack.up()
    assert 1 == len(stack.emulator.cases())


def test_transforms_change_what_the_program_declares_and_custom_timeouts_nothing(stack: Stack) -> None:
    """A rule for the whole stack reaches every lease; how long it may take, Pulumi does not tell a dynamic provider."""
    stack.emulator.fault("slow", operation="CreateCase", seconds=1.5)
    stack.program(
        "def ours(args):",
        '    if args.type_.endswith(":DedicatedIpLease"):',
        '        args.props["cc_email_addresses"] = ["ops@example.com"]',
        "        args.opts.protect = True",
        "    return pulumi.ResourceTransformResult(args.props, args.opts)",
        "pulumi.runtime.register_resource_transform(ours)",
        lease(options='custom_timeouts=pulumi.CustomTimeouts(create="1s")'),
    )

    stack.up()

    assert (["ops@example.com"], True) == (stack.outputs()["cc_email_addresses"], stack.resource()["protect"])
    assert [["ops@example.com"]] == [call.parameters["ccEmailAddresses"] for call in stack.emulator.calls("CreateCase")]


def test_protect_deleted_with_and_retain_on_delete_relinquish_nothing(stack: Stack) -> None:
    """AWS leases, and bills, the addresses on; `--ignore-protect` relinquishes what a protected lease holds."""
    addresses = stack.grown(lease(options="protect=True"))
    assert "protected" in stack.fails("destroy", "--yes", "--skip-preview")
    state = json.dumps(stack.export())

    for options in ("retain_on_delete=True", "deleted_with=mail"):
        stack.program(COMPONENT, lease(options=options))
        stack.up()
        stack.destroy()
        assert "resources" not in stack.export()["deployment"]
        assert ([(REGION, 2)], addresses) == (asked(stack.emulator), stack.emulator.addresses(REGION))
        (stack.folder / "state.json").write_text(state)
        stack.pulumi("stack", "import", "--file", "state.json")

    stack.destroy("--ignore-protect")
    assert [(REGION, 2), (REGION, list(addresses))] == asked(stack.emulator)


def test_secret_outputs_and_a_form_of_a_secret_use_case_are_secret_in_the_state(stack: Stack) -> None:
    """A form to file by hand repeats the use case: where that is secret, the form is made so with an option.

    `dedicated-ip form` reads an exported state: a number there is no number of Python's, and a secret no text.
    """
    stack.pulumi("config", "set", "--secret", "shop:mail", PLANTED)
    hidden = 'additional_secret_outputs=["form_text", "addresses"]'
    stack.program(
        'shop.opt_in = pulumi.Config().require_secret("mail")',
        lease(options=hidden, more=', filing="console", max_send_rate=20'),
        'pulumi.export("ips", eu.addresses)',
    )

    said = stack.up()

    assert PLANTED not in said + stack.stored()
    state = stack.pulumi("stack", "export", "--show-secrets")
    form = subprocess.run(
        ["dedicated-ip", "form", "eu", "--from-state", "-"],
        input=state,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert PLANTED in form
    assert "New limit value: 2\n" in form

    addresses = stack.emulator.lease(REGION, 2)
    stack.refresh()
    said = stack.up()
    assert ("[secret]" in said, "ciphertext" in stack.outputs()["addresses"]) == (True, True)
    assert list(addresses) == json.loads(stack.pulumi("stack", "output", "ips", "--json", "--show-secrets"))
