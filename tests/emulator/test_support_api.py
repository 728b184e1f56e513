"""AWS Support over the wire, as boto3 sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dedicated_ip_provider.emulator.settings import LANGUAGES
from emulator.conftest import CASE, EU, OTHER, Aws, code_of
from emulator.messages import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator


def subjects(aws: Aws, **parameters: Any) -> list[str]:
    """List the subjects of the cases that DescribeCases shows."""
    return [case["subject"] for case in aws.support.describe_cases(**parameters)["cases"]]


def test_a_case_is_filed_and_listed(aws: Aws) -> None:
    """CreateCase returns the id alone; DescribeCases shows the rest, with its messages."""
    form: dict[str, Any] = {
        "subject": "Dedicated addresses",
        "serviceCode": "service-limit-increase",
        "categoryCode": "ses-dedicated-ip",
        "severityCode": "low",
        "language": "ja",
        "ccEmailAddresses": ["a@example.com"],
    }
    case_id = aws.support.create_case(**form, communicationBody=request(2), issueType="customer-service")["caseId"]

    (case,) = aws.support.describe_cases()["cases"]

    assert case_id.startswith("case-111122223333-muen-2026-")
    filed = {
        "caseId": case_id,
        "submittedBy": "mail-team@111122223333.example (role: administrator)",
        "timeCreated": "2026-11-02T12:00:00.000Z",
    }
    said = {**filed, "body": request(2), "attachmentSet": []}
    talk = {"recentCommunications": {"communications": [said]}}
    assert {**form, **filed, "displayId": "1700000001", "status": "opened", **talk} == case


def test_resolved_cases_are_listed_on_request_only(aws: Aws) -> None:
    """`includeResolvedCases` is false by default, even for a case that is named."""
    case_id = aws.support.create_case(**CASE)["caseId"]

    for before in ("opened", "resolved"):
        answer = aws.support.resolve_case(caseId=case_id)
        assert (before, "resolved") == (answer["initialCaseStatus"], answer["finalCaseStatus"])
    assert [] == subjects(aws)
    assert [] == subjects(aws, caseIdList=[case_id])
    assert ["s"] == subjects(aws, includeResolvedCases=True)


def test_cases_are_listed_by_language(emulator: RunningEmulator, aws: Aws) -> None:
    """Without `language` cases of all languages are listed, or those of one, as some accounts may see it."""
    emulator.change(hourly_case_limit=None)
    for language in LANGUAGES:
        aws.support.create_case(subject=language, communicationBody="b", language=language)

    assert [*reversed(LANGUAGES)] == subjects(aws)
    assert [[language] for language in LANGUAGES] == [subjects(aws, language=language) for language in LANGUAGES]
    emulator.change(unasked_language="en")
    assert [["en"], ["ja"]] == [subjects(aws), subjects(aws, language="ja")]
    for operation in (aws.support.describe_cases, aws.support.describe_services):
        assert "ValidationException" == code_of(operation, language="xx")


def test_accounts_see_their_own_cases_only(aws: Aws, client: Callable[..., Aws]) -> None:
    """Another account's case is not found; the Region makes no difference; boto3 has a class for the refusal."""
    case_id = aws.support.create_case(**CASE)["caseId"]
    other = client(OTHER)

    assert [] == subjects(other)
    assert "CaseIdNotFound" == code_of(other.support.describe_cases, caseIdList=[case_id])
    assert "CaseIdNotFound" == code_of(other.support.describe_communications, caseId=case_id)
    assert "CaseIdNotFound" == code_of(other.support.add_communication_to_case, caseId=case_id, communicationBody="b")
    with pytest.raises(other.support.exceptions.CaseIdNotFound, match=f"{case_id} could not be located"):
        other.support.resolve_case(caseId=case_id)
    assert ["s"] == subjects(client(region="us-east-1"))
    # The number that people see is a filter, and not an id.
    assert (["s"], []) == (subjects(aws, displayId="1700000001"), subjects(aws, displayId="1700000002"))
    assert "CaseIdNotFound" == code_of(aws.support.resolve_case, caseId="1700000001")
    assert "CaseIdNotFound" == code_of(aws.support.resolve_case)


