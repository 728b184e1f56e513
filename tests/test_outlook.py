"""What the outputs of a lease say, and what its state keeps for the next look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from values import ACCOUNT, OTHER_KEY, A, B, C, D, lease, past, relinquish, request, seen

from dedicated_ip_provider.lease import UNFILED, CaseLink, Paper, Past
from dedicated_ip_provider.outlook import Outlook, born, count_after_drift, outlook_of
from dedicated_ip_provider.standing import stand

if TYPE_CHECKING:
    from dedicated_ip_provider.lease import Lease, Seen

RESOLVED, ASKS = "resolved", "pending-customer-action"
CONSOLE = "https://console.aws.amazon.com/support/home#/case/create"
FORM = Paper(number=1, message=0, text="the form")

ROWS: list[tuple[str, Lease, Past | None, Seen, str, str]] = [
    (
        "a request is open",
        lease(),
        None,
        seen(cases=(request(),)),
        "requested",
        "AWS is working on case 1700000001: 3 of 3 still to come; no dedicated IP address is here.",
    ),
    (
        "a request is open and has brought some",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, cases=(request(),)),
        "requested",
        "AWS is working on case 1700000001: 2 of 3 still to come; 1 dedicated IP address is here.",
    ),
    (
        "all came and the case is still open",
        lease(2),
        past(2, unfinished=True, case_number=1),
        seen(A, B, cases=(request(asks=2),)),
        "requested",
        "2 dedicated IP addresses are here, as declared; AWS has not closed case 1700000001 yet.",
    ),
    (
        "AWS asks something about a request",
        lease(),
        None,
        seen(cases=(request(status=ASKS),)),
        "action_required",
        "AWS asks a question in case 1700000001: answer there, or it will be closed.",
    ),
    (
        "AWS asks whether addresses shall go",
        lease(1),
        past(1, addresses=(B,), relinquishing=(A,), case_number=2),
        seen(A, B, cases=(relinquish(A, status=ASKS),)),
        "action_required",
        (
            "AWS asks in case 1700000002 whether 192.0.2.1 shall really go: answer there, or set `confirm_relinquish` "
            "and run `pulumi up`. Being given back: 192.0.2.1."
        ),
    ),
    (
        "AWS asks again after the answer",
        lease(1),
        past(1, addresses=(B,), relinquishing=(A,), case_number=2),
        seen(A, B, cases=(relinquish(A, status=ASKS, confirmed=True),)),
        "action_required",
        "AWS asks in case 1700000002 whether 192.0.2.1 shall really go: answer there. Being given back: 192.0.2.1.",
    ),
    (
        "a relinquish case is open",
        lease(1),
        past(1, addresses=(B,), relinquishing=(A,), case_number=2),
        seen(A, B, cases=(relinquish(A),)),
        "relinquishing",
        "AWS is working on case 1700000002, which gives back 192.0.2.1; 1 dedicated IP address is here.",
    ),
    (
        "a relinquish case is open after its addresses are gone",
        lease(1),
        past(1, addresses=(B,), relinquishing=(A,), case_number=2),
        seen(B, cases=(relinquish(A),)),
        "relinquishing",
        "AWS is working on case 1700000002, which gives back addresses; 1 dedicated IP address is here.",
    ),
    (
        "a request is open beside a relinquish case",
        lease(2),
        past(1, addresses=(B,), relinquishing=(A,), case_number=3),
        seen(A, B, cases=(relinquish(A), request(number=3, asks=1, before=(A, B)))),
        "requested",
        (
            "AWS is working on case 1700000003: 1 of 2 still to come; 1 dedicated IP address is here. "
            "Being given back: 192.0.2.1."
        ),
    ),
    (
        "as many are here as wanted",
        lease(1),
        past(1, addresses=(A,)),
        seen(A),
        "active",
        "1 dedicated IP address is here, as declared.",
    ),
    (
        "nothing is wanted and nothing is here",
        lease(0),
        None,
        seen(),
        "active",
        "No dedicated IP address is here, as declared.",
    ),
    (
        "AWS said no",
        lease(),
        past(case_number=1),
        seen(cases=(request(status=RESOLVED),)),
        "short",
        (
            "0 of 3 dedicated IP addresses here; case 1700000001 is closed, and no more are asked for until `attempt` is "
            "raised or `count` changes."
        ),
    ),
    (
        "fewer are here, and there is no case",
        lease(2),
        past(2, addresses=(A,)),
        seen(A),
        "short",
        "1 of 2 dedicated IP addresses here; no more are asked for until `attempt` is raised or `count` changes.",
    ),
    (
        "more came than asked for",
        lease(1),
        past(1, addresses=(A, B, C)),
        seen(A, B, C),
        "over",
        (
            "3 dedicated IP addresses are here, 2 more than declared: raise `count` to 3 to keep all; to give some back, "
            "lower it to 1 again after that."
        ),
    ),
    (
        "AWS closed the case without taking back",
        lease(1),
        past(1, addresses=(B,), relinquishing=(A,), case_number=2),
        seen(A, B, cases=(relinquish(A, total=1, status=RESOLVED),)),
        "over",
        (
            "2 dedicated IP addresses are here, 1 more than declared: AWS closed the case without taking them back; raise "
            "`attempt` to ask again."
        ),
    ),
    (
        "held addresses vanished",
        lease(1),
        past(1, addresses=(A, B)),
        seen(B),
        "active",
        "1 dedicated IP address is here, as declared. Gone from the account: 192.0.2.1.",
    ),
    (
        "somebody else's address is there",
        lease(1),
        past(1, addresses=(A,)),
        seen(A, B),
        "active",
        (
            "1 dedicated IP address is here, as declared. No lease is known to hold 192.0.2.2 in eu-west-1; `adopt` would "
            "take over it."
        ),
    ),
    (
        "several addresses are somebody else's",
        lease(1),
        past(1, addresses=(A,)),
        seen(A, B, C),
        "active",
        (
            "1 dedicated IP address is here, as declared. No lease is known to hold 192.0.2.2, 192.0.2.3 in eu-west-1; "
            "`adopt` would take over them."
        ),
    ),
    (
        "an address is there that may be anybody's: only cases tell",
        lease(1),
        past(1, addresses=(A,)),
        replace(seen(A, B), cases_readable=False),
        "active",
        (
            "1 dedicated IP address is here, as declared. Cases cannot be read, and another lease may hold 192.0.2.2 in "
            "eu-west-1; `adopt` would take over it."
        ),
    ),
]


@pytest.mark.parametrize(
    ("declared", "remembered", "shown", "status", "message"), [pytest.param(*row[1:], id=row[0]) for row in ROWS]
)
def test_status_and_message(declared: Lease, remembered: Past | None, shown: Seen, status: str, message: str) -> None:
    """A person reads where the lease stands, which case it is about, and whose move it is."""
    outlook = outlook_of(declared, remembered, shown)

    assert (status, message) == (outlook.status, outlook.message)


def test_figures_tell_facts_from_wishes() -> None:
    """What is here, what is on its way, what nobody works on, and what AWS charges for now."""
    shown = seen(A, B, cases=(relinquish(A), request(number=3, asks=2, before=(A, B))))

    outlook = outlook_of(lease(4), past(1, addresses=(B,), relinquishing=(A,), case_number=3), shown)

    assert (2, 2, 1, 49.9) == (
        outlook.leased_count,
        outlook.requested_count,
        outlook.shortfall,
        outlook.monthly_cost_usd,
    )


def test_what_the_state_keeps() -> None:
    """The next look knows what was held, what was before the open request, and which cases were open."""
    open_case = request(number=3, asks=2, before=(A,))

    outlook = outlook_of(
        lease(3, adopt=(A,)), past(1, addresses=(A,), born_at="then"), seen(A, B, D, cases=(open_case,))
    )

    expected = Past(
        count=3,
        attempt=1,
        account_id=ACCOUNT,
        born_at="then",
        adopt=(A,),
        addresses=(A, B, D),
        release_order=(A, B, D),
        before=(A,),
        case_number=3,
        unfinished=True,
        open_cases=(open_case,),
    )

    assert expected == outlook.past
    assert CaseLink(id=open_case.id, display_id="1700000003", status="opened") == outlook.case


def test_a_waiting_lease_remembers_what_is_not_its_own() -> None:
    """Once cases can be read no more, nothing else tells it; a lease that waits for nothing has no need to."""
    open_case, theirs = request(asks=3), request(number=2, lease_key=OTHER_KEY, before=(A,))
    waiting = outlook_of(lease(3), past(1, addresses=(A,)), seen(A, B, cases=(open_case, theirs))).past
    blind = outlook_of(lease(3), waiting, replace(seen(A, B, C), cases_readable=False)).past
    done = outlook_of(lease(1), past(1, addresses=(A,)), seen(A, B)).past

    assert ((B,), (B,), ()) == (waiting.others, blind.others, done.others)


def test_a_new_lease_knows_when_it_was_created() -> None:
    """A replaced resource and its successor have one key, and are told apart by their birth."""
    outlook = born(outlook_of(lease(0), None, seen()), datetime(2026, 11, 24, 12, tzinfo=timezone.utc))

    assert "2026-11-24T12:00:00.000000Z" == outlook.past.born_at


def test_an_older_case_stays_the_one_that_the_outputs_point_to() -> None:
    """A case that AWS keeps no longer (24 months) is still named."""
    link = CaseLink(id="case-1", display_id="1700000001", status=RESOLVED)
    remembered = past(1, addresses=(A,), before=(B,), case_number=7, latest=link)

    outlook = outlook_of(lease(1), remembered, seen(A))

    assert (link, 7, (B,)) == (outlook.case, outlook.past.case_number, outlook.past.before)


UNFINISHED: list[tuple[str, Lease, Past, Seen, bool]] = [
    ("a request is open", lease(), past(), seen(cases=(request(),)), True),
    (
        "it was closed short",
        lease(),
        past(unfinished=True, case_number=1),
        seen(A, cases=(request(status=RESOLVED),)),
        True,
    ),
    ("it was granted", lease(1), past(1), seen(A, cases=(request(asks=1, status=RESOLVED),)), False),
    ("it was withdrawn", lease(), past(), seen(cases=(request(status=RESOLVED, withdrawn=True),)), False),
    ("AWS keeps the case no longer", lease(), past(unfinished=True), seen(), True),
    ("nothing was ever asked", lease(1), past(1), seen(), False),
]


@pytest.mark.parametrize(
    ("declared", "remembered", "shown", "expected"), [pytest.param(*row[1:], id=row[0]) for row in UNFINISHED]
)
def test_whether_a_request_is_unfinished(declared: Lease, remembered: Past, shown: Seen, *, expected: bool) -> None:
    """Only what comes while a request is unfinished is the lease's."""
    assert expected is outlook_of(declared, remembered, shown).past.unfinished


