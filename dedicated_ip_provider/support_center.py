"""URLs of the AWS Support Center, in a Region's partition."""

from __future__ import annotations


def case_url(region: str, display_id: str | None) -> str:
    """Return the URL of a case; "" until its number is known."""
    return f"{_support_center(region)}/?displayId={display_id}&language=en" if display_id else ""


def new_case_url(region: str) -> str:
    """Return the URL of the page on which a person opens a case."""
    return f"{_support_center(region)}/create"


def _support_center(region: str) -> str:
    hosts = {"us-gov-": "amazonaws-us-gov.com", "cn-": "amazonaws.cn", "eusc-": "amazonaws-eusc.eu"}
    host = next((host for prefix, host in hosts.items() if region.startswith(prefix)), "aws.amazon.com")
    return f"https://console.{host}/support/home#/case"
