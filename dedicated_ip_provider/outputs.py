"""The outputs of a lease besides its inputs: one table of names, types and meanings.

The names are formats: every stack's state uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dedicated_ip_provider.inputs import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of a lease: its name and type, and what it means."""

    name: str
    type: Type = "string"
    meaning: str


OUTPUTS: Final = (
    Output(
        name="status",
        meaning=(
            "`requested`, `active`, `short`, `over`, `relinquishing`, `action_required`, `to_file`, `unconfirmed` or "
            "`superseded`."
        ),
    ),
    Output(name="message", meaning="Where the lease stands, in a sentence for a person."),
    Output(
        name="addresses",
        type="strings",
        meaning="The addresses that the lease holds now, without those that are being relinquished.",
    ),
    Output(
        name="pool_addresses", type="addresses by pool", meaning="The held addresses of each of the lease's `pools`."
    ),
    Output(name="warming", type="strings", meaning="The held addresses whose warm-up is not done."),
    Output(
        name="relinquishing", type="strings", meaning="The addresses that are being relinquished and are still here."
    ),
    Output(
        name="leased_count",
        type="integer",
        meaning="How many addresses AWS leases to this lease now, those being relinquished included.",
    ),
    Output(name="requested_count", type="integer", meaning="How many addresses were requested and are not here yet."),
    Output(
        name="shortfall",
        type="integer",
        meaning="How many addresses are wanted, but neither here nor requested: AWS refused, or granted fewer.",
    ),
    Output(
        name="monthly_cost_usd",
        type="number",
        meaning="What the leased addresses cost now, in USD per month, at AWS's price or the configured one.",
    ),
    Output(name="case_id", meaning="AWS's long id of the case that `status` refers to; empty without one."),
    Output(
        name="case_display_id",
        meaning="The number of that case as the Support Center shows it; empty until AWS lists the case.",
    ),
    Output(name="case_url", meaning="The page of that case in the Support Center; empty until AWS lists the case."),
    Output(name="case_status", meaning="AWS's own status of that case, such as `opened` or `pending-customer-action`."),
    Output(
        name="form_text",
        meaning=('With `filing="console"`: the filled-in form, or the message, for a person to file; otherwise empty.'),
    ),
    Output(name="account_id", meaning="The AWS account that holds the lease."),
    Output(
        name="record_version",
        meaning="The version of the Region's record that was last read, such as `eu-west-1/7-k3f9`.",
    ),
    Output(name="memory", type="private", meaning="What the provider keeps for its next run."),
)
"""Every output besides the inputs, which are outputs too."""

OUTPUT_NAMES: Final = tuple(one.name for one in OUTPUTS)
PUBLIC: Final = tuple(one for one in OUTPUTS if one.type != "private")
PUBLIC_NAMES: Final = tuple(one.name for one in PUBLIC)
FOUND_NAMES: Final = ("holder", "region", "count", "attempt", *PUBLIC_NAMES)
"""What the record and AWS say of a lease that another stack declared."""
