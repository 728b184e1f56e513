"""What the command line asks of an account, where AWS leaves out what it may leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from aws.written import file
from dedicated_ip_provider.aws.diagnostics import question_in

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account

AWS = "Amazon Web Services"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([{"submittedBy": AWS, "body": "Really?", "timeCreated": "2026-11-24T12:00:00.000Z"}], "Really?"),
        (
            [
                {"submittedBy": AWS, "body": "Late.", "timeCreated": "2026-11-24T13:00:00.000Z"},
                {"submittedBy": AWS, "body": "Early.", "timeCreated": "2026-11-24T12:00:00.000Z"},
            ],
            "Late.",
        ),
        ([{"submittedBy": AWS, "body": "When?"}], "When?"),
        ([{"submittedBy": AWS, "timeCreated": "2026-11-24T12:00:00.000Z"}], None),
        ([{"body": "Who?"}, {"submittedBy": "mail@example.com", "body": "We."}, {}], None),
    ],
    ids=["whole", "the latest", "no time", "no body", "nobody's, ours, nothing"],
)
def test_the_latest_message_of_awss_people_is_shown(
    account: Account, messages: list[dict[str, str]], expected: str | None
) -> None:
    """Of a message its author and text are needed; any member may be absent."""
    case = file(account)
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_communications", {"communications": messages})

        assert expected == question_in(account, case)
