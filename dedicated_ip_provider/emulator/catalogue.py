"""What cases can be about, and in which languages: the services and categories that DescribeServices lists.

A small part of a real account's list (141 services in 2019); names are AWS's. There are near misses among them
on purpose: who picks by a part of a name picks wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass


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

LANGUAGES = ("zh", "en", "ja", "es", "pt", "fr", "ko", "tr")
"""What `language` can be, in the order in which AWS's model names them (2026)."""
