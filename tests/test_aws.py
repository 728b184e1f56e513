"""AWS as a lease sees it: who we are, addresses, cases, and what is written; against botocore and the desk."""

from __future__ import annotations

from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from values import ACCOUNT, IRELAND, KEY, OTHER_KEY, REGION, lease, seen
from way_in import NOON, WaysIn, nothing_but

from dedicated_ip_provider.aws import Accounts
from dedicated_ip_provider.aws.session import Patience
from dedicated_ip_provider.blocks import mark_of
from dedicated_ip_provider.errors import OutcomeUnknown, Refused, Unreachable
from dedicated_ip_provider.lease import DEFAULT_POOL, DedicatedIp
from dedicated_ip_provider.letters import Letter, request_letter, withdrawal_letter
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.settings import Codes, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.lease import Case

from dedicated_ip_provider.emulator import Entry, RunningDesk, start

ELSEWHERE = "999988887777"
OTHERS = "222233334444"
ROLE = f"arn:aws:iam::{ELSEWHERE}:role/mail"
PLANNED = {
    "serviceCode": "service-limit-increase",
    "categoryCode": "ses-dedicated-ip",
    "issueType": "customer-service",
    "severityCode": "low",
}


@pytest.fixture(scope="module")
def served() -> Iterator[RunningDesk]:
    """A desk behind a port, at noon, in whatever state."""
    with start(now=NOON) as desk:
        yield desk


@pytest.fixture
def desk(served: RunningDesk, monkeypatch: pytest.MonkeyPatch) -> RunningDesk:
    """A desk as if just started, to which all AWS clients lead."""
    served.reset()
    nothing_but(monkeypatch, served.environment)
    return served


@pytest.fixture
def today(desk: RunningDesk) -> None:
    """Sets the desk's clock to ours: what it issues for a time must not have ended before."""
    desk.advance((datetime.now(timezone.utc) - desk.now).total_seconds())


@pytest.fixture
def ways() -> Iterator[WaysIn]:
    """Makes ways in, and closes them."""
    made = WaysIn()
    yield made
    made.close()


@pytest.fixture
def account(desk: RunningDesk, ways: WaysIn) -> Account:
    """The account at a fresh desk, as at the start of a run; the clock of the run is the desk's."""
    return ways.account(clock=lambda: desk.now)


def letter(number: int = 1, *, key: str = KEY) -> Letter:
    """Write a request for three addresses."""
    return request_letter(lease(key=key), number, 3, seen(), IRELAND)


def parameters(entries: tuple[Entry, ...], *names: str) -> list[tuple[Any, ...]]:
    """Give some parameters of each call."""
    return [tuple(entry.parameters.get(name) for name in names) for entry in entries]


def looks(desk: RunningDesk) -> list[Entry]:
    """Give the looks at the cases of the last day."""
    return [call for call in desk.calls("DescribeCases") if "afterTime" in call.parameters]


# Who we are.


def test_the_account_is_asked_for_its_id_once(desk: RunningDesk, account: Account) -> None:
    """All leases of a run share the answer, in whatever thread they are."""
    with ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(lambda _: account.id, range(8)))

    assert ({ACCOUNT}, 1) == (ids, len(desk.calls("GetCallerIdentity")))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(allowed_accounts=(OTHERS, ACCOUNT)),
        Settings(forbidden_accounts=(OTHERS,)),
        Settings(allowed_accounts=(ACCOUNT,), forbidden_accounts=(OTHERS,)),
    ],
)
@pytest.mark.usefixtures("desk")
def test_an_account_that_the_stack_allows_is_let_through(ways: WaysIn, settings: Settings) -> None:
    """Without a list every account is allowed."""
    assert ACCOUNT == ways.account(settings).id


