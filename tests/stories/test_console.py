"""Console filing: forms wait for a person, are replaced, filed, or ended by addresses that come or go."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.filed import PARAMETER, REGION, filed, post, record, steps
from support.stacks import Stack, consent, marked

from dedicated_ip_provider.reconcile import lowers
from dedicated_ip_provider.state import read_state

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import Emulator


def console(stack: Stack, count: int, **inputs: object) -> str:
    """Run `pulumi up` with console filing, and return the form's text."""
    done = stack.up(eu={"count": count, "filing": "console", **inputs})
    assert not done.error, done.error
    text: str = stack["eu"]["form_text"]
    return text


def held(emulator: Emulator, stack: Stack, count: int = 3) -> list[str]:
    """Let a stack with console filing hold addresses with nothing open, and return them."""
    post(emulator, console(stack, count))
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    addresses: list[str] = stack["eu"]["addresses"]
    return addresses


def test_a_form_waits_until_a_person_files_it(emulator: Emulator, stack: Stack) -> None:
    """Nothing is filed by us; the case is found by its mark then, and followed like any other."""
    text = console(stack, 3)
    assert ("to_file", []) == (stack["eu"]["status"], steps(emulator))
    assert "Amazon SES in eu-west-1: please add 3 dedicated IP addresses [DIP-eu-west-1-1-" in text
    assert f"Region: {REGION} (Europe (Ireland))" in text
    stack.refresh()
    assert (text, []) == (stack["eu"]["form_text"], stack.changes(eu={"count": 3, "filing": "console"}))

    post(emulator, text)
    stack.refresh()
    assert ("requested", "", 3) == stack.shown("status", "form_text", "requested_count")
    came = emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    assert ("active", list(came)) == stack.shown("status", "addresses")
    assert [] == stack.changes(eu={"count": 3, "filing": "console"})


def test_another_count_replaces_a_form_that_waits(emulator: Emulator, stack: Stack) -> None:
    """It keeps its mark, so that whoever filed the older print is found all the same, and told what to write."""
    first = console(stack, 3)
    second = console(stack, 5)

    assert re.findall(r"\[(DIP-\S+)\]", first) == re.findall(r"\[(DIP-\S+)\]", second)
    assert "please add 5 dedicated IP addresses" in second
    post(emulator, first)
    stack.refresh()
    assert "Write in case 1700000001" in stack["eu"]["form_text"]
    assert f"in Europe (Ireland), {REGION}, we now request 5 in all instead of 3" in stack["eu"]["form_text"]
    post(emulator, stack["eu"]["form_text"])
    stack.refresh()
    assert (["request amend"], 5) == (steps(emulator), stack["eu"]["requested_count"])


def test_a_lower_count_prints_a_form_that_relinquishes(emulator: Emulator, stack: Stack) -> None:
    """Until AWS has removed it the address is shown as being relinquished; it was the user's word once, and no more."""
    [first, *others] = held(emulator, stack)

    text = console(stack, 2)
    state = read_state(stack["eu"])
    assert (False, True) == (lowers(state.lease, state), lowers(replace(state.lease, filing="support-api"), state))
    post(emulator, text)

    stack.refresh()
    assert ("relinquishing", [first], others) == stack.shown("status", "relinquishing", "addresses")
    emulator.remove(marked(emulator)[-1].id)
    stack.refresh()
    assert ("active", others) == stack.shown("status", "addresses")


def test_addresses_that_come_or_go_end_a_forms_wait(emulator: Emulator, stack: Stack) -> None:
    """A person filed it without its mark: what came is the lease's, and what went was meant to go, so it is no drift."""
    console(stack, 3)
    [first, *others] = emulator.lease(REGION, 3)
    stack.refresh()
    assert ("active", "", [first, *others]) == stack.shown("status", "form_text", "addresses")
    assert [] == stack.changes(eu={"count": 3, "filing": "console"})

    # What nobody has filed yet is simply held again.
    console(stack, 1)
    assert "" == console(stack, 3)
    assert ("active", [first, *others], []) == (*stack.shown("status", "addresses"), steps(emulator))

    console(stack, 2)
    emulator.take_away(REGION, first)
    stack.refresh()
    assert ("active", "", others, 2) == stack.shown("status", "form_text", "addresses", "count")


def test_a_form_is_refused_while_a_request_is_open_that_nobody_follows(emulator: Emulator, stack: Stack) -> None:
    """A person filed one text twice: the other case is closed first."""
    for _ in range(2):
        post(emulator, console(stack, 2))
        emulator.advance(60)
    emulator.refuse(marked(emulator)[1].id)
    stack.refresh()
    mark = marked(emulator)[0].subject.partition("[")[2].rstrip("]")

    what, next_step = stack.up(eu={"count": 2, "filing": "console", "attempt": 2}).error.split("\n")

    assert f"case 1700000001, filed by shop/prod/eu and marked {mark}, is open in {REGION}" in what
    assert next_step.startswith("Nothing was filed. Close case 1700000001 in the Support Center, ")


