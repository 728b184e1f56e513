"""What a preview says before anything is filed: the same decisions, made from what the state remembers.

A preview does not call AWS, so these lines say what will happen if AWS still shows what it showed last time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.lease.addresses import name_some, sort_ips
from dedicated_ip_provider.lease.console import before_forms, to_write, why_no_form, with_forms, without_forms
from dedicated_ip_provider.lease.decision import (
    Amend,
    Confirm,
    FileRequest,
    ListMore,
    Nothing,
    Refuse,
    Relinquish,
    Resolve,
    Withdraw,
    ascending_value,
    next_action,
    wants_fewer,
)
from dedicated_ip_provider.lease.model import LIST_PRICE, DedicatedIp, Observation, monthly_cost_usd, pluralize
from dedicated_ip_provider.lease.ownership import LeaseView, adopt, look, missed_adoptions
from dedicated_ip_provider.lease.pools import divide

if TYPE_CHECKING:
    from datetime import datetime

    from dedicated_ip_provider.lease.decision import Wish
    from dedicated_ip_provider.lease.model import Addresses, Filing, Kind, Memory, Price

_CONFIRM: Final[dict[Filing, str]] = {
    "support-api": "confirm the relinquishment to AWS, once, which is final",
    "console": "write a message for you to send, which confirms the relinquishment and is final",
}

_DOES: Final[dict[Kind, str]] = {"request": "requests", "relinquish": "relinquishes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a command will do, one line per step, and why it will be refused, if it will."""

    lines: tuple[str, ...] = ()
    refusal: Refuse | None = None


def preview(  # noqa: PLR0913 - a wish, what is remembered, and what else the state knows
    wish: Wish,
    memory: Memory,
    now: datetime,
    *,
    adopting: Addresses = frozenset(),
    question: bool = False,
    price: Price = LIST_PRICE,
) -> Preview:
    """Return what creating or changing the lease will file, move and cost.

    `question` says that AWS is waiting for a confirmation before it removes addresses. `adopting` are addresses that
    `adopt` names for the first time.
    """
    lease = wish.lease
    missed = frozenset[str]() if wish.ending else missed_adoptions(lease, memory, _remembered(memory))
    memory = adopt(memory, adopting | missed)
    if lease.filing == "support-api":
        memory = without_forms(memory)
    view = look(memory, _remembered(memory), lease.region, now)
    said, going, refusal = _console_steps(wish, view) if lease.filing == "console" else _steps(wish, view)
    if question and lease.confirm_relinquish:
        said.insert(0, _CONFIRM[lease.filing])
    lines = []
    if said:
        after = max(wish.count, len(set(view.held) - going))
        lines.append(f"will {', then '.join(said)}; {_cost(len(memory.holds), after, price)}")
    going_already = [case for case in view.relinquishes if case.addresses & view.memory.holds]
    if said and wish.count > len(view.held) and going_already:
        lines.append(
            f"case {going_already[0].name} still relinquishes {name_some(view.relinquishing)}; "
            "raising `count` does not stop that"
        )
    if going:
        lines.append(f"tell the partners whose allow-lists include {name_some(going)}")
    if view.doubtful and wants_fewer(wish, view) and len(view.held) - len(going) > wish.count:
        lines.append(f"keeps {name_some(view.doubtful)}, which may be somebody else's, until named in `adopt`")
    if said and wish.count == 1:
        lines.append("AWS recommends two or more addresses in a Region")
    if said and view.unmanaged:
        lines.append(
            f"the account also has {name_some(view.unmanaged)} in {lease.region}, which the lease does not hold; "
            "`adopt` adds such addresses to it"
        )
    lines += _moves(wish, view, going, files=bool(said))
    return Preview(lines=tuple(f"{lease.label}: {line}" for line in lines), refusal=refusal)


