"""The cases of an account: how ours are found, read, filed and written to, whatever AWS lists beside them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from support.bags import HOLDER, REGION

from aws.written import file, request, withdrawal
from dedicated_ip_provider.case_text.messages import CaseMessage
from dedicated_ip_provider.errors import LeaseError, OutcomeUnknown, Refused, Unreachable
from dedicated_ip_provider.lease.model import mark_of

if TYPE_CHECKING:
    from way_in import WaysIn

    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.emulator import Entry, RunningEmulator
    from dedicated_ip_provider.lease.model import Case

VIRGINIA = "us-east-1"


def parameters(entries: tuple[Entry, ...], *names: str) -> list[tuple[Any, ...]]:
    """Return some parameters of each call."""
    return [tuple(entry.parameters.get(name) for name in names) for entry in entries]


def questions(emulator: RunningEmulator, number: int) -> None:
    """Let somebody file cases by hand, about something else."""
    emulator.change(hourly_case_limit=None)
    for _ in range(number):
        emulator.file_by_hand("A question", "How do I ...?")


def talk(emulator: RunningEmulator, case: Case, messages: int = 6) -> None:
    """Let AWS's people write so much in a case that its list shows no message of ours."""
    for number in range(messages):
        emulator.say(case.id, f"We are still working on it ({number}).")


# Found among all cases.


def test_every_marked_case_is_found_among_all_cases(emulator: RunningEmulator, account: Account) -> None:
    """Resolved ones too, those of each Region for its own lease; whatever else the account asks of AWS is left alone."""
    questions(emulator, 120)
    resolved, other = file(account), file(account, request(region=VIRGINIA))
    emulator.resolve(resolved.id)
    account.forget_cases()

    assert [(REGION, False)] == [(case.region, case.is_open) for case in account.cases(REGION)]
    assert {resolved.id, other.id} == {case.id for case in account.cases()}


def test_cases_are_asked_for_with_what_was_said_in_them(emulator: RunningEmulator, account: Account) -> None:
    """All pages, a hundred at a time, with resolved cases and the latest messages."""
    questions(emulator, 101)
    account.cases()

    names = ("includeResolvedCases", "includeCommunications", "maxResults", "afterTime")
    assert [(True, True, 100, None)] * 2 == parameters(emulator.calls("DescribeCases"), *names)


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_cases_of_all_languages_are_listed(account: Account, language: str) -> None:
    """AWS lists those of all languages where it is asked for none."""
    filed = account.file_case(request(), language, (), before_sending=lambda: None)
    account.forget_cases()

    assert [filed.id] == [case.id for case in account.cases()]


def test_cases_are_listed_once_and_shared_by_threads(emulator: RunningEmulator, account: Account) -> None:
    """The list is long and the same for all leases of a run."""
    file(account)
    account.forget_cases()
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: account.cases(), range(8)))

    assert (1, 1) == (len(found), len(emulator.calls("DescribeCases")))


@pytest.mark.parametrize("odd", [{"shuffled_lists": True}, {"repeated_items": True}, {"extra_fields": True}])
def test_cases_are_found_whatever_the_order_of_the_pages(
    emulator: RunningEmulator, account: Account, odd: dict[str, bool]
) -> None:
    """Repeated and unordered pages, and fields that no model knows."""
    emulator.change(hourly_case_limit=None)
    filed = {file(account, request(number)).id for number in range(1, 131)}
    emulator.change(**odd)
    account.forget_cases()

    assert filed == {case.id for case in account.cases()}


def test_what_awss_people_quote_is_not_ours(emulator: RunningEmulator, account: Account) -> None:
    """Who answers a case may quote our block, or another one: only what the account wrote counts."""
    filed = file(account)
    emulator.say(filed.id, f"You wrote:\n\n{withdrawal(filed).body}")
    account.forget_cases()

    assert [False] == [case.withdrawn for case in account.cases()]


