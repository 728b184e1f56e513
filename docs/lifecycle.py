"""Finds which status of a lease follows which, and by whose act, by trying all acts on the package's own functions.

The world is small: one Region, one lease, a few addresses. A person runs `up` with another count or attempt, or
destroys; AWS's people grant, refuse, ask, remove and close. After each act the lease is looked at, as `up` and
`refresh` do it, and its status is what `outlook` says. What a decision does to a case is written down here once
more, in a few lines, since the package does it at AWS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from dedicated_ip_provider.decision import (
    Action,
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
    RESOLVED,
    UNFILED,
    WAITS_FOR_CUSTOMER,
    Case,
    DedicatedIp,
    Filing,
    Kind,
    Lease,
    Paper,
    Past,
    Seen,
    UseCase,
)
from dedicated_ip_provider.outlook import Status, count_after_drift, outlook_of
from dedicated_ip_provider.standing import cases_of, stand

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION: Final = "eu-west-1"
KEY: Final = f"organization/shop/prod/eu/{REGION}"
MOST_ADDRESSES: Final = 3
MOST_CASES: Final = 3
MANY_ACTS: Final = 6
FEW_ACTS: Final = 5
"""How many acts in a row lead to the rarest situations, and to the plain ones."""
VANISHES: Final = "an address vanishes"
START: Final = "start"
END: Final = "end"

USE_CASE: Final = UseCase(
    mail_type="TRANSACTIONAL",
    website_url="https://example.com",
    description="",
    why_dedicated="",
    opt_in="",
    bounce_complaints="",
    complies_with_aup=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A lease as the program declares it and the state remembers it, and what AWS has; `is_over` after `destroy`."""

    lease: Lease
    past: Past | None
    seen: Seen
    status: Status | None
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A status, an act, and the status that follows."""

    before: str
    act: str
    after: str


def start(filing: Filing) -> World:
    """Give the world before the first `up`."""
    lease = Lease(key=KEY, region=REGION, count=2, use_case=USE_CASE, filing=filing)
    return World(lease=lease, past=None, seen=Seen(account_id="111122223333", addresses=(), cases=()), status=None)


def steps(first: World, most: int, never: str) -> Iterator[Step]:
    """Try every act but one in every world that `most` acts lead to; the steps of the nearest come first."""
    reached, edge = {first}, [first]
    for _ in range(most):
        beyond: list[World] = []
        for world in edge:
            for act, after in acts(world):
                if act == never:
                    continue
                if after.is_over or after.status != world.status:
                    yield Step(
                        before=world.status or START, act=act, after=END if after.is_over else after.status or ""
                    )
                if not after.is_over and after not in reached and len(after.seen.cases) <= MOST_CASES:
                    reached.add(after)
                    beyond.append(after)
        edge = beyond


def acts(world: World) -> Iterator[tuple[str, World]]:
    """Give each act that is possible now, and the world after it."""
    if world.past is None:
        by_hand = world.lease.filing == "console"
        yield 'up, `filing="console"`' if by_hand else "up", settled(world, world.lease)
        return
    yield from of_the_user(world, world.past)
    for act, seen in of_aws(world.seen):
        yield act, refreshed(world, world.past, seen)


def of_the_user(world: World, past: Past) -> Iterator[tuple[str, World]]:
    """Give what a person may do with Pulumi, or in the Support Center."""
    lease = world.lease
    if lease.count != past.count:
        yield "up, after an address vanished", settled(world, lease)
    if lease.count < MOST_ADDRESSES:
        yield "up, higher `count`", settled(world, replace(lease, count=lease.count + 1))
    if lease.count > 0:
        yield "up, lower `count`", settled(world, replace(lease, count=lease.count - 1))
    if lease.attempt == 1:
        yield "up, higher `attempt`", settled(world, replace(lease, attempt=2))
    if past.confirmation_due:
        yield "up, `confirm_relinquish`", settled(world, replace(lease, confirm_relinquish=True))
    yield "destroy", replace(world, is_over=True)
    for case in past.open_cases:
        if case.is_unfiled:
            filed = with_case(world.seen, replace(case, id="filed", status="opened"))
            yield "you file the form", refreshed(world, past, filed)
    for case in world.seen.cases:
        if case.waits_for_customer:
            answered = with_case(world.seen, replace(case, status="customer-action-completed"))
            yield "you answer" if case.kind == "request" else "you confirm", refreshed(world, past, answered)


def of_aws(seen: Seen) -> Iterator[tuple[str, Seen]]:
    """Give what AWS's people may do, and what AWS shows after it."""
    for case in seen.cases:
        if not case.is_open:
            continue
        closed = with_case(seen, replace(case, status=RESOLVED))
        asking = with_case(seen, replace(case, status=WAITS_FOR_CUSTOMER))
        if case.kind == "request":
            missing = case.asks - len(seen.here - set(case.before))
            yield "AWS asks a question", asking
            yield "AWS says no", closed
            if missing > 0:
                yield "AWS grants all", granted(closed, missing)
                yield "AWS grants all", granted(seen, missing)
                yield "AWS grants more", granted(closed, missing + 1)
            if missing > 1:
                yield "AWS grants some, case open", granted(seen, 1)
                yield "AWS grants some, closes", granted(closed, 1)
        else:
            yield "AWS asks to confirm", asking
            yield "AWS removes", without(closed, case.returns)
            yield "AWS closes, removes none", closed
    for address in seen.addresses[-1:]:
        yield VANISHES, without(seen, (address.ip,))


