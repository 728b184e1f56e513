"""Console filing: forms wait for a person, are replaced, filed, or ended by addresses that come or go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from support.filed import REGION, filed, post, record, steps
from support.stacks import Stack, marked

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
    """Nothing is filed by us; the same program changes nothing, and a refresh shows the same form."""
    text = console(stack, 3)

    assert ("to_file", []) == (stack["eu"]["status"], steps(emulator))
    assert "Amazon SES in eu-west-1: please add 3 dedicated IP addresses [DIP-eu-west-1-1-" in text
    stack.refresh()
    assert (text, []) == (stack["eu"]["form_text"], stack.changes(eu={"count": 3, "filing": "console"}))


def test_a_form_that_was_filed_is_followed_like_any_case(emulator: Emulator, stack: Stack) -> None:
    """The case is found by its mark; the addresses that it brings are the lease's."""
    post(emulator, console(stack, 3))
    stack.refresh()
    assert ("requested", "", 3) == tuple(stack["eu"][key] for key in ("status", "form_text", "requested_count"))

    came = emulator.grant(marked(emulator)[0].id)
    stack.refresh()

    assert ("active", list(came)) == (stack["eu"]["status"], stack["eu"]["addresses"])
    assert [] == stack.changes(eu={"count": 3, "filing": "console"})


def test_another_count_replaces_a_form_that_waits(emulator: Emulator, stack: Stack) -> None:
    """It keeps its mark, so that whoever filed the older print is found all the same."""
    first = console(stack, 3)
    second = console(stack, 5)

    assert re.findall(r"\[(DIP-\S+)\]", first) == re.findall(r"\[(DIP-\S+)\]", second)
    assert "please add 5 dedicated IP addresses" in second
    post(emulator, first)
    stack.refresh()
    assert "Write in case 1700000001" in stack["eu"]["form_text"]
    post(emulator, stack["eu"]["form_text"])
    stack.refresh()
    assert (["request amend"], 5) == (steps(emulator), stack["eu"]["requested_count"])


def test_addresses_that_come_end_a_forms_wait(emulator: Emulator, stack: Stack) -> None:
    """A person filed it without its mark: what came is the lease's, and the form is not shown any more."""
    console(stack, 3)
    came = emulator.lease(REGION, 3)

    stack.refresh()

    assert ("active", "", list(came)) == tuple(stack["eu"][key] for key in ("status", "form_text", "addresses"))
    assert [] == stack.changes(eu={"count": 3, "filing": "console"})


def test_a_lower_count_prints_a_form_that_relinquishes(emulator: Emulator, stack: Stack) -> None:
    """Until AWS has removed it the address is shown as being relinquished."""
    [first, *others] = held(emulator, stack)

    post(emulator, console(stack, 2))

    stack.refresh()
    assert ("relinquishing", [first], others) == tuple(
        stack["eu"][key] for key in ("status", "relinquishing", "addresses")
    )
    emulator.remove(marked(emulator)[-1].id)
    stack.refresh()
    assert ("active", others) == (stack["eu"]["status"], stack["eu"]["addresses"])


def test_addresses_that_go_end_a_forms_wait(emulator: Emulator, stack: Stack) -> None:
    """A person relinquished it without the form's mark: it was meant to go, so that is no drift."""
    [first, *others] = held(emulator, stack)
    console(stack, 2)
    emulator.take_away(REGION, first)

    stack.refresh()

    assert ("active", "", others, 2) == tuple(stack["eu"][key] for key in ("status", "form_text", "addresses", "count"))


def test_a_count_that_rises_again_drops_the_form_that_relinquishes(emulator: Emulator, stack: Stack) -> None:
    """What nobody has filed yet is simply held again."""
    addresses = held(emulator, stack)
    console(stack, 1)

    assert "" == console(stack, 3)

    assert ("active", addresses, ["request"]) == (stack["eu"]["status"], stack["eu"]["addresses"], steps(emulator))


