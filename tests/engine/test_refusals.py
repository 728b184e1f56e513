"""What is refused, in the words that a person reads, before anything is filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.stack import lease

if TYPE_CHECKING:
    from engine.stack import Stack

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ('import_="111122223333/eu-west-1"', "DedicatedIpLease 'eu' cannot use `opts.import_`"),
        ("provider=other", "DedicatedIpLease 'eu' cannot use `opts.provider`"),
    ],
    ids=["import", "provider"],
)
def test_what_pulumi_would_ignore_is_refused(stack: Stack, options: str, sentence: str) -> None:
    """A dynamic provider has no import, and an explicit one would leave the lease in another account than meant."""
    stack.program('other = pulumi.ProviderResource("pulumi-python", "other")', lease(options=options))

    said = stack.fails("preview")

    assert sentence in said
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
        "`adopt` must contain IPv4 addresses only, not '192.0.2.300'.",
        "DedicatedIpLease resource 'eu' has a problem: `use_case.website_url` must be a web address that begins with",
        "DedicatedIpLease resource 'eu' has a problem: `use_case.description` seems to contain an AWS key",
    ):
        assert 1 == said.partition("Diagnostics:")[2].count(reason), said
    assert "Traceback" not in said
    assert key not in said
    assert () == stack.emulator.cases()


def test_another_account_than_allowed_is_refused_before_anything_is_asked(stack: Stack) -> None:
    """`aws:allowedAccountIds` guards the lease as it guards the resources of pulumi-aws."""
    stack.configure(aws__allowedAccountIds=["999988887777"])
    stack.program(lease())

    said = stack.fails("up", "--yes", "--skip-preview")

    assert (
        "The credentials lead to account 111122223333, which aws:allowedAccountIds of this stack does not allow" in said
    )
    assert {"GetCallerIdentity"} == {call.operation for call in stack.emulator.log}


def test_without_permission_for_the_record_nothing_is_filed_and_a_refresh_still_shows_what_is_here(
    stack: Stack,
) -> None:
    """The permission is named; what SES shows is worth having all the same."""
    stack.program(lease(2))
    stack.emulator.fault("access-denied", operation="PutParameter")
    assert "Nothing was filed. Allow ssm:PutParameter to this role or user." in stack.fails("up", "--yes")
    assert () == stack.emulator.cases()

    stack.up()
    stack.emulator.fault("access-denied", service="ssm", times=None)
    granted = stack.emulator.grant(stack.emulator.cases()[0].id)
    stack.refresh()
    assert ("active", list(granted)) == stack.shown("status", "addresses")
    assert "The Region's record could not be read: AWS refused ssm:GetParameter" in stack.outputs()["message"]

    stack.program(lease(1))
    assert "Nothing was filed. Allow ssm:GetParameter to this role or user." in stack.fails("up", "--yes")
    assert 1 == len(stack.emulator.cases())
