"""Every way in which a call to AWS can fail, in a lease's words: whether it happened, and whose move it is."""

from __future__ import annotations

import inspect
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from support.bags import REGION
from way_in import NOON, WaysIn, nothing_but

from aws.written import request, withdrawal
from dedicated_ip_provider.aws.errors import (
    Source,
    code_of,
    preparing,
    translating_read_errors,
    translating_write_errors,
)
from dedicated_ip_provider.aws.session import RetryPolicy
from dedicated_ip_provider.case_text.messages import case_of
from dedicated_ip_provider.config import Codes, StackConfig
from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dedicated_ip_provider.aws import Account

LATER = "Nothing was filed. Run the same command again later."
OTHERS = (
    "choose other credentials: in Pulumi with `aws:profile`, `aws:assumeRoles` or the lease's `profile` and `role_arn`, "
    "on the command line with `--profile`."
)
SIGN_IN = (
    f"Nothing was filed. Sign in again, or {OTHERS} `pulumi refresh` and `pulumi destroy` use the configuration of the "
    "last `pulumi up`: after changing it, run `pulumi up`, or add `--run-program`."
)
CLOCK = "Nothing was filed. Set this machine's clock, then run the same command again."
CORRECT = f"Nothing was filed. Correct what it names, or {OTHERS}"
LACKS_API = "The account's AWS Support plan does not include the Support API, which {} needs."
PLAN = 'Nothing was filed. Set `filing="console"`: a person files the form, and the lease follows. Or get a plan that includes the Support API: Business Support+, Enterprise Support or Unified Operations; for an account that AWS has not moved to these yet, Business, Enterprise On-Ramp or Enterprise.'
MEND = "Nothing was filed. Correct what AWS names here, or run the same command again."
NETWORK = "Nothing was filed. Let the proxy or network pass calls to AWS, then run the same command again."
LOOKS = "Run the same command again: it checks whether the message arrived before it sends anything."
CASES = "support:DescribeCases"
CREATE = "support:CreateCase"


def answered(status: int, code: str, message: str = "Sorry.", operation: str = "Operation") -> ClientError:
    """Give the error that botocore makes of an answer."""
    reply: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(reply, operation)


def asked(error: BaseException) -> LeaseError:
    """Give what becomes of an error of a question."""
    with pytest.raises(LeaseError) as translated, translating_read_errors(CASES):
        raise error
    assert error is translated.value.__cause__
    return translated.value


def sent(error: BaseException) -> LeaseError:
    """Give what becomes of an error of a write."""
    with pytest.raises(LeaseError) as translated, translating_write_errors(CREATE):
        raise error
    assert error is translated.value.__cause__
    return translated.value


def told(error: LeaseError) -> tuple[type[LeaseError], str, str]:
    """Give all that a reader sees of an error."""
    return type(error), error.what, error.next_step


# AWS's own no. It is the same for a question and for a write: nothing happened.

NO: list[tuple[int, str, type[LeaseError], str, str]] = [
    (400, "SubscriptionRequiredException", Refused, LACKS_API, PLAN),
    (403, "SubscriptionRequiredException", Refused, LACKS_API, PLAN),
    *(
        (400, code, Unreachable, "AWS is throttling {}: this account makes too many calls a second.", LATER)
        for code in (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestLimitExceeded",
            "RequestThrottledException",
        )
    ),
    (
        429,
        "TooManyRequestsException",
        Unreachable,
        "AWS is throttling {}: this account makes too many calls a second.",
        LATER,
    ),
    (429, "429", Unreachable, "AWS is throttling {}: this account makes too many calls a second.", LATER),
    *(
        (403, code, Refused, f"AWS refused {{}}: {code}: Sorry.", SIGN_IN)
        for code in (
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "InvalidIdentityToken",
            "InvalidSignatureException",
            "InvalidToken",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        )
    ),
    *(
        (403, code, Refused, f"AWS refused {{}}: {code}: Sorry.", "Nothing was filed. Allow {} to this role or user.")
        for code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
    ),
    (400, "CaseIdNotFound", Refused, "AWS refused {}: CaseIdNotFound: Sorry.", MEND),
    (400, "AnythingElse", Refused, "AWS refused {}: AnythingElse: Sorry.", MEND),
    (403, "403", Refused, "Something between here and AWS answered {}: HTTP 403: Sorry.", NETWORK),
    (407, "407", Refused, "Something between here and AWS answered {}: HTTP 407: Sorry.", NETWORK),
    (302, "", Refused, "Something between here and AWS answered {}: HTTP 302: Sorry.", NETWORK),
]


