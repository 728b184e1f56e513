"""What the provider's methods do: each reads Pulumi's bags, calls one function of ours, and answers in bags."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from pulumi import contains_unknowns
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.forecast import forecast
from dedicated_ip_provider.names import DEFAULTS, OUTPUTS
from dedicated_ip_provider.outlook import born
from dedicated_ip_provider.props import Failure, changed_inputs, inputs_of, judge, read_lease, way_in_from
from dedicated_ip_provider.reconcile import find, refresh, settle
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import (
    is_repeated,
    is_state,
    lease_from_state,
    outputs_of,
    past_from_state,
    waits_for_answer,
)
from dedicated_ip_provider.terminal import hand_over, is_watched, tell, tell_all

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account, Accounts
    from dedicated_ip_provider.lease import Lease
    from dedicated_ip_provider.settings import Settings

Bag = dict[str, Any]


class Run:
    """One run of the plugin: what the leases of a stack share, and what is done for each. Four threads call it."""

    def __init__(self, settings: Settings) -> None:
        """Take the stack's settings; nothing is loaded or asked before it is needed."""
        self._settings = settings
        self._accounts: Accounts | None = None
        self._lock = threading.Lock()
        self._keys = _Keys()
        # Every command needs them, and four threads that need them at the same time would each read them.
        regions()

    def check(self, olds: Bag, news: Bag) -> CheckResult:
        """Judge the inputs of a program, and say in a preview what a new lease will file."""
        # Only the program knows whether this is a preview. It says so in an input that ends here.
        previewing = news.pop("previewing", None) is True
        inputs = _given({**DEFAULTS, **news})
        if "lease_key" in olds and olds.get("region") == news.get("region"):
            # The key is what AWS's cases carry: a renamed stack, project or resource keeps the old one.
            inputs["lease_key"] = olds["lease_key"]
        elif isinstance(made := inputs.get("lease_key"), str) and isinstance(region := news.get("region"), str):
            # A transform may have changed the Region after the program made the key of it.
            inputs["lease_key"] = f"{made.rpartition('/')[0]}/{region}"
        reading = read_lease(news, regions(), contains_unknowns)
        failures = [*reading.failures, *(judge(reading.lease, regions()) if reading.lease else ())]
        key = inputs.get("lease_key")
        if not failures and isinstance(key, str):
            failures += self._keys.claim(key, news.get("lease_key"), new=not olds, previewing=previewing)
        if previewing and reading.lease and not failures and not olds:
            tell_all(forecast(reading.lease, None))
        return CheckResult(inputs, [_shown(failure) for failure in failures])

    def diff(self, olds: Bag, news: Bag) -> DiffResult:
        """Compare what the state holds with what the program wants; asks nothing of AWS."""
        changed = changed_inputs(olds, news, contains_unknowns)
        wanted = read_lease(news, regions(), contains_unknowns).lease
        if wanted and is_state(olds):
            self._keys.note_living(wanted.key, past_from_state(olds).born_at)
        previewed = wanted is not None and self._keys.is_previewed(wanted.key)
        if "region" in changed:
            if previewed:
                tell_all(forecast(replace(lease_from_state(olds, regions()), count=0), past_from_state(olds)))
            return DiffResult(changes=True, replaces=["region"])
        answer_due = (waits_for_answer(olds) and news.get("confirm_relinquish") is True) or is_repeated(olds)
        # Pulumi compares the inputs itself where it may (None): then `replace_on_changes` works.
        changes = None if changed and not contains_unknowns(news) else bool(changed) or answer_due
        if wanted and previewed and changes is not False:
            tell_all(forecast(wanted, past_from_state(olds)))
        return DiffResult(changes=changes)

    def create(self, props: Bag) -> CreateResult:
        """File the request case and return at once, with what is true by then."""
        lease = lease_from_state(props, regions())
        outlook = born(settle(self._account(lease), lease, None, tell, is_watched=is_watched), self.now())
        self._keys.note_living(lease.key, outlook.past.born_at)
        return CreateResult(lease.key, outputs_of(lease, outlook))

    def read(self, id_: str, props: Bag) -> ReadResult:
        """Read what AWS really granted; changes nothing at AWS."""
        if not is_state(props):
            return ReadResult(id_, self._get(id_, props))
        past = past_from_state(props)
        lease = lease_from_state(props, regions())
        lease, outlook = refresh(self._account(lease), lease, past)
        return ReadResult(id_, outputs_of(lease, outlook), _given(inputs_of(lease)))

    def update(self, olds: Bag, news: Bag) -> UpdateResult:
        """File what the change needs, and return at once."""
        lease = lease_from_state(news, regions())
        outlook = settle(self._account(lease), lease, past_from_state(olds), tell, is_watched=is_watched)
        return UpdateResult(outputs_of(lease, outlook))

    def delete(self, props: Bag) -> None:
        """Withdraw an open request, file one case that gives back all that the lease holds, and end."""
        lease = lease_from_state(props, regions())
        # A forced replacement, or a move to another parent, creates first: the new resource took the cases up.
        past = past_from_state(props)
        if self._keys.is_outlived(lease.key, past.born_at):
            tell(
                f"{lease.label}: the new resource goes on with what the replaced one had; nothing is given back. To "
                "give back first and ask anew, set `delete_before_replace`."
            )
            return
        outlook = settle(self._account(lease), lease, past, tell, ending=True, is_watched=is_watched)
        if outlook.form_text:
            hand_over(outlook.form_text, lease, outlook.past.papers[-1].number)

    def _get(self, lease_key: str, props: Bag) -> Bag:
        region = lease_key.rpartition("/")[2]
        if region not in regions().with_ses or len(lease_key.splitlines()) > 1:
            raise Refused(
                f"{lease_key!r} is the key of no lease: it does not end with an AWS Region that has Amazon SES.",
                "Give `get` the lease's `lease_key` as its id.",
            )
        way_in = way_in_from(props)
        account = self._accounts_of_the_run().get(region, way_in.get("profile"), way_in.get("role_arn"))
        lease, outlook = find(account, lease_key, region)
        # AWS does not show what else was declared. Without a memory, a refresh finds the lease like this again.
        shown = [key for key in ("lease_key", "region", "count", "attempt", *OUTPUTS) if key != "memory"]
        outputs = outputs_of(lease, outlook)
        return {**{key: outputs[key] for key in shown}, **way_in}

    def _account(self, lease: Lease) -> Account:
        return self._accounts_of_the_run().get(lease.region, lease.profile, lease.role_arn)

    def _accounts_of_the_run(self) -> Accounts:
        with self._lock:
            if self._accounts is None:
                # AWS's SDK takes a while to load. A preview asks AWS nothing.
                from dedicated_ip_provider.aws import Accounts  # noqa: PLC0415

                self._accounts = Accounts(self._settings, self.now)
            return self._accounts

    @staticmethod
    def now() -> datetime:
        """Read the clock."""
        return datetime.now(timezone.utc)