def test_the_times_of_all_cases_are_told_newest_first(emulator: RunningEmulator, account: Account) -> None:
    """Everybody's cases count for the hourly limit."""
    for _ in range(3):
        questions(emulator, 1)
        emulator.advance(60)

    assert (
        "2026-11-24T12:02:00.000Z",
        "2026-11-24T12:01:00.000Z",
        "2026-11-24T12:00:00.000Z",
    ) == account.filing_times()


# Long cases.


@pytest.mark.parametrize(("messages", "asked"), [(4, 0), (5, 1), (40, 1)])
def test_a_long_case_is_read_to_its_first_message(
    emulator: RunningEmulator, account: Account, messages: int, asked: int
) -> None:
    """AWS lists the latest five messages; only where ours is not among them are all of them asked for, once."""
    filed = file(account)
    talk(emulator, filed, messages)
    questions(emulator, 1)
    account.forget_cases()

    assert [[HOLDER]] * 2 == [[case.holder for case in account.cases()] for _ in range(2)]
    assert asked == len({entry.parameters["caseId"] for entry in emulator.calls("DescribeCommunications")})


def test_a_long_case_that_cannot_be_read_stops_its_own_region_only(emulator: RunningEmulator, account: Account) -> None:
    """The list is there for all; what is missing of one case, its own Region's lease asks for."""
    long, other = file(account), file(account, request(region=VIRGINIA))
    talk(emulator, long)
    account.forget_cases()
    emulator.fault("access-denied", operation="DescribeCommunications", times=None)

    assert [other.id] == [case.id for case in account.cases(VIRGINIA)]
    number = emulator.case(long.id).display_id
    for region in (REGION, None):
        with pytest.raises(Refused, match=rf"^AWS refused support:DescribeCommunications \(case {number}\): "):
            account.cases(region)
    emulator.clear_faults()
    assert [long.id] == [case.id for case in account.cases(REGION)]
    assert 1 == len(emulator.calls("DescribeCases"))


def test_a_long_case_that_aws_no_longer_knows_stops_nobody(emulator: RunningEmulator, account: Account) -> None:
    """AWS may forget it between the two questions."""
    talk(emulator, file(account))
    account.forget_cases()
    emulator.fault("error", operation="DescribeCommunications", code="CaseIdNotFound")

    assert () == account.cases(REGION)


def test_somebodys_subject_with_a_mark_of_ours_is_no_case_of_ours(emulator: RunningEmulator, account: Account) -> None:
    """A person may ask about a case by its mark."""
    emulator.file_by_hand(f"What became of {request().subject}", "Please answer.")

    assert ((), ()) == (account.cases(), account.cases())
    assert 1 == len(emulator.calls("DescribeCommunications"))


# Members that AWS may leave out.


def listed(*absent: str, **changes: Any) -> dict[str, Any]:
    """Return a case of ours as AWS lists it, without some of its members."""
    message = request()
    said = {"body": message.body, "submittedBy": "mail@example.com", "timeCreated": "2026-11-24T12:00:00.000Z"}
    members = {
        "caseId": "case-1",
        "displayId": "1700000001",
        "subject": message.subject,
        "status": "resolved",
        "timeCreated": "2026-11-24T12:00:00.000Z",
        "recentCommunications": {"communications": [said]},
        **changes,
    }
    return {name: value for name, value in members.items() if name not in absent}


