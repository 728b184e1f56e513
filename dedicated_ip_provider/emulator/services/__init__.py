"""The operations of each emulated AWS service; each takes the world, a call and its parameters.

A function has its operation's name; an operation without a function is refused by name.

A list comes in pages, whose token says where the next one begins, so the emulator stores nothing about it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.wire.protocol import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedicated_ip_provider.emulator.wire.protocol import Values
    from dedicated_ip_provider.emulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a service splits its lists into pages."""

    size: int
    """Items on a page, if the client does not say."""
    size_key: str = "MaxResults"
    next_key: str = "NextToken"
    error: str
    """The error code with which the service refuses a token."""

    def answer(
        self, name: str, items: Iterable[tuple[str, object]], world: World, about: Iterable[str], given: Values
    ) -> Values:
        """Return a page of keyed items under a name, and the token for the rest, if there is one.

        `about` and the filters among the parameters name the list, so that its tokens are not valid for another one.
        """
        filters = {key: value for key, value in given.items() if key not in (self.next_key, self.size_key)}
        listed = hashlib.sha256(json.dumps([*about, filters], sort_keys=True).encode()).hexdigest()[:16]
        settings = world.settings

        def rank(key: str) -> tuple[str, str]:
            # The shuffled order is stable, so that no page misses an item.
            return hashlib.sha256(key.encode()).hexdigest() if settings.shuffled_lists else "", key

        ordered = sorted(items, key=lambda item: rank(item[0]))
        start = 0
        if self.next_key in given:
            last = rank(self._last_key(given[self.next_key], listed, world))
            start = sum(rank(key) <= last for key, _ in ordered)
        end = start + given.get(self.size_key, self.size)
        first = start - 1 if settings.repeated_items and start else start
        answer: Values = {name: [item for _, item in ordered[first:end]]}
        if end < len(ordered):
            token = json.dumps([listed, world.now.timestamp(), ordered[end - 1][0]])
            answer[self.next_key] = base64.urlsafe_b64encode(token.encode()).decode()
        return answer

    def _last_key(self, token: str, listed: str, world: World) -> str:
        """Return the key of the last item of the page before."""
        try:
            about, issued, key = json.loads(base64.urlsafe_b64decode(token.encode()))
            age = world.now.timestamp() - float(issued)
        except (ValueError, TypeError, RecursionError):
            raise ApiError(self.error, "Invalid NextToken") from None
        if about != listed or not isinstance(key, str):
            raise ApiError(self.error, "Invalid NextToken: it belongs to another list")
        if world.settings.token_life is not None and age >= world.settings.token_life:
            raise ApiError(self.error, "Invalid NextToken: it has expired")
        return key
