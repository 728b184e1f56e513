"""The previews of the dynamic provider, for which Pulumi calls only `check` and `diff` in a preview.

So these two say what the run after the preview will file. Only the program knows whether it is being previewed; it says
so in an input that is removed here.
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
    """One run of the dynamic provider, which reports in a preview what will be filed. Several threads call it."""

    def __init__(
        self, config: StackConfig, *, is_unknown: Callable[[object], bool], environment: Mapping[str, str]
    ) -> None:
        """Create a run from the same arguments as `LeaseOperations`."""
        super().__init__(config, is_unknown=is_unknown, environment=environment)
        self._previewed: set[tuple[str, str]] = set()
        self._previewing = threading.Lock()

    def check_declared(self, olds: Bag, news: Bag) -> Checked:
        """Validate the inputs of a program; in a preview, report what a new lease will file."""
        # The input is a different number for each lease, as two leases may have the same name.
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
        """Return whether a lease changes (None: the engine compares the inputs itself), and which inputs replace it.

        In a preview, report what the change will file.
        """
        found = self.diff(olds, olds, news)
        # Let the engine compare the inputs itself whenever possible: then `replace_on_changes` works.
        own = not found.replaces and bool(found.changed) and not self.is_unknown(news)
        changes = None if own else bool(found.changed) or found.due
        wanted = read_lease(news, self.is_unknown).lease
        if wanted and changes is not False and is_state(olds) and self._is_previewed(wanted):
            state = read_state(olds)
            # The engine checks a replacement a second time, without old inputs: that call reports what it will file.
            lease = state.lease if found.replaces else wanted
            for line in self.preview_change(lease, state, ending=bool(found.replaces)):
                tell(line)
        return changes, found.replaces

    def _is_first_preview(self, lease: Lease) -> bool:
        """Note that a lease is being previewed; return whether this is the first time."""
        key = (lease.holder, lease.region)
        with self._previewing:
            is_first = key not in self._previewed
            self._previewed.add(key)
        return is_first

    def _is_previewed(self, lease: Lease) -> bool:
        """Return whether this `diff` is a preview's, not an update's, or a refresh's, which swaps olds and news."""
        with self._previewing:
            return (lease.holder, lease.region) in self._previewed
