"""Notifications: which rule, where, to what, and who may deliver there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from support.declared import Declaration, declare

from dedicated_ip_provider import DedicatedIpNotifications

if TYPE_CHECKING:
    from collections.abc import Callable

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
TOPIC, TOPIC_POLICY = "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"
QUEUE, QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
TOPIC_ARN = "arn:aws:sns:us-east-1:111122223333:cases"
QUEUE_ARN = "arn:aws:sqs:us-east-1:111122223333:cases"
RULE_ARN = "arn:aws:events:us-east-1:111122223333:rule/cases"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/111122223333/cases"
ANSWERS = {
    RULE: {"name": "cases-1a2b3c4", "arn": RULE_ARN},
    TOPIC: {"arn": TOPIC_ARN},
    QUEUE: {"arn": QUEUE_ARN, "url": QUEUE_URL},
}
IDENTITY: dict[str, Any] = {
    "Sid": "SupportCaseUpdates",
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
}
PUBLISH = {**IDENTITY, "Action": "sns:Publish", "Resource": TOPIC_ARN}
SEND = {
    **IDENTITY,
    "Action": "sqs:SendMessage",
    "Resource": QUEUE_ARN,
    "Condition": {"ArnEquals": {"aws:SourceArn": RULE_ARN}},
}


def told(**others: Any) -> Callable[[], DedicatedIpNotifications]:
    """Return a program with notifications."""
    return lambda: DedicatedIpNotifications("cases", **others)


def run(program: Callable[[], object], **others: Any) -> Declaration:
    """Declare it in a stack of another Region than that of the events."""
    return declare(program, ANSWERS, region="eu-west-1", **others)


def allowed(policy: str) -> Any:
    """Return the one statement of a policy."""
    document = json.loads(policy)
    assert "2012-10-17" == document["Version"]
    [statement] = document["Statement"]
    return statement


def test_the_rule_takes_every_update_of_a_case() -> None:
    """The event has no mark by which a lease's cases could be told from others."""
    [rule] = run(told()).of(RULE).values()

    assert {"source": ["aws.support"], "detail-type": ["Support Case Update"]} == json.loads(
        rule.inputs["eventPattern"]
    )


@pytest.mark.parametrize("to", ["topic", "queue"])
def test_everything_is_in_the_region_of_the_events(to: str) -> None:
    """AWS Support sends them in us-east-1 alone, whichever Region the stack and the leases are in."""
    declaration = run(told(to=to, tags={"team": "mail"}))

    made = [one for one in declaration.resources if one.type.startswith("aws:")]
    assert ["us-east-1"] * 4 == [one.inputs["region"] for one in made]
    assert ["cases"] * 4 == [one.parent for one in made]
    assert {RULE, TOPIC if to == "topic" else QUEUE} == {one.type for one in made if "tags" in one.inputs}


def test_by_default_a_topic_is_made_that_eventbridge_may_publish_to() -> None:
    """Its policy has no condition: EventBridge would not deliver to a topic with one."""
    declaration = run(told())

    [policy] = declaration.of(TOPIC_POLICY).values()
    assert (TOPIC_ARN, PUBLISH) == (policy.inputs["arn"], allowed(policy.inputs["policy"]))
    assert {} == declaration.of(QUEUE)
    assert (TOPIC_ARN, RULE_ARN) == tuple(declaration.outputs["cases"][name] for name in ("arn", "rule_arn"))


def test_a_queue_takes_messages_of_this_rule_alone_and_keeps_them_for_two_weeks() -> None:
    """Fourteen days are the most that SQS has: somebody may be on holiday."""
    declaration = run(told(to="queue"))

    [queue], [policy] = declaration.of(QUEUE).values(), declaration.of(QUEUE_POLICY).values()
    assert 1_209_600 == queue.inputs["messageRetentionSeconds"]
    assert (QUEUE_URL, SEND) == (policy.inputs["queueUrl"], allowed(policy.inputs["policy"]))
    assert {} == declaration.of(TOPIC)
    assert QUEUE_ARN == declaration.outputs["cases"]["arn"]


@pytest.mark.parametrize(("to", "arn"), [("topic", TOPIC_ARN), ("queue", QUEUE_ARN)])
def test_nothing_is_sent_before_it_may_be_delivered(to: str, arn: str) -> None:
    """An event that comes between the target and the policy would be lost."""
    declaration = run(told(to=to))

    [target] = declaration.of(TARGET).values()
    assert ("cases-1a2b3c4", arn) == (target.inputs["rule"], target.inputs["arn"])
    names = declaration.names()
    assert names.index("EventTarget cases") > names.index(f"{to.title()}Policy cases")


@pytest.mark.parametrize(
    ("to", "statement"), [(TOPIC_ARN, PUBLISH), (QUEUE_ARN, SEND), (pulumi.Output.from_input(QUEUE_ARN), SEND)]
)
def test_a_topic_or_queue_that_is_there_keeps_its_policy(to: Any, statement: dict[str, Any]) -> None:
    """To set one replaces what others wrote there; the output says what has to be in it."""
    declaration = run(told(to=to))

    assert ["EventRule cases", "EventTarget cases"] == [
        name for name in declaration.names() if not name.startswith("DedicatedIp")
    ]
    outputs = declaration.outputs["cases"]
    assert (statement["Resource"], statement) == (outputs["arn"], allowed(outputs["policy"]))


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("arn:aws:sns:eu-west-1:111122223333:cases", "a rule delivers in its own Region"),
        ("arn:aws:lambda:us-east-1:111122223333:function:cases", "neither a topic nor a queue"),
        ("Topic", "a misspelt word"),
    ],
)
@pytest.mark.parametrize("wrapped", [str, pulumi.Output.from_input], ids=["value", "output"])
def test_what_cannot_be_delivered_to_is_refused(to: str, reason: str, wrapped: Callable[[str], Any]) -> None:
    """AWS would take the rule and drop each event."""
    with pytest.raises(pulumi.RunError) as refusal:
        run(lambda: DedicatedIpNotifications("cases", to=wrapped(to)))

    assert (
        "DedicatedIpNotifications 'cases': `to` must be `topic`, `queue`, or the ARN of an SNS topic or an SQS queue in "
        f"us-east-1, where AWS Support sends its events; it is {to!r}."
    ) == str(refusal.value), reason


def test_a_preview_knows_as_much_as_it_can() -> None:
    """Before anything is there, no ARN is known, and nothing fails by that."""
    declaration = declare(told(), preview=True, new=("cases",))

    assert {RULE, TOPIC, TOPIC_POLICY, TARGET} == {one.type for one in declaration.resources} - {
        "dedicatedip:index:DedicatedIpNotifications"
    }


def test_all_is_made_with_the_provider_of_the_component() -> None:
    """It leads to the account whose cases are told."""

    def program() -> None:
        mine = pulumi.ProviderResource("aws", "mine", {})
        DedicatedIpNotifications("cases", opts=pulumi.ResourceOptions(providers=[mine]))

    made = [one for one in run(program).resources if one.type.startswith("aws:")]

    assert ["mine"] * 4 == [one.provider for one in made]


def test_the_type_of_the_notifications_never_changes() -> None:
    """The states of stacks name it."""
    assert "dedicatedip:index:DedicatedIpNotifications" in {one.type for one in run(told()).resources}


def test_what_is_created_cannot_depend_on_an_output() -> None:
    """A preview has to show which resources there will be."""
    with pytest.raises(pulumi.RunError, match="give `to` as the plain string 'queue'; only an ARN may be an output"):
        run(lambda: DedicatedIpNotifications("cases", to=pulumi.Output.from_input("queue")))