def console(count: int = 3) -> Lease:
    """Give a lease whose forms a person files."""
    return lease(count, filing="console")


def test_a_form_waits_for_a_person() -> None:
    """Nothing is on its way before the form is filed: a wish is no fact."""
    remembered = past(case_number=1, open_cases=(request(status=UNFILED),))

    outlook = outlook_of(console(), remembered, seen(), [FORM])

    message = f"A text waits for a person to file: see `form_text`. Cases are opened at {CONSOLE}."
    assert ("to_file", message, "the form") == (outlook.status, outlook.message, outlook.form_text)
    assert (0, 3, None) == (outlook.requested_count, outlook.shortfall, outlook.case)
    assert ((FORM,), False) == (outlook.past.papers, outlook.past.unfinished)


def test_several_texts_wait_for_a_person() -> None:
    """What is to be given back is not said to be on its way before the form is filed."""
    remembered = past(1, addresses=(B,), relinquishing=(A,), open_cases=(request(), relinquish(A, status=UNFILED)))
    papers = (Paper(number=1, message=1, text="the reply"), Paper(number=2, message=0, text="the form"))

    outlook = outlook_of(console(1), remembered, seen(A, B, cases=(request(),)), papers)

    assert ("to_file", "the reply\n\nthe form") == (outlook.status, outlook.form_text)
    assert outlook.message == (
        f"2 texts wait for a person to file: see `form_text`. Cases are opened at {CONSOLE}. "
        "To be given back: 192.0.2.1."
    )