def unsigned() -> dict[str, Any]:
    """Return what AWS lists of the messages of such a case where it does not say who wrote them."""
    return {"communications": [{"body": request().body}]}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (listed(), ("1700000001", "resolved", "2026-11-24T12:00:00.000Z")),
        (listed("displayId"), (None, "resolved", "2026-11-24T12:00:00.000Z")),
        (listed("status"), ("1700000001", "", "2026-11-24T12:00:00.000Z")),
        (listed("timeCreated"), ("1700000001", "resolved", "")),
        (listed("subject"), ("1700000001", "resolved", "2026-11-24T12:00:00.000Z")),
        (listed("displayId", "status", "timeCreated", "subject"), (None, "", "")),
        (listed("caseId"), None),
        (listed("subject", "recentCommunications"), None),
        (listed("subject", recentCommunications={}), None),
        (listed("subject", recentCommunications={"communications": [{}, {"submittedBy": "mail@example.com"}]}), None),
        (listed("subject", recentCommunications=unsigned()), None),
    ],
)
def test_any_member_of_a_case_may_be_absent(
    account: Account, item: dict[str, Any], expected: tuple[str | None, str, str] | None
) -> None:
    """What can be read is read: a status that is not known is open; a message without an author is not ours."""
    strangers = [{"caseId": "case-2"}, {"caseId": "case-3", "recentCommunications": {"communications": [{}]}}, {}]
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_cases", {"cases": [*strangers, item]})
        found = [(case.display_id, case.status, case.filed_at) for case in account.cases()]

    assert ([expected] if expected else []) == found


@pytest.mark.parametrize(
    ("item", "messages", "is_ours"),
    [
        (listed("recentCommunications"), [{"body": request().body, "submittedBy": "mail@example.com"}], True),
        (listed(recentCommunications={"communications": [{"submittedBy": "mail@example.com"}]}), [{}], False),
        (listed(recentCommunications=unsigned()), [{"body": request().body}], False),
    ],
    ids=["no messages are listed", "no bodies", "no authors"],
)
def test_a_marked_case_of_which_the_list_shows_no_message_is_read(
    account: Account,
    item: dict[str, Any],
    messages: list[dict[str, str]],
    is_ours: bool,  # noqa: FBT001 - a table
) -> None:
    """Its mark is in its subject: what the list leaves out is asked for."""
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_cases", {"cases": [item]})
        stub.add_response("describe_communications", {"communications": messages}, {"caseId": "case-1"})

        assert is_ours == bool(account.cases())
        assert ([] if is_ours else [request().mark]) == [one.mark for one in account.bare_cases("eu-west-1")]
        assert () == account.bare_cases("us-east-1")


@pytest.mark.parametrize("fault", ["half-body", "html"])
@pytest.mark.parametrize("operation", ["DescribeCases", "DescribeCommunications"])
def test_half_a_list_is_no_list(emulator: RunningEmulator, account: Account, operation: str, fault: str) -> None:
    """An answer without the list itself was cut: it must never read as "no case"."""
    talk(emulator, file(account))
    account.forget_cases()
    emulator.fault(fault, operation=operation, times=None)

    with pytest.raises(Unreachable):
        account.cases()


# Looked at again.


def looks(emulator: RunningEmulator) -> list[Entry]:
    """Return the looks at the cases of the last day."""
    return [call for call in emulator.calls("DescribeCases") if "afterTime" in call.parameters]


def test_a_later_look_asks_for_the_last_day_and_forgets_nothing(emulator: RunningEmulator, account: Account) -> None:
    """What this run has filed stays known, even where AWS does not list it yet."""
    old = file(account)
    emulator.advance(days=3)
    emulator.change(listing_delay=30)
    new = file(account, request(2))
    account.find_case(new.mark, ())

    assert [("2026-11-26T12:00:00Z", False)] == parameters(tuple(looks(emulator)), "afterTime", "includeCommunications")
    assert {old.id, new.id} == {case.id for case in account.cases()}


def test_a_later_look_shows_how_a_case_of_this_run_stands_now(emulator: RunningEmulator, account: Account) -> None:
    """Its number, status and time are AWS's; what it says stays as it was sent."""
    filed = file(account)
    emulator.resolve(filed.id)
    found = account.find_case(filed.mark, ())

    number = str(emulator.case(filed.id).display_id)
    assert found == replace(filed, display_id=number, status="resolved", filed_at="2026-11-24T12:00:00.000Z")


def test_a_later_look_that_says_less_forgets_nothing(account: Account) -> None:
    """What AWS leaves out of its list stays as it was."""
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_cases", {"cases": [listed()]})
        [before] = account.cases()
        stub.add_response("describe_cases", {"cases": [{"caseId": "case-1"}]})

        assert before == account.find_case(before.mark, ())