def test_a_case_is_listed_late_and_for_24_months(emulator: RunningEmulator, aws: Aws) -> None:
    """With a listing delay a new case can be written to before it is listed; an old one is not found at all."""
    emulator.change(listing_delay=5)
    case_id = aws.support.create_case(**CASE)["caseId"]

    assert [] == subjects(aws)
    assert "CaseIdNotFound" == code_of(aws.support.describe_cases, caseIdList=[case_id])
    assert aws.support.add_communication_to_case(caseId=case_id, communicationBody="b")["result"]
    emulator.advance(5)
    assert ["s"] == subjects(aws, caseIdList=[case_id])
    emulator.advance(days=731)
    assert [] == subjects(aws, includeResolvedCases=True)
    assert "CaseIdNotFound" == code_of(aws.support.describe_cases, caseIdList=[case_id])
    assert "CaseIdNotFound" == code_of(aws.support.describe_communications, caseId=case_id)


def test_cases_and_communications_are_listed_by_time(emulator: RunningEmulator, aws: Aws) -> None:
    """`afterTime` and `beforeTime` bound the time of creation; a time without a zone is UTC."""
    for subject in ("noon", "one", "two"):
        case_id = aws.support.create_case(subject=subject, communicationBody="first")["caseId"]
        emulator.advance(3600)
    emulator.reply(case_id, "second")

    def bodies(**bounds: str) -> list[str]:
        return [one["body"] for one in aws.support.describe_communications(caseId=case_id, **bounds)["communications"]]

    assert ["two", "one"] == subjects(aws, afterTime="2026-11-02T13:00:00Z")
    assert ["one", "noon"] == subjects(aws, beforeTime="2026-11-02T13:30:00")
    assert ["one"] == subjects(aws, afterTime="2026-11-02T12:30:00.000Z", beforeTime="2026-11-02T15:00:00+01:30")
    assert "ValidationException" == code_of(aws.support.describe_cases, afterTime="yesterday")
    assert ["second"] == bodies(afterTime="2026-11-02T14:30:00Z")
    assert ["first"] == bodies(beforeTime="2026-11-02T14:30:00Z")


def test_a_case_shows_its_five_latest_communications(emulator: RunningEmulator, aws: Aws) -> None:
    """DescribeCommunications has the rest, with the token that DescribeCases gives."""
    case_id = aws.support.create_case(subject="s", communicationBody="0")["caseId"]
    for number in range(1, 7):
        emulator.reply(case_id, str(number))
    emulator.say(case_id, "7")

    recent = aws.support.describe_cases()["cases"][0]["recentCommunications"]
    rest = aws.support.describe_communications(caseId=case_id, nextToken=recent["nextToken"])

    assert ["7", "6", "5", "4", "3"] == [said["body"] for said in recent["communications"]]
    assert "Amazon Web Services" == recent["communications"][0]["submittedBy"]
    assert ["2", "1", "0"] == [said["body"] for said in rest["communications"]]
    assert "nextToken" not in rest
    assert "recentCommunications" not in aws.support.describe_cases(includeCommunications=False)["cases"][0]


