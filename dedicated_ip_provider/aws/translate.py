"""botocore's errors, said in a lease's words. The one place where they are caught.

Two questions decide: did it happen, and whose move is it? A question to AWS changes nothing, so its failure is
`Refused` (AWS said no) or `Unreachable` (no usable answer). A write that got a clear no is `Refused`; one that
got no answer, or a server's error, is `OutcomeUnknown`.
"""

from __future__ import annotations

from contextlib import contextmanager
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
    SSOError,
    TokenRetrievalError,
    UnknownCredentialError,
)
from botocore.parsers import ResponseParserError

from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        "InvalidToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
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
# What botocore, or the reading of its reply, makes of a body that is not AWS's: a half, a list, bytes, other types.
_UNREADABLE: Final = (AttributeError, KeyError, ResponseParserError, TypeError, ValueError)
_SERVER_ERROR: Final = 500
_REQUEST_TIMEOUT: Final = 408
_TOO_MANY_REQUESTS: Final = 429

_SIGN_IN: Final = (
    "Sign in again, or choose other credentials: in Pulumi by `aws:profile`, `aws:assumeRoles` or the lease's "
    "`profile` and `role_arn`, on the command line by `--profile`."
)
_TRY_LATER: Final = "Nothing was filed. Run the same command again later."


@contextmanager
def asking(operation: str, where: str = "", *, later: str = _TRY_LATER) -> Iterator[None]:
    """Translate every failure of a question to AWS; `later` is the advice where no answer came.

    An answer without the key that the caller reads is a failure too: botocore takes a body that was cut in
    half, or a proxy's HTML page, for an empty success.
    """
    what = f"{operation} ({where})" if where else operation
    try:
        yield
    except ClientError as error:
        raise _no(what, error, later) from error
    except _NO_WAY_IN as error:
        raise _no_way_in(what, error) from error
    except ParamValidationError as error:
        raise _invalid(what, error) from error
    except BotoCoreError as error:
        raise Unreachable(f"AWS did not answer {what}: {_one_line(error)}", later) from error
    except KeyError as error:
        raise Unreachable(f"AWS's answer to {what} was cut off: {_one_line(error)} is missing.", later) from error
    except _UNREADABLE as error:
        raise Unreachable(f"AWS gave no usable answer to {what}: {_one_line(error)}.", later) from error


@contextmanager
def sending(operation: str) -> Iterator[None]:
    """Translate every failure of a write: a clear no, or that nobody can tell whether it happened."""
    try:
        yield
    except ClientError as error:
        if _may_have_happened(error):
            raise _unknown(operation, error) from error
        raise _no(operation, error, _TRY_LATER) from error
    except _NO_WAY_IN as error:
        raise _no_way_in(operation, error) from error
    except ParamValidationError as error:
        raise _invalid(operation, error) from error
    except _NEVER_SENT as error:
        raise Unreachable(f"{operation} did not reach AWS: {_one_line(error)}", _TRY_LATER) from error
    except (BotoCoreError, *_UNREADABLE) as error:
        raise _unknown(operation, error) from error


def code_of(error: BaseException | None) -> str:
    """Give AWS's code of an error, through our translation; "" where there is none."""
    while isinstance(error, LeaseError):
        error = error.__cause__
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _no(what: str, error: ClientError, later: str) -> LeaseError:
    code = code_of(error)
    said = f"AWS refused {what}: {_said(error)}"
    if code == "SubscriptionRequiredException":
        return Refused(
            f"The account has no paid AWS Support plan, which {what} needs.",
            'Nothing was filed. Without a plan, set `filing="console"`: a person files the form; the lease follows.',
        )
    if code in THROTTLES or _status(error) == _TOO_MANY_REQUESTS:
        return Unreachable(f"AWS throttles {what}: too many calls a second by this account.", later)
    if code in _SIGNED_OUT:
        return Refused(said, f"Nothing was filed. {_SIGN_IN}")
    if code in _DENIED:
        return Refused(said, f"Nothing was filed. Allow {what.split(' ', maxsplit=1)[0]} to this role or user.")
    if _may_have_happened(error):
        return Unreachable(f"AWS failed at {what}: {_said(error)}", later)
    if not code or code.isdecimal():
        return Refused(
            f"Something between here and AWS answered {what}: {_said(error)}",
            "Nothing was filed. Let the proxy or network pass calls to AWS, then run the same command again.",
        )
    return Refused(said, "Nothing was filed. Mend what AWS names here, or just run the same command again.")


def _no_way_in(what: str, error: BotoCoreError) -> Refused:
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
    """Give what AWS said, without what botocore wraps around it."""
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
