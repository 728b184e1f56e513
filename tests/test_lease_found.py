"""What `test_lease_machine` found, told one by one: each was wrong once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dedicated_ip_provider.forecast import forecast
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import lease_from_state, past_from_state

if TYPE_CHECKING:
    from story import Story

A, B, C, D = (f"192.0.2.{number}" for number in range(1, 5))
IRELAND = "eu-west-1"


def test_what_vanishes_from_a_finished_request_does_not_begin_it_again(story: Story) -> None:
    """All that was asked for had come; one was gone later, and the next address of somebody else was held for it."""
    eu = story.lease("prod", "eu", count=2)

    story.vanish(IRELAND, A)
    [foreign] = story.appear()
    story.declare("prod", "eu", release_first=[B])
    story.up("prod")
    story.up("prod")

    assert ([B], False) == (eu.shown["addresses"], eu.shown["memory"].get("unfinished", False))
    assert [foreign] == eu.shown["memory"].get("strangers", [])
    assert [] == story.wrong()


def test_what_an_earlier_life_asked_for_is_not_unfinished(story: Story) -> None:
    """A new life began with a printed form; the request of the life before, given back by then, was still waited for."""
    eu = story.lease("prod", "eu", count=2)
    story.destroy("prod")

    story.declare("prod", "eu", filing="console")
    story.up("prod")

    assert (False, 0) == (eu.shown["memory"].get("unfinished", False), eu.shown["requested_count"])
    assert [] == story.wrong()


def test_a_form_that_was_called_off_is_no_case(story: Story) -> None:
    """The state pointed to a closed case without an id: the form that nobody was to file any more."""
    eu = story.declare("prod", "eu", count=1)
    story.up("prod")
    story.destroy("prod")
    story.declare("prod", "eu", count=2, filing="console")
    story.up("prod")

    story.declare("prod", "eu", count=0)
    story.up("prod")

    [(withdrawn, _)] = story.cases(is_open=False)
    assert (withdrawn.id, withdrawn.display_id) == (eu.shown["case_id"], eu.shown["case_display_id"])
    assert ("active", "") == (eu.shown["status"], eu.shown["form_text"])


def test_what_is_given_back_is_offered_to_nobody_before_aws_lists_the_case(story: Story) -> None:
    """`adopt` was advised for an address that the lease's own case, filed a moment before, was giving back."""
    eu = story.lease("prod", "eu", count=1)
    story.desk.change(listing_delay=60.0)

    story.replace(eu, delete_first=True)
    story.desk.change(listing_delay=10_000.0)
    story.refresh("prod")

    assert [] == eu.shown["memory"].get("strangers", [])
    assert "adopt" not in eu.shown["message"]


def test_what_was_there_before_a_form_was_filed_has_not_come_by_it(story: Story) -> None:
    """A form was filed days after it was printed: what somebody else had got by then was held as the form's."""
    eu = story.declare("prod", "eu", count=2, filing="console")
    story.up("prod")
    story.appear()
    story.refresh("prod")

    story.post(eu.shown["form_text"])
    story.desk.advance(600)
    story.grant(story.open_case(eu))
    story.refresh("prod")
    story.refresh("prod")

    assert ([B, C], [A]) == (eu.shown["addresses"], eu.shown["memory"].get("strangers", []))
    assert [] == story.wrong()


def test_a_form_ends_no_earlier_requests_time(story: Story) -> None:
    """A lease came back with console filing: what its own new form found in the Region, another lease's, was held."""
    eu = story.lease("prod", "eu", count=2)
    test = story.lease("test", "eu", count=2)
    story.vanish(IRELAND, A)
    story.vanish(IRELAND, B)
    story.destroy("prod")

    story.declare("prod", "eu", filing="console")
    story.up("prod")

    assert ([], "to_file") == (eu.shown["addresses"], eu.shown["status"])
    assert [C, D] == test.shown["addresses"]
    assert [] == story.wrong()


