"""Lease Amazon's dedicated IP addresses for mail with Pulumi.

Names are loaded when first used: the desk (`dedicated_ip_provider.emulator`) and the plugin's process need no
more of the package than they use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedicated_ip_provider.resource import DedicatedIpLease, UseCase, UseCaseDict

__all__ = ["DedicatedIpLease", "UseCase", "UseCaseDict"]


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dedicated_ip_provider import resource  # noqa: PLC0415 - loaded when first used, see above

    return getattr(resource, name)


def __dir__() -> list[str]:
    return __all__
