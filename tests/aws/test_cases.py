"""The cases of an account: how ours are found, read, filed and written to, whatever else AWS lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from support.bags import HOLDER, REGION
from support.tables import table

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
    """Let somebody file cases about something else by hand."""
    emulator.change(hourly_case_limit=None)
    for _ in range(number):
        emulator.file_by_hand("A question", "How do I ...?")


def talk(emulator: RunningEmulator, case_id: str, messages: int = 6) -> None:
    """Let AWS's staff write so much in a case that the list shows no message of ours."""
    for number in range(messages):
        emulator.say(case_id, f"We are still working on it ({number}).")


# Found among all cases.


@pytest.mark.parametrize("odd", [{}, {"shuffled_lists": True}, {"repeated_items": True}, {"extra_fields": True}])
def test_every_marked_case_is_found_among_all_cases(
    emulator: RunningEmulator, account: Account, odd: dict[str, bool]
) -> None:
    """In any Region and language, resolved or not, in whatever order AWS lists them; other cases are left alone."""
    questions(emulator, 120)
    emulator.change(**odd)
    english, virginian = file(account), file(account, request(region=VIRGINIA))
    emulator.resolve(english.id)
    others = [
        account.file_case(request(number), language, (), before_sending=lambda: None)
        for number, language in ((2, "ja"), (3, "zh"))
    ]
    account.forget_cases()

    ours = {english.id: False, **{case.id: True for case in others}}
    assert ours == {case.id: case.is_open for case in account.cases(REGION)}
    assert {*ours, virginian.id} == {case.id for case in account.cases()}


def test_cases_are_asked_for_with_their_messages(emulator: RunningEmulator, account: Account) -> None:
    """All pages, a hundred cases at a time, with resolved cases and the latest messages."""
    questions(emulator, 101)
    account.cases()

    names = ("includeResolvedCases", "includeCommunications", "maxResults", "afterTime")
    assert [(True, True, 100, None)] * 2 == parameters(emulator.calls("DescribeCases"), *names)


def test_what_awss_staff_quote_is_not_ours(emulator: RunningEmulator, account: Account) -> None:
    """A reply may quote our block: only what the account itself wrote counts."""
    filed = file(account)
    emulator.say(filed.id, f"You wrote:\n\n{withdrawal(filed).body}")
    account.forget_cases()

    assert [False] == [case.withdrawn for case in account.cases()]


def test_the_filing_times_of_all_cases_come_newest_first(emulator: RunningEmulator, account: Account) -> None:
    """Everybody's cases count towards the hourly limit."""
    for _ in range(3):
        questions(emulator, 1)
        emulator.advance(60)

    assert [f"2026-11-24T12:0{minute}:00.000Z" for minute in (2, 1, 0)] == list(account.filing_times())


# Long cases.


@pytest.mark.parametrize(("messages", "asked"), [(4, 0), (5, 1), (40, 1)])
def test_a_long_case_is_read_to_its_first_message(
    emulator: RunningEmulator, account: Account, messages: int, asked: int
) -> None:
    """AWS lists the latest five messages; all of them are read, once, only if ours is not among those."""
    filed = file(account)
    talk(emulator, filed.id, messages)
    questions(emulator, 1)
    account.forget_cases()

    assert [[HOLDER]] * 2 == [[case.holder for case in account.cases()] for _ in range(2)]
    assert asked == len({entry.parameters["caseId"] for entry in emulator.calls("DescribeCommunications")})


def test_a_long_case_that_cannot_be_read_stops_its_own_region_only(emulator: RunningEmulator, account: Account) -> None:
    """Only the lease of its Region needs the messages that the list lacks."""
    long, other = file(account), file(account, request(region=VIRGINIA))
    talk(emulator, long.id)
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
    """AWS may drop it between the two calls."""
    talk(emulator, file(account).id)
    account.forget_cases()
    emulator.fault("error", operation="DescribeCommunications", code="CaseIdNotFound")

    assert () == account.cases(REGION)


def test_a_strangers_case_with_our_mark_in_its_subject_is_not_ours(emulator: RunningEmulator, account: Account) -> None:
    """A person may ask about a case by quoting its mark."""
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


UNSIGNED = {"communications": [{"body": request().body}]}
"""What AWS lists of the messages of such a case if it does not say who wrote them."""

