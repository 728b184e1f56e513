"""A few queues behind a port, as far as the example asks: find one by its name, read from it, delete what was read."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Sqs:
    """Serves for the length of a `with` block; `queues` are the messages that are left, by the name of their queue."""

    def __init__(self, queues: dict[str, list[str]]) -> None:
        """Take the messages that wait."""
        self.queues = queues

    def __enter__(self) -> Self:
        """Serve."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        Thread(target=self._server.serve_forever).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return the endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked."""
        if operation == "GetQueueUrl":
            return {"QueueUrl": f"{self.url}/111122223333/{parameters['QueueName']}"}
        messages = self.queues[parameters["QueueUrl"].rpartition("/")[2]]
        if operation == "DeleteMessage":
            messages.remove(parameters["ReceiptHandle"])
            return {}
        assert operation == "ReceiveMessage"
        # SQS leaves the member out where nothing is there.
        return {"Messages": [{"Body": text, "ReceiptHandle": text} for text in messages]} if messages else {}


def _handler(sqs: Sqs) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = json.dumps(sqs.answer(operation, json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
