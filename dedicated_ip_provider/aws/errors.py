"""botocore's errors, translated into a lease's own. The one place where they are caught.

Two questions decide: did it happen, and whose move is it? A read changes nothing, so its failure is `Refused` (AWS
refused it) or `Unreachable` (no usable answer). A write that AWS clearly refused is `Refused`; one that got no answer,
or a server error, is `OutcomeUnknown`. `preparing` translates what fails before that, while credentials are resolved.
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

from dedicated_ip_provider.errors import NOTHING_FILED, LeaseError, OutcomeUnknown, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_PLAN: Final = "SubscriptionRequiredException"
"""AWS's code for a support plan without the Support API; no service model has it (Support API reference, in prose)."""
NO_SUCH_CASE: Final = "CaseIdNotFound"
NO_SUCH_PARAMETER: Final = "ParameterNotFound"
GET_A_PLAN: Final = (
    "get a plan that includes the Support API: Business Support+, Enterprise Support or Unified Operations; for an "
    "account that AWS has not moved to these yet, Business, Enterprise On-Ramp or Enterprise."
)
"""The end of the advice for such an account (the plans are those that botocore's model of Support names)."""

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
"""The codes with which a Region that the account has not enabled rejects even valid credentials."""
_CLOCK: Final = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
_CLOCK_TEXT: Final = re.compile(r"signature (expired|not yet current)", re.IGNORECASE)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_NO_CREDENTIALS: Final[tuple[type[BotoCoreError], ...]] = (
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
    # From `aws login`, which older releases of botocore lack.
    *(kind for name, kind in vars(botocore.exceptions).items() if name == "LoginError"),
)
# An SSL error is not among them: it may occur in the answer as well as in the handshake.
_NEVER_SENT: Final = (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)
_SSO_ENDED: Final = (NoAuthTokenError, SSOError, TokenRetrievalError)
_LOGIN_ENDED: Final = tuple(kind for name, kind in vars(botocore.exceptions).items() if name == "LoginError")
# Raised in the middle of a call if a file of credentials cannot be read, or new credentials have already expired.
_WHILE_RENEWING: Final = (OSError, RuntimeError)
# Raised by botocore, or by reading its reply, for a body that is not AWS's: truncated, a list, bytes, other types.
_UNREADABLE: Final = (AttributeError, KeyError, ResponseParserError, TypeError, ValueError)
_SERVER_ERROR: Final = 500
_REQUEST_TIMEOUT: Final = 408
_TOO_MANY_REQUESTS: Final = 429
_SHA1: Final = 40
"""The length of a SHA-1 hash in hexadecimal digits."""

_OTHERS: Final = (
    "choose other credentials: in Pulumi with `aws:profile`, `aws:assumeRoles` or the lease's `profile` and "
    "`role_arn`, on the command line with `--profile`."
)
_STORED: Final = (
    "`pulumi refresh` and `pulumi destroy` use the configuration of the last `pulumi up`: after changing it, run "
    "`pulumi up`, or add `--run-program`."
)
_SIGN_IN: Final = f"Sign in again, or {_OTHERS} {_STORED}"
_TRY_LATER: Final = f"{NOTHING_FILED} Run the same command again later."
_TRUST: Final = (
    f"{NOTHING_FILED} If a proxy inspects this network's traffic, trust it: name the file of its certificates in "
    "AWS_CA_BUNDLE, or in `aws:customCaBundle`."
)
_EXPIRED: Final = (
    f"{NOTHING_FILED} If this machine's clock is right, renew them at their source, then run the same command again."
)
_SET_THE_CLOCK: Final = f"{NOTHING_FILED} Set this machine's clock, then run the same command again."

_SERVICE_OF: Final = {
    "AssumeRole": "sts",
    "AssumeRoleWithWebIdentity": "sts",
    "GetSessionToken": "sts",
    "GetRoleCredentials": "sso",
    "CreateToken": "sso-oauth",
    "CreateOAuth2Token": "signin",
}
"""The operations that botocore itself calls to get credentials, possibly during another call, and their services."""