@pytest.mark.parametrize(
    ("paper", "case"),
    [
        pytest.param(FORM, request(), id="the form was filed"),
        pytest.param(Paper(number=1, message=1, text="reply"), request(messages=2), id="the reply was written"),
        pytest.param(Paper(number=1, message=1, text="reply"), request(status=RESOLVED), id="the case is closed"),
        pytest.param(Paper(number=9, message=0, text="old"), request(), id="the form was dropped"),
    ],
)
def test_a_text_waits_no_longer(paper: Paper, case: object) -> None:
    """What AWS shows ends the waiting, whoever did it."""
    outlook = outlook_of(console(), past(), seen(cases=(case,)), [paper])  # type: ignore[arg-type]  # a case

    assert ((), "") == (outlook.past.papers, outlook.form_text)


def test_what_comes_shows_that_the_form_was_filed() -> None:
    """Without a support plan the list of cases is closed to us, and addresses tell."""
    remembered = past(case_number=1, unfinished=True, open_cases=(request(status=UNFILED),))

    outlook = outlook_of(console(), remembered, replace(seen(A), cases_readable=False), [FORM])

    assert ("requested", 2, True) == (outlook.status, outlook.requested_count, outlook.past.unfinished)
    assert outlook.message == (
        "The form was filed, as what came shows: 2 of 3 still to come; 1 dedicated IP address is here."
    )


