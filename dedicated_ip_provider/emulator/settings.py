"""The emulator's settings: everything that differs between accounts, or that AWS does not document."""

from __future__ import annotations

from dataclasses import dataclass

from dedicated_ip_provider.emulator.values import BadCommand, checked_region


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of a service's cases."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that cases can be filed under."""

    code: str
    name: str
    categories: tuple[Category, ...]


def _service(code: str, name: str, **categories: str) -> Service:
    named = tuple(Category(code=code.replace("_", "-"), name=name) for code, name in categories.items())
    return Service(code=code, name=name, categories=named)


CATALOGUE: tuple[Service, ...] = (
    _service("general-info", "General Info and Getting Started", using_aws="Using AWS & Services", other="Other"),
    _service("billing", "Billing", pricing_plans="Pricing & Plans", other="Other Billing Questions"),
    _service(
        "amazon-pinpoint",
        "Pinpoint",
        general_guidance="General Guidance",
        limit_increase="Limit Increase",
        campaign_management="Campaign Management",
    ),
    _service(
        "amazon-simple-email-service",
        "Simple Email Service (SES)",
        general_guidance="General Guidance",
        production_access="Production Access",
        delivery_failure="Delivery Failure",
        other="Other",
    ),
    _service(
        "service-limit-increase",
        "Service Limit Increase",
        amis="AMIs",
        instance_limit="EC2 Instances",
        pinpoint_limits="Pinpoint",
        service_code_pinpoint_email="Pinpoint Email",
        service_code_pinpoint_sms="Pinpoint SMS",
        ses_dedicated_ip="SES Dedicated IP",
        ses_production_access="SES Production Access",
        ses_sending_quota="SES Sending Limits",
        service_code_sns_text_messaging="SNS Text Messaging",
    ),
)
"""What DescribeServices lists: a small part of a real account's list (141 services in 2019), in AWS's words.

It has near misses on purpose, so that matching on part of a name finds the wrong one.
"""

LANGUAGES = ("zh", "en", "ja", "es", "pt", "fr", "ko", "tr")
"""What `language` can be, in the order in which AWS's model names them (2026)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The emulator's settings; seconds and days are those of its clock."""

    pace: float | None = None
    """Seconds from a customer's message to the staff's answer; None: the staff waits for commands."""
    confirm_relinquish: bool = True
    """Whether the staff asks "please confirm" before it removes addresses."""
    auto_resolve_days: float | None = 5.0
    """Days without a reply after which AWS closes a case that waits for the customer; None: never."""
    reopen_on_reply: bool = True
    """Whether a reply reopens a recently resolved case (AWS documents this only for its console)."""
    support_plan: bool = True
    """Whether the accounts have a support plan that includes the Support API."""
    hourly_case_limit: int | None = 10
    """New cases an hour per account; None: no limit."""
    rate_limits: bool = False
    """Whether AWS's rate limits apply: 5 Support calls a second per account; 1 SES call a second, and 40 calls to
    GetParameter and PutParameter together a second, per account and Region."""
    listing_delay: float = 0.0
    """Seconds until DescribeCases finds a new case, even by its id."""
    unasked_language: str | None = None
    """The language of the cases that DescribeCases lists if none is given; None: all, as AWS does since 2025.

    Until May 2025 AWS listed only English ones (boto3, issue 4520); neither is documented.
    """
    shuffled_lists: bool = False
    """Whether lists are unordered."""
    repeated_items: bool = False
    """Whether each further page of a list begins with the last item of the previous page."""
    token_life: float | None = None
    """Seconds for which a page's `nextToken` is valid; None: forever, 0: never."""
    extra_fields: bool = False
    """Whether answers have fields that are in no service model, as AWS may add some at any time."""
    auto_warmup: bool = True
    """Whether new addresses warm up for 45 days; otherwise they arrive as DONE."""
    production_access: bool = True
    """Whether the accounts are out of SES's sandbox."""
    sending_enabled: bool = True
    """Whether the accounts' sending is turned on."""
    enforcement: str = "HEALTHY"
    """SES's enforcement status of the accounts: HEALTHY, PROBATION or SHUTDOWN."""
    dedicated_ip_quota: bool = False
    """Whether Service Quotas lists a quota for dedicated IPs, which AWS did not have in 2026."""
    disabled_regions: tuple[str, ...] = ()
    """Regions that the accounts have not enabled: SES, Systems Manager, Service Quotas and STS refuse all credentials
    there."""
    services: tuple[Service, ...] = CATALOGUE
    """What DescribeServices lists, and what cases may be filed under."""

    def __post_init__(self) -> None:
        """Refuse negative numbers, durations beyond the calendar, and malformed Regions."""
        for name, most in _MOST.items():
            value = getattr(self, name)
            if value is not None and not 0 <= value <= most:
                raise BadCommand(f"Settings.{name} must be a number from 0 to {most}")
        for region in self.disabled_regions:
            checked_region(region)


_MOST = {
    "pace": 100_000_000,
    "auto_resolve_days": 3_650,
    "hourly_case_limit": 1_000_000,
    "listing_delay": 100_000_000,
    "token_life": 100_000_000,
}