def test_a_later_look_reads_what_is_said_only_in_the_case_that_it_looks_for(
    emulator: RunningEmulator, account: Account
) -> None:
    """A run looks after each case that it files, and a list with all that was said would grow with each of them."""
    file(account)
    rival, other = request(2), request(3)
    emulator.file_by_hand(rival.subject, rival.body)
    emulator.file_by_hand(other.subject, other.body)
    account.forget_cases()
    account.cases()
    emulator.file_by_hand(request(4).subject, request(4).body)
    emulator.file_by_hand(request(5).subject, request(5).body)

    found = account.find_case(request(4).mark, ())

    assert found is not None
    assert (4, [(found.id,)]) == (found.number, parameters(emulator.calls("DescribeCommunications"), "caseId"))


@pytest.mark.parametrize("cases", [0, 100])
def test_a_list_does_not_undo_what_was_done_while_it_came(
    emulator: RunningEmulator, account: Account, cases: int
) -> None:
    """A message that another thread sent meanwhile is known, although the list, whose pages are older, has it not."""
    questions(emulator, cases)
    emulator.advance(60)
    filed = file(account)
    account.cases()
    changed = replace(filed, messages=2)
    events = account.session.support.meta.events

    def change(**_: object) -> None:
        events.unregister("after-call.support.DescribeCases", change)
        account.remember(changed)

    events.register_last("after-call.support.DescribeCases", change)

    assert changed == account.find_case(filed.mark, ())


def test_one_case_is_read_again_by_its_id(emulator: RunningEmulator, account: Account) -> None:
    """What AWS shows now is kept for the rest of the run."""
    filed = file(account)
    emulator.ask(filed.id)

    read = account.read_case(filed.id)

    assert read is not None
    assert (True, str(emulator.case(filed.id).display_id)) == (read.waits_for_customer, read.display_id)
    assert (read,) == account.cases()


def test_a_case_that_a_person_filed_is_read_by_its_id_however_long_it_is(
    emulator: RunningEmulator, account: Account
) -> None:
    """Its subject may be the console's: only its first message says that it is ours."""
    emulator.file_by_hand("Limit increase: SES", request().body)
    [case] = emulator.cases()
    for number in range(6):
        emulator.say(case.id, f"We are still working on it ({number}).")

    read = account.read_case(case.id)

    assert read is not None
    assert request().mark.startswith(read.mark)


@pytest.mark.usefixtures("emulator")
def test_a_case_that_aws_does_not_know_is_none(account: Account) -> None:
    """AWS keeps a case for 24 months, and may list it late."""
    assert None is account.read_case("case-1")


def test_a_case_that_may_not_be_read_is_an_error(emulator: RunningEmulator, account: Account) -> None:
    """Only "no such case" means that there is none."""
    emulator.fault("access-denied", operation="DescribeCases")

    with pytest.raises(Refused, match="AWS refused support:DescribeCases: AccessDeniedException"):
        account.read_case("case-1")


# Filed.


def test_a_case_is_filed_as_written(emulator: RunningEmulator, account: Account) -> None:
    """Subject, text, language, copies and codes go to AWS as they are; one call does it, at a time as AWS writes it."""
    emulator.advance(seconds=0.25)
    written = request()
    filed = account.file_case(written, "ja", ("post@example.com",), before_sending=lambda: None)

    (call,) = emulator.calls("CreateCase")
    assert {
        "subject": written.subject,
        "communicationBody": written.body,
        "language": "ja",
        "ccEmailAddresses": ["post@example.com"],
        **account.codes(),
    } == call.parameters
    assert (1, 3, "request", "opened", "2026-11-24T12:00:00.250Z") == (
        filed.number,
        filed.asks,
        filed.kind,
        filed.status,
        filed.filed_at,
    )


def test_a_case_that_was_just_filed_is_known_before_aws_lists_it(emulator: RunningEmulator, account: Account) -> None:
    """No lease of the run overlooks it."""
    emulator.change(listing_delay=30)
    filed = file(account)

    assert (filed,) == account.cases()


