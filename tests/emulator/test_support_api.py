"""AWS Support over the wire, as boto3 sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from dedicated_ip_provider.emulator.settings import LANGUAGES
from emulator.messages import relinquish, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator
    from emulator.conftest import Aws


def code_of(call: Callable[..., object], **parameters: Any) -> str:
    """Give the error code that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_a_case_is_filed_and_listed(aws: Aws) -> None:
    """CreateCase gives the id alone; DescribeCases shows the rest, with what was said."""
    case_id = aws.support.create_case(
        subject="Dedicated addresses",
        communicationBody=request(2),
        serviceCode="service-limit-increase",
        categoryCode="ses-dedicated-ip",
        severityCode="low",
        issueType="customer-service",
        language="ja",
        ccEmailAddresses=["a@example.com"],
    )["caseId"]

    (case,) = aws.support.describe_cases()["cases"]

    assert case_id == case["caseId"]
    assert case_id.startswith("case-111122223333-muen-2026-")
    customer = "mail-team@111122223333.example (role: administrator)"
    said = {
        "caseId": case_id,
        "body": request(2),
        "submittedBy": customer,
        "timeCreated": "2026-11-02T12:00:00.000Z",
        "attachmentSet": [],
    }
    assert {
        "caseId": case_id,
        "displayId": "1700000001",
        "subject": "Dedicated addresses",
        "status": "opened",
        "serviceCode": "service-limit-increase",
        "categoryCode": "ses-dedicated-ip",
        "severityCode": "low",
        "submittedBy": customer,
        "timeCreated": "2026-11-02T12:00:00.000Z",
        "ccEmailAddresses": ["a@example.com"],
        "language": "ja",
        "recentCommunications": {"communications": [said]},
    } == case


def test_a_request_goes_its_way(emulator: RunningEmulator, aws: Aws) -> None:
    """A customer follows a case from filing to the addresses by its id; staff messages come from AWS."""
    case_id = aws.support.create_case(subject="s", communicationBody=request(2))["caseId"]
    emulator.ask(case_id, "Why?")
    assert "pending-customer-action" == aws.support.describe_cases()["cases"][0]["status"]

    assert aws.support.add_communication_to_case(caseId=case_id, communicationBody="Because.")["result"]
    emulator.grant(case_id)

    case = aws.support.describe_cases(caseIdList=[case_id], includeResolvedCases=True)["cases"][0]
    assert "resolved" == case["status"]
    talk = aws.support.describe_communications(caseId=case_id)["communications"]
    assert ["Amazon Web Services", "mail-team", "Amazon Web Services", "mail-team"] == [
        said["submittedBy"].partition("@")[0] for said in talk
    ]
    assert 2 == len(aws.sesv2.get_dedicated_ips()["DedicatedIps"])


def test_addresses_go_only_after_the_answer(emulator: RunningEmulator, aws: Aws) -> None:
    """A relinquish case waits for the customer, and the addresses stay until the answer."""
    ips = emulator.lease("eu-west-1", 2)
    case_id = aws.support.create_case(subject="s", communicationBody=relinquish(ips[0]))["caseId"]
    emulator.change(pace=1)
    emulator.advance(1)
    assert 2 == len(aws.sesv2.get_dedicated_ips()["DedicatedIps"])

    aws.support.add_communication_to_case(caseId=case_id, communicationBody="Yes, please.")
    emulator.advance(1)

    assert [ips[1]] == [one["Ip"] for one in aws.sesv2.get_dedicated_ips()["DedicatedIps"]]


def test_resolved_cases_are_hidden_unless_asked_for(aws: Aws) -> None:
    """The default of `includeResolvedCases` is false, also for a case that is named."""
    case_id = aws.support.create_case(subject="s", communicationBody="b")["caseId"]

    assert {"initialCaseStatus": "opened", "finalCaseStatus": "resolved"} == {
        name: status for name, status in aws.support.resolve_case(caseId=case_id).items() if name != "ResponseMetadata"
    }
    again = aws.support.resolve_case(caseId=case_id)

    assert ("resolved", "resolved") == (again["initialCaseStatus"], again["finalCaseStatus"])
    assert [] == aws.support.describe_cases()["cases"]
    assert [] == aws.support.describe_cases(caseIdList=[case_id])["cases"]
    assert 1 == len(aws.support.describe_cases(includeResolvedCases=True)["cases"])


def test_cases_can_be_listed_by_language(emulator: RunningEmulator, aws: Aws) -> None:
    """Without `language` cases of all languages are listed; some accounts may still see English ones only."""
    for language in ("en", "ja", "tr"):
        aws.support.create_case(subject=language, communicationBody="b", language=language)

    def listed(**asked: str) -> list[str]:
        return [case["subject"] for case in aws.support.describe_cases(**asked)["cases"]]  # type: ignore[arg-type]  # one filter

    assert ["tr", "ja", "en"] == listed()
    assert [["ja"], []] == [listed(language="ja"), listed(language="fr")]

    emulator.change(unasked_language="en")
    assert [["en"], ["ja"]] == [listed(), listed(language="ja")]


