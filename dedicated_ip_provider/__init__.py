"""Lease Amazon's dedicated IP addresses for mail with Pulumi.

Names are loaded when first used: the emulator (`dedicated_ip_provider.emulator`) and the plugin's process load only
what they need, and `DedicatedIpPool` and `DedicatedIpNotifications` need `pulumi-aws`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedicated_ip_provider.arguments import (
        DedicatedIpLeaseArgsDict,
        FleetRegion,
        FleetRegionDict,
        UseCase,
        UseCaseDict,
    )
    from dedicated_ip_provider.fleet import DedicatedIpFleet
    from dedicated_ip_provider.notifications import DedicatedIpNotifications as DedicatedIpNotifications
    from dedicated_ip_provider.pool import DedicatedIpPool as DedicatedIpPool  # public, see below
    from dedicated_ip_provider.resource import DedicatedIpLease

# `DedicatedIpPool` and `DedicatedIpNotifications` are public too; they are not listed here, so that `import *` and
# `help` work without `pulumi-aws`.
__all__ = [
    "DedicatedIpFleet",
    "DedicatedIpLease",
    "DedicatedIpLeaseArgsDict",
    "FleetRegion",
    "FleetRegionDict",
    "UseCase",
    "UseCaseDict",
]

_MODULES = {
    "DedicatedIpFleet": "fleet",
    "DedicatedIpLease": "resource",
    "DedicatedIpNotifications": "notifications",
    "DedicatedIpPool": "pool",
}


if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Load a public name."""
        if name not in __all__ and name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'arguments')}"), name)
        except ModuleNotFoundError as missing:
            if missing.name != "pulumi_aws":
                raise
            raise ModuleNotFoundError(
                f"{name} needs pulumi-aws, which is not installed: pip install 'dedicated-ip-provider[aws]'",
                name=missing.name,
            ) from None


def __dir__() -> list[str]:
    return __all__