class _Keys:
    """What a run has seen of the leases, by their keys. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._previewed: set[str] = set()
        self._new: set[str] = set()
        self._renamed: set[str] = set()
        self._living: dict[str, str] = {}

    def claim(self, key: str, own: object, *, new: bool, previewing: bool) -> list[Failure]:
        """Note a lease's key; a new lease may not get the key that a renamed one has kept."""
        with self._lock:
            if previewing:
                self._previewed.add(key)
            if new:
                self._new.add(key)
            elif own != key:
                self._renamed.add(key)
            if key not in self._new & self._renamed:
                return []
        return [
            Failure(
                "lease_key",
                f"The key {key} belongs to a lease of this stack that was renamed since: the cases of both could "
                "not be told apart. Give the new resource another name.",
            )
        ]

    def is_previewed(self, key: str) -> bool:
        """Tell a preview's `diff` from that of an update, and of a refresh, where Pulumi swaps the roles."""
        with self._lock:
            return key in self._previewed

    def note_living(self, key: str, born_at: str) -> None:
        """Note the resource that the program has now for a lease's key."""
        with self._lock:
            self._living[key] = born_at

    def is_outlived(self, key: str, born_at: str) -> bool:
        """Tell whether the program has another resource for the key, so that the end of this one is not the lease's.

        A run that was cut off leaves the replaced resource to the next one, which sees the new one in `diff`.
        """
        with self._lock:
            return self._living.get(key, born_at) != born_at


def _given(inputs: Bag) -> Bag:
    """Leave out what says nothing: Pulumi would show an empty list that only refresh wrote as a change."""
    return {key: value for key, value in inputs.items() if value is not None and value != []}


def _shown(failure: Failure) -> CheckFailure:
    # Beside a property Pulumi prints its value; it finds none for a field of `use_case`, and would say so.
    return CheckFailure("" if "." in failure.property else failure.property, failure.reason)
