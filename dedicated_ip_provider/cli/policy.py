"""`dedicated-ip policy`: the permissions that an IAM identity needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dedicated_ip_provider.aws.permissions import NEEDS_NO_GRANT, PERMISSIONS
from dedicated_ip_provider.aws.record import PARAMETER
from dedicated_ip_provider.cli.credentials import configured_region
from dedicated_ip_provider.cli.options import regions_option
from dedicated_ip_provider.cli.output import note, say_json
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from dedicated_ip_provider.cli.runtime import Runtime


@click.command(
    short_help="Print the least-privilege IAM policy.",
    epilog="""\b
    Examples:
      dedicated-ip policy > lease.json
      dedicated-ip policy --read-only
      dedicated-ip policy --region eu-west-1 --region us-east-1
    """,
)
@click.option(
    "--read-only",
    is_flag=True,
    help="Only what reading needs: `pulumi refresh`, previews of the native plugin, `status`, `addresses`, `wait`, "
    "`form`, `doctor`.",
)
@click.option(
    "--preview-only",
    is_flag=True,
    help="Only what `pulumi preview` in Python needs, which calls AWS only if the program reads a lease with `get`.",
)
@regions_option("Allow the record and SES in this Region only.")
@click.pass_obj
def policy(runtime: Runtime, *, read_only: bool, preview_only: bool, chosen: tuple[str, ...]) -> None:
    """Print the least-privilege IAM policy for a lease, as JSON.

    AWS Support has no permissions for single cases, so its `Resource` is `*`. The record is one parameter; the
    partition in its ARN is that of --region, or of the configured Region.
    """
    if read_only and preview_only:
        raise click.UsageError("--read-only and --preview-only cannot be combined.")
    if preview_only:
        note(
            f"A preview does not call AWS. {NEEDS_NO_GRANT}, which everyone may call, is listed because a policy "
            "cannot be empty."
        )
        say_json(_document([_statement("WhoWeAre", [NEEDS_NO_GRANT])]))
        return
    say_json(_document(_statements(chosen, _partition(runtime), read_only=read_only)))


def _partition(runtime: Runtime) -> str:
    region = configured_region(runtime, None)
    return regions().partition_of(region) if region else "aws"


def _statements(chosen: tuple[str, ...], partition: str, *, read_only: bool) -> list[dict[str, Any]]:
    actions = [one.action for one in PERMISSIONS if not (read_only and one.writes)]
    places = [(regions().partition_of(region), region) for region in chosen] or [(partition, "*")]
    records = [f"arn:{part}:ssm:{region}:*:parameter{PARAMETER}" for part, region in places]
    record = _statement("Record", [action for action in actions if action.startswith("ssm:")], *records)
    cases = _statement("Cases", [action for action in actions if action.startswith("support:")])
    addresses = _statement("Addresses", [action for action in actions if action.startswith(("ses:", "servicequotas:"))])
    if chosen:
        # AWS Support has one endpoint for all Regions: a condition there would deny the case itself.
        addresses["Condition"] = {"StringEquals": {"aws:RequestedRegion": list(chosen)}}
    return [record, cases, addresses]


def _statement(sid: str, actions: list[str], *resources: str) -> dict[str, Any]:
    resource = list(resources) if len(resources) > 1 else resources[0] if resources else "*"
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
