"""A provider's operations on a lease, on plain property bags: check, diff, create, read, update, delete, import.

Both front ends call this module, which does not depend on Pulumi. Each operation reads bags, calls one function of the
core, and returns bags.
"""

from __future__ import annotations

import atexit
import gc
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.executor import Run
from dedicated_ip_provider.inputs import DEFAULTS, NAMES, InvalidValue, changed_inputs, role_arn, text_up_to
from dedicated_ip_provider.lease.decision import Wish
from dedicated_ip_provider.lease.model import Lease, Memory, is_account_id, monthly_cost_usd, pluralize
from dedicated_ip_provider.lease.preview import preview
from dedicated_ip_provider.outputs import FOUND_NAMES
from dedicated_ip_provider.reconcile import (
    Superseded,
    create,
    delete,
    draw_nonce,
    lowers,
    newly_adopted,
    refresh,
    update,
)
from dedicated_ip_provider.recovery import find, import_lease
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import State, is_state, lease_from_inputs, outputs_of, read_state
from dedicated_ip_provider.terminal import hand_over, is_watched, tell
from dedicated_ip_provider.validation import Failure, given, inputs_of, read_lease, validate, warnings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dedicated_ip_provider.aws import Account, Accounts
    from dedicated_ip_provider.config import StackConfig
    from dedicated_ip_provider.outcome import Outcome

