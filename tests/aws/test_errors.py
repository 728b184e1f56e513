"""How every failure of a call to AWS is translated: whether it happened, and whose move it is."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    SSLError,
)
from botocore.httpsession import URLLib3Session
from botocore.parsers import ResponseParserError
from support.bags import REGION
from support.tables import table
from urllib3 import HTTPResponse
from way_in import NOON, nothing_but

from aws.written import request, withdrawal
from dedicated_ip_provider.aws import Account
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
    from botocore.awsrequest import AWSPreparedRequest
    from way_in import WaysIn

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
FIX = "Nothing was filed. Correct what AWS names here, or run the same command again."
NETWORK = "Nothing was filed. Let the proxy or network pass calls to AWS, then run the same command again."
TRUST = (
    "Nothing was filed. If a proxy inspects this network's traffic, trust it: name the file of its certificates in "
    "AWS_CA_BUNDLE, or in `aws:customCaBundle`."
)
LOOKS = "Run the same command again: it checks whether the message arrived before it sends anything."
THROTTLED = "AWS is throttling {}: this account makes too many calls a second."
UNKNOWN = "{} got no answer, and it may or may not have happened: "
CASES = "support:DescribeCases"
CREATE = "support:CreateCase"

Told = tuple[type[LeaseError], str, str]
"""All that a reader sees of an error."""


def answered(status: int, code: str, message: str = "Sorry.", operation: str = "Operation") -> ClientError:
    """Return the error that botocore raises for an answer."""
    reply: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(reply, operation)


def after_read(error: BaseException) -> LeaseError:
    """Return what an error of a read is translated into."""
    with pytest.raises(LeaseError) as translated, translating_read_errors(CASES):
        raise error
    assert error is translated.value.__cause__
    return translated.value


def after_write(error: BaseException) -> LeaseError:
    """Return what an error of a write is translated into."""
    with pytest.raises(LeaseError) as translated, translating_write_errors(CREATE):
        raise error
    assert error is translated.value.__cause__
    return translated.value


def told(error: LeaseError) -> Told:
    """Return all that a reader sees of an error."""
    return type(error), error.what, error.next_step


# Did it happen, and whose move is it?

CODES: list[tuple[str, Exception, Told]] = [
    *((f"plan {status}", answered(status, "SubscriptionRequiredException"), (Refused, LACKS_API, PLAN)) for status in (400, 403)),
    *((code, answered(400, code), (Unreachable, THROTTLED, LATER)) for code in ("Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottledException")),
    *((f"429 {code}", answered(429, code), (Unreachable, THROTTLED, LATER)) for code in ("TooManyRequestsException", "429")),
    *((code, answered(403, code), (Refused, f"AWS refused {{}}: {code}: Sorry.", SIGN_IN)) for code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidIdentityToken", "InvalidSignatureException", "InvalidToken", "SignatureDoesNotMatch", "UnrecognizedClientException")),
    *((code, answered(403, code), (Refused, f"AWS refused {{}}: {code}: Sorry.", "Nothing was filed. Allow {} to this role or user.")) for code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")),
    *((code, answered(400, code), (Refused, f"AWS refused {{}}: {code}: Sorry.", FIX)) for code in ("CaseIdNotFound", "AnythingElse")),
    *((f"{status} {code}", answered(status, code), (Refused, f"Something between here and AWS answered {{}}: HTTP {status}: Sorry.", NETWORK)) for status, code in ((403, "403"), (407, "407"), (302, ""))),
    ("no credentials", NoCredentialsError(), (Refused, "No AWS credentials for {}: Unable to locate credentials", SIGN_IN)),
    ("not a valid call", ParamValidationError(report="Invalid length for parameter ExternalId"), (Refused, "{} cannot be sent as it is: Parameter validation failed: Invalid length for parameter ExternalId", "Nothing was filed. Correct it in the lease or the stack's configuration.")),
]  # fmt: skip


@table("reason, error, expected", CODES)
def test_after_a_clear_refusal_nothing_happened(reason: str, error: Exception, expected: Told) -> None:
    """A read and a write get the same message: what is missing, and that nothing was filed."""
    kind, what, next_step = expected

    assert (kind, what.format(CASES), next_step.format(CASES)) == told(after_read(error)), reason
    assert (kind, what.format(CREATE), next_step.format(CREATE)) == told(after_write(error)), reason


NO_CONNECTION = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
NO_RIGHT = SSLError(
    endpoint_url="https://x", error=OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
)
UNTRUSTED = "SSL validation failed for https://x [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
BROKEN = SSLError(endpoint_url="https://x", error=OSError("bad record mac"))
CUT = f"{UNKNOWN}AWS's answer was cut off."
OUTCOMES: list[tuple[str, Exception, Told, Told]] = [
    # reason, error; after a read; after a write
    *((f"{status} {code}", answered(status, code), (Unreachable, f"AWS failed at {{}}: {code}: Sorry.", LATER), (OutcomeUnknown, f"{UNKNOWN}{code}: Sorry.", LOOKS)) for status, code in ((500, "InternalServerError"), (503, "ServiceUnavailable"), (408, "RequestTimeout"))),
    ("502 of a proxy", answered(502, "502"), (Unreachable, "AWS failed at {}: HTTP 502: Sorry.", LATER), (OutcomeUnknown, f"{UNKNOWN}HTTP 502: Sorry.", LOOKS)),
    ("503 throttled", answered(503, "Throttling"), (Unreachable, THROTTLED, LATER), (OutcomeUnknown, f"{UNKNOWN}Throttling: Sorry.", LOOKS)),
    ("no connection: it was never sent", NO_CONNECTION, (Unreachable, f"AWS did not answer {{}}: {NO_CONNECTION}", LATER), (Unreachable, f"{{}} did not reach AWS: {NO_CONNECTION}", LATER)),
    ("a certificate of a proxy's own: nothing was sent", NO_RIGHT, (Unreachable, f"AWS did not answer {{}}: {UNTRUSTED}", TRUST), (Unreachable, f"{{}} did not reach AWS: {UNTRUSTED}", TRUST)),
    ("another TLS error may break the answer, too", BROKEN, (Unreachable, f"AWS did not answer {{}}: {BROKEN}", LATER), (OutcomeUnknown, f"{UNKNOWN}{BROKEN}", LOOKS)),
    *((f"credentials cannot be renewed: {error}", error, (Refused, f"No AWS credentials for {{}}: {error}", SIGN_IN), (OutcomeUnknown, f"{UNKNOWN}{error}", LOOKS)) for error in (FileNotFoundError(2, "No such file", "token"), RuntimeError("still expired"))),
    ("half a body counts as an empty success in the SDK", KeyError("cases"), (Unreachable, "AWS's answer to {} was cut off: 'cases' is missing.", LATER), (OutcomeUnknown, CUT, LOOKS)),
    *((f"an unreadable answer: {kind.__name__}", kind("x"), (Unreachable, "AWS gave no usable answer to {}: x.", LATER), (OutcomeUnknown, CUT, LOOKS)) for kind in (TypeError, ValueError, AttributeError, ResponseParserError, UnicodeError)),
]  # fmt: skip


@table("reason, error, read, write", OUTCOMES)
def test_without_a_usable_answer_a_write_may_have_happened(
    reason: str, error: Exception, read: Told, write: Told
) -> None:
    """A read is simply made again later."""
    for (kind, what, next_step), operation, found in (
        (read, CASES, after_read(error)),
        (write, CREATE, after_write(error)),
    ):
        assert (kind, what.format(operation), next_step) == told(found), reason


def every_error() -> list[type[Exception]]:
    """Return every exception that a call may raise: botocore's own, and AWS's answers."""
    defined = [kind for _, kind in inspect.getmembers(botocore.exceptions, inspect.isclass)]
    return [kind for kind in defined if issubclass(kind, (BotoCoreError, ClientError))]


class _Anything(dict[str, Any]):
    """Has a value for every field of a message."""

    def __missing__(self, key: str) -> str:
        return f"some {key}"


def made(kind: type[Exception]) -> Exception:
    """Return one of botocore's errors, with something in each field of its message."""
    if issubclass(kind, BotoCoreError):
        error = kind.__new__(kind)
        error.args = (kind.fmt.format_map(_Anything()),)
        return error
    return answered(400, kind.__name__)


