"""Notifications of what AWS does in support cases; like `pool`, this needs `pulumi-aws`, an extra."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pulumi
from pulumi_aws import cloudwatch, sns, sqs

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION: Final = "us-east-1"
"""Where AWS Support sends its events, whichever Region a case is about (AWS Support user guide)."""
PATTERN: Final = {"source": ["aws.support"], "detail-type": ["Support Case Update"]}
RETENTION: Final = 14 * 24 * 3600
"""How long a queue keeps unread messages, in seconds: the maximum of Amazon SQS."""

_ACTIONS: Final = {"sns": "sns:Publish", "sqs": "sqs:SendMessage"}
_ARN: Final = re.compile(rf"arn:[\w-]+:(sns|sqs):{REGION}:\d{{12}}:\S+")


class DedicatedIpNotifications(pulumi.ComponentResource):
    """Notifications whenever something happens in one of the account's support cases.

    They consist of an `aws.cloudwatch.EventRule` in us-east-1, where AWS Support sends its events, a target and, unless
    you have one, a topic or a queue with the policy that lets EventBridge deliver to it.

    An event names a case and what happened in it, but contains none of the text. So there are events for every case of
    the account, not only those of leases; `dedicated-ip status` shows which cases are a lease's. AWS delivers these
    events on a best-effort basis, so they do not replace a nightly `pulumi refresh`.
    """

    arn: pulumi.Output[str]
    """The ARN of the topic or the queue."""
    rule_arn: pulumi.Output[str]
    """The ARN of the rule."""
    policy: pulumi.Output[str]
    """The policy, as JSON, that the topic or the queue needs. If you use your own, add this to its policy."""

    def __init__(
        self,
        resource_name: str,
        *,
        to: pulumi.Input[str] = "topic",
        tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the notifications.

        :param resource_name: the name of the component in the stack
        :param to: `topic` (default) creates an SNS topic and `queue` an SQS queue; both are plain strings. The ARN of
            an existing topic or queue in us-east-1, which may be an output, uses that one without changing its
            policy: `policy` says what it must contain
        :param tags: tags for the rule, and for the topic or the queue if it is created
        :param opts: Pulumi's resource options; an `aws` provider in `providers` creates all of it
        """
        super().__init__("dedicatedip:index:DedicatedIpNotifications", resource_name, None, opts)
        self._name = resource_name
        self._tags = tags
        rule = cloudwatch.EventRule(
            resource_name,
            description="What happens in the account's support cases.",
            event_pattern=json.dumps(PATTERN),
            region=REGION,
            tags=tags,
            opts=self._child(),
        )
        self.rule_arn = rule.arn
        delivery = self._deliver_to(to)
        cloudwatch.EventTarget(
            resource_name, rule=rule.name, arn=self.arn, region=REGION, opts=self._child(depends_on=delivery)
        )
        self.register_outputs({"arn": self.arn, "rule_arn": self.rule_arn, "policy": self.policy})

    def _deliver_to(self, to: pulumi.Input[str]) -> list[pulumi.Resource]:
        """Set `arn` and `policy`; return the resources that must exist before anything is delivered."""
        if to == "topic":
            topic = sns.Topic(self._name, region=REGION, tags=self._tags, opts=self._child())
            self._allow(topic.arn)
            return [sns.TopicPolicy(self._name, arn=topic.arn, policy=self.policy, region=REGION, opts=self._child())]
        if to == "queue":
            queue = sqs.Queue(
                self._name, message_retention_seconds=RETENTION, region=REGION, tags=self._tags, opts=self._child()
            )
            self._allow(queue.arn)
            return [
                sqs.QueuePolicy(self._name, queue_url=queue.url, policy=self.policy, region=REGION, opts=self._child())
            ]
        self._allow(pulumi.Output.from_input(to).apply(self._checked))
        return []

    def _allow(self, arn: pulumi.Output[str]) -> None:
        self.arn = arn
        self.policy = pulumi.Output.all(arn, self.rule_arn).apply(lambda both: _policy(*both))

    def _checked(self, arn: str) -> str:
        if _ARN.fullmatch(arn):
            return arn
        if arn in {"topic", "queue"}:
            raise pulumi.RunError(
                f"DedicatedIpNotifications {self._name!r}: give `to` as the plain string {arn!r}; only an ARN may be "
                "an output."
            )
        raise pulumi.RunError(
            f"DedicatedIpNotifications {self._name!r}: `to` must be `topic`, `queue`, or the ARN of an SNS topic or an "
            f"SQS queue in {REGION}, where AWS Support sends its events; it is {arn!r}."
        )

    def _child(self, depends_on: list[pulumi.Resource] | None = None) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on)


def _policy(arn: str, rule_arn: str) -> str:
    service = arn.split(":")[2]
    statement: dict[str, object] = {
        "Sid": "SupportCaseUpdates",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": _ACTIONS[service],
        "Resource": arn,
    }
    if service == "sqs":
        # A topic's policy cannot have a `Condition` for EventBridge: nothing would be delivered (EventBridge guide).
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": rule_arn}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


__all__ = ["DedicatedIpNotifications"]
