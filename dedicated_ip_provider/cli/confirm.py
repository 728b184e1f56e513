"""`dedicated-ip confirm`: AWS's question whether it shall remove addresses, answered once."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from dedicated_ip_provider import reconcile
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


def _case_name(_: click.Context, __: click.Parameter, given: str) -> str:
    if not re.fullmatch(r"[0-9]+|case-[a-zA-Z0-9-]+", given):
        raise click.BadParameter(f"{given!r} is neither the number of a case nor AWS's long id of one.")
    return given


@click.command(
    short_help="Answer AWS's question whether to remove addresses.",
    epilog="""\b
    Examples:
      dedicated-ip confirm 1700000002
      dedicated-ip confirm 1700000002 --yes
      dedicated-ip confirm 1700000002 --json          (only shows)
    """,
)
@click.argument("case_name", metavar="CASE", callback=_case_name)
@profile_option
@click.option("--yes", is_flag=True, help="Send the answer without asking for consent.")
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", help="Answer in this language.")
@json_option
@click.pass_obj
def confirm(  # noqa: PLR0913 - the options
    runtime: Runtime, *, case_name: str, profile: str | None, yes: bool, language: str, as_json: bool
) -> None:
    """Answer AWS's question in a relinquish case: yes, remove the addresses. That cannot be undone.

    CASE is the number that the Support Center shows. AWS's question and the answer are shown, and the answer is sent
    when you consent. It is sent once, and only while the lease of the Region follows the case. With `--json` and
    without `--yes` nothing is sent.
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
        say(f"Case {case.name} was answered already; its status is {sanitize(case.status)}.")
        if case.waits_for_customer:
            note(f"AWS asks something more there: answer at {case_url(case.region, case.display_id)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """The answer yes: what it says, and how it is sent."""

    account: Account
    runtime: Runtime
    language: str

    def text(self, case: Case) -> str:
        """Return what is written in the case."""
        lease = reconcile.lease_of(case, self.language)
        return reply_message(lease, Confirm(case=case), regions().name_of(case.region)).body

    def refuse_unfollowed(self, case: Case) -> reconcile.Found:
        """Return the lease that follows the case. Raises `Refused` where none does."""
        found = reconcile.find(self.account, case.region, run_of(self.runtime))
        if found is None or case.id not in {one.id for one in found.view.memory.cases}:
            why = "does not follow it" if found else "does not exist"
            raise Refused(
                f"Case {case.name} is not of the lease of {case.region}: the Region's record {why}.",
                f"{NOTHING_FILED} Answer at {case_url(case.region, case.display_id)} if the addresses are to go.",
            )
        return found

    def send(self, case: Case) -> bool:
        """Send the answer, unless somebody else has sent it in the meantime."""
        now = self.account.read_case(case.id) or case
        if now.confirmed:
            return False
        _refuse_unasked(now)
        found = self.refuse_unfollowed(now)
        reconcile.confirm(self.account, found, now, self.language, run_of(self.runtime))
        return True


def _find_case(account: Account, name: str) -> Case:
    """Find a marked case by the number that people see, or by AWS's long id. Raises `Refused`."""
    for case in account.cases():
        if name in (case.display_id, case.id):
            return case
    raise Refused(
        f"Account {account.id} has no case {name} that a lease filed.",
        "`dedicated-ip status` shows the cases of leases; the number of a case is in the Support Center, too.",
    )


def _refuse_unasked(case: Case) -> None:
    url = case_url(case.region, case.display_id)
    if case.kind == "request":
        raise Refused(
            f"Case {case.name} requests addresses: there is nothing to confirm in it.",
            f"Nothing was sent. What AWS asks there is answered at {url}.",
        )
    if not case.waits_for_customer:
        raise Refused(
            f"AWS asks nothing in case {case.name}; its status is {sanitize(case.status)}.",
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
        # Nobody is there to ask: the input has ended, or is closed.
        note("")
        agreed = False
    if not agreed:
        raise Refused("Nobody consented.", "Nothing was sent. Answer `y`, or give `--yes`.")
    return True