WITHOUT_CREDENTIALS = {
    "ConfigNotFound", "ConfigParseError", "CredentialRetrievalError", "InfiniteLoopConfigError",
    "InvalidConfigError", "LoginAuthorizationCodeError", "LoginError", "LoginInsufficientPermissions",
    "LoginRefreshRequired", "LoginTokenLoadError", "MetadataRetrievalError", "MissingDependencyException",
    "NoAuthTokenError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound",
    "RefreshWithMFAUnsupportedError", "SSOError", "SSOTokenLoadError", "TokenRetrievalError",
    "UnauthorizedSSOTokenError", "UnknownCredentialError",
}  # fmt: skip
NEVER_SENT = {"ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError"}


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_of_botocore_is_translated(kind: type[Exception]) -> None:
    """A read is refused or has no answer; a write may have happened unless it certainly did not."""
    name = kind.__name__
    refused = name in WITHOUT_CREDENTIALS or name == "ParamValidationError" or issubclass(kind, ClientError)
    read: type[LeaseError] = Refused if refused else Unreachable
    write = read if refused or name in NEVER_SENT else OutcomeUnknown

    assert (read, write) == (type(after_read(made(kind))), type(after_write(made(kind))))
    with pytest.raises(LeaseError) as before, preparing(SOURCE):
        raise made(kind)
    assert HERE in before.value.what


