"""The stack's configuration as a lease needs it: `aws:*` as for pulumi-aws, and `dedicatedip:*`.

Pulumi passes every value as a string; lists and objects are JSON. An option that chooses credentials, an endpoint or
a guard is either honoured or refused by name, never ignored: `PULUMI_AWS` says which for each option of pulumi-aws.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, Final, Literal

from dedicated_ip_provider.errors import NOTHING_FILED, Refused
from dedicated_ip_provider.lease.model import LIST_PRICE, Price, is_account_id
from dedicated_ip_provider.regions import Regions

Lookup = Callable[[str], object]
"""Returns a configuration value by its full name, such as `aws:region`, or None."""

_ISSUE_TYPE: Final = "customer-service"
_SEVERITY: Final = "low"
_PRICE: Final = "dedicatedip:monthlyPriceUsd"
_EVERYWHERE: Final = ""
_HIGHEST_PRICE: Final = 10_000
_LARGEST: Final = 2**53
"""From here on, a JSON number may have lost digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of pulumi-aws's options: whether a lease honours it, refuses to run with it, or has no use for it."""

    name: str
    does: Literal["honoured", "refused", "no effect"]
    means: str
    """What it does here; for a refused option, what to do instead."""


def _options(does: Literal["honoured", "refused", "no effect"], **means: str) -> tuple[Option, ...]:
    return tuple(Option(name=name, does=does, means=meaning) for name, meaning in means.items())


PULUMI_AWS: Final = (
    *_options(
        "honoured",
        region="the Region of every lease that names none; then the variables `AWS_REGION` and `AWS_DEFAULT_REGION`",
        profile="a profile of the AWS configuration; it takes precedence over keys in the environment",
        accessKey="the access key id; set it with `--secret`",
        secretKey="the secret access key; set it with `--secret`",
        token="the session token of temporary keys; set it with `--secret`",  # noqa: S106 - a description
        assumeRoles=(
            "a list of roles, assumed one after the other; each has a `roleArn`, and may have `sessionName`, "
            "`externalId`, `duration` (such as `1h30m`), `policy`, `policyArns`, `sourceIdentity`, `tags`, "
            "`transitiveTagKeys`"
        ),
        assumeRole="the same for one role, as in older versions; it takes precedence over `aws:assumeRoles`",
        assumeRoleWithWebIdentity=(
            "one role for a token of another identity provider: `roleArn`, with `webIdentityTokenFile` or "
            "`webIdentityToken`, and optionally `sessionName`, `duration`, `policy`, `policyArns`"
        ),
        allowedAccountIds="the only accounts in which anything may be read or filed",
        forbiddenAccountIds="accounts in which nothing may be read or filed",
        sharedConfigFiles="a list of one file, in place of `~/.aws/config`; several are refused",
        sharedCredentialsFiles="a list of one file, in place of `~/.aws/credentials`; several are refused",
        stsRegion="the Region of the STS endpoint; default: AWS Support's own Region, such as us-east-1",
        endpoints=(
            "a list of objects: `sts`, `sesv2`, `ssm` and `sso` have an effect here, other services do not; for AWS "
            "Support, which pulumi-aws does not list, set the variable `AWS_ENDPOINT_URL_SUPPORT`"
        ),
        useFipsEndpoint="call SES, SSM and STS at their FIPS endpoints; AWS Support has none",
        useDualstackEndpoint="call SES, SSM and STS at their dual-stack endpoints; AWS Support has none",
        customCaBundle="a file with the certificates to trust",
        ec2MetadataServiceEndpoint="the metadata endpoint that provides an EC2 instance's role",
        ec2MetadataServiceEndpointMode="`IPv4` or `IPv6`, for the same",
        skipMetadataApiCheck="`true`: an EC2 instance's role is not used",
    ),
    *_options(
        "refused",
        httpProxy="set the variable `HTTP_PROXY`, which pulumi-aws reads too",
        httpsProxy="set the variable `HTTPS_PROXY`, which pulumi-aws reads too",
        noProxy="set the variable `NO_PROXY`, which pulumi-aws reads too",
        insecure="trust the certificate with `aws:customCaBundle`",
    ),
    *_options(
        "no effect",
        defaultTags="neither a lease nor a case has tags",
        ignoreTags="the same",
        tagPolicyCompliance="the same",
        maxRetries="a read is attempted up to five times, a write is sent once",
        retryMode="the same",
        tokenBucketRateLimiterCapacity="the same",
        s3UsEast1RegionalEndpoint="S3 is not used",
        s3UsePathStyle="S3 is not used",
        s3ForcePathStyle="S3 is not used",
        skipCredentialsValidation="the account is looked up in any case, before anything is read or filed",
        skipRequestingAccountId="the same",
        skipRegionValidation="a Region's code must be well formed; AWS decides whether the Region exists",
        skipGetEc2Platforms="EC2 is not used",
        userAgents="calls are marked `dedicated-ip-provider`",
        version="Pulumi's own, for the plugin of pulumi-aws",
        pluginDownloadURL="the same",
    ),
)
"""Every option of pulumi-aws, in the order of the reference page."""
OWN: Final = _options(
    "honoured",
    serviceCode="the code of the AWS Support service with which a case is filed; found by name if it is not set",
    categoryCode="the code of the category in that service; found by name if it is not set",
    issueType=f"the issue type of a case; `{_ISSUE_TYPE}` if it is not set",
    severityCode=f"the severity of a case; `{_SEVERITY}` if it is not set",
    monthlyPriceUsd=(
        "the price of an address per month in USD, from which costs are computed: a number, or a JSON object with one "
        f"for each Region; if it is not set, {LIST_PRICE.usd}, {LIST_PRICE.source}"
    ),
)
"""The options of the namespace `dedicatedip` that pulumi-aws does not have."""

