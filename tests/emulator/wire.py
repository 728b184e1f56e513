"""HTTP by hand, for what no well-behaved client sends."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator import RunningEmulator


class Reply(NamedTuple):
    """An answer, taken apart."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


def signature(service: str, key: str = "111122223333", region: str = "eu-west-1") -> str:
    """Make a header line that says who calls; the emulator does not verify it."""
    credential = f"Credential={key}/20261102/{region}/{service}/aws4_request"
    return f"Authorization: AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"


def message(method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    """Write a request with a Content-Length."""
    head = "\r\n".join((f"{method} {path} HTTP/1.1", "Host: emulator", *lines, f"Content-Length: {len(body)}", "", ""))
    return head.encode() + body


def head(operation: str, service: str = "support") -> tuple[str, ...]:
    """Return the method, path and headers of a call in AWS's JSON protocol."""
    target = {"support": "AWSSupport_20130415", "ssm": "AmazonSSM"}[service]
    return "POST", "/", signature(service), f"X-Amz-Target: {target}.{operation}"


def call(operation: str, body: bytes = b"{}", *lines: str, service: str = "support") -> bytes:
    """Write a call in AWS's JSON protocol."""
    return message(*head(operation, service), *lines, body=body)


def send(emulator: RunningEmulator, data: bytes) -> bytes:
    """Send bytes and give all that comes back until the emulator closes or has nothing more to say."""
    with socket.create_connection(("127.0.0.1", int(emulator.url.rpartition(":")[2])), timeout=600) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
        return received


def replies(data: bytes) -> list[Reply]:
    """Take apart the answers that came over one connection."""
    found = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", "0"))
        found.append(Reply(int(status.split()[1]), headers, rest[:length]))
        data = rest[length:]
    return found


def ask(emulator: RunningEmulator, data: bytes) -> Reply:
    """Send one request and give its answer."""
    (reply,) = replies(send(emulator, data))
    return reply


def command(emulator: RunningEmulator, method: str, path: str, body: object = None) -> Reply:
    """Send a command to the control API."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(emulator, message(method, f"/_emulator/{path}", body=data))