def test_a_form_that_is_called_off_ends_no_earlier_requests_time(story: Story) -> None:
    """A lease ended whose form was never filed: it gave back what its form had found in the Region, another lease's."""
    test = story.lease("test", "eu", count=3)
    story.declare("test", "eu", count=2)
    story.up("test")
    story.grant_and_remove_all()
    story.declare("test", "eu", filing="console")
    story.up("test")
    story.vanish(IRELAND, B)
    story.refresh("test")
    story.forget(story.destroy("test").said)
    prod = story.lease("prod", "eu", count=1)
    story.declare("test", "eu", count=2, filing="console")
    story.up("test")
    assert ([C], "to_file") == (test.shown["addresses"], test.shown["status"])

    printed = story.destroy("test").said

    assert [f"returns: {C}"] == [line for line in printed.splitlines() if line.startswith("returns: ")]
    assert [D] == prod.shown["addresses"]
    assert [] == story.wrong()


def test_a_form_that_is_called_off_is_not_remembered_as_the_latest_request(story: Story) -> None:
    """The same wish once more remembered another "before", that of the request that was filed."""
    story.appear()
    eu = story.lease("prod", "eu", count=1)
    story.declare("prod", "eu", count=2, filing="console")
    story.up("prod")

    story.declare("prod", "eu", count=1)
    story.up("prod")

    assert ("active", [A]) == (eu.shown["status"], eu.shown["memory"].get("before", []))
    assert [] == story.wrong()


def test_what_comes_before_the_forms_of_a_lease_without_addresses_are_filed_is_held(story: Story) -> None:
    """A printed form that gave everything back ended the time of a request that was still open: what came was nobody's."""
    eu = story.lease("prod", "eu", count=1)
    story.declare("prod", "eu", count=2)
    story.up("prod")
    story.declare("prod", "eu", count=0, filing="console")
    story.up("prod")

    story.grant(story.open_case(eu))
    story.refresh("prod")

    assert ([B], [A]) == (eu.shown["addresses"], eu.shown["relinquishing"])
    assert [] == eu.shown["memory"].get("strangers", [])
    assert [] == story.wrong()


def test_a_preview_says_what_a_raised_attempt_gives_back_again(story: Story) -> None:
    """AWS had closed the case without taking the address, and the preview of asking again said nothing at all."""
    eu = story.lease("prod", "eu", count=2)
    story.declare("prod", "eu", count=1)
    story.up("prod")
    story.desk.resolve(story.open_case(eu, "relinquish").id)
    story.refresh("prod")
    assert ("over", [A]) == (eu.shown["status"], eu.shown["memory"]["not_taken_back"])

    again = replace(lease_from_state(eu.inputs, regions()), attempt=2)
    said = forecast(again, past_from_state(eu.shown))

    assert f"eu (eu-west-1): will give back {A} by a support case, which is final" == said[0].partition(";")[0]
    story.declare("prod", "eu", attempt=2)
    story.up("prod")
    assert (A,) == story.named_in(story.open_case(eu, "relinquish"))
    assert [] == story.wrong()


def test_what_was_there_while_a_form_waited_has_not_come_by_it(story: Story) -> None:
    """Another lease held the address as more than it had asked for; the form, filed later, seemed to have brought it."""
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    story.desk.resolve(story.open_case(eu).id)
    other = story.declare("test", "eu", count=2, filing="console")
    story.up("test")
    [late] = story.appear()
    story.refresh("prod")
    story.refresh("test")

    story.post(other.shown["form_text"])
    story.grant(story.open_case(other))
    story.refresh("test")

    assert [late] == eu.shown["addresses"]
    assert (2, False) == (len(other.shown["addresses"]), late in other.shown["addresses"])
    assert [] == story.wrong()