Known = Mapping[str, Collection[str]]

REFRESH_BEFORE_UPDATE: Final = "refreshBeforeUpdate"
"""An option of the plugin alone; a Python stack that is moving to the plugin may have it already."""

_KNOWN: Final[Known] = {
    "aws": [option.name for option in PULUMI_AWS],
    "dedicatedip": [*(option.name for option in OWN), REFRESH_BEFORE_UPDATE],
}

_NOT_NO: Final = ("false", "0", "null", "[]", "{}")
"""Values of a refused option that leave it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes that classify a case; one that is None is found by name among the services that AWS lists."""

    service: str | None = None
    category: str | None = None
    issue_type: str = _ISSUE_TYPE
    severity: str = _SEVERITY


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """A stack's credentials, endpoints, guards and case codes. Values that may be secret are not in its `repr`."""

    region: str | None = None
    """The Region of a lease that names none."""
    profile: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    web_identity: Mapping[str, Any] | None = field(default=None, repr=False)
    roles: tuple[Mapping[str, Any], ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    codes: Codes = Codes()
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    """The price of an address per month in USD, by Region; under "" that of all other Regions."""
    sts_region: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """The URLs of services, by botocore's names."""
    client_options: Mapping[str, bool] = field(default_factory=dict)
    """The variants of endpoints to use, by botocore's names."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables of botocore's configuration."""
    asks_metadata: bool = True

    def price_of(self, region: str) -> Price:
        """Return the price of an address in a Region: the configured one, or else AWS's price in us-east-1."""
        usd = self.prices.get(region, self.prices.get(_EVERYWHERE))
        return LIST_PRICE if usd is None else Price(usd=usd, source=f"as {_PRICE} says")


def read_config(lookup: Lookup, names: Iterable[str] = (), known: Known | None = None) -> StackConfig:
    """Read a stack's configuration. Raises `Refused` if a value is invalid or one of `names` is unknown.

    `names` are all names in the configuration, and `known` are the options of each of our namespaces.
    """
    _refuse_unknown(names, known or _KNOWN, lookup)
    for option in PULUMI_AWS:
        if option.does == "refused":
            _refuse(lookup, option)
    return StackConfig(
        region=_text(lookup, "aws:region"),
        profile=_text(lookup, "aws:profile"),
        keys=_keys(lookup),
        web_identity=_web_identity(lookup),
        roles=_roles(lookup),
        allowed_accounts=_accounts(lookup, "aws:allowedAccountIds"),
        forbidden_accounts=_accounts(lookup, "aws:forbiddenAccountIds"),
        codes=Codes(
            service=_text(lookup, "dedicatedip:serviceCode"),
            category=_text(lookup, "dedicatedip:categoryCode"),
            issue_type=_text(lookup, "dedicatedip:issueType") or _ISSUE_TYPE,
            severity=_text(lookup, "dedicatedip:severityCode") or _SEVERITY,
        ),
        prices=_prices(lookup),
        sts_region=_text(lookup, "aws:stsRegion"),
        endpoints=_endpoints(lookup),
        client_options={
            option: True
            for option, name in (
                ("use_fips_endpoint", "useFipsEndpoint"),
                ("use_dualstack_endpoint", "useDualstackEndpoint"),
            )
            if flag(lookup, f"aws:{name}")
        },
        variables=_variables(lookup),
        asks_metadata=not flag(lookup, "aws:skipMetadataApiCheck"),
    )


def _refuse_unknown(names: Iterable[str], known: Known, lookup: Lookup) -> None:
    """Refuse an unknown name: a misspelt guard would protect nothing."""
    for name in sorted(names):
        namespace, _, option = name.partition(":")
        if option in known.get(namespace, {option}):
            continue
        if option in known.get("aws", ()):
            _refuse_differing(name, f"aws:{option}", lookup)
            continue
        near = get_close_matches(option, known[namespace], 1)
        whose = "pulumi-aws" if namespace == "aws" else "a lease"
        meant = f"; did you mean `{namespace}:{near[0]}`?" if near else "."
        raise Refused(
            f"The configuration has {name}, which is not an option of {whose}{meant}",
            f"{NOTHING_FILED} Correct the name, or remove it with `pulumi config rm {name}`.",
        )


def _refuse_differing(name: str, own: str, lookup: Lookup) -> None:
    """Refuse the plugin's name of an option, unless ours has the same value: a stack may move lease by lease."""
    if lookup(name) != lookup(own):
        raise Refused(
            f"The configuration has {name}, which only the plugin reads; in Python, the option is {own}.",
            f"{NOTHING_FILED} Set {own} to the same value, or {name} on an explicit provider of the plugin.",
        )


def _refuse(lookup: Lookup, option: Option) -> None:
    name = f"aws:{option.name}"
    value = lookup(name)
    if value and str(value).lower() not in _NOT_NO:
        raise Refused(
            f"The configuration value {name} is not supported by a lease, which would act without it.",
            f"{NOTHING_FILED} Remove it with `pulumi config rm {name}`, and {option.means}.",
        )


def _text(lookup: Lookup, name: str) -> str | None:
    value = lookup(name)
    if value in (None, ""):
        return None
    text = _plain(value)
    if text is None:
        raise _wrong(name, "must be a string")
    return text


def flag(lookup: Lookup, name: str, *, default: bool = False) -> bool:
    """Return a value that is true or false. Raises `Refused` if it is anything else."""
    value = lookup(name)
    if value in (None, ""):
        return default
    if str(value).lower() not in ("true", "false"):
        raise _wrong(name, "must be true or false")
    return str(value).lower() == "true"


def _json(lookup: Lookup, name: str, kind: type) -> Any:  # noqa: ANN401 - JSON, which the caller validates
    value = lookup(name)
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, kind):
        raise _wrong(name, f"must be a JSON {'list' if kind is list else 'object'}")
    return value


