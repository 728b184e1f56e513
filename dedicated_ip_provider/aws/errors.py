"""botocore's errors, said in a lease's words. The one place where they are caught.

Two questions decide: did it happen, and whose move is it? A question to AWS changes nothing, so its failure is
`Refused` (AWS said no) or `Unreachable` (no usable answer). A write that got a clear no is `Refused`; one that
got no answer, or a server's error, is `OutcomeUnknown`. What happens before AWS is asked, while credentials are
looked for, is `preparing`'s.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import botocore.exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidConfigError,
    MetadataRetrievalError,
    MissingDependencyException,
    NoAuthTokenError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    RefreshWithMFAUnsupportedError,
    SSLError,
    SSOError,
    TokenRetrievalError,
    UnknownCredentialError,
)
from botocore.parsers import ResponseParserError

from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_PLAN: Final = "SubscriptionRequiredException"
"""AWS's code for want of a paid support plan; it is in no service model (Support API reference, in prose)."""

THROTTLES: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottledException",
        "TooManyRequestsException",
    }
)
_SIGNED_OUT: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
        "InvalidIdentityTokenException",
        "InvalidSignatureException",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_UNKNOWN_THERE: Final = frozenset({"InvalidClientTokenId", "UnrecognizedClientException"})
"""What a Region says of good credentials, too, where the account has not enabled it."""
_CLOCK: Final = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
_CLOCK_TEXT: Final = re.compile(r"signature (expired|not yet current)", re.IGNORECASE)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_NO_WAY_IN: Final[tuple[type[BotoCoreError], ...]] = (
    ConfigNotFound,
    ConfigParseError,
    CredentialRetrievalError,
    InvalidConfigError,
    MetadataRetrievalError,
    MissingDependencyException,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
    UnknownCredentialError,
    # `aws login`, which older releases do not know.
    *(kind for name, kind in vars(botocore.exceptions).items() if name == "LoginError"),
)
# An SSL error is not among them: it may break an answer as well as a greeting.
_NEVER_SENT: Final = (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)
_SSO_ENDED: Final = (NoAuthTokenError, SSOError, TokenRetrievalError)
_LOGIN_ENDED: Final = tuple(kind for name, kind in vars(botocore.exceptions).items() if name == "LoginError")
# What reading a file of credentials ends in, or credentials that are over when they come, in the midst of a call.
_WHILE_RENEWING: Final = (OSError, RuntimeError)
# What botocore, or the reading of its reply, makes of a body that is not AWS's: a half, a list, bytes, other types.
_UNREADABLE: Final = (AttributeError, KeyError, ResponseParserError, TypeError, ValueError)
_SERVER_ERROR: Final = 500
_REQUEST_TIMEOUT: Final = 408
_TOO_MANY_REQUESTS: Final = 429
_SHA1: Final = 40
"""How many digits that hash has."""

_OTHERS: Final = (
    "choose other credentials: in Pulumi by `aws:profile`, `aws:assumeRoles` or the lease's `profile` and `role_arn`, "
    "on the command line by `--profile`."
)
_STORED: Final = (
    "`pulumi refresh` and `pulumi destroy` use the configuration of the last `pulumi up`: after a change there run "
    "`pulumi up`, or add `--run-program`."
)
_SIGN_IN: Final = f"Sign in again, or {_OTHERS} {_STORED}"
_TRY_LATER: Final = "Nothing was filed. Run the same command again later."
_TRUST: Final = (
    "Nothing was filed. Trust what checks the network's traffic: name the file of its certificates in AWS_CA_BUNDLE, "
    "or in `aws:customCaBundle`."
)
_OVER: Final = (
    "Nothing was filed. If this machine's clock is right, renew them where they come from, then run the same command "
    "again."
)
_SET_THE_CLOCK: Final = "Nothing was filed. Set this machine's clock, then run the same command again."

