"""The fault injection: what goes wrong, for whom, how often, and whether the case was filed by then."""

from __future__ import annotations

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
from emulator.conftest import ONCE
from emulator.test_support_api import code_of
from emulator.wire import ask, call, message, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedicated_ip_provider.emulator import RunningEmulator
    from emulator.conftest import Aws

CREATE = {"subject": "s", "communicationBody": "b"}
PARAMETER: dict[str, Any] = {"Name": "/a", "Value": "b", "Type": "String", "Overwrite": True}
CALLS: dict[str, Callable[[Aws], Any]] = {
    "CreateCase": lambda aws: aws.support.create_case(**CREATE),
    "PutParameter": lambda aws: aws.ssm.put_parameter(**PARAMETER),
    "GetDedicatedIps": lambda aws: aws.sesv2.get_dedicated_ips(),
    "GetCallerIdentity": lambda aws: aws.sts.get_caller_identity(),
}
WRITES = ("CreateCase", "PutParameter")


def has_written(emulator: RunningEmulator) -> bool:
    """Return whether a write of `CALLS` was carried out."""
    return bool(emulator.cases() or emulator.parameters("eu-west-1"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "operation", "code", "status"),
    [
        ("throttling", "CreateCase", "ThrottlingException", 400),
        ("throttling", "PutParameter", "ThrottlingException", 400),
        ("throttling", "GetDedicatedIps", "TooManyRequestsException", 429),
        ("throttling", "GetCallerIdentity", "Throttling", 400),
        ("subscription-required", "CreateCase", "SubscriptionRequiredException", 400),
        ("access-denied", "CreateCase", "AccessDeniedException", 400),
        ("access-denied", "PutParameter", "AccessDeniedException", 400),
        ("access-denied", "GetDedicatedIps", "AccessDeniedException", 403),
        ("access-denied", "GetCallerIdentity", "AccessDenied", 403),
        ("expired-credentials", "CreateCase", "ExpiredTokenException", 400),
        ("expired-credentials", "PutParameter", "ExpiredTokenException", 400),
        ("expired-credentials", "GetDedicatedIps", "ExpiredTokenException", 403),
        ("expired-credentials", "GetCallerIdentity", "ExpiredToken", 403),
        ("internal-error", "CreateCase", "InternalServerError", 500),
        ("internal-error", "PutParameter", "InternalServerError", 500),
        ("internal-error", "GetDedicatedIps", "InternalFailure", 500),
        ("internal-error", "GetCallerIdentity", "InternalFailure", 500),
        ("unavailable", "CreateCase", "ServiceUnavailableException", 503),
        ("unavailable", "PutParameter", "ServiceUnavailableException", 503),
        ("unavailable", "GetDedicatedIps", "ServiceUnavailableException", 503),
        ("unavailable", "GetCallerIdentity", "ServiceUnavailable", 503),
    ],
)
def test_aws_answers_with_an_error(  # noqa: PLR0913, PLR0917 - a table's columns
    emulator: RunningEmulator, aws: Aws, kind: str, operation: str, code: str, status: int, when: str
) -> None:
    """The error comes once, by the service's own name, and what was asked for is done if it comes after."""
    emulator.fault(kind, operation=operation, when=when)

    with pytest.raises(ClientError) as caught:
        CALLS[operation](aws)

    answer = caught.value.response
    assert (code, status) == (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"])
    assert (operation in WRITES and when == "after") == has_written(emulator)
    CALLS[operation](aws)
    assert [(status, code, f"{kind} {when}"), (200, None, None)] == [
        (entry.status, entry.error, entry.fault) for entry in emulator.calls(operation)
    ]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("operation", "member"), [("CreateCase", "caseId"), ("PutParameter", "Version")])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", ConnectionClosedError),
        ("close", ConnectionClosedError),
        ("hang", ConnectionClosedError),
        # botocore takes what cannot be read for an answer without any members.
        ("half-body", None),
        ("cut-body", None),
        ("html", None),
    ],
)
def test_the_wire_breaks(  # noqa: PLR0913, PLR0917 - a table's columns
    emulator: RunningEmulator,
    aws: Aws,
    kind: str,
    error: type[Exception] | None,
    operation: str,
    member: str,
    when: str,
) -> None:
    """The answer is lost or spoilt, and what was asked for is done if that happens after."""
    emulator.fault(kind, operation=operation, when=when, seconds=0.01)

    if error:
        with pytest.raises(error):
            CALLS[operation](aws)
    else:
        assert member not in CALLS[operation](aws)

    assert (when == "after") == has_written(emulator)
    assert f"{kind} {when}" == emulator.calls(operation)[0].fault
    assert member in CALLS[operation](aws)


def test_writes_of_a_parameter_can_collide(emulator: RunningEmulator, aws: Aws) -> None:
    """AWS's refusal of writes that collide is an error of one's own making."""
    emulator.fault("error", operation="PutParameter", code="TooManyUpdates")

    with pytest.raises(aws.ssm.exceptions.TooManyUpdates):
        aws.ssm.put_parameter(**PARAMETER)

    assert {} == emulator.parameters("eu-west-1")


