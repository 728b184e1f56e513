"""`dedicated-ip confirm`: AWS's question whether addresses shall really go, answered once."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import click

from dedicated_ip_provider import reconcile
from dedicated_ip_provider.aws.survey import question_in
from dedicated_ip_provider.cli.look import find_case
from dedicated_ip_provider.cli.options import json_option, profile_option
from dedicated_ip_provider.cli.output import harmless, note, say, say_json
from dedicated_ip_provider.cli.way_in import account_of
from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.forms import case_url
from dedicated_ip_provider.letters import confirmation_letter
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.traces import lease_of

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account
    from dedicated_ip_provider.cli.outside import Outside
    from dedicated_ip_provider.lease import Case, Lease


def _case_name(_: click.Context, __: click.Parameter, given: str) -> str:
    if not re.fullmatch(r"[0-9]+|case-[a-zA-Z0-9-]+", given):
        raise click.BadParameter(f"{given!r} is neither the number of a case nor AWS's long id of one.")
    return given


@click.command(
    short_help="Answer AWS's question whether addresses shall go.",
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
def confirm(outside: Outside, *, case_name: str, profile: str | None, yes: bool, language: str, as_json: bool) -> None:
    """Answer AWS's question in a relinquish case: yes, the addresses shall go. That cannot be undone.

    CASE is the number that the Support Center shows. What AWS asked and what will be answered is shown, and sent
    when you consent; a case that was answered is not answered again. With `--json` and without `--yes` nothing is
    sent.
    """
    account = account_of(outside, profile, ())
    case = find_case(account, case_name)
    if not case.confirmed:
        _must_be_asked(case)
    lease = lease_of(case, language)
    question = question_in(account, case) or ""
    answer = confirmation_letter(lease, case, regions().name_of(case.region)).body

    if not as_json and not case.confirmed:
        _show(case, question, answer)
    sent = False
    if not case.confirmed and (yes or (not as_json and _consent())):
        sent = _send(account, lease, case)

    if as_json:
        say_json(
            {"case": case.name, "addresses": list(case.returns), "question": question, "answer": answer, "sent": sent}
        )
    elif not sent:
        say(f"Case {case.name} was answered already; its status is {harmless(case.status)}.")
        if case.waits_for_customer:
            note(f"AWS asks something more there: answer at {case_url(case.region, case.display_id)}.")


def _must_be_asked(case: Case) -> None:
    url = case_url(case.region, case.display_id)
    if case.kind == "request":
        raise Refused(
            f"Case {case.name} asks for addresses: there is nothing to confirm in it.",
            f"Nothing was sent. What AWS asks there is answered at {url}.",
        )
    if not case.waits_for_customer:
        raise Refused(
            f"AWS asks nothing in case {case.name}; its status is {harmless(case.status)}.",
            f"Nothing was sent. See {url}.",
        )


def _show(case: Case, question: str, answer: str) -> None:
    say(f"AWS asks in case {case.name}:\n")
    say(textwrap.indent(harmless(question), "  | "))
    say("\nThe answer will be:\n")
    say(textwrap.indent(harmless(answer), "  | "))
    say()


def _consent() -> bool:
    try:
        agreed = click.confirm("Send this answer? The addresses cannot be got back.", err=True)
    except (click.Abort, OSError, RuntimeError):
        # Nobody is there to ask: the input has ended, or is closed.
        note("")
        agreed = False
    if not agreed:
        raise Refused("Nobody consented.", "Nothing was sent. Answer `y`, or give `--yes`.")
    return True


def _send(account: Account, lease: Lease, case: Case) -> bool:
    """Send the answer, if nobody else has in the meantime."""
    now = account.read_case(case.id) or case
    if now.confirmed:
        return False
    _must_be_asked(now)
    reconcile.confirm(account, lease, now, note)
    return True
