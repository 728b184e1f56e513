"""The wire itself: what a request must be, and what comes back when it is not."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
from support.tables import table

from dedicated_ip_provider.emulator import start
from dedicated_ip_provider.emulator.services import support
from dedicated_ip_provider.emulator.wire import protocol
from emulator.conftest import CASE as PARAMETERS
from emulator.conftest import OTHER, Aws
from emulator.wire import ask, call, message, replies, send, signature

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator
    from dedicated_ip_provider.emulator.wire.models import ServiceName

CASE = json.dumps(PARAMETERS).encode()


def test_a_call_must_be_signed_and_known(emulator: RunningEmulator) -> None:
    """An unsigned call and an operation in no model are the client's mistake; what the emulator lacks is an error."""
    for request, status, code in (
        (message("POST", "/", "X-Amz-Target: AWSSupport_20130415.DescribeCases"), 403, "MissingAuthenticationToken"),
        (
            message("GET", "/v2/email/account", "Authorization: AWS4-HMAC-SHA256 Credential=x"),
            403,
            "IncompleteSignature",
        ),
        (call("CloseCase"), 404, "UnknownOperation"),
        (message("GET", "/v2/email/nothing", signature("ses")), 404, "UnknownOperation"),
        (message("PATCH", "/v2/email/account", signature("ses")), 404, "UnknownOperation"),
        (message("GET", "/v1/email/dedicated-ips", signature("ses")), 404, "UnknownOperation"),
        (message("POST", "/", signature("support"), body=b"{}"), 404, "UnknownOperation"),
        (call("GetParameterz", service="ssm"), 404, "UnknownOperation"),
        (call("check_name", service="ssm"), 404, "UnknownOperation"),
        (call("GetParameter", service="ssm").replace(b"AmazonSSM", b"AWSSupport_20130415"), 404, "UnknownOperation"),
        (message("POST", "/", signature("sqs"), body=b"{}"), 501, "OperationNotEmulated"),
        (call("DeleteParameter", service="ssm"), 501, "OperationNotEmulated"),
        (message("POST", "/v2/email/outbound-emails", signature("ses")), 501, "OperationNotEmulated"),
        (call("DescribeSeverityLevels"), 501, "OperationNotEmulated"),
    ):
        reply = ask(emulator, request)
        assert (status, code) == (reply.status, reply.headers["x-amzn-errortype"].removesuffix("Exception")), request
        assert reply.headers["x-amzn-errortype"] == emulator.log[-1].error
    assert "the emulator does not have support DescribeSeverityLevels" == reply.json["message"]
    assert [("sesv2", 501)] == [(entry.service, entry.status) for entry in emulator.calls("SendEmail")]
    sts = ask(emulator, message("POST", "/", signature("sts"), body=b"Action=GetSessionToken&Version=2011-06-15"))
    assert (501, True) == (sts.status, b"<Type>Receiver</Type><Code>OperationNotEmulated</Code>" in sts.body)


def test_a_body_must_fit_the_model(emulator: RunningEmulator) -> None:
    """A body that is not JSON, or has a wrong type or name, is not read; what breaks a rule is invalid."""
    unreadable = (b"{", b"[]", b"\xff\xfe", b"[" * 100_000)
    unfit = ('{"maxResults": NaN}', '{"maxResults": 10.0}', '{"maxResults": true}', '{"nextTokken": "x"}')
    for body, code in (
        *((body, "SerializationException") for body in (*unreadable, *map(str.encode, unfit))),
        (b'{"caseIdList": {"a": 1}}', "SerializationException"),
        (b'{"maxResults": 9}', "ValidationException"),
        (b'{"caseIdList": null}', None),
        (b"", None),
    ):
        assert code == ask(emulator, call("DescribeCases", body)).json.get("__type"), body[:40]


def test_all_that_is_wrong_is_named(emulator: RunningEmulator) -> None:
    """A refusal lists every broken rule, with the place, and cuts long values short."""
    body = json.dumps({"communicationBody": "x" * 9000, "ccEmailAddresses": ["a"] * 11}).encode()

    text = ask(emulator, call("CreateCase", body)).json["message"]

    assert text.startswith("3 validation errors detected: Value null at 'subject' failed to satisfy constraint")
    assert "at 'communicationBody' failed to satisfy constraint: Member must have length less than or equal to" in text
    assert len(text) < 800


def test_a_form_with_too_many_fields_is_refused(emulator: RunningEmulator) -> None:
    """Neither a form nor a query can keep the emulator busy."""
    form = b"Action=AssumeRole&" + b"&".join(b"a=1" for _ in range(2000))

    assert b"SerializationException" in ask(emulator, message("POST", "/", signature("sts"), body=form)).body
    many = "&".join("a=1" for _ in range(2000))
    reply = ask(emulator, message("GET", f"/v2/email/dedicated-ips?{many}", signature("ses")))
    assert "SerializationException" == reply.headers["x-amzn-errortype"]


