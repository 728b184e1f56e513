"""Lists in pages: the token says where a page begins, so the emulator stores nothing about it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dedicated_ip_provider.emulator.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some items of a list, and the token for the rest, if there is one."""

    items: tuple[T, ...]
    token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list is split into pages: `about` names the list, so that its tokens are not valid for another one."""

    about: str
    settings: Settings
    now: datetime
    error: str
    """The error code with which the service refuses a token."""

    def page(self, items: Sequence[tuple[str, T]], token: str | None, size: int) -> Page[T]:
        """Return the page of keyed items that a token points to; without a token, the first."""
        ordered = sorted(items, key=lambda item: self._rank(item[0]))
        start = 0
        if token is not None:
            last = self._rank(self._key_in(token))
            start = sum(self._rank(key) <= last for key, _ in ordered)
        shown = ordered[start : start + size]
        rest = ordered[start + size :]
        again = ordered[start - 1 : start] if self.settings.repeated_items and start else []
        following = self._token(shown[-1][0]) if rest else None
        return Page(items=tuple(item for _, item in [*again, *shown]), token=following)

    def _rank(self, key: str) -> tuple[str, str]:
        # The shuffled order is stable, so that no page misses an item.
        return hashlib.sha256(key.encode()).hexdigest() if self.settings.shuffled_lists else "", key

    def _token(self, key: str) -> str:
        text = json.dumps([self._list(), self.now.timestamp(), key])
        return base64.urlsafe_b64encode(text.encode()).decode()

    def _key_in(self, token: str) -> str:
        try:
            about, issued, key = json.loads(base64.urlsafe_b64decode(token.encode()))
            age = self.now.timestamp() - float(issued)
        except (ValueError, TypeError, RecursionError):
            raise ApiError(self.error, "Invalid NextToken") from None
        if about != self._list() or not isinstance(key, str):
            raise ApiError(self.error, "Invalid NextToken: it belongs to another list")
        if self.settings.token_life is not None and age >= self.settings.token_life:
            raise ApiError(self.error, "Invalid NextToken: it has expired")
        return key

    def _list(self) -> str:
        return hashlib.sha256(self.about.encode()).hexdigest()[:16]
