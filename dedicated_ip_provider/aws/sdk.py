"""botocore, set up so that many clients cost little: AWS's models are read once, and each Region needs no client."""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.loaders import Loader, create_loader
from botocore.session import Session as BotocoreSession

from dedicated_ip_provider.regions import ENDPOINTS, endpoints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.client import BaseClient
    from botocore.config import Config

SERVICES: Final = ("sesv2", "sts", "support")
"""The services that are asked."""
_REGION: Final = "Region"


class Sdk:
    """AWS's SDK with one profile. It makes one client after the other, since botocore cannot make two at a time."""

    def __init__(self, profile: str | None) -> None:
        """Take a profile's name, or None for what the environment says; nothing is read before it is needed."""
        self._profile = profile
        self._lock = threading.Lock()
        self._session: BotocoreSession | None = None

    def client(self, service: str, region: str, config: Config, keys: Mapping[str, Any]) -> BaseClient:
        """Make a client; without `keys`, the profile's credentials are used."""
        with self._lock:
            if self._session is None:
                self._session = BotocoreSession(profile=self._profile)
                self._session.register_component("data_loader", _models(self._session.get_config_variable("data_path")))
            return self._session.create_client(service, region_name=region, config=config, **keys)


class _Models(Loader):
    """Reads AWS's service models without looking through hundreds that nobody asks for, and nothing twice."""

    def load_data_with_path(self, name: str) -> Any:  # noqa: ANN401 - as the base class has it
        return (endpoints(), str(ENDPOINTS)) if name == "endpoints" else super().load_data_with_path(name)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - as the base class has it
        return list(SERVICES)


@functools.cache
def _models(data_path: str | None) -> Loader:
    """Give what reads the models; what it has read it keeps, for the process."""
    # Whoever has models of their own gets them, as from botocore itself.
    return create_loader(data_path) if data_path or Path(Loader.CUSTOMER_DATA_PATH).exists() else _Models()


class InRegion:
    """A client, for calls to one Region: another client for each would take as long to make as a call takes.

    botocore goes to the Region of an S3 bucket in the same way.
    """

    def __init__(self, client: BaseClient, region: str) -> None:
        """Take a client that `make_regional` was called with."""
        self._client = client
        self._region = region

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the client has
        """Give an operation of the client, to be carried out in the Region."""
        found = getattr(self._client, name)
        if name in self._client.meta.method_to_api_mapping:
            return functools.partial(found, **{_REGION: self._region})
        return found


def make_regional(client: BaseClient) -> None:
    """Let a client be told, in each call, which Region it goes to."""
    events, service = client.meta.events, client.meta.service_model.service_id.hyphenize()
    events.register(f"provide-client-params.{service}", _take_region)
    events.register(f"before-endpoint-resolution.{service}", _resolve_region)


def _take_region(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    context["signing"] = {"region": params.pop(_REGION)}


def _resolve_region(builtins: dict[str, Any], context: Mapping[str, Any], **_: object) -> None:
    builtins["AWS::Region"] = context["signing"]["region"]
