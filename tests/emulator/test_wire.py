"""The wire itself: what a request must be, and what comes back when it is not."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from dedicated_ip_provider.emulator import start
from dedicated_ip_provider.emulator.services import support
from dedicated_ip_provider.emulator.wire import protocol
from emulator.wire import ask, call, call_ssm, command, message, replies, send, signature

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator
    from dedicated_ip_provider.emulator.wire.models import ServiceName
    from emulator.conftest import Aws

CASE = json.dumps({"subject": "s", "communicationBody": "b"}).encode()


def test_a_call_without_a_signature_is_refused(emulator: RunningEmulator) -> None:
    """Who calls must be said, also here."""
    unsigned = ask(emulator, message("POST", "/", "X-Amz-Target: AWSSupport_20130415.DescribeCases", body=b"{}"))
    half = ask(emulator, message("GET", "/v2/email/account", "Authorization: AWS4-HMAC-SHA256 Credential=x"))

    assert (403, "MissingAuthenticationTokenException") == (unsigned.status, unsigned.json["__type"])
    assert (403, "IncompleteSignature") == (half.status, half.headers["x-amzn-errortype"])


def test_an_operation_that_the_emulator_lacks_is_refused_by_name(emulator: RunningEmulator) -> None:
    """AWS has it and the emulator does not: that is said loudly, and stands in the log."""
    support_ = ask(emulator, call("DescribeSeverityLevels"))
    ses = ask(emulator, message("POST", "/v2/email/outbound-emails", signature("ses")))
    ssm = ask(emulator, call_ssm("DeleteParameter"))
    sts = ask(emulator, message("POST", "/", signature("sts"), body=b"Action=GetSessionToken&Version=2011-06-15"))

    assert (501, "the emulator does not have support DescribeSeverityLevels") == (
        support_.status,
        support_.json["message"],
    )
    assert (501, "OperationNotEmulated") == (ses.status, ses.headers["x-amzn-errortype"])
    assert (501, "the emulator does not have ssm DeleteParameter") == (ssm.status, ssm.json["message"])
    assert 501 == sts.status
    assert b"<Type>Receiver</Type><Code>OperationNotEmulated</Code>" in sts.body
    assert [("sesv2", "SendEmail", 501)] == [
        (entry.service, entry.operation, entry.status) for entry in emulator.calls("SendEmail")
    ]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (call("CloseCase"), 404, "UnknownOperationException"),
        (message("GET", "/v2/email/nothing", signature("ses")), 404, "UnknownOperationException"),
        (message("PATCH", "/v2/email/account", signature("ses")), 404, "UnknownOperationException"),
        (message("GET", "/v1/email/dedicated-ips", signature("ses")), 404, "UnknownOperationException"),
        (message("POST", "/", signature("support"), body=b"{}"), 404, "UnknownOperationException"),
        (call_ssm("GetParameterz"), 404, "UnknownOperationException"),
        (call_ssm("GetParameter").replace(b"AmazonSSM", b"AWSSupport_20130415"), 404, "UnknownOperationException"),
        (message("POST", "/", signature("sqs"), body=b"{}"), 501, "OperationNotEmulated"),
    ],
    ids=["support", "path", "method", "pinpoint", "no target", "ssm", "target of another", "service"],
)
def test_what_aws_does_not_have_is_unknown(emulator: RunningEmulator, request_: bytes, status: int, code: str) -> None:
    """An operation that no model knows is the client's mistake; a service that the emulator lacks is the emulator's limit."""
    reply = ask(emulator, request_)

    assert (status, code) == (reply.status, reply.headers["x-amzn-errortype"])
    assert code == emulator.log[-1].error


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "SerializationException"),
        (b"[]", "SerializationException"),
        (b"\xff\xfe", "SerializationException"),
        (b'{"maxResults": NaN}', "SerializationException"),
        (b'{"maxResults": 10.0}', "SerializationException"),
        (b'{"maxResults": true}', "SerializationException"),
        (b'{"nextTokken": "x"}', "SerializationException"),
        (b'{"caseIdList": {"a": 1}}', "SerializationException"),
        (b"[" * 100_000, "SerializationException"),
        (b'{"maxResults": 9}', "ValidationException"),
        (b'{"caseIdList": null}', None),
        (b"", None),
    ],
    ids=["broken", "list", "no text", "nan", "float", "bool", "misspelt", "object", "deep", "small", "null", "empty"],
)
def test_a_body_must_fit_the_model(emulator: RunningEmulator, body: bytes, code: str | None) -> None:
    """What is no JSON, has a wrong type or an unknown name is not read; what breaks a rule is refused as invalid."""
    reply = ask(emulator, call("DescribeCases", body))

    assert code == reply.json.get("__type")


def test_all_that_is_wrong_is_named(emulator: RunningEmulator) -> None:
    """A refusal lists every broken rule, with the place, and cuts long values short."""
    body = json.dumps({"communicationBody": "x" * 9000, "ccEmailAddresses": ["a"] * 11}).encode()

    text = ask(emulator, call("CreateCase", body)).json["message"]

    assert text.startswith("3 validation errors detected: Value null at 'subject' failed to satisfy constraint")
    assert "at 'communicationBody' failed to satisfy constraint: Member must have length less than or equal to" in text
    assert len(text) < 800


def test_a_form_with_too_many_fields_is_refused(emulator: RunningEmulator) -> None:
    """Neither a form nor a query can be made to keep the emulator busy."""
    form = b"Action=AssumeRole&" + b"&".join(b"a=1" for _ in range(2000))

    assert b"SerializationException" in ask(emulator, message("POST", "/", signature("sts"), body=form)).body
    many = "&".join("a=1" for _ in range(2000))
    reply = ask(emulator, message("GET", f"/v2/email/dedicated-ips?{many}", signature("ses")))
    assert "SerializationException" == reply.headers["x-amzn-errortype"]


def test_several_requests_share_a_connection(emulator: RunningEmulator) -> None:
    """A connection is kept for the next request, also after a refusal."""
    answers = replies(send(emulator, call("CreateCase", CASE) + call("Nonsense") + call("DescribeCases")))

    assert [200, 404, 200] == [answer.status for answer in answers]


def test_a_body_may_come_in_chunks(emulator: RunningEmulator) -> None:
    """Chunks, their extensions and trailers are read to the end: the next request is not spoilt."""
    head = message("POST", "/", signature("support"), "X-Amz-Target: AWSSupport_20130415.CreateCase")
    head = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = b"5;x=y\r\n%b\r\n%x\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (CASE[:5], len(CASE) - 5, CASE[5:])

    answers = replies(send(emulator, head + chunks + call("DescribeCases")))

    assert [200, 200] == [answer.status for answer in answers]
    assert 1 == len(answers[1].json["cases"])


def test_a_client_may_ask_first_whether_to_send(emulator: RunningEmulator) -> None:
    """`Expect: 100-continue` is answered before the body is read."""
    assert send(emulator, call("CreateCase", CASE, "Expect: 100-continue")).startswith(b"HTTP/1.1 100 Continue\r\n")


def _chunked(rest: bytes) -> bytes:
    head = message("POST", "/", signature("support"), "X-Amz-Target: AWSSupport_20130415.DescribeCases")
    return head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + rest


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x00\x01\x02\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (message("POST", "/").replace(b"Content-Length: 0", b"Content-Length: -1"), 400),
        (message("POST", "/").replace(b"Content-Length: 0", b"Content-Length: 99999999"), 400),
        (message("POST", "/").replace(b"Content-Length: 0", b"Content-Length: 10") + b"short", 400),
        (message("POST", "/", "Transfer-Encoding: chunked"), 400),
        (message("POST", "/").replace(b"Content-Length: 0", b"Transfer-Encoding: gzip"), 400),
        (_chunked(b"zz\r\n"), 400),
        (_chunked(b"2\r\n{}too long\r\n0\r\n\r\n"), 400),
        (_chunked(b"2\r\n{}"), 400),
        (_chunked(b"0\r\n" + b"A: b\r\n" * 200), 400),
        (_chunked((b"200000\r\n" + b" " * 0x200000 + b"\r\n") * 3 + b"0\r\n\r\n"), 400),
    ],
    ids=[
        "bytes", "one word", "version", "headers", "long line", "negative", "huge", "short", "both", "coding",
        "no size", "long chunk", "cut chunk", "trailers", "huge chunks",
    ],
)  # fmt: skip
def test_what_is_no_http_is_the_clients_fault(emulator: RunningEmulator, data: bytes, status: int) -> None:
    """Broken HTTP gets a 4xx and a closed connection, and the next client is served as ever."""
    reply = ask(emulator, data)

    assert (status, "close") == (reply.status, reply.headers["connection"])
    assert 200 == ask(emulator, call("DescribeCases")).status


def test_a_head_request_gets_no_body(emulator: RunningEmulator) -> None:
    """Any method is read; HEAD's answer ends with its headers."""
    answers = send(emulator, message("HEAD", "/") + call("DescribeCases"))

    assert answers.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"\r\n\r\nHTTP/1.1 200 OK\r\n" in answers


