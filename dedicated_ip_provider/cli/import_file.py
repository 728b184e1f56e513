"""`dedicated-ip import-file`: write the file with which `pulumi import` imports the leases of an account.

The file is written before anything is claimed: a run after a lost answer or a kill continues with its nonces.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dedicated_ip_provider.cli.credentials import account_of
from dedicated_ip_provider.cli.look import run_of
from dedicated_ip_provider.cli.options import json_option, profile_option, region_code
from dedicated_ip_provider.cli.output import CannotWrite, note, sanitize, say, say_json
from dedicated_ip_provider.errors import NOTHING_FILED, LeaseError, Refused
from dedicated_ip_provider.inputs import DEFAULTS, InvalidValue, holder_path, record_version
from dedicated_ip_provider.lease.addresses import name_some
from dedicated_ip_provider.lease.model import Lease, name_of, pluralize
from dedicated_ip_provider.reconcile import draw_nonce
from dedicated_ip_provider.recovery import claim_imported, import_lease
from dedicated_ip_provider.state import DYNAMIC_TYPE, STORED_PROVIDER, outputs_of, read_state
from dedicated_ip_provider.validation import given, inputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.outcome import Outcome

_OURS: Final = {"__provider": STORED_PROVIDER}


def _named_region(value: str) -> tuple[str, str]:
    """Return a resource's name and the Region of its lease, given as `eu=eu-west-1`."""
    name, _, region = value.rpartition("=")
    if not name:
        raise click.BadParameter(f"{value!r} is not NAME=REGION, such as eu=eu-west-1.")
    return name, region_code(region)


def _bare_name(name: str) -> str:
    if not name or "/" in name:
        raise click.BadParameter(f"{name!r} is not a bare name: leave out the organization.")
    return name