@pytest.mark.parametrize(
    ("settings", "option"),
    [
        (Settings(allowed_accounts=(OTHERS,)), "aws:allowedAccountIds"),
        (Settings(forbidden_accounts=(ACCOUNT,)), "aws:forbiddenAccountIds"),
        (Settings(allowed_accounts=(ACCOUNT,), forbidden_accounts=(ACCOUNT,)), "aws:forbiddenAccountIds"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_an_account_that_the_stack_does_not_allow_is_refused_by_its_id(
    ways: WaysIn, settings: Settings, option: str
) -> None:
    """The wrong credentials are named by where they lead, and the option that says no."""
    account = ways.account(settings)

    for _ in range(2):  # not let through when asked again
        with pytest.raises(Refused) as refusal:
            account.id  # noqa: B018 - asks AWS

        assert (
            f"The credentials lead to account {ACCOUNT}, which {option} of this stack does not allow.\n"
            "Nothing was filed. Use other credentials, or change the stack's configuration."
        ) == str(refusal.value)


@pytest.mark.parametrize("said", ["", "12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢"])
@pytest.mark.usefixtures("desk")
def test_an_account_id_that_is_none_is_an_answer_of_somebody_else(ways: WaysIn, said: str) -> None:
    """An account has 12 digits: anything else was not said by AWS, and guards nothing."""
    account = ways.account()

    with Stubber(account.session.sts) as stub:
        stub.add_response("get_caller_identity", {"Account": said})
        with pytest.raises(Unreachable) as error:
            account.id  # noqa: B018 - asks AWS

    assert f"AWS names the account {said!r}, which is none." == error.value.what


# Ways in.


def test_the_stacks_keys_are_the_way_in(desk: RunningDesk, ways: WaysIn) -> None:
    """Static keys of the stack's configuration come before those of the environment."""
    keys = {"aws_access_key_id": ELSEWHERE, "aws_secret_access_key": "s", "aws_session_token": "t"}

    assert ELSEWHERE == ways.account(Settings(keys=keys)).id
    assert [ELSEWHERE] == [call.account for call in desk.log]


@pytest.fixture
def profiles(desk: RunningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningDesk:
    """A desk, and an AWS configuration with the profiles `stack` and `own`."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile stack]\naws_access_key_id={OTHERS}\naws_secret_access_key=s\n"
        f"[profile own]\naws_access_key_id={ELSEWHERE}\naws_secret_access_key=s\n"
    )
    nothing_but(monkeypatch, {**desk.environment, "AWS_CONFIG_FILE": str(config)})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    return desk


STACK = Settings(profile="stack")
KEYS = Settings(keys={"aws_access_key_id": OTHERS, "aws_secret_access_key": "s"})
ROLES = Settings(profile="stack", roles=({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "RoleSessionName": "up"},))


@pytest.mark.parametrize(
    ("settings", "own", "expected", "why"),
    [
        (STACK, (None, None), OTHERS, "the stack's profile"),
        (STACK, ("own", None), ELSEWHERE, "a lease's own profile comes first"),
        (KEYS, ("own", None), ELSEWHERE, "the stack's keys stand for the stack's way in only"),
        (ROLES, (None, None), ACCOUNT, "the stack's role is assumed"),
        (ROLES, ("own", None), ELSEWHERE, "the stack's role is not assumed with a lease's own profile"),
        (ROLES, (None, ROLE), ELSEWHERE, "a lease's own role stands for the stack's"),
        (STACK, ("own", f"arn:aws:iam::{ACCOUNT}:role/mail"), ACCOUNT, "a lease's own role from its own profile"),
    ],
)
@pytest.mark.usefixtures("profiles", "today")
def test_a_lease_may_have_a_way_in_of_its_own(
    ways: WaysIn, settings: Settings, own: tuple[str | None, str | None], expected: str, why: str
) -> None:
    """A lease's own `profile` and `role_arn` come before the stack's; nothing of the two is mixed."""
    session = ways.session(settings, *own)

    assert expected == session.sts.get_caller_identity()["Account"], why


@pytest.mark.usefixtures("today")
def test_roles_are_assumed_one_by_one(desk: RunningDesk, ways: WaysIn) -> None:
    """Each role of the list is assumed with the credentials of the one before it."""
    first = {"RoleArn": f"arn:aws:iam::{OTHERS}:role/hub", "RoleSessionName": "up", "ExternalId": "shop"}
    second = {"RoleArn": ROLE, "RoleSessionName": "up", "DurationSeconds": 900}

    assert ELSEWHERE == ways.account(Settings(roles=(first, second))).id
    assert [ACCOUNT, OTHERS] == [call.account for call in desk.calls("AssumeRole")]
    assert [first, second] == [call.parameters for call in desk.calls("AssumeRole")]


@pytest.mark.usefixtures("today")
def test_a_lease_own_role_is_assumed_under_our_name(desk: RunningDesk, ways: WaysIn) -> None:
    """Who reads CloudTrail sees what it was."""
    ways.session(role_arn=ROLE).sts.get_caller_identity()

    assert [(ROLE, "dedicated-ip-provider")] == parameters(desk.calls("AssumeRole"), "RoleArn", "RoleSessionName")


@pytest.mark.usefixtures("today")
def test_a_role_that_cannot_be_assumed_is_named(desk: RunningDesk, ways: WaysIn) -> None:
    """The error says which role, and that nothing was filed."""
    desk.fault("access-denied", operation="AssumeRole")
    session = ways.session(role_arn=ROLE)

    with pytest.raises(Refused) as refusal:
        session.sts  # noqa: B018 - assumes the role

    assert refusal.value.what.startswith(f"AWS refused sts:AssumeRole (role {ROLE}): AccessDenied: ")
    assert (
        "Nothing was filed. Allow sts:AssumeRole to who assumes it, and name them in the role's trust policy."
    ) == refusal.value.next_step


@pytest.mark.usefixtures("desk")
def test_a_profile_that_is_not_there_is_named(ways: WaysIn) -> None:
    """A misspelt profile is the user's to correct."""
    with pytest.raises(Refused, match=r"The config profile \(absent\) could not be found"):
        ways.account(Settings(profile="absent")).id  # noqa: B018 - asks AWS


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "support.us-east-1.amazonaws.com"),
        ("us-gov-east-1", "support.us-gov-west-1.amazonaws.com"),
        ("cn-northwest-1", "support.cn-north-1.amazonaws.com.cn"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_support_is_asked_at_the_one_place_of_the_partition(
    ways: WaysIn, monkeypatch: pytest.MonkeyPatch, region: str, host: str
) -> None:
    """Support has one endpoint in each partition, whatever the Region of the lease. Nothing leaves this machine."""
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    support = ways.session(home=region).support

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        raise InterruptedError(request.url)

    support.meta.events.register_first("before-send.support", stop)
    with pytest.raises(InterruptedError) as before_it_is_sent:
        support.describe_services()

    assert f"https://{host}/" == str(before_it_is_sent.value)


@pytest.mark.usefixtures("desk")
def test_a_client_is_made_once_and_shared(ways: WaysIn) -> None:
    """Threads share clients; there is one for each Region, and one that writes."""
    session = ways.session()
    with ThreadPoolExecutor(4) as threads:
        clients = set(map(id, threads.map(lambda _: session.support, range(8))))

    assert 1 == len(clients)
    assert session.ses("eu-west-1") is not session.ses("eu-central-1")
    assert session.support is not session.support_once


@pytest.mark.usefixtures("desk")
def test_questions_are_asked_again_and_writes_are_sent_once(ways: WaysIn) -> None:
    """A repeated question changes nothing; a repeated write would be a second case."""
    session = ways.session(patience=Patience())
    retries = [
        vars(client.meta.config)["retries"] for client in (session.support, session.ses(REGION), session.support_once)
    ]

    assert [("standard", 5), ("standard", 5), ("standard", 1)] == [
        (each["mode"], each["total_max_attempts"]) for each in retries
    ]


def test_leases_with_the_same_way_in_share_an_account() -> None:
    """The Region does not matter: who we are is the same everywhere."""
    accounts = Accounts(Settings(), lambda: NOON)
    one = accounts.get("eu-west-1", None, None)

    assert one is accounts.get("us-east-1", None, None)
    assert 3 == len({one, accounts.get(REGION, "own", None), accounts.get(REGION, "own", ROLE)})


# Regions.


@pytest.mark.parametrize(
    ("region", "name", "has_ses"),
    [
        ("eu-west-1", "Europe (Ireland)", True),
        ("us-gov-west-1", "AWS GovCloud (US-West)", True),
        ("ap-east-1", "Asia Pacific (Hong Kong)", False),
        ("aws-global", None, False),
        ("mars", None, False),
    ],
)
def test_regions_are_those_of_botocore(region: str, name: str | None, has_ses: bool) -> None:  # noqa: FBT001 - a table
    """Which Regions there are, and which have SES, is read from botocore's own data."""
    assert (name, has_ses) == (regions().names.get(region), region in regions().with_ses)


# Addresses.


def test_addresses_are_read_page_by_page(ways: WaysIn, desk: RunningDesk) -> None:  # noqa: ARG001 - credentials
    """boto3 has no paginator here: each page is asked for with the token of the one before."""
    account = ways.account()
    item = {"WarmupStatus": "IN_PROGRESS", "WarmupPercentage": 7, "PoolName": "news"}
    with Stubber(account.session.ses(REGION)) as stub:
        stub.add_response("get_dedicated_ips", {"DedicatedIps": [{"Ip": "192.0.2.2", **item}], "NextToken": "a"}, {})
        stub.add_response("get_dedicated_ips", {"DedicatedIps": [], "NextToken": "b"}, {"NextToken": "a"})
        stub.add_response(
            "get_dedicated_ips",
            {"DedicatedIps": [{"Ip": "192.0.2.1", "WarmupStatus": "DONE", "WarmupPercentage": 100}]},
            {"NextToken": "b"},
        )
        found = account.addresses(REGION)
        stub.assert_no_pending_responses()

    assert (
        DedicatedIp(ip="192.0.2.2", pool="news", warmup_percentage=7, managed=False),
        DedicatedIp(ip="192.0.2.1", pool=None, warmup_percentage=100, managed=False),
    ) == found


@pytest.mark.usefixtures("desk")
def test_a_page_that_leads_back_ends_the_reading(ways: WaysIn) -> None:
    """A token that was had before would go round for ever, and its pages may lack addresses."""
    account = ways.account()
    with Stubber(account.session.ses(REGION)) as stub:
        for token in ("a", "b", "a"):
            stub.add_response("get_dedicated_ips", {"DedicatedIps": [], "NextToken": token})
        with pytest.raises(Unreachable) as error:
            account.addresses(REGION)

    assert (
        "AWS's answer to ses:GetDedicatedIps (eu-west-1) was cut off: 'the page after a' is missing."
        == error.value.what
    )


@pytest.mark.parametrize("odd", [{}, {"shuffled_lists": True}, {"repeated_items": True}, {"extra_fields": True}])
def test_every_address_is_listed_once(desk: RunningDesk, account: Account, odd: dict[str, bool]) -> None:
    """Whatever the order of the pages, and whatever is in two of them."""
    leased = desk.lease(REGION, 45)
    desk.change(**odd)

    found = [address.ip for address in account.addresses(REGION)]

    assert (sorted(leased), 5) == (sorted(found), len(desk.calls("GetDedicatedIps")))


def test_managed_addresses_are_told_from_leased_ones(desk: RunningDesk, account: Account) -> None:
    """SES leases and releases the addresses of its managed pools itself."""
    (leased,) = desk.lease(REGION, 1)
    (managed,) = desk.add_managed(REGION, 1)

    assert {(leased, DEFAULT_POOL, False), (managed, "managed", True)} == {
        (address.ip, address.pool, address.managed) for address in account.addresses(REGION)
    }


def test_each_region_has_its_own_addresses(desk: RunningDesk, account: Account) -> None:
    """What is leased in one Region is not there in another."""
    desk.lease("eu-central-1", 2)

    assert [0, 2] == [len(account.addresses(region)) for region in ("eu-west-1", "eu-central-1")]


# Cases.


def test_every_marked_case_is_found_among_all_cases(desk: RunningDesk, account: Account) -> None:
    """Resolved ones too; whatever else the account asks of AWS is left alone."""
    desk.change(hourly_case_limit=None)
    for number in range(120):
        desk.file_by_hand(f"Question {number}", "How do I ...?")
    resolved = account.file_case(letter(1), "en", ())
    desk.resolve(resolved.id)
    account.file_case(letter(1, key=OTHER_KEY), "en", ())
    desk.advance(60)
    account.forget_cases()

    assert [(KEY, False), (OTHER_KEY, True)] == sorted((case.lease_key, case.is_open) for case in account.cases())


def test_cases_are_asked_for_with_what_was_said_in_them(desk: RunningDesk, account: Account) -> None:
    """All pages, a hundred at a time, with resolved cases and the latest messages."""
    desk.change(hourly_case_limit=None)
    for number in range(101):
        desk.file_by_hand(f"Question {number}", "How do I ...?")
    account.cases()

    names = ("includeResolvedCases", "includeCommunications", "maxResults", "afterTime")
    assert [(True, True, 100, None)] * 2 == parameters(desk.calls("DescribeCases"), *names)


def test_cases_are_listed_once_and_shared_by_threads(desk: RunningDesk, account: Account) -> None:
    """The list is long and the same for all leases of a run."""
    account.file_case(letter(), "en", ())
    account.forget_cases()
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: account.cases(), range(8)))

    assert (1, 1) == (len(found), len(desk.calls("DescribeCases")))


@pytest.mark.parametrize(("messages", "asked"), [(4, 0), (5, 1), (40, 1)])
def test_a_long_case_is_read_to_its_first_message(
    desk: RunningDesk, account: Account, messages: int, asked: int
) -> None:
    """AWS lists the latest five messages; only where ours is not among them are all of them asked for."""
    filed = account.file_case(letter(), "en", ())
    for number in range(messages):
        desk.say(filed.id, f"We are still working on it ({number}).")
    desk.file_by_hand("A long talk", "about something else")
    account.forget_cases()

    assert [KEY] == [case.lease_key for case in account.cases()]
    assert asked == len({entry.parameters["caseId"] for entry in desk.calls("DescribeCommunications")})


def test_what_awss_people_quote_is_not_ours(desk: RunningDesk, account: Account) -> None:
    """Who answers a case may quote our block, or another one: only what the account wrote counts."""
    filed = account.file_case(letter(), "en", ())
    quoted = withdrawal_letter(lease(), filed, IRELAND)
    desk.say(filed.id, f"You wrote:\n\n{quoted.body}")
    account.forget_cases()

    assert [False] == [case.withdrawn for case in account.cases()]


@pytest.mark.parametrize("odd", [{"shuffled_lists": True}, {"repeated_items": True}, {"extra_fields": True}])
def test_cases_are_found_whatever_the_order_of_the_pages(
    desk: RunningDesk, account: Account, odd: dict[str, bool]
) -> None:
    """Repeated and unordered pages, and fields that no model knows."""
    desk.change(hourly_case_limit=None)
    filed = {account.file_case(letter(1, key=f"o/p/s/{name}/{REGION}"), "en", ()).id for name in range(130)}
    desk.change(**odd)
    account.forget_cases()

    assert filed == {case.id for case in account.cases()}


def test_a_later_look_asks_for_the_last_day_and_forgets_nothing(desk: RunningDesk, account: Account) -> None:
    """What this run has filed stays known, even where AWS does not list it yet."""
    old = account.file_case(letter(1), "en", ())
    desk.advance(days=3)
    desk.change(listing_delay=30)
    new = account.file_case(letter(2), "en", ())
    account.refresh_cases()

    assert [("2026-11-26T12:00:00Z",)] == parameters(desk.calls("DescribeCases"), "afterTime")
    assert {old.id, new.id} == {case.id for case in account.cases()}


def test_a_later_look_shows_how_a_case_of_this_run_stands_now(desk: RunningDesk, account: Account) -> None:
    """Its number, status and time are AWS's; what it says stays as it was sent."""
    filed = account.file_case(letter(), "en", ())
    desk.resolve(filed.id)
    account.refresh_cases()

    aws = desk.case(filed.id)
    listed = replace(filed, display_id=str(aws.display_id), status="resolved", filed_at="2026-11-24T12:00:00.000Z")
    assert (listed,) == account.cases()


def test_a_later_look_reads_what_is_said_only_in_marked_cases_that_are_new(desk: RunningDesk, account: Account) -> None:
    """A run looks after each case that it files, and a list with all that was said would grow with each of them."""
    account.file_case(letter(1), "en", ())
    rival = desk.file_by_hand(letter(2).subject, letter(2).body)
    desk.file_by_hand("A question", "How do I ...?")
    account.refresh_cases()

    asked = parameters(desk.calls("DescribeCases"), "includeCommunications", "caseIdList")
    assert [(False, None), (True, [desk.case(rival).id])] == asked
    assert {1, 2} == {case.number for case in account.cases()}


def test_one_case_is_read_again_by_its_id(desk: RunningDesk, account: Account) -> None:
    """What AWS shows now is kept for the rest of the run."""
    filed = account.file_case(letter(), "en", ())
    desk.ask(filed.id)

    read = account.read_case(filed.id)

    assert read is not None
    assert (True, str(desk.case(filed.id).display_id)) == (read.waits_for_customer, read.display_id)
    assert (read,) == account.cases()


@pytest.mark.usefixtures("desk")
def test_a_case_that_aws_does_not_know_is_none(account: Account) -> None:
    """AWS keeps a case for 24 months, and may list it late."""
    assert None is account.read_case("case-1")


def test_a_case_that_may_not_be_read_is_an_error(desk: RunningDesk, account: Account) -> None:
    """Only "no such case" means that there is none."""
    desk.fault("access-denied", operation="DescribeCases")

    with pytest.raises(Refused, match="AWS refused support:DescribeCases: AccessDeniedException"):
        account.read_case("case-1")


def test_the_times_of_all_cases_are_told_newest_first(desk: RunningDesk, account: Account) -> None:
    """Everybody's cases count for the hourly limit."""
    for _ in range(3):
        desk.file_by_hand("A question", "How do I ...?")
        desk.advance(60)

    assert (
        "2026-11-24T12:02:00.000Z",
        "2026-11-24T12:01:00.000Z",
        "2026-11-24T12:00:00.000Z",
    ) == account.filing_times()


# Filing.


def test_a_case_is_filed_as_written(desk: RunningDesk, account: Account) -> None:
    """Subject, text, language, copies and codes go to AWS as they are; one call does it, at a time as AWS writes it."""
    desk.advance(seconds=0.25)
    written = letter()
    filed = account.file_case(written, "ja", ("post@example.com",))

    (call,) = desk.calls("CreateCase")
    assert {
        "subject": written.subject,
        "communicationBody": written.body,
        "language": "ja",
        "ccEmailAddresses": ["post@example.com"],
        **PLANNED,
    } == call.parameters
    assert (KEY, 1, 3, "request", "opened", "2026-11-24T12:00:00.250Z") == (
        filed.lease_key,
        filed.number,
        filed.asks,
        filed.kind,
        filed.status,
        filed.filed_at,
    )


def test_a_case_that_was_just_filed_is_known_before_aws_lists_it(desk: RunningDesk, account: Account) -> None:
    """No lease of the run overlooks it."""
    desk.change(listing_delay=30)
    filed = account.file_case(letter(), "en", ())

    assert (filed,) == account.cases()


@pytest.mark.parametrize("fault", ["internal-error", "unavailable", "reset", "close", "half-body", "html"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_case_is_sent_once_whatever_the_answer(desk: RunningDesk, account: Account, fault: str, when: str) -> None:
    """Without a usable answer nobody can tell whether the case is there, and nothing is sent again."""
    desk.fault(fault, operation="CreateCase", when=when)

    with pytest.raises(OutcomeUnknown, match="support:CreateCase got no answer, and it may or may not have happened: "):
        account.file_case(letter(), "en", ())

    assert (1, when == "after") == (len(desk.calls("CreateCase")), len(desk.cases()) == 1)


def test_a_throttled_case_is_sent_again_and_filed_once(desk: RunningDesk, account: Account) -> None:
    """AWS did not carry it out; the second time it did."""
    desk.fault("throttling", operation="CreateCase")
    filed = account.file_case(letter(), "en", ())

    assert ([filed.id], 2) == ([case.id for case in desk.cases()], len(desk.calls("CreateCase")))


def test_a_case_behind_a_throttle_is_found_and_not_sent_again(desk: RunningDesk, account: Account) -> None:
    """What throttles may stand behind what has filed the case already."""
    desk.fault("throttling", operation="CreateCase", when="after")
    filed = account.file_case(letter(), "en", ())

    assert ([filed.id], 1) == ([case.id for case in desk.cases()], len(desk.calls("CreateCase")))


def test_throttling_without_an_end_stops_the_filing(desk: RunningDesk, account: Account) -> None:
    """After the last wait the error says that nothing was filed."""
    desk.fault("throttling", operation="CreateCase", times=None)

    with pytest.raises(Unreachable, match=r"AWS throttles support:CreateCase: too many calls a second"):
        account.file_case(letter(), "en", ())

    assert ((), 3) == (desk.cases(), len(desk.calls("CreateCase")))


def test_the_hourly_limit_says_when_to_run_again(desk: RunningDesk, account: Account) -> None:
    """AWS takes ten new cases an hour: the oldest of the latest ten says when the next one is taken."""
    for _ in range(10):
        desk.file_by_hand("A question", "How do I ...?")
        desk.advance(60)
    account.cases()

    with pytest.raises(Refused) as refusal:
        account.file_case(letter(), "en", ())

    assert (
        f"AWS takes 10 new cases an hour, and account {ACCOUNT} has had them.\n"
        "Nothing was filed. Run the same command again after 13:00 UTC: it goes on where it stopped."
    ) == str(refusal.value)


def test_the_hourly_limit_without_known_times_says_in_an_hour(desk: RunningDesk, account: Account) -> None:
    """Where the account's cases of the hour are not all listed, an hour is always enough."""
    desk.fault("error", operation="CreateCase", code="CaseCreationLimitExceeded", status=400)

    with pytest.raises(Refused) as refusal:
        account.file_case(letter(), "en", ())

    assert "Nothing was filed. Run the same command again in an hour: it goes on where it stopped." == (
        refusal.value.next_step
    )


# Looking for what was sent.


def test_a_case_that_is_listed_late_is_found_in_the_end(desk: RunningDesk, ways: WaysIn) -> None:
    """It is looked for again and again."""
    account = ways.account(clock=lambda: desk.advance(1))  # each look takes a second
    desk.fault("reset", operation="CreateCase", when="after")
    desk.change(listing_delay=2.5)
    with pytest.raises(OutcomeUnknown):
        account.file_case(letter(), "en", ())

    found = account.find_case(letter().mark, (0.0,) * 4)

    assert found is not None
    assert desk.cases()[0].id == found.id
    assert 3 == len(looks(desk))


def test_a_case_that_is_not_there_is_looked_for_to_the_end(desk: RunningDesk, account: Account) -> None:
    """Then nobody can tell: not found is None, and no error."""
    assert None is account.find_case(mark_of(KEY, 1), (0.0,) * 3)
    assert 4 == len(looks(desk))


def test_a_look_that_fails_is_no_end_of_looking(desk: RunningDesk, account: Account) -> None:
    """AWS may be out of reach for a moment: the next look may see the case."""
    filed = account.file_case(letter(), "en", ())
    desk.fault("access-denied", operation="DescribeCases", times=2)

    found = account.find_case(letter().mark, (0.0, 0.0))

    assert found is not None
    assert filed.id == found.id


@pytest.fixture
def filed(account: Account) -> Case:
    """A request that is open."""
    return account.file_case(letter(), "en", ())


def test_a_message_is_sent_as_written(desk: RunningDesk, account: Account, filed: Case) -> None:
    """The text goes to the case, once."""
    message = withdrawal_letter(lease(), filed, IRELAND)
    account.send_message(filed, message)

    assert [{"caseId": filed.id, "communicationBody": message.body}] == [
        call.parameters for call in desk.calls("AddCommunicationToCase")
    ]
    assert account.find_message(filed, message.mark, ())


@pytest.mark.parametrize("fault", ["internal-error", "unavailable", "reset", "close", "half-body", "html"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_message_is_sent_once_whatever_the_answer(
    desk: RunningDesk, account: Account, filed: Case, fault: str, when: str
) -> None:
    """Without a usable answer it is looked for, not sent again."""
    desk.fault(fault, operation="AddCommunicationToCase", when=when)
    message = withdrawal_letter(lease(), filed, IRELAND)

    with pytest.raises(OutcomeUnknown):
        account.send_message(filed, message)

    assert 1 == len(desk.calls("AddCommunicationToCase"))
    assert (when == "after") is account.find_message(filed, message.mark, ())


def test_a_throttled_message_is_sent_again(desk: RunningDesk, account: Account, filed: Case) -> None:
    """It was not carried out."""
    desk.fault("throttling", operation="AddCommunicationToCase")
    account.send_message(filed, withdrawal_letter(lease(), filed, IRELAND))

    assert (2, 2) == (len(desk.calls("AddCommunicationToCase")), len(desk.case(filed.id).communications))


@pytest.mark.usefixtures("desk")
def test_a_message_that_aws_does_not_say_yes_to_may_not_be_there(account: Account, filed: Case) -> None:
    """`result` is AWS's yes."""
    with Stubber(account.session.support_once) as stub:
        stub.add_response("add_communication_to_case", {"result": False})
        with pytest.raises(OutcomeUnknown):
            account.send_message(filed, withdrawal_letter(lease(), filed, IRELAND))


def test_a_message_that_cannot_be_looked_for_is_not_found(desk: RunningDesk, account: Account, filed: Case) -> None:
    """A look that fails counts as not found."""
    desk.fault("access-denied", operation="DescribeCommunications", times=None)

    assert not account.find_message(filed, f"{filed.id}.1", (0.0,))


def test_a_case_is_closed_and_closing_it_again_changes_nothing(
    desk: RunningDesk, account: Account, filed: Case
) -> None:
    """So a lost answer is simply asked for once more."""
    desk.fault("reset", operation="ResolveCase", when="after")
    account.resolve_case(filed)

    assert (True, 2) == (desk.case(filed.id).is_resolved, len(desk.calls("ResolveCase")))


def test_one_lease_of_a_region_at_a_time_may_file(account: Account) -> None:
    """Who has the turn may take it again, and another Region has its own; the others wait until it is given up."""
    with ThreadPoolExecutor(1) as thread:
        with account.turn("eu-west-1"), account.turn("eu-west-1"):
            assert thread.submit(_take, account, "eu-central-1").result(timeout=10)
            waiting = thread.submit(_take, account, "eu-west-1")
            with pytest.raises(futures.TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result(timeout=10)


def _take(account: Account, region: str) -> bool:
    with account.turn(region):
        return True


# How a case is classified.


def test_codes_are_asked_for_once(desk: RunningDesk, account: Account) -> None:
    """They are the same for all cases of a run."""
    assert PLANNED == account.codes() == account.codes()
    assert [("en",)] == parameters(desk.calls("DescribeServices"), "language")


def test_codes_that_are_set_are_not_asked_for(desk: RunningDesk, ways: WaysIn) -> None:
    """With both set, AWS's list does not matter."""
    codes = ways.account(Settings(codes=Codes(service="general-info", category="using-aws"))).codes()

    assert ("general-info", "using-aws", ()) == (codes["serviceCode"], codes["categoryCode"], desk.log)


def test_a_letter_that_cannot_be_read_back_is_never_taken_for_a_case(account: Account) -> None:
    """A case that the next run would not find must not pass for filed."""
    unreadable = Letter(mark="DIP-000000000000-1", subject="A question", body="Hello", paper="")

    with pytest.raises(AssertionError, match="cannot be read back"):
        account.filed("case-1", unreadable)
