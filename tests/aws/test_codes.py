"""How a case is classified: which of the codes that AWS lists are taken."""

from __future__ import annotations

from typing import Any

import pytest

from dedicated_ip_provider.aws.codes import pick_codes
from dedicated_ip_provider.config import Codes
from dedicated_ip_provider.errors import Refused


def service(code: str, **categories: str) -> dict[str, Any]:
    """Return a service as DescribeServices lists it."""
    listed = [{"code": code.replace("_", "-"), "name": name} for code, name in categories.items()]
    return {"code": code, "name": code, "categories": listed}


SES = service("service-ses", dedicated="Dedicated", other="Other")
LIMITS = "service-limit-increase"


@pytest.mark.parametrize(
    ("services", "wanted", "expected", "reason"),
    [
        (
            [SES, service(LIMITS, a="Pinpoint Email", b="SES Dedicated IP")],
            Codes(),
            (LIMITS, "b"),
            "the category for dedicated IPs comes first",
        ),
        ([service(LIMITS, a=" ses dedicated ip ")], Codes(), (LIMITS, "a"), "spelling does not matter"),
        (
            [service(LIMITS, a="SES Sending Limits", b="Pinpoint Email")],
            Codes(),
            (LIMITS, "b"),
            "then the category of the Pinpoint procedure",
        ),
        (
            [service(LIMITS, a="EC2 Instances", b="SES Sending Limits")],
            Codes(),
            (LIMITS, "b"),
            "then one of SES under limit increases",
        ),
        (
            [service(LIMITS, a="Simple Email Service")],
            Codes(),
            (LIMITS, "a"),
            "by its long name too",
        ),
        (
            [service("general", a="SES Dedicated IP"), service(LIMITS, a="SES")],
            Codes(service=LIMITS),
            (LIMITS, "a"),
            "a service that is set is the only one that is looked through",
        ),
        (
            [SES, service(LIMITS, b="SES Dedicated IP")],
            Codes(category="other"),
            ("service-ses", "other"),
            "a category that is set is found with its service",
        ),
        ([], Codes(service="s", category="c"), ("s", "c"), "what is set is taken at its word"),
        (
            [
                {},
                {"code": "odd"},
                {"code": "odd", "categories": [{}, {"code": "x"}]},
                service(LIMITS, a="SES Dedicated IP"),
            ],
            Codes(),
            (LIMITS, "a"),
            "an odd service of somebody else's blocks nobody",
        ),
    ],
)
def test_codes_are_found_by_name(
    services: list[dict[str, Any]], wanted: Codes, expected: tuple[str, str], reason: str
) -> None:
    """AWS's codes are never guessed: they are looked up by the names that AWS's guides use."""
    codes = pick_codes(services, wanted)

    assert expected == (codes["serviceCode"], codes["categoryCode"]), reason


def test_type_and_severity_are_as_set() -> None:
    """They have defaults that AWS lists for every account."""
    assert ["customer-service", "low"] == list(pick_codes([], Codes(service="s", category="c")).values())[2:]
    set_by_user = Codes(service="s", category="c", issue_type="technical", severity="normal")
    assert ["technical", "normal"] == list(pick_codes([], set_by_user).values())[2:]


@pytest.mark.parametrize(
    ("services", "wanted", "candidates"),
    [
        ([], Codes(), "nothing about mail or limits"),
        ([service("ec2", a="Instances")], Codes(), "nothing about mail or limits"),
        # A part of a name is no name: "SES" is in "Assessments".
        ([service(LIMITS, a="Assessments")], Codes(), f"{LIMITS}/a (Assessments)"),
        (
            [service("ec2", a="Instances"), SES, service(LIMITS, c="AMIs")],
            Codes(),
            f"service-ses/dedicated (Dedicated), service-ses/other (Other), {LIMITS}/c (AMIs)",
        ),
    ],
)
def test_without_a_known_name_the_candidates_are_listed(
    services: list[dict[str, Any]], wanted: Codes, candidates: str
) -> None:
    """The user chooses, with the two settings that the message names."""
    with pytest.raises(Refused) as refusal:
        pick_codes(services, wanted)

    assert (
        "AWS lists no support category for dedicated IP addresses under a known name; it lists "
        f"{candidates}.\n"
        "Nothing was filed. Choose with `pulumi config set dedicatedip:serviceCode` and `dedicatedip:categoryCode`."
    ) == str(refusal.value)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (
            Codes(category="b"),
            (
                "`dedicatedip:categoryCode` is b, which AWS does not list.\n"
                f"Nothing was filed. Correct it: AWS lists {LIMITS}/a (SES Dedicated IP)."
            ),
        ),
        (
            Codes(service="s"),
            (
                "`dedicatedip:serviceCode` is s, which AWS does not list.\n"
                f"Nothing was filed. Correct it: AWS lists {LIMITS}/a (SES Dedicated IP)."
            ),
        ),
        (
            Codes(category="other"),
            (
                "`dedicatedip:categoryCode` is other, which several services have: ec2, general.\n"
                "Nothing was filed. Choose one with `pulumi config set dedicatedip:serviceCode`."
            ),
        ),
    ],
)
def test_a_code_that_is_set_is_listed_once(wanted: Codes, refusal: str) -> None:
    """A misspelt or an ambiguous one is refused by its name, and none is guessed."""
    services = [service("ec2", other="Other"), service("general", other="Other"), service(LIMITS, a="SES Dedicated IP")]

    with pytest.raises(Refused) as raised:
        pick_codes(services, wanted)

    assert refusal == str(raised.value)
