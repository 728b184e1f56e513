"""What the dynamic provider does besides: Pulumi asks it only to check and to compare in a preview.

So these two say what the run after the preview will file. Only the program knows whether it is previewed; it says so in
an input that ends here.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from dedicated_ip_provider.operations import Checked, LeaseOperations
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import is_state, read_state
from dedicated_ip_provider.terminal import tell
from dedicated_ip_provider.validation import read_lease, warnings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dedicated_ip_provider.config import StackConfig
    from dedicated_ip_provider.lease.model import Lease

Bag = dict[str, Any]


class DynamicOperations(LeaseOperations):
    """One run of the dynamic provider, which says in a preview what will be filed. Several threads call it."""

    def __init__(
        self, config: StackConfig, *, is_unknown: Callable[[object], bool], environment: Mapping[str, str]
    ) -> None:
        """Take what `LeaseOperations` takes."""
        super().__init__(config, is_unknown=is_unknown, environment=environment)
        self._previewed: set[tuple[str, str]] = set()
        self._previewing = threading.Lock()

    def check_declared(self, olds: Bag, news: Bag) -> Checked:
        """Validate the inputs of a program, and say in a preview what a new lease will file."""
        # It is a number of its own for each lease, as two of them may have the same name.
        news = dict(news)
        previewing = news.pop("__previewing", None)
        checked = self.check(olds, news, resource=previewing)
        if previewing is not None and checked.lease:
            lines = warnings_of(checked.lease, regions()) if self._is_first_preview(checked.lease) else ()
            for line in lines:
                tell(f"{checked.lease.label}: {line}")
            for line in () if olds else self.preview_new(checked.lease):
                tell(line)
        return checked

    def diff_declared(self, olds: Bag, news: Bag) -> tuple[bool | None, tuple[str, ...]]:
        """Return whether a lease changes (None: the engine compares the inputs itself), and what replaces it.

        Says in a preview what the change will file.
        """
        found = self.diff(olds, olds, news)
        # The engine compares the inputs itself where it may: then `replace_on_changes` works.
        own = not found.replaces and bool(found.changed) and not self.is_unknown(news)
        changes = None if own else bool(found.changed) or found.due
        wanted = read_lease(news, self.is_unknown).lease
        if wanted and changes is not False and is_state(olds) and self._is_previewed(wanted):
            state = read_state(olds)
            # What a replacement files, the engine's second `check` says: it has no old inputs there.
            lease = state.lease if found.replaces else wanted
            for line in self.preview_change(lease, state, ending=bool(found.replaces)):
                tell(line)
        return changes, found.replaces

    def _is_first_preview(self, lease: Lease) -> bool:
        """Note that a lease is previewed; return whether it was not noted before."""
        key = (lease.holder, lease.region)
        with self._previewing:
            is_first = key not in self._previewed
            self._previewed.add(key)
        return is_first

    def _is_previewed(self, lease: Lease) -> bool:
        """Return whether this is a preview's `diff`, not that of an update or of a refresh, where roles are swapped."""
        with self._previewing:
            return (lease.holder, lease.region) in self._previewed