# What denies access, in AWS's words (IAM User Guide, "Troubleshoot access denied error messages").
_WHO_DENIES: Final = (
    (
        r"service control polic|resource control polic",
        "A policy of the organization denies it, often by Region: only its administrator can change that.",
    ),
    (r"permissions boundary", "The permissions boundary of this role or user has to allow it too."),
    (r"session policy", "The session's own policy has to allow it too: `policy` or `policyArns` of the assumed role."),
    (r"VPC endpoint policy", "The policy of the VPC endpoint has to allow it too."),
    (
        r"with an explicit deny",
        "A policy denies it explicitly: remove that deny, as allowing it elsewhere does not help.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where credentials come from: a profile, if one is named, and the files that exist.

    `signs_in` is the profile that a person signs in to: the same, or the one at the end of its `source_profile` chain.
    """

    profile: str | None
    files: tuple[str, ...]
    signs_in: str | None = None

    def __str__(self) -> str:
        """Return the profile and the files for a message."""
        where = " and ".join(self.files) or "no AWS configuration file"
        return f"profile {self.profile}, {where}" if self.profile else where


@contextmanager
def preparing(source: Source) -> Iterator[None]:
    """Translate every failure to get credentials, which happens before the actual call to AWS."""
    try:
        yield
    except ClientError as error:
        raise _no(f"{_operation(error)} ({source})", error, _TRY_LATER) from error
    except _NO_CREDENTIALS as error:
        raise _no_credentials(source, error) from error
    except RuntimeError as error:
        # botocore raises this if new credentials have already expired.
        raise Refused(f"New credentials had already expired ({source}): {_one_line(error)}", _EXPIRED) from error
    except (OSError, ParamValidationError, *_UNREADABLE) as error:
        raise _unusable(source, error) from error
    except BotoCoreError as error:
        raise Unreachable(
            f"The source of the credentials did not answer ({source}): {_one_line(error)}", _TRY_LATER
        ) from error


@contextmanager
def translating_read_errors(operation: str, where: str = "", *, later: str = _TRY_LATER) -> Iterator[None]:
    """Translate every failure of a read; `later` is the advice if no answer came.

    An answer without the key that the caller reads is a failure too: botocore treats a truncated body, or a proxy's
    HTML page, as an empty success.
    """
    what = f"{operation} ({where})" if where else operation
    try:
        yield
    except ClientError as error:
        raise _no(_asked(what, error), error, later) from error
    except _NO_CREDENTIALS as error:
        raise _without_credentials(what, error) from error
    except ParamValidationError as error:
        raise _invalid(what, error) from error
    except BotoCoreError as error:
        advice = _TRUST if _is_untrusted(error) else later
        raise Unreachable(f"AWS did not answer {what}: {_one_line(error)}", advice) from error
    except _WHILE_RENEWING as error:
        raise _without_credentials(what, error) from error
    except KeyError as error:
        raise Unreachable(f"AWS's answer to {what} was cut off: {_one_line(error)} is missing.", later) from error
    except _UNREADABLE as error:
        raise Unreachable(f"AWS gave no usable answer to {what}: {_one_line(error)}.", later) from error


@contextmanager
def translating_write_errors(operation: str) -> Iterator[None]:
    """Translate every failure of a write: a clear refusal, or an unknown outcome."""
    try:
        yield
    except ClientError as error:
        asked = _asked(operation, error)
        if _may_have_happened(error) and asked == operation:
            raise _unknown(operation, error) from error
        raise _no(asked, error, _TRY_LATER) from error
    except _NO_CREDENTIALS as error:
        raise _without_credentials(operation, error) from error
    except ParamValidationError as error:
        raise _invalid(operation, error) from error
    except _NEVER_SENT as error:
        raise Unreachable(f"{operation} did not reach AWS: {_one_line(error)}", _TRY_LATER) from error
    except (BotoCoreError, *_WHILE_RENEWING, *_UNREADABLE) as error:
        if _is_untrusted(error):
            raise Unreachable(f"{operation} did not reach AWS: {_one_line(error)}", _TRUST) from error
        raise _unknown(operation, error) from error


def code_of(error: BaseException | None) -> str:
    """Return AWS's code of an error, which may be one of our own that it caused; "" if there is none."""
    while isinstance(error, LeaseError):
        error = error.__cause__
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def lacks_plan(error: LeaseError) -> bool:
    """Return whether AWS refused because the account's support plan does not include the Support API."""
    return code_of(error) == NO_PLAN


def _operation(error: ClientError) -> str:
    """Return the operation that failed, as an IAM policy names it."""
    name = error.operation_name
    return f"{_SERVICE_OF[name]}:{name}" if name in _SERVICE_OF else name


def _asked(what: str, error: ClientError) -> str:
    """Return what AWS refused: the call itself, or one that botocore made first to get credentials."""
    return _operation(error) if error.operation_name in _SERVICE_OF and error.operation_name not in what else what


def _no(what: str, error: ClientError, later: str) -> LeaseError:
    code = code_of(error)
    said = f"AWS refused {what}: {_said(error)}"
    if code == NO_PLAN:
        return _not_subscribed(what, said)
    if code in THROTTLES or _status(error) == _TOO_MANY_REQUESTS:
        return Unreachable(f"AWS is throttling {what}: this account makes too many calls a second.", later)
    if code in _CLOCK or _CLOCK_TEXT.search(said):
        return Refused(said, _SET_THE_CLOCK)
    if code in _SIGNED_OUT:
        return Refused(said, f"{NOTHING_FILED} {_not_enabled(what, code)}{_SIGN_IN}")
    if code in _DENIED:
        return Refused(said, f"{NOTHING_FILED} {_allow(what, said)}")
    if _may_have_happened(error):
        return Unreachable(f"AWS failed at {what}: {_said(error)}", later)
    if not code or code.isdecimal():
        return Refused(
            f"Something between here and AWS answered {what}: {_said(error)}",
            f"{NOTHING_FILED} Let the proxy or network pass calls to AWS, then run the same command again.",
        )
    return Refused(said, f"{NOTHING_FILED} Correct what AWS names here, or run the same command again.")


def _not_subscribed(what: str, said: str) -> Refused:
    if what.startswith("support:"):
        return Refused(
            f"The account's AWS Support plan does not include the Support API, which {what} needs.",
            f'{NOTHING_FILED} Set `filing="console"`: a person files the form, and the lease follows. Or {GET_A_PLAN}',
        )
    return Refused(
        said,
        f"{NOTHING_FILED} AWS has not activated the service for this account: finish the account's registration in "
        "the AWS console (payment, telephone), then run the same command again.",
    )


def _not_enabled(what: str, code: str) -> str:
    """Return the advice if a Region rejects credentials that STS has accepted elsewhere; otherwise ""."""
    operation, _, where = what.partition(" (")
    if code not in _UNKNOWN_THERE or not where or operation.partition(":")[0] not in ("ses", "ssm"):
        return ""
    region = where.removesuffix(")")
    return (
        f"Enable the Region {region} in the account's settings: it is not enabled. If other Regions refuse them too: "
    )


def _allow(what: str, said: str) -> str:
    for words, advice in _WHO_DENIES:
        if re.search(words, said, re.IGNORECASE):
            return advice
    operation = what.split(" ", maxsplit=1)[0]
    if operation == "sts:AssumeRole":
        return "Allow the caller sts:AssumeRole, and name the caller in the role's trust policy."
    return f"Allow {operation} to this role or user."


def _no_credentials(source: Source, error: BotoCoreError) -> Refused:
    """Return the error for a source of credentials: what is wrong, and how to fix it."""
    if isinstance(error, NoCredentialsError):
        return Refused(
            f"No AWS credentials found, neither in the environment nor from a role of this machine ({source}).",
            f"{NOTHING_FILED} {_SIGN_IN}",
        )
    if isinstance(error, RefreshWithMFAUnsupportedError):
        command = f'eval "$(aws configure export-credentials{_option(source.profile)} --format env)"'
        return Refused(
            f"An MFA code is needed, and there is no prompt for it here ({source}).",
            f"{NOTHING_FILED} Run `{command}`, which prompts for it, then the same command without "
            "`aws:profile`, `profile` or `--profile`: they take precedence over the keys that it sets.",
        )
    if isinstance(error, MissingDependencyException):
        return Refused(
            f"Signing in with `aws login` needs botocore's extra `crt`, which is not installed ({source}).",
            f'{NOTHING_FILED} Install it: `pip install "dedicated-ip-provider[crt]"`.',
        )
    for kinds, command in ((_SSO_ENDED, "aws sso login"), (_LOGIN_ENDED, "aws login")):
        if isinstance(error, kinds):
            return _signed_out(source, command, _one_line(error))
    return _unusable(source, error)


def _signed_out(source: Source, command: str, said: str) -> Refused:
    return Refused(
        f"The sign-in has ended ({source}): {said}",
        f"{NOTHING_FILED} Run `{command}{_option(source.signs_in)}`, then the same command again.",
    )


def _option(profile: str | None) -> str:
    return f" --profile {profile}" if profile else ""


def _unusable(source: Source, error: Exception) -> Refused:
    said = _one_line(error)
    if isinstance(error, KeyError):
        # A file in a cache of sign-ins is named by a hash; IAM Identity Center's is the shorter one.
        cached = re.fullmatch("'([0-9a-f]{40}|[0-9a-f]{64})'", said)
        if cached:
            command = "aws sso login" if len(cached[1]) == _SHA1 else "aws login"
            return _signed_out(source, command, f"its file {cached[1]}.json cannot be read")
        said = f"{said} is missing"
    return Refused(
        f"The AWS configuration cannot be used ({source}): {said}",
        f"{NOTHING_FILED} Correct what it names, or {_OTHERS}",
    )


def _is_untrusted(error: Exception) -> bool:
    """Return whether TLS rejected the certificate of what answered, in which case nothing was sent."""
    return isinstance(error, SSLError) and "certificate verify failed" in str(error).lower()


def _without_credentials(what: str, error: Exception) -> Refused:
    return Refused(f"No AWS credentials for {what}: {_one_line(error)}", f"{NOTHING_FILED} {_SIGN_IN}")


def _invalid(what: str, error: ParamValidationError) -> Refused:
    return Refused(
        f"{what} cannot be sent as it is: {_one_line(error)}",
        f"{NOTHING_FILED} Correct it in the lease or the stack's configuration.",
    )


def _may_have_happened(error: ClientError) -> bool:
    return _status(error) >= _SERVER_ERROR or _status(error) == _REQUEST_TIMEOUT


def _unknown(operation: str, error: Exception) -> OutcomeUnknown:
    why = "AWS's answer was cut off." if isinstance(error, _UNREADABLE) else _said(error)
    return OutcomeUnknown(
        f"{operation} got no answer, and it may or may not have happened: {why}",
        "Run the same command again: it checks whether the message arrived before it sends anything.",
    )


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _said(error: Exception) -> str:
    """Return AWS's own message, without botocore's wording around it."""
    if not isinstance(error, ClientError):
        return _one_line(error)
    # An answer without one of AWS's codes is a proxy's; botocore then gives the HTTP status as the code, or nothing.
    code = code_of(error)
    name = f"HTTP {_status(error)}" if not code or code.isdecimal() else code
    return f"{name}: {_one_line(error.response.get('Error', {}).get('Message', '') or 'no text')}"


def _one_line(text: object) -> str:
    """Fold a message into one line of limited length: a proxy's page may be long."""
    most = 300
    line = " ".join(str(text).split())
    return line if len(line) <= most else f"{line[:most]}..."
