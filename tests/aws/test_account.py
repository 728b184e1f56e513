"""One account: its id, its addresses, and what its leases share."""

from __future__ import annotations

from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from support.bags import REGION
from support.tables import table
from way_in import AT_ONCE, NOON

from aws.written import file
from dedicated_ip_provider.aws import Accounts
from dedicated_ip_provider.config import Codes, StackConfig
from dedicated_ip_provider.errors import LeaseError, Refused, Unreachable
from dedicated_ip_provider.lease.model import DedicatedIp

if TYPE_CHECKING:
    from collections.abc import Callable

    from way_in import WaysIn

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import RunningEmulator

ACCOUNT = "111122223333"
OTHERS = "222233334444"
VIRGINIA = "us-east-1"
DEFAULT_POOL = "ses-default-dedicated-pool"
ROLE = "arn:aws:iam::111122223333:role/mail"
CODES = {
    "serviceCode": "service-limit-increase",
    "categoryCode": "ses-dedicated-ip",
    "issueType": "customer-service",
    "severityCode": "low",
}


# Which account it is.

GUARDS = [
    ("no option", StackConfig(), None),
    ("allowed", StackConfig(allowed_accounts=(OTHERS, ACCOUNT)), None),
    ("another one is forbidden", StackConfig(forbidden_accounts=(OTHERS,)), None),
    ("allowed, and another one forbidden", StackConfig(allowed_accounts=(ACCOUNT,), forbidden_accounts=(OTHERS,)), None),
    ("another one is allowed", StackConfig(allowed_accounts=(OTHERS,)), "aws:allowedAccountIds"),
    ("forbidden", StackConfig(forbidden_accounts=(ACCOUNT,)), "aws:forbiddenAccountIds"),
    ("allowed and forbidden", StackConfig(allowed_accounts=(ACCOUNT,), forbidden_accounts=(ACCOUNT,)), "aws:forbiddenAccountIds"),
]  # fmt: skip


@table("reason, config, option", GUARDS)
@pytest.mark.usefixtures("emulator")
def test_an_account_that_the_stack_does_not_allow_is_refused(
    reason: str, ways: WaysIn, config: StackConfig, option: str | None
) -> None:
    """The error names the account and the option, each time that the account is used."""
    account = ways.account(config)
    if option is None:
        assert ACCOUNT == account.id, reason
        return
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            account.id  # noqa: B018 - asks AWS

        assert (
            f"The credentials lead to account {ACCOUNT}, which {option} of this stack does not allow.\n"
            "Nothing was filed. Use other credentials, or change the stack's configuration."
        ) == str(refusal.value), reason


@pytest.mark.parametrize("said", ["", "12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_an_account_id_has_twelve_digits(account: Account, said: str) -> None:
    """Anything else did not come from AWS."""
    with Stubber(account.session.sts) as stub:
        stub.add_response("get_caller_identity", {"Account": said})
        with pytest.raises(Unreachable) as error:
            account.id  # noqa: B018 - asks AWS

    assert f"AWS says that the account is {said!r}, which is not an account id." == error.value.what


# What the leases of a run share, and what they do not.


@pytest.fixture
def accounts(emulator: RunningEmulator) -> Accounts:
    """The accounts of a run."""
    return Accounts(StackConfig(), lambda: emulator.now, AT_ONCE)


def test_leases_with_the_same_credentials_share_an_account() -> None:
    """The Region does not matter within a partition; a profile, a role or another partition does."""
    accounts = Accounts(StackConfig(), lambda: NOON)
    one = accounts.get(REGION, None, None)

    assert one is accounts.get(VIRGINIA, None, None)
    others = [(REGION, "own", None), (REGION, "own", ROLE), ("cn-north-1", None, None)]
    assert 4 == len({one, *(accounts.get(*other) for other in others)})


SHARED: list[tuple[str, Callable[[Account], Any], Any]] = [
    ("GetCallerIdentity", lambda account: account.id, ACCOUNT),
    ("DescribeServices", lambda account: account.codes(), CODES),
    ("DescribeCases", lambda account: account.cases(), ()),
]


@table("operation, ask, expected", SHARED)
def test_what_is_the_same_for_all_leases_is_fetched_once(
    operation: str, emulator: RunningEmulator, account: Account, ask: Callable[[Account], Any], expected: Any
) -> None:
    """All threads of a run share the answer; a call that failed is made again for the next lease."""
    emulator.fault("access-denied", operation=operation)
    with pytest.raises(Refused):
        ask(account)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ask(account), range(8)))

    assert [expected] * 8 == answers
    assert 2 == len(emulator.calls(operation))


