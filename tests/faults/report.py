"""The matrix as a page to read: `python -m faults.report` prints what `docs/faults.md` is."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from faults.matrix import BREAKS, READS, WRITES, Bench, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.matrix import Cell, Story, When

HEAD = """\
# What happens when something breaks

This page is printed by `make faults`; a test keeps the two the same.
Each line is played against the desk, an AWS account on this machine: a lease comes to where one call to AWS is due, \
and that call breaks.
Then the fault is over, and the same command is run again.

A field says three things.

* How often AWS was called for this operation in the run in which it broke.
* How many cases or messages of this kind were on file after that run; where the second run changed that, `0 → 1`.
* What the user read: `done`, or the number of a text below.

It is always 1 in the end, never 2, and nothing of an error needs a person's help but what its text names.
A call breaks *before* AWS recorded anything, or *after*, so that only the answer is lost; *once*, or *for ever*: for \
the rest of the run.
`CreateCase` and `AddCommunicationToCase` are never sent again before a look for what was sent; everything else may be \
asked again, up to five times.

In the texts, OPERATION, NUMBER, MARK, SOMETHING and ENDPOINT stand for what differs from line to line.
"""

TITLES = {
    "request": "Asking for addresses",
    "relinquish": "Giving an address back",
    "destroy": "Giving everything back with `destroy`",
    "amend": "Changing an open request",
    "withdraw": "Calling an open request off",
    "confirm": "Answering whether an address shall really go",
    "close": "Closing a request that was called off",
    "who are we": "Asking for which account this is, before a request",
    "look before a request": "Looking before a request",
    "look before a message": "Looking before a message in a case with a long talk",
    "refresh": "Reading the truth with `refresh`",
}


_VARYING = (
    (r"\b(?:sts|ses|support):\w+(?: \([^)]*\))?", "OPERATION"),
    (r"\bDIP-[0-9A-F]{12}[0-9.-]*[0-9]", "MARK"),
    (r"\bcase [0-9]{10}", "case NUMBER"),
    (r"'\w+' is missing", "SOMETHING is missing"),
    (r'"https://aws[^"]*"', "ENDPOINT"),
)


class Texts:
    """The different texts that users read, in the order in which they come up; names and numbers left out."""

    def __init__(self, endpoint: str) -> None:
        """Take the address of the desk, which differs from run to run."""
        self._endpoint = endpoint
        self.all: list[str] = []

    def number(self, text: str) -> int:
        """Give a text's number."""
        told = text.replace(self._endpoint, "https://aws")
        for pattern, word in _VARYING:
            told = re.sub(pattern, word, told)
        if told not in self.all:
            self.all.append(told)
        return self.all.index(told) + 1


def report(bench: Bench) -> str:
    """Write the whole page."""
    texts = Texts(bench.desk.url)
    lines = [HEAD, *(line for story in (*WRITES, *READS) for line in _table(story, bench, texts))]
    lines += ["## The texts", ""]
    for number, text in enumerate(texts.all, 1):
        what, next_step = text.split("\n")
        lines += [f"{number}. {what}<br>", f"   {next_step}"]
    return "\n".join(lines) + "\n"


def _table(story: Story, bench: Bench, texts: Texts) -> Iterator[str]:
    whens: tuple[When, ...] = ("before", "after") if story.is_write else ("before",)
    columns = [(when, lasting) for when in whens for lasting in (False, True)]
    heads = [f"{f'{when}, ' if story.is_write else ''}{'for ever' if lasting else 'once'}" for when, lasting in columns]
    cells = {(place.broken.name, place.when, place.lasting): bench.cell(place) for place in places(story)}
    yield f"## {TITLES[story.name]}: `{story.operation}`"
    yield ""
    yield f"| fault | {' | '.join(heads)} |"
    yield f"| --- |{' --- |' * len(heads)}"
    for one in BREAKS:
        fields = [_field(cells.get((one.name, when, lasting)), texts) for when, lasting in columns]
        if any(fields):
            yield f"| {one.name} | {' | '.join(fields)} |"
    yield ""


def _field(cell: Cell | None, texts: Texts) -> str:
    if cell is None:
        return ""
    first, second = cell.on_file
    calls = "1 call" if cell.calls == 1 else f"{cell.calls} calls"
    on_file = f"{second}" if first == second else f"{first} → {second}"
    read = "done" if cell.first.end == "done" else f"text {texts.number(cell.first.text)}"
    return f"{calls}, {on_file}, {read}"


if __name__ == "__main__":
    with Bench() as made:
        sys.stdout.write(report(made))
