"""Pages of the Support Center."""

from __future__ import annotations

import pytest

from dedicated_ip_provider.support_center import case_url, new_case_url


@pytest.mark.parametrize(
    ("region", "console"),
    [
        ("eu-west-1", "console.aws.amazon.com"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("eusc-de-east-1", "console.amazonaws-eusc.eu"),
    ],
)
def test_the_support_center_of_each_partition(region: str, console: str) -> None:
    """Links lead to the console of the Region's partition; a case without a number has no page yet."""
    assert f"https://{console}/support/home#/case/?displayId=17&language=en" == case_url(region, "17")
    assert "" == case_url(region, None)
    assert f"https://{console}/support/home#/case/create" == new_case_url(region)
