"""Which credentials a lease uses, and where its calls go. Their sources are in `tests/test_credentials.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.tables import table
from way_in import nothing_but

from dedicated_ip_provider.config import StackConfig
from dedicated_ip_provider.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest
    from way_in import WaysIn

    from dedicated_ip_provider.emulator import RunningEmulator

ACCOUNT, OTHERS, ELSEWHERE = "111122223333", "222233334444", "999988887777"
ROLE = f"arn:aws:iam::{ELSEWHERE}:role/mail"


def test_the_stacks_keys_come_first(emulator: RunningEmulator, ways: WaysIn) -> None:
    """Keys in the stack's configuration come before those in the environment."""
    keys = {"aws_access_key_id": ELSEWHERE, "aws_secret_access_key": "s", "aws_session_token": "t"}

    assert ELSEWHERE == ways.account(StackConfig(keys=keys)).id
    assert [ELSEWHERE] == [call.account for call in emulator.log]


@pytest.fixture
def profiles(emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningEmulator:
    """An emulator, and an AWS configuration with the profiles `stack` and `own`."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile stack]\naws_access_key_id={OTHERS}\naws_secret_access_key=s\n"
        f"[profile own]\naws_access_key_id={ELSEWHERE}\naws_secret_access_key=s\n"
    )
    nothing_but(monkeypatch, {**emulator.environment, "AWS_CONFIG_FILE": str(config)})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    return emulator


STACK = StackConfig(profile="stack")
KEYS = StackConfig(keys={"aws_access_key_id": OTHERS, "aws_secret_access_key": "s"})
ROLES = StackConfig(
    profile="stack", roles=({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "RoleSessionName": "up"},)
)


WAYS: list[tuple[str, StackConfig, str | None, str | None, str]] = [
    # reason, the stack's configuration, the lease's profile and role: the account
    ("the stack's profile", STACK, None, None, OTHERS),
    ("a lease's own profile comes first", STACK, "own", None, ELSEWHERE),
    ("with its own profile, the stack's keys do not count", KEYS, "own", None, ELSEWHERE),
    ("the stack's role is assumed", ROLES, None, None, ACCOUNT),
    ("with its own profile, the stack's role is not assumed", ROLES, "own", None, ELSEWHERE),
    ("a lease's own role replaces the stack's", ROLES, None, ROLE, ELSEWHERE),
    ("a lease's own role from its own profile", STACK, "own", f"arn:aws:iam::{ACCOUNT}:role/mail", ACCOUNT),
]


@table("reason, config, profile, role, expected", WAYS)
@pytest.mark.usefixtures("profiles", "today")
def test_a_lease_may_have_its_own_credentials(  # noqa: PLR0913, PLR0917 - the columns of the table
    reason: str, ways: WaysIn, config: StackConfig, profile: str | None, role: str | None, expected: str
) -> None:
    """A lease's own `profile` and `role_arn` come before the stack's; the two are never mixed."""
    session = ways.session(config, profile, role)

    assert expected == session.sts.get_caller_identity()["Account"], reason


@pytest.mark.usefixtures("today")
def test_roles_are_assumed_one_after_the_other(emulator: RunningEmulator, ways: WaysIn) -> None:
    """Each with the credentials of the one before it; a lease's own role gets a session name that CloudTrail shows."""
    first = {"RoleArn": f"arn:aws:iam::{OTHERS}:role/hub", "RoleSessionName": "up", "ExternalId": "shop"}
    second = {"RoleArn": ROLE, "RoleSessionName": "up", "DurationSeconds": 900}

    assert ELSEWHERE == ways.account(StackConfig(roles=(first, second))).id
    ways.session(role_arn=ROLE).sts.get_caller_identity()

    own = {"RoleArn": ROLE, "RoleSessionName": "dedicated-ip-provider"}
    assert [(ACCOUNT, first), (OTHERS, second), (ACCOUNT, own)] == [
        (call.account, call.parameters) for call in emulator.calls("AssumeRole")
    ]


@pytest.mark.usefixtures("today")
def test_a_role_that_cannot_be_assumed_is_named(emulator: RunningEmulator, ways: WaysIn) -> None:
    """The error says which role, and that nothing was filed."""
    emulator.fault("access-denied", operation="AssumeRole")
    session = ways.session(role_arn=ROLE)

    with pytest.raises(Refused, match=rf"^AWS refused sts:AssumeRole \(role {ROLE}\): AccessDenied: .*\nNothing was"):
        session.sts  # noqa: B018 - assumes the role


@pytest.mark.usefixtures("emulator")
def test_a_profile_that_is_not_there_is_named(ways: WaysIn) -> None:
    """The user has to correct it."""
    with pytest.raises(Refused, match=r"The config profile \(absent\) could not be found"):
        ways.account(StackConfig(profile="absent")).id  # noqa: B018 - asks AWS


HOSTS = [
    ("eu-west-1", "support.us-east-1.amazonaws.com"),
    ("us-gov-east-1", "support.us-gov-west-1.amazonaws.com"),
    ("cn-northwest-1", "support.cn-north-1.amazonaws.com.cn"),
]


@table("region, host", HOSTS)
@pytest.mark.usefixtures("emulator")
def test_support_is_called_at_the_one_endpoint_of_the_partition(
    ways: WaysIn, monkeypatch: pytest.MonkeyPatch, region: str, host: str
) -> None:
    """Whatever the Region of the lease. Nothing leaves this machine."""
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    support = ways.session(home=region).support

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        raise InterruptedError(request.url)

    support.meta.events.register_first("before-send.support", stop)
    with pytest.raises(InterruptedError) as before_it_is_sent:
        support.describe_services()

    assert f"https://{host}/" == str(before_it_is_sent.value)
