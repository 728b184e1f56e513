"""`dedicated-ip confirm`: confirm a relinquishment to AWS, once."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from dedicated_ip_provider import recovery
from dedicated_ip_provider.aws.diagnostics import question_in
from dedicated_ip_provider.case_text.messages import reply_message
from dedicated_ip_provider.cli.credentials import account_of
from dedicated_ip_provider.cli.look import run_of
from dedicated_ip_provider.cli.options import json_option, profile_option
from dedicated_ip_provider.cli.output import note, sanitize, say, say_json
from dedicated_ip_provider.errors import NOTHING_FILED, Refused
from dedicated_ip_provider.lease.addresses import sort_ips
from dedicated_ip_provider.lease.decision import Confirm
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.support_center import case_url

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.cli.runtime import Runtime
    from dedicated_ip_provider.lease.model import Case


def _case_name(name: str) -> str:
    if not re.fullmatch(r"[0-9]+|case-[a-zA-Z0-9-]+", name):
        raise click.BadParameter(f"{name!r} is neither the number of a case nor AWS's long id of one.")
    return name


@click.command(
    short_help="Confirm to AWS that it may remove addresses.",
    epilog="""\b
    Examples:
      dedicated-ip confirm 1700000002
      dedicated-ip confirm 1700000002 --yes
      dedicated-ip confirm 1700000002 --json          (only shows the question)
    """,
)
@click.argument("case_name", metavar="CASE", type=_case_name)
@profile_option
@click.option("--yes", is_flag=True, help="Send the answer without asking first.")
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", help="Answer in this language.")
@json_option
@click.pass_obj
def confirm(  # noqa: PLR0913 - the options
    runtime: Runtime, *, case_name: str, profile: str | None, yes: bool, language: str, as_json: bool
) -> None:
    """Confirm the relinquishment that AWS is asking about in a case. This cannot be undone.

    CASE is the number shown in the Support Center. The command shows AWS's question and the answer, and sends the
    answer when you agree. It is sent once, and only while the Region's lease follows the case. With `--json` but
    without `--yes`, nothing is sent.
    """
    account = account_of(runtime, profile, ())
    case = _find_case(account, case_name)
    answer = _Answer(account=account, runtime=runtime, language=language)
    if not case.confirmed:
        _refuse_unasked(case)
        answer.refuse_unfollowed(case)
    question = question_in(account, case) or ""
    text = answer.text(case)

    if not as_json and not case.confirmed:
        _show(case, question, text)
    sent = False
    if not case.confirmed and (yes or (not as_json and _consent())):
        sent = answer.send(case)

    if as_json:
        addresses = list(sort_ips(case.addresses))
        say_json({"case": case.name, "addresses": addresses, "question": question, "answer": text, "sent": sent})
    elif not sent:
        say(f"Case {case.name} has already been answered; its status is {sanitize(case.status)}.")
        if case.waits_for_customer:
            note(f"AWS is asking something else there: answer at {case_url(case.region, case.display_id)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """The confirmation: its text, and how it is sent."""

    account: Account
    runtime: Runtime
    language: str

    def text(self, case: Case) -> str:
        """Return the message to add to the case."""
        lease = recovery.lease_of(case, self.language)
        return reply_message(lease, Confirm(case=case), regions().name_of(case.region)).body

    def refuse_unfollowed(self, case: Case) -> recovery.Found:
        """Return the lease that follows the case. Raise `Refused` if none does."""
        found = recovery.find(self.account, case.region, run_of(self.runtime))
        if found is None or case.id not in {one.id for one in found.view.memory.cases}:
            why = "does not follow it" if found else "does not exist"
            raise Refused(
                f"Case {case.name} does not belong to the lease of {case.region}: the Region's record {why}.",
                f"{NOTHING_FILED} To relinquish the addresses, answer at {case_url(case.region, case.display_id)}.",
            )
        return found

    def send(self, case: Case) -> bool:
        """Send the answer, unless someone else has sent it in the meantime."""
        now = self.account.read_case(case.id) or case
        if now.confirmed:
            return False
        _refuse_unasked(now)
        found = self.refuse_unfollowed(now)
        recovery.confirm(self.account, found, now, self.language, run_of(self.runtime))
        return True


def _find_case(account: Account, name: str) -> Case:
    """Find a marked case by the number people see, or by AWS's long id. Raise `Refused` if there is none."""
    for case in account.cases():
        if name in (case.display_id, case.id):
            return case
    raise Refused(
        f"Account {account.id} has no case {name} that a lease filed.",
        "`dedicated-ip status` shows the cases of leases; the Support Center also shows the number of a case.",
    )


def _refuse_unasked(case: Case) -> None:
    url = case_url(case.region, case.display_id)
    if case.kind == "request":
        raise Refused(
            f"Case {case.name} requests addresses: it has nothing to confirm.",
            f"Nothing was sent. If AWS asks something there, answer at {url}.",
        )
    if not case.waits_for_customer:
        raise Refused(
            f"AWS is not asking anything in case {case.name}; its status is {sanitize(case.status)}.",
            f"Nothing was sent. See {url}.",
        )


def _show(case: Case, question: str, answer: str) -> None:
    say(f"AWS asks in case {case.name}:\n")
    say(textwrap.indent(sanitize(question), "  | "))
    say("\nThe answer will be:\n")
    say(textwrap.indent(sanitize(answer), "  | "))
    say()


def _consent() -> bool:
    try:
        agreed = click.confirm("Send this answer? It cannot be undone.", err=True)
    except (click.Abort, OSError, RuntimeError):
        # There is nobody to ask: the input has ended or is closed.
        note("")
        agreed = False
    if not agreed:
        raise Refused("You did not agree.", "Nothing was sent. Answer `y`, or give `--yes`.")
    return True