@pytest.mark.parametrize(("status", "code", "kind", "what", "next_step"), NO)
def test_a_no_says_whose_move_it_is(status: int, code: str, kind: type[LeaseError], what: str, next_step: str) -> None:
    """A plan, a right, a sign-in, a moment: what is missing is named, and that nothing was filed."""
    error = answered(status, code)

    assert (kind, what.format(CASES), next_step.format(CASES)) == told(asked(error))
    assert (kind, what.format(CREATE), next_step.format(CREATE)) == told(sent(error))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
        (502, "502"),
        (408, "RequestTimeout"),
        (503, "Throttling"),
    ],
)
def test_a_servers_error_leaves_a_write_open(status: int, code: str) -> None:
    """AWS failed: a question is asked again later; of a write nobody can tell whether it happened."""
    error = answered(status, code)
    name = f"HTTP {status}" if code.isdecimal() else code
    throttled = "AWS is throttling support:DescribeCases: this account makes too many calls a second."

    assert (
        Unreachable,
        throttled if code == "Throttling" else f"AWS failed at {CASES}: {name}: Sorry.",
        LATER,
    ) == told(asked(error))
    unknown = f"{CREATE} got no answer, and it may or may not have happened: {name}: Sorry."
    assert (OutcomeUnknown, unknown, LOOKS) == told(sent(error))


def test_a_question_says_what_it_was_about() -> None:
    """A Region, a case or a role stands beside the operation; the right to ask for does not name it."""
    with pytest.raises(Refused) as refusal, translating_read_errors("ses:GetDedicatedIps", REGION):
        raise answered(403, "AccessDenied")

    assert (
        "AWS refused ses:GetDedicatedIps (eu-west-1): AccessDenied: Sorry.\n"
        "Nothing was filed. Allow ses:GetDedicatedIps to this role or user."
    ) == str(refusal.value)


def every_error() -> list[type[Exception]]:
    """Give every exception that a call may end in: botocore's own, and AWS's answers."""
    defined = [kind for _, kind in inspect.getmembers(botocore.exceptions, inspect.isclass)]
    return [kind for kind in defined if issubclass(kind, (BotoCoreError, ClientError))]


class _Anything(dict[str, Any]):
    """Has a value for every field of a message."""

    def __missing__(self, key: str) -> str:
        return f"some {key}"


def made(kind: type[Exception]) -> Exception:
    """Make one of botocore's errors, with something in each field of its message."""
    if issubclass(kind, BotoCoreError):
        error = kind.__new__(kind)
        error.args = (kind.fmt.format_map(_Anything()),)
        return error
    return answered(400, kind.__name__)


# Advice that fits the cause.

