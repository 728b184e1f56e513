"""Faults: what goes wrong, for whom, how often, and whether the call was carried out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from dedicated_ip_provider.emulator import BadCommand, Fault
from dedicated_ip_provider.emulator.commands import read
from emulator.conftest import CASE, EU, ONCE, OTHER, Aws, code_of, refused
from emulator.wire import ask, call, message, signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator

PARAMETER: dict[str, Any] = {"Name": "/a", "Value": "b", "Type": "String", "Overwrite": True}
CALLS: dict[str, Callable[[Aws], Any]] = {
    "CreateCase": lambda aws: aws.support.create_case(**CASE),
    "PutParameter": lambda aws: aws.ssm.put_parameter(**PARAMETER),
    "GetDedicatedIps": lambda aws: aws.sesv2.get_dedicated_ips(),
    "GetCallerIdentity": lambda aws: aws.sts.get_caller_identity(),
}
WRITES = ("CreateCase", "PutParameter")


def has_written(emulator: RunningEmulator) -> bool:
    """Return whether a write of `CALLS` was carried out."""
    return bool(emulator.cases() or emulator.parameters(EU))


def connected(emulator: RunningEmulator, timeout: float = 600) -> socket.socket:
    """Connect to the emulator."""
    return socket.create_connection(("127.0.0.1", int(emulator.url.rpartition(":")[2])), timeout=timeout)


# By kind: the codes and statuses of AWS's JSON protocol, of SES and of STS.
ERRORS = {
    "throttling": ("ThrottlingException 400", "TooManyRequestsException 429", "Throttling 400"),
    "access-denied": ("AccessDeniedException 400", "AccessDeniedException 403", "AccessDenied 403"),
    "expired-credentials": ("ExpiredTokenException 400", "ExpiredTokenException 403", "ExpiredToken 403"),
    "internal-error": ("InternalServerError 500", "InternalFailure 500", "InternalFailure 500"),
    "unavailable": ("ServiceUnavailableException 503", "ServiceUnavailableException 503", "ServiceUnavailable 503"),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "operation", "error"),
    [
        ("subscription-required", "CreateCase", "SubscriptionRequiredException 400"),
        *(
            (kind, *one)
            for kind, (json, *rest) in ERRORS.items()
            for one in zip(CALLS, (json, json, *rest), strict=True)
        ),
    ],
)
def test_aws_answers_with_an_error(  # noqa: PLR0913, PLR0917 - a table's columns
    emulator: RunningEmulator, aws: Aws, kind: str, operation: str, error: str, when: str
) -> None:
    """An error has the service's own code and comes once; the call is carried out if it comes after."""
    emulator.fault(kind, operation=operation, when=when)

    with pytest.raises(ClientError) as caught:
        CALLS[operation](aws)

    answer = caught.value.response
    assert error == f"{answer['Error']['Code']} {answer['ResponseMetadata']['HTTPStatusCode']}"
    assert (operation in WRITES and when == "after") == has_written(emulator)
    CALLS[operation](aws)
    assert [(error, f"{kind} {when}"), ("None 200", None)] == [
        (f"{entry.error} {entry.status}", entry.fault) for entry in emulator.calls(operation)
    ]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("operation", "member"), [("CreateCase", "caseId"), ("PutParameter", "Version")])
@pytest.mark.parametrize("kind", ["reset", "close", "hang", "half-body", "cut-body", "html"])
def test_the_wire_breaks(  # noqa: PLR0913, PLR0917 - a table's columns
    emulator: RunningEmulator, aws: Aws, kind: str, operation: str, member: str, when: str
) -> None:
    """The answer is lost or damaged; the call is carried out if that happens after."""
    emulator.fault(kind, operation=operation, when=when, seconds=0.01)

    # botocore takes what it cannot read for an answer without any members.
    is_lost = kind in ("reset", "close", "hang")
    with pytest.raises(ConnectionClosedError) if is_lost else contextlib.nullcontext():
        assert member not in CALLS[operation](aws)

    assert (when == "after") == has_written(emulator)
    assert f"{kind} {when}" == emulator.calls(operation)[0].fault
    assert member in CALLS[operation](aws)


