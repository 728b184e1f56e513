"""The names that stand in every stack's state. They are a format: none of them ever changes.

Whoever has to change a line here strands the leases of people who upgrade.
"""

from __future__ import annotations

import base64
import pickle

from pulumi.dynamic.dynamic import serialize_provider

from dedicated_ip_provider import DedicatedIpLease
from dedicated_ip_provider.inputs import NAMES
from dedicated_ip_provider.outputs import OUTPUT_NAMES
from dedicated_ip_provider.provider import LeaseProvider
from dedicated_ip_provider.state import DYNAMIC_TYPE, STORED_PROVIDER

STORED = "gASVNwAAAAAAAACMHmRlZGljYXRlZF9pcF9wcm92aWRlci5wcm92aWRlcpSMDUxlYXNlUHJvdmlkZXKUk5QpgZQu"
"""What Pulumi stores as `__provider`: a module and a class by their names, and nothing else."""


def test_the_provider_is_stored_as_these_bytes() -> None:
    """Every version stores the same bytes, so that an upgrade alone changes nothing in a stack."""
    assert STORED == serialize_provider(LeaseProvider())


def test_the_command_line_knows_these_bytes_without_pulumi() -> None:
    """`dedicated-ip import-file` writes them as Pulumi would."""
    assert STORED == STORED_PROVIDER


def test_the_stored_bytes_lead_to_the_provider() -> None:
    """Refresh and destroy find the provider in a state of any earlier version."""
    assert LeaseProvider is type(pickle.loads(base64.b64decode(STORED)))  # noqa: S301 - our own bytes


def test_the_provider_is_not_stored_as_a_secret() -> None:
    """It carries nothing, and every secret in a state is slow to read."""
    assert LeaseProvider.serialize_as_secret_always is False


def test_the_type_has_this_token() -> None:
    """A stack finds its leases by their type."""
    stored = f"pulumi-python:{DedicatedIpLease._resource_type_name}"
    assert ["pulumi-python:dynamic/dedicatedip:DedicatedIpLease"] * 2 == [stored, DYNAMIC_TYPE]


def test_the_inputs_have_these_names() -> None:
    """Inputs stand in the state, and a program compares itself with them."""
    assert (
        "holder",
        "region",
        "count",
        "pools",
        "use_case",
        "attempt",
        "adopt",
        "relinquish_first",
        "take_over_from",
        "max_send_rate",
        "contact_language",
        "cc_email_addresses",
        "confirm_relinquish",
        "form",
        "filing",
        "profile",
        "role_arn",
    ) == NAMES


def test_the_outputs_have_these_names() -> None:
    """Outputs stand in the state, other stacks read them, and `memory` is read back at the next look."""
    assert (
        "status",
        "message",
        "addresses",
        "pool_addresses",
        "warming",
        "relinquishing",
        "leased_count",
        "requested_count",
        "shortfall",
        "monthly_cost_usd",
        "case_id",
        "case_display_id",
        "case_url",
        "case_status",
        "form_text",
        "account_id",
        "record_version",
        "memory",
    ) == OUTPUT_NAMES