NOT_ENABLED = (
    "Nothing was filed. Enable the Region ap-east-1 in the account's settings: it is not enabled. If other Regions refuse them too: "
    + SIGN_IN.removeprefix("Nothing was filed. ")
)
DENIED = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: support:DescribeCases "
ORGANIZATION = "Nothing was filed. A policy of the organization denies it, often by Region: only its administrator can change that."
ACTIVATE = (
    "Nothing was filed. AWS has not activated the service for this account: finish the account's registration in the AWS "
    "console (payment, telephone), then run the same command again."
)
ADVICE: list[tuple[str, str, str, str, str]] = [
    (
        "support:DescribeCases",
        "",
        "InvalidSignatureException",
        "Signature expired: 20261126T1 is now earlier than 20261126T2",
        CLOCK,
    ),
    (
        "sts:GetCallerIdentity",
        "us-east-1",
        "SignatureDoesNotMatch",
        "Signature not yet current: 20261126T2 is still later",
        CLOCK,
    ),
    ("ses:GetAccount", "eu-west-1", "RequestExpired", "Request has expired.", CLOCK),
    (
        "sts:GetCallerIdentity",
        "us-east-1",
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match",
        SIGN_IN,
    ),
    ("ses:GetDedicatedIps", "ap-east-1", "UnrecognizedClientException", "The security token is invalid.", NOT_ENABLED),
    ("ssm:GetParameter", "ap-east-1", "UnrecognizedClientException", "The security token is invalid.", NOT_ENABLED),
    ("ses:GetDedicatedIps", "ap-east-1", "InvalidClientTokenId", "The security token is invalid.", NOT_ENABLED),
    ("ses:GetDedicatedIps", "ap-east-1", "ExpiredTokenException", "Expired.", SIGN_IN),
    ("sts:GetCallerIdentity", "us-east-1", "InvalidClientTokenId", "The security token is invalid.", SIGN_IN),
    ("support:DescribeCases", "", "UnrecognizedClientException", "The security token is invalid.", SIGN_IN),
    (
        "support:DescribeCases",
        "",
        "AccessDeniedException",
        f"{DENIED}with an explicit deny in a service control policy",
        ORGANIZATION,
    ),
    (
        "support:DescribeCases",
        "",
        "AccessDeniedException",
        f"{DENIED}because no service control policy allows it",
        ORGANIZATION,
    ),
    (
        "ses:GetAccount",
        "eu-west-1",
        "AccessDenied",
        f"{DENIED}with an explicit deny in a resource control policy",
        ORGANIZATION,
    ),
    (
        "ses:GetAccount",
        "eu-west-1",
        "AccessDenied",
        f"{DENIED}because no permissions boundary allows it",
        "Nothing was filed. The permissions boundary of this role or user has to allow it too.",
    ),
    (
        "ses:GetAccount",
        "eu-west-1",
        "AccessDenied",
        f"{DENIED}because no session policy allows it",
        "Nothing was filed. The session's own policy has to allow it too: `policy` or `policyArns` of the assumed role.",
    ),
    (
        "ses:GetAccount",
        "eu-west-1",
        "AccessDenied",
        f"{DENIED}because no VPC endpoint policy allows it",
        "Nothing was filed. The policy of the VPC endpoint has to allow it too.",
    ),
    (
        "ses:GetAccount",
        "eu-west-1",
        "AccessDenied",
        f"{DENIED}with an explicit deny in an identity-based policy",
        "Nothing was filed. A policy denies it explicitly: remove that deny, as allowing it elsewhere does not help.",
    ),
    (
        "ses:GetAccount",
        "eu-west-1",
        "AccessDenied",
        f"{DENIED}because no identity-based policy allows it",
        "Nothing was filed. Allow ses:GetAccount to this role or user.",
    ),
    (
        "sts:AssumeRole",
        "role arn",
        "AccessDenied",
        "no",
        "Nothing was filed. Allow the caller sts:AssumeRole, and name the caller in the role's trust policy.",
    ),
    (
        "ses:GetDedicatedIps",
        "eu-west-1",
        "SubscriptionRequiredException",
        "The AWS Access Key Id needs a subscription",
        ACTIVATE,
    ),
    (
        "ssm:GetParameter",
        "eu-west-1",
        "SubscriptionRequiredException",
        "The AWS Access Key Id needs a subscription",
        ACTIVATE,
    ),
]


@pytest.mark.parametrize(("operation", "where", "code", "message", "next_step"), ADVICE)
def test_the_advice_fits_the_cause(operation: str, where: str, code: str, message: str, next_step: str) -> None:
    """Two causes may have one code: the text, the service and the Region tell them apart."""
    with pytest.raises(Refused) as refusal, translating_read_errors(operation, where):
        raise answered(403, code, message)

    what = f"{operation} ({where})" if where else operation
    assert (f"AWS refused {what}: {code}: {message}", next_step) == (refusal.value.what, refusal.value.next_step)