# From the one to the other.


def test_from_the_api_to_the_console_an_open_request_is_withdrawn(emulator: Emulator, stack: Stack) -> None:
    """AWS asked for the form: it asks for what is missing. A case that a person filed is waited for on the way back."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1)

    text = console(stack, 3)
    assert ["request withdraw"] == steps(emulator)
    assert "please add 2 dedicated IP addresses" in text
    post(emulator, text)

    error = stack.up(eu={"count": 5}).error
    assert "case 1700000002 is still open; a person filed it, and `filing` is `support-api` now" in error
    emulator.grant(marked(emulator)[1].id)
    assert "" == stack.up(eu={"count": 5}).error
    assert ["request withdraw", "request", "request"] == steps(emulator)


def test_from_the_console_to_the_api_a_form_that_waits_is_filed(emulator: Emulator, stack: Stack) -> None:
    """What it asked for, and the addresses that it named. An open relinquish case is waited for on the way back."""
    console(stack, 3)
    stack.up(eu={"count": 3})
    assert (["request"], "requested", "") == (steps(emulator), *stack.shown("status", "form_text"))

    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    [first, *_] = stack["eu"]["addresses"]
    console(stack, 2)
    stack.up(eu={"count": 2})
    assert (["request", "relinquish"], [first]) == (steps(emulator), sorted(filed(emulator)[-1].named))

    error = stack.up(eu={"count": 1, "filing": "console"}).error
    assert "case 1700000002, which relinquishes addresses, was filed through the Support API and is still open" in error
    assert 'Set `filing="support-api"` again' in error
    emulator.remove(marked(emulator)[1].id)
    assert "please remove 1 dedicated IP address" in console(stack, 1)


# The end.


def test_a_destroy_prints_the_form_and_keeps_it_in_the_freed_record(emulator: Emulator, stack: Stack) -> None:
    """It is told, written to a file, and in the record; who files it relinquishes all, which is not left then."""
    addresses = held(emulator, stack)
    stored = stack.copy()

    done = stack.destroy()

    assert ({}, ["request"]) == (stack.stored, steps(emulator))
    [file] = Path().glob("dedicated-ip-DIP-*.txt")
    text = file.read_text(encoding="utf-8")
    assert text in f"{done.said}\n"
    assert "\ncount: 0\n" in text
    freed = record(emulator)
    assert "holder" not in freed
    assert ["relinquish"] == [form["kind"] for form in freed["forms"]]

    # A destroy that was killed at its end: nobody may have read it yet.
    stack.stored, form = stored, emulator.parameter(REGION, PARAMETER)
    said = stack.destroy().said
    assert ("please remove 3 dedicated IP addresses" in said, form) == (True, emulator.parameter(REGION, PARAMETER))
    assert "left leased" not in said
    post(emulator, text)
    assert set(addresses) == filed(emulator)[-1].named


@pytest.mark.parametrize("is_known", [True, False])
def test_a_destroy_says_what_to_write_in_an_open_case(emulator: Emulator, stack: Stack, *, is_known: bool) -> None:
    """A request that a person filed is called off by a person: the one that is there, or else who reads of it later."""
    post(emulator, console(stack, 3))
    if is_known:
        stack.refresh()
    stored = stack.copy()

    done = stack.destroy()
    stack.stored = stored
    again = stack.destroy().said.splitlines()

    assert "Write in case 1700000001" in done.said
    assert f"eu ({REGION}): case 1700000001, which requests addresses, stays open." in again
    post(emulator, done.said)
    assert (["request withdraw"], True) == (steps(emulator), marked(emulator)[0].is_resolved)


def test_what_to_write_stands_before_what_to_open(emulator: Emulator, stack: Stack) -> None:
    """An open request is withdrawn before anything is relinquished."""
    post(emulator, console(stack, 2))
    emulator.grant(marked(emulator)[0].id, 1)
    stack.refresh()

    text = console(stack, 0)

    assert text.startswith("Write in case 1700000001")
    assert f"{'-' * 72}\n\nOpen a case at " in text


def test_a_destroy_says_what_to_write_and_to_open(emulator: Emulator, stack: Stack) -> None:
    """Where some have come and some are still to come; at the end the lease wants nothing."""
    post(emulator, console(stack, 2))
    emulator.grant(marked(emulator)[0].id, 1)
    stack.refresh()

    said = stack.destroy().said

    assert ["relinquish"] == [form["kind"] for form in record(emulator)["forms"]]
    assert "cases" not in record(emulator)
    assert ["count: 0"] * 2 == [line for line in said.splitlines() if line.startswith("count: ")]
    assert f"{'-' * 72}\n\nOpen a case at " in said


# Without a support plan, and beside others.


def test_a_form_needs_no_support_plan(emulator: Emulator, stack: Stack) -> None:
    """Without one no case can be seen: the addresses alone decide; a case that was seen before stays linked."""
    stack.grown(1)
    linked = stack.shown("case_id", "case_display_id")
    emulator.change(support_plan=False)
    console(stack, 1)
    assert ("1700000001", linked) == (linked[1], stack.shown("case_id", "case_display_id"))

    post(emulator, console(stack, 3))
    emulator.lease(REGION, 2)
    stack.refresh()
    assert ("active", 3) == stack.shown("status", "leased_count")
    assert "please remove 3 dedicated IP addresses" in stack.destroy().said


def test_a_form_that_ends_unseen_is_named(emulator: Emulator, stack: Stack) -> None:
    """Where no case can be seen, nobody knows whether a person has filed it already."""
    emulator.change(support_plan=False)
    mark = re.findall(r"\[(DIP-\S+)\]", console(stack, 2))[0]
    ended = f"eu (eu-west-1): the form {mark} is out of date; if you have filed it, withdraw it in its case"

    assert ended not in stack.up(eu={"count": 2, "filing": "console", "max_send_rate": 5.0}).said
    assert ended in stack.up(eu={"count": 0, "filing": "console"}).said
    console(stack, 2)
    assert "is out of date; if you have filed it, " in stack.destroy().said


def searched(text: str) -> list[str]:
    """Return the marks that a person is told to search for."""
    return re.findall(
        r"^Search the Support Center for (DIP-\S+) first: if that case is open, file nothing\.$", text, re.MULTILINE
    )


def test_without_the_plan_that_filed_it_an_open_request_waits_as_a_form(emulator: Emulator, stack: Stack) -> None:
    """A plan is often bought for one request: nothing is sent, and the addresses end the wait, or the user does."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1)
    stack.refresh()
    emulator.change(support_plan=False)
    assert 'Set `filing="console"`' in stack.refresh().error

    text = console(stack, 3)

    assert ("to_file", ["192.0.2.1"], ["request"]) == (*stack.shown("status", "addresses"), steps(emulator))
    assert [f"DIP-{REGION}-1-{record(emulator)['holder']['nonce']}"] == searched(text)
    assert "please add 2 dedicated IP addresses" in text
    assert stack.is_quiet()
    emulator.grant(marked(emulator)[0].id)
    stack.refresh()
    assert ("active", 3, "") == stack.shown("status", "leased_count", "form_text")
    assert "please remove 3 dedicated IP addresses" in stack.destroy().said
    assert ["request"] == steps(emulator)