def test_a_list_that_can_be_read_again_ends_the_guessing() -> None:
    """Once cases can be read, a form that is on no list is not filed, and what comes may be anybody's."""
    remembered = past(case_number=1, unfinished=True, open_cases=(request(status=UNFILED),))

    assert not outlook_of(console(), remembered, seen(), [FORM]).past.unfinished


DRIFTS: list[tuple[str, Past, Seen, int]] = [
    ("nothing vanished", past(2, addresses=(A, B)), seen(A, B), 2),
    ("one of two vanished", past(2, addresses=(A, B)), seen(B), 1),
    ("all vanished", past(2, addresses=(A, B)), seen(), 0),
    ("more was here than declared", past(2, addresses=(A, B, C)), seen(B, C), 2),
    ("more was here, and two vanished", past(2, addresses=(A, B, C)), seen(C), 1),
    ("a request is open and nothing vanished", past(unfinished=True, case_number=1), seen(A, cases=(request(),)), 3),
    (
        "one vanished while a request is open",
        past(addresses=(A,), unfinished=True, case_number=1),
        seen(cases=(request(asks=2, before=(A,)),)),
        2,
    ),
    (
        "one vanished and another came",
        past(2, addresses=(A,), unfinished=True, case_number=1),
        seen(B, cases=(request(asks=1, before=(A,)),)),
        1,
    ),
    ("AWS gave fewer: no drift", past(addresses=(A,), case_number=1), seen(A, cases=(request(status=RESOLVED),)), 3),
    (
        "what was given back did not vanish",
        past(1, addresses=(B,), relinquishing=(A,), case_number=2),
        seen(B, cases=(relinquish(A, status=RESOLVED),)),
        1,
    ),
    (
        "a cut-off run gave back: the program says how many stay",
        past(2, addresses=(A, B), case_number=1),
        seen(B, cases=(relinquish(A, total=1, status=RESOLVED),)),
        2,
    ),
]


@pytest.mark.parametrize(("remembered", "shown", "expected"), [pytest.param(*row[1:], id=row[0]) for row in DRIFTS])
def test_only_what_vanished_lowers_the_count(remembered: Past, shown: Seen, expected: int) -> None:
    """An open or refused request is no drift; an address that was held and is gone is."""
    assert expected == count_after_drift(remembered, stand(lease(remembered.count), remembered, shown))


def test_another_leases_cases_are_not_ours_to_tell_of() -> None:
    """The outputs point to the lease's own cases."""
    outlook: Outlook = outlook_of(lease(0), None, seen(cases=(request(lease_key=OTHER_KEY, status=ASKS),)))

    assert ("active", None) == (outlook.status, outlook.case)


def test_cases_of_an_earlier_run_are_named() -> None:
    """Whoever runs a create again reads which case it went on with."""
    shown = seen(cases=(request(),))

    assert outlook_of(lease(), None, shown, (), [request()]).message.endswith(
        "Taken up from an earlier run: case 1700000001."
    )
