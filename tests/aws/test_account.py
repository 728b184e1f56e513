"""One account: who it is, its addresses, and that a part's fault stays its own."""

from __future__ import annotations

from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from support.bags import REGION
from way_in import AT_ONCE, NOON

from aws.written import file
from dedicated_ip_provider.aws import Accounts
from dedicated_ip_provider.config import Codes, StackConfig
from dedicated_ip_provider.errors import LeaseError, Refused, Unreachable
from dedicated_ip_provider.lease.model import DedicatedIp

if TYPE_CHECKING:
    from way_in import WaysIn

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import RunningEmulator

ACCOUNT = "111122223333"
OTHERS = "222233334444"
VIRGINIA = "us-east-1"
DEFAULT_POOL = "ses-default-dedicated-pool"
ROLE = "arn:aws:iam::111122223333:role/mail"
PLANNED = {
    "serviceCode": "service-limit-increase",
    "categoryCode": "ses-dedicated-ip",
    "issueType": "customer-service",
    "severityCode": "low",
}


# Who we are.


def test_the_account_is_asked_for_its_id_once(emulator: RunningEmulator, account: Account) -> None:
    """All leases of a run share the answer, in whatever thread they are."""
    with ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(lambda _: account.id, range(8)))

    assert ({ACCOUNT}, 1) == (ids, len(emulator.calls("GetCallerIdentity")))


@pytest.mark.parametrize(
    ("config", "option"),
    [
        (StackConfig(), None),
        (StackConfig(allowed_accounts=(OTHERS, ACCOUNT)), None),
        (StackConfig(forbidden_accounts=(OTHERS,)), None),
        (StackConfig(allowed_accounts=(ACCOUNT,), forbidden_accounts=(OTHERS,)), None),
        (StackConfig(allowed_accounts=(OTHERS,)), "aws:allowedAccountIds"),
        (StackConfig(forbidden_accounts=(ACCOUNT,)), "aws:forbiddenAccountIds"),
        (StackConfig(allowed_accounts=(ACCOUNT,), forbidden_accounts=(ACCOUNT,)), "aws:forbiddenAccountIds"),
    ],
)
@pytest.mark.usefixtures("emulator")
def test_an_account_that_the_stack_does_not_allow_is_refused(
    ways: WaysIn, config: StackConfig, option: str | None
) -> None:
    """Wrong credentials are named by where they lead, with the option that says no; asked again, it says the same."""
    account = ways.account(config)
    if option is None:
        assert ACCOUNT == account.id
        return
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            account.id  # noqa: B018 - asks AWS

        assert (
            f"The credentials lead to account {ACCOUNT}, which {option} of this stack does not allow.\n"
            "Nothing was filed. Use other credentials, or change the stack's configuration."
        ) == str(refusal.value)


