"""AWS as a lease needs it: Support cases, SES addresses, and who we are. Nothing else knows boto3."""

from dedicated_ip_provider.aws.account import LOOK_AGAIN_AFTER, Account, Accounts
from dedicated_ip_provider.aws.regions import regions
from dedicated_ip_provider.aws.session import Patience, Session

__all__ = ["LOOK_AGAIN_AFTER", "Account", "Accounts", "Patience", "Session", "regions"]
