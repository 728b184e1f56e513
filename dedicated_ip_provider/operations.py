"""What a provider does with a lease, over plain bags: check, diff, create, read, update, delete.

Both front ends call this; it knows nothing of Pulumi. Each operation reads bags, calls one function of the core, and
answers in bags.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.inputs import DEFAULTS, InvalidValue, changed_inputs, role_arn, text_up_to
from dedicated_ip_provider.lease.decision import Wish
from dedicated_ip_provider.lease.model import Memory, is_account_id
from dedicated_ip_provider.lease.preview import preview
from dedicated_ip_provider.reconcile import Outcome, Superseded, create, delete, find, lowers, refresh, update
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import OUTPUTS, State, is_state, lease_from_inputs, outputs_of, read_state
from dedicated_ip_provider.terminal import hand_over, is_watched, tell, tell_all
from dedicated_ip_provider.validation import Failure, inputs_of, read_lease, validate, warnings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dedicated_ip_provider.aws import Account, Accounts
    from dedicated_ip_provider.config import StackConfig
    from dedicated_ip_provider.lease.model import Lease

Bag = dict[str, Any]

_LETTERS: Final = "bcdfghjkmnpqrstvwxz"
_REST: Final = f"{_LETTERS}23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The inputs as they are stored, and what is wrong with them."""

    inputs: Bag
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Whether a lease changes (None: the engine compares the inputs itself), and which inputs replace it."""

    changes: bool | None
    replaces: tuple[str, ...] = ()


class LeaseOperations:
    """One run of a provider: what the leases of a stack share, and what is done for each. Several threads call it."""

    def __init__(
        self, config: StackConfig, *, is_unknown: Callable[[object], bool], environment: Mapping[str, str]
    ) -> None:
        """Take the stack's configuration, how to tell a value that is not known yet, and the process's environment."""
        self._config = config
        self._is_unknown = is_unknown
        self._environment = environment
        self._accounts: Accounts | None = None
        self._lock = threading.Lock()
        self._places = _Places()
        # Every command needs them, and four threads that need them at the same time would each read them.
        regions()

    def check(self, olds: Bag, news: Bag) -> Checked:
        """Validate the inputs of a program, and say in a preview what a new lease will file."""
        # Only the program knows whether this is a preview. It says so in an input that ends here: a number of its own
        # for each lease, as two of them may have the same name.
        news = dict(news)
        previewing = news.pop("__previewing", None)
        inputs = _given({**DEFAULTS, **_given(news)})
        if "region" not in inputs:
            # A Region that neither program nor stack names stays as it was at create.
            region = olds.get("region") or self._default_region(inputs)
            inputs |= {"region": region} if region else {}
        reading = read_lease(inputs, self._is_unknown)
        lease, failures = reading.lease, reading.failures
        is_first_check = lease is not None and not self._places.is_previewed(lease)
        if lease and not failures:
            failures = (*validate(lease, regions(), is_new=not olds), *self._places.claim(lease, previewing=previewing))
        if previewing is not None and lease and not failures:
            if is_first_check:
                tell_all(f"{lease.label}: {warning}" for warning in warnings_of(lease, regions()))
            if olds.get("region") == lease.region:
                self._places.note_here_already(lease)
            elif not olds:
                self._preview_new(lease)
        return Checked(inputs=inputs, failures=failures)

    def diff(self, olds: Bag, news: Bag) -> Difference:
        """Compare what the state holds with what the program wants; asks nothing of AWS."""
        # A refresh that runs the program compares what the program says before `check`.
        news = news if "region" in news else {**news, "region": olds.get("region")}
        changed = changed_inputs(olds, news)
        wanted = read_lease(news, self._is_unknown).lease
        previewed = wanted is not None and self._places.is_previewed(wanted)
        state = read_state(olds) if is_state(olds) else None
        if "region" in changed:
            # What the new lease files, the engine's second `check` says: a replacement has no old inputs there.
            if previewed and state:
                self._preview_change(state.lease, state, ending=True)
            return Difference(changes=True, replaces=("region",))
        due = state is not None and (state.due or (state.question and news.get("confirm_relinquish") is True))
        # The engine compares the inputs itself where it may (None): then `replace_on_changes` works.
        changes = None if changed and not self._is_unknown(news) else bool(changed) or due
        if wanted and previewed and state and changes is not False:
            self._preview_change(wanted, state)
        return Difference(changes=changes)

    def create(self, inputs: Bag) -> tuple[str, Bag]:
        """Claim the Region's lease, file the request case, and return at once, with what is true by then."""
        lease = lease_from_inputs(inputs)
        outcome = create(self._account(lease), lease, _draw_nonce(), self._run())
        return f"{outcome.state.account_id}/{lease.region}", _outputs(outcome)

    def read(self, id_: str, props: Bag) -> tuple[Bag, Bag | None]:
        """Return a lease's outputs, and its inputs as they are after drift; changes nothing at AWS."""
        if not is_state(props):
            return self._get(id_, props), None
        state = read_state(props)
        found = refresh(self._account(state.lease), state, self._run())
        if isinstance(found, Superseded):
            memory = {key: value for key, value in props["memory"].items() if key not in ("due", "question")}
            outputs = {**props, "status": "superseded", "message": found.message}
            return {**outputs, "memory": {**memory, "record": "superseded"}}, _given(inputs_of(state.lease))
        return _outputs(found), _given(inputs_of(found.state.lease))

    def update(self, olds: Bag, news: Bag) -> Bag:
        """File what the change needs, and return at once."""
        lease = lease_from_inputs(news)
        return _outputs(update(self._account(lease), lease, read_state(olds), self._run()))

    def delete(self, props: Bag) -> None:
        """Withdraw an open request, file one case that relinquishes all that the lease holds, and end."""
        state = read_state(props)
        ending = delete(self._account(state.lease), state, self._run())
        tell_all(f"{state.lease.label}: {sentence}." for sentence in ending.left)
        if ending.form_text:
            hand_over(ending.form_text, state.lease, ending.mark)

    def _get(self, id_: str, props: Bag) -> Bag:
        """Read the lease that an account has in a Region, for a stack that does not hold it."""
        account_id, _, region = id_.partition("/")
        if not is_account_id(account_id) or not regions().is_well_formed(region):
            raise Refused(
                f"{id_!r} is not the id of a lease.", "Give `get` the id `<account>/<region>`: 111122223333/eu-west-1."
            )
        own = _own_credentials(props)
        account = self._accounts_of_the_run().get(region, own.get("profile"), own.get("role_arn"))
        if account.id != account_id:
            raise Refused(
                f"The credentials lead to account {account.id}, not to {account_id}.",
                "Use credentials of that account.",
            )
        found = find(account, region, self._run())
        if found is None or found.holder is None:
            raise Refused(
                f"Account {account.id} has no lease in {region}.",
                "Check the id, `<account>/<region>`, and the credentials.",
            )
        outputs = _outputs(found.outcome)
        # What else was declared, the record does not say. Without a memory, a refresh finds the lease like this again.
        shown = [key for key in ("holder", "region", "count", "attempt", *OUTPUTS) if key != "memory"]
        return {**{key: outputs[key] for key in shown}, **own}

    def _preview_new(self, lease: Lease) -> None:
        if self._places.is_here_already(lease) and lease.take_over_from is None:
            tell(
                f"{lease.label}: a replacement in the same Region is refused while the lease has addresses or an open "
                "case; with `delete_before_replace`, all its addresses are relinquished first, which is final"
            )
            return
        memory = Memory(holder=None)
        said = preview(Wish(lease=lease), memory, self._now(), adopting=frozenset(lease.adopt))
        consent = (f"{lease.label}: will take over the lease that {lease.take_over_from} names",)
        tell_all(consent if lease.take_over_from else said.lines)

    def _preview_change(self, lease: Lease, state: State, *, ending: bool = False) -> None:
        wish = Wish(lease=lease, ending=ending, may_relinquish=lowers(lease, state), division=state.division)
        begins_anew = state.record == "free"
        adopting = frozenset(lease.adopt) - (frozenset() if begins_anew else frozenset(state.lease.adopt))
        if state.record == "superseded":
            consent = lease.take_over_from if lease.take_over_from != state.lease.take_over_from else None
            tell(
                f"{lease.label}: will take over the lease that {consent} names"
                if consent
                else f"{lease.label}: another stack holds this lease; `pulumi up` is refused without `take_over_from`"
            )
            return
        said = preview(
            wish,
            state.memory,
            self._now(),
            adopting=adopting,
            order=state.order,
            question=state.question and not ending,
        )
        if said.refusal:
            raise Refused(said.refusal.what, said.refusal.next_step)
        tell_all(said.lines)

    def _default_region(self, inputs: Bag) -> str | None:
        """Return the Region of the environment or the profile, as pulumi-aws has it."""
        named = self._environment.get("AWS_REGION") or self._environment.get("AWS_DEFAULT_REGION")
        if named:
            return named
        from dedicated_ip_provider.aws.diagnostics import home_region  # noqa: PLC0415 - loads AWS's SDK

        profile = inputs.get("profile")
        return home_region(profile if isinstance(profile, str) else self._config.profile)

    def _account(self, lease: Lease) -> Account:
        return self._accounts_of_the_run().get(lease.region, lease.profile, lease.role_arn)

    def _accounts_of_the_run(self) -> Accounts:
        with self._lock:
            if self._accounts is None:
                # AWS's SDK takes a while to load. A preview asks AWS nothing.
                from dedicated_ip_provider.aws import Accounts  # noqa: PLC0415

                self._accounts = Accounts(self._config, self._now)
            return self._accounts

    def _run(self) -> Run:
        return Run(now=self._now, tell=tell, is_watched=is_watched)

    @staticmethod
    def _now() -> datetime:
        """Read the clock."""
        return datetime.now(timezone.utc)