_SERVICE_OF: Final = {
    "AssumeRole": "sts",
    "AssumeRoleWithWebIdentity": "sts",
    "GetSessionToken": "sts",
    "GetRoleCredentials": "sso",
    "CreateToken": "sso-oauth",
    "CreateOAuth2Token": "signin",
}
"""What botocore itself asks to get credentials, maybe in the midst of another question, and of which service."""

# Who says no, as AWS words it (IAM User Guide, "Troubleshoot access denied error messages").
_WHO_DENIES: Final = (
    (
        r"service control polic|resource control polic",
        "A policy of the organization denies it, often by Region: only its administrator can change that.",
    ),
    (r"permissions boundary", "The permissions boundary of this role or user has to allow it, too."),
    (r"session policy", "The session's own policy has to allow it, too: `policy` or `policyArns` of the assumed role."),
    (r"VPC endpoint policy", "The policy of the VPC endpoint has to allow it, too."),
    (
        r"with an explicit deny",
        "A policy denies it explicitly: to allow it elsewhere does not help, take the deny away.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where credentials are looked for: a profile, if one is named, and the files that are there.

    `signs_in` is the profile that a person signs in to: the same, or the one from which it takes a role.
    """

    profile: str | None
    files: tuple[str, ...]
    signs_in: str | None = None

    def __str__(self) -> str:
        """Return it as a reader knows it."""
        where = " and ".join(self.files) or "no AWS configuration file"
        return f"profile {self.profile}, {where}" if self.profile else where


@contextmanager
def preparing(source: Source) -> Iterator[None]:
    """Translate every failure on the way to credentials: AWS has not been asked anything else by then."""
    try:
        yield
    except ClientError as error:
        raise _no(f"{_operation(error)} ({source})", error, _TRY_LATER) from error
    except _NO_WAY_IN as error:
        raise _no_credentials(source, error) from error
    except RuntimeError as error:
        # botocore's own word where what was just given is over already.
        raise Refused(f"Credentials were over when they came ({source}): {_one_line(error)}", _OVER) from error
    except (OSError, ParamValidationError, *_UNREADABLE) as error:
        raise _unusable(source, error) from error
    except BotoCoreError as error:
        raise Unreachable(
            f"What gives the credentials did not answer ({source}): {_one_line(error)}", _TRY_LATER
        ) from error


@contextmanager
def translating_read_errors(operation: str, where: str = "", *, later: str = _TRY_LATER) -> Iterator[None]:
    """Translate every failure of a question to AWS; `later` is the advice where no answer came.

    An answer without the key that the caller reads is a failure too: botocore takes a body that was cut in
    half, or a proxy's HTML page, for an empty success.
    """
    what = f"{operation} ({where})" if where else operation
    try:
        yield
    except ClientError as error:
        raise _no(_asked(what, error), error, later) from error
    except _NO_WAY_IN as error:
        raise _no_way_in(what, error) from error
    except ParamValidationError as error:
        raise _invalid(what, error) from error
    except BotoCoreError as error:
        advice = _TRUST if _is_untrusted(error) else later
        raise Unreachable(f"AWS did not answer {what}: {_one_line(error)}", advice) from error
    except _WHILE_RENEWING as error:
        raise _no_way_in(what, error) from error
    except KeyError as error:
        raise Unreachable(f"AWS's answer to {what} was cut off: {_one_line(error)} is missing.", later) from error
    except _UNREADABLE as error:
        raise Unreachable(f"AWS gave no usable answer to {what}: {_one_line(error)}.", later) from error


@contextmanager
def translating_write_errors(operation: str) -> Iterator[None]:
    """Translate every failure of a write: a clear no, or that nobody can tell whether it happened."""
    try:
        yield
    except ClientError as error:
        asked = _asked(operation, error)
        if _may_have_happened(error) and asked == operation:
            raise _unknown(operation, error) from error
        raise _no(asked, error, _TRY_LATER) from error
    except _NO_WAY_IN as error:
        raise _no_way_in(operation, error) from error
    except ParamValidationError as error:
        raise _invalid(operation, error) from error
    except _NEVER_SENT as error:
        raise Unreachable(f"{operation} did not reach AWS: {_one_line(error)}", _TRY_LATER) from error
    except (BotoCoreError, *_WHILE_RENEWING, *_UNREADABLE) as error:
        if _is_untrusted(error):
            raise Unreachable(f"{operation} did not reach AWS: {_one_line(error)}", _TRUST) from error
        raise _unknown(operation, error) from error


def code_of(error: BaseException | None) -> str:
    """Return AWS's code of an error, through our translation; "" where there is none."""
    while isinstance(error, LeaseError):
        error = error.__cause__
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _operation(error: ClientError) -> str:
    """Return what was asked, as a policy names it."""
    name = error.operation_name
    return f"{_SERVICE_OF[name]}:{name}" if name in _SERVICE_OF else name


def _asked(what: str, error: ClientError) -> str:
    """Return what AWS refused: the question itself, or one that botocore asked first to get credentials."""
    return _operation(error) if error.operation_name in _SERVICE_OF and error.operation_name not in what else what


def _no(what: str, error: ClientError, later: str) -> LeaseError:
    code = code_of(error)
    said = f"AWS refused {what}: {_said(error)}"
    if code == NO_PLAN:
        return _not_subscribed(what, said)
    if code in THROTTLES or _status(error) == _TOO_MANY_REQUESTS:
        return Unreachable(f"AWS throttles {what}: too many calls a second by this account.", later)
    if code in _CLOCK or _CLOCK_TEXT.search(said):
        return Refused(said, _SET_THE_CLOCK)
    if code in _SIGNED_OUT:
        return Refused(said, f"Nothing was filed. {_not_enabled(what, code)}{_SIGN_IN}")
    if code in _DENIED:
        return Refused(said, f"Nothing was filed. {_allow(what, said)}")
    if _may_have_happened(error):
        return Unreachable(f"AWS failed at {what}: {_said(error)}", later)
    if not code or code.isdecimal():
        return Refused(
            f"Something between here and AWS answered {what}: {_said(error)}",
            "Nothing was filed. Let the proxy or network pass calls to AWS, then run the same command again.",
        )
    return Refused(said, "Nothing was filed. Correct what AWS names here, or just run the same command again.")


def _not_subscribed(what: str, said: str) -> Refused:
    if what.startswith("support:"):
        return Refused(
            f"The account has no paid AWS Support plan, which {what} needs.",
            'Nothing was filed. Without a plan, set `filing="console"`: a person files the form; the lease follows.',
        )
    return Refused(
        said,
        "Nothing was filed. AWS has not activated the service for this account: finish the account's registration in "
        "the AWS console (payment, telephone), then run the same command again.",
    )


def _not_enabled(what: str, code: str) -> str:
    """Return the advice where a Region does not know credentials that STS has accepted elsewhere; else nothing."""
    operation, _, where = what.partition(" (")
    if code not in _UNKNOWN_THERE or not where or operation.partition(":")[0] not in ("ses", "ssm"):
        return ""
    region = where.removesuffix(")")
    return f"Enable the Region {region} for the account, in its settings: it is not. Where others refuse them too: "


def _allow(what: str, said: str) -> str:
    for words, advice in _WHO_DENIES:
        if re.search(words, said, re.IGNORECASE):
            return advice
    operation = what.split(" ", maxsplit=1)[0]
    if operation == "sts:AssumeRole":
        return "Allow sts:AssumeRole to who assumes it, and name them in the role's trust policy."
    return f"Allow {operation} to this role or user."


def _no_credentials(source: Source, error: BotoCoreError) -> Refused:
    """Say what is wrong with a source of credentials, and what puts it right."""
    if isinstance(error, NoCredentialsError):
        return Refused(
            f"No AWS credentials found: not in the environment, not by a role of this machine ({source}).",
            f"Nothing was filed. {_SIGN_IN}",
        )
    if isinstance(error, RefreshWithMFAUnsupportedError):
        command = f'eval "$(aws configure export-credentials{_option(source.profile)} --format env)"'
        return Refused(
            f"An MFA code is needed, and nobody can be asked for it here ({source}).",
            f"Nothing was filed. Run `{command}`, which asks for it, then the same command without that profile "
            "(`aws:profile`, `profile`, AWS_PROFILE).",
        )
    if isinstance(error, MissingDependencyException):
        return Refused(
            f"A sign-in by `aws login` needs botocore's extra `crt`, which is not installed ({source}).",
            'Nothing was filed. Install it: `pip install "dedicated-ip-provider[crt]"`.',
        )
    for kinds, command in ((_SSO_ENDED, "aws sso login"), (_LOGIN_ENDED, "aws login")):
        if isinstance(error, kinds):
            return _signed_out(source, command, _one_line(error))
    return _unusable(source, error)


def _signed_out(source: Source, command: str, said: str) -> Refused:
    return Refused(
        f"The sign-in has ended ({source}): {said}",
        f"Nothing was filed. Run `{command}{_option(source.signs_in)}`, then the same command again.",
    )


def _option(profile: str | None) -> str:
    return f" --profile {profile}" if profile else ""


def _unusable(source: Source, error: Exception) -> Refused:
    said = _one_line(error)
    if isinstance(error, KeyError):
        # A file in a cache of sign-ins, which is named by a hash: that of IAM Identity Center is the shorter one.
        cached = re.fullmatch("'([0-9a-f]{40}|[0-9a-f]{64})'", said)
        if cached:
            command = "aws sso login" if len(cached[1]) == _SHA1 else "aws login"
            return _signed_out(source, command, f"its file {cached[1]}.json cannot be read")
        said = f"{said} is missing"
    return Refused(
        f"The AWS configuration cannot be used ({source}): {said}",
        f"Nothing was filed. Correct what it names, or {_OTHERS}",
    )


def _is_untrusted(error: Exception) -> bool:
    """Say whether nothing was sent, since whoever answered could not show that it is AWS."""
    return isinstance(error, SSLError) and "certificate verify failed" in str(error).lower()


def _no_way_in(what: str, error: Exception) -> Refused:
    return Refused(f"No AWS credentials for {what}: {_one_line(error)}", f"Nothing was filed. {_SIGN_IN}")


def _invalid(what: str, error: ParamValidationError) -> Refused:
    return Refused(
        f"{what} cannot be sent as it is: {_one_line(error)}",
        "Nothing was filed. Correct it in the lease or the stack's configuration.",
    )


def _may_have_happened(error: ClientError) -> bool:
    return _status(error) >= _SERVER_ERROR or _status(error) == _REQUEST_TIMEOUT


def _unknown(operation: str, error: Exception) -> OutcomeUnknown:
    why = "AWS's answer was cut off." if isinstance(error, _UNREADABLE) else _said(error)
    return OutcomeUnknown(
        f"{operation} got no answer, and it may or may not have happened: {why}",
        "Run the same command again: it looks for what was sent before it sends anything.",
    )


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _said(error: Exception) -> str:
    """Return what AWS said, without what botocore wraps around it."""
    if not isinstance(error, ClientError):
        return _one_line(error)
    # An answer without AWS's own code is a proxy's; botocore puts the HTTP status there, or nothing.
    code = code_of(error)
    name = f"HTTP {_status(error)}" if not code or code.isdecimal() else code
    return f"{name}: {_one_line(error.response.get('Error', {}).get('Message', '') or 'no text')}"


def _one_line(text: object) -> str:
    """Fold a message to one line of bounded length: a proxy's page may be long."""
    most = 300
    line = " ".join(str(text).split())
    return line if len(line) <= most else f"{line[:most]}..."