def test_what_aws_left_here_is_held_again(story: Story) -> None:
    """AWS closed the case of two addresses and took none; when one was wanted again, the other went, and one stayed."""
    eu = story.lease("prod", "eu", count=2)
    story.declare("prod", "eu", count=0)
    story.up("prod")
    story.declare("prod", "eu", count=2)
    story.up("prod")
    story.desk.resolve(story.open_case(eu, "relinquish").id)

    story.declare("prod", "eu", count=1)
    story.up("prod")

    assert (A,) == story.named_in(story.open_case(eu, "relinquish"))
    assert ([B], [A]) == (eu.shown["addresses"], eu.shown["relinquishing"])
    assert [] == story.wrong()


def test_what_is_given_back_later_was_there_to_stay_before(story: Story) -> None:
    """One address more than asked for had come; of the three, two went first and the third with the end of the lease."""
    story.declare("test", "eu", count=2)
    story.up("test")
    story.grant_and_remove_all()
    story.appear()
    story.declare("test", "eu", count=1)
    story.up("test")
    story.destroy("test")

    story.grant_and_remove_all()

    assert [] == story.wrong()


def test_what_was_there_while_a_form_waited_never_comes_by_it(story: Story) -> None:
    """The look after the form was filed told the address from what came; the one after that did not any more."""
    story.declare("prod", "eu", count=2)
    story.up("prod")
    story.grant(story.open_case(story.resources[0]), 1, close=True)
    other = story.declare("test", "eu", count=2, filing="console")
    story.up("test")
    story.appear()
    story.refresh("test")
    story.post(other.shown["form_text"])
    story.refresh("test")
    story.refresh("test")
    assert [] == other.shown["addresses"]

    story.grant(story.open_case(other), 1, close=True)
    story.refresh("test")
    story.refresh("test")

    assert ("short", 1) == (other.shown["status"], len(other.shown["addresses"]))
    assert [] == story.wrong()


def test_what_a_withdrawn_request_had_brought_stays_with_a_lease_that_is_made_anew(story: Story) -> None:
    """A replacement called the rest of a request off, and what had come was nobody's: it asked for one more instead."""
    eu = story.lease("prod", "eu", count=2)
    story.declare("prod", "eu", count=4)
    story.up("prod")
    story.grant(story.open_case(eu), 1)
    story.declare("prod", "eu", count=3)

    story.replace(eu)

    assert ("active", [A, B, C]) == (eu.shown["status"], eu.shown["addresses"])
    assert [] == story.cases()
    assert [] == story.wrong()


def test_what_a_request_had_brought_stays_with_a_lease_that_did_not_know_of_it(story: Story) -> None:
    """A run that was killed had filed the request; the next one called the rest off, and lost what had come."""
    eu = story.lease("prod", "eu", count=2)
    story.declare("prod", "eu", count=4)
    story.up("prod", killed_at=5, carried_out=True)
    story.grant(story.open_case(eu), 1)
    story.declare("prod", "eu", count=3)

    story.up("prod")

    assert ("active", [A, B, C]) == (eu.shown["status"], eu.shown["addresses"])
    assert [] == story.cases()
    assert [] == story.wrong()


def test_what_a_withdrawn_request_had_brought_is_no_strangers_for_others(story: Story) -> None:
    """Another lease of the Region was told that it might adopt what was not to be had."""
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    story.grant(story.open_case(eu), 1)
    story.declare("prod", "eu", count=1)
    story.up("prod")
    assert ([], [A]) == (story.cases(), eu.shown["addresses"])

    other = story.lease("test", "eu", count=1)

    assert ([B], []) == (other.shown["addresses"], other.shown["memory"].get("strangers", []))
    assert [] == story.wrong()


def test_a_lease_made_anew_may_take_what_came_for_what_it_had_asked_for(story: Story) -> None:
    """AWS gave nothing and closed the case; no case says that the lease ended, nor whose the address is that came then."""
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    story.desk.resolve(story.open_case(eu).id)
    story.declare("prod", "eu", count=0)
    story.up("prod")
    [late] = story.appear()
    story.destroy("prod")
    story.declare("prod", "eu", count=0)

    story.up("prod")

    assert ("over", [late]) == (eu.shown["status"], eu.shown["addresses"])
    assert [] == story.wrong()


