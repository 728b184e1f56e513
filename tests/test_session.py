"""Sessions and clients: one for each service and Region, made as everybody makes them, and shared by all threads."""

from __future__ import annotations

import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from urllib3 import HTTPResponse
from way_in import AT_ONCE, WaysIn, nothing_but

from dedicated_ip_provider.aws.credentials import PlainSession
from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.regions import home_of

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


@pytest.mark.parametrize(
    ("region", "home"),
    [
        ("eu-west-1", "us-east-1"),
        ("ap-east-1", "us-east-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("cn-northwest-1", "cn-north-1"),
        ("eusc-de-east-1", "eusc-de-east-1"),
        ("eu-nowhere-9", "us-east-1"),
        ("nz-north-1", "us-east-1"),
    ],
)
def test_a_partition_has_one_region_for_what_is_asked_once(ways: WaysIn, region: str, home: str) -> None:
    """The one where AWS Support is: each account has it."""
    assert home == home_of(region) == ways.session(home=region).sts.meta.region_name


def test_the_stack_may_choose_the_region_of_sts(ways: WaysIn) -> None:
    """As with pulumi-aws."""
    assert "eu-central-1" == ways.session(StackConfig(sts_region="eu-central-1")).sts.meta.region_name


def endpoints(session: Session) -> list[str]:
    """Give where each service is asked."""
    clients = (session.sts, session.support, session.ses("us-east-2"), session.ssm("us-east-2"))
    return [client.meta.endpoint_url.removeprefix("https://") for client in clients]


FIPS = [
    "sts-fips.us-east-1.amazonaws.com",
    "support.us-east-1.amazonaws.com",
    "email-fips.us-east-2.amazonaws.com",
    "ssm-fips.us-east-2.amazonaws.com",
]
DUALSTACK = [
    "sts.us-east-1.api.aws",
    "support.us-east-1.amazonaws.com",
    "email.us-east-2.api.aws",
    "ssm.us-east-2.api.aws",
]
OWN = {"sts": "https://a", "sesv2": "https://b", "ssm": "https://c"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (StackConfig(client_options={"use_fips_endpoint": True}), FIPS),
        (StackConfig(client_options={"use_dualstack_endpoint": True}), DUALSTACK),
        (StackConfig(endpoints=OWN), ["a", "support.us-east-1.amazonaws.com", "b", "c"]),
    ],
)
def test_a_service_is_asked_where_the_stack_says(ways: WaysIn, config: StackConfig, expected: list[str]) -> None:
    """AWS Support has no endpoints of these kinds, and pulumi-aws no name for it."""
    assert expected == endpoints(ways.session(config))


def test_the_environment_cannot_send_support_where_it_is_not(ways: WaysIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine may be set up for FIPS as a whole."""
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")

    assert FIPS == endpoints(ways.session())


def test_variables_of_botocore_come_from_the_stack() -> None:
    """Files, certificates and the like."""
    session = PlainSession(StackConfig(variables={"ca_bundle": "ca.pem"}), None)

    assert "ca.pem" == session.get_config_variable("ca_bundle")


def test_a_process_that_gives_no_credentials_is_ended(
    ways: WaysIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody knows what it waits for."""
    config = tmp_path / "config"
    config.write_text(f"""[profile slow]\ncredential_process={sys.executable} -c "import time; time.sleep(600)"\n""")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setattr("dedicated_ip_provider.aws.credentials.PROCESS_SECONDS", 0.01)

    with pytest.raises(Refused) as refusal:
        ways.session(profile="slow").sts  # noqa: B018 - looks for credentials

    assert f"(profile slow, {config})" in refusal.value.what
    assert f"credential_process {sys.executable!r} took longer than 0 s" in refusal.value.what


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


@pytest.mark.parametrize("unreadable", ["no home", "a folder that cannot be looked into"])
def test_credentials_of_the_environment_need_no_files(
    monkeypatch: pytest.MonkeyPatch, ways: WaysIn, unreadable: str
) -> None:
    """A container's user may have no home directory, or another user's."""
    if unreadable == "no home":
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)
        monkeypatch.setattr(Path, "expanduser", _raise)
    else:
        monkeypatch.setattr(Path, "is_file", _raise)
    session = ways.session()
    answers = Answers(session.ses("eu-west-1"), (200, b'{"DedicatedIps": []}'))

    session.ses("eu-west-1").get_dedicated_ips()

    assert 1 == len(answers.sent)


def _raise(_: Path) -> None:
    raise RuntimeError("it depends on the machine's user")