def test_an_error_of_ours_is_not_translated_again() -> None:
    """It says everything already."""
    ours = Refused("what", "next")
    with pytest.raises(Refused) as refusal, translating_read_errors(CASES), translating_write_errors(CREATE):
        raise ours

    assert ours is refusal.value


# The advice fits the cause.

TOKEN = "The security token is invalid."  # noqa: S105 - AWS's sentence
NOT_ENABLED = (
    "Nothing was filed. Enable the Region ap-east-1 in the account's settings: it is not enabled. If other Regions refuse them too: "
    + SIGN_IN.removeprefix("Nothing was filed. ")
)
DENIED = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: support:DescribeCases "
ORGANIZATION = "Nothing was filed. A policy of the organization denies it, often by Region: only its administrator can change that."
KEY = "The AWS Access Key Id needs a subscription"
ACTIVATE = (
    "Nothing was filed. AWS has not activated the service for this account: finish the account's registration in the AWS "
    "console (payment, telephone), then run the same command again."
)
ADVICE: list[tuple[str, str, str, str]] = [
    # what was called, AWS's code, its message: the advice
    ("support:DescribeCases", "InvalidSignatureException", "Signature expired: 20261126T1 is now earlier than 20261126T2", CLOCK),
    ("sts:GetCallerIdentity (us-east-1)", "SignatureDoesNotMatch", "Signature not yet current: 20261126T2 is still later", CLOCK),
    ("ses:GetAccount (eu-west-1)", "RequestExpired", "Request has expired.", CLOCK),
    ("sts:GetCallerIdentity (us-east-1)", "SignatureDoesNotMatch", "The request signature we calculated does not match", SIGN_IN),
    ("ses:GetDedicatedIps (ap-east-1)", "UnrecognizedClientException", TOKEN, NOT_ENABLED),
    ("ssm:GetParameter (ap-east-1)", "UnrecognizedClientException", TOKEN, NOT_ENABLED),
    ("ses:GetDedicatedIps (ap-east-1)", "InvalidClientTokenId", TOKEN, NOT_ENABLED),
    ("ses:GetDedicatedIps (ap-east-1)", "ExpiredTokenException", "Expired.", SIGN_IN),
    ("sts:GetCallerIdentity (us-east-1)", "InvalidClientTokenId", TOKEN, SIGN_IN),
    ("support:DescribeCases", "UnrecognizedClientException", TOKEN, SIGN_IN),
    ("support:DescribeCases", "AccessDeniedException", f"{DENIED}with an explicit deny in a service control policy", ORGANIZATION),
    ("support:DescribeCases", "AccessDeniedException", f"{DENIED}because no service control policy allows it", ORGANIZATION),
    ("ses:GetAccount (eu-west-1)", "AccessDenied", f"{DENIED}with an explicit deny in a resource control policy", ORGANIZATION),
    ("ses:GetAccount (eu-west-1)", "AccessDenied", f"{DENIED}because no permissions boundary allows it", "Nothing was filed. The permissions boundary of this role or user has to allow it too."),
    ("ses:GetAccount (eu-west-1)", "AccessDenied", f"{DENIED}because no session policy allows it", "Nothing was filed. The session's own policy has to allow it too: `policy` or `policyArns` of the assumed role."),
    ("ses:GetAccount (eu-west-1)", "AccessDenied", f"{DENIED}because no VPC endpoint policy allows it", "Nothing was filed. The policy of the VPC endpoint has to allow it too."),
    ("ses:GetAccount (eu-west-1)", "AccessDenied", f"{DENIED}with an explicit deny in an identity-based policy", "Nothing was filed. A policy denies it explicitly: remove that deny, as allowing it elsewhere does not help."),
    ("ses:GetAccount (eu-west-1)", "AccessDenied", f"{DENIED}because no identity-based policy allows it", "Nothing was filed. Allow ses:GetAccount to this role or user."),
    ("sts:AssumeRole (role arn)", "AccessDenied", "no", "Nothing was filed. Allow the caller sts:AssumeRole, and name the caller in the role's trust policy."),
    ("ses:GetDedicatedIps (eu-west-1)", "SubscriptionRequiredException", KEY, ACTIVATE),
    ("ssm:GetParameter (eu-west-1)", "SubscriptionRequiredException", KEY, ACTIVATE),
]  # fmt: skip


