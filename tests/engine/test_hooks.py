"""Pulumi's resource hooks around a lease, and what is left of `protect` when a person insists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine

REGION = "eu-west-1"


def hook(ignore_errors: str) -> list[str]:
    """Write a program whose hook fails after the case was filed."""
    return [
        "def tell_chat(args): raise Exception('chat is down')",
        f"options = pulumi.ResourceHookOptions(ignore_errors={ignore_errors})",
        'chat = pulumi.ResourceHook("chat", tell_chat, options)',
        lease(options="hooks=pulumi.ResourceHookBinding(after_create=[chat])"),
    ]


def test_a_hook_that_fails_fails_the_deployment_and_files_nothing_twice(stack: Stack) -> None:
    """The lease is in the state all the same: the next `up` has nothing to do for it."""
    stack.program(*hook("False"))

    assert "chat is down" in stack.fails("up", "--yes", "--skip-preview")

    assert "requested" == stack.outputs()["status"]
    stack.program(lease())
    stack.up()
    assert 1 == len(stack.emulator.cases())


def test_a_hook_whose_errors_are_ignored_is_a_warning(stack: Stack) -> None:
    """With `ignore_errors` the deployment goes on."""
    stack.program(*hook("True"))

    assert "chat is down" in stack.up()
    assert 1 == len(stack.emulator.cases())


def test_an_error_hook_lets_pulumi_create_again(stack: Stack) -> None:
    """`on_error` calls `create` once more, after AWS said no for a moment."""
    stack.emulator.fault("error", operation="CreateCase", code="CaseCreationLimitExceeded", status=400)
    stack.program(
        "def again(args): return True",
        'retry = pulumi.ErrorHook("again", again)',
        lease(options="hooks=pulumi.ResourceHookBinding(on_error=[retry])"),
    )

    stack.up()

    assert 2 == len(stack.emulator.calls("CreateCase"))
    assert "requested" == stack.outputs()["status"]
    assert 1 == len(stack.emulator.cases())


def test_protect_is_not_the_last_word(stack: Stack) -> None:
    """`--ignore-protect` relinquishes what a protected lease holds."""
    addresses = stack.grown(lease(options="protect=True"))
    assert "protected" in stack.fails("destroy", "--yes", "--skip-preview")

    stack.destroy("--ignore-protect")

    assert 2 == len(stack.emulator.cases())
    assert all(ip in stack.emulator.cases()[-1].from_customer[0].body for ip in addresses)


def test_the_preview_of_a_destroy_names_no_address(stack: Stack) -> None:
    """Pulumi asks no Python dynamic provider there; the preview of a count of 0 names them."""
    addresses = stack.grown(lease())

    said = stack.pulumi("destroy", "--preview-only")
    stack.program(lease(0))

    assert [] == [ip for ip in addresses if ip in said]
    assert [*addresses] == [ip for ip in addresses if ip in stack.preview()]
