"""Pages of the AWS Support Center, in the partition of a Region."""

from __future__ import annotations


def case_url(region: str, display_id: str | None) -> str:
    """Return the page of a case; "" before its number is known."""
    return f"{_support_center(region)}/?displayId={display_id}&language=en" if display_id else ""


def new_case_url(region: str) -> str:
    """Return the page where a person opens a case."""
    return f"{_support_center(region)}/create"


def _support_center(region: str) -> str:
    hosts = {"us-gov-": "amazonaws-us-gov.com", "cn-": "amazonaws.cn", "eusc-": "amazonaws-eusc.eu"}
    host = next((host for prefix, host in hosts.items() if region.startswith(prefix)), "aws.amazon.com")
    return f"https://console.{host}/support/home#/case"