@pytest.mark.parametrize(("called", "code", "message", "next_step"), ADVICE)
def test_the_advice_fits_the_cause(called: str, code: str, message: str, next_step: str) -> None:
    """One code may have two causes: the message, the service and the Region tell them apart."""
    operation, _, where = called.removesuffix(")").partition(" (")
    with pytest.raises(Refused) as refusal, translating_read_errors(operation, where):
        raise answered(403, code, message)

    assert (f"AWS refused {called}: {code}: {message}", next_step) == (refusal.value.what, refusal.value.next_step)


def test_a_call_that_gets_credentials_is_named_itself() -> None:
    """Credentials may be renewed in the middle of another call, which was not sent then and needs no permission."""
    denied = answered(403, "AccessDenied", operation="AssumeRole")
    failed = answered(500, "InternalFailure", operation="AssumeRole")

    assert "AWS refused sts:AssumeRole: AccessDenied: Sorry." == after_read(denied).what == after_write(denied).what
    assert Unreachable is type(after_write(failed))


SOURCE = Source(profile="mail", files=("~/config", "~/credentials"), signs_in="base")
HERE = "(profile mail, ~/config and ~/credentials)"
ENDED = "Nothing was filed. Run `aws {} --profile base`, then the same command again."
UNUSABLE = f"The AWS configuration cannot be used {HERE}:"
BEFORE: list[tuple[str, Exception, Told]] = [
    ("a refusal", answered(403, "ForbiddenException", "No access", "GetRoleCredentials"), (Refused, f"AWS refused sso:GetRoleCredentials {HERE}: ForbiddenException: No access", FIX)),
    ("throttled", answered(400, "Throttling", operation="AssumeRole"), (Unreachable, THROTTLED.format(f"sts:AssumeRole {HERE}"), LATER)),
    ("an unknown operation", answered(400, "Odd", operation="SomethingNew"), (Refused, f"AWS refused SomethingNew {HERE}: Odd: Sorry.", FIX)),
    ("no connection", NO_CONNECTION, (Unreachable, f"The source of the credentials did not answer {HERE}: {NO_CONNECTION}", LATER)),
    ("an incomplete answer", KeyError("AccessKeyId"), (Refused, f"{UNUSABLE} 'AccessKeyId' is missing", CORRECT)),
    ("a missing file of IAM Identity Center", KeyError("0" * 40), (Refused, f"The sign-in has ended {HERE}: its file {'0' * 40}.json cannot be read", ENDED.format("sso login"))),
    ("a missing file of `aws login`", KeyError("0" * 64), (Refused, f"The sign-in has ended {HERE}: its file {'0' * 64}.json cannot be read", ENDED.format("login"))),
    ("a wrong value", ValueError("Invalid endpoint: x"), (Refused, f"{UNUSABLE} Invalid endpoint: x", CORRECT)),
    ("an unreadable file", PermissionError(13, "Permission denied", "f"), (Refused, f"{UNUSABLE} [Errno 13] Permission denied: 'f'", CORRECT)),
]  # fmt: skip


@table("reason, error, expected", BEFORE)
def test_a_failure_to_get_credentials_names_their_source(reason: str, error: Exception, expected: Told) -> None:
    """The actual call has not been made by then."""
    with pytest.raises(LeaseError) as translated, preparing(SOURCE):
        raise error

    assert expected == told(translated.value), reason


def test_the_default_profile_is_not_named() -> None:
    """Nor is a file that does not exist."""
    with pytest.raises(Refused) as refusal, preparing(Source(profile=None, files=())):
        raise botocore.exceptions.UnauthorizedSSOTokenError

    assert refusal.value.what.startswith("The sign-in has ended (no AWS configuration file): ")
    assert "Nothing was filed. Run `aws sso login`, then the same command again." == refusal.value.next_step


def test_a_read_may_have_its_own_advice() -> None:
    """The caller may know better what to do if no answer came."""
    with pytest.raises(Unreachable) as error, translating_read_errors(CASES, later="Look there."):
        raise answered(500, "InternalServerError")

    assert "Look there." == error.value.next_step