Bag = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The inputs as they are stored, what is wrong with them, and the lease that they declare.

    The lease is None if something is wrong or not known yet.
    """

    inputs: Bag
    failures: tuple[Failure, ...]
    lease: Lease | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Which inputs of a lease changed, which of them replace it, and whether an update is due even without a change."""

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What a command will do, in sentences, and the outputs that are already known."""

    lines: tuple[str, ...] = ()
    outputs: Bag


_OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000
"""Some ten MiB."""


class LeaseOperations:
    """One run of a provider: what a stack's leases share, and the operations on each. Several threads call it."""

    def __init__(
        self, config: StackConfig, *, is_unknown: Callable[[object], bool], environment: Mapping[str, str]
    ) -> None:
        """Create a run from the stack's configuration, a test for values not known yet, and the environment."""
        self._config = config
        self.is_unknown = is_unknown
        self._environment = environment
        self.run = Run(now=lambda: datetime.now(timezone.utc), tell=tell, is_watched=is_watched)
        self._accounts: Accounts | None = None
        self._lock = threading.Lock()
        self._places = _Places()
        # Every command needs them; load them here, or four threads would each read them at the same time.
        regions()

    def check(self, olds: Bag, news: Bag, *, resource: object = None) -> Checked:
        """Validate the inputs of a program; `resource` distinguishes two resources with the same path."""
        inputs = given({**DEFAULTS, **given(news)})
        if "region" not in inputs:
            # If neither the program nor the stack names a Region, the one chosen at create is kept.
            region = self._config.region or olds.get("region") or self._default_region(inputs)
            inputs |= {"region": region} if region else {}
        reading = read_lease(inputs, self.is_unknown)
        lease, failures = reading.lease, reading.failures
        if lease and not failures:
            failures = (*validate(lease, regions(), is_new=not olds), *self._places.claim(lease, resource))
        if lease and not failures and olds.get("region") == lease.region:
            self._places.note_here_already(lease)
        return Checked(inputs=inputs, failures=failures, lease=None if failures else lease)

    def diff(self, olds: Bag, old_inputs: Bag, news: Bag) -> Difference:
        """Compare what the stack declared with what the program wants, without calling AWS.

        `olds` are the outputs in the state.
        """
        # A refresh that runs the program compares the inputs before `check` has completed them.
        news = news if "region" in news else {**news, "region": olds.get("region")}
        changed = tuple(changed_inputs(old_inputs, news))
        state = read_state(olds) if is_state(olds) else None
        due = state is not None and (state.due or (state.question and news.get("confirm_relinquish") is True))
        return Difference(changed=changed, replaces=("region",) if "region" in changed else (), due=due)

    def preview_create(self, inputs: Bag) -> Previewed:
        """Return what creating a lease will file, and its outputs as far as they are already known."""
        lease = read_lease(_declared(inputs), self.is_unknown).lease
        if lease is None:
            return Previewed(outputs={**DEFAULTS, **_declared(inputs)})
        return Previewed(lines=(*_warnings(lease), *self.preview_new(lease)), outputs=inputs_of(lease))

    def preview_update(self, olds: Bag, news: Bag) -> Previewed:
        """Return what a change will file, and the outputs that stay as they are unless addresses vanish."""
        state = read_state(olds)
        lease = read_lease(_declared(news), self.is_unknown).lease
        if lease is None:
            return Previewed(outputs={**DEFAULTS, **_declared(news), "account_id": state.account_id})
        lines = (*_warnings(lease), *self.preview_change(lease, state))
        staying = ["account_id"]
        memory = state.memory
        is_settled = state.record in ("held", "missing") and not (memory.cases or memory.forms or memory.intent)
        if is_settled and lease.adopt == state.lease.adopt and not lowers(lease, state):
            staying += ["addresses", "warming", "relinquishing", "leased_count"]
            staying += ["pool_addresses"] if lease.pools == state.lease.pools else []
        outputs = {**inputs_of(lease), **{name: olds[name] for name in staying}}
        if "leased_count" in staying:
            outputs["monthly_cost_usd"] = monthly_cost_usd(
                int(olds["leased_count"]), self._config.price_of(lease.region)
            )
        return Previewed(lines=lines, outputs=outputs)

    def preview_delete(self, olds: Bag) -> tuple[str, ...]:
        """Return what deleting a lease will file. Raises `Refused` if the deletion will be refused."""
        state = read_state(olds)
        return self.preview_change(state.lease, state, ending=True)

    def preview_new(self, lease: Lease) -> tuple[str, ...]:
        """Return what creating a lease will file and cost, in sentences."""
        if self._places.is_here_already(lease) and lease.take_over_from is None:
            what = (
                "a replacement in the same Region is refused while the lease has addresses or an open case; with "
                "`delete_before_replace`, all its addresses are relinquished first, which is final"
            )
            return (f"{lease.label}: {what}",)
        if lease.take_over_from:
            return (self._preview_of_taking_over(lease, lease.take_over_from),)
        memory = Memory(holder=None)
        price = self._config.price_of(lease.region)
        return preview(Wish(lease=lease), memory, self.run.now(), adopting=frozenset(lease.adopt), price=price).lines

    def preview_change(self, lease: Lease, state: State, *, ending: bool = False) -> tuple[str, ...]:
        """Return what changing or ending a lease will file and cost. Raises `Refused` if that will be refused."""
        wish = Wish(
            lease=lease,
            ending=ending,
            may_relinquish=lowers(lease, state),
            division=state.division,
            order=state.order,
        )
        if state.record == "superseded":
            consent = lease.take_over_from if lease.take_over_from != state.lease.take_over_from else None
            if consent:
                return (self._preview_of_taking_over(lease, consent),)
            if ending:
                return (f"{lease.label}: another stack holds this lease; nothing is filed from here",)
            what = f"{lease.label}: another stack holds this lease; `pulumi up` is refused without `take_over_from`"
            if_ended = f"; if that lease has ended, it requests {pluralize(lease.count)} ({self._cost_of_all(lease)})"
            return (f"{what}{if_ended if lease.count else ''}",)
        said = preview(
            wish,
            state.memory,
            self.run.now(),
            adopting=newly_adopted(lease, state, begins_anew=state.record == "free"),
            question=state.question and not ending,
            price=self._config.price_of(lease.region),
        )
        if said.refusal:
            raise said.refusal.error()
        return said.lines

    def _preview_of_taking_over(self, lease: Lease, token: str) -> str:
        """Return what taking over a lease will file and cost, of which only the most is known without calling AWS."""
        what = f"{lease.label}: will take over the lease that {token} names"
        if not lease.count:
            return f"{what}, and relinquish nothing"
        return (
            f"{what}, then request what is missing of {pluralize(lease.count)}, all of them if that lease has ended "
            f"({self._cost_of_all(lease)}); it relinquishes nothing"
        )

    def _cost_of_all(self, lease: Lease) -> str:
        price = self._config.price_of(lease.region)
        return f"USD {monthly_cost_usd(lease.count, price):.2f} a month for {lease.count}, {price.each}"

    def create(self, inputs: Bag, run: Run | None = None) -> tuple[str, Bag]:
        """Claim the Region's lease, file the request case, and return the lease as it is then, without waiting."""
        lease = lease_from_inputs(inputs)
        outcome = create(self._account(lease), lease, draw_nonce(), run or self.run)
        return f"{outcome.state.account_id}/{lease.region}", self._outputs(outcome)

    def read(self, id_: str, props: Bag, run: Run | None = None) -> tuple[Bag, Bag | None]:
        """Return a lease's outputs, and its inputs including drift; changes nothing at AWS."""
        if not is_state(props):
            return self.get(id_, props, run), None
        state = read_state(props)
        found = refresh(self._account(state.lease), state, run or self.run)
        if isinstance(found, Superseded):
            memory = {key: value for key, value in props["memory"].items() if key not in ("due", "question")}
            outputs = {**props, "status": "superseded", "message": found.message}
            return {**outputs, "memory": {**memory, "record": "superseded"}}, given(inputs_of(state.lease))
        return self._outputs(found), given(inputs_of(found.state.lease))

    def update(self, olds: Bag, news: Bag, run: Run | None = None) -> Bag:
        """File what the change needs, and return without waiting."""
        lease = lease_from_inputs(news)
        return self._outputs(update(self._account(lease), lease, read_state(olds), run or self.run))

    def delete(self, props: Bag, run: Run | None = None) -> None:
        """Withdraw an open request, relinquish all that the lease holds with one case, and end the lease."""
        state, run = read_state(props), run or self.run
        ending = delete(self._account(state.lease), state, run)
        for sentence in ending.left:
            run.tell(f"{state.lease.label}: {sentence}.")
        if ending.form_text:
            run.tell(hand_over(ending.form_text, state.lease, ending.mark))

    def import_lease(
        self, holder: str, id_: str, own_credentials: Bag, run: Run | None = None
    ) -> tuple[str, Bag, Bag] | None:
        """Return id, outputs and inputs of a lease that adopts all addresses of a Region; None if it has none.

        `holder` is the path of the resource, `id_` is `<region>` or `<account>/<region>`, and `own_credentials` may
        have a `profile` and a `role_arn`. Nothing is written at AWS: the first update or delete claims the lease.
        """
        account_id, slash, region = id_.rpartition("/")
        if (slash and not is_account_id(account_id)) or not regions().is_well_formed(region):
            raise Refused(
                f"{id_!r} is not the id of a lease.",
                "Import a lease by its Region, eu-west-1, or with the account, 111122223333/eu-west-1.",
            )
        own = _own_credentials(own_credentials)
        lease = Lease(holder=holder, region=region, count=0, profile=own.get("profile"), role_arn=own.get("role_arn"))
        account = self._account(lease)
        if slash:
            _refuse_other_account(account, account_id)
        outcome = import_lease(account, lease, draw_nonce(), run or self.run)
        if outcome is None:
            return None
        return f"{account.id}/{region}", self._outputs(outcome), given(inputs_of(outcome.state.lease))

    def get(self, id_: str, props: Bag, run: Run | None = None) -> Bag:
        """Read the lease that an account has in a Region, for a stack that does not hold it."""
        account_id, _, region = id_.partition("/")
        if not is_account_id(account_id) or not regions().is_well_formed(region):
            raise Refused(
                f"{id_!r} is not the id of a lease.", "Give `get` the id `<account>/<region>`: 111122223333/eu-west-1."
            )
        own = _own_credentials(props)
        account = self._account_of(own, region)
        _refuse_other_account(account, account_id)
        return {**self._find(account, region, run), **own}

    def find(self, args: Bag, run: Run | None = None) -> Bag:
        """Return the outputs of the lease that an account has in a Region, whichever stack holds it."""
        region = self._region_of(args)
        return self._find(self._account_of(args, region), region, run)

    def list_addresses(self, args: Bag) -> Bag:
        """Return the dedicated IP addresses that an account has in a Region, managed ones too."""
        region = self._region_of(args)
        found = self._account_of(args, region).addresses(region)
        return {
            "dedicatedIps": [
                {"ip": one.ip, "warmupPercentage": one.warmup_percentage, "managed": one.managed}
                | ({"pool": one.pool} if one.pool else {})
                for one in found
            ]
        }

    def _find(self, account: Account, region: str, run: Run | None) -> Bag:
        found = find(account, region, run or self.run)
        if found is None or found.holder is None:
            raise Refused(
                f"Account {account.id} has no lease in {region}.",
                "Check the id, `<account>/<region>`, and the credentials.",
            )
        outputs = self._outputs(found.outcome)
        # The record says nothing else about what was declared. Without a memory, a refresh reads the lease this way.
        return {key: outputs[key] for key in FOUND_NAMES}

    def _region_of(self, args: Bag) -> str:
        region = args.get("region") or self._config.region or self._default_region(args)
        if not isinstance(region, str) or not regions().is_well_formed(region):
            raise Refused(
                f"`region` must be the code of an AWS Region, not {region!r}.",
                "Give the function one, or the provider.",
            )
        return region

    def _account_of(self, args: Bag, region: str) -> Account:
        own = _own_credentials(args)
        return self._accounts_of_the_run().get(region, own.get("profile"), own.get("role_arn"))

    def _default_region(self, inputs: Bag) -> Any:  # noqa: ANN401 - a Region, None, or what stands for an unknown value
        """Return the Region from the environment or the profile, as pulumi-aws does."""
        named = self._environment.get("AWS_REGION") or self._environment.get("AWS_DEFAULT_REGION")
        if named:
            return named
        profile = inputs.get("profile")
        if self.is_unknown(profile):
            # Then the Region of that profile is not known either.
            return profile
        from dedicated_ip_provider.aws.diagnostics import home_region  # noqa: PLC0415 - loads AWS's SDK

        return home_region(profile if isinstance(profile, str) else self._config.profile, self._config)

    def _outputs(self, outcome: Outcome) -> Bag:
        return outputs_of(outcome.state, outcome.shown, self._config.price_of(outcome.state.lease.region))

    def _account(self, lease: Lease) -> Account:
        return self._accounts_of_the_run().get(lease.region, lease.profile, lease.role_arn)

    def _accounts_of_the_run(self) -> Accounts:
        with self._lock:
            if self._accounts is None:
                _spare_the_collector()
                # AWS's SDK takes a while to load, and a preview does not call AWS.
                from dedicated_ip_provider.aws import Accounts  # noqa: PLC0415

                self._accounts = Accounts(self._config, self.run.now)
            return self._accounts