def test_any_error_can_be_returned(emulator: RunningEmulator, aws: Aws) -> None:
    """An error has any code, status and message; the status is 400 by default."""
    emulator.fault("error", code="CaseCreationLimitExceeded", message="enough for today")
    emulator.fault("error", operation="PutParameter", code="TooManyUpdates")
    emulator.fault("error", code="Teapot", status=418)

    with pytest.raises(aws.support.exceptions.CaseCreationLimitExceeded, match="enough for today"):
        aws.support.create_case(**CASE)
    with pytest.raises(aws.ssm.exceptions.TooManyUpdates, match="an injected fault"):
        aws.ssm.put_parameter(**PARAMETER)
    assert "Teapot" == code_of(aws.support.create_case, **CASE)
    assert [400, 400, 418] == [entry.status for entry in emulator.log]
    assert not has_written(emulator)
    # A call that AWS would refuse can lose its answer, too.
    emulator.fault("close", when="after")
    with pytest.raises(ConnectionClosedError):
        aws.support.resolve_case(caseId="case-0")
    assert (None, "CaseIdNotFound") == (emulator.log[-1].status, emulator.log[-1].error)


def test_a_fault_hits_the_calls_that_match(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """Service, operation, account and Region select calls; what is not given matches all."""
    emulator.fault("unavailable", service="sesv2", operation="GetAccount", account="111122223333", region="us-east-1")

    aws.sesv2.get_account()
    client(OTHER, "us-east-1").sesv2.get_account()
    client(region="us-east-1").sesv2.get_dedicated_ips()
    client(region="us-east-1").sts.get_caller_identity()

    assert 1 == len(emulator.faults)
    assert "ServiceUnavailableException" == code_of(client(region="us-east-1").sesv2.get_account)
    assert not emulator.faults


def test_faults_count(emulator: RunningEmulator, aws: Aws) -> None:
    """A fault skips `skip` calls and hits `times`; with `times=None` it stays until it is cleared."""
    emulator.fault("unavailable", skip=1, times=2)
    emulator.fault("internal-error", times=None)

    codes = [code_of(aws.sesv2.get_account) for _ in range(4)]

    assert ["InternalFailure", "ServiceUnavailableException", "ServiceUnavailableException", "InternalFailure"] == codes
    assert (None,) == tuple(fault.times for fault in emulator.faults)
    emulator.clear_faults()
    aws.sesv2.get_account()


def test_a_reset_is_a_reset_and_a_hanging_call_is_silent(emulator: RunningEmulator, aws: Aws) -> None:
    """`reset` ends the connection with RST, not with FIN; other calls do not wait for one that hangs."""
    emulator.fault("reset", when="after")
    emulator.fault("hang", operation="GetAccount", seconds=600, when="after")

    with connected(emulator) as connection:
        connection.sendall(call("DescribeCases"))
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with connected(emulator, timeout=0.05) as hanging:
        hanging.sendall(message("GET", "/v2/email/account", signature("ses")))
        with pytest.raises(TimeoutError):
            hanging.recv(1)
        assert [] == aws.sesv2.get_dedicated_ips()["DedicatedIps"]


def test_a_slow_call_is_carried_out_after_the_client_gave_up(
    emulator: RunningEmulator, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client with a shorter timeout sees no answer and finds no case; the case is filed afterwards."""
    released = threading.Event()
    monkeypatch.setattr(emulator, "pause", lambda _: released.wait(600))
    hasty = boto3.Session("111122223333", "x", None, EU).client(
        "support", endpoint_url=emulator.url, config=ONCE.merge(Config(read_timeout=0.05))
    )
    emulator.fault("slow", operation="CreateCase")

    with pytest.raises(ReadTimeoutError):
        hasty.create_case(**CASE)
    hasty.close()
    assert [] == aws.support.describe_cases()["cases"]
    released.set()
    while not (calls := emulator.calls("CreateCase")):
        time.sleep(0.001)

    assert 1 == len(aws.support.describe_cases()["cases"])
    assert [("slow before", 200)] == [(entry.fault, entry.status) for entry in calls]


def test_a_proxys_page_has_any_status(emulator: RunningEmulator) -> None:
    """A page of HTML comes with 200 unless told otherwise."""
    for status in (None, 502, 204):
        emulator.fault("html", status=status)

    first, second, third = (ask(emulator, call("DescribeCases")) for _ in range(3))

    assert (200, "text/html") == (first.status, first.headers["content-type"])
    assert b"Please sign in" in first.body
    assert (502, 204, b"") == (second.status, third.status, third.body)


def test_rate_limits_are_a_setting(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """Five Support calls a second and account; one SES call, and 40 of parameters, a second, account and Region."""
    emulator.change(rate_limits=True)
    other, elsewhere = client(OTHER), client(region="us-east-1")

    for _ in range(5):
        aws.support.describe_cases()
    assert "ThrottlingException" == code_of(aws.support.describe_cases)
    assert "ThrottlingException" == code_of(elsewhere.support.describe_cases)
    other.support.describe_cases()
    aws.sesv2.get_account()
    assert "TooManyRequestsException" == code_of(aws.sesv2.get_dedicated_ips)
    elsewhere.sesv2.get_account()
    for _ in range(20):
        aws.ssm.put_parameter(**PARAMETER)
        aws.ssm.get_parameter(Name="/a")
    assert "ThrottlingException" == code_of(aws.ssm.put_parameter, **PARAMETER)
    assert "ThrottlingException" == code_of(aws.ssm.get_parameter, Name="/a")
    aws.ssm.get_parameter_history(Name="/a")
    other.ssm.put_parameter(**PARAMETER)
    elsewhere.ssm.put_parameter(**PARAMETER)
    for _ in range(7):
        aws.sts.get_caller_identity()
    emulator.advance(1)

    aws.support.describe_cases()
    aws.sesv2.get_account()
    assert 20 == aws.ssm.get_parameter(Name="/a")["Parameter"]["Version"]


def test_a_region_can_be_disabled(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """In a disabled Region AWS does not know the credentials that it accepts elsewhere; Support has no Region."""
    emulator.change(disabled_regions=["eu-south-1"])
    south = client(region="eu-south-1")

    said = "The security token included in the request is invalid."
    assert ("UnrecognizedClientException", said) == refused(south.sesv2.get_account)
    assert ("UnrecognizedClientException", said) == refused(south.ssm.get_parameter, Name="/a")
    assert ("UnrecognizedClientException", said) == refused(south.quotas.list_service_quotas, ServiceCode="ses")
    assert ("InvalidClientTokenId", said) == refused(south.sts.get_caller_identity)
    assert [403, 400, 400, 403] == [entry.status for entry in emulator.log]
    south.support.describe_cases()
    aws.sesv2.get_account()
    aws.sts.get_caller_identity()
    emulator.change(disabled_regions=[])
    south.sesv2.get_account()


def test_a_wrong_fault_is_refused() -> None:
    """A misspelt fault would let a test pass for the wrong reason, so its mistake is named."""
    fault: dict[str, Any]
    for fault, said in (
        ({}, "Fault needs 'kind'"),
        ({"kind": "trhottling"}, "Fault.kind must be one of throttling, error"),
        ({"kind": "close", "tiems": 2}, "Fault has no 'tiems'; it has kind, when, service"),
        ({"kind": "close", "when": "during"}, "Fault.when must be one of before, after"),
        ({"kind": "close", "service": "ses"}, "Fault.service must be one of support, sesv2, ssm, sts"),
        ({"kind": "close", "times": 0}, "Fault.times must be 1 or more, or null"),
        ({"kind": "close", "times": 1.5}, "Fault.times must be a whole number"),
        ({"kind": "close", "times": True}, "Fault.times must be a whole number"),
        ({"kind": "close", "skip": -1}, "Fault.skip 0 or more"),
        ({"kind": "close", "skip": None}, "Fault.skip must be a whole number"),
        ({"kind": "close", "operation": 3}, "Fault.operation must be a string"),
        ({"kind": "close", "operation": "CreatCase"}, "CreatCase is not an operation of support, sesv2, ssm, sts"),
        ({"kind": "close", "service": "sts", "operation": "CreateCase"}, "Fault.operation: CreateCase is not"),
        ({"kind": "close", "account": "42"}, "an account has 12 digits, not '42'"),
        ({"kind": "close", "region": "Ireland"}, "a Region has the form eu-west-1, not 'Ireland'"),
        ({"kind": "close", "code": "X"}, "Fault.code belongs to the kind 'error'"),
        ({"kind": "error"}, "Fault.code belongs to the kind 'error', which needs it"),
        ({"kind": "close", "status": 500}, "Fault.status belongs to the kinds 'error' and 'html'"),
        ({"kind": "html", "status": 100}, "from 200 to 599"),
        ({"kind": "error", "code": "X", "status": 200}, "from 400 to 599"),
        ({"kind": "hang", "seconds": -1}, "Fault.seconds must be a number from 0"),
        ({"kind": "hang", "seconds": float("nan")}, "Fault.seconds must be a finite number"),
        ({"kind": "hang", "seconds": 10**400}, "Fault.seconds must be a finite number"),
        ({"kind": "hang", "seconds": "1"}, "Fault.seconds must be a number"),
        ({"kind": "slow", "when": "after"}, "a 'slow' call waits before"),
    ):
        with pytest.raises(BadCommand) as caught:
            read(Fault, fault)
        assert said in str(caught.value), fault