def test_several_requests_share_a_connection(emulator: RunningEmulator) -> None:
    """A connection is kept for the next request, even after a refusal; every answer has a number, as AWS's do."""
    answers = replies(send(emulator, call("CreateCase", CASE) + call("Nonsense") + call("DescribeCases")))

    assert [(200, "1"), (404, "2"), (200, "3")] == [
        (answer.status, answer.headers["x-amzn-requestid"].removeprefix("00000000-0000-4000-8000-00000000000"))
        for answer in answers
    ]
    # `Expect: 100-continue` is answered before the body is read.
    assert send(emulator, call("CreateCase", CASE, "Expect: 100-continue")).startswith(b"HTTP/1.1 100 Continue\r\n")


LENGTH = message("POST", "/").partition(b": 0")[0] + b": "


@table(
    "reason, data, status",
    [
        ("bytes", b"\x00\x01\x02\r\n\r\n", 400),
        ("one word", b"GET\r\n\r\n", 400),
        ("an unknown version", b"GET / HTTP/9.9\r\n\r\n", 400),
        ("too many headers", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        ("a long line", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        ("a negative length", LENGTH + b"-1\r\n\r\n", 400),
        ("a huge body", LENGTH + b"99999999\r\n\r\n", 400),
        ("a body that is too short", LENGTH + b"10\r\n\r\nshort", 400),
        ("a body of unknown length", message("POST", "/", "Transfer-Encoding: chunked"), 400),
    ],
)
def test_broken_http_is_the_clients_fault(emulator: RunningEmulator, reason: str, data: bytes, status: int) -> None:
    """Broken HTTP gets a 4xx and a closed connection, and the next client is served."""
    reply = ask(emulator, data)

    assert (status, "close") == (reply.status, reply.headers["connection"]), reason
    assert 200 == ask(emulator, call("DescribeCases")).status


def test_a_head_request_gets_no_body(emulator: RunningEmulator) -> None:
    """Any method is read; HEAD's answer ends with its headers."""
    answers = send(emulator, message("HEAD", "/") + call("DescribeCases"))

    assert answers.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"\r\n\r\nHTTP/1.1 200 OK\r\n" in answers


def test_a_client_that_goes_away_does_no_harm() -> None:
    """A client may disconnect in the middle of a line, or reset."""
    # An emulator of its own: nobody knows when the calls of those who left are carried out.
    with start() as emulator:
        port = int(emulator.url.rpartition(":")[2])
        for data in (b"", b"POST / HT", call("CreateCase", CASE)):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(data)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

        assert 200 == ask(emulator, call("DescribeCases")).status


@table(
    "reason, service, operation, wrong",
    [
        ("a member lacks", "sesv2", "GetDedicatedIps", {"DedicatedIps": [{"Ip": "192.0.2.1"}]}),
        ("a word is not in the model", "ssm", "GetParameter", {"Parameter": {"Type": "Text"}}),
        ("a text is not a list", "sesv2", "GetDedicatedIps", {"DedicatedIps": "none"}),
        ("a member is unknown", "sesv2", "GetDedicatedIps", {"Addresses": []}),
        ("a text is not a number", "ssm", "GetParameter", {"Parameter": {"Version": "1"}}),
        ("a text is not a time", "ssm", "GetParameter", {"Parameter": {"LastModifiedDate": "today"}}),
    ],
)
def test_an_answer_that_does_not_fit_the_model_is_a_bug(
    reason: str, service: ServiceName, operation: str, wrong: dict[str, object]
) -> None:
    """The emulator checks its own answers: one that does not fit AWS's model is not sent."""
    with pytest.raises(AssertionError, match="does not fit AWS's model"):
        protocol.answer(service, operation, wrong, reason)


def test_a_bug_of_the_emulators_is_a_500_with_its_traceback(
    emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug must not look like a lost answer."""
    monkeypatch.setattr(support, "describe_cases", lambda *_: {"bug": 1})

    reply = ask(emulator, call("DescribeCases"))

    assert 500 == reply.status
    assert b"AssertionError: the emulator's own answer to DescribeCases" in reply.body


def test_the_log_has_every_request(emulator: RunningEmulator, aws: Aws) -> None:
    """The log says who asked for what, with which parameters, and with which result."""
    aws.support.create_case(subject="s", communicationBody="b")
    ask(emulator, call("ResolveCase"))
    ask(emulator, b"GET / HTTP/1.1\r\n\r\n")

    assert [
        ("111122223333", "eu-west-1", "support", "CreateCase", 200, None),
        ("111122223333", "eu-west-1", "support", "ResolveCase", 400, "CaseIdNotFound"),
        ("", "", "", "", 403, "MissingAuthenticationTokenException"),
    ] == [(one.account, one.region, one.service, one.operation, one.status, one.error) for one in emulator.log]
    assert {"subject": "s", "communicationBody": "b"} == emulator.log[0].parameters
    assert (emulator.log[0],) == emulator.calls("CreateCase", "111122223333")
    assert () == emulator.calls("CreateCase", OTHER)