class _Places:
    """The Regions and credentials that the leases of a run name, each with its holder. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders: dict[tuple[str, str | None, str | None], tuple[str, object]] = {}
        self._previewed: set[tuple[str, str]] = set()
        self._here_already: set[tuple[str, str]] = set()

    def claim(self, lease: Lease, *, previewing: object) -> tuple[Failure, ...]:
        """Note a lease; a second one of the same Region and credentials is refused.

        `previewing` is the number of the lease in a program that is previewed, or None.
        """
        own = (lease.holder, previewing)
        with self._lock:
            if previewing is not None:
                self._previewed.add((lease.holder, lease.region))
            first = self._holders.setdefault((lease.region, lease.profile, lease.role_arn), own)
        if first == own:
            return ()
        return (
            Failure(
                "region",
                f"`region` {lease.region} has a lease in this program already: {first[0]}. An account has one lease in "
                "a Region; divide its addresses among several mail streams with `pools`.",
            ),
        )

    def note_here_already(self, lease: Lease) -> None:
        """Note a lease that the stack has in its Region."""
        with self._lock:
            self._here_already.add((lease.holder, lease.region))

    def is_here_already(self, lease: Lease) -> bool:
        """Return whether a lease that is checked as a new one replaces one of the stack's in the same Region."""
        with self._lock:
            return (lease.holder, lease.region) in self._here_already

    def is_previewed(self, lease: Lease) -> bool:
        """Return whether this is a preview's `diff`, not that of an update or of a refresh, where roles are swapped."""
        with self._lock:
            return (lease.holder, lease.region) in self._previewed


def _own_credentials(props: Bag) -> dict[str, str]:
    """Return the profile and role that `get` reads with, where it has any. Raises `Refused` where one is wrong."""
    own: dict[str, str] = {}
    for key, read in (("profile", text_up_to(200)), ("role_arn", role_arn)):
        try:
            own |= {key: read(props[key])} if props.get(key) is not None else {}
        except InvalidValue as invalid:
            raise Refused(f"`{key}` {invalid}.", "Correct it, and run the same command again.") from invalid
    return own


def _draw_nonce() -> str:
    """Draw what tells this resource from every other one that had, or will have, its path."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_REST) for _ in range(3))


def _outputs(outcome: Outcome) -> Bag:
    return outputs_of(outcome.state, outcome.shown)


def _given(inputs: Bag) -> Bag:
    """Leave out what says nothing: Pulumi would show an empty list that only refresh wrote as a change."""
    return {key: value for key, value in inputs.items() if value is not None and value not in ([], {})}