def test_what_credentials_need_first_is_named_by_itself() -> None:
    """They may be renewed in the midst of another call, which was not sent then: it is not the one to be allowed."""
    denied = answered(403, "AccessDenied", operation="AssumeRole")
    failed = answered(500, "InternalFailure", operation="AssumeRole")

    assert "AWS refused sts:AssumeRole: AccessDenied: Sorry." == asked(denied).what
    assert "AWS refused sts:AssumeRole: AccessDenied: Sorry." == sent(denied).what
    assert Unreachable is type(sent(failed))


SOURCE = Source(profile="mail", files=("~/config", "~/credentials"), signs_in="base")
HERE = "(profile mail, ~/config and ~/credentials)"
BEFORE: list[tuple[Exception, type[LeaseError], str, str]] = [
    (
        answered(403, "ForbiddenException", "No access", "GetRoleCredentials"),
        Refused,
        f"AWS refused sso:GetRoleCredentials {HERE}: ForbiddenException: No access",
        MEND,
    ),
    (
        answered(400, "Throttling", operation="AssumeRole"),
        Unreachable,
        f"AWS is throttling sts:AssumeRole {HERE}: this account makes too many calls a second.",
        LATER,
    ),
    (
        answered(400, "Odd", operation="SomethingNew"),
        Refused,
        f"AWS refused SomethingNew {HERE}: Odd: Sorry.",
        MEND,
    ),
    (
        botocore.exceptions.EndpointConnectionError(endpoint_url="https://portal"),
        Unreachable,
        f'The source of the credentials did not answer {HERE}: Could not connect to the endpoint URL: "https://portal"',
        LATER,
    ),
    (
        KeyError("AccessKeyId"),
        Refused,
        f"The AWS configuration cannot be used {HERE}: 'AccessKeyId' is missing",
        CORRECT,
    ),
    (
        KeyError("0" * 40),
        Refused,
        f"The sign-in has ended {HERE}: its file {'0' * 40}.json cannot be read",
        "Nothing was filed. Run `aws sso login --profile base`, then the same command again.",
    ),
    (
        KeyError("0" * 64),
        Refused,
        f"The sign-in has ended {HERE}: its file {'0' * 64}.json cannot be read",
        "Nothing was filed. Run `aws login --profile base`, then the same command again.",
    ),
    (
        ValueError("Invalid endpoint: x"),
        Refused,
        f"The AWS configuration cannot be used {HERE}: Invalid endpoint: x",
        CORRECT,
    ),
    (
        PermissionError(13, "Permission denied", "f"),
        Refused,
        f"The AWS configuration cannot be used {HERE}: [Errno 13] Permission denied: 'f'",
        CORRECT,
    ),
]


@pytest.mark.parametrize(("error", "kind", "what", "next_step"), BEFORE, ids=lambda value: str(value)[:40])
def test_what_goes_wrong_on_the_way_to_credentials_names_their_source(
    error: Exception, kind: type[LeaseError], what: str, next_step: str
) -> None:
    """AWS has not been asked anything else by then."""
    with pytest.raises(LeaseError) as translated, preparing(SOURCE):
        raise error

    assert (kind, what, next_step) == told(translated.value)


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_no_error_of_botocore_escapes_on_the_way_to_credentials(kind: type[Exception]) -> None:
    """Each is the reader's move, or nobody's."""
    with pytest.raises(LeaseError) as translated, preparing(SOURCE):
        raise made(kind)

    assert HERE in translated.value.what


def test_the_default_profile_needs_no_name() -> None:
    """Nobody named one."""
    with pytest.raises(Refused) as refusal, preparing(Source(profile=None, files=())):
        raise botocore.exceptions.UnauthorizedSSOTokenError

    assert refusal.value.what.startswith("The sign-in has ended (no AWS configuration file): ")
    assert "Nothing was filed. Run `aws sso login`, then the same command again." == refusal.value.next_step


