"""Messages to AWS, as a person writes them into the form."""

from __future__ import annotations


def request(count: int, region: str = "eu-west-1") -> str:
    """Ask for addresses."""
    return f"""Hello,

this account has one dedicated IP address for Amazon SES in {region} (Somewhere). Please add {count}.

Limit increase request 1
Service: Amazon SES
Region: {region} (Somewhere)
Limit: Desired Dedicated IP
New limit value: {count}
------------
Use case description: Order mails. New Region: none.
"""


def relinquish(*ips: str, region: str = "eu-west-1") -> str:
    """Relinquish addresses."""
    return f"""Hello,

Limit increase request 1
Service: Amazon SES
Region: {region}
Limit: Desired Dedicated IP
New limit value: {len(ips)}
Addresses to relinquish: {", ".join(ips)}
------------
"""
