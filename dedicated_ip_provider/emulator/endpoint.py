"""AWS's endpoint without the network: an HTTP request in, an HTTP answer out, a line in the log."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.emulator.faults import HTML, NO_PLAN, Fault, error_of
from dedicated_ip_provider.emulator.log import Entry
from dedicated_ip_provider.emulator.services import quotas, ses, ssm, sts, support
from dedicated_ip_provider.emulator.wire import protocol
from dedicated_ip_provider.emulator.wire.protocol import Answer, ApiError, Call, Request, identify

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator.emulator import Emulator
    from dedicated_ip_provider.emulator.wire.protocol import Values
    from dedicated_ip_provider.emulator.world import World

    Operation = Callable[[World, Call, Values], Values]

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("support", "CreateCase"): support.create_case,
    ("support", "DescribeCases"): support.describe_cases,
    ("support", "DescribeCommunications"): support.describe_communications,
    ("support", "AddCommunicationToCase"): support.add_communication_to_case,
    ("support", "ResolveCase"): support.resolve_case,
    ("support", "DescribeServices"): support.describe_services,
    ("sesv2", "GetDedicatedIps"): ses.get_dedicated_ips,
    ("sesv2", "GetDedicatedIp"): ses.get_dedicated_ip,
    ("sesv2", "ListDedicatedIpPools"): ses.list_dedicated_ip_pools,
    ("sesv2", "GetDedicatedIpPool"): ses.get_dedicated_ip_pool,
    ("sesv2", "CreateDedicatedIpPool"): ses.create_dedicated_ip_pool,
    ("sesv2", "DeleteDedicatedIpPool"): ses.delete_dedicated_ip_pool,
    ("sesv2", "PutDedicatedIpInPool"): ses.put_dedicated_ip_in_pool,
    ("sesv2", "GetAccount"): ses.get_account,
    ("ssm", "GetParameter"): ssm.get_parameter,
    ("ssm", "PutParameter"): ssm.put_parameter,
    ("ssm", "GetParameterHistory"): ssm.get_parameter_history,
    ("sts", "GetCallerIdentity"): sts.get_caller_identity,
    ("sts", "AssumeRole"): sts.assume_role,
    ("service-quotas", "ListServiceQuotas"): quotas.list_service_quotas,
}
"""The emulated operations; any other is refused by name."""

_BAD_TOKEN = {
    "sesv2": ("UnrecognizedClientException", HTTPStatus.FORBIDDEN),
    "ssm": ("UnrecognizedClientException", HTTPStatus.BAD_REQUEST),
    "service-quotas": ("UnrecognizedClientException", HTTPStatus.BAD_REQUEST),
    "sts": ("InvalidClientTokenId", HTTPStatus.FORBIDDEN),
}
"""How the services with an endpoint in each Region refuse unknown credentials."""

_NEVER_SENT_WHOLE = b'{"message": "The rest of this never arrives."}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A parsed request, and the fault that hits it."""

    call: Call
    given: Values
    unreadable: ApiError | None
    fault: Fault | None


Done = dict[str, Any] | ApiError | None
"""The outcome of a call: its answer, its refusal, or None if a fault prevented it."""


def answer(emulator: Emulator, request: Request) -> Answer:
    """Answer one request as AWS does, or as the next fault demands."""
    arrived = _arrive(emulator, request)
    fault = arrived.fault

    # Never wait while holding the lock: other calls have to proceed.
    if fault and fault.kind == "slow":
        emulator.pause(fault.seconds)
    with emulator.awake() as world:
        done = _carry_out(emulator, world, arrived)
        sent, error = _write(emulator, world, arrived, done)
        emulator.request_log.add(_entry(world, arrived, sent, error))
    if fault and fault.kind == "hang":
        emulator.pause(fault.seconds)
    return sent


def _arrive(emulator: Emulator, request: Request) -> Arrived:
    call, given, unreadable = identify(request), {}, None
    if call.service and (call.service, call.operation) in OPERATIONS:
        try:
            given = protocol.parameters(call.service, call, request)
        except ApiError as error:
            unreadable = error
    with emulator.awake():
        fault = emulator.fault_book.take(call) if call.service else None
    return Arrived(call=call, given=given, unreadable=unreadable, fault=fault)


def _carry_out(emulator: Emulator, world: World, arrived: Arrived) -> Done:
    fault = arrived.fault
    if fault and fault.when == "before" and fault.kind != "slow":
        return None
    try:
        return _operation(emulator, world, arrived)(world, arrived.call, arrived.given)
    except ApiError as error:
        return error


def _operation(emulator: Emulator, world: World, arrived: Arrived) -> Operation:
    """Return the function for a call, or raise the first refusal that applies."""
    call = arrived.call
    if call.refusal:
        raise call.refusal
    if call.caller.region in world.settings.disabled_regions and call.name in _BAD_TOKEN:
        code, status = _BAD_TOKEN[call.name]
        raise ApiError(code, "The security token included in the request is invalid.", status)
    operation = OPERATIONS.get((call.name, call.operation))
    if operation is None:
        what = f"the emulator does not have {call.name} {call.operation}"
        world.tell(what)
        raise ApiError("OperationNotEmulated", what, HTTPStatus.NOT_IMPLEMENTED)
    if world.settings.rate_limits:
        emulator.limits.count(call, world.now)
    if call.service == "support" and not world.settings.support_plan:
        raise ApiError("SubscriptionRequiredException", NO_PLAN)
    if arrived.unreadable:
        raise arrived.unreadable
    return operation


def _write(emulator: Emulator, world: World, arrived: Arrived, done: Done) -> tuple[Answer, ApiError | None]:
    """Return the answer for the client, and the error it contains, if any."""
    call, fault, request_id = arrived.call, arrived.fault, emulator.request_log.next_request_id()
    error = done if isinstance(done, ApiError) else None
    if fault:
        error = error_of(fault, call.service) or error
    if error:
        written = protocol.refusal(call.service, error, request_id)
    elif call.service and isinstance(done, dict):
        extra = world.settings.extra_fields
        written = protocol.answer(call.service, call.operation, done, request_id, extra=extra)
    else:
        written = Answer(status=HTTPStatus.OK, body=_NEVER_SENT_WHOLE)
    return (_spoilt(written, fault) if fault else written), error


def _spoilt(written: Answer, fault: Fault) -> Answer:
    """Damage an answer as a network fault does."""
    half = written.body[: len(written.body) // 2]
    match fault.kind:
        case "reset":
            return Answer(status=0, ending="reset")
        case "close" | "hang":
            return Answer(status=0, ending="close")
        case "cut-body":
            return Answer(status=written.status, headers=written.headers, body=written.body, ending="cut")
        case "half-body":
            return Answer(status=written.status, headers=written.headers, body=half)
        case "html":
            return Answer(status=fault.status or HTTPStatus.OK, headers={"Content-Type": "text/html"}, body=HTML)
        case _:
            return written


def _entry(world: World, arrived: Arrived, sent: Answer, error: ApiError | None) -> Entry:
    call = arrived.call
    return Entry(
        time=world.now,
        account=call.caller.account,
        region=call.caller.region,
        service=call.name,
        operation=call.operation,
        parameters=arrived.given,
        status=int(sent.status) or None,
        error=error.code if error else None,
        fault=arrived.fault.label if arrived.fault else None,
    )