@pytest.mark.parametrize("operation", ["describe_cases", "describe_services"])
def test_a_language_that_support_does_not_speak_is_refused(aws: Aws, operation: str) -> None:
    """The operations that take a language take the same ones."""
    assert "ValidationException" == code_of(getattr(aws.support, operation), language="xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_may_be_in_every_language_of_support(aws: Aws, language: str) -> None:
    """A case keeps its language."""
    aws.support.create_case(subject="s", communicationBody="b", language=language)

    assert [language] == [case["language"] for case in aws.support.describe_cases()["cases"]]


def test_accounts_see_their_own_cases_only(aws: Aws, client: Callable[..., Aws]) -> None:
    """Another account's case cannot be found, read, written to or closed; the Region makes no difference."""
    case_id = aws.support.create_case(subject="s", communicationBody="b")["caseId"]
    other, elsewhere = client("444455556666"), client(region="us-east-1")

    assert [] == other.support.describe_cases()["cases"]
    assert "CaseIdNotFound" == code_of(other.support.describe_cases, caseIdList=[case_id])
    assert "CaseIdNotFound" == code_of(other.support.describe_communications, caseId=case_id)
    assert "CaseIdNotFound" == code_of(other.support.add_communication_to_case, caseId=case_id, communicationBody="b")
    assert "CaseIdNotFound" == code_of(other.support.resolve_case, caseId=case_id)
    assert 1 == len(elsewhere.support.describe_cases()["cases"])


def test_the_api_knows_cases_by_their_id_only(aws: Aws) -> None:
    """The number that people see is a filter of DescribeCases, and no id."""
    case_id = aws.support.create_case(subject="s", communicationBody="b")["caseId"]

    assert [case_id] == [case["caseId"] for case in aws.support.describe_cases(displayId="1700000001")["cases"]]
    assert [] == aws.support.describe_cases(displayId="1700000002")["cases"]
    assert "CaseIdNotFound" == code_of(aws.support.resolve_case, caseId="1700000001")
    assert "CaseIdNotFound" == code_of(aws.support.resolve_case)


def test_cases_are_kept_for_24_months(emulator: RunningEmulator, aws: Aws) -> None:
    """An old case is neither listed nor found by its id."""
    case_id = aws.support.create_case(subject="s", communicationBody="b")["caseId"]
    emulator.advance(days=731)

    assert [] == aws.support.describe_cases(includeResolvedCases=True)["cases"]
    assert "CaseIdNotFound" == code_of(aws.support.describe_cases, caseIdList=[case_id])
    assert "CaseIdNotFound" == code_of(aws.support.describe_communications, caseId=case_id)


def test_a_new_case_is_listed_late(emulator: RunningEmulator, aws: Aws) -> None:
    """With a listing delay, DescribeCases does not know a case at first; writing to it works."""
    emulator.change(listing_delay=5)
    case_id = aws.support.create_case(subject="s", communicationBody="b")["caseId"]

    assert [] == aws.support.describe_cases()["cases"]
    assert "CaseIdNotFound" == code_of(aws.support.describe_cases, caseIdList=[case_id])
    assert aws.support.add_communication_to_case(caseId=case_id, communicationBody="b")["result"]
    emulator.advance(5)

    assert 1 == len(aws.support.describe_cases()["cases"])


def test_cases_can_be_listed_by_time(emulator: RunningEmulator, aws: Aws) -> None:
    """`afterTime` and `beforeTime` bound the time of creation; a time without a zone is UTC."""
    for subject in ("noon", "one", "two"):
        aws.support.create_case(subject=subject, communicationBody="b")
        emulator.advance(3600)

    def subjects(**bounds: str) -> list[str]:
        return [case["subject"] for case in aws.support.describe_cases(**bounds)["cases"]]  # type: ignore[arg-type]  # bounds are strings

    assert ["two", "one"] == subjects(afterTime="2026-11-02T13:00:00Z")
    assert ["one", "noon"] == subjects(beforeTime="2026-11-02T13:30:00")
    assert ["one"] == subjects(afterTime="2026-11-02T12:30:00.000Z", beforeTime="2026-11-02T15:00:00+01:30")
    assert "ValidationException" == code_of(aws.support.describe_cases, afterTime="yesterday")


def test_communications_can_be_listed_by_time(emulator: RunningEmulator, aws: Aws) -> None:
    """DescribeCommunications has the same bounds."""
    case_id = aws.support.create_case(subject="s", communicationBody="first")["caseId"]
    emulator.advance(3600)
    emulator.reply(case_id, "second")

    def bodies(**bounds: str) -> list[str]:
        return [one["body"] for one in aws.support.describe_communications(caseId=case_id, **bounds)["communications"]]  # type: ignore[arg-type]  # bounds are strings

    assert ["second"] == bodies(afterTime="2026-11-02T12:30:00Z")
    assert ["first"] == bodies(beforeTime="2026-11-02T12:30:00Z")


def test_a_case_shows_its_five_latest_communications(emulator: RunningEmulator, aws: Aws) -> None:
    """The rest is to be had from DescribeCommunications, with the token that says so."""
    case_id = aws.support.create_case(subject="s", communicationBody="0")["caseId"]
    for number in range(1, 8):
        emulator.reply(case_id, str(number))

    recent = aws.support.describe_cases()["cases"][0]["recentCommunications"]
    rest = aws.support.describe_communications(caseId=case_id, nextToken=recent["nextToken"])

    assert ["7", "6", "5", "4", "3"] == [said["body"] for said in recent["communications"]]
    assert ["2", "1", "0"] == [said["body"] for said in rest["communications"]]
    assert "nextToken" not in rest
    assert "recentCommunications" not in aws.support.describe_cases(includeCommunications=False)["cases"][0]


def test_ten_cases_an_hour(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """The eleventh case within an hour is refused, for this account only, and the limit can be lifted."""
    for _ in range(10):
        aws.support.create_case(subject="s", communicationBody="b")

    assert "CaseCreationLimitExceeded" == code_of(aws.support.create_case, subject="s", communicationBody="b")
    client("444455556666").support.create_case(subject="s", communicationBody="b")
    emulator.change(hourly_case_limit=None)
    aws.support.create_case(subject="s", communicationBody="b")
    emulator.change(hourly_case_limit=10)
    emulator.advance(3600)
    aws.support.create_case(subject="s", communicationBody="b")

    assert 12 == len(emulator.cases())


def test_without_a_plan_there_is_no_support_api(emulator: RunningEmulator, aws: Aws) -> None:
    """Every operation of Support's is refused; SES is not."""
    emulator.change(support_plan=False)

    assert "SubscriptionRequiredException" == code_of(aws.support.create_case, subject="s", communicationBody="b")
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


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"subject": None}, "ValidationException"),
        ({"subject": " "}, "ValidationException"),
        ({"subject": 123}, "SerializationException"),
        ({"communicationBody": ""}, "ValidationException"),
        ({"communicationBody": "x" * 8001}, "ValidationException"),
        ({"ccEmailAddresses": ["a@example.com"] * 11}, "ValidationException"),
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
        ({"dryRun": "yes"}, "SerializationException"),
        ({"dryRun": True}, "DryRunOperationException"),
    ],
    ids=str,
)
def test_a_form_that_aws_would_not_take_is_refused(
    emulator: RunningEmulator, aws: Aws, change: dict[str, Any], expected: str
) -> None:
    """What breaks the model or AWS's form is refused, in AWS's words, and nothing is filed."""
    wanted: dict[str, Any] = {"subject": "s", "communicationBody": "b", **change}
    given = {name: value for name, value in wanted.items() if value is not None}

    assert expected == code_of(aws.support.create_case, **given)
    assert () == emulator.cases()


