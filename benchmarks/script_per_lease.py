"""What people would otherwise run: look for a lease's case, and file it if there is none. Usage: REGION COUNT."""

import sys

import boto3

region, count = sys.argv[1], int(sys.argv[2])
support = boto3.client("support", region_name="us-east-1")
subject = f"Dedicated IPs for {region}"
pages = support.get_paginator("describe_cases").paginate(includeResolvedCases=True, includeCommunications=False)
if not any(case["subject"] == subject for page in pages for case in page["cases"]):
    before = boto3.client("sesv2", region_name=region).get_dedicated_ips()["DedicatedIps"]
    support.create_case(
        subject=subject,
        communicationBody=f"We have {len(before)} dedicated IPs in {region}, and ask for {count} more.",
        serviceCode="service-limit-increase",
        categoryCode="ses-dedicated-ip",
        severityCode="low",
        issueType="customer-service",
        language="en",
    )
