"""An AWS account on your own machine, with the staff behind AWS Support.

It answers AWS Support, SES v2, Systems Manager's Parameter Store, STS and Service Quotas over HTTP, and checks
requests and answers against botocore's service models. Its staff grants and removes dedicated IP addresses on command
or at a pace of its own. It shares no code with the provider. From a shell, run `dedicated-ip emulator`; in a test or a
demo:

    from dedicated_ip_provider.emulator import start

    with start() as emulator:                             # nothing happens until you say so
        os.environ.update(emulator.environment)           # url, keys, NO_PROXY
        case = boto3.client("support", region_name="eu-west-1").create_case(...)["caseId"]

        emulator.grant(case)                              # all that are missing; the case is resolved
        emulator.grant(case, 1)                           # one of several: the case stays open
        emulator.grant(case, 1, close=True)               # one of several; the case is resolved
        emulator.grant(case, 5)                           # more than asked for
        emulator.refuse(case); emulator.ask(case, "Why?"); emulator.say(case, "Soon."); emulator.resolve(case)
        emulator.confirm_question(case); emulator.remove(case)    # of a relinquish case
        emulator.set_status(case, "pending-amazon-action")        # any word

A case is named by its id or by the number people see. Every account exists already; an access key of 12 digits
selects that account, and any other key selects 111122223333. Methods take `account=` where it matters.

    emulator.file_by_hand(subject, body), emulator.reply(case, "Yes.")      what customers do in the Support Center
    emulator.lease("eu-west-1", 2), emulator.take_away("eu-west-1", ip)     addresses of others come and go
    emulator.import_addresses("eu-west-1", ip), emulator.add_managed("eu-west-1", 2)
    emulator.put_parameter("eu-west-1", "/a/b", "value"), emulator.delete_parameter("eu-west-1", "/a/b")
    emulator.parameter("eu-west-1", "/a/b"), emulator.parameters("eu-west-1")
    emulator.cases(), emulator.case(case), emulator.state()
    emulator.addresses("eu-west-1"), emulator.details("eu-west-1")
    emulator.advance(3600), emulator.advance(days=45), emulator.now         `start(now=...)` stops the clock
    emulator.change(pace=2, confirm_relinquish=False)                       any of `Settings`
    emulator.fault("reset", operation="CreateCase", when="after", times=2, skip=1)
    emulator.faults, emulator.clear_faults()
    emulator.log, emulator.calls("CreateCase"), emulator.reset(), emulator.stop()

`endpoint.answer(emulator, Request(...))` answers without a network; `Emulator` is all of the above without a port.
`Case`, `Address`, `Parameter`, `Entry` (of the log), `Fault` and `Settings` are frozen values, documented where they
are defined. A command that cannot be carried out raises an `EmulatorError` and changes nothing. The same commands
are available over HTTP at `/_emulator/`: see `control`. For what `Fault` can break, and when, see `faults`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.emulator import Emulator
from dedicated_ip_provider.emulator.faults import Fault
from dedicated_ip_provider.emulator.log import Entry
from dedicated_ip_provider.emulator.running import RunningEmulator
from dedicated_ip_provider.emulator.settings import Settings
from dedicated_ip_provider.emulator.values import (
    DEFAULT_ACCOUNT,
    Address,
    BadCommand,
    Case,
    Communication,
    EmulatorError,
    NotHere,
    Parameter,
    ParameterVersion,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = [
    "DEFAULT_ACCOUNT",
    "Address",
    "BadCommand",
    "Case",
    "Communication",
    "Emulator",
    "EmulatorError",
    "Entry",
    "Fault",
    "NotHere",
    "Parameter",
    "ParameterVersion",
    "RunningEmulator",
    "Settings",
    "start",
]


def start(
    settings: Settings | None = None,
    *,
    now: datetime | None = None,
    tell: Callable[[str], None] | None = None,
    port: int = 0,
) -> RunningEmulator:
    """Start an emulator in this process, on a free port of the loopback interface.

    By default its staff waits for commands. With `now`, its clock stays at that time until it is advanced.
    `tell` is called with a line for each event.
    """
    return RunningEmulator(settings, now, tell, port)
