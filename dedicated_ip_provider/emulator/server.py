"""The emulator's HTTP front, on the loopback interface only: a thread per connection, each ended by `stop`."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from dedicated_ip_provider.emulator.connection import Connection

if TYPE_CHECKING:
    from dedicated_ip_provider.emulator.emulator import Emulator

LOOPBACK = "127.0.0.1"


class Server:
    """Serves one emulator until it is stopped."""

    def __init__(self, emulator: Emulator, port: int = 0) -> None:
        """Listen on a free port, or the given one."""
        self.emulator = emulator
        self._stopping = threading.Event()
        emulator.pause = self._stopping.wait
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._listener = socket.create_server((LOOPBACK, port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        # Daemons: a program that forgets to stop the emulator still ends.
        self._thread = threading.Thread(target=self._accept, name="emulator", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Give the address that clients use."""
        return f"http://{LOOPBACK}:{self.port}"

    def stop(self) -> None:
        """Stop listening, end what hangs, and close every connection; a second time, do nothing."""
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
                # Too many open files, or a client that left at once: the next one may do better.
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
        # A client that goes away in the middle is no event.
        with connection, contextlib.suppress(OSError):
            Connection(connection, address, self)  # type: ignore[arg-type]  # see `Connection.server`
        with self._lock:
            del self._open[connection]
