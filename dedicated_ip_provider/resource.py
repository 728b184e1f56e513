"""What a Pulumi program declares: the lease of dedicated IP addresses in one Region."""

from __future__ import annotations

import inspect
import itertools
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi.dynamic import Resource

from dedicated_ip_provider.inputs import DEFAULTS
from dedicated_ip_provider.provider import LeaseProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.arguments import UseCase, UseCaseDict


class DedicatedIpLease(Resource, module="dedicatedip", name="DedicatedIpLease"):
    """The lease of standard dedicated IP addresses of Amazon SES in one Region.

    AWS's staff decide, days later: creating the lease files a support case and returns without waiting, and
    `pulumi refresh` reads the result. Every input is an output too.
    """

    status: pulumi.Output[str]
    """`requested`, `active`, `short`, `over`, `relinquishing`, `action_required`, `to_file`, `unconfirmed` or
    `superseded`."""
    message: pulumi.Output[str]
    """Where the lease stands, in a sentence for a person."""
    addresses: pulumi.Output[list[str]]
    """The addresses that the lease holds now, without those that are being relinquished."""
    pool_addresses: pulumi.Output[dict[str, list[str]]]
    """The held addresses of each of the lease's `pools`."""
    warming: pulumi.Output[list[str]]
    """The held addresses whose warm-up is not done."""
    relinquishing: pulumi.Output[list[str]]
    """The addresses that are being relinquished and are still here."""
    leased_count: pulumi.Output[int]
    """How many addresses AWS leases to this lease now, those being relinquished included."""
    requested_count: pulumi.Output[int]
    """How many addresses were requested and are not here yet."""
    shortfall: pulumi.Output[int]
    """How many addresses are wanted, but neither here nor requested: AWS refused, or granted fewer."""
    monthly_cost_usd: pulumi.Output[float]
    """What the leased addresses cost now, in USD per month, at AWS's price or the configured one."""
    case_id: pulumi.Output[str]
    """AWS's long id of the case that `status` refers to; empty without one."""
    case_display_id: pulumi.Output[str]
    """The number of that case as the Support Center shows it; empty until AWS lists the case."""
    case_url: pulumi.Output[str]
    """The page of that case in the Support Center; empty until AWS lists the case."""
    case_status: pulumi.Output[str]
    """AWS's own status of that case, such as `opened` or `pending-customer-action`."""
    form_text: pulumi.Output[str]
    """With `filing="console"`: the filled-in form, or the message, for a person to file; otherwise empty."""
    account_id: pulumi.Output[str]
    """The AWS account that holds the lease."""
    record_version: pulumi.Output[str]
    """The version of the Region's record that was last read, such as `eu-west-1/7-k3f9`."""
    holder: pulumi.Output[str]
    """The resource's path, `project/stack/name`, as the Region's record names it."""

    count: pulumi.Output[int]
    region: pulumi.Output[str]
    pools: pulumi.Output[dict[str, int]]
    use_case: pulumi.Output[dict[str, Any] | None]
    attempt: pulumi.Output[int]
    adopt: pulumi.Output[list[str]]
    relinquish_first: pulumi.Output[list[str]]
    take_over_from: pulumi.Output[str | None]
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
        region: pulumi.Input[str | None] = None,
        pools: pulumi.Input[Mapping[str, pulumi.Input[int]] | None] = None,
        use_case: pulumi.Input[UseCase | UseCaseDict | None] = None,
        attempt: pulumi.Input[int | None] = None,
        adopt: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        relinquish_first: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
        take_over_from: pulumi.Input[str | None] = None,
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
            the difference, and a lower one relinquishes addresses for good
        :param region: the AWS Region; by default `aws:region` of the stack, then that of the environment and the
            profile, which is fixed at create. Another one replaces the lease
        :param pools: how many of the addresses each pool has, such as `{"orders": 2, "news": 2}`; files nothing
        :param use_case: what AWS asks about your mail; required to request addresses
        :param attempt: raise it (from 1) to ask again after AWS refused or granted fewer
        :param adopt: addresses that the account already has and that become this lease's; `count` includes them
        :param relinquish_first: addresses to relinquish first when the count falls
        :param take_over_from: the version that a refusal names: consent to take over the lease that another stack
            holds
        :param max_send_rate: the wanted messages per second, for AWS to read in the next case
        :param contact_language: the language in which AWS answers, such as `en` (default) or `ja`
        :param cc_email_addresses: up to 10 e-mail addresses to which AWS also writes
        :param confirm_relinquish: True: when AWS asks you to confirm a relinquishment, the next update confirms it,
            once. By default the question waits for a person
        :param form: `ses` (default: what AWS asks today) or `pinpoint-email`, the procedure of the Pinpoint guide
        :param filing: `support-api` (default), or `console`: nothing is filed; `form_text` has the filled-in form, a
            person files it, and the lease follows the case
        :param profile: the AWS profile of this lease, if it differs from the stack's
        :param role_arn: the role to assume for this lease, if it differs from the stack's
        :param opts: Pulumi's resource options; `provider` and `import_` are refused
        """
        _refuse_what_pulumi_ignores(resource_name, opts)
        given = {
            "holder": f"{pulumi.get_project()}/{pulumi.get_stack()}/{resource_name}",
            "region": _where(region),
            # Only this tells the provider that this is a preview, and which of several leases with one name this is.
            "__previewing": next(_numbers) if pulumi.runtime.is_dry_run() else None,
            "count": count,
            "pools": pools,
            "use_case": use_case,
            "attempt": attempt,
            "adopt": adopt,
            "relinquish_first": relinquish_first,
            "take_over_from": take_over_from,
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
        # `check` knows the defaults too, but a value that only it adds shows as a change if a refresh runs the program.
        super().__init__(LeaseProvider(), resource_name, {**_unset(), **DEFAULTS, **declared}, opts)
        _warn_of_inherited_provider(self, resource_name, profile, role_arn)

    @staticmethod
    def get(
        resource_name: str,
        id: pulumi.Input[str],  # noqa: A002 - as every Pulumi resource calls it
        opts: pulumi.ResourceOptions | None = None,
        *,
        profile: pulumi.Input[str | None] = None,
        role_arn: pulumi.Input[str | None] = None,
    ) -> DedicatedIpLease:
        """Read a lease that another stack owns. Nothing is filed, and destroying this stack does not affect it.

        :param resource_name: the name of the resource in this stack
        :param id: the lease's id, `<account>/<region>`, such as `111122223333/eu-west-1`
        :param opts: Pulumi's resource options
        :param profile: the AWS profile to read with, if it differs from the stack's
        :param role_arn: the role to assume for reading, if it differs from the stack's
        """
        _refuse_what_pulumi_ignores(resource_name, opts)
        lease = DedicatedIpLease.__new__(DedicatedIpLease)
        props = {**_unset(), "profile": profile, "role_arn": role_arn}
        options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))
        Resource.__init__(lease, LeaseProvider(), resource_name, props, options)
        _warn_of_inherited_provider(lease, resource_name, profile, role_arn)
        return lease


# Pulumi evaluates the annotations for each resource of a program, and would compile them from strings each time.
DedicatedIpLease.__annotations__ = inspect.get_annotations(DedicatedIpLease, eval_str=True)

_numbers = itertools.count(1)
_warned_of: Final[weakref.WeakSet[pulumi.ProviderResource]] = weakref.WeakSet()


def _unset() -> dict[str, Any]:
    """Return every key without a value: Pulumi sets an output only if its key was there from the start."""
    return dict.fromkeys(DedicatedIpLease.__annotations__)


def _where(region: pulumi.Input[str | None]) -> str | pulumi.Output[str | None] | None:
    default = pulumi.Config("aws").get("region") or None
    if region is None or isinstance(region, str):
        return default if region is None else region
    known_later: pulumi.Output[str | None] = pulumi.Output.from_input(region)
    return known_later.apply(lambda known: default if known is None else known)


def _refuse_what_pulumi_ignores(resource_name: str, opts: pulumi.ResourceOptions | None) -> None:
    if opts and opts.import_:
        raise pulumi.RunError(
            f"DedicatedIpLease {resource_name!r} cannot use `opts.import_`: Pulumi's Python dynamic providers have no "
            "import. `dedicated-ip import-file` writes the file with which `pulumi import --file` imports all "
            "addresses of a Region; or name addresses in `adopt`. Neither files anything."
        )
    given = opts.providers if opts and opts.providers else ()
    providers = given.values() if isinstance(given, Mapping) else given
    if opts and (opts.provider or any(provider.package == "aws" for provider in providers)):
        raise pulumi.RunError(
            f"DedicatedIpLease {resource_name!r} cannot use an AWS provider: Pulumi ignores it for a Python dynamic "
            "resource. Use the stack's `aws:profile` or `aws:assumeRoles`, or the lease's `profile` and `role_arn`."
        )


def _warn_of_inherited_provider(
    lease: DedicatedIpLease,
    resource_name: str,
    profile: pulumi.Input[str | None],
    role_arn: pulumi.Input[str | None],
) -> None:
    """Warn, once for each provider, of one that a parent gives: the lease's account may not be the one meant."""
    provider = lease.get_provider("aws:sesv2/dedicatedIpPool:DedicatedIpPool")
    if provider is None or provider in _warned_of or profile is not None or role_arn is not None:
        return
    _warned_of.add(provider)
    pulumi.log.warn(
        f"DedicatedIpLease {resource_name!r} does not use the AWS provider of its parent, and other leases below it do "
        "not either: Pulumi gives a Python dynamic resource no provider. If that provider is of another account than "
        "the stack's `aws:` settings, set the lease's `profile` or `role_arn`.",
        lease,
    )


__all__ = ["DedicatedIpLease"]
