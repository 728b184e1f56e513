"""What the Pulumi engine calls: six short methods that translate and call one function each.

The path of this module and the name of `LeaseProvider` are stored in every stack's state: refresh and
destroy find the provider by them, also where the program is gone. They never change.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import select
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pulumi import contains_unknowns
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from dedicated_ip_provider.blocks import mark_of
from dedicated_ip_provider.errors import LeaseError, Refused
from dedicated_ip_provider.forecast import forecast
from dedicated_ip_provider.outlook import born
from dedicated_ip_provider.props import DEFAULTS, Failure, changed_inputs, inputs_of, judge, read_lease, way_in_from
from dedicated_ip_provider.reconcile import find, refresh, settle
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.settings import Settings, read_settings
from dedicated_ip_provider.state import (
    OUTPUTS,
    is_repeated,
    is_state,
    lease_from_state,
    outputs_of,
    past_from_state,
    waits_for_answer,
)

if TYPE_CHECKING:
    from dedicated_ip_provider.aws import Account, Accounts
    from dedicated_ip_provider.lease import Lease

OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000  # some ten MiB

Bag = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])


class DedicatedIpError(Exception):
    """The one error that Pulumi shows: what happened, and what to do next."""


# Python prints an exception with its module, and Pulumi shows what Python prints.
DedicatedIpError.__module__ = "builtins"


def _answering(method: Method) -> Method:
    """Turn whatever goes wrong in a method into one short error.

    `BaseException` too: the SDK leaves a call that ends in SystemExit unanswered, and Pulumi then waits for ever.
    """

    @functools.wraps(method)
    def answer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method's
        try:
            return method(*args, **kwargs)
        except LeaseError as error:
            text = str(error)
        except BaseException as error:  # noqa: BLE001 - see above
            text = _bug(error)
        raise DedicatedIpError(text) from None

    return answer  # type: ignore[return-value]  # the same signature, which mypy cannot see


class LeaseProvider(ResourceProvider):
    """The dynamic provider of `DedicatedIpLease`.

    It is stored by its name alone and carries nothing. What a run shares (the stack's settings, the AWS accounts)
    is made in `configure`, in the plugin's process; four threads call the methods of one object.
    """

    serialize_as_secret_always = False  # a name and nothing else is stored: there is no secret in it

    @_answering
    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's whole configuration; asks nothing of AWS."""
        _spare_the_collector()
        self._run = _Run(read_settings(req.config.get))
        # Every command needs them, and four threads that need them at the same time would each read them.
        regions()

    @_answering
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
            failures += self._run.claim(key, news.get("lease_key"), new=not olds, previewing=previewing)
        if previewing and reading.lease and not failures and not olds:
            _tell_all(forecast(reading.lease, None))
        return CheckResult(inputs, [_shown(failure) for failure in failures])

    @_answering
    def diff(self, _id: str, olds: Bag, news: Bag) -> DiffResult:
        """Compare what the state holds with what the program wants; asks nothing of AWS."""
        changed = changed_inputs(olds, news, contains_unknowns)
        wanted = read_lease(news, regions(), contains_unknowns).lease
        if wanted and is_state(olds):
            self._run.note_living(wanted.key, past_from_state(olds).born_at)
        previewed = wanted is not None and self._run.is_previewed(wanted.key)
        if "region" in changed:
            if previewed:
                _tell_all(forecast(replace(lease_from_state(olds, regions()), count=0), past_from_state(olds)))
            return DiffResult(changes=True, replaces=["region"])
        answer_due = (waits_for_answer(olds) and news.get("confirm_relinquish") is True) or is_repeated(olds)
        # Pulumi compares the inputs itself where it may (None): then `replace_on_changes` works.
        changes = None if changed and not contains_unknowns(news) else bool(changed) or answer_due
        if wanted and previewed and changes is not False:
            _tell_all(forecast(wanted, past_from_state(olds)))
        return DiffResult(changes=changes)

    @_answering
    def create(self, props: Bag) -> CreateResult:
        """File the request case and return at once, with what is true by then."""
        lease = lease_from_state(props, regions())
        outlook = born(settle(self._run.account(lease), lease, None, _tell, is_watched=_is_watched), self._run.now())
        self._run.note_living(lease.key, outlook.past.born_at)
        return CreateResult(lease.key, outputs_of(lease, outlook))

    @_answering
    def read(self, id_: str, props: Bag) -> ReadResult:
        """Read what AWS really granted; changes nothing at AWS."""
        if not is_state(props):
            return ReadResult(id_, self._get(id_, props))
        past = past_from_state(props)
        lease = lease_from_state(props, regions())
        lease, outlook = refresh(self._run.account(lease), lease, past)
        return ReadResult(id_, outputs_of(lease, outlook), _given(inputs_of(lease)))

    @_answering
    def update(self, _id: str, olds: Bag, news: Bag) -> UpdateResult:
        """File what the change needs, and return at once."""
        lease = lease_from_state(news, regions())
        outlook = settle(self._run.account(lease), lease, past_from_state(olds), _tell, is_watched=_is_watched)
        return UpdateResult(outputs_of(lease, outlook))

    @_answering
    def delete(self, _id: str, props: Bag) -> None:
        """Withdraw an open request, file one case that gives back all that the lease holds, and end."""
        lease = lease_from_state(props, regions())
        # A forced replacement, or a move to another parent, creates first: the new resource took the cases up.
        past = past_from_state(props)
        if self._run.is_outlived(lease.key, past.born_at):
            _tell(
                f"{lease.label}: the new resource goes on with what the replaced one had; nothing is given back. To "
                "give back first and ask anew, set `delete_before_replace`."
            )
            return
        outlook = settle(self._run.account(lease), lease, past, _tell, ending=True, is_watched=_is_watched)
        if outlook.form_text:
            _hand_over(outlook.form_text, lease, outlook.past.papers[-1].number)

    def _get(self, lease_key: str, props: Bag) -> Bag:
        region = lease_key.rpartition("/")[2]
        if region not in regions().with_ses or len(lease_key.splitlines()) > 1:
            raise Refused(
                f"{lease_key!r} is the key of no lease: it does not end with an AWS Region that has Amazon SES.",
                "Give `get` the lease's `lease_key` as its id.",
            )
        way_in = way_in_from(props)
        account = self._run.accounts.get(region, way_in.get("profile"), way_in.get("role_arn"))
        lease, outlook = find(account, lease_key, region)
        # AWS does not show what else was declared. Without a memory, a refresh finds the lease like this again.
        shown = [key for key in ("lease_key", "region", "count", "attempt", *OUTPUTS) if key != "memory"]
        outputs = outputs_of(lease, outlook)
        return {**{key: outputs[key] for key in shown}, **way_in}


class _Run:
    """What the leases of one run share: AWS accounts, and which keys were seen in `check`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._accounts: Accounts | None = None
        self._lock = threading.Lock()
        self._previewed: set[str] = set()
        self._new: set[str] = set()
        self._renamed: set[str] = set()
        self._living: dict[str, str] = {}

    @staticmethod
    def now() -> datetime:
        return datetime.now(timezone.utc)

    @property
    def accounts(self) -> Accounts:
        with self._lock:
            if self._accounts is None:
                # AWS's SDK takes a while to load. A preview asks AWS nothing, and the program never does.
                from dedicated_ip_provider.aws import Accounts  # noqa: PLC0415

                self._accounts = Accounts(self._settings, self.now)
            return self._accounts

    def account(self, lease: Lease) -> Account:
        return self.accounts.get(lease.region, lease.profile, lease.role_arn)

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


def _spare_the_collector() -> None:
    """Keep Python's garbage collector from looking through what stays until the process ends.

    AWS's SDK fills the memory with such things, and each few hundred of them would start the collector. The engine
    waits until its plugins have ended, and before it ends Python looks through everything for a last time: with the
    SDK in memory that takes a tenth of a second.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


def _given(inputs: Bag) -> Bag:
    """Leave out what says nothing: Pulumi would show an empty list that only refresh wrote as a change."""
    return {key: value for key, value in inputs.items() if value is not None and value != []}


def _hand_over(form_text: str, lease: Lease, number: int) -> None:
    """Print the forms of a lease that ends, and write them to a file: its state will be gone."""
    file = Path(f"dedicated-ip-{mark_of(lease.key, number)}.txt")
    try:
        file.write_text(f"{form_text}\n", encoding="utf-8")
        where = f"also in {file.resolve()}"
    except OSError as problem:
        where = f"not kept in a file: {problem}"
    _tell(f"{lease.label}: nothing was filed; a person files this ({where}):\n{form_text}")


def _shown(failure: Failure) -> CheckFailure:
    # Beside a property Pulumi prints its value; it finds none for a field of `use_case`, and would say so.
    return CheckFailure("" if "." in failure.property else failure.property, failure.reason)


def _tell(line: str) -> None:
    # An engine that was killed reads no more. What is under way goes on to its end all the same.
    with contextlib.suppress(OSError):
        # One write a line: four threads share the stream, and Pulumi shows it under the stack.
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _is_watched() -> bool:
    """Tell whether the engine still reads what we tell: its plugins go on for a while when it is killed."""
    # Windows has no `poll`; and where the stream is none of the system's, nothing can be known.
    if not hasattr(select, "poll"):
        return True
    try:
        stream = sys.stderr.fileno()
    except OSError:
        return True
    look = select.poll()
    look.register(stream, 0)
    return not any(events & (select.POLLERR | select.POLLHUP) for _, events in look.poll(0))


def _tell_all(lines: Iterable[str]) -> None:
    for line in lines:
        _tell(line)


def _bug(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"dedicated-ip-provider met what it does not know: {what} ({frame.name}, line {frame.lineno} of "
        f"{Path(frame.filename).name}).\n"
        "Run the same command again: it looks at AWS before it files anything. If it stays, please report it."
    )
