"""Stands in for the plugin of `pulumi-aws`, whose program cannot be had everywhere: a few resources of SES, at the emulator.

It does at AWS what the real plugin does, in the same calls, as far as the order of things depends on it. Above all:
deleting an assignment puts the address into SES's default pool, whatever pool it is in by then.
What the emulator does not have, a rule, a topic or a queue, is only kept: it has an ARN made of its name.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import boto3
import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto.plugin_pb2 import PluginInfo
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer, add_ResourceProviderServicer_to_server

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client

Bag = dict[str, Any]

DEFAULT_POOL: Final = "ses-default-dedicated-pool"
NAMED_BY: Final = {
    "DedicatedIpPool": "poolName",
    "DedicatedIpAssignment": "ip",
    "ConfigurationSet": "configurationSetName",
    "EmailIdentity": "emailIdentity",
    "EventTarget": "rule",
    "TopicPolicy": "arn",
    "QueuePolicy": "queueUrl",
    "TopicSubscription": "endpoint",
}
"""The resources there are, and the input that a resource's id comes from."""
NAMED_HERE: Final = {"EventRule": "events", "Topic": "sns", "Queue": "sqs"}
"""Resources that get a name, and an ARN of that service."""
REPLACING: Final = {*NAMED_BY.values(), "destinationPoolName", "region"}
"""What cannot be changed in place."""


class Aws(ResourceProviderServicer):
    """The engine's calls, in their order: check, diff, create or update, read, delete."""

    def Configure(self, _request: Any, _context: Any) -> Any:
        return wire.ConfigureResponse(supportsPreview=True, acceptSecrets=False)

    def CheckConfig(self, request: Any, _context: Any) -> Any:
        return wire.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: Any) -> Any:
        return wire.DiffResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        return PluginInfo(version=version("pulumi-aws"))

    def Check(self, request: Any, _context: Any) -> Any:
        news, name = bag(request.news), request.urn.rpartition("::")[2]
        return wire.CheckResponse(inputs=struct({"name": name, **news} if kind_of(request.urn) in NAMED_HERE else news))

    def Diff(self, request: Any, _context: Any) -> Any:
        olds, news = bag(request.old_inputs), bag(request.news)
        changed = {key for key in {*olds, *news} if olds.get(key) != news.get(key)}
        some = wire.DiffResponse.DIFF_SOME if changed else wire.DiffResponse.DIFF_NONE
        return wire.DiffResponse(changes=some, replaces=sorted(changed & REPLACING), diffs=sorted(changed))

    def Create(self, request: Any, _context: Any) -> Any:
        kind, inputs = kind_of(request.urn), bag(request.properties)
        if request.preview:
            return wire.CreateResponse(properties=request.properties)
        if kind == "DedicatedIpPool":
            ses(inputs).create_dedicated_ip_pool(PoolName=inputs["poolName"])
        if kind == "DedicatedIpAssignment":
            ses(inputs).put_dedicated_ip_in_pool(Ip=inputs["ip"], DestinationPoolName=inputs["destinationPoolName"])
        return wire.CreateResponse(id=inputs[NAMED_BY.get(kind, "name")], properties=struct(outputs_of(kind, inputs)))

    def Update(self, request: Any, _context: Any) -> Any:
        return wire.UpdateResponse(properties=struct(outputs_of(kind_of(request.urn), bag(request.news))))

    def Read(self, request: Any, _context: Any) -> Any:
        return wire.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Delete(self, request: Any, _context: Any) -> Any:
        kind, state = kind_of(request.urn), bag(request.properties)
        if kind == "DedicatedIpPool":
            ses(state).delete_dedicated_ip_pool(PoolName=state["poolName"])
        if kind == "DedicatedIpAssignment":
            ses(state).put_dedicated_ip_in_pool(Ip=state["ip"], DestinationPoolName=DEFAULT_POOL)
        return Empty()


def outputs_of(kind: str, inputs: Bag) -> Bag:
    """Give what a resource shows beside its inputs."""
    if kind == "EmailIdentity":
        return {**inputs, "dkimSigningAttributes": {"tokens": ["one", "two", "three"]}}
    if kind in NAMED_HERE:
        place = f"{inputs['region']}:111122223333"
        return {
            **inputs,
            "arn": f"arn:aws:{NAMED_HERE[kind]}:{place}:{inputs['name']}",
            "url": f"https://sqs.amazonaws.com/{inputs['name']}",
        }
    return inputs


def ses(inputs: Bag) -> SESV2Client:
    """Give a client for the resource's Region."""
    return boto3.client("sesv2", region_name=inputs["region"])


def kind_of(urn: str) -> str:
    """Read a resource's type off its URN, the last of those that its parents have too."""
    return urn.split("::")[2].rpartition(":")[2]


def bag(properties: Any) -> Bag:
    """Read what the engine sends."""
    return dict(rpc.deserialize_properties(properties, keep_unknowns=True))


def struct(properties: Bag) -> Any:
    """Write what the engine reads."""
    return asyncio.run(rpc.serialize_properties(properties, {}))


def main() -> None:
    """Serve until the engine ends the process."""
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    add_ResourceProviderServicer_to_server(Aws(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    Event().wait()


if __name__ == "__main__":
    main()