@pytest.mark.parametrize("said", ["", "12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_an_account_id_that_is_none_is_an_answer_of_somebody_else(account: Account, said: str) -> None:
    """An account has 12 digits: anything else was not said by AWS, and guards nothing."""
    with Stubber(account.session.sts) as stub:
        stub.add_response("get_caller_identity", {"Account": said})
        with pytest.raises(Unreachable) as error:
            account.id  # noqa: B018 - asks AWS

    assert f"AWS says that the account is {said!r}, which is not an account id." == error.value.what


# One part's fault stays its own.


@pytest.fixture
def accounts(emulator: RunningEmulator) -> Accounts:
    """The accounts of a run."""
    return Accounts(StackConfig(), lambda: emulator.now, AT_ONCE)


def test_leases_with_the_same_way_in_share_an_account() -> None:
    """The Region does not matter within a partition: who we are is the same everywhere there."""
    accounts = Accounts(StackConfig(), lambda: NOON)
    one = accounts.get(REGION, None, None)

    assert one is accounts.get(VIRGINIA, None, None)
    assert 4 == len(
        {
            one,
            accounts.get(REGION, "own", None),
            accounts.get(REGION, "own", ROLE),
            accounts.get("cn-north-1", None, None),
        }
    )


@pytest.mark.parametrize("first", [REGION, VIRGINIA])
def test_what_is_asked_once_depends_on_no_leases_region(
    emulator: RunningEmulator, accounts: Accounts, first: str
) -> None:
    """A Region that is not enabled fails its own lease, even where that lease came first."""
    emulator.change(disabled_regions=(REGION,))
    account = accounts.get(first, None, None)

    with pytest.raises(Refused, match=rf"^AWS refused ses:GetDedicatedIps \({REGION}\): "):
        account.addresses(REGION)

    assert (ACCOUNT, PLANNED, (), ()) == (account.id, account.codes(), account.cases(), account.addresses(VIRGINIA))
    once = ("GetCallerIdentity", "DescribeServices", "DescribeCases")
    assert {VIRGINIA} == {entry.region for entry in emulator.log if entry.operation in once}


@pytest.mark.parametrize("fault", ["throttling", "unavailable", "reset", "half-body", "access-denied"])
def test_a_region_that_is_out_of_reach_fails_its_own_lease(
    emulator: RunningEmulator, account: Account, fault: str
) -> None:
    """The others go on; the one that fails is named with the operation."""
    emulator.fault(fault, operation="GetDedicatedIps", region=REGION, times=None)

    with pytest.raises(LeaseError, match=rf"ses:GetDedicatedIps \({REGION}\)"):
        account.addresses(REGION)

    assert () == account.addresses(VIRGINIA)


@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("GetCallerIdentity", lambda account: account.id),
        ("DescribeServices", lambda account: account.codes()),
        ("DescribeCases", lambda account: account.cases()),
    ],
    ids=["identity", "codes", "cases"],
)
def test_a_question_that_failed_is_asked_again_for_the_next_lease(
    emulator: RunningEmulator, account: Account, operation: str, ask: Any
) -> None:
    """A fault that is over by then stays the first one's."""
    emulator.fault("access-denied", operation=operation)
    with pytest.raises(Refused):
        ask(account)

    assert ask(account) == ask(account)
    assert 2 == len(emulator.calls(operation))


def test_one_lease_of_a_region_at_a_time_may_file(account: Account) -> None:
    """Who has the turn may take it again, and another Region has its own; the others wait until it is given up."""
    with ThreadPoolExecutor(1) as thread:
        with account.turn(REGION), account.turn(REGION):
            assert thread.submit(_take, account, VIRGINIA).result(timeout=600)
            waiting = thread.submit(_take, account, REGION)
            with pytest.raises(futures.TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result(timeout=600)


def _take(account: Account, region: str) -> bool:
    with account.turn(region):
        return True


# How a case is classified.


def test_codes_are_asked_for_once(emulator: RunningEmulator, account: Account) -> None:
    """They are the same for all cases of a run."""
    assert PLANNED == account.codes() == account.codes()
    assert ["en"] == [call.parameters["language"] for call in emulator.calls("DescribeServices")]


def test_codes_that_are_set_are_not_asked_for(emulator: RunningEmulator, ways: WaysIn) -> None:
    """With both set, AWS's list does not matter."""
    codes = ways.account(StackConfig(codes=Codes(service="general-info", category="using-aws"))).codes()

    assert ("general-info", "using-aws", ()) == (codes["serviceCode"], codes["categoryCode"], emulator.log)


# Addresses.


def stubbed(account: Account, *pages: dict[str, Any]) -> tuple[DedicatedIp, ...]:
    """Return the addresses that an account finds in these answers."""
    with Stubber(account.session.ses(REGION)) as stub:
        asked: dict[str, str] = {}
        for page in pages:
            stub.add_response("get_dedicated_ips", page, asked)
            asked = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
        return account.addresses(REGION)


@pytest.mark.usefixtures("emulator")
def test_addresses_are_read_page_by_page(account: Account) -> None:
    """boto3 has no paginator here: each page is asked for with the token of the one before."""
    item = {"WarmupStatus": "IN_PROGRESS", "WarmupPercentage": 7, "PoolName": "news"}
    found = stubbed(
        account,
        {"DedicatedIps": [{"Ip": "192.0.2.2", **item}], "NextToken": "a"},
        {"DedicatedIps": [], "NextToken": "b"},
        {"DedicatedIps": [{"Ip": "192.0.2.1", "WarmupStatus": "DONE", "WarmupPercentage": 100}]},
    )

    assert (
        DedicatedIp(ip="192.0.2.2", pool="news", warmup_percentage=7, managed=False),
        DedicatedIp(ip="192.0.2.1", pool=None, warmup_percentage=100, managed=False, warmed=True),
    ) == found


@pytest.mark.usefixtures("emulator")
def test_a_page_that_leads_back_ends_the_reading(account: Account) -> None:
    """A token that was had before would go round for ever, and its pages may lack addresses."""
    with pytest.raises(Unreachable) as error:
        stubbed(account, *({"DedicatedIps": [], "NextToken": token} for token in ("a", "b", "a")))

    assert (
        "AWS's answer to ses:GetDedicatedIps (eu-west-1) was cut off: 'the page after a' is missing."
        == error.value.what
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"DedicatedIps": [{"Ip": "192.0.2.1"}]}, ["192.0.2.1"]),
        ({"DedicatedIps": []}, []),
        ({}, None),
        ({"DedicatedIps": [{"WarmupStatus": "DONE"}]}, None),
        ({"DedicatedIps": [{"Ip": 5}]}, None),
        ({"DedicatedIps": [{"Ip": "192.0.2.1", "WarmupPercentage": "half"}]}, None),
    ],
    ids=["an address alone", "an empty list", "no list", "no address", "a number", "no percentage"],
)
def test_only_the_list_and_its_addresses_are_required(
    account: Account, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], expected: list[str] | None
) -> None:
    """What is missing there must never read as "no addresses": they would all count as gone."""
    monkeypatch.setattr(account.session.ses(REGION), "get_dedicated_ips", lambda: answer)
    if expected is None:
        with pytest.raises(Unreachable):
            account.addresses(REGION)
    else:
        assert expected == [address.ip for address in account.addresses(REGION)]


