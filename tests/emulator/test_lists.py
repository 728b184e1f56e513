"""Lists in pages, as they ought to be and as unhelpful as a client must be ready for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.test_support_api import code_of

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator
    from dedicated_ip_provider.emulator.values import DisplayId
    from emulator.conftest import Aws


def file_cases(emulator: RunningEmulator, count: int) -> list[DisplayId]:
    """File cases, and name them newest first."""
    return [emulator.file_by_hand("s", "b") for _ in range(count)][::-1]


def subjects(aws: Aws, **parameters: int) -> list[list[str]]:
    """List all cases by hand, page by page."""
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        answer = aws.support.describe_cases(**parameters, **token)  # type: ignore[arg-type]  # numbers and a token
        pages.append([case["displayId"] for case in answer["cases"]])
        if "nextToken" not in answer:
            return pages
        token = {"nextToken": answer["nextToken"]}


def ips(aws: Aws, size: int) -> list[list[str]]:
    """List all addresses by hand, page by page."""
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        answer = aws.sesv2.get_dedicated_ips(PageSize=size, **token)
        pages.append([one["Ip"] for one in answer["DedicatedIps"]])
        if "NextToken" not in answer:
            return pages
        token = {"NextToken": answer["NextToken"]}


def test_cases_come_in_pages_newest_first(emulator: RunningEmulator, aws: Aws) -> None:
    """Pages have 10 cases unless the client says otherwise; the last one has no token."""
    cases = file_cases(emulator, 25)

    assert [cases[:10], cases[10:20], cases[20:]] == subjects(aws)
    assert [cases[:20], cases[20:]] == subjects(aws, maxResults=20)
    assert [cases] == subjects(aws, maxResults=25)


def test_boto3s_own_paginators_work(emulator: RunningEmulator, aws: Aws) -> None:
    """DescribeCases and DescribeCommunications can be paged by the client itself."""
    (case,) = file_cases(emulator, 1)
    for number in range(12):
        emulator.reply(case, str(number))

    pages = aws.support.get_paginator("describe_communications").paginate(caseId=emulator.case(case).id)

    assert 13 == sum(len(page["communications"]) for page in pages)


def test_a_page_has_10_to_100_cases(aws: Aws) -> None:
    """AWS has bounds for a page of cases."""
    for size in (9, 101):
        assert "ValidationException" == code_of(aws.support.describe_cases, maxResults=size)


def test_addresses_and_pools_come_in_pages(emulator: RunningEmulator, aws: Aws) -> None:
    """SES's lists have tokens, too."""
    leased = list(emulator.lease("eu-west-1", 12))
    for name in ("b", "a", "c"):
        aws.sesv2.create_dedicated_ip_pool(PoolName=name)

    assert [leased[:5], leased[5:10], leased[10:]] == ips(aws, 5)
    first = aws.sesv2.list_dedicated_ip_pools(PageSize=2)
    second = aws.sesv2.list_dedicated_ip_pools(PageSize=2, NextToken=first["NextToken"])
    assert (["a", "b"], ["c", "ses-default-dedicated-pool"]) == (
        first["DedicatedIpPools"],
        second["DedicatedIpPools"],
    )


def test_a_new_case_between_two_pages_shifts_nothing(emulator: RunningEmulator, aws: Aws) -> None:
    """A token points at a case and not at a position."""
    cases = file_cases(emulator, 15)
    first = aws.support.describe_cases()
    file_cases(emulator, 3)

    second = aws.support.describe_cases(nextToken=first["nextToken"])

    assert cases[10:] == [case["displayId"] for case in second["cases"]]


def test_a_token_is_good_for_its_own_list_only(emulator: RunningEmulator, aws: Aws) -> None:
    """A token of another list, a broken one and an expired one are refused."""
    emulator.change(hourly_case_limit=None)
    file_cases(emulator, 11)
    emulator.lease("eu-west-1", 2)
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


def test_a_token_can_have_expired_at_once(emulator: RunningEmulator, aws: Aws) -> None:
    """With a life of no seconds, no second page is ever to be had."""
    file_cases(emulator, 11)
    emulator.change(token_life=0)

    token = aws.support.describe_cases()["nextToken"]

    assert "ValidationException" == code_of(aws.support.describe_cases, nextToken=token)


def test_lists_may_come_in_no_order(emulator: RunningEmulator, aws: Aws) -> None:
    """Shuffled lists have every item once, in an order that means nothing and stays the same."""
    emulator.change(shuffled_lists=True)
    cases = file_cases(emulator, 25)
    leased = emulator.lease("eu-west-1", 12)

    listed = [case for page in subjects(aws) for case in page]

    assert cases != listed
    assert sorted(cases) == sorted(listed)
    assert listed == [case for page in subjects(aws) for case in page]
    assert sorted(leased) == sorted(ip for page in ips(aws, 5) for ip in page)


def test_pages_may_repeat_items(emulator: RunningEmulator, aws: Aws) -> None:
    """With repeated items, a page begins with the last one of the page before; the list still ends."""
    emulator.change(repeated_items=True)
    leased = list(emulator.lease("eu-west-1", 3))

    assert [leased[:1], leased[:2], leased[1:]] == ips(aws, 1)
    assert [leased[:2], leased[1:]] == ips(aws, 2)
