"""The provider's stored name, and the one error that Pulumi shows.

The path of this module and the name of `LeaseProvider` are stored in every stack's state: refresh and destroy find the
provider by them, even if the program is gone. They must never change.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

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

from dedicated_ip_provider.errors import LeaseError, internal_error

if TYPE_CHECKING:
    from dedicated_ip_provider.dynamic import DynamicOperations

Bag = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])


class DedicatedIpError(Exception):
    """The one error that Pulumi shows: what happened, and what to do next."""


# Python prints an exception with its module, and Pulumi shows what Python prints.
DedicatedIpError.__module__ = "builtins"


def _answering(method: Method) -> Method:
    """Turn any exception of a method into one short error.

    That includes `BaseException`: the SDK does not answer a call that raises SystemExit, and Pulumi waits for ever.
    """

    @functools.wraps(method)
    def answer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method's
        try:
            return method(*args, **kwargs)
        except LeaseError as error:
            text = str(error)
        except BaseException as error:  # noqa: BLE001 - see above
            text = internal_error(error)
        raise DedicatedIpError(text) from None

    return answer  # type: ignore[return-value]  # the same signature, which mypy cannot see


class LeaseProvider(ResourceProvider):
    """The dynamic provider of `DedicatedIpLease`.

    It is stored by its name alone and has no state of its own. A program creates it only for that name and calls none
    of its methods; `configure` loads what they need, in the plugin's process. Four threads call one object's methods.
    """

    serialize_as_secret_always = False  # only a name is stored, which is not a secret

    _operations: DynamicOperations

    @_answering
    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's whole configuration, without calling AWS."""
        from dedicated_ip_provider.config import read_config  # noqa: PLC0415
        from dedicated_ip_provider.dynamic import DynamicOperations  # noqa: PLC0415

        # No public attribute lists the names that are set, and a misspelt guard must not be ignored silently.
        config = read_config(req.config.get, req.config._props)  # noqa: SLF001 - see above
        self._operations = DynamicOperations(config, is_unknown=contains_unknowns, environment=os.environ)

    @_answering
    def check(self, olds: Bag, news: Bag) -> CheckResult:
        """Validate the inputs of a program; in a preview, report what a new lease will file."""
        checked = self._operations.check_declared(olds, news)
        # If a property were given, Pulumi would print its value, even a secret or a long text. The reason names it.
        return CheckResult(checked.inputs, [CheckFailure("", one.reason) for one in checked.failures])

    @_answering
    def diff(self, _id: str, olds: Bag, news: Bag) -> DiffResult:
        """Compare the state with what the program wants, without calling AWS."""
        changes, replaces = self._operations.diff_declared(olds, news)
        return DiffResult(changes=changes, replaces=list(replaces))

    @_answering
    def create(self, props: Bag) -> CreateResult:
        """Claim the Region's lease, file the request case, and return the lease as it is then, without waiting."""
        return CreateResult(*self._operations.create(props))

    @_answering
    def read(self, id_: str, props: Bag) -> ReadResult:
        """Read what AWS has actually granted; changes nothing at AWS."""
        return ReadResult(id_, *self._operations.read(id_, props))

    @_answering
    def update(self, _id: str, olds: Bag, news: Bag) -> UpdateResult:
        """File what the change needs, and return without waiting."""
        return UpdateResult(self._operations.update(olds, news))

    @_answering
    def delete(self, _id: str, props: Bag) -> None:
        """Withdraw an open request, relinquish all that the lease holds with one case, and end the lease."""
        self._operations.delete(props)