def test_the_support_api_has_limits(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """An eleventh case within an hour is refused, unless the limit is lifted; without a plan, every call is."""
    for _ in range(10):
        aws.support.create_case(**CASE)

    assert "CaseCreationLimitExceeded" == code_of(aws.support.create_case, **CASE)
    client(OTHER).support.create_case(**CASE)
    emulator.change(hourly_case_limit=None)
    aws.support.create_case(**CASE)
    emulator.change(hourly_case_limit=10)
    emulator.advance(3600)
    aws.support.create_case(**CASE)

    assert 12 == len(emulator.cases())
    emulator.change(support_plan=False)
    assert "SubscriptionRequiredException" == code_of(aws.support.create_case, **CASE)
    assert "SubscriptionRequiredException" == code_of(aws.support.describe_services)
    assert [] == aws.sesv2.get_dedicated_ips()["DedicatedIps"]


def test_services_are_listed_with_their_categories(emulator: RunningEmulator, aws: Aws) -> None:
    """The codes of the dedicated-IP form are found by name, among others that sound alike."""
    services = {service["code"]: service for service in aws.support.describe_services()["services"]}

    limits = {one["name"]: one["code"] for one in services["service-limit-increase"]["categories"]}
    assert "ses-dedicated-ip" == limits["SES Dedicated IP"]
    assert "service-code-pinpoint-email" == limits["Pinpoint Email"]
    assert "ses-sending-quota" == limits["SES Sending Limits"]
    assert 5 == len(services)
    only = aws.support.describe_services(serviceCodeList=["billing", "nothing"])["services"]
    assert ["billing"] == [service["code"] for service in only]

    emulator.change(services=[{"code": "x", "name": "X", "categories": []}])
    assert ["x"] == [service["code"] for service in aws.support.describe_services()["services"]]


def test_a_form_that_aws_would_not_accept_is_refused(emulator: RunningEmulator, aws: Aws) -> None:
    """What breaks the model or AWS's form is refused in AWS's words, and nothing is filed."""
    change: dict[str, Any]
    for change, code in (
        ({"subject": " "}, "ValidationException"),
        ({"communicationBody": ""}, "ValidationException"),
        ({"ccEmailAddresses": ["nobody"]}, "ValidationException"),
        ({"ccEmailAddresses": [1]}, "SerializationException"),
        ({"serviceCode": "service-limit-increase", "categoryCode": "using-aws"}, "ValidationException"),
        ({"serviceCode": "made-up"}, "ValidationException"),
        ({"severityCode": "bogus"}, "ValidationException"),
        ({"issueType": "bogus"}, "ValidationException"),
        ({"language": "xx"}, "ValidationException"),
        ({"attachmentSetId": "a"}, "AttachmentSetIdNotFound"),
        ({"uploadIds": ["u"]}, "ValidationException"),
        ({"uploadIds": [""]}, "ValidationException"),
        ({"dryRun": True}, "DryRunOperationException"),
    ):
        assert code == code_of(aws.support.create_case, **{**CASE, **change}), change
    assert () == emulator.cases()


def test_a_dry_run_checks_and_does_nothing(emulator: RunningEmulator, aws: Aws) -> None:
    """With `dryRun`, every operation checks its parameters; success is DryRunOperationException."""
    case_id = aws.support.create_case(**CASE)["caseId"]
    before = emulator.state()

    dry = "DryRunOperationException"
    assert dry == code_of(aws.support.describe_cases, dryRun=True)
    assert dry == code_of(aws.support.describe_communications, caseId=case_id, dryRun=True)
    assert dry == code_of(aws.support.add_communication_to_case, caseId=case_id, communicationBody="b", dryRun=True)
    assert dry == code_of(aws.support.resolve_case, caseId=case_id, dryRun=True)
    assert dry == code_of(aws.support.describe_services, dryRun=True)
    assert "CaseIdNotFound" == code_of(aws.support.resolve_case, caseId="case-0", dryRun=True)
    assert "ValidationException" == code_of(aws.support.create_case, **CASE, serviceCode="x", dryRun=True)

    assert before == emulator.state()


def test_reads_change_nothing(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """However often someone looks, the state stays as it is; not even an account appears."""
    case_id = aws.support.create_case(subject="s", communicationBody=request(2))["caseId"]
    emulator.lease(EU, 1)
    emulator.put_parameter(EU, "/a", "b")
    before = emulator.state()

    for who in (aws, client(OTHER), client(region="us-east-1")):
        who.support.describe_cases(includeResolvedCases=True)
        who.support.describe_services()
        who.sesv2.get_dedicated_ips()
        who.sesv2.list_dedicated_ip_pools()
        who.sesv2.get_account()
        who.sts.get_caller_identity()
        assert "ParameterNotFound" == code_of(who.ssm.get_parameter, Name="/b")
    aws.ssm.get_parameter(Name="/a")
    aws.ssm.get_parameter_history(Name="/a")
    aws.support.describe_communications(caseId=case_id)
    aws.sesv2.get_dedicated_ip(Ip="192.0.2.1")

    assert before == emulator.state()
