"""How a case is classified: which of the codes that AWS lists are chosen."""

from __future__ import annotations

from typing import Any

import pytest
from support.tables import table

from dedicated_ip_provider.aws.codes import pick_codes
from dedicated_ip_provider.config import Codes
from dedicated_ip_provider.errors import Refused

Services = list[dict[str, Any]]


def service(code: str, **categories: str) -> dict[str, Any]:
    """Return a service as DescribeServices lists it."""
    listed = [{"code": code.replace("_", "-"), "name": name} for code, name in categories.items()]
    return {"code": code, "name": code, "categories": listed}


SES = service("service-ses", dedicated="Dedicated", other="Other")
LIMITS = "service-limit-increase"
ODD: Services = [{}, {"code": "odd"}, {"code": "odd", "categories": [{}, {"code": "x"}]}]
FOUND: list[tuple[str, Services, Codes, tuple[str, str]]] = [
    ("the category for dedicated IPs comes first", [SES, service(LIMITS, a="Pinpoint Email", b="SES Dedicated IP")], Codes(), (LIMITS, "b")),
    ("case and spaces do not matter", [service(LIMITS, a=" ses dedicated ip ")], Codes(), (LIMITS, "a")),
    ("then the category of the Pinpoint procedure", [service(LIMITS, a="SES Sending Limits", b="Pinpoint Email")], Codes(), (LIMITS, "b")),
    ("then one of SES under limit increases", [service(LIMITS, a="EC2 Instances", b="SES Sending Limits")], Codes(), (LIMITS, "b")),
    ("by its long name, too", [service(LIMITS, a="Simple Email Service")], Codes(), (LIMITS, "a")),
    ("if the service is set, no other is searched", [service("general", a="SES Dedicated IP"), service(LIMITS, a="SES")], Codes(service=LIMITS), (LIMITS, "a")),
    ("if the category is set, its service is found", [SES, service(LIMITS, b="SES Dedicated IP")], Codes(category="other"), ("service-ses", "other")),
    ("if both are set, they are used as they are", [], Codes(service="s", category="c"), ("s", "c")),
    ("a malformed service is skipped", [*ODD, service(LIMITS, a="SES Dedicated IP")], Codes(), (LIMITS, "a")),
]  # fmt: skip


@table("reason, services, wanted, expected", FOUND)
def test_codes_are_found_by_name(reason: str, services: Services, wanted: Codes, expected: tuple[str, str]) -> None:
    """They are never guessed, but looked up by the names that AWS's guides use."""
    codes = pick_codes(services, wanted)

    assert expected == (codes["serviceCode"], codes["categoryCode"]), reason


def test_type_and_severity_are_as_set() -> None:
    """Their defaults are valid in every account."""
    assert ["customer-service", "low"] == list(pick_codes([], Codes(service="s", category="c")).values())[2:]
    set_by_user = Codes(service="s", category="c", issue_type="technical", severity="normal")
    assert ["technical", "normal"] == list(pick_codes([], set_by_user).values())[2:]


NONE = "nothing about mail or limits"
EC2 = service("ec2", a="Instances")
CANDIDATES: list[tuple[str, Services, Codes, str]] = [
    ("an empty list", [], Codes(), NONE),
    ("another service", [EC2], Codes(), NONE),
    ("SES only as part of a word", [service(LIMITS, a="Assessments")], Codes(), f"{LIMITS}/a (Assessments)"),
    ("several", [EC2, SES, service(LIMITS, c="AMIs")], Codes(), f"service-ses/dedicated (Dedicated), service-ses/other (Other), {LIMITS}/c (AMIs)"),
]  # fmt: skip


@table("reason, services, wanted, candidates", CANDIDATES)
def test_without_a_known_name_the_candidates_are_listed(
    reason: str, services: Services, wanted: Codes, candidates: str
) -> None:
    """The user chooses one with the two settings that the message names."""
    with pytest.raises(Refused) as refusal:
        pick_codes(services, wanted)

    assert (
        "AWS lists no support category for dedicated IP addresses under a known name; it lists "
        f"{candidates}.\n"
        "Nothing was filed. Choose with `pulumi config set dedicatedip:serviceCode` and `dedicatedip:categoryCode`."
    ) == str(refusal.value), reason


LISTED = [service("ec2", other="Other"), service("general", other="Other"), service(LIMITS, a="SES Dedicated IP")]
WRONG = [
    ("an unknown category", Codes(category="b"), f"`dedicatedip:categoryCode` is b, which AWS does not list.\nNothing was filed. Correct it: AWS lists {LIMITS}/a (SES Dedicated IP)."),
    ("an unknown service", Codes(service="s"), f"`dedicatedip:serviceCode` is s, which AWS does not list.\nNothing was filed. Correct it: AWS lists {LIMITS}/a (SES Dedicated IP)."),
    ("a category of several services", Codes(category="other"), "`dedicatedip:categoryCode` is other, which several services have: ec2, general.\nNothing was filed. Choose one with `pulumi config set dedicatedip:serviceCode`."),
]  # fmt: skip


@table("reason, wanted, refusal", WRONG)
def test_a_code_that_is_set_is_listed_once(reason: str, wanted: Codes, refusal: str) -> None:
    """A wrong or ambiguous one is refused by name, and none is guessed."""
    with pytest.raises(Refused) as raised:
        pick_codes(LISTED, wanted)

    assert refusal == str(raised.value), reason
