"""AWS as a lease needs it: Support cases, SES addresses, the Region's record and the caller's identity.

Nothing else loads AWS's SDK.
"""

from dedicated_ip_provider.aws.account import Account, Accounts
from dedicated_ip_provider.aws.session import RetryPolicy, Session

__all__ = ["Account", "Accounts", "RetryPolicy", "Session"]
