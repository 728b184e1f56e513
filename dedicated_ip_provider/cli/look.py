"""The leases of an account: the records of its Regions, with what SES and the cases show about each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.cli.output import note, sanitize
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.lease.addresses import name_some, shorten
from dedicated_ip_provider.lease.decision import question_of
from dedicated_ip_provider.lease.model import at_utc
from dedicated_ip_provider.outputs import PUBLIC_NAMES
from dedicated_ip_provider.recovery import find
from dedicated_ip_provider.state import outputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.lease.model import Case
    from dedicated_ip_provider.recovery import Found

_AT_THE_SAME_TIME: Final = 8
_SHOWN: Final = ("region", "count", *PUBLIC_NAMES)


def run_of(runtime: Runtime) -> Run:
    """Return what the core takes from this process."""
    return Run(now=runtime.now, tell=note)


def look(account: Account, regions: Sequence[str], runtime: Runtime) -> tuple[Found, ...]:
    """Return the leases in the account's records in these Regions, live and ended.

    Regions whose record or addresses AWS refuses to show are named on stderr. Raise `Refused` if there are no others.
    """
    account.id  # noqa: B018 - without credentials, no Region needs to be asked

    def look_at(region: str) -> Found | Refused | None:
        try:
            return find(account, region, run_of(runtime))
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(_AT_THE_SAME_TIME) as pool:
        looked = dict(zip(regions, pool.map(look_at, regions), strict=True))
    refused = {region: one for region, one in looked.items() if isinstance(one, Refused)}
    if len(refused) == len(regions):
        raise next(iter(refused.values()))
    if refused:
        note(sanitize(_not_looked_at(refused)))
    found = tuple(one for one in looked.values() if one is not None and not isinstance(one, Refused))
    if not all(one.view.seen.cases_readable for one in found):
        note(sanitize(f"Cases are shown as the records have them: {_why_unreadable(account)}"))
    return found


def is_over(found: Found) -> bool:
    """Return whether a lease has ended and left nothing open."""
    return found.holder is None and not (found.view.memory.cases or found.view.memory.forms)


def is_claimed_only(found: Found) -> bool:
    """Return whether a create has claimed the lease but filed nothing yet."""
    return found.view.memory.count is None and found.recorded.memory.intent is None and found.holder is not None


def status_of(found: Found) -> str:
    """Return the status of a lease, in the words of the resource; `free` if it has ended and nothing is open."""
    return "free" if is_over(found) else found.outcome.shown.status


def region_of(found: Found) -> str:
    """Return the Region of a lease."""
    return found.outcome.state.lease.region


def label_of(found: Found) -> str:
    """Return how output names a lease: `shop/prod/eu (eu-west-1)`."""
    return f"{found.holder.path if found.holder else 'no holder'} ({region_of(found)})"


def message_of(found: Found) -> str:
    """Return the status of a lease in sentences."""
    if found.holder is None:
        return " ".join(("The lease has ended.", *_what_it_left(found)))
    if is_claimed_only(found):
        return "`pulumi up` claimed the lease and has filed nothing yet."
    return found.outcome.shown.message


def filed_at(found: Found) -> str:
    """Return when the case that explains the status was filed, as AWS writes it; empty if unknown."""
    case_id = found.outcome.state.link.id
    return next((case.filed_at for case in found.view.seen.cases if case.id == case_id), "")


def least_warm(found: Found) -> int | None:
    """Return the percentage of the lease's least warmed-up address; None if it holds none."""
    held = [one for one in found.view.seen.addresses if one.ip in found.view.held]
    return min((100 if one.warmed else one.warmup_percentage for one in held), default=None)


def as_data(found: Found) -> dict[str, Any]:
    """Return a lease as JSON data, in the words of the resource's outputs."""
    outputs = outputs_of(found.outcome.state, found.outcome.shown)
    return {
        "holder": found.holder.path if found.holder else None,
        "holder_since": at_utc(found.holder.since) if found.holder else None,
        **{key: outputs[key] for key in _SHOWN},
        "status": status_of(found),
        "message": message_of(found),
        "case_filed_at": filed_at(found),
        "least_warm_percentage": least_warm(found),
    }


def _what_it_left(found: Found) -> list[str]:
    view = found.view
    question = question_of(view)
    if question:
        said = [_asking(question)]
    else:
        said = [f"Case {case.name} still relinquishes {name_some(case.addresses)}." for case in view.memory.cases]
    said += [
        f"A form that relinquishes {name_some(form.addresses)} is pending: `dedicated-ip form --region "
        f"{region_of(found)}` shows it."
        for form in view.memory.forms
    ]
    return said or ["It left nothing open."]


def _asking(case: Case) -> str:
    return (
        f"AWS is asking you to confirm the relinquishment of {name_some(case.addresses)} in case {case.name}: run "
        f"`dedicated-ip confirm {case.name}`, or reply there."
    )


def _not_looked_at(refused: Mapping[str, Refused]) -> str:
    first, why = next(iter(refused.items()))
    return (
        f"Not read: {shorten(tuple(refused))}. In {first}: {why.what}\n"
        "The account may not have enabled it; with --region, only the Regions named are read."
    )


def _why_unreadable(account: Account) -> str:
    try:
        account.cases()
    except Refused as refusal:
        return refusal.what
    return "AWS refused to list them a moment ago."
