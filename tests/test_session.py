"""Sessions and clients: one for each service and Region, made as everybody makes them, and shared by all threads."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from urllib3 import HTTPResponse
from way_in import AT_ONCE, WaysIn, nothing_but

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient

    from dedicated_ip_provider.aws import Session

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}
THROTTLED = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Iterator[WaysIn]:
    """Makes ways into AWS itself; nothing is sent there."""
    nothing_but(monkeypatch, KEYS)
    made = WaysIn()
    yield made
    made.close()


class Answers:
    """Answers each request of a client itself, and keeps it."""

    def __init__(self, client: BaseClient, *bodies: tuple[int, bytes]) -> None:
        """Take the answers in their order; the last one goes on."""
        self.sent: list[AWSPreparedRequest] = []
        self._bodies = bodies
        client.meta.events.register("before-send.*", self._answer)  # type: ignore[arg-type]  # this event's listeners answer

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self.sent.append(request)
        status, body = self._bodies[min(len(self.sent), len(self._bodies)) - 1]
        return AWSResponse(request.url, status, HTTPHeaders(), HTTPResponse(io.BytesIO(body), preload_content=False))


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
    """Whatever other Regions the session has asked before."""
    session = ways.session()
    _ = session.sts, session.ses("us-east-1")
    answers = Answers(session.ses(region), (200, b'{"DedicatedIps": []}'))

    session.ses(region).get_dedicated_ips()

    assert [f"https://{host}/v2/email/dedicated-ips"] == [request.url for request in answers.sent]
    signature = answers.sent[0].headers["Authorization"]
    assert f"/{region}/ses/aws4_request" in (signature if isinstance(signature, str) else signature.decode())


def test_threads_share_the_client_of_a_service_and_region(ways: WaysIn) -> None:
    """Botocore cannot make two at a time; what is made is used by all."""
    session = ways.session()
    kinds: list[Callable[[], Any]] = [
        lambda: session.sts,
        lambda: session.support,
        lambda: session.support_once,
        lambda: session.ses("eu-west-1"),
        lambda: session.ses("eu-west-3"),
        lambda: session.ssm("eu-west-1"),
        lambda: session.ssm_once("eu-west-1"),
    ]
    with ThreadPoolExecutor(4) as pool:
        made = [client for _ in range(4) for client in pool.map(lambda kind: kind(), kinds)]

    assert len(kinds) == len({id(client) for client in made})


def parameter(session: Session) -> object:
    """Read the parameter of a Region."""
    return session.ssm("eu-west-1").get_parameter(Name="/p")["Parameter"]["Value"]


def test_a_throttled_read_of_a_parameter_is_repeated(ways: WaysIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every question is, and after the time that AWS needs."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    session = ways.session()
    Answers(session.ssm("eu-west-1"), (400, THROTTLED), (200, b'{"Parameter": {"Value": "v"}}'))

    assert "v" == parameter(session)
    assert [AT_ONCE.second] == waits


@pytest.mark.parametrize("answer", [(400, THROTTLED), (500, b"{}")])
def test_a_write_of_a_parameter_is_sent_once(ways: WaysIn, answer: tuple[int, bytes]) -> None:
    """Whoever writes decides whether to write again; botocore does not."""
    session = ways.session()
    answers = Answers(session.ssm_once("eu-west-1"), answer)

    with pytest.raises(ClientError):
        session.ssm_once("eu-west-1").put_parameter(Name="/p", Value="v", Type="String")

    assert 1 == len(answers.sent)
