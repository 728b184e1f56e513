"""Service Quotas' list of SES quotas; none can be changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.services import Paging
from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.wire.protocol import Call, Values
    from dedicated_ip_provider.emulator.world import World

_PAGES = Paging(size=100, error="InvalidPaginationTokenException")
_QUOTAS = (("L-804C8AE8", "Sending quota", 200.0), ("L-CDEF9B6B", "Sending rate", 1.0))
_DEDICATED = ("L-00000000", "Dedicated IPs", 0.0)


def list_service_quotas(world: World, call: Call, given: Values) -> Values:
    """ListServiceQuotas: list a service's quotas; here only SES has any, by default none for dedicated IPs."""
    service = given["ServiceCode"]
    if service != "ses":
        raise ApiError("NoSuchResourceException", f"The request failed because {service} is not a known service.")
    quotas = (*_QUOTAS, *((_DEDICATED,) if world.settings.dedicated_ip_quota else ()))
    keyed = [(code, _written(code, name, value)) for code, name, value in quotas]
    return _PAGES.answer("Quotas", keyed, world, call.place, given)


def _written(code: str, name: str, value: float) -> Values:
    return {
        "ServiceCode": "ses",
        "ServiceName": "Amazon Simple Email Service (Amazon SES)",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Adjustable": True,
        "GlobalQuota": False,
    }
