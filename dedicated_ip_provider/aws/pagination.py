"""AWS's paginated lists; each page is a call of its own, and waits for its turn."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    Turn = Callable[[], AbstractContextManager[None]]


def pages(ask: Callable[..., Any], turn: Turn, token_name: str, **parameters: object) -> Iterator[Mapping[str, Any]]:
    """Yield page after page. Raises `KeyError` if a page token repeats."""
    tokens: list[str] = []
    while True:
        page = {token_name: tokens[-1]} if tokens else {}
        with turn():
            reply: Mapping[str, Any] = ask(**parameters, **page)
        yield reply
        token = reply.get(token_name)
        if not token:
            return
        if token in tokens:
            raise KeyError(f"the page after {token}")
        tokens.append(token)


def beginning(begin: Callable[[], None], turn: Turn) -> Turn:
    """Return a turn that calls `begin` once its wait is over."""

    @contextmanager
    def begun() -> Iterator[None]:
        with turn():
            begin()
            yield

    return begun
