"""What CreateCase accepts: the fields of the form, and what may stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.case import Form
from dedicated_ip_provider.emulator.catalogue import LANGUAGES
from dedicated_ip_provider.emulator.errors import ApiError

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.catalogue import Service
    from dedicated_ip_provider.emulator.protocol import Values

SEVERITIES = ("low", "normal", "high", "urgent", "critical")
ISSUE_TYPES = ("customer-service", "technical", "service-limit-increase")

_OPTIONAL = {
    "serviceCode": "service_code",
    "categoryCode": "category_code",
    "severityCode": "severity_code",
    "issueType": "issue_type",
    "language": "language",
}


def read_form(given: Values, services: tuple[Service, ...]) -> Form:
    """Read what the customer filled in; what AWS's form does not offer is refused."""
    refuse_attachments(given)
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
    refuse_other_languages({"language": form.language})
    for address in form.cc:
        if "@" not in address:
            raise _invalid(f"ccEmailAddresses: {address} is no e-mail address")
    return form


def refuse_other_languages(given: Values) -> None:
    """Refuse a language that AWS Support does not speak."""
    if "language" in given:
        _one_of("language", given["language"], LANGUAGES)


def refuse_attachments(given: Values) -> None:
    """Refuse whatever is attached: the emulator takes no attachments, so no client can have the id of any."""
    if "attachmentSetId" in given:
        raise ApiError("AttachmentSetIdNotFound", f"There is no attachment set {given['attachmentSetId']}")
    if given.get("uploadIds"):
        raise _invalid(f"There is no upload {given['uploadIds'][0]}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise _invalid(f"{name} must be one of {', '.join(allowed)}, not {value}")


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)
