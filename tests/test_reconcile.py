"""The steps of a lease at AWS, or on paper for a person, and what stops them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commands import Resource
    from story import Story


def test_a_state_of_another_account_is_refused(story: Story) -> None:
    """Whoever has other credentials than the lease was made with must not read its addresses as gone."""
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    eu.shown["account_id"] = "999999999999"

    done = story.refresh("prod")

    assert (
        "eu (eu-west-1) lives in account 999999999999, but the credentials lead to account 111122223333.\n"
        "Nothing was filed. Use the credentials of the lease's account."
    ) == done.error


def test_a_case_that_aws_would_not_take_is_not_sent(story: Story) -> None:
    """A case names every address that it gives back, and AWS takes 8,000 characters."""
    adopted = list(story.appear(count=700))
    eu = story.declare("prod", "eu", count=700, adopt=adopted)
    story.up("prod")
    assert adopted == eu.shown["addresses"]

    done = story.destroy("prod")

    assert done.error is not None
    assert done.error.startswith("eu (eu-west-1): the case would be ")
    assert done.error.endswith(
        " characters long, but AWS takes 8,000.\nNothing was filed. Shorten `use_case`, or give back fewer addresses "
        "at a time by lowering `count`."
    )
    assert [] == story.cases()


def test_what_was_sent_stays_sent_where_the_case_cannot_be_read_again(story: Story) -> None:
    """A message opens a closed case, or does not: to look is good, and its failure no failure of the message."""
    eu = story.declare("prod", "eu", count=2)
    story.up("prod")
    story.desk.fault(kind="access-denied", operation="DescribeCases", when="before", times=1, skip=1)
    story.declare("prod", "eu", count=3)

    done = story.up("prod")

    assert (None, 3) == (done.error, eu.shown["requested_count"])


def on_file(story: Story, count: int = 2) -> Resource:
    """Give a lease whose first form a person has filed."""
    eu = story.declare("prod", "eu", count=count, filing="console")
    story.up("prod")
    story.post(eu.shown["form_text"])
    story.desk.advance(600)
    story.refresh("prod")
    return eu


def heads(eu: Resource) -> list[str]:
    """Give the lines that say where a text belongs."""
    return [line for line in eu.shown["form_text"].splitlines() if line.startswith(("Open a case", "Write in case"))]


def test_another_count_is_a_message_for_a_person_to_send(story: Story) -> None:
    """With console filing nothing is sent: the text and its case stand in the outputs until the message is there."""
    eu = on_file(story)
    number = story.open_case(eu).display_id
    story.declare("prod", "eu", count=3)

    story.up("prod")

    assert ("to_file", 1) == (eu.shown["status"], len(heads(eu)))
    assert heads(eu)[0].startswith(f"Write in case {number}")
    story.post(eu.shown["form_text"])
    story.refresh("prod")
    assert ("requested", "", 3) == (eu.shown["status"], eu.shown["form_text"], eu.shown["requested_count"])


def test_a_request_is_called_off_by_a_person(story: Story) -> None:
    """The person who sends the withdrawal closes the case, too."""
    eu = on_file(story)
    story.declare("prod", "eu", count=0)

    story.up("prod")
    story.post(eu.shown["form_text"])
    story.refresh("prod")

    assert ([], "active") == (story.cases(), eu.shown["status"])


def test_aws_question_is_answered_by_a_person(story: Story) -> None:
    """`confirm_relinquish` writes the answer, and the person sends it."""
    eu = on_file(story)
    story.grant(story.open_case(eu), close=True)
    story.refresh("prod")
    story.declare("prod", "eu", count=1, confirm_relinquish=True)
    story.up("prod")
    story.post(eu.shown["form_text"])
    story.desk.advance(600)
    story.desk.confirm_question(story.open_case(eu, "relinquish").id)
    story.refresh("prod")

    story.up("prod")

    assert heads(eu)[0].startswith(f"Write in case {story.open_case(eu, 'relinquish').display_id}")
    story.post(eu.shown["form_text"])
    story.refresh("prod")
    assert ("relinquishing", "") == (eu.shown["status"], eu.shown["form_text"])


def test_no_form_is_written_for_what_is_refused(story: Story) -> None:
    """What the API would not be sent, no person shall file."""
    story.declare("prod", "eu", count=2, adopt=["198.51.100.7"], filing="console")

    done = story.up("prod")

    assert done.error is not None
    assert "eu (eu-west-1) cannot adopt 198.51.100.7: account 111122223333 has no such" in done.error