def test_from_the_api_to_the_console_an_open_request_is_withdrawn(emulator: Emulator, stack: Stack) -> None:
    """AWS asked for the form: the case is called off and closed, and the form asks for what is missing."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id, 1)

    text = console(stack, 3)

    assert ["request withdraw"] == steps(emulator)
    assert "please add 2 dedicated IP addresses" in text
    post(emulator, text)
    emulator.grant(marked(emulator)[-1].id)
    stack.refresh()
    assert ("active", 3) == (stack["eu"]["status"], len(stack["eu"]["addresses"]))


def test_from_the_api_to_the_console_an_open_relinquish_case_is_waited_for(emulator: Emulator, stack: Stack) -> None:
    """The refusal names the case and the way out; when it is closed the form is printed."""
    stack.up(eu={"count": 3})
    emulator.grant(marked(emulator)[0].id)
    stack.up(eu={"count": 2})

    error = stack.up(eu={"count": 1, "filing": "console"}).error

    assert "case 1700000002, which relinquishes addresses, was filed through the Support API and is still open" in error
    assert 'Set `filing="support-api"` again' in error
    emulator.remove(marked(emulator)[1].id)
    assert "please remove 1 dedicated IP address" in console(stack, 1)


def test_from_the_console_to_the_api_a_form_that_waits_is_dropped(emulator: Emulator, stack: Stack) -> None:
    """What it asked for is filed through the API instead."""
    console(stack, 3)

    stack.up(eu={"count": 3})

    assert (["request"], "requested", "") == (steps(emulator), stack["eu"]["status"], stack["eu"]["form_text"])


def test_from_the_console_to_the_api_a_form_that_relinquishes_is_filed(emulator: Emulator, stack: Stack) -> None:
    """The user lowered the count before; the addresses are those of the form."""
    [first, *_] = held(emulator, stack)
    console(stack, 2)

    stack.up(eu={"count": 2})

    assert {first} == filed(emulator)[-1].named
    assert ["request", "relinquish"] == steps(emulator)


def test_from_the_console_to_the_api_a_case_that_a_person_filed_is_waited_for(emulator: Emulator, stack: Stack) -> None:
    """The refusal names the case and the way out."""
    post(emulator, console(stack, 3))

    error = stack.up(eu={"count": 5}).error

    assert "case 1700000001 is still open; a person filed it, and `filing` is `support-api` now" in error
    emulator.grant(marked(emulator)[0].id)
    assert "" == stack.up(eu={"count": 5}).error
    assert ["request", "request"] == steps(emulator)


def test_a_destroy_prints_the_form_and_keeps_it_in_the_freed_record(emulator: Emulator, stack: Stack) -> None:
    """It is told, written to a file, and in the record; who files it relinquishes all."""
    addresses = held(emulator, stack)

    done = stack.destroy()

    assert ({}, ["request"]) == (stack.stored, steps(emulator))
    [file] = Path().glob("dedicated-ip-DIP-*.txt")
    text = file.read_text(encoding="utf-8")
    assert text in f"{done.said}\n"
    freed = record(emulator)
    assert "holder" not in freed
    assert ["relinquish"] == [form["kind"] for form in freed["forms"]]
    post(emulator, text)
    assert set(addresses) == filed(emulator)[-1].named


def test_a_destroy_says_what_to_write_in_an_open_case(emulator: Emulator, stack: Stack) -> None:
    """A request that a person filed is called off by a person."""
    post(emulator, console(stack, 3))

    done = stack.destroy()

    assert "Write in case 1700000001" in done.said
    post(emulator, done.said)
    assert (["request withdraw"], True) == (steps(emulator), marked(emulator)[0].is_resolved)


def test_a_form_needs_no_support_plan(emulator: Emulator, stack: Stack) -> None:
    """Without one no case can be seen: the addresses alone decide."""
    emulator.change(support_plan=False)
    post(emulator, console(stack, 2))
    came = emulator.lease(REGION, 2)

    stack.refresh()

    assert ("active", list(came)) == (stack["eu"]["status"], stack["eu"]["addresses"])
    assert "please remove 2 dedicated IP addresses" in stack.destroy().said


def test_a_form_that_ends_unseen_is_named(emulator: Emulator, stack: Stack) -> None:
    """Where no case can be seen, nobody knows whether a person has filed it already."""
    emulator.change(support_plan=False)
    mark = re.findall(r"\[(DIP-\S+)\]", console(stack, 2))[0]
    ended = f"eu (eu-west-1): the form {mark} is out of date; if you have filed it, withdraw it in its case"

    assert ended not in stack.up(eu={"count": 2, "filing": "console", "max_send_rate": 5.0}).said
    assert ended in stack.up(eu={"count": 0, "filing": "console"}).said
    console(stack, 2)
    assert "is out of date; if you have filed it, " in stack.destroy().said


def test_a_wish_that_aws_did_not_grant_is_printed_again_with_another_attempt(emulator: Emulator, stack: Stack) -> None:
    """A no is sticky here as well."""
    post(emulator, console(stack, 3))
    emulator.refuse(marked(emulator)[0].id)
    stack.refresh()
    assert ("short", "") == (stack["eu"]["status"], stack["eu"]["form_text"])

    text = console(stack, 3, attempt=2)

    assert "[DIP-eu-west-1-2-" in text
    post(emulator, text)
    stack.refresh()
    assert "requested" == stack["eu"]["status"]


def test_the_record_protects_a_form_that_waits(emulator: Emulator, stack: Stack) -> None:
    """Another stack is refused, and takes the form over with consent."""
    text = console(stack, 3)
    other = Stack(emulator, "mail/live")
    error = other.up(eu={"count": 3, "filing": "console"}).error
    assert "a form to request addresses waiting to be filed" in error

    token = error.rsplit('"', 2)[1]
    other.up(eu={"count": 3, "filing": "console", "take_over_from": token})

    assert "to_file" == other["eu"]["status"]
    assert re.findall(r"\[(DIP-\S+)\]", text) == re.findall(r"\[(DIP-\S+)\]", other["eu"]["form_text"])
