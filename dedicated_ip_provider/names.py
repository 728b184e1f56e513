"""The names of a lease's properties, and their defaults. They are formats: every stack's state has them."""

from __future__ import annotations

from typing import Final

INPUTS: Final = (
    "lease_key",
    "region",
    "count",
    "use_case",
    "attempt",
    "adopt",
    "release_first",
    "max_send_rate",
    "contact_language",
    "cc_email_addresses",
    "confirm_relinquish",
    "form",
    "filing",
    "profile",
    "role_arn",
)
"""The inputs of a lease, as they stand in every stack's state."""

DEFAULTS: Final = {
    "attempt": 1,
    "contact_language": "en",
    "confirm_relinquish": False,
    "form": "ses",
    "filing": "support-api",
}
"""What an input that is not given stands for; a list that is not given is empty."""

OUTPUTS: Final = (
    "status",
    "message",
    "addresses",
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
    "memory",
)
"""The outputs beside the echoed inputs; `memory` is what the provider keeps for its own next look."""
