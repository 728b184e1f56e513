"""What a lease calls at AWS, and what for: the IAM policy is written from this, and `doctor` checks it.

Support has no resource-level permissions, and an unfiltered GetDedicatedIps spans all pools: everything here is
granted on `*` (AWS service authorization reference). `sts:GetCallerIdentity` needs no grant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One IAM action, what it is needed for, and whether it can write to AWS's people."""

    action: str
    purpose: str
    writes: bool = False

    @property
    def operation(self) -> str:
        """The operation as AWS's service model names it."""
        return self.action.partition(":")[2]


PERMISSIONS: Final = (
    Permission(action="support:DescribeServices", purpose="find the codes that classify a case"),
    Permission(action="support:DescribeCases", purpose="find the leases' cases, and see how they stand"),
    Permission(action="support:DescribeCommunications", purpose="read what was said in a long case"),
    Permission(action="support:CreateCase", purpose="ask for addresses, and give some back", writes=True),
    Permission(action="support:AddCommunicationToCase", purpose="change a request, and confirm", writes=True),
    Permission(action="support:ResolveCase", purpose="close a request that is withdrawn", writes=True),
    Permission(action="ses:GetDedicatedIps", purpose="see which addresses are there"),
    Permission(action="ses:GetAccount", purpose="see whether SES sends for the account (`doctor`)"),
)
"""Every action that the package uses, in the order in which a lease first needs them."""

NEEDS_NO_GRANT: Final = "sts:GetCallerIdentity"
"""What is called too, and what every identity may call (STS API reference)."""
