"""The codes that classify a case, found by name in AWS's list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.errors import NOTHING_FILED, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dedicated_ip_provider.config import Codes

_Pair = tuple[str, str, str]
_CHOOSE: Final = "Choose with `pulumi config set dedicatedip:serviceCode` and `dedicatedip:categoryCode`."


def pick_codes(services: Sequence[Mapping[str, Any]], wanted: Codes) -> Mapping[str, str]:
    """Return the codes of a case about dedicated IPs: those in `wanted`, and for the rest those found by name.

    AWS says to use only codes that DescribeServices returned. Raises `Refused` if no category matches.
    """
    if wanted.service and wanted.category:
        service, category = wanted.service, wanted.category
    else:
        pairs = [pair for pair in _pairs(services) if wanted.service in (None, pair[0])]
        if wanted.service and not pairs:
            raise _not_listed("serviceCode", wanted.service, _pairs(services))
        if wanted.category:
            found = [pair for pair in pairs if pair[1] == wanted.category]
            if not found:
                raise _not_listed("categoryCode", wanted.category, pairs)
            if len(found) > 1:
                raise _ambiguous(wanted.category, found)
        else:
            found = [_by_name(pairs)]
        service, category, _ = found[0]
    return {
        "serviceCode": service,
        "categoryCode": category,
        "issueType": wanted.issue_type,
        "severityCode": wanted.severity,
    }


def _pairs(services: Sequence[Mapping[str, Any]]) -> list[_Pair]:
    """Return each service's and category's code, and the category's name; all are optional in AWS's model."""
    return [
        (service["code"], category["code"], category.get("name") or "")
        for service in services
        for category in service.get("categories") or ()
        if service.get("code") and category.get("code")
    ]


def _by_name(pairs: Sequence[_Pair]) -> _Pair:
    for name in ("ses dedicated ip", "pinpoint email"):
        for pair in pairs:
            if pair[2].strip().lower() == name:
                return pair
    for pair in pairs:
        called = pair[2].lower()
        if "limit-increase" in pair[0] and ("ses" in called.split() or "simple email service" in called):
            return pair
    raise Refused(
        "AWS lists no support category for dedicated IP addresses under a known name; it lists "
        f"{_named(pairs) or 'nothing about mail or limits'}.",
        f"{NOTHING_FILED} {_CHOOSE}",
    )


def _not_listed(option: str, code: str, pairs: Sequence[_Pair]) -> Refused:
    return Refused(
        f"`dedicatedip:{option}` is {code}, which AWS does not list.",
        f"{NOTHING_FILED} Correct it: AWS lists {_named(pairs) or 'nothing about mail or limits'}.",
    )


def _ambiguous(code: str, pairs: Sequence[_Pair]) -> Refused:
    return Refused(
        f"`dedicatedip:categoryCode` is {code}, which several services have: "
        f"{', '.join(service for service, _, _ in pairs)}.",
        f"{NOTHING_FILED} Choose one with `pulumi config set dedicatedip:serviceCode`.",
    )


def _named(pairs: Sequence[_Pair]) -> str:
    return ", ".join(
        f"{service}/{category} ({called})"
        for service, category, called in pairs
        if any(word in f"{service} {called}".lower() for word in ("mail", "ses", "limit-increase"))
    )
