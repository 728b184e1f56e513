"""The emulated operations of AWS Support (API of 2013-04-15); the Region does not matter."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.services import Paging
from dedicated_ip_provider.emulator.settings import LANGUAGES, Service
from dedicated_ip_provider.emulator.values import RETENTION, Case, Communication, Form
from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedicated_ip_provider.emulator.wire.protocol import Call, Values
    from dedicated_ip_provider.emulator.world import World

SEVERITIES = ("low", "normal", "high", "urgent", "critical")
ISSUE_TYPES = ("customer-service", "technical", "service-limit-increase")

_OPTIONAL = {
    "serviceCode": "service_code",
    "categoryCode": "category_code",
    "severityCode": "severity_code",
    "issueType": "issue_type",
    "language": "language",
}

_RECENT = 5
"""How many of a case's communications DescribeCases shows."""
_PAGES = Paging(size=10, size_key="maxResults", next_key="nextToken", error="ValidationException")


def create_case(world: World, call: Call, given: Values) -> Values:
    """CreateCase: open a case; sent twice, it opens two, as at AWS."""
    account = call.caller.account
    form = _read_form(given, world.settings.services)
    _stop_if_dry(given)
    limit = world.settings.hourly_case_limit
    if limit is not None and world.cases_filed_since(account, world.now - timedelta(hours=1)) >= limit:
        raise ApiError("CaseCreationLimitExceeded", f"You have exceeded your limit of {limit} cases per hour.")
    return {"caseId": world.file_case(account, form).id}


def describe_cases(world: World, call: Call, given: Values) -> Values:
    """DescribeCases: list the cases of the last 24 months, newest first; resolved ones only on request.

    With `language`, list only cases in that language.
    """
    _refuse_other_languages(given)
    language = given.get("language", world.settings.unasked_language)
    visible = _visible(world, call)
    for case_id in given.get("caseIdList", ()):
        if not any(case.id == case_id for case in visible):
            raise _no_such_case(case_id)
    after, before = _time(given, "afterTime"), _time(given, "beforeTime")
    shown = [
        (_newest_first(case.number), case)
        for case in visible
        if (given.get("includeResolvedCases") or not case.is_resolved)
        and ("caseIdList" not in given or case.id in given["caseIdList"])
        and given.get("displayId") in (None, case.display_id)
        and language in (None, case.form.language)
        and (after is None or case.created >= after)
        and (before is None or case.created <= before)
    ]
    _stop_if_dry(given)
    answer = _PAGES.answer("cases", shown, world, (call.caller.account, call.operation), given)
    talk = given.get("includeCommunications", True)
    return answer | {"cases": [_case(world, case, talk=talk) for case in answer["cases"]]}


def describe_communications(world: World, call: Call, given: Values) -> Values:
    """DescribeCommunications: list the messages of a case, newest first."""
    case = _find(world, call, given)
    after, before = _time(given, "afterTime"), _time(given, "beforeTime")
    shown = [
        said
        for said in case.communications
        if (after is None or said.time >= after) and (before is None or said.time <= before)
    ]
    _stop_if_dry(given)
    return _communications(world, case, shown, given)


def add_communication_to_case(world: World, call: Call, given: Values) -> Values:
    """AddCommunicationToCase: add the customer's message, which may change the status."""
    case = _find(world, call, given)
    _refuse_attachments(given)
    _stop_if_dry(given)
    world.reply(case, given["communicationBody"])
    return {"result": True}


def resolve_case(world: World, call: Call, given: Values) -> Values:
    """ResolveCase: close the case for the customer."""
    case = _find(world, call, given)
    _stop_if_dry(given)
    return {"initialCaseStatus": case.status, "finalCaseStatus": world.resolve(case).status}


def describe_services(world: World, _: Call, given: Values) -> Values:
    """DescribeServices: list what cases can be filed under; names are always in English."""
    _refuse_other_languages(given)
    _stop_if_dry(given)
    wanted = given.get("serviceCodeList")
    services = [service for service in world.settings.services if not wanted or service.code in wanted]
    return {
        "services": [
            {
                "code": service.code,
                "name": service.name,
                "categories": [{"code": one.code, "name": one.name} for one in service.categories],
            }
            for service in services
        ]
    }