@pytest.mark.parametrize("odd", [{}, {"shuffled_lists": True}, {"repeated_items": True}, {"extra_fields": True}])
def test_every_address_is_listed_once(emulator: RunningEmulator, account: Account, odd: dict[str, bool]) -> None:
    """Whatever the order of the pages, and whatever is in two of them."""
    leased = emulator.lease(REGION, 45)
    emulator.change(**odd)

    found = [address.ip for address in account.addresses(REGION)]

    assert (sorted(leased), 5) == (sorted(found), len(emulator.calls("GetDedicatedIps")))


def test_managed_addresses_are_told_from_leased_ones(emulator: RunningEmulator, account: Account) -> None:
    """SES leases and releases the addresses of its managed pools itself."""
    (leased,) = emulator.lease(REGION, 1)
    (managed,) = emulator.add_managed(REGION, 1)

    assert {(leased, DEFAULT_POOL, False), (managed, "managed", True)} == {
        (address.ip, address.pool, address.managed) for address in account.addresses(REGION)
    }


def test_each_region_has_its_own_addresses(emulator: RunningEmulator, account: Account) -> None:
    """What is leased in one Region is not there in another."""
    emulator.lease(VIRGINIA, 2)

    assert [0, 2] == [len(account.addresses(region)) for region in (REGION, VIRGINIA)]


# The hourly limit.


def test_the_hourly_limit_says_when_to_run_again(emulator: RunningEmulator, account: Account) -> None:
    """AWS takes ten new cases an hour: the oldest of the latest ten says when the next one is taken."""
    for _ in range(10):
        emulator.file_by_hand("A question", "How do I ...?")
        emulator.advance(60)
    account.cases()

    with pytest.raises(Refused) as refusal:
        file(account)

    assert (
        f"AWS accepts 10 new cases an hour, and account {ACCOUNT} has reached that limit.\n"
        "Nothing was filed. Run the same command again after 13:00 UTC: it continues where it stopped."
    ) == str(refusal.value)


@pytest.mark.parametrize("time", ["", "lately", "2026-13-40T25:00:00.000Z"])
def test_the_hourly_limit_without_known_times_says_in_an_hour(
    emulator: RunningEmulator, account: Account, time: str
) -> None:
    """Where it is not known when the account's cases were filed, an hour is always enough."""
    with Stubber(account.session.support) as stub:
        cases = [{"caseId": f"case-{number}", "timeCreated": time} for number in range(10)]
        stub.add_response("describe_cases", {"cases": cases})
        assert () == account.filing_times()
    emulator.fault("error", operation="CreateCase", code="CaseCreationLimitExceeded", status=400)

    with pytest.raises(Refused) as refusal:
        file(account)

    assert "Nothing was filed. Run the same command again in an hour: it continues where it stopped." == (
        refusal.value.next_step
    )