def _consents(_: click.Context, __: click.Parameter, versions: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of records by Region."""
    try:
        return {record_version(version).partition("/")[0]: version for version in versions}
    except InvalidValue as invalid:
        raise click.BadParameter(f"it {invalid}.") from invalid


@click.command(
    "import-file",
    short_help="Write the file for `pulumi import --file`.",
    epilog="""\b
    Examples:
      dedicated-ip import-file --project shop --stack prod eu=eu-west-1
      dedicated-ip import-file --project shop --stack prod eu=eu-west-1 us=us-east-1
      dedicated-ip import-file --project shop --stack prod eu=eu-west-1 --take-over-from eu-west-1/7-k3f9
    """,
)
@click.argument("named", metavar="NAME=REGION...", type=_named_region, nargs=-1, required=True)
@click.option("--project", required=True, type=_bare_name, metavar="NAME", help="The project, as `Pulumi.yaml` has it.")
@click.option("--stack", required=True, type=_bare_name, metavar="NAME", help="The stack, without an organization.")
@click.option(
    "--take-over-from",
    "consents",
    multiple=True,
    callback=_consents,
    metavar="VERSION",
    help="Take over a live lease: the version that the refusal names. Repeatable.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="import.json",
    metavar="FILE",
    help="The file to write. Default: import.json.",
)
@profile_option
@json_option
@click.pass_obj
def import_file(  # noqa: PLR0913 - the options
    runtime: Runtime,
    *,
    named: tuple[tuple[str, str], ...],
    project: str,
    stack: str,
    consents: dict[str, str],
    output: Path,
    profile: str | None,
    as_json: bool,
) -> None:
    """Write the file with which `pulumi import --file` imports the leases of an account into a stack.

    NAME is the resource's name in the program. Each lease adopts all addresses of its Region that no open case
    relinquishes, and claims the Region's record; nothing is filed. With --take-over-from, it continues the lease in the
    record instead, if the state of that lease's stack is lost. The command prints the lines for the program.

    Run again after an error, the command continues with the file that it wrote.
    """
    leases = [_lease(f"{project}/{stack}/{name}", region, consents.get(region)) for name, region in named]
    _refuse_mistakes(leases, consents)
    nonces = _earlier_nonces(output, leases)
    account = account_of(runtime, profile, [one.region for one in leases])
    # All Regions are read before anything is written.
    planned = [_Planned(lease, _look(account, lease, nonces, runtime)) for lease in leases]
    _write(output, planned)
    claimed = _claim(account, planned, runtime)
    _write(output, claimed)
    lines = _program_lines(claimed)
    if as_json:
        say_json({"file": str(output), "program": "\n".join(lines), "leases": [one.as_data() for one in claimed]})
        return
    for line in lines:
        say(line)
    note(
        f"Wrote {output}. Put the lines above into the program, then run `pulumi import --file {output} "
        "--generate-code=false`."
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """A lease to import, and what it was claimed with."""

    lease: Lease
    outcome: Outcome

    @property
    def name(self) -> str:
        """Return the resource's name."""
        return name_of(self.lease.holder)

    @property
    def inputs(self) -> dict[str, Any]:
        """Return the inputs as Pulumi stores them."""
        return given(inputs_of(self.outcome.state.lease))

    def as_resource(self) -> dict[str, Any]:
        """Return the lease as a resource of `pulumi import`'s file."""
        state, shown = self.outcome.state, self.outcome.shown
        return {
            "type": DYNAMIC_TYPE,
            "name": self.name,
            "id": f"{state.account_id}/{state.lease.region}",
            "inputs": {**self.inputs, **_OURS},
            "outputs": {**outputs_of(state, shown), **_OURS},
        }

    def as_data(self) -> dict[str, Any]:
        """Return the lease as JSON data."""
        outputs = self.as_resource()["outputs"]
        names = ("holder", "region", "count", "status", "addresses", "account_id", "record_version")
        return {"name": self.name, **{name: outputs[name] for name in names}}


def _lease(holder: str, region: str, consent: str | None) -> Lease:
    try:
        return Lease(holder=holder_path(holder), region=region, count=0, take_over_from=consent)
    except InvalidValue as invalid:
        raise click.UsageError(f"{sanitize(holder)!r} as the resource's path {invalid}.") from invalid


def _refuse_mistakes(leases: Sequence[Lease], consents: Mapping[str, str]) -> None:
    for what, values in (
        ("name", [name_of(one.holder) for one in leases]),
        ("Region", [one.region for one in leases]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise click.UsageError(f"the {what} {twice} is given twice: each Region has one lease, with one name.")
    stray = next(
        (version for region, version in consents.items() if region not in {one.region for one in leases}), None
    )
    if stray:
        raise click.UsageError(f"--take-over-from {stray} names a Region that is not among those to import.")


def _earlier_nonces(output: Path, leases: Sequence[Lease]) -> dict[tuple[str, str], str]:
    """Return the nonces in the file of an earlier run, by holder and Region; none if there is no file."""
    try:
        resources = json.loads(output.read_bytes())["resources"]
        states = [read_state(one["outputs"]) for one in resources if one["type"] == DYNAMIC_TYPE]
        nonces = {(one.lease.holder, one.lease.region): one.memory.nonce for one in states}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CannotWrite(f"{output} cannot be read: {error.strerror}.") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, Refused) as error:
        raise click.UsageError(
            f"{output} already exists and was not written by an earlier run: choose another --output."
        ) from error
    others = [
        holder for holder, region in nonces if (holder, region) not in {(one.holder, one.region) for one in leases}
    ]
    if others or len(nonces) != len(resources):
        raise click.UsageError(
            f"{output} already exists and also has {', '.join(others) or 'other resources'}: choose another --output."
        )
    return nonces


def _look(account: Account, lease: Lease, nonces: Mapping[tuple[str, str], str], runtime: Runtime) -> Outcome:
    nonce = nonces.get((lease.holder, lease.region)) or draw_nonce()
    try:
        outcome = import_lease(account, lease, nonce, run_of(runtime))
    except Refused as refusal:
        raise Refused(*(_as_option(text) for text in (refusal.what, refusal.next_step))) from refusal
    if outcome is None:
        raise Refused(
            f"{lease.label}: account {account.id} has no dedicated IP address in {lease.region} that a lease could "
            "adopt.",
            f"{NOTHING_FILED} Leave the Region out; `pulumi up` requests addresses.",
        )
    return outcome


def _claim(account: Account, planned: Sequence[_Planned], runtime: Runtime) -> list[_Planned]:
    done: list[_Planned] = []
    for one in planned:
        lease, state = one.lease, one.outcome.state
        outcome = one.outcome
        try:
            if state.record == "unclaimed":
                outcome = claim_imported(account, state, lease.take_over_from, run_of(runtime))
        except LeaseError as error:
            claimed = f"Claimed before that: {', '.join(each.lease.label for each in done)}. " if done else ""
            raise type(error)(_as_option(error.what), f"{claimed}{_as_option(error.next_step)}") from error
        addresses = outcome.shown.addresses
        holds = f"{pluralize(len(addresses))}{f' ({name_some(addresses)})' if addresses else ''}"
        note(f"{lease.label}: claimed for {lease.holder} with {holds}")
        done.append(replace(one, outcome=outcome))
    return done


def _as_option(text: str) -> str:
    """Return a message with the take-over in the words of the command line."""
    text = re.sub(r'set `take_over_from="([^"]+)"`', r"give `--take-over-from \1`", text)
    return text.replace("`take_over_from`", "--take-over-from")


def _write(output: Path, leases: Sequence[_Planned]) -> None:
    """Write the file atomically."""
    written = json.dumps({"resources": [one.as_resource() for one in leases]}, indent=2)
    part = output.with_name(f"{output.name}.part")
    try:
        part.write_text(f"{written}\n", encoding="utf-8")
        part.replace(output)
    except OSError as error:
        raise CannotWrite(f"{output} cannot be written: {error.strerror}.") from error


def _program_lines(leases: Sequence[_Planned]) -> list[str]:
    """Return the lines of a Python program that declare the imported leases."""
    lines = ["from dedicated_ip_provider import DedicatedIpLease", ""]
    for one in leases:
        declared = {key: value for key, value in one.inputs.items() if key != "holder" and value != DEFAULTS.get(key)}
        arguments = "".join(f", {key}={json.dumps(value)}" for key, value in declared.items())
        lines.append(f"DedicatedIpLease({json.dumps(one.name)}{arguments})")
    return lines