def test_what_was_anothers_while_cases_were_listed_stays_anothers_without_a_plan(story: Story) -> None:
    """AWS had given one address of two, so the lease was still waiting for one, and took another lease's two for it."""
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    story.grant(story.open_case(eu), 1, close=True)
    story.refresh("prod")
    other = story.lease("test", "eu", count=2)
    [foreign] = story.appear()
    story.declare("prod", "eu", filing="console")
    story.up("prod")

    story.desk.change(support_plan=False)
    story.refresh("prod")
    story.refresh("prod")

    assert ("short", [A]) == (eu.shown["status"], eu.shown["addresses"])
    assert [B, C] == other.shown["addresses"]
    assert sorted([B, C, foreign]) == eu.shown["memory"]["others"]
    assert [] == story.wrong()


def test_what_comes_for_a_request_that_was_called_off_is_held_once(story: Story) -> None:
    """AWS granted it all the same, and a lease that was still to see its own request closed held it, too."""
    eu = story.declare("prod", "eu", count=1)
    story.up("prod")
    story.grant(story.open_case(eu))
    other = story.declare("test", "eu", count=1)
    story.up("test")
    story.declare("test", "eu", count=0)
    case = story.open_case(other).id
    story.up("test", killed_at=4)
    story.desk.grant(case)

    story.refresh("prod")
    story.refresh("test")

    assert ([A], [B]) == (eu.shown["addresses"], other.shown["addresses"])
    assert [] == story.wrong()


def test_a_form_that_seemed_filed_waits_again_once_cases_show_that_it_was_not(story: Story) -> None:
    """Without a plan, somebody else's address stood for what the form was to bring, and the form was forgotten."""
    story.desk.change(support_plan=False)
    eu = story.declare("prod", "eu", count=2, filing="console")
    story.up("prod")
    form = eu.shown["form_text"]
    story.appear()
    story.refresh("prod")
    seemed = (eu.shown["status"], eu.shown["form_text"])

    story.desk.change(support_plan=True)
    story.refresh("prod")
    shown = (eu.shown["status"], eu.shown["form_text"], eu.shown["requested_count"])

    assert (("requested", ""), ("to_file", form, 0)) == (seemed, shown)


def test_a_form_has_brought_nothing_where_cases_show_that_it_was_not_filed(story: Story) -> None:
    """It was printed without a plan, and might have been filed; then there was a plan again, and somebody's address."""
    story.desk.change(support_plan=False)
    eu = story.declare("prod", "eu", count=2, filing="console")
    story.up("prod")
    [foreign] = story.appear()

    story.desk.change(support_plan=True)
    story.refresh("prod")

    assert ("to_file", [], [foreign]) == (eu.shown["status"], eu.shown["addresses"], eu.shown["memory"]["strangers"])
    assert [] == story.wrong()


def test_a_lease_made_anew_counts_what_it_gave_back_among_what_had_come(story: Story) -> None:
    """Of two that had come it gave one back; somebody else's came, and made it two again: it took that for its own."""
    eu = story.lease("prod", "eu", count=2)
    story.declare("prod", "eu", count=1)
    story.up("prod")
    story.grant_and_remove_all()
    story.refresh("prod")
    story.appear()

    done = story.replace(eu)

    assert done.error is not None
    assert (
        "eu (eu-west-1) cannot tell its addresses apart: more appeared after its earlier case 1700000001 than the 2 "
        "dedicated IP addresses asked for there."
    ) == done.error.splitlines()[0]
    assert [B] == eu.shown["addresses"]
    assert [] == story.wrong()


def test_a_lease_made_anew_holds_what_it_did_not_give_back(story: Story) -> None:
    """What it gave back had come by its request, too, and was not more than it had asked for."""
    eu = story.lease("prod", "eu", count=2)
    story.declare("prod", "eu", count=1)
    story.up("prod")
    story.grant_and_remove_all()

    story.replace(eu)

    assert ("active", [B]) == (eu.shown["status"], eu.shown["addresses"])
    assert [] == story.wrong()
