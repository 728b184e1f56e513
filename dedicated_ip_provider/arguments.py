"""The typed arguments of `DedicatedIpLease` and `DedicatedIpFleet`.

Each value may be an output of another resource, or None where it is optional.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import pulumi

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@pulumi.input_type
class UseCase:
    """What AWS's form asks about your mail; AWS's staff base their decision on it."""

    def __init__(  # noqa: PLR0913 - the fields of AWS's form
        self,
        *,
        mail_type: pulumi.Input[str],
        website_url: pulumi.Input[str],
        description: pulumi.Input[str],
        why_dedicated: pulumi.Input[str],
        opt_in: pulumi.Input[str],
        bounce_complaints: pulumi.Input[str],
        complies_with_aup: pulumi.Input[bool],
    ) -> None:
        """Declare the answers to AWS's questions.

        :param mail_type: what you send, such as `TRANSACTIONAL` or `MARKETING`
        :param website_url: the web address that the mail belongs to
        :param description: what is sent to whom, and how much of it
        :param why_dedicated: why shared addresses are not enough
        :param opt_in: how recipients ask for the mail
        :param bounce_complaints: how bounces and complaints are handled
        :param complies_with_aup: that you comply with AWS's Service Terms and Acceptable Use Policy; must be true
        """
        pulumi.set(self, "mail_type", mail_type)
        pulumi.set(self, "website_url", website_url)
        pulumi.set(self, "description", description)
        pulumi.set(self, "why_dedicated", why_dedicated)
        pulumi.set(self, "opt_in", opt_in)
        pulumi.set(self, "bounce_complaints", bounce_complaints)
        pulumi.set(self, "complies_with_aup", complies_with_aup)

    mail_type: pulumi.Input[str]
    website_url: pulumi.Input[str]
    description: pulumi.Input[str]
    why_dedicated: pulumi.Input[str]
    opt_in: pulumi.Input[str]
    bounce_complaints: pulumi.Input[str]
    complies_with_aup: pulumi.Input[bool]


class UseCaseDict(TypedDict):
    """A use case as a plain dictionary; its keys mean what the arguments of `UseCase` mean."""

    mail_type: pulumi.Input[str]
    website_url: pulumi.Input[str]
    description: pulumi.Input[str]
    why_dedicated: pulumi.Input[str]
    opt_in: pulumi.Input[str]
    bounce_complaints: pulumi.Input[str]
    complies_with_aup: pulumi.Input[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRegion:
    """One Region's own arguments in a fleet; each means what it means for a `DedicatedIpLease`."""

    count: pulumi.Input[int]
    pools: pulumi.Input[Mapping[str, pulumi.Input[int]] | None] = None
    use_case: pulumi.Input[UseCase | UseCaseDict | None] = None
    attempt: pulumi.Input[int | None] = None
    adopt: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None
    relinquish_first: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None
    take_over_from: pulumi.Input[str | None] = None
    max_send_rate: pulumi.Input[float | None] = None
    contact_language: pulumi.Input[str | None] = None
    cc_email_addresses: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None
    confirm_relinquish: pulumi.Input[bool | None] = None
    form: pulumi.Input[str | None] = None
    filing: pulumi.Input[str | None] = None
    opts: pulumi.ResourceOptions | None = None
    """Options of this Region's lease, such as `protect`, or `aliases` for a lease that was not in a fleet before."""


class _Wishes(TypedDict, total=False):
    pools: pulumi.Input[Mapping[str, pulumi.Input[int]] | None]
    use_case: pulumi.Input[UseCase | UseCaseDict | None]
    attempt: pulumi.Input[int | None]
    adopt: pulumi.Input[Sequence[pulumi.Input[str]] | None]
    relinquish_first: pulumi.Input[Sequence[pulumi.Input[str]] | None]
    take_over_from: pulumi.Input[str | None]
    max_send_rate: pulumi.Input[float | None]
    contact_language: pulumi.Input[str | None]
    cc_email_addresses: pulumi.Input[Sequence[pulumi.Input[str]] | None]
    confirm_relinquish: pulumi.Input[bool | None]
    form: pulumi.Input[str | None]
    filing: pulumi.Input[str | None]
    opts: pulumi.ResourceOptions | None


class FleetRegionDict(_Wishes):
    """A Region of a fleet as a plain dictionary; its keys mean what the fields of `FleetRegion` mean."""

    count: pulumi.Input[int]


class _LeaseWishes(_Wishes, total=False):
    region: pulumi.Input[str | None]
    profile: pulumi.Input[str | None]
    role_arn: pulumi.Input[str | None]


class DedicatedIpLeaseArgsDict(_LeaseWishes):
    """The arguments of a `DedicatedIpLease` as a plain dictionary: `DedicatedIpLease("eu", **arguments)`."""

    count: pulumi.Input[int]


__all__ = ["DedicatedIpLeaseArgsDict", "FleetRegion", "FleetRegionDict", "UseCase", "UseCaseDict"]