def test_what_stands_before_sending_may_stop_it(emulator: RunningEmulator, account: Account) -> None:
    """It is asked when it is the case's turn, each time that it is sent."""
    asked: list[int] = []

    def stop() -> None:
        asked.append(len(emulator.calls("CreateCase")))
        if len(asked) > 1:
            raise Refused("Taken over.", "Nothing was filed.")

    emulator.fault("throttling", operation="CreateCase")
    with pytest.raises(Refused, match="Taken over"):
        account.file_case(request(), "en", (), before_sending=stop)

    assert ([0, 1], ()) == (asked, emulator.cases())


LOST = ["internal-error", "unavailable", "reset", "close", "half-body", "html"]


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_case_is_sent_once_whatever_the_answer(
    emulator: RunningEmulator, account: Account, fault: str, when: str
) -> None:
    """Without a usable answer nobody can tell whether the case is there, and nothing is sent again."""
    emulator.fault(fault, operation="CreateCase", when=when)

    with pytest.raises(OutcomeUnknown, match="support:CreateCase got no answer, and it may or may not have happened: "):
        file(account)

    assert (1, when == "after") == (len(emulator.calls("CreateCase")), len(emulator.cases()) == 1)


def test_a_throttled_case_is_sent_again_and_filed_once(emulator: RunningEmulator, account: Account) -> None:
    """AWS did not carry it out; the second time it did."""
    emulator.fault("throttling", operation="CreateCase")
    filed = file(account)

    assert ([filed.id], 2) == ([case.id for case in emulator.cases()], len(emulator.calls("CreateCase")))


def test_a_case_behind_a_no_is_found_and_not_sent_again(emulator: RunningEmulator, account: Account) -> None:
    """What throttles may stand behind what has filed the case already."""
    emulator.fault("throttling", operation="CreateCase", when="after")
    filed = file(account)

    assert ([filed.id], 1) == ([case.id for case in emulator.cases()], len(emulator.calls("CreateCase")))


def test_throttling_without_an_end_stops_the_filing(emulator: RunningEmulator, account: Account) -> None:
    """After the last wait the error says that nothing was filed."""
    emulator.fault("throttling", operation="CreateCase", times=None)

    with pytest.raises(
        Unreachable, match=r"AWS is throttling support:CreateCase: this account makes too many calls a second"
    ):
        file(account)

    assert ((), 3) == (emulator.cases(), len(emulator.calls("CreateCase")))


def test_a_case_id_that_is_none_may_be_a_case(account: Account) -> None:
    """What answers is not AWS, and nobody can tell what became of the case."""
    account.codes()
    events = account.session.support_once.meta.events
    events.register("after-call.support.CreateCase", lambda parsed, **_: parsed.update(caseId=5))

    with pytest.raises(OutcomeUnknown):
        file(account)


def test_a_message_that_cannot_be_read_back_is_never_taken_for_a_case(account: Account) -> None:
    """A case that the next run would not find must not pass for filed."""
    unreadable = CaseMessage(mark="DIP-eu-west-1-1-k3f9", subject="A question", body="Hello", form="")

    with pytest.raises(AssertionError, match="cannot be read back"):
        account.filed("case-1", unreadable)


# Looked for.


def test_a_case_that_is_listed_late_is_found_in_the_end(emulator: RunningEmulator, ways: WaysIn) -> None:
    """It is looked for again and again."""
    account = ways.account(clock=lambda: emulator.advance(1))  # each look takes a second
    account.cases()
    emulator.fault("reset", operation="CreateCase", when="after")
    emulator.change(listing_delay=2.5)
    with pytest.raises(OutcomeUnknown):
        file(account)

    found = account.find_case(mark_of(REGION, 1, "k3f9"), (0.0,) * 4)

    assert found is not None
    assert (emulator.cases()[0].id, 3) == (found.id, len(looks(emulator)))


