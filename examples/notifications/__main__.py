"""Notifications of the account's support cases: a mail for people, and a message for the pipeline.

    pulumi config set email mail-team@example.com
    pulumi up

SNS first sends a mail with a link; nothing else arrives until someone follows it. The pipeline runs `refresh.py`.
"""

import pulumi
from pulumi_aws import sns

from dedicated_ip_provider import DedicatedIpNotifications

people = DedicatedIpNotifications("people")
sns.TopicSubscription(
    "mail-team",
    topic=people.arn,
    protocol="email",
    endpoint=pulumi.Config().require("email"),
    region="us-east-1",
)

pipeline = DedicatedIpNotifications("pipeline", to="queue")
pulumi.export("queue", pipeline.arn)