def _keys(lookup: Lookup) -> Mapping[str, str]:
    names = {"accessKey": "aws_access_key_id", "secretKey": "aws_secret_access_key", "token": "aws_session_token"}
    keys = {name: _text(lookup, f"aws:{name}") for name in names}
    for needed, name in (("secretKey", "accessKey"), ("accessKey", "secretKey"), ("accessKey", "token")):
        if keys[name] and not keys[needed]:
            raise _wrong(f"aws:{name}", f"needs aws:{needed}, which is not set")
    return {names[name]: value for name, value in keys.items() if value}


def _accounts(lookup: Lookup, name: str) -> tuple[str, ...]:
    accounts = [_account(account) for account in _json(lookup, name, list) or []]
    if not all(is_account_id(account) for account in accounts):
        raise _wrong(name, "must be a list of account ids of 12 digits; quote one that begins with 0, or the 0 is lost")
    return tuple(str(account) for account in accounts)


def _account(value: object) -> object:
    """Return an account id as a string; `pulumi config set --path` stores it as a number."""
    return value if isinstance(value, str) else _plain(value)


def _prices(lookup: Lookup) -> Mapping[str, Decimal]:
    value = lookup(_PRICE)
    if value in (None, ""):
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_float=Decimal)
        except (ValueError, RecursionError):
            value = None
    prices: dict[str, Decimal] = {}
    for region, amount in (value if isinstance(value, dict) else {_EVERYWHERE: value}).items():
        usd = _usd(amount)
        if usd is None or not (region == _EVERYWHERE or Regions.is_well_formed(region)):
            raise _wrong(
                _PRICE,
                f"must be a number of USD from 0 to {_HIGHEST_PRICE:,}, or a JSON object with such a number for each "
                "Region",
            )
        prices[region] = usd
    return prices


