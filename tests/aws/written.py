"""Cases and messages to file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.bags import FORM, HOLDER, REGION

from dedicated_ip_provider.case_text.messages import CaseMessage, NewCase, reply_message, request_message
from dedicated_ip_provider.lease.decision import Withdraw
from dedicated_ip_provider.lease.model import Lease, UseCase

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.lease.model import Case


def request(number: int = 1, region: str = REGION) -> CaseMessage:
    """Return the message that opens a case and requests three addresses."""
    return request_message(lease(region), NewCase(number=number, nonce="k3f9", have=0, asks=3), region)


def withdrawal(case: Case) -> CaseMessage:
    """Return the message that withdraws a request."""
    return reply_message(lease(case.region), Withdraw(case=case), case.region)


def file(account: Account, message: CaseMessage | None = None) -> Case:
    """File a case, by default a request."""
    return account.file_case(message or request(), "en", (), before_sending=lambda: None)


def lease(region: str) -> Lease:
    """Return a lease of three addresses as a program declares it."""
    return Lease(holder=HOLDER, region=region, count=3, use_case=UseCase(**FORM))  # type: ignore[arg-type]  # a bag
