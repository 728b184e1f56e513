"""What the how-to pages quote of previews, messages and errors is what the package says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from support.process import Process
from support.stacks import Stack, Stored, marked
from support.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable

HOW_TO: Final = Path(__file__).parents[2] / "docs" / "how-to"
BLOCK: Final = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES: Final = re.compile(r"\d+-[a-z][a-z0-9]{3}\b|\d{4}-\d\d-\d\d \d\d:\d\d UTC")
LEFT_OUT: Final = "..."
POOLS: Final = {"orders": 2, "news": 2}


def fewer(stack: Stack) -> str:
    """Preview a lower count of a pool."""
    stack.grown(4, pools=POOLS)
    return "\n".join(stack.preview(eu={"count": 3, "pools": {**POOLS, "orders": 1}}))


def listed(stack: Stack) -> str:
    """Preview a lower count that names the address to go."""
    stack.grown(4, pools={"orders": 4})
    fewer = {"count": 3, "pools": {"orders": 3}, "relinquish_first": ["192.0.2.2"]}
    return "\n".join(stack.preview(eu=fewer))


def second(stack: Stack) -> str:
    """Create a lease that another backend has."""
    stack.up(eu={"count": 4})
    stack.emulator.grant(marked(stack.emulator)[0].id)
    return Stack(stack.emulator, stack.path).up(eu={"count": 4}).error


def lost(stack: Stack) -> str:
    """Lose the answer to a case."""
    stack.emulator.fault("close", operation="CreateCase")
    stack.up(eu={"count": 2})
    return str(stack["eu"]["message"])


def lost_message(stack: Stack) -> str:
    """Lose the answer to a message in an open case."""
    stack.up(eu={"count": 2})
    stack.emulator.fault("close", operation="AddCommunicationToCase")
    return stack.up(eu={"count": 3}).error


def unfollowed(stack: Stack) -> str:
    """Lose state and record while a request is open."""
    stack.up(eu={"count": 2})
    stack.emulator.delete_parameter("eu-west-1", "/dedicated-ip/lease")
    return Stack(stack.emulator, stack.path).up(eu={"count": 2}).error


def first_edition(stack: Stack) -> str:
    """Refresh a state of before 2026-11-26."""
    stack.stored["eu"] = Stored("", {}, {"lease_key": "organization/shop/prod/eu/eu-west-1"})
    return stack.refresh().error


def replaced(stack: Stack) -> str:
    """Preview a replacement in the lease's own Region: the engine checks its inputs once more, as a new one's."""
    stack.up(eu={"count": 4})
    inputs = stack.stored["eu"].inputs
    provider, said = Process(stack.emulator).provider, io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stderr(said):
        for olds in (inputs, {}):
            provider.check(olds, {**inputs, "__previewing": 1.0})
    said.seek(0)
    return said.read()


SAID: list[tuple[str, str, Callable[[Stack], str]]] = [
    ("will relinquish", "relinquish.md", fewer),
    ("will relinquish 192.0.2.2", "replace.md", listed),
    ("a replacement", "resource-options.md", replaced),
    ("has one lease in", "recover.md", second),
    ("may have been filed as", "recover.md", lost),
    ("got no answer", "recover.md", lost_message),
    ("could not be told apart", "recover.md", unfollowed),
    ("first edition", "recover.md", first_edition),
]


@table("words, page, story", SAID)
def test_a_page_quotes_what_is_said(stack: Stack, words: str, page: str, story: Callable[[Stack], str]) -> None:
    """Each line of the quoted text with these words is said, but for marks, versions and times."""
    (quoted,) = [text for text in BLOCK.findall((HOW_TO / page).read_text()) if words in text]
    stack.path = "shop/dev"

    said = VARIES.sub("~", story(stack))

    lines = [VARIES.sub("~", line).removesuffix(LEFT_OUT) for line in quoted.splitlines()]
    assert [] == [line for line in lines if line not in said], said
