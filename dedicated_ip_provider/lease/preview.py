"""What a preview says before anything is filed: the same decision, made on what the state remembers.

A preview asks AWS nothing. So these lines say what follows if AWS still shows what it showed last time.
"""

from __future__ import annotations

from dataclasses import replace

from dedicated_ip_provider.decision import (
    Amend,
    Confirm,
    FileRequest,
    Nothing,
    Refuse,
    Relinquish,
    Resolve,
    Withdraw,
    next_action,
)
from dedicated_ip_provider.lease import (
    PRICE_AS_OF,
    PRICE_USD_PER_MONTH,
    Case,
    DedicatedIp,
    Lease,
    Past,
    Seen,
    counted,
    monthly_cost_usd,
)


def forecast(lease: Lease, past: Past | None) -> tuple[str, ...]:
    """Say, a line each, what creating or changing the lease will file and cost; nothing when nothing is filed."""
    past_or_new = past or Past(count=0, attempt=lease.attempt, account_id="")
    steps = _steps(lease, past_or_new)
    if not steps:
        return ()
    said = [f"will {', then '.join(steps)}; {_cost(lease, past_or_new)}"]
    if lease.count == 1:
        said.append("one address alone is not what AWS advises: use two or more in a Region")
    if past and past.strangers:
        said.append(
            f"no lease is known to hold {', '.join(past.strangers)}, which the account has in {lease.region} too; "
            "`adopt` takes such addresses over"
        )
    return tuple(f"{lease.label}: {line}" for line in said)


def _steps(lease: Lease, past: Past) -> list[str]:
    said: list[str] = []
    seen = _remembered(lease, past)
    while True:
        match next_action(lease, past, seen):
            case FileRequest(asks=asks):
                return [*said, f"ask AWS for {counted(asks)} by {_how(lease)}"]
            case Amend(case=case, asks=asks) if case.is_unfiled:
                return [*said, f"change the form that waits to {asks} in all, instead of {case.asks}"]
            case Amend(case=case, asks=asks):
                return [*said, f"change the open case {case.name} to {asks} in all, instead of {case.asks}"]
            case Relinquish(returns=returns):
                return [*said, f"give back {', '.join(returns)} by {_how(lease)}, which is final"]
            case Withdraw(case=case):
                said.append("drop the form that waits" if case.is_unfiled else f"withdraw the open case {case.name}")
                past = replace(past, open_cases=_without(case, past), unfinished=False)
            case Resolve(case=case):
                said.append(f"close the withdrawn case {case.name}")
                past = replace(past, open_cases=_without(case, past))
            case Confirm(case=case):
                said.append(f"confirm to AWS, once, that {', '.join(case.returns)} shall go, which is final")
                past = replace(past, open_cases=(*_without(case, past), replace(case, confirmed=True)))
            case Nothing() | Refuse():  # pragma: no branch - no other is left, as mypy proves
                return said


def _without(case: Case, past: Past) -> tuple[Case, ...]:
    return tuple(one for one in past.open_cases if (one.number, one.id) != (case.number, case.id))


def _remembered(lease: Lease, past: Past) -> Seen:
    """Give the world as the state remembers it, with the addresses to adopt taken at their word."""
    ours = {*past.release_order, *past.relinquishing, *lease.adopt}
    order = {ip: rank for rank, ip in enumerate(past.release_order)}
    addresses = tuple(
        DedicatedIp(ip=ip, pool=None, warmup_percentage=order.get(ip, len(order)), managed=False) for ip in sorted(ours)
    )
    return Seen(account_id=past.account_id, addresses=addresses, cases=())


def _how(lease: Lease) -> str:
    return "a form that a person files" if lease.filing == "console" else "a support case"


def _cost(lease: Lease, past: Past) -> str:
    before = monthly_cost_usd(len(past.addresses) + len(past.relinquishing))
    after = monthly_cost_usd(lease.count)
    price = f"{PRICE_USD_PER_MONTH} each as of {PRICE_AS_OF}"
    return f"USD {before:.2f} => {after:.2f} a month when AWS has done it ({price})"
