"""What each of Pulumi's resource options does to a lease; those not here are in the stories that they belong to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"
COMPONENT = 'class Mail(pulumi.ComponentResource): ...\nmail = Mail("shop:index:Mail", "mail")'
PLANTED = "planted description of secret mail"


def test_depends_on_keeps_a_case_from_being_filed_too_early(stack: Stack) -> None:
    """What a lease depends on comes first: where that fails, nothing is filed."""
    stack.program(
        "class NotYet(pulumi.dynamic.ResourceProvider):",
        '    def create(self, props): raise Exception("no domain yet")',
        "class Domain(pulumi.dynamic.Resource): ...",
        'domain = Domain(NotYet(), "domain", {})',
        lease(options="depends_on=[domain]"),
    )

    assert "no domain yet" in stack.fails("up", "--yes", "--skip-preview")
    assert () == stack.emulator.cases()


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


def test_deleted_with_forgets_the_lease_and_relinquishes_nothing(stack: Stack) -> None:
    """Pulumi takes the lease for gone with the other resource; AWS leases, and bills, the addresses on."""
    addresses = stack.grown("\n".join((COMPONENT, lease(options="deleted_with=mail"))))

    stack.destroy()

    assert 1 == len(stack.emulator.cases())
    assert addresses == stack.emulator.addresses(REGION)


def test_additional_secret_outputs_are_secret_in_the_state(stack: Stack) -> None:
    """Whoever does not want the addresses in plain text says so; what depends on them is secret too."""
    stack.program(lease(options='additional_secret_outputs=["addresses"]'), 'pulumi.export("ips", eu.addresses)')
    stack.up()
    addresses = stack.emulator.grant(stack.emulator.cases()[0].id)
    stack.refresh()

    said = stack.up()

    assert "[secret]" in said
    assert "ciphertext" in stack.outputs()["addresses"]
    assert list(addresses) == json.loads(stack.pulumi("stack", "output", "ips", "--json", "--show-secrets"))


def test_a_form_that_waits_shows_what_is_in_it_unless_that_is_made_secret(stack: Stack) -> None:
    """A form to file by hand repeats the use case: where a part of that is secret, the form has to be too."""
    stack.pulumi("config", "set", "--secret", "shop:mail", PLANTED)
    stack.program(
        'shop.opt_in = pulumi.Config().require_secret("mail")',
        lease(options='additional_secret_outputs=["form_text"]', more=', filing="console"'),
        'pulumi.export("form", eu.form_text)',
    )

    said = stack.up()

    assert PLANTED not in said + stack.stored()
    assert PLANTED in stack.pulumi("stack", "output", "form", "--show-secrets")
