"""The checks of `doctor`. Nothing here files or changes anything.

Permissions to write to cases are tested with dry runs, and only after a dry run of a read has shown that the endpoint
supports them. Systems Manager has no dry runs: a missing permission to write the record shows on the first write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

from dedicated_ip_provider.aws.account import CASES_AN_HOUR
from dedicated_ip_provider.aws.diagnostics import dedicated_ip_quota, dry_run, identity, read_history
from dedicated_ip_provider.aws.errors import GET_A_PLAN, lacks_plan
from dedicated_ip_provider.aws.permissions import PERMISSIONS
from dedicated_ip_provider.errors import LeaseError
from dedicated_ip_provider.lease.addresses import is_ipv4, name_some
from dedicated_ip_provider.lease.model import at_utc, pluralize
from dedicated_ip_provider.lease.sending import concerns
from dedicated_ip_provider.support_center import case_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.lease.model import Case

Result = Literal["ok", "fix", "unchecked"]

_NO_DRY_RUN: Final = "this botocore, or this endpoint, has no dry runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The result of one check, and what to do about it."""

    about: str
    result: Result
    says: str
    next_step: str = ""


def examine(account: Account, allowed: Sequence[str], places: Sequence[str], now: datetime) -> Iterator[Check]:
    """Check everything that a lease needs, in the order in which it needs it."""
    credentials = _checked("credentials", identity, account)
    yield credentials
    if credentials.result != "ok":
        yield _unchecked("everything else", "needs credentials")
        return
    yield _account(account, allowed)
    yield from _support(account, now)
    for region in places:
        yield from _record(account, region)
        yield from _sending(account, region)
        yield _checked(f"addresses in {region} (ses:GetDedicatedIps)", _addresses, account, region)
        yield _quota(account, region)
    if not places:
        yield _unchecked("record and SES", "no Region is configured: name one with --region")


def _checked(about: str, ask: Callable[..., str], *of: object) -> Check:
    """Return what a question says, or why AWS does not answer it."""
    try:
        return _ok(about, ask(*of))
    except LeaseError as error:
        return _failed(about, error)


def _account(account: Account, allowed: Sequence[str]) -> Check:
    checked = _checked("account", lambda: account.id)
    if checked.result != "ok":
        return checked
    if not allowed:
        return _ok("account", f"{account.id} (not compared; use --allowed-account)")
    if account.id in allowed:
        return _ok("account", f"{account.id}, which is allowed")
    return _fix(
        "account",
        f"The credentials lead to account {account.id}, which is not allowed: {', '.join(allowed)}.",
        "Use other credentials, or correct `aws:allowedAccountIds` of the stack.",
    )


def _support(account: Account, now: datetime) -> Iterator[Check]:
    refused = _failure(account.cases)
    if refused and lacks_plan(refused):
        yield _fix(
            "support plan",
            "The account's AWS Support plan does not include the Support API, which files and reads cases.",
            f'Set `filing="console"` and file the forms by hand, or {GET_A_PLAN}',
        )
        yield _unchecked("cases, codes, permissions of Support", "need a support plan")
        return
    if refused:
        yield _unchecked("support plan", "unknown, because cases could not be read")
    else:
        yield _ok("support plan", "the account's plan includes the Support API")
    codes = _checked("codes of a case", _codes, account)
    yield from _permissions(account, refused, codes)
    yield codes
    if refused:
        yield _unchecked("open cases, cases in the last hour", "need support:DescribeCases")
        return
    yield _open_cases(account.cases())
    yield _last_hour(account.filing_times(), now)


def _permissions(account: Account, refused: LeaseError | None, codes: Check) -> Iterator[Check]:
    """Yield for each Support action whether it is allowed."""
    tried = _tried(account, "DescribeServices")
    has_dry_runs = tried.result == "ok"
    for permission in PERMISSIONS:
        if not permission.action.startswith("support:"):
            continue
        if permission.operation == "DescribeCases":
            yield _failed(permission.action, refused) if refused else _allowed(permission.action)
        elif permission.operation == "DescribeServices":
            yield _allowed(permission.action) if codes.result == "ok" else tried
        elif has_dry_runs:
            yield _tried(account, permission.operation)
        else:
            yield _unchecked(permission.action, _NO_DRY_RUN)


def _tried(account: Account, operation: str) -> Check:
    action = f"support:{operation}"
    try:
        went_well = dry_run(account, operation)
    except LeaseError as error:
        return _failed(action, error)
    return _allowed(action) if went_well else _unchecked(action, _NO_DRY_RUN)


