"""`dedicated-ip form`: AWS's form, filled in, for a person to file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from dedicated_ip_provider.case_text.messages import NewCase, unmarked_form_text
from dedicated_ip_provider.cli.credentials import account_of, configured_region
from dedicated_ip_provider.cli.declared import declaring_options, given_options, option_of, read_declared
from dedicated_ip_provider.cli.look import label_of, run_of
from dedicated_ip_provider.cli.options import FileContent, json_option, profile_option, region_code
from dedicated_ip_provider.cli.output import note, say_form, say_json
from dedicated_ip_provider.cli.stack_state import Stored, read_stored
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.lease.model import pluralize
from dedicated_ip_provider.recovery import find
from dedicated_ip_provider.regions import regions

if TYPE_CHECKING:
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.lease.model import Lease

_UNMARKED = (
    "This form has no mark, so no lease follows its case. A lease takes the addresses it brings only while a request "
    "of that lease is unfinished; otherwise name them in `adopt`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A text to file. If it has a mark, the lease of `holder` recognizes the case once it is filed."""

    text: str
    region: str
    holder: str | None
    is_marked: bool


@click.command(
    short_help="Fill in AWS's form for you to file.",
    epilog="""\b
    Examples:
      dedicated-ip form --region eu-west-1            (the form pending there)
      pulumi stack export | dedicated-ip form --from-state -
      pulumi stack export | dedicated-ip form eu --from-state -
      dedicated-ip form --region eu-west-1 --relinquish 192.0.2.1
      dedicated-ip form --region eu-west-1 --count 3 --mail-type TRANSACTIONAL ...
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
@click.option("--region", type=region_code, metavar="REGION", help="The Region, without --from-state.")
@declaring_options
@click.option(
    "--have", type=click.IntRange(0), metavar="NUMBER", help="How many addresses the Region has. Default: ask SES."
)
@profile_option
@json_option
@click.pass_obj
def form(  # noqa: PLR0913 - the options
    runtime: Runtime,
    /,
    *,
    name: str | None,
    state: bytes | None,
    region: str | None,
    have: int | None,
    profile: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - what a form says, which `read_declared` checks
) -> None:
    """Fill in AWS's form, ready for you to paste and file.

    With --from-state, print the form pending in the stack's state, or one for what its lease lacks or relinquishes;
    LEASE is the resource's name if there are several. With --region alone, print the form pending in the Region's
    record, which may be left from a lease that has ended. Otherwise the options say what to request or relinquish.

    A pending form has a mark, by which its lease recognizes the case; other forms have none. Nothing is filed.
    """
    declared = given_options(options)
    if state is not None:
        _refuse_both({"region": region, "have": have, **declared})
        filled = _from_state(read_stored(state, name))
    elif name:
        raise click.UsageError("LEASE names a lease in a stack's state: add --from-state.")
    else:
        place = region or configured_region(runtime, profile)
        filled = (
            _declared(runtime, profile, read_declared(declared, place), declared.get("relinquish", ()), have)
            if declared
            else _from_record(runtime, profile, place)
        )
    if as_json:
        say_json(
            {"holder": filled.holder, "region": filled.region, "marked": filled.is_marked, "form_text": filled.text}
        )
    else:
        say_form(filled.text)
        if not filled.is_marked:
            note(_UNMARKED)


def _refuse_both(given: dict[str, Any]) -> None:
    named = [option_of(key) for key, value in given.items() if value is not None]
    if named:
        raise click.UsageError(f"{named[0]} and --from-state exclude each other: the state has it.")


def _from_state(stored: Stored) -> _Form:
    """Return the form pending in a state, or one for what its lease lacked or relinquished at the last refresh."""
    lease, memory = stored.state.lease, stored.state.memory
    if stored.state.record == "superseded":
        raise Refused(
            f"Another stack holds the lease {lease.label} now: nothing is filed from this one.",
            f"`dedicated-ip status --region {lease.region}` shows which.",
        )
    if stored.form_text:
        return _Form(text=stored.form_text, region=lease.region, holder=lease.holder, is_marked=True)
    relinquishing = memory.holds & {ip for case in memory.cases for ip in case.addresses}
    missing = lease.count - len(memory.holds - relinquishing)
    have = len(memory.holds if memory.knows is None else memory.knows)
    texts = []
    if missing > 0:
        if lease.use_case is None:
            raise Refused(
                f"{lease.label} lacks {pluralize(missing)}, but AWS asks what you send and `use_case` is missing.",
                "Describe your mail in `use_case`, and run `pulumi up`.",
            )
        texts.append(_unmarked(lease, NewCase(number=0, nonce="", have=have, asks=missing)))
    if relinquishing:
        texts.append(_unmarked(lease, NewCase(number=0, nonce="", have=have, addresses=relinquishing)))
    if not texts:
        raise Refused(
            f"{lease.label} holds what it wants: there is nothing to file.",
            'With `filing="console"`, a change of `count` prints the form; or name addresses with --relinquish.',
        )
    return _Form(text="\n\n".join(texts), region=lease.region, holder=lease.holder, is_marked=False)


def _from_record(runtime: Runtime, profile: str | None, region: str | None) -> _Form:
    """Return the form pending in a Region's record."""
    if region is None:
        raise click.UsageError("no Region is configured: give --region, or --from-state.")
    found = find(account_of(runtime, profile, [region]), region, run_of(runtime))
    if found is None or not found.outcome.shown.form_text:
        whose = label_of(found) if found else region
        raise Refused(
            f"No form is pending in the record of {whose}.",
            "Describe one with options, such as --count or --relinquish.",
        )
    holder = found.holder.path if found.holder else None
    if any(form.kind == "request" for form in found.view.memory.forms):
        raise Refused(
            f"The pending form of {label_of(found)} requests addresses, and the record does not store what it says "
            "about your mail.",
            "Run `pulumi stack export | dedicated-ip form --from-state -` in that stack's project.",
        )
    return _Form(text=found.outcome.shown.form_text, region=region, holder=holder, is_marked=True)


def _declared(
    runtime: Runtime, profile: str | None, lease: Lease, relinquish: tuple[str, ...], have: int | None
) -> _Form:
    if have is None:
        seen = account_of(runtime, profile, [lease.region]).addresses(lease.region)
        here = {address.ip for address in seen if not address.managed}
        strange = [ip for ip in relinquish if ip not in here]
        if strange:
            raise Refused(
                f"The account has no {', '.join(strange)} in {lease.region}.",
                "Correct --relinquish or --region; with --have, SES is not asked.",
            )
        have = len(here)
    addresses = frozenset(relinquish)
    new = NewCase(number=0, nonce="", have=max(have, len(addresses)), asks=lease.count, addresses=addresses)
    return _Form(text=_unmarked(lease, new), region=lease.region, holder=None, is_marked=False)


def _unmarked(lease: Lease, new: NewCase) -> str:
    return unmarked_form_text(lease, new, regions().name_of(lease.region))