def test_a_question_may_have_an_advice_of_its_own() -> None:
    """Where no answer came, the caller knows best what to do next."""
    with pytest.raises(Unreachable) as error, translating_read_errors(CASES, later="Look there."):
        raise answered(500, "InternalServerError")

    assert "Look there." == error.value.next_step


def test_what_was_said_is_folded_to_one_line_of_bounded_length() -> None:
    """A proxy's page may be long, and has line breaks."""
    page = "<html>\n  <body>\n" + "x" * 1_000
    what = asked(answered(403, "403", page)).what

    assert "\n" not in what
    assert what.endswith(f"HTTP 403: <html> <body> {'x' * 286}...")


def test_an_answer_without_a_text_says_so() -> None:
    """An empty page has a status all the same."""
    assert "Something between here and AWS answered support:DescribeCases: HTTP 403: no text" == (
        asked(answered(403, "", "")).what
    )


def test_the_code_of_an_error_is_found_through_our_own() -> None:
    """Who decides by AWS's code finds it in the error that was made of it, and in one that was made of that."""
    translated = asked(answered(400, "CaseIdNotFound"))
    again = Refused("what", "next")
    again.__cause__ = translated

    assert ["CaseIdNotFound", "CaseIdNotFound", "", "", ""] == [
        code_of(error)
        for error in (translated, again, Refused("what", "next"), asked(botocore.exceptions.NoCredentialsError()), None)
    ]


# botocore's own errors. Every one that it has is translated; these tables say which are the user's move.


NO_WAY_IN = {
    "ConfigNotFound",
    "ConfigParseError",
    "CredentialRetrievalError",
    "InfiniteLoopConfigError",
    "InvalidConfigError",
    "LoginAuthorizationCodeError",
    "LoginError",
    "LoginInsufficientPermissions",
    "LoginRefreshRequired",
    "LoginTokenLoadError",
    "MetadataRetrievalError",
    "MissingDependencyException",
    "NoAuthTokenError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "RefreshWithMFAUnsupportedError",
    "SSOError",
    "SSOTokenLoadError",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
    "UnknownCredentialError",
}
NEVER_SENT = {"ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError"}


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_of_botocore_is_translated(kind: type[Exception]) -> None:
    """None escapes: a question is refused or has no answer; a write may have happened unless it surely did not."""
    refused = kind.__name__ in NO_WAY_IN or kind.__name__ == "ParamValidationError" or issubclass(kind, ClientError)
    question: type[LeaseError] = Refused if refused else Unreachable
    write = question if refused or kind.__name__ in NEVER_SENT else OutcomeUnknown

    assert (question, write) == (type(asked(made(kind))), type(sent(made(kind))))


def test_without_credentials_the_reader_is_told_how_to_sign_in() -> None:
    """Nothing was sent: no credentials were there, or they could not be read."""
    expected = Refused, "No AWS credentials for support:CreateCase: Unable to locate credentials", SIGN_IN

    assert expected == told(sent(botocore.exceptions.NoCredentialsError()))


def test_what_aws_cannot_take_is_named() -> None:
    """The SDK judges what is sent before it is sent; what it says is the user's to correct."""
    error = botocore.exceptions.ParamValidationError(report="Invalid length for parameter ExternalId")

    assert (
        "support:CreateCase cannot be sent as it is: Parameter validation failed: Invalid length for parameter ExternalId\n"
        "Nothing was filed. Correct it in the lease or the stack's configuration."
    ) == str(sent(error))


def test_a_write_that_was_never_sent_did_not_happen() -> None:
    """No connection, no write."""
    error = botocore.exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    assert (
        Unreachable,
        'support:CreateCase did not reach AWS: Could not connect to the endpoint URL: "http://127.0.0.1:1"',
        LATER,
    ) == told(sent(error))


