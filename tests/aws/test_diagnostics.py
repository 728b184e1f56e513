"""What the command line asks of an account, even if AWS leaves out what it may leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.stub import Stubber
from support.tables import table

from aws.written import file
from dedicated_ip_provider.aws.diagnostics import question_in

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account

AWS, NOON, LATER = "Amazon Web Services", "2026-11-24T12:00:00.000Z", "2026-11-24T13:00:00.000Z"
Messages = list[dict[str, str]]
MESSAGES: list[tuple[str, Messages, str | None]] = [
    ("a complete message", [{"submittedBy": AWS, "body": "Really?", "timeCreated": NOON}], "Really?"),
    ("the latest", [{"submittedBy": AWS, "body": "Late.", "timeCreated": LATER}, {"submittedBy": AWS, "body": "Early.", "timeCreated": NOON}], "Late."),
    ("no time", [{"submittedBy": AWS, "body": "When?"}], "When?"),
    ("no text", [{"submittedBy": AWS, "timeCreated": NOON}], None),
    ("no author, our own, nothing", [{"body": "Who?"}, {"submittedBy": "mail@example.com", "body": "We."}, {}], None),
]  # fmt: skip


@table("reason, messages, expected", MESSAGES)
def test_the_latest_message_of_awss_staff_is_shown(
    reason: str, account: Account, messages: Messages, expected: str | None
) -> None:
    """It needs an author and a text; any member may be absent."""
    case = file(account)
    with Stubber(account.session.support) as stub:
        stub.add_response("describe_communications", {"communications": messages})

        assert expected == question_in(account, case), reason