def test_a_client_that_goes_away_does_no_harm() -> None:
    """Whoever hangs up in the middle of a line, or resets, is forgotten."""
    # An emulator of its own: nobody knows when the calls of those who left are carried out.
    with start() as emulator:
        port = int(emulator.url.rpartition(":")[2])
        for data in (b"", b"POST / HT", call("CreateCase", CASE)):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(data)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

        assert 200 == ask(emulator, call("DescribeCases")).status


def test_every_answer_has_a_request_id(emulator: RunningEmulator) -> None:
    """AWS numbers its answers, refusals too; so does the emulator."""
    ids = [ask(emulator, request).headers["x-amzn-requestid"] for request in (call("DescribeCases"), call("Nonsense"))]

    assert ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] == ids


@pytest.mark.parametrize(
    ("service", "operation", "wrong", "reason"),
    [
        ("sesv2", "GetDedicatedIps", {"DedicatedIps": [{"Ip": "192.0.2.1", "WarmupStatus": "DONE"}]}, "a member lacks"),
        (
            "sesv2",
            "GetDedicatedIps",
            {"DedicatedIps": [{"Ip": "192.0.2.1", "WarmupStatus": "HOT", "WarmupPercentage": 1}]},
            "a word is not in the model",
        ),
        ("sesv2", "GetDedicatedIps", {"DedicatedIps": "none"}, "a text is not a list"),
        ("sesv2", "GetDedicatedIps", {"Addresses": []}, "a member is unknown"),
        ("ssm", "GetParameter", {"Parameter": {"Version": "1"}}, "a text is not a number"),
        ("ssm", "GetParameter", {"Parameter": {"LastModifiedDate": "today"}}, "a text is not a time"),
    ],
)
def test_an_answer_that_does_not_fit_the_model_is_a_bug_that_shows(
    service: ServiceName, operation: str, wrong: dict[str, object], reason: str
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


def test_answers_can_have_fields_of_tomorrow(emulator: RunningEmulator, aws: Aws) -> None:
    """Unknown fields appear on every level; botocore leaves them out."""
    ask(emulator, call("CreateCase", CASE))
    known = aws.support.describe_cases()["cases"]
    emulator.change(extra_fields=True)

    raw = ask(emulator, call("DescribeCases")).json

    assert {"is": ["new"]} == raw["fieldOfTomorrow"] == raw["cases"][0]["fieldOfTomorrow"]
    assert known == aws.support.describe_cases()["cases"]


def test_the_log_has_every_request(emulator: RunningEmulator, aws: Aws) -> None:
    """Who asked for what, with which parameters, and what came of it."""
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
    assert () == emulator.calls("CreateCase", "444455556666")


def test_the_log_is_served(emulator: RunningEmulator, aws: Aws) -> None:
    """The control API shows the same log."""
    aws.sesv2.get_account()

    (entry,) = command(emulator, "GET", "log").json["log"]

    assert ("GetAccount", 200, None) == (entry["operation"], entry["status"], entry["fault"])
