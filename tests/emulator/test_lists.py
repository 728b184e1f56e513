"""Lists in pages, as AWS documents them and as awkward as a client must expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.conftest import CASE, EU, Aws, code_of
from emulator.wire import ask, call

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedicated_ip_provider.emulator import RunningEmulator
    from dedicated_ip_provider.emulator.values import DisplayId


def file_cases(emulator: RunningEmulator, count: int) -> list[DisplayId]:
    """File cases, and return their numbers, newest first."""
    return [emulator.file_by_hand("s", "b") for _ in range(count)][::-1]


def pages(operation: Callable[..., Any], name: str, member: str, token: str, **parameters: object) -> list[list[Any]]:
    """List everything by hand, page by page."""
    found: list[list[Any]] = []
    while True:
        answer = operation(**parameters)
        found.append([one[member] for one in answer[name]])
        if token not in answer:
            return found
        parameters[token] = answer[token]


def numbers(aws: Aws, **parameters: int) -> list[list[str]]:
    """List all cases, page by page."""
    return pages(aws.support.describe_cases, "cases", "displayId", "nextToken", **parameters)


def ips(aws: Aws, size: int) -> list[list[str]]:
    """List all addresses, page by page."""
    return pages(aws.sesv2.get_dedicated_ips, "DedicatedIps", "Ip", "NextToken", PageSize=size)


def test_cases_come_in_pages_newest_first(emulator: RunningEmulator, aws: Aws) -> None:
    """A page has 10 cases unless the client says otherwise, at most 100; boto3's own paginators work."""
    cases = file_cases(emulator, 25)

    assert [cases[:10], cases[10:20], cases[20:]] == numbers(aws)
    assert [cases[:20], cases[20:]] == numbers(aws, maxResults=20)
    assert [cases] == numbers(aws, maxResults=25)
    for size in (9, 101):
        assert "ValidationException" == code_of(aws.support.describe_cases, maxResults=size)
    first = aws.support.describe_cases()
    file_cases(emulator, 3)
    # A token points at a case and not at a position.
    second = aws.support.describe_cases(nextToken=first["nextToken"])
    assert cases[10:20] == [case["displayId"] for case in second["cases"]]
    for number in range(12):
        emulator.reply(cases[0], str(number))
    paginator = aws.support.get_paginator("describe_communications")
    found = paginator.paginate(caseId=emulator.case(cases[0]).id)
    assert 13 == sum(len(page["communications"]) for page in found)


def test_addresses_pools_and_quotas_come_in_pages(emulator: RunningEmulator, aws: Aws) -> None:
    """The lists of SES and Service Quotas have tokens, too."""
    leased = list(emulator.lease(EU, 12))
    for name in ("b", "a", "c"):
        aws.sesv2.create_dedicated_ip_pool(PoolName=name)

    assert [leased[:5], leased[5:10], leased[10:]] == ips(aws, 5)
    first = aws.sesv2.list_dedicated_ip_pools(PageSize=2)
    second = aws.sesv2.list_dedicated_ip_pools(PageSize=2, NextToken=first["NextToken"])
    assert ["a", "b"] == first["DedicatedIpPools"]
    assert ["c", "ses-default-dedicated-pool"] == second["DedicatedIpPools"]
    listed = {"ServiceCode": "ses", "MaxResults": 1}
    assert [["Sending quota"], ["Sending rate"]] == pages(
        aws.quotas.list_service_quotas, "Quotas", "QuotaName", "NextToken", **listed
    )
    assert "InvalidPaginationTokenException" == code_of(aws.quotas.list_service_quotas, **listed, NextToken="another")


def test_a_token_is_valid_for_its_own_list_only(emulator: RunningEmulator, aws: Aws) -> None:
    """A token of another list, a broken one and an expired one are refused."""
    emulator.change(hourly_case_limit=None)
    file_cases(emulator, 11)
    emulator.lease(EU, 2)
    token = aws.support.describe_cases()["nextToken"]
    ses_token = aws.sesv2.get_dedicated_ips(PageSize=1)["NextToken"]

    invalid = "ValidationException"
    assert invalid == code_of(aws.support.describe_cases, nextToken=token, includeResolvedCases=True)
    assert invalid == code_of(aws.support.describe_cases, nextToken=ses_token)
    assert "BadRequestException" == code_of(aws.sesv2.get_dedicated_ips, NextToken=token)
    assert "BadRequestException" == code_of(aws.sesv2.list_dedicated_ip_pools, NextToken=ses_token)
    for broken in ("garbage", "WzFd", "\ud800", "bnVsbA=="):
        assert invalid == code_of(aws.support.describe_cases, nextToken=broken)
    emulator.change(token_life=60)
    assert 1 == len(aws.support.describe_cases(nextToken=token)["cases"])
    emulator.advance(60)
    assert invalid == code_of(aws.support.describe_cases, nextToken=token)
    emulator.change(token_life=0)
    assert invalid == code_of(aws.support.describe_cases, nextToken=aws.support.describe_cases()["nextToken"])


def test_lists_may_be_in_no_order_or_repeat_items(emulator: RunningEmulator, aws: Aws) -> None:
    """A shuffled list has a stable order; with repeated items, a page begins with the last one of the page before."""
    emulator.change(shuffled_lists=True)
    cases = file_cases(emulator, 25)
    leased = emulator.lease(EU, 12)

    listed = [case for page in numbers(aws) for case in page]

    assert cases != listed
    assert sorted(cases) == sorted(listed)
    assert listed == [case for page in numbers(aws) for case in page]
    assert sorted(leased) == sorted(ip for page in ips(aws, 5) for ip in page)
    emulator.change(shuffled_lists=False, repeated_items=True)
    assert [[*leased[:7]], [*leased[6:]]] == ips(aws, 7)
    assert [[*leased[:6]], [*leased[5:]]] == ips(aws, 6)


def test_answers_can_have_unknown_fields(emulator: RunningEmulator, aws: Aws) -> None:
    """Fields that are in no model appear on every level; botocore leaves them out."""
    aws.support.create_case(**CASE)
    known = aws.support.describe_cases()["cases"]
    emulator.change(extra_fields=True)

    raw = ask(emulator, call("DescribeCases")).json

    assert {"is": ["new"]} == raw["fieldOfTomorrow"] == raw["cases"][0]["fieldOfTomorrow"]
    assert known == aws.support.describe_cases()["cases"]