def settled(world: World, lease: Lease) -> World:
    """Carry out what `up` decides, at AWS or, with console filing, on paper."""
    console = lease.filing == "console"
    seen, facts = world.seen, world.seen
    papers = {(paper.number, paper.message): paper for paper in (world.past.papers if world.past else ())}
    while not isinstance(action := next_action(lease, world.past, seen), Nothing):
        if isinstance(action, Refuse):
            return world
        case = done(action, lease, world.past, seen)
        if console and not case.is_unfiled:
            return world  # a message for a person to send; it waits like a form, and is left out here
        seen = with_case(seen, case)
        if console:
            facts = with_case(facts, case)
            papers[case.number, 0] = Paper(number=case.number, message=0, text="")
    outlook = outlook_of(lease, world.past, facts if console else seen, tuple(papers.values()))
    return World(
        lease=replace(lease, confirm_relinquish=False),
        past=outlook.past,
        seen=world.seen if console else seen,
        status=outlook.status,
    )


def refreshed(world: World, past: Past, seen: Seen) -> World:
    """Look again, as `refresh` does: a held address that vanished lowers the count in the state."""
    lease = replace(world.lease, count=past.count)
    lease = replace(lease, count=count_after_drift(past, stand(lease, past, seen)))
    outlook = outlook_of(lease, past, seen, past.papers)
    return replace(world, past=outlook.past, seen=seen, status=outlook.status)


def done(action: Action, lease: Lease, past: Past | None, seen: Seen) -> Case:
    """Give the case that an action opens or changes, as it is afterwards."""
    match action:
        case FileRequest(asks=asks):
            return opened(lease, past, seen, "request", asks=asks, before=tuple(sorted(seen.here)))
        case Relinquish(returns=returns, total=total):
            return opened(replace(lease, count=total), past, seen, "relinquish", returns=returns)
        case Amend(case=case, asks=asks):
            return replace(case, asks=asks, total=lease.count, attempt=lease.attempt)
        case Withdraw(case=case):
            return replace(case, withdrawn=True, status=RESOLVED if case.is_unfiled else case.status)
        case Resolve(case=case):
            return replace(case, status=RESOLVED)
        case Confirm(case=case):
            return replace(case, confirmed=True, status="customer-action-completed")
        case _:
            raise AssertionError(f"{action} opens and changes no case")


def opened(  # noqa: PLR0913 - the fields of a case
    lease: Lease,
    past: Past | None,
    seen: Seen,
    kind: Kind,
    *,
    asks: int = 0,
    before: tuple[str, ...] = (),
    returns: tuple[str, ...] = (),
) -> Case:
    """Give a new case of the lease."""
    number = max([0, *(case.number for case in cases_of(lease.key, past, seen))]) + 1
    by_hand = lease.filing == "console"
    return Case(
        id="" if by_hand else f"case-{number}",
        display_id=None,
        status=UNFILED if by_hand else "opened",
        filed_at=f"{number}",
        lease_key=lease.key,
        region=lease.region,
        number=number,
        kind=kind,
        total=lease.count,
        attempt=lease.attempt,
        asks=asks,
        before=before,
        returns=returns,
    )


def with_case(seen: Seen, case: Case) -> Seen:
    """Give what AWS shows with a case as it is now."""
    others = [one for one in seen.cases if one.number != case.number]
    return replace(seen, cases=tuple(sorted([*others, case], key=lambda one: one.number)))


def granted(seen: Seen, count: int) -> Seen:
    """Give what AWS shows with so many more addresses."""
    taken = {address.ip for address in seen.addresses}
    free = [ip for ip in (f"192.0.2.{number}" for number in range(1, 10)) if ip not in taken]
    new = [DedicatedIp(ip=ip, pool=None, warmup_percentage=0, managed=False) for ip in free[:count]]
    return replace(seen, addresses=(*seen.addresses, *new))


def without(seen: Seen, ips: tuple[str, ...]) -> Seen:
    """Give what AWS shows without some addresses."""
    return replace(seen, addresses=tuple(address for address in seen.addresses if address.ip not in ips))


@cache
def table(most: int = MANY_ACTS, never: str = "") -> dict[Step, None]:
    """Give every step there is; those of a form that waits come from console filing."""
    found = dict.fromkeys(steps(start("support-api"), most, never))
    by_hand = (step for step in steps(start("console"), most, never) if "to_file" in (step.before, step.after))
    return found | dict.fromkeys(by_hand)


def plain_steps() -> list[Step]:
    """Give what each act leads to in the plainest situation, with no address lost on the way."""
    first: dict[tuple[str, str, bool], Step] = {}
    for step in table(FEW_ACTS, never=VANISHES):
        first.setdefault((step.before, step.act, step.after == "to_file"), step)
    return list(first.values())