def test_an_error_of_the_encryption_may_come_after_a_write() -> None:
    """It may break an answer as well as the greeting."""
    error = botocore.exceptions.SSLError(endpoint_url="https://127.0.0.1", error=OSError("bad record mac"))

    assert OutcomeUnknown is type(sent(error))


def test_who_cannot_show_to_be_aws_was_sent_nothing() -> None:
    """Most often it is a proxy that checks the traffic, with certificates of its own."""
    reason = OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    error = botocore.exceptions.SSLError(endpoint_url="https://x", error=reason)
    said = "SSL validation failed for https://x [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
    trust = (
        "Nothing was filed. If a proxy inspects this network's traffic, trust it: name the file of its certificates in "
        "AWS_CA_BUNDLE, or in `aws:customCaBundle`."
    )

    assert (Unreachable, f"AWS did not answer {CASES}: {said}", trust) == told(asked(error))
    assert (Unreachable, f"{CREATE} did not reach AWS: {said}", trust) == told(sent(error))


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file", "token"), RuntimeError("still expired")])
def test_credentials_that_cannot_be_renewed_in_the_midst_of_a_call_are_no_bug(error: Exception) -> None:
    """Nobody can tell of a write what went before."""
    assert (Refused, f"No AWS credentials for {CASES}: {error}", SIGN_IN) == told(asked(error))
    assert OutcomeUnknown is type(sent(error))


def test_an_answer_without_what_is_read_was_cut_off() -> None:
    """The SDK takes half a body for an empty success: the missing key is what shows it."""
    assert (Unreachable, "AWS's answer to support:DescribeCases was cut off: 'cases' is missing.", LATER) == told(
        asked(KeyError("cases"))
    )
    unknown = "support:CreateCase got no answer, and it may or may not have happened: AWS's answer was cut off."
    assert (OutcomeUnknown, unknown, LOOKS) == told(sent(KeyError("caseId")))


@pytest.mark.parametrize(
    "error", [TypeError("x"), ValueError("x"), AttributeError("x"), ResponseParserError("x"), UnicodeError("x")]
)
def test_an_answer_that_cannot_be_read_is_none(error: Exception) -> None:
    """The SDK fails in many ways at what is not AWS's."""
    assert (Unreachable, "AWS gave no usable answer to support:DescribeCases: x.", LATER) == told(asked(error))
    assert OutcomeUnknown is type(sent(error))


def test_an_error_of_ours_goes_through_as_it_is() -> None:
    """What a step inside has said already is not said again."""
    ours = Refused("what", "next")
    with pytest.raises(Refused) as refusal, translating_read_errors(CASES), translating_write_errors(CREATE):
        raise ours

    assert ours is refusal.value


# The same on the wire: whatever answers, each method ends with a result or one of our errors.


