"""What happens in the account's support cases: a mail to people, and a message for the pipeline.

    pulumi config set email mail-team@example.com
    pulumi up

SNS sends a mail with a link first; nothing else arrives before somebody follows it.
`refresh.py` is what the pipeline runs.
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
