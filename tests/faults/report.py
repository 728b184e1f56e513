"""The matrix as a page to read: `python -m faults.report` prints what `docs/faults.md` is."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from faults.matrix import FAULTS, STEPS, before, calls_of, cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.stacks import Done

    from dedicated_ip_provider.emulator.log import Entry
    from faults.matrix import Fault, Step

HEAD = """\
# What happens when something breaks

This page is printed by `make faults`; a test keeps the two the same.
Each table is one command, and each row one call to AWS that it makes, in this order.
That call goes wrong, against an AWS account that is emulated on this machine.
Then the fault is over, and the same command is run again until it has nothing left to do.

* *No*: AWS refuses the call, once.
* *Throttled*: AWS throttles this operation for the rest of the run.
* *Lost before*, *lost after*: there is no answer, once; the call was not carried out, or it was.
* *Killed before*, *killed after*: the process ends there, so that Pulumi stores nothing of the run.

A field says how many cases and messages were on file after the run that failed; if later runs changed that, also how
many there are in the end (`0 → 1`); and what the user read after the first run and then after the second: `done`, or
the number of a text below.

Whatever breaks, the end is the same: each case is filed once, and each message is sent once.
Only the list of the account's own cases decides what was filed; while AWS may not list a case yet, nothing is filed,
for up to ten minutes.
`CreateCase`, `AddCommunicationToCase` and `PutParameter` are sent once, and then searched for; every other call may be
made up to five times.

In the texts, OPERATION, NUMBER, MARK, TIME, TOKEN and SOMETHING stand for what differs from case to case.
"""

COLUMNS = {
    "no": "AWS says no",
    "throttled": "throttled for ever",
    "lost before": "no answer, before",
    "lost after": "no answer, after",
    "killed before": "killed before",
    "killed after": "killed after",
}

_VARYING = (
    (r"\b(?:sts|ses|support|ssm):\w+(?: \([^)]*\))?", "OPERATION"),
    (r"\bDIP-[a-z]+-[a-z]+-\d-\d+-\w{4}(?:\.\d+)?", "MARK"),
    (r"\beu-west-1/\d+-\w{4}\b", "TOKEN"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME"),
    (r"\bcase [0-9]{10}", "case NUMBER"),
    (r"'\w+' is missing", "SOMETHING is missing"),
    (r'"https://[^"]*"', "the endpoint"),
)


class Texts:
    """The different texts that users read, in the order in which they appear, without names and numbers."""

    def __init__(self) -> None:
        """Start without texts."""
        self.all: list[str] = []

    def number(self, text: str) -> int:
        """Return a text's number."""
        for pattern, word in _VARYING:
            text = re.sub(pattern, word, text)
        if text not in self.all:
            self.all.append(text)
        return self.all.index(text) + 1


def report() -> str:
    """Return the whole page."""
    texts = Texts()
    lines = [HEAD, *(line for step in STEPS if step.name != "list" for line in _table(step, texts))]
    lines += ["## The texts", ""]
    for number, text in enumerate(texts.all, 1):
        what, next_step = text.split("\n")
        lines += [f"{number}. {what}<br>", f"   {next_step}"]
    return "\n".join(lines) + "\n"


def _table(step: Step, texts: Texts) -> Iterator[str]:
    fault_of = {fault.name: fault for fault in FAULTS}
    faults = [fault_of[name] for name in COLUMNS.values()]
    yield f"## {step.title}"
    yield ""
    yield f"| call | {' | '.join(COLUMNS)} |"
    yield f"| --- |{' --- |' * len(COLUMNS)}"
    for at, call in enumerate(calls_of(step)):
        fields = [_field(step, fault, at, texts) for fault in faults]
        yield f"| {_name(call)} | {' | '.join(fields)} |"
    yield ""


def _name(call: Entry) -> str:
    if call.operation != "PutParameter":
        return f"`{call.operation}`"
    written = json.loads(call.parameters["Value"])
    if not call.parameters.get("Overwrite"):
        return "`PutParameter` (claim)"
    if "holder" not in written:
        return "`PutParameter` (free)"
    return "`PutParameter` (intent)" if "intent" in written else "`PutParameter`"


def _field(step: Step, fault: Fault, at: int, texts: Texts) -> str:
    found = cell(step, fault, at)
    began = _messages(before(step))
    first, last = (_messages(found.on_file[number]) - began for number in (0, -1))
    on_file = f"{first}" if first == last else f"{first} → {last}"
    read = [_read(done, texts) for done in (found.first, found.second) if done and not done.killed]
    return ", ".join((on_file, " then ".join(read))) if read else on_file


def _messages(on_file: list[Any]) -> int:
    return sum(len(steps.split()) for _, steps, *_ in on_file)


def _read(done: Done, texts: Texts) -> str:
    return f"text {texts.number(done.error)}" if done.error else "done"


if __name__ == "__main__":
    sys.stdout.write(report())