EMPTY = {"communications": [{}, {"submittedBy": "mail@example.com"}]}
PARTIAL = [
    ("nothing", listed(), ("1700000001", "resolved", "2026-11-24T12:00:00.000Z")),
    ("its number", listed("displayId"), (None, "resolved", "2026-11-24T12:00:00.000Z")),
    ("its status: it counts as open", listed("status"), ("1700000001", "", "2026-11-24T12:00:00.000Z")),
    ("its time", listed("timeCreated"), ("1700000001", "resolved", "")),
    ("its subject", listed("subject"), ("1700000001", "resolved", "2026-11-24T12:00:00.000Z")),
    ("all of these", listed("displayId", "status", "timeCreated", "subject"), (None, "", "")),
    ("its id", listed("caseId"), None),
    ("its subject and messages", listed("subject", "recentCommunications"), None),
    ("its subject and the list of messages", listed("subject", recentCommunications={}), None),
    ("its subject and the texts", listed("subject", recentCommunications=EMPTY), None),
    ("its subject and the authors", listed("subject", recentCommunications=UNSIGNED), None),
]


@table("absent, item, expected", PARTIAL)
def test_any_member_of_a_case_may_be_absent(
    absent: str, account: Account, item: dict[str, Any], expected: tuple[str | None, str, str] | None
) -> None:
    """What can be read is read; a message without an author is not ours."""
    strangers = [{"caseId": "case-2"}, {"caseId": "case-3", "recentCommunications": {"communications": [{}]}}, {}]
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_cases", {"cases": [*strangers, item]})
        found = [(case.display_id, case.status, case.filed_at) for case in account.cases()]

    assert ([expected] if expected else []) == found, absent


HIDDEN: list[tuple[str, dict[str, Any], list[dict[str, str]], bool]] = [
    ("messages", listed("recentCommunications"), [{"body": request().body, "submittedBy": "mail@example.com"}], True),
    ("texts", listed(recentCommunications={"communications": [{"submittedBy": "mail@example.com"}]}), [{}], False),
    ("authors", listed(recentCommunications=UNSIGNED), [{"body": request().body}], False),
]


@table("absent, item, messages, is_ours", HIDDEN)
def test_the_messages_of_a_marked_case_are_read_if_the_list_lacks_them(
    absent: str, account: Account, item: dict[str, Any], messages: list[dict[str, str]], *, is_ours: bool
) -> None:
    """The mark is in its subject."""
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_cases", {"cases": [item]})
        stub.add_response("describe_communications", {"communications": messages}, {"caseId": "case-1"})

        assert is_ours == bool(account.cases()), absent
        assert ([] if is_ours else [request().mark]) == [one.mark for one in account.bare_cases(REGION)]
        assert () == account.bare_cases(VIRGINIA)


@pytest.mark.parametrize("fault", ["half-body", "html"])
def test_truncated_messages_of_a_case_are_an_error(emulator: RunningEmulator, account: Account, fault: str) -> None:
    """An answer without the messages must never be read as "not ours"."""
    talk(emulator, file(account).id)
    account.forget_cases()
    emulator.fault(fault, operation="DescribeCommunications", times=None)

    with pytest.raises(Unreachable):
        account.cases()


# Listed again.


def looks(emulator: RunningEmulator) -> list[Entry]:
    """Return the calls that list the cases of the last day."""
    return [call for call in emulator.calls("DescribeCases") if "afterTime" in call.parameters]


def test_listing_again_asks_for_the_last_day_and_forgets_nothing(emulator: RunningEmulator, account: Account) -> None:
    """What this run has filed stays known, even if AWS does not list it yet."""
    old = file(account)
    emulator.advance(days=3)
    emulator.change(listing_delay=30)
    new = file(account, request(2))
    account.find_case(new.mark, ())

    assert [("2026-11-26T12:00:00Z", False)] == parameters(tuple(looks(emulator)), "afterTime", "includeCommunications")
    assert {old.id, new.id} == {case.id for case in account.cases()}


def test_listing_again_updates_the_cases_of_this_run(emulator: RunningEmulator, account: Account) -> None:
    """Number, status and time are AWS's; the content stays as it was sent."""
    filed = file(account)
    emulator.resolve(filed.id)
    found = account.find_case(filed.mark, ())

    number = str(emulator.case(filed.id).display_id)
    assert found == replace(filed, display_id=number, status="resolved", filed_at="2026-11-24T12:00:00.000Z")


