"""Calls that only the command line makes, besides those of a lease. Nothing here writes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError

from dedicated_ip_provider.aws.cases import STAFF
from dedicated_ip_provider.aws.credentials import PlainSession
from dedicated_ip_provider.aws.errors import NO_SUCH_CASE, NO_SUCH_PARAMETER, code_of, translating_read_errors
from dedicated_ip_provider.aws.record import PARAMETER
from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.aws.account import Account
    from dedicated_ip_provider.lease.model import Case

_DRY_RUN_PASSED: Final = "DryRunOperationException"

_NO_CASE: Final = {"caseId": "case-000000000000-none-2000-0000000000000000"}
_MESSAGE: Final = {"communicationBody": "A dry run: nothing is asked for."}
_DRY_RUN_WITH: Final[Mapping[str, Mapping[str, str]]] = {
    # The subject that AWS asks for in test cases (About the AWS Support API).
    "CreateCase": {"subject": "TEST CASE-Please ignore", **_MESSAGE},
    # No account has this case: even an endpoint without dry runs would change nothing.
    "AddCommunicationToCase": {**_NO_CASE, **_MESSAGE},
    "ResolveCase": _NO_CASE,
    "DescribeCommunications": _NO_CASE,
}


def home_region(profile: str | None, config: StackConfig | None = None) -> str | None:
    """Return the Region that the AWS configuration names for a profile, if it names one."""
    try:
        return boto3.Session(botocore_session=PlainSession(config or StackConfig(), profile)).region_name
    except BotoCoreError:
        # The next call that needs credentials reports what is wrong with the configuration.
        return None


def identity(account: Account) -> str:
    """Return the ARN of the caller."""
    with translating_read_errors("sts:GetCallerIdentity", account.session.sts_region):
        return account.session.sts.get_caller_identity()["Arn"]


def dedicated_ip_quota(account: Account, region: str) -> str | None:
    """Return the name of SES's quota for dedicated IP addresses in a Region; None if Service Quotas lists none."""
    with translating_read_errors("servicequotas:ListServiceQuotas", region):
        pages = account.session.quotas(region).get_paginator("list_service_quotas").paginate(ServiceCode="ses")
        names = [quota.get("QuotaName", "") for page in pages for quota in page["Quotas"]]
    return next((name for name in names if "dedicated ip" in name.lower()), None)


def read_history(account: Account, region: str) -> None:
    """Request the history of a Region's record and discard it. Raises `Refused` if AWS refuses the request."""
    try:
        with translating_read_errors("ssm:GetParameterHistory", region):
            account.session.ssm(region).get_parameter_history(Name=PARAMETER, MaxResults=1)["Parameters"]
    except Refused as refusal:
        if code_of(refusal) != NO_SUCH_PARAMETER:
            raise


def question_in(account: Account, case: Case) -> str | None:
    """Return the latest message from AWS's staff in a case; None if there is none."""
    with translating_read_errors("support:DescribeCommunications", f"case {case.name}"):
        pages = account.session.support.get_paginator("describe_communications")
        said = [item for page in pages.paginate(caseId=case.id) for item in page["communications"]]
        from_aws = [item for item in said if item.get("submittedBy") == STAFF and item.get("body")]
        return max(from_aws, key=lambda item: item.get("timeCreated") or "")["body"] if from_aws else None


def dry_run(account: Account, operation: str) -> bool:
    """Return whether AWS would accept a call to a Support operation, which is not carried out.

    Raises `Refused` if AWS would refuse it. False means that it cannot be told, because this botocore or the endpoint
    does not support dry runs.
    """
    support = account.session.support
    shape = support.meta.service_model.operation_model(operation).input_shape
    if shape is None or "dryRun" not in shape.members:
        return False
    given: dict[str, Any] = {**_DRY_RUN_WITH.get(operation, {}), "dryRun": True}
    try:
        with translating_read_errors(f"support:{operation}"):
            getattr(support, xform_name(operation))(**given)
    except Refused as refusal:
        # AWS checks permissions first: a caller without them does not learn that the case does not exist.
        if code_of(refusal) not in (_DRY_RUN_PASSED, NO_SUCH_CASE):
            raise
        return True
    return False