def test_a_dry_run_checks_and_does_nothing(emulator: RunningEmulator, aws: Aws) -> None:
    """With `dryRun`, every operation checks what it is given; success is DryRunOperationException."""
    case_id = aws.support.create_case(subject="s", communicationBody="b")["caseId"]
    before = emulator.state()

    dry = "DryRunOperationException"
    assert dry == code_of(aws.support.describe_cases, dryRun=True)
    assert dry == code_of(aws.support.describe_communications, caseId=case_id, dryRun=True)
    assert dry == code_of(aws.support.add_communication_to_case, caseId=case_id, communicationBody="b", dryRun=True)
    assert dry == code_of(aws.support.resolve_case, caseId=case_id, dryRun=True)
    assert dry == code_of(aws.support.describe_services, dryRun=True)
    assert "CaseIdNotFound" == code_of(aws.support.resolve_case, caseId="case-0", dryRun=True)
    assert "ValidationException" == code_of(
        aws.support.create_case, subject="s", communicationBody="b", serviceCode="x", dryRun=True
    )

    assert before == emulator.state()


def test_modelled_refusals_are_boto3s_own_exceptions(aws: Aws) -> None:
    """A client can catch what AWS models by its class, and read AWS's sentence."""
    with pytest.raises(aws.support.exceptions.CaseIdNotFound, match="case-0 could not be located"):
        aws.support.resolve_case(caseId="case-0")


def test_reads_change_nothing(emulator: RunningEmulator, aws: Aws, client: Callable[..., Aws]) -> None:
    """However often someone looks, the world stays as it is; not even an account appears."""
    case_id = aws.support.create_case(subject="s", communicationBody=request(2))["caseId"]
    emulator.lease("eu-west-1", 1)
    emulator.put_parameter("eu-west-1", "/a", "b")
    before = emulator.state()

    for who in (aws, client("444455556666"), client(region="us-east-1")):
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
