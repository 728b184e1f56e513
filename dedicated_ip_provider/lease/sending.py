"""What SES lets an account do in a Region, and which of it speaks against requesting addresses now.

None of it makes this package refuse a request. AWS documents no state in which asking is pointless: it says that it may
deny increases until a review or a pause ends (re:Post knowledge centre, "Why is my Amazon SES sending account under
review or paused?"), and it says nothing about the sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What SES says about an account in a Region (`GetAccount`); `enforcement` is AWS's own term."""

    region: str
    in_sandbox: bool = False
    enforcement: str = "HEALTHY"
    is_enabled: bool = True
    warms_up: bool = True
    max_send_rate: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing that speaks against a request now, and what to do about it; `may_be_meant`: it may be intentional."""

    what: str
    next_step: str
    may_be_meant: bool = False


def concerns(sending: Sending) -> tuple[Concern, ...]:
    """Return what speaks against a request, the most serious first."""
    found = [_enforcement(sending), _sandbox(sending), _pause(sending), _cold(sending)]
    return tuple(concern for concern in found if concern)


def _enforcement(sending: Sending) -> Concern | None:
    match sending.enforcement:
        case "HEALTHY":
            return None
        case "SHUTDOWN":
            what = f"AWS has paused the account's sending in {sending.region} (SHUTDOWN)."
            next_step = "AWS may deny requests until it lifts the pause: settle that with AWS first."
        case "PROBATION":
            what = f"AWS has the account's sending in {sending.region} under review (PROBATION)."
            next_step = "AWS may deny requests until the review ends: settle that with AWS first."
        case status:
            what = f"SES's enforcement status of the account in {sending.region} is {status}."
            next_step = "Settle that with AWS first: it judges the use case by how the account sends."
    return Concern(what=what, next_step=next_step)


def _sandbox(sending: Sending) -> Concern | None:
    if not sending.in_sandbox:
        return None
    return Concern(
        what=f"The account is in SES's sandbox in {sending.region}.",
        next_step="Request production access first: AWS rarely leases addresses to a sender in the sandbox.",
    )


def _pause(sending: Sending) -> Concern | None:
    # AWS's own pause turns sending off as well, and is reported above.
    if sending.is_enabled or sending.enforcement == "SHUTDOWN":
        return None
    return Concern(
        what=f"Sending is turned off for the account in {sending.region}.",
        next_step="Addresses cost from the day on which they come: turn it on (PutAccountSendingAttributes), or "
        "request them later.",
    )


def _cold(sending: Sending) -> Concern | None:
    if sending.warms_up:
        return None
    return Concern(
        what=f"Automatic warm-up is off in {sending.region}: new addresses arrive marked as warmed up, but are cold.",
        next_step="Turn it on before they come (PutAccountDedicatedIpWarmupAttributes), or warm them up yourself.",
        may_be_meant=True,
    )