def _spare_the_collector() -> None:
    """Keep Python's garbage collector from scanning objects that live until the process ends.

    AWS's SDK creates a great many of them, and every few hundred would start the collector. The engine waits until its
    plugins have ended, and Python scans everything once more before it exits. Both together take 0.2 s (measured).
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


class _Places:
    """The Regions and credentials that the leases of a run name, each with its holder. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders: dict[tuple[str, str | None, str | None], tuple[str, object]] = {}
        self._here_already: set[tuple[str, str]] = set()

    def claim(self, lease: Lease, resource: object) -> tuple[Failure, ...]:
        """Note a lease; return a failure if it is the second one with the same Region and credentials."""
        own = (lease.holder, resource)
        with self._lock:
            first = self._holders.setdefault((lease.region, lease.profile, lease.role_arn), own)
        if first == own:
            return ()
        return (
            Failure(
                "region",
                f"`region` {lease.region} already has a lease in this program: {first[0]}. An account has one lease in "
                "a Region; divide its addresses among several mail streams with `pools`.",
            ),
        )

    def note_here_already(self, lease: Lease) -> None:
        """Note a lease that the stack already has in its Region."""
        with self._lock:
            self._here_already.add((lease.holder, lease.region))

    def is_here_already(self, lease: Lease) -> bool:
        """Return whether a lease that is checked as new replaces one that the stack has in the same Region."""
        with self._lock:
            return (lease.holder, lease.region) in self._here_already


def _refuse_other_account(account: Account, account_id: str) -> None:
    if account.id != account_id:
        raise Refused(
            f"The credentials lead to account {account.id}, not to {account_id}.",
            "Use credentials of that account.",
        )


def _own_credentials(props: Bag) -> dict[str, str]:
    """Return the profile and the role in a bag, if any. Raises `Refused` if one is invalid."""
    own: dict[str, str] = {}
    for key, read in (("profile", text_up_to(200)), ("role_arn", role_arn)):
        try:
            own |= {key: read(props[key])} if props.get(key) is not None else {}
        except InvalidValue as invalid:
            raise Refused(f"`{key}` {invalid}.", "Correct it, and run the same command again.") from invalid
    return own


def _declared(inputs: Bag) -> Bag:
    return {name: inputs[name] for name in NAMES if name in inputs}


def _warnings(lease: Lease) -> tuple[str, ...]:
    return tuple(f"{lease.label}: {warning}" for warning in warnings_of(lease, regions()))
