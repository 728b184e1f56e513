"""What a Pulumi program declares: the lease of dedicated IP addresses in one Region."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.dynamic import Resource

from dedicated_ip_provider.names import DEFAULTS, INPUTS, OUTPUTS
from dedicated_ip_provider.provider import LeaseProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.arguments import UseCase, UseCaseDict

_KEYS: WeakKeyDictionary[pulumi.Resource, set[str]] = WeakKeyDictionary()
"""The keys of a program's leases, by its stack: an inline program may run more than once in one process."""


class DedicatedIpLease(Resource, module="dedicatedip", name="DedicatedIpLease"):
    """The lease of standard dedicated IP addresses of Amazon SES in one Region.

    People at AWS decide, days later: creating the lease files a support case and returns at once, and
    `pulumi refresh` brings in what came of it. Every input is an output too.
    """

    status: pulumi.Output[str]
    """`requested`, `to_file`, `action_required`, `active`, `short`, `over` or `relinquishing`."""
    message: pulumi.Output[str]
    """Where the lease stands, in a sentence for a person."""
    addresses: pulumi.Output[list[str]]
    """The addresses that the lease holds now, without those that are being given back."""
    relinquishing: pulumi.Output[list[str]]
    """The addresses that are being given back and are still here."""
    leased_count: pulumi.Output[int]
    """How many addresses AWS leases to this lease now, those being given back included."""
    requested_count: pulumi.Output[int]
    """How many addresses were asked for and are not here yet."""
    shortfall: pulumi.Output[int]
    """How many addresses are wanted, but neither here nor asked for: AWS said no, or gave fewer."""
    monthly_cost_usd: pulumi.Output[float]
    """What the leased addresses cost now, in USD per month."""
    case_id: pulumi.Output[str]
    """AWS's long id of the case that `status` speaks of; empty without one."""
    case_display_id: pulumi.Output[str]
    """The number of that case as the Support Center shows it; empty until AWS lists the case."""
    case_url: pulumi.Output[str]
    """The page of that case in the Support Center; empty until AWS lists the case."""
    case_status: pulumi.Output[str]
    """AWS's own status of that case, such as `opened` or `pending-customer-action`."""
    form_text: pulumi.Output[str]
    """With `filing="console"`: the filled form, or the message, that waits for a person to file it; else empty."""
    account_id: pulumi.Output[str]
    """The AWS account that holds the lease."""
    lease_key: pulumi.Output[str]
    """What the cases carry: `organization/project/stack/name/region`, as it was when the lease was created."""

    count: pulumi.Output[int]
    region: pulumi.Output[str]
    use_case: pulumi.Output[dict[str, Any]]
    attempt: pulumi.Output[int]
    adopt: pulumi.Output[list[str]]
    release_first: pulumi.Output[list[str]]
    max_send_rate: pulumi.Output[float | None]
    contact_language: pulumi.Output[str]
    cc_email_addresses: pulumi.Output[list[str]]
    confirm_relinquish: pulumi.Output[bool]
    form: pulumi.Output[str]
    filing: pulumi.Output[str]
    profile: pulumi.Output[str | None]
    role_arn: pulumi.Output[str | None]

    def __init__(  # noqa: PLR0913 - the inputs of a lease
        self,
        resource_name: str,
        *,
        count: pulumi.Input[int],
        use_case: pulumi.Input[UseCase | UseCaseDict],
        region: pulumi.Input[str | None] = None,
        attempt: pulumi.Input[int | None] = None,
        adopt: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        release_first: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        max_send_rate: pulumi.Input[float | None] = None,
        contact_language: pulumi.Input[str | None] = None,
        cc_email_addresses: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        confirm_relinquish: pulumi.Input[bool | None] = None,
        form: pulumi.Input[str | None] = None,
        filing: pulumi.Input[str | None] = None,
        profile: pulumi.Input[str | None] = None,
        role_arn: pulumi.Input[str | None] = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the lease.

        :param resource_name: the name of the resource in the stack
        :param count: how many addresses the lease holds in all, 0 or more; another count files a case for
            the difference, and a lower one gives addresses back for good
        :param use_case: what AWS asks about your mail; the next case uses it
        :param region: the AWS Region; by default `aws:region` of the stack, then `AWS_REGION`. Another one
            replaces the lease
        :param attempt: raise it (from 1) to ask again after AWS said no or gave fewer
        :param adopt: addresses that the account has already and that this lease takes over; they count
        :param release_first: addresses to give back first when the count falls
        :param max_send_rate: messages per second wanted; told to AWS in the next case
        :param contact_language: in what language AWS shall answer: `en` (default) or `ja`
        :param cc_email_addresses: up to 10 addresses that AWS writes to as well
        :param confirm_relinquish: True: when AWS asks whether addresses shall really go, the next update says
            yes, once. By default the question waits for a person
        :param form: `ses` (default: what AWS asks today) or `pinpoint-email`, the procedure of the Pinpoint guide
        :param filing: `support-api` (default), or `console`: nothing is filed; `form_text` holds the filled form,
            a person files it, and the lease follows what comes of it
        :param profile: the AWS profile of this lease, where it differs from the stack's
        :param role_arn: the role to assume for this lease, where it differs from the stack's
        :param opts: Pulumi's resource options; `provider` and `import_` are refused
        """
        _refuse_what_pulumi_ignores(resource_name, opts)
        where = _where(region)
        given = {
            "lease_key": _lease_key(resource_name, where),
            "region": where,
            "previewing": pulumi.runtime.is_dry_run() or None,
            "count": count,
            "use_case": use_case,
            "attempt": attempt,
            "adopt": adopt,
            "release_first": release_first,
            "max_send_rate": max_send_rate,
            "contact_language": contact_language,
            "cc_email_addresses": cc_email_addresses,
            "confirm_relinquish": confirm_relinquish,
            "form": form,
            "filing": filing,
            "profile": profile,
            "role_arn": role_arn,
        }
        declared = {key: value for key, value in given.items() if value is not None}
        # `check` knows the defaults, too, but what only it adds looks like a change when a refresh runs the program.
        super().__init__(LeaseProvider(), resource_name, {**_unset(), **DEFAULTS, **declared}, opts)

    @staticmethod
    def get(
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - as every Pulumi resource calls it
        opts: pulumi.ResourceOptions | None = None,
        *,
        profile: pulumi.Input[str | None] = None,
        role_arn: pulumi.Input[str | None] = None,
    ) -> DedicatedIpLease:
        """Read a lease that another stack owns. Nothing is filed, and destroying this stack leaves it alone.

        :param resource_name: the name of the resource in this stack
        :param id: the lease's `lease_key`, which is its id too
        :param opts: Pulumi's resource options
        :param profile: the AWS profile to read with, where it differs from the stack's
        :param role_arn: the role to assume for reading, where it differs from the stack's
        """
        _refuse_what_pulumi_ignores(resource_name, opts)
        lease = DedicatedIpLease.__new__(DedicatedIpLease)
        props = {**_unset(), "profile": profile, "role_arn": role_arn}
        options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        Resource.__init__(lease, LeaseProvider(), resource_name, props, options)
        return lease


# Pulumi evaluates them anew for each resource of a program, and would compile their texts each time.
DedicatedIpLease.__annotations__ = inspect.get_annotations(DedicatedIpLease, eval_str=True)


def _unset() -> dict[str, Any]:
    """Give every key without a value: Pulumi shows an output only where its key was there from the start."""
    return dict.fromkeys((*INPUTS, *(key for key in OUTPUTS if key != "memory")))


def _where(region: pulumi.Input[str | None]) -> str | pulumi.Output[str | None] | None:
    default = pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None or isinstance(region, str):
        return default if region is None else region
    known_later: pulumi.Output[str | None] = pulumi.Output.from_input(region)
    return known_later.apply(lambda known: default if known is None else known)


def _lease_key(resource_name: str, region: str | pulumi.Output[str | None] | None) -> pulumi.Input[str]:
    path = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}/{resource_name}"
    if isinstance(region, pulumi.Output):
        return region.apply(lambda known: _unshared(f"{path}/{known or ''}"))
    return _unshared(f"{path}/{region or ''}")


def _unshared(lease_key: str) -> str:
    """Refuse a key that another lease of the program has: Pulumi lets resources of several parents share a name."""
    stack = pulumi.runtime.get_root_resource()
    keys = _KEYS.setdefault(stack, set()) if stack else set()
    if lease_key in keys:
        raise pulumi.RunError(
            f"Two leases of this program have the key {lease_key}, and their cases could not be told apart. Give one "
            "of them another name."
        )
    keys.add(lease_key)
    return lease_key


def _refuse_what_pulumi_ignores(resource_name: str, opts: pulumi.ResourceOptions | None) -> None:
    if opts and opts.import_:
        raise pulumi.RunError(
            f"DedicatedIpLease {resource_name!r} cannot be imported: Pulumi's Python dynamic providers have no import. "
            "Name the addresses that the account already has in `adopt`: the lease takes them over and files nothing."
        )
    if opts and opts.provider:
        raise pulumi.RunError(
            f"DedicatedIpLease {resource_name!r} cannot use `opts.provider`: Pulumi ignores it for a Python dynamic "
            "resource. Use the stack's `aws:profile` or `aws:assumeRoles`, or the lease's `profile` and `role_arn`."
        )


__all__ = ["DedicatedIpLease"]
