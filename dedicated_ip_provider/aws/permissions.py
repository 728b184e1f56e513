"""The AWS operations that a lease calls, and why: the IAM policy is made from this table, and `doctor` checks it.

Support has no resource-level permissions, and an unfiltered GetDedicatedIps spans all pools, so these are granted on
`*` (AWS service authorization reference); those of Systems Manager, on the one parameter. `sts:GetCallerIdentity` needs
no grant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One IAM action, its purpose, and whether it writes: to AWS's staff, or the record."""

    action: str
    purpose: str
    writes: bool = False

    @property
    def operation(self) -> str:
        """Return the operation as AWS's service model names it."""
        return self.action.partition(":")[2]


PERMISSIONS: Final = (
    Permission(action="ssm:GetParameter", purpose="read who holds the lease of a Region"),
    Permission(action="ssm:PutParameter", purpose="write that before a case is filed", writes=True),
    Permission(action="ssm:GetParameterHistory", purpose="read the record after a lost answer"),
    Permission(action="support:DescribeServices", purpose="find the codes that classify a case"),
    Permission(action="support:DescribeCases", purpose="find the cases of leases, and their status"),
    Permission(action="support:DescribeCommunications", purpose="read the messages of a long case"),
    Permission(action="support:CreateCase", purpose="request addresses, and relinquish some", writes=True),
    Permission(action="support:AddCommunicationToCase", purpose="amend a request, and confirm", writes=True),
    Permission(action="support:ResolveCase", purpose="close a request that is withdrawn", writes=True),
    Permission(action="ses:GetDedicatedIps", purpose="see which addresses are there"),
    Permission(action="ses:GetAccount", purpose="find obstacles to a request before it is filed"),
    Permission(
        action="servicequotas:ListServiceQuotas", purpose="see whether SES has a quota for addresses (`doctor`)"
    ),
)
"""Every action that the package uses, in the order in which a lease first needs them."""

NEEDS_NO_GRANT: Final = "sts:GetCallerIdentity"
"""Called as well; every identity may call it (STS API reference)."""
