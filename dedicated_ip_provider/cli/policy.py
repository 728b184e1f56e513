"""`dedicated-ip policy`: the least privileges that an IAM identity needs."""

from __future__ import annotations

from typing import Any

import click

from dedicated_ip_provider.aws.permissions import NEEDS_NO_GRANT, PERMISSIONS
from dedicated_ip_provider.cli.options import regions_option
from dedicated_ip_provider.cli.output import note, say_json


@click.command(
    short_help="Print the least-privilege IAM policy.",
    epilog="""\b
    Examples:
      dedicated-ip policy > lease.json
      dedicated-ip policy --read-only
      dedicated-ip policy --region eu-west-1 --region us-east-1
    """,
)
@click.option("--read-only", is_flag=True, help="Only what reads need: `pulumi refresh`, `status`, `wait`, `doctor`.")
@click.option("--preview-only", is_flag=True, help="Only what `pulumi preview` needs, which asks AWS nothing.")
@regions_option("Allow SES in this Region only.")
def policy(*, read_only: bool, preview_only: bool, chosen: tuple[str, ...]) -> None:
    """Print the least-privilege IAM policy for what a lease does, as JSON.

    AWS Support has no permissions for single cases, so `Resource` is `*`. The policy is the same in every
    partition of AWS.
    """
    if read_only and preview_only:
        raise click.UsageError("--read-only and --preview-only cannot be combined.")
    if preview_only:
        note(f"A preview asks AWS nothing. {NEEDS_NO_GRANT}, which everyone may call, stands in for an empty policy.")
        say_json(_document([_statement("WhoWeAre", [NEEDS_NO_GRANT])]))
        return
    say_json(_document(_statements(chosen, read_only=read_only)))


def _statements(regions: tuple[str, ...], *, read_only: bool) -> list[dict[str, Any]]:
    actions = [one.action for one in PERMISSIONS if not (read_only and one.writes)]
    cases = _statement("Cases", [action for action in actions if action.startswith("support:")])
    addresses = _statement("Addresses", [action for action in actions if action.startswith("ses:")])
    if regions:
        # AWS Support has one endpoint for all Regions: a condition there would deny the case itself.
        addresses["Condition"] = {"StringEquals": {"aws:RequestedRegion": list(regions)}}
    return [cases, addresses]


def _statement(sid: str, actions: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
