"""botocore as we set it up: one client of SES for all Regions, and models that are read once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.session import Session as BotocoreSession
from urllib3 import HTTPResponse
from way_in import WaysIn, nothing_but

from dedicated_ip_provider.aws.sdk import SERVICES, Sdk, _models

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Iterator[WaysIn]:
    """Makes ways into AWS itself; nothing is sent there."""
    nothing_but(monkeypatch, KEYS)
    made = WaysIn()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "email.eu-west-1.amazonaws.com"),
        ("eu-central-1", "email.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", "email.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "email.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_call_goes_to_its_region_and_is_signed_for_it(ways: WaysIn, region: str, host: str) -> None:
    """As a client of that Region would send it, although the client was made for another one."""
    sent: list[AWSPreparedRequest] = []

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        body = HTTPResponse(io.BytesIO(b'{"DedicatedIps": []}'), preload_content=False)
        return AWSResponse(request.url, 200, HTTPHeaders(), body)

    session = ways.session()
    session.ses("us-east-1").meta.events.register("before-send.sesv2", answer)  # type: ignore[arg-type]  # this event's listeners answer
    for code in ("eu-west-3", region):
        session.ses(code).get_dedicated_ips()

    assert f"https://{host}/v2/email/dedicated-ips" == sent[-1].url
    signature = sent[-1].headers["Authorization"]
    assert f"/{region}/ses/aws4_request" in (signature if isinstance(signature, str) else signature.decode())


def test_all_regions_share_a_client(ways: WaysIn) -> None:
    """To make one takes longer than a call."""
    session = ways.session()

    assert session.ses("eu-west-1").meta.events is session.ses("eu-central-1").meta.events


def test_models_are_read_once_in_a_process() -> None:
    """They are data, and the same for every account."""
    assert _models(None) is _models(None)


@pytest.mark.parametrize("service", SERVICES)
def test_clients_are_those_that_botocore_makes(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    """That the models are not looked up among all others changes nothing in them."""
    nothing_but(monkeypatch, KEYS)
    ours = Sdk(None).client(service, "eu-west-1", Config(), {})
    botocores = BotocoreSession().create_client(service, region_name="eu-west-1")

    assert botocores.meta.endpoint_url == ours.meta.endpoint_url
    assert botocores.meta.service_model.metadata == ours.meta.service_model.metadata
    assert sorted(botocores.meta.method_to_api_mapping) == sorted(ours.meta.method_to_api_mapping)


def test_models_of_ones_own_are_read_as_botocore_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever sets `AWS_DATA_PATH` has a reason to."""
    nothing_but(monkeypatch, KEYS, AWS_DATA_PATH=tmp_path)
    Sdk(None).client("sts", "eu-west-1", Config(), {})

    assert str(tmp_path) in _models(str(tmp_path)).search_paths