def test_a_later_list_that_says_less_erases_nothing(account: Account) -> None:
    """What AWS leaves out stays as it was."""
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_cases", {"cases": [listed()]})
        [before] = account.cases()
        stub.add_response("describe_cases", {"cases": [{"caseId": "case-1"}]})

        assert before == account.find_case(before.mark, ())


def test_listing_again_reads_the_messages_of_the_wanted_case_only(emulator: RunningEmulator, account: Account) -> None:
    """A run searches after each case that it files: reading all messages each time would take ever longer."""
    file(account)
    emulator.file_by_hand(request(2).subject, request(2).body)
    account.forget_cases()
    account.cases()
    for number in range(3, 6):
        emulator.file_by_hand(request(number).subject, request(number).body)

    found = account.find_case(request(4).mark, ())

    assert found is not None
    assert (4, [(found.id,)]) == (found.number, parameters(emulator.calls("DescribeCommunications"), "caseId"))


@pytest.mark.parametrize("cases", [0, 100])
def test_a_list_does_not_undo_what_was_done_while_it_was_read(
    emulator: RunningEmulator, account: Account, cases: int
) -> None:
    """Another thread's message stays known although the pages of the list are older."""
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


def test_a_long_case_that_a_person_filed_is_read_by_its_id(emulator: RunningEmulator, account: Account) -> None:
    """The console may have set its subject: only the first message shows that it is ours."""
    emulator.file_by_hand("Limit increase: SES", request().body)
    [case] = emulator.cases()
    talk(emulator, case.id)

    read = account.read_case(case.id)

    assert read is not None
    assert request().mark.startswith(read.mark)


def test_only_a_case_that_aws_does_not_know_is_none(emulator: RunningEmulator, account: Account) -> None:
    """AWS keeps a case for 24 months and may list it late; any other refusal is an error."""
    assert None is account.read_case("case-1")

    emulator.fault("access-denied", operation="DescribeCases")
    with pytest.raises(Refused, match="AWS refused support:DescribeCases: AccessDeniedException"):
        account.read_case("case-1")


# Filed.


def test_a_case_is_filed_as_written(emulator: RunningEmulator, account: Account) -> None:
    """Subject, text, language, copies and codes go to AWS unchanged, in one call; the time is written as AWS does."""
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
    shown = (filed.number, filed.asks, filed.kind, filed.status, filed.filed_at)
    assert (1, 3, "request", "opened", "2026-11-24T12:00:00.250Z") == shown


def test_a_check_right_before_sending_may_stop_it(emulator: RunningEmulator, account: Account) -> None:
    """It runs when the case's turn has come, each time that the case is sent."""
    asked: list[int] = []

    def stop() -> None:
        asked.append(len(emulator.calls("CreateCase")))
        if len(asked) > 1:
            raise Refused("Taken over.", "Nothing was filed.")

    emulator.fault("throttling", operation="CreateCase")
    with pytest.raises(Refused, match="Taken over"):
        account.file_case(request(), "en", (), before_sending=stop)

    assert ([0, 1], ()) == (asked, emulator.cases())


def test_a_case_that_could_not_be_read_back_is_never_filed(account: Account) -> None:
    """The next run would not find it."""
    unreadable = CaseMessage(mark="DIP-eu-west-1-1-k3f9", subject="A question", body="Hello", form="")

    with pytest.raises(AssertionError, match="cannot be read back"):
        account.filed("case-1", unreadable)


def test_a_message_is_sent_as_written(emulator: RunningEmulator, account: Account) -> None:
    """Its text goes to the case, once."""
    filed = file(account)
    message = withdrawal(filed)
    account.send_message(filed, message)

    sent = {"caseId": filed.id, "communicationBody": message.body}
    assert [sent] == [call.parameters for call in emulator.calls("AddCommunicationToCase")]
    assert account.find_message(filed, message.mark, ())


# A case or a message, whatever AWS answers.


@dataclass
class Write:
    """A case to file, or a message to send in a case, and how much of it AWS has."""

    account: Account
    emulator: RunningEmulator
    operation: str

    def send(self) -> None:
        """File the second case, or send a message in the first."""
        if self.operation == "CreateCase":
            file(self.account, request(2))
        else:
            self.account.send_message(self.first, withdrawal(self.first))

    @property
    def first(self) -> Case:
        """The case that is there."""
        return self.account.cases()[0]

    def counts(self) -> tuple[int, int]:
        """Return how often it was sent, and how often AWS has it."""
        messages = sum(len(case.communications) for case in self.emulator.cases())
        return len(self.emulator.calls(self.operation)) - (self.operation == "CreateCase"), messages - 1