@pytest.mark.parametrize("first", [REGION, VIRGINIA])
@pytest.mark.parametrize("fault", ["not enabled", "throttling", "unavailable", "reset", "half-body", "access-denied"])
def test_a_region_that_cannot_be_reached_fails_its_own_lease(
    emulator: RunningEmulator, accounts: Accounts, fault: str, first: str
) -> None:
    """Even if that lease comes first: what is fetched once for a run does not depend on any lease's Region."""
    if fault == "not enabled":
        emulator.change(disabled_regions=(REGION,))
    else:
        emulator.fault(fault, operation="GetDedicatedIps", region=REGION, times=None)
    account = accounts.get(first, None, None)

    with pytest.raises(LeaseError, match=rf"ses:GetDedicatedIps \({REGION}\)"):
        account.addresses(REGION)

    assert (ACCOUNT, CODES, (), ()) == (account.id, account.codes(), account.cases(), account.addresses(VIRGINIA))
    once = ("GetCallerIdentity", "DescribeServices", "DescribeCases")
    assert {VIRGINIA} == {entry.region for entry in emulator.log if entry.operation in once}


def test_one_lease_of_a_region_at_a_time_may_file(account: Account) -> None:
    """A thread may take its turn twice, and another Region has its own; other threads wait."""
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


def test_codes_that_are_set_are_not_asked_for(emulator: RunningEmulator, account: Account, ways: WaysIn) -> None:
    """Otherwise they are chosen by their English names."""
    codes = ways.account(StackConfig(codes=Codes(service="general-info", category="using-aws"))).codes()

    assert ("general-info", "using-aws", ()) == (codes["serviceCode"], codes["categoryCode"], emulator.log)
    account.codes()
    assert ["en"] == [call.parameters["language"] for call in emulator.calls("DescribeServices")]


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
    """Each with the token of the one before, since boto3 has no paginator."""
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
def test_a_page_token_that_comes_again_is_an_error(account: Account) -> None:
    """Reading would never end, and the pages may lack addresses."""
    with pytest.raises(Unreachable) as error:
        stubbed(account, *({"DedicatedIps": [], "NextToken": token} for token in ("a", "b", "a")))

    assert (
        "AWS's answer to ses:GetDedicatedIps (eu-west-1) was cut off: 'the page after a' is missing."
        == error.value.what
    )


def test_of_an_address_only_its_number_is_required(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other members may be absent."""
    monkeypatch.setattr(
        account.session.ses(REGION), "get_dedicated_ips", lambda: {"DedicatedIps": [{"Ip": "192.0.2.1"}]}
    )

    assert ["192.0.2.1"] == [address.ip for address in account.addresses(REGION)]


@pytest.mark.parametrize("odd", [{}, {"shuffled_lists": True}, {"repeated_items": True}, {"extra_fields": True}])
def test_every_address_of_a_region_is_listed_once(
    emulator: RunningEmulator, account: Account, odd: dict[str, bool]
) -> None:
    """In whatever order AWS lists them, and however often."""
    emulator.lease(VIRGINIA, 2)
    leased = emulator.lease(REGION, 45)
    emulator.change(**odd)

    found = [address.ip for address in account.addresses(REGION)]

    assert (sorted(leased), 5) == (sorted(found), len(emulator.calls("GetDedicatedIps")))


def test_addresses_of_managed_pools_are_marked(emulator: RunningEmulator, account: Account) -> None:
    """SES leases and releases them itself."""
    (leased,), (managed,) = emulator.lease(REGION, 1), emulator.add_managed(REGION, 1)

    assert {(leased, DEFAULT_POOL, False), (managed, "managed", True)} == {
        (address.ip, address.pool, address.managed) for address in account.addresses(REGION)
    }


# The hourly limit.


def test_the_hourly_limit_says_when_to_run_again(emulator: RunningEmulator, account: Account) -> None:
    """AWS accepts ten new cases an hour, so the oldest of the latest ten says when it accepts the next one."""
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
    """An hour is always enough."""
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


def test_a_run_has_an_account_for_each_way_in() -> None:
    """Leases of one way in share it, whatever their Regions."""
    accounts = Accounts(StackConfig(), lambda: NOON, AT_ONCE)
    ireland = accounts.get("eu-west-1", None, None)

    assert ireland is accounts.get("eu-central-1", None, None)
    assert ireland is not accounts.get("eu-west-1", "mail", None)
    assert ireland is not accounts.get("eu-west-1", None, "arn:aws:iam::111122223333:role/mail")
    assert ireland is not accounts.get("us-gov-west-1", None, None)