def _steps(wish: Wish, view: LeaseView) -> tuple[list[str], Addresses, Refuse | None]:
    said: list[str] = []
    while True:
        match next_action(wish, view):
            case FileRequest(asks=asks):
                return [*said, f"request {pluralize(asks)} by a support case"], frozenset(), None
            case Amend(case=case, asks=asks):
                return (
                    [*said, f"change the open case {case.name} to {asks} in all, instead of {case.asks}"],
                    frozenset(),
                    None,
                )
            case Relinquish(addresses=addresses):
                return [*said, f"relinquish {_named(addresses)} by a support case, which is final"], addresses, None
            case Withdraw(case=case):
                said.append(f"withdraw the open case {case.name}")
                view = replace(view, request=None)
            case Refuse() as refusal:
                return said, frozenset(), refusal
            # The other steps depend on what AWS shows, which the state does not remember.
            case Nothing() | Resolve() | ListMore() | Confirm():  # pragma: no branch - mypy proves that none is left
                return said, frozenset(), None


def _console_steps(wish: Wish, view: LeaseView) -> tuple[list[str], Addresses, Refuse | None]:
    said: list[str] = []
    match before_forms(wish, view):
        case Refuse() as refusal:
            return said, frozenset(), refusal
        case Withdraw(case=case):
            said.append(f"withdraw the open case {case.name}")
            # The form requests what the withdrawn case requested.
            view = replace(view, request=None, memory=replace(view.memory, attempt=0))
    after = with_forms(wish, view)
    for form in after.forms:
        if form not in view.memory.forms:
            what = (
                f"requests {pluralize(form.asks)}"
                if form.kind == "request"
                else f"relinquishes {_named(form.addresses)}, which is final"
            )
            said.append(f"fill in a form for you to file, which {what}")
    dropped = {(form.number, form.kind) for form in view.memory.forms} - {
        (form.number, form.kind) for form in after.forms
    }
    said += [f"drop the pending form that {_DOES[kind]} addresses" for _, kind in sorted(dropped)]
    for step in to_write(wish, replace(view, memory=after)):
        said.append(f"write a message for you to send in case {step.case.name}")
    going = frozenset(ip for form in after.forms for ip in form.addresses)
    return said, going, why_no_form(wish, view, after)


def _named(addresses: Addresses) -> str:
    """Name every address to be relinquished: a person must be able to read them all beforehand, as it is final."""
    return ", ".join(sort_ips(addresses))


def _moves(wish: Wish, view: LeaseView, going: Addresses, *, files: bool) -> list[str]:
    """Say which pool loses which address."""
    staying = tuple(ip for ip in ascending_value(wish, view) if ip in view.held and ip not in going)
    after = divide(wish.division, staying, wish.lease.pools)
    pool_after = {ip: pool for pool, ips in after.items() for ip in ips}
    lines = []
    for pool, ips in sorted(wish.division.items()):
        lost = [ip for ip in ips if ip in view.memory.holds and pool_after.get(ip) != pool]
        lines += [f"pool {pool} loses {ip}{_where(ip, going, pool_after)}" for ip in lost]
    had = {ip for ips in wish.division.values() for ip in ips}
    for pool, ips in after.items():
        lines += [f"pool {pool} gets {ip}" for ip in ips if ip not in had]
        if ips and pool not in wish.division and not had.issuperset(view.held):
            lines.append(f"pool {pool} first gets what SES already shows in a pool of that name")
    if lines and not files:
        lines.append("nothing is filed for that")
    return lines


def _where(ip: str, going: Addresses, pool_after: dict[str, str]) -> str:
    if ip in going:
        return ", which is relinquished"
    return f" to pool {pool_after[ip]}" if ip in pool_after else ""


def _remembered(memory: Memory) -> Observation:
    """Return the Region as the state remembers it, assuming that the addresses to adopt exist."""
    addresses = tuple(
        DedicatedIp(ip=ip, pool=None, warmup_percentage=0, managed=False)
        for ip in sort_ips(memory.holds | (memory.knows or frozenset()))
    )
    return Observation(account_id="", addresses=addresses)


def _cost(before: int, after: int, price: Price) -> str:
    now, then = (f"{monthly_cost_usd(count, price):.2f}" for count in (before, after))
    return f"USD {now} => {then} a month once AWS has done this ({price.each})"
