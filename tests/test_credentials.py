"""Every source of credentials that botocore has, through a real plugin process, against loopback counterparts.

Each way of docs/how-to/credentials.md is one of these; what is broken is named, and nothing waits for a person.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import botocore.exceptions
import pytest
from counterparts import ACCOUNT, GOOD, KEY, Counterparts, counterparts, expiry
from support.bags import bag
from support.plugin import CallFailed, Plugin, running

from dedicated_ip_provider.emulator import RunningEmulator, start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HAS_LOGIN: Final = hasattr(botocore.exceptions, "LoginError") and bool(find_spec("awscrt"))
OTHER: Final = "222233334444"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/mail"


def process(*lines: str) -> str:
    """Return a `credential_process` that runs a program of these lines."""
    program = base64.b64encode("\n".join(lines).encode()).decode()
    return f"""{sys.executable} -c "import base64;exec(base64.b64decode('{program}'))" """


KEYS_PRINTED: Final = process(
    "import json", f"print(json.dumps({{'Version': 1, 'AccessKeyId': '{KEY}', 'SecretAccessKey': 's'}}))"
)
# What asks a person gets an end of file, not a wait.
ASKS: Final = process("import getpass", "getpass.getpass('Password: ')")

PROFILES: Final = {
    "keys": f"aws_access_key_id={ACCOUNT}\naws_secret_access_key=s\nregion=eu-west-3",
    "role": f"role_arn={ROLE}\nsource_profile=other",
    "chain": f"role_arn={ROLE}\nsource_profile=role",
    "other": f"aws_access_key_id={OTHER}\naws_secret_access_key=s",
    "web": f"role_arn={ROLE}\nweb_identity_token_file={{folder}}/token",
    "process": f"credential_process={KEYS_PRINTED}",
    "role-of-process": f"role_arn={ROLE}\nsource_profile=process",
    "instance": f"role_arn={ROLE}\ncredential_source=Ec2InstanceMetadata",
    "container": f"role_arn={ROLE}\ncredential_source=EcsContainer",
    "environment": f"role_arn={ROLE}\ncredential_source=Environment",
    "sso": f"sso_session=work\nsso_account_id={ACCOUNT}\nsso_role_name=mail",
    "sso-legacy": f"sso_start_url=https://work\nsso_region=eu-west-1\nsso_account_id={ACCOUNT}\nsso_role_name=mail",
    "role-of-sso": f"role_arn={ROLE}\nsource_profile=sso",
    "login": "login_session=here",
    # Broken ones.
    "mfa": f"role_arn={ROLE}\nsource_profile=other\nmfa_serial=arn:aws:iam::{OTHER}:mfa/me",
    "mfa-below": f"role_arn={ROLE}\nsource_profile=mfa",
    "sso-over": f"sso_session=over\nsso_account_id={ACCOUNT}\nsso_role_name=mail",
    "role-of-sso-over": f"role_arn={ROLE}\nsource_profile=sso-over",
    "sso-never": f"sso_session=never\nsso_account_id={ACCOUNT}\nsso_role_name=mail",
    "sso-garbled": f"sso_session=garbled\nsso_account_id={ACCOUNT}\nsso_role_name=mail",
    "sso-refused": f"sso_session=refused\nsso_account_id={ACCOUNT}\nsso_role_name=mail",
    "login-over": "login_session=over",
    "login-never": "login_session=never",
    "no-process": "credential_process={folder}/absent",
    "garbled-process": f"credential_process={process('print(1)')}",
    "loud-process": f"credential_process={process('print(chr(60))')}",
    "failing-process": f"credential_process={process('raise SystemExit(chr(66) + chr(97) + chr(100))')}",
    "asking-process": f"credential_process={ASKS}",
    "role-of-asking": f"role_arn={ROLE}\nsource_profile=asking-process",
    "unquoted-process": 'credential_process=a "b',
    "no-token": f"role_arn={ROLE}\nweb_identity_token_file={{folder}}/absent",
    "empty-token": f"role_arn={ROLE}\nweb_identity_token_file={{folder}}/empty",
    "old-token": f"role_arn={ROLE}\nweb_identity_token_file={{folder}}/old",
    "half": "aws_access_key_id=x",
    "no-source": f"role_arn={ROLE}\nsource_profile=absent",
    "circle": f"role_arn={ROLE}\nsource_profile=circle",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's home folder, with all these profiles and what sign-ins have left there."""
    home = tmp_path_factory.mktemp("home")
    sections = "\n".join(
        f"[profile {name}]\n{text.replace('{folder}', str(home))}\n" for name, text in PROFILES.items()
    )
    sessions = "\n".join(
        f"[sso-session {name}]\nsso_start_url=https://{name}\nsso_region=eu-west-1\n"
        for name in ("work", "over", "never", "garbled", "refused")
    )
    write(home / "profiles", f"{sections}\n{sessions}")
    write(home / "token", GOOD)
    write(home / "old", "an old one")
    write(home / "empty", "")
    write(home / "boto", f"[Credentials]\naws_access_key_id={ACCOUNT}\naws_secret_access_key=s\n")
    write(home / "credentials", f"[there]\naws_access_key_id={ACCOUNT}\naws_secret_access_key=s\n")
    registered = {"clientId": "c", "clientSecret": "s", "refreshToken": "r", "registrationExpiresAt": expiry(9)}
    for name, token in {
        "work": {"accessToken": GOOD, "expiresAt": expiry(8)},
        "https://work": {"accessToken": GOOD, "expiresAt": expiry(8)},
        "over": {"accessToken": GOOD, "expiresAt": expiry(-1), **registered},
        "refused": {"accessToken": "other", "expiresAt": expiry(8)},
    }.items():
        write(
            home / ".aws/sso/cache" / f"{hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()}.json",
            json.dumps(token),
        )
    write(home / ".aws/sso/cache" / f"{hashlib.sha1(b'garbled', usedforsecurity=False).hexdigest()}.json", "{")
    for name, hours in (("here", 1), ("over", -1)) if HAS_LOGIN else ():
        write(
            home / ".aws/login/cache" / f"{hashlib.sha256(name.encode()).hexdigest()}.json",
            json.dumps(signed_in(hours)),
        )
    return home