@pytest.fixture(params=["CreateCase", "AddCommunicationToCase"])
def write(request: pytest.FixtureRequest, emulator: RunningEmulator, account: Account) -> Write:
    """One of the two writes, in an account with one case."""
    file(account)
    return Write(account, emulator, request.param)


@pytest.mark.parametrize("fault", ["internal-error", "unavailable", "reset", "close", "half-body", "html"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_without_a_usable_answer_nothing_is_sent_again(write: Write, fault: str, when: str) -> None:
    """It may or may not have happened."""
    write.emulator.fault(fault, operation=write.operation, when=when)

    with pytest.raises(
        OutcomeUnknown, match=rf"^support:{write.operation}.* got no answer, and it may or may not have"
    ):
        write.send()

    assert (1, int(when == "after")) == write.counts()


@pytest.mark.parametrize(("when", "sent"), [("before", 2), ("after", 1)])
def test_what_aws_throttled_happens_once(write: Write, when: str, sent: int) -> None:
    """It is sent again if AWS did not carry it out, and found if AWS did."""
    write.emulator.fault("throttling", operation=write.operation, when=when)
    write.send()

    assert (sent, 1) == write.counts()


def test_endless_throttling_is_an_error(write: Write) -> None:
    """After the last wait the error says that nothing was filed."""
    write.emulator.fault("throttling", operation=write.operation, times=None)

    with pytest.raises(
        Unreachable, match=rf"^AWS is throttling support:{write.operation}.*: this account makes too many"
    ):
        write.send()

    assert (3, 0) == write.counts()


@pytest.mark.parametrize("answer", [{}, {"caseId": 5, "result": False}])
def test_an_answer_that_does_not_confirm_the_write_is_none(write: Write, answer: dict[str, Any]) -> None:
    """Only a case id, or a result that is true, says that it happened."""
    account = write.account
    account.codes()

    def change(parsed: dict[str, Any], **_: object) -> None:
        parsed.clear()
        parsed.update(answer)

    account.session.support_once.meta.events.register(f"after-call.support.{write.operation}", change)

    with pytest.raises(OutcomeUnknown):
        write.send()


# Searched for.


def test_a_case_that_is_listed_late_is_found_in_the_end(emulator: RunningEmulator, ways: WaysIn) -> None:
    """The search is repeated after each wait."""
    account = ways.account(clock=lambda: emulator.advance(1))  # each search takes a second
    account.cases()
    emulator.fault("reset", operation="CreateCase", when="after")
    emulator.change(listing_delay=2.5)
    with pytest.raises(OutcomeUnknown):
        file(account)

    found = account.find_case(mark_of(REGION, 1, "k3f9"), (0.0,) * 4)

    assert found is not None
    assert (emulator.cases()[0].id, 3) == (found.id, len(looks(emulator)))


def test_a_case_that_is_not_there_is_searched_for_to_the_end(emulator: RunningEmulator, account: Account) -> None:
    """The result is None, not an error."""
    assert None is account.find_case(mark_of(REGION, 1, "k3f9"), (0.0,) * 3)
    assert 4 == len(looks(emulator))


def test_a_search_that_fails_counts_as_not_found(emulator: RunningEmulator, account: Account) -> None:
    """The next one may find the case, or the message."""
    filed = file(account)
    emulator.fault("access-denied", operation="DescribeCases", times=2)

    found = account.find_case(filed.mark, (0.0, 0.0))

    assert found is not None
    assert filed.id == found.id
    emulator.fault("access-denied", operation="DescribeCommunications", times=None)
    assert not account.find_message(filed, f"{filed.mark}.1", (0.0,))


# Closed.


def test_a_case_is_closed_and_closing_it_again_changes_nothing(emulator: RunningEmulator, account: Account) -> None:
    """So a call whose answer was lost is simply repeated; without any answer the advice says what may have happened."""
    filed = file(account)
    emulator.fault("reset", operation="ResolveCase", when="after")
    account.resolve_case(filed)

    assert (True, 2) == (emulator.case(filed.id).is_resolved, len(emulator.calls("ResolveCase")))
    emulator.fault("half-body", operation="ResolveCase", times=None)
    with pytest.raises(LeaseError) as error:
        account.resolve_case(filed)
    assert (
        "Nothing was filed. The case may already be closed: run the same command again, it checks that first."
        == error.value.next_step
    )
