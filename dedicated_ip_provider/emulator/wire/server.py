"""An HTTP server on the loopback interface; it has a thread per connection, and `stop` ends them all."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import socket
import struct
import threading
import traceback
from http import HTTPStatus
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.wire.protocol import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "127.0.0.1"


class Server:
    """An HTTP server that serves until it is stopped."""

    def __init__(self, answer: Callable[[Request], Answer], port: int = 0) -> None:
        """Listen on a port (0: a free one); `answer` is called in the thread of the connection."""
        self.answer = answer
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._listener = socket.create_server((LOOPBACK, port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        # Daemon threads: a program that forgets to stop the server still exits.
        self._thread = threading.Thread(target=self._accept, name="emulator", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the URL for clients."""
        return f"http://{LOOPBACK}:{self.port}"

    def pause(self, seconds: float) -> None:
        """Wait for some seconds, or until the server stops."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """Stop listening, end hanging calls, and close every connection; a second call does nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        # No other way to wake `accept` works on every system.
        socket.create_connection((LOOPBACK, self.port)).close()
        self._thread.join()
        self._listener.close()
        with self._lock:
            left = dict(self._open)
        for connection, thread in left.items():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError:
                # Too many open files, or a client that disconnected at once: try the next one.
                self._stopping.wait(0.05)
                continue
            if self._stopping.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection, address), name="emulator call", daemon=True)
            with self._lock:
                self._open[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket, address: tuple[str, int]) -> None:
        # A client may disconnect at any time.
        with connection, contextlib.suppress(OSError):
            Connection(connection, address, self)  # type: ignore[arg-type]  # see `Connection.server`
        with self._lock:
            del self._open[connection]


_LARGEST_BODY = 4 * 1024 * 1024
_LONGEST_LINE = 65_536
_LENGTH = re.compile("[0-9]{1,10}")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class Connection(http.server.BaseHTTPRequestHandler):
    """One connection; adds bodies and any method to the standard library's parser."""

    protocol_version = "HTTP/1.1"
    # Without it, an answer in two packets would wait 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: Server  # type: ignore[assignment]  # not the base class's type, but the base class only stores it

    def handle_one_request(self) -> None:
        """Serve one request."""
        self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
        if not self.raw_requestline:
            self.close_connection = True
        elif len(self.raw_requestline) > _LONGEST_LINE:
            self.requestline, self.request_version, self.command = "", "", ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif self.parse_request():
            self._answer()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - as the base class has it
        """Refuse invalid HTTP as a client error, whatever code the parser gives it."""
        status = HTTPStatus.BAD_REQUEST if code >= HTTPStatus.INTERNAL_SERVER_ERROR else code
        self.close_connection = True
        text = json.dumps({"message": message or HTTPStatus(code).phrase})
        self._send(Answer(status=status, headers={"Content-Type": "application/json"}, body=text.encode()))

    def log_message(self, *_: object) -> None:
        """Write no access log."""

    def _answer(self) -> None:
        try:
            body = self._body()
        except ValueError as error:
            self.send_error(HTTPStatus.BAD_REQUEST, str(error))
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(method=self.command, path=path, query=query, headers=headers, body=body)
        try:
            answer = self.server.answer(request)
        except Exception:  # noqa: BLE001 - the last resort: a bug must be visible, and not look like a lost answer
            answer = Answer(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=traceback.format_exc().encode())
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        """Send an answer in one piece, or damage it as a fault demands."""
        if answer.ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            # The descriptor is closed, and the RST sent, once nothing refers to it.
            self.rfile.close()
            self.connection.close()
        if answer.ending != "whole":
            self.close_connection = True
        if answer.ending in ("reset", "close"):
            return
        bodiless = self.command == "HEAD" or answer.status in _WITHOUT_BODY
        body = b"" if bodiless else answer.body
        sent = body[: len(body) // 2] if answer.ending == "cut" else body
        self.wfile.write(self._head(answer, len(body)) + sent)

    def _head(self, answer: Answer, length: int) -> bytes:
        phrase = self.responses.get(answer.status, ("Unknown", ""))[0]
        closing = {"Connection": "close"} if self.close_connection else {}
        headers = {**answer.headers, "Content-Length": str(length), **closing}
        lines = [f"HTTP/1.1 {int(answer.status)} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join((*lines, "", "")).encode("latin-1", errors="replace")

    def _body(self) -> bytes:
        # The clients of the emulated services know the length of what they send.
        if "Transfer-Encoding" in self.headers:
            raise ValueError("a body needs a Content-Length")
        length = self.headers.get("Content-Length", "0").strip()
        if not _LENGTH.fullmatch(length) or int(length) > _LARGEST_BODY:
            raise ValueError(f"the body's length must be a number from 0 to {_LARGEST_BODY}")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ValueError("the body is shorter than announced")
        return body
