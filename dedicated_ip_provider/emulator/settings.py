"""How the emulator behaves: whatever differs between accounts, or is not documented at AWS, is a setting."""

from __future__ import annotations

from dataclasses import dataclass

from dedicated_ip_provider.emulator.errors import BadCommand, checked_region


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A subject that a service's cases can have."""

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

There are near misses among them on purpose: who picks by a part of a name picks wrongly.
"""

LANGUAGES = ("zh", "en", "ja", "es", "pt", "fr", "ko", "tr")
"""What `language` can be, in the order in which AWS's model names them (2026)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The emulator's settings; all seconds and days are of the emulator's clock."""

    pace: float | None = None
    """Seconds from a customer's message to the staff's answer; None: the staff waits for a command."""
    confirm_relinquish: bool = True
    """Whether the staff asks "please confirm" before it removes addresses."""
    auto_resolve_days: float | None = 5.0
    """Days of the customer's silence after which AWS closes a case that waits for the customer; None: never."""
    reopen_on_reply: bool = True
    """Whether a reply to a case that was resolved lately opens it again (AWS documents it for its console only)."""
    support_plan: bool = True
    """Whether the accounts have a support plan that includes the Support API."""
    hourly_case_limit: int | None = 10
    """New cases in an hour and account; None: as many as you like."""
    rate_limits: bool = False
    """Whether AWS's limits hold: 5 Support calls a second and account; 1 SES call, and 40 calls of GetParameter and
    PutParameter together, a second, account and Region."""
    listing_delay: float = 0.0
    """Seconds for which DescribeCases does not know a new case, not even by its id."""
    unasked_language: str | None = None
    """The language whose cases DescribeCases lists when it is asked for none; None: all, as AWS does since 2025.

    Until May 2025 AWS listed English ones only (boto3, issue 4520); neither is documented.
    """
    shuffled_lists: bool = False
    """Whether lists come in no order."""
    repeated_items: bool = False
    """Whether each further page of a list begins with the last item of the page before it."""
    token_life: float | None = None
    """Seconds for which a page's `nextToken` is good; None: for ever, 0: it has always expired already."""
    extra_fields: bool = False
    """Whether answers carry fields that no service model knows (as AWS may add some any day)."""
    auto_warmup: bool = True
    """Whether new addresses warm up for 45 days; else they arrive DONE."""
    production_access: bool = True
    """Whether the accounts are out of SES's sandbox."""
    sending_enabled: bool = True
    """Whether the accounts' sending is turned on."""
    enforcement: str = "HEALTHY"
    """What SES says of how the accounts send: HEALTHY, PROBATION or SHUTDOWN."""
    dedicated_ip_quota: bool = False
    """Whether Service Quotas lists a quota for dedicated IPs, which AWS does not have in 2026."""
    disabled_regions: tuple[str, ...] = ()
    """Regions that the accounts have not enabled: SES, Systems Manager, Service Quotas and STS refuse all credentials
    there."""
    services: tuple[Service, ...] = CATALOGUE
    """What DescribeServices lists, and so what a case may be filed under."""

    def __post_init__(self) -> None:
        """Refuse numbers below zero, times so long that the calendar has no date for them, and misspelt Regions."""
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
