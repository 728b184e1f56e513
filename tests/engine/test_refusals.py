"""What is refused, in the words that a person reads, before anything is filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine


def test_import_is_refused_with_a_sentence_that_names_adopt(stack: Stack) -> None:
    """Pulumi's Python dynamic providers have no import; `adopt` is the way."""
    stack.program('DedicatedIpLease("eu", count=2, use_case=shop, opts=pulumi.ResourceOptions(import_="some-id"))')

    said = stack.fails("preview")

    assert "DedicatedIpLease 'eu' cannot be imported" in said
    assert "`adopt`" in said
    assert "Traceback" not in said


def test_a_provider_of_the_users_own_is_refused(stack: Stack) -> None:
    """Pulumi would silently ignore it, and the lease would live in another account than meant."""
    stack.program(
        'other = pulumi.ProviderResource("pulumi-python", "other")',
        'DedicatedIpLease("eu", count=2, use_case=shop, opts=pulumi.ResourceOptions(provider=other))',
    )

    said = stack.fails("preview")

    assert "DedicatedIpLease 'eu' cannot use `opts.provider`" in said
    assert "Traceback" not in said


def test_wrong_inputs_are_named_one_by_one(stack: Stack) -> None:
    """Each wrong property has its own plain line, a secret is not repeated, and nothing is filed."""
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    stack.program(
        f'shop.description = "We send with {key}."',
        'shop.website_url = "example.com"',
        'DedicatedIpLease("eu", region="Ireland", count=2.5, use_case=shop, adopt=["192.0.2.300"])',
    )

    said = stack.fails("up", "--yes", "--skip-preview")

    for reason in (
        "`region` must be the code of an AWS Region, such as eu-west-1, not 'Ireland'.",
        "`count` must be a whole number, not 2.5.",
        "`adopt` has something in it that is no IPv4 address: '192.0.2.300'.",
        "DedicatedIpLease resource 'eu' has a problem: `use_case.website_url` must be a web address that begins with",
        "DedicatedIpLease resource 'eu' has a problem: `use_case.description` looks like it has an AWS key",
    ):
        assert 1 == said.partition("Diagnostics:")[2].count(reason), said
    assert "Traceback" not in said
    assert key not in said
    assert () == stack.desk.cases()


def test_a_missing_region_is_asked_for(stack: Stack) -> None:
    """Without a Region in the lease, the stack or the environment, the sentence says where to put one."""
    stack.configure(aws__region="")
    stack.program('DedicatedIpLease("eu", count=2, use_case=shop)')

    assert "`region` is missing: give the lease one, or the stack with `pulumi config set aws:region`" in stack.fails(
        "preview"
    )


def test_another_account_than_allowed_is_refused_before_anything_is_filed(stack: Stack) -> None:
    """`aws:allowedAccountIds` guards the lease as it guards the resources of pulumi-aws."""
    stack.configure(aws__allowedAccountIds=["999988887777"])
    stack.program('DedicatedIpLease("eu", count=2, use_case=shop)')

    said = stack.fails("up", "--yes", "--skip-preview")

    assert (
        "The credentials lead to account 111122223333, which aws:allowedAccountIds of this stack does not allow" in said
    )
    assert () == stack.desk.cases()
    assert () == stack.desk.calls("DescribeCases")