def _codes(account: Account) -> str:
    return "{serviceCode}/{categoryCode}, {issueType}, {severityCode}".format(**account.codes())


def _open_cases(cases: Sequence[Case]) -> Check:
    still_open = [case for case in cases if case.is_open]
    waiting = [case for case in still_open if case.waits_for_customer]
    said = ", ".join(f"{case.name} ({case.holder}, {case.region})" for case in waiting or still_open)
    if not waiting:
        return _ok("open cases", said or "no lease has an open case")
    return _fix(
        "open cases",
        f"AWS is waiting for your reply in case {said}.",
        f"Reply at {case_url(waiting[0].region, waiting[0].display_id)}, or see `dedicated-ip confirm`.",
    )


def _last_hour(filing_times: Sequence[str], now: datetime) -> Check:
    times = [datetime.fromisoformat(time[:19]).replace(tzinfo=timezone.utc) for time in filing_times]
    hour = timedelta(hours=1)
    recent = [time for time in times if time > now - hour]
    said = f"{len(recent)} of the {CASES_AN_HOUR} that AWS allows"
    if len(recent) < CASES_AN_HOUR:
        return _ok("cases in the last hour", said)
    free = recent[CASES_AN_HOUR - 1] + hour
    return _fix("cases in the last hour", f"{said}: no more can be filed now.", f"Wait until {free:%H:%M} UTC.")


def _record(account: Account, region: str) -> Iterator[Check]:
    yield _checked(f"record in {region} (ssm:GetParameter)", _holder, account, region)
    about = f"history of the record in {region} (ssm:GetParameterHistory)"
    refused = _failure(lambda: read_history(account, region))
    yield _failed(about, refused) if refused else _ok(about, "allowed")
    yield _unchecked(
        f"writing the record in {region} (ssm:PutParameter)",
        "AWS has no dry run for it; without this permission nothing is filed",
    )


def _holder(account: Account, region: str) -> str:
    recorded = account.record(region).read()
    if recorded is None:
        return "none yet: the first `pulumi up` creates it"
    holder = recorded.memory.holder
    return (
        f"{holder.path} has held the lease since {at_utc(holder.since)}" if holder else "free: the last lease has ended"
    )


def _sending(account: Account, region: str) -> Iterator[Check]:
    about = f"SES in {region} (ses:GetAccount)"
    try:
        sending = account.sending(region)
    except LeaseError as error:
        yield _failed(about, error)
        return
    found = concerns(sending)
    for one in found:
        result: Result = "ok" if one.may_be_meant else "fix"
        yield Check(about=about, result=result, says=one.what, next_step=one.next_step)
    if all(one.may_be_meant for one in found):
        yield _ok(about, f"up to {sending.max_send_rate:g} messages a second")


def _addresses(account: Account, region: str) -> str:
    here = account.addresses(region)
    leased = [one.ip for one in here if not one.managed and is_ipv4(one.ip)]
    managed = sum(one.managed for one in here)
    named = f": {name_some(leased)}" if leased else ""
    also = f"; {managed} more in managed pools, which SES itself leases" if managed else ""
    return f"{pluralize(len(leased))}{named}{also}"


def _quota(account: Account, region: str) -> Check:
    about = f"quotas of SES in {region} (servicequotas:ListServiceQuotas)"
    try:
        quota = dedicated_ip_quota(account, region)
    except LeaseError as error:
        return _unchecked(about, f"{error.what.removesuffix('.')}; a lease does not need it")
    if quota is None:
        return _ok(about, "none for dedicated IP addresses: cases are the way to request some")
    return Check(
        about=about,
        result="ok",
        says=f"there is one now, {quota!r}: AWS may accept requests for addresses as increases of that quota.",
        next_step="Please tell the authors of this package.",
    )


def _failure(question: Callable[[], object]) -> LeaseError | None:
    try:
        question()
    except LeaseError as error:
        return error
    return None


def _allowed(action: str) -> Check:
    purpose = next(one.purpose for one in PERMISSIONS if one.action == action)
    return _ok(action, f"allowed: {purpose}")


def _ok(about: str, says: str) -> Check:
    return Check(about=about, result="ok", says=says)


def _failed(about: str, error: LeaseError) -> Check:
    return _fix(about, error.what if error.what.endswith(".") else f"{error.what}.", error.next_step)


def _fix(about: str, says: str, next_step: str) -> Check:
    return Check(about=about, result="fix", says=says, next_step=next_step)


def _unchecked(about: str, why: str) -> Check:
    return Check(about=about, result="unchecked", says=why)
