"""Find the AWS account and Region for a command, in the same order as the `aws` command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dedicated_ip_provider.aws import Account, Accounts
from dedicated_ip_provider.aws.diagnostics import home_region
from dedicated_ip_provider.config import Codes, StackConfig
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedicated_ip_provider.cli.runtime import Runtime

_DEFAULT_REGION = "us-east-1"


def configured_region(runtime: Runtime, profile: str | None) -> str | None:
    """Return the Region set in the environment or the profile, if any."""
    named = runtime.environment.get("AWS_REGION") or runtime.environment.get("AWS_DEFAULT_REGION")
    region = named or home_region(profile)
    if region and not regions().is_well_formed(region):
        raise click.UsageError(f"the configured Region {region!r} is not the code of an AWS Region, such as eu-west-1.")
    return region


def all_regions(runtime: Runtime, profile: str | None) -> tuple[str, ...]:
    """Return the configured Region and every Region of its partition that botocore lists for SES."""
    home = configured_region(runtime, profile) or _DEFAULT_REGION
    known = regions()
    partition = known.partition_of(home)
    return tuple(sorted({home, *(code for code in known.with_ses if known.partition_of(code) == partition)}))


def account_of(runtime: Runtime, profile: str | None, chosen: Sequence[str], *, codes: Codes | None = None) -> Account:
    """Return the account that the credentials belong to; AWS is not called until something is needed.

    The Region only determines the partition.
    """
    home = next(iter(chosen), None) or configured_region(runtime, profile) or _DEFAULT_REGION
    config = StackConfig(profile=profile, codes=codes or Codes())
    return Accounts(config, runtime.now).get(home, None, None)