def test_a_message_is_one_line_of_limited_length() -> None:
    """A proxy's page may be long and have line breaks, or be empty."""
    page = "<html>\n  <body>\n" + "x" * 1_000
    what = after_read(answered(403, "403", page)).what

    assert "\n" not in what
    assert what.endswith(f"HTTP 403: <html> <body> {'x' * 286}...")
    empty = after_read(answered(403, "", "")).what
    assert "Something between here and AWS answered support:DescribeCases: HTTP 403: no text" == empty


def test_the_code_of_an_error_is_found_through_our_own() -> None:
    """AWS's code is found in the error that it was translated into, and in one raised from that."""
    translated = after_read(answered(400, "CaseIdNotFound"))
    again = Refused("what", "next")
    again.__cause__ = translated

    errors = (translated, again, Refused("what", "next"), after_read(NoCredentialsError()), None)
    assert ["CaseIdNotFound", "CaseIdNotFound", "", "", ""] == [code_of(error) for error in errors]


# Whatever answers, each method ends with a result or one of our errors.

Answer = tuple[int, bytes, str]
Behind = Callable[[Answer], Account]


@pytest.fixture
def behind(ways: WaysIn, monkeypatch: pytest.MonkeyPatch) -> Behind:
    """Makes a new account each time, whose calls all get one answer."""
    nothing_but(monkeypatch, {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "not-checked"})
    config = StackConfig(codes=Codes(service="s", category="c"))
    session = ways.session(config, retry_policy=RetryPolicy(questions=1, after_throttle=(), second=0.0))
    answers: list[Answer] = []

    def send(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        status, body, kind = answers[-1]
        raw = HTTPResponse(io.BytesIO(body), preload_content=False)
        return AWSResponse(request.url, status, HTTPHeaders.from_dict({"Content-Type": kind}), raw)

    def account(answer: Answer) -> Account:
        answers.append(answer)
        return Account(session, config, lambda: NOON)

    monkeypatch.setattr(URLLib3Session, "send", send)
    return account


CASE = case_of(request(), case_id="case-1", status="opened", filed_at="2026-11-24T12:00:00.000Z")
READS: dict[str, Callable[[Account], object]] = {
    "id": lambda account: account.id,
    "addresses": lambda account: account.addresses(REGION),
    "cases": lambda account: account.cases(),
    "read_case": lambda account: account.read_case("case-1"),
    "codes": lambda account: Account(account.session, StackConfig(), lambda: NOON).codes(),
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
    b'{"DedicatedIps":[{"WarmupStatus":"DONE"}]}',
    b'{"cases":[{"caseId":"x","timeCreated":5,"subject":5,"status":"x","recentCommunications":5}]}',
    b'{"services":[{"code":"a","categories":[{}]}]}',
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account/></GetCallerIdentityResult></GetCallerIdentityResponse>",
    b"<a><GetCallerIdentityResult><Account>5</Account></GetCallerIdentityResult></a>",
]
PAGES = [b"", b"<html>No</html>", b"[]", b'"x"', b'{"__type":5}', b'{"__type":"a","message":5}']
STATUSES = [302, 400, 403, 404, 407, 408, 429, 500, 502, 503]
ANSWERS = [
    *((200, body, kind) for body in BODIES for kind in ("application/json", "text/html")),
    *((status, page, "text/html") for status in STATUSES for page in PAGES),
]


@pytest.mark.parametrize("name", READS)
def test_whatever_answers_a_read_ends_in_one_of_our_errors(behind: Behind, name: str) -> None:
    """A captive portal, a proxy, half a body or another service must never be read as "no addresses" or "no cases"."""
    for answer in ANSWERS:
        if name in ("cases", "read_case") and b'"cases":[' in answer[1]:
            # The list is there, and an odd item in it is not ours: it is skipped.
            with suppress(LeaseError):
                assert not READS[name](behind(answer))
            continue
        with pytest.raises(LeaseError) as error:
            READS[name](behind(answer))
        assert type(error.value) in (Refused, Unreachable), answer
        assert "Nothing was filed." in error.value.next_step, answer
        assert 1 == len(error.value.what.splitlines()), answer


@pytest.mark.parametrize("name", WRITES)
def test_whatever_answers_a_write_ends_in_one_of_our_errors(behind: Behind, name: str) -> None:
    """After an odd success it is unknown what happened; only a clear refusal says that nothing was filed."""
    for answer in ANSWERS:
        with pytest.raises(LeaseError) as error:
            WRITES[name](behind(answer))
        if answer[0] in (200, 408) or answer[0] >= 500:
            assert OutcomeUnknown is type(error.value), answer
        assert 1 == len(error.value.what.splitlines()), answer