def test_a_permission_can_be_lacking_for_good(emulator: RunningEmulator, aws: Aws) -> None:
    """Without a number, one service is denied until the fault is cleared, and the others are not."""
    emulator.fault("access-denied", service="ssm", times=None)

    for _ in range(3):
        assert "AccessDeniedException" == code_of(aws.ssm.get_parameter, Name="/a")
        assert "AccessDeniedException" == code_of(aws.ssm.put_parameter, **PARAMETER)
        assert "AccessDeniedException" == code_of(aws.ssm.get_parameter_history, Name="/a")
    aws.sesv2.get_account()


def test_any_error_can_be_had(emulator: RunningEmulator, aws: Aws) -> None:
    """A code, a status and a sentence of one's own; the status is 400 if none is given."""
    emulator.fault("error", code="CaseCreationLimitExceeded", message="enough for today")
    emulator.fault("error", code="Teapot", status=418)

    with pytest.raises(aws.support.exceptions.CaseCreationLimitExceeded, match="enough for today"):
        aws.support.create_case(**CREATE)
    assert "Teapot" == code_of(aws.support.create_case, **CREATE)
    assert [400, 418] == [entry.status for entry in emulator.log]


def test_a_fault_hits_the_calls_that_fit(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """Service, operation, account and Region select; whatever is not said fits all."""
    emulator.fault("unavailable", service="sesv2", operation="GetAccount", account="111122223333", region="us-east-1")

    aws.sesv2.get_account()
    client("444455556666", "us-east-1").sesv2.get_account()
    client(region="us-east-1").sesv2.get_dedicated_ips()
    client(region="us-east-1").sts.get_caller_identity()

    assert 1 == len(emulator.faults)
    assert "ServiceUnavailableException" == code_of(client(region="us-east-1").sesv2.get_account)
    assert not emulator.faults


def test_faults_count(emulator: RunningEmulator, aws: Aws) -> None:
    """A fault lets `skip` calls pass and hits `times`; without a number it stays until it is cleared."""
    emulator.fault("unavailable", skip=1, times=2)
    emulator.fault("internal-error", times=None)

    codes = [code_of(aws.sesv2.get_account) for _ in range(4)]

    assert ["InternalFailure", "ServiceUnavailableException", "ServiceUnavailableException", "InternalFailure"] == codes
    assert (None,) == tuple(fault.times for fault in emulator.faults)
    emulator.clear_faults()
    aws.sesv2.get_account()


def test_a_refused_call_can_meet_a_fault_too(emulator: RunningEmulator, aws: Aws) -> None:
    """A call that AWS would refuse loses its answer like any other."""
    emulator.fault("close", when="after")

    with pytest.raises(ConnectionClosedError):
        aws.support.resolve_case(caseId="case-0")

    assert (None, "CaseIdNotFound") == (emulator.log[0].status, emulator.log[0].error)


def test_a_reset_is_a_reset(emulator: RunningEmulator) -> None:
    """The connection ends with RST, not with FIN."""
    emulator.fault("reset", when="after")

    port = int(emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=600) as connection:
        connection.sendall(call("DescribeCases"))
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_hanging_call_lets_others_pass(emulator: RunningEmulator, aws: Aws) -> None:
    """Silence lasts as long as it is told to; nobody else waits for it."""
    emulator.fault("hang", operation="GetAccount", seconds=600, when="after")

    port = int(emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=0.05) as hanging:
        hanging.sendall(message("GET", "/v2/email/account", signature("ses")))
        with pytest.raises(TimeoutError):
            hanging.recv(1)
        assert [] == aws.sesv2.get_dedicated_ips()["DedicatedIps"]


@pytest.fixture
def held_up(emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Slow calls wait until this is set, however fast the machine is."""
    released = threading.Event()
    monkeypatch.setattr(emulator, "pause", lambda _: released.wait(600))
    yield released
    released.set()


def test_a_slow_call_is_carried_out_late(
    emulator: RunningEmulator, client: Callable[..., Aws], held_up: threading.Event
) -> None:
    """The worst of all: the client has given up, looks and finds nothing, and then the case is filed."""
    support = client().support
    emulator.fault("slow", operation="CreateCase")
    thread = threading.Thread(
        target=lambda: ask(emulator, call("CreateCase", b'{"subject":"s","communicationBody":"b"}'))
    )
    thread.start()
    while emulator.faults:
        time.sleep(0.001)

    assert [] == support.describe_cases()["cases"]
    held_up.set()
    thread.join()

    assert 1 == len(support.describe_cases()["cases"])
    assert ("slow before", 200) == (emulator.calls("CreateCase")[0].fault, emulator.calls("CreateCase")[0].status)


def test_a_slow_call_outlasts_the_clients_patience(emulator: RunningEmulator, held_up: threading.Event) -> None:
    """A client with a shorter timeout sees no answer, and the call is carried out all the same."""
    config = ONCE.merge(Config(read_timeout=0.05))
    session = boto3.Session("111122223333", "x", None, "eu-west-1")
    client = session.client("sesv2", endpoint_url=emulator.url, config=config)
    emulator.fault("slow")

    with pytest.raises(ReadTimeoutError):
        client.get_account()

    held_up.set()
    client.close()
    while not emulator.log:
        time.sleep(0.001)
    assert 200 == emulator.log[0].status


def test_a_proxys_page_has_the_status_one_wants(emulator: RunningEmulator) -> None:
    """A page of HTML comes with 200 unless told otherwise."""
    emulator.fault("html")
    emulator.fault("html", status=502)
    emulator.fault("html", status=204)

    first, second, third = (ask(emulator, call("DescribeCases")) for _ in range(3))

    assert (200, "text/html") == (first.status, first.headers["content-type"])
    assert b"Please sign in" in first.body
    assert (502, 204, b"") == (second.status, third.status, third.body)


def test_awss_rate_limits_are_a_switch(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """Five Support calls a second and account, one SES call a second, account and Region; STS has no limit."""
    emulator.change(rate_limits=True)

    for _ in range(5):
        aws.support.describe_cases()
    assert "ThrottlingException" == code_of(aws.support.describe_cases)
    client("444455556666").support.describe_cases()
    aws.sesv2.get_account()
    assert "TooManyRequestsException" == code_of(aws.sesv2.get_dedicated_ips)
    client(region="us-east-1").sesv2.get_account()
    for _ in range(7):
        aws.sts.get_caller_identity()
    emulator.advance(1)

    aws.support.describe_cases()
    aws.sesv2.get_account()


def test_reads_and_writes_of_parameters_have_one_limit(
    emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]
) -> None:
    """GetParameter and PutParameter share 40 calls a second, account and Region; the history is not counted."""
    emulator.change(rate_limits=True)

    for _ in range(20):
        aws.ssm.put_parameter(**PARAMETER)
        aws.ssm.get_parameter(Name="/a")
    assert "ThrottlingException" == code_of(aws.ssm.put_parameter, **PARAMETER)
    assert "ThrottlingException" == code_of(aws.ssm.get_parameter, Name="/a")
    aws.ssm.get_parameter_history(Name="/a")
    client("444455556666").ssm.put_parameter(**PARAMETER)
    client(region="us-east-1").ssm.put_parameter(**PARAMETER)
    emulator.advance(1)

    assert 20 == aws.ssm.get_parameter(Name="/a")["Parameter"]["Version"]


def test_a_region_can_be_disabled(emulator: RunningEmulator, client: Callable[..., Aws]) -> None:
    """There AWS does not know the credentials that are good elsewhere; Support has no Region."""
    emulator.change(disabled_regions=["eu-south-1"])
    south, west = client(region="eu-south-1"), client()
    calls: list[Callable[[], object]] = [
        south.sesv2.get_account,
        lambda: south.ssm.get_parameter(Name="/a"),
        south.sts.get_caller_identity,
    ]

    refusals = []
    for call_ in calls:
        with pytest.raises(ClientError, match="The security token included in the request is invalid") as caught:
            call_()
        answer = caught.value.response
        refusals.append((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]))

    assert [
        ("UnrecognizedClientException", 403),
        ("UnrecognizedClientException", 400),
        ("InvalidClientTokenId", 403),
    ] == refusals
    south.support.describe_cases()
    west.sesv2.get_account()
    west.sts.get_caller_identity()
    emulator.change(disabled_regions=[])
    south.sesv2.get_account()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({}, "Fault needs 'kind'"),
        ({"kind": "trhottling"}, "Fault.kind must be one of throttling, error"),
        ({"kind": 1}, "Fault.kind must be one of"),
        ({"kind": "close", "tiems": 2}, "Fault has no 'tiems'; it has kind, when, service"),
        ({"kind": "close", "when": "during"}, "Fault.when must be one of before, after"),
        ({"kind": "close", "service": "ses"}, "Fault.service must be one of support, sesv2, ssm, sts"),
        ({"kind": "close", "times": 0}, "Fault.times must be 1 or more, or null"),
        ({"kind": "close", "times": True}, "Fault.times must be a whole number"),
        ({"kind": "close", "times": 1.5}, "Fault.times must be a whole number"),
        ({"kind": "close", "skip": -1}, "Fault.skip 0 or more"),
        ({"kind": "close", "skip": None}, "Fault.skip must be a whole number"),
        ({"kind": "close", "operation": 3}, "Fault.operation must be a string"),
        (
            {"kind": "close", "operation": "CreatCase"},
            "CreatCase is not an operation of support, sesv2, ssm, sts",
        ),
        (
            {"kind": "close", "service": "sts", "operation": "CreateCase"},
            "Fault.operation: CreateCase is not",
        ),
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
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_fault_that_says_nonsense_is_refused(emulator: RunningEmulator, fault: dict[str, Any], message: str) -> None:
    """A misspelt fault would let a test pass for the wrong reason; so its mistake is named."""
    with pytest.raises(BadCommand, match=message):
        read(Fault, fault)

    assert () == emulator.faults
