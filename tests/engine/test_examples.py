"""Every example runs: on the real engine, with the emulator as AWS, from the first case to the last."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from dedicated_ip_provider.regions import regions
from engine.stack import PATIENCE, Stack, executable, with_aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dedicated_ip_provider.emulator import RunningEmulator

pytestmark = pytest.mark.engine

EXAMPLES = Path(__file__).parents[2] / "examples"
IRELAND, VIRGINIA = "eu-west-1", "us-east-1"


@contextmanager
def listening(answer: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
    """Take JSON and answer with JSON: `answer` is given the operation and its parameters; give the endpoint."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answered = json.dumps(answer(operation, json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answered)))
            self.end_headers()
            self.wfile.write(answered)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sqs(queues: dict[str, list[str]]) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Answer as SQS does, as far as the example asks; `queues` are the messages that are left, by the name of a queue."""

    def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetQueueUrl":
            return {"QueueUrl": f"http://127.0.0.1/111122223333/{parameters['QueueName']}"}
        messages = queues[parameters["QueueUrl"].rpartition("/")[2]]
        if operation == "DeleteMessage":
            messages.remove(parameters["ReceiptHandle"])
            return {}
        assert operation == "ReceiveMessage"
        # SQS leaves the member out where nothing is there.
        return {"Messages": [{"Body": text, "ReceiptHandle": text} for text in messages]} if messages else {}

    return answer


class Example(Stack):
    """A copy of an example, with a stack if it is a Pulumi program itself."""

    def __init__(self, folder: Path, environment: Mapping[str, str], emulator: RunningEmulator) -> None:
        """Copy the example of the folder's name, and make a stack."""
        self.folder = shutil.copytree(EXAMPLES / folder.name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.environment = {**environment, **emulator.environment}
        self.emulator = emulator
        self.name = "dev"
        if (folder / "Pulumi.yaml").exists():
            self.pulumi("stack", "init", self.name)

    def exported(self) -> dict[str, Any]:
        """Return what the program exports."""
        outputs: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json"))
        return outputs

    def set(self, path: str, value: str) -> None:
        """Set a configuration value."""
        self.pulumi("config", "set", "--path", path, value)

    def grant_all(self) -> dict[str, tuple[str, ...]]:
        """Let AWS grant every open request, and bring that into the stack; return the addresses by Region."""
        for case in self.emulator.cases():
            if not case.is_resolved:
                self.emulator.grant(case.id)
        self.refresh()
        self.up()
        return {region: self.emulator.addresses(region) for region in (IRELAND, VIRGINIA)}


@pytest.fixture
def example(tmp_path: Path, environment: Mapping[str, str], emulator: RunningEmulator) -> Callable[[str], Example]:
    """Copy an example."""
    backend = tmp_path / "backend"
    backend.mkdir()
    here = {**with_aws(environment, tmp_path), "PULUMI_BACKEND_URL": backend.as_uri()}
    return lambda name: Example(tmp_path / name, here, emulator)


def test_fleet(example: Callable[[str], Example]) -> None:
    """Every Region has its case, its addresses and its pool; another count moves only its own Region.

    On destroy, no address is relinquished before it has left its pool, and no pool is deleted before it is empty.
    """
    mail = example("fleet")

    mail.up()
    addresses = mail.grant_all()

    assert {region: list(ips) for region, ips in addresses.items()} == mail.exported()["addresses"]
    assert (5, 124.75) == (mail.exported()["leased_count"], mail.exported()["monthly_cost_usd"])
    assert {"orders"} == {ip.pool for region in addresses for ip in mail.emulator.details(region)}

    mail.set("counts.eu-west-1", "2")
    mail.set("counts.us-east-1", "2")
    before = len(mail.emulator.log)
    said = mail.preview()
    mail.up()

    went, *stay = addresses[IRELAND]
    assert "This preview shows all assignments as deleted" in said
    assert ["CreateCase", "PutDedicatedIpInPool"] == writes(mail.emulator, before)
    assert {went: "ses-default-dedicated-pool", **dict.fromkeys(stay, "orders")} == {
        ip.ip: ip.pool for ip in mail.emulator.details(IRELAND)
    }
    assert {IRELAND: "relinquishing", VIRGINIA: "active"} == mail.exported()["statuses"]

    before = len(mail.emulator.log)
    mail.destroy()
    assert (
        ["PutDedicatedIpInPool"] * 4 + ["DeleteDedicatedIpPool"] * 2 + ["CreateCase"] * 2  # in that order
    ) == writes(mail.emulator, before)


def test_adopt(example: Callable[[str], Example]) -> None:
    """What a team leased by hand becomes the lease's, nothing is filed, and it is protected."""
    news = example("adopt")
    addresses = news.emulator.lease(IRELAND, 2)
    for number, ip in enumerate(addresses):
        news.set(f"addresses[{number}]", ip)

    news.up()

    assert ("active", list(addresses)) == (news.exported()["status"], news.exported()["addresses"])
    assert "protect" in news.fails("destroy", "--yes", "--skip-preview")
    assert () == tuple(news.emulator.cases())


def test_console_filing(example: Callable[[str], Example]) -> None:
    """Nothing is filed until a person does it; what comes of that, the lease follows."""
    shop = example("console_filing")

    shop.up()
    form = shop.exported()

    assert "to_file" == form["status"]
    assert () == tuple(shop.emulator.calls("CreateCase"))

    subject = next(line for line in form["form_text"].splitlines() if line.startswith("Subject: "))
    shop.emulator.file_by_hand(subject.removeprefix("Subject: "), form["form_text"])
    addresses = shop.grant_all()[IRELAND]

    assert ("active", list(addresses)) == (shop.exported()["status"], shop.exported()["addresses"])


def test_mail_setup(example: Callable[[str], Example]) -> None:
    """Two streams from one lease: each has its addresses, its pool, its configuration set and its domain."""
    mail = example("mail_setup")

    mail.up()
    mail.grant_all()

    pools = {pool: [ip.ip for ip in mail.emulator.details(IRELAND) if ip.pool == pool] for pool in ("orders", "news")}
    assert [2, 2] == list(map(len, pools.values()))
    assert {
        "addresses": pools,
        "configuration_set_names": {"orders": "orders", "news": "news"},
        "dkim_records": [
            f"{token}._domainkey.{domain}"
            for domain in ("example.com", "news.example.com")
            for token in ("one", "two", "three")
        ],
    } == mail.exported()
    assert 1 == len(mail.emulator.cases())


def test_notifications(example: Callable[[str], Example]) -> None:
    """A topic and a queue are told; what waits in the queue makes the job refresh a stack once, and is then deleted."""
    told, shop = example("notifications"), example("one_region")
    told.set("email", "mail-team@example.com")
    told.up()
    queue = told.exported()["queue"]
    shop.up()
    shop.emulator.grant(shop.emulator.cases()[0].id)
    event = {"display-id": "1700000001", "case-id": "case-1", "event-name": "AddCommunicationToCase", "origin": "AWS"}

    queues = {queue.rpartition(":")[2]: [json.dumps({"detail": event})]}
    with listening(sqs(queues)) as endpoint:
        said = [
            subprocess.run(
                [sys.executable, told.folder / "refresh.py", queue, shop.folder],
                env={**shop.environment, "AWS_ENDPOINT_URL_SQS": endpoint},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=True,
            ).stdout
            for _ in range(2)
        ]

    assert "arn:aws:sqs:us-east-1:111122223333:pipeline" == queue
    assert "case 1700000001: AddCommunicationToCase by AWS" == said[0].splitlines()[0]
    assert "nothing has happened" == said[1].strip()
    assert "active" == shop.outputs("shop")["status"]
    assert {"pipeline": []} == queues


def test_automation(example: Callable[[str], Example]) -> None:
    """Each tenant has a stack of its own; a daily run files once, and then brings in what AWS has granted."""
    tenants = example("automation")

    first = daily_run(tenants)
    for case in tenants.emulator.cases():
        tenants.emulator.grant(case.id)
    second = daily_run(tenants)

    addresses = {"acme": tenants.emulator.addresses(IRELAND), "globex": tenants.emulator.addresses(VIRGINIA)}
    assert (2, 3) == tuple(map(len, addresses.values()))
    assert list(addresses) == [line.partition(":")[0] for line in first]
    assert list(addresses.items()) == [
        (line.partition(":")[0], tuple(line.split()[-len(addresses[name]) :]))
        for line, name in zip(second, addresses, strict=True)
    ]
    assert 2 == len(tenants.emulator.cases())


def daily_run(tenants: Example) -> list[str]:
    """Run the example as a person or a timer would."""
    said = subprocess.run(
        [sys.executable, ".", "tenants.json"],
        cwd=tenants.folder,
        env=tenants.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert 0 == said.returncode, said.stderr
    return said.stdout.splitlines()


def test_case_messages(example: Callable[[str], Example]) -> None:
    """The chat hears of each case once, with its link; where nobody listens, that is a warning, and a case is filed."""
    shop = example("case_messages")
    heard: list[str] = []
    with listening(lambda _, message: heard.append(message["text"]) or {}) as chat:  # type: ignore[func-returns-value]  # None
        shop.environment["CHAT_WEBHOOK"] = chat
        shop.up()
        shop.grant_all()
        edit(shop, "count=3", "count=2")
        shop.up()
        edit(shop, "count=2", "count=2, max_send_rate=100")
        shop.up()

    first, second = (case.display_id for case in shop.emulator.cases())
    link = "https://console.aws.amazon.com/support/home#/case/?displayId={}&language=en"
    shop.environment["CHAT_WEBHOOK"] = "http://127.0.0.1:1"
    edit(shop, "count=2", "count=1")
    assert "warning: " in shop.up()
    assert 3 == len(shop.emulator.cases())
    assert shop.preview_is_empty()
    assert [
        f"shop (eu-west-1): AWS is working on case {first}: 3 of 3 still to come; the lease holds no address. "
        + link.format(first),
        f"shop (eu-west-1): AWS is working on case {second}, which relinquishes 192.0.2.1; the lease holds 2 dedicated "
        "IP addresses. " + link.format(second),
    ] == heard


@pytest.fixture
def pack(tmp_path: Path) -> tuple[str, str]:
    """Return the flag for the policy pack. The engine starts a file itself; for a folder it needs a language host."""
    analyzer = executable(
        tmp_path / "analyzer", f'exec "{sys.executable}" -u -m pulumi.policy "$1" "{EXAMPLES / "policy_pack"}"'
    )
    return "--policy-pack", str(analyzer)


def configured(shop: Example, **rules: Any) -> tuple[str, str]:
    """Return the flag for a configuration of the policy pack: what the stack holds, and more rules."""
    config = shop.folder / "policies.json"
    config.write_text(json.dumps({f"dedicated-ip-{name.replace('_', '-')}": rule for name, rule in rules.items()}))
    held = subprocess.run(
        [sys.executable, EXAMPLES / "policy_pack" / "held.py", config],
        input=json.dumps(shop.export()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    config.write_text(held.stdout)
    return "--policy-pack-config", str(config)


def edit(shop: Example, old: str, new: str) -> None:
    """Change the program."""
    program = shop.folder / "__main__.py"
    assert old in program.read_text()
    program.write_text(program.read_text().replace(old, new))


PROTECTED = "count=3, opts=pulumi.ResourceOptions(protect=True)"


def test_one_region_and_the_policy_pack(example: Callable[[str], Example], pack: tuple[str, str]) -> None:
    """A lease from its first preview to its end. What the rules forbid is refused before anything is filed for it.

    Without a preview, too; and an exported state will do, with which neither program nor AWS is asked.
    """
    shop = example("one_region")
    edit(shop, "count=3", PROTECTED)
    cap = configured(shop, monthly_cost={"usd": 50}, alone="mandatory")
    costs = "3 dedicated IP addresses cost USD 74.85 a month; the cap is USD 50.00."

    refused = shop.fails("up", "--yes", *pack, *cap)
    assert costs in refused
    assert "USD 0.00 => 74.85 a month" in refused
    assert () == tuple(shop.emulator.cases())

    shop.up(*pack)
    assert ("requested", []) == tuple(shop.exported()[name] for name in ("status", "addresses"))
    addresses = shop.grant_all()[IRELAND]
    assert ("active", list(addresses), 74.85) == tuple(
        shop.exported()[name] for name in ("status", "addresses", "monthly_cost_usd")
    )

    before, program = len(shop.emulator.log), shop.folder / "__main__.py"
    text = program.read_text()
    program.write_text("raise AssertionError")
    (shop.folder / "state.json").write_text(json.dumps(shop.export()))
    for stored in (("--stack", shop.name), ("--file", "state.json")):
        done = shop.run("policy", "analyze", *stored, *pack, *cap)
        assert (True, True) == (done.code != 0, costs in done.text)
    assert before == len(shop.emulator.log)
    program.write_text(text)

    held = configured(shop)
    edit(shop, PROTECTED, PROTECTED.replace("3", "2"))
    refused = shop.fails("up", "--yes", "--skip-preview", *pack, *held)
    assert "Lease shop falls from 3 to 2, which may relinquish addresses for good, and is protected." in refused
    assert 1 == len(shop.emulator.cases())

    edit(shop, PROTECTED.replace("3", "2"), "count=2")
    shop.up(*pack, *held)
    assert 2 == len(shop.emulator.cases())
    shop.destroy()
    assert ["resolved", "opened", "opened"] == [case.status for case in shop.emulator.cases()]


def test_no_example_is_forgotten() -> None:
    """Whatever is in the folder is in a test's name; `two_regions` is the demo's."""
    folders = {folder.name for folder in EXAMPLES.iterdir() if (folder / "__main__.py").exists()}
    tests = " ".join(name for name in globals() if name.startswith("test_"))

    assert folders - {"two_regions"} == {name for name in folders if name in tests}


def writes(emulator: RunningEmulator, before: int) -> list[str]:
    """Return what was changed at AWS since the log had that many entries, without reads and the leases' records."""
    return [
        entry.operation
        for entry in emulator.log[before:]
        if not entry.operation.startswith(("Get", "Describe", "List", "PutParameter"))
    ]


def test_organization(example: Callable[[str], Example]) -> None:
    """Ten new leases an account and run; what fails in one account stops no other; the next run goes on from there."""
    organization = example("organization")
    file = organization.folder / "organization.json"
    plan = json.loads(file.read_text())
    many = dict.fromkeys(sorted(regions().with_ses)[:11], 1)
    plan["accounts"] = {"111122223333": {"regions": many}, "444455556666": {"regions": {IRELAND: 2}}}
    file.write_text(json.dumps(plan))
    organization.emulator.fault("access-denied", account="444455556666", operation="GetParameter", times=None)

    def run() -> tuple[int, list[str]]:
        environment = {**organization.environment, "COLUMNS": "200"}
        done = subprocess.run(
            [sys.executable, organization.folder, file],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return done.returncode, [" ".join(line.split()) for line in done.stdout.splitlines()]

    code, lines = run()
    assert (1, "111122223333 10 requested 0 0.00 1") == (code, lines[1])
    assert "ssm:GetParameter" in lines[2]

    organization.emulator.clear_faults()
    code, lines = run()
    assert (3, "111122223333 0 0.00 11") == (code, lines[1])

    for account in plan["accounts"]:
        for case in organization.emulator.cases(account):
            organization.emulator.grant(case.id)
    organization.emulator.advance(3_601)
    code, lines = run()

    assert (0, "111122223333 10 active, 1 requested 10 249.50") == (code, lines[1])
    assert "444455556666 1 active 2 49.90" == lines[2]
    assert (11, 1) == tuple(len(organization.emulator.cases(account)) for account in plan["accounts"])
