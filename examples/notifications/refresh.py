"""Refresh a stack if something has happened in the account's support cases since the last run.

    python refresh.py arn:aws:sqs:us-east-1:111122223333:pipeline-1a2b3c4 path/to/the/project

A pipeline runs this every quarter of an hour. A refresh files nothing, so one too many does no harm.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, cast

import boto3


def main(arn: str, project: str) -> None:
    """Read the queue; refresh the stack that is selected in the project if there is a message; then empty it."""
    *_, region, account, name = arn.split(":")
    sqs = cast("Any", boto3.client("sqs", region_name=region))
    queue = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        case = json.loads(message["Body"])["detail"]
        print(f"case {case['display-id']}: {case['event-name']} by {case.get('origin') or 'somebody'}")
    if not messages:
        print("nothing has happened")
        return
    # If it fails, SQS delivers the messages again.
    subprocess.run(["pulumi", "refresh", "--yes", "--skip-preview"], cwd=project, check=True)  # noqa: S607 - on PATH
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    main(*sys.argv[1:])
