"""The codes that classify a case, found by name in AWS's list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dedicated_ip_provider.config import Codes


def pick_codes(services: Sequence[Mapping[str, Any]], wanted: Codes) -> Mapping[str, str]:
    """Return the codes of a case about dedicated IPs: those in `wanted`, and for the rest those found by name.

    AWS says to use only codes that DescribeServices returned. Raises `Refused` if no category matches.
    """
    if wanted.service and wanted.category:
        service, category = wanted.service, wanted.category
    else:
        limits = [service for service in services if wanted.service in (None, service.get("code"))]
        found = _category(limits, wanted)
        if found is None:
            raise _no_category(limits)
        service, category = found
    return {
        "serviceCode": service,
        "categoryCode": category,
        "issueType": wanted.issue_type,
        "severityCode": wanted.severity,
    }


def _pairs(services: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield each service's and category's code, and the category's name; all are optional in AWS's model."""
    for service in services:
        for category in service.get("categories") or ():
            if service.get("code") and category.get("code"):
                yield service["code"], category["code"], category.get("name") or ""


def _category(services: Sequence[Mapping[str, Any]], wanted: Codes) -> tuple[str, str] | None:
    pairs = [*_pairs(services)]
    increase = [pair for pair in pairs if "limit-increase" in pair[0]]
    for service, category, _ in pairs:
        if wanted.category == category:
            return service, category
    if wanted.category:
        return None
    for name in ("ses dedicated ip", "pinpoint email"):
        for service, category, called in pairs:
            if called.strip().lower() == name:
                return service, category
    for service, category, called in increase:
        if "ses" in called.lower().split() or "simple email service" in called.lower():
            return service, category
    return None


def _no_category(services: Sequence[Mapping[str, Any]]) -> Refused:
    names = [
        f"{service}/{category} ({called})"
        for service, category, called in _pairs(services)
        if any(word in f"{service} {called}".lower() for word in ("mail", "ses", "limit-increase"))
    ]
    return Refused(
        "AWS lists no support category for dedicated IP addresses under a known name; it lists "
        f"{', '.join(names) or 'nothing about mail or limits'}.",
        "Nothing was filed. Choose with `pulumi config set dedicatedip:serviceCode` and `dedicatedip:categoryCode`.",
    )