def _usd(value: object) -> Decimal | None:
    """Read an amount of USD; `pulumi config set --path` stores one with decimals as a string."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        usd = Decimal(str(value))
    except InvalidOperation:
        return None
    return usd if usd.is_finite() and 0 <= usd <= _HIGHEST_PRICE else None


def _endpoints(lookup: Lookup) -> Mapping[str, str]:
    name = "aws:endpoints"
    found: dict[str, str] = {}
    for each in _json(lookup, name, list) or []:
        if not isinstance(each, dict):
            raise _wrong(name, "must be a list of objects, each with a service and its URL")
        for service in ("sts", "sesv2", "ssm", "sso"):
            url = each.get(service)
            if url and not (isinstance(url, str) and re.match(r"https?://[^/]", url)):
                raise _wrong(name, f"has `{service}`, which must be a URL such as https://host")
            if url:
                found[service] = url
    return found


def _variables(lookup: Lookup) -> Mapping[str, str]:
    given = {
        "config_file": _file(lookup, "aws:sharedConfigFiles"),
        "credentials_file": _file(lookup, "aws:sharedCredentialsFiles"),
        "ca_bundle": _text(lookup, "aws:customCaBundle"),
        "ec2_metadata_service_endpoint": _text(lookup, "aws:ec2MetadataServiceEndpoint"),
        "ec2_metadata_service_endpoint_mode": _text(lookup, "aws:ec2MetadataServiceEndpointMode"),
    }
    return {name: value for name, value in given.items() if value}


def _file(lookup: Lookup, name: str) -> str | None:
    files = _json(lookup, name, list) or [None]
    if len(files) > 1 or not isinstance(files[0], (str, type(None))):
        raise _wrong(name, "must be a list of one file; more are not supported here")
    return files[0]


def _roles(lookup: Lookup) -> tuple[Mapping[str, Any], ...]:
    one = _json(lookup, "aws:assumeRole", dict)
    if one:
        return (_role("aws:assumeRole", one, _ROLE_OPTIONS),)
    roles = _json(lookup, "aws:assumeRoles", list) or []
    return tuple(_role("aws:assumeRoles", role, _ROLE_OPTIONS) for role in roles)


def _web_identity(lookup: Lookup) -> Mapping[str, Any] | None:
    name = "aws:assumeRoleWithWebIdentity"
    given = _json(lookup, name, dict)
    if not given:
        return None
    role = _role(name, given, _WEB_OPTIONS)
    if ("WebIdentityToken" in role) == ("WebIdentityTokenFile" in role):
        raise _wrong(name, "must have one of `webIdentityToken` and `webIdentityTokenFile`")
    return role


def _role(name: str, role: object, options: _Options) -> Mapping[str, Any]:
    if not isinstance(role, dict) or not role.get("roleArn"):
        raise _wrong(name, "must name a `roleArn` for each role")
    read: dict[str, Any] = {"RoleSessionName": "dedicated-ip-provider"}
    for key, value in role.items():
        if key not in options:
            raise _wrong(name, f"has {key!r}, which is not supported here")
        # pulumi-aws treats null as an option that is not given.
        if value is None:
            continue
        option, reader, what = options[key]
        read[option] = reader(value)
        if read[option] is None:
            raise _wrong(name, f"has `{key}`, which must be {what}")
    return read


def _plain(value: object) -> str | None:
    """Read a string; Pulumi stores one that consists of digits as a whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        return str(value)
    return value if isinstance(value, str) and value else None