def test_a_case_that_is_not_there_is_looked_for_to_the_end(emulator: RunningEmulator, account: Account) -> None:
    """Then nobody can tell: not found is None, and no error."""
    assert None is account.find_case(mark_of(REGION, 1, "k3f9"), (0.0,) * 3)
    assert 4 == len(looks(emulator))


def test_a_look_that_fails_is_no_end_of_looking(emulator: RunningEmulator, account: Account) -> None:
    """AWS may be out of reach for a moment: the next look may see the case."""
    filed = file(account)
    emulator.fault("access-denied", operation="DescribeCases", times=2)

    found = account.find_case(filed.mark, (0.0, 0.0))

    assert found is not None
    assert filed.id == found.id


# Messages in a case.


@pytest.fixture
def filed(account: Account) -> Case:
    """A request that is open."""
    return file(account)


def test_a_message_is_sent_as_written(emulator: RunningEmulator, account: Account, filed: Case) -> None:
    """The text goes to the case, once."""
    message = withdrawal(filed)
    account.send_message(filed, message)

    assert [{"caseId": filed.id, "communicationBody": message.body}] == [
        call.parameters for call in emulator.calls("AddCommunicationToCase")
    ]
    assert account.find_message(filed, message.mark, ())


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_message_is_sent_once_whatever_the_answer(
    emulator: RunningEmulator, account: Account, filed: Case, fault: str, when: str
) -> None:
    """Without a usable answer it is looked for, not sent again."""
    emulator.fault(fault, operation="AddCommunicationToCase", when=when)
    message = withdrawal(filed)

    with pytest.raises(OutcomeUnknown):
        account.send_message(filed, message)

    assert 1 == len(emulator.calls("AddCommunicationToCase"))
    assert (when == "after") is account.find_message(filed, message.mark, ())


@pytest.mark.parametrize(("when", "sent"), [("before", 2), ("after", 1)])
def test_a_throttled_message_is_there_once(
    emulator: RunningEmulator, account: Account, filed: Case, when: str, sent: int
) -> None:
    """It is sent again where it was not carried out, and found where it was."""
    emulator.fault("throttling", operation="AddCommunicationToCase", when=when)
    account.send_message(filed, withdrawal(filed))

    assert (sent, 2) == (len(emulator.calls("AddCommunicationToCase")), len(emulator.case(filed.id).communications))


@pytest.mark.parametrize("answer", [{"result": False}, {}])
def test_a_message_that_aws_does_not_say_yes_to_may_not_be_there(
    account: Account, filed: Case, answer: dict[str, bool]
) -> None:
    """`result` is AWS's yes."""
    with Stubber(account.session.support_once) as stub:
        stub.add_response("add_communication_to_case", answer)
        with pytest.raises(OutcomeUnknown):
            account.send_message(filed, withdrawal(filed))


def test_a_message_that_cannot_be_looked_for_is_not_found(
    emulator: RunningEmulator, account: Account, filed: Case
) -> None:
    """A look that fails counts as not found."""
    emulator.fault("access-denied", operation="DescribeCommunications", times=None)

    assert not account.find_message(filed, f"{filed.mark}.1", (0.0,))


def test_a_case_is_closed_and_closing_it_again_changes_nothing(
    emulator: RunningEmulator, account: Account, filed: Case
) -> None:
    """So a lost answer is simply asked for once more."""
    emulator.fault("reset", operation="ResolveCase", when="after")
    account.resolve_case(filed)

    assert (True, 2) == (emulator.case(filed.id).is_resolved, len(emulator.calls("ResolveCase")))


def test_a_case_whose_closing_is_not_answered_may_be_closed(
    emulator: RunningEmulator, account: Account, filed: Case
) -> None:
    """The advice says so: the next run looks first."""
    emulator.fault("half-body", operation="ResolveCase", times=None)

    with pytest.raises(LeaseError) as error:
        account.resolve_case(filed)

    assert (
        "Nothing was filed. The case may already be closed: run the same command again, it checks that first."
        == error.value.next_step
    )