def _read_form(given: Values, services: tuple[Service, ...]) -> Form:
    """Return what the customer filled in. Raise AWS's refusal of values that its form does not offer."""
    _refuse_attachments(given)
    if not given["subject"].strip():
        raise _invalid("subject must not be blank")
    filled = {name: given[key] for key, name in _OPTIONAL.items() if key in given}
    cc = tuple(given.get("ccEmailAddresses", ()))
    form = Form(subject=given["subject"], body=given["communicationBody"], cc=cc, **filled)

    pairs = {(service.code, one.code) for service in services for one in service.categories}
    if (form.service_code, form.category_code) not in pairs:
        raise _invalid(f"No service exists for combination of {form.service_code} and {form.category_code}")
    _one_of("severityCode", form.severity_code, SEVERITIES)
    _one_of("issueType", form.issue_type, ISSUE_TYPES)
    _refuse_other_languages({"language": form.language})
    for address in form.cc:
        if "@" not in address:
            raise _invalid(f"ccEmailAddresses: {address} is not an e-mail address")
    return form


def _refuse_other_languages(given: Values) -> None:
    if "language" in given:
        _one_of("language", given["language"], LANGUAGES)


def _refuse_attachments(given: Values) -> None:
    """Refuse attachments: none are emulated, so no client can have a valid id."""
    if "attachmentSetId" in given:
        raise ApiError("AttachmentSetIdNotFound", f"There is no attachment set {given['attachmentSetId']}")
    if given.get("uploadIds"):
        raise _invalid(f"There is no upload {given['uploadIds'][0]}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise _invalid(f"{name} must be one of {', '.join(allowed)}, not {value}")


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _stop_if_dry(given: Values) -> None:
    """Stop a dry run after the checks, with the error by which AWS reports success."""
    if given.get("dryRun"):
        raise ApiError("DryRunOperationException", "The request would have succeeded, but the dryRun flag is set")


def _visible(world: World, call: Call) -> list[Case]:
    """Return the cases that DescribeCases lists: neither expired nor too new."""
    listed_until = world.now - timedelta(seconds=world.settings.listing_delay)
    cases = world.look_at(call.caller.account).cases.values()
    return [case for case in cases if world.now - case.created <= RETENTION and case.created <= listed_until]


def _find(world: World, call: Call, given: Values) -> Case:
    case_id = given.get("caseId", "")
    case = world.look_at(call.caller.account).cases.get(case_id)
    if case is None or world.now - case.created > RETENTION:
        raise _no_such_case(case_id)
    return case


def _no_such_case(case_id: str) -> ApiError:
    return ApiError("CaseIdNotFound", f"The requested caseId {case_id} could not be located.")


def _time(given: Values, name: str) -> datetime | None:
    """Return a time from Support's format; without a zone it is UTC."""
    if name not in given:
        return None
    try:
        # Python 3.10 does not parse the `Z` for UTC.
        time = datetime.fromisoformat(given[name].replace("Z", "+00:00"))
        return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    except ValueError:
        raise ApiError("ValidationException", f"{name} is not an ISO 8601 time") from None


def _written(time: datetime) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S')}.{time.microsecond // 1000:03d}Z"


def _newest_first(number: int) -> str:
    return f"{10**12 - 1 - number:012d}"


def _case(world: World, case: Case, *, talk: bool) -> Values:
    values: Values = {
        "caseId": case.id,
        "displayId": case.display_id,
        "subject": case.subject,
        "status": case.status,
        "serviceCode": case.form.service_code,
        "categoryCode": case.form.category_code,
        "severityCode": case.form.severity_code,
        "submittedBy": case.communications[0].author,
        "timeCreated": _written(case.created),
        "ccEmailAddresses": list(case.form.cc),
        "language": case.form.language,
    }
    if talk:
        # Its token continues in DescribeCommunications.
        recent = {"caseId": case.id, "maxResults": _RECENT}
        values["recentCommunications"] = _communications(world, case, case.communications, recent)
    return values


def _communications(world: World, case: Case, shown: Iterable[Communication], given: Values) -> Values:
    keyed = [(_newest_first(said.number), _communication(case, said)) for said in shown]
    return _PAGES.answer("communications", keyed, world, (case.account, "DescribeCommunications"), given)


def _communication(case: Case, said: Communication) -> Values:
    return {
        "caseId": case.id,
        "body": said.body,
        "submittedBy": said.author,
        "timeCreated": _written(said.time),
        "attachmentSet": [],
    }