def _policy(value: object) -> str | None:
    try:
        return value if isinstance(value, str) and isinstance(json.loads(value), dict) else None
    except (ValueError, RecursionError):
        return None


def _texts(value: object) -> list[str] | None:
    texts = [_plain(item) for item in value] if isinstance(value, list) else [None]
    return None if None in texts else [text for text in texts if text]


def _arns(value: object) -> list[Mapping[str, str]] | None:
    arns = _texts(value)
    return None if arns is None else [{"arn": arn} for arn in arns]


def _tags(value: object) -> list[Mapping[str, str]] | None:
    if not isinstance(value, dict):
        return None
    tags = [(name, "" if tag == "" else _plain(tag)) for name, tag in value.items()]
    return None if None in dict(tags).values() else [{"Key": name, "Value": tag or ""} for name, tag in tags]


_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART: Final = r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)"


def _seconds(value: object) -> int | None:
    """Read a duration in Go's notation, such as `1h30m`."""
    if not isinstance(value, str) or not re.fullmatch(f"(?:{_PART})+", value, re.ASCII):
        return None
    return int(sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, value, re.ASCII)))


_Options = Mapping[str, tuple[str, Callable[[object], object], str]]
_DURATION: Final = ("DurationSeconds", _seconds, "a duration such as 1h30m")
_STRING: Final = "a string: write it in quotes"
_WEB_OPTIONS: Final[_Options] = {
    "roleArn": ("RoleArn", _plain, _STRING),
    "sessionName": ("RoleSessionName", _plain, _STRING),
    "policy": ("Policy", _policy, "the JSON of a policy, as a string"),
    "duration": _DURATION,
    "policyArns": ("PolicyArns", _arns, "a list of strings"),
    "webIdentityToken": ("WebIdentityToken", _plain, _STRING),
    "webIdentityTokenFile": ("WebIdentityTokenFile", _plain, _STRING),
}
_ROLE_OPTIONS: Final[_Options] = {
    **{name: option for name, option in _WEB_OPTIONS.items() if not name.startswith("web")},
    "externalId": ("ExternalId", _plain, _STRING),
    "sourceIdentity": ("SourceIdentity", _plain, _STRING),
    "tags": ("Tags", _tags, "an object of strings"),
    "transitiveTagKeys": ("TransitiveTagKeys", _texts, "a list of strings"),
}
"""The options of an assumed role by pulumi-aws's names: STS's name, the reader, and what the value must be."""


def _wrong(name: str, what: str) -> Refused:
    return Refused(f"The configuration value {name} {what}.", f"{NOTHING_FILED} Correct it with `pulumi config set`.")