def write(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def signed_in(hours: float) -> dict[str, Any]:
    """Return what `aws login` leaves in its cache."""
    crypto = import_module("awscrt.crypto")
    key = crypto.EC.new_generate(crypto.ECType.P_256)
    return {
        "accessToken": {
            "accessKeyId": KEY,
            "secretAccessKey": "s",
            "sessionToken": GOOD,
            "accountId": ACCOUNT,
            "expiresAt": expiry(hours),
        },
        "clientId": "c",
        "refreshToken": "r",
        "dpopKey": base64.b64encode(key.export_key(crypto.ECExportFormat.SEC1)).decode(),
    }


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with all these sources of credentials, and the rest of AWS at the emulator."""

    emulator: RunningEmulator
    here: Counterparts
    home: Path
    environment: Mapping[str, str]

    @property
    def config(self) -> Path:
        """The file with the profiles."""
        return self.home / "profiles"

    def forget(self) -> None:
        """Forget what was asked so far, and what was done at AWS."""
        self.emulator.reset()
        self.here.forget()

    @contextmanager
    def plugin(self, folder: Path, stack: Mapping[str, Any] | None = None, **changed: str) -> Iterator[Plugin]:
        """Start a plugin process with a stack's `aws:` options; a changed variable of "" is left out."""
        chosen = {**self.environment, **changed}
        environment = {name: value.replace("{home}", str(self.home)) for name, value in chosen.items() if value}
        with running(folder, environment) as plugin:
            plugin.configure(**{f"aws__{name}": self._configured(value) for name, value in (stack or {}).items()})
            yield plugin

    def _configured(self, value: object) -> str:
        """Return a configuration value as Pulumi hands it over."""
        text = value if isinstance(value, str) else json.dumps(value)
        return text.replace("{home}", str(self.home)).replace("{url}", self.here.url)


@pytest.fixture(scope="module")
def machine(home: Path) -> Iterator[Machine]:
    """The machine, without keys in its environment."""
    with start() as emulator, counterparts() as here:
        rest = {
            name: value for name, value in emulator.environment.items() if "KEY" not in name and "TOKEN" not in name
        }
        environment = {
            **rest,
            **here.environment,
            "HOME": str(home),
            "AWS_CONFIG_FILE": str(home / "profiles"),
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{here.url}/container",
        }
        yield Machine(emulator, here, home, environment)


@pytest.fixture(scope="module")
def plugin(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    """A plugin process for leases that have each a profile of their own."""
    with machine.plugin(tmp_path_factory.mktemp("plugin")) as plugin:
        yield plugin


def account_of(plugin: Plugin, **inputs: Any) -> str:
    """Create a lease of nothing; return the account that it is in."""
    checked, failures = plugin.check({}, bag(count=0.0, **inputs))
    assert [] == failures
    return str(plugin.create(checked)[1]["account_id"])


def refusal(plugin: Plugin, **inputs: Any) -> tuple[str, str]:
    """Return what Pulumi shows at the end where a lease cannot be created: what is wrong, and the next step."""
    with pytest.raises(CallFailed) as failed:
        account_of(plugin, **inputs)
    what, next_step = str(failed.value).strip().splitlines()[-2:]
    return what.removeprefix("DedicatedIpError: "), next_step


WAYS: Final = {
    "keys": [],
    "role": ["AssumeRole"],
    "chain": ["AssumeRole", "AssumeRole"],
    "web": ["AssumeRoleWithWebIdentity"],
    "process": [],
    "role-of-process": ["AssumeRole"],
    "instance": ["instance", "instance", "AssumeRole"],
    "container": ["container", "AssumeRole"],
    "sso": ["portal"],
    "sso-legacy": ["portal"],
    "role-of-sso": ["portal", "AssumeRole"],
    "login": [],
}


@pytest.mark.parametrize("profile", WAYS)
def test_whatever_botocore_can_a_lease_can(plugin: Plugin, machine: Machine, profile: str) -> None:
    """A profile of every kind leads to its account; who gives the keys is asked once, and then STS who they are."""
    if profile == "login" and not HAS_LOGIN:
        pytest.skip("this botocore knows no `aws login`, or lacks its extra")
    machine.forget()

    assert ACCOUNT == account_of(plugin, profile=profile)
    assert [*WAYS[profile], "GetCallerIdentity"] == machine.here.asked
    assert {"us-east-1"} == set(machine.here.regions)


NO_CONTAINER: Final = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": ""}
ENVIRONMENTS: Final[dict[str, tuple[dict[str, str], list[str]]]] = {
    "keys": ({"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "s"}, []),
    "temporary keys": ({"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": GOOD}, []),
    "a profile": ({"AWS_PROFILE": "sso"}, ["portal"]),
    "keys, although a profile is named": (
        {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": "sso"},
        [],
    ),
    "a web identity": (
        {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"},
        ["AssumeRoleWithWebIdentity"],
    ),
    "a file of keys": ({"AWS_SHARED_CREDENTIALS_FILE": "{home}/credentials", "AWS_PROFILE": "there"}, []),
    "a file of boto's": ({"BOTO_CONFIG": "{home}/boto"}, []),
    "a container": ({}, ["container"]),
    "an instance": (NO_CONTAINER, ["instance", "instance"]),
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_environment_is_a_way_in(machine: Machine, tmp_path: Path, name: str) -> None:
    """What a person, a pipeline, a container or an instance has around the command."""
    chosen, asked = ENVIRONMENTS[name]
    machine.forget()

    with machine.plugin(tmp_path, {}, **chosen) as plugin:
        assert ACCOUNT == account_of(plugin)
    assert [*asked, "GetCallerIdentity"] == machine.here.asked


def test_a_role_may_start_from_keys_in_the_environment(machine: Machine, tmp_path: Path) -> None:
    """A profile that is named goes before those keys, and may say that it starts from them."""
    machine.forget()

    keys = {"AWS_ACCESS_KEY_ID": OTHER, "AWS_SECRET_ACCESS_KEY": "s"}
    with machine.plugin(tmp_path, {"profile": "environment"}, **keys) as plugin:
        assert ACCOUNT == account_of(plugin)
    assert ["AssumeRole", "GetCallerIdentity"] == machine.here.asked


STACKS: Final[dict[str, tuple[dict[str, Any], list[str]]]] = {
    "keys": ({"accessKey": ACCOUNT, "secretKey": "s"}, []),
    "temporary keys": ({"accessKey": KEY, "secretKey": "s", "token": GOOD}, []),
    "a profile": ({"profile": "sso"}, ["portal"]),
    "roles": ({"profile": "other", "assumeRoles": [{"roleArn": ROLE, "externalId": 12345}]}, ["AssumeRole"]),
    "a web identity in a file": (
        {"assumeRoleWithWebIdentity": {"roleArn": ROLE, "webIdentityTokenFile": "{home}/token", "duration": "1h"}},
        ["AssumeRoleWithWebIdentity"],
    ),
    "a web identity": (
        {"assumeRoleWithWebIdentity": {"roleArn": ROLE, "webIdentityToken": GOOD}},
        ["AssumeRoleWithWebIdentity"],
    ),
    "a file of profiles": ({"sharedConfigFiles": ["{home}/profiles"], "profile": "keys"}, []),
    "a file of keys": ({"sharedCredentialsFiles": ["{home}/credentials"], "profile": "there"}, []),
    "an instance": ({"ec2MetadataServiceEndpoint": "{url}"}, ["instance", "instance"]),
    "an endpoint": ({"endpoints": [{"sts": "{url}", "s3": "{url}"}], "profile": "role"}, ["AssumeRole"]),
    "a Region of STS": ({"stsRegion": "eu-central-1", "profile": "keys"}, []),
}


@pytest.mark.parametrize("name", STACKS)
def test_the_stack_is_a_way_in(machine: Machine, tmp_path: Path, name: str) -> None:
    """The options of pulumi-aws, and nothing in the environment that could stand in for them."""
    options, asked = STACKS[name]
    alone = {**NO_CONTAINER, "AWS_EC2_METADATA_SERVICE_ENDPOINT": ""}
    if "sharedConfigFiles" in options:
        alone["AWS_CONFIG_FILE"] = ""
    if "endpoints" in options:
        alone["AWS_ENDPOINT_URL_STS"] = ""
    machine.forget()

    with machine.plugin(tmp_path, options, **alone) as plugin:
        assert ACCOUNT == account_of(plugin)
    assert [*asked, "GetCallerIdentity"] == machine.here.asked
    assert {options.get("stsRegion", "us-east-1")} == set(machine.here.regions)


def test_a_leases_own_role_starts_from_the_stacks_way_in(machine: Machine, tmp_path: Path) -> None:
    """Several leases of one sign-in have a role each, and who signs in is asked once."""
    machine.forget()

    with machine.plugin(tmp_path, {"profile": "sso"}) as plugin:
        assert ACCOUNT == account_of(plugin, role_arn=ROLE)
        machine.emulator.reset()
        assert ACCOUNT == account_of(plugin, role_arn=f"{ROLE}-2")
    assert 1 == machine.here.asked.count("portal")
    assert 2 == machine.here.asked.count("AssumeRole")


RENEWED: Final[dict[str, dict[str, Any]]] = {
    "AssumeRole": {"profile": "other", "assumeRoles": [{"roleArn": ROLE}]},
    "AssumeRoleWithWebIdentity": {"assumeRoleWithWebIdentity": {"roleArn": ROLE, "webIdentityToken": GOOD}},
    "portal": {"profile": "sso"},
}


@pytest.mark.parametrize("asked", RENEWED)
def test_what_ends_during_a_run_is_renewed(machine: Machine, tmp_path: Path, asked: str) -> None:
    """A run may take longer than a role's session, or begin near its end."""
    machine.forget()
    machine.here.hours = 0.03
    try:
        with machine.plugin(tmp_path, RENEWED[asked]) as plugin:
            checked, _ = plugin.check({}, bag(count=0.0))
            id_, state = plugin.create(checked)
            before = machine.here.asked.count(asked)
            plugin.read(id_, state)
    finally:
        machine.here.hours = 1.0

    assert machine.here.asked.count(asked) > before


def test_what_is_over_when_it_comes_is_the_clocks_fault(machine: Machine, tmp_path: Path) -> None:
    """Or the fault of a program that keeps old ones."""
    machine.here.hours = -1.0
    try:
        with machine.plugin(tmp_path, RENEWED["AssumeRole"]) as plugin:
            what, next_step = refusal(plugin)
    finally:
        machine.here.hours = 1.0

    assert what.startswith(f"New credentials had already expired (profile other, {machine.config}): ")
    assert next_step.startswith("Nothing was filed. If this machine's clock is right, renew them")


PAGE: Final = {
    "keys": {"keys", "temporary keys"},
    "a profile": {"keys", "a profile"},
    "IAM Identity Center": {"sso", "sso-legacy"},
    "`aws login`": {"login"},
    "a role from a profile": {"role", "chain", "instance", "container", "environment"},
    "a role from the stack": {"roles"},
    "web identity (GitHub, EKS)": {"web", "a web identity", "a web identity in a file"},
    "a program": {"process"},
    "a container": {"a container"},
    "an EC2 instance": {"an instance"},
}
"""The rows of the page, and the tests above that run them."""


def test_each_way_of_the_page_is_run() -> None:
    """By one of the tests above."""
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "credentials.md").read_text()
    table = page.partition("| credentials | settings |\n| --- | --- |\n")[2].partition("\n\n")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()]

    assert rows == [*PAGE]
    assert set().union(*PAGE.values()) <= {*WAYS, *ENVIRONMENTS, *STACKS, "environment"}


# What is broken is named, and ends at once.

ELSE: Final = "choose other credentials: in Pulumi with `aws:profile`, `aws:assumeRoles` or the lease's `profile` and `role_arn`, on the command line with `--profile`."
CORRECT: Final = f"Correct what it names, or {ELSE}"
MFA: Final = 'Run `eval "$(aws configure export-credentials --profile {} --format env)"`, which prompts for it, then the same command without `aws:profile`, `profile` or `--profile`: they take precedence over the keys that it sets.'
UNUSABLE: Final = "The AWS configuration cannot be used (profile {profile}, {config}): "
OVER: Final = "The sign-in has ended (profile {profile}, {config}): "
NO_CODE: Final = "An MFA code is needed, and there is no prompt for it here (profile {profile}, {config})."
NO_JSON: Final = f"Error when retrieving credentials from custom-process: credential_process {sys.executable!r} did not print a JSON object"
FAILED: Final = "Error when retrieving credentials from custom-process: "

BROKEN: Final = {
    "mfa": (NO_CODE, MFA.format("mfa")),
    "mfa-below": (NO_CODE, MFA.format("mfa-below")),
    "sso-over": (f"{OVER}Error when retrieving token from sso: Token has expired", "Run `aws sso login --profile sso-over`"),
    "sso-never": (f"{OVER}Error loading SSO Token: Token for never does not exist", "Run `aws sso login --profile sso-never`"),
    "sso-garbled": (f"{OVER}its file f04a2c21cb9e2d6870f02626f36530edda7c6413.json cannot be read", "Run `aws sso login --profile sso-garbled`"),
    "sso-refused": (f"{OVER}The SSO session associated with this profile has expired", "Run `aws sso login --profile sso-refused`"),
    "role-of-sso-over": (f"{OVER}Error when retrieving token from sso: Token has expired", "Run `aws sso login --profile sso-over`"),
    "login-over": (f"{OVER}Your session has expired", "Run `aws login --profile login-over`"),
    "login-never": (f"{OVER}Error loading login session token", "Run `aws login --profile login-never`"),
    "no-process": (f"{UNUSABLE}[Errno 2] No such file or directory: '{{folder}}/absent'", CORRECT),
    "garbled-process": (f"{UNUSABLE}{NO_JSON}", CORRECT),
    "loud-process": (f"{UNUSABLE}{NO_JSON}", CORRECT),
    "failing-process": (f"{UNUSABLE}{FAILED}Bad", CORRECT),
    "asking-process": (f"{UNUSABLE}{FAILED}", CORRECT),
    "role-of-asking": (f"{UNUSABLE}{FAILED}", CORRECT),
    "unquoted-process": (f"{UNUSABLE}No closing quotation", CORRECT),
    "no-token": (f"{UNUSABLE}[Errno 2] No such file or directory: '{{folder}}/absent'", CORRECT),
    "empty-token": (f"{UNUSABLE}Parameter validation failed: Invalid length for parameter WebIdentityToken", CORRECT),
    "old-token": ("AWS refused sts:AssumeRoleWithWebIdentity (profile {profile}, {config}): ExpiredTokenException", "Sign in again, or "),
    "half": (f"{UNUSABLE}Partial credentials found in config-file, missing: aws_secret_access_key", CORRECT),
    "no-source": (f'{UNUSABLE}The source_profile "absent" referenced in the profile "no-source" does not exist.', CORRECT),
    "circle": (f"{UNUSABLE}Infinite loop in credential configuration detected.", CORRECT),
    "absent": (f"{UNUSABLE}The config profile (absent) could not be found", CORRECT),
}  # fmt: skip


def expected(profile: str, machine: Machine) -> tuple[str, str]:
    """Return how the two lines begin that a broken profile leads to."""
    what, next_step = BROKEN[profile]
    places = {"profile": profile, "config": machine.config, "folder": machine.home}
    return what.format(**places), f"Nothing was filed. {next_step}"


@pytest.mark.parametrize("profile", BROKEN)
def test_what_is_broken_is_named(plugin: Plugin, machine: Machine, profile: str) -> None:
    """By the profile and the file, with what to do; none waits for a person, and none blames AWS or a bug."""
    if profile.startswith("login") and not HAS_LOGIN:
        pytest.skip("this botocore knows no `aws login`, or lacks its extra")

    for said, begins in zip(refusal(plugin, profile=profile), expected(profile, machine), strict=True):
        assert said.startswith(begins)


@pytest.mark.parametrize("profile", ["mfa", "no-process", "loud-process", "no-token", "absent", "sso-over"])
def test_the_command_line_says_the_same(machine: Machine, profile: str) -> None:
    """Nothing of it is taken for output that cannot be written, and it is the reader's move."""
    command = [sys.executable, "-m", "dedicated_ip_provider", "status", "--profile", profile]
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**others, **machine.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    what, next_step = done.stderr.splitlines()
    assert (1, "") == (done.returncode, done.stdout)
    assert what.startswith(f"dedicated-ip: {expected(profile, machine)[0]}")
    assert next_step.startswith(expected(profile, machine)[1])


FILES: Final = {
    "a folder": (None, "[Errno 21] Is a directory: '{file}'"),
    "no section": (b"region = eu-west-1", "Unable to parse config file: {file}"),
    "no text": (b"\xff", "Unable to parse config file: {file}"),
}


@pytest.mark.parametrize("profile", ["", "mail"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_named(machine: Machine, tmp_path: Path, name: str, profile: str) -> None:
    """The botocore library takes some of these for empty files, and would go on to another identity."""
    content, said = FILES[name]
    file = tmp_path / "config"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)

    with machine.plugin(tmp_path, {}, AWS_CONFIG_FILE=str(file), AWS_PROFILE=profile) as plugin:
        what, next_step = refusal(plugin)

    assert said.format(file=file) in what
    assert next_step.startswith(f"Nothing was filed. {CORRECT}")


@pytest.mark.parametrize(
    "stack", [{"sharedConfigFiles": ["{home}/absent"]}, {"customCaBundle": "{home}/absent"}], ids=["profiles", "ca"]
)
def test_a_file_that_the_stack_names_must_be_there(machine: Machine, tmp_path: Path, stack: Mapping[str, Any]) -> None:
    """Another identity, or nobody's word for it, is not what was asked for."""
    with machine.plugin(tmp_path, stack) as plugin:
        what, _ = refusal(plugin)

    assert f"[Errno 2] No such file or directory: '{machine.home / 'absent'}'" in what


def test_an_instances_role_is_left_alone_where_the_stack_says_so(machine: Machine, tmp_path: Path) -> None:
    """As `aws:skipMetadataApiCheck` says it; then there is nothing, and where that was looked for is named."""
    machine.forget()
    nothing = {**NO_CONTAINER, "AWS_CONFIG_FILE": str(tmp_path / "absent")}
    with machine.plugin(tmp_path, {"skipMetadataApiCheck": "true"}, **nothing) as plugin:
        what, next_step = refusal(plugin)

    assert (
        "No AWS credentials found, neither in the environment nor from a role of this machine (no AWS configuration file)."
    ) == what
    assert next_step.startswith(f"Nothing was filed. Sign in again, or {ELSE}")
    assert [] == machine.here.asked


@pytest.mark.skipif(not HAS_LOGIN, reason="this botocore knows no `aws login`, or lacks its extra")
def test_whoever_lacks_an_extra_is_told(machine: Machine, tmp_path: Path) -> None:
    """Credentials of `aws login` need one."""
    write(tmp_path / "lacking" / "awscrt.py", "raise ImportError")
    with machine.plugin(tmp_path, {"profile": "login"}, PYTHONPATH=str(tmp_path / "lacking")) as plugin:
        what, next_step = refusal(plugin)

    assert what.startswith(
        "Signing in with `aws login` needs botocore's extra `crt`, which is not installed (profile login,"
    )
    assert 'Nothing was filed. Install it: `pip install "dedicated-ip-provider[crt]"`.' == next_step