def test_without_the_plan_that_filed_them_relinquish_cases_wait_as_one_form(emulator: Emulator, stack: Stack) -> None:
    """It names the addresses of all of them; a higher count drops it."""
    held = stack.grown(4)
    stack.up(eu={"count": 3})
    stack.up(eu={"count": 2})
    emulator.change(support_plan=False)

    text = console(stack, 2)

    assert ("to_file", held[2:], held[:2]) == stack.shown("status", "addresses", "relinquishing")
    assert [f"DIP-{REGION}-3-{record(emulator)['holder']['nonce']}"] == searched(text)
    assert set(held[:2]) == set(re.findall(r"192\.0\.2\.\d", text))
    emulator.remove(marked(emulator)[1].id)
    stack.refresh()
    assert ("to_file", held[1:2]) == stack.shown("status", "relinquishing")
    console(stack, 3)
    assert ("active", held[1:]) == stack.shown("status", "addresses")


@pytest.mark.parametrize("arrived", [True, False])
def test_without_the_plan_a_case_whose_answer_was_lost_waits_as_a_form(
    emulator: Emulator, stack: Stack, *, arrived: bool
) -> None:
    """After ten minutes it would be listed, but nobody can look; where the plan comes back, its mark is found."""
    stack.grown(1)
    emulator.fault("reset", operation="CreateCase", when="after" if arrived else "before")
    emulator.change(listing_delay=300)
    stack.up(eu={"count": 2})
    emulator.change(support_plan=False)
    assert ("", "unconfirmed") == (console(stack, 2), stack["eu"]["status"])
    emulator.advance(601)

    text = console(stack, 2)

    mark = f"DIP-{REGION}-2-{record(emulator)['holder']['nonce']}"
    assert ("to_file", [mark]) == (stack["eu"]["status"], searched(text))
    emulator.change(support_plan=True)
    stack.refresh()
    assert ("requested" if arrived else "to_file") == stack["eu"]["status"]


def test_the_record_protects_a_form_that_waits(emulator: Emulator, stack: Stack) -> None:
    """Another stack is refused, also without a support plan, and takes the form over with consent."""
    emulator.change(support_plan=False)
    text = console(stack, 3)
    other = Stack(emulator, "mail/live")
    error = other.up(eu={"count": 3, "filing": "console"}).error
    assert "a form to request addresses waiting to be filed" in error

    other.up(eu={"count": 3, "filing": "console", "take_over_from": consent(error)})

    assert "to_file" == other["eu"]["status"]
    assert re.findall(r"\[(DIP-\S+)\]", text) == re.findall(r"\[(DIP-\S+)\]", other["eu"]["form_text"])
