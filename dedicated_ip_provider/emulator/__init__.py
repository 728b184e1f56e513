"""The desk: an AWS account on your own machine, with the people behind AWS Support.

It answers AWS Support, SES v2, Systems Manager's Parameter Store and STS over HTTP, checked against botocore's own
service models, and it leases and takes back dedicated IP addresses as AWS's people do: when they are told to, or at
a pace of their own.
It shares no code with the provider.

From a shell:

    python -m dedicated_ip_provider.emulator --pace 5

prints what to export, and then a line for each thing that happens. In a test or a demo:

    from dedicated_ip_provider.emulator import start

    with start() as desk:                                 # nothing happens until you say so
        os.environ.update(desk.environment)               # url, keys, NO_PROXY
        case = boto3.client("support", region_name="eu-west-1").create_case(...)["caseId"]

        desk.grant(case)                                  # all that is missing; the case is resolved
        desk.grant(case, 1)                               # one of several: the case stays open
        desk.grant(case, 1, close=True)                   # one of several, and that is all
        desk.grant(case, 5)                               # more than asked for
        desk.refuse(case); desk.ask(case, "Why?"); desk.say(case, "Soon."); desk.resolve(case)
        desk.confirm_question(case); desk.remove(case)    # of a relinquish case
        desk.set_status(case, "pending-amazon-action")    # any word

A case is named by its id or by the number that people see. Every account is there already; a client's access key
of 12 digits names its account, and any other key is that of 111122223333. Methods take `account=` where it matters.

    desk.file_by_hand(subject, body), desk.reply(case, "Yes.")      what a customer does in the Support Center
    desk.lease("eu-west-1", 2), desk.take_away("eu-west-1", ip)     somebody else's addresses come and go
    desk.import_addresses("eu-west-1", ip), desk.add_managed("eu-west-1", 2)
    desk.put_parameter("eu-west-1", "/a/b", "value"), desk.delete_parameter("eu-west-1", "/a/b")    in the console
    desk.parameter("eu-west-1", "/a/b"), desk.parameters("eu-west-1")
    desk.cases(), desk.case(case), desk.addresses("eu-west-1"), desk.details("eu-west-1"), desk.state()
    desk.advance(3600), desk.advance(days=45), desk.now             time, which `start(now=...)` lets stand still
    desk.change(pace=2, confirm_relinquish=False)                   any of `Settings`
    desk.fault("reset", operation="CreateCase", when="after", times=2, skip=1), desk.faults, desk.clear_faults()
    desk.log, desk.calls("CreateCase"), desk.reset(), desk.stop()

`endpoint.answer(desk, exchange.Request(...))` answers without a wire; `Desk` is all of the above without a port.
`Case`, `Address`, `Parameter`, `Entry` (of the log), `Fault` and `Settings` are frozen values, documented where they
are defined. What cannot be done raises a `DeskError` and changes nothing. The same commands are at `/_desk/` over
HTTP; see `control`. What `Fault` can break, and when, see `faults`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.acts import DEFAULT_ACCOUNT
from dedicated_ip_provider.emulator.address import Address
from dedicated_ip_provider.emulator.case import Case, Communication
from dedicated_ip_provider.emulator.desk import Desk
from dedicated_ip_provider.emulator.errors import BadCommand, DeskError, NotHere
from dedicated_ip_provider.emulator.faults import Fault
from dedicated_ip_provider.emulator.log import Entry
from dedicated_ip_provider.emulator.parameter import Parameter, ParameterVersion
from dedicated_ip_provider.emulator.running import RunningDesk
from dedicated_ip_provider.emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = [
    "DEFAULT_ACCOUNT",
    "Address",
    "BadCommand",
    "Case",
    "Communication",
    "Desk",
    "DeskError",
    "Entry",
    "Fault",
    "NotHere",
    "Parameter",
    "ParameterVersion",
    "RunningDesk",
    "Settings",
    "start",
]


def start(
    settings: Settings | None = None,
    *,
    now: datetime | None = None,
    tell: Callable[[str], None] | None = None,
    port: int = 0,
) -> RunningDesk:
    """Start a desk in this process, on a free port of the loopback interface.

    By default its staff waits for commands. With `now`, its clock stands there until it is advanced.
    `tell` gets a line for each thing that happens.
    """
    return RunningDesk(settings, now, tell, port)