class Answering(BaseHTTPRequestHandler):
    """Gives the same answer to everything."""

    answer = (200, b"", "application/json")

    def do_GET(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body, kind = self.answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - as http.server calls it

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def somebody() -> Iterator[type[Answering]]:
    """Somebody who is not AWS, at a port of this machine."""
    kind: type[Answering] = type("Somebody", (Answering,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        with pytest.MonkeyPatch.context() as patch:
            nothing_but(
                patch,
                {
                    "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                    "NO_PROXY": "127.0.0.1",
                    "AWS_ACCESS_KEY_ID": "111122223333",
                    "AWS_SECRET_ACCESS_KEY": "not-checked",
                },
            )
            yield kind
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def nobody(somebody: type[Answering]) -> Iterator[Callable[[], Account]]:  # noqa: ARG001 - who answers
    """Gives an account that is not AWS's, of which nothing is known yet."""
    ways = WaysIn()
    config = StackConfig(codes=Codes(service="s", category="c"))
    account = ways.account(config, retry_policy=RetryPolicy(questions=1, after_throttle=(), second=0.0))
    session = account.session
    yield lambda: type(account)(session, config, lambda: NOON)
    ways.close()


CASE = case_of(request(), case_id="case-1", status="opened", filed_at="2026-11-24T12:00:00.000Z")
READS: dict[str, Callable[[Account], object]] = {
    "id": lambda account: account.id,
    "addresses": lambda account: account.addresses(REGION),
    "cases": lambda account: account.cases(),
    "read_case": lambda account: account.read_case("case-1"),
    "codes": lambda account: type(account)(account.session, StackConfig(), lambda: NOON).codes(),
    "resolve_case": lambda account: account.resolve_case(CASE),
}
WRITES: dict[str, Callable[[Account], object]] = {
    "file_case": lambda account: account.file_case(request(), "en", (), before_sending=lambda: None),
    "send_message": lambda account: account.send_message(CASE, withdrawal(CASE)),
}
BODIES = [
    b"",
    b"[]",
    b"null",
    b'"x"',
    b"5",
    b"{}",
    b"{",
    b"<html><body>Please sign in</body></html>",
    b"\xff\xfe\x00",
    b'{"DedicatedIps":5,"cases":5,"services":5,"caseId":5,"result":5,"finalCaseStatus":null}',
    b'{"DedicatedIps":[5],"cases":[5],"services":[5],"caseId":[],"result":[]}',
    b'{"DedicatedIps":[{"Ip":5}],"cases":[{"caseId":5}],"services":[{"code":5}],"caseId":{},"result":"true"}',
    b'{"DedicatedIps":null,"cases":[null],"services":[{"code":"a","categories":null}],"caseId":null,"result":false}',
    b'{"DedicatedIps":[{"Ip":"192.0.2.1","WarmupStatus":"DONE","WarmupPercentage":"x"}]}',
    b'{"cases":[{"caseId":"x","timeCreated":5,"subject":5,"status":"x","recentCommunications":5}]}',
    b'{"services":[{"code":"a","categories":[{}]}]}',
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account/></GetCallerIdentityResult></GetCallerIdentityResponse>",
    b"<a><GetCallerIdentityResult><Account>5</Account></GetCallerIdentityResult></a>",
]
PAGES = [b"", b"<html>No</html>", b"[]", b'"x"', b'{"__type":5}', b'{"__type":"a","message":5}']
STATUSES = [302, 400, 403, 404, 407, 408, 429, 500, 502, 503]


@pytest.mark.parametrize("name", READS)
def test_whoever_answers_a_question_it_ends_in_our_words(
    somebody: type[Answering], nobody: Callable[[], Account], name: str
) -> None:
    """A captive portal, a proxy, half a body or another service: a question never ends in anything but our errors."""
    for answer in _answers():
        somebody.answer = answer
        if name in ("cases", "read_case") and b'"cases":[' in answer[1]:
            # The list is there: what is odd in it is somebody else's, and is passed over.
            with suppress(LeaseError):
                assert not READS[name](nobody())
            continue
        with pytest.raises(LeaseError) as error:
            READS[name](nobody())
        assert type(error.value) in (Refused, Unreachable), answer
        assert "Nothing was filed." in error.value.next_step, answer
        assert 1 == len(error.value.what.splitlines()), answer


@pytest.mark.parametrize("name", WRITES)
def test_whoever_answers_a_write_it_ends_in_our_words(
    somebody: type[Answering], nobody: Callable[[], Account], name: str
) -> None:
    """A success that is none leaves the write open; only a clear no says that nothing was filed."""
    for answer in _answers():
        somebody.answer = answer
        with pytest.raises(LeaseError) as error:
            WRITES[name](nobody())
        status = answer[0]
        if status in (200, 408) or status >= 500:
            assert OutcomeUnknown is type(error.value), answer
        assert 1 == len(error.value.what.splitlines()), answer


def _answers() -> list[tuple[int, bytes, str]]:
    return [
        *((200, body, kind) for body in BODIES for kind in ("application/json", "text/html")),
        *((status, page, "text/html") for status in STATUSES for page in PAGES),
    ]
