"""`dedicated-ip form`: AWS's form, filled in, for a person to file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dedicated_ip_provider.cli.declared import Address, declaring_options, read_declared
from dedicated_ip_provider.cli.options import FileContent, RegionCode, json_option, profile_option
from dedicated_ip_provider.cli.output import say_form, say_json
from dedicated_ip_provider.cli.stack_state import Stored, read_stored
from dedicated_ip_provider.cli.way_in import account_of, configured_region
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease import DedicatedIp, Lease, Past, Seen
from dedicated_ip_provider.letters import relinquish_letter, request_letter
from dedicated_ip_provider.reconcile import observe
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.standing import cases_of, stand

if TYPE_CHECKING:
    from dedicated_ip_provider.cli.outside import Outside


@click.command(
    short_help="Fill in AWS's form for a person to file.",
    epilog="""\b
    Examples:
      dedicated-ip form --from-state <(pulumi stack export)
      pulumi stack export | dedicated-ip form eu --from-state - --offline
      pulumi stack export | dedicated-ip form eu --from-state - --relinquish 192.0.2.1
      dedicated-ip form --key acme/shop/prod/eu --region eu-west-1 --relinquish 192.0.2.1
      dedicated-ip form --key acme/shop/prod/eu --region eu-west-1 --count 3 --mail-type TRANSACTIONAL ...
    """,
)
@click.argument("name", required=False, metavar="[LEASE]")
@click.option(
    "--from-state",
    "state",
    type=FileContent(),
    metavar="FILE",
    help="The stack's state; - is stdin.",
)
@click.option("--relinquish", type=Address(), multiple=True, metavar="IP", help="Give this back. Repeatable.")
@click.option("--offline", is_flag=True, help="Ask AWS nothing: take what the state or --have says.")
@click.option("--have", type=Address(), multiple=True, metavar="IP", help="The Region has this already. Repeatable.")
@click.option("--region", type=RegionCode(), metavar="REGION", help="The Region, without --from-state.")
@declaring_options
@profile_option
@json_option
@click.pass_obj
def form(  # noqa: PLR0913 - the options
    outside: Outside,
    /,
    *,
    name: str | None,
    state: bytes | None,
    relinquish: tuple[str, ...],
    offline: bool,
    have: tuple[str, ...],
    region: str | None,
    profile: str | None,
    as_json: bool,
    **declared: Any,  # noqa: ANN401 - the options of a lease, which `read_declared` judges
) -> None:
    """Fill in AWS's form for a lease, ready to paste; a person files it, and the lease follows.

    From a stack's state it is the form that waits there, or one for what is missing, or for what is being given
    back; LEASE is the resource's name where there are several. Or the lease is declared by options. The addresses
    that the Region has now are read from SES, unless `--offline`. Nothing is filed.
    """
    if state is not None:
        _refuse_both(region, have, declared)
        stored = read_stored(state, name)
        lease, texts = stored.lease, _from_state(outside, profile, stored, relinquish, offline=offline)
    elif name:
        raise click.UsageError("LEASE is a lease in a stack's state: give --from-state.")
    else:
        place = region or configured_region(outside, profile)
        lease = read_declared(declared, place, gives_back=bool(relinquish))
        seen = _remembered(have) if offline or have else _look(outside, profile, lease)
        texts = [_write(lease, seen, relinquish)]

    if as_json:
        say_json({"lease_key": lease.key, "form_text": "\n\n".join(texts)})
    else:
        say_form("\n\n".join(texts))


def _refuse_both(region: str | None, have: tuple[str, ...], declared: dict[str, Any]) -> None:
    given = {"region": region, "have": have, **declared}
    named = [key for key, value in given.items() if value is not None and value is not False and value != ()]
    if named:
        option = named[0].replace("contact_", "").replace("_", "-")
        raise click.UsageError(f"--{option} and --from-state exclude each other: the state says it.")


def _from_state(
    outside: Outside, profile: str | None, stored: Stored, relinquish: tuple[str, ...], *, offline: bool
) -> list[str]:
    """Give the form that waits in the state, or fill in those that its wish needs."""
    lease, past = stored.lease, stored.past
    if stored.form_text and not relinquish:
        return [stored.form_text]
    seen = _as_remembered(past) if offline else _look(outside, profile, lease, past)
    now = stand(replace(lease, filing="console"), past, seen)
    number = max([past.case_number, *(case.number for case in now.mine)]) + 1
    if relinquish:
        strange = [ip for ip in relinquish if ip not in now.held]
        if strange:
            raise Refused(
                f"{lease.label} does not hold {', '.join(strange)}.", f"It holds {', '.join(now.held) or 'none'}."
            )
        staying = replace(lease, count=len(now.held) - len(relinquish))
        return [_relinquishing(staying, number, relinquish, seen)]
    texts = []
    missing = lease.count - len(now.held)
    if missing > 0:
        texts.append(_requesting(lease, number, missing, seen))
    if now.relinquishing:
        texts.append(_relinquishing(lease, number + len(texts), now.relinquishing, seen))
    if not texts:
        raise Refused(
            f"{lease.label} holds what it asks for: there is nothing to file.",
            "To give addresses back, name them by --relinquish.",
        )
    return texts


def _write(lease: Lease, seen: Seen, relinquish: tuple[str, ...]) -> str:
    number = max([case.number for case in cases_of(lease.key, None, seen)], default=0) + 1
    strange = [ip for ip in relinquish if ip not in seen.here]
    if strange:
        raise Refused(
            f"No {', '.join(strange)} is known among the addresses of {lease.region}.",
            "Correct --relinquish, or name what the Region has by --have.",
        )
    if relinquish:
        return _relinquishing(lease, number, relinquish, seen)
    return _requesting(lease, number, lease.count, seen)


def _requesting(lease: Lease, number: int, asks: int, seen: Seen) -> str:
    return request_letter(lease, number, asks, seen, regions().name_of(lease.region)).paper


def _relinquishing(lease: Lease, number: int, returns: tuple[str, ...], seen: Seen) -> str:
    return relinquish_letter(lease, number, returns, seen, regions().name_of(lease.region)).paper


def _look(outside: Outside, profile: str | None, lease: Lease, past: Past | None = None) -> Seen:
    account = account_of(outside, profile or lease.profile, [lease.region], role_arn=lease.role_arn)
    # A person files, so cases that cannot be read do not matter.
    return observe(account, replace(lease, filing="console"), past)


def _as_remembered(past: Past) -> Seen:
    ips = (*past.addresses, *past.relinquishing, *past.strangers)
    return replace(_remembered(ips), account_id=past.account_id)


def _remembered(ips: tuple[str, ...]) -> Seen:
    addresses = tuple(DedicatedIp(ip=ip, pool=None, warmup_percentage=0, managed=False) for ip in ips)
    return Seen(account_id="", addresses=addresses, cases=(), cases_readable=False)
