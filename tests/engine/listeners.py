"""What the examples talk to beside AWS's emulator, behind a port for the length of a `with` block."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Listener:
    """Takes JSON and answers with JSON."""

    def __enter__(self) -> Self:
        """Serve."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Return the endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked."""
        raise NotImplementedError


class Webhook(Listener):
    """The incoming webhook of a chat; `heard` is what was posted."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.heard: list[str] = []

    def answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Take a message."""
        assert not operation
        self.heard.append(parameters["text"])
        return {}


class Sqs(Listener):
    """A few queues, as far as the example asks; `queues` are the messages that are left, by the name of their queue."""

    def __init__(self, queues: dict[str, list[str]]) -> None:
        """Take the messages that wait."""
        self.queues = queues

    def answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Find a queue by its name, read from one, or delete what was read."""
        if operation == "GetQueueUrl":
            return {"QueueUrl": f"{self.url}/111122223333/{parameters['QueueName']}"}
        messages = self.queues[parameters["QueueUrl"].rpartition("/")[2]]
        if operation == "DeleteMessage":
            messages.remove(parameters["ReceiptHandle"])
            return {}
        assert operation == "ReceiveMessage"
        # SQS leaves the member out where nothing is there.
        return {"Messages": [{"Body": text, "ReceiptHandle": text} for text in messages]} if messages else {}


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = json.dumps(listener.answer(operation, json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
